//! Measures of neighbours: against numpy and scipy, and through the space.

use segue_space::{BlockSpec, Judged, LONG_LIST, Space, TrackFacts, agreement};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    tracks: usize,
    dimensions: usize,
    groups: usize,
    unknown: usize,
    asked: usize,
    precision_at_5: f64,
    precision_at_10: f64,
    reachable_at_5: f64,
    reachable_at_10: f64,
    largest_hub: usize,
    skewness: f64,
}

/// The points of tests/golden/make_neighbours.py.
fn point(case: &Case, i: usize) -> Vec<f64> {
    let value = |j: usize| {
        let noise = ((i * 7919 + j * 104_729 + i * j * 31) % 1009) as f64 / 1009.0;
        1.5 * noise + (i % case.groups * (j + 3) % 7) as f64
    };
    (0..case.dimensions).map(value).collect()
}

#[test]
fn measures_are_those_of_numpy() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/space_neighbours.json");
    let golden: Golden = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(golden.cases.len() >= 4);
    for case in &golden.cases {
        let points: Vec<Vec<f64>> = (0..case.tracks).map(|i| point(case, i)).collect();
        let judged = |i: usize| {
            let squared = |j: &usize| -> f64 { points[i].iter().zip(&points[*j]).map(|(a, b)| (a - b).powi(2)).sum() };
            let mut nearest: Vec<usize> = (0..case.tracks).filter(|j| *j != i).collect();
            nearest.sort_by(|a, b| squared(a).total_cmp(&squared(b)));
            nearest.truncate(LONG_LIST);
            let known = i % case.unknown != case.unknown - 1;
            let nearest = nearest.into_iter().map(|j| j as u32).collect();
            Judged { id: i as u32, group: known.then_some((i % case.groups) as u32), nearest }
        };
        let tracks: Vec<Judged> = (0..case.tracks).map(judged).collect();
        let found = agreement(&tracks);
        assert_eq!((found.asked, found.alone), (case.asked, case.tracks - case.asked));
        assert_eq!(found.largest_hub, case.largest_hub);
        for (ours, expected) in [
            (found.precision_short, case.precision_at_5),
            (found.precision_long, case.precision_at_10),
            (found.reachable_short, case.reachable_at_5),
            (found.reachable_long, case.reachable_at_10),
            (found.skewness, case.skewness),
        ] {
            assert!((ours - expected).abs() < 1e-12, "{} tracks: {ours} for {expected}", case.tracks);
        }
    }
}

#[test]
fn a_library_of_kinds_that_lie_apart_is_found_whole_and_a_mixed_up_one_is_not() {
    // Four kinds of twelve tracks, in two blocks that agree.
    let block = |name: &str| BlockSpec { name: name.to_owned(), dimensions: 4, weight: 1.0 };
    let mut space = Space::new(vec![block("a"), block("b")]).unwrap();
    for id in 0..48u32 {
        let row: Vec<f32> = (0..4).map(|d| f32::from(id % 4 == d) * 10.0 + (id * (d + 2) % 11) as f32 / 11.0).collect();
        space.insert(id, &[&row, &row], TrackFacts::default()).unwrap();
    }
    let judge = |kind: &dyn Fn(u32) -> u32| {
        let judged = |id: u32| {
            let nearest = space.nearest(id, LONG_LIST, &|_| true).unwrap();
            Judged { id, group: Some(kind(id)), nearest: nearest.into_iter().map(|near| near.id).collect() }
        };
        agreement(&(0..48).map(judged).collect::<Vec<_>>())
    };
    let whole = judge(&|id| id % 4);
    assert_eq!((whole.precision_short, whole.precision_long), (1.0, 1.0));
    assert!(whole.largest_hub >= 5);
    // Groups that have one track of each kind: none is near to its own.
    let mixed = judge(&|id| id / 4);
    assert_eq!(mixed.precision_short, 0.0);
    assert!((mixed.reachable_short - 0.6).abs() < 1e-12);
}
