//! Start, memory, mixes and searches by words of a large library: made-up songs in a store of its own.
//!
//! `cargo run --release -p segue-engine --example hearing -- [SONGS] [STORE]`; 100,000 songs take 1.2 GB of disk. A store that is
//! there already is used as it is.
#![allow(clippy::unwrap_used, clippy::print_stdout, dead_code)] // A bench, and it uses a part of the tests' library.

#[path = "../tests/curate/sample.rs"]
mod sample;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use segue_engine::{Audience, Engine, ItemId, MixRequest, Options, SearchRequest, Seed, SeedKind};

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
    let ask = |query: &str| SearchRequest { query: query.to_owned(), ..SearchRequest::default() };
    let begun = Instant::now();
    engine.search(&ask("calm piano, no vocals")).unwrap();
    println!("| first question in words | {:.2} s, {} |", begun.elapsed().as_secs_f64(), resident("VmRSS"));
    let title = format!("Song {}", songs / 3);
    for query in [
        "calm piano for reading, no vocals",
        "very fast rock from the 80s, without drums",
        &title,
        "music like Artist 3-5",
    ] {
        times(&format!("search: {query}"), &[&query.to_owned(); 100], |query| {
            engine.search(&ask(query)).unwrap();
        });
    }
    println!("| memory at the end | {} |", resident("VmRSS"));
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
