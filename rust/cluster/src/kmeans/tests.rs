//! What k-means must do, whatever spares it work.

use ndarray::array;

use rand::Rng;
use segue_vectors::squared_euclidean;

use super::*;
use crate::points::row;

fn never() -> bool {
    false
}

/// `per` points round each of `k` corners of a large square grid.
fn blobs(k: usize, per: usize, seed: u64) -> Array2<f32> {
    let mut rng = StdRng::seed_from_u64(seed);
    Array2::from_shape_fn((k * per, 3), |(i, j)| {
        let corner = [(i % k % 3) as f32, (i % k / 3) as f32, 0.0][j];
        20.0 * corner + rng.random_range(-1.0..1.0)
    })
}

#[test]
fn separate_groups_are_found() {
    let points = blobs(6, 15, 4);
    let found = KMeans::fit(points.view(), &KMeansOptions::new(6), &never).unwrap();
    for (index, label) in found.labels.iter().enumerate() {
        assert_eq!(*label, found.labels[index % 6]);
    }
    let mut distinct = found.labels[..6].to_vec();
    distinct.sort_unstable();
    assert_eq!(distinct, [0, 1, 2, 3, 4, 5]);
    assert!(found.distances.iter().all(|distance| *distance < 2.0));
}

#[test]
fn the_result_is_consistent_with_itself() {
    let mut rng = StdRng::seed_from_u64(2);
    for seed in 0..10 {
        let points = Array2::from_shape_fn((rng.random_range(8..70), 5), |_| rng.random_range(-3.0..3.0f32));
        let options = KMeansOptions { seed, n_init: 3, ..KMeansOptions::new(rng.random_range(1..8)) };
        let found = KMeans::fit(points.view(), &options, &never).unwrap();
        assert_eq!(found, KMeans::fit(points.view(), &options, &never).unwrap());
        for (index, label) in found.labels.iter().enumerate() {
            let to = |c: usize| squared_euclidean(row(&points, index), row(&found.centroids, c)).sqrt();
            assert!((found.distances[index] - to(*label)).abs() < 1e-4);
            assert!((0..options.k).all(|c| to(c) >= to(*label) - 1e-4));
        }
        let inertia: f64 = found.distances.iter().map(|d| f64::from(*d).powi(2)).sum();
        assert!((found.inertia - inertia).abs() < 1e-3 * inertia.max(1.0));
    }
}

#[test]
fn more_starts_are_never_worse() {
    let points = blobs(9, 8, 7);
    let inertia = |n_init| {
        let options = KMeansOptions { n_init, ..KMeansOptions::new(9) };
        KMeans::fit(points.view(), &options, &never).unwrap().inertia
    };
    assert!(inertia(10) <= inertia(1));
}

#[test]
fn an_empty_cluster_begins_anew_at_the_farthest_point() {
    let points = array![[0.0f32], [0.1], [0.2], [10.0]];
    // Nothing is near the second start.
    let found = KMeans::fit_from(points.view(), array![[1.0f32], [900.0]].view(), &KMeansOptions::new(2), &never);
    assert_eq!(found.unwrap().labels, [0, 0, 0, 1]);
}

#[test]
fn as_many_clusters_as_points_and_points_all_alike_work() {
    let points = array![[1.0f32, 2.0], [5.0, 1.0], [3.0, 3.0]];
    let found = KMeans::fit(points.view(), &KMeansOptions::new(3), &never).unwrap();
    assert_eq!(found.inertia, 0.0);
    let alike = Array2::from_elem((7, 4), 3.5f32);
    let found = KMeans::fit(alike.view(), &KMeansOptions::new(3), &never).unwrap();
    assert_eq!((found.inertia, found.labels.len()), (0.0, 7));
    assert!(found.centroids.iter().all(|value| value.is_finite()));
}

#[test]
fn points_far_from_zero_lose_no_digits() {
    let near = blobs(6, 10, 1);
    let far = near.mapv(|x| (x * 64.0).round() / 64.0 + 10_000.0);
    let near = far.mapv(|x| x - 10_000.0);
    let fit = |points: &Array2<f32>| KMeans::fit(points.view(), &KMeansOptions::new(6), &never).unwrap();
    assert!((fit(&near).inertia - fit(&far).inertia).abs() < 1e-2);
    assert_eq!(fit(&near).labels, fit(&far).labels);
}

#[test]
fn a_matrix_laid_out_by_columns_gives_the_same() {
    let points = blobs(4, 6, 3);
    let by_columns = points.t().as_standard_layout().into_owned();
    let options = KMeansOptions::new(4);
    let (a, b) = (KMeans::fit(points.view(), &options, &never), KMeans::fit(by_columns.t(), &options, &never));
    assert_eq!(a, b);
}

#[test]
fn what_cannot_be_is_refused() {
    let points = blobs(2, 2, 1);
    let fit = |points: &Array2<f32>, k| KMeans::fit(points.view(), &KMeansOptions::new(k), &never).unwrap_err();
    assert_eq!(fit(&points, 0), Error::ClusterCount { k: 0, points: 4 });
    assert_eq!(fit(&points, 5), Error::ClusterCount { k: 5, points: 4 });
    assert_eq!(fit(&Array2::zeros((0, 3)), 1), Error::ClusterCount { k: 1, points: 0 });
    for hostile in [f32::NAN, f32::INFINITY, f32::MAX] {
        let mut points = points.clone();
        points[[2, 1]] = hostile;
        assert_eq!(fit(&points, 2), Error::NotFinite { row: 2 });
    }
    let from =
        |start: Array2<f32>| KMeans::fit_from(points.view(), start.view(), &KMeansOptions::new(2), &never).unwrap_err();
    assert_eq!(from(Array2::zeros((3, 3))), Error::Size { what: "centroids", expected: 2, got: 3 });
    assert_eq!(from(Array2::zeros((2, 4))), Error::Size { what: "dimensions", expected: 3, got: 4 });
    assert_eq!(from(Array2::from_elem((2, 3), f32::NAN)), Error::NotFinite { row: 0 });
}

#[test]
fn cancelling_ends_the_search() {
    let points = blobs(6, 200, 1);
    let asked = std::cell::Cell::new(0);
    let after_five = || {
        asked.set(asked.get() + 1);
        asked.get() > 5
    };
    let cancelled = KMeans::fit(points.view(), &KMeansOptions::new(6), &after_five);
    assert_eq!((cancelled, asked.get()), (Err(Error::Cancelled), 6));
}
