//! What the engine asks of its caller while it works.

use interoptopus::{callback, ffi};

use crate::types::{AnalysisProgress, MakeProgress};

callback!(ProgressCallback(progress: AnalysisProgress, path: ffi::Slice<'_, u8>) -> ffi::Bool);
callback!(MakeCallback(progress: MakeProgress) -> ffi::Bool);
callback!(KeepGoing() -> ffi::Bool);

impl ProgressCallback {
    /// Tells the caller where the analysis stands; the path is that of the file finished last, in UTF-8. Whether to go
    /// on: yes, when there is nobody to ask.
    pub(crate) fn tell(&self, progress: &segue_engine::Progress) -> bool {
        let path = progress.path.to_string_lossy();
        self.call_if_some(progress.into(), path.as_bytes().into()).is_none_or(|go_on| go_on.is())
    }
}

impl MakeCallback {
    /// Tells the caller where the making of playlists stands. Whether to go on: yes, when there is nobody to ask.
    pub(crate) fn tell(&self, progress: &segue_engine::MakeProgress) -> bool {
        self.call_if_some(progress.into()).is_none_or(|go_on| go_on.is())
    }
}

impl KeepGoing {
    /// Whether to go on: yes, when there is nobody to ask.
    pub(crate) fn ask(&self) -> bool {
        self.call_if_some().is_none_or(|go_on| go_on.is())
    }
}
