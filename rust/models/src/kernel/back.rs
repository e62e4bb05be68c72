//! What follows the front end: three convolutions over time, pooling, and the dense layers, in f32.
//!
//! Every sum is taken in one order by fused multiply-adds, so all paths of a build say the same to the last bit.

use super::front::CHANNELS;
use super::onnx::Constants;
use super::{Path, leaf};
use crate::{DENSE_LEN, PATCH_FRAMES, PatchOutput, TAGS_LEN};

/// Channels of each convolution over time.
pub(super) const MIDDLE: usize = 64;
/// Frames of their kernels.
const SPAN: usize = 7;
/// Zero frames on both sides of what they hear.
pub(super) const AROUND: usize = SPAN / 2;
/// Frames of what they hear.
pub(super) const PADDED_FRAMES: usize = PATCH_FRAMES + 2 * AROUND;
/// What the converter fills the front end's channels up to.
const FILLED: usize = 576;
/// Channels of all stages.
const STAGES: usize = CHANNELS + 3 * MIDDLE;

/// A value for each channel, where a cache line begins: loads across lines take twice as long.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct Channels(pub(super) [f32; MIDDLE]);

/// A convolution over time with what follows it.
struct Convolution {
    /// By frame of the kernel and channel heard.
    weights: Vec<Channels>,
    bias: Vec<f32>,
    slope: Vec<f32>,
    offset: Vec<f32>,
}

impl Convolution {
    /// `filled`: channels in the file, of which the first `heard` have a meaning.
    fn read(constants: &Constants<'_>, index: usize, filled: usize, heard: usize) -> Result<Self, String> {
        let stored = constants.get(&format!("middle_{index}_weights"), &[MIDDLE, filled, SPAN, 1])?;
        let channels = |i: usize| {
            Channels(std::array::from_fn(|channel| stored[(channel * filled + i % heard) * SPAN + i / heard]))
        };
        let weights = (0..SPAN * heard).map(channels).collect();
        Ok(Self {
            weights,
            bias: constants.get(&format!("middle_{index}_bias"), &[MIDDLE])?,
            slope: constants.get(&format!("middle_{index}_slope"), &[1, MIDDLE, 1, 1])?,
            offset: constants.get(&format!("middle_{index}_offset"), &[1, MIDDLE, 1, 1])?,
        })
    }

    /// ReLU and batch norm after the convolution of `heard`.
    fn run(&self, path: Path, heard: &[f32], width: usize, out: &mut [f32]) {
        leaf::over_time(path, heard, width, &self.weights, &self.bias, out);
        for frame in out.chunks_exact_mut(MIDDLE) {
            for ((value, slope), offset) in frame.iter_mut().zip(&self.slope).zip(&self.offset) {
                *value = value.max(0.0) * slope + offset;
            }
        }
    }
}

/// A dense layer: weights by input and output.
struct Dense {
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl Dense {
    fn read(constants: &Constants<'_>, name: &str, inputs: usize, outputs: usize) -> Result<Self, String> {
        Ok(Self {
            weights: constants.get(&format!("{name}_weights"), &[inputs, outputs])?,
            bias: constants.get(&format!("{name}_bias"), &[outputs])?,
        })
    }

    fn run(&self, path: Path, inputs: &[f32]) -> Vec<f32> {
        let mut out = self.bias.clone();
        leaf::dense(path, inputs, &self.weights, &mut out);
        out
    }
}

/// Everything behind the front end.
pub(super) struct Back {
    middle: [Convolution; 3],
    dense: Dense,
    tags: Dense,
}

/// What a run writes on its way: the stages by frame and channel, each with the zero frames around it.
pub(super) struct Scratch {
    front: Vec<f32>,
    middle: [Vec<f32>; 3],
}

impl Scratch {
    pub(super) fn new() -> Self {
        Self {
            front: vec![0.0; PADDED_FRAMES * CHANNELS],
            middle: std::array::from_fn(|_| vec![0.0; PADDED_FRAMES * MIDDLE]),
        }
    }

    /// Where the front end writes.
    pub(super) fn front(&mut self) -> &mut [f32] {
        inner_mut(&mut self.front, CHANNELS)
    }
}

fn inner(stage: &[f32], width: usize) -> &[f32] {
    &stage[AROUND * width..][..PATCH_FRAMES * width]
}

fn inner_mut(stage: &mut [f32], width: usize) -> &mut [f32] {
    &mut stage[AROUND * width..][..PATCH_FRAMES * width]
}

impl Back {
    pub(super) fn read(constants: &Constants<'_>) -> Result<Self, String> {
        Ok(Self {
            middle: [
                Convolution::read(constants, 0, FILLED, CHANNELS)?,
                Convolution::read(constants, 1, MIDDLE, MIDDLE)?,
                Convolution::read(constants, 2, MIDDLE, MIDDLE)?,
            ],
            dense: Dense::read(constants, "dense", 2 * STAGES, DENSE_LEN)?,
            tags: Dense::read(constants, "tags", DENSE_LEN, TAGS_LEN)?,
        })
    }

    /// The network's answer to what the front end has written to `scratch`.
    pub(super) fn run(&self, path: Path, scratch: &mut Scratch) -> PatchOutput {
        let Scratch { front, middle: [first, second, third] } = scratch;
        self.middle[0].run(path, front, CHANNELS, inner_mut(first, MIDDLE));
        self.middle[1].run(path, first, MIDDLE, inner_mut(second, MIDDLE));
        add(second, first);
        self.middle[2].run(path, second, MIDDLE, inner_mut(third, MIDDLE));
        add(third, second);

        let (mut maxima, mut means) = (vec![f32::NEG_INFINITY; STAGES], vec![0.0; STAGES]);
        let stages = [(&*front, CHANNELS), (first, MIDDLE), (second, MIDDLE), (third, MIDDLE)];
        let mut at = 0;
        for (stage, width) in stages {
            let (maxima, means) = (&mut maxima[at..at + width], &mut means[at..at + width]);
            for frame in inner(stage, width).chunks_exact(width) {
                for ((most, sum), value) in maxima.iter_mut().zip(means.iter_mut()).zip(frame) {
                    *most = most.max(*value);
                    *sum += value;
                }
            }
            at += width;
        }
        means.iter_mut().for_each(|sum| *sum /= PATCH_FRAMES as f32);
        let mut pooled = maxima;
        pooled.append(&mut means);

        let dense = self.dense.run(path, &pooled);
        let heard: Vec<f32> = dense.iter().map(|x| x.max(0.0)).collect();
        let tags = self.tags.run(path, &heard).iter().map(|x| 1.0 / (1.0 + (-x).exp())).collect();
        PatchOutput { dense, tags }
    }
}

fn add(to: &mut [f32], other: &[f32]) {
    to.iter_mut().zip(other).for_each(|(to, other)| *to += other);
}
