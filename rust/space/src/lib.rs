//! What is near what: tracks as points, their neighbours, and mixes made from them.
//!
//! It knows blocks of numbers, an artist, a title and a few musical facts per track; it knows nothing of files, of
//! networks or of how the numbers were heard. Everything lies in memory.
//!
//! **Distance.** Each dimension is standardised on the library present, each block compared by cosine, the blocks
//! joined by weight: the *cosine distance* of two tracks, 0..2. A few tracks lie in the middle of everything and would
//! turn up in every list (hubs). From [`PROXIMITY_FROM`] tracks on, what is returned is therefore 1 − *mutual proximity*
//! (Schnitzer, Flexer, Schedl, Widmer: Local and global scaling reduce hubs in space, JMLR 13, 2012), in its Gaussian
//! form: one minus the probability that both tracks find a random third one farther away than each other. Below that it
//! is half the cosine distance. Either way 0 is the same and 1 is as far as it gets.
//!
//! **Growth.** Inserting copies one row and compares it with a fixed sample; nothing is rebuilt. Means, deviations and
//! sample are refreshed after [`REFIT_SHARE`] of the library has come, gone or changed: of a small library by the next question, of
//! a large one by [`Space::refit`] alone, until which it goes on answering as before. A [`Prior`] keeps those of a small library
//! from jumping. After a refit the answers depend on the tracks alone, not on the order in which they came (of a large library: but
//! for the rounding of its rows).
//!
//! **Search.** Few rows are all looked at. Of many (2,048 and more), all are looked at in a short form, and only what is near by
//! that in full; that misses about three in a thousand of the nearest hundred.
//!
//! **Memory.** Of a large library a byte per dimension, eight per block, and about 300 for facts, ids and the short form: 800
//! dimensions in four blocks are 1.2 KiB a track, 120 MiB for 100,000. Of a small one four bytes per dimension.

mod alike;
mod around;
mod blend;
mod chain;
mod choose;
mod corridor;
mod duplicates;
mod evaluate;
mod facts;
mod fit;
mod improve;
mod listening;
mod map;
mod map_affinity;
mod map_start;
mod map_tree;
mod mix;
mod order;
mod pack;
mod path;
mod profiles;
mod proximity;
mod repeats;
mod rows;
mod sets;
mod sketch;
mod snapshot;
mod space;
mod spacing;
mod taste;
mod view;
mod walk;
mod wishes;

pub use alike::alike;
pub use blend::BlendRequest;
pub use duplicates::{DuplicateCandidate, DuplicateFinder, DuplicateGroup, DuplicatePair, duplicates};
pub use evaluate::{Agreement, Judged, LONG_LIST, SHORT_LIST, agreement};
pub use facts::{Edge, Key, TrackFacts, artist, recording};
pub use fit::Prior;
pub use map::{MAP_NEIGHBOURS, MapRun, Nearby, Piece, lay_out};
pub use map_start::place;
pub use mix::MixRequest;
pub use path::{PathFound, PathRequest};
pub use snapshot::{PIECE, Restoring};
pub use space::Space;
pub use taste::TasteCentre;
pub use view::Point;
pub use wishes::{MixTrack, Origin, Reason, Step, Wishes};

/// The caller's handle for a track.
pub type TrackId = u32;

/// Tracks from which on distances are corrected by mutual proximity; fewer say too little about the spread of distances.
pub const PROXIMITY_FROM: usize = 30;

/// Share of the library that may come, go or change before the next question refreshes the statistics.
pub const REFIT_SHARE: f64 = 0.25;

/// A group of dimensions that is compared by itself, such as the mean of one network's embedding.
#[derive(Debug, Clone, PartialEq)]
pub struct BlockSpec {
    /// Name, for messages.
    pub name: String,
    /// Dimensions, at least one.
    pub dimensions: usize,
    /// Weight in the joined distance, relative to the other blocks: positive and finite.
    pub weight: f32,
}

/// A track near another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbour {
    /// The track.
    pub id: TrackId,
    /// 0 is the same, 1 as far as it gets; see the crate's documentation.
    pub distance: f32,
}

/// What can go wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A space that cannot be.
    #[error(
        "a space needs at least one block, each with a dimension or more and a positive weight; block {name:?} is not so"
    )]
    BadBlock {
        /// The block, empty when there was none.
        name: String,
    },
    /// Statistics to begin with that do not fit the space.
    #[error(
        "the statistics to begin with are of {got} dimensions, or hold what is no number; the space has {expected} dimensions"
    )]
    BadPrior {
        /// Dimensions of the space.
        expected: usize,
        /// Dimensions received.
        got: usize,
    },
    /// A track with more or fewer blocks than the space.
    #[error("got {got} blocks where the space has {expected}; analyse the track with every network the space uses")]
    Blocks {
        /// Blocks of the space.
        expected: usize,
        /// Blocks received.
        got: usize,
    },
    /// A block of another length than the space's.
    #[error("block {block:?} has {got} dimensions where the space has {expected}")]
    Dimensions {
        /// The block.
        block: String,
        /// Dimensions of the space.
        expected: usize,
        /// Dimensions received.
        got: usize,
    },
    /// A value that is NaN or infinite.
    #[error("block {block:?} holds a value that is not a finite number; the track needs a new analysis")]
    NotFinite {
        /// The block.
        block: String,
    },
    /// A snapshot of no use.
    #[error("the snapshot of the space is damaged, or another version made it; read the tracks anew")]
    Snapshot,
    /// A track that is not in the space.
    #[error("track {id} is not in the space; it may not be analysed yet")]
    UnknownTrack {
        /// The track.
        id: TrackId,
    },
    /// No seed, or none that is in the space.
    #[error("none of the {given} seeds is in the space; they may not be analysed yet")]
    NoSeed {
        /// Seeds given.
        given: usize,
    },
    /// The caller asked to stop.
    #[error("stopped before it was done, as asked")]
    Cancelled,
}

/// Result with this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;
