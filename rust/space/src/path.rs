//! Ways from one track to another, in even steps.

use crate::TrackId;

/// A wish for a way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PathRequest {
    /// Tracks that it touches, in this order: two for a path, more for a journey.
    pub waypoints: Vec<TrackId>,
    /// Tracks wanted, waypoints included.
    pub length: usize,
}

/// A way.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PathFound {
    /// The tracks in order, each with its cosine distance (0..2) to the one before it; 0 for the first.
    pub tracks: Vec<(TrackId, f32)>,
    /// The largest of these distances.
    pub largest_step: f32,
    /// Where it jumps between two islands of music that no chain of ordinary steps connects: the index of the track after
    /// the jump.
    pub jumps: Vec<usize>,
}
