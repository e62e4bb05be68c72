//! The map: the library as a plane.

use super::types::{Audience, Map};
use crate::curate::Watch;
use crate::{Engine, Error, Result};

impl Engine {
    /// Lays the library out, beginning from the last map, so that what was there stays about where it was.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn make_map(&self, _watch: Watch<'_>) -> Result<()> {
        Err(Error::Closed)
    }

    /// The map as it was made last, of what may be seen.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn map(&self, _audience: &Audience) -> Result<Map> {
        Err(Error::Closed)
    }
}
