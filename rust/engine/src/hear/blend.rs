//! Blends: like this, and not like that.

use segue_space::TrackId;

use super::audience::{Sight, is_about_the_track};
use super::mix::{explained, leanings, wishes};
use super::seeds::{Sources, weight};
use super::types::{BlendRequest, Seed};
use crate::api::Neighbour;
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
            let sources = Sources::new(state, &request.audience, request.add.iter().chain(&request.subtract))?;
            let index = state.read_index();
            let sight = Sight::new(&index, request.audience.allowed.as_deref());
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
