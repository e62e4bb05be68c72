//! Discogs-EffNet: 400 styles, and an embedding for further heads.

use std::sync::Arc;

use crate::backend::{Batched, Model, PatchOutput, Wanted};
use crate::catalogue::hexadecimal;
use crate::extra::{Added, added};
use crate::{BANDS, Catalogue, EFFNET_LEN, Error, Result, Runtime};

/// Frames that the network hears: 2 s.
const FRAMES: usize = 128;

/// How the network's files are called.
const STEM: &str = "discogs-effnet";

/// Discogs-EffNet (P. Alonso-Jiménez et al., "Music Representation Learning Based on Editorial Metadata from Discogs",
/// ISMIR 2022), where a person has put it into the folder of added models: `discogs-effnet-bsdynamic-1.onnx`, and the JSON
/// file of that name.
///
/// It takes the same log-mel frames as MusiCNN, 128 at a time. Essentia hears 128 every 62, one patch a second; here it
/// hears the middle 128 of each patch of 187 that the other networks hear. The mean over a track is the mean over as many
/// moments as theirs is, for an eighth of the work in 4 minutes, and no further frames are kept.
pub struct Effnet {
    network: Batched<2>,
    styles: Arc<[String]>,
    version: String,
}

impl Effnet {
    /// Loads the network if there is one: the first that can be used, where there are several.
    ///
    /// # Errors
    /// [`Error::Extra`] when the folder cannot be read, [`Error::Unusable`] when there are files of that name but none can
    /// be used: it says what is wrong with the first.
    pub fn find(runtime: &Runtime, catalogue: &Catalogue) -> Result<Option<Self>> {
        let mut problem = None;
        for added in added(catalogue)?.into_iter().flatten().filter(Self::described_by) {
            match Self::load(runtime, &added) {
                Ok(effnet) => return Ok(Some(effnet)),
                Err(error) => problem = problem.or(Some(error)),
            }
        }
        problem.map_or(Ok(None), Err)
    }

    /// Whether an added network is one of these and no head.
    pub(crate) fn described_by(added: &Added) -> bool {
        added.stem.starts_with(STEM) && added.description.takes(&[FRAMES as u64, BANDS as u64])
    }

    /// The names of the styles in the order of [`PatchOutput::tags`], such as `Electronic---House`.
    #[must_use]
    pub fn styles(&self) -> &[String] {
        &self.styles
    }

    /// Another text whenever the network's files change.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    fn load(runtime: &Runtime, added: &Added) -> Result<Self> {
        let description = &added.description;
        let (bytes, digest) = added.network()?;
        let wanted = Wanted {
            input: None,
            rows: &[&[FRAMES, BANDS]],
            outputs: &[
                (description.output("embeddings"), EFFNET_LEN),
                (description.output("predictions"), description.classes.len()),
            ],
            most_rows: 1,
        };
        let network = |graph| {
            let network = Batched::new(graph, &wanted)?;
            match network.fixed_rows() {
                Some(2..) => Err("it takes many patches at once and no fewer: use discogs-effnet-bsdynamic".to_owned()),
                _ => network.probe(),
            }
        };
        let network =
            runtime.load_as(bytes, &added.stem, network).map_err(|error| added.unusable(error.to_string()))?;
        let styles = description.classes.iter().cloned().collect();
        Ok(Self { network, styles, version: hexadecimal(&digest[..8]) })
    }
}

impl Model for Effnet {
    /// Hears the middle 128 frames of a patch of as many or more. The embedding has 1280 values, the tags are the styles.
    fn run(&mut self, patch: &[f32]) -> Result<PatchOutput> {
        let (wanted, frames) = (FRAMES * BANDS, patch.len() / BANDS);
        let start = frames.saturating_sub(FRAMES) / 2 * BANDS;
        let middle = patch.get(start..start + wanted).filter(|_| patch.len().is_multiple_of(BANDS));
        let middle = middle.ok_or(Error::PatchLength { expected: wanted, received: patch.len() })?;
        let [dense, tags] = self.network.run(middle)?;
        Ok(PatchOutput { dense, tags })
    }
}
