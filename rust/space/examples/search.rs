//! Speed, memory and recall of searches among made-up tracks whose numbers lie as those of real music do.
//!
//! `cargo run --release -p segue-space --example search -- [TRACKS] [exact]`; `exact` keeps the rows as `f32` beside, to compare with:
//! 3.2 GB for a million.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // A bench.

use std::time::Instant;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use segue_space::{BlockSpec, Space, TrackFacts, TrackId};

/// Dimensions of a block.
const DENSE: usize = 200;
/// Directions along which tracks differ, each by less than the one before it.
const DIRECTIONS: usize = 150;
/// Styles, and artists of each.
const STYLES: usize = 300;
const ARTISTS: usize = 40;

/// Draws tracks: a style, an artist within it, the track itself.
struct Music {
    rng: StdRng,
    /// How each direction shows in the blocks.
    shapes: Vec<Vec<f32>>,
    styles: Vec<Vec<f32>>,
}

impl Music {
    fn new() -> Self {
        let mut rng = StdRng::seed_from_u64(1);
        let shapes = (0..DIRECTIONS).map(|_| (0..4 * DENSE).map(|_| normal(&mut rng)).collect()).collect();
        let styles = (0..STYLES * ARTISTS).map(|_| latent(&mut rng)).collect::<Vec<_>>();
        Self { rng, shapes, styles }
    }

    fn track(&mut self) -> Vec<f32> {
        let artist = self.rng.random_range(0..STYLES * ARTISTS);
        let own = latent(&mut self.rng);
        let style = &self.styles[artist % STYLES];
        let mut row: Vec<f32> = (0..4 * DENSE).map(|_| 0.5 + 0.25 * normal(&mut self.rng)).collect();
        for (direction, shape) in self.shapes.iter().enumerate() {
            let place = 0.7 * style[direction] + 0.5 * self.styles[artist][direction] + 0.5 * own[direction];
            row.iter_mut().zip(shape).for_each(|(value, shape)| *value += place * shape);
        }
        row
    }
}

fn normal(rng: &mut StdRng) -> f32 {
    (0..12).map(|_| rng.random_range(0.0..1.0f32)).sum::<f32>() - 6.0
}

fn latent(rng: &mut StdRng) -> Vec<f32> {
    (0..DIRECTIONS).map(|direction| normal(rng) / (1.0 + direction as f32).powf(0.7)).collect()
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let tracks: TrackId = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let beside = arguments.next().is_some_and(|word| word == "exact");
    let block = |(name, weight): (&str, f32)| BlockSpec { name: name.to_owned(), dimensions: DENSE, weight };
    let blocks: Vec<_> = [("a", 1.0), ("b", 0.5), ("c", 1.0), ("d", 0.5)].map(block).into();
    let (mut space, mut exact) = (Space::new(blocks.clone()).unwrap(), Space::exact(blocks).unwrap());
    let mut music = Music::new();
    let insert = |space: &mut Space, id, row: &[f32]| {
        let blocks: Vec<&[f32]> = row.chunks(DENSE).collect();
        let facts =
            TrackFacts { artist: format!("Artist {}", id % 5000), title: format!("{id}"), ..TrackFacts::default() };
        space.insert(id, &blocks, facts).unwrap();
    };
    for id in 0..tracks {
        let row = music.track();
        insert(&mut space, id, &row);
        if beside {
            insert(&mut exact, id, &row);
        }
    }
    let begun = Instant::now();
    space.refit();
    println!("| {tracks} tracks | |\n|---|---|");
    println!("| statistics taken anew | {:.2} s |", begun.elapsed().as_secs_f64());
    println!("| memory | {} |", resident());

    let mut rng = StdRng::seed_from_u64(2);
    let mut seeds = |count: usize| (0..count).map(|_| rng.random_range(0..tracks)).collect::<Vec<_>>();
    let all = |_: TrackId| true;
    let odd = |id: TrackId| id % 2 == 1;
    let few = |id: TrackId| id % 100 == 1;
    let rounds: Vec<TrackId> = seeds(200);
    let one = times("100 nearest to one track", &rounds, |seed| {
        space.nearest(seed, 100, &all).unwrap();
    });
    times("1,000 nearest", &rounds, |seed| {
        space.nearest(seed, 1000, &all).unwrap();
    });
    times("100 nearest, half of all may come", &rounds, |seed| {
        space.nearest(seed, 100, &odd).unwrap();
    });
    times("100 nearest, one in a hundred may come", &rounds, |seed| {
        space.nearest(seed, 100, &few).unwrap();
    });
    let sets: Vec<Vec<TrackId>> = (0..50).map(|_| seeds(16)).collect();
    times("100 nearest to sixteen tracks", &(0..50).collect::<Vec<_>>(), |set| {
        space.nearest_to_many(&sets[set as usize], 100, &all).unwrap();
    });
    let news: Vec<Vec<f32>> = (0..200).map(|_| music.track()).collect();
    times("insertion", &(0..200).collect::<Vec<_>>(), |i| insert(&mut space, tracks + i, &news[i as usize]));
    times("replacement", &(0..200).collect::<Vec<_>>(), |i| insert(&mut space, i, &news[i as usize]));
    times("removal", &(0..200).collect::<Vec<_>>(), |i| {
        space.remove(tracks + i);
    });
    if beside {
        for i in 0..200 {
            insert(&mut exact, i, &news[i as usize]);
        }
        space.refit();
        exact.refit();
        let seeds = &rounds[..50];
        let full = times("100 nearest, all rows as f32", seeds, |seed| {
            exact.nearest(seed, 100, &all).unwrap();
        });
        println!("| ratio | {:.1} |", full / one);
        for k in [10, 100, 1000] {
            let kept: usize = seeds
                .iter()
                .map(|seed| {
                    let ids = |space: &Space| {
                        let mut ids: Vec<_> = space.nearest(*seed, k, &all).unwrap().iter().map(|n| n.id).collect();
                        ids.sort_unstable();
                        ids
                    };
                    let (exact, got) = (ids(&exact), ids(&space));
                    got.iter().filter(|id| exact.binary_search(id).is_ok()).count()
                })
                .sum();
            println!("| recall at {k} | {:.4} |", kept as f64 / (k * seeds.len()) as f64);
        }
    }
}

/// Median and 99th percentile in ms, and the processor's time in the mean, which a busy machine does not change; the latter is
/// returned where the system tells it, else the median.
fn times(what: &str, seeds: &[TrackId], mut work: impl FnMut(TrackId)) -> f64 {
    let before = processor_ms();
    let mut times: Vec<f64> = seeds
        .iter()
        .map(|seed| {
            let begun = Instant::now();
            work(*seed);
            begun.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    let processor = before.zip(processor_ms()).map(|(before, after)| (after - before) / seeds.len() as f64);
    times.sort_by(f64::total_cmp);
    let (median, high) = (times[times.len() / 2], times[(times.len() * 99).div_ceil(100).min(times.len()) - 1]);
    println!("| {what} | {median:.2} ms, p99 {high:.2} ms, processor {:.2} ms |", processor.unwrap_or(median));
    processor.unwrap_or(median)
}

/// Time that this thread has run.
fn processor_ms() -> Option<f64> {
    let nanoseconds = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(nanoseconds.split(' ').next()?.parse::<f64>().ok()? / 1e6)
}

/// Memory held now, where the system tells.
fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("unknown").trim().to_owned()
}
