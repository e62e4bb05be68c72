//! What listeners think and have played.

use super::types::{Opinion, Play};
use crate::{Engine, Error, Result};

impl Engine {
    /// Takes in what a listener thinks of tracks; with `whole` that is all, and what is not named is forgotten. Returns of how many
    /// tracks there is an opinion now.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn set_opinions(&self, _listener: &str, _opinions: &[Opinion], _whole: bool) -> Result<u64> {
        Err(Error::Closed)
    }

    /// Remembers what a listener played. Returns how many of the tracks are known.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn log_plays(&self, _listener: &str, _plays: &[Play]) -> Result<u64> {
        Err(Error::Closed)
    }

    /// Forgets what was played before a time (seconds since 1970), by all. Returns how much.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn forget_plays(&self, _before: i64) -> Result<u64> {
        Err(Error::Closed)
    }

    /// Forgets everything about a listener: opinions, plays, lists.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn forget_listener(&self, _listener: &str) -> Result<()> {
        Err(Error::Closed)
    }
}
