//! Long work on the engine's own threads, watched from the caller's.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::ThreadPool;

use super::Watch;
use super::types::{MakeProgress, Step};
use crate::watched::{Stop, watched};
use crate::{Error, Result};

/// What the work says of itself, and whether it should go on. Shared by all threads.
#[derive(Default)]
pub(crate) struct Desk {
    stopped: AtomicBool,
    now: Mutex<MakeProgress>,
}

impl Desk {
    /// Whether somebody wants the work to end.
    pub(crate) fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    /// An error once somebody wants the work to end.
    pub(crate) fn check(&self) -> Result<()> {
        if self.stopped() { Err(Error::Cancelled) } else { Ok(()) }
    }

    /// Says where the work stands.
    pub(crate) fn tell(&self, step: Step, done: usize, total: usize) {
        let share = if total == 0 { 0.0 } else { (done as f64 / total as f64).min(1.0) };
        let (from, to) = part(step);
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now = MakeProgress {
            step,
            done: done as u64,
            total: total as u64,
            fraction: from + share * (to - from),
            fitness: now.fitness,
        };
    }

    /// Says how good the best so far is.
    pub(crate) fn tell_fitness(&self, fitness: f64) {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).fitness = fitness;
    }

    fn now(&self) -> MakeProgress {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Which part of the whole a step is, as people wait for it.
fn part(step: Step) -> (f64, f64) {
    match step {
        Step::Gathering => (0.0, 0.05),
        Step::Searching => (0.05, 0.80),
        Step::Assigning => (0.80, 0.85),
        Step::Naming => (0.85, 0.98),
        Step::Saving => (0.98, 1.0),
    }
}

/// Runs `work` on the pool, where it may spread over all threads, while this thread tells `watch` at least four times a
/// second where it stands. The work is asked to end when `watch` answers `false` or `closing` says so.
///
/// # Errors
/// Those of the work.
pub(crate) fn work<T: Send>(
    pool: &ThreadPool,
    watch: Watch<'_>,
    closing: &dyn Fn() -> bool,
    work: impl FnOnce(&Desk) -> Result<T> + Send,
) -> Result<T> {
    let desk = Desk::default();
    watched(pool, &desk, &mut || watch(&desk.now()) && !closing(), work)
}

impl Stop for Desk {
    fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::watched::TICK;

    fn pool() -> ThreadPool {
        rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap()
    }

    #[test]
    fn the_caller_hears_of_the_work_and_gets_its_answer() {
        let mut steps = Vec::new();
        let answer = work(
            &pool(),
            &mut |now| {
                steps.push(now.step);
                true
            },
            &|| false,
            |desk| {
                desk.tell(Step::Searching, 1, 2);
                desk.tell_fitness(0.5);
                std::thread::sleep(3 * TICK);
                Ok(7)
            },
        );
        assert_eq!(answer.unwrap(), 7);
        assert!(steps.len() >= 3 && steps.contains(&Step::Searching), "{steps:?}");
    }

    #[test]
    fn a_no_and_a_closing_engine_end_the_work() {
        let until_stopped = |desk: &Desk| -> Result<()> {
            while !desk.stopped() {
                std::thread::sleep(Duration::from_millis(5));
            }
            desk.check()
        };
        assert!(matches!(work(&pool(), &mut |_| false, &|| false, until_stopped), Err(Error::Cancelled)));
        assert!(matches!(work(&pool(), &mut |_| true, &|| true, until_stopped), Err(Error::Cancelled)));
    }

    #[test]
    fn fractions_only_grow() {
        let desk = Desk::default();
        let steps = [Step::Gathering, Step::Searching, Step::Assigning, Step::Naming, Step::Saving];
        let mut last = 0.0;
        for step in steps {
            for done in 0..=3 {
                desk.tell(step, done, 3);
                let now = desk.now().fraction;
                assert!(now >= last && now <= 1.0);
                last = now;
            }
        }
        assert_eq!(last, 1.0);
    }
}
