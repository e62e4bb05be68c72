//! Mixes, sets and lists of a large library: made-up songs in a store of its own, the time of each question and the memory.
//!
//! `cargo run --release -p segue-engine --example mixes -- [SONGS] [STORE]`; 100,000 songs take 1.2 GB of disk. A store that is
//! there already is used as it is.
#![allow(clippy::unwrap_used, clippy::print_stdout, dead_code)] // A bench, and it uses a part of the tests' library.

#[path = "../tests/curate/sample.rs"]
mod sample;

use std::path::PathBuf;
use std::time::Instant;

use segue_engine::{
    Audience, BlendRequest, Engine, ItemId, MixRequest, Opinion, Options, PathRequest, Play, SearchRequest, Seed,
    SeedKind, SetKind, TasteRequest,
};

/// Styles that the songs are of.
const STYLES: usize = 40;
/// Songs that the listener has played.
const PLAYED: usize = 5_000;
const LISTENER: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

fn main() {
    let mut arguments = std::env::args().skip(1);
    let songs: usize = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let temporary = tempfile::tempdir().unwrap();
    let store = arguments.next().map_or_else(|| temporary.path().join("segue.db"), PathBuf::from);
    let pieces = sample::pieces(STYLES, songs / STYLES, songs / STYLES / 12);
    if !store.is_file() {
        let begun = Instant::now();
        sample::fill(&store, &pieces);
        println!("{songs} songs put into a store in {:.0} s", begun.elapsed().as_secs_f64());
    }
    let begun = Instant::now();
    let engine = Engine::open(Options { store, threads: 2, ..Options::default() }).unwrap();
    println!("opened in {:.2} s, {}", begun.elapsed().as_secs_f64(), memory());

    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64;
    let step = (pieces.len() / PLAYED).max(1);
    let opinions: Vec<Opinion> = pieces
        .iter()
        .step_by(step)
        .enumerate()
        .map(|(number, piece)| Opinion {
            item_id: piece.item_id(),
            plays: (number % 13) as u32,
            favourite: number % 17 == 0,
            disliked: number % 29 == 0,
            last_played: now - (number as i64 % 400) * 86_400,
        })
        .collect();
    let plays: Vec<Play> = pieces
        .iter()
        .step_by(step)
        .enumerate()
        .map(|(number, piece)| Play {
            track: piece.item_id(),
            at: now - (number as i64 % 30) * 86_400,
            played_s: 100.0,
            skipped: number % 5 == 0,
        })
        .collect();
    timed("opinions", 1, || assert!(engine.set_opinions(LISTENER, &opinions, true).is_ok()));
    timed("plays", 1, || assert!(engine.log_plays(LISTENER, &plays).is_ok()));

    let listener = Audience { listener: LISTENER.to_owned(), allowed: None };
    let allowed: Vec<ItemId> = pieces
        .iter()
        .filter(|piece| piece.number % 10 != 3)
        .map(|piece| u128::from_str_radix(&piece.item_id(), 16).unwrap().to_be_bytes())
        .collect();
    let restricted = Audience { listener: LISTENER.to_owned(), allowed: Some(allowed) };
    let seed = |kind, name: &str| Seed { kind, name: name.to_owned(), weight: 1.0 };
    let piece = |number: usize| &pieces[number * 7919 % pieces.len()];
    for (what, audience) in
        [("all", Audience::default()), ("a listener", listener.clone()), ("who may see 90 %", restricted)]
    {
        searches(&engine, what, &audience);
        let mut number = 0;
        let mut mix = |kind: SeedKind, length: usize| {
            number += 1;
            let piece = piece(number);
            let name = match kind {
                SeedKind::Track => pieces[(piece.number / 10 * 10 + 1) % pieces.len()].item_id(),
                SeedKind::Artist => piece.artist.clone(),
                SeedKind::Album => format!("Album {}", piece.number / 12),
                SeedKind::Genre => "Jazz".to_owned(),
                SeedKind::Folder => piece.path().parent().unwrap().to_string_lossy().into_owned(),
                SeedKind::Mood => "happy".to_owned(),
                SeedKind::Words => "calm piano, no vocals".to_owned(),
                SeedKind::Playlist | SeedKind::Taste => String::new(),
            };
            let wish = MixRequest {
                seeds: vec![seed(kind, &name)],
                length,
                variation: number as u64,
                include_seeds: true,
                audience: audience.clone(),
                ..MixRequest::default()
            };
            let _ = engine.mix(&wish);
        };
        for kind in [
            SeedKind::Track,
            SeedKind::Artist,
            SeedKind::Album,
            SeedKind::Genre,
            SeedKind::Folder,
            SeedKind::Mood,
            SeedKind::Words,
        ] {
            timed(&format!("{what}: the first mix of 200, {kind:?}"), 1, || mix(kind, 200));
            timed(&format!("{what}: mix of 200, {kind:?}"), 20, || mix(kind, 200));
        }
        timed(&format!("{what}: mix of 100, Track"), 50, || mix(SeedKind::Track, 100));
        if !audience.listener.is_empty() {
            timed(&format!("{what}: mix of 200, Taste"), 20, || mix(SeedKind::Taste, 200));
        }
        println!("{}", memory());
    }
    let everyone = Audience::default();
    let artist = seed(SeedKind::Artist, &piece(3).artist);
    timed("similar artists", 5, || drop(engine.similar_sets(SetKind::Artist, &artist, 20, &everyone).unwrap()));
    timed("similar albums", 5, || drop(engine.similar_sets(SetKind::Album, &artist, 20, &everyone).unwrap()));
    let blend = BlendRequest {
        add: vec![artist, seed(SeedKind::Genre, "Jazz")],
        subtract: vec![seed(SeedKind::Genre, "Metal")],
        length: 100,
        audience: listener.clone(),
        ..BlendRequest::default()
    };
    timed("blend of 100", 5, || drop(engine.blend(&blend).unwrap()));
    let path =
        PathRequest { waypoints: vec![piece(1).item_id(), piece(2).item_id()], length: 30, audience: listener.clone() };
    timed("path of 30", 5, || drop(engine.path(&path).unwrap()));
    let lists = TasteRequest { audience: listener.clone(), ..TasteRequest::default() };
    timed("a listener's lists", 3, || drop(engine.make_personal_lists(&lists).unwrap()));
    timed("reading them", 5, || drop(engine.personal_lists(&listener).unwrap()));
    println!("{}", memory());
}

/// Questions in words: descriptions, what is like something, names, and words that are nearly names.
fn searches(engine: &Engine, what: &str, audience: &Audience) {
    let ask = |query: &str| {
        let request = SearchRequest { query: query.to_owned(), length: 50, audience: audience.clone() };
        drop(engine.search(&request).unwrap());
    };
    timed(&format!("{what}: the first search"), 1, || ask("calm piano for reading, no vocals"));
    println!("{}", memory());
    for query in [
        "calm piano for reading, no vocals",
        "very fast loud techno from the nineties without drums",
        "jazz",
        "music like Artist 3-7",
        "Song 4711",
        "song",
        "Artist 3-7",
        "xyzzy sonng 47",
    ] {
        timed(&format!("{what}: search, {query:?}"), 20, || ask(query));
    }
}

/// Tells how long something takes: the middle and the longest of some tries.
fn timed(what: &str, tries: usize, mut run: impl FnMut()) {
    let mut times: Vec<f64> = (0..tries)
        .map(|_| {
            let begun = Instant::now();
            run();
            begun.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{what}: {:.1} ms, at most {:.1}", times[times.len() / 2], times[times.len() - 1]);
}

/// The memory that this process holds and has held, where the system tells.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.map_or_else(|| "unknown".to_owned(), |line| line.trim().to_owned())
    };
    format!("memory: {}, at most {}", of("VmRSS:"), of("VmHWM:"))
}
