//! k-means: Lloyd's algorithm from k-means++ starts.

use ndarray::{Array2, ArrayView2, Axis, s};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use segue_vectors::{dot, squared_euclidean};

use crate::{Error, Result};

/// Rows assigned at once: one matrix product, and one chance to cancel.
const BATCH: usize = 256;

/// How the search is done. The defaults are scikit-learn's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KMeansOptions {
    /// Clusters.
    pub k: usize,
    /// Starts, of which the best end is kept; at least 1 is made.
    pub n_init: usize,
    /// Most iterations of one start; at least 1 is made.
    pub max_iter: usize,
    /// A start has ended when the sum of squared movements of the centroids is at most this share of the points' mean
    /// variance per dimension.
    pub tol: f64,
    /// Same points, options and seed: same result.
    pub seed: u64,
}

impl KMeansOptions {
    /// `k` clusters, ten starts of at most 100 iterations, tolerance 1e-4.
    pub fn new(k: usize) -> Self {
        Self { k, n_init: 10, max_iter: 100, tol: 1e-4, seed: 1 }
    }
}

/// Points in groups round their centroids.
#[derive(Debug, Clone, PartialEq)]
pub struct KMeans {
    /// One row per cluster.
    pub centroids: Array2<f32>,
    /// Per point the row of its centroid.
    pub labels: Vec<usize>,
    /// Per point the Euclidean distance to its centroid.
    pub distances: Vec<f32>,
    /// Sum of the squared distances.
    pub inertia: f64,
    /// Iterations of the start that was kept.
    pub iterations: usize,
}

impl KMeans {
    /// Groups the rows of `points`: greedy k-means++ starts (Arthur, Vassilvitskii 2007, with 2 + ln k candidates a
    /// step), Lloyd's iterations, the start with the least inertia. A cluster that runs empty is begun anew at the point
    /// farthest from its centroid.
    ///
    /// `cancelled` is asked for every few hundred rows.
    ///
    /// # Errors
    /// [`Error::ClusterCount`], [`Error::NotFinite`], [`Error::Cancelled`].
    pub fn fit(points: ArrayView2<'_, f32>, options: &KMeansOptions, cancelled: &dyn Fn() -> bool) -> Result<Self> {
        let search = Search::new(points, options, cancelled)?;
        let mut rng = StdRng::seed_from_u64(options.seed);
        let mut best = search.run(search.start(&mut rng)?)?;
        for _ in 1..options.n_init {
            let found = search.run(search.start(&mut rng)?)?;
            if found.inertia < best.inertia {
                best = found;
            }
        }
        Ok(best)
    }

    /// Like [`KMeans::fit`], but from the given centroids and no other start.
    ///
    /// # Errors
    /// As there, and [`Error::Size`] when `start` has not `k` rows as wide as the points.
    pub fn fit_from(
        points: ArrayView2<'_, f32>,
        start: ArrayView2<'_, f32>,
        options: &KMeansOptions,
        cancelled: &dyn Fn() -> bool,
    ) -> Result<Self> {
        let search = Search::new(points, options, cancelled)?;
        let size =
            |what, expected, got| if expected == got { Ok(()) } else { Err(Error::Size { what, expected, got }) };
        size("centroids", options.k, start.nrows())?;
        size("dimensions", points.ncols(), start.ncols())?;
        finite(start)?;
        search.run(start.as_standard_layout().into_owned())
    }
}

fn finite(rows: ArrayView2<'_, f32>) -> Result<()> {
    // Squared distances of two rows must be finite too: up to four times the larger square.
    let sound = |row: ndarray::ArrayView1<'_, f32>| row.iter().map(|x| x * x).sum::<f32>() < f32::MAX / 8.0;
    match rows.rows().into_iter().position(|row| !sound(row)) {
        Some(row) => Err(Error::NotFinite { row }),
        None => Ok(()),
    }
}

/// Which centroid each point belongs to, and how far away it is, squared.
struct Assignment {
    labels: Vec<usize>,
    squares: Vec<f32>,
}

/// One search: points row by row, less their mean, so that no digits are lost where they lie far from zero.
struct Search<'a> {
    points: Array2<f32>,
    mean: Vec<f32>,
    options: &'a KMeansOptions,
    /// Movement at which a start has ended.
    still: f64,
    cancelled: &'a dyn Fn() -> bool,
}

impl<'a> Search<'a> {
    fn new(points: ArrayView2<'_, f32>, options: &'a KMeansOptions, cancelled: &'a dyn Fn() -> bool) -> Result<Self> {
        if options.k == 0 || options.k > points.nrows() {
            return Err(Error::ClusterCount { k: options.k, points: points.nrows() });
        }
        finite(points)?;
        let count = points.nrows() as f64;
        let column_mean =
            |column: ndarray::ArrayView1<'_, f32>| column.iter().map(|x| f64::from(*x)).sum::<f64>() / count;
        let mean: Vec<f32> = points.columns().into_iter().map(|column| column_mean(column) as f32).collect();
        let mut points = points.as_standard_layout().into_owned();
        for mut row in points.rows_mut() {
            row.iter_mut().zip(&mean).for_each(|(value, mean)| *value -= mean);
        }
        let total: f64 = points.iter().map(|x| f64::from(*x).powi(2)).sum();
        let still = options.tol * total / (count * mean.len().max(1) as f64);
        Ok(Self { points, mean, options, still, cancelled })
    }

    fn check(&self) -> Result<()> {
        if (self.cancelled)() { Err(Error::Cancelled) } else { Ok(()) }
    }

    fn point(&self, index: usize) -> &[f32] {
        row(&self.points, index)
    }

    /// Greedy k-means++: each centroid is the best of a few points drawn with their squared distance as weight.
    fn start(&self, rng: &mut StdRng) -> Result<Array2<f32>> {
        let n = self.points.nrows();
        let candidates = 2 + (self.options.k as f64).ln() as usize;
        let mut chosen = vec![rng.random_range(0..n)];
        let mut squares: Vec<f32> = self.squares_to(chosen[0])?;
        while chosen.len() < self.options.k {
            let mut best: Option<(f64, usize, Vec<f32>)> = None;
            for _ in 0..candidates {
                let candidate = draw(&squares, rng);
                let mut with = self.squares_to(candidate)?;
                with.iter_mut().zip(&squares).for_each(|(with, before)| *with = with.min(*before));
                let inertia = with.iter().map(|x| f64::from(*x)).sum();
                if best.as_ref().is_none_or(|(least, ..)| inertia < *least) {
                    best = Some((inertia, candidate, with));
                }
            }
            if let Some((_, candidate, with)) = best {
                chosen.push(candidate);
                squares = with;
            }
        }
        let centroids = self.points.select(Axis(0), &chosen);
        // `run` takes centroids in the caller's coordinates.
        Ok(self.shifted(centroids, 1.0))
    }

    fn squares_to(&self, index: usize) -> Result<Vec<f32>> {
        self.check()?;
        let centre = self.point(index);
        Ok((0..self.points.nrows()).map(|other| squared_euclidean(centre, self.point(other))).collect())
    }

    /// Rows plus `sign` times the mean.
    fn shifted(&self, mut rows: Array2<f32>, sign: f32) -> Array2<f32> {
        for mut row in rows.rows_mut() {
            row.iter_mut().zip(&self.mean).for_each(|(value, mean)| *value += sign * mean);
        }
        rows
    }

    /// Lloyd's iterations from `start`. As in scikit-learn: ends when no label changes or when the centroids stand
    /// still, in the latter case after one more assignment, so that labels and centroids belong together.
    fn run(&self, start: Array2<f32>) -> Result<KMeans> {
        let mut centroids = self.shifted(start, -1.0);
        let mut assignment = self.assign(&centroids)?;
        let mut iterations = 0;
        loop {
            iterations += 1;
            let moved = self.centre(&mut assignment, &centroids);
            let rows = || centroids.rows().into_iter().zip(moved.rows());
            let step = |(a, b): (ndarray::ArrayView1<'_, f32>, ndarray::ArrayView1<'_, f32>)| {
                a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>()
            };
            let movement: f64 = rows().map(step).sum();
            centroids = moved;
            let next = self.assign(&centroids)?;
            let settled = next.labels == assignment.labels;
            assignment = next;
            if settled || movement <= self.still || iterations >= self.options.max_iter {
                break;
            }
        }
        let inertia = assignment.squares.iter().map(|x| f64::from(*x)).sum();
        Ok(KMeans {
            centroids: self.shifted(centroids, 1.0),
            labels: assignment.labels,
            distances: assignment.squares.iter().map(|x| x.sqrt()).collect(),
            inertia,
            iterations,
        })
    }

    /// The nearest centroid of each point, the first of equally near ones.
    fn assign(&self, centroids: &Array2<f32>) -> Result<Assignment> {
        let n = self.points.nrows();
        let mut assignment = Assignment { labels: Vec::with_capacity(n), squares: Vec::with_capacity(n) };
        let halves: Vec<f32> =
            (0..centroids.nrows()).map(|c| dot(row(centroids, c), row(centroids, c)) / 2.0).collect();
        for first in (0..n).step_by(BATCH) {
            self.check()?;
            // |x − c|² = |x|² − 2(x·c − |c|²/2): the nearest has the largest bracket.
            let products = self.points.slice(s![first..(first + BATCH).min(n), ..]).dot(&centroids.t());
            for (index, products) in (first..).zip(products.rows()) {
                let mut nearest = (0, f32::NEG_INFINITY);
                for (label, (product, half)) in products.iter().zip(&halves).enumerate() {
                    if product - half > nearest.1 {
                        nearest = (label, product - half);
                    }
                }
                assignment.labels.push(nearest.0);
                assignment.squares.push(squared_euclidean(self.point(index), row(centroids, nearest.0)));
            }
        }
        Ok(assignment)
    }

    /// The mean of each cluster's points. An empty cluster first takes over the point farthest from its centroid out of
    /// a cluster that can spare one.
    fn centre(&self, assignment: &mut Assignment, centroids: &Array2<f32>) -> Array2<f32> {
        let mut counts = vec![0usize; centroids.nrows()];
        assignment.labels.iter().for_each(|label| counts[*label] += 1);
        if counts.contains(&0) {
            let mut farthest: Vec<usize> = (0..assignment.labels.len()).collect();
            farthest.sort_by(|a, b| assignment.squares[*b].total_cmp(&assignment.squares[*a]));
            let mut farthest = farthest.into_iter();
            for empty in (0..counts.len()).filter(|label| counts[*label] == 0).collect::<Vec<_>>() {
                if let Some(point) = farthest.find(|point| counts[assignment.labels[*point]] > 1) {
                    counts[assignment.labels[point]] -= 1;
                    counts[empty] = 1;
                    assignment.labels[point] = empty;
                }
            }
        }
        let width = centroids.ncols();
        let mut sums = vec![0.0f64; centroids.len()];
        for (index, label) in assignment.labels.iter().enumerate() {
            let sum = &mut sums[label * width..(label + 1) * width];
            sum.iter_mut().zip(self.point(index)).for_each(|(sum, value)| *sum += f64::from(*value));
        }
        Array2::from_shape_fn(centroids.dim(), |(label, j)| {
            (sums[label * width + j] / counts[label].max(1) as f64) as f32
        })
    }
}

/// A row of a matrix that is known to be in row-major order.
fn row(matrix: &Array2<f32>, index: usize) -> &[f32] {
    let width = matrix.ncols();
    matrix.as_slice().map_or(&[], |all| &all[index * width..(index + 1) * width])
}

/// An index drawn with the given weights; any when all are zero.
fn draw(weights: &[f32], rng: &mut StdRng) -> usize {
    let total: f64 = weights.iter().map(|weight| f64::from(*weight)).sum();
    if total <= 0.0 {
        return rng.random_range(0..weights.len());
    }
    let mut left = rng.random::<f64>() * total;
    for (index, weight) in weights.iter().enumerate() {
        left -= f64::from(*weight);
        if left < 0.0 {
            return index;
        }
    }
    // Rounding used up the total: the last one with a weight.
    weights.iter().rposition(|weight| *weight > 0.0).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

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
        let from = |start: Array2<f32>| {
            KMeans::fit_from(points.view(), start.view(), &KMeansOptions::new(2), &never).unwrap_err()
        };
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
}
