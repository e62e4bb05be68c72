//! Many k-means runs over a file of points, for `scripts/bench-cluster.py`.
//!
//! usage: search FILE DIMENSIONS FEWEST MOST RUNS THREADS [abandon]
//!
//! FILE has rows of 32-bit floats, little-endian. The runs go through the numbers of clusters from FEWEST to MOST again and
//! again. In the first round every fifth number starts afresh and those between continue it; later a run continues the
//! best so far of its own number or of a neighbour's, with one swap. Prints one line of JSON.

use std::error::Error;
use std::io::{Read, Write};
use std::time::Instant;

use ndarray::Array2;
use rayon::prelude::*;
use segue_cluster::{KMeans, KMeansOptions, Outcome, Points, WarmStart};

/// Points that a fresh start looks at.
const SAMPLE: usize = 2000;

/// In the first round, one number of clusters out of so many starts afresh.
const FRESH: usize = 5;

struct Run {
    k: usize,
    fresh: bool,
    outcome: Outcome,
    seconds: f64,
}

struct Search {
    points: Points,
    fewest: usize,
    /// Per number of clusters the best so far.
    best: Vec<Option<KMeans>>,
    abandon: bool,
}

impl Search {
    /// A run of the first round, which starts afresh.
    fn fresh(&self, k: usize) -> segue_cluster::Result<Run> {
        let started = Instant::now();
        let start = KMeans::seed(&self.points, k, Some(SAMPLE), k as u64, &|| false)?;
        let outcome = KMeans::run(&self.points, start.view(), &KMeansOptions::new(k), None, &|| false)?;
        Ok(Run { k, fresh: true, outcome, seconds: started.elapsed().as_secs_f64() })
    }

    /// A run that continues the best of its own number, or of one next to it in two rounds of three.
    fn warm(&self, index: usize, k: usize, round: usize) -> segue_cluster::Result<Option<Run>> {
        let started = Instant::now();
        let at = k - self.fewest;
        let wished = match round % 3 {
            0 => at.checked_sub(1),
            1 => Some(at),
            _ => Some(at + 1),
        };
        let of = |at: usize| self.best.get(at).and_then(Option::as_ref);
        let nearest = || (0..self.best.len()).filter(|at| of(*at).is_some()).min_by_key(|other| other.abs_diff(at));
        let Some(parent) = wished.and_then(of).or_else(|| of(at)).or_else(|| nearest().and_then(of)) else {
            return Ok(None);
        };
        let swaps = usize::from(parent.centroids.nrows() == k);
        let start = parent.warm_start(&self.points, &WarmStart { k, swaps, seed: index as u64 })?;
        let limit = of(at).filter(|_| self.abandon).map(|best| best.inertia);
        let outcome = KMeans::run(&self.points, start.view(), &KMeansOptions::new(k), limit, &|| false)?;
        Ok(Some(Run { k, fresh: false, outcome, seconds: started.elapsed().as_secs_f64() }))
    }

    fn keep(&mut self, run: &Run) {
        let Some(best) = self.best.get_mut(run.k - self.fewest) else { return };
        match &run.outcome {
            Outcome::Finished(found) if best.as_ref().is_none_or(|best| found.inertia < best.inertia) => {
                *best = Some(found.clone());
            }
            _ => {}
        }
    }
}

fn read(file: &str, dimensions: usize) -> Result<Points, Box<dyn Error>> {
    let size = std::fs::metadata(file)?.len() as usize / 4;
    let mut reader = std::io::BufReader::with_capacity(1 << 20, std::fs::File::open(file)?);
    let mut values = Vec::with_capacity(size);
    let mut four = [0; 4];
    for _ in 0..size {
        reader.read_exact(&mut four)?;
        values.push(f32::from_le_bytes(four));
    }
    Ok(Points::from_rows(Array2::from_shape_vec((size / dimensions, dimensions), values)?)?)
}

/// Most memory so far, where the system says so (Linux).
fn peak_rss_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    kilobytes.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, numbers @ ..] = &arguments[..] else { return Err("usage: see the top of this file".into()) };
    let numbers: Vec<usize> = numbers.iter().filter_map(|text| text.parse().ok()).collect();
    let [dimensions, fewest, most, runs, threads] = numbers[..] else {
        return Err("usage: see the top of this file".into());
    };
    let points = read(file, dimensions)?;
    let width = most + 1 - fewest;
    let abandon = arguments.last().is_some_and(|last| last == "abandon");
    let mut search = Search { points, fewest, best: vec![None; width], abandon };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let started = Instant::now();
    let mut done: Vec<Run> = Vec::new();
    for first in (0..runs).step_by(width) {
        let indices = first..(first + width).min(runs);
        let (fresh, warm): (Vec<usize>, Vec<usize>) = indices.partition(|index| first == 0 && index % FRESH == 0);
        let found: segue_cluster::Result<Vec<Run>> =
            pool.install(|| fresh.into_par_iter().map(|index| search.fresh(fewest + index % width)).collect());
        for run in found? {
            search.keep(&run);
            done.push(run);
        }
        let warmed = |index: usize| search.warm(index, fewest + index % width, first / width).transpose();
        let found: segue_cluster::Result<Vec<Run>> = pool.install(|| warm.into_par_iter().filter_map(warmed).collect());
        for run in found? {
            search.keep(&run);
            done.push(run);
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    let line = |run: &Run| {
        let (inertia, iterations) = match &run.outcome {
            Outcome::Finished(found) => (Some(found.inertia), found.iterations),
            Outcome::Abandoned { iterations, .. } => (None, *iterations),
        };
        serde_json::json!({
            "k": run.k, "fresh": run.fresh, "inertia": inertia, "iterations": iterations, "seconds": run.seconds,
        })
    };
    let runs: Vec<_> = done.iter().map(line).collect();
    let answer = serde_json::json!({ "seconds": seconds, "peak_rss_bytes": peak_rss_bytes(), "runs": runs });
    writeln!(std::io::stdout(), "{answer}")?;
    Ok(())
}
