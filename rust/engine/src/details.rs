//! What is asked of one track by name: its vector, its beats, its ends.

use segue_features::{EDGE_NAMES, classical_names};
use segue_store::{Details, Edges, Labels};

use crate::ask::known;
use crate::stages::VGGISH;
use crate::{Engine, Result};

/// Length of a VGGish embedding.
const VGGISH_LEN: usize = 128;

/// Names and values, in a fixed order.
pub type Named = Vec<(String, f32)>;

/// What a classifier says of a track.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Classified {
    /// The classifier: the name of its file.
    pub source: String,
    /// Classes and values, in its own order.
    pub values: Named,
}

impl Engine {
    /// The classical feature vector of a track with the names of its values: 95, and 128 more (`vggish_emb_1` to
    /// `vggish_emb_128`) where a VGGish network that a person has added has heard it. Empty where the track was not heard
    /// so far.
    ///
    /// # Errors
    /// [`Error::UnknownTrack`](crate::Error::UnknownTrack); when the store fails or the engine is closed.
    pub fn feature_vector(&self, reference: &str) -> Result<Named> {
        self.with(|state| {
            let song = known(state, reference)?;
            let Some(vector) = state.store.details(&song.song_id)?.vector else { return Ok(Vec::new()) };
            let mut named: Named = classical_names().iter().cloned().zip(vector).collect();
            let embeddings = state.store.embeddings(&song.song_id)?;
            if let Some(vggish) = embeddings.into_iter().find(|embedding| embedding.model == VGGISH) {
                let names = (1..=VGGISH_LEN).map(|number| format!("vggish_emb_{number}"));
                named.extend(names.zip(vggish.mean));
            }
            Ok(named)
        })
    }

    /// Where the beats of a track lie, in seconds; empty where nothing beats.
    ///
    /// # Errors
    /// [`Error::UnknownTrack`](crate::Error::UnknownTrack); when the store fails or the engine is closed.
    pub fn beats(&self, reference: &str) -> Result<Vec<f32>> {
        Ok(self.details(reference)?.beats.unwrap_or_default())
    }

    /// How a track begins and ends: the same measures of its first and of its last 15 seconds of sound. Empty where
    /// nothing sounds.
    ///
    /// # Errors
    /// [`Error::UnknownTrack`](crate::Error::UnknownTrack); when the store fails or the engine is closed.
    pub fn edges(&self, reference: &str) -> Result<(Named, Named)> {
        let Edges { intro, outro } = self.details(reference)?.edges.unwrap_or_default();
        let named = |values: Vec<f32>| EDGE_NAMES.iter().map(|name| (*name).to_owned()).zip(values).collect();
        Ok((named(intro), named(outro)))
    }

    /// What the classifiers that a person has added say of a track, in the order of their names. Those that are not there
    /// any more say nothing.
    ///
    /// # Errors
    /// [`Error::UnknownTrack`](crate::Error::UnknownTrack); when the store fails or the engine is closed.
    pub fn labels(&self, reference: &str) -> Result<Vec<Classified>> {
        let classified = |labels: Labels| Classified {
            source: labels.source,
            values: labels.classes.into_iter().zip(labels.values).collect(),
        };
        Ok(self.current_labels(self.details(reference)?).into_iter().map(classified).collect())
    }

    /// What classifiers that are still there have said.
    pub(crate) fn current_labels(&self, details: Details) -> Vec<Labels> {
        let stages = self.stages();
        let there = |labels: &Labels| stages.iter().any(|stage| stage.name == labels.stage);
        details.labels.into_iter().filter(there).collect()
    }

    fn details(&self, reference: &str) -> Result<Details> {
        self.with(|state| Ok(state.store.details(&known(state, reference)?.song_id)?))
    }
}
