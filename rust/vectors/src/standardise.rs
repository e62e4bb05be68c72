//! Running mean and deviation, and the standardising made from them.

use ndarray::ArrayView2;

use crate::{Error, Result};

/// Mean and variance of each dimension over the rows pushed so far, in one pass (Welford 1962), in `f64`.
#[derive(Debug, Clone)]
pub struct Moments {
    /// Rows, those that were only expected included.
    count: f64,
    mean: Vec<f64>,
    /// Sum of squared deviations from the running mean.
    squares: Vec<f64>,
}

impl Moments {
    /// Moments of no rows yet.
    pub fn new(dimensions: usize) -> Self {
        Self { count: 0.0, mean: vec![0.0; dimensions], squares: vec![0.0; dimensions] }
    }

    /// Moments as if `count` rows of this mean and variance had been taken in: what is known before the first row comes. Numbers
    /// that are none, and negative variances, count as 0; so does a count that is none or negative.
    pub fn expecting(count: f64, mean: &[f32], variance: &[f32]) -> Self {
        let count = if count.is_finite() { count.max(0.0) } else { 0.0 };
        let sound = |value: &f32| if value.is_finite() { f64::from(*value) } else { 0.0 };
        let n = mean.len().min(variance.len());
        Self {
            count,
            mean: mean[..n].iter().map(sound).collect(),
            squares: variance[..n].iter().map(|variance| sound(variance).max(0.0) * count).collect(),
        }
    }

    /// Takes one row in.
    ///
    /// # Errors
    /// [`Error::Dimensions`] and [`Error::NotFinite`]; the moments are then as before.
    pub fn push(&mut self, row: &[f32]) -> Result<()> {
        if row.len() != self.mean.len() {
            return Err(Error::Dimensions { expected: self.mean.len(), got: row.len() });
        }
        if !row.iter().all(|value| value.is_finite()) {
            return Err(Error::NotFinite);
        }
        self.count += 1.0;
        let count = self.count;
        for ((value, mean), squares) in row.iter().zip(&mut self.mean).zip(&mut self.squares) {
            let value = f64::from(*value);
            let before = value - *mean;
            *mean += before / count;
            *squares += before * (value - *mean);
        }
        Ok(())
    }

    /// Rows taken in, those that were expected included.
    pub fn count(&self) -> f64 {
        self.count
    }

    /// Mean of each dimension; zeros before the first row.
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// Population standard deviation of each dimension (divided by the count, not by one less); zeros before the first row.
    pub fn deviation(&self) -> impl Iterator<Item = f64> + '_ {
        let count = if self.count > 0.0 { self.count } else { 1.0 };
        self.squares.iter().map(move |squares| (squares / count).max(0.0).sqrt())
    }
}

/// Takes each dimension to mean 0 and deviation 1. A dimension that does not vary is taken to 0: it tells nothing apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Standardiser {
    mean: Vec<f32>,
    inverse_deviation: Vec<f32>,
}

impl Standardiser {
    /// From moments taken row by row. No rows: everything is taken to 0.
    pub fn from_moments(moments: &Moments) -> Self {
        let inverse = |(mean, deviation): (&f64, f64)| {
            // Below this share of the mean the deviation is rounding of `f32` input, not information.
            let varies = deviation > mean.abs() * f64::from(f32::EPSILON) && deviation > f64::from(f32::MIN_POSITIVE);
            if varies { (1.0 / deviation) as f32 } else { 0.0 }
        };
        Self {
            mean: moments.mean().iter().map(|mean| *mean as f32).collect(),
            inverse_deviation: moments.mean().iter().zip(moments.deviation()).map(inverse).collect(),
        }
    }

    /// From what [`Standardiser::mean`] and [`Standardiser::inverse_deviation`] gave.
    ///
    /// # Errors
    /// [`Error::Dimensions`] where the two differ in length, [`Error::NotFinite`] for a value that is NaN or infinite.
    pub fn from_parts(mean: Vec<f32>, inverse_deviation: Vec<f32>) -> Result<Self> {
        if mean.len() != inverse_deviation.len() {
            return Err(Error::Dimensions { expected: mean.len(), got: inverse_deviation.len() });
        }
        if !mean.iter().chain(&inverse_deviation).all(|value| value.is_finite()) {
            return Err(Error::NotFinite);
        }
        Ok(Self { mean, inverse_deviation })
    }

    /// From the rows of a matrix.
    ///
    /// # Errors
    /// [`Error::Empty`] for no rows, [`Error::NotFinite`] for a value that is NaN or infinite.
    pub fn fit(rows: ArrayView2<'_, f32>) -> Result<Self> {
        if rows.nrows() == 0 {
            return Err(Error::Empty);
        }
        let rows = rows.as_standard_layout();
        let mut moments = Moments::new(rows.ncols());
        for row in rows.rows() {
            moments.push(row.as_slice().unwrap_or_default())?;
        }
        Ok(Self::from_moments(&moments))
    }

    /// Dimensions of the rows it takes.
    pub fn dimensions(&self) -> usize {
        self.mean.len()
    }

    /// Mean of each dimension.
    pub fn mean(&self) -> &[f32] {
        &self.mean
    }

    /// 1 / deviation of each dimension, 0 where it does not vary.
    pub fn inverse_deviation(&self) -> &[f32] {
        &self.inverse_deviation
    }

    /// Standardises a row in place; a surplus on either side is left alone.
    pub fn apply(&self, row: &mut [f32]) {
        for ((value, mean), inverse) in row.iter_mut().zip(&self.mean).zip(&self.inverse_deviation) {
            *value = (*value - mean) * inverse;
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::*;

    #[test]
    fn standardised_rows_have_mean_zero_and_deviation_one() {
        let rows = Array2::from_shape_fn((50, 3), |(i, j)| ((i * 7 + j * 3) % 11) as f32 * (j + 1) as f32 + 100.0);
        let standardiser = Standardiser::fit(rows.view()).unwrap();
        let mut moments = Moments::new(3);
        for row in rows.rows() {
            let mut row = row.to_vec();
            standardiser.apply(&mut row);
            moments.push(&row).unwrap();
        }
        assert!(moments.mean().iter().all(|mean| mean.abs() < 1e-5), "{:?}", moments.mean());
        assert!(moments.deviation().all(|deviation| (deviation - 1.0).abs() < 1e-5));
    }

    #[test]
    fn parts_make_the_same_standardiser_and_bad_ones_none() {
        let made = Standardiser::fit(ndarray::array![[1.0, 2.0], [3.0, 8.0]].view()).unwrap();
        let again = Standardiser::from_parts(made.mean().to_vec(), made.inverse_deviation().to_vec()).unwrap();
        assert_eq!(made, again);
        assert_eq!(Standardiser::from_parts(vec![1.0], vec![]), Err(Error::Dimensions { expected: 1, got: 0 }));
        assert_eq!(Standardiser::from_parts(vec![f32::NAN], vec![1.0]), Err(Error::NotFinite));
    }

    #[test]
    fn expected_rows_count_as_if_they_had_come() {
        let rows = [[1.0, 5.0], [3.0, -1.0], [2.0, 0.5], [7.0, 2.5]];
        let mut all = Moments::new(2);
        rows.iter().for_each(|row| all.push(row).unwrap());
        let mut first = Moments::new(2);
        rows[..2].iter().for_each(|row| first.push(row).unwrap());
        let mean: Vec<f32> = first.mean().iter().map(|mean| *mean as f32).collect();
        let variance: Vec<f32> = first.deviation().map(|deviation| (deviation * deviation) as f32).collect();
        let mut expecting = Moments::expecting(2.0, &mean, &variance);
        rows[2..].iter().for_each(|row| expecting.push(row).unwrap());
        assert_eq!(expecting.count(), 4.0);
        for (got, expected) in expecting.mean().iter().zip(all.mean()).chain(expecting.squares.iter().zip(&all.squares))
        {
            assert!((got - expected).abs() < 1e-5, "{got} for {expected}");
        }
        let hostile = Moments::expecting(f64::NAN, &[f32::NAN, 1.0], &[-1.0, f32::INFINITY]);
        assert!(hostile.mean().iter().chain(&hostile.squares).all(|value| value.is_finite()));
    }

    #[test]
    fn deviation_is_of_the_population() {
        let mut moments = Moments::new(1);
        for value in [1.0, 3.0] {
            moments.push(&[value]).unwrap();
        }
        assert_eq!((moments.count(), moments.mean()), (2.0, [2.0].as_slice()));
        assert_eq!(moments.deviation().collect::<Vec<_>>(), [1.0]);
    }

    #[test]
    fn a_dimension_that_does_not_vary_becomes_zero() {
        let rows = array![[7.0, 1.0], [7.0, 3.0], [7.000_000_5, 5.0]];
        let standardiser = Standardiser::fit(rows.view()).unwrap();
        assert_eq!(standardiser.inverse_deviation()[0], 0.0);
        let mut row = [900.0, 3.0];
        standardiser.apply(&mut row);
        assert_eq!(row, [0.0, 0.0]);
    }

    #[test]
    fn one_row_standardises_to_zeros() {
        let standardiser = Standardiser::fit(array![[3.0, -2.0]].view()).unwrap();
        let mut row = [3.0, -2.0];
        standardiser.apply(&mut row);
        assert_eq!(row, [0.0, 0.0]);
    }

    #[test]
    fn columns_laid_out_the_other_way_fit_alike() {
        let rows = array![[1.0, 2.0], [3.0, 5.0], [4.0, 9.0]];
        let turned = rows.t().as_standard_layout().to_owned();
        assert_eq!(Standardiser::fit(rows.view()), Standardiser::fit(turned.t()));
    }

    #[test]
    fn hostile_rows_are_refused_and_change_nothing() {
        let mut moments = Moments::new(2);
        moments.push(&[1.0, 2.0]).unwrap();
        assert_eq!(moments.push(&[1.0]), Err(Error::Dimensions { expected: 2, got: 1 }));
        assert_eq!(moments.push(&[f32::NAN, 1.0]), Err(Error::NotFinite));
        assert_eq!(moments.push(&[f32::INFINITY, 1.0]), Err(Error::NotFinite));
        assert_eq!((moments.count(), moments.mean()), (1.0, [1.0, 2.0].as_slice()));
        assert_eq!(Standardiser::fit(Array2::zeros((0, 4)).view()), Err(Error::Empty));
    }
}
