//! Power spectra of real frames.

use std::f64::consts::TAU;
use std::sync::Arc;

use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftPlanner};

/// The transform of real frames of one length as far as its power: `|X|²` of `n / 2 + 1` bins, in no way scaled.
///
/// Frames of even length go through a complex transform of half of it, the even samples as real and the odd ones as
/// imaginary parts (Press et al., Numerical Recipes, 12.3), and bins `k` and `n / 2 − k` come from one sum and one
/// difference, in a loop that the compiler makes vectors of and that writes the power alone.
pub(crate) struct PowerSpectrum {
    fft: Arc<dyn Fft<f32>>,
    /// Whether two samples share a complex number.
    paired: bool,
    values: Vec<Complex32>,
    scratch: Vec<Complex32>,
    /// `e^(−2πik/n)` for `k` from 1 to below `n / 4`.
    turns: Vec<Complex32>,
}

impl PowerSpectrum {
    /// For frames of `n > 0` samples.
    pub(crate) fn new(n: usize) -> Self {
        let paired = n.is_multiple_of(2);
        let length = if paired { n / 2 } else { n };
        let fft = FftPlanner::new().plan_fft_forward(length);
        let turn = |k: usize| {
            let (sine, cosine) = (TAU * k as f64 / n as f64).sin_cos();
            Complex32::new(cosine as f32, -sine as f32)
        };
        Self {
            paired,
            values: vec![Complex32::default(); length],
            scratch: vec![Complex32::default(); fft.get_inplace_scratch_len()],
            turns: (1..=(length.saturating_sub(1)) / 2).map(turn).collect(),
            fft,
        }
    }

    /// The power of a frame under a window, both of the length prepared for.
    pub(crate) fn of(&mut self, samples: &[f32], window: &[f32], power: &mut [f32]) {
        if self.paired {
            let pairs = samples.as_chunks::<2>().0.iter().zip(window.as_chunks::<2>().0);
            for (out, ([even, odd], [even_weight, odd_weight])) in self.values.iter_mut().zip(pairs) {
                *out = Complex32::new(even * even_weight, odd * odd_weight);
            }
        } else {
            for ((out, x), w) in self.values.iter_mut().zip(samples).zip(window) {
                *out = Complex32::new(x * w, 0.0);
            }
        }
        self.fft.process_with_scratch(&mut self.values, &mut self.scratch);
        if self.paired {
            unpair(&self.values, &self.turns, power);
        } else {
            for (out, x) in power.iter_mut().zip(&self.values) {
                *out = x.norm_sqr();
            }
        }
    }
}

/// Bins taken together: a vector of the least that any x86-64 and any 64-bit ARM have.
const LANES: usize = 4;
type Lanes = [f32; LANES];

/// The power spectrum of samples whose paired transform is `values`.
fn unpair(values: &[Complex32], turns: &[Complex32], power: &mut [f32]) {
    let (half, count) = (values.len(), turns.len());
    let (Some(&first), true) = (values.first(), power.len() == half + 1 && count == (half - 1) / 2) else { return };
    if let (Some(middle), Some(out)) = (values.get(half / 2), power.get_mut(half / 2)) {
        *out = middle.norm_sqr();
    }
    if let [zero, .., nyquist] = power {
        *zero = (first.re + first.im) * (first.re + first.im);
        *nyquist = (first.re - first.im) * (first.re - first.im);
    }
    let (rising, falling) = (&values[1..=count], &values[half - count..]);
    let (low, high) = power.split_at_mut(half - count);
    let (low, high) = (&mut low[1..=count], &mut high[..count]);

    let ((rising, rising_rest), (turns, turns_rest)) = (rising.as_chunks::<LANES>(), turns.as_chunks::<LANES>());
    let ((falling_rest, falling), (high_rest, high)) = (falling.as_rchunks::<LANES>(), high.as_rchunks_mut::<LANES>());
    let (low, low_rest) = low.as_chunks_mut::<LANES>();
    let inputs = rising.iter().zip(falling.iter().rev()).zip(turns);
    for (((a, b), turn), (low, high)) in inputs.zip(low.iter_mut().zip(high.iter_mut().rev())) {
        *low = pair(a, b, turn, high);
    }
    // The few in the middle: padded to a vector.
    let rest = rising_rest.len();
    let (mut a, mut b, mut turn) =
        ([Complex32::default(); LANES], [Complex32::default(); LANES], [Complex32::default(); LANES]);
    a[..rest].copy_from_slice(rising_rest);
    b[LANES - rest..].copy_from_slice(falling_rest);
    turn[..rest].copy_from_slice(turns_rest);
    let mut last = [0.0; LANES];
    low_rest.copy_from_slice(&pair(&a, &b, &turn, &mut last)[..rest]);
    high_rest.copy_from_slice(&last[LANES - rest..]);
}

/// The power of some bins from their values `a` and, in falling order, those of the bins opposite, `b`. What is
/// returned is for `a`, what is written to `high` for `b`.
#[inline(always)]
fn pair(a: &[Complex32; LANES], b: &[Complex32; LANES], turn: &[Complex32; LANES], high: &mut Lanes) -> Lanes {
    let lanes = |of: &dyn Fn(usize) -> f32| -> Lanes { std::array::from_fn(of) };
    let (a_re, a_im) = (a.map(|x| x.re), a.map(|x| x.im));
    let (b_re, b_im) = (lanes(&|i| b[LANES - 1 - i].re), lanes(&|i| b[LANES - 1 - i].im));
    let (turn_re, turn_im) = (turn.map(|x| x.re), turn.map(|x| x.im));
    // Twice the transforms of the even and of the odd samples.
    let (even_re, even_im) = (lanes(&|i| a_re[i] + b_re[i]), lanes(&|i| a_im[i] - b_im[i]));
    let (odd_re, odd_im) = (lanes(&|i| a_im[i] + b_im[i]), lanes(&|i| b_re[i] - a_re[i]));
    // The odd ones turned to their place. The powers themselves must not be subtracted: the rounding of a loud bin would
    // drown the one opposite.
    let t_re = lanes(&|i| turn_re[i] * odd_re[i] - turn_im[i] * odd_im[i]);
    let t_im = lanes(&|i| turn_re[i] * odd_im[i] + turn_im[i] * odd_re[i]);
    let power = |re: f32, im: f32| 0.25 * (re * re + im * im);
    let opposite = lanes(&|i| power(even_re[i] - t_re[i], even_im[i] - t_im[i]));
    *high = lanes(&|i| opposite[LANES - 1 - i]);
    lanes(&|i| power(even_re[i] + t_re[i], even_im[i] + t_im[i]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_the_definition_says_for_any_length() {
        for n in [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 62, 63, 64, 400, 512] {
            let samples: Vec<f32> = (0..n).map(|i| ((i * i * 7 + 3 * i) % 23) as f32 / 11.0 - 1.0).collect();
            let window: Vec<f32> = (0..n).map(|i| 1.0 - i as f32 / (2 * n) as f32).collect();
            let mut power = vec![f32::NAN; n / 2 + 1];
            PowerSpectrum::new(n).of(&samples, &window, &mut power);
            let total: f64 = samples.iter().zip(&window).map(|(x, w)| f64::from(x * w).powi(2)).sum();
            for (k, &found) in power.iter().enumerate() {
                let (mut re, mut im) = (0.0, 0.0);
                for (i, (x, w)) in samples.iter().zip(&window).enumerate() {
                    let angle = TAU * ((k * i) % n) as f64 / n as f64;
                    re += f64::from(x * w) * angle.cos();
                    im -= f64::from(x * w) * angle.sin();
                }
                let error = (f64::from(found) - (re * re + im * im)).abs();
                assert!(error < 1e-6 * (1.0 + total * n as f64), "bin {k} of {n}: {found}, not {}", re * re + im * im);
            }
        }
    }

    #[test]
    fn a_loud_bin_does_not_drown_the_one_opposite() {
        let n = 2048;
        let tone = |bin: f64, i: usize| (TAU * bin * i as f64 / n as f64).cos();
        let window = crate::window::hann_periodic(n);
        let samples: Vec<f32> = (0..n).map(|i| (tone(100.0, i) + 1e-5 * tone(924.0, i)) as f32).collect();
        let mut power = vec![0.0; n / 2 + 1];
        PowerSpectrum::new(n).of(&samples, &window, &mut power);
        // 100 dB below, heard to a hundredth; between the two, silence to 120 dB.
        let part = (power[924] / power[100]).sqrt();
        assert!((part / 1e-5 - 1.0).abs() < 0.02, "{part}");
        assert!(power[200..900].iter().all(|&x| x < 1e-12 * power[100]));
    }

    #[test]
    fn silence_is_silent() {
        let mut power = vec![1.0; 1025];
        PowerSpectrum::new(2048).of(&[0.0; 2048], &[1.0; 2048], &mut power);
        assert_eq!(power, vec![0.0; 1025]);
    }
}
