//! Text search, and what the collection of vectors holds.
//!
//! Where a call is `restricted`, everything outside `allowed` does not exist for it: library item ids of 16 bytes each.

use interoptopus::ffi;
use interoptopus::wire::Wire;

use super::{items, pack, unpack, with};
use crate::status::Status;
use crate::types::{CollectionStatistics, SearchAnswer, SearchRequest};

/// Tracks that fit what somebody typed.
#[ffi]
pub fn segue_search(
    engine: u64,
    request: Wire<SearchRequest>,
    restricted: ffi::Bool,
    allowed: ffi::Slice<'_, u8>,
) -> ffi::Result<Wire<SearchAnswer>, Status> {
    with(engine, |engine| pack(engine.search(&unpack(request)?.among(items(restricted, allowed)?))?.into()))
}

/// What the collection of vectors holds.
#[ffi]
pub fn segue_collection(engine: u64) -> ffi::Result<Wire<CollectionStatistics>, Status> {
    with(engine, |engine| pack(engine.collection_statistics()?.into()))
}
