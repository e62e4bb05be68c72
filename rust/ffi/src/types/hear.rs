//! What is asked of the space of tracks, and what it answers: mixes, paths, blends, sets, taste, the map.

use interoptopus::ffi;
use segue_engine as engine;

use super::requests::twins;
use super::{Neighbour, size};

/// What a seed is.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeedKind {
    Track,
    Album,
    Artist,
    Genre,
    Folder,
    Playlist,
    Mood,
    Taste,
    Words,
}

/// One ingredient of a mix or a blend.
#[ffi]
#[derive(Debug, Clone, PartialEq)]
pub struct Seed {
    pub kind: SeedKind,
    pub name: String,
    pub weight: f32,
}

/// A wish for a mix, but for what is allowed in it.
#[ffi]
#[derive(Debug, Clone, PartialEq)]
pub struct MixRequest {
    pub seeds: Vec<Seed>,
    pub length: u32,
    pub artist_cap: u32,
    pub album_cap: u32,
    pub window: u32,
    pub variation: u64,
    pub include_seeds: bool,
    pub queue: Vec<String>,
    /// Empty: nobody in particular.
    pub listener: String,
}

/// A wish for a way from one track to another, but for what is allowed on it.
#[ffi]
#[derive(Debug, Clone, PartialEq)]
pub struct PathRequest {
    pub waypoints: Vec<String>,
    pub length: u32,
    pub listener: String,
}

/// A way from track to track. Called `Path` by the engine, which is another thing in C#.
#[ffi]
pub struct SongPath {
    pub tracks: Vec<Neighbour>,
    pub largest_step: f32,
    pub jumps: Vec<u32>,
}

/// A wish for a blend, but for what is allowed in it.
#[ffi]
#[derive(Debug, Clone, PartialEq)]
pub struct BlendRequest {
    /// Called `add` by the engine, which is no name for a field in generated code.
    pub like: Vec<Seed>,
    /// Called `subtract` by the engine.
    pub unlike: Vec<Seed>,
    pub length: u32,
    pub temperature: f32,
    pub variation: u64,
    pub artist_cap: u32,
    pub listener: String,
}

/// What kind of set.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetKind {
    Artist,
    Album,
}

/// A wish for artists or albums like another, but for what is allowed in them.
#[ffi]
#[derive(Debug, Clone, PartialEq)]
pub struct SimilarSetsRequest {
    pub kind: SetKind,
    pub seed: Seed,
    pub count: u32,
}

/// An artist or album that sounds like another.
#[ffi]
pub struct SimilarSet {
    pub name: String,
    pub artist: String,
    pub distance: f32,
    pub songs: u32,
    pub example: Neighbour,
}

/// Some tracks about which something is asked, but for what is allowed.
#[ffi]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TracksRequest {
    pub tracks: Vec<String>,
    pub listener: String,
}

/// A wish for more tracks like some, but for what is allowed.
#[ffi]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtendRequest {
    pub tracks: Vec<String>,
    pub count: u32,
    pub variation: u64,
    pub listener: String,
}

/// A track that does not belong with the others.
#[ffi]
pub struct Misfit {
    pub track: Neighbour,
    pub deviations: f32,
}

/// What a listener thinks of a track.
#[ffi]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opinion {
    pub item_id: String,
    pub plays: u32,
    pub favourite: bool,
    pub disliked: bool,
    /// 0: never.
    pub last_played: i64,
}

/// A track that was played.
#[ffi]
#[derive(Debug, Clone, PartialEq)]
pub struct Play {
    pub track: String,
    pub at: i64,
    pub played_s: f32,
    pub skipped: bool,
}

/// The lists that taste gives.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonalKind {
    DailyMix,
    MoreLikeThis,
    Forgotten,
    OnRepeat,
    NewForYou,
    Discover,
}

/// A wish for a listener's own lists, but for what is allowed in them.
#[ffi]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TasteRequest {
    pub listener: String,
    pub kinds: Vec<PersonalKind>,
    pub daily_mixes: u32,
    pub length: u32,
    pub artist_cap: u32,
    pub variation: u64,
    pub now: i64,
}

/// One of a listener's own lists.
#[ffi]
pub struct PersonalList {
    pub key: String,
    pub kind: PersonalKind,
    pub slot: u32,
    pub name: String,
    pub description: String,
    pub tracks: Vec<Neighbour>,
}

/// A song's place on the map, in numbers alone: a library has hundreds of thousands.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MapPoint {
    /// The library item, the first 8 of the 16 bytes of its digits, the most significant first. Both halves 0: none.
    pub item_high: u64,
    /// The other 8.
    pub item_low: u64,
    pub x: f32,
    pub y: f32,
    pub region: i32,
}

/// A region of the map.
#[ffi]
#[derive(Debug, Clone, PartialEq)]
pub struct MapRegion {
    pub name: String,
    pub x: f32,
    pub y: f32,
    pub songs: u32,
}

/// The library as a plane.
#[ffi]
#[derive(Debug, Clone, PartialEq)]
pub struct Map {
    pub points: Vec<MapPoint>,
    pub regions: Vec<MapRegion>,
}

twins! {
    SeedKind { Track, Album, Artist, Genre, Folder, Playlist, Mood, Taste, Words }
    SetKind { Artist, Album }
    PersonalKind { DailyMix, MoreLikeThis, Forgotten, OnRepeat, NewForYou, Discover }
}

/// On whose behalf something is asked.
pub(crate) fn audience(listener: String, allowed: Option<Vec<engine::ItemId>>) -> engine::Audience {
    engine::Audience { listener, allowed }
}

fn seeds(seeds: Vec<Seed>) -> Vec<engine::Seed> {
    seeds.into_iter().map(Into::into).collect()
}

fn tracks(tracks: Vec<engine::Neighbour>) -> Vec<Neighbour> {
    tracks.into_iter().map(Into::into).collect()
}

impl From<Seed> for engine::Seed {
    fn from(seed: Seed) -> Self {
        Self { kind: seed.kind.into(), name: seed.name, weight: seed.weight }
    }
}

impl MixRequest {
    pub(crate) fn among(self, allowed: Option<Vec<engine::ItemId>>) -> engine::MixRequest {
        engine::MixRequest {
            seeds: seeds(self.seeds),
            length: size(self.length),
            artist_cap: size(self.artist_cap),
            album_cap: size(self.album_cap),
            window: size(self.window),
            variation: self.variation,
            include_seeds: self.include_seeds,
            queue: self.queue,
            audience: audience(self.listener, allowed),
        }
    }
}

impl PathRequest {
    pub(crate) fn among(self, allowed: Option<Vec<engine::ItemId>>) -> engine::PathRequest {
        engine::PathRequest {
            waypoints: self.waypoints,
            length: size(self.length),
            audience: audience(self.listener, allowed),
        }
    }
}

impl BlendRequest {
    pub(crate) fn among(self, allowed: Option<Vec<engine::ItemId>>) -> engine::BlendRequest {
        engine::BlendRequest {
            add: seeds(self.like),
            subtract: seeds(self.unlike),
            by_sound: false,
            length: size(self.length),
            temperature: self.temperature,
            variation: self.variation,
            artist_cap: size(self.artist_cap),
            audience: audience(self.listener, allowed),
        }
    }
}

impl TasteRequest {
    pub(crate) fn among(self, allowed: Option<Vec<engine::ItemId>>) -> engine::TasteRequest {
        engine::TasteRequest {
            audience: audience(self.listener, allowed),
            kinds: self.kinds.into_iter().map(Into::into).collect(),
            daily_mixes: size(self.daily_mixes),
            length: size(self.length),
            artist_cap: size(self.artist_cap),
            variation: self.variation,
            now: self.now,
        }
    }
}

impl From<Opinion> for engine::Opinion {
    fn from(opinion: Opinion) -> Self {
        let Opinion { item_id, plays, favourite, disliked, last_played } = opinion;
        Self { item_id, plays, favourite, disliked, last_played }
    }
}

impl From<Play> for engine::Play {
    fn from(play: Play) -> Self {
        let Play { track, at, played_s, skipped } = play;
        Self { track, at, played_s, skipped }
    }
}

impl From<engine::Path> for SongPath {
    fn from(path: engine::Path) -> Self {
        Self {
            tracks: tracks(path.tracks),
            largest_step: path.largest_step,
            jumps: path.jumps.into_iter().filter_map(|at| u32::try_from(at).ok()).collect(),
        }
    }
}

impl From<engine::SimilarSet> for SimilarSet {
    fn from(set: engine::SimilarSet) -> Self {
        Self {
            name: set.name,
            artist: set.artist,
            distance: set.distance,
            songs: set.songs,
            example: set.example.into(),
        }
    }
}

impl From<engine::Misfit> for Misfit {
    fn from(misfit: engine::Misfit) -> Self {
        Self { track: misfit.track.into(), deviations: misfit.deviations }
    }
}

impl From<engine::PersonalList> for PersonalList {
    fn from(list: engine::PersonalList) -> Self {
        Self {
            key: list.key,
            kind: list.kind.into(),
            slot: list.slot,
            name: list.name,
            description: list.description,
            tracks: tracks(list.tracks),
        }
    }
}

impl From<engine::MapPoint> for MapPoint {
    fn from(point: engine::MapPoint) -> Self {
        let (item_high, item_low) = halves(&point.item_id);
        Self { item_high, item_low, x: point.x, y: point.y, region: point.region }
    }
}

impl From<engine::MapRegion> for MapRegion {
    fn from(region: engine::MapRegion) -> Self {
        let engine::MapRegion { name, x, y, songs } = region;
        Self { name, x, y, songs }
    }
}

impl From<engine::Map> for Map {
    fn from(map: engine::Map) -> Self {
        Self {
            points: map.points.into_iter().map(Into::into).collect(),
            regions: map.regions.into_iter().map(Into::into).collect(),
        }
    }
}

/// An item id of 32 hexadecimal digits as two numbers; both 0 for what is no such id.
fn halves(item_id: &str) -> (u64, u64) {
    let digits = item_id.len() == 32 && item_id.bytes().all(|digit| digit.is_ascii_hexdigit());
    let id = if digits { u128::from_str_radix(item_id, 16).unwrap_or(0) } else { 0 };
    ((id >> 64) as u64, id as u64)
}

#[cfg(test)]
mod tests;
