//! What CLAP's audio towers see of ten seconds of sound.

use segue_dsp::mel::MelBank;
use segue_dsp::stft::{Stft, StftConfig};
use segue_dsp::tame;
use segue_dsp::window::hann_periodic;

use super::Clap;
use crate::Result;

/// Samples of a window: 10 s at 48 kHz.
pub(super) const WINDOW: usize = 480_000;
const RATE: u32 = 48_000;
const HOP: usize = 480;
/// Frames of a window.
pub(super) const FRAMES: usize = 1 + WINDOW / HOP;
/// The least energy that is told from none: −100 dB.
const LEAST: f32 = 1e-10;

/// Turns a window into decibels in mel bands: power spectra of centred frames under a periodic Hann window, the signal
/// mirrored at its ends, Slaney's scale and norm, `10 · log10(max(x, 1e-10))`.
///
/// DCLAP: frames of 2048 samples, 128 bands from 0 to 14 kHz, band after band. `clap-htsat-unfused`: frames of 1024
/// samples, 64 bands from 50 Hz to 14 kHz, frame after frame.
pub(super) struct Front {
    stft: Stft,
    bank: MelBank,
    half: usize,
    by_band: bool,
}

impl Front {
    pub(super) fn new(clap: Clap) -> Result<Self> {
        let (n_fft, bands, lowest) = match clap {
            Clap::Dclap => (2048, 128, 0.0),
            Clap::HtsatUnfused => (1024, 64, 50.0),
        };
        let config = StftConfig { n_fft, hop: HOP, window: hann_periodic(n_fft), centre: false };
        Ok(Self {
            stft: Stft::new(config)?,
            bank: MelBank::slaney(RATE, n_fft, bands, lowest, 14_000.0),
            half: n_fft / 2,
            by_band: clap == Clap::Dclap,
        })
    }

    /// The shape of what it gives, without the dimension that counts windows.
    pub(super) fn shape(&self) -> [usize; 3] {
        if self.by_band { [1, self.bank.bands(), FRAMES] } else { [1, FRAMES, self.bank.bands()] }
    }

    /// The spectrogram of a window of [`WINDOW`] samples.
    pub(super) fn of(&mut self, window: &[f32]) -> Vec<f32> {
        let Self { stft, bank, half, by_band } = self;
        let bands = bank.bands();
        let mut picture = vec![0.0; bands * FRAMES];
        let mut column = vec![0.0; bands];
        let mut number = 0;
        let mut take = |power: &[f32]| {
            bank.apply(power, &mut column);
            for (band, x) in column.iter().enumerate() {
                let place = if *by_band { band * FRAMES + number } else { number * bands + band };
                if let Some(to) = picture.get_mut(place) {
                    *to = 10.0 * x.max(LEAST).log10();
                }
            }
            number += 1;
        };
        let before: Vec<f32> = window.iter().skip(1).take(*half).rev().copied().collect();
        let behind: Vec<f32> = window.iter().rev().skip(1).take(*half).copied().collect();
        stft.push(&before, &mut take);
        stft.push(window, &mut take);
        stft.push(&behind, &mut take);
        stft.finish(&mut take);
        picture
    }
}

/// A sample as the tower's training had it: DCLAP's sounds were cut to full scale and went through 16 bits.
pub(super) fn prepared(clap: Clap, sample: f32) -> f32 {
    match clap {
        Clap::Dclap => (tame(sample).clamp(-1.0, 1.0) * 32_767.0).trunc() / 32_767.0,
        Clap::HtsatUnfused => tame(sample),
    }
}

/// A sound that is shorter than a window, as one: filled up with silence, and for `clap-htsat-unfused` first repeated as often
/// as it fits (`repeatpad`).
pub(super) fn filled(clap: Clap, sound: &[f32]) -> Vec<f32> {
    let times = match clap {
        Clap::Dclap => 1,
        Clap::HtsatUnfused => (WINDOW / sound.len().max(1)).max(1),
    };
    let mut window = sound.repeat(times);
    window.resize(WINDOW, 0.0);
    window
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signal(name: &str, seconds: f64) -> Vec<f32> {
        let count = (seconds * 48_000.0) as usize;
        let at = |i: usize| {
            let (t, turn) = (i as f64 / 48_000.0, std::f64::consts::TAU);
            let tone = |f: f64| (turn * f * t).sin();
            match name {
                "chirp" => 0.5 * (turn * (100.0 + 600.0 * t) * t).sin(),
                _ => {
                    let tones = [220.0, 277.2, 329.6, 4400.0].map(tone).iter().sum::<f64>() / 4.0;
                    tones * (-3.0 * (t % 0.5)).exp() * 1.3
                }
            }
        };
        (0..count).map(|i| at(i) as f32).collect()
    }

    #[test]
    fn spectrograms_equal_librosas_and_the_published_extractors() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/models_clap.json");
        let golden: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        for case in golden["spectra"].as_array().unwrap() {
            let clap = if case["clap"] == "dclap" { Clap::Dclap } else { Clap::HtsatUnfused };
            let sound = signal(case["signal"].as_str().unwrap(), case["seconds"].as_f64().unwrap());
            let sound: Vec<f32> = sound.into_iter().map(|x| prepared(clap, x)).collect();
            let mut front = Front::new(clap).unwrap();
            let picture = front.of(&filled(clap, &sound));
            let bands = front.bank.bands();
            assert_eq!(front.shape().iter().product::<usize>(), picture.len());
            let value = |frame: usize, band: usize| {
                picture[if clap == Clap::Dclap { band * FRAMES + frame } else { frame * bands + band }]
            };
            let mut worst = 0.0_f64;
            for (frame, row) in case["frames"].as_array().unwrap().iter().zip(case["decibels_e3"].as_array().unwrap()) {
                let row = row.as_array().unwrap();
                assert_eq!(row.len(), bands);
                for (band, expected) in row.iter().enumerate() {
                    let expected = expected.as_f64().unwrap() / 1e3;
                    let off = f64::from(value(frame.as_u64().unwrap() as usize, band)) - expected;
                    // Below −60 dB the two transforms' rounding in single precision shows.
                    worst = worst.max(if expected > -60.0 { off.abs() } else { off.abs() / 50.0 });
                }
            }
            let mean = picture.iter().map(|x| f64::from(*x)).sum::<f64>() / picture.len() as f64;
            let expected = case["mean_e3"].as_f64().unwrap() / 1e3;
            assert!(worst < 0.02 && (mean - expected).abs() < 0.02, "{case:?}: {worst} dB, {mean} for {expected}");
        }
    }
}
