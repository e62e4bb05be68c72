//! Models that a person may add.

use interoptopus::ffi;
use interoptopus::wire::Wire;

use super::{pack, unpack, with};
use crate::callbacks::PackCallback;
use crate::status::Status;
use crate::types::Pack;

/// The models that a person may add, and how each stands.
#[ffi]
pub fn segue_packs(engine: u64) -> ffi::Result<Wire<Vec<Pack>>, Status> {
    with(engine, |engine| pack(engine.packs()?.into_iter().map(Into::into).collect()))
}

/// Fetches a pack and puts it in place, until it is done, the callback answers no, or the engine is closed. `accept` is the
/// licence that the person accepted.
#[ffi]
pub fn segue_install_pack(
    engine: u64,
    name: Wire<String>,
    accept: Wire<String>,
    progress: PackCallback,
) -> ffi::Result<Wire<Pack>, Status> {
    with(engine, |engine| {
        let installed = engine.install_pack(&unpack(name)?, &unpack(accept)?, &mut |now| progress.tell(now))?;
        pack(installed.into())
    })
}

/// Removes a pack's files.
#[ffi]
pub fn segue_remove_pack(engine: u64, name: Wire<String>) -> ffi::Result<Wire<Pack>, Status> {
    with(engine, |engine| pack(engine.remove_pack(&unpack(name)?)?.into()))
}
