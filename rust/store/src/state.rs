//! Settings and figures.

use rusqlite::{OptionalExtension, params};

use crate::analyses::count_pending;
use crate::error::Result;
use crate::files::unsigned;
use crate::records::{Stage, Statistics};
use crate::store::Store;

impl Store {
    /// A setting's value.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn setting(&self, key: &str) -> Result<Option<String>> {
        self.read(|db| {
            let value = db
                .prepare_cached("SELECT value FROM settings WHERE key = ?1")?
                .query_row([key], |row| row.get(0))
                .optional()?;
            Ok(value)
        })
    }

    /// Sets a setting; `None` removes it.
    ///
    /// # Errors
    ///
    /// `Locked`, `DiskFull`, `Damaged`.
    pub fn set_setting(&self, key: &str, value: Option<&str>) -> Result<()> {
        self.write(|db| {
            match value {
                Some(value) => db.execute(
                    "INSERT INTO settings (key, value) VALUES (?1, ?2) \
                     ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                    params![key, value],
                )?,
                None => db.execute("DELETE FROM settings WHERE key = ?1", [key])?,
            };
            Ok(())
        })
    }

    /// The state of things; `wanted` are all stages in today's versions, as for [`Store::pending`].
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`](crate::Error::Invalid) for a stage without name or version; `Locked`, `Damaged`.
    pub fn statistics(&self, wanted: &[Stage]) -> Result<Statistics> {
        self.read(|db| {
            let count =
                |sql: &str| -> rusqlite::Result<u64> { db.prepare_cached(sql)?.query_row([], |row| unsigned(row, 0)) };
            let (songs, audio_seconds) = db
                .prepare_cached(
                    "SELECT count(*), total(s.duration_s) FROM songs s \
                     WHERE EXISTS (SELECT 1 FROM files f WHERE f.song_id = s.song_id AND f.present)",
                )?
                .query_row([], |row| Ok((unsigned(row, 0)?, row.get(1)?)))?;
            Ok(Statistics {
                files: count("SELECT count(*) FROM files")?,
                present: count("SELECT count(*) FROM files WHERE present")?,
                songs_kept: count("SELECT count(*) FROM songs")?,
                songs,
                items: count("SELECT count(*) FROM items")?,
                pending: count_pending(db, wanted)?,
                failures: count(
                    "SELECT count(*) FROM failures x JOIN files f ON f.file_id = x.file_id WHERE f.present",
                )?,
                audio_seconds,
                database_bytes: count("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")?,
            })
        })
    }

    /// What all vectors and patches take, in bytes. Reads the whole of their tables.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn embedding_bytes(&self) -> Result<u64> {
        self.read(|db| {
            let bytes = db.query_row(
                "SELECT (SELECT coalesce(sum(length(mean) + length(deviation) + length(tags)), 0) FROM song_embeddings) \
                      + (SELECT coalesce(sum(length(patches)), 0) FROM song_patches)",
                [],
                |row| unsigned(row, 0),
            )?;
            Ok(bytes)
        })
    }
}
