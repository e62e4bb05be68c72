//! How a call ended, and the one place where errors of the engine become that.

use std::error::Error as _;

use interoptopus::ffi;
use segue_engine::{Error, ErrorKind};

/// How a call ended.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Well.
    Ok,
    /// An argument makes no sense.
    InvalidArgument,
    /// No such track in the store.
    UnknownTrack,
    /// No playlist has such a key.
    UnknownPlaylist,
    /// The track is known, but not analysed yet.
    NotAnalysed,
    /// The database could not be read or written.
    Store,
    /// The database was written by a newer version, and was left as it is.
    NewerStore,
    /// Another process holds the database.
    StoreLocked,
    /// No room left on the device.
    DiskFull,
    /// The networks cannot be loaded or run.
    Models,
    /// A file or folder could not be read.
    Io,
    /// The same work, an analysis or the making of playlists, is already under way.
    Busy,
    /// The caller stopped it.
    Cancelled,
    /// The engine is closed, or was freed.
    Closed,
    /// Something that should not happen.
    Internal,
    /// A call came without an engine.
    NullHandle,
    /// A panic, stopped at the boundary.
    Panic,
}

impl From<ErrorKind> for Status {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::InvalidArgument => Self::InvalidArgument,
            ErrorKind::UnknownTrack => Self::UnknownTrack,
            ErrorKind::UnknownPlaylist => Self::UnknownPlaylist,
            ErrorKind::NotAnalysed => Self::NotAnalysed,
            ErrorKind::Store => Self::Store,
            ErrorKind::NewerStore => Self::NewerStore,
            ErrorKind::StoreLocked => Self::StoreLocked,
            ErrorKind::DiskFull => Self::DiskFull,
            ErrorKind::Models => Self::Models,
            ErrorKind::Io => Self::Io,
            ErrorKind::Busy => Self::Busy,
            ErrorKind::Cancelled => Self::Cancelled,
            ErrorKind::Closed => Self::Closed,
            ErrorKind::Internal => Self::Internal,
        }
    }
}

/// A failed call: the status that crosses the boundary, and the text that waits to be asked for.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: Status,
    pub(crate) text: String,
}

impl Failure {
    pub(crate) fn new(status: Status, text: impl Into<String>) -> Self {
        Self { status, text: text.into() }
    }

    /// The same failure, without a secret in its text.
    pub(crate) fn without(self, secret: &str) -> Self {
        if secret.is_empty() { self } else { Self { text: self.text.replace(secret, "…"), ..self } }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            // Most messages name their cause already.
            let said = error.to_string();
            if !text.contains(&said) {
                text.push_str(": ");
                text.push_str(&said);
            }
            cause = error.source();
        }
        Self::new(error.kind().into(), text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_keeps_its_kind_and_names_each_cause_once() {
        let missing = std::io::Error::new(std::io::ErrorKind::NotFound, "no such file");
        let failure = Failure::from(Error::Io { path: "song.ogg".into(), source: missing });
        assert_eq!(failure.status, Status::Io);
        assert_eq!(failure.text.matches("no such file").count(), 1, "{}", failure.text);
        assert!(failure.text.contains("song.ogg"), "{}", failure.text);
    }

    #[test]
    fn a_secret_is_taken_out_of_the_text() {
        let failure = Failure::new(Status::Io, "cannot write k3y: k3y is odd");
        assert_eq!(failure.without("k3y").text, "cannot write …: … is odd");
        assert_eq!(Failure::new(Status::Io, "nothing").without("").text, "nothing");
    }
}
