//! What was measured of films, and how often services were asked.

use std::path::Path;

use rusqlite::{OptionalExtension, params};

use crate::error::{Error, Result};
use crate::path::PathParam;
use crate::store::{Store, now};

/// Films whose measures are kept: the last ones that were measured.
const FILMS_KEPT: i64 = 1000;
/// Longest measures of a film, in bytes.
const LONGEST_MEASURES: usize = 1 << 20;
/// Days after which it is forgotten how often a service was asked.
const DAYS_KEPT: i64 = 31;

impl Store {
    /// What this version measured of a film, as [`Store::keep_film_measures`] was given it; `None` where the file has changed since.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn film_measures(&self, path: &Path, size: u64, modified_ns: i64, version: &str) -> Result<Option<String>> {
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        self.read(|db| {
            let measures = db
                .prepare_cached(
                    "SELECT measures FROM films WHERE path = ?1 AND size = ?2 AND modified_ns = ?3 AND version = ?4",
                )?
                .query_row(params![PathParam(path), size, modified_ns, version], |row| row.get(0))
                .optional()?;
            Ok(measures)
        })
    }

    /// Keeps what was measured of a film, as JSON, in place of what was kept of it. Of the last 1,000 films that were measured it is kept.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for an empty path and for more than a megabyte; `Locked`, `DiskFull`, `Damaged`.
    pub fn keep_film_measures(
        &self,
        path: &Path,
        size: u64,
        modified_ns: i64,
        version: &str,
        measures: &str,
    ) -> Result<()> {
        if path.as_os_str().is_empty() {
            return Err(Error::Invalid { what: "a film without a path".to_owned() });
        }
        if measures.len() > LONGEST_MEASURES {
            return Err(Error::Invalid { what: format!("{} bytes measured of one film", measures.len()) });
        }
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        self.write(|db| {
            db.execute(
                "INSERT OR REPLACE INTO films (path, size, modified_ns, version, measures, measured_at) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![PathParam(path), size, modified_ns, version, measures, now()],
            )?;
            db.execute(
                "DELETE FROM films WHERE path IN (SELECT path FROM films WHERE path <> ?1 \
                 ORDER BY measured_at DESC, path LIMIT -1 OFFSET ?2)",
                params![PathParam(path), FILMS_KEPT - 1],
            )?;
            Ok(())
        })
    }

    /// Counts a call of a service on a day, in days since 1970, unless it has been called `most` times on it already. Answers whether it
    /// may be called.
    ///
    /// # Errors
    ///
    /// `Locked`, `DiskFull`, `Damaged`.
    pub fn count_service_call(&self, day: i64, service: &str, most: u32) -> Result<bool> {
        self.write(|db| {
            let calls: i64 = db
                .prepare_cached("SELECT calls FROM service_calls WHERE day = ?1 AND service = ?2")?
                .query_row(params![day, service], |row| row.get(0))
                .optional()?
                .unwrap_or_default();
            if calls >= i64::from(most) {
                return Ok(false);
            }
            db.execute(
                "INSERT INTO service_calls (day, service, calls) VALUES (?1, ?2, 1) \
                 ON CONFLICT (day, service) DO UPDATE SET calls = calls + 1",
                params![day, service],
            )?;
            db.execute("DELETE FROM service_calls WHERE day < ?1", [day.saturating_sub(DAYS_KEPT)])?;
            Ok(true)
        })
    }

    /// Takes back calls that were counted and not made.
    ///
    /// # Errors
    ///
    /// `Locked`, `DiskFull`, `Damaged`.
    pub fn uncount_service_calls(&self, day: i64, service: &str, calls: u32) -> Result<()> {
        self.write(|db| {
            db.execute(
                "UPDATE service_calls SET calls = max(0, calls - ?3) WHERE day = ?1 AND service = ?2",
                params![day, service, calls],
            )?;
            Ok(())
        })
    }

    /// How often a service was called on a day.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn service_calls(&self, day: i64, service: &str) -> Result<u64> {
        self.read(|db| {
            let calls: Option<i64> = db
                .prepare_cached("SELECT calls FROM service_calls WHERE day = ?1 AND service = ?2")?
                .query_row(params![day, service], |row| row.get(0))
                .optional()?;
            Ok(calls.unwrap_or_default().unsigned_abs())
        })
    }
}
