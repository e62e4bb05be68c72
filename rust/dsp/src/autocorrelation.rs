//! Autocorrelation: how much a series repeats itself after so many steps.

use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

use crate::tame;

/// The generalised autocorrelation of series of one length: the inverse transform of `|X|^exponent`, not wrapped
/// around, divided by its value at lag 0.
///
/// An exponent of 2 is the autocorrelation proper. A smaller one sharpens the peaks and lessens the part that a few
/// strong repetitions have in the whole (Tolonen & Karjalainen, 2000).
pub struct Autocorrelation {
    length: usize,
    exponent: f32,
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    series: Vec<f32>,
    spectrum: Vec<Complex32>,
    scratch: Vec<Complex32>,
}

impl Autocorrelation {
    /// Prepares for series of `length` values.
    #[must_use]
    pub fn new(length: usize, exponent: f32) -> Self {
        let mut planner = RealFftPlanner::new();
        // Twice the length, so that a series never meets its own beginning.
        let (forward, inverse) =
            (planner.plan_fft_forward(2 * length.max(1)), planner.plan_fft_inverse(2 * length.max(1)));
        let scratch = forward.get_scratch_len().max(inverse.get_scratch_len());
        Self {
            length,
            exponent,
            series: forward.make_input_vec(),
            spectrum: forward.make_output_vec(),
            scratch: vec![Complex32::default(); scratch],
            forward,
            inverse,
        }
    }

    /// The autocorrelation of `series` about its mean at lags 0 to the prepared length − 1, or nothing where the
    /// series is constant. Values beyond the prepared length are left out, lacking ones stand at the mean.
    pub fn of(&mut self, series: &[f32]) -> Option<&[f32]> {
        let series = &series[..series.len().min(self.length)];
        let mean = (series.iter().map(|&x| f64::from(tame(x))).sum::<f64>() / series.len().max(1) as f64) as f32;
        self.series.fill(0.0);
        for (out, &x) in self.series.iter_mut().zip(series) {
            *out = tame(x) - mean;
        }
        // Only wrong lengths, and imaginary parts at 0 and Nyquist (both 0 here), can fail.
        let done = self.forward.process_with_scratch(&mut self.series, &mut self.spectrum, &mut self.scratch);
        debug_assert!(done.is_ok());
        for x in &mut self.spectrum {
            *x = Complex32::new(x.norm_sqr().powf(0.5 * self.exponent), 0.0);
        }
        let done = self.inverse.process_with_scratch(&mut self.spectrum, &mut self.series, &mut self.scratch);
        debug_assert!(done.is_ok());
        let scale = self.series.first().copied().filter(|&x| x > f32::MIN_POSITIVE)?;
        let lags = self.series.get_mut(..self.length)?;
        for x in lags.iter_mut() {
            *x /= scale;
        }
        Some(lags)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_sum_of_products_at_exponent_two() {
        let series: Vec<f32> = (0..50).map(|i| ((i * i * 7) % 23) as f32).collect();
        let mean = series.iter().sum::<f32>() / 50.0;
        let product = |lag: usize| -> f32 { (lag..50).map(|i| (series[i] - mean) * (series[i - lag] - mean)).sum() };
        let mut autocorrelation = Autocorrelation::new(50, 2.0);
        for (lag, x) in autocorrelation.of(&series).unwrap().iter().enumerate() {
            assert!((x - product(lag) / product(0)).abs() < 1e-5, "lag {lag}");
        }
    }

    #[test]
    fn peaks_where_the_series_repeats() {
        let series: Vec<f32> = (0..400).map(|i| if i % 37 == 5 { 1.0 } else { 0.0 }).collect();
        for exponent in [1.0, 2.0] {
            let mut autocorrelation = Autocorrelation::new(400, exponent);
            let lags = autocorrelation.of(&series).unwrap();
            let best = (10..60).max_by(|&a, &b| lags[a].total_cmp(&lags[b])).unwrap();
            assert_eq!(best, 37, "exponent {exponent}");
            assert!(lags.iter().all(|x| x.is_finite() && *x <= 1.0));
        }
    }

    #[test]
    fn nothing_repeats_in_a_constant() {
        let mut autocorrelation = Autocorrelation::new(64, 1.0);
        assert_eq!(autocorrelation.of(&[]), None);
        assert_eq!(autocorrelation.of(&[3.0; 64]), None);
        assert_eq!(autocorrelation.of(&[f32::NAN; 64]), None);
        assert!(autocorrelation.of(&[1.0, 2.0]).is_some(), "a short series is padded");
        assert_eq!(Autocorrelation::new(0, 1.0).of(&[1.0, 2.0]), None);
    }
}
