//! Music for films.

use interoptopus::ffi;
use interoptopus::wire::Wire;

use super::{items, pack, unpack, with};
use crate::callbacks::FilmCallback;
use crate::status::Status;
use crate::types::{Soundtrack, SoundtrackRequest};

/// Music that fits a film, until it is chosen, the callback answers no, or the engine is closed. With
/// `restricted`, of the items in `allowed` only: library item ids of 16 bytes each.
#[ffi]
pub fn segue_soundtrack(
    engine: u64,
    request: Wire<SoundtrackRequest>,
    restricted: ffi::Bool,
    allowed: ffi::Slice<'_, u8>,
    progress: FilmCallback,
) -> ffi::Result<Wire<Soundtrack>, Status> {
    with(engine, |engine| {
        let request = unpack(request)?.among(items(restricted, allowed)?);
        pack(engine.soundtrack(&request, &mut |now| progress.tell(now))?.into())
    })
}
