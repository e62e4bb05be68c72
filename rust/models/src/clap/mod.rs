//! CLAP: sound and words in one space (Y. Wu et al., "Large-Scale Contrastive Language-Audio Pretraining with Feature
//! Fusion and Keyword-to-Caption Augmentation", ICASSP 2023), where a person has added it.

mod audio;
mod front;
mod memory;
mod text;
mod tokens;

use std::path::{Path, PathBuf};

pub use audio::{ClapEar, ClapListener};
pub use memory::available_memory;
pub use text::ClapText;

use crate::extra::places;
use crate::{Catalogue, Result};

/// Length of CLAP's embeddings of either kind.
pub const CLAP_LEN: usize = 512;

/// Counts the changes of CLAP's listening that change its results.
pub const CLAP_VERSION: u32 = 1;

/// Which CLAP: an audio tower and the text tower that goes with it. Vectors of one mean nothing to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Clap {
    /// AudioMuse-AI's audio tower, distilled from LAION's CLAP of music, with that one's text tower.
    Dclap,
    /// `laion/clap-htsat-unfused`.
    HtsatUnfused,
}

impl Clap {
    /// Both, the smaller one first.
    pub const ALL: [Self; 2] = [Self::Dclap, Self::HtsatUnfused];

    /// A short stable name: `dclap` or `clap`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Dclap => "dclap",
            Self::HtsatUnfused => "clap",
        }
    }

    /// The name of the file with its audio tower.
    #[must_use]
    pub fn audio_file(self) -> &'static str {
        match self {
            Self::Dclap => "model_epoch_36.onnx",
            Self::HtsatUnfused => "audio_model.onnx",
        }
    }

    /// The name of the file with its text tower.
    #[must_use]
    pub fn text_file(self) -> &'static str {
        match self {
            Self::Dclap => "clap_text_model.onnx",
            Self::HtsatUnfused => "text_model.onnx",
        }
    }

    /// What its text tower calls its vector.
    fn text_output(self) -> &'static str {
        match self {
            Self::Dclap => "text_embedding",
            Self::HtsatUnfused => "text_embeds",
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Dclap => Self::HtsatUnfused,
            Self::HtsatUnfused => Self::Dclap,
        }
    }

    /// Whether a file of this name is one of theirs, so that it is no head.
    pub(crate) fn is_part(file: &str) -> bool {
        Self::ALL.iter().any(|clap| file == clap.audio_file() || file == clap.text_file())
    }

    /// Where its audio tower lies; `None` when there is none.
    ///
    /// # Errors
    /// [`Error::Extra`](crate::Error::Extra) when the folder of added models cannot be read.
    pub fn audio(self, catalogue: &Catalogue) -> Result<Option<PathBuf>> {
        self.find(catalogue.extra(), self.audio_file())
    }

    /// Where its text tower lies below a folder of added models; `None` when there is none. Its tokens have to lie beside
    /// it: `tokenizer.json`, or `vocab.json` and `merges.txt`.
    ///
    /// # Errors
    /// [`Error::Extra`](crate::Error::Extra) when the folder of added models cannot be read.
    pub fn text(self, added: &Path) -> Result<Option<PathBuf>> {
        self.find(added, self.text_file())
    }

    fn find(self, added: &Path, file: &str) -> Result<Option<PathBuf>> {
        let mut folders = places(added)?;
        // The pack's own folder comes before any other that holds a file of that name.
        folders.sort_by_key(|folder| folder.file_name() != Some(self.name().as_ref()));
        Ok(folders.into_iter().map(|folder| folder.join(file)).find(|path| path.is_file()))
    }
}

/// Makes a vector 1 long; `None` for one that has no direction.
fn normalised(values: impl IntoIterator<Item = f64>) -> Option<[f32; CLAP_LEN]> {
    let values: Vec<f64> = values.into_iter().collect();
    let length = values.iter().map(|x| x * x).sum::<f64>().sqrt();
    if values.len() != CLAP_LEN || !length.is_finite() || length < 1e-12 {
        return None;
    }
    let mut vector = [0.0; CLAP_LEN];
    for (to, from) in vector.iter_mut().zip(values) {
        *to = (from / length) as f32;
    }
    Some(vector)
}
