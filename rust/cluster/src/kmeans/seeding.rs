//! Starts.

use ndarray::{Array2, Axis};
use rand::Rng;
use rand::rngs::StdRng;
use segue_vectors::squared_euclidean_some;

use crate::{Error, Points, Result};

/// Fewest points per cluster in a sample.
const LEAST_PER_CLUSTER: usize = 20;

/// Rows between two questions whether to stop.
const BATCH: usize = 256;

/// Greedy k-means++ on all points or on a sample of them: each centroid is the best of a few points drawn with their
/// squared distance as weight. In the centred space.
pub(super) fn greedy(
    points: &Points,
    sample: Option<usize>,
    k: usize,
    rng: &mut StdRng,
    cancelled: &dyn Fn() -> bool,
) -> Result<Array2<f32>> {
    let all = points.len();
    let rows: Vec<u32> = match sample.map(|sample| sample.max(LEAST_PER_CLUSTER.saturating_mul(k))) {
        Some(sample) if sample < all => {
            let mut rows: Vec<u32> = rand::seq::index::sample(rng, all, sample).iter().map(|row| row as u32).collect();
            // Memory is read in order.
            rows.sort_unstable();
            rows
        }
        _ => (0..all as u32).collect(),
    };
    let candidates = 2 + (k as f64).ln() as usize;
    let mut chosen = vec![rows[rng.random_range(0..rows.len())]];
    let mut squares = vec![f32::INFINITY; rows.len()];
    let mut best = Trial::default();
    best.measure(points, &rows, &squares, chosen[0], cancelled)?;
    std::mem::swap(&mut squares, &mut best.squares);
    let mut other = Trial::default();
    while chosen.len() < k {
        best.inertia = f64::INFINITY;
        let mut choice = chosen[0];
        for _ in 0..candidates {
            let candidate = rows[draw(&squares, rng)];
            other.measure(points, &rows, &squares, candidate, cancelled)?;
            if other.inertia < best.inertia {
                choice = candidate;
                std::mem::swap(&mut best, &mut other);
            }
        }
        chosen.push(choice);
        std::mem::swap(&mut squares, &mut best.squares);
    }
    let chosen: Vec<usize> = chosen.into_iter().map(|row| row as usize).collect();
    Ok(points.centred().select(Axis(0), &chosen))
}

/// What the squared distances to the nearest centroid would be with one more.
#[derive(Default)]
struct Trial {
    squares: Vec<f32>,
    inertia: f64,
    /// Room for a batch of squared distances.
    found: Vec<f32>,
}

impl Trial {
    fn measure(
        &mut self,
        points: &Points,
        rows: &[u32],
        before: &[f32],
        candidate: u32,
        cancelled: &dyn Fn() -> bool,
    ) -> Result<()> {
        let centre = points.row(candidate as usize);
        self.squares.clear();
        self.inertia = 0.0;
        for (rows, before) in rows.chunks(BATCH).zip(before.chunks(BATCH)) {
            if cancelled() {
                return Err(Error::Cancelled);
            }
            squared_euclidean_some(centre, points.as_slice(), rows, &mut self.found);
            for (square, before) in self.found.iter().zip(before) {
                let square = square.min(*before);
                self.inertia += f64::from(square);
                self.squares.push(square);
            }
        }
        Ok(())
    }
}

/// An index drawn with the given weights; any when all are zero.
pub(super) fn draw(weights: &[f32], rng: &mut StdRng) -> usize {
    let total: f64 = weights.iter().map(|weight| f64::from(*weight)).sum();
    if total <= 0.0 {
        return rng.random_range(0..weights.len());
    }
    let mut left = rng.random::<f64>() * total;
    for (index, weight) in weights.iter().enumerate() {
        left -= f64::from(*weight);
        if left < 0.0 {
            return index;
        }
    }
    // Rounding used up the total: the last one with a weight.
    weights.iter().rposition(|weight| *weight > 0.0).unwrap_or_default()
}
