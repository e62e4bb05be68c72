//! DBSCAN, mixtures, hierarchies, principal components and scalers against scikit-learn: same points, same start, same end.
#![allow(clippy::unwrap_used)]

use ndarray::{Array2, ArrayView1};
use segue_cluster::{
    Covariance, Dbscan, DbscanOptions, Gmm, GmmOptions, Hierarchy, HierarchyOptions, Keep, Linkage, Pca, Points, Scaler,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    dbscan: Vec<DbscanCase>,
    mixture: Vec<MixtureCase>,
    hierarchy: Vec<HierarchyCase>,
    components: Vec<ComponentsCase>,
    scaling: Vec<ScalingCase>,
}

#[derive(Deserialize)]
struct Shape {
    points: usize,
    dimensions: usize,
    groups: usize,
    spread: f64,
}

#[derive(Deserialize)]
struct DbscanCase {
    #[serde(flatten)]
    shape: Shape,
    eps: f32,
    min_samples: usize,
    labels: Vec<i64>,
    cores: Vec<usize>,
}

#[derive(Deserialize)]
struct MixtureCase {
    #[serde(flatten)]
    shape: Shape,
    covariance: Covariance,
    start: Vec<usize>,
    log_likelihood: f64,
    iterations: usize,
    weights: Vec<f64>,
    means: Vec<Vec<f32>>,
    labels: Vec<usize>,
    probabilities: Vec<Vec<f32>>,
}

#[derive(Deserialize)]
struct HierarchyCase {
    #[serde(flatten)]
    shape: Shape,
    linkage: Linkage,
    level1: usize,
    level2: usize,
    coarse: Vec<usize>,
    fine: Vec<usize>,
}

#[derive(Deserialize)]
struct ComponentsCase {
    #[serde(flatten)]
    shape: Shape,
    keep: f64,
    count: usize,
    variances: Vec<f64>,
    share: f64,
    components: Vec<Vec<f32>>,
    rows: Vec<Vec<f32>>,
}

#[derive(Deserialize)]
struct ScalingCase {
    #[serde(flatten)]
    shape: Shape,
    min_max: Vec<Vec<f32>>,
    standard: Vec<Vec<f32>>,
}

fn golden() -> Golden {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/cluster_groups.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// 0 to 1, splitmix64 of an index, as in tests/golden/make_groups.py.
fn uniform(index: usize) -> f64 {
    let z = (index as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) >> 40) as f64 / f64::from(1 << 24)
}

impl Shape {
    fn rows(&self) -> Array2<f32> {
        let d = self.dimensions;
        Array2::from_shape_fn((self.points, d), |(i, j)| {
            let corner = 4.0 * uniform(1_000_000 + i % self.groups * d + j);
            (corner + self.spread * (uniform(i * d + j) - 0.5)) as f32
        })
    }

    fn points(&self) -> Points {
        Points::new(self.rows().view()).unwrap()
    }
}

fn never() -> bool {
    false
}

fn near<'a>(got: impl IntoIterator<Item = &'a f32>, expected: &[f32], within: f32) {
    let mut count = 0;
    for (got, expected) in got.into_iter().zip(expected) {
        assert!((got - expected).abs() <= within, "{got} instead of {expected}");
        count += 1;
    }
    assert_eq!(count, expected.len());
}

#[test]
fn dbscan_is_scikit_learns() {
    let cases = golden().dbscan;
    assert!(cases.len() >= 5);
    for case in cases {
        let options = DbscanOptions { eps: case.eps, min_samples: case.min_samples };
        let found = Dbscan::fit(&case.shape.points(), &options, &never).unwrap();
        let expected: Vec<Option<usize>> = case.labels.iter().map(|label| usize::try_from(*label).ok()).collect();
        assert_eq!(found.labels, expected);
        let cores: Vec<usize> = (0..found.cores.len()).filter(|point| found.cores[*point]).collect();
        assert_eq!(cores, case.cores);
    }
}

#[test]
fn mixtures_end_where_scikit_learns_end() {
    let cases = golden().mixture;
    assert!(cases.len() >= 4);
    for case in cases {
        let options = GmmOptions { covariance: case.covariance, ..GmmOptions::new(case.shape.groups) };
        let found = Gmm::fit_from(&case.shape.points(), &case.start, &options, &never).unwrap();
        assert_eq!((found.iterations, found.converged), (case.iterations, true));
        assert!((found.log_likelihood - case.log_likelihood).abs() < 1e-4 * case.log_likelihood.abs());
        let weights: Vec<f32> = found.weights().iter().map(|weight| *weight as f32).collect();
        let expected: Vec<f32> = case.weights.iter().map(|weight| *weight as f32).collect();
        near(&weights, &expected, 1e-4);
        for (mean, expected) in found.means().rows().into_iter().zip(&case.means) {
            near(mean, expected, 1e-3);
        }
        let probabilities = found.probabilities(case.shape.rows().view(), &never).unwrap();
        for (row, expected) in probabilities.rows().into_iter().zip(&case.probabilities) {
            near(row, expected, 1e-3);
        }
        let most = |row: ArrayView1<'_, f32>| (0..row.len()).max_by(|a, b| row[*a].total_cmp(&row[*b])).unwrap();
        let labels: Vec<usize> = probabilities.rows().into_iter().map(most).collect();
        assert_eq!(labels, case.labels);
    }
}

#[test]
fn hierarchies_are_scikit_learns() {
    let cases = golden().hierarchy;
    assert!(cases.len() >= 4);
    for case in cases {
        let options = HierarchyOptions { linkage: case.linkage, ..HierarchyOptions::new(case.level1, case.level2) };
        let found = Hierarchy::fit(&case.shape.points(), &options, &never).unwrap();
        assert_eq!(found.coarse, case.coarse, "{:?}", case.linkage);
        assert_eq!(found.fine, case.fine, "{:?}", case.linkage);
    }
}

#[test]
fn principal_components_are_scikit_learns() {
    let cases = golden().components;
    assert!(cases.len() >= 4);
    for case in cases {
        let keep = if case.keep < 1.0 { Keep::Share(case.keep) } else { Keep::Count(case.keep as usize) };
        let found = Pca::fit(&case.shape.points(), keep, &never).unwrap();
        assert_eq!(found.variances().len(), case.count);
        for (got, expected) in found.variances().iter().zip(&case.variances) {
            assert!((got - expected).abs() < 1e-5 * case.variances[0], "{got} instead of {expected}");
        }
        assert!((found.share() - case.share).abs() < 1e-5);
        for (row, expected) in found.components().rows().into_iter().zip(&case.components) {
            near(row, expected, 2e-4);
        }
        let rows = found.transform(case.shape.rows().view()).unwrap();
        for (row, expected) in rows.rows().into_iter().zip(&case.rows) {
            near(row.iter().take(expected.len()), expected, 2e-3);
        }
    }
}

#[test]
fn scalers_are_scikit_learns() {
    let cases = golden().scaling;
    assert!(!cases.is_empty());
    for case in cases {
        let rows = case.shape.rows();
        for (scaler, expected) in
            [(Scaler::min_max(rows.view()), &case.min_max), (Scaler::standard(rows.view()), &case.standard)]
        {
            let scaler = scaler.unwrap();
            for (row, expected) in rows.rows().into_iter().zip(expected) {
                let mut row = row.to_vec();
                scaler.apply(&mut row);
                near(&row, expected, 1e-4);
            }
        }
    }
}
