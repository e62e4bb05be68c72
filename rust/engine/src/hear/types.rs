//! What callers give and get when they ask for music that sounds right: mixes, paths, blends, taste, sets, the map.

use crate::api::{ItemId, Neighbour};

/// What a mix, a path or a blend is made of: a track, or everything that belongs to something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SeedKind {
    /// A library item id, a content key or a path.
    #[default]
    Track,
    /// An album's title; with a slash and its artist in front where several share the title: `Artist/Album`.
    Album,
    /// An artist's name, as performer or as the album's artist.
    Artist,
    /// A genre. Some of its tracks stand for it, so that the others can come.
    Genre,
    /// A folder, as a whole path: some of the tracks below it stand for it.
    Folder,
    /// The key of a playlist that Segue keeps, or of one of the listener's own lists.
    Playlist,
    /// A mood or tag of the networks, such as `happy`, `piano` or `female vocals`: some of the tracks that have most of it.
    Mood,
    /// The listener's taste; the name does not count.
    Taste,
    /// A description in a person's own words, such as `calm piano, no vocals`: some of the tracks that answer it best.
    Words,
}

/// One ingredient.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Seed {
    /// What it is.
    pub kind: SeedKind,
    /// Which one.
    pub name: String,
    /// How much it counts beside the others; 0 and what is no number count as 1.
    pub weight: f32,
}

/// On whose behalf something is asked, and what may be seen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Audience {
    /// The server's id of the user: their plays, skips, favourites and dislikes are heeded. Empty: nobody in particular.
    pub listener: String,
    /// Library items that may appear, `None` for all. Everything else does not exist for this request, also as a seed.
    pub allowed: Option<Vec<ItemId>>,
}

/// A wish for a mix, or for what follows a queue.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MixRequest {
    /// Where it starts.
    pub seeds: Vec<Seed>,
    /// Tracks wanted, seeds included; at most 10,000.
    pub length: usize,
    /// Most tracks of one artist in any `window` tracks in a row. 0: 3. Relaxed only when the neighbourhood is too small.
    pub artist_cap: usize,
    /// Most tracks of one album in any `window` tracks in a row. 0: as many as of one artist.
    pub album_cap: usize,
    /// 0: 25.
    pub window: usize,
    /// Which of the equally good mixes: the same request with the same variation gives the same mix.
    pub variation: u64,
    /// Whether the mix begins with the (first) seed that is a track.
    pub include_seeds: bool,
    /// A queue that this continues, the last track last: none of it comes again, the order goes on from its end, and its last
    /// few tracks steer where it goes. Item ids, content keys or paths; what is unknown is passed over.
    pub queue: Vec<String>,
    /// For whom.
    pub audience: Audience,
}

/// A wish for a way from one track to another.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PathRequest {
    /// Two or more tracks: item ids, content keys or paths. Each is on the way, in this order.
    pub waypoints: Vec<String>,
    /// Tracks wanted, waypoints included; at least as many as waypoints, at most 1,000.
    pub length: usize,
    /// For whom.
    pub audience: Audience,
}

/// A way from track to track.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Path {
    /// The tracks, waypoints included; fewer than asked where the library has no more between them. Each one's distance is
    /// that to the track before it.
    pub tracks: Vec<Neighbour>,
    /// The largest step, cosine distance 0..2.
    pub largest_step: f32,
    /// Where the way had to jump between two islands of music that nothing connects: the index of the track after the jump.
    pub jumps: Vec<usize>,
}

/// A wish for a blend: some music and, if wanted, away from other music.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BlendRequest {
    /// What it should be like.
    pub add: Vec<Seed>,
    /// What it should not be like.
    pub subtract: Vec<Seed>,
    /// Whether music without words is compared by CLAP too, where a person has added it (`docs/clap.md`); with words it always
    /// is. At temperature 0 only.
    pub by_sound: bool,
    /// Tracks wanted, at most 1,000.
    pub length: usize,
    /// How adventurous: 0 takes the nearest; the higher, the more often something farther is drawn. Up to 10.
    pub temperature: f32,
    /// Which draw.
    pub variation: u64,
    /// Most tracks of one artist. 0: 3.
    pub artist_cap: usize,
    /// For whom.
    pub audience: Audience,
}

/// What kind of set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SetKind {
    /// The songs of an artist.
    #[default]
    Artist,
    /// The songs of an album.
    Album,
}

/// An artist or album that sounds like another.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SimilarSet {
    /// The artist, or the album's title.
    pub name: String,
    /// The album's artist; empty for an artist.
    pub artist: String,
    /// How far its songs are from the other's, as sets: 0 is the same, 1 is as far as it gets.
    pub distance: f32,
    /// Its songs that may be seen.
    pub songs: u32,
    /// The most typical of these; a media server finds the artist or album by it.
    pub example: Neighbour,
}

/// A track that does not belong with the others.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Misfit {
    /// The track.
    pub track: Neighbour,
    /// How far out it lies, in deviations of the others' distances to the set.
    pub deviations: f32,
}

/// What a listener thinks of a track.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opinion {
    /// The library item; of a track that came from a folder, its content key.
    pub item_id: String,
    /// How often it was played.
    pub plays: u32,
    /// Whether it is a favourite.
    pub favourite: bool,
    /// Whether it was marked as disliked.
    pub disliked: bool,
    /// When it was played last, seconds since 1970; 0: never.
    pub last_played: i64,
}

/// A track that was played.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Play {
    /// Item id, content key or path.
    pub track: String,
    /// When it ended, seconds since 1970.
    pub at: i64,
    /// Seconds that were heard.
    pub played_s: f32,
    /// Whether the listener went on to another track before it was over.
    pub skipped: bool,
}

/// The lists that taste gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum PersonalKind {
    /// One per centre of the taste.
    #[default]
    DailyMix,
    /// Near what is played most.
    MoreLikeThis,
    /// Loved once, not heard for long.
    Forgotten,
    /// Played much lately.
    OnRepeat,
    /// Never played, near the taste.
    NewForYou,
    /// Never played, some way off.
    Discover,
}

/// A wish for a listener's own lists.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TasteRequest {
    /// For whom; a listener must be named.
    pub audience: Audience,
    /// Which lists; empty for all.
    pub kinds: Vec<PersonalKind>,
    /// Daily mixes at most. 0: 6.
    pub daily_mixes: usize,
    /// Tracks of each list. 0: 50.
    pub length: usize,
    /// Most tracks of one artist, but for what is on repeat. 0: 3.
    pub artist_cap: usize,
    /// Which draw: the day, say.
    pub variation: u64,
    /// Now, seconds since 1970.
    pub now: i64,
}

/// One of a listener's own lists.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PersonalList {
    /// Stable: the list is the same one while its tracks move on.
    pub key: String,
    /// What it is.
    pub kind: PersonalKind,
    /// Which of several of its kind, from 0.
    pub slot: u32,
    /// Name.
    pub name: String,
    /// What it holds, in a sentence.
    pub description: String,
    /// The tracks, in order.
    pub tracks: Vec<Neighbour>,
}

/// A song's place on the map.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MapPoint {
    /// Content key.
    pub song_id: String,
    /// The library item; empty when there is none.
    pub item_id: String,
    /// −1..1.
    pub x: f32,
    /// −1..1.
    pub y: f32,
    /// Its region, an index of [`Map::regions`]; −1 for none.
    pub region: i32,
}

/// A region of the map.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MapRegion {
    /// What is heard there.
    pub name: String,
    /// Where its name stands.
    pub x: f32,
    /// Where its name stands.
    pub y: f32,
    /// Songs.
    pub songs: u32,
}

/// The library as a plane on which what sounds alike lies together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Map {
    /// The songs that may be seen.
    pub points: Vec<MapPoint>,
    /// What lies where.
    pub regions: Vec<MapRegion>,
}

/// How near tracks of one group (an album, an artist, a folder) are to each other.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NeighbourEvaluation {
    /// Tracks that were asked: those whose group has another track.
    pub tracks: u64,
    /// Groups they belong to.
    pub groups: u64,
    /// Tracks that were not asked: their group is not known, or has no other track. They are in the library all the same, and
    /// in others' lists.
    pub alone: u64,
    /// Share of the five nearest that are of the track's own group.
    pub precision_at_5: f64,
    /// Share of the ten nearest that are of the track's own group.
    pub precision_at_10: f64,
    /// What the first share could be at most: a group of three has but two tracks to be found.
    pub reachable_at_5: f64,
    /// What the second share could be at most.
    pub reachable_at_10: f64,
    /// The most lists of five nearest in which one track appears.
    pub largest_hub: u64,
    /// Skewness of how often tracks appear in the lists of five nearest: 0 is fair.
    pub hubness_skew: f64,
}

/// What tracks are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GroupBy {
    /// Album and album artist.
    #[default]
    Album,
    /// Performing artist.
    Artist,
    /// The folder that holds the file.
    Folder,
}
