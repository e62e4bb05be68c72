//! Ways from one track to another.

use super::types::{Path, PathRequest};
use crate::{Engine, Error, Result};

impl Engine {
    /// A way through some tracks with even steps.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn path(&self, _request: &PathRequest) -> Result<Path> {
        Err(Error::Closed)
    }
}
