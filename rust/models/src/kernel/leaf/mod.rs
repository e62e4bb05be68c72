//! The three loops that take the time, for each kind of processor and as plain code that says what they compute.
//!
//! Whole numbers are exact, and in f32 each sum adds its products in the order of the weights by fused multiply-adds:
//! all paths give the same bits.

use super::Path;
use super::back::{AROUND, Channels, MIDDLE, PADDED_FRAMES};
use super::front::{Bank, PANEL};
use crate::PATCH_FRAMES;

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub(super) mod amx;
#[cfg(target_arch = "x86_64")]
pub(super) mod x86;

/// Rows that some paths take at once.
const LEAST_ROWS: usize = 6;
/// Panels that some paths take at once.
const LEAST_PANELS: usize = 2;

/// What [`Bank`] says, for every frame and channel, filled up to whole panels.
pub(super) fn maxima(path: Path, bank: &Bank, source: &[u8], out: &mut [i32]) {
    assert!(source.len() >= bank.reach() && bank.rows >= LEAST_ROWS && bank.panels >= LEAST_PANELS);
    assert_eq!(out.len(), PATCH_FRAMES * bank.panels * PANEL);
    assert_eq!(bank.levels.len(), bank.panels * bank.panel());
    match path {
        #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
        Path::Amx => amx::maxima(bank, source, out),
        #[cfg(target_arch = "x86_64")]
        Path::Avx512 => x86::maxima_avx512(bank, source, out),
        #[cfg(target_arch = "x86_64")]
        Path::AvxVnni => x86::maxima_avx_vnni(bank, source, out),
        Path::Plain => maxima_plain(bank, source, out),
    }
}

fn maxima_plain(bank: &Bank, source: &[u8], out: &mut [i32]) {
    for (t, out) in out.chunks_exact_mut(bank.panels * PANEL).enumerate() {
        out.fill(i32::MIN);
        for row in 0..bank.rows {
            let bytes = &source[bank.start + bank.step * t + bank.stride * row..][..bank.taps];
            for (levels, out) in bank.levels.chunks_exact(bank.panel()).zip(out.chunks_exact_mut(PANEL)) {
                let mut sums = [0; PANEL];
                for (levels, bytes) in levels.iter().zip(bytes.chunks(4)) {
                    for (levels, sum) in levels.0.iter().zip(&mut sums) {
                        let products =
                            levels.iter().zip(bytes).map(|(level, byte)| i32::from(*level) * i32::from(*byte));
                        *sum += products.sum::<i32>();
                    }
                }
                out.iter_mut().zip(sums).for_each(|(out, sum)| *out = sum.max(*out));
            }
        }
    }
}

/// A convolution over time: [`MIDDLE`] channels for each frame, from `width` channels in [`PADDED_FRAMES`] frames.
pub(super) fn over_time(path: Path, heard: &[f32], width: usize, weights: &[Channels], bias: &[f32], out: &mut [f32]) {
    let taps = (2 * AROUND + 1) * width;
    assert_eq!((heard.len(), weights.len()), (PADDED_FRAMES * width, taps));
    assert_eq!((bias.len(), out.len()), (MIDDLE, PATCH_FRAMES * MIDDLE));
    match path {
        #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
        Path::Amx => x86::over_time_avx512(heard, width, weights, bias, out),
        #[cfg(target_arch = "x86_64")]
        Path::Avx512 => x86::over_time_avx512(heard, width, weights, bias, out),
        #[cfg(target_arch = "x86_64")]
        Path::AvxVnni => x86::over_time_avx2(heard, width, weights, bias, out),
        Path::Plain => {
            for (t, out) in out.chunks_exact_mut(MIDDLE).enumerate() {
                out.copy_from_slice(bias);
                for (value, weights) in heard[t * width..][..taps].iter().zip(weights) {
                    add_product(*value, &weights.0, out);
                }
            }
        }
    }
}

/// Adds a vector times a matrix, by input and output.
pub(super) fn dense(path: Path, inputs: &[f32], weights: &[f32], out: &mut [f32]) {
    match path {
        Path::Plain => add_products(inputs, weights, out),
        #[cfg(target_arch = "x86_64")]
        _ => x86::dense(inputs, weights, out),
    }
}

#[inline]
fn add_products(inputs: &[f32], weights: &[f32], out: &mut [f32]) {
    for (input, weights) in inputs.iter().zip(weights.chunks_exact(out.len())) {
        add_product(*input, weights, out);
    }
}

#[inline]
fn add_product(input: f32, weights: &[f32], out: &mut [f32]) {
    for (weight, out) in weights.iter().zip(out) {
        *out = input.mul_add(*weight, *out);
    }
}
