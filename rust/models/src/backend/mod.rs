//! What runs a network: one trait, two implementations, and the networks that are called through it.

mod batched;
pub(crate) mod ort;
pub(crate) mod rten;

pub(crate) use batched::{Batched, Wanted, find};

use crate::{DENSE_LEN, Error, PATCH_FRAMES, PATCH_LEN, Result, TAGS_LEN};

/// Names of MusiCNN's tensors: part of the contract with `models/convert`.
const PATCH: &str = "patch";
const DENSE: &str = "dense";
const TAGS: &str = "tags";

/// A network that is ready to hear patches. Runs on the calling thread, one patch at a time.
pub trait Model: Send {
    /// Hears one patch of log-mel values, [`PATCH_LEN`] long, frame after frame.
    ///
    /// # Errors
    /// [`Error::PatchLength`] when it is of another length, [`Error::NotFinite`] when it holds or leads to values that
    /// are not finite, [`Error::Run`] when the runtime fails.
    fn run(&mut self, patch: &[f32]) -> Result<PatchOutput>;
}

/// What a network says of one patch.
#[derive(Debug, Clone, PartialEq)]
pub struct PatchOutput {
    /// The embedding: MusiCNN's 200 values (the layer before its activation), or EffNet's 1280.
    pub dense: Vec<f32>,
    /// The probability of each tag: MusiCNN's 50 in the order of [`Network::tag_names`](crate::Network::tag_names), or
    /// EffNet's styles.
    pub tags: Vec<f32>,
}

/// A tensor of a network as its file describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tensor {
    pub(crate) name: String,
    /// Its dimensions, `None` for each that is left open; `None` where the file says nothing of them.
    pub(crate) shape: Option<Vec<Option<usize>>>,
    /// Whether its values are f32.
    pub(crate) f32: bool,
    /// Whether its values are 64-bit whole numbers in the file.
    pub(crate) i64: bool,
}

/// A network in a runtime. Runs on the calling thread.
pub(crate) trait Graph: Send {
    /// The tensors it wants.
    fn inputs(&self) -> &[Tensor];

    /// The tensors it gives.
    fn outputs(&self) -> &[Tensor];

    /// Runs it on `values` of the given shape as its first input. Gives the values of `outputs`, numbered as in
    /// [`outputs`](Self::outputs), with none checked.
    fn run(&mut self, shape: &[usize], values: &[f32], outputs: &[usize]) -> Result<Vec<Vec<f32>>>;

    /// Runs it on whole numbers: `values` has those of every input in the order of [`inputs`](Self::inputs), all of the
    /// same shape. Gives the values of the output at that place, unchecked.
    fn run_whole(&mut self, shape: &[usize], values: &[&[i64]], output: usize) -> Result<Vec<f32>>;
}

/// MusiCNN, in either runtime.
pub(crate) struct Musicnn(Batched<2>);

impl Musicnn {
    /// Takes a graph as MusiCNN. The error says what it lacks.
    pub(crate) fn new(graph: Box<dyn Graph>) -> std::result::Result<Self, String> {
        let wanted = Wanted {
            input: Some(PATCH),
            rows: &[&[PATCH_FRAMES, crate::BANDS]],
            outputs: &[(Some(DENSE), DENSE_LEN), (Some(TAGS), TAGS_LEN)],
            most_rows: 1,
        };
        Batched::new(graph, &wanted).map(Self)
    }
}

impl Model for Musicnn {
    fn run(&mut self, patch: &[f32]) -> Result<PatchOutput> {
        if patch.len() != PATCH_LEN {
            return Err(Error::PatchLength { expected: PATCH_LEN, received: patch.len() });
        }
        let [dense, tags] = self.0.run(patch)?;
        Ok(PatchOutput { dense, tags })
    }
}
