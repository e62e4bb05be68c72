//! How long mixes take in a large library of random tracks: `mix_speed [TRACKS] [ROUNDS]`, 100,000 and 200 without.
//!
//! Prints the median and the 99th percentile in milliseconds, first of those of the search alone that is part of each; and what the processor
//! worked for each in the mean, which is what counts where the machine is busy.

#![allow(clippy::print_stdout)] // A bench.

use std::hint::black_box;
use std::time::Instant;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use segue_space::{BlockSpec, Edge, Key, MixRequest, Space, TrackFacts, TrackId, Wishes};

fn main() -> Result<(), segue_space::Error> {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse().unwrap_or(0));
    let tracks = arguments.next().unwrap_or(100_000).max(1) as TrackId;
    let rounds = arguments.next().unwrap_or(200).max(1);
    let mut rng = StdRng::seed_from_u64(1);
    let space = library(&mut rng, tracks)?;
    let seeds: Vec<TrackId> = (0..rounds).map(|_| rng.random_range(0..tracks)).collect();
    let plain = |seed: TrackId, length| MixRequest {
        seeds: vec![(seed, 1.0)],
        length,
        variation: 7,
        include_seeds: true,
        ..MixRequest::default()
    };
    let eight = |seed: TrackId| (0..8).map(|i| ((seed + i * 1000) % tracks, 1.0)).collect::<Vec<_>>();
    let queue = |seed: TrackId| (0..200).map(|i| (seed + i * 13) % tracks).collect::<Vec<_>>();

    report("search for 400", &seeds, |seed| space.nearest(seed, 400, &|_| true).map(|found| found.len()))?;
    let mix = |request: MixRequest| space.mix(&request, &Wishes::NONE).map(|mix| mix.len());
    report("mix of 100", &seeds, |seed| mix(plain(seed, 100)))?;
    report("mix of 200", &seeds, |seed| mix(plain(seed, 200)))?;
    report("mix of 100 round eight", &seeds, |seed| mix(MixRequest { seeds: eight(seed), ..plain(seed, 100) }))?;
    report("25 after a queue of 200", &seeds, |seed| mix(MixRequest { queue: queue(seed), ..plain(seed, 25) }))?;
    let few = seeds.get(..seeds.len().min(10)).unwrap_or_default();
    report("search for 40,000", few, |seed| space.nearest(seed, 40_000, &|_| true).map(|found| found.len()))?;
    report("mix of 10,000", few, |seed| mix(plain(seed, 10_000)))
}

fn report(
    what: &str,
    seeds: &[TrackId],
    ask: impl Fn(TrackId) -> segue_space::Result<usize>,
) -> segue_space::Result<()> {
    let mut times = Vec::with_capacity(seeds.len());
    let worked = processor_ns();
    for seed in seeds {
        let begin = Instant::now();
        black_box(ask(*seed)?);
        times.push(begin.elapsed().as_secs_f64() * 1e3);
    }
    let worked = worked.zip(processor_ns()).map_or(f64::NAN, |(before, after)| (after - before) as f64 / 1e6);
    let mean = worked / seeds.len().max(1) as f64;
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times.get((times.len() * share / 100).min(times.len() - 1)).copied().unwrap_or_default();
    println!("{what:<24} median {:8.2} ms, 99th percentile {:8.2} ms, processor {mean:8.2} ms", at(50), at(99));
    Ok(())
}

/// Nanoseconds that this thread has had a processor for, where the system says so: on a busy machine that is what counts.
fn processor_ns() -> Option<u64> {
    std::fs::read_to_string("/proc/thread-self/schedstat").ok()?.split(' ').next()?.parse().ok()
}

/// Tracks round 200 centres, ten to an album, three albums to an artist.
fn library(rng: &mut StdRng, tracks: TrackId) -> Result<Space, segue_space::Error> {
    let block = |name: &str| BlockSpec { name: name.to_owned(), dimensions: 200, weight: 1.0 };
    let mut space = Space::new(["a", "b", "c", "d"].map(block).into())?;
    let row = |rng: &mut StdRng| (0..800).map(|_| rng.random_range(-1.0..1.0f32)).collect::<Vec<f32>>();
    let centres: Vec<Vec<f32>> = (0..200).map(|_| row(rng)).collect();
    for id in 0..tracks {
        let mut values = row(rng);
        let centre = &centres[rng.random_range(0..centres.len())];
        values.iter_mut().zip(centre).for_each(|(value, centre)| *value += centre);
        let blocks: Vec<&[f32]> = values.chunks(200).collect();
        let mut edge = || Edge::new(&(0..25).map(|_| rng.random_range(-0.3..0.3f32)).collect::<Vec<_>>());
        let (intro, outro) = (edge(), edge());
        let facts = TrackFacts {
            artist: format!("Artist {}", id / 30),
            title: format!("Title {id}"),
            album: format!("Artist {} Album {}", id / 30, id / 10),
            duration_s: rng.random_range(120.0..420.0),
            tempo: Some(rng.random_range(60.0..180.0)),
            key: Key::parse(["C", "G", "D", "A", "F#", "Bb"][rng.random_range(0..6)], "major"),
            energy: Some(rng.random_range(0.0..1.0)),
            intro,
            outro,
            recording: None,
        };
        space.insert(id, &blocks, facts)?;
    }
    space.refit();
    Ok(space)
}
