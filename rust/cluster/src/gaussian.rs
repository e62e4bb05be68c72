//! One Gaussian of a mixture.

use nalgebra::{Cholesky, DMatrix};
use ndarray::{Array1, Array2, Axis, s};

use crate::gmm::NOTHING;
use crate::{Covariance, Error, Points, Result};

/// Dimensions after which it is asked whether a row is still worth the rest.
const CHUNK: usize = 32;
/// Rows whose products are summed at once.
const BLOCK: usize = 1024;
/// How often a covariance that cannot be factored is widened tenfold before only its diagonal is taken.
const WIDENINGS: usize = 12;

/// What takes a distance from the mean to units of the standard deviation.
#[derive(Debug, Clone, PartialEq)]
enum Whitening {
    /// The inverse of the covariance's lower Cholesky factor, itself lower triangular.
    Full(Array2<f64>),
    /// 1 / standard deviation of each dimension.
    Diagonal(Array1<f64>),
}

/// One Gaussian of a mixture, in the space of the points less their mean.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Gaussian {
    /// Share of the points.
    pub(crate) weight: f64,
    pub(crate) mean: Array1<f64>,
    whitening: Whitening,
    /// Logarithm of weight times density at the mean.
    peak: f64,
}

impl Gaussian {
    /// Round `mean`, from the points it answers for and how much, of sum `weight` of all. `floor` is added to each variance.
    pub(crate) fn fit(
        points: &Points,
        members: &[(usize, f64)],
        weight: f64,
        mean: Array1<f64>,
        shape: Covariance,
        floor: f64,
        cancelled: &dyn Fn() -> bool,
    ) -> Result<Self> {
        let count = members.iter().map(|(_, share)| share).sum::<f64>() + 10.0 * f64::EPSILON;
        let whitening = match shape {
            Covariance::Diagonal => {
                let mut squares = Array1::<f64>::zeros(mean.len());
                for block in members.chunks(BLOCK) {
                    if cancelled() {
                        return Err(Error::Cancelled);
                    }
                    for (point, share) in block {
                        for ((square, mean), value) in squares.iter_mut().zip(&mean).zip(points.row(*point)) {
                            *square += share * (f64::from(*value) - mean).powi(2);
                        }
                    }
                }
                Whitening::Diagonal(squares.mapv(|square| 1.0 / (square / count + floor).sqrt()))
            }
            Covariance::Full => {
                let mut products = Array2::<f64>::zeros((mean.len(), mean.len()));
                for block in members.chunks(BLOCK) {
                    if cancelled() {
                        return Err(Error::Cancelled);
                    }
                    let mut rows = Array2::zeros((block.len(), mean.len()));
                    for (mut row, (point, share)) in rows.rows_mut().into_iter().zip(block) {
                        for ((out, mean), value) in row.iter_mut().zip(&mean).zip(points.row(*point)) {
                            *out = share.sqrt() * (f64::from(*value) - mean);
                        }
                    }
                    // Only what lies on the diagonal or right of it is used.
                    for first in (0..mean.len()).step_by(4 * CHUNK) {
                        let last = (first + 4 * CHUNK).min(mean.len());
                        let mut panel = products.slice_mut(s![first..last, first..]);
                        panel += &rows.slice(s![.., first..last]).t().dot(&rows.slice(s![.., first..]));
                    }
                }
                Whitening::Full(inverse_factor(&(products / count), floor))
            }
        };
        let log_determinant: f64 = match &whitening {
            Whitening::Full(factor) => factor.diag().iter().map(|value| value.ln()).sum(),
            Whitening::Diagonal(inverse) => inverse.iter().map(|value| value.ln()).sum(),
        };
        let constant = 0.5 * mean.len() as f64 * (2.0 * std::f64::consts::PI).ln();
        Ok(Self { weight, peak: weight.ln() + log_determinant - constant, mean, whitening })
    }

    /// Logarithm of weight times density of some of a block's rows, those left out that are nothing beside `best`.
    pub(crate) fn log_densities(&self, block: &Array2<f64>, rows: Vec<usize>, best: &[f64]) -> Vec<(usize, f64)> {
        match &self.whitening {
            Whitening::Full(factor) => self.full(factor, block, rows, best),
            Whitening::Diagonal(inverse) => {
                let one = |row: usize| self.diagonal_one(inverse, block, row, best[row]).map(|log| (row, log));
                rows.into_iter().filter_map(one).collect()
            }
        }
    }

    /// The first dimensions of a whitened row depend on the first dimensions of the row only, and each takes from the density:
    /// rows fall out as soon as they have lost too much.
    fn full(&self, factor: &Array2<f64>, block: &Array2<f64>, rows: Vec<usize>, best: &[f64]) -> Vec<(usize, f64)> {
        let width = self.mean.len();
        let mut offsets = block.select(Axis(0), &rows) - &self.mean;
        let mut found: Vec<(usize, f64)> = rows.into_iter().map(|row| (row, self.peak)).collect();
        for first in (0..width).step_by(CHUNK) {
            if found.is_empty() {
                break;
            }
            let last = (first + CHUNK).min(width);
            let whitened = offsets.slice(s![.., ..last]).dot(&factor.slice(s![first..last, ..last]).t());
            for ((_, log), row) in found.iter_mut().zip(whitened.rows()) {
                *log -= 0.5 * row.dot(&row);
            }
            let there = |(row, log): &(usize, f64)| *log > best[*row] - NOTHING;
            if last < width && !found.iter().all(there) {
                let kept: Vec<usize> = (0..found.len()).filter(|index| there(&found[*index])).collect();
                offsets = offsets.select(Axis(0), &kept);
                found.retain(there);
            }
        }
        found
    }

    fn diagonal_one(&self, inverse: &Array1<f64>, block: &Array2<f64>, row: usize, best: f64) -> Option<f64> {
        let mut log = self.peak;
        let row = block.row(row);
        let (row, mean, inverse) = (row.as_slice()?, self.mean.as_slice()?, inverse.as_slice()?);
        for ((row, mean), inverse) in row.chunks(CHUNK).zip(mean.chunks(CHUNK)).zip(inverse.chunks(CHUNK)) {
            let values = row.iter().zip(mean).zip(inverse);
            log -= 0.5 * values.map(|((value, mean), inverse)| ((value - mean) * inverse).powi(2)).sum::<f64>();
            if log <= best - NOTHING {
                return None;
            }
        }
        Some(log)
    }

    /// 1 / standard deviation of each dimension, where the shape is diagonal.
    #[cfg(test)]
    pub(crate) fn diagonal(&self) -> Option<&Array1<f64>> {
        match &self.whitening {
            Whitening::Diagonal(inverse) => Some(inverse),
            Whitening::Full(_) => None,
        }
    }
}

/// The inverse of the lower Cholesky factor of a covariance, of which the upper half is given, plus `floor` on its diagonal. One
/// that rounding has made indefinite is widened until it has a factor.
fn inverse_factor(upper: &Array2<f64>, floor: f64) -> Array2<f64> {
    let n = upper.nrows();
    let mean_variance = upper.diag().sum() / n.max(1) as f64;
    let mut ridge = floor;
    for widening in 0..WIDENINGS {
        let entry = |i: usize, j: usize| upper[[i.min(j), i.max(j)]] + if i == j { ridge } else { 0.0 };
        let inverse = Cholesky::new(DMatrix::from_fn(n, n, entry))
            .and_then(|factor| factor.l().solve_lower_triangular(&DMatrix::identity(n, n)))
            .filter(|inverse| inverse.iter().all(|value| value.is_finite()));
        if let Some(inverse) = inverse {
            return Array2::from_shape_fn((n, n), |(i, j)| inverse[(i, j)]);
        }
        ridge = floor + mean_variance * 1e-12 * 10f64.powi(widening as i32);
    }
    Array2::from_shape_fn((n, n), |(i, j)| if i == j { 1.0 / (upper[[i, i]] + ridge).sqrt() } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn the_inverse_factor_whitens() {
        let covariance = array![[4.0, 1.0, 0.5], [1.0, 3.0, -1.0], [0.5, -1.0, 2.0]];
        let factor = inverse_factor(&covariance, 1e-12);
        let whitened = factor.dot(&covariance).dot(&factor.t());
        assert!(whitened.indexed_iter().all(|((i, j), x)| (x - f64::from(u8::from(i == j))).abs() < 1e-9));
    }

    #[test]
    fn indefinite_and_vanishing_matrices_get_a_factor() {
        let indefinite = array![[1.0, 1.0 + 1e-9], [1.0 + 1e-9, 1.0]];
        let hopeless = array![[1.0, 9.0], [9.0, 1.0]];
        for matrix in [indefinite, hopeless, Array2::zeros((3, 3)), Array2::zeros((0, 0))] {
            let factor = inverse_factor(&matrix, 1e-14);
            assert!(factor.iter().all(|value| value.is_finite()));
            assert!(factor.diag().iter().all(|value| *value > 0.0));
        }
    }
}
