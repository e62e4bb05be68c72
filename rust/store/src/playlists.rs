//! Playlists, which keep their identity from run to run, and what people made of them.

use std::collections::{BTreeMap, HashSet};

use rusqlite::{Connection, Row, params};

use crate::analyses::song_exists;
use crate::error::{Error, Fault, Outcome, Result};
use crate::files::{lines, valid_id};
use crate::made::{NamedBy, PlaylistChange, PlaylistKind, PlaylistRecord};
use crate::store::{Store, now};

/// The columns [`playlist_from_row`] reads.
const COLUMNS: &str = "playlist_key, kind, name, named_by, description, words, definition, pinned, excluded, faded, \
     position, external_id, created_at, updated_at";

impl PlaylistKind {
    const ALL: [(Self, &'static str); 2] = [(Self::Cluster, "cluster"), (Self::Definition, "definition")];
}

impl NamedBy {
    const ALL: [(Self, &'static str); 3] = [(Self::Rule, "rule"), (Self::Service, "service"), (Self::Person, "person")];
}

impl Store {
    /// Makes these the playlists, in one transaction: new keys are added, known ones updated in place, others removed.
    /// A known one keeps `created_at`, keeps `updated_at` when nothing in it changed, and keeps its external id when
    /// the record names none.
    ///
    /// This is for a run, which read the playlists some time ago and may not undo what a person did since. Of a known
    /// playlist the table's word stands for `pinned` and `excluded`; for the name, where the table or the record says
    /// that a person gave it; and, of a pinned one, for songs, words and description. Those of a definition, pinned and
    /// excluded ones are not removed either. [`Store::edit_playlist`], [`Store::put_playlist`] and
    /// [`Store::remove_playlist`] do all that.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for an empty key, a key that comes twice, or a malformed song key, [`Error::UnknownSong`];
    /// `Locked`, `DiskFull`, `Damaged`. All stays as it was then.
    pub fn save_playlists(&self, playlists: &[PlaylistRecord]) -> Result<()> {
        let mut keys = HashSet::new();
        for playlist in playlists {
            check_key(&playlist.key)?;
            if !keys.insert(playlist.key.as_str()) {
                let what = format!("the playlist key \"{}\" is there twice", playlist.key.escape_debug());
                return Err(Error::Invalid { what });
            }
        }
        self.write(|db| {
            let known: BTreeMap<String, PlaylistRecord> =
                load(db)?.into_iter().map(|playlist| (playlist.key.clone(), playlist)).collect();
            for playlist in known.values().filter(|playlist| !keys.contains(playlist.key.as_str())) {
                if !is_a_persons(playlist) {
                    remove(db, &playlist.key)?;
                }
            }
            for playlist in playlists {
                let known = known.get(&playlist.key);
                match known {
                    Some(known) => save(db, &respecting(playlist, known), Some(known))?,
                    None => save(db, playlist, None)?,
                }
            }
            Ok(())
        })
    }

    /// Saves one playlist as the record has it, whatever a person did to it before. The others stay. Times and external
    /// id are treated as by [`Store::save_playlists`].
    ///
    /// # Errors
    ///
    /// As [`Store::save_playlists`].
    pub fn put_playlist(&self, playlist: &PlaylistRecord) -> Result<()> {
        check_key(&playlist.key)?;
        self.write(|db| {
            let known = find(db, &playlist.key)?;
            save(db, playlist, known.as_ref())
        })
    }

    /// Does to a playlist what a person wants; `false` when there is none of this key.
    ///
    /// # Errors
    ///
    /// `Locked`, `DiskFull`, `Damaged`.
    pub fn edit_playlist(&self, key: &str, change: &PlaylistChange) -> Result<bool> {
        self.write(|db| {
            let Some(known) = find(db, key)? else {
                return Ok(false);
            };
            let mut wanted = known.clone();
            wanted.pinned = change.pinned.unwrap_or(known.pinned);
            wanted.excluded = change.excluded.unwrap_or(known.excluded);
            match change.name.as_deref().map(str::trim) {
                None => {}
                Some("") => wanted.named_by = NamedBy::Rule,
                Some(name) => {
                    name.clone_into(&mut wanted.name);
                    wanted.named_by = NamedBy::Person;
                }
            }
            save(db, &wanted, Some(&known))?;
            Ok(true)
        })
    }

    /// Removes a playlist, whoever's it is; `false` when there is none of this key.
    ///
    /// # Errors
    ///
    /// `Locked`, `DiskFull`, `Damaged`.
    pub fn remove_playlist(&self, key: &str) -> Result<bool> {
        self.write(|db| remove(db, key))
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

    /// The playlist of this key.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn playlist(&self, key: &str) -> Result<Option<PlaylistRecord>> {
        self.read(|db| find(db, key))
    }

    /// All playlists, excluded ones too, in the order to show them; those of one position in the order of their keys.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn playlists(&self) -> Result<Vec<PlaylistRecord>> {
        self.read(load)
    }
}

fn check_key(key: &str) -> Result<()> {
    if key.is_empty() { Err(Error::Invalid { what: "a playlist key is empty".to_owned() }) } else { Ok(()) }
}

/// No run may take it away.
fn is_a_persons(playlist: &PlaylistRecord) -> bool {
    playlist.pinned || playlist.excluded || playlist.kind == PlaylistKind::Definition
}

/// What a run wants of a playlist, less what a person has decided.
fn respecting(wanted: &PlaylistRecord, known: &PlaylistRecord) -> PlaylistRecord {
    let mut kept = PlaylistRecord { pinned: known.pinned, excluded: known.excluded, ..wanted.clone() };
    // A run that says "a person's" has it from here; the person may have taken it back since.
    if known.named_by == NamedBy::Person || wanted.named_by == NamedBy::Person {
        kept.name.clone_from(&known.name);
        kept.named_by = known.named_by;
    }
    if known.pinned {
        kept.songs.clone_from(&known.songs);
        kept.words.clone_from(&known.words);
        kept.description.clone_from(&known.description);
    }
    kept
}

fn load(db: &Connection) -> Outcome<Vec<PlaylistRecord>> {
    let mut statement =
        db.prepare_cached(&format!("SELECT {COLUMNS} FROM playlists ORDER BY position, playlist_key"))?;
    let mut rows = statement.query([])?;
    let mut playlists = Vec::new();
    while let Some(row) = rows.next()? {
        playlists.push(playlist_from_row(db, row)?);
    }
    Ok(playlists)
}

fn find(db: &Connection, key: &str) -> Outcome<Option<PlaylistRecord>> {
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} FROM playlists WHERE playlist_key = ?1"))?;
    let mut rows = statement.query([key])?;
    rows.next()?.map(|row| playlist_from_row(db, row)).transpose()
}

/// Its songs go with it.
fn remove(db: &Connection, key: &str) -> Outcome<bool> {
    Ok(db.prepare_cached("DELETE FROM playlists WHERE playlist_key = ?1")?.execute([key])? > 0)
}

fn playlist_from_row(db: &Connection, row: &Row<'_>) -> Outcome<PlaylistRecord> {
    let key: String = row.get(0)?;
    let songs = db
        .prepare_cached("SELECT song_id FROM playlist_songs WHERE playlist_key = ?1 ORDER BY position")?
        .query_map([&key], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let kind: String = row.get(1)?;
    let named_by: String = row.get(3)?;
    Ok(PlaylistRecord {
        key,
        kind: value_of(&PlaylistKind::ALL, &kind).ok_or_else(|| Fault::unreadable("playlists.kind"))?,
        name: row.get(2)?,
        named_by: value_of(&NamedBy::ALL, &named_by).ok_or_else(|| Fault::unreadable("playlists.named_by"))?,
        description: row.get(4)?,
        words: lines(&row.get::<_, String>(5)?),
        definition: row.get(6)?,
        pinned: row.get(7)?,
        excluded: row.get(8)?,
        faded: row.get(9)?,
        position: row.get(10)?,
        external_id: row.get(11)?,
        songs,
        created_at: row.get(12)?,
        updated_at: row.get(13)?,
    })
}

fn save(db: &Connection, playlist: &PlaylistRecord, known: Option<&PlaylistRecord>) -> Outcome<()> {
    let songs: Vec<String> =
        playlist.songs.iter().map(|song_id| valid_id(song_id, "a content key")).collect::<Result<_>>()?;
    let wanted = PlaylistRecord {
        songs,
        words: playlist.words.iter().flat_map(|word| lines(word)).filter(|word| !word.is_empty()).collect(),
        external_id: playlist.external_id.clone().or_else(|| known.and_then(|known| known.external_id.clone())),
        created_at: known.map_or_else(now, |known| known.created_at),
        updated_at: known.map_or_else(now, |known| known.updated_at),
        ..playlist.clone()
    };
    if known == Some(&wanted) {
        return Ok(());
    }
    db.prepare_cached(
        "INSERT INTO playlists (playlist_key, kind, name, named_by, description, words, definition, pinned, excluded, \
         faded, position, external_id, created_at, updated_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) \
         ON CONFLICT (playlist_key) DO UPDATE SET kind = excluded.kind, name = excluded.name, \
         named_by = excluded.named_by, description = excluded.description, words = excluded.words, \
         definition = excluded.definition, pinned = excluded.pinned, excluded = excluded.excluded, \
         faded = excluded.faded, position = excluded.position, external_id = excluded.external_id, \
         updated_at = excluded.updated_at",
    )?
    .execute(params![
        wanted.key,
        name_of(&PlaylistKind::ALL, wanted.kind),
        wanted.name,
        name_of(&NamedBy::ALL, wanted.named_by),
        wanted.description,
        wanted.words.join("\n"),
        wanted.definition,
        wanted.pinned,
        wanted.excluded,
        wanted.faded,
        wanted.position,
        wanted.external_id,
        wanted.created_at,
        now()
    ])?;
    if known.is_some_and(|known| known.songs == wanted.songs) {
        return Ok(());
    }
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

fn name_of<T: Copy + PartialEq>(names: &[(T, &'static str)], value: T) -> Option<&'static str> {
    names.iter().find(|(each, _)| *each == value).map(|(_, name)| *name)
}

fn value_of<T: Copy>(names: &[(T, &'static str)], text: &str) -> Option<T> {
    names.iter().find(|(_, name)| *name == text).map(|(value, _)| *value)
}
