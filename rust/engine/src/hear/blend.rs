//! Blends: like this, and not like that.

use std::collections::{HashMap, HashSet};

use segue_space::{MixTrack, Reason, TrackId};

use super::audience::{Sight, is_about_the_track};
use super::mix::{explained, leanings, wishes};
use super::seeds::{Sources, weight};
use super::types::{BlendRequest, Seed, SeedKind};
use crate::api::Neighbour;
use crate::clap::HeardWords;
use crate::engine::State;
use crate::index::Index;
use crate::{Engine, Error, Result};

/// Tracks of a blend at most.
const LONGEST: usize = 1000;
/// The highest temperature; above, all of the library is as good.
const HOTTEST: f32 = 10.0;

impl Engine {
    /// Tracks that are like some music and, if wanted, not like other music, the nearest first; none of the ingredients
    /// themselves. Ingredients to add that are not known, or may not be seen, are passed over as long as one serves; those to
    /// subtract in any case.
    ///
    /// # Errors
    /// [`Error::UnknownTrack`], [`Error::UnknownPlaylist`], [`Error::NotAnalysed`] or [`Error::NotComparable`] when nothing
    /// to add can serve; [`Error::InvalidArgument`] when there is nothing to add; when the store fails or the engine is closed.
    pub fn blend(&self, request: &BlendRequest) -> Result<Vec<Neighbour>> {
        if request.add.is_empty() {
            return Err(Error::InvalidArgument("a blend needs something to be like".to_owned()));
        }
        self.with(|state| {
            // Words are compared with sound where something is there that can; loading it may take seconds, for which nobody
            // may wait at the index.
            let by_sound = self.words_of(state, request)?;
            let sources = Sources::new(state, &request.audience, request.add.iter().chain(&request.subtract))?;
            let index = state.read_index();
            let sight = Sight::new(&index, request.audience.allowed.as_deref());
            if let Some(heard) = by_sound {
                let found = blended(&heard, &sources, state, &index, &sight, request)?;
                if !found.is_empty() {
                    return explained(state, &index, &sight, &found);
                }
            }
            let (add, missing) = sets(&sources, state, &index, &sight, &request.add, request.variation)?;
            if add.is_empty() {
                return Err(
                    missing.unwrap_or_else(|| Error::InvalidArgument("a blend needs something to be like".to_owned()))
                );
            }
            let (subtract, _) = sets(&sources, state, &index, &sight, &request.subtract, request.variation)?;
            let wish = segue_space::BlendRequest {
                add,
                subtract,
                length: request.length.min(LONGEST),
                temperature: if request.temperature.is_nan() { 0.0 } else { request.temperature.clamp(0.0, HOTTEST) },
                variation: request.variation,
                artist_cap: request.artist_cap,
            };
            let leanings = leanings(&sources, &index);
            let found = index.space().blend(&wish, &wishes(&sight, &leanings).as_wishes())?;
            explained(state, &index, &sight, &found)
        })
    }
}

impl Engine {
    /// The words of a blend as what compares them with sound reads them; `None` where there are none, and music alone is not to be
    /// compared that way, or nothing can. A draw
    /// is left to the space, which knows how.
    fn words_of(&self, state: &State, request: &BlendRequest) -> Result<Option<HeardWords>> {
        let words = |seeds: &'_ [Seed]| -> Vec<(String, f32)> {
            let words = seeds.iter().filter(|seed| seed.kind == SeedKind::Words && !seed.name.trim().is_empty());
            words.map(|seed| (seed.name.clone(), weight(seed))).collect()
        };
        let (add, subtract) = (words(&request.add), words(&request.subtract));
        let spoken = !(add.is_empty() && subtract.is_empty());
        if !(spoken || request.by_sound) || request.temperature > 0.0 {
            return Ok(None);
        }
        match self.heard_blend(state, &add, &subtract) {
            Err(Error::Words(problem)) => {
                tracing::warn!(problem, "blending without comparing words with sound");
                Ok(None)
            }
            heard => heard,
        }
    }
}

/// A blend in the space of words and sound, the best first.
fn blended(
    heard: &HeardWords,
    sources: &Sources,
    state: &State,
    index: &Index,
    sight: &Sight<'_>,
    request: &BlendRequest,
) -> Result<Vec<MixTrack>> {
    let songs =
        |seeds: &[Seed]| -> Vec<Seed> { seeds.iter().filter(|seed| seed.kind != SeedKind::Words).cloned().collect() };
    let (add, _) = sets(sources, state, index, sight, &songs(&request.add), request.variation)?;
    let (subtract, _) = sets(sources, state, index, sight, &songs(&request.subtract), request.variation)?;
    let (length, cap) = (request.length.min(LONGEST), if request.artist_cap == 0 { 3 } else { request.artist_cap });
    let ranked = heard.blend(index, &add, &subtract, &|row| sight.admits(row), length.saturating_mul(4).max(100));
    let mut by: HashMap<String, usize> = HashMap::new();
    let mut recordings = HashSet::new();
    let mut chosen = Vec::new();
    for (id, score) in ranked {
        let facts = index.space().facts(id);
        let recording = facts.as_ref().and_then(|facts| facts.recording);
        let artist = facts.and_then(|facts| segue_space::artist(&facts.artist));
        let count = artist.map_or(0, |artist| {
            let count = by.entry(artist).or_default();
            *count += 1;
            *count
        });
        if chosen.len() < length && count <= cap && recording.is_none_or(|recording| recordings.insert(recording)) {
            // In deviations above the library's mean; 0.5 is the mean.
            chosen.push(MixTrack { id, distance: 1.0 / (1.0 + score.exp()), reason: Reason::default() });
        }
    }
    Ok(chosen)
}

/// Sets of tracks with their weights.
type Sets = Vec<(Vec<TrackId>, f32)>;

/// The tracks of each seed that gives some, with its weight, and why the first one that gives none does not.
fn sets(
    sources: &Sources,
    state: &State,
    index: &Index,
    sight: &Sight<'_>,
    seeds: &[Seed],
    variation: u64,
) -> Result<(Sets, Option<Error>)> {
    let mut sets = Vec::new();
    let mut missing = None;
    for seed in seeds {
        match sources.tracks(state, index, sight, seed, variation) {
            Ok(tracks) => sets.push((tracks.into_iter().map(|(track, _)| track).collect(), weight(seed))),
            Err(error) if is_about_the_track(&error) => {
                missing.get_or_insert(error);
            }
            Err(error) => return Err(error),
        }
    }
    Ok((sets, missing))
}
