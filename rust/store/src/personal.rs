//! Lists that are made for one listener and keep their key while their songs move on.

use std::collections::HashSet;

use rusqlite::{Connection, params};

use crate::error::{Error, Outcome, Result};
use crate::files::valid_id;
use crate::listeners::valid_listener;
use crate::store::{Store, now};

/// A list of one listener's.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PersonalListRecord {
    /// Stable; of nobody else's list.
    pub key: String,
    /// What kind of list it is, in the caller's word.
    pub kind: String,
    /// Which of several of its kind.
    pub slot: u32,
    /// Name.
    pub name: String,
    /// What it holds, in a sentence.
    pub description: String,
    /// When it was made last, seconds since 1970.
    pub made_at: i64,
    /// Content keys and why each is there, in order.
    pub songs: Vec<(String, String)>,
}

impl Store {
    /// Makes these a listener's lists of the named kinds, in one transaction: known keys are updated in place, new ones
    /// added, and what is of these kinds and not named is removed. Lists of other kinds, and other listeners', stay.
    /// `made_at` becomes the present. Songs that are not known are passed over.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a malformed listener or key, an empty key, one that comes twice or is another listener's, a
    /// kind that is not among `kinds` or a slot that comes twice; `Locked`, `DiskFull`, `Damaged`.
    /// All stays as it was then.
    pub fn save_personal_lists(&self, listener: &str, kinds: &[&str], lists: &[PersonalListRecord]) -> Result<()> {
        let listener = valid_listener(listener)?;
        let (mut keys, mut slots) = (HashSet::new(), HashSet::new());
        for list in lists {
            let what = if list.key.is_empty() {
                "the key of a list is empty"
            } else if !kinds.contains(&list.kind.as_str()) {
                "a list is of a kind that is not made now"
            } else if !keys.insert(list.key.as_str()) || !slots.insert((list.kind.as_str(), list.slot)) {
                "the key or place of a list is there twice"
            } else {
                continue;
            };
            return Err(Error::Invalid { what: what.to_owned() });
        }
        self.write(|db| {
            // Out of the way first: two lists may have changed places.
            for kind in kinds {
                let mut named =
                    db.prepare_cached("SELECT list_key FROM personal_lists WHERE listener = ?1 AND kind = ?2")?;
                let known: Vec<String> =
                    named.query_map([listener.as_str(), kind], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
                for key in known {
                    remove(db, &key)?;
                }
            }
            for list in lists {
                insert(db, &listener, list)?;
            }
            Ok(())
        })
    }

    /// A listener's lists, by kind and slot.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a malformed listener; `Locked`, `Damaged`.
    pub fn personal_lists(&self, listener: &str) -> Result<Vec<PersonalListRecord>> {
        let listener = valid_listener(listener)?;
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT list_key, kind, slot, name, description, made_at FROM personal_lists \
                 WHERE listener = ?1 ORDER BY kind, slot",
            )?;
            let mut songs =
                db.prepare_cached("SELECT song_id, reason FROM personal_songs WHERE list_key = ?1 ORDER BY position")?;
            let mut rows = statement.query([&listener])?;
            let mut lists = Vec::new();
            while let Some(row) = rows.next()? {
                let key: String = row.get(0)?;
                lists.push(PersonalListRecord {
                    songs: songs
                        .query_map([&key], |row| Ok((row.get(0)?, row.get(1)?)))?
                        .collect::<rusqlite::Result<_>>()?,
                    key,
                    kind: row.get(1)?,
                    slot: row.get(2)?,
                    name: row.get(3)?,
                    description: row.get(4)?,
                    made_at: row.get(5)?,
                });
            }
            Ok(lists)
        })
    }
}

/// Its songs go with it.
fn remove(db: &Connection, key: &str) -> Outcome<()> {
    db.prepare_cached("DELETE FROM personal_lists WHERE list_key = ?1")?.execute([key])?;
    Ok(())
}

fn insert(db: &Connection, listener: &str, list: &PersonalListRecord) -> Outcome<()> {
    let taken: bool = db
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM personal_lists WHERE list_key = ?1)")?
        .query_row([&list.key], |row| row.get(0))?;
    if taken {
        return Err(Error::Invalid { what: "the key of a list is another list's".to_owned() }.into());
    }
    db.prepare_cached(
        "INSERT INTO personal_lists (list_key, listener, kind, slot, name, description, made_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![list.key, listener, list.kind, list.slot, list.name, list.description, now()])?;
    let mut put = db.prepare_cached(
        "INSERT INTO personal_songs (list_key, position, song_id, reason) \
         SELECT ?1, ?2, song_id, ?4 FROM songs WHERE song_id = ?3",
    )?;
    for (position, (song_id, reason)) in (0_i64..).zip(&list.songs) {
        put.execute(params![list.key, position, valid_id(song_id, "a content key")?, reason])?;
    }
    Ok(())
}
