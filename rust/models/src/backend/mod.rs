//! What runs a network: one trait, two implementations.

pub(crate) mod ort;
pub(crate) mod rten;

use crate::{DENSE_LEN, Error, PATCH_FRAMES, PATCH_LEN, Result, TAGS_LEN};

/// Names of the networks' tensors and the shape of the first: part of the contract with `models/convert`.
const PATCH: &str = "patch";
const DENSE: &str = "dense";
const TAGS: &str = "tags";
const PATCH_SHAPE: [usize; 3] = [1, PATCH_FRAMES, crate::BANDS];

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
    /// The embedding: 200 values, the layer before its activation.
    pub dense: Vec<f32>,
    /// The probability of each of the 50 tags, in the order of [`Network::tag_names`](crate::Network::tag_names).
    pub tags: Vec<f32>,
}

fn check_patch(patch: &[f32]) -> Result<()> {
    if patch.len() != PATCH_LEN {
        return Err(Error::PatchLength { expected: PATCH_LEN, received: patch.len() });
    }
    if patch.iter().all(|x| x.is_finite()) { Ok(()) } else { Err(Error::NotFinite) }
}

fn check_output(dense: &[f32], tags: &[f32]) -> Result<PatchOutput> {
    if dense.len() != DENSE_LEN || tags.len() != TAGS_LEN {
        let reason = format!("{} and {} outputs instead of {DENSE_LEN} and {TAGS_LEN}", dense.len(), tags.len());
        return Err(Error::Run { reason });
    }
    if dense.iter().chain(tags).all(|x| x.is_finite()) {
        Ok(PatchOutput { dense: dense.to_vec(), tags: tags.to_vec() })
    } else {
        Err(Error::NotFinite)
    }
}
