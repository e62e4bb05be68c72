//! What the engine asks of its caller while it works.

use interoptopus::{callback, ffi};

use crate::types::{AnalysisProgress, FilmProgress, MakeProgress, PackProgress};

callback!(ProgressCallback(progress: AnalysisProgress, path: ffi::Slice<'_, u8>) -> ffi::Bool);
callback!(MakeCallback(progress: MakeProgress) -> ffi::Bool);
callback!(PackCallback(progress: PackProgress, file: ffi::Slice<'_, u8>) -> ffi::Bool);
callback!(FilmCallback(progress: FilmProgress) -> ffi::Bool);
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

impl PackCallback {
    /// Tells the caller where an installation stands; the name of the file at hand is in UTF-8. Whether to go on: yes, when
    /// there is nobody to ask.
    pub(crate) fn tell(&self, progress: &segue_engine::PackProgress) -> bool {
        self.call_if_some(progress.into(), progress.file.as_bytes().into()).is_none_or(|go_on| go_on.is())
    }
}

impl FilmCallback {
    /// Tells the caller where the making of a soundtrack stands. Whether to go on: yes, when there is nobody to ask.
    pub(crate) fn tell(&self, progress: &segue_engine::FilmProgress) -> bool {
        self.call_if_some(progress.into()).is_none_or(|go_on| go_on.is())
    }
}

impl KeepGoing {
    /// Whether to go on: yes, when there is nobody to ask.
    pub(crate) fn ask(&self) -> bool {
        self.call_if_some().is_none_or(|go_on| go_on.is())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::types::{FilmStep, PackStep, Step};

    #[test]
    fn a_caller_hears_where_the_making_stands_and_decides() {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let callback = MakeCallback::from_fn({
            let heard = Arc::clone(&heard);
            move |now| {
                heard.lock().unwrap().push(now);
                (now.done < 2).into()
            }
        });
        let now = |done| segue_engine::MakeProgress {
            step: segue_engine::Step::Naming,
            done,
            total: 7,
            fraction: 0.5,
            fitness: 0.25,
        };
        assert!(callback.tell(&now(1)));
        assert!(!callback.tell(&now(2)));
        let expected = MakeProgress { step: Step::Naming, done: 1, total: 7, fraction: 0.5, fitness: 0.25 };
        assert_eq!(heard.lock().unwrap()[..], [expected, MakeProgress { done: 2, ..expected }]);
        assert!(MakeCallback::default().tell(&now(9)), "nobody to ask is a yes");
    }
    #[test]
    fn a_caller_hears_of_packs_and_films_and_decides() {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let callback = PackCallback::from_fn({
            let heard = Arc::clone(&heard);
            move |now, file| {
                heard.lock().unwrap().push((now, String::from_utf8(file.as_slice().to_vec()).unwrap()));
                (now.done < 2).into()
            }
        });
        let now = |done| segue_engine::PackProgress {
            step: segue_engine::PackStep::Fetching,
            file: "größer.onnx".to_owned(),
            done,
            total: 7,
        };
        assert!(callback.tell(&now(1)) && !callback.tell(&now(2)));
        let expected = PackProgress { step: PackStep::Fetching, done: 1, total: 7 };
        assert_eq!(heard.lock().unwrap()[0], (expected, "größer.onnx".to_owned()));
        let callback = FilmCallback::from_fn(|now| {
            assert_eq!(now.step, FilmStep::Listening);
            (now.fraction < 0.5).into()
        });
        let now = |fraction| segue_engine::FilmProgress { step: segue_engine::FilmStep::Listening, fraction };
        assert!(callback.tell(&now(0.25)) && !callback.tell(&now(0.75)));
        assert!(PackCallback::default().tell(&segue_engine::PackProgress::default()), "nobody to ask is a yes");
        assert!(FilmCallback::default().tell(&now(1.0)), "nobody to ask is a yes");
    }
}
