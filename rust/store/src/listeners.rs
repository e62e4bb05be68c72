//! What listeners think of songs, and what they have played. Private: everything is kept by listener and goes with them.

use std::collections::BTreeMap;

use rusqlite::params;

use crate::analyses::song_exists;
use crate::error::{Error, Result};
use crate::files::{unsigned, valid_id};
use crate::store::Store;

/// What a listener thinks of a song.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListenerSong {
    /// Content key of the song.
    pub song_id: String,
    /// How often it was played.
    pub plays: u32,
    /// Whether it is a favourite.
    pub favourite: bool,
    /// Whether it was marked as disliked.
    pub disliked: bool,
    /// When it was played last, seconds since 1970; 0: never.
    pub last_played: i64,
}

impl ListenerSong {
    /// Says something.
    fn is_opinion(&self) -> bool {
        self.plays > 0 || self.favourite || self.disliked || self.last_played > 0
    }
}

/// A song that was played.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PlayRecord {
    /// Content key of the song.
    pub song_id: String,
    /// When it ended, seconds since 1970.
    pub at: i64,
    /// Seconds that were heard.
    pub played_s: f32,
    /// Whether the listener went on to another before it was over.
    pub skipped: bool,
}

impl Store {
    /// Takes in what a listener thinks of songs, in one transaction. With `whole` that is all there is, and what is not
    /// named is forgotten; else the other songs stay as they are. A record that says nothing takes the song's away.
    /// Where a song comes more than once (several library items can hold one song), plays are added up and the rest is
    /// joined. Songs that are not known are passed over. Tells of how many songs there is an opinion then.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a malformed listener or key; `Locked`, `DiskFull`, `Damaged`. All stays as it was then.
    pub fn set_listener_songs(&self, listener: &str, songs: &[ListenerSong], whole: bool) -> Result<u64> {
        let listener = valid_listener(listener)?;
        let mut joined: BTreeMap<String, ListenerSong> = BTreeMap::new();
        for song in songs {
            let song_id = valid_id(&song.song_id, "a content key")?;
            let slot = joined.entry(song_id.clone()).or_default();
            *slot = ListenerSong {
                song_id,
                plays: slot.plays.saturating_add(song.plays),
                favourite: slot.favourite || song.favourite,
                disliked: slot.disliked || song.disliked,
                last_played: slot.last_played.max(song.last_played),
            };
        }
        self.write(|db| {
            if whole {
                db.prepare_cached("DELETE FROM listener_songs WHERE listener = ?1")?.execute([&listener])?;
            }
            let mut put = db.prepare_cached(
                "INSERT INTO listener_songs (listener, song_id, plays, favourite, disliked, last_played) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (listener, song_id) DO UPDATE SET \
                 plays = excluded.plays, favourite = excluded.favourite, disliked = excluded.disliked, \
                 last_played = excluded.last_played",
            )?;
            let mut drop = db.prepare_cached("DELETE FROM listener_songs WHERE listener = ?1 AND song_id = ?2")?;
            for song in joined.values() {
                if !song.is_opinion() {
                    drop.execute([&listener, &song.song_id])?;
                } else if song_exists(db, &song.song_id)? {
                    put.execute(params![
                        listener,
                        song.song_id,
                        song.plays,
                        song.favourite,
                        song.disliked,
                        song.last_played.max(0)
                    ])?;
                }
            }
            let count = db
                .prepare_cached("SELECT count(*) FROM listener_songs WHERE listener = ?1")?
                .query_row([&listener], |row| unsigned(row, 0))?;
            Ok(count)
        })
    }

    /// What a listener thinks of songs, in the order of the content keys.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a malformed listener; `Locked`, `Damaged`.
    pub fn listener_songs(&self, listener: &str) -> Result<Vec<ListenerSong>> {
        let listener = valid_listener(listener)?;
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT song_id, plays, favourite, disliked, last_played FROM listener_songs WHERE listener = ?1 \
                 ORDER BY song_id",
            )?;
            let songs = statement.query_map([&listener], |row| {
                Ok(ListenerSong {
                    song_id: row.get(0)?,
                    plays: row.get(1)?,
                    favourite: row.get(2)?,
                    disliked: row.get(3)?,
                    last_played: row.get(4)?,
                })
            })?;
            Ok(songs.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Writes down what a listener played. A play that is there already (same song, same time) is not written twice, and
    /// songs that are not known are passed over. Tells how many of the plays are of known songs.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a malformed listener or key or a time before 1970, [`Error::NotFinite`]; `Locked`, `DiskFull`,
    /// `Damaged`. Nothing is written then.
    pub fn add_plays(&self, listener: &str, plays: &[PlayRecord]) -> Result<u64> {
        let listener = valid_listener(listener)?;
        let mut valid = Vec::with_capacity(plays.len());
        for play in plays {
            if !play.played_s.is_finite() {
                return Err(Error::NotFinite { what: "the time that was played".to_owned() });
            }
            if play.at < 0 {
                return Err(Error::Invalid { what: "a song was played before 1970".to_owned() });
            }
            valid.push((valid_id(&play.song_id, "a content key")?, play));
        }
        self.write(|db| {
            let mut insert = db.prepare_cached(
                "INSERT OR IGNORE INTO play_log (listener, at, song_id, played_s, skipped) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            let mut known = 0;
            for (song_id, play) in &valid {
                if song_exists(db, song_id)? {
                    insert.execute(params![listener, play.at, song_id, f64::from(play.played_s), play.skipped])?;
                    known += 1;
                }
            }
            Ok(known)
        })
    }

    /// What a listener played at `since` or later, the oldest first.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a malformed listener; `Locked`, `Damaged`.
    pub fn plays(&self, listener: &str, since: i64) -> Result<Vec<PlayRecord>> {
        let listener = valid_listener(listener)?;
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT song_id, at, played_s, skipped FROM play_log WHERE listener = ?1 AND at >= ?2 \
                 ORDER BY at, song_id",
            )?;
            let plays = statement.query_map(params![listener, since], |row| {
                Ok(PlayRecord { song_id: row.get(0)?, at: row.get(1)?, played_s: row.get(2)?, skipped: row.get(3)? })
            })?;
            Ok(plays.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Forgets what was played before a time (seconds since 1970), by all. Tells how many plays that were.
    ///
    /// # Errors
    ///
    /// `Locked`, `DiskFull`, `Damaged`.
    pub fn forget_plays(&self, before: i64) -> Result<u64> {
        self.write(|db| {
            let gone = db.prepare_cached("DELETE FROM play_log WHERE at < ?1")?.execute([before])?;
            Ok(gone as u64)
        })
    }

    /// Forgets everything about a listener: opinions, plays and lists. `false` when there was nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a malformed listener; `Locked`, `DiskFull`, `Damaged`.
    pub fn forget_listener(&self, listener: &str) -> Result<bool> {
        let listener = valid_listener(listener)?;
        self.write(|db| {
            let mut gone = 0;
            for sql in [
                "DELETE FROM listener_songs WHERE listener = ?1",
                "DELETE FROM play_log WHERE listener = ?1",
                "DELETE FROM personal_lists WHERE listener = ?1",
            ] {
                gone += db.prepare_cached(sql)?.execute([&listener])?;
            }
            Ok(gone > 0)
        })
    }
}

/// A listener's id as it is stored.
pub(crate) fn valid_listener(listener: &str) -> Result<String> {
    valid_id(listener, "a listener's id")
}
