//! Eigenvalues and eigenvectors of a symmetric matrix, in steps small enough to be cancelled.

use nalgebra::{DMatrix, SymmetricTridiagonal};
use ndarray::{Array2, s};

use crate::{Error, Result};

/// Rotations of one eigenvalue after which it is taken as it is. Three or four are usual.
const MOST_SWEEPS: usize = 64;

/// Eigenvalues, the largest first, none below 0, and the eigenvectors as rows. The matrix is brought to three diagonals by
/// Householder reflections; the rest is the QL algorithm with implicit shifts (Bowdler, Martin, Reinsch, Wilkinson 1968).
///
/// Meant for covariances: of a matrix with negative eigenvalues these are given as 0.
pub(crate) fn eigen(matrix: &Array2<f64>, cancelled: &dyn Fn() -> bool) -> Result<(Vec<f64>, Array2<f64>)> {
    let n = matrix.nrows();
    if n < 2 {
        return Ok((matrix.iter().map(|value| value.max(0.0)).collect(), Array2::ones((n, n))));
    }
    let check = || if cancelled() { Err(Error::Cancelled) } else { Ok(()) };
    check()?;
    let tridiagonal = SymmetricTridiagonal::new(DMatrix::from_fn(n, n, |i, j| matrix[[i, j]]));
    check()?;
    let (turned, diagonal, beside) = tridiagonal.unpack();
    check()?;
    // Eigenvectors lie in rows here, so that a rotation runs over two stretches of memory.
    let mut vectors = Array2::from_shape_fn((n, n), |(i, j)| turned[(j, i)]);
    let mut values: Vec<f64> = diagonal.iter().copied().collect();
    let mut beside: Vec<f64> = beside.iter().copied().chain([0.0]).collect();
    for first in 0..n {
        for _ in 0..MOST_SWEEPS {
            check()?;
            let apart = |i: &usize| beside[*i].abs() <= f64::EPSILON * (values[*i].abs() + values[i + 1].abs());
            let last = (first..n - 1).find(apart).unwrap_or(n - 1);
            if last == first {
                break;
            }
            sweep(&mut values, &mut beside, &mut vectors, first, last);
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|a, b| values[*b].total_cmp(&values[*a]));
    let sorted = Array2::from_shape_fn((n, n), |(i, j)| vectors[[order[i], j]]);
    Ok((order.into_iter().map(|index| values[index].max(0.0)).collect(), sorted))
}

/// One implicit QL step on the rows `first..=last`.
fn sweep(values: &mut [f64], beside: &mut [f64], vectors: &mut Array2<f64>, first: usize, last: usize) {
    let slope = (values[first + 1] - values[first]) / (2.0 * beside[first]);
    let shift = slope + slope.hypot(1.0).copysign(slope);
    let mut g = values[last] - values[first] + beside[first] / shift;
    let (mut sine, mut cosine, mut moved) = (1.0, 1.0, 0.0);
    for i in (first..last).rev() {
        let (f, b) = (sine * beside[i], cosine * beside[i]);
        let length = f.hypot(g);
        beside[i + 1] = length;
        if length == 0.0 {
            // The matrix fell in two: the next step begins with the smaller part.
            values[i + 1] -= moved;
            beside[last] = 0.0;
            return;
        }
        (sine, cosine) = (f / length, g / length);
        g = values[i + 1] - moved;
        let r = (values[i] - g) * sine + 2.0 * cosine * b;
        moved = sine * r;
        values[i + 1] = g + moved;
        g = cosine * r - b;
        let (mut upper, mut lower) = vectors.multi_slice_mut((s![i, ..], s![i + 1, ..]));
        ndarray::Zip::from(&mut upper).and(&mut lower).for_each(|upper, lower| {
            let before = *lower;
            *lower = sine * *upper + cosine * before;
            *upper = cosine * *upper - sine * before;
        });
    }
    values[first] -= moved;
    beside[first] = g;
    beside[last] = 0.0;
}

#[cfg(test)]
mod tests {
    use nalgebra::SymmetricEigen;
    use ndarray::array;
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;

    fn random_covariance(n: usize, rank: usize, seed: u64) -> Array2<f64> {
        let mut rng = StdRng::seed_from_u64(seed);
        let rows = Array2::from_shape_fn((rank, n), |(i, _)| rng.random_range(-1.0..1.0) / (i + 1) as f64);
        rows.t().dot(&rows)
    }

    #[test]
    fn agrees_with_nalgebra() {
        for (n, rank) in [(2, 2), (3, 1), (17, 17), (40, 12), (60, 100)] {
            let matrix = random_covariance(n, rank, n as u64);
            let (values, vectors) = eigen(&matrix, &|| false).unwrap();
            let expected = SymmetricEigen::new(DMatrix::from_fn(n, n, |i, j| matrix[[i, j]])).eigenvalues;
            let mut expected: Vec<f64> = expected.iter().copied().collect();
            expected.sort_by(|a, b| b.total_cmp(a));
            for (value, expected) in values.iter().zip(&expected) {
                assert!((value - expected.max(0.0)).abs() < 1e-12 * expected.abs().max(1.0) + 1e-13);
            }
            let together = vectors.dot(&vectors.t());
            assert!(together.indexed_iter().all(|((i, j), x)| (x - f64::from(u8::from(i == j))).abs() < 1e-12));
            let spread = vectors.dot(&matrix).dot(&vectors.t());
            for ((i, j), x) in spread.indexed_iter() {
                assert!((x - if i == j { values[i] } else { 0.0 }).abs() < 1e-11);
            }
        }
    }

    #[test]
    fn matrices_that_are_diagonal_zero_or_tiny_work() {
        let (values, _) = eigen(&array![[2.0, 0.0, 0.0], [0.0, 5.0, 0.0], [0.0, 0.0, 0.0]], &|| false).unwrap();
        assert_eq!(values, [5.0, 2.0, 0.0]);
        assert_eq!(eigen(&Array2::zeros((4, 4)), &|| false).unwrap().0, [0.0; 4]);
        assert_eq!(eigen(&array![[3.0]], &|| false).unwrap(), (vec![3.0], array![[1.0]]));
        assert_eq!(eigen(&Array2::zeros((0, 0)), &|| false).unwrap().0, [0.0; 0]);
        assert!(eigen(&(random_covariance(6, 6, 1) * 1e-300), &|| false).unwrap().0.iter().all(|x| x.is_finite()));
    }

    #[test]
    fn cancel_ends_it() {
        assert_eq!(eigen(&random_covariance(5, 5, 1), &|| true), Err(Error::Cancelled));
    }
}
