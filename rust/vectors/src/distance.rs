//! Measures made from the inner loops.

use crate::{dot, norm};

/// Cosine of the angle between two vectors, −1..1; 0 where one of them has no direction.
pub fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let n = a.len().min(b.len());
    let (a, b) = (&a[..n], &b[..n]);
    let lengths = norm(a) * norm(b);
    // Also false for NaN.
    if lengths > 0.0 && lengths.is_finite() { (dot(a, b) / lengths).clamp(-1.0, 1.0) } else { 0.0 }
}

/// Scales a vector to length 1 and returns the length it had. One without direction (all zeros, or a length that is
/// not finite) is set to zeros.
pub fn normalise(a: &mut [f32]) -> f32 {
    let length = norm(a);
    let factor = if length > 0.0 && length.is_finite() { length.recip() } else { 0.0 };
    if factor > 0.0 {
        a.iter_mut().for_each(|value| *value *= factor);
    } else {
        a.fill(0.0);
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cosine_knows_direction_only() {
        assert!((cosine(&[1.0, 2.0, 3.0], &[10.0, 20.0, 30.0]) - 1.0).abs() < 1e-6);
        assert!((cosine(&[1.0, 0.0], &[-4.0, 0.0]) + 1.0).abs() < 1e-6);
        assert_eq!(cosine(&[1.0, 0.0], &[0.0, 1.0]), 0.0);
    }

    #[test]
    fn vectors_without_direction_give_zero_and_never_nan() {
        for hostile in [[0.0, 0.0], [f32::NAN, 1.0], [f32::INFINITY, 1.0], [f32::MAX, f32::MAX]] {
            assert_eq!(cosine(&hostile, &[1.0, 1.0]), 0.0);
            let mut scaled = hostile;
            normalise(&mut scaled);
            assert_eq!(scaled, [0.0, 0.0]);
        }
    }

    #[test]
    fn normalise_returns_the_former_length() {
        let mut a = [3.0, 4.0];
        assert_eq!(normalise(&mut a), 5.0);
        assert!((a[0] - 0.6).abs() < 1e-6 && (a[1] - 0.8).abs() < 1e-6);
    }
}
