//! Neighbours: exact, defined for every input, and kept up to date without rebuilding.

use crate::common::{all, block, library, random_blocks, random_space, real_space};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use segue_space::{BlockSpec, Error, Neighbour, PROXIMITY_FROM, Space, TrackFacts, TrackId};

fn ids(neighbours: &[Neighbour]) -> Vec<TrackId> {
    neighbours.iter().map(|neighbour| neighbour.id).collect()
}

fn assert_well_formed(space: &Space, seed: TrackId, neighbours: &[Neighbour]) {
    assert!(neighbours.iter().all(|n| (0.0..=1.0).contains(&n.distance)), "{neighbours:?}");
    assert!(neighbours.is_sorted_by(|a, b| a.distance <= b.distance));
    assert!(neighbours.iter().all(|n| n.id != seed && space.contains(n.id)));
}

#[test]
fn a_space_must_have_sound_blocks() {
    let weight = |weight| vec![BlockSpec { weight, ..block("bad", 3) }];
    let bad = [vec![], vec![block("bad", 0)], weight(0.0), weight(-1.0), weight(f32::NAN), weight(f32::INFINITY)];
    for blocks in bad {
        assert!(matches!(Space::new(blocks), Err(Error::BadBlock { .. })));
    }
    let twice_the_most =
        vec![BlockSpec { weight: f32::MAX, ..block("a", 1) }, BlockSpec { weight: f32::MAX, ..block("b", 1) }];
    assert!(matches!(Space::new(twice_the_most), Err(Error::BadBlock { .. })));
}

#[test]
fn hostile_rows_are_refused_and_change_nothing() {
    let mut space = random_space(1, 5, 2);
    let before = space.nearest(0, 9, &all).unwrap();
    let mut insert = |blocks: &[&[f32]]| space.insert(0, blocks, TrackFacts::default());
    assert_eq!(insert(&[&[0.0; 6]]), Err(Error::Blocks { expected: 2, got: 1 }));
    let error = insert(&[&[0.0; 6], &[0.0; 4]]);
    assert_eq!(error, Err(Error::Dimensions { block: "b".to_owned(), expected: 3, got: 4 }));
    assert_eq!(insert(&[&[f32::NAN; 6], &[0.0; 3]]), Err(Error::NotFinite { block: "a".to_owned() }));
    assert_eq!(insert(&[&[0.0; 6], &[f32::INFINITY; 3]]), Err(Error::NotFinite { block: "b".to_owned() }));
    assert_eq!((space.nearest(0, 9, &all).unwrap(), space.len()), (before, 5));
}

#[test]
fn unknown_seeds_are_an_error_among_known_ones_they_are_passed_over() {
    let space = random_space(2, 40, 9);
    assert_eq!(space.nearest(99, 5, &all), Err(Error::UnknownTrack { id: 99 }));
    assert_eq!(space.nearest_to_many(&[99, 98], 5, &all), Err(Error::NoSeed { given: 2 }));
    assert_eq!(space.nearest_to_many(&[], 5, &all), Err(Error::NoSeed { given: 0 }));
    assert_eq!(space.nearest_to_many(&[99, 3], 5, &all), space.nearest(3, 5, &all));
}

#[test]
fn few_tracks_work_and_alike_tracks_are_at_zero() {
    let mut space = Space::new(vec![block("a", 2)]).unwrap();
    space.insert(7, &[&[1.0, 2.0]], TrackFacts::default()).unwrap();
    assert_eq!(space.nearest(7, 5, &all).unwrap(), []);
    space.insert(8, &[&[1.0, 2.0]], TrackFacts::default()).unwrap();
    assert_eq!(space.nearest(7, 5, &all).unwrap(), [Neighbour { id: 8, distance: 0.0 }]);
    space.insert(9, &[&[4.0, -2.0]], TrackFacts::default()).unwrap();
    let neighbours = space.nearest(7, 5, &all).unwrap();
    assert_eq!(ids(&neighbours), [8, 9]);
    assert!(neighbours[0].distance < 1e-6 && neighbours[1].distance > 0.9, "{neighbours:?}");
}

#[test]
fn equal_distances_are_ordered_by_handle() {
    let mut space = Space::new(vec![block("a", 1)]).unwrap();
    for id in [5, 3, 9, 4] {
        space.insert(id, &[&[if id == 9 { 0.0 } else { 1.0 }]], TrackFacts::default()).unwrap();
    }
    assert_eq!(ids(&space.nearest(9, 3, &all).unwrap()), [3, 4, 5]);
    assert_eq!(ids(&space.nearest(9, 2, &all).unwrap()), [3, 4]);
}

#[test]
fn absurd_values_give_defined_distances() {
    let mut space = random_space(3, 60, 5);
    space.refit();
    for (id, value) in [(100, f32::MAX), (101, -f32::MAX), (102, f32::MIN_POSITIVE), (103, 0.0)] {
        space.insert(id, &[&[value; 6], &[value; 3]], TrackFacts::default()).unwrap();
    }
    for refit in [false, true] {
        if refit {
            space.refit();
        }
        for seed in [0, 100, 101, 102, 103] {
            let neighbours = space.nearest(seed, 100, &all).unwrap();
            assert_eq!(neighbours.len(), 63);
            assert_well_formed(&space, seed, &neighbours);
        }
        assert!(space.matrix(&space.ids()).iter().all(|value| value.is_finite()));
    }
}

#[test]
fn only_admitted_tracks_come_and_k_is_kept() {
    let space = random_space(4, 120, 9);
    let odd = |id: TrackId| id % 2 == 1;
    let everyone = space.nearest(10, 1000, &all).unwrap();
    assert_eq!(everyone.len(), 119);
    let expected: Vec<_> = everyone.iter().filter(|n| odd(n.id)).take(7).copied().collect();
    assert_eq!(space.nearest(10, 7, &odd).unwrap(), expected);
    assert_eq!(space.nearest(10, 0, &all).unwrap(), []);
}

/// The cosine distance by the book, over all tracks, in double precision.
#[test]
fn below_the_correction_distances_are_half_the_cosine_distance() {
    let n = PROXIMITY_FROM as u32 - 1;
    let library = library();
    let mut space = real_space(&library);
    (n..library.tracks.len() as u32).for_each(|id| assert!(space.remove(id)));
    space.refit();
    let standard = |block: usize| -> Vec<Vec<f64>> {
        let rows = &library.tracks[..n as usize];
        let column = |j: usize| rows.iter().map(move |t| f64::from(t.blocks[block][j]));
        let statistics: Vec<(f64, f64)> = (0..200)
            .map(|j| {
                let mean = column(j).sum::<f64>() / f64::from(n);
                (mean, (column(j).map(|x| (x - mean).powi(2)).sum::<f64>() / f64::from(n)).sqrt())
            })
            .collect();
        let row = |t: &crate::common::Track| {
            t.blocks[block].iter().zip(&statistics).map(|(x, (mean, sd))| (f64::from(*x) - mean) / sd).collect()
        };
        rows.iter().map(row).collect()
    };
    let standard: Vec<_> = (0..4).map(standard).collect();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let expected = |a: usize, b: usize| {
        let cosine =
            |rows: &Vec<Vec<f64>>| dot(&rows[a], &rows[b]) / (dot(&rows[a], &rows[a]) * dot(&rows[b], &rows[b])).sqrt();
        let weighted = standard
            .iter()
            .zip(crate::common::blocks())
            .map(|(rows, spec)| f64::from(spec.weight) / 3.0 * cosine(rows));
        (1.0 - weighted.sum::<f64>()) / 2.0
    };
    let ids = space.ids();
    let points = space.matrix(&ids);
    assert_eq!(ids.len(), n as usize);
    for seed in 0..n {
        for neighbour in space.nearest(seed, 100, &all).unwrap() {
            let expected = expected(seed as usize, neighbour.id as usize);
            assert!((f64::from(neighbour.distance) - expected).abs() < 1e-5);
            // The matrix has the same geometry: a quarter of the squared distance is half the cosine distance.
            let difference = &points.row(seed as usize) - &points.row(neighbour.id as usize);
            assert!((f64::from(difference.dot(&difference)) / 4.0 - expected).abs() < 1e-5);
        }
    }
}

/// A space that changed at random and one that got the same tracks in order know the same after a refit; before it the
/// changed one is still whole.
#[test]
fn changes_at_random_end_where_a_fresh_space_begins() {
    for round in 0..12 {
        let mut rng = StdRng::seed_from_u64(round);
        let mut space = random_space(round, 0, 1);
        let mut kept = std::collections::BTreeMap::new();
        for _ in 0..rng.random_range(1..400) {
            let id = rng.random_range(0..150);
            if rng.random_bool(0.3) {
                assert_eq!(space.remove(id), kept.remove(&id).is_some());
            } else {
                let [a, b] = random_blocks(&mut rng);
                space.insert(id, &[&a, &b], TrackFacts::default()).unwrap();
                kept.insert(id, (a, b));
            }
            assert_eq!(space.len(), kept.len());
            if rng.random_bool(0.05)
                && let Some(seed) = kept.keys().next().copied()
            {
                let neighbours = space.nearest(seed, 200, &all).unwrap();
                assert_eq!(neighbours.len(), kept.len() - 1);
                assert_well_formed(&space, seed, &neighbours);
            }
        }
        let mut fresh = random_space(round, 0, 1);
        for (id, (a, b)) in &kept {
            fresh.insert(*id, &[a, b], TrackFacts::default()).unwrap();
        }
        space.refit();
        fresh.refit();
        assert_eq!(space.ids(), fresh.ids());
        for seed in kept.keys() {
            let (ours, theirs) = (space.nearest(*seed, 20, &all).unwrap(), fresh.nearest(*seed, 20, &all).unwrap());
            let pairs = ours.iter().zip(&theirs);
            assert!(pairs.clone().all(|(a, b)| (a.distance - b.distance).abs() < 1e-4), "{ours:?}\n{theirs:?}");
        }
    }
}

/// One track put in between refits is found where a refit would have it, or near there.
#[test]
fn one_insertion_is_found_at_once() {
    let library = library();
    let mut space = real_space(&library);
    let track = &library.tracks[20];
    let slices: Vec<&[f32]> = track.blocks.iter().map(Vec::as_slice).collect();
    assert!(space.remove(20));
    space.refit();
    space.insert(20, &slices, TrackFacts::default()).unwrap();
    let at_once = ids(&space.nearest(20, 10, &all).unwrap());
    space.refit();
    let after_refit = ids(&space.nearest(20, 10, &all).unwrap());
    let common = at_once.iter().filter(|id| after_refit.contains(id)).count();
    assert!(common >= 8, "{at_once:?} {after_refit:?}");
    // And a copy of a track is its nearest neighbour by far.
    space.insert(500, &slices, TrackFacts::default()).unwrap();
    let nearest = space.nearest(20, 1, &all).unwrap()[0];
    assert!(nearest.id == 500 && nearest.distance < 1e-6, "{nearest:?}");
}

#[test]
fn several_seeds_get_neighbours_of_each_and_none_from_the_middle() {
    let mut space = Space::new(vec![block("a", 3)]).unwrap();
    // Two kinds of music and, many, what lies between.
    let mut rng = StdRng::seed_from_u64(8);
    let mut kind = |id: TrackId, direction: [f32; 3]| {
        let row = direction.map(|x| x + rng.random_range(-0.2..0.2));
        space.insert(id, &[&row], TrackFacts::default()).unwrap();
    };
    (0..20).for_each(|id| kind(id, [2.0, 0.0, 0.0]));
    (20..40).for_each(|id| kind(id, [0.0, 2.0, 0.0]));
    (40..80).for_each(|id| kind(id, [1.0, 1.0, 0.0]));
    (80..120).for_each(|id| kind(id, [0.0, 0.0, 2.0]));
    let neighbours = ids(&space.nearest_to_many(&[0, 1, 20, 21], 36, &all).unwrap());
    assert!(neighbours.iter().all(|id| *id < 40 && ![0, 1, 20, 21].contains(id)), "{neighbours:?}");
}

#[test]
fn many_seeds_are_all_left_out() {
    let space = random_space(11, 200, 30);
    let seeds: Vec<TrackId> = (0..100).collect();
    let neighbours = space.nearest_to_many(&seeds, 500, &all).unwrap();
    assert_eq!(neighbours.len(), 100);
    assert!(neighbours.iter().all(|n| n.id >= 100 && (0.0..=1.0).contains(&n.distance)));
}

#[test]
fn facts_change_without_the_sound() {
    let mut space = random_space(12, 3, 3);
    let before = space.nearest(0, 2, &all).unwrap();
    assert!(space.set_facts(1, TrackFacts { artist: "Other".to_owned(), ..TrackFacts::default() }));
    assert!(!space.set_facts(9, TrackFacts::default()));
    assert_eq!(space.nearest(0, 2, &all).unwrap(), before);
}

/// Questions from several threads, the first of which has to take the statistics.
#[test]
fn may_be_asked_from_several_threads() {
    let space = random_space(13, 300, 30);
    let alone = random_space(13, 300, 30).nearest(5, 10, &all).unwrap();
    std::thread::scope(|scope| {
        let asked: Vec<_> = (0..4).map(|_| scope.spawn(|| space.nearest(5, 10, &all).unwrap())).collect();
        asked.into_iter().for_each(|thread| assert_eq!(thread.join().unwrap(), alone));
    });
}
