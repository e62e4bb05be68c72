//! The networks' view of sound.

use segue_dsp::mel::MelBank;
use segue_dsp::stft::{Stft, StftConfig};
use segue_dsp::window::hann_periodic;

use crate::{BANDS, Result};

const N_FFT: usize = 512;
const HOP: usize = 256;
/// What the energies of bands are multiplied with before the logarithm.
const COMPRESSION: f32 = 10_000.0;

/// One column of the log-mel spectrum: 32 ms of sound, 16 ms after the one before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame<'a> {
    /// `log10(1 + 10000 · energy)` of each of the 96 bands, from the lowest up.
    pub bands: &'a [f32],
    /// The mean square of the samples under the window: 1 for a square wave of full scale, 0 for silence.
    pub power: f32,
}

/// Turns mono samples at 16 kHz into log-mel frames, in blocks.
///
/// Power spectra of 512 samples every 256 under a periodic Hann window, centred (librosa: `center=True`, padded with
/// zeros), 96 bands on Slaney's mel scale with Slaney's norm from 0 to 8 kHz, `log10(1 + 10000 · energy)`: the front
/// end the networks were trained with. Frames do not depend on how the signal is cut into blocks.
pub struct LogMel {
    stft: Stft,
    bank: MelBank,
    /// From the sum over a spectrum to the mean square of the samples.
    power_scale: f32,
    bands: [f32; BANDS],
}

impl LogMel {
    /// The rate, in Hz, of the samples taken.
    pub const SAMPLE_RATE: u32 = 16_000;
    /// The distance of two frames, in samples.
    pub(crate) const HOP: usize = HOP;

    /// Prepares the transform.
    ///
    /// # Errors
    /// [`Error::Signal`](crate::Error::Signal) when the transform cannot be set up.
    pub fn new() -> Result<Self> {
        let window = hann_periodic(N_FFT);
        // Parseval: the squares of all N bins sum to N times those of the windowed samples, of which the window lets
        // through the sum of its squares.
        let through: f32 = window.iter().map(|w| w * w).sum();
        Ok(Self {
            stft: Stft::new(StftConfig { n_fft: N_FFT, hop: HOP, window, centre: true })?,
            bank: MelBank::slaney(Self::SAMPLE_RATE, N_FFT, BANDS, 0.0, 8_000.0),
            power_scale: 1.0 / (N_FFT as f32 * through),
            bands: [0.0; BANDS],
        })
    }

    /// Takes the next samples (full scale ±1; what is not finite counts as silence) and calls `frame` with every frame
    /// they complete.
    pub fn push(&mut self, samples: &[f32], frame: &mut dyn FnMut(Frame<'_>)) {
        let Self { stft, bank, power_scale, bands } = self;
        stft.push(samples, &mut |spectrum| frame(log_mel(bank, spectrum, *power_scale, bands)));
    }

    /// Ends the signal with the frames that reach over its end. After `n > 0` samples there were `1 + n / 256` frames,
    /// after none there are none. The front end is then as new.
    pub fn finish(&mut self, frame: &mut dyn FnMut(Frame<'_>)) {
        let Self { stft, bank, power_scale, bands } = self;
        stft.finish(&mut |spectrum| frame(log_mel(bank, spectrum, *power_scale, bands)));
    }
}

fn log_mel<'a>(bank: &MelBank, spectrum: &[f32], power_scale: f32, bands: &'a mut [f32; BANDS]) -> Frame<'a> {
    bank.apply(spectrum, bands);
    for value in bands.iter_mut() {
        *value = (1.0 + COMPRESSION * *value).log10();
    }
    Frame { bands, power: power_scale * both_sides(spectrum) }
}

/// The sum over all bins of a spectrum of which the half up to the Nyquist frequency is given.
fn both_sides(spectrum: &[f32]) -> f32 {
    // Eight sums side by side: the compiler may not reorder one.
    let mut lanes = [0.0_f32; 8];
    for chunk in spectrum.chunks(8) {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *lane += x;
        }
    }
    let edges = spectrum.first().copied().unwrap_or(0.0) + spectrum.last().copied().unwrap_or(0.0);
    (2.0 * lanes.iter().sum::<f32>() - edges).max(0.0)
}

/// What log-mel values become when the energies behind them are multiplied by `gain`.
pub(crate) fn amplified(log_mel: &[f32], gain: f32) -> impl Iterator<Item = f32> {
    log_mel.iter().map(move |x| {
        let energy = (x * std::f32::consts::LN_10).exp() - 1.0;
        (1.0 + gain * energy.clamp(0.0, f32::MAX / 1e6)).log10()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(samples: &[f32]) -> Vec<(Vec<f32>, f32)> {
        let mut log_mel = LogMel::new().unwrap();
        let mut frames = Vec::new();
        let mut take = |frame: Frame<'_>| frames.push((frame.bands.to_vec(), frame.power));
        log_mel.push(samples, &mut take);
        log_mel.finish(&mut take);
        frames
    }

    fn noise(seconds: usize, level: f32) -> Vec<f32> {
        let mut state = 1_u32;
        (0..seconds * LogMel::SAMPLE_RATE as usize)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                level * ((state >> 8) as f32 / (1 << 23) as f32 - 1.0)
            })
            .collect()
    }

    #[test]
    fn power_is_the_mean_square() {
        for (samples, expected) in [
            (noise(2, 0.5), 0.25 / 3.0),
            ((0..32_000).map(|i| (0.3 * i as f32).sin()).collect(), 0.5),
            (vec![1.0; 32_000], 1.0),
            (vec![0.0; 32_000], 0.0),
        ] {
            let frames = frames(&samples);
            // The first and the last frame lie half outside of the signal.
            let inside = &frames[1..frames.len() - 1];
            let mean = inside.iter().map(|(_, power)| power).sum::<f32>() / inside.len() as f32;
            assert!((mean - expected).abs() <= 0.02 * expected, "{mean} instead of {expected}");
        }
    }

    #[test]
    fn amplifying_afterwards_is_amplifying_before() {
        let quiet = noise(1, 0.05);
        for decibels in [-20.0_f32, -6.0, 3.0, 20.0] {
            let louder: Vec<f32> = quiet.iter().map(|x| x * 10_f32.powf(decibels / 20.0)).collect();
            for ((a, _), (b, _)) in frames(&quiet).iter().zip(&frames(&louder)) {
                for (a, b) in amplified(a, 10_f32.powf(decibels / 10.0)).zip(b) {
                    assert!((a - b).abs() < 1e-4, "{decibels} dB: {a} and {b}");
                }
            }
        }
    }

    #[test]
    fn amplified_values_are_finite() {
        for x in [0.0, 1e-30, 7.0, 60.0, f32::MAX] {
            for gain in [0.0, 1e-3, 1.0, 1e3] {
                assert!(amplified(&[x], gain).all(|x| x.is_finite() && x >= 0.0), "{x}, {gain}");
            }
        }
    }
}
