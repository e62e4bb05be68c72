//! Small statistics of series.

/// The mean; 0 of nothing.
#[must_use]
pub fn mean(values: &[f32]) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    (values.iter().map(|&x| f64::from(x)).sum::<f64>() / values.len() as f64) as f32
}

/// The sum of products over the length of the shorter series, in eight sums side by side that the compiler makes
/// vectors of.
#[inline]
#[must_use]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let n = a.len().min(b.len());
    let (a, b) = (a[..n].chunks_exact(8), b[..n].chunks_exact(8));
    let rest: f32 = a.remainder().iter().zip(b.remainder()).map(|(x, y)| x * y).sum();
    let mut sums = [0.0_f32; 8];
    for (x, y) in a.zip(b) {
        for ((sum, x), y) in sums.iter_mut().zip(x).zip(y) {
            *sum += x * y;
        }
    }
    let [a, b, c, d, e, f, g, h] = sums;
    ((a + e) + (c + g)) + ((b + f) + (d + h)) + rest
}

/// Pearson's correlation of two series, −1 to 1, over the length of the shorter; 0 where either is constant.
#[must_use]
pub fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let n = a.len().min(b.len());
    let (a, b) = (&a[..n], &b[..n]);
    let (mean_a, mean_b) = (f64::from(mean(a)), f64::from(mean(b)));
    let (mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0);
    for (&x, &y) in a.iter().zip(b) {
        let (x, y) = (f64::from(x) - mean_a, f64::from(y) - mean_b);
        aa += x * x;
        bb += y * y;
        ab += x * y;
    }
    let scale = (aa * bb).sqrt();
    if scale > 0.0 { (ab / scale).clamp(-1.0, 1.0) as f32 } else { 0.0 }
}

/// Where the top of the parabola through three neighbouring values lies, in steps from the middle one: −0.5 to 0.5
/// around a peak, and 0 where the middle value is none.
#[must_use]
pub fn peak_offset(before: f32, peak: f32, after: f32) -> f32 {
    let curvature = before - 2.0 * peak + after;
    if curvature < 0.0 && curvature.is_finite() { (0.5 * (before - after) / curvature).clamp(-0.5, 0.5) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        assert_eq!(mean(&[]), 0.0);
        assert_eq!(mean(&[1.0, 2.0, 6.0]), 3.0);
        assert_eq!(correlation(&[1.0, 2.0, 3.0], &[10.0, 20.0, 30.0, 99.0]), 1.0);
        assert_eq!(correlation(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0]), -1.0);
        assert!((correlation(&[1.0, 2.0, 3.0, 4.0], &[1.0, 3.0, 2.0, 4.0]) - 0.8).abs() < 1e-6);
        assert_eq!(correlation(&[1.0, 1.0], &[1.0, 2.0]), 0.0);
        assert_eq!(correlation(&[], &[]), 0.0);
        for n in 0..40 {
            let series: Vec<f32> = (0..n).map(|i| (i + 1) as f32).collect();
            assert_eq!(dot(&series, &[2.0; 50]), (n * (n + 1)) as f32);
        }
        assert_eq!(dot(&[1.0, 2.0], &[3.0]), 3.0);
    }

    #[test]
    fn the_top_of_a_parabola_is_found() {
        for top in [-0.5, -0.2, 0.0, 0.3, 0.5] {
            let y = |x: f32| 4.0 - 3.0 * (x - top).powi(2);
            assert!((peak_offset(y(-1.0), y(0.0), y(1.0)) - top).abs() < 1e-6);
        }
        assert_eq!(peak_offset(1.0, 0.0, 1.0), 0.0);
        assert_eq!(peak_offset(1.0, 1.0, 1.0), 0.0);
        assert_eq!(peak_offset(f32::NAN, 1.0, 0.0), 0.0);
        assert_eq!(peak_offset(f32::NEG_INFINITY, 1.0, 0.0), 0.0);
    }
}
