//! Which songs are one recording, kept so that no mix has to search.

use crate::duplicates::RecordingGroup;
use crate::engine::State;
use crate::{Engine, Result};

impl Engine {
    /// Brings the numbers of recordings up to date where fingerprints have changed. A closing engine leaves it for the next
    /// time.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn update_recordings(&self, state: &State) -> Result<()> {
        if state.store.fingerprints_changed()?
            && let Some(groups) = self.recording_groups(state, &mut |_, _| true)?
        {
            state.keep_recordings(&groups)?;
        }
        Ok(())
    }
}

impl State {
    /// Writes down which songs are one recording, and lets the index know.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn keep_recordings(&self, groups: &[RecordingGroup]) -> Result<()> {
        let groups: Vec<Vec<String>> = groups.iter().map(|group| group.songs.clone()).collect();
        self.store.replace_recordings(&groups)?;
        let recordings = self.store.recordings()?;
        self.write_index().set_recordings(recordings);
        Ok(())
    }
}
