//! Engines by number.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use segue_engine::Engine;

use crate::status::{Failure, Status};

// A poisoned lock is taken all the same: inserting and removing an entry cannot stop half-way.
static ENGINES: RwLock<BTreeMap<u64, Arc<Engine>>> = RwLock::new(BTreeMap::new());
static NEXT: AtomicU64 = AtomicU64::new(1);

/// Takes an engine in and gives it a number, which is never zero and never given out again.
pub(crate) fn insert(engine: Engine) -> u64 {
    let handle = NEXT.fetch_add(1, Ordering::Relaxed);
    ENGINES.write().unwrap_or_else(PoisonError::into_inner).insert(handle, Arc::new(engine));
    handle
}

/// The engine of this number. Who holds it keeps it alive.
pub(crate) fn get(handle: u64) -> Result<Arc<Engine>, Failure> {
    let engines = ENGINES.read().unwrap_or_else(PoisonError::into_inner);
    engines.get(&handle).cloned().ok_or_else(|| unknown(handle))
}

/// Gives the engine up: its number means nothing from now on.
pub(crate) fn remove(handle: u64) -> Result<Arc<Engine>, Failure> {
    let mut engines = ENGINES.write().unwrap_or_else(PoisonError::into_inner);
    engines.remove(&handle).ok_or_else(|| unknown(handle))
}

fn unknown(handle: u64) -> Failure {
    if handle == 0 {
        Failure::new(Status::NullHandle, "no engine was given; open one first")
    } else {
        Failure::new(Status::Closed, "the engine was closed and freed; open another one")
    }
}
