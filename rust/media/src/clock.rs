//! The time a track may take, and the caller's wish to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::{Error, OpenOptions, Result};

/// Counts the time spent inside this room. What the caller does between two blocks is not the file's fault: a paused
/// analysis must not end in a time-out.
#[derive(Debug)]
pub(crate) struct Clock {
    limit: Duration,
    cancel: Option<Arc<AtomicBool>>,
    spent: Duration,
    since: Instant,
}

impl Clock {
    pub(crate) fn start(options: &OpenOptions) -> Self {
        Self { limit: options.time_limit, cancel: options.cancel.clone(), spent: Duration::ZERO, since: Instant::now() }
    }

    /// The caller is gone: what passes until [`Clock::resume`] does not count.
    pub(crate) fn pause(&mut self) {
        self.spent += self.since.elapsed();
    }

    pub(crate) fn resume(&mut self) {
        self.since = Instant::now();
    }

    pub(crate) fn check(&self) -> Result<()> {
        if self.cancel.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed)) {
            return Err(Error::Cancelled);
        }
        if self.spent + self.since.elapsed() > self.limit {
            return Err(Error::TimedOut { limit: self.limit });
        }
        Ok(())
    }
}
