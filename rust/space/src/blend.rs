//! Blends: some music, and away from other music.

use crate::TrackId;

/// A wish for a blend.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BlendRequest {
    /// What it should be like: sets of tracks (one track, an album, an artist, a mood …), each with its weight.
    pub add: Vec<(Vec<TrackId>, f32)>,
    /// What it should not be like.
    pub subtract: Vec<(Vec<TrackId>, f32)>,
    /// Tracks wanted.
    pub length: usize,
    /// 0 takes the nearest; the higher, the more often something farther is drawn.
    pub temperature: f32,
    /// Which draw.
    pub variation: u64,
    /// Most tracks of one artist; 0 for 3.
    pub artist_cap: usize,
}
