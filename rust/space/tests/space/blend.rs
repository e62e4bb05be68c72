//! What a blend promises.

use std::collections::HashMap;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use segue_space::{BlendRequest, Error, MixTrack, Space, TrackFacts, TrackId, Wishes};

use crate::common::{block, library, random_space, real_space};

fn blend(space: &Space, request: &BlendRequest) -> Vec<MixTrack> {
    space.blend(request, &Wishes::NONE).unwrap()
}

fn request(add: &[&[TrackId]], subtract: &[&[TrackId]], length: usize) -> BlendRequest {
    let sets = |sets: &[&[TrackId]]| sets.iter().map(|set| (set.to_vec(), 1.0)).collect();
    BlendRequest { add: sets(add), subtract: sets(subtract), length, ..BlendRequest::default() }
}

fn cosine(space: &Space, a: TrackId, b: TrackId) -> f32 {
    space.point(a).unwrap().cosine_distance(&space.point(b).unwrap())
}

/// Cosine distance to the nearest of some tracks.
fn away(space: &Space, id: TrackId, sets: &[(Vec<TrackId>, f32)]) -> f32 {
    sets.iter().flat_map(|(set, _)| set).map(|other| cosine(space, id, *other)).fold(f32::INFINITY, f32::min)
}

#[test]
fn it_has_no_track_twice_is_long_enough_and_says_the_distance() {
    for seed in 0..12 {
        let space = random_space(seed, 200, 40);
        let request = BlendRequest {
            temperature: seed as f32 % 3.0,
            variation: seed,
            ..request(&[&[1, 2, 3], &[50], &[777]], &[], 40)
        };
        let found = blend(&space, &request);
        assert_eq!((found.len(), &found), (40, &blend(&space, &request)));
        let mut ids: Vec<TrackId> = found.iter().map(|track| track.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert!(ids.len() == 40 && [1, 2, 3, 50].iter().all(|seed| !ids.contains(seed)));
        assert!(found.is_sorted_by(|a, b| a.distance <= b.distance));
        for track in &found {
            let nearest = [1, 2, 3, 50].map(|seed| space.distance(seed, track.id).unwrap());
            assert!((nearest.into_iter().fold(1.0, f32::min) - track.distance).abs() < 1e-5);
        }
    }
}

#[test]
fn subtracting_moves_away() {
    for seed in 0..60 {
        let space = random_space(seed, 300, 60);
        let mut rng = StdRng::seed_from_u64(seed);
        let mut set = |most: usize| -> Vec<TrackId> {
            (0..rng.random_range(1..=most)).map(|_| rng.random_range(0..300)).collect()
        };
        let (add, subtract) = ([set(4), set(4)], set(5));
        let temperature = [0.0, 0.5, 3.0][seed as usize % 3];
        let plain = BlendRequest { temperature, variation: seed, ..request(&[&add[0], &add[1]], &[], 20) };
        let without = blend(&space, &plain);
        for weight in [0.2, 1.0, 5.0] {
            let request = BlendRequest { subtract: vec![(subtract.clone(), weight)], ..plain.clone() };
            let with = blend(&space, &request);
            let mean = |tracks: &[MixTrack]| {
                tracks.iter().map(|track| away(&space, track.id, &request.subtract)).sum::<f32>() / tracks.len() as f32
            };
            assert!(with.iter().all(|track| !subtract.contains(&track.id)));
            for track in &with {
                assert!(away(&space, track.id, &request.subtract) > away(&space, track.id, &request.add), "{seed}");
            }
            assert!(with.is_empty() || mean(&with) >= mean(&without) - 1e-5, "{} {}", mean(&with), mean(&without));
        }
    }
}

#[test]
fn of_two_tracks_it_is_what_lies_between() {
    let mut rng = StdRng::seed_from_u64(1);
    let mut space = Space::new(vec![block("sound", 3)]).unwrap();
    for id in 0..2000u32 {
        let row: Vec<f32> = (0..3).map(|_| rng.random_range(-1.0..1.0)).collect();
        let facts = TrackFacts { duration_s: 100.0 + 5.0 * id as f32, ..TrackFacts::default() };
        space.insert(id, &[&row], facts).unwrap();
    }
    space.refit();
    for (a, b) in (0..40).map(|id| (id, id + 1000)).filter(|(a, b)| (0.3..1.2).contains(&cosine(&space, *a, *b))) {
        let (mut near_a, mut near_b) = (0, 0);
        let direct = cosine(&space, a, b);
        for track in blend(&space, &request(&[&[a], &[b]], &[], 10)) {
            let (from_a, from_b) = (cosine(&space, a, track.id), cosine(&space, b, track.id));
            assert!(from_a < direct && from_b < direct, "{from_a} {from_b} {direct}");
            if from_a < from_b { near_a += 1 } else { near_b += 1 }
        }
        assert!(near_a >= 3 && near_b >= 3, "{near_a} {near_b}");
    }
}

/// Three heaps of a hundred tracks that have nothing in common.
fn heaps() -> Space {
    let mut rng = StdRng::seed_from_u64(2);
    let mut space = Space::new(vec![block("sound", 9)]).unwrap();
    for id in 0..300u32 {
        let heap = (id / 100) as usize;
        let row: Vec<f32> =
            (0..9).map(|i| if i % 3 == heap { 3.0 } else { 0.0 } + rng.random_range(-1.0..1.0)).collect();
        let facts = TrackFacts { duration_s: 100.0 + 5.0 * id as f32, ..TrackFacts::default() };
        space.insert(id, &[&row], facts).unwrap();
    }
    space.refit();
    space
}

#[test]
fn unlike_things_share_the_blend_by_weight() {
    let space = heaps();
    for (weights, expected) in [([1.0, 1.0], [10, 10]), ([3.0, 1.0], [15, 5]), ([0.0, f32::NAN], [10, 10])] {
        let wish = BlendRequest {
            add: vec![(vec![1, 2, 3], weights[0]), (vec![101, 102, 103, 104], weights[1])],
            ..request(&[], &[], 20)
        };
        let found = blend(&space, &wish);
        let counts = [0, 1].map(|heap| found.iter().filter(|track| track.id / 100 == heap).count());
        assert_eq!(counts, expected, "{weights:?}");
    }
}

#[test]
fn a_higher_temperature_draws_from_farther_within_the_neighbourhood() {
    let space = heaps();
    let mean = |temperature: f32| {
        let of = |variation| blend(&space, &BlendRequest { temperature, variation, ..request(&[&[5]], &[], 10) });
        let drawn: Vec<MixTrack> = (0..30).flat_map(of).collect();
        assert!(drawn.iter().all(|track| track.id < 100));
        drawn.iter().map(|track| track.distance).sum::<f32>() / drawn.len() as f32
    };
    let means = [0.0, 0.3, 1.0, 10.0].map(mean);
    assert!(means.is_sorted_by(|a, b| a < b), "{means:?}");
    let draw =
        |variation, temperature| blend(&space, &BlendRequest { temperature, variation, ..request(&[&[5]], &[], 10) });
    assert_eq!(draw(1, 0.0), draw(2, 0.0));
    assert_ne!(draw(1, 1.0), draw(2, 1.0));
    for temperature in [f32::NAN, -1.0] {
        assert_eq!(draw(1, temperature), draw(1, 0.0));
    }
    assert_eq!(draw(1, f32::INFINITY).len(), 10);
}

#[test]
fn artists_have_a_cap_that_gives_way_only_where_it_must() {
    let space = random_space(3, 300, 60);
    let artists = |found: &[MixTrack]| {
        let mut counts: HashMap<String, usize> = HashMap::new();
        found.iter().for_each(|track| *counts.entry(artist(track.id)).or_default() += 1);
        counts.into_values().max().unwrap()
    };
    fn artist(id: TrackId) -> String {
        // As in `random_space`: the artists are drawn after the numbers of each track.
        let mut rng = StdRng::seed_from_u64(3);
        let mut name = String::new();
        for _ in 0..=id {
            let _blocks = crate::common::random_blocks(&mut rng);
            name = format!("Artist {}", rng.random_range(0..60u32));
            if rng.random_bool(0.8) {
                let _tempo: f32 = rng.random_range(60.0..180.0);
            }
            if rng.random_bool(0.8) {
                let _energy: f32 = rng.random_range(0.0..1.0);
            }
        }
        name
    }
    for cap in [0usize, 1, 2] {
        let found = blend(&space, &BlendRequest { artist_cap: cap, ..request(&[&[7]], &[], 25) });
        assert!(found.len() == 25 && artists(&found) <= if cap == 0 { 3 } else { cap });
    }
    let few = random_space(3, 40, 2);
    assert_eq!(blend(&few, &request(&[&[7]], &[], 30)).len(), 30);
}

#[test]
fn what_may_not_come_does_not_and_what_is_not_there_is_an_error() {
    let space = random_space(5, 100, 30);
    let wishes = Wishes { admit: &|id| id < 50, leaning: &|id| if id % 2 == 0 { -2.0 } else { 0.0 } };
    let found = space.blend(&request(&[&[1, 80]], &[&[90]], 100), &wishes).unwrap();
    assert!(!found.is_empty() && found.iter().all(|track| track.id < 50 && track.id % 2 == 1));
    for add in [&[][..], &[&[][..]], &[&[500]], &[&[80]]] {
        let given = add.iter().map(|set: &&[TrackId]| set.len()).sum();
        assert_eq!(space.blend(&request(add, &[&[3]], 10), &wishes), Err(Error::NoSeed { given }));
    }
    // What is added and subtracted at once leaves nothing.
    assert!(blend(&space, &request(&[&[4]], &[&[4]], 10)).is_empty());
    assert!(blend(&space, &request(&[&[4]], &[], 0)).is_empty());
    assert_eq!(blend(&space, &request(&[&[4]], &[], usize::MAX)).len(), 99);
}

#[test]
fn real_music_keeps_to_what_is_added() {
    let library = library();
    let space = real_space(&library);
    let of = |group: usize| -> Vec<TrackId> {
        let mut groups: Vec<&String> = library.tracks.iter().map(|track| &track.group).collect();
        groups.dedup();
        let in_group = |id: &TrackId| library.tracks[*id as usize].group == *groups[group];
        (0..library.tracks.len() as TrackId).filter(in_group).collect()
    };
    let mut hits = 0;
    for (add, subtract) in [(0, 1), (1, 2), (2, 3), (3, 0)] {
        let (add, subtract) = (of(add), of(subtract));
        let (given, hidden) = add.split_at(add.len() / 2);
        let wish = BlendRequest { artist_cap: 99, ..request(&[given], &[&subtract], 4) };
        let found = blend(&space, &wish);
        assert!(found.iter().all(|track| !subtract.contains(&track.id)));
        hits += found.iter().filter(|track| hidden.contains(&track.id)).count();
    }
    assert!(hits >= 7, "{hits}");
}
