//! Windows: what a frame is weighted with before its spectrum is taken.

use std::f64::consts::TAU;

/// The periodic Hann window of `n` samples: `(1 − cos(2πi/n)) / 2`, the one for spectra (the symmetric one, with
/// `n − 1`, is for filters). `n = 1` gives `[1.0]`, as SciPy and librosa do.
#[must_use]
pub fn hann_periodic(n: usize) -> Vec<f32> {
    if n == 1 {
        return vec![1.0];
    }
    (0..n).map(|i| (0.5 - 0.5 * (TAU * i as f64 / n as f64).cos()) as f32).collect()
}

/// The Kaiser window with shape `beta` at `x`, which runs from −1 to 1; 0 beyond.
pub(crate) fn kaiser(x: f64, beta: f64) -> f64 {
    let inside = 1.0 - x * x;
    if inside < 0.0 { 0.0 } else { bessel_i0(beta * inside.sqrt()) / bessel_i0(beta) }
}

/// The modified Bessel function of the first kind, order zero, by its power series, to the last bit of an `f64`.
fn bessel_i0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let (mut sum, mut term, mut k) = (1.0, 1.0, 1.0);
    while term > sum * f64::EPSILON {
        term *= quarter / (k * k);
        sum += term;
        k += 1.0;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hann_is_periodic_and_sums_to_half_its_length() {
        for n in [2, 7, 400, 512, 2048] {
            let window = hann_periodic(n);
            assert_eq!(window.len(), n);
            assert_eq!(window[0], 0.0);
            for i in 1..n {
                assert!((window[i] - window[n - i]).abs() < 1e-6, "not symmetric about n/2 at {i} of {n}");
            }
            let sum: f64 = window.iter().map(|&w| f64::from(w)).sum();
            assert!((sum - n as f64 / 2.0).abs() < 1e-4 * n as f64);
            // Hann overlaps to a constant at any hop that divides n at least twice.
            if n % 4 == 0 {
                for i in 0..n / 4 {
                    let overlap: f32 = (0..4).map(|k| window[i + k * n / 4]).sum();
                    assert!((overlap - 2.0).abs() < 1e-5);
                }
            }
        }
        assert_eq!(hann_periodic(0), Vec::<f32>::new());
        assert_eq!(hann_periodic(1), [1.0]);
    }

    #[test]
    fn bessel_and_kaiser_have_their_published_values() {
        // Abramowitz & Stegun, table 9.8.
        assert!((bessel_i0(0.0) - 1.0).abs() < 1e-15);
        assert!((bessel_i0(1.0) - 1.266_065_877_752_008_4).abs() < 1e-14);
        assert!((bessel_i0(5.0) - 27.239_871_823_604_442).abs() < 1e-12);
        assert_eq!(kaiser(0.0, 8.0), 1.0);
        assert!((kaiser(1.0, 8.0) - 1.0 / bessel_i0(8.0)).abs() < 1e-15);
        assert_eq!(kaiser(1.001, 8.0), 0.0);
    }
}
