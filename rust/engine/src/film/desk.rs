//! The making of a soundtrack, watched from the caller's thread while an engine's thread does it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use super::types::{FilmProgress, FilmStep};
use crate::engine::lock;
use crate::watched::{Stop, watched};
use crate::{Error, Result};

/// What the work says of itself, and whether it should go on.
#[derive(Default)]
pub(super) struct Desk {
    /// Also looked at by whoever waits for ffmpeg.
    stopped: Arc<AtomicBool>,
    now: Mutex<FilmProgress>,
}

impl Desk {
    pub(super) fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.stopped)
    }

    pub(super) fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    /// An error once somebody wants the work to end.
    pub(super) fn check(&self) -> Result<()> {
        if self.stopped() { Err(Error::Cancelled) } else { Ok(()) }
    }

    /// Says where the work stands, `done` of a step being 0..1.
    pub(super) fn tell(&self, step: FilmStep, done: f32) {
        let (from, to) = match step {
            FilmStep::Looking => (0.0, 0.5),
            FilmStep::Listening => (0.5, 0.85),
            FilmStep::Asking => (0.85, 0.97),
            FilmStep::Choosing => (0.97, 1.0),
        };
        *lock(&self.now) = FilmProgress { step, fraction: from + done.clamp(0.0, 1.0) * (to - from) };
    }
}

/// Runs `work` on the pool while this thread tells `watch` at least four times a second where it stands. The work is asked to end when
/// `watch` answers `false` or `closing` says so.
///
/// # Errors
/// Those of the work.
pub(super) fn work<T: Send>(
    pool: &rayon::ThreadPool,
    watch: &mut dyn FnMut(&FilmProgress) -> bool,
    closing: &dyn Fn() -> bool,
    work: impl FnOnce(&Desk) -> Result<T> + Send,
) -> Result<T> {
    let desk = Desk::default();
    let mut go_on = || {
        let now = *lock(&desk.now);
        watch(&now) && !closing()
    };
    watched(pool, &desk, &mut go_on, work)
}

impl Stop for Desk {
    fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
    }
}
