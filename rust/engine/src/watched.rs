//! Long work on the engine's own threads, watched from the caller's.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use rayon::ThreadPool;

use crate::{Error, Result};

/// How often the caller hears where the work stands, and is asked whether to go on.
pub(crate) const TICK: Duration = Duration::from_millis(200);

/// What a work shares with whoever watches it.
pub(crate) trait Stop: Sync {
    /// Asks the work to end.
    fn stop(&self);
}

/// Runs `work` on the pool, where it may spread over all threads, while this thread asks `go_on` at least four times a second. The work
/// is asked to end when that answers `false`.
///
/// # Errors
/// Those of the work.
pub(crate) fn watched<D: Stop, T: Send>(
    pool: &ThreadPool,
    desk: &D,
    go_on: &mut dyn FnMut() -> bool,
    work: impl FnOnce(&D) -> Result<T> + Send,
) -> Result<T> {
    let (sender, answer) = channel();
    let mut found = None;
    pool.in_place_scope(|scope| {
        scope.spawn(move |_| {
            // Nobody listens any more only where the caller's callback panicked.
            let _ = sender.send(work(desk));
        });
        // Should the caller's callback panic, the work must not go on unwatched.
        let _stop = StopOnDrop(desk);
        loop {
            if !go_on() {
                desk.stop();
            }
            match answer.recv_timeout(TICK) {
                Ok(outcome) => {
                    found = Some(outcome);
                    break;
                }
                Err(RecvTimeoutError::Timeout) => {}
                // The work panicked; the scope hands that on.
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
    });
    found.unwrap_or(Err(Error::Cancelled))
}

struct StopOnDrop<'a, D: Stop>(&'a D);

impl<D: Stop> Drop for StopOnDrop<'_, D> {
    fn drop(&mut self) {
        self.0.stop();
    }
}
