//! What the collection of vectors holds, in the shape that a vector database would tell.

use std::sync::atomic::Ordering;
use std::time::Instant;

use segue_models::Network;
use segue_store::{ModelCount, Stage};

use crate::engine::{COUNTED_FOR, lock};
use crate::stages::{CLASSICAL, EFFNET, MUSICNN, STYLES, VGGISH, levelled};
use crate::{Engine, Result};

/// What the classical features of a song are called among the models.
const CLASSICAL_MODEL: &str = "classical";

/// Statistics of the collection.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CollectionStatistics {
    /// Its name: that of the database file, without its ending.
    pub collection_name: String,
    /// Vectors in all.
    pub vectors_count: u64,
    /// Songs that have one or more.
    pub points_count: u64,
    /// `green` when all that is known has been heard, `yellow` while something is left to hear, `red` when the last run failed or the
    /// database was damaged.
    pub status: String,
    /// What it consists of, one entry for each model that has heard songs.
    pub models: Vec<CollectionModel>,
}

/// What one model has put into the collection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CollectionModel {
    /// Name of the vectors, such as `msd`.
    pub name: String,
    /// Values of each.
    pub dimensions: u64,
    /// Vectors.
    pub vectors_count: u64,
    /// The version of the stage that makes them, as it would be made now; empty where nothing makes them any more.
    pub version: String,
    /// Vectors of that version.
    pub current: u64,
}

impl Engine {
    /// What the collection of vectors holds. While an analysis runs the counts may be some seconds old, as those of
    /// [`Engine::statistics`].
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn collection_statistics(&self) -> Result<CollectionStatistics> {
        let statistics = self.statistics()?;
        let (counts, points_count) = self.vector_counts()?;
        let stages = self.stages();
        let models: Vec<CollectionModel> = counts
            .into_iter()
            .map(|count| CollectionModel {
                version: made_by(&count.model, &stages).map(|stage| stage.version).unwrap_or_default(),
                name: if count.model.is_empty() { CLASSICAL_MODEL.to_owned() } else { count.model },
                dimensions: count.dimensions,
                vectors_count: count.vectors,
                current: count.current,
            })
            .collect();
        let status = if self.was_damaged || self.last_run_failed.load(Ordering::Acquire) {
            "red"
        } else if statistics.pending > 0 {
            "yellow"
        } else {
            "green"
        };
        Ok(CollectionStatistics {
            collection_name: self.store_name(),
            vectors_count: models.iter().map(|model| model.vectors_count).sum(),
            points_count,
            status: status.to_owned(),
            models,
        })
    }

    fn vector_counts(&self) -> Result<(Vec<ModelCount>, u64)> {
        self.with(|state| {
            let mut counted = lock(&self.vectors_counted);
            match counted.as_ref() {
                Some((at, counts)) if self.is_analysing() && at.elapsed() < COUNTED_FOR => Ok(counts.clone()),
                _ => {
                    let stages = self.stages();
                    let counts = state.store.vector_counts(&|model| made_by(model, &stages))?;
                    *counted = Some((Instant::now(), counts.clone()));
                    Ok(counts)
                }
            }
        })
    }
}

/// The stage that makes a model's vectors, among those that are run today. What is made by a stage of its own name is made by that.
fn made_by(model: &str, stages: &[Stage]) -> Option<Stage> {
    let musicnn = Network::ALL.into_iter().map(Network::name);
    let name = match model {
        "" => CLASSICAL,
        EFFNET => STYLES,
        VGGISH => VGGISH,
        _ if musicnn.into_iter().any(|network| model == network || model == levelled(network)) => MUSICNN,
        _ => model,
    };
    stages.iter().find(|stage| stage.name == name).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_model_is_made_by_the_stage_that_runs_it() {
        let stages = [Stage::new(MUSICNN, "1"), Stage::new(CLASSICAL, "2"), Stage::new("clap", "3")];
        let version = |model: &str| made_by(model, &stages).map(|stage| stage.version);
        assert_eq!(version("msd").as_deref(), Some("1"));
        assert_eq!(version("mtt_levelled").as_deref(), Some("1"));
        assert_eq!(version("").as_deref(), Some("2"));
        assert_eq!(version("clap").as_deref(), Some("3"));
        assert_eq!(version(EFFNET), None);
    }
}
