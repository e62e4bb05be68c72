use std::f64::consts::PI;

use segue_dsp::stats::dot;

use super::running::Running;
use super::{BANDS, COEFFICIENTS};

/// Sums up mel-frequency cepstral coefficients (librosa: `mfcc`): the orthonormal cosine transform, type II, of the
/// levels of mel bands in dB.
pub(super) struct Cepstrum {
    /// One row of cosines per coefficient.
    cosines: [[f32; BANDS]; COEFFICIENTS],
}

impl Cepstrum {
    pub(super) fn new() -> Self {
        let bands = BANDS as f64;
        Self {
            cosines: std::array::from_fn(|k| {
                let scale = if k == 0 { (1.0 / bands).sqrt() } else { (2.0 / bands).sqrt() };
                std::array::from_fn(|band| (scale * (PI * k as f64 * (band as f64 + 0.5) / bands).cos()) as f32)
            }),
        }
    }

    /// Each coefficient over frames, given the levels of their bands, none of which counts below `floor`.
    pub(super) fn of(&self, levels: &[[f32; BANDS]], floor: f32) -> [Running; COEFFICIENTS] {
        let mut coefficients = [Running::default(); COEFFICIENTS];
        for frame in levels {
            let heard = frame.map(|level| level.max(floor));
            for (coefficient, cosines) in coefficients.iter_mut().zip(&self.cosines) {
                coefficient.push(f64::from(dot(&heard, cosines)));
            }
        }
        coefficients
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cosine_over_the_bands_is_one_coefficient() {
        let cepstrum = Cepstrum::new();
        for k in 0..COEFFICIENTS {
            let wave: [f32; BANDS] =
                std::array::from_fn(|band| (PI * k as f64 * (band as f64 + 0.5) / BANDS as f64).cos() as f32);
            let found = cepstrum.of(&[wave, wave.map(|x| 3.0 * x)], -100.0);
            let unit = if k == 0 { 128.0_f64.sqrt() } else { 8.0 };
            for (i, coefficient) in found.iter().enumerate() {
                let [mean, deviation] = if i == k { [2.0 * unit, unit] } else { [0.0; 2] };
                assert!((coefficient.mean() - mean).abs() < 1e-4, "{i} of {k}: {coefficient:?}");
                assert!((coefficient.deviation() - deviation).abs() < 1e-4, "{i} of {k}: {coefficient:?}");
            }
        }
    }

    #[test]
    fn silence_counts_at_the_floor() {
        let [first, rest @ ..] = Cepstrum::new().of(&[[-100.0; BANDS]], -80.0);
        assert!((first.mean() + 80.0 * 128.0_f64.sqrt()).abs() < 1e-3, "{first:?}");
        assert!(rest.iter().all(|x| x.mean().abs() < 1e-4));
    }
}
