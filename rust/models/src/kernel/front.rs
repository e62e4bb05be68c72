//! The front end: five convolutions of the image, each followed by its maximum over all frequencies, in 8 bits.
//!
//! The image is rounded to u8 once for all of them and laid out so that what each kernel sees at a position is one
//! run of bytes. A convolution with its maximum is then the same small problem every time ([`Bank`]): the largest
//! scalar product of a channel's weights with any of some rows of bytes. The scale of a channel is positive and its
//! bias does not depend on frequency, so both wait until after the maximum: sums and maxima are whole numbers, exact
//! and in every build the same.

use super::onnx::Constants;
use super::{Path, leaf};
use crate::{BANDS, PATCH_FRAMES};

/// Channels, frames and bands of each kernel, in the order of the network's channels.
pub(super) const KERNELS: [(usize, usize, usize); 5] =
    [(204, 7, 38), (204, 7, 67), (51, 128, 1), (51, 64, 1), (51, 32, 1)];
/// Channels of all kernels.
pub(super) const CHANNELS: usize = 561;
/// Channels of a panel of weights: the lanes of the widest registers.
pub(super) const PANEL: usize = 16;
/// What a panel's taps are filled up to, with zeros.
const TAP_BLOCK: usize = 64;
/// The log-mel value that is still told from larger ones, of which real music has single bins.
const LOUDEST: f32 = 6.5;
const INPUT_LEVELS: f32 = 255.0;
const WEIGHT_LEVELS: f64 = 127.0;

/// Zero frames ahead of a patch: what the longest kernel needs.
const AHEAD: usize = 63;
/// Bytes of a band of the image by bands: the patch, the zero frames on both sides, and room for reading whole blocks.
const BAND: usize = 384;
/// Bytes of a frame of the image by frames, of 7 frames in each band, with room for reading whole blocks.
const FRAME: usize = 768;
/// Frames of the kernels that work on the image by frames.
const TIMBRAL_FRAMES: usize = 7;

/// Four taps of a panel: by channel and tap, what the instructions take. Loads across cache lines take twice as long.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct Levels(pub(super) [[i8; 4]; PANEL]);

/// A convolution with its maximum: for each frame `t`, the largest of
/// `Σ levels[tap] · source[start + step·t + stride·row + tap]` over the rows.
pub(super) struct Bank {
    pub(super) start: usize,
    pub(super) step: usize,
    pub(super) stride: usize,
    pub(super) rows: usize,
    /// Bytes of a row: frames times bands of the kernel.
    pub(super) taps: usize,
    pub(super) panels: usize,
    /// Weights by panel and four taps.
    pub(super) levels: Vec<Levels>,
}

impl Bank {
    /// Taps of a panel with those that fill it up.
    pub(super) fn padded_taps(&self) -> usize {
        self.taps.next_multiple_of(TAP_BLOCK)
    }

    /// Fours of taps of a panel.
    pub(super) fn panel(&self) -> usize {
        self.padded_taps() / 4
    }

    /// Bytes that are read of the source.
    pub(super) fn reach(&self) -> usize {
        self.start + self.step * (PATCH_FRAMES - 1) + self.stride * (self.rows - 1) + self.padded_taps()
    }
}

/// The five kernels of a network and what is between their whole numbers and its next stage.
pub(super) struct Front {
    banks: Vec<Bank>,
    /// What one level of a channel's sums is worth.
    scale: Vec<f32>,
    /// Added after that, by frame and channel: near the ends of the patch some taps are on the zeros around it.
    bias: Vec<f32>,
    low: Vec<f32>,
    high: Vec<f32>,
    offset: Vec<f32>,
}

/// What a run writes on its way.
pub(super) struct Scratch {
    by_bands: Vec<u8>,
    by_frames: Vec<u8>,
    maxima: Vec<i32>,
}

impl Scratch {
    pub(super) fn new() -> Self {
        Self {
            by_bands: vec![0; BANDS * BAND],
            by_frames: vec![0; PATCH_FRAMES * FRAME],
            maxima: vec![0; PATCH_FRAMES * KERNELS[0].0.next_multiple_of(PANEL)],
        }
    }

    /// Rounds the patch and lays it out in both ways.
    fn lay_out(&mut self, patch: &[f32]) {
        for (t, frame) in patch.chunks_exact(BANDS).enumerate() {
            for (value, band) in frame.iter().zip(self.by_bands.chunks_exact_mut(BAND)) {
                // The conversion clips.
                band[AHEAD + t] = (value * (INPUT_LEVELS / LOUDEST) + 0.5) as u8;
            }
        }
        for (t, frame) in self.by_frames.chunks_exact_mut(FRAME).enumerate() {
            let first = AHEAD + t - TIMBRAL_FRAMES / 2;
            for (f, band) in self.by_bands.chunks_exact(BAND).enumerate() {
                // One byte more than is due, for the sake of a copy of eight: the next band writes over it, and after
                // the last it meets zero weights.
                let to = f * TIMBRAL_FRAMES;
                frame[to..to + 8].copy_from_slice(&band[first..first + 8]);
            }
        }
    }
}

impl Front {
    pub(super) fn read(constants: &Constants<'_>) -> Result<Self, String> {
        let (slope, input_offset) = (constants.scalar("input_slope")?, constants.scalar("input_offset")?);
        if slope <= 0.0 {
            return Err("`input_slope` is not positive".to_owned());
        }
        let step = f64::from(slope * LOUDEST / INPUT_LEVELS);
        let clip = |name| constants.get(name, &[1, CHANNELS, 1, 1]);
        let mut front = Self {
            banks: Vec::new(),
            scale: Vec::new(),
            bias: vec![0.0; PATCH_FRAMES * CHANNELS],
            low: clip("front_low")?,
            high: clip("front_high")?,
            offset: clip("front_offset")?,
        };
        for (index, (channels, frames, bands)) in KERNELS.into_iter().enumerate() {
            let weights = constants.get(&format!("front_{index}_weights"), &[channels, 1, frames, bands])?;
            let bias = constants.get(&format!("front_{index}_bias"), &[channels])?;
            let mut bank = Bank::new(channels, frames, bands);
            for (channel, weights) in weights.chunks_exact(frames * bands).enumerate() {
                let largest = weights.iter().fold(0.0_f32, |most, w| most.max(w.abs()));
                let scale = (f64::from(largest) / WEIGHT_LEVELS).max(1e-12);
                let levels = diffuse(weights, bands, scale);
                bank.fill(channel, &levels, bands);
                let at = front.scale.len();
                for t in 0..PATCH_FRAMES {
                    let before = (frames - 1) / 2;
                    let inside = levels.chunks_exact(bands).enumerate();
                    let inside = inside.filter(|(j, _)| (before..before + PATCH_FRAMES).contains(&(t + j)));
                    let sum: i32 = inside.flat_map(|(_, levels)| levels).map(|level| i32::from(*level)).sum();
                    let correction = scale * f64::from(input_offset) * f64::from(sum);
                    front.bias[t * CHANNELS + at] = (f64::from(bias[channel]) + correction) as f32;
                }
                front.scale.push((scale * step) as f32);
            }
            front.banks.push(bank);
        }
        Ok(front)
    }

    /// Writes [`CHANNELS`] values for each frame of the patch.
    pub(super) fn run(&self, path: Path, patch: &[f32], scratch: &mut Scratch, out: &mut [f32]) {
        scratch.lay_out(patch);
        let mut at = 0;
        for (bank, (channels, ..)) in self.banks.iter().zip(KERNELS) {
            let source = if bank.step == FRAME { &scratch.by_frames } else { &scratch.by_bands };
            let width = bank.panels * PANEL;
            leaf::maxima(path, bank, source, &mut scratch.maxima[..PATCH_FRAMES * width]);
            let range = at..at + channels;
            let (scale, low) = (&self.scale[range.clone()], &self.low[range.clone()]);
            let (high, offset) = (&self.high[range.clone()], &self.offset[range.clone()]);
            let frames = scratch.maxima.chunks_exact(width).zip(self.bias.chunks_exact(CHANNELS));
            for ((maxima, bias), out) in frames.zip(out.chunks_exact_mut(CHANNELS)) {
                let (bias, out) = (&bias[range.clone()], &mut out[range.clone()]);
                for i in 0..channels {
                    let value = maxima[i] as f32 * scale[i] + bias[i];
                    out[i] = value.max(low[i]).min(high[i]) + offset[i];
                }
            }
            at += channels;
        }
    }
}

impl Bank {
    fn new(channels: usize, frames: usize, bands: usize) -> Self {
        let (taps, panels) = (frames * bands, channels.div_ceil(PANEL));
        let levels = vec![Levels([[0; 4]; PANEL]); panels * taps.next_multiple_of(TAP_BLOCK) / 4];
        if bands > 1 {
            let rows = BANDS - bands + 1;
            Self { start: 0, step: FRAME, stride: TIMBRAL_FRAMES, rows, taps, panels, levels }
        } else {
            let start = AHEAD - (frames - 1) / 2;
            Self { start, step: 1, stride: BAND, rows: BANDS, taps, panels, levels }
        }
    }

    /// Takes the weights of a channel, given by frame and band; the taps are by band and frame.
    fn fill(&mut self, channel: usize, levels: &[i8], bands: usize) {
        let (first, frames) = (channel / PANEL * self.panel(), self.taps / bands);
        for (i, level) in levels.iter().enumerate() {
            let tap = i % bands * frames + i / bands;
            self.levels[first + tap / 4].0[channel % PANEL][tap % 4] = *level;
        }
    }
}

/// Rounds the weights of a channel to whole levels, forward and backward over the bands, each rounding error handed on
/// to the next weight. Neighbouring bins and frames are alike, so the errors cancel where rounding one by one would
/// leave them.
fn diffuse(weights: &[f32], bands: usize, scale: f64) -> Vec<i8> {
    let mut levels = vec![0; weights.len()];
    let mut carry = 0.0;
    for (row, (weights, levels)) in weights.chunks_exact(bands).zip(levels.chunks_exact_mut(bands)).enumerate() {
        for i in 0..bands {
            let i = if row % 2 == 0 { i } else { bands - 1 - i };
            let wanted = f64::from(weights[i]) / scale + carry;
            let level = wanted.round_ties_even().clamp(-WEIGHT_LEVELS, WEIGHT_LEVELS);
            carry = (wanted - level).clamp(-1.0, 1.0);
            levels[i] = level as i8;
        }
    }
    levels
}
