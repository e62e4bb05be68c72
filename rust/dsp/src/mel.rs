//! Mel filter banks: a spectrum in, the energy in bands spaced as hearing is out.

use crate::stats::dot;

/// A bank of triangular filters on a mel scale.
///
/// Only the bins under each triangle are kept, which makes a bank some tens of times smaller and faster than a matrix.
#[derive(Debug, Clone)]
pub struct MelBank {
    bands: Vec<Band>,
    /// The weights of all bands, one after the other.
    weights: Vec<f32>,
}

#[derive(Debug, Clone, Copy)]
struct Band {
    first_bin: usize,
    first_weight: usize,
    bins: usize,
}

impl MelBank {
    /// The bank of `bands` triangles between `f_min` and `f_max` Hz for spectra of `n_fft / 2 + 1` bins, on Slaney's mel
    /// scale, straight in Hz and each of unit area in Hz (librosa: `filters.mel` with `htk=False, norm="slaney"`; Slaney,
    /// Auditory Toolbox, 1998).
    ///
    /// A triangle too narrow to hold a bin is empty and its band always 0; so are all bands where `f_min ≥ f_max` or
    /// the edges are not numbers.
    #[must_use]
    pub fn slaney(sample_rate: u32, n_fft: usize, bands: usize, f_min: f32, f_max: f32) -> Self {
        let (low, high) = (hz_to_mel(f64::from(f_min)), hz_to_mel(f64::from(f_max)));
        let edge = |i: usize| mel_to_hz(low + (high - low) * i as f64 / (bands + 1) as f64);
        let hz_per_bin = f64::from(sample_rate) / n_fft.max(1) as f64;
        Self::triangles(bands, n_fft / 2 + 1, edge, |bin| bin as f64 * hz_per_bin, |height, width| height * 2.0 / width)
    }

    /// The bank of `bands` triangles between `f_min` and `f_max` Hz for spectra of `n_fft / 2 + 1` bins, on HTK's mel
    /// scale (`1127 · ln(1 + f / 700)`), straight in mels and 1 high (S. Young et al., The HTK Book, 5.4; VGGish's
    /// spectrograms). The bin at 0 Hz belongs to no band.
    ///
    /// librosa's `htk=True, norm=None` has the same edges, but its triangles are straight in Hz: weights differ by up to
    /// 0.004.
    ///
    /// Empty triangles and senseless edges are as in [`slaney`](Self::slaney).
    #[must_use]
    pub fn htk(sample_rate: u32, n_fft: usize, bands: usize, f_min: f32, f_max: f32) -> Self {
        let mel = |hz: f64| 1127.0 * (hz / 700.0).ln_1p();
        let (low, high) = (mel(f64::from(f_min)), mel(f64::from(f_max)));
        let edge = |i: usize| low + (high - low) * i as f64 / (bands + 1) as f64;
        let hz_per_bin = f64::from(sample_rate) / n_fft.max(1) as f64;
        // A NaN stands on no triangle.
        let place = |bin: usize| if bin == 0 { f64::NAN } else { mel(bin as f64 * hz_per_bin) };
        Self::triangles(bands, n_fft / 2 + 1, edge, place, |height, _| height)
    }

    /// Triangle `i` rises from `edge(i)` to `edge(i + 1)` and falls to `edge(i + 2)`; `place` says where a bin lies between
    /// them, and `weight` what its height, 0 to 1, in a triangle of some width counts.
    fn triangles(
        bands: usize,
        bins: usize,
        edge: impl Fn(usize) -> f64,
        place: impl Fn(usize) -> f64,
        weight: impl Fn(f64, f64) -> f64,
    ) -> Self {
        let mut bank = Self { bands: Vec::with_capacity(bands), weights: Vec::new() };
        for band in 0..bands {
            let (left, centre, right) = (edge(band), edge(band + 1), edge(band + 2));
            let first_weight = bank.weights.len();
            let mut first_bin = 0;
            for bin in 0..bins {
                let x = place(bin);
                let height = ((x - left) / (centre - left)).min((right - x) / (right - centre));
                let weight = weight(height, right - left) as f32;
                // The triangle is convex: the bins above zero are neighbours. A NaN fails the comparison.
                if weight > 0.0 && weight.is_finite() {
                    if bank.weights.len() == first_weight {
                        first_bin = bin;
                    }
                    bank.weights.push(weight);
                }
            }
            bank.bands.push(Band { first_bin, first_weight, bins: bank.weights.len() - first_weight });
        }
        bank
    }

    /// The number of bands.
    #[must_use]
    pub fn bands(&self) -> usize {
        self.bands.len()
    }

    /// Writes the weighted sum of each band to `out`: its energy where `power` is a power spectrum. Bins that
    /// it lacks count as 0, places of `out` beyond [`bands`](Self::bands) are left as they are.
    pub fn apply(&self, power: &[f32], out: &mut [f32]) {
        for (out, band) in out.iter_mut().zip(&self.bands) {
            let weights = &self.weights[band.first_weight..band.first_weight + band.bins];
            let bins = power.get(band.first_bin..).unwrap_or_default();
            *out = dot(weights, bins);
        }
    }
}

/// Slaney's scale: linear (3 mels per 200 Hz) up to 1 kHz, then 27 mels for every factor of 6.4.
fn hz_to_mel(hz: f64) -> f64 {
    if hz < 1000.0 { hz * 3.0 / 200.0 } else { 15.0 + (hz / 1000.0).ln() * 27.0 / 6.4_f64.ln() }
}

fn mel_to_hz(mel: f64) -> f64 {
    if mel < 15.0 { mel * 200.0 / 3.0 } else { 1000.0 * ((mel - 15.0) * 6.4_f64.ln() / 27.0).exp() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_goes_back_and_forth() {
        for hz in [0.0, 12.5, 440.0, 999.9, 1000.0, 6400.0, 22_050.0] {
            assert!((mel_to_hz(hz_to_mel(hz)) - hz).abs() < 1e-9 * (1.0 + hz));
        }
        assert!((hz_to_mel(1000.0) - 15.0).abs() < 1e-12);
        assert!((hz_to_mel(6400.0) - 42.0).abs() < 1e-12);
    }

    #[test]
    fn triangles_have_unit_area_in_hertz() {
        // A flat spectrum of height 1 integrates to 1 in each band: sum of weights times the width of a bin.
        let (rate, n_fft) = (16_000, 65_536);
        let bank = MelBank::slaney(rate, n_fft, 96, 0.0, 8000.0);
        let mut out = vec![0.0; 96];
        bank.apply(&vec![1.0; n_fft / 2 + 1], &mut out);
        for (band, sum) in out.iter().enumerate() {
            let area = f64::from(*sum) * f64::from(rate) / n_fft as f64;
            assert!((area - 1.0).abs() < 1e-3, "band {band}: {area}");
        }
    }

    #[test]
    fn a_bin_lights_its_band_and_the_neighbour() {
        let bank = MelBank::slaney(16_000, 512, 96, 0.0, 8000.0);
        assert_eq!(bank.bands(), 96);
        let (mut power, mut out) = (vec![0.0; 257], vec![0.0; 96]);
        power[200] = 1.0;
        bank.apply(&power, &mut out);
        let lit: Vec<usize> = (0..96).filter(|&b| out[b] > 0.0).collect();
        assert!(lit.len() == 2 && lit[1] == lit[0] + 1, "{lit:?}");
    }

    #[test]
    fn htk_triangles_are_straight_in_mels() {
        // 8 bands from 0 to 8 kHz: 2840.04 mels in 9 steps. Weights of bin `k` by hand, from its place in mels.
        let (rate, n_fft, step) = (16_000, 512, 1127.0 * (1.0_f64 + 8000.0 / 700.0).ln() / 9.0);
        let bank = MelBank::htk(rate, n_fft, 8, 0.0, 8000.0);
        for bin in 1..=n_fft / 2 {
            let mut power = vec![0.0; n_fft / 2 + 1];
            power[bin] = 1.0;
            let mut out = [0.0; 8];
            bank.apply(&power, &mut out);
            let place = 1127.0 * (1.0 + bin as f64 * 31.25 / 700.0).ln() / step;
            for (band, weight) in out.iter().enumerate() {
                let expected = (1.0 - (place - (band + 1) as f64).abs()).max(0.0);
                assert!((f64::from(*weight) - expected).abs() < 1e-6, "bin {bin}, band {band}: {weight}, {expected}");
            }
            // Inside, the two triangles over a bin add up to 1.
            let inside = (1.0..=8.0).contains(&place);
            assert!(!inside || (out.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        }
        let mut out = [1.0; 8];
        bank.apply(&[1.0], &mut out);
        assert_eq!(out, [0.0; 8], "the bin at 0 Hz");
    }

    #[test]
    fn odd_requests_give_empty_bands_and_no_nan() {
        for (rate, n_fft, f_min, f_max) in [
            (0, 512, 0.0, 8e3),
            (16_000, 0, 0.0, 8e3),
            (16_000, 512, 8e3, 0.0),
            (16_000, 512, f32::NAN, 8e3),
            (16_000, 512, -1e3, 8e3),
        ] {
            for bank in [MelBank::slaney, MelBank::htk].map(|bank| bank(rate, n_fft, 8, f_min, f_max)) {
                let mut out = [7.0; 9];
                bank.apply(&[1.0; 257], &mut out);
                assert!(out.iter().all(|x| x.is_finite()), "{out:?}");
                assert_eq!(out[8], 7.0, "past the bands");
            }
        }
        let mut out = [1.0; 8];
        MelBank::slaney(16_000, 512, 8, 0.0, 8e3).apply(&[], &mut out);
        assert_eq!(out, [0.0; 8]);
    }
}
