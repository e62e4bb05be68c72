//! A tree of balls over points: which points may lie within a distance of which (Omohundro 1989).
//!
//! In many dimensions balls exclude little. Then most of the work is the distances of leaf by leaf, which are one blocked
//! product each, over the few directions in which points vary most: a distance there is never larger than the whole one.

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView2, Axis, s};
use segue_vectors::{Panels, dot, squared_euclidean};

use crate::pca::covariance;
use crate::points::row;
use crate::{Error, Points, Result};

/// Points in a leaf, at most.
const LEAF: usize = 64;
/// Directions that points are compared in first, where they have clearly more.
const AXES: usize = 32;
/// Points that the directions are taken from.
const SAMPLE: usize = 4096;
/// Rounds of the subspace iteration that finds the directions. They need not be exact, only at right angles.
const ROUNDS: usize = 3;
/// Relative rounding that is allowed for where a distance is compared with a sum of distances.
const SLACK: f32 = 1e-4;

/// Where points are compared first: few directions at right angles, or all dimensions as they are.
#[derive(Debug, Clone)]
pub(crate) struct Directions {
    axes: Option<Array2<f32>>,
    dimensions: usize,
}

impl Directions {
    /// Roughly the principal components of a sample, by subspace iteration on its covariance.
    pub(crate) fn new(points: &Points, cancelled: &dyn Fn() -> bool) -> Result<Self> {
        let dimensions = points.dimensions();
        if dimensions <= 2 * AXES || points.len() <= 2 * AXES {
            return Ok(Self { axes: None, dimensions });
        }
        let step = points.len().div_ceil(SAMPLE);
        let sample = points.centred().slice(s![..;step, ..]).to_owned();
        let covariance = covariance(sample.view(), cancelled)?;
        let mut axes = sample.slice(s![..AXES.min(sample.nrows()), ..]).mapv(f64::from);
        for _ in 0..ROUNDS {
            if cancelled() {
                return Err(Error::Cancelled);
            }
            axes = orthonormal(&axes.dot(&covariance));
        }
        Ok(Self { axes: Some(axes.mapv(|value| value as f32)), dimensions })
    }

    /// Centred rows along the directions.
    pub(crate) fn of(&self, rows: ArrayView2<'_, f32>) -> Array2<f32> {
        self.axes.as_ref().map_or_else(|| rows.to_owned(), |axes| rows.dot(&axes.t()))
    }

    /// By how much rounding may put two rows apart that have at most this squared length.
    pub(crate) fn rounding(&self, square: f32) -> f32 {
        let axes = self.axes.as_ref().map_or(0, Array2::nrows);
        (axes as f32).sqrt() * self.dimensions as f32 * f32::EPSILON * square.sqrt()
    }
}

/// Rows of length 1 at right angles that span what the rows span; dependent ones are left out.
fn orthonormal(rows: &Array2<f64>) -> Array2<f64> {
    let mut found: Vec<Array1<f64>> = Vec::new();
    for row in rows.rows() {
        let mut left = row.to_owned();
        let length = left.dot(&left).sqrt();
        // Twice, because once leaves what rounding made.
        for _ in 0..2 {
            for axis in &found {
                left.scaled_add(-axis.dot(&left), axis);
            }
        }
        let rest = left.dot(&left).sqrt();
        if rest > 1e-8 * length && rest > f64::MIN_POSITIVE {
            found.push(left / rest);
        }
    }
    let mut out = Array2::zeros((found.len(), rows.ncols()));
    out.rows_mut().into_iter().zip(&found).for_each(|(mut row, axis)| row.assign(axis));
    out
}

/// A ball round points that lie side by side.
#[derive(Debug)]
struct Ball {
    range: Range<usize>,
    centre: Vec<f32>,
    radius: f32,
    /// The two halves; of a leaf its number.
    below: Below,
}

#[derive(Debug)]
enum Below {
    Halves(usize, usize),
    Leaf(usize),
}

/// Rows in an order in which near ones lie side by side. A position is a place in that order.
#[derive(Debug)]
pub(crate) struct Tree {
    order: Vec<usize>,
    rows: Array2<f32>,
    balls: Vec<Ball>,
    leaves: Vec<usize>,
    squares: Vec<f32>,
    /// The rows of each leaf, laid out for distances from others.
    panels: Vec<Panels>,
}

impl Tree {
    /// Halves the rows along the dimension in which they vary most, until few are left.
    pub(crate) fn new(rows: &Array2<f32>, cancelled: &dyn Fn() -> bool) -> Result<Self> {
        let mut tree = Self {
            order: (0..rows.nrows()).collect(),
            rows: Array2::zeros((0, rows.ncols())),
            balls: Vec::new(),
            leaves: Vec::new(),
            squares: Vec::new(),
            panels: Vec::new(),
        };
        if rows.nrows() > 0 {
            tree.split(rows, 0..rows.nrows(), cancelled)?;
        }
        tree.rows = rows.select(Axis(0), &tree.order);
        tree.squares = (0..tree.order.len()).map(|at| dot(row(&tree.rows, at), row(&tree.rows, at))).collect();
        let width = rows.ncols();
        let panels = |leaf| {
            let range: Range<usize> = tree.leaf(leaf);
            let values = tree.rows.as_slice().and_then(|all| all.get(range.start * width..range.end * width));
            Panels::new(values.unwrap_or_default(), range.len(), width)
        };
        tree.panels = (0..tree.leaves()).map(panels).collect();
        Ok(tree)
    }

    fn split(&mut self, rows: &Array2<f32>, range: Range<usize>, cancelled: &dyn Fn() -> bool) -> Result<usize> {
        if cancelled() {
            return Err(Error::Cancelled);
        }
        let width = rows.ncols();
        let (mut sums, mut squares) = (vec![0.0f64; width], vec![0.0f64; width]);
        let members = &mut self.order[range.clone()];
        for member in members.iter() {
            for ((sum, square), value) in sums.iter_mut().zip(&mut squares).zip(row(rows, *member)) {
                let value = f64::from(*value);
                *sum += value;
                *square += value * value;
            }
        }
        let count = members.len() as f64;
        let centre: Vec<f32> = sums.iter().map(|sum| (sum / count) as f32).collect();
        let farthest = members.iter().map(|member| squared_euclidean(&centre, row(rows, *member)));
        let radius = farthest.fold(0.0f32, f32::max).sqrt();
        let number = self.balls.len();
        self.balls.push(Ball { range: range.clone(), centre, radius, below: Below::Leaf(self.leaves.len()) });
        if range.len() <= LEAF {
            self.leaves.push(number);
            return Ok(number);
        }
        let variance = |dimension: &usize| squares[*dimension] - sums[*dimension].powi(2) / count;
        let widest = (0..width).max_by(|a, b| variance(a).total_cmp(&variance(b))).unwrap_or_default();
        let value = |member: &usize| row(rows, *member).get(widest).copied().unwrap_or_default();
        let half = members.len() / 2;
        members.select_nth_unstable_by(half, |a, b| value(a).total_cmp(&value(b)).then(a.cmp(b)));
        // Which of two halves a point is in is settled, but not where in it.
        members[..half].sort_unstable();
        members[half..].sort_unstable();
        let middle = range.start + half;
        let low = self.split(rows, range.start..middle, cancelled)?;
        let high = self.split(rows, middle..range.end, cancelled)?;
        self.balls[number].below = Below::Halves(low, high);
        Ok(number)
    }

    /// How many leaves there are.
    pub(crate) fn leaves(&self) -> usize {
        self.leaves.len()
    }

    /// Positions in a leaf.
    pub(crate) fn leaf(&self, leaf: usize) -> Range<usize> {
        self.balls[self.leaves[leaf]].range.clone()
    }

    /// The row that lies at a position.
    pub(crate) fn original(&self, position: usize) -> usize {
        self.order[position]
    }

    /// Leaves of `self` of which a point may lie within `limit` of one in the leaf of `other`, the nearest first.
    pub(crate) fn near(&self, other: &Self, leaf: usize, limit: f32) -> Vec<usize> {
        let from = &other.balls[other.leaves[leaf]];
        let mut found: Vec<(f32, usize)> = Vec::new();
        let mut waiting: Vec<usize> = if self.balls.is_empty() { Vec::new() } else { vec![0] };
        while let Some(ball) = waiting.pop() {
            let ball = &self.balls[ball];
            let distance = squared_euclidean(&from.centre, &ball.centre).sqrt();
            if distance * (1.0 - SLACK) > (from.radius + ball.radius + limit) * (1.0 + SLACK) {
                continue;
            }
            match ball.below {
                Below::Halves(low, high) => waiting.extend([low, high]),
                Below::Leaf(leaf) => found.push((distance, leaf)),
            }
        }
        found.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        found.into_iter().map(|(_, leaf)| leaf).collect()
    }

    /// Calls `visit` for each of `positions` of `other` and each position in a leaf of `self` that may lie within `limit` of it.
    /// What it is not called for lies farther away. When it answers false, the rest of the leaf is left out for that position.
    pub(crate) fn pairs(
        &self,
        leaf: usize,
        other: &Self,
        positions: &[usize],
        limit: f32,
        mut visit: impl FnMut(usize, usize) -> bool,
    ) {
        /// Distances looked at together.
        const LANES: usize = 16;
        let (panels, range) = (&self.panels[leaf], self.leaf(leaf));
        let rows: Vec<&[f32]> = positions.iter().map(|position| row(&other.rows, *position)).collect();
        let squares: Vec<f32> = positions.iter().map(|position| other.squares[*position]).collect();
        let mut distances = vec![0.0f32; rows.len() * panels.stride()];
        panels.distances(&rows, &squares, panels.rounding(), &mut distances);
        for (position, distances) in positions.iter().zip(distances.chunks_exact(panels.stride())) {
            'leaf: for (chunk, lanes) in distances.chunks(LANES).enumerate() {
                if !lanes.iter().fold(false, |any, distance| any | (*distance <= limit)) {
                    continue;
                }
                let first = range.start + chunk * LANES;
                for (there, distance) in (first..range.end).zip(lanes) {
                    if *distance <= limit && !visit(*position, there) {
                        break 'leaf;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;

    fn random(n: usize, dimensions: usize, seed: u64) -> Array2<f32> {
        let mut rng = StdRng::seed_from_u64(seed);
        Array2::from_shape_fn((n, dimensions), |(i, _)| (i % 5) as f32 * 3.0 + rng.random_range(-1.0..1.0))
    }

    #[test]
    fn no_near_pair_is_left_out() {
        for (n, dimensions, limit) in [(1, 3, 1.0), (64, 2, 0.5), (300, 2, 0.3), (500, 90, 6.5), (200, 0, 1.0)] {
            let points = Points::new(random(n, dimensions, 3).view()).unwrap();
            let directions = Directions::new(&points, &|| false).unwrap();
            let tree = Tree::new(&directions.of(points.centred()), &|| false).unwrap();
            let mut found = vec![false; n * n];
            let mut leaves = 0;
            for leaf in 0..tree.leaves() {
                let positions: Vec<usize> = tree.leaf(leaf).collect();
                leaves += positions.len();
                for near in tree.near(&tree, leaf, limit) {
                    tree.pairs(near, &tree, &positions, limit, |a, b| {
                        found[tree.original(a) * n + tree.original(b)] = true;
                        true
                    });
                }
            }
            assert_eq!(leaves, n);
            for a in 0..n {
                for b in 0..n {
                    let near = squared_euclidean(points.row(a), points.row(b)).sqrt() <= limit;
                    assert!(!near || found[a * n + b], "{a} {b}");
                }
            }
            let pairs = found.iter().filter(|found| **found).count();
            assert!(n < 300 || pairs < n * n / 2, "{pairs} of {}", n * n);
        }
    }

    #[test]
    fn directions_are_at_right_angles_and_never_lengthen() {
        let points = Points::new(random(400, 120, 5).view()).unwrap();
        let directions = Directions::new(&points, &|| false).unwrap();
        let axes = directions.axes.clone().unwrap();
        assert!(axes.nrows() > 1 && axes.nrows() <= AXES);
        for ((i, j), product) in axes.dot(&axes.t()).indexed_iter() {
            assert!((product - f32::from(u8::from(i == j))).abs() < 1e-5);
        }
        let along = directions.of(points.centred());
        let rounding = directions.rounding(points.squares().iter().fold(0.0f32, |most, square| most.max(*square)));
        for a in 0..100 {
            let whole = squared_euclidean(points.row(a), points.row(a + 100)).sqrt();
            assert!(squared_euclidean(row(&along, a), row(&along, a + 100)).sqrt() <= whole + rounding);
        }
        // Five corners in one direction: it is found.
        assert!(along.column(0).iter().map(|x| x * x).sum::<f32>() > 0.9 * points.squares().iter().sum::<f32>() * 0.98);
    }
}
