//! Quality of groups against scikit-learn.

use ndarray::Array2;
use segue_cluster::{Points, davies_bouldin, silhouette, simplified_silhouette};
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
    groups: usize,
    silhouette: f64,
    davies_bouldin: f64,
    simplified_silhouette: f64,
}

/// The points of tests/golden/make_cluster_quality.py.
fn points(case: &Case) -> Array2<f32> {
    Array2::from_shape_fn((case.points, case.dimensions), |(i, j)| {
        let noise = ((i * 7919 + j * 104_729 + i * j * 31) % 1009) as f64 / 1009.0;
        let corner = (i % case.corners * (j + 3)) % 7;
        (2.0 * noise + corner as f64) as f32
    })
}

#[test]
fn measures_are_those_of_scikit_learn() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/cluster_quality.json");
    let golden: Golden = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(golden.cases.len() >= 4);
    let never = || false;
    for case in &golden.cases {
        let rows = points(case);
        let label = |i: usize| (i % case.corners % case.groups + usize::from(i.is_multiple_of(7))) % case.groups;
        let labels: Vec<Option<usize>> = (0..case.points).map(|i| Some(label(i))).collect();
        let points = Points::new(rows.view()).unwrap();
        let close = |got: Option<f64>, expected: f64| {
            let got = got.unwrap();
            assert!((got - expected).abs() < 2e-5, "{got} instead of {expected}");
        };
        close(silhouette(&points, &labels, case.points, 1, &never).unwrap(), case.silhouette);
        close(davies_bouldin(&points, &labels, &never).unwrap(), case.davies_bouldin);
        let mut centroids = Array2::<f32>::zeros((case.groups, case.dimensions));
        for group in 0..case.groups {
            let members: Vec<usize> = (0..case.points).filter(|i| label(*i) == group).collect();
            centroids
                .row_mut(group)
                .assign(&rows.select(ndarray::Axis(0), &members).mean_axis(ndarray::Axis(0)).unwrap());
        }
        let found = simplified_silhouette(&points, &labels, centroids.view(), &never).unwrap();
        close(found, case.simplified_silhouette);
    }
}
