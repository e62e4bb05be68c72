//! Runs and their reports, and what a long piece of work has reached.

use rusqlite::{OptionalExtension, params};

use crate::error::Result;
use crate::made::RunRecord;
use crate::store::{Store, now};

/// Runs kept of each kind.
const RUNS_KEPT: i64 = 100;

impl Store {
    /// Begins a run and gives its number. The oldest beyond 100 of this kind are forgotten.
    ///
    /// # Errors
    ///
    /// `Locked`, `DiskFull`, `Damaged`.
    pub fn begin_run(&self, kind: &str) -> Result<i64> {
        self.write(|db| {
            db.execute("INSERT INTO runs (kind, began_at) VALUES (?1, ?2)", params![kind, now()])?;
            let run_id = db.last_insert_rowid();
            db.execute(
                "DELETE FROM runs WHERE kind = ?1 AND run_id <= (SELECT run_id FROM runs WHERE kind = ?1 \
                 ORDER BY run_id DESC LIMIT 1 OFFSET ?2)",
                params![kind, RUNS_KEPT],
            )?;
            Ok(run_id)
        })
    }

    /// Notes how a run ended; `false` when there is none of this number.
    ///
    /// # Errors
    ///
    /// `Locked`, `DiskFull`, `Damaged`.
    pub fn finish_run(&self, run_id: i64, outcome: &str, report: &str) -> Result<bool> {
        self.write(|db| {
            let changed = db.execute(
                "UPDATE runs SET finished_at = ?2, outcome = ?3, report = ?4 WHERE run_id = ?1",
                params![run_id, now(), outcome, report],
            )?;
            Ok(changed > 0)
        })
    }

    /// The last runs of a kind, `count` at most, the newest first.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn runs(&self, kind: &str, count: usize) -> Result<Vec<RunRecord>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT run_id, kind, began_at, finished_at, outcome, report FROM runs WHERE kind = ?1 \
                 ORDER BY run_id DESC LIMIT ?2",
            )?;
            let rows = statement.query_map(params![kind, i64::try_from(count).unwrap_or(i64::MAX)], |row| {
                Ok(RunRecord {
                    run_id: row.get(0)?,
                    kind: row.get(1)?,
                    began_at: row.get(2)?,
                    finished_at: row.get(3)?,
                    outcome: row.get(4)?,
                    report: row.get(5)?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// What a piece of work has reached, as [`Store::set_state`] was given it.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn state(&self, key: &str) -> Result<Option<String>> {
        self.read(|db| {
            let value = db
                .prepare_cached("SELECT value FROM states WHERE state_key = ?1")?
                .query_row([key], |row| row.get(0))
                .optional()?;
            Ok(value)
        })
    }

    /// Keeps what a piece of work has reached, as text of any size; `None` forgets it.
    ///
    /// # Errors
    ///
    /// `Locked`, `DiskFull`, `Damaged`.
    pub fn set_state(&self, key: &str, value: Option<&str>) -> Result<()> {
        self.write(|db| {
            match value {
                Some(value) => db.execute(
                    "INSERT INTO states (state_key, value) VALUES (?1, ?2) \
                     ON CONFLICT (state_key) DO UPDATE SET value = excluded.value",
                    params![key, value],
                )?,
                None => db.execute("DELETE FROM states WHERE state_key = ?1", [key])?,
            };
            Ok(())
        })
    }
}
