//! Distances, standardising and top-k over plain slices and matrices.
//!
//! A leaf: it knows numbers and nothing of music. Everything is `f32` in, sums that run over many rows are kept in
//! `f64`. No function panics on any input; where two slices differ in length, the longer one's surplus is left out.
//!
//! The inner loops over two rows ([`dot`], [`squared_euclidean`], [`centred_dot`], [`accumulate`]) exist once, as plain Rust,
//! and are compiled twice on x86-64: for the baseline and for AVX2 with FMA, chosen at run time. On arm64 NEON is part of the
//! baseline. Those of clustering ([`Panels`], [`squared_euclidean_some`], [`below`]) are written out for AVX-512 and, where it
//! is worth it, AVX2, each beside a plain twin that tests compare them with; so is that of searching ([`ByteRows`]).

mod bounds;
mod bytes;
mod code;
mod distance;
mod kernel;
mod panels;
mod principal;
mod several;
mod standardise;
mod top_k;

pub use bounds::below;
pub use bytes::ByteRows;
pub use code::encode;
pub use distance::{cosine, normalise};
pub use kernel::{accumulate, centred_dot, coded_dot, decode, dot, norm, squared_euclidean};
pub use panels::Panels;
pub use principal::principal_directions;
pub use several::squared_euclidean_some;
pub use standardise::{Moments, Standardiser};
pub use top_k::TopK;

/// What can go wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A row of another length than the rest.
    #[error("got a vector of {got} dimensions where {expected} were expected")]
    Dimensions {
        /// Dimensions expected.
        expected: usize,
        /// Dimensions received.
        got: usize,
    },
    /// A value that is NaN or infinite.
    #[error("the vector holds a value that is not a finite number; its track needs a new analysis")]
    NotFinite,
    /// Statistics of nothing.
    #[error("there is no row to take statistics of; add at least one")]
    Empty,
}

/// Result with this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;
