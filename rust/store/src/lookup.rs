//! Looking things up by the many: which songs are where, and what they are called.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, Row};

use crate::error::{Outcome, Result};
use crate::files::{lines, valid_id};
use crate::path::PathColumn;
use crate::records::Features;
use crate::store::Store;

/// What names a song.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference<'a> {
    /// A library item, by its id in lower case: its own file and no other.
    Item(&'a str),
    /// A content key in lower case: the song's first present file, else one that is gone.
    Song(&'a str),
}

/// Where a song is, and what it is called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Called {
    /// The file.
    pub path: PathBuf,
    /// Title.
    pub title: String,
    /// Performing artist; where the file names none, the album's.
    pub artist: String,
}

/// A file that has been heard, as it stands on the shelf.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shelved {
    /// Content key of its song.
    pub song_id: String,
    /// A library item that is this file; `None` for one that no library has.
    pub item_id: Option<String>,
    /// Title.
    pub title: String,
    /// Performing artist.
    pub artist: String,
    /// Artist of the album.
    pub album_artist: String,
    /// Album.
    pub album: String,
    /// Genres.
    pub genres: Vec<String>,
}

/// The columns of a [`Shelved`], from files `f` and items `i`.
pub(crate) const SHELVED: &str = "SELECT f.song_id, i.item_id, f.artist, f.album_artist, f.album, f.genres, f.title \
     FROM files f LEFT JOIN items i ON i.file_id = f.file_id WHERE f.present AND f.song_id IS NOT NULL";

impl Store {
    /// The songs behind library items, in their order; `None` for an item that is not known, or whose file was not heard.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`](crate::Error::Invalid) for a malformed id; `Locked`, `Damaged`.
    pub fn songs_of_items(&self, items: &[&str]) -> Result<Vec<Option<String>>> {
        let items: Vec<String> = items.iter().map(|item| valid_id(item, "an item id")).collect::<Result<_>>()?;
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT f.song_id FROM items i JOIN files f ON f.file_id = i.file_id WHERE i.item_id = ?1",
            )?;
            let mut songs = Vec::with_capacity(items.len());
            for item in &items {
                let mut rows = statement.query([item])?;
                songs.push(match rows.next()? {
                    Some(row) => row.get(0)?,
                    None => None,
                });
            }
            Ok(songs)
        })
    }

    /// Where songs are and what they are called, in the order asked; `None` for what is not known.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn called(&self, wanted: &[Reference<'_>]) -> Result<Vec<Option<Called>>> {
        self.read(|db| wanted.iter().map(|reference| called(db, *reference)).collect())
    }

    /// All present files that have been heard, each as often as the library has items of it.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn for_each_shelved(&self, mut each: impl FnMut(Shelved)) -> Result<()> {
        self.read(|db| {
            let mut statement = db.prepare_cached(SHELVED)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                each(shelved(row)?);
            }
            Ok(())
        })
    }

    /// The present files of one song, each as often as the library has items of it.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`](crate::Error::Invalid) for a malformed key; `Locked`, `Damaged`.
    pub fn shelved(&self, song_id: &str) -> Result<Vec<Shelved>> {
        let song_id = valid_id(song_id, "a content key")?;
        self.read(|db| {
            let mut statement = db.prepare_cached(&format!("{SHELVED} AND f.song_id = ?1"))?;
            let mut rows = statement.query([&song_id])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(shelved(row)?);
            }
            Ok(found)
        })
    }

    /// Of all songs with a present file what moods go by beside the networks' tags: energy, danceability and scale. Nothing
    /// else of the features is filled in.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn for_each_mood_evidence(&self, mut each: impl FnMut(&str, Features)) -> Result<()> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT s.song_id, s.energy, s.danceability, s.scale FROM songs s \
                 WHERE EXISTS (SELECT 1 FROM files f WHERE f.song_id = s.song_id AND f.present)",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let features = Features {
                    energy: row.get(1)?,
                    danceability: row.get(2)?,
                    scale: row.get(3)?,
                    ..Features::default()
                };
                each(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?, features);
            }
            Ok(())
        })
    }

    /// Content key and library item of the present files below a folder that have been heard, in the order of their paths. A
    /// path that is no Unicode is below none.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn songs_below(&self, folder: &Path) -> Result<Vec<(String, Option<String>)>> {
        let Some(folder) = folder.to_str() else { return Ok(Vec::new()) };
        let stem = folder.trim_end_matches(['/', '\\']);
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT f.song_id, i.item_id FROM files f LEFT JOIN items i ON i.file_id = f.file_id \
                 WHERE f.path >= ?1 AND f.path < ?2 AND f.present AND f.song_id IS NOT NULL ORDER BY f.path, i.item_id",
            )?;
            let mut found = Vec::new();
            // From the separator to the character after it.
            for (separator, next) in [('/', '0'), ('\\', ']')] {
                let mut rows = statement.query([format!("{stem}{separator}"), format!("{stem}{next}")])?;
                while let Some(row) = rows.next()? {
                    found.push((row.get(0)?, row.get(1)?));
                }
            }
            Ok(found)
        })
    }
}

fn called(db: &Connection, reference: Reference<'_>) -> Outcome<Option<Called>> {
    let (mut statement, id) = match reference {
        Reference::Item(item) => (
            db.prepare_cached(
                "SELECT f.path, f.title, f.artist, f.album_artist FROM items i \
                 JOIN files f ON f.file_id = i.file_id WHERE i.item_id = ?1",
            )?,
            item,
        ),
        Reference::Song(song) => (
            db.prepare_cached(
                "SELECT path, title, artist, album_artist FROM files WHERE song_id = ?1 \
                 ORDER BY present DESC, path LIMIT 1",
            )?,
            song,
        ),
    };
    let mut rows = statement.query([id])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let artist: String = row.get(2)?;
    Ok(Some(Called {
        path: row.get::<_, PathColumn>(0)?.0,
        title: row.get(1)?,
        artist: if artist.trim().is_empty() { row.get(3)? } else { artist },
    }))
}

pub(crate) fn shelved(row: &Row<'_>) -> Outcome<Shelved> {
    Ok(Shelved {
        song_id: row.get(0)?,
        item_id: row.get(1)?,
        artist: row.get(2)?,
        album_artist: row.get(3)?,
        album: row.get(4)?,
        genres: lines(row.get::<_, Option<String>>(5)?.as_deref().unwrap_or_default()),
        title: row.get(6)?,
    })
}
