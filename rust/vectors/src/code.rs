//! Numbers as bytes.

/// Writes `(row − centre) / step` as whole numbers of −127..127 times the scale that is returned, the least that nothing is cut
/// off by: [`decode`](crate::decode) gives the row back with an error of at most half the scale times the step. Steps that are
/// not above 0, and what is no number, become 0. Surplus of longer slices is left out.
pub fn encode(row: &[f32], steps: &[f32], centre: &[f32], codes: &mut [i8]) -> f32 {
    let standard = |((value, step), centre): ((&f32, &f32), &f32)| {
        let standard = if *step > 0.0 { (value - centre) / step } else { 0.0 };
        if standard.is_finite() { standard } else { 0.0 }
    };
    let values = || row.iter().zip(steps).zip(centre).map(standard);
    let largest = values().fold(0.0f32, |largest, value| largest.max(value.abs()));
    let scale = largest / f32::from(i8::MAX);
    let inverse = if scale > 0.0 { scale.recip() } else { 0.0 };
    // So small that its reciprocal is none: nothing to tell apart.
    let inverse = if inverse.is_finite() { inverse } else { 0.0 };
    for (code, value) in codes.iter_mut().zip(values()) {
        // The cast cuts to −128..127; −127 is the least that comes here.
        *code = (value * inverse).round() as i8;
    }
    scale
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode;

    #[test]
    fn a_row_comes_back_within_half_a_step() {
        let row: Vec<f32> = (0..200).map(|i| 5.0 + (i as f32).sin() * (1.0 + i as f32 / 50.0)).collect();
        let steps: Vec<f32> = (0..200).map(|i| 0.5 + i as f32 / 100.0).collect();
        let centre = vec![5.0; 200];
        let (mut codes, mut back) = (vec![0; 200], vec![0.0; 200]);
        let scale = encode(&row, &steps, &centre, &mut codes);
        decode(&codes, &steps, &centre, scale, &mut back);
        assert!(codes.iter().any(|code| code.unsigned_abs() == 127) && codes.iter().all(|code| *code > i8::MIN));
        for ((value, back), step) in row.iter().zip(&back).zip(&steps) {
            assert!((value - back).abs() <= 0.5001 * scale * step, "{value} became {back}");
        }
    }

    #[test]
    fn hostile_numbers_become_nothing() {
        let mut codes = [1i8; 4];
        assert_eq!(encode(&[f32::NAN, f32::INFINITY, 3.0, 0.0], &[1.0, 1.0, 0.0, 1.0], &[0.0; 4], &mut codes), 0.0);
        assert_eq!(codes, [0; 4]);
        assert!(encode(&[f32::MIN_POSITIVE; 4], &[1.0; 4], &[0.0; 4], &mut codes) >= 0.0);
        assert_eq!(codes, [0; 4]);
        assert_eq!(encode(&[], &[], &[], &mut codes), 0.0);
    }
}
