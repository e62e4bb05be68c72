//! What a listener may hear and would rather hear, and why a track was taken.

use std::fmt;

use crate::TrackId;

/// What may come, and what the listener would rather have.
#[derive(Clone, Copy)]
pub struct Wishes<'a> {
    /// Whether a track may be seen; one that may not does not exist.
    pub admit: &'a dyn Fn(TrackId) -> bool,
    /// What the listener thinks of a track: 0 nothing in particular; up to 1 prefer it a little (a favourite); below 0 avoid
    /// it (just played, skipped); −1 and less never (disliked). What is no number counts as 0.
    pub leaning: &'a dyn Fn(TrackId) -> f32,
}

impl Wishes<'_> {
    /// Everything may come, and nothing is preferred.
    pub const NONE: Wishes<'static> = Wishes { admit: &|_| true, leaning: &|_| 0.0 };

    /// What the listener thinks of a track, −1..1.
    pub(crate) fn leaning(&self, id: TrackId) -> f32 {
        let leaning = (self.leaning)(id);
        if leaning.is_nan() { 0.0 } else { leaning.clamp(-1.0, 1.0) }
    }

    /// Whether it may come at all: it may be seen and is not disliked.
    pub(crate) fn allows(&self, id: TrackId) -> bool {
        (self.admit)(id) && self.leaning(id) > -1.0
    }
}

impl fmt::Debug for Wishes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wishes").finish_non_exhaustive()
    }
}

/// A track that was chosen, and why.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MixTrack {
    /// The track.
    pub id: TrackId,
    /// Distance to what the mix is round, 0..1: to the nearest of the seeds or points; 0 for a seed itself.
    pub distance: f32,
    /// Why it is there.
    pub reason: Reason,
}

/// Why a track is where it is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Reason {
    /// What of the request brought it.
    pub origin: Origin,
    /// What the listener thinks of it, −1..1: see [`Wishes::leaning`].
    pub leaning: f32,
    /// How many places freshness let it fall behind, as against mere nearness.
    pub held_back: u32,
    /// What changes from the track before; `None` where there is none before it, in the mix or in the queue.
    pub step: Option<Step>,
}

/// What of a request brought a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Origin {
    /// Nothing in particular.
    #[default]
    Unknown,
    /// It is one of the seeds itself.
    Seed,
    /// It is near this seed.
    NearSeed(TrackId),
    /// It is near the point of this index.
    NearPoint(usize),
}

/// What changes from one track to the next. Pairs are of the one before and this one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The track before.
    pub from: TrackId,
    /// Cosine distance of the two, 0..2.
    pub sound: f32,
    /// Beats per minute.
    pub tempo: Option<(f32, f32)>,
    /// Steps between the keys round the circle of fifths, 0..=6: 0 the same or its relative, 1 a neighbour.
    pub fifths: Option<u8>,
    /// Energy, 0..1.
    pub energy: Option<(f32, f32)>,
    /// How much the first seconds differ from the last of the track before: unrelated ones by about 1.
    pub edge: Option<f32>,
}
