//! How many vectors there are.

use rusqlite::params;

use crate::error::Result;
use crate::files::unsigned;
use crate::records::Stage;
use crate::store::Store;

/// What a model has put in, counted over songs with a present file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModelCount {
    /// Name of the vectors; empty for the classical feature vector.
    pub model: String,
    /// Values of each.
    pub dimensions: u64,
    /// Vectors.
    pub vectors: u64,
    /// Vectors made by the wanted version of their stage.
    pub current: u64,
}

impl Store {
    /// The vectors of songs with a present file by model, in the order of their names, and the number of these songs. `stage` names the
    /// stage that makes a model's vectors today, if one does.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn vector_counts(&self, stage: &dyn Fn(&str) -> Option<Stage>) -> Result<(Vec<ModelCount>, u64)> {
        self.read(|db| {
            let there = "EXISTS (SELECT 1 FROM files f WHERE f.song_id = s.song_id AND f.present)";
            let current = "EXISTS (SELECT 1 FROM song_stages t WHERE t.song_id = s.song_id AND t.stage = ?1 AND t.version = ?2)";
            let names: Vec<String> = db
                .prepare_cached("SELECT DISTINCT model FROM song_embeddings ORDER BY model")?
                .query_map([], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            let mut counts = Vec::with_capacity(names.len() + 1);
            for model in names {
                let made_by = stage(&model).unwrap_or_else(|| Stage::new("", ""));
                let (vectors, up_to_date) = db
                    .prepare_cached(&format!(
                        "SELECT count(*), coalesce(sum({current}), 0) FROM song_embeddings s WHERE s.model = ?3 AND {there}"
                    ))?
                    .query_row(params![made_by.name, made_by.version, model], |row| {
                        Ok((unsigned(row, 0)?, unsigned(row, 1)?))
                    })?;
                let dimensions = db
                    .prepare_cached("SELECT length(mean) / 4 FROM song_embeddings WHERE model = ?1 LIMIT 1")?
                    .query_row([&model], |row| unsigned(row, 0))?;
                counts.push(ModelCount { model, dimensions, vectors, current: up_to_date });
            }
            let made_by = stage("").unwrap_or_else(|| Stage::new("", ""));
            let classical = db
                .prepare_cached(&format!(
                    "SELECT count(*), coalesce(sum({current}), 0), coalesce(max(length(feature_vector)) / 4, 0) FROM songs s \
                     WHERE feature_vector IS NOT NULL AND {there}"
                ))?
                .query_row(params![made_by.name, made_by.version], |row| {
                    let (vectors, current, dimensions) = (unsigned(row, 0)?, unsigned(row, 1)?, unsigned(row, 2)?);
                    Ok(ModelCount { model: String::new(), dimensions, vectors, current })
                })?;
            if classical.vectors > 0 {
                counts.push(classical);
            }
            let songs = db
                .prepare_cached(&format!(
                    "SELECT count(*) FROM songs s WHERE {there} AND (feature_vector IS NOT NULL \
                     OR EXISTS (SELECT 1 FROM song_embeddings e WHERE e.song_id = s.song_id))"
                ))?
                .query_row([], |row| unsigned(row, 0))?;
            Ok((counts, songs))
        })
    }
}
