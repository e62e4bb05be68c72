//! Music that sounds right: mixes, paths, blends, sets, listeners, taste, the map.
//!
//! Where a call is `restricted`, everything outside `allowed` does not exist for it: library item ids of 16 bytes each.

use interoptopus::ffi;
use interoptopus::wire::Wire;

use super::{items, pack, unpack, with};
use crate::callbacks::MakeCallback;
use crate::status::Status;
use crate::types::{
    BlendRequest, ExtendRequest, Map, Misfit, MixRequest, Neighbour, Opinion, PathRequest, PersonalList, Play,
    SimilarSet, SimilarSetsRequest, SongPath, TasteRequest, TracksRequest, audience,
};

/// A mix, or what follows a queue.
#[ffi]
pub fn segue_mix(
    engine: u64,
    request: Wire<MixRequest>,
    restricted: ffi::Bool,
    allowed: ffi::Slice<'_, u8>,
) -> ffi::Result<Wire<Vec<Neighbour>>, Status> {
    with(engine, |engine| {
        let request = unpack(request)?.among(items(restricted, allowed)?);
        pack(engine.mix(&request)?.into_iter().map(Into::into).collect())
    })
}

/// A way through some tracks with even steps.
#[ffi]
pub fn segue_path(
    engine: u64,
    request: Wire<PathRequest>,
    restricted: ffi::Bool,
    allowed: ffi::Slice<'_, u8>,
) -> ffi::Result<Wire<SongPath>, Status> {
    with(engine, |engine| pack(engine.path(&unpack(request)?.among(items(restricted, allowed)?))?.into()))
}

/// Tracks that are like some music and, if wanted, not like other music.
#[ffi]
pub fn segue_blend(
    engine: u64,
    request: Wire<BlendRequest>,
    restricted: ffi::Bool,
    allowed: ffi::Slice<'_, u8>,
) -> ffi::Result<Wire<Vec<Neighbour>>, Status> {
    with(engine, |engine| {
        let request = unpack(request)?.among(items(restricted, allowed)?);
        pack(engine.blend(&request)?.into_iter().map(Into::into).collect())
    })
}

/// The artists or albums that sound most like one.
#[ffi]
pub fn segue_similar_sets(
    engine: u64,
    request: Wire<SimilarSetsRequest>,
    restricted: ffi::Bool,
    allowed: ffi::Slice<'_, u8>,
) -> ffi::Result<Wire<Vec<SimilarSet>>, Status> {
    with(engine, |engine| {
        let SimilarSetsRequest { kind, seed, count } = unpack(request)?;
        let audience = audience(String::new(), items(restricted, allowed)?);
        let found = engine.similar_sets(kind.into(), &seed.into(), count as usize, &audience)?;
        pack(found.into_iter().map(Into::into).collect())
    })
}

/// More tracks that fit some.
#[ffi]
pub fn segue_extend(
    engine: u64,
    request: Wire<ExtendRequest>,
    restricted: ffi::Bool,
    allowed: ffi::Slice<'_, u8>,
) -> ffi::Result<Wire<Vec<Neighbour>>, Status> {
    with(engine, |engine| {
        let ExtendRequest { tracks, count, variation, listener } = unpack(request)?;
        let audience = audience(listener, items(restricted, allowed)?);
        let found = engine.extend(&tracks, count as usize, variation, &audience)?;
        pack(found.into_iter().map(Into::into).collect())
    })
}

/// What does not belong among some tracks.
#[ffi]
pub fn segue_misfits(
    engine: u64,
    request: Wire<TracksRequest>,
    restricted: ffi::Bool,
    allowed: ffi::Slice<'_, u8>,
) -> ffi::Result<Wire<Vec<Misfit>>, Status> {
    with(engine, |engine| {
        let TracksRequest { tracks, listener } = unpack(request)?;
        let found = engine.misfits(&tracks, &audience(listener, items(restricted, allowed)?))?;
        pack(found.into_iter().map(Into::into).collect())
    })
}

/// Some tracks in an order that flows.
#[ffi]
pub fn segue_flow(
    engine: u64,
    request: Wire<TracksRequest>,
    restricted: ffi::Bool,
    allowed: ffi::Slice<'_, u8>,
) -> ffi::Result<Wire<Vec<Neighbour>>, Status> {
    with(engine, |engine| {
        let TracksRequest { tracks, listener } = unpack(request)?;
        let found = engine.flow(&tracks, &audience(listener, items(restricted, allowed)?))?;
        pack(found.into_iter().map(Into::into).collect())
    })
}

/// Takes in what a listener thinks of tracks. Returns of how many there is an opinion now.
#[ffi]
pub fn segue_set_opinions(
    engine: u64,
    listener: Wire<String>,
    opinions: Wire<Vec<Opinion>>,
    whole: ffi::Bool,
) -> ffi::Result<u64, Status> {
    with(engine, |engine| {
        let opinions: Vec<_> = unpack(opinions)?.into_iter().map(Into::into).collect();
        Ok(engine.set_opinions(&unpack(listener)?, &opinions, whole.is())?)
    })
}

/// Remembers what a listener played. Returns how many of the tracks are known.
#[ffi]
pub fn segue_log_plays(engine: u64, listener: Wire<String>, plays: Wire<Vec<Play>>) -> ffi::Result<u64, Status> {
    with(engine, |engine| {
        let plays: Vec<_> = unpack(plays)?.into_iter().map(Into::into).collect();
        Ok(engine.log_plays(&unpack(listener)?, &plays)?)
    })
}

/// Forgets what was played before a time, by all. Returns how much.
#[ffi]
pub fn segue_forget_plays(engine: u64, before: i64) -> ffi::Result<u64, Status> {
    with(engine, |engine| Ok(engine.forget_plays(before)?))
}

/// Forgets everything about a listener.
#[ffi]
pub fn segue_forget_listener(engine: u64, listener: Wire<String>) -> ffi::Result<(), Status> {
    with(engine, |engine| Ok(engine.forget_listener(&unpack(listener)?)?))
}

/// Makes a listener's own lists anew.
#[ffi]
pub fn segue_make_personal_lists(
    engine: u64,
    request: Wire<TasteRequest>,
    restricted: ffi::Bool,
    allowed: ffi::Slice<'_, u8>,
) -> ffi::Result<Wire<Vec<PersonalList>>, Status> {
    with(engine, |engine| {
        let request = unpack(request)?.among(items(restricted, allowed)?);
        pack(engine.make_personal_lists(&request)?.into_iter().map(Into::into).collect())
    })
}

/// A listener's own lists as they were made last.
#[ffi]
pub fn segue_personal_lists(
    engine: u64,
    listener: Wire<String>,
    restricted: ffi::Bool,
    allowed: ffi::Slice<'_, u8>,
) -> ffi::Result<Wire<Vec<PersonalList>>, Status> {
    with(engine, |engine| {
        let audience = audience(unpack(listener)?, items(restricted, allowed)?);
        pack(engine.personal_lists(&audience)?.into_iter().map(Into::into).collect())
    })
}

/// Lays the library out, until it is done, the callback answers no, or the engine is closed.
#[ffi]
pub fn segue_make_map(engine: u64, progress: MakeCallback) -> ffi::Result<(), Status> {
    with(engine, |engine| Ok(engine.make_map(&mut |now| progress.tell(now))?))
}

/// The map as it was made last.
#[ffi]
pub fn segue_map(engine: u64, restricted: ffi::Bool, allowed: ffi::Slice<'_, u8>) -> ffi::Result<Wire<Map>, Status> {
    with(engine, |engine| {
        let audience = audience(String::new(), items(restricted, allowed)?);
        pack(engine.map(&audience)?.into())
    })
}
