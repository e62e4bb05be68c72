//! What can go wrong, as callers see it.

use std::path::PathBuf;

/// A result of the engine.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a call failed. The message is meant for the person in front of the screen; [`Error::kind`] is meant for code.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An argument makes no sense.
    #[error("{0}")]
    InvalidArgument(String),
    /// Nothing is known of the track that was named.
    #[error("{reference:?} is not in the library; analyse or sync the folder that holds it first")]
    UnknownTrack {
        /// What was asked for.
        reference: String,
    },
    /// Several tracks fit the name that was given.
    #[error("{reference:?} fits {matches} tracks; give the whole path")]
    Ambiguous {
        /// What was asked for.
        reference: String,
        /// How many fit.
        matches: usize,
    },
    /// The track is known but has not been analysed.
    #[error("{reference:?} has not been analysed yet")]
    NotAnalysed {
        /// What was asked for.
        reference: String,
    },
    /// The track was analysed, but is too short for the networks to say anything about.
    #[error("{reference:?} is too short to be compared with other tracks")]
    NotComparable {
        /// What was asked for.
        reference: String,
    },
    /// No playlist has this key.
    #[error("there is no playlist {key:?}; `segue playlists --last` lists those there are")]
    UnknownPlaylist {
        /// The key.
        key: String,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] segue_store::Error),
    /// The networks or what runs them.
    #[error(transparent)]
    Models(#[from] segue_models::Error),
    /// A model of words and sound that is there could not be used.
    #[error("words cannot be compared with sound: {0}")]
    Words(String),
    /// The folder with the models was not found.
    #[error("no models.toml was found in {}; name the models folder", .searched.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", "))]
    NoModels {
        /// Where it was looked for.
        searched: Vec<PathBuf>,
    },
    /// The space of tracks.
    #[error(transparent)]
    Space(#[from] segue_space::Error),
    /// Clustering.
    #[error(transparent)]
    Cluster(#[from] segue_cluster::Error),
    /// A playlist file, or a definition.
    #[error(transparent)]
    Lists(#[from] segue_lists::Error),
    /// A naming service, or where its key is kept.
    #[error(transparent)]
    Online(#[from] segue_online::Error),
    /// A picture.
    #[error(transparent)]
    Draw(#[from] segue_draw::Error),
    /// Something that is kept in the database as text could not be written as such.
    #[error("cannot write down {what}: {source}")]
    Json {
        /// What it was.
        what: &'static str,
        /// Why not.
        source: serde_json::Error,
    },
    /// A file or folder could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// What was read.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The disk has no room for what was to be put there.
    #[error("{0}; make room and try again")]
    NoRoom(String),
    /// The operating system refused worker threads.
    #[error("cannot start worker threads: {0}")]
    Threads(String),
    /// The same work is under way already: an analysis, or the making of playlists.
    #[error("this is under way already; wait for it or cancel it")]
    Busy,
    /// The caller stopped the call.
    #[error("stopped on request")]
    Cancelled,
    /// The engine was closed.
    #[error("the engine is closed")]
    Closed,
}

/// What kind of failure it was; stable across the C ABI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The arguments are wrong.
    InvalidArgument,
    /// No such track.
    UnknownTrack,
    /// No such playlist.
    UnknownPlaylist,
    /// The track has no analysis yet, or none that it could be compared by.
    NotAnalysed,
    /// The database failed.
    Store,
    /// The database was made by a newer Segue and was not touched.
    NewerStore,
    /// Another process holds the database.
    StoreLocked,
    /// The disk is full.
    DiskFull,
    /// The networks, or what runs them, could not be loaded.
    Models,
    /// A file or folder could not be read.
    Io,
    /// An analysis runs already.
    Busy,
    /// The caller stopped the call.
    Cancelled,
    /// The engine was closed.
    Closed,
    /// A fault of Segue itself.
    Internal,
}

impl Error {
    /// The kind of this failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::InvalidArgument(_) | Self::Ambiguous { .. } => ErrorKind::InvalidArgument,
            Self::UnknownTrack { .. } => ErrorKind::UnknownTrack,
            Self::UnknownPlaylist { .. } => ErrorKind::UnknownPlaylist,
            Self::Lists(_) => ErrorKind::InvalidArgument,
            Self::Online(segue_online::Error::Cancelled) => ErrorKind::Cancelled,
            Self::Online(segue_online::Error::Room { .. }) | Self::NoRoom(_) => ErrorKind::DiskFull,
            Self::Online(_) => ErrorKind::Io,
            Self::NotAnalysed { .. } | Self::NotComparable { .. } => ErrorKind::NotAnalysed,
            Self::Store(error) => match error {
                segue_store::Error::NewerDatabase { .. } => ErrorKind::NewerStore,
                segue_store::Error::Locked { .. } => ErrorKind::StoreLocked,
                segue_store::Error::DiskFull { .. } => ErrorKind::DiskFull,
                _ => ErrorKind::Store,
            },
            Self::Models(_) | Self::NoModels { .. } | Self::Words(_) => ErrorKind::Models,
            Self::Io { .. } => ErrorKind::Io,
            Self::Busy => ErrorKind::Busy,
            Self::Cancelled => ErrorKind::Cancelled,
            Self::Closed => ErrorKind::Closed,
            Self::Space(segue_space::Error::Cancelled) => ErrorKind::Cancelled,
            Self::Space(segue_space::Error::NoSeed { .. }) => ErrorKind::UnknownTrack,
            Self::Space(_) | Self::Cluster(_) | Self::Threads(_) | Self::Draw(_) | Self::Json { .. } => {
                ErrorKind::Internal
            }
        }
    }
}
