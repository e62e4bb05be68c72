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

/// Lloyd's iterations with every distance, in double precision: labels and inertia after so many iterations at most.
fn plain(points: &Array2<f32>, start: &Array2<f32>, iterations: usize) -> (Vec<usize>, f64) {
    let mut centroids = start.mapv(f64::from);
    let points = points.mapv(f64::from);
    let square = |point: ndarray::ArrayView1<'_, f64>, c: usize, centroids: &Array2<f64>| {
        point.iter().zip(centroids.row(c)).map(|(a, b)| (a - b).powi(2)).sum::<f64>()
    };
    let assign = |centroids: &Array2<f64>| -> Vec<usize> {
        let nearest = |point: ndarray::ArrayView1<'_, f64>| {
            let near = |a: &usize, b: &usize| square(point, *a, centroids).total_cmp(&square(point, *b, centroids));
            (0..centroids.nrows()).min_by(near).unwrap()
        };
        points.rows().into_iter().map(nearest).collect()
    };
    let mut labels = assign(&centroids);
    for _ in 0..iterations {
        for (c, mut centroid) in centroids.rows_mut().into_iter().enumerate() {
            let members: Vec<usize> = (0..labels.len()).filter(|i| labels[*i] == c).collect();
            centroid.assign(&points.select(ndarray::Axis(0), &members).mean_axis(ndarray::Axis(0)).unwrap());
        }
        let next = assign(&centroids);
        if next == labels {
            break;
        }
        labels = next;
    }
    let inertia = labels.iter().zip(points.rows()).map(|(label, point)| square(point, *label, &centroids)).sum();
    (labels, inertia)
}

/// Groups that run into each other, of which the first dimensions have the most to say.
fn overlapping(n: usize, d: usize, seed: u64) -> Array2<f32> {
    let mut rng = StdRng::seed_from_u64(seed);
    let places = Array2::from_shape_fn((30, d), |(_, j)| rng.random_range(-1.0..1.0f32) / (1.0 + j as f32).sqrt());
    Array2::from_shape_fn((n, d), |(i, j)| {
        places[[i * i % 30, j]]
            + (rng.random_range(-1.0..1.0f32) + rng.random_range(-1.0..1.0f32)) / (1.0 + j as f32).sqrt()
    })
}

#[test]
fn bounds_change_nothing() {
    for (n, d, k) in [(700, 3, 5), (900, 20, 17), (800, 40, 33), (300, 70, 20), (600, 8, 90)] {
        let points = overlapping(n, d, (n + d) as u64);
        let start = points.slice(ndarray::s![..k, ..]).to_owned();
        let ready = Points::new(points.view()).unwrap();
        let options = KMeansOptions { tol: 0.0, ..KMeansOptions::new(k) };
        let (labels, inertia) = plain(&points, &start, options.max_iter);
        // With all bounds, and with too many of them to be kept.
        for most in [usize::MAX, 0] {
            let start = ready.centre(start.clone());
            let found = Lloyd::with_bounds(&ready, start, most, &never).unwrap().run(&options).unwrap();
            assert!(found.iterations > 5);
            let differ = found.labels.iter().zip(&labels).filter(|(a, b)| a != b).count();
            assert_eq!(differ, 0, "{n} x {d} in {k}");
            assert!((found.inertia / inertia - 1.0).abs() < 1e-5);
        }
    }
}

#[test]
fn close_groups_far_from_the_mean_are_told_apart() {
    // Two pairs of groups: as products, the distances within a pair have no digits left.
    let points = Array2::from_shape_fn((400, 12), |(i, j)| {
        let far = if i % 4 < 2 { -3000.0 } else { 3000.0 };
        far + if i % 2 == 0 { 0.0 } else { 2.0 } + ((i * 7 + j * 3) % 5) as f32 / 10.0
    });
    let start = points.slice(ndarray::s![..4, ..]).to_owned();
    let found = KMeans::fit_from(points.view(), start.view(), &KMeansOptions::new(4), &never).unwrap();
    assert!(found.labels.iter().enumerate().all(|(i, label)| *label == i % 4));
}

#[test]
fn a_run_that_cannot_win_is_given_up_and_another_is_not() {
    let points = Points::new(overlapping(1500, 20, 3).view()).unwrap();
    let options = KMeansOptions::new(12);
    let start = KMeans::seed(&points, 12, None, 1, &never).unwrap();
    let run = |limit| KMeans::run(&points, start.view(), &options, limit, &never).unwrap();
    let alone = run(None).finished().unwrap();
    assert_eq!(run(Some(alone.inertia * 1.01)), Outcome::Finished(alone.clone()));
    let Outcome::Abandoned { inertia, iterations } = run(Some(alone.inertia * 0.5)) else { panic!("not given up") };
    assert!(iterations < alone.iterations && inertia >= alone.inertia);
    assert_eq!(run(Some(0.0)).finished(), None);
}

#[test]
fn a_start_from_a_sample_ends_as_well() {
    let points = Points::new(overlapping(3000, 12, 5).view()).unwrap();
    let end = |sample| {
        let ends = (0..5).map(|seed| {
            let start = KMeans::seed(&points, 20, sample, seed, &never).unwrap();
            KMeans::run(&points, start.view(), &KMeansOptions::new(20), None, &never)
                .unwrap()
                .finished()
                .unwrap()
                .inertia
        });
        ends.sum::<f64>()
    };
    assert!(end(Some(500)) < end(None) * 1.02);
    // All points are as good as no sample.
    assert_eq!(KMeans::seed(&points, 4, Some(9000), 2, &never), KMeans::seed(&points, 4, None, 2, &never));
    assert_eq!(KMeans::seed(&points, 0, None, 2, &never), Err(Error::ClusterCount { k: 0, points: 3000 }));
}

#[test]
fn new_points_are_assigned_with_distance_and_confidence() {
    let rows = overlapping(500, 9, 8);
    let points = Points::new(rows.view()).unwrap();
    let found = KMeans::fit_points(&points, &KMeansOptions::new(7), &never).unwrap();
    let same = found.assign(&points, &never).unwrap();
    assert_eq!(same.labels, found.labels);
    assert!(same.distances.iter().zip(&found.distances).all(|(a, b)| (a - b).abs() < 1e-4));
    let new = overlapping(60, 9, 9);
    let assigned = found.assign(&Points::new(new.view()).unwrap(), &never).unwrap();
    for (index, row) in new.rows().into_iter().enumerate() {
        let to = |c: ndarray::ArrayView1<'_, f32>| row.iter().zip(c).map(|(a, b)| (a - b).powi(2)).sum::<f32>().sqrt();
        let mut distances: Vec<f32> = found.centroids.rows().into_iter().map(to).collect();
        assert!((distances[assigned.labels[index]] - assigned.distances[index]).abs() < 1e-4);
        distances.sort_by(f32::total_cmp);
        assert!((assigned.confidence[index] - (1.0 - distances[0] / distances[1])).abs() < 1e-3);
    }
    let grouping = found.clone().into_grouping(&points, &never).unwrap();
    assert_eq!((grouping.centroids, grouping.distances), (found.centroids.clone(), found.distances.clone()));
    assert_eq!((grouping.labels[3], grouping.confidence), (Some(found.labels[3]), same.confidence));
    let other = Points::new(Array2::zeros((2, 3)).view()).unwrap();
    assert_eq!(found.assign(&other, &never), Err(Error::Size { what: "dimensions", expected: 9, got: 3 }));
    let none = found.assign(&Points::new(Array2::zeros((0, 9)).view()).unwrap(), &never);
    assert_eq!(none, Ok(Assigned::default()));
}

#[test]
fn confidence_has_ends() {
    let found = |centroids: Array2<f32>| KMeans {
        centroids,
        labels: Vec::new(),
        distances: Vec::new(),
        inertia: 0.0,
        iterations: 0,
    };
    let points = Points::new(array![[0.0f32, 0.0], [1.0, 0.0]].view()).unwrap();
    assert_eq!(found(array![[5.0f32, 5.0]]).assign(&points, &never).unwrap().confidence, [1.0, 1.0]);
    let two = found(array![[0.0f32, 0.0], [2.0, 0.0]]).assign(&points, &never).unwrap();
    assert_eq!((two.labels, two.confidence), (vec![0, 0], vec![1.0, 0.0]));
    assert_eq!(found(array![[0.0f32, 0.0], [0.0, 0.0]]).assign(&points, &never).unwrap().confidence, [0.0, 0.0]);
}
