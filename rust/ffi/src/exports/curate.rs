//! Groups of the library, and playlists.

use interoptopus::ffi;
use interoptopus::wire::Wire;

use super::{items, pack, unpack, with};
use crate::callbacks::MakeCallback;
use crate::guard::guard;
use crate::status::{Failure as Failed, Status};
use crate::types::{
    ArtistProfile, ClusterReport, ClusterRequest, DataQuality, DefinitionRequest, Elbow, ExportRequest, Import,
    ImportRequest, NamingKey, NamingProvider, Playlist, PlaylistEdit, PlaylistRequest, PlaylistRun, RunReport,
};

/// A wish for playlists as the engine understands it; `None` is the one that it takes by itself. With it a host can check
/// that its own defaults are the engine's, and that what it sends arrives.
#[ffi]
pub fn segue_understood(request: Wire<Option<PlaylistRequest>>) -> ffi::Result<Wire<PlaylistRequest>, Status> {
    guard(|| {
        let understood: segue_engine::PlaylistRequest = unpack(request)?.map(Into::into).unwrap_or_default();
        pack(understood.into())
    })
}

/// Makes playlists of the whole library, until all is done, the callback answers no, or the engine is closed.
#[ffi]
pub fn segue_make_playlists(
    engine: u64,
    request: Wire<PlaylistRequest>,
    progress: MakeCallback,
) -> ffi::Result<Wire<PlaylistRun>, Status> {
    with(engine, |engine| pack(engine.playlists(&unpack(request)?.into(), &mut |now| progress.tell(now))?.into()))
}

/// Groups the library without making playlists, until all is done, the callback answers no, or the engine is closed.
#[ffi]
pub fn segue_cluster(
    engine: u64,
    request: Wire<ClusterRequest>,
    progress: MakeCallback,
) -> ffi::Result<Wire<ClusterReport>, Status> {
    with(engine, |engine| pack(engine.cluster(&unpack(request)?.into(), &mut |now| progress.tell(now))?.into()))
}

/// The curve that tells how many groups there are, from `least` to `most` of them.
#[ffi]
pub fn segue_elbow(
    engine: u64,
    request: Wire<ClusterRequest>,
    least: u32,
    most: u32,
    progress: MakeCallback,
) -> ffi::Result<Wire<Elbow>, Status> {
    with(engine, |engine| {
        let ks = least as usize..=most as usize;
        pack(engine.elbow(&unpack(request)?.into(), ks, &mut |now| progress.tell(now))?.into())
    })
}

/// A look at the numbers before grouping.
#[ffi]
pub fn segue_data_quality(engine: u64, request: Wire<ClusterRequest>) -> ffi::Result<DataQuality, Status> {
    with(engine, |engine| Ok(engine.data_quality(&unpack(request)?.into())?.into()))
}

/// All playlists that are kept, excluded ones too.
#[ffi]
pub fn segue_kept_playlists(engine: u64) -> ffi::Result<Wire<Vec<Playlist>>, Status> {
    with(engine, |engine| pack(engine.kept_playlists()?.into_iter().map(Into::into).collect()))
}

/// What a person wants of a playlist.
#[ffi]
pub fn segue_edit_playlist(
    engine: u64,
    key: Wire<String>,
    edit: Wire<PlaylistEdit>,
) -> ffi::Result<Wire<Playlist>, Status> {
    with(engine, |engine| pack(engine.edit_playlist(&unpack(key)?, &unpack(edit)?.into())?.into()))
}

/// What a definition would hold. With `restricted`, of the items in `allowed` only: library item ids of 16 bytes each.
#[ffi]
pub fn segue_preview(
    engine: u64,
    request: Wire<DefinitionRequest>,
    restricted: ffi::Bool,
    allowed: ffi::Slice<'_, u8>,
) -> ffi::Result<Wire<Playlist>, Status> {
    with(engine, |engine| pack(engine.preview(&unpack(request)?.among(items(restricted, allowed)?))?.into()))
}

/// Keeps a definition. With `restricted`, it is answered with the items in `allowed` only: library item ids of 16 bytes each.
#[ffi]
pub fn segue_keep_definition(
    engine: u64,
    request: Wire<DefinitionRequest>,
    restricted: ffi::Bool,
    allowed: ffi::Slice<'_, u8>,
) -> ffi::Result<Wire<Playlist>, Status> {
    with(engine, |engine| pack(engine.keep_definition(&unpack(request)?.among(items(restricted, allowed)?))?.into()))
}

/// Forgets a definition and its playlist.
#[ffi]
pub fn segue_forget_definition(engine: u64, key: Wire<String>) -> ffi::Result<(), Status> {
    with(engine, |engine| Ok(engine.forget_definition(&unpack(key)?)?))
}

/// Reports of the last runs, newest first.
#[ffi]
pub fn segue_reports(engine: u64, count: u32) -> ffi::Result<Wire<Vec<RunReport>>, Status> {
    with(engine, |engine| pack(engine.reports(count as usize)?.into_iter().map(Into::into).collect()))
}

/// Finds a playlist file's tracks. With `restricted`, among the items in `allowed` only: library item ids of 16 bytes each.
#[ffi]
pub fn segue_import(
    engine: u64,
    file: ffi::Slice<'_, u8>,
    request: Wire<ImportRequest>,
    restricted: ffi::Bool,
    allowed: ffi::Slice<'_, u8>,
) -> ffi::Result<Wire<Import>, Status> {
    with(engine, |engine| {
        let request = unpack(request)?.of(file.as_slice(), items(restricted, allowed)?);
        pack(engine.import(&request)?.into())
    })
}

/// The bytes of a playlist file of some songs.
#[ffi]
pub fn segue_export(engine: u64, request: Wire<ExportRequest>) -> ffi::Result<Wire<Vec<u8>>, Status> {
    with(engine, |engine| {
        let ExportRequest { title, songs, format, folder } = unpack(request)?;
        pack(engine.export(&title, &songs, format.into(), folder.as_deref().map(AsRef::as_ref))?)
    })
}

/// The bytes of a playlist's drawn cover, PNG.
#[ffi]
pub fn segue_cover(engine: u64, key: Wire<String>) -> ffi::Result<Wire<Vec<u8>>, Status> {
    with(engine, |engine| pack(engine.cover(&unpack(key)?)?))
}

/// Artists with a vector of their own, each with its `similar` nearest others.
#[ffi]
pub fn segue_artists(engine: u64, similar: u32) -> ffi::Result<Wire<Vec<ArtistProfile>>, Status> {
    with(engine, |engine| pack(engine.artists(similar as usize)?.into_iter().map(Into::into).collect()))
}

/// Keeps, or forgets, the key of a naming service. No text of a failure has the key in it.
#[ffi]
pub fn segue_set_key(engine: u64, key: Wire<NamingKey>) -> ffi::Result<(), Status> {
    with(engine, |engine| {
        let NamingKey { provider, key } = unpack(key)?;
        let key = key.as_deref();
        engine.set_key(provider.into(), key).map_err(|error| Failed::from(error).without(key.unwrap_or_default()))
    })
}

/// Whether there is a key for a naming service.
#[ffi]
pub fn segue_has_key(engine: u64, provider: Wire<NamingProvider>) -> ffi::Result<ffi::Bool, Status> {
    with(engine, |engine| Ok(engine.has_key(unpack(provider)?.into())?.into()))
}
