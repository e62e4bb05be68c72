//! What somebody likes, as a few centres.

use crate::{Point, TrackId};

/// One of the kinds of music that somebody likes.
#[derive(Debug, Clone, PartialEq)]
pub struct TasteCentre {
    /// Its middle.
    pub point: Point,
    /// Its share of all that is liked, 0..1.
    pub weight: f32,
    /// The liked tracks that belong to it, the most typical first.
    pub members: Vec<TrackId>,
}
