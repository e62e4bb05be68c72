//! Spectra in, embeddings and tags out: the only room that knows ONNX.
//!
//! It holds what lies between samples at 16 kHz and the numbers that the rest of the house works with: the log-mel
//! front end ([`LogMel`]), the choice of patches ([`PatchSampler`]) and of the level ([`Level`]), the networks ([`Model`], run by ONNX Runtime or by
//! `rten`), and the summary of a track ([`Aggregate`]). It knows where model files are listed ([`Catalogue`]) and that
//! each is what it should be. It knows nothing of files of music, of storage, or of what an embedding is used for.
//!
//! The networks are MusiCNN's (J. Pons and X. Serra, "musicnn: Pre-trained convolutional neural networks for music
//! audio tagging", 2019), trained on the Million Song Dataset and on MagnaTagATune. They hear level: samples have to be
//! the mean of the channels, full scale ±1, resampled to 16 kHz with a pass band up to 0.913 of Nyquist.
//!
//! What a person puts into the models folder is taken up as well: [VGGish](Vggish), [Essentia's heads](Heads) and
//! [Discogs-EffNet](Effnet), and [CLAP](Clap), which hears sound ([`ClapEar`]) and reads words ([`ClapText`]).
//!
//! ```no_run
//! use segue_models::{
//!     Aggregate, Catalogue, Level, LogMel, Network, Patch, PatchSampler, Patches, Precision, Runtime, RuntimeOptions, load_musicnn,
//! };
//!
//! # fn main() -> segue_models::Result<()> {
//! let catalogue = Catalogue::open("models".as_ref())?;
//! let runtime = Runtime::load(&RuntimeOptions::default())?;
//! let mut model = load_musicnn(&runtime, &catalogue, Network::Msd, Precision::Int8)?;
//!
//! let (mut log_mel, mut sampler) = (LogMel::new()?, PatchSampler::new(Patches::default(), Level::AsIs));
//! let (mut aggregate, mut failed) = (Aggregate::new(), None);
//! let mut hear = |patch: Patch<'_>| match model.run(patch.log_mel) {
//!     Ok(output) => aggregate.push(&output, patch.weight),
//!     Err(error) => failed = Some(error),
//! };
//! log_mel.push(&[0.0; 160_000], &mut |frame| sampler.push(frame, &mut hear));
//! log_mel.finish(&mut |frame| sampler.push(frame, &mut hear));
//! sampler.finish(&mut hear);
//! assert!(failed.is_none());
//! assert_eq!(aggregate.finish().map(|summary| summary.mean.len()), Some(200));
//! # Ok(())
//! # }
//! ```

mod aggregate;
mod backend;
mod catalogue;
mod clap;
mod effnet;
mod error;
mod extra;
mod heads;
mod kernel;
mod level;
mod log_mel;
mod moods;
mod network;
mod onnx_file;
mod packs;
mod patches;
mod quadrature;
mod runtime;
mod thinned;
mod vggish;
mod wire;

pub use aggregate::{Aggregate, Levelled, Summary};
pub use backend::{Model, PatchOutput};
pub use catalogue::Catalogue;
pub use clap::{CLAP_LEN, CLAP_VERSION, Clap, ClapEar, ClapListener, ClapText, available_memory};
pub use effnet::Effnet;
pub use error::{Error, Result};
pub use heads::{Embedding, HeadOutput, Heads};
pub use level::Level;
pub use log_mel::{Frame, LogMel};
pub use moods::{MoodEvidence, Moods};
pub use network::{Network, Precision};
pub use packs::{ListedFile, ListedPack};
pub use patches::{Patch, PatchSampler, Patches};
pub use runtime::{BackendChoice, Runtime, RuntimeOptions, load_musicnn};
pub use vggish::{Vggish, VggishListener, load_vggish};

/// Counts the changes of this room that change its results: what an older version heard is to be heard again.
pub const VERSION: u32 = 3;

/// The same for [`Vggish`]'s listening.
pub const VGGISH_VERSION: u32 = 1;

/// Log-mel bands per frame.
pub const BANDS: usize = 96;
/// Frames per patch: 3 s at 16 kHz with a hop of 256 samples.
pub const PATCH_FRAMES: usize = 187;
/// Values of a patch, frame after frame.
pub const PATCH_LEN: usize = PATCH_FRAMES * BANDS;
/// Length of an embedding.
pub const DENSE_LEN: usize = 200;
/// Tags of each network.
pub const TAGS_LEN: usize = 50;
/// Length of VGGish's embedding.
pub const VGGISH_LEN: usize = 128;
/// Length of Discogs-EffNet's embedding.
pub const EFFNET_LEN: usize = 1280;
