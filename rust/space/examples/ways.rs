//! How even ways through real music are, beside two simpler methods; and how fast, in a library of random music.
//!
//! `cargo run --release -p segue-space --example ways -- LIBRARY.json [LENGTH]`, with a file in the form of
//! tests/golden/library.json.

use std::time::Instant;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use segue_space::{BlockSpec, PathFound, PathRequest, Point, Space, TrackFacts, TrackId, Wishes};
use serde::Deserialize;

#[derive(Deserialize)]
struct Library {
    tracks: Vec<Track>,
}

#[derive(Deserialize)]
struct Track {
    file: String,
    duration_s: f32,
    msd_dense: Vec<f32>,
    msd_dense_std: Vec<f32>,
    mtt_dense: Vec<f32>,
    mtt_dense_std: Vec<f32>,
}

type Anyhow<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Anyhow<()> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("name a library")?;
    let length = arguments.next().map_or(Ok(25), |length| length.parse())?;
    let space = if let Ok(tracks) = file.parse() { random(tracks)? } else { real(&file)? };
    let ids = space.ids();
    let mut rng = StdRng::seed_from_u64(1);
    let pairs: Vec<[TrackId; 2]> =
        (0..40).map(|_| [0; 2].map(|_| ids[rng.random_range(0..ids.len())])).filter(|[a, b]| a != b).collect();
    type Way = fn(&Space, [TrackId; 2], usize) -> Anyhow<Vec<TrackId>>;
    let methods: [(&str, Way); 3] = [("whole", whole), ("straight line", straight), ("next nearest", greedy)];
    for (name, way) in methods {
        let mut sums = [0.0f32; 6];
        let begun = Instant::now();
        let mut slowest = 0.0f32;
        for pair in &pairs {
            let begun = Instant::now();
            let tracks = way(&space, *pair, length)?;
            slowest = slowest.max(begun.elapsed().as_secs_f32());
            for (sum, value) in sums.iter_mut().zip(measures(&space, &tracks)?) {
                *sum += value / pairs.len() as f32;
            }
        }
        let [length, mean, largest, unevenness, back, direct] = sums;
        println!(
            "{name:<14} length {length:5.1}  mean step {mean:.3}  largest {largest:.3}  deviation {unevenness:.3}  \
             steps back {back:.3}  direct {direct:.3}  {:.1} ms (slowest {:.1})",
            begun.elapsed().as_secs_f32() * 1000.0 / pairs.len() as f32,
            slowest * 1000.0
        );
    }
    Ok(())
}

/// Length, mean and largest step, standard deviation of the steps, share of steps that lead back by more than a twentieth of
/// the direct distance, and this.
fn measures(space: &Space, tracks: &[TrackId]) -> Anyhow<[f32; 6]> {
    let points = tracks.iter().map(|id| space.point(*id)).collect::<Result<Vec<Point>, _>>()?;
    let (first, last) = (&points[0], &points[points.len() - 1]);
    let steps: Vec<f32> = points.windows(2).map(|pair| pair[0].cosine_distance(&pair[1])).collect();
    let mean = steps.iter().sum::<f32>() / steps.len() as f32;
    let variance = steps.iter().map(|step| (step - mean).powi(2)).sum::<f32>() / steps.len() as f32;
    let direct = first.cosine_distance(last);
    let back = points.windows(2).filter(|pair| {
        pair[1].cosine_distance(first) < pair[0].cosine_distance(first) - 0.0501 * direct
            || pair[1].cosine_distance(last) > pair[0].cosine_distance(last) + 0.0501 * direct
    });
    let back = back.count() as f32 / steps.len() as f32;
    Ok([tracks.len() as f32, mean, steps.iter().copied().fold(0.0, f32::max), variance.sqrt(), back, direct])
}

fn whole(space: &Space, pair: [TrackId; 2], length: usize) -> Anyhow<Vec<TrackId>> {
    let request = PathRequest { waypoints: pair.to_vec(), length };
    let PathFound { tracks, .. } = space.path(&request, &Wishes::NONE, &|| false)?;
    Ok(tracks.into_iter().map(|(id, _)| id).collect())
}

/// Points at even distances on the arc between the two, and to each the nearest track that is still free: what AudioMuse-AI does.
fn straight(space: &Space, [first, last]: [TrackId; 2], length: usize) -> Anyhow<Vec<TrackId>> {
    let (a, b) = (space.point(first)?, space.point(last)?);
    let angle = (1.0 - a.cosine_distance(&b)).clamp(-1.0, 1.0).acos();
    let mut tracks = vec![first];
    for place in 1..length - 1 {
        let share = place as f32 / (length - 1) as f32;
        let Some(point) = Point::sum(&[(&a, ((1.0 - share) * angle).sin()), (&b, (share * angle).sin())]) else {
            continue;
        };
        let free = |id: TrackId| id != last && !tracks.contains(&id);
        let near = space.nearest_to_points(&[point], 1, &free);
        tracks.extend(near.iter().map(|near| near.id));
    }
    tracks.push(last);
    Ok(tracks)
}

/// From each track to the nearest one that is nearer to the end.
fn greedy(space: &Space, [first, last]: [TrackId; 2], length: usize) -> Anyhow<Vec<TrackId>> {
    let end = space.point(last)?;
    let mut tracks = vec![first];
    while tracks.len() < length - 1 {
        let here = space.point(tracks[tracks.len() - 1])?;
        let left = here.cosine_distance(&end);
        let near = space.nearest_to_points(&[here], 200, &|id| id != last && !tracks.contains(&id));
        let nearer = |id: TrackId| space.point(id).is_ok_and(|point| point.cosine_distance(&end) < left);
        let Some(next) = near.iter().find(|near| nearer(near.id)) else { break };
        tracks.push(next.id);
    }
    tracks.push(last);
    Ok(tracks)
}

fn space_of(blocks: &[(&str, usize, f32)]) -> Anyhow<Space> {
    let spec = |(name, dimensions, weight): &(&str, usize, f32)| BlockSpec {
        name: (*name).to_owned(),
        dimensions: *dimensions,
        weight: *weight,
    };
    Ok(Space::new(blocks.iter().map(spec).collect())?)
}

const BLOCKS: [(&str, usize, f32); 4] =
    [("msd_mean", 200, 1.0), ("msd_deviation", 200, 0.5), ("mtt_mean", 200, 1.0), ("mtt_deviation", 200, 0.5)];

fn real(file: &str) -> Anyhow<Space> {
    let library: Library = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    let mut space = space_of(&BLOCKS)?;
    for (id, track) in (0..).zip(library.tracks) {
        let facts = TrackFacts { title: track.file, duration_s: track.duration_s, ..TrackFacts::default() };
        space.insert(id, &[&track.msd_dense, &track.msd_dense_std, &track.mtt_dense, &track.mtt_dense_std], facts)?;
    }
    Ok(space)
}

/// Random music with as many dimensions of its own as real music has (about twelve), in 300 kinds.
fn random(tracks: u32) -> Anyhow<Space> {
    const LATENT: usize = 12;
    let mut rng = StdRng::seed_from_u64(7);
    let mut normal = move || (0..12).map(|_| rng.random::<f32>()).sum::<f32>() - 6.0;
    let map: Vec<Vec<f32>> = (0..800).map(|_| (0..LATENT).map(|_| normal()).collect()).collect();
    let kinds: Vec<Vec<f32>> = (0..300).map(|_| (0..LATENT).map(|_| normal()).collect()).collect();
    let mut space = space_of(&BLOCKS)?;
    for id in 0..tracks {
        let kind = &kinds[id as usize % kinds.len()];
        let place: Vec<f32> = kind.iter().map(|centre| centre + 0.4 * normal()).collect();
        let row: Vec<f32> =
            map.iter().map(|weights| segue_vectors::dot(weights, &place).tanh() + 0.2 * normal()).collect();
        let blocks: Vec<&[f32]> = row.chunks_exact(200).collect();
        let facts = TrackFacts {
            artist: format!("artist {}", id / 10),
            duration_s: 100.0 + id as f32,
            ..TrackFacts::default()
        };
        space.insert(id, &blocks, facts)?;
    }
    space.refit();
    Ok(space)
}
