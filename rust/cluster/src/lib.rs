//! Groups of tracks, the search for good ones, and the playlists made from them.
//!
//! [`group`] groups the rows of a matrix by any of four algorithms, of which [`KMeans`] is the first. [`Search`] looks for
//! the parameters whose groups make good playlists. [`select`] makes playlists of groups, [`Naming`] finds a name for each
//! from what is known of its songs, and [`succession`] says which playlists of the last run go on. The room knows rows,
//! artists, tags and genres; it knows nothing of files, of networks or of a media server, and the smooth order of a playlist
//! is its caller's (`segue-space` has `Space::listening_order`). It spawns no threads.

mod compose;
mod dbscan;
mod eigen;
mod elbow;
mod fit;
mod gaussian;
mod gmm;
mod grouping;
mod hierarchical;
mod kmeans;
mod languages;
mod lifecycle;
mod matching;
mod naming;
mod pca;
mod playlists;
mod points;
mod quality;
mod report;
mod sample;
mod scaling;
mod search;
mod segments;
mod tags;
mod traits;
mod tree;

pub use dbscan::{Dbscan, DbscanOptions, k_distances, median_distance};
pub use elbow::{Elbow, ElbowOptions, ElbowPoint};
pub use fit::{Fitted, group};
pub use gmm::{Gmm, GmmOptions};
pub use grouping::{Algorithm, Covariance, Grouping, Linkage, Parameters};
pub use hierarchical::{Hierarchy, HierarchyOptions};
pub use kmeans::{Assigned, KMeans, KMeansOptions, MiniBatch, Outcome, WarmStart};
pub use lifecycle::{FADING_RUNS, Fate, Last, Succession, succession};
pub use matching::{SAME_PLAYLIST, match_previous};
pub use naming::{Name, NameStyle, NameTraits, Naming, SongFacts};
pub use pca::{Keep, Pca};
pub use playlists::{Playlist, PlaylistOptions, Song, select, suggest_k};
pub use points::Points;
pub use quality::{davies_bouldin, silhouette, simplified_silhouette};
pub use report::{QualityOptions, QualityReport};
pub use sample::stratified;
pub use scaling::{FeatureWeights, MinMax, Scaler, TagSpace};
pub use search::{
    Candidate, FitnessLimits, FitnessParts, FitnessWeights, Ranges, RunOutcome, Search, SearchData, SearchOptions,
    SearchState, assign_all, evaluate,
};

/// What can go wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No clusters asked for, or more than there are points.
    #[error("cannot make {k} clusters of {points} points; ask for 1 to {points}")]
    ClusterCount {
        /// Clusters asked for.
        k: usize,
        /// Points given.
        points: usize,
    },
    /// Two things that must be of one size are not.
    #[error("got {got} {what} where {expected} were expected")]
    Size {
        /// What was counted.
        what: &'static str,
        /// Expected.
        expected: usize,
        /// Received.
        got: usize,
    },
    /// Nothing to work on.
    #[error("there are no points to group; analyse some tracks first")]
    Empty,
    /// A setting outside of what has a meaning.
    #[error("{what} cannot be {got}; it must be {expected}")]
    Setting {
        /// The setting.
        what: &'static str,
        /// What it was.
        got: String,
        /// What it may be.
        expected: &'static str,
    },
    /// A value that is NaN or infinite.
    #[error("row {row} holds a value that is not a finite number; the track needs a new analysis")]
    NotFinite {
        /// The row.
        row: usize,
    },
    /// The caller asked to stop.
    #[error("clustering was cancelled")]
    Cancelled,
}

/// Result with this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// An error when two things that must be of one size are not.
fn check_size(what: &'static str, expected: usize, got: usize) -> Result<()> {
    if expected == got { Ok(()) } else { Err(Error::Size { what, expected, got }) }
}
