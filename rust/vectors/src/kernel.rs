//! The inner loops, and which build of them this machine runs.

/// Sums kept side by side: eight registers of AVX, as many as hide the latency of two additions at a time.
const LANES: usize = 64;

/// `a · b + c`, fused where the build has the instruction. Without it a fused operation would be a slow library call.
#[inline(always)]
fn multiply_add<const FUSED: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FUSED { a.mul_add(b, c) } else { a * b + c }
}

/// Pairwise, so that the order of additions is the same in every build.
#[inline(always)]
fn sum(lanes: [f32; LANES], tail: f32) -> f32 {
    let mut lanes = lanes;
    let mut width = LANES / 2;
    while width > 0 {
        let (low, high) = lanes.split_at_mut(width);
        for (low, high) in low.iter_mut().zip(high) {
            *low += *high;
        }
        width /= 2;
    }
    lanes[0] + tail
}

#[inline(always)]
fn dot_loop<const FUSED: bool>(a: &[f32], b: &[f32]) -> f32 {
    let n = a.len().min(b.len());
    let ((a, a_tail), (b, b_tail)) = (a[..n].as_chunks::<LANES>(), b[..n].as_chunks::<LANES>());
    let mut lanes = [0.0; LANES];
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            lanes[lane] = multiply_add::<FUSED>(a[lane], b[lane], lanes[lane]);
        }
    }
    let tail = a_tail.iter().zip(b_tail).fold(0.0, |tail, (a, b)| multiply_add::<FUSED>(*a, *b, tail));
    sum(lanes, tail)
}

#[inline(always)]
fn squared_euclidean_loop<const FUSED: bool>(a: &[f32], b: &[f32]) -> f32 {
    let n = a.len().min(b.len());
    let ((a, a_tail), (b, b_tail)) = (a[..n].as_chunks::<LANES>(), b[..n].as_chunks::<LANES>());
    let mut lanes = [0.0; LANES];
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            let difference = a[lane] - b[lane];
            lanes[lane] = multiply_add::<FUSED>(difference, difference, lanes[lane]);
        }
    }
    let tail = a_tail.iter().zip(b_tail).fold(0.0, |tail, (a, b)| multiply_add::<FUSED>(a - b, a - b, tail));
    sum(lanes, tail)
}

#[inline(always)]
fn centred_dot_loop<const FUSED: bool>(a: &[f32], b: &[f32], centre: &[f32]) -> f32 {
    let n = a.len().min(b.len()).min(centre.len());
    let (a, a_tail) = a[..n].as_chunks::<LANES>();
    let (b, b_tail) = b[..n].as_chunks::<LANES>();
    let (centre, centre_tail) = centre[..n].as_chunks::<LANES>();
    let mut lanes = [0.0; LANES];
    for ((a, b), centre) in a.iter().zip(b).zip(centre) {
        for lane in 0..LANES {
            lanes[lane] = multiply_add::<FUSED>(a[lane], b[lane] - centre[lane], lanes[lane]);
        }
    }
    let mut tail = 0.0;
    for ((a, b), centre) in a_tail.iter().zip(b_tail).zip(centre_tail) {
        tail = multiply_add::<FUSED>(*a, b - centre, tail);
    }
    sum(lanes, tail)
}

#[inline(always)]
fn coded_dot_loop<const FUSED: bool>(a: &[f32], codes: &[i8]) -> f32 {
    let n = a.len().min(codes.len());
    let ((a, a_tail), (codes, codes_tail)) = (a[..n].as_chunks::<LANES>(), codes[..n].as_chunks::<LANES>());
    let mut lanes = [0.0; LANES];
    for (a, codes) in a.iter().zip(codes) {
        for lane in 0..LANES {
            lanes[lane] = multiply_add::<FUSED>(a[lane], f32::from(codes[lane]), lanes[lane]);
        }
    }
    let tails = a_tail.iter().zip(codes_tail);
    let tail = tails.fold(0.0, |tail, (a, code)| multiply_add::<FUSED>(*a, f32::from(*code), tail));
    sum(lanes, tail)
}

#[inline(always)]
fn decode_loop<const FUSED: bool>(codes: &[i8], steps: &[f32], centre: &[f32], scale: f32, out: &mut [f32]) {
    for (((out, code), step), centre) in out.iter_mut().zip(codes).zip(steps).zip(centre) {
        *out = multiply_add::<FUSED>(f32::from(*code) * scale, *step, *centre);
    }
}

#[inline(always)]
fn accumulate_loop<const FUSED: bool>(sums: &mut [f64], row: &[f32], factor: f64) {
    for (sum, value) in sums.iter_mut().zip(row) {
        // No fused operation here: sums are the same in every build.
        *sum += factor * f64::from(*value);
    }
}

/// arm64 always has fused multiply-add; x86-64 only behind the run-time check below.
const BASELINE_FUSED: bool = cfg!(target_arch = "aarch64");

#[cfg(target_arch = "x86_64")]
mod avx2 {
    #[target_feature(enable = "avx2,fma")]
    pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
        super::dot_loop::<true>(a, b)
    }

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn squared_euclidean(a: &[f32], b: &[f32]) -> f32 {
        super::squared_euclidean_loop::<true>(a, b)
    }

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn centred_dot(a: &[f32], b: &[f32], centre: &[f32]) -> f32 {
        super::centred_dot_loop::<true>(a, b, centre)
    }

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn coded_dot(a: &[f32], codes: &[i8]) -> f32 {
        super::coded_dot_loop::<true>(a, codes)
    }

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn decode(codes: &[i8], steps: &[f32], centre: &[f32], scale: f32, out: &mut [f32]) {
        super::decode_loop::<true>(codes, steps, centre, scale, out);
    }

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn accumulate(sums: &mut [f64], row: &[f32], factor: f64) {
        super::accumulate_loop::<true>(sums, row, factor);
    }
}

/// Runs the AVX2 build where this processor has it (the answer is cached by `std`), else the baseline build.
macro_rules! dispatch {
    ($fast:path, $baseline:ident, ($($argument:expr),+)) => {{
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
            // SAFETY: the function is unsafe to call only where the processor lacks AVX2 or FMA; both were just found.
            #[allow(unsafe_code)]
            return unsafe { $fast($($argument),+) };
        }
        $baseline::<BASELINE_FUSED>($($argument),+)
    }};
}

/// Scalar product.
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    dispatch!(avx2::dot, dot_loop, (a, b))
}

/// Square of the Euclidean distance.
pub fn squared_euclidean(a: &[f32], b: &[f32]) -> f32 {
    dispatch!(avx2::squared_euclidean, squared_euclidean_loop, (a, b))
}

/// `Σ a·(b − centre)`: a scalar product with a row that is centred on the way, so that rows need no centred copy.
///
/// The difference is taken before the product: no digits are lost where `centre` is large beside the spread.
pub fn centred_dot(a: &[f32], b: &[f32], centre: &[f32]) -> f32 {
    dispatch!(avx2::centred_dot, centred_dot_loop, (a, b, centre))
}

/// Scalar product with a row of bytes.
pub fn coded_dot(a: &[f32], codes: &[i8]) -> f32 {
    dispatch!(avx2::coded_dot, coded_dot_loop, (a, codes))
}

/// `centre + scale · step · code` for each number: a row that [`encode`](crate::encode) made small, as `f32`.
pub fn decode(codes: &[i8], steps: &[f32], centre: &[f32], scale: f32, out: &mut [f32]) {
    dispatch!(avx2::decode, decode_loop, (codes, steps, centre, scale, out));
}

/// Adds `factor` times a row to sums that are kept in double precision.
pub fn accumulate(sums: &mut [f64], row: &[f32], factor: f64) {
    dispatch!(avx2::accumulate, accumulate_loop, (sums, row, factor));
}

/// Euclidean length.
pub fn norm(a: &[f32]) -> f32 {
    dot(a, a).sqrt()
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;

    fn close(got: f32, expected: f64, scale: f64) {
        assert!((f64::from(got) - expected).abs() <= 1e-6 * scale.max(1.0), "{got} instead of {expected}");
    }

    /// Lengths around the lane count and its multiples, where tails hide their mistakes.
    fn cases() -> Vec<(Vec<f32>, Vec<f32>, Vec<f32>)> {
        let mut rng = StdRng::seed_from_u64(1);
        let mut draw = |n| (0..n).map(|_| rng.random_range(-3.0..3.0f32)).collect::<Vec<_>>();
        [0, 1, 7, 31, 32, 33, 63, 64, 65, 200, 799, 800].into_iter().map(|n| (draw(n), draw(n), draw(n))).collect()
    }

    #[test]
    fn public_kernels_agree_with_plain_sums_in_double_precision() {
        for (a, b, centre) in cases() {
            let triples =
                || a.iter().zip(&b).zip(&centre).map(|((a, b), c)| (f64::from(*a), f64::from(*b), f64::from(*c)));
            let scale: f64 = triples().map(|(a, b, c)| a.abs() * (b.abs() + c.abs())).sum();
            close(dot(&a, &b), triples().map(|(a, b, _)| a * b).sum(), scale);
            close(squared_euclidean(&a, &b), triples().map(|(a, b, _)| (a - b).powi(2)).sum(), scale * 4.0);
            close(centred_dot(&a, &b, &centre), triples().map(|(a, b, c)| a * (b - c)).sum(), scale);
            close(norm(&a), triples().map(|(a, ..)| a * a).sum::<f64>().sqrt(), scale);
        }
    }

    #[test]
    fn baseline_build_agrees_with_the_dispatched_one() {
        for (a, b, centre) in cases() {
            let scale = f64::from(norm(&a) * (norm(&b) + norm(&centre)));
            close(dot_loop::<false>(&a, &b), f64::from(dot(&a, &b)), scale);
            let distance = squared_euclidean(&a, &b);
            close(squared_euclidean_loop::<false>(&a, &b), f64::from(distance), f64::from(distance));
            close(centred_dot_loop::<false>(&a, &b, &centre), f64::from(centred_dot(&a, &b, &centre)), scale);
        }
    }

    #[test]
    fn rows_of_bytes_are_multiplied_and_decoded_as_plain_sums_do() {
        for (a, b, centre) in cases() {
            let codes: Vec<i8> = b.iter().map(|value| (value * 42.0) as i8).collect();
            let pairs = || a.iter().zip(&codes).map(|(a, code)| f64::from(*a) * f64::from(*code));
            let scale = pairs().map(f64::abs).sum();
            close(coded_dot(&a, &codes), pairs().sum(), scale);
            close(coded_dot_loop::<false>(&a, &codes), pairs().sum(), scale);
            let mut decoded = vec![0.0; a.len()];
            decode(&codes, &a, &centre, 0.5, &mut decoded);
            for (((got, code), a), centre) in decoded.iter().zip(&codes).zip(&a).zip(&centre) {
                close(*got, f64::from(*centre) + 0.5 * f64::from(*a) * f64::from(*code), 200.0);
            }
        }
    }

    #[test]
    fn accumulating_is_exact_and_reversible() {
        for (a, b, _) in cases() {
            let mut sums: Vec<f64> = b.iter().copied().map(f64::from).collect();
            accumulate(&mut sums, &a, 0.5);
            assert!(sums.iter().zip(a.iter().zip(&b)).all(|(sum, (a, b))| *sum == 0.5 * f64::from(*a) + f64::from(*b)));
            accumulate(&mut sums, &a, -0.5);
            assert!(sums.iter().zip(&b).all(|(sum, b)| (sum - f64::from(*b)).abs() < 1e-14));
        }
    }

    #[test]
    fn surplus_of_the_longer_slice_is_left_out() {
        assert_eq!(dot(&[1.0, 2.0, 9.0], &[3.0, 4.0]), 11.0);
        assert_eq!(squared_euclidean(&[1.0], &[4.0, 100.0]), 9.0);
        assert_eq!(centred_dot(&[2.0, 5.0], &[3.0, 7.0], &[1.0]), 4.0);
    }

    #[test]
    fn a_large_centre_costs_no_digits() {
        let query = vec![1.0f32; 100];
        let row: Vec<f32> = (0..100).map(|i| 100_000.0 + (i % 4) as f32).collect();
        assert_eq!(centred_dot(&query, &row, &[100_000.0; 100]), 150.0);
    }
}
