use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::connect::{self, Opened, Plan};
use crate::error::{Error, Fault, Outcome, Result};
use crate::schema;

/// Readers kept open between calls.
const IDLE_READERS: usize = 4;

/// How a store is opened.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How long a call waits for another program's lock before it gives [`Error::Locked`].
    pub busy_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { busy_timeout: Duration::from_secs(10) }
    }
}

/// An open database. All calls may come from any thread.
///
/// Calls that hand rows to a closure (`for_each_…`) hold a read transaction until they return; the closure may call
/// the store's reading methods, not its writing ones: without WAL these would wait for each other.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    plan: Plan,
    /// Before the writer, because fields are dropped in this order and only the last connection to close, if it may
    /// write, moves the journal into the database file.
    readers: Mutex<Vec<Connection>>,
    writer: Mutex<Connection>,
}

impl Store {
    /// Opens the database at `path`; makes it, and its folder, when there is none.
    ///
    /// A damaged database is moved to `<name>.damaged-<time>` and a new one is made. Up to 64 MB the structure is
    /// checked at each opening, beyond that after damage was met in use.
    ///
    /// # Errors
    ///
    /// [`Error::NewerDatabase`] and [`Error::Foreign`] leave the
    /// file as it is, byte for byte; so does a file that is no database and not called `.db`, `.sqlite` or
    /// `.sqlite3`, which counts as foreign and not as damaged. Else `Locked`, `IsFolder`, `NotWritable`, `CannotOpen`,
    /// `DiskFull`, `CannotSetAside`.
    pub fn open(path: &Path) -> Result<(Self, Opened)> {
        Self::open_with(path, Options::default())
    }

    /// As [`Store::open`], with options.
    ///
    /// # Errors
    ///
    /// As [`Store::open`].
    pub fn open_with(path: &Path, options: Options) -> Result<(Self, Opened)> {
        let plan = Plan { busy_timeout: options.busy_timeout, migrations: schema::MIGRATIONS, vfs: None };
        Self::open_by(path, plan)
    }

    pub(crate) fn open_by(path: &Path, plan: Plan) -> Result<(Self, Opened)> {
        // Absolute: `:memory:` is a file's name here, and the working directory may change.
        let path = std::path::absolute(path)
            .map_err(|error| Error::CannotOpen { path: path.to_path_buf(), source: error.into() })?;
        let (writer, opened) = plan.open(&path)?;
        Ok((Self { path, plan, writer: Mutex::new(writer), readers: Mutex::default() }, opened))
    }

    /// Where the database lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Moves what the journal holds into the database file.
    ///
    /// # Errors
    ///
    /// `Locked`, `DiskFull`, `Damaged`.
    pub fn checkpoint(&self) -> Result<()> {
        let writer = lock(&self.writer);
        let checkpoint = writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        self.explain(checkpoint.map_err(Fault::from))
    }

    /// Closes the database; nothing but the one file remains when no other program has it open. Dropping the store
    /// closes it too, without a word when that fails.
    ///
    /// # Errors
    ///
    /// `Locked`, `DiskFull`, `Damaged`. What was stored is stored even so.
    pub fn close(self) -> Result<()> {
        lock(&self.readers).clear();
        let writer = self.writer.into_inner().unwrap_or_else(PoisonError::into_inner);
        writer.close().map_err(|(_, error)| Fault::from(error).at(&self.path))
    }

    /// Runs `work` in one transaction, all of it or nothing.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Outcome<T>) -> Result<T> {
        let mut writer = lock(&self.writer);
        let attempt = || -> Outcome<T> {
            let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&transaction)?;
            transaction.commit()?;
            Ok(value)
        };
        self.explain(attempt())
    }

    /// Runs `work` on a connection of its own, in one read transaction: it sees one state of the database.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> Outcome<T>) -> Result<T> {
        let idle = lock(&self.readers).pop();
        let attempt = || -> Outcome<T> {
            let mut reader = match idle {
                Some(reader) => reader,
                None => self.plan.reader(&self.path)?,
            };
            let transaction = reader.transaction()?;
            let value = work(&transaction)?;
            transaction.commit()?;
            let mut readers = lock(&self.readers);
            if readers.len() < IDLE_READERS {
                readers.push(reader);
            }
            Ok(value)
        };
        self.explain(attempt())
    }

    fn explain<T>(&self, outcome: Outcome<T>) -> Result<T> {
        outcome.map_err(|fault| {
            let error = fault.at(&self.path);
            if matches!(error, Error::Damaged { .. }) {
                connect::suspect(&self.path);
            }
            error
        })
    }
}

/// A panic elsewhere leaves these usable: a transaction rolls back as it unwinds.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Seconds since 1970.
pub(crate) fn now() -> i64 {
    let elapsed = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_reported_and_nothing_is_half_done() {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(&folder.path().join("segue.db")).unwrap();
        store.set_setting("before", Some("kept")).unwrap();
        // SQLite's own limit stands in for the disk's: it ends in the same error. It never goes below today's size.
        lock(&store.writer).pragma_update(None, "max_page_count", 1).unwrap();
        let long = "x".repeat(1 << 20);
        let error = store.set_setting("long", Some(&long)).unwrap_err();
        assert!(matches!(error, Error::DiskFull { .. }), "{error}");
        assert_eq!(store.setting("long").unwrap(), None);
        assert_eq!(store.setting("before").unwrap().as_deref(), Some("kept"));
    }

    #[test]
    fn a_panic_in_a_callers_closure_leaves_the_store_usable() {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(&folder.path().join("segue.db")).unwrap();
        let write = |store: &Store| {
            store.write::<()>(|db| {
                db.execute("INSERT INTO settings (key, value) VALUES ('half', 'done')", [])?;
                panic!("in the middle of a transaction")
            })
        };
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| write(&store)));
        assert!(caught.is_err());
        assert_eq!(store.setting("half").unwrap(), None);
        store.set_setting("half", Some("whole")).unwrap();
        assert_eq!(store.setting("half").unwrap().as_deref(), Some("whole"));
    }
}
