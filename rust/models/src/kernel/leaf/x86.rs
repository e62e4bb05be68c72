//! The loops in AVX-512 with VNNI, and in AVX2 with AVX-VNNI.
#![allow(unsafe_code)] // Intrinsics on unaligned memory; each caller of a pointer has checked what it reaches.

use std::arch::x86_64::*;

use crate::PATCH_FRAMES;
use crate::kernel::back::{Channels, MIDDLE};
use crate::kernel::front::{Bank, PANEL};

/// [`Bank`] maxima for `$parts` registers of channels from the one numbered `$first` on, with `$rows` rows at a time.
macro_rules! maxima {
    ($name:ident, $features:literal, $lanes:literal, $rows:literal, $register:ty,
     $zero:ident, $broadcast:ident, $load:ident, $store:ident, $dot:ident, $max:ident) => {
        /// # Safety
        /// `source` is read up to `bank.reach()`, `bank.levels` and `out` as far as their panels go.
        #[target_feature(enable = $features)]
        unsafe fn $name<const PARTS: usize>(bank: &Bank, first: usize, source: *const u8, out: *mut i32) {
            let width = bank.panels * PANEL;
            let weights: [*const i8; PARTS] = std::array::from_fn(|i| {
                let channel = (first + i) * $lanes;
                let panel = bank.levels.as_ptr().wrapping_add(channel / PANEL * bank.panel());
                panel.cast::<i8>().wrapping_add(channel % PANEL * 4)
            });
            for t in 0..PATCH_FRAMES {
                let frame = source.wrapping_add(bank.start + bank.step * t);
                let mut most = [$broadcast(i32::MIN); PARTS];
                for block in 0..bank.rows.div_ceil($rows) {
                    // The last block may take some rows again.
                    let row = (block * $rows).min(bank.rows - $rows);
                    let bytes = frame.wrapping_add(row * bank.stride);
                    let mut sums = [[$zero(); PARTS]; $rows];
                    for four in 0..bank.taps.div_ceil(4) {
                        let levels: [$register; PARTS] = std::array::from_fn(|i| {
                            // SAFETY: within a panel; the caller has checked `levels`.
                            unsafe { $load(weights[i].wrapping_add(four * 4 * PANEL).cast()) }
                        });
                        for r in 0..$rows {
                            let at = bytes.wrapping_add(r * bank.stride + four * 4).cast::<i32>();
                            // SAFETY: four bytes of a row, below `reach`.
                            let values = $broadcast(unsafe { at.read_unaligned() });
                            for i in 0..PARTS {
                                sums[r][i] = $dot(sums[r][i], values, levels[i]);
                            }
                        }
                    }
                    for r in 0..$rows {
                        for i in 0..PARTS {
                            most[i] = $max(most[i], sums[r][i]);
                        }
                    }
                }
                for i in 0..PARTS {
                    // SAFETY: channels of this frame.
                    unsafe { $store(out.wrapping_add(t * width + (first + i) * $lanes).cast(), most[i]) };
                }
            }
        }
    };
}

maxima!(
    maxima_512,
    "avx512f,avx512vnni",
    16,
    6,
    __m512i,
    _mm512_setzero_si512,
    _mm512_set1_epi32,
    _mm512_loadu_si512,
    _mm512_storeu_si512,
    _mm512_dpbusd_epi32,
    _mm512_max_epi32
);
maxima!(
    maxima_256,
    "avx2,avxvnni",
    8,
    6,
    __m256i,
    _mm256_setzero_si256,
    _mm256_set1_epi32,
    _mm256_loadu_si256,
    _mm256_storeu_si256,
    _mm256_dpbusd_avx_epi32,
    _mm256_max_epi32
);

/// Channels in groups of four registers, or three.
pub(super) fn maxima_avx512(bank: &Bank, source: &[u8], out: &mut [i32]) {
    let (mut first, end) = (0, bank.panels);
    while first < end {
        // SAFETY: the path is taken where the processor has these features; the caller has checked the lengths.
        unsafe {
            if (end - first) % 3 == 0 {
                maxima_512::<3>(bank, first, source.as_ptr(), out.as_mut_ptr());
                first += 3;
            } else if end - first >= 4 {
                maxima_512::<4>(bank, first, source.as_ptr(), out.as_mut_ptr());
                first += 4;
            } else {
                maxima_512::<1>(bank, first, source.as_ptr(), out.as_mut_ptr());
                first += 1;
            }
        }
    }
}

pub(super) fn maxima_avx_vnni(bank: &Bank, source: &[u8], out: &mut [i32]) {
    for pair in 0..bank.panels {
        // SAFETY: the path is taken where the processor has these features; the caller has checked the lengths.
        unsafe { maxima_256::<2>(bank, 2 * pair, source.as_ptr(), out.as_mut_ptr()) };
    }
}

/// A convolution over time, `$rows` frames and `$parts` registers of channels at a time.
macro_rules! over_time {
    ($name:ident, $features:literal, $lanes:literal, $rows:literal, $parts:literal, $register:ty,
     $broadcast:ident, $load:ident, $store:ident, $fma:ident) => {
        /// # Safety
        /// The slices are as long as [`super::over_time`] has them.
        #[target_feature(enable = $features)]
        unsafe fn $name(heard: *const f32, width: usize, weights: &[Channels], bias: *const f32, out: *mut f32) {
            for first in (0..MIDDLE).step_by($parts * $lanes) {
                for block in 0..PATCH_FRAMES.div_ceil($rows) {
                    let t = (block * $rows).min(PATCH_FRAMES - $rows);
                    let frames = heard.wrapping_add(t * width);
                    let at = |i: usize| first + i * $lanes;
                    let begin: [$register; $parts] = std::array::from_fn(|i| {
                        // SAFETY: `bias` has a value for each channel.
                        unsafe { $load(bias.wrapping_add(at(i))) }
                    });
                    let mut sums = [begin; $rows];
                    for (tap, weights) in weights.iter().enumerate() {
                        let weights: [$register; $parts] = std::array::from_fn(|i| {
                            // SAFETY: a tap has a weight for each channel.
                            unsafe { $load(weights.0.as_ptr().wrapping_add(at(i))) }
                        });
                        for r in 0..$rows {
                            // SAFETY: the taps of the last frame end where `heard` does.
                            let value = $broadcast(unsafe { *frames.wrapping_add(r * width + tap) });
                            for i in 0..$parts {
                                sums[r][i] = $fma(value, weights[i], sums[r][i]);
                            }
                        }
                    }
                    for r in 0..$rows {
                        for i in 0..$parts {
                            // SAFETY: `out` has a value for each frame and channel.
                            unsafe { $store(out.wrapping_add((t + r) * MIDDLE + at(i)), sums[r][i]) };
                        }
                    }
                }
            }
        }
    };
}

over_time!(
    over_time_512,
    "avx512f",
    16,
    6,
    4,
    __m512,
    _mm512_set1_ps,
    _mm512_loadu_ps,
    _mm512_storeu_ps,
    _mm512_fmadd_ps
);
over_time!(
    over_time_256,
    "avx2,fma",
    8,
    6,
    2,
    __m256,
    _mm256_set1_ps,
    _mm256_loadu_ps,
    _mm256_storeu_ps,
    _mm256_fmadd_ps
);

pub(super) fn over_time_avx512(heard: &[f32], width: usize, weights: &[Channels], bias: &[f32], out: &mut [f32]) {
    // SAFETY: the path is taken where the processor has the feature; the caller has checked the lengths.
    unsafe { over_time_512(heard.as_ptr(), width, weights, bias.as_ptr(), out.as_mut_ptr()) };
}

pub(super) fn over_time_avx2(heard: &[f32], width: usize, weights: &[Channels], bias: &[f32], out: &mut [f32]) {
    // SAFETY: the path is taken where the processor has the features; the caller has checked the lengths.
    unsafe { over_time_256(heard.as_ptr(), width, weights, bias.as_ptr(), out.as_mut_ptr()) };
}

pub(super) fn dense(inputs: &[f32], weights: &[f32], out: &mut [f32]) {
    // SAFETY: every path that comes here has the features.
    unsafe { dense_256(inputs, weights, out) };
}

#[target_feature(enable = "avx2,fma")]
fn dense_256(inputs: &[f32], weights: &[f32], out: &mut [f32]) {
    super::add_products(inputs, weights, out);
}
