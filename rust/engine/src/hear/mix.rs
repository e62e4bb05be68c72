//! Mixes, and what follows a queue.

use segue_space::{TrackId, Wishes};

use super::types::MixRequest;
use crate::api::Neighbour;
use crate::ask::{MOST, place, row};
use crate::{Engine, Error, Result};

impl Engine {
    /// A mix that starts from some tracks: near them, no recording twice, artists spread, smoothly ordered. Seeds that
    /// are not analysed are passed over as long as one is. At most 1,000 tracks.
    ///
    /// # Errors
    /// [`Error::UnknownTrack`] or [`Error::NotAnalysed`] when no seed can serve; when the store fails or the engine is
    /// closed.
    pub fn mix(&self, request: &MixRequest) -> Result<Vec<Neighbour>> {
        self.with(|state| {
            let index = state.read_index();
            let admitted = index.admit(request.audience.allowed.as_deref());
            let mut seeds: Vec<TrackId> = Vec::new();
            let mut first_error = None;
            for seed in &request.seeds {
                match row(state, &index, &seed.name) {
                    Ok(seed) if seeds.contains(&seed) => {}
                    Ok(seed) => seeds.push(seed),
                    Err(
                        error @ (Error::UnknownTrack { .. } | Error::NotAnalysed { .. } | Error::NotComparable { .. }),
                    ) => {
                        first_error.get_or_insert(error);
                    }
                    Err(error) => return Err(error),
                }
            }
            if seeds.is_empty() {
                return Err(first_error.unwrap_or_else(|| Error::InvalidArgument("a mix needs a seed".to_owned())));
            }
            let wish = segue_space::MixRequest {
                seeds: seeds.into_iter().map(|seed| (seed, 1.0)).collect(),
                length: request.length.min(MOST),
                artist_cap: request.artist_cap,
                album_cap: request.album_cap,
                window: request.window,
                variation: request.variation,
                include_seeds: request.include_seeds,
                ..segue_space::MixRequest::default()
            };
            let wishes = Wishes { admit: &|id| admitted.admits(id), ..Wishes::NONE };
            let found = index.space().mix(&wish, &wishes)?;
            found.into_iter().map(|near| place(state, &index, &admitted, near.id, near.distance)).collect()
        })
    }
}
