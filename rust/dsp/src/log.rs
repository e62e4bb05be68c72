//! Logarithms in loops over spectra, where the library's function call per value would cost more than the transform.

use std::f32::consts::LN_2;

/// Decibels per doubling of power: 10·log10(2).
const DECIBELS_PER_OCTAVE: f32 = 3.010_3;

/// The logarithm to base 2, within 2 units in the last place of the larger of 1 and the result. Everything below the
/// smallest normal number (and what is no number) counts as that: −126.
///
/// `x = m · 2^e` with `m` within a factor √2 of 1; `log2 m` is the series of the inverse hyperbolic tangent of
/// `s = (m − 1) / (m + 1)`, `|s| < 0.1716`, up to `s⁹`: the first term left out is below 1e-9 of the first. No
/// branches and no table, so the compiler makes vectors of it.
#[inline]
#[must_use]
pub fn log2(x: f32) -> f32 {
    let bits = x.max(f32::MIN_POSITIVE).to_bits().cast_signed();
    // √½ as bits: the subtraction puts the exponent's step there.
    let exponent = (bits - 0x3f35_04f3) >> 23;
    let m = f32::from_bits((bits - (exponent << 23)).cast_unsigned());
    let s = (m - 1.0) / (m + 1.0);
    let s2 = s * s;
    let series = 1.0 + s2 * (1.0 / 3.0 + s2 * (1.0 / 5.0 + s2 * (1.0 / 7.0 + s2 / 9.0)));
    exponent as f32 + s * series * (2.0 / LN_2)
}

/// The level of a power in decibels, `10·log10(x)`, where `x` is at least `least` (a normal number above 0).
#[inline]
#[must_use]
pub fn decibels(power: f32, least: f32) -> f32 {
    DECIBELS_PER_OCTAVE * log2(power.max(least))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_exact_as_the_numbers_allow() {
        let mut x = f32::MIN_POSITIVE;
        while x < f32::MAX / 1.001 {
            let exact = f64::from(x).log2();
            let error = (f64::from(log2(x)) - exact).abs();
            assert!(error <= 2.0 * f64::from(f32::EPSILON) * exact.abs().max(1.0), "log2 {x}: off by {error}");
            let error = (f64::from(decibels(x, 1e-10)) - 10.0 * f64::from(x).max(1e-10).log10()).abs();
            assert!(error < 3e-5 * (1.0 + exact.abs() / 64.0), "{x} in decibels: off by {error}");
            x *= 1.000_37;
        }
    }

    #[test]
    fn powers_of_two_are_exact_and_nothing_is_not_a_number() {
        for e in -126..128 {
            assert_eq!(log2(2.0_f32.powi(e)), e as f32);
        }
        for x in [0.0, -0.0, -1.0, f32::NAN, f32::NEG_INFINITY, 1e-42] {
            assert_eq!(log2(x), -126.0, "{x}");
        }
        assert_eq!(log2(f32::INFINITY), 128.0);
        assert_eq!(decibels(0.0, 1.0), 0.0);
    }
}
