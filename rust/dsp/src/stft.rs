//! The short-time Fourier transform, streaming, by the conventions of librosa.

use crate::error::{Error, Result};
use crate::power::PowerSpectrum;
use crate::tame;

/// How a signal is cut into frames.
#[derive(Debug, Clone, PartialEq)]
pub struct StftConfig {
    /// Samples per transform.
    pub n_fft: usize,
    /// Samples from the start of one frame to the start of the next.
    pub hop: usize,
    /// What a frame is multiplied with: at most `n_fft` samples, centred in the frame with zeros around it.
    pub window: Vec<f32>,
    /// Whether frame `i` is centred on sample `i · hop`, with `n_fft / 2` zeros before and after the signal (librosa:
    /// `center=True, pad_mode="constant"`), rather than starting there.
    pub centre: bool,
}

/// A short-time Fourier transform that takes its signal in blocks.
///
/// A centred transform of `n > 0` samples has `1 + n / hop` frames (with an even `n_fft`), any other
/// `1 + (n − n_fft) / hop`, or none where the signal is shorter than one frame. No samples, no frames.
pub struct Stft {
    hop: usize,
    centre: bool,
    /// `n_fft` long.
    window: Vec<f32>,
    /// The samples from the start of the next frame on, after `skip` that no frame needs (a hop longer than a frame).
    pending: Vec<f32>,
    skip: usize,
    seen: bool,
    transform: PowerSpectrum,
    power: Vec<f32>,
}

impl Stft {
    /// Prepares a transform.
    ///
    /// # Errors
    /// [`Error::EmptyFrame`] when `n_fft` or `hop` is 0, [`Error::WindowLength`] when the window is empty or longer
    /// than a frame.
    pub fn new(config: StftConfig) -> Result<Self> {
        let StftConfig { n_fft, hop, window: taps, centre } = config;
        if n_fft == 0 || hop == 0 {
            return Err(Error::EmptyFrame { n_fft, hop });
        }
        if taps.is_empty() || taps.len() > n_fft {
            return Err(Error::WindowLength { window: taps.len(), n_fft });
        }
        let before = (n_fft - taps.len()) / 2;
        let mut window = vec![0.0; n_fft];
        window[before..before + taps.len()].copy_from_slice(&taps);
        let mut stft = Self {
            hop,
            centre,
            window,
            pending: Vec::with_capacity(2 * n_fft),
            skip: 0,
            seen: false,
            transform: PowerSpectrum::new(n_fft),
            power: vec![0.0; n_fft / 2 + 1],
        };
        stft.reset();
        Ok(stft)
    }

    /// The length of a power spectrum: `n_fft / 2 + 1`.
    #[must_use]
    pub fn bins(&self) -> usize {
        self.power.len()
    }

    /// Takes the next samples and calls `frame` with the power spectrum (|X|², [`bins`](Self::bins) values, in no way
    /// scaled) of every frame they complete.
    pub fn push(&mut self, samples: &[f32], frame: &mut dyn FnMut(&[f32])) {
        self.seen |= !samples.is_empty();
        // In pieces: `pending` stays a few frames long however long the block is.
        for piece in samples.chunks(4 * self.window.len()) {
            let skipped = self.skip.min(piece.len());
            self.skip -= skipped;
            self.pending.extend(piece[skipped..].iter().map(|&x| tame(x)));
            self.drain(frame);
        }
    }

    /// Ends the signal: the frames that reach over its end, when centred. The transform is then as new.
    pub fn finish(&mut self, frame: &mut dyn FnMut(&[f32])) {
        if self.seen && self.centre {
            let padding = vec![0.0; self.window.len() / 2];
            self.push(&padding, frame);
        }
        self.reset();
    }

    fn reset(&mut self) {
        self.pending.clear();
        self.pending.resize(if self.centre { self.window.len() / 2 } else { 0 }, 0.0);
        self.skip = 0;
        self.seen = false;
    }

    fn drain(&mut self, frame: &mut dyn FnMut(&[f32])) {
        let n_fft = self.window.len();
        let mut start = 0;
        while let Some(samples) = self.pending.get(start..start + n_fft) {
            self.transform.of(samples, &self.window, &mut self.power);
            frame(&self.power);
            start += self.hop;
        }
        let used = start.min(self.pending.len());
        self.skip += start - used;
        self.pending.drain(..used);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::window::hann_periodic;

    fn noise(n: usize) -> Vec<f32> {
        let mut state = 1_u32;
        (0..n)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / (1 << 23) as f32 - 1.0
            })
            .collect()
    }

    fn frames(config: &StftConfig, signal: &[f32], block: usize) -> Vec<Vec<f32>> {
        let mut stft = Stft::new(config.clone()).unwrap();
        let mut all = Vec::new();
        let mut take = |power: &[f32]| all.push(power.to_vec());
        for piece in signal.chunks(block) {
            stft.push(piece, &mut take);
        }
        stft.finish(&mut take);
        all
    }

    #[test]
    fn as_many_frames_as_librosa() {
        for (n_fft, hop, n) in [(512, 256, 16_000), (512, 256, 255), (2048, 512, 1), (400, 160, 16_001), (64, 100, 999)]
        {
            let config = StftConfig { n_fft, hop, window: hann_periodic(n_fft), centre: true };
            assert_eq!(frames(&config, &noise(n), 1000).len(), 1 + n / hop, "centred {n_fft}/{hop} of {n}");
            let open = StftConfig { centre: false, ..config };
            let expected = if n < n_fft { 0 } else { 1 + (n - n_fft) / hop };
            assert_eq!(frames(&open, &noise(n), 1000).len(), expected, "open {n_fft}/{hop} of {n}");
        }
        let config = StftConfig { n_fft: 512, hop: 256, window: hann_periodic(512), centre: true };
        assert!(frames(&config, &[], 1).is_empty());
    }

    #[test]
    fn frames_do_not_depend_on_the_blocks() {
        let signal = noise(5000);
        for (n_fft, hop, centre) in [(512, 160, true), (512, 160, false), (64, 200, true), (63, 64, false)] {
            let config = StftConfig { n_fft, hop, window: hann_periodic(n_fft - 3), centre };
            let whole = frames(&config, &signal, signal.len());
            for block in [1, 7, 160, 513, 4999] {
                assert_eq!(frames(&config, &signal, block), whole, "{n_fft}/{hop} in blocks of {block}");
            }
        }
    }

    #[test]
    fn power_is_that_of_the_windowed_samples() {
        // Parseval: the bins between 0 and Nyquist count twice.
        let (n_fft, signal) = (512, noise(512));
        let window = hann_periodic(n_fft);
        let config = StftConfig { n_fft, hop: n_fft, window: window.clone(), centre: false };
        let power = frames(&config, &signal, 512).remove(0);
        let inner: f64 = power[1..n_fft / 2].iter().map(|&p| 2.0 * f64::from(p)).sum();
        let spectral = (inner + f64::from(power[0]) + f64::from(power[n_fft / 2])) / n_fft as f64;
        let direct: f64 = signal.iter().zip(&window).map(|(x, w)| f64::from(x * w).powi(2)).sum();
        assert!((spectral / direct - 1.0).abs() < 1e-5, "{spectral} against {direct}");
    }

    #[test]
    fn a_tone_stands_in_its_bin_and_a_short_window_is_centred() {
        let (n_fft, bin) = (1024, 100);
        let tone: Vec<f32> =
            (0..n_fft).map(|i| (std::f64::consts::TAU * (bin * i) as f64 / n_fft as f64).cos() as f32).collect();
        let config = StftConfig { n_fft, hop: n_fft, window: hann_periodic(n_fft), centre: false };
        let power = frames(&config, &tone, n_fft).remove(0);
        // Amplitude 1 under a Hann window: |X| = n/4.
        assert!((power[bin].sqrt() - n_fft as f32 / 4.0).abs() < 0.01);
        assert!(power[bin + 3] < 1e-6 * power[bin]);

        // A window of one sample sees one sample: the middle one, and its spectrum is flat.
        let mut click = vec![0.0; n_fft];
        click[(n_fft - 1) / 2] = 0.5;
        let config = StftConfig { window: vec![1.0], ..config };
        let power = frames(&config, &click, n_fft).remove(0);
        assert!(power.iter().all(|p| (p - 0.25).abs() < 1e-6));
    }

    #[test]
    fn a_finished_transform_is_as_new() {
        let signal = noise(2000);
        let config = StftConfig { n_fft: 256, hop: 100, window: hann_periodic(256), centre: true };
        let mut stft = Stft::new(config).unwrap();
        let mut runs = [Vec::new(), Vec::new()];
        for run in &mut runs {
            let mut take = |power: &[f32]| run.push(power.to_vec());
            stft.push(&signal, &mut take);
            stft.finish(&mut take);
        }
        assert_eq!(runs[0], runs[1]);
    }

    #[test]
    fn damaged_samples_are_silence_and_bad_requests_are_refused() {
        let mut signal = noise(2000);
        let config = StftConfig { n_fft: 256, hop: 128, window: hann_periodic(256), centre: true };
        let (mut damaged, places) = (signal.clone(), [3, 700, 701, 1999]);
        for (place, bad) in places.into_iter().zip([f32::NAN, f32::INFINITY, -f32::MAX, f32::NEG_INFINITY]) {
            damaged[place] = bad;
            signal[place] = 0.0;
        }
        assert_eq!(frames(&config, &damaged, 999), frames(&config, &signal, 999));
        let loud = frames(&config, &[crate::SAMPLE_LIMIT; 2000], 999);
        assert!(loud.iter().flatten().all(|p| p.is_finite()));

        let new =
            |n_fft, hop, window: usize| Stft::new(StftConfig { n_fft, hop, window: vec![1.0; window], centre: true });
        assert_eq!(new(0, 1, 0).err(), Some(Error::EmptyFrame { n_fft: 0, hop: 1 }));
        assert_eq!(new(8, 0, 8).err(), Some(Error::EmptyFrame { n_fft: 8, hop: 0 }));
        assert_eq!(new(8, 4, 9).err(), Some(Error::WindowLength { window: 9, n_fft: 8 }));
        assert_eq!(new(8, 4, 0).err(), Some(Error::WindowLength { window: 0, n_fft: 8 }));
    }
}
