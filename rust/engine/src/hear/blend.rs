//! Blends: like this, and not like that.

use super::types::BlendRequest;
use crate::api::Neighbour;
use crate::{Engine, Error, Result};

impl Engine {
    /// Tracks that are like some music and, if wanted, not like other music, the nearest first.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn blend(&self, _request: &BlendRequest) -> Result<Vec<Neighbour>> {
        Err(Error::Closed)
    }
}
