//! The space as it was last in memory, and the songs that have changed since.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::details::edges_from_row;
use crate::error::{Outcome, Result};
use crate::files::{TAG_COLUMNS, valid_id};
use crate::records::{Edges, ModelVectors, Song};
use crate::songs::{SONG_COLUMNS, floats, song_from_row};
use crate::store::Store;

/// A song whose place in the space may have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpaceChange {
    /// Content key.
    pub song_id: String,
    /// Grows with every change of any song.
    pub change: i64,
}

/// All that the space takes of one song.
#[derive(Debug, Clone, PartialEq)]
pub struct SpaceSong {
    /// The song with its first present file.
    pub song: Song,
    /// How it begins and ends.
    pub edges: Option<Edges>,
    /// Its vectors, without tags, in the order of the networks asked for.
    pub models: Vec<Option<ModelVectors>>,
    /// The number of its last change that [`Store::space_changes`] tells; 0 when it has none.
    pub change: i64,
}

/// The snapshot that is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpaceHead<'a> {
    /// The stamp of the snapshot that this one follows, `None` for no snapshot: another program may have written one meanwhile.
    pub after: Option<i64>,
    /// Its own stamp, unlike all others.
    pub stamp: i64,
    /// The embeddings that it is made of.
    pub made_of: &'a str,
    /// Bytes of the space.
    pub head: &'a [u8],
    /// How many pieces it has now.
    pub pieces: u32,
    /// The last change that is in it.
    pub until: i64,
}

/// A part of the snapshot as it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpacePart<'a> {
    /// What comes first.
    Head(&'a [u8]),
    /// The next piece, as in [`SpacePiece`].
    Piece {
        /// Bytes of the space.
        tracks: &'a [u8],
        /// Which song each track is.
        songs: &'a [u8],
    },
}

/// A piece of the snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpacePiece {
    /// Its number, from 0.
    pub piece: u32,
    /// Bytes of the space.
    pub tracks: Vec<u8>,
    /// Bytes of whoever keeps which song each track is.
    pub songs: Vec<u8>,
}

impl Store {
    /// Hands the snapshot over, made of the embeddings `made_of`, in one read transaction: the head, then the tracks and songs of each
    /// piece in order, for as long as `each` answers `true`. Answers its stamp; `None` where not all of it was there and wanted.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn read_space(&self, made_of: &str, mut each: impl FnMut(SpacePart<'_>) -> bool) -> Result<Option<i64>> {
        self.read(|db| {
            let mut statement = db.prepare("SELECT pieces, head, stamp FROM space_head WHERE made_of = ?1")?;
            let mut rows = statement.query([made_of])?;
            let Some(row) = rows.next()? else { return Ok(None) };
            let (expected, stamp): (i64, i64) = (row.get(0)?, row.get(2)?);
            if !each(SpacePart::Head(row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?)) {
                return Ok(None);
            }
            let mut statement = db.prepare("SELECT piece, tracks, songs FROM space_pieces ORDER BY piece")?;
            let mut rows = statement.query([])?;
            let mut found = 0;
            while let Some(row) = rows.next()? {
                let blob = |column| row.get_ref(column).and_then(|value| Ok(value.as_blob()?));
                if row.get::<_, i64>(0)? != found || !each(SpacePart::Piece { tracks: blob(1)?, songs: blob(2)? }) {
                    return Ok(None);
                }
                found += 1;
            }
            Ok((found == expected).then_some(stamp))
        })
    }

    /// The stamp of the snapshot, `None` without one.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn space_stamp(&self) -> Result<Option<i64>> {
        self.read(stamp)
    }

    /// Writes the head and some pieces of the snapshot in one transaction; the other pieces stay as they were. The changes that are in
    /// it are forgotten. `false`, and nothing is written, where the snapshot is not the one that this one follows.
    ///
    /// # Errors
    ///
    /// `Locked`, `DiskFull`, `Damaged`. All stays as it was then.
    pub fn write_space(&self, head: &SpaceHead<'_>, changed: impl Iterator<Item = SpacePiece>) -> Result<bool> {
        self.write(|db| {
            if stamp(db)? != head.after {
                return Ok(false);
            }
            db.execute(
                "INSERT INTO space_head (only_row, stamp, made_of, pieces, head) VALUES (1, ?1, ?2, ?3, ?4) \
                 ON CONFLICT (only_row) DO UPDATE SET stamp = excluded.stamp, made_of = excluded.made_of, \
                 pieces = excluded.pieces, head = excluded.head",
                params![head.stamp, head.made_of, head.pieces, head.head],
            )?;
            db.execute("DELETE FROM space_pieces WHERE piece >= ?1", [head.pieces])?;
            write_pieces(db, changed)?;
            db.execute("DELETE FROM space_changed WHERE change <= ?1", [head.until])?;
            Ok(true)
        })
    }

    /// The songs that have changed since the snapshot was written, in the order of their last change.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn space_changes(&self) -> Result<Vec<SpaceChange>> {
        self.read(|db| {
            let mut statement = db.prepare_cached("SELECT song_id, change FROM space_changed ORDER BY change")?;
            let rows = statement.query_map([], |row| Ok(SpaceChange { song_id: row.get(0)?, change: row.get(1)? }))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// The number of the last change of any song, and how many songs have changed since the snapshot was written.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn last_space_change(&self) -> Result<(i64, u64)> {
        self.read(|db| {
            let mut statement = db.prepare_cached("SELECT coalesce(max(change), 0), count(*) FROM space_changed")?;
            Ok(statement.query_row([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?)
        })
    }

    /// What the space takes of a song, all of it from one state of the database; `None` without a present file.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`](crate::Error::Invalid) for a malformed key; `Locked`, `Damaged`.
    pub fn space_song(&self, song_id: &str, models: &[&str]) -> Result<Option<SpaceSong>> {
        let song_id = valid_id(song_id, "a content key")?;
        self.read(|db| {
            let change = db
                .prepare_cached("SELECT change FROM space_changed WHERE song_id = ?1")?
                .query_row([&song_id], |row| row.get(0))
                .optional()?;
            let mut statement = db.prepare_cached(&format!(
                "SELECT {TAG_COLUMNS}, {SONG_COLUMNS} FROM songs s JOIN files f ON f.file_id = (SELECT g.file_id FROM files g \
                 WHERE g.song_id = s.song_id AND g.present ORDER BY g.path LIMIT 1) WHERE s.song_id = ?1"
            ))?;
            let mut rows = statement.query([&song_id])?;
            let Some(song) = rows.next()?.map(song_from_row).transpose()? else { return Ok(None) };
            let mut statement = db.prepare_cached("SELECT intro, outro FROM song_edges WHERE song_id = ?1")?;
            let mut rows = statement.query([&song_id])?;
            let edges = rows.next()?.map(|row| edges_from_row(row, 0)).transpose()?;
            let mut statement =
                db.prepare_cached("SELECT mean, deviation FROM song_embeddings WHERE song_id = ?1 AND model = ?2")?;
            let mut vectors = |model: &&str| -> Outcome<Option<ModelVectors>> {
                let mut rows = statement.query([song_id.as_str(), model])?;
                let Some(row) = rows.next()? else { return Ok(None) };
                Ok(Some(ModelVectors {
                    mean: floats(row, 0, "song_embeddings.mean")?,
                    deviation: floats(row, 1, "song_embeddings.deviation")?,
                    tags: Vec::new(),
                }))
            };
            let models = models.iter().map(&mut vectors).collect::<Outcome<_>>()?;
            Ok(Some(SpaceSong { song, edges, models, change: change.unwrap_or_default() }))
        })
    }
}

fn stamp(db: &Connection) -> Outcome<Option<i64>> {
    Ok(db.prepare_cached("SELECT stamp FROM space_head")?.query_row([], |row| row.get(0)).optional()?)
}

fn write_pieces(db: &Transaction<'_>, pieces: impl Iterator<Item = SpacePiece>) -> Outcome<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO space_pieces (piece, tracks, songs) VALUES (?1, ?2, ?3) \
         ON CONFLICT (piece) DO UPDATE SET tracks = excluded.tracks, songs = excluded.songs",
    )?;
    for SpacePiece { piece, tracks, songs } in pieces {
        insert.execute(params![piece, tracks, songs])?;
    }
    Ok(())
}
