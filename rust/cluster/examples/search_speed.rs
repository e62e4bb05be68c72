//! How long a search takes: `cargo run --release -p segue-cluster --example search_speed -- [TRACKS] [RUNS] [THREADS]`.
//!
//! Tracks are drawn from 60 clouds in 200 dimensions of falling variance, as embeddings have it.

use std::error::Error;
use std::io::Write;
use std::time::Instant;

use ndarray::Array2;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use segue_cluster::{
    Candidate, FitnessLimits, FitnessWeights, Ranges, Result, RunOutcome, Search, SearchData, SearchOptions, evaluate,
};

const DIMENSIONS: usize = 200;
const CLOUDS: usize = 60;
const TAGS: usize = 100;

fn never() -> bool {
    false
}

fn main() -> std::result::Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |or: usize| arguments.next().map_or(Ok(or), |text| text.parse());
    let (tracks, runs, threads) = (number(10_000)?, number(1000)?, number(2)?);
    let mut rng = StdRng::seed_from_u64(1);
    let falling = |j: usize| 1.0 / (1.0 + j as f32 / 10.0);
    let clouds = Array2::from_shape_fn((CLOUDS, DIMENSIONS), |(_, j)| rng.random_range(-1.0..1.0f32) * falling(j));
    let of: Vec<usize> = (0..tracks).map(|_| rng.random_range(0..CLOUDS)).collect();
    let points = Array2::from_shape_fn((tracks, DIMENSIONS), |(row, j)| {
        clouds[[of[row], j]] + rng.random_range(-1.0..1.0f32) * falling(j)
    });
    let tags = Array2::from_shape_fn((tracks, TAGS), |(row, tag)| {
        let own = if of[row] % 20 == tag % 20 { 0.4 } else { 0.05 };
        own * rng.random_range(0.5..1.5f32)
    });
    let names: Vec<String> = (0..tracks).map(|row| format!("{}", row % 900)).collect();
    let artists: Vec<&str> = names.iter().map(String::as_str).collect();

    let began = Instant::now();
    let data = SearchData::new(points.view(), tags.view(), &artists, &never)?;
    let prepared = began.elapsed().as_secs_f64();
    let limits = FitnessLimits { min_songs: 20, max_songs: 40, max_per_artist: 3 };
    let ranges = Ranges { clusters: 20..=60, ..Ranges::default().widened(tracks) };
    let mut search = Search::new(SearchOptions { ranges, runs, patience: 0, ..SearchOptions::default() });
    let one = |candidate: &Candidate| evaluate(&data, candidate, &FitnessWeights::default(), &limits, &never);
    let began = Instant::now();
    loop {
        let batch = search.next_batch();
        if batch.is_empty() {
            break;
        }
        let shares: Vec<&[Candidate]> = batch.chunks(batch.len().div_ceil(threads.max(1))).collect();
        let outcomes: Vec<Result<Vec<RunOutcome>>> = std::thread::scope(|scope| {
            let working: Vec<_> = shares.iter().map(|share| scope.spawn(|| share.iter().map(one).collect())).collect();
            working.into_iter().filter_map(|thread| thread.join().ok()).collect()
        });
        for outcomes in outcomes {
            search.tell(outcomes?);
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    let best = search.best().ok_or("nothing found")?;
    writeln!(
        std::io::stdout(),
        "{tracks} tracks: made ready in {prepared:.1} s, {} runs in {seconds:.1} s on {threads} threads",
        search.runs()
    )?;
    writeln!(
        std::io::stdout(),
        "best: {:.3} with {:?}, {} components",
        best.fitness,
        best.candidate.parameters,
        best.candidate.components
    )?;
    Ok(())
}
