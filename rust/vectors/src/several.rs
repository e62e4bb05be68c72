//! Squared distances from one row to some rows of a matrix.

use crate::squared_euclidean;

/// Square of the Euclidean distance from `x` to each of the rows `which` of a matrix whose rows, each as wide as `x`, lie one
/// after the other. `out` is emptied first; a row that does not exist is infinitely far.
///
/// Same as [`squared_euclidean`] but for the order of additions, and faster.
pub fn squared_euclidean_some(x: &[f32], rows: &[f32], which: &[u32], out: &mut Vec<f32>) {
    out.clear();
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx512f") {
        // SAFETY: the function is unsafe to call only where the processor lacks AVX-512F, which was just found.
        #[allow(unsafe_code)]
        return unsafe { avx512::some(x, rows, which, out) };
    }
    plain(x, rows, which, out);
}

fn plain(x: &[f32], rows: &[f32], which: &[u32], out: &mut Vec<f32>) {
    out.extend(
        which.iter().map(|place| row(rows, *place, x.len()).map_or(f32::INFINITY, |row| squared_euclidean(x, row))),
    );
}

#[inline(always)]
fn row(rows: &[f32], place: u32, width: usize) -> Option<&[f32]> {
    let start = (place as usize).checked_mul(width)?;
    rows.get(start..start.checked_add(width)?)
}

#[cfg(target_arch = "x86_64")]
mod avx512 {
    use std::arch::x86_64::{
        __m512, __mmask16, _mm512_fmadd_ps, _mm512_maskz_loadu_ps, _mm512_reduce_add_ps, _mm512_setzero_ps,
        _mm512_sub_ps,
    };

    use super::row;

    /// Values in a register.
    const LANES: usize = 16;
    /// Rows at once, enough to hide the latency of their sums.
    const AT_ONCE: usize = 4;

    /// The first 16 values, or all of them where there are fewer, and then zeros.
    #[target_feature(enable = "avx512f")]
    fn load(values: &[f32]) -> __m512 {
        let mask: __mmask16 = if values.len() >= LANES { !0 } else { (1 << values.len()) - 1 };
        // SAFETY: only values under the mask are read, and the slice has those; no alignment is needed.
        #[allow(unsafe_code)]
        unsafe {
            _mm512_maskz_loadu_ps(mask, values.as_ptr())
        }
    }

    #[target_feature(enable = "avx512f")]
    fn together<const N: usize>(x: &[f32], rows: [&[f32]; N]) -> [f32; N] {
        let mut sums = [_mm512_setzero_ps(); N];
        let whole = x.len() / LANES * LANES;
        for first in (0..whole).step_by(LANES) {
            let own = load(&x[first..first + LANES]);
            for n in 0..N {
                let difference = _mm512_sub_ps(own, load(&rows[n][first..first + LANES]));
                sums[n] = _mm512_fmadd_ps(difference, difference, sums[n]);
            }
        }
        if whole < x.len() {
            let own = load(&x[whole..]);
            for n in 0..N {
                let difference = _mm512_sub_ps(own, load(&rows[n][whole..]));
                sums[n] = _mm512_fmadd_ps(difference, difference, sums[n]);
            }
        }
        let mut out = [0.0; N];
        for n in 0..N {
            out[n] = _mm512_reduce_add_ps(sums[n]);
        }
        out
    }

    #[target_feature(enable = "avx512f")]
    pub(super) fn some(x: &[f32], rows: &[f32], which: &[u32], out: &mut Vec<f32>) {
        let (fours, rest) = which.as_chunks::<AT_ONCE>();
        for [a, b, c, d] in fours {
            let width = x.len();
            match (row(rows, *a, width), row(rows, *b, width), row(rows, *c, width), row(rows, *d, width)) {
                (Some(a), Some(b), Some(c), Some(d)) => out.extend(together(x, [a, b, c, d])),
                _ => super::plain(x, rows, &[*a, *b, *c, *d], out),
            }
        }
        for place in rest {
            let one = row(rows, *place, x.len());
            out.push(if let Some(row) = one { together(x, [row])[0] } else { f32::INFINITY });
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;

    #[test]
    fn some_rows_are_as_far_as_one_by_one() {
        let mut rng = StdRng::seed_from_u64(4);
        for width in [1, 7, 15, 16, 17, 32, 40, 200, 333] {
            let mut draw = |count| (0..count).map(|_| rng.random_range(-2.0..2.0f32)).collect::<Vec<_>>();
            let (x, rows) = (draw(width), draw(9 * width));
            for count in 0..8 {
                let which: Vec<u32> = (0..count).map(|i| (i * 4) % 9).collect();
                let mut got = vec![9.0];
                squared_euclidean_some(&x, &rows, &which, &mut got);
                assert_eq!(got.len(), which.len());
                for (got, place) in got.iter().zip(&which) {
                    let row = &rows[*place as usize * width..][..width];
                    let exact: f64 = x.iter().zip(row).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum();
                    assert!((f64::from(*got) - exact).abs() <= 2e-6 * exact, "{got} instead of {exact}");
                }
            }
        }
    }

    #[test]
    fn rows_that_do_not_exist_are_infinitely_far() {
        let mut got = Vec::new();
        squared_euclidean_some(&[1.0, 2.0], &[1.0, 2.0, 1.0, 4.0, 5.0], &[1, 2, u32::MAX, 0, 7], &mut got);
        assert_eq!(got, [4.0, f32::INFINITY, f32::INFINITY, 0.0, f32::INFINITY]);
    }

    #[test]
    fn one_row_by_itself_is_as_far_as_among_others() {
        let mut rng = StdRng::seed_from_u64(6);
        let rows: Vec<f32> = (0..6 * 50).map(|_| rng.random_range(-1.0..1.0)).collect();
        let (mut together, mut alone) = (Vec::new(), Vec::new());
        squared_euclidean_some(&rows[..50], &rows, &[1, 2, 3, 4, 5], &mut together);
        for (place, expected) in (1..).zip(&together) {
            squared_euclidean_some(&rows[..50], &rows, &[place], &mut alone);
            assert_eq!(alone, [*expected]);
        }
    }
}
