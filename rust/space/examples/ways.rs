//! How even ways through real music are, beside two simpler methods; whether the halves of a folder find each other as sets;
//! and how long ways, blends, taste and sets take.
//!
//! `cargo run --release -p segue-space --example ways -- LIBRARY [LENGTH]`, with a file in the form of
//! tests/golden/library.json or a number of tracks of random music.

#![allow(clippy::print_stdout)] // What it finds is for the terminal.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use segue_space::{BlendRequest, BlockSpec, PathFound, PathRequest, Point, Space, TrackFacts, TrackId, Wishes};
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

/// Time that this thread has had of a processor, where the system says; else by the clock.
fn now() -> Duration {
    static BEGUN: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split(' ').next().and_then(|first| first.parse().ok());
    nanoseconds.map_or_else(|| BEGUN.elapsed(), Duration::from_nanos)
}

fn milliseconds(since: Duration) -> f32 {
    now().saturating_sub(since).as_secs_f32() * 1000.0
}

fn main() -> Anyhow<()> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("name a library")?;
    let length = arguments.next().map_or(Ok(25), |length| length.parse())?;
    let (space, groups) = if let Ok(tracks) = file.parse() { random(tracks)? } else { real(&file)? };
    let ids = space.ids();
    let mut rng = StdRng::seed_from_u64(1);
    let mut pick = || ids[rng.random_range(0..ids.len())];
    let pairs: Vec<[TrackId; 2]> = (0..40).map(|_| [pick(), pick()]).filter(|[a, b]| a != b).collect();
    ways(&space, &pairs, length)?;
    halves(&space, &groups)?;
    kinds(&space, &groups)?;

    let mut jumping = 0;
    for pair in &pairs {
        let request = PathRequest { waypoints: pair.to_vec(), length };
        jumping += usize::from(!space.path(&request, &Wishes::NONE, &|| false)?.jumps.is_empty());
    }
    println!("ways that jump: {jumping} of {}", pairs.len());

    let mut times = [0.0f32; 3];
    for pair in &pairs {
        let begun = now();
        let add = pair.iter().map(|id| (vec![*id], 1.0)).collect();
        let subtract = vec![(vec![pick()], 1.0)];
        let request = BlendRequest { add, subtract, length: 100, ..BlendRequest::default() };
        space.blend(&request, &Wishes::NONE)?;
        times[0] += milliseconds(begun);
        let liked: Vec<(TrackId, f32)> = (0..500).map(|_| (pick(), 1.0)).collect();
        let begun = now();
        space.taste(&liked, 8);
        times[1] += milliseconds(begun);
        let sets: Vec<&[TrackId]> = groups.iter().map(Vec::as_slice).collect();
        let begun = now();
        space.similar_sets(&groups[pair[0] as usize % groups.len()], &sets, 20, &|| false);
        times[2] += milliseconds(begun);
    }
    let [blend, taste, sets] = times.map(|time| time / pairs.len() as f32);
    println!("blend of 100 {blend:.1} ms, taste of 500 {taste:.1} ms, 20 of {} sets {sets:.1} ms", groups.len());
    Ok(())
}

/// Share of the halves of groups that find their other half first: as sets, and by their means.
fn halves(space: &Space, groups: &[Vec<TrackId>]) -> Anyhow<()> {
    let every_other = |group: &Vec<TrackId>, from: usize| group.iter().skip(from).step_by(2).copied().collect();
    let halves: Vec<Vec<TrackId>> =
        groups.iter().take(200).flat_map(|group| [every_other(group, 0), every_other(group, 1)]).collect();
    let mut means = Vec::new();
    for half in &halves {
        let points = half.iter().map(|id| space.point(*id)).collect::<Result<Vec<Point>, _>>()?;
        means.push(Point::sum(&points.iter().map(|point| (point, 1.0)).collect::<Vec<_>>()).ok_or("no middle")?);
    }
    let (mut by_set, mut by_mean) = (0, 0);
    for own in 0..halves.len() {
        let others: Vec<&[TrackId]> =
            halves.iter().enumerate().map(|(other, half)| if other == own { &[][..] } else { &half[..] }).collect();
        let found = space.similar_sets(&halves[own], &others, 1, &|| false);
        by_set += usize::from(found.first().is_some_and(|(other, _)| *other == (own ^ 1)));
        let far = |other: &usize| means[*other].cosine_distance(&means[own]);
        let nearest = (0..halves.len()).filter(|other| *other != own).min_by(|a, b| far(a).total_cmp(&far(b)));
        by_mean += usize::from(nearest == Some(own ^ 1));
    }
    println!("halves that find each other: as sets {by_set}, by their means {by_mean}, of {}", halves.len());
    Ok(())
}

/// Centres for somebody who likes eight tracks each of one to five groups, and for the same with a fifth more liked tracks.
fn kinds(space: &Space, groups: &[Vec<TrackId>]) -> Anyhow<()> {
    const DRAWS: usize = 200;
    let mut rng = StdRng::seed_from_u64(2);
    let (mut off, mut found, mut asked, mut pure, mut members, mut liked_tracks) = (0, 0, 0, 0, 0, 0);
    let (mut same_number, mut moved, mut centres_before) = (0, 0.0f32, 0);
    for _ in 0..DRAWS {
        let mut chosen: Vec<usize> = Vec::new();
        for _ in 0..rng.random_range(1..6) {
            chosen.extend(Some(rng.random_range(0..groups.len())).filter(|group| !chosen.contains(group)));
        }
        let tracks = chosen.iter().flat_map(|group| groups[*group].iter().take(8));
        let liked: Vec<(TrackId, f32)> = tracks.map(|id| (*id, 1.0)).collect();
        let group_of = |id: &TrackId| chosen.iter().find(|group| groups[**group].contains(id)).copied();
        let centres = space.taste(&liked, 10);
        off += centres.len().abs_diff(chosen.len());
        let mut kinds: Vec<Option<usize>> = Vec::new();
        for centre in &centres {
            let count = |group: &usize| centre.members.iter().filter(|id| group_of(id) == Some(*group)).count();
            let most = chosen.iter().copied().max_by_key(count);
            pure += most.as_ref().map_or(0, count);
            members += centre.members.len();
            kinds.extend((!kinds.contains(&most)).then_some(most));
        }
        (found, asked, liked_tracks) = (found + kinds.len(), asked + chosen.len(), liked_tracks + liked.len());

        let mut more = liked.clone();
        for _ in 0..liked.len() / 5 {
            let group = &groups[chosen[rng.random_range(0..chosen.len())]];
            more.push((group[rng.random_range(0..group.len())], 1.0));
        }
        let after = space.taste(&more, 10);
        same_number += usize::from(after.len() == centres.len());
        for centre in &centres {
            let distances = after.iter().map(|other| other.point.cosine_distance(&centre.point));
            moved += distances.fold(2.0, f32::min);
            centres_before += 1;
        }
    }
    println!(
        "taste: kinds found {:.3}, off by {:.2}, of one kind {:.3}, with a centre {:.3}; liking a fifth more: as many {:.3}, \
         moved by {:.3}",
        found as f32 / asked as f32,
        off as f32 / DRAWS as f32,
        pure as f32 / members as f32,
        members as f32 / liked_tracks as f32,
        same_number as f32 / DRAWS as f32,
        moved / centres_before as f32,
    );
    Ok(())
}

fn ways(space: &Space, pairs: &[[TrackId; 2]], length: usize) -> Anyhow<()> {
    type Way = fn(&Space, [TrackId; 2], usize) -> Anyhow<Vec<TrackId>>;
    let methods: [(&str, Way); 3] = [("whole", whole), ("straight line", straight), ("next nearest", greedy)];
    for (name, way) in methods {
        let mut sums = [0.0f32; 6];
        let (mut all, mut slowest) = (0.0f32, 0.0f32);
        for pair in pairs {
            let begun = now();
            let tracks = way(space, *pair, length)?;
            let time = milliseconds(begun);
            all += time;
            slowest = slowest.max(time);
            for (sum, value) in sums.iter_mut().zip(measures(space, &tracks)?) {
                *sum += value / pairs.len() as f32;
            }
        }
        let [length, mean, largest, unevenness, back, direct] = sums;
        println!(
            "{name:<14} length {length:5.1}  mean step {mean:.3}  largest {largest:.3}  deviation {unevenness:.3}  \
             steps back {back:.3}  direct {direct:.3}  {:.1} ms (slowest {slowest:.1})",
            all / pairs.len() as f32,
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

/// The space, and its tracks by folder.
fn real(file: &str) -> Anyhow<(Space, Vec<Vec<TrackId>>)> {
    let library: Library = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    let mut space = space_of(&BLOCKS)?;
    let mut folders: BTreeMap<String, Vec<TrackId>> = BTreeMap::new();
    for (id, track) in (0..).zip(library.tracks) {
        folders.entry(track.file.split('/').next().unwrap_or_default().to_owned()).or_default().push(id);
        let facts = TrackFacts { title: track.file, duration_s: track.duration_s, ..TrackFacts::default() };
        space.insert(id, &[&track.msd_dense, &track.msd_dense_std, &track.mtt_dense, &track.mtt_dense_std], facts)?;
    }
    Ok((space, folders.into_values().collect()))
}

/// Random music with as many dimensions of its own as real music has (about twelve), in 300 kinds, by
/// artists of ten tracks.
fn random(tracks: u32) -> Anyhow<(Space, Vec<Vec<TrackId>>)> {
    const LATENT: usize = 12;
    let mut rng = StdRng::seed_from_u64(7);
    let mut normal = move || (0..12).map(|_| rng.random::<f32>()).sum::<f32>() - 6.0;
    let map: Vec<Vec<f32>> = (0..800).map(|_| (0..LATENT).map(|_| normal()).collect()).collect();
    let kinds: Vec<Vec<f32>> = (0..300).map(|_| (0..LATENT).map(|_| normal()).collect()).collect();
    let mut space = space_of(&BLOCKS)?;
    for id in 0..tracks {
        let kind = &kinds[(id / 10) as usize % kinds.len()];
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
    let artists = (0..tracks / 10).map(|artist| (artist * 10..artist * 10 + 10).collect());
    Ok((space, artists.collect()))
}
