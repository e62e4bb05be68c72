//! The guard: what every export runs inside, so that no panic reaches the host.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};

use interoptopus::ffi;
use interoptopus::lang::types::TypeInfo;

use crate::status::{Failure, Status};

thread_local! {
    /// Text of the last call on this thread that failed.
    static LAST_ERROR: RefCell<String> = const { RefCell::new(String::new()) };
    /// Where this thread panicked last; only the panic hook is told.
    static PANICKED_AT: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Calls that are inside the guard, in the whole process.
static GUARDED: AtomicUsize = AtomicUsize::new(0);

/// Runs `call`. Its failure becomes a status whose text [`last_error`] returns; so does a panic.
///
/// What a panic leaves behind is safe to go on with: engines recover their locks from poisoning, and nothing else is shared.
pub(crate) fn guard<T: TypeInfo>(call: impl FnOnce() -> Result<T, Failure>) -> ffi::Result<T, Status> {
    hush_panics();
    GUARDED.fetch_add(1, Ordering::Relaxed);
    let outcome = panic::catch_unwind(AssertUnwindSafe(call));
    GUARDED.fetch_sub(1, Ordering::Relaxed);
    let failure = match outcome {
        Ok(Ok(value)) => return ffi::Ok(value),
        Ok(Err(failure)) => failure,
        Err(payload) => panicked(payload),
    };
    // During the end of a thread its text may be gone already; the status alone must do then.
    let _ = LAST_ERROR.try_with(|text| text.replace(failure.text));
    ffi::Err(failure.status)
}

/// The text of the last failure on this thread; empty when there was none.
pub(crate) fn last_error() -> String {
    LAST_ERROR.with(|text| text.borrow().clone())
}

fn panicked(payload: Box<dyn Any + Send>) -> Failure {
    let said = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".to_owned());
    // Dropping an unknown payload may panic once more, and here is nobody left to catch it.
    std::mem::forget(payload);
    let at = PANICKED_AT.try_with(RefCell::take).unwrap_or_default();
    Failure::new(Status::Panic, format!("Segue failed inside ({said}, {at}); please report this"))
}

/// Keeps Rust from printing panics into the host's terminal while it works for the host.
///
/// While no call is under way, panics cannot be the engine's: they are left to the hook that was there before (a test
/// harness, or another user of this crate).
fn hush_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if GUARDED.load(Ordering::Relaxed) == 0 {
                return before(info);
            }
            let at = info.location().map_or_else(|| "at an unknown place".to_owned(), |at| format!("at {at}"));
            tracing::error!(%at, "panic");
            let _ = PANICKED_AT.try_with(|place| place.replace(at));
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_status_with_message_and_place() {
        for panic in [|| panic!("on purpose"), || panic!("{} purpose", "on")] {
            let outcome = guard::<u64>(|| {
                panic();
                Ok(0)
            });
            assert!(matches!(outcome, ffi::Result::Err(Status::Panic)));
            assert!(last_error().contains("on purpose"), "{}", last_error());
            assert!(last_error().contains("guard.rs"), "{}", last_error());
        }
    }

    #[test]
    fn a_payload_that_panics_when_dropped_is_stopped_too() {
        struct Spiteful;
        impl Drop for Spiteful {
            fn drop(&mut self) {
                panic!("once more");
            }
        }
        let outcome = guard::<u64>(|| panic::panic_any(Spiteful));
        assert!(matches!(outcome, ffi::Result::Err(Status::Panic)));
    }

    #[test]
    fn each_thread_has_its_own_text() {
        let failed = guard::<u64>(|| Err(Failure::new(Status::Io, "here")));
        assert!(matches!(failed, ffi::Result::Err(Status::Io)));
        let elsewhere = std::thread::spawn(last_error).join().unwrap();
        assert_eq!((last_error().as_str(), elsewhere.as_str()), ("here", ""));
    }
}
