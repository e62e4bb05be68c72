use ndarray::Array2;

use super::*;
use crate::{Error, Linkage};

const LIMITS: FitnessLimits = FitnessLimits { min_songs: 5, max_songs: 40, max_per_artist: 3 };

fn never() -> bool {
    false
}

/// Clouds of 20 in eight dimensions, each with a tag of its own.
fn clouds(count: usize) -> (Array2<f32>, Array2<f32>) {
    let mut rng = StdRng::seed_from_u64(11);
    let points = Array2::from_shape_fn((20 * count, 8), |(row, j)| {
        let middle = if row / 20 % 8 == j { 3.0 } else { 0.0 };
        middle + rng.random_range(-0.5..0.5f32)
    });
    let tags = Array2::from_shape_fn((20 * count, count), |(row, tag)| if row / 20 == tag { 0.9 } else { 0.1 });
    (points, tags)
}

fn data(count: usize) -> SearchData {
    let (points, tags) = clouds(count);
    let names: Vec<String> = (0..points.nrows()).map(|row| format!("{}", row % 13)).collect();
    let artists: Vec<&str> = names.iter().map(String::as_str).collect();
    SearchData::new(points.view(), tags.view(), &artists, &never).unwrap()
}

fn options(algorithm: Algorithm, runs: usize) -> SearchOptions {
    let ranges = Ranges { clusters: 2..=12, components: 2..=12, pca: 2..=8, eps: 0.1..=0.9, ..Ranges::default() };
    SearchOptions { algorithm, ranges, runs, patience: 0, seed: 5 }
}

/// Runs a search to its end; batches are told in the order that `turn` gives them.
fn searched(data: &SearchData, mut search: Search, turn: bool) -> Search {
    loop {
        let batch = search.next_batch();
        if batch.is_empty() {
            return search;
        }
        let outcome =
            |candidate: &Candidate| evaluate(data, candidate, &FitnessWeights::default(), &LIMITS, &never).unwrap();
        let mut outcomes: Vec<RunOutcome> = batch.iter().map(outcome).collect();
        if turn {
            outcomes.reverse();
        }
        search.tell(outcomes);
    }
}

#[test]
fn it_finds_the_number_of_groups_that_there_is() {
    let data = data(6);
    let search = searched(&data, Search::new(options(Algorithm::KMeans, 96)), false);
    let best = search.best().unwrap();
    assert_eq!((best.groups, best.noise, search.runs()), (6, 0, 96));
    for (row, label) in best.labels.iter().enumerate() {
        assert_eq!(*label, best.labels[row / 20 * 20]);
    }
    assert!(best.fitness > 0.8 && best.parts.purity > 0.9, "{best:?}");
}

#[test]
fn every_algorithm_can_be_searched() {
    let data = data(4);
    for algorithm in [Algorithm::Dbscan, Algorithm::Gmm, Algorithm::Hierarchical] {
        let mut options = options(algorithm, 32);
        options.ranges.covariance = crate::Covariance::Diagonal;
        options.ranges.linkage = Linkage::Average;
        let search = searched(&data, Search::new(options), false);
        let best = search.best().unwrap();
        assert_eq!(best.candidate.parameters.algorithm(), algorithm);
        assert!(best.groups >= 2 && best.fitness > 0.4, "{algorithm:?} {}", best.fitness);
    }
}

#[test]
fn same_seed_same_result_in_whatever_order_outcomes_come() {
    let data = data(5);
    let found = |turn| searched(&data, Search::new(options(Algorithm::KMeans, 64)), turn).best().cloned();
    assert_eq!(found(false), found(true));
    let other = SearchOptions { seed: 6, ..options(Algorithm::KMeans, 64) };
    assert_ne!(Search::new(other).next_batch(), Search::new(options(Algorithm::KMeans, 64)).next_batch());
}

#[test]
fn later_runs_are_mostly_children_and_all_stay_in_their_ranges() {
    let data = data(5);
    let mut search = Search::new(options(Algorithm::KMeans, 160));
    let mut continued = 0;
    loop {
        let batch = search.next_batch();
        if batch.is_empty() {
            break;
        }
        for candidate in &batch {
            let Parameters::KMeans { k, .. } = candidate.parameters else { panic!("{candidate:?}") };
            assert!((2..=12).contains(&k) && (2..=8).contains(&candidate.components), "{candidate:?}");
            assert!((5..=10).contains(&candidate.neighbours) && (0.0..=0.3).contains(&candidate.tag_weight));
            assert!(candidate.run >= 32 || candidate.parent.is_none());
            continued += usize::from(candidate.parent.is_some());
        }
        let outcome = |candidate| evaluate(&data, candidate, &FitnessWeights::default(), &LIMITS, &never).unwrap();
        search.tell(batch.iter().map(outcome).collect());
    }
    assert!(continued > 20, "{continued}");
}

#[test]
fn it_ends_when_nothing_improves() {
    let data = data(3);
    let options = SearchOptions { patience: 32, ..options(Algorithm::KMeans, 2000) };
    let search = searched(&data, Search::new(options), false);
    assert!((400..1500).contains(&search.runs()), "{}", search.runs());
}

#[test]
fn a_single_run_has_several_starts() {
    let data = data(6);
    let mut options = options(Algorithm::KMeans, 1);
    options.ranges.clusters = 6..=6;
    let search = searched(&data, Search::new(options), false);
    let best = search.best().unwrap();
    assert_eq!((search.runs(), best.candidate.parameters), (1, Parameters::KMeans { k: 6, n_init: 5 }));
    assert_eq!(best.groups, 6);
}

#[test]
fn another_search_goes_on_from_the_state_of_one() {
    let data = data(6);
    let first = searched(&data, Search::new(options(Algorithm::KMeans, 96)), false);
    let kept = serde_json::to_string(&first.state()).unwrap();
    let state: SearchState = serde_json::from_str(&kept).unwrap();
    assert_eq!(state, first.state());
    let mut second = Search::resume(options(Algorithm::KMeans, 16), &state);
    let batch = second.next_batch();
    let best = &first.best().unwrap().candidate;
    assert_eq!((batch[0].parameters, batch[0].components, batch[0].run), (best.parameters, best.components, 0));
    let second = searched(&data, Search::resume(options(Algorithm::KMeans, 16), &state), false);
    assert!(second.best().unwrap().fitness > first.best().unwrap().fitness - 0.05);
    // Nothing of another algorithm is of use.
    let other = Search::resume(options(Algorithm::Gmm, 16), &state).next_batch();
    assert_eq!(other, Search::new(options(Algorithm::Gmm, 16)).next_batch());
}

#[test]
fn the_rest_of_the_library_goes_to_the_groups_of_the_sample() {
    let (points, tags) = clouds(4);
    let looked_at: Vec<usize> = (0..80).filter(|row| row % 2 == 0).collect();
    let (some, some_tags) = (points.select(ndarray::Axis(0), &looked_at), tags.select(ndarray::Axis(0), &looked_at));
    let data = SearchData::new(some.view(), some_tags.view(), &[""; 40], &never).unwrap();
    for algorithm in [Algorithm::KMeans, Algorithm::Gmm, Algorithm::Hierarchical] {
        let mut options = options(algorithm, 32);
        options.ranges.clusters = 4..=4;
        options.ranges.components = 4..=4;
        let search = searched(&data, Search::new(options), false);
        let best = search.best().unwrap();
        let all = assign_all(&data, best, points.view(), tags.view(), &looked_at, &never).unwrap();
        assert_eq!((all.labels.len(), all.distances.len(), all.confidence.len()), (80, 80, 80));
        for (place, row) in looked_at.iter().enumerate() {
            assert_eq!(all.labels[*row], best.labels[place]);
            assert_eq!(all.labels[*row + 1], all.labels[*row], "{algorithm:?}");
        }
        assert!(all.confidence.iter().all(|value| (0.0..=1.0).contains(value)));
        let project = data.project(&best.candidate, points.view(), tags.view()).unwrap();
        assert_eq!(project.ncols(), all.centroids.ncols());
    }
    let best = searched(&data, Search::new(options(Algorithm::KMeans, 8)), false).best().cloned().unwrap();
    let error = assign_all(&data, &best, points.view(), tags.view(), &[1, 2], &never);
    assert_eq!(error, Err(Error::Size { what: "tracks that were looked at", expected: 40, got: 2 }));
}

#[test]
fn strange_libraries_are_searched_too() {
    let equal = Array2::from_elem((30, 4), 2.0f32);
    let one = Array2::from_elem((1, 4), 2.0f32);
    for points in [equal, one] {
        let n = points.nrows();
        let tags = Array2::from_elem((n, 2), f32::NAN);
        let data = SearchData::new(points.view(), tags.view(), &vec![""; n], &never).unwrap();
        for algorithm in [Algorithm::KMeans, Algorithm::Dbscan, Algorithm::Gmm, Algorithm::Hierarchical] {
            let search = searched(&data, Search::new(options(algorithm, 16)), false);
            assert_eq!(search.runs(), 16);
            if let Some(best) = search.best() {
                assert!((0.0..=1.0).contains(&best.fitness), "{algorithm:?} {best:?}");
                let all: Vec<usize> = (0..n).collect();
                let grouping = assign_all(&data, best, points.view(), tags.view(), &all, &never).unwrap();
                assert_eq!(grouping.labels.len(), n);
            }
        }
    }
}

#[test]
fn what_cannot_be_searched_is_refused() {
    let new = |points: Array2<f32>, tags: usize, artists: usize| {
        SearchData::new(points.view(), Array2::zeros((tags, 3)).view(), &vec![""; artists], &never).unwrap_err()
    };
    assert_eq!(new(Array2::zeros((0, 4)), 0, 0), Error::Empty);
    assert_eq!(new(Array2::zeros((3, 4)), 2, 3), Error::Size { what: "rows of tags", expected: 3, got: 2 });
    assert_eq!(new(Array2::zeros((3, 4)), 3, 2), Error::Size { what: "artists", expected: 3, got: 2 });
    let mut hostile = Array2::zeros((3, 4));
    hostile[[1, 2]] = f32::NAN;
    assert_eq!(new(hostile, 3, 3), Error::NotFinite { row: 1 });
    let data = data(3);
    let candidate = Search::new(options(Algorithm::KMeans, 8)).next_batch().remove(0);
    assert_eq!(evaluate(&data, &candidate, &FitnessWeights::default(), &LIMITS, &|| true), Err(Error::Cancelled));
}

#[test]
fn ranges_widen_with_the_library_and_senseless_ones_do_no_harm() {
    let clusters = |tracks| Ranges::default().widened(tracks).clusters;
    assert_eq!([36, 1000, 10_000, 1_000_000].map(clusters), [3..=7, 13..=60, 20..=114, 20..=120]);
    let turned = Ranges {
        clusters: std::ops::RangeInclusive::new(9, 3),
        eps: f64::NAN..=1.0,
        tag_weight: f64::INFINITY..=1.0,
        ..Ranges::default()
    };
    let data = data(3);
    let search =
        searched(&data, Search::new(SearchOptions { ranges: turned, ..options(Algorithm::KMeans, 48) }), false);
    assert_eq!(search.best().unwrap().candidate.parameters, Parameters::KMeans { k: 9, n_init: 1 });
}
