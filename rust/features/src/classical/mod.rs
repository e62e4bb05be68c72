//! The 95 classical features: what the recommendation system that Segue's vector comes from knew of a song before any
//! network, by the conventions of librosa 0.11.
//!
//! A track is heard at 22.05 kHz in segments of 10 s, each as if nothing were around it; a rest of at least 1 s is a
//! segment, too, and so is a shorter track as a whole. What librosa says of a segment frame by frame (2048 samples
//! every 512 under a Hann window, centred, silence around) is averaged over its frames, and the features are mean,
//! standard deviation (over n), minimum and maximum of that over the segments.
//!
//! | names | librosa | unit |
//! |---|---|---|
//! | `duration_sec`, `segments` | | s, count |
//! | `global_bpm` | `beat_track` of the whole track | BPM |
//! | `bpm_segments_*` | `beat_track`, of segments with an RMS of at least 0.01 | BPM |
//! | `chroma_stft_*` | `chroma_stft`, its mean over the classes | 0..1 |
//! | `spectral_centroid_*`, `spectral_bandwidth_*`, `rolloff_*` | the functions of these names | Hz |
//! | `zero_crossing_rate_*`, `rms_*` | the functions of these names | 0..1, full scale |
//! | `mfcc_mean_k_*`, `mfcc_std_k_*` | `mfcc`, mean and deviation over the frames: `mean` and `std` only | dB |
//! | `onset_env_mean_*` | `onset_strength` | dB per frame |
//! | `onset_count_*` | `onset_detect` | count |
//! | `loudness_*` | 20·log10 of the segment's RMS, at least −100 | dB |
//!
//! Silence has values as librosa gives them: no tempo (0), no chroma (0), no centroid, bandwidth or roll-off (0), every
//! band at −100 dB (`mfcc_mean_1` is −1131.4), and a loudness of −100. A track without samples has 0 throughout.
//!
//! One thing differs from librosa: `global_bpm` measures what is too quiet to count (80 dB below the loudest) by the
//! loudest so far instead of the loudest of the track, because memory must not grow with its length. Of 113 tracks (their
//! first 200 s), 112 have librosa's tempo all the same.

mod cepstrum;
mod chroma;
mod onset;
mod rhythm;
mod running;
mod segment;
mod spectral;
mod waveform;

use std::sync::LazyLock;

use segue_dsp::log::decibels;
use segue_dsp::mel::MelBank;
use segue_dsp::stft::{Stft, StftConfig};
use segue_dsp::window::hann_periodic;

use self::rhythm::TrackTempo;
use self::running::Running;
use self::segment::{Segment, SegmentMeter};
use crate::error::Result;

/// The number of classical features.
pub const CLASSICAL_LEN: usize = 95;

const RATE: u32 = 22_050;
const N_FFT: usize = 2048;
const HOP: usize = 512;
const BINS: usize = N_FFT / 2 + 1;
const HZ_PER_BIN: f64 = RATE as f64 / N_FFT as f64;
const BANDS: usize = 128;
const COEFFICIENTS: usize = 13;
/// Samples of a segment, and of the shortest rest that is one.
const SEGMENT: usize = 10 * RATE as usize;
const SHORTEST: usize = RATE as usize;
/// The least RMS of a segment that can have a tempo.
const LEAST_RMS: f64 = 0.01;
/// The loudness of silence, in dB.
const LEAST_LOUDNESS: f64 = -100.0;
/// The least power told apart from silence, and how far below the loudest band a level still counts, in dB.
const LEAST_POWER: f32 = 1e-10;
const TOP_DECIBELS: f32 = 80.0;

/// What is summed up over segments with mean, deviation and extremes, in order.
const SUMMARISED: [&str; 7] =
    ["bpm_segments", "chroma_stft", "spectral_centroid", "spectral_bandwidth", "rolloff", "zero_crossing_rate", "rms"];
const SUMMARISED_LAST: [&str; 3] = ["onset_env_mean", "onset_count", "loudness"];

/// The names of the classical features, in order.
#[must_use]
pub fn classical_names() -> &'static [String] {
    static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
        let summary = |name: &&str| ["mean", "std", "min", "max"].map(|part| format!("{name}_{part}"));
        let of_mfcc = |part: &str| {
            let part = part.to_owned();
            (1..=COEFFICIENTS).flat_map(move |k| ["mean", "std"].map(|over| format!("mfcc_{part}_{k}_{over}")))
        };
        let mut names = ["duration_sec", "segments", "global_bpm"].map(str::to_owned).to_vec();
        names.extend(SUMMARISED.iter().flat_map(summary));
        names.extend(of_mfcc("mean"));
        names.extend(of_mfcc("std"));
        names.extend(SUMMARISED_LAST.iter().flat_map(summary));
        names
    });
    &NAMES
}

/// The classical features of a track: finite, whatever it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Classical {
    values: [f32; CLASSICAL_LEN],
}

impl Classical {
    /// All values, in the order of [`classical_names`].
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The value of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<f32> {
        let place = classical_names().iter().position(|known| known == name)?;
        self.values.get(place).copied()
    }
}

/// Listens to a track as it passes and knows its [`Classical`] features at the end.
///
/// It keeps the spectra of one segment: 2 to 4 megabytes, for a song and for a day alike.
///
/// ```
/// use segue_features::{ClassicalExtractor, classical_names};
///
/// let mut extractor = ClassicalExtractor::new()?;
/// for block in vec![0.25; 25 * 22_050].chunks(4096) {
///     extractor.push(block);
/// }
/// let features = extractor.finish();
/// assert_eq!(features.values().len(), classical_names().len());
/// assert_eq!(features.get("segments"), Some(3.0));
/// assert_eq!(features.get("loudness_mean"), Some(-12.041_2));
/// # Ok::<(), segue_features::Error>(())
/// ```
pub struct ClassicalExtractor {
    samples: u64,
    stft: Stft,
    bank: MelBank,
    tempo: TrackTempo,
    segment: SegmentMeter,
    sums: Sums,
}

impl ClassicalExtractor {
    /// The sample rate expected, in Hz.
    pub const SAMPLE_RATE: u32 = RATE;

    /// Prepares to listen.
    ///
    /// # Errors
    /// [`Error::Dsp`](crate::Error::Dsp) if a transform cannot be prepared, which these sizes give no reason for.
    pub fn new() -> Result<Self> {
        Ok(Self {
            samples: 0,
            stft: stft()?,
            bank: mel_bank(),
            tempo: TrackTempo::new(),
            segment: SegmentMeter::new()?,
            sums: Sums::default(),
        })
    }

    /// Listens to the next samples: one channel at [`SAMPLE_RATE`](Self::SAMPLE_RATE), full scale ±1.
    pub fn push(&mut self, mut mono: &[f32]) {
        self.samples += mono.len() as u64;
        let Self { stft, bank, tempo, .. } = self;
        stft.push(mono, &mut |power| tempo.frame(&levels(bank, power)));
        while !mono.is_empty() {
            let (now, later) = mono.split_at(mono.len().min(SEGMENT - self.segment.samples()));
            self.segment.push(now);
            mono = later;
            if self.segment.samples() == SEGMENT {
                self.sums.add(&self.segment.finish());
            }
        }
    }

    /// Ends the track.
    #[must_use]
    pub fn finish(mut self) -> Classical {
        let Self { stft, bank, tempo, .. } = &mut self;
        stft.finish(&mut |power| tempo.frame(&levels(bank, power)));
        let rest = self.segment.samples();
        if rest >= SHORTEST || (rest > 0 && self.sums.segments == 0) {
            self.sums.add(&self.segment.finish());
        }
        self.sums.finish(self.samples as f64 / f64::from(RATE), self.tempo.finish())
    }
}

/// What is summed up over the segments.
#[derive(Default)]
struct Sums {
    segments: u64,
    summarised: [Running; SUMMARISED.len()],
    mfcc_mean: [Running; COEFFICIENTS],
    mfcc_std: [Running; COEFFICIENTS],
    summarised_last: [Running; SUMMARISED_LAST.len()],
}

impl Sums {
    fn add(&mut self, segment: &Segment) {
        let [bpm, spectral @ ..] = &mut self.summarised;
        if let Some(value) = segment.bpm {
            bpm.push(value);
        }
        let last = [segment.onset_mean, f64::from(segment.onsets), segment.loudness];
        push_all(spectral, &segment.spectral);
        push_all(&mut self.mfcc_mean, &segment.mfcc_mean);
        push_all(&mut self.mfcc_std, &segment.mfcc_std);
        push_all(&mut self.summarised_last, &last);
        self.segments += 1;
    }

    fn finish(&self, seconds: f64, bpm: f64) -> Classical {
        let pair = |running: &Running| [running.mean(), running.deviation()];
        let all = [seconds, self.segments as f64, bpm]
            .into_iter()
            .chain(self.summarised.iter().flat_map(Running::summary))
            .chain(self.mfcc_mean.iter().flat_map(pair))
            .chain(self.mfcc_std.iter().flat_map(pair))
            .chain(self.summarised_last.iter().flat_map(Running::summary));
        let mut values = [0.0; CLASSICAL_LEN];
        for (value, x) in values.iter_mut().zip(all) {
            *value = x as f32;
        }
        Classical { values }
    }
}

fn push_all(sums: &mut [Running], values: &[f64]) {
    for (sum, &value) in sums.iter_mut().zip(values) {
        sum.push(value);
    }
}

fn stft() -> Result<Stft> {
    Ok(Stft::new(StftConfig { n_fft: N_FFT, hop: HOP, window: hann_periodic(N_FFT), centre: true })?)
}

fn mel_bank() -> MelBank {
    MelBank::slaney(RATE, N_FFT, BANDS, 0.0, RATE as f32 / 2.0)
}

/// The levels of the mel bands of a power spectrum, in dB (librosa: `power_to_db`, not yet cut at the loudest).
fn levels(bank: &MelBank, power: &[f32]) -> [f32; BANDS] {
    let mut bands = [0.0; BANDS];
    bank.apply(power, &mut bands);
    bands.map(|power| decibels(power, LEAST_POWER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_takes_no_more_room_than_a_minute() {
        let mut extractor = ClassicalExtractor::new().unwrap();
        let mut state = 1_u32;
        let second: Vec<f32> = (0..RATE)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 9) as f32 / (1 << 23) as f32 - 0.5
            })
            .collect();
        let mut listen = |seconds| {
            (0..seconds).for_each(|_| extractor.push(&second));
            extractor.segment.room()
        };
        let minute = listen(60);
        assert!(minute > 1_000_000 && minute < 4_000_000, "{minute} bytes");
        assert_eq!(listen(600), minute);
        assert_eq!(extractor.finish().get("segments"), Some(66.0));
    }
}
