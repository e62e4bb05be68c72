//! A look at the numbers before they are grouped.

use segue_vectors::dot;

use crate::{Error, Result, check_size};

/// Fewer rows than this tell nothing about what is usual.
const FEWEST_FOR_OUTLYING: usize = 10;

/// What counts as bad.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QualityOptions {
    /// How many median deviations beyond the median a row's distance from the middle must be for it to be outlying.
    pub deviations: f32,
}

impl Default for QualityOptions {
    fn default() -> Self {
        Self { deviations: 6.0 }
    }
}

/// What was found. Rows and dimensions by position.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QualityReport {
    /// Rows given, also missing ones.
    pub rows: usize,
    /// Dimensions of each.
    pub dimensions: usize,
    /// Rows that take part: there, and of finite numbers. Outlying ones are among them.
    pub kept: Vec<usize>,
    /// Rows that are missing.
    pub missing: Vec<usize>,
    /// Rows with a value that is NaN, infinite, or so large that squared distances would be.
    pub not_finite: Vec<usize>,
    /// Rows that take part but lie far from the middle of all.
    pub outlying: Vec<usize>,
    /// Dimensions that are the same in all rows that take part.
    pub constant: Vec<usize>,
}

impl QualityReport {
    /// Looks at rows of `dimensions` values; `None` is one that is missing.
    ///
    /// The middle is the median of each dimension. The distance from it is Euclidean, each dimension in units of its mean
    /// absolute deviation, so that no unit outweighs another. A row is outlying when its distance is larger than the
    /// median of all distances by more than [`QualityOptions::deviations`] times the median deviation from that. Of fewer
    /// than 10 rows none is.
    ///
    /// `cancelled` is asked for every dimension.
    ///
    /// # Errors
    /// [`Error::Size`] for a row of another length, [`Error::Cancelled`].
    pub fn new(
        rows: &[Option<&[f32]>],
        dimensions: usize,
        options: &QualityOptions,
        cancelled: &dyn Fn() -> bool,
    ) -> Result<Self> {
        let mut report = Self { rows: rows.len(), dimensions, ..Self::default() };
        let mut kept: Vec<&[f32]> = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            let Some(row) = row else {
                report.missing.push(index);
                continue;
            };
            check_size("dimensions", dimensions, row.len())?;
            // NaN makes the comparison false.
            if dot(row, row) < f32::MAX / 8.0 {
                report.kept.push(index);
                kept.push(row);
            } else {
                report.not_finite.push(index);
            }
        }
        let mut squares = vec![0.0f32; kept.len()];
        let mut column = Vec::with_capacity(kept.len());
        for dimension in 0..dimensions {
            if cancelled() {
                return Err(Error::Cancelled);
            }
            column.clear();
            column.extend(kept.iter().filter_map(|row| row.get(dimension)).copied());
            let (least, most) = column
                .iter()
                .fold((f32::INFINITY, f32::NEG_INFINITY), |(least, most), value| (least.min(*value), most.max(*value)));
            if most - least <= f32::EPSILON * most.abs().max(least.abs()) {
                report.constant.push(dimension);
                continue;
            }
            let middle = median(&mut column);
            let unit = column.iter().map(|value| f64::from((value - middle).abs())).sum::<f64>() / column.len() as f64;
            let per_unit = (1.0 / unit.max(f64::from(f32::MIN_POSITIVE))) as f32;
            for (square, row) in squares.iter_mut().zip(&kept) {
                *square += row.get(dimension).map_or(0.0, |value| ((value - middle) * per_unit).powi(2));
            }
        }
        if kept.len() >= FEWEST_FOR_OUTLYING {
            let distances: Vec<f32> = squares.iter().map(|square| square.sqrt()).collect();
            let usual = median(&mut distances.clone());
            let mut deviations: Vec<f32> = distances.iter().map(|distance| (distance - usual).abs()).collect();
            let mean = deviations.iter().map(|x| f64::from(*x)).sum::<f64>() / deviations.len() as f64;
            // Where half of all rows are alike, the median says nothing about the others.
            let spread = median(&mut deviations).max(if usual == 0.0 { mean as f32 } else { 0.0 });
            let limit = usual * (1.0 + 1e-5) + options.deviations * spread;
            let outlying = report.kept.iter().zip(&distances).filter(|(_, distance)| **distance > limit);
            report.outlying = outlying.map(|(index, _)| *index).collect();
        }
        Ok(report)
    }

    /// Rows that take part.
    pub fn taking_part(&self) -> usize {
        self.kept.len()
    }
}

/// The upper median; the order of the values changes. 0 of none.
fn median(values: &mut [f32]) -> f32 {
    let middle = values.len() / 2;
    if values.is_empty() { 0.0 } else { *values.select_nth_unstable_by(middle, f32::total_cmp).1 }
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;

    fn look(rows: &[Option<Vec<f32>>], dimensions: usize) -> Result<QualityReport> {
        let rows: Vec<Option<&[f32]>> = rows.iter().map(Option::as_deref).collect();
        QualityReport::new(&rows, dimensions, &QualityOptions::default(), &|| false)
    }

    #[test]
    fn everything_bad_is_found() {
        let mut rng = StdRng::seed_from_u64(1);
        let mut rows: Vec<Option<Vec<f32>>> = (0..200)
            .map(|_| {
                Some(vec![rng.random_range(0.0..1.0), 7.0, rng.random_range(0.0..1e6), rng.random_range(-1.0..1.0)])
            })
            .collect();
        rows[3] = None;
        rows[4] = Some(vec![f32::NAN, 7.0, 0.0, 0.0]);
        rows[5] = Some(vec![0.5, 7.0, f32::NEG_INFINITY, 0.0]);
        rows[6] = Some(vec![0.5, 7.0, 3e38, 0.0]);
        // Far out in the dimension whose unit is the smallest.
        rows[7] = Some(vec![0.5, 7.0, 5e5, 30.0]);
        let report = look(&rows, 4).unwrap();
        assert_eq!((report.rows, report.dimensions, report.taking_part()), (200, 4, 196));
        assert_eq!((report.missing, report.not_finite), (vec![3], vec![4, 5, 6]));
        assert_eq!((report.outlying, report.constant), (vec![7], vec![1]));
        assert!(report.kept.contains(&7) && !report.kept.contains(&4));
    }

    #[test]
    fn music_that_is_all_alike_has_no_outliers() {
        let report = look(&vec![Some(vec![1.0, 2.0]); 50], 2).unwrap();
        assert_eq!((report.outlying.len(), report.constant, report.kept.len()), (0, vec![0, 1], 50));
        let mut rng = StdRng::seed_from_u64(2);
        let even: Vec<_> =
            (0..500).map(|_| Some(vec![rng.random_range(0.0..1.0), rng.random_range(0.0..1.0)])).collect();
        assert_eq!(look(&even, 2).unwrap().outlying, [0usize; 0]);
    }

    #[test]
    fn empty_and_small_libraries_and_rows_of_another_length() {
        assert_eq!(
            look(&[], 5).unwrap(),
            QualityReport { dimensions: 5, constant: vec![0, 1, 2, 3, 4], ..Default::default() }
        );
        assert_eq!(look(&[Some(vec![1.0])], 1).unwrap().kept, [0]);
        assert_eq!(look(&[None, None], 1).unwrap().missing, [0, 1]);
        let error = look(&[Some(vec![1.0])], 2);
        assert_eq!(error, Err(Error::Size { what: "dimensions", expected: 2, got: 1 }));
        let cancelled = QualityReport::new(&[], 1, &QualityOptions::default(), &|| true);
        assert_eq!(cancelled, Err(Error::Cancelled));
    }
}
