//! k-means on a part of the points at a time, for where there are very many.

use ndarray::Array2;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use segue_vectors::{Panels, squared_euclidean};

use super::{KMeans, check_count, seeding};
use crate::points::row;
use crate::{Error, Points, Result};

/// Weight of the newest batch in the running mean that decides when to stop.
const NEWEST: f64 = 0.1;

/// A centroid with less than this share of the mean number of points is begun anew.
const LEAST_SHARE: f64 = 0.01;

/// How mini-batch k-means is done (Sculley 2010).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MiniBatch {
    /// Clusters.
    pub k: usize,
    /// Points of one step.
    pub batch: usize,
    /// Most steps.
    pub max_steps: usize,
    /// Ends after so many steps in which the running mean of the batches' inertia found no new least.
    pub patience: usize,
    /// Same points, options and seed: same result.
    pub seed: u64,
}

impl MiniBatch {
    /// `k` clusters, steps of 1,024 points, at most 1,000 of them, patience 20.
    pub fn new(k: usize) -> Self {
        Self { k, batch: 1024, max_steps: 1000, patience: 20, seed: 1 }
    }

    /// Groups the points. The inertia ends a few per cent above that of [`KMeans::run`], and the cost hardly grows with the
    /// number of points: they are all looked at once, at the end. `iterations` counts steps.
    ///
    /// # Errors
    /// [`Error::ClusterCount`], [`Error::Cancelled`].
    pub fn fit(&self, points: &Points, cancelled: &dyn Fn() -> bool) -> Result<KMeans> {
        let n = points.len();
        check_count(self.k, n)?;
        let mut rng = StdRng::seed_from_u64(self.seed);
        let batch = self.batch.clamp(1, n);
        let mut centroids = seeding::greedy(points, Some(3 * batch), self.k, &mut rng, cancelled)?;
        let mut panels = Panels::default();
        let mut distances = Vec::new();
        let mut counts = vec![0usize; self.k];
        let (mut mean, mut least, mut since) = (None, f64::INFINITY, 0);
        let mut steps = 0;
        while steps < self.max_steps.max(1) && since < self.patience.max(1) {
            if cancelled() {
                return Err(Error::Cancelled);
            }
            steps += 1;
            let which: Vec<usize> = (0..batch).map(|_| rng.random_range(0..n)).collect();
            let rows: Vec<&[f32]> = which.iter().map(|point| points.row(*point)).collect();
            let squares: Vec<f32> = which.iter().map(|point| points.squares()[*point]).collect();
            panels.set(centroids.as_slice().unwrap_or_default(), self.k, points.dimensions());
            distances.resize(batch * panels.stride(), 0.0);
            panels.distances(&rows, &squares, 0.0, &mut distances);
            let mut inertia = 0.0;
            for (point, distances) in rows.iter().zip(distances.chunks_exact(panels.stride())) {
                let near = |a: &usize, b: &usize| distances[*a].total_cmp(&distances[*b]);
                let label = (0..self.k).min_by(near).unwrap_or_default();
                inertia += f64::from(distances[label]).powi(2);
                counts[label] += 1;
                let rate = 1.0 / counts[label] as f32;
                let towards = centroids.row_mut(label).into_iter().zip(point.iter());
                towards.for_each(|(value, point)| *value += rate * (point - *value));
            }
            let running = mean.map_or(inertia, |mean: f64| mean + NEWEST * (inertia - mean));
            mean = Some(running);
            since = if running < least { 0 } else { since + 1 };
            least = least.min(running);
            if steps % 10 == 0 && steps * batch >= 10 * self.k {
                self.begin_anew(points, &which, &mut centroids, &mut counts, &mut rng);
            }
        }
        assigned(points, centroids, steps, cancelled)
    }

    /// Centroids that hardly any point comes to go where points of the batch lie far from all others.
    fn begin_anew(
        &self,
        points: &Points,
        which: &[usize],
        centroids: &mut Array2<f32>,
        counts: &mut [usize],
        rng: &mut StdRng,
    ) {
        let fewest = LEAST_SHARE * counts.iter().sum::<usize>() as f64 / self.k as f64;
        let lost: Vec<usize> = (0..self.k).filter(|label| (counts[*label] as f64) < fewest).collect();
        let kept = counts.iter().copied().filter(|count| *count as f64 >= fewest).min().unwrap_or(1);
        for label in lost {
            let others = || (0..self.k).filter(|other| *other != label);
            let nearest = |point: &usize| {
                let to = |other| squared_euclidean(points.row(*point), row(centroids, other));
                others().map(to).fold(f32::INFINITY, f32::min)
            };
            let squares: Vec<f32> = which.iter().map(nearest).collect();
            let chosen = points.row(which[seeding::draw(&squares, rng)]);
            centroids.row_mut(label).iter_mut().zip(chosen).for_each(|(value, point)| *value = *point);
            counts[label] = kept;
        }
    }
}

/// All points with the nearest of the centroids, which lie in the centred space.
fn assigned(points: &Points, centroids: Array2<f32>, steps: usize, cancelled: &dyn Fn() -> bool) -> Result<KMeans> {
    let mut found = KMeans {
        centroids: points.restore(centroids),
        labels: Vec::new(),
        distances: Vec::new(),
        inertia: 0.0,
        iterations: steps,
    };
    let assigned = found.assign(points, cancelled)?;
    found.inertia = assigned.distances.iter().map(|distance| f64::from(*distance).powi(2)).sum();
    (found.labels, found.distances) = (assigned.labels, assigned.distances);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::KMeansOptions;

    fn never() -> bool {
        false
    }

    fn points(n: usize) -> Points {
        let mut rng = StdRng::seed_from_u64(7);
        let places = Array2::from_shape_fn((15, 8), |_| rng.random_range(-2.0..2.0f32));
        let rows = Array2::from_shape_fn((n, 8), |(i, j)| places[[i * i % 15, j]] + rng.random_range(-1.5..1.5));
        Points::new(rows.view()).unwrap()
    }

    #[test]
    fn it_ends_a_little_above_all_points_at_once() {
        let points = points(6000);
        let full = KMeans::fit_points(&points, &KMeansOptions { n_init: 3, ..KMeansOptions::new(12) }, &never).unwrap();
        let options = MiniBatch { batch: 300, ..MiniBatch::new(12) };
        let found = options.fit(&points, &never).unwrap();
        assert_eq!(found, options.fit(&points, &never).unwrap());
        assert!(found.inertia < full.inertia * 1.05, "{} against {}", found.inertia, full.inertia);
        assert!(found.iterations < options.max_steps);
        let inertia: f64 = found.distances.iter().map(|distance| f64::from(*distance).powi(2)).sum();
        assert!((found.inertia - inertia).abs() < 1e-6 * inertia);
    }

    #[test]
    fn a_centroid_that_nothing_comes_to_begins_anew() {
        let points = points(600);
        let mut centroids = points.centred().slice(ndarray::s![..4, ..]).to_owned();
        centroids.row_mut(2).fill(1e6);
        let mut counts = [500, 400, 0, 300];
        let which: Vec<usize> = (0..100).collect();
        let options = MiniBatch::new(4);
        options.begin_anew(&points, &which, &mut centroids, &mut counts, &mut StdRng::seed_from_u64(1));
        assert_eq!(counts, [500, 400, 300, 300]);
        assert!(which.iter().any(|point| points.row(*point) == row(&centroids, 2)));
    }

    #[test]
    fn edges_are_answered() {
        let alike = Points::new(Array2::from_elem((20, 3), 2.0f32).view()).unwrap();
        let found = MiniBatch::new(4).fit(&alike, &never).unwrap();
        assert_eq!((found.inertia, found.labels.len()), (0.0, 20));
        let zeros = MiniBatch { k: 2, batch: 0, max_steps: 0, patience: 0, seed: 1 };
        assert_eq!(zeros.fit(&points(30), &never).unwrap().iterations, 1);
        assert_eq!(MiniBatch::new(0).fit(&alike, &never), Err(Error::ClusterCount { k: 0, points: 20 }));
        assert_eq!(MiniBatch::new(21).fit(&alike, &never), Err(Error::ClusterCount { k: 21, points: 20 }));
        assert_eq!(MiniBatch::new(3).fit(&points(50), &|| true), Err(Error::Cancelled));
    }
}
