//! The directions in which rows differ most.

use ndarray::{Array2, ArrayView2};

/// Rounds of the subspace iteration. The share of the rows' squares that is kept settles long before the directions do.
const ROUNDS: usize = 12;

/// About the `count` orthonormal directions that keep most of the rows' squares (no mean is taken off), one per row of the
/// result; fewer where the rows span fewer. By subspace iteration (Halko, Martinsson, Tropp 2011) from the rows themselves, so
/// that the same rows give the same directions. Rows with what is no number give none.
pub fn principal_directions(rows: ArrayView2<'_, f32>, count: usize) -> Array2<f32> {
    let dimensions = rows.ncols();
    let count = count.min(dimensions).min(rows.nrows());
    let squares = rows.t().dot(&rows);
    if count == 0 || !squares.iter().all(|value| value.is_finite()) {
        return Array2::zeros((0, dimensions));
    }
    // Spread over the rows, which may lie in order of something.
    let chosen: Vec<usize> = (0..count).map(|i| i * rows.nrows() / count).collect();
    let mut basis = rows.select(ndarray::Axis(0), &chosen);
    for _ in 0..ROUNDS {
        orthonormalise(&mut basis);
        basis = basis.dot(&squares);
    }
    let kept = orthonormalise(&mut basis);
    basis.select(ndarray::Axis(0), &kept)
}

/// Gram and Schmidt, each row twice; rows that the ones before it span become zeros. Those that are not.
fn orthonormalise(basis: &mut Array2<f32>) -> Vec<usize> {
    /// What is left of a row of length 1 that the others span, give or take rounding.
    const NOTHING: f32 = 1e-4;
    let mut kept = Vec::with_capacity(basis.nrows());
    for row in 0..basis.nrows() {
        let (before, mut rest) = basis.view_mut().split_at(ndarray::Axis(0), row);
        let mut current = rest.row_mut(0);
        let Some(current) = current.as_slice_mut() else { continue };
        crate::normalise(current);
        for _ in 0..2 {
            for other in before.rows() {
                let Some(other) = other.as_slice() else { continue };
                let common = crate::dot(current, other);
                current.iter_mut().zip(other).for_each(|(value, other)| *value -= common * other);
            }
        }
        if crate::norm(current) > NOTHING {
            crate::normalise(current);
            kept.push(row);
        } else {
            current.fill(0.0);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;

    #[test]
    fn keeps_what_three_strong_directions_hold_and_is_orthonormal() {
        let mut rng = StdRng::seed_from_u64(3);
        // Twenty dimensions, of which three carry nearly everything, mixed by a rotation in pairs.
        let rows = Array2::from_shape_fn((300, 20), |(_, column)| {
            rng.random_range(-1.0..1.0f32) * if column < 3 { 5.0 } else { 0.1 }
        });
        let mut turned = rows.clone();
        for column in 0..10 {
            let (a, b) = (rows.column(column).to_owned(), rows.column(column + 10).to_owned());
            turned.column_mut(column).assign(&((&a + &b) * std::f32::consts::FRAC_1_SQRT_2));
            turned.column_mut(column + 10).assign(&((&a - &b) * std::f32::consts::FRAC_1_SQRT_2));
        }
        let directions = principal_directions(turned.view(), 3);
        assert_eq!(directions.dim(), (3, 20));
        let products = directions.dot(&directions.t());
        for ((i, j), value) in products.indexed_iter() {
            assert!((value - if i == j { 1.0 } else { 0.0 }).abs() < 1e-4);
        }
        let kept: f32 = turned.dot(&directions.t()).iter().map(|value| value * value).sum();
        let all: f32 = turned.iter().map(|value| value * value).sum();
        assert!(kept / all > 0.99, "{}", kept / all);
    }

    #[test]
    fn what_spans_less_gives_less() {
        let rows = array![[1.0, 2.0, 0.0], [2.0, 4.0, 0.0], [-1.0, -2.0, 0.0]];
        assert_eq!(principal_directions(rows.view(), 3).nrows(), 1);
        assert_eq!(principal_directions(Array2::zeros((4, 3)).view(), 3).nrows(), 0);
        assert_eq!(principal_directions(array![[f32::NAN, 1.0]].view(), 1).nrows(), 0);
        assert_eq!(principal_directions(Array2::zeros((0, 3)).view(), 3).nrows(), 0);
    }
}
