//! Points made ready once for every algorithm and every run.

use ndarray::{Array2, ArrayView1, ArrayView2};
use segue_vectors::dot;

use crate::{Error, Result};

/// Points row by row, less their mean, so that no digits are lost where they lie far from zero.
///
/// Making them copies and checks every value; runs then share them, also across threads.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    rows: Array2<f32>,
    mean: Vec<f32>,
    squares: Vec<f32>,
    total_variance: f64,
}

impl Points {
    /// From the rows of a matrix of any layout; it may be empty.
    ///
    /// # Errors
    /// [`Error::NotFinite`] for a row with a value that is NaN, infinite, or so large that squared distances would be.
    pub fn new(points: ArrayView2<'_, f32>) -> Result<Self> {
        check_finite(points)?;
        Ok(Self::made_of(points.as_standard_layout().into_owned()))
    }

    /// Like [`Points::new`], in the memory of the matrix where its layout allows.
    ///
    /// # Errors
    /// As there.
    pub fn from_rows(points: Array2<f32>) -> Result<Self> {
        check_finite(points.view())?;
        let points = if points.is_standard_layout() { points } else { points.as_standard_layout().into_owned() };
        Ok(Self::made_of(points))
    }

    fn made_of(mut rows: Array2<f32>) -> Self {
        let points = rows.view();
        let count = points.nrows().max(1) as f64;
        let mut sums = vec![0.0f64; points.ncols()];
        for row in points.rows() {
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += f64::from(*value));
        }
        let mean: Vec<f32> = sums.into_iter().map(|sum| (sum / count) as f32).collect();
        shift(&mut rows, &mean, -1.0);
        let squares: Vec<f32> =
            rows.rows().into_iter().map(|row| row.as_slice().map_or(0.0, |row| dot(row, row))).collect();
        let total_variance = squares.iter().map(|square| f64::from(*square)).sum::<f64>() / count;
        Self { rows, mean, squares, total_variance }
    }

    /// How many points.
    pub fn len(&self) -> usize {
        self.rows.nrows()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Dimensions of each point.
    pub fn dimensions(&self) -> usize {
        self.mean.len()
    }

    /// All points, less their mean.
    pub fn centred(&self) -> ArrayView2<'_, f32> {
        self.rows.view()
    }

    /// A point, less the mean; empty when there is no such point.
    pub fn row(&self, index: usize) -> &[f32] {
        row(&self.rows, index)
    }

    /// The same values one row after the other.
    pub fn as_slice(&self) -> &[f32] {
        self.rows.as_slice().unwrap_or_default()
    }

    /// The mean that was taken off.
    pub fn mean(&self) -> &[f32] {
        &self.mean
    }

    /// Per point its squared distance from the mean.
    pub fn squares(&self) -> &[f32] {
        &self.squares
    }

    /// Mean of [`Points::squares`]: the sum of the variances of all dimensions (divided by the count, not by one less).
    pub fn total_variance(&self) -> f64 {
        self.total_variance
    }

    /// Takes rows that lie in the space of the points given, such as centroids of another run, to the centred one.
    pub fn centre(&self, mut rows: Array2<f32>) -> Array2<f32> {
        shift(&mut rows, &self.mean, -1.0);
        rows
    }

    /// Takes rows of the centred space, such as centroids, back to that of the points given.
    pub fn restore(&self, mut rows: Array2<f32>) -> Array2<f32> {
        shift(&mut rows, &self.mean, 1.0);
        rows
    }
}

fn shift(rows: &mut Array2<f32>, by: &[f32], sign: f32) {
    for mut row in rows.rows_mut() {
        row.iter_mut().zip(by).for_each(|(value, by)| *value += sign * by);
    }
}

/// A row of a matrix that is known to be in row-major order; empty when there is no such row.
pub(crate) fn row(matrix: &Array2<f32>, index: usize) -> &[f32] {
    let width = matrix.ncols();
    matrix.as_slice().and_then(|all| all.get(index * width..(index + 1) * width)).unwrap_or_default()
}

/// Whether every value, and every squared distance of two rows, is a finite number.
pub(crate) fn check_finite(rows: ArrayView2<'_, f32>) -> Result<()> {
    // A squared distance is up to four times the larger square.
    let sound = |row: ArrayView1<'_, f32>| row.iter().map(|x| x * x).sum::<f32>() < f32::MAX / 8.0;
    match rows.rows().into_iter().position(|row| !sound(row)) {
        Some(row) => Err(Error::NotFinite { row }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn points_are_centred_and_measured() {
        let points = Points::new(array![[1.0f32, 10.0], [3.0, 10.0], [5.0, 40.0]].view()).unwrap();
        assert_eq!((points.len(), points.dimensions(), points.mean()), (3, 2, &[3.0f32, 20.0][..]));
        assert_eq!(points.row(2), [2.0, 20.0]);
        assert_eq!(points.row(3), [0.0f32; 0]);
        assert_eq!(points.squares(), [104.0, 100.0, 404.0]);
        assert!((points.total_variance() - 608.0 / 3.0).abs() < 1e-9);
        assert_eq!(points.restore(points.centred().to_owned()), array![[1.0f32, 10.0], [3.0, 10.0], [5.0, 40.0]]);
        assert_eq!(points.centre(array![[3.0f32, 21.0]]), array![[0.0f32, 1.0]]);
    }

    #[test]
    fn layout_makes_no_difference() {
        let rows = Array2::from_shape_fn((5, 3), |(i, j)| ((i * 7 + j * 5) % 11) as f32);
        let by_columns = rows.t().as_standard_layout().into_owned();
        assert_eq!(Points::new(rows.view()), Points::new(by_columns.t()));
        assert_eq!(Points::new(rows.view()), Points::from_rows(by_columns.reversed_axes()));
        assert_eq!(Points::new(rows.view()), Points::from_rows(rows));
    }

    #[test]
    fn nothing_is_no_error_and_hostile_values_are() {
        let empty = Points::new(Array2::zeros((0, 4)).view()).unwrap();
        assert!(empty.is_empty() && empty.total_variance() == 0.0 && empty.dimensions() == 4);
        assert_eq!(Points::new(Array2::zeros((3, 0)).view()).unwrap().len(), 3);
        for hostile in [f32::NAN, f32::INFINITY, -f32::MAX] {
            let mut rows = Array2::zeros((4, 2));
            rows[[2, 1]] = hostile;
            assert_eq!(Points::new(rows.view()), Err(Error::NotFinite { row: 2 }));
            assert_eq!(Points::from_rows(rows), Err(Error::NotFinite { row: 2 }));
        }
    }
}
