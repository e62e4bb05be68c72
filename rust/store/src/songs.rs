//! Reading songs and their vectors.

use std::collections::HashMap;
use std::path::Path;

use rusqlite::{Params, Row, params_from_iter};

use crate::blob::{decode_f32, decode_patches};
use crate::error::{Fault, Outcome, Result};
use crate::files::{TAG_COLUMNS, TAG_COUNT, tags_from_row, valid_id};
use crate::path::{PathColumn, PathParam};
use crate::records::{AudioFacts, Embedding, Features, ModelVectors, Song, SongVectors};
use crate::store::Store;

/// The columns [`song_from_row`] reads after those of the tags: of a song `s`, whose file is `f` if it has one.
pub(crate) const SONG_COLUMNS: &str = "s.song_id, f.path, \
     (SELECT group_concat(i.item_id, ' ') FROM files g JOIN items i ON i.file_id = g.file_id \
      WHERE g.song_id = s.song_id), \
     s.analysed_at, s.duration_s, s.sample_rate, s.channels, s.codec, s.decoder, s.damage, \
     s.bpm, s.bpm_confidence, s.key, s.scale, s.key_strength, s.loudness_lufs, s.loudness_range_lu, s.true_peak_dbtp, \
     s.energy, s.danceability, s.tempo_stability, s.second_key, s.second_scale, s.second_key_strength, s.tuning_cents, \
     s.brightness";

impl Store {
    /// A song by its content key. Its file is the first present one by path, else one that is gone.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`](crate::Error::Invalid) for a malformed key; `Locked`, `Damaged`.
    pub fn song(&self, song_id: &str) -> Result<Option<Song>> {
        let song_id = valid_id(song_id, "a content key")?;
        self.one_song(
            "FROM songs s LEFT JOIN files f ON f.file_id = (SELECT g.file_id FROM files g \
             WHERE g.song_id = s.song_id ORDER BY g.present DESC, g.path LIMIT 1) WHERE s.song_id = ?1",
            [song_id],
        )
    }

    /// The song in this file.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn song_by_path(&self, path: &Path) -> Result<Option<Song>> {
        self.one_song("FROM files f JOIN songs s ON s.song_id = f.song_id WHERE f.path = ?1", [PathParam(path)])
    }

    /// The song behind this library item.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`](crate::Error::Invalid) for a malformed id; `Locked`, `Damaged`.
    pub fn song_by_item(&self, item_id: &str) -> Result<Option<Song>> {
        let item_id = valid_id(item_id, "an item id")?;
        self.one_song(
            "FROM items i JOIN files f ON f.file_id = i.file_id JOIN songs s ON s.song_id = f.song_id \
             WHERE i.item_id = ?1",
            [item_id],
        )
    }

    /// All songs with a present file, each once, in the order of their first present file's path.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn for_each_song(&self, mut each: impl FnMut(Song)) -> Result<()> {
        self.while_songs(|song| {
            each(song);
            true
        })
    }

    /// As [`Store::for_each_song`], for as long as `each` answers `true`.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn while_songs(&self, mut each: impl FnMut(Song) -> bool) -> Result<()> {
        self.read(|db| {
            let sql = format!(
                "SELECT {TAG_COLUMNS}, {SONG_COLUMNS} FROM files f JOIN songs s ON s.song_id = f.song_id \
                 WHERE f.present AND NOT EXISTS (SELECT 1 FROM files g \
                     WHERE g.song_id = f.song_id AND g.path < f.path AND g.present) ORDER BY f.path"
            );
            let mut statement = db.prepare_cached(&sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                if !each(song_from_row(row)?) {
                    break;
                }
            }
            Ok(())
        })
    }

    /// The tags that some networks give to all songs with a present file, by song and network, for as long as `each`
    /// answers `true`. A song's networks need not follow each other.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn while_tags(&self, models: &[&str], mut each: impl FnMut(&str, &str, &[f32]) -> bool) -> Result<()> {
        self.read(|db| {
            let sql = format!(
                "SELECT e.song_id, e.model, e.tags FROM song_embeddings e \
                 WHERE e.model IN ({}) AND EXISTS (SELECT 1 FROM files f WHERE f.song_id = e.song_id AND f.present) \
                 ORDER BY e.rowid",
                vec!["?"; models.len()].join(", ")
            );
            let mut statement = db.prepare_cached(&sql)?;
            let mut rows = statement.query(params_from_iter(models))?;
            while let Some(row) = rows.next()? {
                let tags = floats(row, 2, "song_embeddings.tags")?;
                let text = |column| row.get_ref(column).and_then(|value| Ok(value.as_str()?));
                if !each(text(0)?, text(1)?, &tags) {
                    break;
                }
            }
            Ok(())
        })
    }

    /// All library items whose file has been heard: item id, content key.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn for_each_item(&self, mut each: impl FnMut(&str, &str)) -> Result<()> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT i.item_id, f.song_id FROM items i JOIN files f ON f.file_id = i.file_id \
                 WHERE f.song_id IS NOT NULL",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let text = |column| row.get_ref(column).and_then(|value| Ok(value.as_str()?));
                each(text(0)?, text(1)?);
            }
            Ok(())
        })
    }

    /// The vectors of all songs with a present file, without patches, for holding in memory. `models` names the
    /// networks; a song is handed over when at least one of them has heard it. The order is that of storing.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn for_each_song_vectors(&self, models: &[&str], mut each: impl FnMut(SongVectors)) -> Result<()> {
        self.read(|db| {
            let sql = format!(
                "SELECT e.song_id, e.model, e.mean, e.deviation, e.tags FROM song_embeddings e \
                 WHERE e.model IN ({}) AND EXISTS (SELECT 1 FROM files f WHERE f.song_id = e.song_id AND f.present) \
                 ORDER BY e.rowid",
                vec!["?"; models.len()].join(", ")
            );
            let mut statement = db.prepare_cached(&sql)?;
            let mut rows = statement.query(params_from_iter(models))?;
            // A song's networks are nearly always stored in one go, one row after the other: a sequential read with
            // a few songs waiting for their next row costs less than a sort by song.
            let mut waiting: HashMap<String, Vec<Option<ModelVectors>>> = HashMap::new();
            while let Some(row) = rows.next()? {
                let song_id: String = row.get(0)?;
                let model = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
                let found = waiting.entry(song_id.clone()).or_insert_with(|| vec![None; models.len()]);
                let vectors = ModelVectors {
                    mean: floats(row, 2, "song_embeddings.mean")?,
                    deviation: floats(row, 3, "song_embeddings.deviation")?,
                    tags: floats(row, 4, "song_embeddings.tags")?,
                };
                for (place, _) in found.iter_mut().zip(models).filter(|(_, name)| **name == model) {
                    *place = Some(vectors.clone());
                }
                if found.iter().all(Option::is_some)
                    && let Some(models) = waiting.remove(&song_id)
                {
                    each(SongVectors { song_id, models });
                }
            }
            let mut rest: Vec<_> = waiting.into_iter().collect();
            rest.sort_unstable_by(|one, other| one.0.cmp(&other.0));
            for (song_id, models) in rest {
                each(SongVectors { song_id, models });
            }
            Ok(())
        })
    }

    /// The classical feature vectors of all songs with a present file, of those that have one.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn for_each_feature_vector(&self, mut each: impl FnMut(&str, Vec<f32>)) -> Result<()> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT s.song_id, s.feature_vector FROM songs s WHERE s.feature_vector IS NOT NULL \
                 AND EXISTS (SELECT 1 FROM files f WHERE f.song_id = s.song_id AND f.present)",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let vector = floats(row, 1, "songs.feature_vector")?;
                each(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?, vector);
            }
            Ok(())
        })
    }

    /// Whether any song has an embedding of this network.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn has_embedding(&self, model: &str) -> Result<bool> {
        self.read(|db| {
            Ok(db.prepare_cached("SELECT 1 FROM song_embeddings WHERE model = ?1 LIMIT 1")?.exists([model])?)
        })
    }

    /// All that the networks say of a song, patches included, in the order of the networks' names; none for an unknown
    /// song.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`](crate::Error::Invalid) for a malformed key; `Locked`, `Damaged`.
    pub fn embeddings(&self, song_id: &str) -> Result<Vec<Embedding>> {
        let song_id = valid_id(song_id, "a content key")?;
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT e.model, e.mean, e.deviation, e.tags, p.patches, p.weights FROM song_embeddings e \
                 LEFT JOIN song_patches p ON p.song_id = e.song_id AND p.model = e.model \
                 WHERE e.song_id = ?1 ORDER BY e.model",
            )?;
            let mut rows = statement.query([song_id])?;
            let mut embeddings = Vec::new();
            while let Some(row) = rows.next()? {
                let mean = floats(row, 1, "song_embeddings.mean")?;
                let patches = match row.get_ref(4)?.as_blob_or_null().map_err(rusqlite::Error::from)? {
                    None => Vec::new(),
                    Some(bytes) => match decode_patches(bytes) {
                        Some((values, dims)) if dims == mean.len() => values,
                        _ => return Err(Fault::unreadable("song_patches.patches")),
                    },
                };
                let weights = row.get_ref(5)?.as_blob_or_null().map_err(rusqlite::Error::from)?;
                let weights = weights.map(|bytes| decode_f32(bytes, "song_patches.weights")).transpose()?;
                embeddings.push(Embedding {
                    weights: weights.unwrap_or_default(),
                    model: row.get(0)?,
                    mean,
                    deviation: floats(row, 2, "song_embeddings.deviation")?,
                    tags: floats(row, 3, "song_embeddings.tags")?,
                    patches,
                });
            }
            Ok(embeddings)
        })
    }

    fn one_song(&self, from: &str, parameters: impl Params) -> Result<Option<Song>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(&format!("SELECT {TAG_COLUMNS}, {SONG_COLUMNS} {from}"))?;
            let mut rows = statement.query(parameters)?;
            rows.next()?.map(song_from_row).transpose()
        })
    }
}

pub(crate) fn song_from_row(row: &Row<'_>) -> Outcome<Song> {
    const AT: usize = TAG_COUNT;
    let path: Option<PathColumn> = row.get(AT + 1)?;
    let items: Option<String> = row.get(AT + 2)?;
    let duration: Option<f64> = row.get(AT + 4)?;
    let audio = match duration {
        None => None,
        Some(duration_s) => Some(AudioFacts {
            duration_s,
            sample_rate: row.get(AT + 5)?,
            channels: row.get(AT + 6)?,
            codec: row.get(AT + 7)?,
            decoder: row.get(AT + 8)?,
            damage: row.get(AT + 9)?,
        }),
    };
    let mut item_ids: Vec<String> = items.iter().flat_map(|ids| ids.split(' ')).map(str::to_owned).collect();
    item_ids.sort_unstable();
    Ok(Song {
        song_id: row.get(AT)?,
        tags: if path.is_some() { tags_from_row(row, 0)? } else { Default::default() },
        path: path.map(|path| path.0),
        item_ids,
        analysed_at: row.get(AT + 3)?,
        audio,
        features: Features {
            bpm: row.get(AT + 10)?,
            bpm_confidence: row.get(AT + 11)?,
            key: row.get(AT + 12)?,
            scale: row.get(AT + 13)?,
            key_strength: row.get(AT + 14)?,
            loudness_lufs: row.get(AT + 15)?,
            loudness_range_lu: row.get(AT + 16)?,
            true_peak_dbtp: row.get(AT + 17)?,
            energy: row.get(AT + 18)?,
            danceability: row.get(AT + 19)?,
            tempo_stability: row.get(AT + 20)?,
            second_key: row.get(AT + 21)?,
            second_scale: row.get(AT + 22)?,
            second_key_strength: row.get(AT + 23)?,
            tuning_cents: row.get(AT + 24)?,
            brightness: row.get(AT + 25)?,
        },
    })
}

pub(crate) fn floats(row: &Row<'_>, column: usize, name: &'static str) -> Outcome<Vec<f32>> {
    decode_f32(row.get_ref(column)?.as_blob().map_err(rusqlite::Error::from)?, name)
}
