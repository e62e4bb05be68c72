//! Artists' vectors: the means of their songs' vectors.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};

use crate::blob::encode_f32;
use crate::error::{Outcome, Result};
use crate::files::unsigned;
use crate::made::{ArtistVector, ProfileOf};
use crate::songs::floats;
use crate::store::Store;

/// Artists computed in one transaction: others may write in between.
const BATCH: usize = 64;
/// Where the store notes what the vectors were computed of.
const COMPUTED_OF: &str = "artists_vector";

impl Store {
    /// Brings the artists' vectors up to date: the mean of one kind of vector over the songs with a present file, for
    /// artists with at least `min_songs` songs that have one. Tells how many artists that are. Only the artists whose
    /// songs came, went, were heard anew or were given another artist are computed; all of them when `of` or `min_songs` is not what it
    /// was the last time. A song's artist is that of its first file's tags, else the album's artist. Where an artist's
    /// vectors differ in length those of the most frequent length count.
    ///
    /// # Errors
    ///
    /// `Locked`, `DiskFull`, `Damaged`. What was not computed by then is computed by the next call.
    pub fn update_artist_vectors(&self, min_songs: u32, of: ProfileOf<'_>) -> Result<u64> {
        self.write(|db| begin(db, min_songs, of))?;
        loop {
            let left = self.write(|db| {
                let changed: Vec<String> = db
                    .prepare_cached("SELECT artist_id FROM artists_changed ORDER BY artist_id LIMIT ?1")?
                    .query_map([BATCH as i64], |row| row.get(0))?
                    .collect::<rusqlite::Result<_>>()?;
                for artist_id in &changed {
                    compute(db, artist_id, min_songs, of)?;
                }
                Ok(changed.len() == BATCH)
            })?;
            if !left {
                break;
            }
        }
        self.read(|db| {
            let count =
                db.prepare_cached("SELECT count(*) FROM artists_vector")?.query_row([], |row| unsigned(row, 0))?;
            Ok(count)
        })
    }

    /// The artists' vectors as last computed, in the order of the artists.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn artist_vectors(&self) -> Result<Vec<ArtistVector>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT artist_id, feature_vector, song_count FROM artists_vector ORDER BY artist_id",
            )?;
            let mut rows = statement.query([])?;
            let mut artists = Vec::new();
            while let Some(row) = rows.next()? {
                let vector = floats(row, 1, "artists_vector.feature_vector")?;
                artists.push(ArtistVector { artist_id: row.get(0)?, vector, song_count: row.get(2)? });
            }
            Ok(artists)
        })
    }
}

/// Makes all artists due when the vectors are of something else.
fn begin(db: &Connection, min_songs: u32, of: ProfileOf<'_>) -> Outcome<()> {
    let wanted = match of {
        ProfileOf::Features => format!("{min_songs} features"),
        ProfileOf::Network(name) => format!("{min_songs} network {name}"),
    };
    let last: Option<String> = db
        .prepare_cached("SELECT value FROM states WHERE state_key = ?1")?
        .query_row([COMPUTED_OF], |row| row.get(0))
        .optional()?;
    if last.as_ref() != Some(&wanted) {
        db.execute("DELETE FROM artists_vector", [])?;
        db.execute(
            "INSERT INTO artists_changed (artist_id) SELECT DISTINCT artist_id FROM songs WHERE artist_id IS NOT NULL \
             ON CONFLICT DO NOTHING",
            [],
        )?;
        db.execute(
            "INSERT INTO states (state_key, value) VALUES (?1, ?2) \
             ON CONFLICT (state_key) DO UPDATE SET value = excluded.value",
            params![COMPUTED_OF, wanted],
        )?;
    }
    Ok(())
}

fn compute(db: &Connection, artist_id: &str, min_songs: u32, of: ProfileOf<'_>) -> Outcome<()> {
    const PRESENT: &str = "EXISTS (SELECT 1 FROM files f WHERE f.song_id = s.song_id AND f.present) ORDER BY s.song_id";
    let (sql, network, column) = match of {
        ProfileOf::Features => (
            format!(
                "SELECT s.feature_vector FROM songs s WHERE s.artist_id = ?1 AND s.feature_vector IS NOT NULL \
                 AND ?2 = '' AND {PRESENT}"
            ),
            "",
            "songs.feature_vector",
        ),
        ProfileOf::Network(name) => (
            format!(
                "SELECT e.mean FROM songs s JOIN song_embeddings e ON e.song_id = s.song_id AND e.model = ?2 \
                 WHERE s.artist_id = ?1 AND {PRESENT}"
            ),
            name,
            "song_embeddings.mean",
        ),
    };
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query([artist_id, network])?;
    let mut by_length: BTreeMap<usize, (u32, Vec<f64>)> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let vector = floats(row, 0, column)?;
        let (count, sums) = by_length.entry(vector.len()).or_insert_with(|| (0, vec![0.0; vector.len()]));
        *count += 1;
        for (sum, value) in sums.iter_mut().zip(&vector) {
            *sum += f64::from(*value);
        }
    }
    drop(rows);
    db.prepare_cached("DELETE FROM artists_vector WHERE artist_id = ?1")?.execute([artist_id])?;
    if let Some((count, sums)) = by_length.into_values().max_by_key(|(count, _)| *count)
        && count >= min_songs
    {
        let mean: Vec<f32> = sums.iter().map(|sum| (sum / f64::from(count)) as f32).collect();
        db.prepare_cached("INSERT INTO artists_vector (artist_id, feature_vector, song_count) VALUES (?1, ?2, ?3)")?
            .execute(params![artist_id, encode_f32(&mean), count])?;
    }
    db.prepare_cached("DELETE FROM artists_changed WHERE artist_id = ?1")?.execute([artist_id])?;
    Ok(())
}
