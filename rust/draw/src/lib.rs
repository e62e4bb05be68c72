//! Pictures: plots as SVG, playlist covers as PNG.
//!
//! A leaf: numbers and words go in, bytes come out. The same input gives the same picture, and numbers that are none do
//! no harm: a plot leaves them out, a cover takes the middle for them.

mod canvas;
mod colour;
mod cover;
mod elbow;
mod motif;
mod svg;

pub use cover::{CoverTraits, LARGEST, SMALLEST, cover_png};
pub use elbow::{CurvePoint, ElbowLabels, elbow_svg};

/// What can go wrong with a picture.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A cover of no sensible size.
    #[error("a cover has {SMALLEST} to {LARGEST} pixels a side, not {size}: ask for 600")]
    Size {
        /// Pixels asked for.
        size: u32,
    },
    /// The picture could not be written as PNG.
    #[error("the cover could not be written as PNG ({0}): try another size")]
    Encode(#[from] png::EncodingError),
}

/// Result of this room.
pub type Result<T> = std::result::Result<T, Error>;
