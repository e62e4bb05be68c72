//! Keeps a third party's panic from becoming ours.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// A decoder or a demuxer panicked; what it worked on is in an unknown state and must be dropped.
#[derive(Debug)]
pub(crate) struct Panicked;

/// Runs code that parses hostile files and is younger than the files it parses.
///
/// The outer guard at the C ABI would save the server too, but only here can the rest of the track still be saved. State
/// touched by `work` is dropped or rebuilt by every caller after [`Panicked`], which is what makes the unwind safety hold.
pub(crate) fn contain<T>(what: &str, work: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let text = payload
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
            .unwrap_or("no message");
        tracing::warn!("{what} panicked: {text}");
        Panicked
    })
}
