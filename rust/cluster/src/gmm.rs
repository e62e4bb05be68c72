//! Mixtures of Gaussians by expectation and maximisation (Dempster, Laird, Rubin 1977).

use ndarray::{Array1, Array2, ArrayView2, s};
use segue_vectors::{Panels, dot};

use crate::gaussian::Gaussian;
use crate::points::check_finite;
use crate::{Covariance, Error, KMeans, KMeansOptions, Points, Result, check_size};

/// Rows whose densities are computed together.
const BLOCK: usize = 2048;

/// What is less probable than the most probable component by this (natural logarithm) adds nothing that a sum in `f64` could hold.
pub(crate) const NOTHING: f64 = 37.0;

/// How a mixture is found. The defaults are scikit-learn's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GmmOptions {
    /// Components.
    pub components: usize,
    /// Their shape.
    pub covariance: Covariance,
    /// What is added to each variance, as a share of the points' mean variance per dimension. On standardised points this is
    /// scikit-learn's `reg_covar`. Below it no component can shrink, however few points it has.
    pub floor: f64,
    /// The search has ended when the mean log-likelihood per point grows by less than this.
    pub tol: f64,
    /// Most rounds.
    pub max_iter: usize,
    /// Same points, options and seed: same result.
    pub seed: u64,
}

impl GmmOptions {
    /// Components with full covariances, floor 1e-6, tolerance 1e-3, at most 100 rounds.
    pub fn new(components: usize) -> Self {
        Self { components, covariance: Covariance::Full, floor: 1e-6, tol: 1e-3, max_iter: 100, seed: 1 }
    }
}

/// A mixture of Gaussians.
#[derive(Debug, Clone, PartialEq)]
pub struct Gmm {
    /// The points' mean: components lie relative to it.
    origin: Vec<f32>,
    components: Vec<Gaussian>,
    /// Mean log-likelihood per point (natural logarithm) in the last round.
    pub log_likelihood: f64,
    /// Rounds made.
    pub iterations: usize,
    /// Whether the search ended by itself and not after [`GmmOptions::max_iter`] rounds.
    pub converged: bool,
}

/// Which points a component answers for, and how much.
type Members = Vec<Vec<(usize, f64)>>;

impl Gmm {
    /// Finds a mixture that begins with the groups of k-means.
    ///
    /// A component is not computed for a point where it is certain, from some of its dimensions, to be less probable by
    /// e^−37 than another one. This changes nothing but rounding and makes each round cost about as much as a few components do.
    /// With as many dimensions as a component has points, full covariances say nothing but their floor along most directions,
    /// and probabilities become 0 or 1: fewer dimensions ([`Pca`](crate::Pca)) or diagonal ones serve better there.
    ///
    /// `cancelled` is asked for every component of 2048 points.
    ///
    /// # Errors
    /// [`Error::ClusterCount`], [`Error::Setting`] for a floor that is not above 0, [`Error::Cancelled`].
    pub fn fit(points: &Points, options: &GmmOptions, cancelled: &dyn Fn() -> bool) -> Result<Self> {
        check_options(points, options)?;
        let start = KMeansOptions { n_init: 1, seed: options.seed, ..KMeansOptions::new(options.components) };
        let start = KMeans::fit_points(points, &start, cancelled)?;
        Self::fit_from(points, &start.labels, options, cancelled)
    }

    /// Like [`Gmm::fit`], but begins with the given groups, one label per point.
    ///
    /// # Errors
    /// As there, and [`Error::Size`] for another number of labels, or a label that is no component.
    pub fn fit_from(
        points: &Points,
        labels: &[usize],
        options: &GmmOptions,
        cancelled: &dyn Fn() -> bool,
    ) -> Result<Self> {
        check_options(points, options)?;
        check_size("labels", points.len(), labels.len())?;
        let mut members: Members = vec![Vec::new(); options.components];
        for (point, label) in labels.iter().enumerate() {
            let size = Error::Size { what: "components", expected: options.components, got: label.saturating_add(1) };
            members.get_mut(*label).ok_or(size)?.push((point, 1.0));
        }
        let mut search = Search { points, options, cancelled, likely: labels.to_vec() };
        let mut components = search.maximise(&members)?;
        let mut log_likelihood = f64::NEG_INFINITY;
        let (mut iterations, mut converged) = (0, false);
        while !converged && iterations < options.max_iter.max(1) {
            iterations += 1;
            let (members, now) = search.expect(&components)?;
            components = search.maximise(&members)?;
            converged = (now - log_likelihood).abs() < options.tol;
            log_likelihood = now;
        }
        Ok(Self { origin: points.mean().to_vec(), components, log_likelihood, iterations, converged })
    }

    /// How many components there are.
    pub fn components(&self) -> usize {
        self.components.len()
    }

    /// Share of the points that each component answers for; they sum up to 1.
    pub fn weights(&self) -> Vec<f64> {
        self.components.iter().map(|component| component.weight).collect()
    }

    /// Mean of each component, one row each, in the space of the points.
    pub fn means(&self) -> Array2<f32> {
        Array2::from_shape_fn((self.components.len(), self.origin.len()), |(component, j)| {
            (self.components[component].mean[j] + f64::from(self.origin[j])) as f32
        })
    }

    /// How probable it is that each row, of the space of the points, belongs to each component: rows by components, each row
    /// sums up to 1.
    ///
    /// # Errors
    /// [`Error::Size`] for rows of another width, [`Error::NotFinite`], [`Error::Cancelled`].
    pub fn probabilities(&self, rows: ArrayView2<'_, f32>, cancelled: &dyn Fn() -> bool) -> Result<Array2<f32>> {
        check_size("dimensions", self.origin.len(), rows.ncols())?;
        check_finite(rows)?;
        self.shares(rows, &self.origin, cancelled)
    }

    /// [`Gmm::probabilities`] of points that are made ready already.
    pub(crate) fn probabilities_of(&self, points: &Points, cancelled: &dyn Fn() -> bool) -> Result<Array2<f32>> {
        check_size("dimensions", self.origin.len(), points.dimensions())?;
        let origin: Vec<f32> = self.origin.iter().zip(points.mean()).map(|(origin, mean)| origin - mean).collect();
        self.shares(points.centred(), &origin, cancelled)
    }

    /// Probabilities for rows that lie round `origin` as the components do round theirs.
    fn shares(&self, rows: ArrayView2<'_, f32>, origin: &[f32], cancelled: &dyn Fn() -> bool) -> Result<Array2<f32>> {
        let mut out = Array2::zeros((rows.nrows(), self.components.len()));
        let means: Vec<f32> =
            self.components.iter().flat_map(|component| component.mean.iter().map(|value| *value as f32)).collect();
        let panels = Panels::new(&means, self.components.len(), origin.len());
        let mut distances = vec![0.0f32; panels.stride()];
        for first in (0..rows.nrows()).step_by(BLOCK) {
            let last = (first + BLOCK).min(rows.nrows());
            let mut block = rows.slice(s![first..last, ..]).as_standard_layout().into_owned();
            let mut likely = Vec::with_capacity(last - first);
            for mut row in block.rows_mut() {
                row.iter_mut().zip(origin).for_each(|(value, origin)| *value -= origin);
                let row = row.as_slice().unwrap_or_default();
                panels.distances(&[row], &[dot(row, row)], 0.0, &mut distances);
                let nearest = (0..panels.count()).min_by(|a, b| distances[*a].total_cmp(&distances[*b]));
                likely.push(nearest.unwrap_or_default());
            }
            let logs = densities(&self.components, &block.mapv(f64::from), &likely, cancelled)?;
            for (mut out, logs) in out.slice_mut(s![first..last, ..]).rows_mut().into_iter().zip(logs.rows()) {
                let (_, most, sum) = log_sum(logs.iter().copied());
                out.iter_mut().zip(logs).for_each(|(out, log)| *out = ((log - most).exp() / sum) as f32);
            }
        }
        Ok(out)
    }
}

fn check_options(points: &Points, options: &GmmOptions) -> Result<()> {
    if options.components == 0 || options.components > points.len() {
        return Err(Error::ClusterCount { k: options.components, points: points.len() });
    }
    if options.floor > 0.0 && options.floor.is_finite() {
        return Ok(());
    }
    Err(Error::Setting { what: "the floor of variances", got: options.floor.to_string(), expected: "a number above 0" })
}

struct Search<'a> {
    points: &'a Points,
    options: &'a GmmOptions,
    cancelled: &'a dyn Fn() -> bool,
    /// Per point the most probable component of the last round.
    likely: Vec<usize>,
}

impl Search<'_> {
    /// Which component answers how much for which point, and the mean log-likelihood.
    fn expect(&mut self, components: &[Gaussian]) -> Result<(Members, f64)> {
        let n = self.points.len();
        let mut members: Members = vec![Vec::new(); components.len()];
        let mut sum = 0.0;
        for first in (0..n).step_by(BLOCK) {
            let last = (first + BLOCK).min(n);
            let block = self.points.centred().slice(s![first..last, ..]).mapv(f64::from);
            let logs = densities(components, &block, &self.likely[first..last], self.cancelled)?;
            for (point, logs) in (first..last).zip(logs.rows()) {
                let (likely, most, shares) = log_sum(logs.iter().copied());
                self.likely[point] = likely;
                sum += most + shares.ln();
                for (members, log) in members.iter_mut().zip(logs) {
                    if log - most > -NOTHING {
                        members.push((point, (log - most).exp() / shares));
                    }
                }
            }
        }
        Ok((members, sum / n as f64))
    }

    /// The components that make what they answer for the most probable.
    fn maximise(&self, members: &Members) -> Result<Vec<Gaussian>> {
        let dimensions = self.points.dimensions().max(1) as f64;
        let variance = self.points.total_variance() / dimensions;
        let floor = if variance > 0.0 { self.options.floor * variance } else { self.options.floor };
        // As in scikit-learn: a component without points gets a weight that has a logarithm.
        let count =
            |members: &Vec<(usize, f64)>| members.iter().map(|(_, share)| share).sum::<f64>() + 10.0 * f64::EPSILON;
        let total: f64 = members.iter().map(count).sum();
        let component = |members: &Vec<(usize, f64)>| {
            let count = count(members);
            let mut mean = Array1::<f64>::zeros(self.points.dimensions());
            for (point, share) in members {
                let values = mean.iter_mut().zip(self.points.row(*point));
                values.for_each(|(mean, value)| *mean += share * f64::from(*value));
            }
            mean /= count;
            let (points, shape) = (self.points, self.options.covariance);
            Gaussian::fit(points, members, count / total, mean, shape, floor, self.cancelled)
        };
        members.iter().map(component).collect()
    }
}

/// Logarithm of weight times density, rows by components; −∞ where it is nothing beside the row's most probable component.
/// `likely` says per row which component is to be computed first.
fn densities(
    components: &[Gaussian],
    block: &Array2<f64>,
    likely: &[usize],
    cancelled: &dyn Fn() -> bool,
) -> Result<Array2<f64>> {
    let mut out = Array2::from_elem((block.nrows(), components.len()), f64::NEG_INFINITY);
    let mut best = vec![f64::NEG_INFINITY; block.nrows()];
    for first_guess in [true, false] {
        for (number, component) in components.iter().enumerate() {
            if cancelled() {
                return Err(Error::Cancelled);
            }
            let rows = (0..block.nrows()).filter(|row| (likely[*row] == number) == first_guess).collect();
            for (row, log) in component.log_densities(block, rows, &best) {
                out[[row, number]] = log;
                best[row] = best[row].max(log);
            }
        }
    }
    Ok(out)
}

/// The place of the largest value, it, and the sum of what the values are logarithms of, divided by that of the largest.
fn log_sum(logs: impl Iterator<Item = f64> + Clone) -> (usize, f64, f64) {
    let larger = |(at, most), (index, log)| if log > most { (index, log) } else { (at, most) };
    let (at, most) = logs.clone().enumerate().fold((0, f64::NEG_INFINITY), larger);
    (at, most, logs.map(|log| (log - most).exp()).sum())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use ndarray::array;
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;

    fn never() -> bool {
        false
    }

    /// Three stretched groups.
    fn groups(n: usize, dimensions: usize, seed: u64) -> Points {
        let mut rng = StdRng::seed_from_u64(seed);
        let rows = Array2::from_shape_fn((n, dimensions), |(i, j)| {
            let middle = [0.0, 6.0, -7.0][i % 3] * f32::from(u8::from(j % 3 == i % 3));
            middle + rng.random_range(-1.0..1.0f32) * (1.0 + ((i + j) % 3) as f32)
        });
        Points::new(rows.view()).unwrap()
    }

    /// Weight times density of every component, straight from the definition, for the diagonal shape.
    fn plain(mixture: &Gmm, row: &[f32]) -> Vec<f64> {
        let density = |component: &Gaussian| {
            let inverse = component.diagonal().unwrap();
            let log = row.iter().zip(&component.mean).zip(inverse).map(|((x, mean), inverse)| {
                let y = (f64::from(*x) - mean) * inverse;
                inverse.ln() - 0.5 * y * y - 0.5 * (2.0 * std::f64::consts::PI).ln()
            });
            component.weight * log.sum::<f64>().exp()
        };
        let all: Vec<f64> = mixture.components.iter().map(density).collect();
        let sum: f64 = all.iter().sum();
        all.into_iter().map(|density| density / sum).collect()
    }

    #[test]
    fn separate_groups_are_found_in_either_shape() {
        for covariance in [Covariance::Full, Covariance::Diagonal] {
            let points = groups(300, 4, 1);
            let mixture = Gmm::fit(&points, &GmmOptions { covariance, ..GmmOptions::new(3) }, &never).unwrap();
            let rows = points.restore(points.centred().to_owned());
            let probabilities = mixture.probabilities(rows.view(), &never).unwrap();
            for (index, row) in probabilities.rows().into_iter().enumerate() {
                assert!((row.sum() - 1.0).abs() < 1e-5);
                let likely = (0..3).max_by(|a, b| row[*a].total_cmp(&row[*b])).unwrap();
                let of_group =
                    (0..3).max_by(|a, b| probabilities[[index % 3, *a]].total_cmp(&probabilities[[index % 3, *b]]));
                assert_eq!(Some(likely), of_group);
            }
            assert!(mixture.converged && (mixture.weights().iter().sum::<f64>() - 1.0).abs() < 1e-12);
            let again = Gmm::fit(&points, &GmmOptions { covariance, ..GmmOptions::new(3) }, &never).unwrap();
            assert_eq!(again, mixture);
        }
    }

    #[test]
    fn what_is_left_out_adds_nothing() {
        let points = groups(500, 70, 2);
        let options = GmmOptions { covariance: Covariance::Diagonal, ..GmmOptions::new(7) };
        let mixture = Gmm::fit(&points, &options, &never).unwrap();
        let rows = points.restore(points.centred().to_owned());
        let probabilities = mixture.probabilities(rows.view(), &never).unwrap();
        for (index, row) in probabilities.rows().into_iter().enumerate() {
            for (got, expected) in row.iter().zip(plain(&mixture, points.row(index))) {
                assert!((f64::from(*got) - expected).abs() < 1e-4, "{got} instead of {expected}");
            }
        }
    }

    #[test]
    fn the_likelihood_never_falls() {
        let points = groups(240, 5, 3);
        for covariance in [Covariance::Full, Covariance::Diagonal] {
            let after = |max_iter| {
                let options = GmmOptions { covariance, max_iter, tol: 0.0, ..GmmOptions::new(5) };
                Gmm::fit(&points, &options, &never).unwrap().log_likelihood
            };
            let all: Vec<f64> = (1..12).map(after).collect();
            assert!(all.is_sorted_by(|a, b| *b >= a - 1e-9), "{all:?}");
        }
    }

    #[test]
    fn singular_covariances_stay_finite() {
        let mut rng = StdRng::seed_from_u64(4);
        // A plane in twenty dimensions, groups of two points, points all alike, a single point.
        let plane = Array2::from_shape_fn((60, 20), |(i, j)| (i % 7) as f32 * (j % 2) as f32 + (i % 5) as f32);
        let few = Array2::from_shape_fn((12, 90), |_| rng.random_range(-1.0..1.0f32));
        for (rows, k) in [(plane, 4), (few, 6), (Array2::ones((10, 3)), 3), (array![[4.0f32, 5.0]], 1)] {
            let points = Points::new(rows.view()).unwrap();
            for covariance in [Covariance::Full, Covariance::Diagonal] {
                let options = GmmOptions { covariance, ..GmmOptions::new(k) };
                let mixture = Gmm::fit(&points, &options, &never).unwrap();
                assert!(mixture.log_likelihood.is_finite());
                assert!(mixture.means().iter().all(|value| value.is_finite()));
                let probabilities = mixture.probabilities(rows.view(), &never).unwrap();
                assert!(probabilities.rows().into_iter().all(|row| (row.sum() - 1.0).abs() < 1e-5));
                // Far from everything it is still sure that it belongs somewhere.
                let far = Array2::from_elem((1, rows.ncols()), 1e9f32);
                assert!((mixture.probabilities(far.view(), &never).unwrap().sum() - 1.0).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let points = groups(6, 2, 5);
        for k in [0, 7] {
            let error = Gmm::fit(&points, &GmmOptions::new(k), &never);
            assert_eq!(error, Err(Error::ClusterCount { k, points: 6 }));
        }
        for floor in [0.0, -1.0, f64::NAN] {
            let error = Gmm::fit(&points, &GmmOptions { floor, ..GmmOptions::new(2) }, &never).unwrap_err();
            assert!(matches!(error, Error::Setting { .. }));
        }
        let from = |labels: &[usize]| Gmm::fit_from(&points, labels, &GmmOptions::new(2), &never);
        assert_eq!(from(&[0; 5]), Err(Error::Size { what: "labels", expected: 6, got: 5 }));
        assert_eq!(from(&[0, 0, 0, 0, 0, 9]), Err(Error::Size { what: "components", expected: 2, got: 10 }));
        let mixture = from(&[0, 1, 0, 1, 0, 1]).unwrap();
        let rows = |value: f32, width| mixture.probabilities(Array2::from_elem((2, width), value).view(), &never);
        assert_eq!(rows(0.0, 3), Err(Error::Size { what: "dimensions", expected: 2, got: 3 }));
        assert_eq!(rows(f32::NAN, 2), Err(Error::NotFinite { row: 0 }));
    }

    #[test]
    fn cancel_ends_it_wherever_it_is() {
        let points = groups(300, 4, 6);
        let asked = Cell::new(0);
        let counting = |most: usize| {
            asked.set(0);
            Gmm::fit(&points, &GmmOptions::new(3), &|| {
                asked.set(asked.get() + 1);
                asked.get() > most
            })
        };
        assert!(counting(usize::MAX).is_ok());
        let all = asked.get();
        assert!((0..all).step_by(3).all(|most| counting(most) == Err(Error::Cancelled)));
    }
}
