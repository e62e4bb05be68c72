//! VGGish: the deep block of the 223-number vector.

use std::sync::{Arc, Mutex, PoisonError};

use segue_dsp::mel::MelBank;
use segue_dsp::stft::{Stft, StftConfig};
use segue_dsp::tame;
use segue_dsp::window::hann_periodic;

use crate::backend::{Batched, Wanted};
use crate::{Catalogue, Result, Runtime, VGGISH_LEN};

const WINDOW: usize = 400;
const N_FFT: usize = 512;
const HOP: usize = 160;
const BANDS: usize = 64;
const FRAMES: usize = 96;
const PATCH: usize = FRAMES * BANDS;
/// Samples under the frames of one patch.
const PATCH_SAMPLES: usize = (FRAMES - 1) * HOP + WINDOW;
/// Samples of a segment: 10 s.
const SEGMENT: usize = 160_000;
/// Patches of a whole segment.
const SEGMENT_PATCHES: usize = ((SEGMENT - WINDOW) / HOP + 1) / FRAMES;
/// Samples of the shortest remainder that counts: 1 s.
const SHORTEST: usize = 16_000;
/// Segments with a lower RMS are left out.
const SILENT: f64 = 0.01;
/// The zeros that the transform has before (and behind) a window that is shorter than its frame.
const MARGIN: [f32; (N_FFT - WINDOW) / 2] = [0.0; (N_FFT - WINDOW) / 2];

/// VGGish as a runtime has loaded it: 0.96 s of sound in, 128 numbers out (S. Hershey et al., "CNN Architectures for
/// Large-Scale Audio Classification", ICASSP 2017).
///
/// Its embedding is the one before the PCA and the quantisation to 8 bits that were published with AudioSet.
///
/// A clone shares the network: clones take turns, at some 300 MB for all of them. Workers that are to run at the same time
/// load one each.
#[derive(Clone)]
pub struct Vggish {
    network: Arc<Mutex<Batched<1>>>,
}

/// Loads VGGish where the catalogue lists one and its file is there.
///
/// # Errors
/// [`Error::Read`](crate::Error::Read) and [`Error::Digest`](crate::Error::Digest) when the file cannot be read or is not
/// the one listed, [`Error::Load`](crate::Error::Load) when the runtime does not take it or it is no VGGish.
pub fn load_vggish(runtime: &Runtime, catalogue: &Catalogue) -> Result<Option<Vggish>> {
    let Some(listed) = catalogue.vggish() else { return Ok(None) };
    let wanted = Wanted {
        input: listed.input(),
        rows: &[&[1, FRAMES, BANDS], &[FRAMES, BANDS, 1], &[FRAMES, BANDS]],
        outputs: &[(listed.output(), VGGISH_LEN)],
        most_rows: SEGMENT_PATCHES,
    };
    let path = Catalogue::verified(listed)?;
    let network = runtime.load_file_as(&path, &listed.file, |graph| Batched::new(graph, &wanted)?.probe())?;
    Ok(Some(Vggish { network: Arc::new(Mutex::new(network)) }))
}

impl Vggish {
    /// Begins to listen to a track.
    ///
    /// # Errors
    /// [`Error::Signal`](crate::Error::Signal) when the front end cannot be set up.
    pub fn listen(&self) -> Result<VggishListener> {
        let config = StftConfig { n_fft: N_FFT, hop: HOP, window: hann_periodic(WINDOW), centre: false };
        Ok(VggishListener {
            vggish: self.clone(),
            stft: Stft::new(config)?,
            bank: MelBank::htk(VggishListener::SAMPLE_RATE, N_FFT, BANDS, 125.0, 7_500.0),
            segment: Segment::default(),
            segments: 0,
            valid: 0,
            sums: [0.0; VGGISH_LEN],
        })
    }
}

/// Hears a track with [`Vggish`], in blocks.
///
/// A track is cut into segments of 10 s; what remains counts as one when it is 1 s long or all there is. A segment with an
/// RMS below 0.01 is left out. Within a segment, frames of 400 samples every 160 (periodic Hann window, no padding) have
/// their magnitudes summed to 64 mel bands from 125 to 7500 Hz ([`MelBank::htk`]), and `ln(x + 0.01)` of 96 frames at a
/// time, without overlap, is a patch: 10 of a whole segment. What is too short for one is filled up with silence. The
/// answer is the mean over the segments of the mean over a segment's patches. It does not depend on how the signal is cut
/// into blocks, and memory does not grow with it: 250 kB, and what the network takes.
pub struct VggishListener {
    vggish: Vggish,
    stft: Stft,
    bank: MelBank,
    segment: Segment,
    /// Segments that are over, silent ones included.
    segments: usize,
    /// Segments in `sums`.
    valid: usize,
    sums: [f64; VGGISH_LEN],
}

/// What is known of the segment that is being heard.
#[derive(Default)]
struct Segment {
    samples: usize,
    energy: f64,
    /// Log-mel frames, up to the whole patches of a segment.
    frames: Vec<f32>,
}

impl VggishListener {
    /// The rate, in Hz, of the samples taken.
    pub const SAMPLE_RATE: u32 = 16_000;

    /// Takes the next samples: full scale ±1; what is not finite counts as silence.
    ///
    /// # Errors
    /// [`Error::Run`](crate::Error::Run) and [`Error::NotFinite`](crate::Error::NotFinite) when the network fails. The
    /// listener is then as new.
    pub fn push(&mut self, mut samples: &[f32]) -> Result<()> {
        while !samples.is_empty() {
            let (piece, rest) = samples.split_at(samples.len().min(SEGMENT - self.segment.samples));
            if self.segment.samples == 0 {
                self.transform(&MARGIN);
            }
            self.transform(piece);
            self.segment.samples += piece.len();
            self.segment.energy += piece.iter().map(|x| f64::from(tame(*x)).powi(2)).sum::<f64>();
            if self.segment.samples == SEGMENT {
                self.end_segment()?;
            }
            samples = rest;
        }
        Ok(())
    }

    /// Ends the track: its embedding, or `None` when there was nothing but silence. The listener is then as new.
    ///
    /// # Errors
    /// As for [`push`](Self::push).
    pub fn finish(&mut self) -> Result<Option<[f32; VGGISH_LEN]>> {
        let remains = self.segment.samples;
        if remains >= SHORTEST || (remains > 0 && self.segments == 0) {
            for _ in 0..PATCH_SAMPLES.saturating_sub(remains).div_ceil(MARGIN.len()) {
                self.transform(&MARGIN);
            }
            self.end_segment()?;
        }
        let (sums, valid) = (self.sums, self.valid);
        self.reset();
        Ok((valid > 0).then(|| sums.map(|sum| (sum / valid as f64) as f32)))
    }

    fn transform(&mut self, samples: &[f32]) {
        let Self { stft, bank, segment: Segment { frames, .. }, .. } = self;
        stft.push(samples, &mut |power| push_frame(bank, power, frames));
    }

    fn end_segment(&mut self) -> Result<()> {
        self.transform(&MARGIN);
        self.stft.finish(&mut |_| {});
        let mut segment = std::mem::take(&mut self.segment);
        self.segments += 1;
        if (segment.energy / segment.samples as f64).sqrt() >= SILENT {
            segment.frames.truncate(segment.frames.len() / PATCH * PATCH);
            let mut network = self.vggish.network.lock().unwrap_or_else(PoisonError::into_inner);
            let answer = network.run(&segment.frames);
            drop(network);
            let [embeddings] = answer.inspect_err(|_| self.reset())?;
            let patches = (embeddings.len() / VGGISH_LEN).max(1) as f64;
            for embedding in embeddings.chunks_exact(VGGISH_LEN) {
                for (sum, x) in self.sums.iter_mut().zip(embedding) {
                    *sum += f64::from(*x) / patches;
                }
            }
            self.valid += 1;
        }
        // The room for the frames serves the next segment.
        segment.frames.clear();
        self.segment.frames = segment.frames;
        Ok(())
    }

    fn reset(&mut self) {
        self.stft.finish(&mut |_| {});
        self.segment = Segment::default();
        (self.segments, self.valid, self.sums) = (0, 0, [0.0; VGGISH_LEN]);
    }
}

/// Appends a log-mel frame, unless the segment has all its patches.
fn push_frame(bank: &MelBank, power: &[f32], frames: &mut Vec<f32>) {
    if frames.len() == SEGMENT_PATCHES * PATCH {
        return;
    }
    let mut magnitude = [0.0; N_FFT / 2 + 1];
    for (magnitude, power) in magnitude.iter_mut().zip(power) {
        *magnitude = power.sqrt();
    }
    let mut bands = [0.0; BANDS];
    bank.apply(&magnitude, &mut bands);
    frames.extend(bands.map(|x| (x + 0.01).ln()));
}

const _: () = assert!(SEGMENT_PATCHES == 10 && PATCH_SAMPLES <= SHORTEST);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;
    use crate::backend::{Graph, Tensor};

    /// What the network was given so far, call after call.
    type Calls = Arc<Mutex<Vec<Vec<f32>>>>;

    /// A network that notes its input. Each value of its embedding is the mean of the patch.
    struct Notes {
        tensors: [Tensor; 2],
        calls: Calls,
    }

    impl Graph for Notes {
        fn inputs(&self) -> &[Tensor] {
            &self.tensors[..1]
        }

        fn outputs(&self) -> &[Tensor] {
            &self.tensors[1..]
        }

        fn run(&mut self, shape: &[usize], values: &[f32], _: &[usize]) -> Result<Vec<Vec<f32>>> {
            assert_eq!(shape[1..], [1, FRAMES, BANDS]);
            self.calls.lock().unwrap().push(values.to_vec());
            let mean = |patch: &[f32]| patch.iter().sum::<f32>() / PATCH as f32;
            Ok(vec![values.chunks(PATCH).flat_map(|patch| [mean(patch); VGGISH_LEN]).collect()])
        }

        fn run_whole(&mut self, _: &[usize], _: &[&[i64]], output: usize) -> Result<Vec<f32>> {
            Err(Error::Run { reason: format!("output {output} takes no whole numbers") })
        }
    }

    fn notes() -> Notes {
        let tensor = |name: &str, row: &[usize]| Tensor {
            name: name.to_owned(),
            shape: Some([None].into_iter().chain(row.iter().map(|n| Some(*n))).collect()),
            f32: true,
            i64: false,
        };
        let tensors = [tensor("patches", &[1, FRAMES, BANDS]), tensor("embedding", &[VGGISH_LEN])];
        Notes { tensors, calls: Calls::default() }
    }

    fn listener(graph: impl Graph + 'static) -> VggishListener {
        let wanted = Wanted {
            input: Some("patches"),
            rows: &[&[1, FRAMES, BANDS]],
            outputs: &[(Some("embedding"), VGGISH_LEN)],
            most_rows: SEGMENT_PATCHES,
        };
        let network = Batched::new(Box::new(graph), &wanted).unwrap();
        Vggish { network: Arc::new(Mutex::new(network)) }.listen().unwrap()
    }

    fn hear(signal: &[f32], block: usize) -> (Option<[f32; VGGISH_LEN]>, Vec<Vec<f32>>) {
        let notes = notes();
        let calls = Arc::clone(&notes.calls);
        let mut listener = listener(notes);
        for piece in signal.chunks(block) {
            listener.push(piece).unwrap();
        }
        let answer = listener.finish().unwrap();
        let calls = calls.lock().unwrap().clone();
        (answer, calls)
    }

    fn noise(n: usize) -> Vec<f32> {
        let mut state = 1_u32;
        (0..n)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / (1 << 23) as f32 - 1.0
            })
            .collect()
    }

    /// The signal of `tests/golden/make_vggish.py`.
    fn signal() -> Vec<f32> {
        let mut state = 1_u32;
        (0..16_500)
            .map(|n| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let noise = f64::from(state) / 2_f64.powi(31) - 1.0;
                let t = f64::from(n) / 16_000.0;
                let chirp = (2.0 * std::f64::consts::PI * (50.0 * t + 3_758.0 * t * t)).sin();
                let level = match n {
                    9_000..11_000 => 0.0,
                    6_000..9_000 => 0.001,
                    _ => 1.0,
                };
                ((32_767.0 * level * (0.6 * chirp + 0.1 * noise) + 0.5).floor() / 32_768.0) as f32
            })
            .collect()
    }

    #[test]
    fn patches_equal_the_published_front_end_within_2e_4() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/models_vggish.json");
        let golden: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let expected: Vec<f64> =
            golden["logmel_e5"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap() / 1e5).collect();
        let (_, calls) = hear(&signal(), 1000);
        assert_eq!(calls.len(), 1);
        assert_eq!(calls[0].len(), expected.len());
        let off = calls[0].iter().zip(&expected).map(|(a, b)| (f64::from(*a) - b).abs()).fold(0.0, f64::max);
        assert!(off < 2e-4, "{off:e}");
        // A signal that says something: loud, quiet and silent frames.
        let silent = 0.01_f64.ln();
        assert!(expected.iter().any(|x| *x > 2.0));
        assert!(expected.iter().filter(|x| (*x - silent).abs() < 1e-5).count() > 3 * BANDS);
    }

    #[test]
    fn ten_patches_of_each_segment_and_a_remainder_from_a_second_on() {
        for (samples, patches) in [
            (100, &[1][..]),
            (15_999, &[1]),
            (SEGMENT, &[10]),
            (SEGMENT + SHORTEST - 1, &[10]),
            (SEGMENT + SHORTEST, &[10, 1]),
            (2 * SEGMENT + 62_000, &[10, 10, 4]),
        ] {
            let (answer, calls) = hear(&noise(samples), 7000);
            let heard: Vec<usize> = calls.iter().map(|call| call.len() / PATCH).collect();
            assert_eq!(heard, patches, "{samples} samples");
            assert!(answer.is_some());
        }
        assert_eq!(hear(&[], 1), (None, Vec::new()));
    }

    #[test]
    fn the_mean_over_segments_of_the_mean_over_patches() {
        let (answer, calls) = hear(&noise(SEGMENT + 40_000), 50_000);
        let mean = |call: &Vec<f32>| call.iter().map(|x| f64::from(*x)).sum::<f64>() / call.len() as f64;
        let expected = (mean(&calls[0]) + mean(&calls[1])) / 2.0;
        assert_eq!((calls[0].len(), calls[1].len()), (10 * PATCH, 2 * PATCH));
        assert!(answer.unwrap().iter().all(|x| (f64::from(*x) - expected).abs() < 1e-4));
    }

    #[test]
    fn silent_segments_are_left_out() {
        assert_eq!(hear(&vec![0.0; 3 * SEGMENT], 9999), (None, Vec::new()));
        assert_eq!(hear(&[f32::NAN; 20_000], 9999), (None, Vec::new()));
        let (loud, quiet): (Vec<f32>, Vec<f32>) = (noise(SEGMENT), noise(SEGMENT).iter().map(|x| x * 0.01).collect());
        let alone = hear(&loud, 4000);
        for parts in [[&quiet, &loud, &quiet], [&loud, &quiet, &quiet], [&quiet, &quiet, &loud]] {
            assert_eq!(hear(&parts.map(Vec::as_slice).concat(), 4000), alone);
        }
        // A little of a track is heard even where it is short, but not where it is silent.
        assert_eq!(hear(&quiet[..5000], 4000), (None, Vec::new()));
    }

    #[test]
    fn blocks_do_not_matter_and_the_end_is_a_beginning() {
        let signal = noise(SEGMENT + 20_000);
        let whole = hear(&signal, signal.len());
        for block in [1, 55, 160, 16_001] {
            assert_eq!(hear(&signal, block), whole, "blocks of {block}");
        }
        let mut listener = listener(notes());
        for _ in 0..2 {
            listener.push(&signal).unwrap();
            assert_eq!(listener.finish().unwrap(), whole.0);
        }
    }

    #[test]
    fn any_samples_give_finite_patches() {
        for hostile in [f32::INFINITY, 1e9, -f32::MAX, f32::MIN_POSITIVE] {
            let mut signal = noise(17_000);
            signal[3000..9000].fill(hostile);
            let (answer, calls) = hear(&signal, 700);
            assert!(answer.is_some_and(|answer| answer.iter().all(|x| x.is_finite())), "{hostile}");
            assert!(calls[0].iter().all(|x| x.is_finite()), "{hostile}");
        }
    }

    #[test]
    fn a_failing_network_is_an_error_and_then_forgotten() {
        struct Fails(Notes);
        impl Graph for Fails {
            fn inputs(&self) -> &[Tensor] {
                self.0.inputs()
            }
            fn outputs(&self) -> &[Tensor] {
                self.0.outputs()
            }
            fn run_whole(&mut self, shape: &[usize], values: &[&[i64]], output: usize) -> Result<Vec<f32>> {
                self.0.run_whole(shape, values, output)
            }
            fn run(&mut self, shape: &[usize], values: &[f32], outputs: &[usize]) -> Result<Vec<Vec<f32>>> {
                let mut said = self.0.run(shape, values, outputs)?;
                match self.0.calls.lock().unwrap().len() {
                    1 => said[0][5] = f32::NAN,
                    2 => said[0].truncate(7),
                    _ => {}
                }
                Ok(said)
            }
        }
        let mut listener = listener(Fails(notes()));
        let signal = noise(SEGMENT);
        assert!(matches!(listener.push(&signal), Err(Error::NotFinite)));
        assert!(matches!(listener.push(&signal), Err(Error::Run { .. })));
        assert_eq!(listener.finish().unwrap(), None);
        listener.push(&signal).unwrap();
        assert_eq!(listener.finish().unwrap(), hear(&signal, 1000).0);
    }
}
