//! What can go wrong with a file, in words that tell a person what to do.

use std::path::{Path, PathBuf};
use std::time::Duration;

/// A result of this room.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a file gave no audio.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nothing lies at this path.
    #[error("{} does not exist", path.display())]
    NotFound {
        /// The path that was asked for.
        path: PathBuf,
    },
    /// The file is there but cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Io {
        /// The path that was asked for.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// No decoder at hand takes this file.
    #[error("{what} cannot be decoded here: {hint}")]
    Unsupported {
        /// What the file is, as far as it is known.
        what: String,
        /// What would help.
        hint: String,
    },
    /// The file is of a known kind, but nothing in it can be decoded.
    #[error("the audio is damaged: {what}")]
    Damaged {
        /// What the decoder complained about.
        what: String,
    },
    /// The file is sound, but has no audio in it.
    #[error("the file has no audio stream")]
    NoAudio,
    /// The audio stream has not a single sample.
    #[error("the audio stream is empty")]
    Empty,
    /// Decoding took longer than the limit per track.
    #[error("decoding took longer than the limit of {} s per track", limit.as_secs_f64())]
    TimedOut {
        /// The limit that was set.
        limit: Duration,
    },
    /// The caller raised its cancel flag.
    #[error("cancelled")]
    Cancelled,
    /// ffmpeg could not be run, or failed for a reason that is not the file's.
    #[error("ffmpeg at {} failed: {what}", program.display())]
    Ffmpeg {
        /// The program that was run.
        program: PathBuf,
        /// What it said, or why it did not start.
        what: String,
    },
}

impl Error {
    /// A short word for the kind of failure. These words are stored, so they never change.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "not-found",
            Self::Io { .. } => "io",
            Self::Unsupported { .. } => "unsupported",
            Self::Damaged { .. } => "damaged",
            Self::NoAudio => "no-audio",
            Self::Empty => "empty",
            Self::TimedOut { .. } => "timed-out",
            Self::Cancelled => "cancelled",
            Self::Ffmpeg { .. } => "ffmpeg",
        }
    }

    /// Whether the failure is about what lies in the file, so that another decoder may do better.
    pub(crate) fn is_about_content(&self) -> bool {
        matches!(self, Self::Unsupported { .. } | Self::Damaged { .. } | Self::NoAudio | Self::Empty)
    }

    pub(crate) fn io(path: &Path, source: std::io::Error) -> Self {
        if source.kind() == std::io::ErrorKind::NotFound {
            Self::NotFound { path: path.to_owned() }
        } else {
            Self::Io { path: path.to_owned(), source }
        }
    }

    /// A file that neither symphonia nor ropus takes; the hint is the one thing that helps.
    pub(crate) fn needs_ffmpeg(what: impl Into<String>) -> Self {
        Self::Unsupported {
            what: what.into(),
            hint: "name an ffmpeg in the settings (Jellyfin brings its own), it decodes such files".into(),
        }
    }
}
