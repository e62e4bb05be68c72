//! Sets of tracks compared as sets: artists and albums that sound alike.

use segue_vectors::TopK;

use crate::fit::Probe;
use crate::space::spread;
use crate::{Space, TrackId};

/// Members of a set that stand for it, spread evenly over its order.
const MEMBERS: usize = 32;
/// … and while it is only asked which sets are worth comparing in full.
const FIRST_MEMBERS: usize = 8;
/// Sets compared in full, per set wanted and at least.
const COMPARED: usize = 4;
const LEAST_COMPARED: usize = 100;
/// Sets looked at between two questions whether to go on.
const PATIENCE: usize = 64;

impl Space {
    /// The `k` of the sets `others` that are most like the set `of`, by index, nearest first, with their distance, 0..1.
    ///
    /// Of each member of one set the distance to its nearest member of the other is taken, as [`Space::distance`] has it; the
    /// distance of the sets is the mean over the members of both directions, each direction counting half. So a set of
    /// two styles is near to another of the same two, and far from one that lies between them. At most 32 members stand for a set,
    /// spread evenly over the order in which they are given. All sets are compared by eight members each and the plain cosine
    /// distance first, and the best hundred (or four times `k`) in full.
    ///
    /// Tracks that are not in the space are passed over, and so are sets that have none. Empty when it was cancelled.
    pub fn similar_sets(
        &self,
        of: &[TrackId],
        others: &[&[TrackId]],
        k: usize,
        cancelled: &dyn Fn() -> bool,
    ) -> Vec<(usize, f32)> {
        let view = self.view();
        let positions = |set: &[TrackId], most: usize| -> Vec<usize> {
            let known: Vec<usize> = set.iter().filter_map(|id| view.position(*id)).collect();
            spread(&known, most).collect()
        };
        let own = |most: usize| -> Vec<Probe> { positions(of, most).into_iter().map(|own| view.probe(own)).collect() };

        let few = own(FIRST_MEMBERS);
        let mut first = TopK::new(k.saturating_mul(COMPARED).max(LEAST_COMPARED));
        for (index, other) in others.iter().enumerate() {
            if index.is_multiple_of(PATIENCE) && cancelled() {
                return Vec::new();
            }
            // Members that are not known are found out by the few that are looked at, where there are enough of these.
            let members = spread(other, FIRST_MEMBERS).filter_map(|id| view.position(id)).collect::<Vec<_>>();
            let members = if members.is_empty() { positions(other, FIRST_MEMBERS) } else { members };
            if let Some(distance) = between(&few, &members, |probe, member| view.cosine(probe, member)) {
                first.push(distance, index);
            }
        }
        let all = own(MEMBERS);
        let mut nearest = TopK::new(k);
        for (_, index) in first.into_sorted() {
            if cancelled() {
                return Vec::new();
            }
            let members = others.get(index).map(|other| positions(other, MEMBERS)).unwrap_or_default();
            if let Some(distance) = between(&all, &members, |probe, member| view.distance(probe, member)) {
                nearest.push(distance, index);
            }
        }
        nearest.into_sorted().into_iter().map(|(distance, index)| (index, distance)).collect()
    }
}

/// The mean distance to the nearest one of the other set, of both directions. `None` where one is empty.
fn between(own: &[Probe], members: &[usize], distance: impl Fn(&Probe, usize) -> f32) -> Option<f32> {
    if own.is_empty() || members.is_empty() {
        return None;
    }
    let mut to_own = vec![f32::INFINITY; members.len()];
    let mut sum = 0.0;
    for probe in own {
        let mut nearest = f32::INFINITY;
        for (member, to_own) in members.iter().zip(&mut to_own) {
            let distance = distance(probe, *member);
            nearest = nearest.min(distance);
            *to_own = to_own.min(distance);
        }
        sum += nearest;
    }
    Some((sum / own.len() as f32 + to_own.iter().sum::<f32>() / members.len() as f32) / 2.0)
}
