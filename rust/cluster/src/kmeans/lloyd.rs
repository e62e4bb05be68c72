//! Lloyd's iterations, of which bounds spare most distances.
//!
//! As in Elkan 2003, each point has an upper bound of the distance to its own centroid and a lower one of that to every
//! other; a centroid that moved by `m` makes them `m` looser. Only where the bounds meet are distances computed. Instead of
//! changing all bounds in every iteration, each is kept together with how far its centroid had travelled by then
//! ([`Bounds`]): a point whose bounds hold is read and not written. A second lower bound, of the nearest of all other
//! centroids (Hamerly 2010), lets most points be passed over without looking at the rest.
//!
//! Elkan's third kind of bound, half the distance between centroids, costs more here than it spares: in many dimensions
//! points lie farther from their centroid than centroids from each other.

use ndarray::Array2;
use segue_vectors::{Panels, accumulate, below, squared_euclidean, squared_euclidean_some};

use super::{KMeans, KMeansOptions, Outcome};
use crate::points::row;
use crate::{Error, Points, Result};

/// Rows between two questions whether to stop, and rows of one blocked product.
const BATCH: usize = 256;

/// Most lower bounds that are kept (128 MB); where there are more, every distance is computed in every iteration.
const MOST_BOUNDS: usize = 1 << 25;

/// Steps as good as the last one, within which a run must come below what it competes with.
const PATIENCE: f64 = 20.0;

/// Steps before a run is judged.
const LEAST_STEPS: usize = 3;

/// What rounding can do to a bound, as a share of it and of the ways.
const PADDING: f32 = 4.0 * f32::EPSILON;

/// A point with more than a `DENSE`th of its bounds broken is measured together with others: a distance by itself costs about
/// four times as much as one in a blocked product.
const DENSE: usize = 4;

/// With so many broken bounds, the upper one is made tight first.
const FEW: usize = 4;

/// One run.
pub(super) struct Lloyd<'a> {
    points: &'a Points,
    cancelled: &'a dyn Fn() -> bool,
    centroids: Array2<f32>,
    panels: Panels,
    labels: Vec<usize>,
    /// Per cluster the sum of its points, kept up as points change over.
    sums: Vec<f64>,
    counts: Vec<usize>,
    bounds: Bounds,
    /// Lower bounds of a few rows at a time, where they are not kept.
    scratch: Vec<f32>,
    /// Room for squared distances.
    found: Vec<f32>,
    changed: usize,
}

/// Bounds of the distances from points to centroids, each with the way that its centroid had travelled when it was made.
struct Bounds {
    /// Per point of the distance to its own centroid, less that centroid's way.
    upper: Vec<f32>,
    /// Per point and centroid, plus that centroid's way; infinite for its own. Empty where there would be too many.
    lower: Vec<f32>,
    /// Per point the least of `lower`, plus the longest way.
    least: Vec<f32>,
    /// Way of each centroid since the start, filled up to the stride of the panels.
    way: Vec<f32>,
    /// Sum of the longest step of each iteration.
    longest: f32,
    /// Bounds per point.
    stride: usize,
}

impl<'a> Lloyd<'a> {
    /// From centroids in the centred space, at least one and at most one per point.
    pub(super) fn new(points: &'a Points, start: Array2<f32>, cancelled: &'a dyn Fn() -> bool) -> Result<Self> {
        Self::with_bounds(points, start, MOST_BOUNDS, cancelled)
    }

    /// Like [`Lloyd::new`], with another limit than [`MOST_BOUNDS`].
    pub(super) fn with_bounds(
        points: &'a Points,
        start: Array2<f32>,
        most: usize,
        cancelled: &'a dyn Fn() -> bool,
    ) -> Result<Self> {
        let (n, k) = (points.len(), start.nrows());
        let panels = Panels::new(start.as_slice().unwrap_or_default(), k, points.dimensions());
        let stride = panels.stride();
        let kept = n.saturating_mul(stride) <= most;
        let bounds = Bounds {
            upper: vec![0.0; n],
            lower: vec![0.0; if kept { n * stride } else { 0 }],
            least: vec![0.0; n],
            way: vec![0.0; stride],
            longest: 0.0,
            stride,
        };
        let mut run = Self {
            points,
            cancelled,
            sums: vec![0.0; start.len()],
            centroids: start,
            panels,
            labels: vec![0; n],
            counts: vec![0; k],
            bounds,
            scratch: Vec::new(),
            found: Vec::new(),
            changed: 0,
        };
        run.assign_all()?;
        for (index, label) in run.labels.iter().enumerate() {
            run.counts[*label] += 1;
            let width = points.dimensions();
            accumulate(&mut run.sums[label * width..(label + 1) * width], points.row(index), 1.0);
        }
        Ok(run)
    }

    /// To the end. As in scikit-learn: that is when no label changes or when the centroids stand still, in the latter
    /// case after one more assignment, so that labels and centroids belong together.
    pub(super) fn run(self, options: &KMeansOptions) -> Result<KMeans> {
        match self.run_against(options, None)? {
            Outcome::Finished(found) => Ok(found),
            // Nothing to compete with: it cannot be.
            Outcome::Abandoned { .. } => Err(Error::Cancelled),
        }
    }

    /// Like [`Lloyd::run`], unless it looks as if the inertia would not come below `abandon_above`.
    pub(super) fn run_against(mut self, options: &KMeansOptions, abandon_above: Option<f64>) -> Result<Outcome> {
        let still = options.tol * self.points.total_variance() / self.points.dimensions().max(1) as f64;
        let mut before = f64::INFINITY;
        let mut iterations = 0;
        loop {
            iterations += 1;
            let movement = self.centre()?;
            if let Some(limit) = abandon_above {
                let inertia = self.inertia_of_means();
                if iterations >= LEAST_STEPS && inertia - PATIENCE * (before - inertia) > limit {
                    return Ok(Outcome::Abandoned { inertia, iterations });
                }
                before = inertia;
            }
            self.reassign()?;
            if self.changed == 0 || movement <= still || iterations >= options.max_iter {
                return Ok(Outcome::Finished(self.finish(iterations)));
            }
        }
    }

    fn finish(self, iterations: usize) -> KMeans {
        let own =
            |(index, label): (usize, &usize)| squared_euclidean(self.points.row(index), row(&self.centroids, *label));
        let mut distances: Vec<f32> = self.labels.iter().enumerate().map(own).collect();
        let inertia = distances.iter().map(|square| f64::from(*square)).sum();
        distances.iter_mut().for_each(|distance| *distance = distance.sqrt());
        KMeans { centroids: self.points.restore(self.centroids), labels: self.labels, distances, inertia, iterations }
    }

    fn check(&self) -> Result<()> {
        if (self.cancelled)() { Err(Error::Cancelled) } else { Ok(()) }
    }

    /// Inertia where each cluster has its mean as centroid: Σ|x|² − Σ n|c|², without a look at the points.
    fn inertia_of_means(&self) -> f64 {
        let width = self.points.dimensions().max(1);
        let squares = self.points.total_variance() * self.points.len() as f64;
        let explained = |(sum, count): (&[f64], &usize)| {
            sum.iter().map(|value| value * value).sum::<f64>() / (*count).max(1) as f64
        };
        squares - self.sums.chunks_exact(width).zip(&self.counts).map(explained).sum::<f64>()
    }

    /// Takes each centroid to the mean of its points; gives the sum of squared movements. An empty cluster first takes
    /// over the point farthest from its centroid out of a cluster that can spare one.
    fn centre(&mut self) -> Result<f64> {
        if self.counts.contains(&0) {
            self.fill_empty()?;
        }
        let width = self.points.dimensions();
        let mut movement = 0.0;
        let mut longest = 0.0f64;
        for (label, mut centroid) in self.centroids.rows_mut().into_iter().enumerate() {
            let share = 1.0 / self.counts[label].max(1) as f64;
            let mut step = 0.0;
            for (value, sum) in centroid.iter_mut().zip(&self.sums[label * width..(label + 1) * width]) {
                let mean = (sum * share) as f32;
                step += f64::from(mean - *value).powi(2);
                *value = mean;
            }
            movement += step;
            let step = step.sqrt();
            longest = longest.max(step);
            // Rounded up, as bounds must be.
            self.bounds.way[label] = (self.bounds.way[label] + step as f32) * (1.0 + f32::EPSILON);
        }
        self.bounds.longest = (self.bounds.longest + longest as f32) * (1.0 + f32::EPSILON);
        Ok(movement)
    }

    fn fill_empty(&mut self) -> Result<()> {
        self.check()?;
        let distance =
            |index: usize| squared_euclidean(self.points.row(index), row(&self.centroids, self.labels[index]));
        let mut farthest: Vec<(f32, usize)> = (0..self.labels.len()).map(|index| (distance(index), index)).collect();
        farthest.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut farthest = farthest.into_iter().map(|(_, index)| index);
        for empty in (0..self.counts.len()).filter(|label| self.counts[*label] == 0).collect::<Vec<_>>() {
            if let Some(point) = farthest.find(|point| self.counts[self.labels[*point]] > 1) {
                let from = self.labels[point];
                self.move_point(point, empty);
                // Nothing is known of it but that the next look must be a close one.
                self.bounds.upper[point] = f32::MAX;
                if let Some(lower) = self.bounds.lower.get_mut(point * self.bounds.stride..) {
                    if let Some(lower) = lower.get_mut(from) {
                        *lower = 0.0;
                    }
                    if let Some(lower) = lower.get_mut(empty) {
                        *lower = f32::INFINITY;
                    }
                }
            }
        }
        Ok(())
    }

    fn move_point(&mut self, point: usize, to: usize) {
        let from = std::mem::replace(&mut self.labels[point], to);
        let width = self.points.dimensions();
        self.counts[from] -= 1;
        self.counts[to] += 1;
        accumulate(&mut self.sums[from * width..(from + 1) * width], self.points.row(point), -1.0);
        accumulate(&mut self.sums[to * width..(to + 1) * width], self.points.row(point), 1.0);
        self.changed += 1;
    }

    /// Assigns every point, from nothing known.
    fn assign_all(&mut self) -> Result<()> {
        for first in (0..self.points.len()).step_by(BATCH) {
            self.check()?;
            let which: Vec<usize> = (first..(first + BATCH).min(self.points.len())).collect();
            self.measure(&which, false);
        }
        Ok(())
    }

    /// Assigns the points whose bounds do not hold.
    fn reassign(&mut self) -> Result<()> {
        self.changed = 0;
        self.panels.set(self.centroids.as_slice().unwrap_or_default(), self.counts.len(), self.points.dimensions());
        let mut dense = Vec::with_capacity(BATCH);
        let mut hits = Vec::new();
        for first in (0..self.points.len()).step_by(BATCH) {
            self.check()?;
            for point in first..(first + BATCH).min(self.points.len()) {
                if !self.look_at(point, &mut hits) {
                    dense.push(point);
                }
            }
            self.measure(&dense, true);
            dense.clear();
        }
        Ok(())
    }

    /// Assigns one point by its bounds and a few distances. False when so many bounds are broken that all distances
    /// together cost less.
    fn look_at(&mut self, point: usize, hits: &mut Vec<u32>) -> bool {
        let bounds = &mut self.bounds;
        let (label, longest) = (self.labels[point], bounds.longest);
        let loose = padded(bounds.upper[point] + bounds.way[label], longest);
        if loose <= bounds.least[point] - longest {
            return true;
        }
        let stride = bounds.stride;
        let Some(lower) = bounds.lower.get_mut(point * stride..(point + 1) * stride) else {
            let own = exact(self.points, &self.centroids, point, label, &mut self.found);
            bounds.upper[point] = own - bounds.way[label];
            return padded(own, longest) <= bounds.least[point] - longest;
        };
        let least = below(lower, &bounds.way, loose, hits);
        if hits.is_empty() {
            bounds.least[point] = least + longest;
            return true;
        }
        let (x, rows) = (self.points.row(point), self.centroids.as_slice().unwrap_or_default());
        if hits.len() >= FEW {
            // Most of so many are due to a loose upper bound.
            let own = exact(self.points, &self.centroids, point, label, &mut self.found);
            bounds.upper[point] = own - bounds.way[label];
            let tight = padded(own, longest);
            hits.retain(|other| lower[*other as usize] - bounds.way[*other as usize] < tight);
            if hits.len() * DENSE >= stride {
                return false;
            }
        }
        hits.push(label as u32);
        squared_euclidean_some(x, rows, hits, &mut self.found);
        let mut own = self.found.last().map_or(0.0, |square| square.sqrt());
        let mut nearest = label;
        hits.pop();
        for (other, square) in hits.iter().map(|hit| *hit as usize).zip(&self.found) {
            let distance = square.sqrt();
            lower[other] = distance + bounds.way[other];
            if (distance, other) < (own, nearest) {
                lower[nearest] = own + bounds.way[nearest];
                lower[other] = f32::INFINITY;
                (own, nearest) = (distance, other);
            }
        }
        bounds.upper[point] = own - bounds.way[nearest];
        // Of those just measured it knows only what was known before, which is less: they will be looked at again.
        bounds.least[point] = least + longest;
        if nearest != label {
            self.move_point(point, nearest);
        }
        true
    }

    /// Assigns points by all their distances, the first of equally near centroids.
    fn measure(&mut self, which: &[usize], labelled: bool) {
        let points = self.points;
        let stride = self.bounds.stride;
        let rows: Vec<&[f32]> = which.iter().map(|point| points.row(*point)).collect();
        let squares: Vec<f32> = which.iter().map(|point| points.squares()[*point]).collect();
        self.scratch.resize(self.scratch.len().max(which.len() * stride), 0.0);
        self.panels.distances(&rows, &squares, self.panels.rounding(), &mut self.scratch);
        let k = self.counts.len();
        for (slot, point) in which.iter().copied().enumerate() {
            let lower = &mut self.scratch[slot * stride..(slot + 1) * stride];
            // The products are not exact: what they leave open is decided by the distances themselves.
            let mut nearest = smallest(&lower[..k]);
            let mut own = exact(points, &self.centroids, point, nearest, &mut self.found);
            lower[nearest] = f32::INFINITY;
            for other in 0..k {
                if lower[other] <= own {
                    let distance = exact(points, &self.centroids, point, other, &mut self.found);
                    lower[other] = distance;
                    if (distance, other) < (own, nearest) {
                        lower[nearest] = own;
                        lower[other] = f32::INFINITY;
                        (own, nearest) = (distance, other);
                    }
                }
            }
            let bounds = &mut self.bounds;
            bounds.upper[point] = own - bounds.way[nearest];
            bounds.least[point] = lower[smallest(&lower[..k])] + bounds.longest;
            if let Some(kept) = bounds.lower.get_mut(point * stride..(point + 1) * stride) {
                for ((kept, lower), way) in kept.iter_mut().zip(lower.iter()).zip(&bounds.way) {
                    *kept = lower + way;
                }
            }
            if !labelled {
                self.labels[point] = nearest;
            } else if nearest != self.labels[point] {
                self.move_point(point, nearest);
            }
        }
    }
}

/// A bound with what rounding may have taken from it and from what it is compared with, where no way is over `longest`.
fn padded(bound: f32, longest: f32) -> f32 {
    bound + PADDING * (bound.abs() + longest)
}

/// Distance of a point to a centroid, computed as all others are; `room` is for the answer.
fn exact(points: &Points, centroids: &Array2<f32>, point: usize, label: usize, room: &mut Vec<f32>) -> f32 {
    squared_euclidean_some(points.row(point), centroids.as_slice().unwrap_or_default(), &[label as u32], room);
    room.first().map_or(0.0, |square| square.sqrt())
}

/// Place of the smallest value, the first of several.
fn smallest(values: &[f32]) -> usize {
    let mut least = (0, f32::INFINITY);
    for (place, value) in values.iter().enumerate() {
        if *value < least.1 {
            least = (place, *value);
        }
    }
    least.0
}
