//! Which of many bounds are broken: the other inner loop of clustering.

/// Places (in `hits`, which is emptied first) where `bounds − offsets` lies below `limit`, and the least of all
/// differences: infinite where there is none. Surplus of the longer slice is left out.
pub fn below(bounds: &[f32], offsets: &[f32], limit: f32, hits: &mut Vec<u32>) -> f32 {
    hits.clear();
    #[cfg(target_arch = "x86_64")]
    {
        if std::arch::is_x86_feature_detected!("avx512f") {
            // SAFETY: the function is unsafe to call only where the processor lacks AVX-512F, which was just found.
            #[allow(unsafe_code)]
            return unsafe { avx512(bounds, offsets, limit, hits) };
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: as above, for AVX2.
            #[allow(unsafe_code)]
            return unsafe { avx2(bounds, offsets, limit, hits) };
        }
    }
    plain(bounds, offsets, limit, 0, f32::INFINITY, hits)
}

/// From place `first` on, with `least` so far.
#[inline(always)]
fn plain(bounds: &[f32], offsets: &[f32], limit: f32, first: u32, least: f32, hits: &mut Vec<u32>) -> f32 {
    let mut least = least;
    for (place, (bound, offset)) in (first..).zip(bounds.iter().zip(offsets)) {
        let difference = bound - offset;
        least = if difference < least { difference } else { least };
        if difference < limit {
            hits.push(place);
        }
    }
    least
}

/// The places of the bits that are set.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn push(mut bits: u32, first: u32, hits: &mut Vec<u32>) {
    while bits != 0 {
        hits.push(first + bits.trailing_zeros());
        bits &= bits - 1;
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn avx512(bounds: &[f32], offsets: &[f32], limit: f32, hits: &mut Vec<u32>) -> f32 {
    use std::arch::x86_64::{
        _CMP_LT_OQ, _mm512_cmp_ps_mask, _mm512_loadu_ps, _mm512_min_ps, _mm512_reduce_min_ps, _mm512_set1_ps,
        _mm512_sub_ps,
    };
    let n = bounds.len().min(offsets.len());
    let ((bounds, bounds_tail), (offsets, offsets_tail)) =
        (bounds[..n].as_chunks::<16>(), offsets[..n].as_chunks::<16>());
    let limits = _mm512_set1_ps(limit);
    let mut least = _mm512_set1_ps(f32::INFINITY);
    let mut first = 0;
    for (bounds, offsets) in bounds.iter().zip(offsets) {
        // SAFETY: both arrays have the 16 values that are read; no alignment is needed.
        #[allow(unsafe_code)]
        let (bounds, offsets) = unsafe { (_mm512_loadu_ps(bounds.as_ptr()), _mm512_loadu_ps(offsets.as_ptr())) };
        let differences = _mm512_sub_ps(bounds, offsets);
        least = _mm512_min_ps(differences, least);
        push(u32::from(_mm512_cmp_ps_mask::<_CMP_LT_OQ>(differences, limits)), first, hits);
        first += 16;
    }
    plain(bounds_tail, offsets_tail, limit, first, _mm512_reduce_min_ps(least), hits)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2(bounds: &[f32], offsets: &[f32], limit: f32, hits: &mut Vec<u32>) -> f32 {
    use std::arch::x86_64::{
        _CMP_LT_OQ, _mm256_cmp_ps, _mm256_loadu_ps, _mm256_min_ps, _mm256_movemask_ps, _mm256_set1_ps,
        _mm256_storeu_ps, _mm256_sub_ps,
    };
    let n = bounds.len().min(offsets.len());
    let ((bounds, bounds_tail), (offsets, offsets_tail)) =
        (bounds[..n].as_chunks::<8>(), offsets[..n].as_chunks::<8>());
    let limits = _mm256_set1_ps(limit);
    let mut least = _mm256_set1_ps(f32::INFINITY);
    let mut first = 0;
    for (bounds, offsets) in bounds.iter().zip(offsets) {
        // SAFETY: both arrays have the 8 values that are read; no alignment is needed.
        #[allow(unsafe_code)]
        let (bounds, offsets) = unsafe { (_mm256_loadu_ps(bounds.as_ptr()), _mm256_loadu_ps(offsets.as_ptr())) };
        let differences = _mm256_sub_ps(bounds, offsets);
        least = _mm256_min_ps(differences, least);
        push(_mm256_movemask_ps(_mm256_cmp_ps::<_CMP_LT_OQ>(differences, limits)).cast_unsigned(), first, hits);
        first += 8;
    }
    let mut lanes = [0.0f32; 8];
    // SAFETY: the array has room for the 8 values that are written; no alignment is needed.
    #[allow(unsafe_code)]
    unsafe {
        _mm256_storeu_ps(lanes.as_mut_ptr(), least);
    }
    let least = lanes.into_iter().fold(f32::INFINITY, f32::min);
    plain(bounds_tail, offsets_tail, limit, first, least, hits)
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;

    type Kernel = fn(&[f32], &[f32], f32, &mut Vec<u32>) -> f32;

    fn kernels() -> Vec<Kernel> {
        let mut kernels: Vec<Kernel> = vec![below, |b, o, limit, hits| plain(b, o, limit, 0, f32::INFINITY, hits)];
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2.
            #[allow(unsafe_code)]
            kernels.push(|b, o, limit, hits| unsafe { avx2(b, o, limit, hits) });
        }
        kernels
    }

    #[test]
    fn every_kernel_finds_the_same_places_and_the_least() {
        let mut rng = StdRng::seed_from_u64(8);
        for length in [0, 1, 7, 8, 15, 16, 17, 33, 48, 100] {
            let mut bounds: Vec<f32> = (0..length).map(|_| rng.random_range(0.0..4.0)).collect();
            bounds.iter_mut().skip(3).step_by(5).for_each(|bound| *bound = f32::INFINITY);
            let offsets: Vec<f32> = (0..length + 2).map(|_| rng.random_range(0.0..1.0)).collect();
            let differences = || bounds.iter().zip(&offsets).map(|(bound, offset)| bound - offset);
            let expected: Vec<u32> =
                (0..).zip(differences()).filter(|(_, d)| *d < 1.0).map(|(place, _)| place).collect();
            for kernel in kernels() {
                let mut hits = vec![7];
                hits.clear();
                let least = kernel(&bounds, &offsets, 1.0, &mut hits);
                assert_eq!(hits, expected);
                assert_eq!(least, differences().fold(f32::INFINITY, f32::min));
            }
        }
    }

    #[test]
    fn former_hits_are_forgotten() {
        let mut hits = vec![1, 2, 3];
        assert_eq!(below(&[2.0, 5.0], &[1.0, 1.0], 3.0, &mut hits), 1.0);
        assert_eq!(hits, [0]);
    }
}
