//! Playlists, which keep their identity from run to run.

use std::collections::{BTreeMap, HashSet};

use rusqlite::{Connection, params};

use crate::analyses::song_exists;
use crate::error::{Error, Outcome, Result};
use crate::files::valid_id;
use crate::records::PlaylistRecord;
use crate::store::{Store, now};

impl Store {
    /// Makes these the playlists, in one transaction: new keys are added, known ones updated in place, others removed.
    /// A known one keeps `created_at`, keeps `updated_at` when nothing in it changed, and keeps its external id when
    /// the record names none.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for an empty key, a key that comes twice, or a malformed song key, [`Error::UnknownSong`];
    /// `Locked`, `DiskFull`, `Damaged`. All stays as it was then.
    pub fn save_playlists(&self, playlists: &[PlaylistRecord]) -> Result<()> {
        let mut keys = HashSet::new();
        for playlist in playlists {
            if playlist.key.is_empty() || !keys.insert(playlist.key.as_str()) {
                let what = format!("the playlist key \"{}\" is empty or there twice", playlist.key.escape_debug());
                return Err(Error::Invalid { what });
            }
        }
        self.write(|db| {
            let known = load(db)?;
            for key in known.keys().filter(|key| !keys.contains(key.as_str())) {
                // Its songs go with it.
                db.prepare_cached("DELETE FROM playlists WHERE playlist_key = ?1")?.execute([key])?;
            }
            for playlist in playlists {
                save(db, playlist, known.get(&playlist.key))?;
            }
            Ok(())
        })
    }

    /// Notes the server's id of a playlist; `false` when there is no playlist of this key.
    ///
    /// # Errors
    ///
    /// `Locked`, `DiskFull`, `Damaged`.
    pub fn set_playlist_external_id(&self, key: &str, external_id: Option<&str>) -> Result<bool> {
        self.write(|db| {
            let changed =
                db.execute("UPDATE playlists SET external_id = ?2 WHERE playlist_key = ?1", params![key, external_id])?;
            Ok(changed > 0)
        })
    }

    /// All playlists, in the order of their keys.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn playlists(&self) -> Result<Vec<PlaylistRecord>> {
        self.read(|db| Ok(load(db)?.into_values().collect()))
    }
}

fn load(db: &Connection) -> Outcome<BTreeMap<String, PlaylistRecord>> {
    let mut songs =
        db.prepare_cached("SELECT song_id FROM playlist_songs WHERE playlist_key = ?1 ORDER BY position")?;
    let mut statement = db
        .prepare_cached("SELECT playlist_key, name, description, external_id, created_at, updated_at FROM playlists")?;
    let mut rows = statement.query([])?;
    let mut playlists = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let key: String = row.get(0)?;
        let songs = songs.query_map([&key], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        let playlist = PlaylistRecord {
            key: key.clone(),
            name: row.get(1)?,
            description: row.get(2)?,
            external_id: row.get(3)?,
            songs,
            created_at: row.get(4)?,
            updated_at: row.get(5)?,
        };
        playlists.insert(key, playlist);
    }
    Ok(playlists)
}

fn save(db: &Connection, playlist: &PlaylistRecord, known: Option<&PlaylistRecord>) -> Outcome<()> {
    let songs: Vec<String> =
        playlist.songs.iter().map(|song_id| valid_id(song_id, "a content key")).collect::<Result<_>>()?;
    let wanted = PlaylistRecord {
        songs,
        external_id: playlist.external_id.clone().or_else(|| known.and_then(|known| known.external_id.clone())),
        created_at: known.map_or_else(now, |known| known.created_at),
        updated_at: known.map_or_else(now, |known| known.updated_at),
        ..playlist.clone()
    };
    if known == Some(&wanted) {
        return Ok(());
    }
    db.prepare_cached(
        "INSERT INTO playlists (playlist_key, name, description, external_id, created_at, updated_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (playlist_key) DO UPDATE SET name = excluded.name, \
         description = excluded.description, external_id = excluded.external_id, updated_at = excluded.updated_at",
    )?
    .execute(params![
        wanted.key,
        wanted.name,
        wanted.description,
        wanted.external_id,
        wanted.created_at,
        now()
    ])?;
    db.prepare_cached("DELETE FROM playlist_songs WHERE playlist_key = ?1")?.execute([&wanted.key])?;
    let mut insert =
        db.prepare_cached("INSERT INTO playlist_songs (playlist_key, position, song_id) VALUES (?1, ?2, ?3)")?;
    for (position, song_id) in (0_i64..).zip(&wanted.songs) {
        if !song_exists(db, song_id)? {
            return Err(Error::UnknownSong { song_id: song_id.clone() }.into());
        }
        insert.execute(params![wanted.key, position, song_id])?;
    }
    Ok(())
}
