//! Maps: as good as scikit-learn's, the same again, and steady while the library grows.

use segue_space::{MAP_NEIGHBOURS, MapRun, Nearby, Piece, lay_out, place};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    points: usize,
    dimensions: usize,
    groups: usize,
    kept: f64,
}

fn noise(i: usize, j: usize) -> f64 {
    ((i * 7919 + j * 104_729 + i * j * 31) % 1009) as f64 / 1009.0
}

/// The points of tests/golden/make_map.py.
fn points(n: usize, dimensions: usize, groups: usize) -> Vec<Vec<f64>> {
    let value = |i: usize, j: usize| {
        let group = i % groups;
        let along = |column: usize, times: usize| (noise(i, column), (j * (group + times)) as f64);
        let ((u, by), (v, by_2)) = (along(100, 1), along(101, 2));
        3.0 * noise(group, j) + 2.0 * u * by.cos() + 2.0 * v * by_2.sin() + 0.2 * noise(i, j)
    };
    (0..n).map(|i| (0..dimensions).map(|j| value(i, j)).collect()).collect()
}

fn nearest<P: AsRef<[T]>, T: Copy + Into<f64>>(points: &[P], k: usize) -> Vec<Vec<Nearby>> {
    let distance = |a: &P, b: &P| -> f64 {
        let squares = a.as_ref().iter().zip(b.as_ref()).map(|(a, b)| ((*a).into() - (*b).into()).powi(2));
        squares.sum::<f64>().sqrt()
    };
    let near = |own: usize| {
        let mut all: Vec<Nearby> = (0..points.len())
            .filter(|other| *other != own)
            .map(|other| Nearby { row: other as u32, distance: distance(&points[own], &points[other]) as f32 })
            .collect();
        all.sort_by(|a, b| a.distance.total_cmp(&b.distance).then(a.row.cmp(&b.row)));
        all.truncate(k);
        all
    };
    (0..points.len()).map(near).collect()
}

/// Of each row's ten nearest, the share that is among its ten nearest on the map.
fn kept(graph: &[Vec<Nearby>], map: &[[f32; 2]]) -> f64 {
    let on_the_map = nearest(map, 10);
    let shared = graph.iter().zip(&on_the_map).map(|(near, there)| {
        near.iter().take(10).filter(|near| there.iter().any(|there| there.row == near.row)).count()
    });
    shared.sum::<usize>() as f64 / (10 * graph.len()) as f64
}

fn in_turn(pieces: usize, work: &Piece<'_>) {
    (0..pieces).for_each(work);
}

fn map(graph: &[Vec<Nearby>], before: &[Option<[f32; 2]>]) -> Vec<[f32; 2]> {
    let run = MapRun { spread: &in_turn, cancelled: &|| false, progress: &|_| {} };
    let map = lay_out(graph, before, &run).unwrap();
    assert_eq!(map.len(), graph.len());
    assert!(map.iter().flatten().all(|x| (-1.0..=1.0).contains(x)), "{map:?}");
    map
}

fn known(map: &[[f32; 2]]) -> Vec<Option<[f32; 2]>> {
    map.iter().copied().map(Some).collect()
}

/// How far places lie apart in the median.
fn moved<'a>(pairs: impl Iterator<Item = (&'a [f32; 2], &'a [f32; 2])>) -> f32 {
    let mut ways: Vec<f32> = pairs.map(|(a, b)| f32::hypot(a[0] - b[0], a[1] - b[1])).collect();
    ways.sort_by(f32::total_cmp);
    ways[ways.len() / 2]
}

#[test]
fn neighbours_are_kept_as_well_as_scikit_learn_keeps_them() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/space_map.json");
    let golden: Golden = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(golden.cases.len() >= 2);
    for case in golden.cases {
        let graph = nearest(&points(case.points, case.dimensions, case.groups), MAP_NEIGHBOURS);
        let found = kept(&graph, &map(&graph, &[]));
        assert!(found >= 0.95 * case.kept, "{found} of {}", case.kept);
    }
}

#[test]
fn the_same_tracks_give_the_same_map_however_the_work_is_spread() {
    let graph = nearest(&points(2500, 3, 5), 12);
    let backwards = |pieces: usize, work: &Piece<'_>| {
        assert!(pieces > 1);
        (0..pieces).rev().for_each(work);
    };
    let shares = std::sync::Mutex::new(Vec::new());
    let run =
        MapRun { spread: &backwards, cancelled: &|| false, progress: &|share| shares.lock().unwrap().push(share) };
    let start: Vec<_> = (0..2500).map(|i| Some([noise(i, 5) as f32, noise(i, 6) as f32])).collect();
    assert_eq!(lay_out(&graph, &start, &run).unwrap(), map(&graph, &start));
    let shares = shares.into_inner().unwrap();
    assert!(shares.is_sorted() && shares.iter().all(|share| (0.0..1.0).contains(share)));
}

#[test]
fn what_was_there_stays_about_where_it_was_while_others_come_and_go() {
    let all = points(660, 12, 8);
    let graph = nearest(&all[..600], MAP_NEIGHBOURS);
    let first = map(&graph, &[]);
    // Nothing new: nothing to do.
    let again = map(&graph, &known(&first));
    assert!(moved(first.iter().zip(&again)) < 0.02);
    assert!(kept(&graph, &again) >= 0.98 * kept(&graph, &first));
    // A tenth comes: the others move little, and the map is as good as one made from nothing.
    let larger = nearest(&all, MAP_NEIGHBOURS);
    let mut before = known(&first);
    before.resize(660, None);
    let second = map(&larger, &before);
    assert!(moved(first.iter().zip(&second)) < 0.05, "{}", moved(first.iter().zip(&second)));
    assert!(kept(&larger, &second) >= 0.95 * kept(&larger, &map(&larger, &[])));
    // A tenth goes.
    let smaller = map(&nearest(&all[..540], MAP_NEIGHBOURS), &known(&first[..540]));
    assert!(moved(first.iter().zip(&smaller)) < 0.05);
}

#[test]
fn a_map_from_nothing_is_turned_to_fit_what_there_was() {
    let graph = nearest(&points(600, 12, 8), MAP_NEIGHBOURS);
    let first = map(&graph, &[]);
    // A third of the places, turned, mirrored and made smaller: too few to go on from.
    let before: Vec<_> =
        first.iter().enumerate().map(|(i, [x, y])| (i % 3 == 0).then_some([0.5 * y + 0.1, 0.5 * x])).collect();
    let second = map(&graph, &before);
    let pairs: Vec<_> = before.iter().zip(&second).filter_map(|(a, b)| Some((a.as_ref()?, b))).collect();
    assert!(moved(pairs.into_iter()) < 0.02);
}

#[test]
fn odd_graphs_get_a_map_too() {
    let near = |row, distance| Nearby { row, distance };
    assert!(map(&[], &[]).is_empty());
    assert_eq!(map(&[vec![]], &[]).len(), 1);
    map(&[vec![near(1, 0.5)], vec![near(0, 0.5)]], &[]);
    // No edge at all; all in one place; neighbours that are none.
    map(&vec![Vec::new(); 40], &[]);
    let all_equal: Vec<Vec<Nearby>> =
        (0..40u32).map(|own| (0..40).filter(|row| *row != own).map(|row| near(row, 0.0)).collect()).collect();
    map(&all_equal, &[]);
    map(&all_equal, &[Some([0.3, 0.3]); 40]);
    let wrong = [f32::NAN, f32::INFINITY, -1.0, f32::MAX];
    map(&wrong.map(|distance| vec![near(0, distance), near(3, distance), near(99, distance)]), &[]);
    // Two islands, and places that are none or far out.
    let islands: Vec<Vec<Nearby>> = (0..60u32)
        .map(|own| (0..60).filter(|row| *row != own && row % 2 == own % 2).map(|row| near(row, 0.1)).collect())
        .collect();
    map(&islands, &[]);
    let odd = [Some([f32::NAN, 0.0]), Some([1e30, 1e30]), Some([-5.0, 0.0]), None];
    map(&islands, &odd.repeat(15));
    let half: Vec<_> = (0..60).map(|row| (row % 2 == 0).then_some([0.01 * row as f32, 0.5])).collect();
    map(&islands, &half);
}

#[test]
fn a_run_that_is_cancelled_gives_no_map() {
    let graph = nearest(&points(200, 4, 3), 20);
    let asked = std::sync::atomic::AtomicUsize::new(0);
    for after in [0, 1, 40, 300] {
        asked.store(0, std::sync::atomic::Ordering::Relaxed);
        let cancelled = || asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) >= after;
        let run = MapRun { spread: &in_turn, cancelled: &cancelled, progress: &|_| {} };
        assert_eq!(lay_out(&graph, &[], &run), None);
    }
}

#[test]
fn a_new_track_lies_among_its_neighbours() {
    assert_eq!(place(&[]), None);
    assert_eq!(place(&[([0.1, 0.2], f32::NAN), ([f32::NAN, 0.0], 0.1)]), None);
    assert_eq!(place(&[([0.25, -0.5], 0.3)]), Some([0.25, -0.5]));
    for i in 0..50 {
        let around: Vec<([f32; 2], f32)> =
            (0..10).map(|j| ([noise(i, j) as f32 - 0.5, noise(i, j + 20) as f32], noise(i, j + 40) as f32)).collect();
        let found = place(&around).unwrap();
        for axis in 0..2 {
            let of = |(at, _): &([f32; 2], f32)| at[axis];
            let low = around.iter().map(of).fold(f32::INFINITY, f32::min);
            let high = around.iter().map(of).fold(f32::NEG_INFINITY, f32::max);
            assert!((low - 1e-5..=high + 1e-5).contains(&found[axis]));
        }
    }
    // Of two groups, in the larger one and not in the void between.
    let two: Vec<([f32; 2], f32)> =
        (0..10).map(|j| ([if j < 6 { -0.8 } else { 0.8 } + 0.01 * j as f32, 0.0], 0.1)).collect();
    assert!(place(&two).unwrap()[0] < -0.6);
}
