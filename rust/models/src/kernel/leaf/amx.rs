//! The front end in AMX, the matrix unit of Intel's server processors since 2023.
//!
//! A tile of bytes may have any distance between its rows, so that overlapping rows of the image are loaded as they
//! are: the convolution is a matrix product without a matrix being written. Rust has no stable intrinsics for tiles, so
//! they are named in assembly: `tmm0` to `tmm3` hold sums, `tmm4` and `tmm5` rows, `tmm6` and `tmm7` weights.
#![allow(unsafe_code)] // Assembly, and a system call.

use std::arch::asm;
use std::arch::x86_64::*;

use crate::PATCH_FRAMES;
use crate::kernel::front::{Bank, Levels, PANEL};

/// Rows of the largest tile.
const TILE_ROWS: usize = 16;
/// Bytes of a row of a tile.
const TILE_BYTES: usize = 64;

/// Whether the processor has AMX for bytes and the system lets this process use it.
pub(in crate::kernel) fn allowed() -> bool {
    const ARCH_REQ_XCOMP_PERM: usize = 0x1023;
    const TILE_DATA: usize = 18;
    const ARCH_PRCTL: usize = 158;
    const AMX_TILE: u32 = 1 << 24;
    const AMX_INT8: u32 = 1 << 25;
    if !is_x86_feature_detected!("avx512f") || __cpuid(0).eax < 7 {
        return false;
    }
    let wanted = AMX_TILE | AMX_INT8;
    if __cpuid_count(7, 0).edx & wanted != wanted {
        return false;
    }
    let answer: isize;
    // SAFETY: `arch_prctl(ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA)` lets this process, for good, use tiles; it
    // reads and writes no memory of ours. From then on a signal needs some 8 kB more of the stack of a thread that has used
    // them. The kernel refuses where it does not know tiles, or where a thread's signal stack is too small.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") ARCH_PRCTL as isize => answer,
            in("rdi") ARCH_REQ_XCOMP_PERM, in("rsi") TILE_DATA,
            lateout("rcx") _, lateout("r11") _,
            options(nostack),
        );
    }
    answer == 0
}

/// `ldtilecfg`'s operand.
#[repr(C, align(64))]
struct Configuration {
    palette: u8,
    start_row: u8,
    reserved: [u8; 14],
    bytes: [u16; 16],
    rows: [u8; 16],
}

#[repr(align(64))]
struct Sums([i32; 4 * TILE_ROWS * PANEL]);

pub(super) fn maxima(bank: &Bank, source: &[u8], out: &mut [i32]) {
    // SAFETY: the path is taken where `allowed` said so; the caller has checked the lengths.
    unsafe { maxima_tiles(bank, source.as_ptr(), out.as_mut_ptr()) };
}

/// # Safety
/// `source` is read up to `bank.reach()`, `bank.levels` and `out` as far as their panels go.
#[target_feature(enable = "avx512f")]
unsafe fn maxima_tiles(bank: &Bank, source: *const u8, out: *mut i32) {
    let width = bank.panels * PANEL;
    // Tiles of rows in pairs, all of one height; the last may take some rows again.
    let pairs = bank.rows.div_ceil(2 * TILE_ROWS);
    let height = bank.rows.div_ceil(2 * pairs);
    let mut configuration =
        Configuration { palette: 1, start_row: 0, reserved: [0; 14], bytes: [0; 16], rows: [0; 16] };
    configuration.bytes[..8].fill(TILE_BYTES as u16);
    configuration.rows[..6].fill(height as u8);
    configuration.rows[6..8].fill(TILE_ROWS as u8);
    // SAFETY: a valid configuration for palette 1.
    unsafe { asm!("ldtilecfg [{}]", in(reg) &raw const configuration, options(nostack, readonly)) };

    // Rows that a lower tile leaves alone must not win.
    let mut sums = Sums([i32::MIN; 4 * TILE_ROWS * PANEL]);
    for first in (0..bank.panels).step_by(2) {
        let first = first.min(bank.panels - 2);
        let weights = bank.levels.as_ptr().wrapping_add(first * bank.panel());
        for t in 0..PATCH_FRAMES {
            let frame = source.wrapping_add(bank.start + bank.step * t);
            let mut most = [_mm512_set1_epi32(i32::MIN); 2];
            for pair in 0..pairs {
                let row = |i: usize| ((2 * pair + i) * height).min(bank.rows - height) * bank.stride;
                // SAFETY: rows below `reach`, weights within two panels, `sums` of four tiles.
                unsafe {
                    products(
                        [frame.wrapping_add(row(0)), frame.wrapping_add(row(1))],
                        bank.stride,
                        [weights, weights.wrapping_add(bank.panel())],
                        bank.padded_taps() / TILE_BYTES,
                        &mut sums,
                    );
                }
                for (i, most) in most.iter_mut().enumerate() {
                    for sums in sums.0[i * 2 * TILE_ROWS * PANEL..].chunks_exact(PANEL).take(TILE_ROWS + height) {
                        // SAFETY: sixteen values.
                        *most = _mm512_max_epi32(*most, unsafe { _mm512_loadu_si512(sums.as_ptr().cast()) });
                    }
                }
            }
            for (i, most) in most.into_iter().enumerate() {
                // SAFETY: channels of this frame.
                unsafe { _mm512_storeu_si512(out.wrapping_add(t * width + (first + i) * PANEL).cast(), most) };
            }
        }
    }
    // SAFETY: gives the tiles back: threads that hold none are switched faster.
    unsafe { asm!("tilerelease", options(nostack, nomem)) };
}

/// The products of two tiles of rows with two panels: `sums` by panel, tile, row, channel.
///
/// # Safety
/// All of the tiles has to be readable.
#[inline(always)]
unsafe fn products(rows: [*const u8; 2], stride: usize, weights: [*const Levels; 2], tiles: usize, sums: &mut Sums) {
    let to = sums.0.as_mut_ptr();
    let tile = |i: usize| to.wrapping_add(i * TILE_ROWS * PANEL);
    // SAFETY: reads what the caller vouches for, writes four tiles of `sums`; no tile is anybody else's.
    unsafe {
        asm!(
            "tilezero tmm0",
            "tilezero tmm1",
            "tilezero tmm2",
            "tilezero tmm3",
            "2:",
            "tileloadd tmm4, [{a} + {stride}*1]",
            "tileloadd tmm6, [{c} + {line}*1]",
            "tdpbusd tmm0, tmm4, tmm6",
            "tileloadd tmm5, [{b} + {stride}*1]",
            "tdpbusd tmm1, tmm5, tmm6",
            "tileloadd tmm7, [{d} + {line}*1]",
            "tdpbusd tmm2, tmm4, tmm7",
            "tdpbusd tmm3, tmm5, tmm7",
            "add {a}, 64",
            "add {b}, 64",
            "add {c}, 1024",
            "add {d}, 1024",
            "dec {tiles}",
            "jnz 2b",
            "tilestored [{s} + {line}*1], tmm0",
            "tilestored [{s} + {line}*1 + 1024], tmm1",
            "tilestored [{s} + {line}*1 + 2048], tmm2",
            "tilestored [{s} + {line}*1 + 3072], tmm3",
            a = inout(reg) rows[0] => _,
            b = inout(reg) rows[1] => _,
            c = inout(reg) weights[0] => _,
            d = inout(reg) weights[1] => _,
            tiles = inout(reg) tiles => _,
            stride = in(reg) stride,
            line = in(reg) TILE_BYTES,
            s = in(reg) tile(0),
            options(nostack),
        );
    }
}
