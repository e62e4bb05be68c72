//! The exports. Each is one call of the engine inside the guard.

mod curate;
mod film;
mod hear;
mod packs;
mod words;

use interoptopus::ffi;
use interoptopus::lang::types::{TypeInfo, WireIO};
use interoptopus::wire::Wire;
use segue_engine::{Engine, ItemId};

pub use curate::*;
pub use film::*;
pub use hear::*;
pub use packs::*;
pub use words::*;

use crate::callbacks::{KeepGoing, ProgressCallback};
use crate::guard::{guard, last_error};
use crate::handles;
use crate::status::{Failure as Failed, Status};
use crate::types::{AnalysisSummary, Failure, LibraryTrack, Neighbour, Options, Statistics, SyncSummary, Track};

/// Version of this library.
#[ffi]
pub fn segue_version() -> ffi::Result<Wire<String>, Status> {
    guard(|| pack(segue_engine::version().to_owned()))
}

/// Panics inside the guard, on purpose. `Panic` says that the guard holds; a host that is gone, that it does not.
#[ffi]
pub fn segue_check_guard() -> ffi::Result<(), Status> {
    #[allow(clippy::panic, reason = "to show that the guard holds")]
    guard(|| panic!("on request"))
}

/// Text of the last call on this thread that did not end with `Ok`.
#[ffi]
pub fn segue_last_error() -> ffi::Result<Wire<String>, Status> {
    guard(|| pack(last_error()))
}

/// Opens a store. The number stands for the engine in all other calls; give it to `segue_free` in the end.
#[ffi]
pub fn segue_open(options: Wire<Options>) -> ffi::Result<u64, Status> {
    guard(|| Ok(handles::insert(Engine::open(unpack(options)?.into())?)))
}

/// Stops what runs, waits for it and closes the store. Later calls end with `Closed`. Closing again does nothing.
#[ffi]
pub fn segue_close(engine: u64) -> ffi::Result<(), Status> {
    with(engine, |engine| {
        engine.close();
        Ok(())
    })
}

/// Closes the engine, if need be, and forgets its number.
#[ffi]
pub fn segue_free(engine: u64) -> ffi::Result<(), Status> {
    guard(|| {
        handles::remove(engine)?.close();
        Ok(())
    })
}

/// Begins to compare the store with a library. Returns the number of the comparison.
#[ffi]
pub fn segue_begin_sync(engine: u64) -> ffi::Result<u64, Status> {
    with(engine, |engine| Ok(engine.begin_sync()?))
}

/// Tells of some of the library's tracks.
#[ffi]
pub fn segue_sync(engine: u64, generation: u64, tracks: Wire<Vec<LibraryTrack>>) -> ffi::Result<(), Status> {
    with(engine, |engine| {
        let tracks: Vec<_> = unpack(tracks)?.into_iter().map(Into::into).collect();
        Ok(engine.sync(generation, &tracks)?)
    })
}

/// Ends the comparison: what was not told of is gone from the library.
#[ffi]
pub fn segue_finish_sync(engine: u64, generation: u64) -> ffi::Result<SyncSummary, Status> {
    with(engine, |engine| Ok(engine.finish_sync(generation)?.into()))
}

/// Compares the store with all music below some folders.
#[ffi]
pub fn segue_scan_folders(
    engine: u64,
    roots: Wire<Vec<String>>,
    keep_going: KeepGoing,
) -> ffi::Result<SyncSummary, Status> {
    with(engine, |engine| {
        let roots: Vec<_> = unpack(roots)?.into_iter().map(Into::into).collect();
        Ok(engine.scan_folders(&roots, &|| keep_going.ask())?.into())
    })
}

/// Analyses what is pending, until all is done, the callback answers no, or the engine is closed.
#[ffi]
pub fn segue_analyse(engine: u64, progress: ProgressCallback) -> ffi::Result<AnalysisSummary, Status> {
    with(engine, |engine| Ok(engine.analyse(&mut |now| progress.tell(now).into())?.into()))
}

/// Holds a running analysis, or lets it go on.
#[ffi]
pub fn segue_set_paused(engine: u64, paused: ffi::Bool) -> ffi::Result<(), Status> {
    with(engine, |engine| {
        engine.set_paused(paused.is());
        Ok(())
    })
}

/// Forgets recorded failures. Returns how many.
#[ffi]
pub fn segue_retry_failed(engine: u64) -> ffi::Result<u64, Status> {
    with(engine, |engine| Ok(engine.retry_failed()?))
}

/// What is known of a track, if anything.
#[ffi]
pub fn segue_track(engine: u64, reference: Wire<String>) -> ffi::Result<Wire<Option<Track>>, Status> {
    with(engine, |engine| pack(engine.track(&unpack(reference)?)?.map(Into::into)))
}

/// The tracks nearest to one. With `restricted`, of those in `allowed` only: library item ids of 16 bytes each.
#[ffi]
pub fn segue_similar(
    engine: u64,
    reference: Wire<String>,
    count: u32,
    restricted: ffi::Bool,
    allowed: ffi::Slice<'_, u8>,
) -> ffi::Result<Wire<Vec<Neighbour>>, Status> {
    with(engine, |engine| {
        let allowed = items(restricted, allowed)?;
        let found = engine.similar(&unpack(reference)?, count as usize, allowed.as_deref())?;
        pack(found.into_iter().map(Into::into).collect())
    })
}

/// The state of things.
#[ffi]
pub fn segue_statistics(engine: u64) -> ffi::Result<Wire<Statistics>, Status> {
    with(engine, |engine| pack(engine.statistics()?.into()))
}

/// The tracks that could not be analysed.
#[ffi]
pub fn segue_failures(engine: u64) -> ffi::Result<Wire<Vec<Failure>>, Status> {
    with(engine, |engine| pack(engine.failures()?.into_iter().map(Into::into).collect()))
}

/// Runs `call` inside the guard with the engine of this number.
fn with<T: TypeInfo>(engine: u64, call: impl FnOnce(&Engine) -> Result<T, Failed>) -> ffi::Result<T, Status> {
    guard(|| call(handles::get(engine)?.as_ref()))
}

fn unpack<T: TypeInfo + WireIO>(mut wire: Wire<T>) -> Result<T, Failed> {
    wire.try_unwire().map_err(|error| Failed::new(Status::InvalidArgument, format!("an argument is garbled: {error}")))
}

fn pack<T: TypeInfo + WireIO>(value: T) -> Result<Wire<T>, Failed> {
    Wire::try_from(value).map_err(|error| Failed::new(Status::Internal, format!("an answer cannot be sent: {error}")))
}

/// Item ids from their bytes. `None`: no restriction, which is not the same as none allowed.
fn items(restricted: ffi::Bool, bytes: ffi::Slice<'_, u8>) -> Result<Option<Vec<ItemId>>, Failed> {
    if !restricted.is() {
        return Ok(None);
    }
    let (ids, rest) = bytes.as_slice().as_chunks();
    if rest.is_empty() {
        Ok(Some(ids.to_vec()))
    } else {
        Err(Failed::new(Status::InvalidArgument, "the allowed items are not a whole number of 16-byte ids"))
    }
}
