//! A large group in coherent parts of equal size.

use ndarray::{ArrayView2, Axis};
use segue_vectors::{dot, squared_euclidean};

use crate::{Error, KMeans, KMeansOptions, Result};

/// Iterations of one halving: where the cut lies matters more than that its two centres have settled.
const ITERATIONS: usize = 20;

/// Splits rows into `parts` parts whose sizes differ by no more than the rounding of the halvings.
///
/// Halves again and again: 2-means finds the direction in which a part is widest apart, and the part is cut across it where
/// the sizes come out right. Costs the rows by the logarithm of the parts.
pub(crate) fn split(
    points: ArrayView2<'_, f32>,
    rows: Vec<usize>,
    parts: usize,
    seed: u64,
    cancelled: &dyn Fn() -> bool,
) -> Result<Vec<Vec<usize>>> {
    let mut done = Vec::new();
    let mut open = vec![(rows, parts)];
    while let Some((mut rows, parts)) = open.pop() {
        if cancelled() {
            return Err(Error::Cancelled);
        }
        if parts < 2 || rows.len() < 2 {
            done.push(rows);
            continue;
        }
        let there = points.select(Axis(0), &rows);
        let options = KMeansOptions { n_init: 2, max_iter: ITERATIONS, seed, ..KMeansOptions::new(2) };
        let halves = KMeans::fit(there.view(), &options, cancelled)?;
        let axis = &halves.centroids.row(1) - &halves.centroids.row(0);
        let axis = axis.as_slice().unwrap_or_default();
        let mut along: Vec<(f32, usize)> = there
            .rows()
            .into_iter()
            .zip(&rows)
            .map(|(point, row)| (point.as_slice().map_or(0.0, |point| dot(point, axis)), *row))
            .collect();
        along.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        rows.clear();
        rows.extend(along.into_iter().map(|(_, row)| row));
        let left = parts / 2;
        let second = rows.split_off(rows.len() * left / parts);
        open.push((second, parts - left));
        open.push((rows, left));
    }
    Ok(done)
}

/// Mean of some rows.
pub(crate) fn mean(points: ArrayView2<'_, f32>, rows: &[usize]) -> Vec<f32> {
    let mut sums = vec![0.0f64; points.ncols()];
    for row in rows {
        sums.iter_mut().zip(points.row(*row)).for_each(|(sum, value)| *sum += f64::from(*value));
    }
    sums.into_iter().map(|sum| (sum / rows.len().max(1) as f64) as f32).collect()
}

/// Distance of a row to a centre.
pub(crate) fn distance(points: ArrayView2<'_, f32>, row: usize, centre: &[f32]) -> f32 {
    points.row(row).as_slice().map_or(f32::INFINITY, |point| squared_euclidean(point, centre).sqrt())
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    #[test]
    fn parts_are_of_equal_size_and_coherent() {
        // Four clouds of 10 on a line.
        let points =
            Array2::from_shape_fn(
                (40, 2),
                |(row, j)| {
                    if j == 0 { (row % 4) as f32 * 10.0 + (row / 4) as f32 * 0.1 } else { 1.0 }
                },
            );
        let parts = split(points.view(), (0..40).collect(), 4, 1, &|| false).unwrap();
        assert_eq!(parts.len(), 4);
        for part in parts {
            assert_eq!(part.len(), 10);
            assert!(part.iter().all(|row| row % 4 == part[0] % 4));
        }
    }

    #[test]
    fn every_row_is_in_one_part_whatever_the_points() {
        for (count, parts) in [(1, 3), (7, 3), (101, 4), (64, 64)] {
            let points = Array2::from_elem((count, 3), 0.5f32);
            let found = split(points.view(), (0..count).collect(), parts, 1, &|| false).unwrap();
            let mut all = found.concat();
            all.sort_unstable();
            assert_eq!(all, (0..count).collect::<Vec<_>>());
            let sizes: Vec<usize> = found.iter().map(Vec::len).collect();
            assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 2, "{sizes:?}");
        }
        let points = Array2::zeros((9, 3));
        assert_eq!(split(points.view(), (0..9).collect(), 3, 1, &|| true), Err(Error::Cancelled));
    }
}
