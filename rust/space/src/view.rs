//! What the algorithms of this room ask of its core: nothing else knows how rows are stored, standardised or corrected.

use std::sync::RwLockReadGuard;

use segue_vectors::TopK;

use crate::fit::{Fit, Probe};
use crate::{Error, Neighbour, Result, Space, TrackFacts, TrackId};

/// How soft the minimum over several seeds is, in units of distance: a seed farther away by this much counts 1/e.
pub(crate) const SOFTNESS: f32 = 0.1;

/// A place in the space that need not be a track: the middle of some tracks, or what is left of one when another is taken
/// from it. In the geometry of the cosine distance, of any length but zero.
#[derive(Debug, Clone, PartialEq)]
pub struct Point(Vec<f32>);

impl Point {
    /// The weighted sum of points, scaled to length 1; weights may be negative. `None` where nothing is left: no points,
    /// points of different spaces, weights that are no numbers, or a sum of zero.
    pub fn sum(points: &[(&Self, f32)]) -> Option<Self> {
        let width = points.first()?.0.0.len();
        let mut sum = vec![0.0f32; width];
        for (point, weight) in points {
            if point.0.len() != width {
                return None;
            }
            sum.iter_mut().zip(&point.0).for_each(|(sum, value)| *sum += weight * value);
        }
        let length = segue_vectors::normalise(&mut sum);
        (length > 0.0 && length.is_finite()).then_some(Self(sum))
    }

    /// Cosine distance to another point of the same space, 0..2.
    pub fn cosine_distance(&self, other: &Self) -> f32 {
        (1.0 - segue_vectors::dot(&self.0, &other.0)).clamp(0.0, 2.0)
    }

    /// Its coordinates.
    pub fn coordinates(&self) -> &[f32] {
        &self.0
    }

    /// A point from coordinates that [`Point::coordinates`] gave.
    pub fn from_coordinates(coordinates: Vec<f32>) -> Self {
        Self(coordinates)
    }
}

/// The space as it stands, with statistics that do not change while it is looked at.
#[derive(Debug)]
pub(crate) struct View<'a> {
    space: &'a Space,
    fit: RwLockReadGuard<'a, Fit>,
}

impl View<'_> {
    /// The track at `position`, which is in range, made ready to be compared with many.
    pub(crate) fn probe(&self, position: usize) -> Probe {
        self.fit.probe(&self.space.layout, position, &self.space.rows)
    }

    /// A point made ready to be compared with many.
    pub(crate) fn probe_of(&self, point: &Point) -> Probe {
        self.fit.probe_of(&self.space.layout, &point.0, &self.space.rows)
    }

    /// The track at `position` as a point, of length 1.
    pub(crate) fn point(&self, position: usize) -> Point {
        Point(self.fit.unit(&self.space.layout, &self.space.rows.get(&self.space.layout, position)))
    }

    /// Cosine distance of a probe to the track at `position`, 0..2: how different they sound, whatever else is in the library.
    pub(crate) fn cosine(&self, probe: &Probe, position: usize) -> f32 {
        self.fit.cosine_distance(&self.space.layout, probe, position, &self.space.rows)
    }

    /// The distance that callers see, 0..1: corrected so that no track is near to everybody.
    pub(crate) fn distance(&self, probe: &Probe, position: usize) -> f32 {
        self.fit.correct(self.cosine(probe, position), probe, position)
    }

    /// What is known of the track at `position` beside its sound.
    pub(crate) fn facts(&self, position: usize) -> &TrackFacts {
        self.space.facts_at(position)
    }

    /// The row of a track.
    pub(crate) fn position(&self, id: TrackId) -> Option<usize> {
        self.space.position(id)
    }

    /// The `k` tracks nearest to any of the probes that `admit` lets in, nearest first, equal ones by handle.
    ///
    /// The distance is the soft minimum over the probes: near to one is near, near to several is nearer still. No mean is
    /// taken, so a collection of two kinds of music gets neighbours of both kinds and none from the middle.
    pub(crate) fn nearest(&self, probes: &[Probe], k: usize, admit: &dyn Fn(TrackId) -> bool) -> Vec<Neighbour> {
        let mut top = TopK::new(k);
        let mut distances = Vec::with_capacity(probes.len());
        let ids = self.space.ids_by_position();
        let mut look = |position: usize, id: TrackId| {
            distances.clear();
            let mut nearest_cosine = f32::INFINITY;
            for probe in probes {
                let cosine = self.cosine(probe, position);
                nearest_cosine = nearest_cosine.min(cosine);
                distances.push(self.fit.correct(cosine, probe, position));
            }
            // Far away, the corrected distance runs into 1; the cosine distance (never negative, so its bits sort as it
            // does) still tells such tracks apart.
            top.push(soft_minimum(&distances), (nearest_cosine.to_bits(), id));
        };
        match self.fit.candidates(probes, k, &|position| ids.get(position).is_some_and(|id| admit(*id))) {
            Some(few) => few.into_iter().for_each(|position| look(position, ids[position])),
            None => ids.iter().enumerate().filter(|(_, id)| admit(**id)).for_each(|(position, id)| look(position, *id)),
        }
        let neighbours = top.into_sorted().into_iter();
        neighbours.map(|(distance, (_, id))| Neighbour { id, distance }).collect()
    }
}

impl Space {
    /// The space as it stands.
    pub(crate) fn view(&self) -> View<'_> {
        View { space: self, fit: self.fit() }
    }

    /// How far two tracks are from each other, 0..1, as [`Space::nearest`] says it.
    ///
    /// # Errors
    /// [`Error::UnknownTrack`] when one is not in the space.
    pub fn distance(&self, a: TrackId, b: TrackId) -> Result<f32> {
        let view = self.view();
        let position = |id| view.position(id).ok_or(Error::UnknownTrack { id });
        let (a, b) = (position(a)?, position(b)?);
        Ok(view.distance(&view.probe(a), b))
    }

    /// A track as a point.
    ///
    /// # Errors
    /// [`Error::UnknownTrack`] when it is not in the space.
    pub fn point(&self, id: TrackId) -> Result<Point> {
        let view = self.view();
        let position = view.position(id).ok_or(Error::UnknownTrack { id })?;
        Ok(view.point(position))
    }

    /// The `k` tracks nearest to any of some points that `admit` lets in, nearest first. Points of another space are as far
    /// from all.
    pub fn nearest_to_points(&self, points: &[Point], k: usize, admit: &dyn Fn(TrackId) -> bool) -> Vec<Neighbour> {
        let view = self.view();
        let width = self.dimensions() + self.layout.len();
        let probes: Vec<Probe> =
            points.iter().filter(|point| point.0.len() == width).map(|point| view.probe_of(point)).collect();
        if probes.is_empty() { Vec::new() } else { view.nearest(&probes, k, admit) }
    }
}

/// −s·ln(mean(exp(−d / s))): the minimum when the others are far, lower than the mean always.
pub(crate) fn soft_minimum(distances: &[f32]) -> f32 {
    let minimum = distances.iter().copied().fold(f32::INFINITY, f32::min);
    if distances.len() < 2 {
        return minimum;
    }
    let sum: f32 = distances.iter().map(|distance| ((minimum - distance) / SOFTNESS).exp()).sum();
    minimum - SOFTNESS * (sum / distances.len() as f32).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BlockSpec;

    #[test]
    pub(crate) fn soft_minimum_prefers_what_is_near_to_several() {
        assert_eq!(soft_minimum(&[0.3]), 0.3);
        assert!((soft_minimum(&[0.3, 0.3, 0.3]) - 0.3).abs() < 1e-6);
        assert!(soft_minimum(&[0.1, 0.1]) < soft_minimum(&[0.1, 0.9]));
        assert!(soft_minimum(&[0.1, 0.9]) < soft_minimum(&[0.4, 0.4]));
        assert!((0.0..=1.0).contains(&soft_minimum(&[0.0, 1.0])));
    }

    /// Sixty tracks of two blocks round a circle.
    fn circle() -> Space {
        let block = |name: &str| BlockSpec { name: name.to_owned(), dimensions: 2, weight: 1.0 };
        let mut space = Space::new(vec![block("a"), block("b")]).unwrap();
        for id in 0..60u32 {
            let angle = id as f32 / 60.0 * std::f32::consts::TAU;
            let row = [angle.cos(), angle.sin()];
            space.insert(id, &[&row, &row], TrackFacts::default()).unwrap();
        }
        space
    }

    #[test]
    fn a_track_as_a_point_has_the_tracks_neighbours() {
        let space = circle();
        let point = space.point(7).unwrap();
        let by_point = space.nearest_to_points(&[point], 10, &|id| id != 7);
        let by_track = space.nearest(7, 10, &|_| true).unwrap();
        // Those to the left and to the right are equally far.
        let ids = |found: &[Neighbour]| {
            let mut ids: Vec<TrackId> = found.iter().map(|near| near.id).collect();
            ids.sort_unstable();
            ids
        };
        assert_eq!(ids(&by_point), ids(&by_track));
        assert!(by_point.iter().zip(&by_track).all(|(a, b)| (a.distance - b.distance).abs() < 0.05));
    }

    #[test]
    fn distance_is_the_neighbours_distance_and_the_same_both_ways() {
        let space = circle();
        let nearest = space.nearest(3, 5, &|_| true).unwrap();
        for near in nearest {
            assert!((space.distance(3, near.id).unwrap() - near.distance).abs() < 1e-6);
            assert!((space.distance(near.id, 3).unwrap() - near.distance).abs() < 1e-5);
        }
        assert_eq!(space.distance(3, 99), Err(Error::UnknownTrack { id: 99 }));
    }

    #[test]
    fn the_sum_of_two_lies_between_them() {
        let space = circle();
        let (a, b) = (space.point(0).unwrap(), space.point(10).unwrap());
        let middle = Point::sum(&[(&a, 1.0), (&b, 1.0)]).unwrap();
        assert_eq!(space.nearest_to_points(std::slice::from_ref(&middle), 1, &|_| true)[0].id, 5);
        assert!(middle.cosine_distance(&a) < a.cosine_distance(&b));
        assert!(Point::sum(&[]).is_none());
        assert!(Point::sum(&[(&a, 1.0), (&a, -1.0)]).is_none());
        assert!(Point::sum(&[(&a, f32::NAN)]).is_none());
        assert!(space.nearest_to_points(&[Point::from_coordinates(vec![1.0])], 3, &|_| true).is_empty());
    }
}
