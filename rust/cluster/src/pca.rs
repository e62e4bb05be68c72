//! Principal components: fewer dimensions that keep most of what tells points apart (Pearson 1901, Hotelling 1933).

use ndarray::{Array2, ArrayView2, ArrayViewMut1, Axis, s};

use crate::eigen::eigen;
use crate::{Error, Points, Result, check_size};

/// Rows whose products are summed in `f32` before they are added to the sum of all; also how often a cancel is looked for.
const BLOCK: usize = 1024;
/// Columns of the covariance computed at once. It is symmetric, so what lies left of them is not computed.
const PANEL: usize = 128;

/// How many components are kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Keep {
    /// As many as hold more than this share of the variance, at least one.
    Share(f64),
    /// This many, or as many as there are.
    Count(usize),
}

/// The axes along which points vary most, at right angles to each other, the strongest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Pca {
    mean: Vec<f32>,
    components: Array2<f32>,
    variances: Vec<f64>,
    total: f64,
}

impl Pca {
    /// From the covariance of all points. There are at most as many components as points and as dimensions. The sign of
    /// each is such that its largest value is positive, as in scikit-learn.
    ///
    /// `cancelled` is asked for every thousand rows and for every component.
    ///
    /// # Errors
    /// [`Error::Empty`] without points or dimensions, [`Error::Cancelled`].
    pub fn fit(points: &Points, keep: Keep, cancelled: &dyn Fn() -> bool) -> Result<Self> {
        if points.is_empty() || points.dimensions() == 0 {
            return Err(Error::Empty);
        }
        let covariance = covariance(points.centred(), cancelled)?;
        let (variances, axes) = eigen(&covariance, cancelled)?;
        let total: f64 = variances.iter().sum();
        let most = points.len().min(points.dimensions());
        let kept = match keep {
            Keep::Count(count) => count,
            // Points that are all alike vary along nothing.
            Keep::Share(_) if total <= 0.0 => 1,
            Keep::Share(share) => {
                let mut sum = 0.0;
                let reached = |variance: &f64| {
                    sum += variance;
                    sum > share * total
                };
                variances.iter().position(reached).map_or(most, |last| last + 1)
            }
        };
        let kept = kept.clamp(1, most);
        let mut components = axes.slice(s![..kept, ..]).mapv(|value| value as f32);
        components.rows_mut().into_iter().for_each(turn);
        Ok(Self {
            mean: points.mean().to_vec(),
            components,
            variances: variances.into_iter().take(kept).collect(),
            total,
        })
    }

    /// Components by dimensions, each row of length 1.
    pub fn components(&self) -> ArrayView2<'_, f32> {
        self.components.view()
    }

    /// Variance along each component (divided by the count less one).
    pub fn variances(&self) -> &[f64] {
        &self.variances
    }

    /// Share of the variance that is kept, 0..1; 1 where there is none.
    pub fn share(&self) -> f64 {
        if self.total > 0.0 { (self.variances.iter().sum::<f64>() / self.total).min(1.0) } else { 1.0 }
    }

    /// Rows of the space of the points, also ones that were not among them, along the components.
    ///
    /// # Errors
    /// [`Error::Size`] for rows of another width.
    pub fn transform(&self, rows: ArrayView2<'_, f32>) -> Result<Array2<f32>> {
        check_size("dimensions", self.mean.len(), rows.ncols())?;
        let mut out = Array2::zeros((rows.nrows(), self.components.nrows()));
        for (block, mut out) in rows.axis_chunks_iter(Axis(0), BLOCK).zip(out.axis_chunks_iter_mut(Axis(0), BLOCK)) {
            let mut block = block.to_owned();
            for mut row in block.rows_mut() {
                row.iter_mut().zip(&self.mean).for_each(|(value, mean)| *value -= mean);
            }
            out.assign(&block.dot(&self.components.t()));
        }
        Ok(out)
    }
}

/// Turns an axis so that its largest value, the first of equally large ones, is positive.
fn turn(mut axis: ArrayViewMut1<'_, f32>) {
    let largest = axis.iter().fold(0.0f32, |largest, value| if value.abs() > largest.abs() { *value } else { largest });
    if largest < 0.0 {
        axis.mapv_inplace(|value| -value);
    }
}

/// Covariance of rows whose mean is 0, divided by the count less one.
pub(crate) fn covariance(rows: ArrayView2<'_, f32>, cancelled: &dyn Fn() -> bool) -> Result<Array2<f64>> {
    let width = rows.ncols();
    let mut sums = Array2::<f64>::zeros((width, width));
    for block in rows.axis_chunks_iter(Axis(0), BLOCK) {
        for first in (0..width).step_by(PANEL) {
            if cancelled() {
                return Err(Error::Cancelled);
            }
            let last = (first + PANEL).min(width);
            let products = block.slice(s![.., first..last]).t().dot(&block.slice(s![.., first..]));
            let mut panel = sums.slice_mut(s![first..last, first..]);
            panel.zip_mut_with(&products, |sum, product| *sum += f64::from(*product));
        }
    }
    let count = rows.nrows().saturating_sub(1).max(1) as f64;
    Ok(Array2::from_shape_fn((width, width), |(i, j)| sums[[i.min(j), i.max(j)]] / count))
}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;

    fn never() -> bool {
        false
    }

    fn fit(rows: &Array2<f32>, keep: Keep) -> Pca {
        Pca::fit(&Points::new(rows.view()).unwrap(), keep, &never).unwrap()
    }

    #[test]
    fn a_line_has_one_component_that_points_up() {
        let rows = Array2::from_shape_fn((40, 2), |(i, j)| i as f32 * [-3.0, 4.0][j] + 1000.0);
        let pca = fit(&rows, Keep::Share(0.93));
        assert_eq!(pca.components().nrows(), 1);
        assert!((pca.components()[[0, 0]] + 0.6).abs() < 1e-5 && (pca.components()[[0, 1]] - 0.8).abs() < 1e-5);
        assert!((pca.share() - 1.0).abs() < 1e-9);
        let along = pca.transform(array![[1000.0f32, 1000.0], [997.0, 1004.0]].view()).unwrap();
        assert!((along[[1, 0]] - along[[0, 0]] - 5.0).abs() < 1e-3);
    }

    #[test]
    fn all_components_keep_every_distance() {
        let mut rng = StdRng::seed_from_u64(1);
        let rows = Array2::from_shape_fn((2100, 130), |(_, j)| rng.random_range(-1.0..1.0f32) * (j % 7) as f32);
        let pca = fit(&rows, Keep::Count(usize::MAX));
        assert_eq!(pca.components().nrows(), 130);
        let along = pca.transform(rows.view()).unwrap();
        for (a, b) in [(0, 1), (5, 2000), (1100, 1023)] {
            let distance = |m: &Array2<f32>| (&m.row(a) - &m.row(b)).mapv(|x| x * x).sum().sqrt();
            assert!((distance(&along) / distance(&rows) - 1.0).abs() < 1e-4);
        }
        assert!(pca.variances().is_sorted_by(|a, b| a >= b));
        // Nineteen dimensions are always 0.
        assert!(pca.variances()[111..].iter().all(|variance| *variance < 1e-9));
    }

    #[test]
    fn trivial_and_hostile_inputs() {
        for keep in [Keep::Share(0.93), Keep::Share(f64::NAN), Keep::Count(0), Keep::Count(9)] {
            for rows in [array![[1.0f32, 2.0]], Array2::ones((20, 3)), array![[5.0f32], [6.0]]] {
                let pca = fit(&rows, keep);
                let kept = pca.components().nrows();
                assert!(kept >= 1 && kept <= rows.ncols());
                assert!(pca.transform(rows.view()).unwrap().iter().all(|value| value.is_finite()));
                assert!((0.0..=1.0).contains(&pca.share()));
            }
        }
        for shape in [(0, 3), (3, 0)] {
            let points = Points::new(Array2::zeros(shape).view()).unwrap();
            assert_eq!(Pca::fit(&points, Keep::Count(1), &never), Err(Error::Empty));
        }
        let points = Points::new(Array2::ones((5, 2)).view()).unwrap();
        assert_eq!(Pca::fit(&points, Keep::Count(1), &|| true), Err(Error::Cancelled));
        let error = fit(&Array2::ones((5, 2)), Keep::Count(1)).transform(Array2::zeros((1, 3)).view());
        assert_eq!(error, Err(Error::Size { what: "dimensions", expected: 2, got: 3 }));
    }
}
