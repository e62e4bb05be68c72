//! What is kept of a song beside its row: beats, edges, fingerprint, labels, the classical vector.

use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::blob::{decode_beats, decode_f32, encode_beats, encode_f32, finite};
use crate::error::{Error, Fault, Outcome, Result};
use crate::files::{unsigned, valid_id};
use crate::path::PathColumn;
use crate::records::{Details, Edges, HeardFile, Labels, Stage};
use crate::songs::floats;
use crate::store::Store;

/// Parts the names of classes in one column.
const SEPARATOR: char = '\n';

impl Store {
    /// What is kept of a song beside its row; all of it absent for an unknown song.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a malformed key; `Locked`, `Damaged`.
    pub fn details(&self, song_id: &str) -> Result<Details> {
        let song_id = valid_id(song_id, "a content key")?;
        self.read(|db| {
            let blob = |sql: &str| -> Outcome<Option<Vec<u8>>> {
                let found = db.prepare_cached(sql)?.query_row([&song_id], |row| row.get(0)).optional()?;
                Ok(found.flatten())
            };
            let vector = blob("SELECT feature_vector FROM songs WHERE song_id = ?1")?;
            let beats = blob("SELECT beats FROM song_beats WHERE song_id = ?1")?;
            let mut statement = db.prepare_cached("SELECT intro, outro FROM song_edges WHERE song_id = ?1")?;
            let mut rows = statement.query([&song_id])?;
            let edges = rows.next()?.map(|row| edges_from_row(row, 0)).transpose()?;
            let mut statement = db.prepare_cached(
                "SELECT l.source, l.stage, s.classes, l.label_values FROM song_labels l \
                 JOIN label_sets s ON s.label_set = l.label_set WHERE l.song_id = ?1 ORDER BY l.source",
            )?;
            let mut rows = statement.query([&song_id])?;
            let mut labels = Vec::new();
            while let Some(row) = rows.next()? {
                labels.push(labels_from_row(row, 0)?);
            }
            Ok(Details {
                vector: vector.map(|bytes| decode_f32(&bytes, "songs.feature_vector")).transpose()?,
                beats: beats
                    .map(|bytes| decode_beats(&bytes).ok_or_else(|| Fault::unreadable("song_beats.beats")))
                    .transpose()?,
                edges,
                fingerprint: blob("SELECT fingerprint FROM song_fingerprints WHERE song_id = ?1")?,
                labels,
            })
        })
    }

    /// How a song begins and ends; `None` where that is not kept.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a malformed key; `Locked`, `Damaged`.
    pub fn edges(&self, song_id: &str) -> Result<Option<Edges>> {
        let song_id = valid_id(song_id, "a content key")?;
        self.read(|db| {
            let mut statement = db.prepare_cached("SELECT intro, outro FROM song_edges WHERE song_id = ?1")?;
            let mut rows = statement.query([&song_id])?;
            rows.next()?.map(|row| edges_from_row(row, 0)).transpose()
        })
    }

    /// How all songs begin and end of which that is kept.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn for_each_edges(&self, mut each: impl FnMut(&str, Edges)) -> Result<()> {
        self.read(|db| {
            let mut statement = db.prepare_cached("SELECT song_id, intro, outro FROM song_edges")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                each(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?, edges_from_row(row, 1)?);
            }
            Ok(())
        })
    }

    /// What classifiers say of all songs with a present file, one answer at a time, by song.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn for_each_labels(&self, mut each: impl FnMut(&str, Labels)) -> Result<()> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT l.song_id, l.source, l.stage, s.classes, l.label_values FROM song_labels l \
                 JOIN label_sets s ON s.label_set = l.label_set \
                 WHERE EXISTS (SELECT 1 FROM files f WHERE f.song_id = l.song_id AND f.present) ORDER BY l.song_id, l.source",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                each(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?, labels_from_row(row, 1)?);
            }
            Ok(())
        })
    }

    /// The fingerprint of a song; `None` where none is kept.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a malformed key; `Locked`, `Damaged`.
    pub fn fingerprint(&self, song_id: &str) -> Result<Option<Vec<u8>>> {
        let song_id = valid_id(song_id, "a content key")?;
        self.read(|db| {
            let mut statement = db.prepare_cached("SELECT fingerprint FROM song_fingerprints WHERE song_id = ?1")?;
            Ok(statement.query_row([&song_id], |row| row.get(0)).optional()?)
        })
    }

    /// All present files that have been heard, in the order of their paths.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn for_each_present_file(&self, mut each: impl FnMut(HeardFile)) -> Result<()> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT f.song_id, f.path, f.size, coalesce(s.duration_s, 0), coalesce(s.codec, '') \
                 FROM files f JOIN songs s ON s.song_id = f.song_id WHERE f.present ORDER BY f.path",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                each(HeardFile {
                    song_id: row.get(0)?,
                    path: row.get::<_, PathColumn>(1)?.0,
                    size: unsigned(row, 2)?,
                    duration_s: row.get(3)?,
                    codec: row.get(4)?,
                });
            }
            Ok(())
        })
    }

    /// The fingerprints of all songs with a present file: content key, length of the song in seconds, bytes. In the
    /// order of the content keys.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn for_each_fingerprint(&self, mut each: impl FnMut(&str, f64, &[u8])) -> Result<()> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT p.song_id, coalesce(s.duration_s, 0), p.fingerprint FROM song_fingerprints p \
                 JOIN songs s ON s.song_id = p.song_id \
                 WHERE EXISTS (SELECT 1 FROM files f WHERE f.song_id = p.song_id AND f.present) ORDER BY p.song_id",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let song_id = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
                let bytes = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
                each(song_id, row.get(1)?, bytes);
            }
            Ok(())
        })
    }
}

/// Reads intro and outro, which begin at column `at`.
/// Reads source, stage, classes and values, which begin at column `at`.
fn labels_from_row(row: &Row<'_>, at: usize) -> Outcome<Labels> {
    let classes: String = row.get(at + 2)?;
    let labels = Labels {
        source: row.get(at)?,
        stage: row.get(at + 1)?,
        classes: classes.split(SEPARATOR).map(str::to_owned).collect(),
        values: floats(row, at + 3, "song_labels.label_values")?,
    };
    if labels.values.len() == labels.classes.len() {
        Ok(labels)
    } else {
        Err(Fault::unreadable("song_labels.label_values"))
    }
}

pub(crate) fn edges_from_row(row: &Row<'_>, at: usize) -> Outcome<Edges> {
    Ok(Edges { intro: floats(row, at, "song_edges.intro")?, outro: floats(row, at + 1, "song_edges.outro")? })
}

pub(crate) fn check_details(details: &Details) -> Result<()> {
    let part = |values: Option<&[f32]>, what: &str| finite(values.unwrap_or_default(), || format!("a value of {what}"));
    part(details.vector.as_deref(), "the feature vector")?;
    part(details.beats.as_deref(), "the beats")?;
    part(details.edges.as_ref().map(|edges| edges.intro.as_slice()), "the intro")?;
    part(details.edges.as_ref().map(|edges| edges.outro.as_slice()), "the outro")?;
    if let Some(beats) = &details.beats
        && !(beats.is_sorted() && beats.first().is_none_or(|&first| first >= 0.0))
    {
        return Err(Error::Invalid { what: "beats that do not follow each other are none".to_owned() });
    }
    for Labels { source, stage, classes, values } in &details.labels {
        finite(values, || format!("a value of {source}"))?;
        let plain = |name: &String| !name.contains(SEPARATOR);
        if source.is_empty() || stage.is_empty() || classes.is_empty() || classes.len() != values.len() {
            let what =
                format!("\"{}\" has {} classes and {} values", source.escape_debug(), classes.len(), values.len());
            return Err(Error::Invalid { what });
        }
        if !classes.iter().all(plain) {
            return Err(Error::Invalid {
                what: format!("a class of \"{}\" has more than one line", source.escape_debug()),
            });
        }
    }
    Ok(())
}

/// Stores the parts that are there. Labels of the stages that ran are replaced, also by none.
pub(crate) fn store_details(db: &Transaction<'_>, song_id: &str, details: &Details, stages: &[Stage]) -> Outcome<()> {
    if let Some(vector) = &details.vector {
        db.prepare_cached("UPDATE songs SET feature_vector = ?2 WHERE song_id = ?1")?
            .execute(params![song_id, encode_f32(vector)])?;
    }
    if let Some(beats) = &details.beats {
        db.prepare_cached("INSERT OR REPLACE INTO song_beats (song_id, beats) VALUES (?1, ?2)")?
            .execute(params![song_id, encode_beats(beats)])?;
    }
    if let Some(Edges { intro, outro }) = &details.edges {
        db.prepare_cached("INSERT OR REPLACE INTO song_edges (song_id, intro, outro) VALUES (?1, ?2, ?3)")?
            .execute(params![song_id, encode_f32(intro), encode_f32(outro)])?;
    }
    if let Some(fingerprint) = &details.fingerprint {
        db.prepare_cached("INSERT OR REPLACE INTO song_fingerprints (song_id, fingerprint) VALUES (?1, ?2)")?
            .execute(params![song_id, fingerprint])?;
    }
    for stage in stages {
        db.prepare_cached("DELETE FROM song_labels WHERE song_id = ?1 AND stage = ?2")?
            .execute([song_id, &stage.name])?;
    }
    for Labels { source, stage, classes, values } in &details.labels {
        let classes = classes.join(&SEPARATOR.to_string());
        db.prepare_cached("INSERT INTO label_sets (classes) VALUES (?1) ON CONFLICT (classes) DO NOTHING")?
            .execute([&classes])?;
        db.prepare_cached(
            "INSERT OR REPLACE INTO song_labels (song_id, source, stage, label_set, label_values) \
             SELECT ?1, ?2, ?3, label_set, ?5 FROM label_sets WHERE classes = ?4",
        )?
        .execute(params![song_id, source, stage, classes, encode_f32(values)])?;
    }
    Ok(())
}
