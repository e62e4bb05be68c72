//! Groups and playlists of a large library: made-up songs in a store of its own, the time and memory of each step.
//!
//! `cargo run --release -p segue-engine --example large -- [SONGS] [STORE]`; 100,000 songs take 1.2 GB of disk. A store that is
//! there already is used as it is.
#![allow(clippy::unwrap_used, clippy::print_stdout, dead_code)] // A bench, and it uses a part of the tests' library.

#[path = "../tests/curate/sample.rs"]
mod sample;

use std::path::PathBuf;
use std::time::Instant;

use segue_engine::{ClusterRequest, Engine, Options, PlaylistRequest};

/// Styles that the songs are of.
const STYLES: usize = 40;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let songs: usize = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let temporary = tempfile::tempdir().unwrap();
    let store = arguments.next().map_or_else(|| temporary.path().join("segue.db"), PathBuf::from);
    if !store.is_file() {
        let begun = Instant::now();
        sample::fill(&store, &sample::pieces(STYLES, songs / STYLES, songs / STYLES / 12));
        println!("{songs} songs put into a store in {:.0} s", begun.elapsed().as_secs_f64());
    }
    let begun = Instant::now();
    let engine = Engine::open(Options { store, threads: 2, ..Options::default() }).unwrap();
    println!("opened in {:.1} s, {}", begun.elapsed().as_secs_f64(), peak());

    for (what, request) in [
        ("search, 1,000 runs", ClusterRequest { patience: 0, resume: false, ..ClusterRequest::default() }),
        ("search, default", ClusterRequest { resume: false, ..ClusterRequest::default() }),
    ] {
        let begun = Instant::now();
        let report = engine.cluster(&request, &mut |_| true).unwrap();
        println!(
            "{what}: {} groups of {} tracks ({} looked at) after {} runs in {:.1} s, all in all {:.1} s, {}",
            report.clusters,
            report.quality.taking_part,
            report.sampled,
            report.runs,
            report.seconds,
            begun.elapsed().as_secs_f64(),
            peak()
        );
    }
    for after in [0.5, 1.5, 2.5, 4.0, 8.0] {
        match stopping(&engine, after) {
            Some(seconds) => println!("asked to stop after {after} s: ended {seconds:.2} s later"),
            None => println!("asked to stop after {after} s: had ended before"),
        }
    }
    for (what, top_playlists) in
        [("playlists, the first time", 30), ("playlists, again", 30), ("playlists, all of them", 0)]
    {
        let begun = Instant::now();
        let run =
            engine.playlists(&PlaylistRequest { top_playlists, ..PlaylistRequest::default() }, &mut |_| true).unwrap();
        println!(
            "{what}: {} with {} tracks, {} continued, in {:.1} s, {}",
            run.report.playlists,
            run.report.tracks,
            run.report.continued,
            begun.elapsed().as_secs_f64(),
            peak()
        );
    }
}

/// How long a run takes to end that is asked to after so many seconds.
fn stopping(engine: &Engine, after: f64) -> Option<f64> {
    let begun = Instant::now();
    let mut asked = None;
    let request = PlaylistRequest {
        cluster: ClusterRequest { patience: 0, ..ClusterRequest::default() },
        ..PlaylistRequest::default()
    };
    let outcome = engine.playlists(&request, &mut |_| {
        let go_on = begun.elapsed().as_secs_f64() < after;
        if !go_on {
            asked.get_or_insert_with(Instant::now);
        }
        go_on
    });
    outcome.is_err().then(|| asked.map(|asked| asked.elapsed().as_secs_f64())).flatten()
}

/// The most memory that this process has held, where the system tells.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("unknown");
    format!("at most {} so far", line.trim())
}
