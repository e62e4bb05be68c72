//! Sets of tracks: artists, albums, playlists.

use super::types::{Audience, Misfit, Seed, SetKind, SimilarSet};
use crate::api::Neighbour;
use crate::{Engine, Error, Result};

impl Engine {
    /// The artists (of five songs or more) or albums whose songs are most like those of `seed`, nearest first.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn similar_sets(
        &self,
        _kind: SetKind,
        _seed: &Seed,
        _count: usize,
        _audience: &Audience,
    ) -> Result<Vec<SimilarSet>> {
        Err(Error::Closed)
    }

    /// More tracks that fit a set, in an order that goes on from its last.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn extend(
        &self,
        _tracks: &[String],
        _count: usize,
        _variation: u64,
        _audience: &Audience,
    ) -> Result<Vec<Neighbour>> {
        Err(Error::Closed)
    }

    /// What does not belong in a set, the farthest first.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn misfits(&self, _tracks: &[String], _audience: &Audience) -> Result<Vec<Misfit>> {
        Err(Error::Closed)
    }

    /// The tracks in an order that flows.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn flow(&self, _tracks: &[String], _audience: &Audience) -> Result<Vec<Neighbour>> {
        Err(Error::Closed)
    }
}
