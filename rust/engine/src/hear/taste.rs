//! A listener's taste, and the lists made from it.

use super::types::{PersonalList, TasteRequest};
use crate::{Engine, Error, Result};

impl Engine {
    /// Makes a listener's own lists anew, each in place of the one before it.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn make_personal_lists(&self, _request: &TasteRequest) -> Result<Vec<PersonalList>> {
        Err(Error::Closed)
    }

    /// A listener's own lists as they were made last, of tracks that may be seen now.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn personal_lists(&self, _audience: &super::types::Audience) -> Result<Vec<PersonalList>> {
        Err(Error::Closed)
    }
}
