//! Mixes, and what follows a queue.

use std::collections::HashMap;

use segue_space::{MixTrack, TrackId, Wishes};

use super::audience::{Sight, is_about_the_track};
use super::opinions::clock;
use super::seeds::Sources;
use super::types::MixRequest;
use super::words::Titles;
use crate::api::Neighbour;
use crate::ask::MOST;
use crate::engine::State;
use crate::index::Index;
use crate::{Engine, Error, Result};

/// Tracks of a queue that are heeded, the last ones: more than anybody hears in a day.
const QUEUE: usize = 10_000;

impl Engine {
    /// A mix that starts from some music: near it, no recording twice, artists and albums spread, smoothly ordered, with an eye on
    /// what the listener likes, skipped or just heard; `docs/mixes.md` has the rules. With a queue it goes on from there
    /// without repeating it; then seeds may be missing. Seeds that are not analysed, or may not be seen, are passed over as long as
    /// one serves. At most 10,000 tracks.
    ///
    /// # Errors
    /// [`Error::UnknownTrack`], [`Error::UnknownPlaylist`], [`Error::NotAnalysed`] or [`Error::NotComparable`] when no seed
    /// can serve; [`Error::InvalidArgument`] for a request that names nothing to start from, or does not say which album; when
    /// the store fails or the engine is closed.
    pub fn mix(&self, request: &MixRequest) -> Result<Vec<Neighbour>> {
        self.with(|state| {
            let sources = Sources::new(state, &request.audience, &request.seeds)?;
            let index = state.read_index();
            let sight = Sight::new(&index, request.audience.allowed.as_deref());
            let queue = queue(state, &index, &sight, &request.queue)?;
            if request.seeds.is_empty() && queue.is_empty() {
                return Err(Error::InvalidArgument("a mix needs a seed".to_owned()));
            }
            let seeds = match sources.all_tracks(state, &index, &sight, &request.seeds, request.variation) {
                // What was heard says enough.
                Err(error) if is_about_the_track(&error) && !queue.is_empty() => Vec::new(),
                found => found?,
            };
            let wish = segue_space::MixRequest {
                seeds,
                points: Vec::new(),
                length: request.length.min(MOST),
                artist_cap: request.artist_cap,
                album_cap: request.album_cap,
                window: request.window,
                variation: request.variation,
                include_seeds: request.include_seeds,
                queue,
            };
            let leanings = leanings(&sources, &index);
            let found = index.space().mix(&wish, &wishes(&sight, &leanings).as_wishes())?;
            explained(state, &index, &sight, &found)
        })
    }
}

/// The tracks of a queue that may be seen, in their order.
fn queue(state: &State, index: &Index, sight: &Sight<'_>, references: &[String]) -> Result<Vec<TrackId>> {
    let mut tracks = Vec::new();
    for reference in references.iter().skip(references.len().saturating_sub(QUEUE)) {
        match sight.row(state, index, reference) {
            Ok(track) => tracks.push(track),
            Err(error) if is_about_the_track(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(tracks)
}

/// What the listener of a request would rather or rather not hear.
pub(crate) fn leanings(sources: &Sources, index: &Index) -> HashMap<TrackId, f32> {
    sources.opinions.as_ref().map(|opinions| opinions.leanings(index, clock())).unwrap_or_default()
}

/// [`Wishes`] that own what they ask.
pub(crate) struct Asked<A, L> {
    admit: A,
    leaning: L,
}

impl<A: Fn(TrackId) -> bool, L: Fn(TrackId) -> f32> Asked<A, L> {
    pub(crate) fn as_wishes(&self) -> Wishes<'_> {
        Wishes { admit: &self.admit, leaning: &self.leaning }
    }
}

/// What may be seen, and what the listener thinks of it.
pub(crate) fn wishes<'a>(
    sight: &'a Sight<'_>,
    leanings: &'a HashMap<TrackId, f32>,
) -> Asked<impl Fn(TrackId) -> bool + 'a, impl Fn(TrackId) -> f32 + 'a> {
    Asked { admit: |track| sight.admits(track), leaning: |track| leanings.get(&track).copied().unwrap_or_default() }
}

/// Tracks that were chosen, as callers see them, with why they are there.
pub(crate) fn explained(
    state: &State,
    index: &Index,
    sight: &Sight<'_>,
    tracks: &[MixTrack],
) -> Result<Vec<Neighbour>> {
    let titles = Titles::of(state, index, sight, tracks)?;
    let tracks = tracks.iter().map(|track| (track.id, track.distance, titles.reason(track))).collect();
    sight.places(state, index, tracks)
}
