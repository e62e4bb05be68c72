//! k-means: Lloyd's algorithm from k-means++ starts, with bounds that spare most distances.

mod assign;
mod lloyd;
mod mini_batch;
mod seeding;
#[cfg(test)]
mod tests;
mod warm;

use ndarray::{Array2, ArrayView2};
use rand::SeedableRng;
use rand::rngs::StdRng;

pub use assign::Assigned;
pub use mini_batch::MiniBatch;
pub use warm::WarmStart;

use crate::points::check_finite;
use crate::{Error, Points, Result};
use lloyd::Lloyd;

/// With more points than this, starts look at a sample.
const MANY: usize = 20_000;

/// Points in that sample.
const SAMPLE: usize = 4_000;

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

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It came to its end.
    Finished(KMeans),
    /// It was given up, since it would not have got below the inertia asked for.
    Abandoned {
        /// Inertia when it was given up.
        inertia: f64,
        /// Iterations until then.
        iterations: usize,
    },
}

impl Outcome {
    /// The groups, unless it was given up.
    pub fn finished(self) -> Option<KMeans> {
        match self {
            Self::Finished(found) => Some(found),
            Self::Abandoned { .. } => None,
        }
    }
}

impl KMeans {
    /// Groups the rows of `points`: greedy k-means++ starts (Arthur, Vassilvitskii 2007, with 2 + ln k candidates a
    /// step), Lloyd's iterations, the start with the least inertia. A cluster that runs empty is begun anew at the point
    /// farthest from its centroid. Of more than 20,000 points, the starts look at a sample of 4,000.
    ///
    /// `cancelled` is asked for every few hundred rows.
    ///
    /// # Errors
    /// [`Error::ClusterCount`], [`Error::NotFinite`], [`Error::Cancelled`].
    pub fn fit(points: ArrayView2<'_, f32>, options: &KMeansOptions, cancelled: &dyn Fn() -> bool) -> Result<Self> {
        check_count(options.k, points.nrows())?;
        Self::fit_points(&Points::new(points)?, options, cancelled)
    }

    /// Like [`KMeans::fit`], for points that are made ready already.
    ///
    /// # Errors
    /// [`Error::ClusterCount`], [`Error::Cancelled`].
    pub fn fit_points(points: &Points, options: &KMeansOptions, cancelled: &dyn Fn() -> bool) -> Result<Self> {
        check_count(options.k, points.len())?;
        let mut rng = StdRng::seed_from_u64(options.seed);
        let mut start = || {
            let sample = (points.len() > MANY).then_some(SAMPLE);
            let rows = seeding::greedy(points, sample, options.k, &mut rng, cancelled)?;
            Lloyd::new(points, rows, cancelled)?.run(options)
        };
        let mut best = start()?;
        for _ in 1..options.n_init {
            let found = start()?;
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
        check_count(options.k, points.nrows())?;
        let points = Points::new(points)?;
        Lloyd::new(&points, check_start(&points, start, options.k)?, cancelled)?.run(options)
    }

    /// One run from the given centroids, such as those of [`KMeans::seed`] or [`KMeans::warm_start`], for points that are
    /// made ready already. With `abandon_above` it is given up as soon as it looks as if it would not get below that
    /// inertia: when twenty more steps, each as good as the last one, would not take it there. Steps get smaller but may be
    /// many, so this errs: of runs that would have got below by 0.1 % one in twenty was given up, by 0.3 % none in ninety,
    /// while losers were spared two thirds of their iterations.
    ///
    /// # Errors
    /// [`Error::ClusterCount`], [`Error::Size`], [`Error::NotFinite`] for the start, [`Error::Cancelled`].
    pub fn run(
        points: &Points,
        start: ArrayView2<'_, f32>,
        options: &KMeansOptions,
        abandon_above: Option<f64>,
        cancelled: &dyn Fn() -> bool,
    ) -> Result<Outcome> {
        check_count(options.k, points.len())?;
        Lloyd::new(points, check_start(points, start, options.k)?, cancelled)?.run_against(options, abandon_above)
    }

    /// Centroids to start from, by greedy k-means++. With `sample`, only that many points, drawn by the seed, are looked
    /// at (but at least 20 per cluster): on many points, Lloyd's iterations end as well from there and the start costs
    /// a fraction.
    ///
    /// # Errors
    /// [`Error::ClusterCount`], [`Error::Cancelled`].
    pub fn seed(
        points: &Points,
        k: usize,
        sample: Option<usize>,
        seed: u64,
        cancelled: &dyn Fn() -> bool,
    ) -> Result<Array2<f32>> {
        check_count(k, points.len())?;
        let mut rng = StdRng::seed_from_u64(seed);
        Ok(points.restore(seeding::greedy(points, sample, k, &mut rng, cancelled)?))
    }
}

fn check_count(k: usize, points: usize) -> Result<()> {
    if k == 0 || k > points { Err(Error::ClusterCount { k, points }) } else { Ok(()) }
}

/// The start in the centred space.
fn check_start(points: &Points, start: ArrayView2<'_, f32>, k: usize) -> Result<Array2<f32>> {
    let size = |what, expected, got| if expected == got { Ok(()) } else { Err(Error::Size { what, expected, got }) };
    size("centroids", k, start.nrows())?;
    size("dimensions", points.dimensions(), start.ncols())?;
    check_finite(start)?;
    Ok(points.centre(start.as_standard_layout().into_owned()))
}
