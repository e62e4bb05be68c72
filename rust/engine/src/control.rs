//! Stop and pause, as seen by threads that are busy with a track.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Shared by the caller, who sets it, and the workers, who look at it many times a second.
#[derive(Default)]
pub(crate) struct Control {
    stopped: Arc<AtomicBool>,
    waits: Mutex<Waits>,
    changed: Condvar,
}

/// Why workers wait: each reason comes and goes by itself.
#[derive(Debug, Clone, Copy, Default)]
struct Waits {
    /// Somebody paused the engine.
    paused: bool,
    /// Whoever watches the run says that the machine is needed.
    busy: bool,
}

/// The work was stopped on request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stopped;

impl Control {
    /// Asks all workers to stop; wakes those that are paused.
    pub(crate) fn stop(&self) {
        // Under the lock, so that a worker between its check and its wait cannot miss the wake-up.
        let _guard = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        self.stopped.store(true, Ordering::Release);
        self.changed.notify_all();
    }

    /// The flag itself, for a room that looks at it between two of its own steps.
    pub(crate) fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.stopped)
    }

    /// Allows work again.
    pub(crate) fn reset(&self) {
        self.stopped.store(false, Ordering::Release);
        self.set_busy(false);
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    pub(crate) fn set_paused(&self, paused: bool) {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner).paused = paused;
        self.changed.notify_all();
    }

    pub(crate) fn set_busy(&self, busy: bool) {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner).busy = busy;
        self.changed.notify_all();
    }

    pub(crate) fn is_paused(&self) -> bool {
        let waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        waits.paused || waits.busy
    }

    /// Waits while paused or busy; an error once stopped.
    pub(crate) fn checkpoint(&self) -> Result<(), Stopped> {
        let mut waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        while (waits.paused || waits.busy) && !self.is_stopped() {
            waits = self.changed.wait(waits).unwrap_or_else(PoisonError::into_inner);
        }
        if self.is_stopped() { Err(Stopped) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::time::Duration;

    #[test]
    fn a_paused_worker_goes_on_when_resumed_and_ends_when_stopped() {
        for (stop, expected) in [(false, Ok(())), (true, Err(Stopped))] {
            let control = Arc::new(Control::default());
            control.set_paused(true);
            let worker = std::thread::spawn({
                let control = Arc::clone(&control);
                move || control.checkpoint()
            });
            std::thread::sleep(Duration::from_millis(20));
            assert!(!worker.is_finished());
            if stop {
                control.stop();
            } else {
                control.set_paused(false);
            }
            assert_eq!(worker.join().unwrap(), expected);
        }
    }
}
