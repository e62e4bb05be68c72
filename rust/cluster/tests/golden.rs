//! k-means against scikit-learn: same points, same start, same end.

use ndarray::{Array2, Axis};
use segue_cluster::{KMeans, KMeansOptions};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    points: usize,
    dimensions: usize,
    corners: usize,
    start: Vec<usize>,
    labels: Vec<usize>,
    inertia: f64,
    centroid_0: Vec<f32>,
}

/// The points of tests/golden/make_kmeans.py.
fn points(case: &Case) -> Array2<f32> {
    Array2::from_shape_fn((case.points, case.dimensions), |(i, j)| {
        let noise = ((i * 7919 + j * 104_729 + i * j * 31) % 1009) as f64 / 1009.0;
        let corner = (i % case.corners * (j + 3)) % 7;
        (2.0 * noise + corner as f64) as f32
    })
}

#[test]
fn ends_where_scikit_learn_ends() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/cluster_kmeans.json");
    let golden: Golden = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(golden.cases.len() >= 4);
    for case in &golden.cases {
        let points = points(case);
        let start = points.select(Axis(0), &case.start);
        let options = KMeansOptions::new(case.start.len());
        let found = KMeans::fit_from(points.view(), start.view(), &options, &|| false).unwrap();
        assert_eq!(found.labels, case.labels);
        assert!((found.inertia / case.inertia - 1.0).abs() < 1e-4, "{} instead of {}", found.inertia, case.inertia);
        for (got, expected) in found.centroids.row(0).iter().zip(&case.centroid_0) {
            assert!((got - expected).abs() < 1e-4);
        }
        // Ten k-means++ starts of our own find nothing much worse.
        let best = KMeans::fit(points.view(), &options, &|| false).unwrap();
        assert!(best.inertia <= case.inertia * 1.02, "{} against {}", best.inertia, case.inertia);
    }
}
