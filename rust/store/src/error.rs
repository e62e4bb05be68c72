use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// What can go wrong in the store. Each message tells a person what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database was written by a newer version. It was left exactly as it was.
    #[error(
        "{} was made by a newer Segue (schema {found}, this one knows {supported}): update Segue, or name another store",
        path.display()
    )]
    NewerDatabase {
        /// The database.
        path: PathBuf,
        /// Its schema version.
        found: u32,
        /// The newest schema this build knows.
        supported: u32,
    },
    /// The file belongs to another program. It was left exactly as it was.
    #[error("{} is not a Segue database: name another file for the store", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// Another connection held the database longer than the time-out.
    #[error("{} is in use by another program: wait until it has finished, or end it", path.display())]
    Locked {
        /// The database.
        path: PathBuf,
    },
    /// The database turned out to be damaged while in use. The next [`Store::open`](crate::Store::open) checks it and,
    /// where that finds damage, sets it aside and starts a new one.
    #[error("{} is damaged ({detail}): restart, and it is checked and, if need be, set aside for a new one", path.display())]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What SQLite says.
        detail: String,
    },
    /// A damaged database could not be moved out of the way.
    #[error("{} is damaged and could not be set aside: move it elsewhere by hand", path.display())]
    CannotSetAside {
        /// The database.
        path: PathBuf,
        /// Why the move failed.
        source: io::Error,
    },
    /// No room left. Nothing of the call was stored.
    #[error("the disk that holds {} is full: free some space, then try again", path.display())]
    DiskFull {
        /// The database.
        path: PathBuf,
    },
    /// The database or its folder may not be written.
    #[error("{} cannot be written: give this user write access to the file and its folder", path.display())]
    NotWritable {
        /// The database.
        path: PathBuf,
    },
    /// There is a folder where the database should be.
    #[error("{} is a folder: name a file in it for the store", path.display())]
    IsFolder {
        /// The folder.
        path: PathBuf,
    },
    /// The database or its folder could not be made or opened.
    #[error("{} cannot be opened: check that its folder can be reached and written", path.display())]
    CannotOpen {
        /// The database.
        path: PathBuf,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A number is NaN or infinite. Nothing of the call was stored.
    #[error("{what} is not a finite number: nothing was stored")]
    NotFinite {
        /// Which number.
        what: String,
    },
    /// A value that the store does not take. Nothing of the call was stored.
    #[error("{what}: nothing was stored")]
    Invalid {
        /// What and why.
        what: String,
    },
    /// No song has this content key.
    #[error("no song with the content key {song_id} is known: analyse its file first")]
    UnknownSong {
        /// The key asked for.
        song_id: String,
    },
    /// No file has this number.
    #[error("no file numbered {file_id} is known: scan or sync first")]
    UnknownFile {
        /// The number asked for.
        file_id: i64,
    },
    /// Anything else that SQLite reports.
    #[error("the database {} reported an error", path.display())]
    Database {
        /// The database.
        path: PathBuf,
        /// What SQLite says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Result of this room.
pub type Result<T> = std::result::Result<T, Error>;

/// What the inside works with: SQLite's errors do not know the path, so they become [`Error`]s at the edge.
#[derive(Debug)]
pub(crate) enum Fault {
    Sql(rusqlite::Error),
    Own(Error),
}

pub(crate) type Outcome<T> = std::result::Result<T, Fault>;

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Own(error)
    }
}

impl Fault {
    /// A stored value that cannot be what this program wrote.
    pub(crate) fn unreadable(column: &'static str) -> Self {
        Self::Sql(rusqlite::Error::FromSqlConversionFailure(
            0,
            rusqlite::types::Type::Blob,
            format!("unreadable value in {column}").into(),
        ))
    }

    /// The error as callers see it.
    pub(crate) fn at(self, path: &Path) -> Error {
        let error = match self {
            Self::Own(error) => return error,
            Self::Sql(error) => error,
        };
        let path = path.to_path_buf();
        match &error {
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::Utf8Error(..) => return Error::Damaged { path, detail: error.to_string() },
            _ => {}
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Locked { path },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Error::Damaged { path, detail: error.to_string() }
            }
            Some(ErrorCode::DiskFull) => Error::DiskFull { path },
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Error::NotWritable { path },
            Some(ErrorCode::CannotOpen) => Error::CannotOpen { path, source: error.into() },
            _ => Error::Database { path, source: error.into() },
        }
    }
}
