//! Mixes, paths, blends, sets and taste, on a library of made-up songs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic in a test's helper is its report")]

mod access;
mod listeners;
mod map;
mod mixes;
mod recordings;
#[path = "../curate/sample.rs"]
#[allow(dead_code, reason = "the tests of grouping use the rest")]
mod sample;
mod sets;
mod taste;
mod together;

use segue_engine::{Audience, ItemId, Neighbour, Seed, SeedKind};

use crate::sample::Piece;

/// A listener of the tests.
const ANNA: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
/// Another one.
const BERT: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
const DAY: i64 = 86_400;

fn now() -> i64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64
}

fn audience(listener: &str) -> Audience {
    Audience { listener: listener.to_owned(), allowed: None }
}

fn seed(kind: SeedKind, name: impl Into<String>) -> Seed {
    Seed { kind, name: name.into(), weight: 1.0 }
}

fn item(piece: &Piece) -> ItemId {
    u128::from_str_radix(&piece.item_id(), 16).unwrap().to_be_bytes()
}

fn piece<'a>(pieces: &'a [Piece], track: &Neighbour) -> &'a Piece {
    pieces.iter().find(|piece| piece.song_id() == track.song_id).unwrap()
}

fn songs(tracks: &[Neighbour]) -> Vec<String> {
    tracks.iter().map(|track| track.song_id.clone()).collect()
}

/// Numbers in 0..1, the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn below(&mut self, end: usize) -> usize {
        (self.roll() * end as f64) as usize
    }
}
