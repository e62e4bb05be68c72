//! Ways from one track to another, in even steps.

use std::collections::HashSet;

use crate::chain::step;
use crate::corridor::{Country, Leg};
use crate::repeats::{Heard, SAME_SOUND};
use crate::{Error, Result, Space, TrackId, Wishes};

/// Longest way.
const LONGEST: usize = 1000;

/// A wish for a way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PathRequest {
    /// Tracks that it touches, in this order: two for a path, more for a journey. Each is on it once, where it stands first;
    /// if the last is the first again, the way comes back to where it began and ends one step before it.
    pub waypoints: Vec<TrackId>,
    /// Tracks wanted, waypoints included: at most 1,000 or as many as there are waypoints, and no fewer than these.
    pub length: usize,
}

/// A way.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PathFound {
    /// The tracks in order, each with its cosine distance (0..2) to the one before it; 0 for the first.
    pub tracks: Vec<(TrackId, f32)>,
    /// The largest of these distances.
    pub largest_step: f32,
    /// Where it jumps between two islands of music that no chain of ordinary steps connects: the index of the track after
    /// the jump. Asked only where there is to be a track between two waypoints.
    pub jumps: Vec<usize>,
}

impl Space {
    /// The way through the waypoints, solved as a whole between each two of them and not from song to song: of all chains
    /// of the wanted length through the tracks that lie between the two, one whose largest step is (within 15 %) as small as
    /// it can be; of these one in which the same artist is heard twice in a row as rarely as can be; of these the one with the
    /// smallest squares of steps and the most even progress.
    ///
    /// Between two waypoints at the cosine distance D
    /// - no step is larger than D, and each track lies farther along the straight line from one to the other than the track
    ///   before;
    /// - no step leads back, that is nearer to the first or farther from the second, by more than a twentieth of D.
    ///
    /// Where so few tracks lie between the two that the way would be shorter than wanted, a step may be as large as an ordinary one
    /// (1.5 times the distance that tracks there usually have to their third nearest neighbour) and lead back by as much. If that
    /// is not enough either, the way is shorter than wanted. No recording comes twice: by handle, fingerprint, artist and
    /// title, or sound and length.
    ///
    /// Several waypoints share the length by their distances. With a single one, or from one to itself, the way is a walk
    /// round its neighbourhood. Waypoints are on it whatever the listener thinks of them.
    ///
    /// # Errors
    /// [`Error::NoSeed`] without waypoints, [`Error::UnknownTrack`] for one that is not in the space or not admitted,
    /// [`Error::Cancelled`].
    pub fn path(&self, request: &PathRequest, wishes: &Wishes<'_>, cancelled: &dyn Fn() -> bool) -> Result<PathFound> {
        let view = self.view();
        let country = Country { space: self, view: &view, wishes, cancelled };
        let mut stops: Vec<usize> = Vec::new();
        let mut known = HashSet::new();
        for id in &request.waypoints {
            let position = view.position(*id).filter(|_| (wishes.admit)(*id)).ok_or(Error::UnknownTrack { id: *id })?;
            if known.insert(position) {
                stops.push(position);
            }
        }
        let Some(first) = stops.first().copied() else { return Err(Error::NoSeed { given: 0 }) };
        if request.waypoints.len() == 1 || request.waypoints.first() == request.waypoints.last() {
            stops.push(first);
        }
        let closed = stops.len() > 1 && stops.last() == Some(&first);
        let journey = Journey::new(country, stops);
        let between = request.length.min(LONGEST).saturating_sub(known.len());
        let legs = journey.legs(between)?;
        Ok(journey.found(&legs, closed))
    }
}

/// A way through several stops.
struct Journey<'a> {
    country: Country<'a>,
    stops: Vec<usize>,
    /// How long each leg is in the space; cosine distances are halves of squared ones.
    lengths: Vec<f32>,
    heard: Heard,
}

impl<'a> Journey<'a> {
    fn new(country: Country<'a>, stops: Vec<usize>) -> Self {
        let mut heard = Heard::default();
        stops.iter().for_each(|stop| heard.add(country.view, *stop));
        let points: Vec<_> = stops.iter().map(|stop| country.view.point(*stop)).collect();
        let distance = |pair: &[crate::Point]| match pair {
            [a, b] => a.cosine_distance(b),
            _ => 0.0,
        };
        let lengths = points.windows(2).map(|pair| (2.0 * distance(pair)).sqrt()).collect();
        Self { country, stops, lengths, heard }
    }

    /// The legs, with `between` tracks in all. What one of them cannot hold goes to the others.
    fn legs(&self, between: usize) -> Result<Vec<Leg>> {
        let mut most = vec![usize::MAX; self.lengths.len()];
        let legs = self.through(&shares(&self.lengths, &most, between))?;
        let found: usize = legs.iter().map(|leg| leg.between.len()).sum();
        let wanted = shares(&self.lengths, &most, between);
        let mut any_full = false;
        for ((most, leg), wanted) in most.iter_mut().zip(&legs).zip(wanted) {
            if leg.between.len() < wanted {
                *most = leg.between.len();
            } else {
                any_full = true;
            }
        }
        if found == between || !any_full {
            return Ok(legs);
        }
        let again = self.through(&shares(&self.lengths, &most, between))?;
        let found_again: usize = again.iter().map(|leg| leg.between.len()).sum();
        Ok(if found_again > found { again } else { legs })
    }

    fn through(&self, counts: &[usize]) -> Result<Vec<Leg>> {
        let mut heard = self.heard.clone();
        let mut legs = Vec::with_capacity(counts.len());
        for ((stops, length), count) in self.stops.windows(2).zip(&self.lengths).zip(counts) {
            if (self.country.cancelled)() {
                return Err(Error::Cancelled);
            }
            let &[from, to] = stops else { continue };
            let leg = if length * length / 2.0 < SAME_SOUND {
                self.country.walk(from, to, *count, &heard)?
            } else {
                self.country.leg(from, to, *count, &heard)?
            };
            leg.between.iter().for_each(|position| heard.add(self.country.view, *position));
            legs.push(leg);
        }
        Ok(legs)
    }

    fn found(&self, legs: &[Leg], closed: bool) -> PathFound {
        let view = self.country.view;
        let ids = self.country.space.ids_by_position();
        let mut found = PathFound::default();
        let mut before: Option<Vec<f32>> = None;
        let mut visit = |position: usize, jump: bool| {
            let point = view.point(position).coordinates().to_vec();
            let size = before.as_ref().map_or(0.0, |before| step(before, &point));
            before = Some(point);
            if jump {
                found.jumps.push(found.tracks.len());
            }
            found.largest_step = found.largest_step.max(size);
            found.tracks.extend(ids.get(position).map(|id| (*id, size)));
        };
        self.stops.iter().take(1).for_each(|stop| visit(*stop, false));
        let last = legs.len().saturating_sub(1);
        for (number, (leg, stop)) in legs.iter().zip(self.stops.iter().skip(1)).enumerate() {
            leg.between.iter().enumerate().for_each(|(step, position)| visit(*position, leg.jumps.contains(&step)));
            if !(closed && number == last) {
                visit(*stop, leg.jumps.contains(&leg.between.len()));
            }
        }
        found
    }
}

/// Shares `total` out by weight, to none more than its `most`; rounded so that all is given out.
fn shares(weights: &[f32], most: &[usize], total: usize) -> Vec<usize> {
    let capped: usize = most.iter().filter(|most| **most < usize::MAX).sum();
    let open = total.saturating_sub(capped) as f64;
    let weight = |index: usize| if most[index] == usize::MAX { f64::from(weights[index].max(1e-6)) } else { 0.0 };
    let sum: f64 = (0..weights.len()).map(weight).sum();
    let (mut passed, mut given) = (0.0, 0usize);
    (0..weights.len())
        .map(|index| {
            if most[index] < usize::MAX {
                return most[index];
            }
            passed += weight(index);
            let until = (open * passed / sum).round() as usize;
            let share = until.saturating_sub(given);
            given += share;
            share
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_go_by_weight_and_give_out_all() {
        let open = [usize::MAX; 3];
        assert_eq!(shares(&[1.0, 2.0, 1.0], &open, 8), [2, 4, 2]);
        assert_eq!(shares(&[1.0, 1.0, 1.0], &open, 10).iter().sum::<usize>(), 10);
        assert_eq!(shares(&[1.0, 2.0, 1.0], &[usize::MAX, 1, usize::MAX], 8), [4, 1, 3]);
        assert_eq!(shares(&[0.0, 0.0, 0.0], &open, 3).iter().sum::<usize>(), 3);
        assert!(shares(&[], &[], 5).is_empty());
    }
}
