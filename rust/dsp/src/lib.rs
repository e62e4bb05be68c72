//! Signals: windows, Fourier transforms, autocorrelation, tempograms, mel banks, resampling, logarithms and small
//! statistics.
//!
//! A leaf. It knows nothing of files, codecs, models or music: numbers go in, numbers come out. Everything that takes
//! a signal takes it in blocks of any size and gives the same result however the signal is cut, holding a few blocks
//! in memory and no more.
//!
//! Samples are `f32`, full scale ±1. A sample that is not finite, or is beyond [`SAMPLE_LIMIT`], is read as silence:
//! one damaged sample must not become a NaN that spreads over a whole transform.
//!
//! ```
//! use segue_dsp::{mel::MelBank, stft::{Stft, StftConfig}, window::hann_periodic};
//!
//! let mut stft = Stft::new(StftConfig { n_fft: 512, hop: 256, window: hann_periodic(512), centre: true })?;
//! let bank = MelBank::slaney(16_000, 512, 96, 0.0, 8_000.0);
//! let (mut bands, mut frames) = (vec![0.0; bank.bands()], 0);
//! let mut frame = |power: &[f32]| {
//!     bank.apply(power, &mut bands);
//!     frames += 1;
//! };
//! stft.push(&[0.5; 16_000], &mut frame);
//! stft.finish(&mut frame);
//! assert_eq!(frames, 1 + 16_000 / 256);
//! # Ok::<(), segue_dsp::Error>(())
//! ```

pub mod autocorrelation;
mod error;
pub mod log;
pub mod mel;
mod power;
pub mod resample;
pub mod stats;
pub mod stft;
pub mod tempogram;
pub mod window;

pub use error::{Error, Result};

/// The largest magnitude taken for a sample (180 dB above full scale: floating-point files that were written without
/// scaling still pass). Squares of sums of such samples stay far inside the range of `f32`.
pub const SAMPLE_LIMIT: f32 = 1e9;

/// The sample itself, or silence where it is not finite or beyond [`SAMPLE_LIMIT`].
#[inline]
#[must_use]
pub fn tame(sample: f32) -> f32 {
    // A NaN fails the comparison, too.
    if sample.abs() <= SAMPLE_LIMIT { sample } else { 0.0 }
}
