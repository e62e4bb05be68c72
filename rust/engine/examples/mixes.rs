//! Start, memory and mixes of a large library: made-up songs in a store of its own.
//!
//! `cargo run --release -p segue-engine --example mixes -- [SONGS] [STORE]`; 100,000 songs take 1.2 GB of disk. A store that is
//! there already is used as it is.
#![allow(clippy::unwrap_used, clippy::print_stdout, dead_code)] // A bench, and it uses a part of the tests' library.

#[path = "../tests/curate/sample.rs"]
mod sample;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use segue_engine::{Audience, Engine, ItemId, MixRequest, Options, Seed, SeedKind};

/// Styles that the songs are of.
const STYLES: usize = 40;
/// Mixes that are asked for.
const MIXES: usize = 200;
/// Starts this program again, only to open the store.
const START: &str = "--start";

fn main() {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|word| word == START) {
        start(Path::new(&arguments.remove(1)));
        return;
    }
    let mut arguments = arguments.into_iter();
    let songs: usize = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let temporary = tempfile::tempdir().unwrap();
    let store = arguments.next().map_or_else(|| temporary.path().join("segue.db"), PathBuf::from);
    if !store.is_file() {
        sample::fill(&store, &sample::pieces(STYLES, songs / STYLES, songs / STYLES / 12));
    }
    println!("| {songs} songs | |\n|---|---|");
    for what in ["first start, or start with a snapshot", "start with a snapshot", "again"] {
        let program = std::env::current_exe().unwrap();
        let output = Command::new(program).arg(START).arg(&store).output().unwrap();
        println!("| {what} | {} |", String::from_utf8_lossy(&output.stdout).trim());
    }
    let engine = Engine::open(Options { store, threads: 2, ..Options::default() }).unwrap();
<<<<<<< HEAD:rust/engine/examples/mixes.rs
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
        .filter(|piece| piece.number % 10 != 0)
        .map(|piece| u128::from_str_radix(&piece.item_id(), 16).unwrap().to_be_bytes())
        .collect();
    let restricted = Audience { listener: LISTENER.to_owned(), allowed: Some(allowed) };
    let seed = |kind, name: &str| Seed { kind, name: name.to_owned(), weight: 1.0 };
    let piece = |number: usize| &pieces[number * 7919 % pieces.len()];
    for (what, audience) in
        [("all", Audience::default()), ("a listener", listener.clone()), ("who may see 90 %", restricted)]
    {
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
        for kind in
            [SeedKind::Track, SeedKind::Artist, SeedKind::Album, SeedKind::Genre, SeedKind::Folder, SeedKind::Mood]
        {
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
=======
    let pieces = sample::pieces(STYLES, songs / STYLES, songs / STYLES / 12);
    let ids: Vec<String> = pieces.iter().map(sample::Piece::item_id).collect();
    let all: Vec<ItemId> = ids.iter().map(|id| u128::from_str_radix(id, 16).unwrap().to_be_bytes()).collect();
    let half: Vec<ItemId> = all.iter().step_by(2).copied().collect();
    let seeds: Vec<&String> = ids.iter().step_by((ids.len() / MIXES).max(2) / 2 * 2).take(MIXES).collect();
    for (what, length, allowed) in [
        ("mix of 100", 100, None),
        ("mix of 100, all items named", 100, Some(&all)),
        ("mix of 100, half of them named", 100, Some(&half)),
        ("mix of 200, all items named", 200, Some(&all)),
    ] {
        let audience = Audience { allowed: allowed.cloned(), ..Audience::default() };
        let mut request = MixRequest { length, include_seeds: true, audience, ..MixRequest::default() };
        times(what, &seeds, |seed| {
            request.seeds = vec![Seed { kind: SeedKind::Track, name: seed.to_owned(), weight: 1.0 }];
            assert_eq!(engine.mix(&request).unwrap().len(), length);
        });
    }
    times("100 similar, all items named", &seeds, |seed| {
        assert_eq!(engine.similar(seed, 100, Some(&all)).unwrap().len(), 100);
    });
    times("10,000 similar", &seeds[..20], |seed| {
        engine.similar(seed, 10_000, None).unwrap();
    });
    println!("| memory at the end | {} |", resident("VmRSS"));
>>>>>>> fast:rust/engine/examples/hearing.rs
}

/// Opens the store, and says how long that took and what it holds.
fn start(store: &Path) {
    let begun = Instant::now();
    let engine = Engine::open(Options { store: store.to_owned(), threads: 2, ..Options::default() }).unwrap();
    let (seconds, processor) = (begun.elapsed().as_secs_f64(), processor_ms().unwrap_or_default());
    println!(
        "{seconds:.2} s, processor {:.2} s, {}, at most {}",
        processor / 1e3,
        resident("VmRSS"),
        resident("VmHWM")
    );
    engine.close();
}

/// Median and 99th percentile, and the processor's time in the mean, which a busy machine does not change.
fn times(what: &str, seeds: &[&String], mut work: impl FnMut(&str)) {
    for seed in seeds.iter().take(3) {
        work(seed);
    }
    let before = processor_ms();
    let mut times: Vec<f64> = seeds
        .iter()
        .map(|seed| {
            let begun = Instant::now();
            work(seed);
            begun.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    let processor = before.zip(processor_ms()).map_or(0.0, |(before, after)| (after - before) / seeds.len() as f64);
    times.sort_by(f64::total_cmp);
    let (median, high) = (times[times.len() / 2], times[(times.len() * 99).div_ceil(100).min(times.len()) - 1]);
    println!("| {what} | {median:.2} ms, p99 {high:.2} ms, processor {processor:.2} ms |");
}

/// Time that this thread has run.
fn processor_ms() -> Option<f64> {
    let nanoseconds = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(nanoseconds.split(' ').next()?.parse::<f64>().ok()? / 1e6)
}

/// Memory held, where the system tells.
fn resident(what: &str) -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(what)?.strip_prefix(':')).unwrap_or("unknown");
    line.trim().to_owned()
}
