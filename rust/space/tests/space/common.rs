//! Spaces to ask: one of real music, one of random points.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use segue_space::{BlockSpec, Key, Space, TrackFacts, TrackId};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    tracks: Vec<GoldenTrack>,
}

#[derive(Deserialize)]
struct GoldenTrack {
    file: String,
    duration_s: f32,
    bpm: f32,
    key: String,
    scale: String,
    msd_dense: Vec<f32>,
    msd_dense_std: Vec<f32>,
    mtt_dense: Vec<f32>,
    mtt_dense_std: Vec<f32>,
}

pub(crate) struct Library {
    pub(crate) tracks: Vec<Track>,
}

pub(crate) struct Track {
    /// The soundtrack it is from.
    pub(crate) group: String,
    pub(crate) title: String,
    pub(crate) duration_s: f32,
    pub(crate) bpm: f32,
    pub(crate) key: Option<Key>,
    /// In the order of [`blocks`].
    pub(crate) blocks: [Vec<f32>; 4],
}

/// The reference library of tests/golden/library.json: 36 tracks of four soundtracks.
pub(crate) fn library() -> Library {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/library.json");
    let golden: Golden = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let track = |track: GoldenTrack| {
        let (group, title) = track.file.split_once('/').unwrap();
        Track {
            group: group.to_owned(),
            title: title.to_owned(),
            duration_s: track.duration_s,
            bpm: track.bpm,
            key: Key::parse(&track.key, &track.scale),
            blocks: [track.msd_dense, track.msd_dense_std, track.mtt_dense, track.mtt_dense_std],
        }
    };
    Library { tracks: golden.tracks.into_iter().map(track).collect() }
}

/// The networks' blocks. How a track varies says less of it than how it is on the whole: half the weight.
pub(crate) fn blocks() -> Vec<BlockSpec> {
    let weighted = |(name, weight)| BlockSpec { weight, ..block(name, 200) };
    [("msd_mean", 1.0), ("msd_deviation", 0.5), ("mtt_mean", 1.0), ("mtt_deviation", 0.5)].map(weighted).into()
}

pub(crate) fn block(name: &str, dimensions: usize) -> BlockSpec {
    BlockSpec { name: name.to_owned(), dimensions, weight: 1.0 }
}

/// Handles are positions in the library; the soundtrack is the artist.
pub(crate) fn real_space(library: &Library) -> Space {
    let mut space = Space::new(blocks()).unwrap();
    for (id, track) in (0..).zip(&library.tracks) {
        let slices: Vec<&[f32]> = track.blocks.iter().map(Vec::as_slice).collect();
        let facts = TrackFacts {
            artist: track.group.clone(),
            title: track.title.clone(),
            duration_s: track.duration_s,
            tempo: Some(track.bpm),
            key: track.key,
            ..TrackFacts::default()
        };
        space.insert(id, &slices, facts).unwrap();
    }
    space
}

pub(crate) fn all(_: TrackId) -> bool {
    true
}

pub(crate) const DIMENSIONS: [usize; 2] = [6, 3];

/// Blocks of a random track: points round one of a few centres.
pub(crate) fn random_blocks(rng: &mut StdRng) -> [Vec<f32>; 2] {
    let centre = rng.random_range(0..4) as f32;
    DIMENSIONS.map(|n| (0..n).map(|i| centre * (i % 3) as f32 + rng.random_range(-1.0..1.0)).collect())
}

/// `n` random tracks of `artists` artists, lengths all different. Handles are 0..n.
pub(crate) fn random_space(seed: u64, n: u32, artists: u32) -> Space {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut space = Space::new(vec![block("a", DIMENSIONS[0]), block("b", DIMENSIONS[1])]).unwrap();
    for id in 0..n {
        let [a, b] = random_blocks(&mut rng);
        let facts = TrackFacts {
            artist: format!("Artist {}", rng.random_range(0..artists.max(1))),
            title: format!("Title no {id}x"),
            duration_s: 100.0 + 5.0 * id as f32,
            tempo: rng.random_bool(0.8).then(|| rng.random_range(60.0..180.0)),
            energy: rng.random_bool(0.8).then(|| rng.random_range(0.0..1.0)),
            ..TrackFacts::default()
        };
        space.insert(id, &[&a, &b], facts).unwrap();
    }
    space
}
