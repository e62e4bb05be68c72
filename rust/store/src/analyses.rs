//! What is left to hear, what was heard, what could not be heard.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Transaction, params, params_from_iter};

use crate::blob::{encode_f32, encode_patches, finite};
use crate::details::{check_details, store_details};
use crate::error::{Error, Outcome, Result};
use crate::files::{lines, name_song, stamp_from_row, unsigned, valid_id};
use crate::path::PathColumn;
use crate::records::{Analysis, Embedding, Failure, Features, FileStamp, PendingFile, Stage};
use crate::store::{Store, now};

impl Store {
    /// Files with something left to hear, in the order of their numbers, `limit` at most, beginning after the file
    /// numbered `after` (0 for the start). `wanted` are all stages in today's versions.
    ///
    /// A file is listed when it is present and has no song, or its song lacks a wanted stage; of several files of one
    /// song only the first. Left out are files that failed in this very state with these very stages: they come back
    /// when the file or a version changes, or after [`Store::clear_failures`].
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a stage without name or version; `Locked`, `Damaged`.
    pub fn pending(&self, wanted: &[Stage], after: i64, limit: usize) -> Result<Vec<PendingFile>> {
        let stages = stage_lines(wanted)?;
        self.read(|db| {
            let sql = format!(
                "{} AND f.file_id > ? ORDER BY f.file_id LIMIT ?",
                pending_sql(
                    wanted.len(),
                    "f.file_id, f.size, f.modified_ns, f.path, f.song_id, missing, f.album, f.album_artist"
                )
            );
            let mut values = pending_values(wanted, &stages);
            values.push(after.into());
            values.push(i64::try_from(limit).unwrap_or(i64::MAX).into());
            let mut statement = db.prepare_cached(&sql)?;
            let rows = statement.query_map(params_from_iter(values), |row| {
                let missing: Option<String> = row.get(5)?;
                Ok(PendingFile {
                    stamp: stamp_from_row(row, 0)?,
                    path: row.get::<_, PathColumn>(3)?.0,
                    song_id: row.get(4)?,
                    missing: missing.as_deref().map(lines).unwrap_or_default(),
                    album: row.get(6)?,
                    album_artist: row.get(7)?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// The stages that have run on a song; none for an unknown one.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a malformed key; `Locked`, `Damaged`.
    pub fn known_stages(&self, song_id: &str) -> Result<Vec<Stage>> {
        let song_id = valid_id(song_id, "a content key")?;
        self.read(|db| {
            let mut statement =
                db.prepare_cached("SELECT stage, version FROM song_stages WHERE song_id = ?1 ORDER BY stage")?;
            let rows = statement.query_map([song_id], |row| Ok(Stage { name: row.get(0)?, version: row.get(1)? }))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Maps a file to a known song, recognised by its content key, and forgets the file's failure. `false`: the file
    /// has changed since `file` was read, nothing was done, and it stays pending.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownSong`], [`Error::UnknownFile`], [`Error::Invalid`] for a malformed key; `Locked`, `DiskFull`,
    /// `Damaged`.
    pub fn link_file(&self, file: &FileStamp, song_id: &str) -> Result<bool> {
        let song_id = valid_id(song_id, "a content key")?;
        self.write(|db| {
            if !song_exists(db, &song_id)? {
                return Err(Error::UnknownSong { song_id: song_id.clone() }.into());
            }
            link(db, file, &song_id)
        })
    }

    /// Stores all that was heard of a file in one transaction: the song, its vectors and stages, and the file's
    /// mapping; the file's failure is forgotten. `false`: the file has changed meanwhile; the song is stored, the file
    /// stays pending.
    ///
    /// # Errors
    ///
    /// [`Error::NotFinite`], [`Error::Invalid`] for a malformed key, stage or vector, [`Error::UnknownFile`];
    /// `Locked`, `DiskFull`, `Damaged`. Nothing is stored then.
    pub fn commit_analysis(&self, analysis: &Analysis) -> Result<bool> {
        let song_id = valid_id(&analysis.song_id, "a content key")?;
        check_numbers(analysis)?;
        // Checks the stages' names too.
        stage_lines(&analysis.stages)?;
        let patches: Vec<_> = analysis.embeddings.iter().map(packed_patches).collect::<Result<_>>()?;
        self.write(|db| {
            db.prepare_cached(
                "INSERT INTO songs (song_id, analysed_at) VALUES (?1, ?2) \
                 ON CONFLICT (song_id) DO UPDATE SET analysed_at = excluded.analysed_at",
            )?
            .execute(params![song_id, now()])?;
            if let Some(audio) = &analysis.audio {
                db.prepare_cached(
                    "UPDATE songs SET duration_s = ?2, sample_rate = ?3, channels = ?4, codec = ?5, decoder = ?6, \
                     damage = ?7 WHERE song_id = ?1",
                )?
                .execute(params![
                    song_id,
                    audio.duration_s,
                    audio.sample_rate,
                    audio.channels,
                    audio.codec,
                    audio.decoder,
                    audio.damage
                ])?;
            }
            if let Some(features) = &analysis.features {
                store_features(db, &song_id, features)?;
            }
            store_details(db, &song_id, &analysis.details, &analysis.stages)?;
            for (embedding, patches) in analysis.embeddings.iter().zip(&patches) {
                store_embedding(db, &song_id, embedding, patches.as_deref())?;
            }
            for stage in &analysis.stages {
                db.prepare_cached(
                    "INSERT INTO song_stages (song_id, stage, version) VALUES (?1, ?2, ?3) \
                     ON CONFLICT (song_id, stage) DO UPDATE SET version = excluded.version",
                )?
                .execute(params![song_id, stage.name, stage.version])?;
            }
            link(db, &analysis.file, &song_id)
        })
    }

    /// Records that a file could not be heard. `stages` is what [`Store::pending`] was asked for. `false`: the file has
    /// changed meanwhile, nothing was recorded, and it stays pending.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownFile`], [`Error::Invalid`] for a stage without name or version; `Locked`, `DiskFull`, `Damaged`.
    pub fn record_failure(&self, file: &FileStamp, reason: &str, detail: &str, stages: &[Stage]) -> Result<bool> {
        let stages = stage_lines(stages)?;
        self.write(|db| {
            let current = is_current(db, file)?;
            if current {
                db.prepare_cached(
                    "INSERT INTO failures (file_id, size, modified_ns, reason, detail, tries, stages, last_at) \
                     SELECT file_id, size, modified_ns, ?2, ?3, 1, ?4, ?5 FROM files WHERE file_id = ?1 \
                     ON CONFLICT (file_id) DO UPDATE SET reason = excluded.reason, detail = excluded.detail, \
                     tries = tries + 1, stages = excluded.stages, last_at = excluded.last_at",
                )?
                .execute(params![file.file_id, reason, detail, stages, now()])?;
            }
            Ok(current)
        })
    }

    /// The present files that could not be heard, in the order of their paths.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn failures(&self) -> Result<Vec<Failure>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT x.file_id, x.size, x.modified_ns, f.path, x.reason, x.detail, x.tries, x.last_at \
                 FROM failures x JOIN files f ON f.file_id = x.file_id WHERE f.present ORDER BY f.path",
            )?;
            let rows = statement.query_map([], |row| {
                Ok(Failure {
                    file: stamp_from_row(row, 0)?,
                    path: row.get::<_, PathColumn>(3)?.0,
                    reason: row.get(4)?,
                    detail: row.get(5)?,
                    tries: row.get(6)?,
                    last_at: row.get(7)?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Forgets all failures, so that the files are tried again, and tells how many there were.
    ///
    /// # Errors
    ///
    /// `Locked`, `DiskFull`, `Damaged`.
    pub fn clear_failures(&self) -> Result<u64> {
        self.write(|db| Ok(db.execute("DELETE FROM failures", [])? as u64))
    }

    /// Forgets the failures of these reasons, and tells how many there were.
    ///
    /// # Errors
    ///
    /// `Locked`, `DiskFull`, `Damaged`.
    pub fn clear_failures_of(&self, reasons: &[&str]) -> Result<u64> {
        self.write(|db| {
            let mut statement = db.prepare_cached("DELETE FROM failures WHERE reason = ?1")?;
            let mut cleared = 0;
            for reason in reasons {
                cleared += statement.execute([reason])? as u64;
            }
            Ok(cleared)
        })
    }
}

/// How many files [`Store::pending`] would list.
pub(crate) fn count_pending(db: &Connection, wanted: &[Stage]) -> Outcome<u64> {
    let stages = stage_lines(wanted)?;
    let sql = format!("SELECT count(*) FROM ({})", pending_sql(wanted.len(), "missing"));
    let values = pending_values(wanted, &stages);
    Ok(db.prepare_cached(&sql)?.query_row(params_from_iter(values), |row| unsigned(row, 0))?)
}

/// A SELECT of pending files, open at the end for further conditions.
fn pending_sql(wanted: usize, columns: &str) -> String {
    let wanted = match wanted {
        0 => "SELECT NULL, NULL WHERE 0".to_owned(),
        count => format!("VALUES {}", vec!["(?, ?)"; count].join(", ")),
    };
    let failed = "EXISTS (SELECT 1 FROM failures x, asked WHERE x.file_id = {}.file_id AND x.size = {}.size \
                  AND x.modified_ns = {}.modified_ns AND x.stages = asked.stages)";
    let columns = columns.replace(
        "missing",
        "(SELECT group_concat(w.stage, char(10)) FROM wanted w WHERE NOT EXISTS (SELECT 1 FROM song_stages s \
         WHERE s.song_id = f.song_id AND s.stage = w.stage AND s.version = w.version)) AS missing",
    );
    format!(
        "WITH wanted (stage, version) AS ({wanted}), asked (stages) AS (VALUES (?)) SELECT {columns} FROM files f \
         WHERE f.present AND (f.song_id IS NULL OR (missing IS NOT NULL AND NOT EXISTS ( \
             SELECT 1 FROM files g WHERE g.song_id = f.song_id AND g.file_id < f.file_id AND g.present AND NOT {}))) \
         AND NOT {}",
        failed.replace("{}", "g"),
        failed.replace("{}", "f"),
    )
}

fn pending_values(wanted: &[Stage], lines: &str) -> Vec<Value> {
    let pairs = wanted.iter().flat_map(|stage| [stage.name.clone().into(), stage.version.clone().into()]);
    pairs.chain([lines.to_owned().into()]).collect()
}

/// Stages as one text, equal for equal sets.
fn stage_lines(stages: &[Stage]) -> Result<String> {
    let mut lines = Vec::with_capacity(stages.len());
    for Stage { name, version } in stages {
        let plain = |text: &str| !text.is_empty() && !text.contains(|letter: char| letter.is_control());
        if !plain(name) || name.contains('=') || !plain(version) {
            let what = format!("\"{}={}\" is no stage and version", name.escape_debug(), version.escape_debug());
            return Err(Error::Invalid { what });
        }
        lines.push(format!("{name}={version}"));
    }
    lines.sort_unstable();
    Ok(lines.join("\n"))
}

fn is_current(db: &Connection, file: &FileStamp) -> Outcome<bool> {
    let stored = db
        .prepare_cached("SELECT file_id, size, modified_ns FROM files WHERE file_id = ?1")?
        .query_row([file.file_id], |row| stamp_from_row(row, 0))
        .optional()?;
    match stored {
        Some(stored) => Ok(stored == *file),
        None => Err(Error::UnknownFile { file_id: file.file_id }.into()),
    }
}

pub(crate) fn song_exists(db: &Connection, song_id: &str) -> Outcome<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM songs WHERE song_id = ?1")?.exists([song_id])?)
}

fn link(db: &Transaction<'_>, file: &FileStamp, song_id: &str) -> Outcome<bool> {
    let current = is_current(db, file)?;
    if current {
        db.prepare_cached("UPDATE files SET song_id = ?2 WHERE file_id = ?1")?
            .execute(params![file.file_id, song_id])?;
        db.prepare_cached("DELETE FROM failures WHERE file_id = ?1")?.execute([file.file_id])?;
        name_song(db, song_id)?;
    }
    Ok(current)
}

fn check_numbers(analysis: &Analysis) -> Result<()> {
    if let Some(audio) = &analysis.audio
        && !audio.duration_s.is_finite()
    {
        return Err(Error::NotFinite { what: "the duration".to_owned() });
    }
    if let Some(features) = &analysis.features {
        let numbers = [
            ("the tempo", features.bpm),
            ("the tempo's confidence", features.bpm_confidence),
            ("the key's strength", features.key_strength),
            ("the loudness", features.loudness_lufs),
            ("the loudness range", features.loudness_range_lu),
            ("the true peak", features.true_peak_dbtp),
            ("the energy", features.energy),
            ("the danceability", features.danceability),
            ("the tempo's stability", features.tempo_stability),
            ("the second key's strength", features.second_key_strength),
            ("the tuning", features.tuning_cents),
            ("the brightness", features.brightness),
        ];
        for (what, number) in numbers {
            finite(number.as_slice(), || what.to_owned())?;
        }
    }
    check_details(&analysis.details)?;
    for embedding in &analysis.embeddings {
        for (name, values) in [
            ("mean", &embedding.mean),
            ("deviation", &embedding.deviation),
            ("tags", &embedding.tags),
            ("weights", &embedding.weights),
        ] {
            finite(values, || format!("a value of {}'s {name}", embedding.model))?;
        }
    }
    Ok(())
}

/// `None` where no patches are kept.
fn packed_patches(embedding: &Embedding) -> Result<Option<Vec<u8>>> {
    let dims = embedding.mean.len();
    if embedding.model.is_empty() || dims == 0 || embedding.deviation.len() != dims {
        let what = format!(
            "the embedding \"{}\" has a mean of {dims} and a deviation of {} dimensions",
            embedding.model.escape_debug(),
            embedding.deviation.len()
        );
        return Err(Error::Invalid { what });
    }
    if !embedding.weights.is_empty() && embedding.weights.len() * dims != embedding.patches.len() {
        let what = format!("\"{}\" has {} weights", embedding.model.escape_debug(), embedding.weights.len());
        return Err(Error::Invalid { what });
    }
    (!embedding.patches.is_empty()).then(|| encode_patches(&embedding.patches, dims)).transpose()
}

fn store_features(db: &Transaction<'_>, song_id: &str, features: &Features) -> Outcome<()> {
    db.prepare_cached(
        "UPDATE songs SET bpm = ?2, bpm_confidence = ?3, key = ?4, scale = ?5, key_strength = ?6, loudness_lufs = ?7, \
         loudness_range_lu = ?8, true_peak_dbtp = ?9, energy = ?10, danceability = ?11, tempo_stability = ?12, \
         second_key = ?13, second_scale = ?14, second_key_strength = ?15, tuning_cents = ?16, brightness = ?17 \
         WHERE song_id = ?1",
    )?
    .execute(params![
        song_id,
        features.bpm,
        features.bpm_confidence,
        features.key,
        features.scale,
        features.key_strength,
        features.loudness_lufs,
        features.loudness_range_lu,
        features.true_peak_dbtp,
        features.energy,
        features.danceability,
        features.tempo_stability,
        features.second_key,
        features.second_scale,
        features.second_key_strength,
        features.tuning_cents,
        features.brightness
    ])?;
    Ok(())
}

fn store_embedding(db: &Transaction<'_>, song_id: &str, embedding: &Embedding, patches: Option<&[u8]>) -> Outcome<()> {
    let weights = (!embedding.weights.is_empty()).then(|| encode_f32(&embedding.weights));
    let count = embedding.patches.len() / embedding.mean.len().max(1);
    db.prepare_cached(
        "INSERT INTO song_embeddings (song_id, model, mean, deviation, tags, patch_count) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (song_id, model) DO UPDATE SET mean = excluded.mean, \
         deviation = excluded.deviation, tags = excluded.tags, patch_count = excluded.patch_count",
    )?
    .execute(params![
        song_id,
        embedding.model,
        encode_f32(&embedding.mean),
        encode_f32(&embedding.deviation),
        encode_f32(&embedding.tags),
        i64::try_from(count).unwrap_or(i64::MAX)
    ])?;
    match patches {
        Some(patches) => db
            .prepare_cached(
                "INSERT INTO song_patches (song_id, model, patches, weights) VALUES (?1, ?2, ?3, ?4) ON CONFLICT \
                 (song_id, model) DO UPDATE SET patches = excluded.patches, weights = excluded.weights",
            )?
            .execute(params![song_id, embedding.model, patches, weights])?,
        None => db
            .prepare_cached("DELETE FROM song_patches WHERE song_id = ?1 AND model = ?2")?
            .execute(params![song_id, embedding.model])?,
    };
    Ok(())
}
