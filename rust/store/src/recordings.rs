//! Which songs are one recording, as it was found last.

use std::collections::HashMap;

use rusqlite::params;

use crate::error::Result;
use crate::files::valid_id;
use crate::store::Store;

impl Store {
    /// By content key the number of a song's recording, of those songs that share theirs with another.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn recordings(&self) -> Result<HashMap<String, u32>> {
        self.read(|db| {
            let mut statement = db.prepare_cached("SELECT song_id, recording FROM song_recordings")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// The number of one song's recording.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`](crate::Error::Invalid) for a malformed key; `Locked`, `Damaged`.
    pub fn recording(&self, song_id: &str) -> Result<Option<u32>> {
        let song_id = valid_id(song_id, "a content key")?;
        self.read(|db| {
            let mut statement = db.prepare_cached("SELECT recording FROM song_recordings WHERE song_id = ?1")?;
            let mut rows = statement.query([&song_id])?;
            Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
        })
    }

    /// Whether fingerprints came or changed since [`Store::replace_recordings`].
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn fingerprints_changed(&self) -> Result<bool> {
        self.read(|db| {
            let mut statement = db.prepare_cached("SELECT EXISTS (SELECT 1 FROM fingerprints_changed)")?;
            Ok(statement.query_row([], |row| row.get(0))?)
        })
    }

    /// Makes these the recordings that several songs share: the songs of each group are one. Groups are numbered from 0;
    /// songs that are not known are passed over, and of a song in two groups the last one counts.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`](crate::Error::Invalid) for a malformed key; `Locked`, `DiskFull`, `Damaged`. All stays as it was
    /// then.
    pub fn replace_recordings(&self, groups: &[Vec<String>]) -> Result<()> {
        self.write(|db| {
            db.execute("DELETE FROM song_recordings", [])?;
            db.execute("DELETE FROM fingerprints_changed", [])?;
            let mut insert = db.prepare_cached(
                "INSERT OR REPLACE INTO song_recordings (song_id, recording) \
                 SELECT song_id, ?2 FROM songs WHERE song_id = ?1",
            )?;
            for (recording, songs) in (0_u32..).zip(groups) {
                for song_id in songs {
                    insert.execute(params![valid_id(song_id, "a content key")?, recording])?;
                }
            }
            Ok(())
        })
    }
}
