//! How many groups there are: the elbow of the inertia, and the silhouette.

use std::ops::RangeInclusive;

use crate::{KMeans, KMeansOptions, Points, Result, WarmStart, quality};

/// A suggestion may be as far from the elbow as this share of the range, if the silhouette is better there.
const REACH: f64 = 0.25;

/// How the curve is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElbowOptions {
    /// Numbers of groups; cut to what the points allow.
    pub range: RangeInclusive<usize>,
    /// Fresh starts of each number, of which the best counts, beside the warm one from the number before.
    pub n_init: usize,
    /// Points that the silhouette looks at, at most.
    pub sample: usize,
    /// Same points, options and seed: same curve.
    pub seed: u64,
}

impl Default for ElbowOptions {
    fn default() -> Self {
        Self { range: 2..=15, n_init: 2, sample: 2000, seed: 1 }
    }
}

/// One number of groups.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ElbowPoint {
    /// Groups.
    pub k: usize,
    /// Sum of squared distances to the centroids.
    pub inertia: f64,
    /// Mean silhouette, −1..1; 0 where it is not defined (one group, or one per point).
    pub silhouette: f64,
}

/// A curve and what it suggests.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Elbow {
    /// By rising number of groups, without gaps. Empty when the points allow none of the range.
    pub curve: Vec<ElbowPoint>,
    /// Number of groups suggested; 0 when there are no points, 1 when all are alike.
    pub suggested: usize,
}

impl Elbow {
    /// The curve of `points` and a suggestion.
    ///
    /// Each number of groups begins warm, with the groups of the number before it of which one is split in two, and also
    /// afresh; so the inertia never rises along the curve but by what a run leaves undone.
    ///
    /// The elbow is where the inertia lies the farthest below the chord from the first to the last point of its curve, both
    /// axes scaled to 0..1 (Satopää et al. 2011, "Kneedle"). It says where more groups stop paying, but hardly tells
    /// neighbouring numbers apart; so the suggestion is the best silhouette within a quarter of the range of it, the
    /// elbow itself where no silhouette there is better. A curve that lies nowhere below its chord has no elbow: then the best
    /// silhouette of all decides.
    ///
    /// # Errors
    /// [`crate::Error::Cancelled`].
    pub fn new(points: &Points, options: &ElbowOptions, cancelled: &dyn Fn() -> bool) -> Result<Self> {
        let n = points.len();
        if n == 0 {
            return Ok(Self::default());
        }
        let first = (*options.range.start()).max(1);
        let range = first..=(*options.range.end()).min(n);
        let mut curve = Vec::new();
        let mut before: Option<KMeans> = None;
        for k in range {
            let fit = KMeansOptions { n_init: options.n_init.max(1), seed: options.seed, ..KMeansOptions::new(k) };
            let mut best = Self::fresh(points, &fit, cancelled)?;
            if let Some(before) = before {
                let start = before.warm_start(points, &WarmStart { k, swaps: 0, seed: options.seed })?;
                let warm = KMeans::run(points, start.view(), &fit, None, cancelled)?.finished();
                best = warm.filter(|warm| warm.inertia <= best.inertia).unwrap_or(best);
            }
            let labels: Vec<Option<usize>> = best.labels.iter().copied().map(Some).collect();
            let silhouette = quality::silhouette(points, &labels, options.sample, options.seed, cancelled)?;
            curve.push(ElbowPoint { k, inertia: best.inertia, silhouette: silhouette.unwrap_or_default() });
            before = Some(best);
        }
        let suggested = if points.total_variance() > 0.0 { suggest(&curve).unwrap_or(first.min(n)) } else { 1 };
        Ok(Self { curve, suggested })
    }

    /// The best of a few fresh runs.
    fn fresh(points: &Points, fit: &KMeansOptions, cancelled: &dyn Fn() -> bool) -> Result<KMeans> {
        let mut best: Option<KMeans> = None;
        for start in 0..fit.n_init as u64 {
            let seeded = KMeans::seed(points, fit.k, Some(2000), fit.seed.wrapping_add(start), cancelled)?;
            let found = KMeans::run(points, seeded.view(), fit, None, cancelled)?.finished();
            best = match (best, found) {
                (Some(best), Some(found)) if found.inertia < best.inertia => Some(found),
                (best, found) => best.or(found),
            };
        }
        best.map_or_else(|| KMeans::fit_points(points, fit, cancelled), Ok)
    }
}

/// The number of groups by the rule of [`Elbow::new`].
fn suggest(curve: &[ElbowPoint]) -> Option<usize> {
    let (first, last) = (curve.first()?, curve.last()?);
    let (width, height) = (last.k as f64 - first.k as f64, first.inertia - last.inertia);
    let below = |point: &ElbowPoint| {
        if width <= 0.0 || height <= 0.0 {
            return 0.0;
        }
        1.0 - (point.k as f64 - first.k as f64) / width - (point.inertia - last.inertia) / height
    };
    // The first of several equals, by both measures.
    let better = |a: f64, b: f64| a > b + 1e-9;
    let mut elbow = *first;
    for point in curve {
        if better(below(point), below(&elbow)) {
            elbow = *point;
        }
    }
    let reach = if better(below(&elbow), 0.0) { (REACH * width).max(1.0) } else { f64::INFINITY };
    let mut best = elbow;
    for point in curve {
        let near = (point.k as f64 - elbow.k as f64).abs() <= reach;
        if near && better(point.silhouette, best.silhouette) {
            best = *point;
        }
    }
    Some(best.k)
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;

    fn never() -> bool {
        false
    }

    /// Points round `k` places drawn in a wide cube.
    fn blobs(k: usize, per: usize, spread: f32) -> Points {
        let mut rng = StdRng::seed_from_u64(9);
        let places = Array2::from_shape_fn((k, 6), |_| rng.random_range(-10.0..10.0f32));
        let rows = Array2::from_shape_fn((k * per, 6), |(i, j)| places[[i % k, j]] + rng.random_range(-spread..spread));
        Points::new(rows.view()).unwrap()
    }

    #[test]
    fn as_many_groups_as_there_are_are_suggested() {
        for k in [3, 5, 8] {
            let elbow = Elbow::new(&blobs(k, 30, 2.0), &ElbowOptions::default(), &never).unwrap();
            assert_eq!(elbow.suggested, k);
            assert_eq!(elbow.curve.iter().map(|point| point.k).collect::<Vec<_>>(), (2..=15).collect::<Vec<_>>());
            assert!(elbow.curve.is_sorted_by(|a, b| b.inertia <= a.inertia * 1.001));
        }
    }

    #[test]
    fn the_curve_is_that_of_runs_of_each_number() {
        let points = blobs(6, 40, 6.0);
        let elbow = Elbow::new(&points, &ElbowOptions::default(), &never).unwrap();
        assert_eq!(elbow, Elbow::new(&points, &ElbowOptions::default(), &never).unwrap());
        for point in &elbow.curve {
            let best = KMeans::fit_points(&points, &KMeansOptions::new(point.k), &never).unwrap();
            assert!(point.inertia < best.inertia * 1.02, "{} at {} against {}", point.inertia, point.k, best.inertia);
            assert!((-1.0..=1.0).contains(&point.silhouette));
        }
    }

    #[test]
    fn the_elbow_decides_and_the_silhouette_where_there_is_none() {
        let curve = |values: &[(f64, f64)]| -> Vec<ElbowPoint> {
            (2..)
                .zip(values)
                .map(|(k, (inertia, silhouette))| ElbowPoint { k, inertia: *inertia, silhouette: *silhouette })
                .collect()
        };
        let bent = [(100.0, 0.1), (50.0, 0.1), (20.0, 0.1), (18.0, 0.1), (16.0, 0.1), (14.0, 0.9)];
        assert_eq!(suggest(&curve(&bent)), Some(4));
        let neighbour = [(100.0, 0.1), (50.0, 0.1), (20.0, 0.1), (18.0, 0.3), (16.0, 0.1), (14.0, 0.9)];
        assert_eq!(suggest(&curve(&neighbour)), Some(5));
        let straight = [(100.0, 0.1), (80.0, 0.1), (60.0, 0.1), (40.0, 0.4), (20.0, 0.1)];
        assert_eq!(suggest(&curve(&straight)), Some(5));
        assert_eq!(suggest(&curve(&[(7.0, 0.0)])), Some(2));
        assert_eq!(suggest(&[]), None);
    }

    #[test]
    fn few_points_and_points_all_alike_are_answered() {
        let of = |rows: Array2<f32>, range| {
            let options = ElbowOptions { range, ..ElbowOptions::default() };
            Elbow::new(&Points::new(rows.view()).unwrap(), &options, &never).unwrap()
        };
        assert_eq!(of(Array2::zeros((0, 3)), 2..=15), Elbow::default());
        let one = of(array![[1.0f32, 2.0]], 2..=15);
        assert_eq!((one.curve.len(), one.suggested), (0, 1));
        let three = of(array![[1.0f32], [2.0], [9.0]], 2..=15);
        assert_eq!((three.curve.len(), three.suggested), (2, 2));
        let alike = of(Array2::from_elem((30, 4), 0.3), 2..=15);
        assert_eq!((alike.curve.len(), alike.suggested), (14, 1));
        assert!(alike.curve.iter().all(|point| point.inertia == 0.0));
        // A range that begins at nothing, and one that is empty.
        assert_eq!(of(array![[1.0f32], [2.0], [9.0]], 0..=2).curve[0].k, 1);
        #[allow(clippy::reversed_empty_ranges)]
        let empty = of(array![[1.0f32], [2.0], [9.0]], 9..=4);
        assert_eq!((empty.curve.len(), empty.suggested), (0, 3));
    }

    #[test]
    fn cancelling_ends_it() {
        let cancelled = Elbow::new(&blobs(3, 20, 2.0), &ElbowOptions::default(), &|| true);
        assert_eq!(cancelled, Err(crate::Error::Cancelled));
    }
}
