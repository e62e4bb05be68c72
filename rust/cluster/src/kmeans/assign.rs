//! Where points belong, and how sure that is.

use segue_vectors::{Panels, squared_euclidean};

use super::KMeans;
use crate::points::row;
use crate::{Error, Grouping, Points, Result};

/// Rows of one blocked product.
const BATCH: usize = 256;

/// Where points belong.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Assigned {
    /// Per point the row of its nearest centroid, the first of equally near ones.
    pub labels: Vec<usize>,
    /// Per point the Euclidean distance to it.
    pub distances: Vec<f32>,
    /// Per point how sure it belongs there, 0..1: how much nearer the centroid is than the next one,
    /// `1 − nearest / second`; 1 when there is one centroid only.
    pub confidence: Vec<f32>,
}

impl KMeans {
    /// The nearest centroid of each point, also of points that were not among those grouped, such as the rest of a
    /// library when a sample was.
    ///
    /// # Errors
    /// [`Error::Size`] for points of other dimensions, [`Error::ClusterCount`] without centroids, [`Error::Cancelled`].
    pub fn assign(&self, points: &Points, cancelled: &dyn Fn() -> bool) -> Result<Assigned> {
        let (k, dimensions) = self.centroids.dim();
        if points.dimensions() != dimensions {
            return Err(Error::Size { what: "dimensions", expected: dimensions, got: points.dimensions() });
        }
        if k == 0 {
            return Err(Error::ClusterCount { k, points: points.len() });
        }
        let centroids = points.centre(self.centroids.as_standard_layout().into_owned());
        let panels = Panels::new(centroids.as_slice().unwrap_or_default(), k, dimensions);
        let stride = panels.stride();
        let mut lower = vec![0.0f32; BATCH.min(points.len()) * stride];
        let mut assigned = Assigned::default();
        for first in (0..points.len()).step_by(BATCH) {
            if cancelled() {
                return Err(Error::Cancelled);
            }
            let batch = first..(first + BATCH).min(points.len());
            let rows: Vec<&[f32]> = batch.clone().map(|point| points.row(point)).collect();
            panels.distances(&rows, &points.squares()[batch], panels.rounding(), &mut lower);
            for (point, lower) in rows.iter().zip(lower.chunks_exact(stride)) {
                let (label, nearest, second) = nearest_two(point, &lower[..k], |label| row(&centroids, label));
                assigned.labels.push(label);
                assigned.distances.push(nearest);
                assigned.confidence.push(confidence(nearest, second));
            }
        }
        Ok(assigned)
    }

    /// In the shape that all algorithms share. `points` are those that were grouped.
    ///
    /// # Errors
    /// As [`KMeans::assign`], and [`Error::Size`] for another number of points.
    pub fn into_grouping(self, points: &Points, cancelled: &dyn Fn() -> bool) -> Result<Grouping> {
        if points.len() != self.labels.len() {
            return Err(Error::Size { what: "points", expected: self.labels.len(), got: points.len() });
        }
        let confidence = self.assign(points, cancelled)?.confidence;
        Ok(Grouping {
            centroids: self.centroids,
            labels: self.labels.into_iter().map(Some).collect(),
            distances: self.distances,
            confidence,
            probabilities: None,
            finer: None,
        })
    }
}

/// The nearest centroid, the distance to it, and that to the next one (infinite where there is none), of which lower
/// bounds are known.
fn nearest_two<'a>(point: &[f32], lower: &[f32], centroid: impl Fn(usize) -> &'a [f32]) -> (usize, f32, f32) {
    let (mut label, mut nearest, mut second) = (0, f32::INFINITY, f32::INFINITY);
    // Begun at the least bound, so that few others need a distance.
    let least = (0..lower.len()).min_by(|a, b| lower[*a].total_cmp(&lower[*b])).unwrap_or_default();
    for other in std::iter::once(least).chain((0..lower.len()).filter(|other| *other != least)) {
        if lower[other] > second {
            continue;
        }
        let distance = squared_euclidean(point, centroid(other)).sqrt();
        if (distance, other) < (nearest, label) || nearest == f32::INFINITY {
            second = nearest;
            (label, nearest) = (other, distance);
        } else if distance < second {
            second = distance;
        }
    }
    (label, nearest, second)
}

fn confidence(nearest: f32, second: f32) -> f32 {
    if second > 0.0 { (1.0 - nearest / second).clamp(0.0, 1.0) } else { 0.0 }
}
