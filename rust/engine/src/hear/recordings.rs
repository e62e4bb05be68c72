//! Which songs are one recording, kept so that no mix has to search.

use crate::engine::State;
use crate::{Engine, Result};

impl Engine {
    /// Brings the numbers of recordings up to date where fingerprints have changed, and lets the index know them. A closing
    /// engine leaves it for the next time.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn update_recordings(&self, state: &State) -> Result<()> {
        if !state.store.fingerprints_changed()? {
            return Ok(());
        }
        let Some(groups) = self.recording_groups(state, &mut |_, _| true)? else { return Ok(()) };
        let groups: Vec<Vec<String>> = groups.into_iter().map(|group| group.songs).collect();
        state.store.replace_recordings(&groups)?;
        let recordings = state.store.recordings()?;
        state.write_index().set_recordings(recordings);
        Ok(())
    }
}
