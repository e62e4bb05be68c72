//! Opening a database: whose is it, is it sound, which journal can it have.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, ffi};

use crate::error::{Error, Outcome, Result};
use crate::schema::{self, Header};

/// Up to this size every opening checks the whole database (0.05 s from the cache, else as long as reading it takes).
/// A larger one is checked after damage was met in use.
const ALWAYS_CHECKED: u64 = 64 << 20;

/// What [`Store::open`](crate::Store::open) found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// Nothing: a new database was made.
    Created,
    /// A database of today's schema.
    Existing,
    /// A database of an older schema, now of today's.
    Migrated {
        /// The schema version it had.
        from: u32,
    },
    /// A damaged database. It was moved, with its journal, and a new one was made.
    DamagedSetAside {
        /// Where it lies now.
        kept: PathBuf,
    },
}

/// How connections are made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) busy_timeout: Duration,
    pub(crate) migrations: &'static [&'static str],
    /// SQLite's file system layer; `None` is the platform's own.
    pub(crate) vfs: Option<&'static str>,
}

impl Plan {
    fn connect(&self, path: &Path, access: OpenFlags) -> rusqlite::Result<Connection> {
        // No SQLITE_OPEN_URI: a file may be called `file:x?mode=memory`. No mutex: ours are around it.
        let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = match self.vfs {
            None => Connection::open_with_flags(path, flags),
            Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs),
        }?;
        connection.busy_timeout(self.busy_timeout)?;
        connection.set_prepared_statement_cache_capacity(64);
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        // A damaged page is noticed where it is read, not three pages further on.
        connection.pragma_update(None, "cell_size_check", true)?;
        Ok(connection)
    }

    /// A connection that only reads, beside a writer that is open.
    pub(crate) fn reader(&self, path: &Path) -> rusqlite::Result<Connection> {
        let connection = self.connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.pragma_update(None, "query_only", true)?;
        Ok(connection)
    }

    /// The writer, on a sound database of today's schema.
    pub(crate) fn open(&self, path: &Path) -> Result<(Connection, Opened)> {
        prepare_place(path)?;
        match self.try_open(path).map_err(|fault| fault.at(path)) {
            Err(Error::Damaged { detail, .. }) => {
                if !is_ours_to_move(path) {
                    return Err(Error::Foreign { path: path.to_path_buf() });
                }
                let kept = set_aside(path)?;
                tracing::warn!(path = %path.display(), kept = %kept.display(), detail, "damaged database set aside");
                let (connection, _) = self.try_open(path).map_err(|fault| fault.at(path))?;
                Ok((connection, Opened::DamagedSetAside { kept }))
            }
            other => other,
        }
    }

    fn try_open(&self, path: &Path) -> Outcome<(Connection, Opened)> {
        let journal_before = fs::metadata(with_suffix(path, "-wal")).is_ok_and(|journal| journal.len() > 0);
        let mut connection = self.connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        let header = match Header::read(&connection) {
            Err(error) if is_wal_refusal(&error) => {
                // In WAL mode, on a file system without shared memory: an exclusive lock does without.
                drop(connection);
                connection = self.connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
                set_locking(&connection, "EXCLUSIVE")?;
                Header::read(&connection)
            }
            other => other,
        }?;
        let newest = self.migrations.len() as u32;
        let refused = if !header.is_ours() {
            Some(Error::Foreign { path: path.to_path_buf() })
        } else if header.version > newest {
            Some(Error::NewerDatabase { path: path.to_path_buf(), found: header.version, supported: newest })
        } else {
            None
        };
        if let Some(error) = refused {
            // Closing would merge its journal into it, and it is to stay as it is.
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, journal_before)?;
            return Err(error.into());
        }
        self.check(&connection, path)?;
        set_journal(&connection)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
        let from = schema::migrate(&mut connection, self.migrations)?;
        let opened = match from {
            _ if header.is_blank() => Opened::Created,
            from if from < newest => Opened::Migrated { from },
            _ => Opened::Existing,
        };
        Ok((connection, opened))
    }

    /// The structure of the whole file where that is quick or there is a suspicion.
    fn check(&self, connection: &Connection, path: &Path) -> Outcome<()> {
        let suspicion = with_suffix(path, ".suspect");
        let suspected = suspicion.exists();
        if suspected || fs::metadata(path).is_ok_and(|file| file.len() <= ALWAYS_CHECKED) {
            let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
            if verdict != "ok" {
                return Err(Error::Damaged { path: path.to_path_buf(), detail: verdict }.into());
            }
        }
        if suspected {
            // Left there, the file costs a check at the next opening and nothing else.
            let _ = fs::remove_file(suspicion);
        }
        Ok(())
    }
}

/// Makes the next opening check the whole database.
pub(crate) fn suspect(path: &Path) {
    // Where this file cannot be written, the database cannot be set aside either.
    let _ = fs::write(with_suffix(path, ".suspect"), "");
}

fn prepare_place(path: &Path) -> Result<()> {
    if path.is_dir() {
        return Err(Error::IsFolder { path: path.to_path_buf() });
    }
    let Some(folder) = path.parent() else {
        return Ok(());
    };
    fs::create_dir_all(folder).map_err(|error| match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            Error::NotWritable { path: path.to_path_buf() }
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::DiskFull { path: path.to_path_buf() },
        _ => Error::CannotOpen { path: path.to_path_buf(), source: error.into() },
    })
}

/// Guards a person who names the wrong file: another program's database, or a file that has neither SQLite's first
/// bytes nor a database's name, is not ours to move. Only asked once SQLite has refused the file: reading it beside an
/// open connection would drop that connection's locks.
fn is_ours_to_move(path: &Path) -> bool {
    const APPLICATION_ID_AT: usize = 68;
    let mut header = [0; APPLICATION_ID_AT + 4];
    let read = fs::File::open(path).and_then(|mut file| io::Read::read_exact(&mut file, &mut header));
    if read.is_ok() && header.starts_with(b"SQLite format 3\0") {
        return header.ends_with(&schema::APPLICATION_ID.to_be_bytes());
    }
    path.extension().is_some_and(|end| ["db", "sqlite", "sqlite3"].iter().any(|name| end.eq_ignore_ascii_case(name)))
}

/// Moves a database and its journals to `<name>.damaged-<time>`.
fn set_aside(path: &Path) -> Result<PathBuf> {
    let failed = |source| Error::CannotSetAside { path: path.to_path_buf(), source };
    let time: String = Connection::open_in_memory()
        .and_then(|clock| clock.query_row("SELECT strftime('%Y%m%dT%H%M%SZ', 'now')", [], |row| row.get(0)))
        .map_err(|error| failed(io::Error::other(error)))?;
    let kept = (0..)
        .map(|count| match count {
            0 => with_suffix(path, &format!(".damaged-{time}")),
            _ => with_suffix(path, &format!(".damaged-{time}-{count}")),
        })
        .find(|place| !place.exists())
        .unwrap_or_else(|| with_suffix(path, ".damaged"));
    fs::rename(path, &kept).map_err(failed)?;
    for journal in ["-wal", "-shm", "-journal"] {
        match fs::rename(with_suffix(path, journal), with_suffix(&kept, journal)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
    }
    let _ = fs::remove_file(with_suffix(path, ".suspect"));
    Ok(kept)
}

pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// WAL, or what else the file system permits.
fn set_journal(connection: &Connection) -> rusqlite::Result<()> {
    let wal = set_journal_mode(connection, "WAL").and_then(|mode| {
        // The first read in WAL mode is what needs shared memory.
        Header::read(connection)?;
        Ok(mode)
    });
    match wal {
        Ok(mode) if mode.eq_ignore_ascii_case("wal") && !is_exclusive(connection)? => {
            connection.pragma_update(None, "synchronous", "NORMAL")?;
        }
        Err(error) if !is_wal_refusal(&error) => return Err(error),
        _ => {
            set_locking(connection, "EXCLUSIVE")?;
            set_journal_mode(connection, "DELETE")?;
            set_locking(connection, "NORMAL")?;
            // The lock is let go by the first read after the change.
            Header::read(connection)?;
            // Without WAL, NORMAL could lose the database to a power failure.
            connection.pragma_update(None, "synchronous", "FULL")?;
            tracing::info!("the file system refuses WAL: using a rollback journal");
        }
    }
    Ok(())
}

fn set_journal_mode(connection: &Connection, mode: &str) -> rusqlite::Result<String> {
    connection.pragma_update_and_check(None, "journal_mode", mode, |row| row.get(0))
}

fn set_locking(connection: &Connection, mode: &str) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "locking_mode", mode, |_| Ok(()))
}

fn is_exclusive(connection: &Connection) -> rusqlite::Result<bool> {
    connection.pragma_query_value(None, "locking_mode", |row| row.get::<_, String>(0)).map(|mode| mode == "exclusive")
}

/// The ways in which a file system shows that it cannot share memory.
fn is_wal_refusal(error: &rusqlite::Error) -> bool {
    let Some(error) = error.sqlite_error() else {
        return false;
    };
    error.code == ErrorCode::CannotOpen
        || [ffi::SQLITE_IOERR_SHMOPEN, ffi::SQLITE_IOERR_SHMSIZE, ffi::SQLITE_IOERR_SHMLOCK, ffi::SQLITE_IOERR_SHMMAP]
            .contains(&error.extended_code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    const PLAN: Plan = Plan { busy_timeout: Duration::from_millis(200), migrations: schema::MIGRATIONS, vfs: None };
    /// As a build of schema 1 opened it.
    const FIRST: Plan = Plan { migrations: &[schema::MIGRATIONS[0]], ..PLAN };

    #[test]
    fn an_older_database_is_migrated_and_keeps_its_rows() {
        const NEXT: &[&str] = &[schema::MIGRATIONS[0], "ALTER TABLE songs ADD COLUMN mood TEXT"];
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("segue.db");
        let (store, opened) = Store::open_by(&path, FIRST).unwrap();
        assert_eq!(opened, Opened::Created);
        store.set_setting("colour", Some("blue")).unwrap();
        store.close().unwrap();

        let (store, opened) = Store::open_by(&path, Plan { migrations: NEXT, ..FIRST }).unwrap();
        assert_eq!(opened, Opened::Migrated { from: 1 });
        assert_eq!(store.setting("colour").unwrap().as_deref(), Some("blue"));
        store.close().unwrap();

        let error = Store::open_by(&path, FIRST).unwrap_err();
        assert!(matches!(error, Error::NewerDatabase { found: 2, supported: 1, .. }), "{error}");
    }

    #[test]
    fn a_failing_migration_leaves_an_older_database_usable() {
        const BROKEN: &[&str] = &[schema::MIGRATIONS[0], "ALTER TABLE songs ADD COLUMN mood TEXT; nonsense"];
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("segue.db");
        Store::open_by(&path, FIRST).unwrap().0.close().unwrap();
        let error = Store::open_by(&path, Plan { migrations: BROKEN, ..FIRST }).unwrap_err();
        assert!(matches!(error, Error::Database { .. }), "{error}");
        assert_eq!(Store::open_by(&path, FIRST).unwrap().1, Opened::Existing);
    }

    /// `unix-dotfile` is a file system layer without shared memory, as a network share is.
    #[cfg(unix)]
    #[test]
    fn without_shared_memory_a_rollback_journal_serves() {
        let share = Plan { vfs: Some("unix-dotfile"), ..PLAN };
        let folder = tempfile::tempdir().unwrap();
        let journal = |path: &Path| {
            let connection = Connection::open(path).unwrap();
            connection.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0)).unwrap()
        };

        let fresh = folder.path().join("fresh.db");
        let (store, opened) = Store::open_by(&fresh, share).unwrap();
        assert_eq!(opened, Opened::Created);
        store.set_setting("colour", Some("blue")).unwrap();
        assert_eq!(store.setting("colour").unwrap().as_deref(), Some("blue"));
        store.set_setting("colour", Some("green")).unwrap();
        store.checkpoint().unwrap();
        store.close().unwrap();
        assert_eq!(journal(&fresh), "delete");

        // One that was made elsewhere, in WAL mode, and then moved to the share.
        let moved = folder.path().join("moved.db");
        let (store, _) = Store::open_by(&moved, PLAN).unwrap();
        store.set_setting("colour", Some("red")).unwrap();
        store.close().unwrap();
        assert_eq!(journal(&moved), "wal");
        let (store, opened) = Store::open_by(&moved, share).unwrap();
        assert_eq!(opened, Opened::Existing);
        assert_eq!(store.setting("colour").unwrap().as_deref(), Some("red"));
        store.set_setting("colour", None).unwrap();
        assert_eq!(store.setting("colour").unwrap(), None);
        store.close().unwrap();
        assert_eq!(journal(&moved), "delete");
    }
}
