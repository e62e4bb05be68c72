//! Where songs lie on the map, and what its regions are called.

use rusqlite::{Connection, params};

use crate::blob::finite;
use crate::error::{Outcome, Result};
use crate::files::valid_id;
use crate::store::Store;

/// A song's place on the map.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MapPointRecord {
    /// Content key of the song.
    pub song_id: String,
    /// Where it lies.
    pub place: [f32; 2],
    /// Its region, an index of the names; `None` for none.
    pub region: Option<u32>,
}

impl Store {
    /// Replaces the map by this one, in one transaction. Songs that are not known are passed over; one that comes twice has
    /// its first place.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`](crate::Error::Invalid) for a malformed key, [`Error::NotFinite`](crate::Error::NotFinite) for a place that is none; `Locked`, `DiskFull`,
    /// `Damaged`. The old map stays then.
    pub fn replace_map(&self, points: &[MapPointRecord], regions: &[String]) -> Result<()> {
        self.write(|db| {
            db.execute("DELETE FROM map_points", [])?;
            db.execute("DELETE FROM map_regions", [])?;
            let mut insert = db.prepare_cached("INSERT INTO map_regions (region, name) VALUES (?1, ?2)")?;
            for (region, name) in regions.iter().enumerate() {
                insert.execute(params![region as i64, name])?;
            }
            add(db, points)
        })
    }

    /// Adds songs to the map; those that are there stay where they are.
    ///
    /// # Errors
    ///
    /// As [`Store::replace_map`].
    pub fn add_map_points(&self, points: &[MapPointRecord]) -> Result<()> {
        self.write(|db| add(db, points))
    }

    /// All places of the map, in the order of the content keys.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn for_each_map_point(&self, mut each: impl FnMut(String, [f32; 2], Option<u32>)) -> Result<()> {
        self.read(|db| {
            let mut statement = db.prepare_cached("SELECT song_id, x, y, region FROM map_points ORDER BY song_id")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let place = [row.get::<_, f64>(1)? as f32, row.get::<_, f64>(2)? as f32];
                each(row.get(0)?, place, row.get(3)?);
            }
            Ok(())
        })
    }

    /// What the regions of the map are called.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn map_regions(&self) -> Result<Vec<String>> {
        self.read(|db| {
            let mut statement = db.prepare_cached("SELECT name FROM map_regions ORDER BY region")?;
            let names = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            Ok(names)
        })
    }
}

fn add(db: &Connection, points: &[MapPointRecord]) -> Outcome<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO map_points (song_id, x, y, region) SELECT ?1, ?2, ?3, ?4 \
         WHERE EXISTS (SELECT 1 FROM songs WHERE song_id = ?1) ON CONFLICT DO NOTHING",
    )?;
    // In the order of the keys, which is that of the table: at random each row would touch other pages.
    let mut sorted = Vec::with_capacity(points.len());
    for point in points {
        finite(&point.place, || format!("the place of song {} on the map", point.song_id))?;
        sorted.push((valid_id(&point.song_id, "a content key")?, point));
    }
    sorted.sort_by(|one, other| one.0.cmp(&other.0));
    for (song_id, point) in sorted {
        insert.execute(params![song_id, f64::from(point.place[0]), f64::from(point.place[1]), point.region])?;
    }
    Ok(())
}
