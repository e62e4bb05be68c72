//! What a mix is round: seeds and points, in groups that each get their share of it.

use std::collections::{HashMap, HashSet};

use crate::fit::Probe;
use crate::view::View;
use crate::{MixRequest, Origin, Point, TrackId, Wishes};

/// Groups of seeds that each get their own share: each is a search of the library.
const GROUPS: usize = 8;
/// Tracks of a group that the library is compared with.
const PROBES: usize = 2;
/// Seeds that are put into groups; of more, so many are taken, spread evenly over the order they are given in.
const GROUPED: usize = 256;
/// Rounds of grouping; few seeds change their group after three.
const ROUNDS: usize = 5;

/// What a mix is round.
pub(crate) struct Around {
    groups: Vec<Group>,
}

/// Seeds that sound alike.
struct Group {
    origins: Vec<Origin>,
    probes: Vec<Probe>,
    /// Of the whole, 0..1.
    share: f32,
}

/// A track near what the mix is round.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Near {
    pub(crate) id: TrackId,
    pub(crate) position: usize,
    /// To the nearest group, 0..1.
    pub(crate) distance: f32,
    group: usize,
}

/// A seed or point.
struct Anchor {
    origin: Origin,
    weight: f32,
    place: Place,
}

enum Place {
    Track(usize),
    Point(Point),
}

impl Anchor {
    fn probe(&self, view: &View<'_>) -> Probe {
        match &self.place {
            Place::Track(position) => view.probe(*position),
            Place::Point(point) => view.probe_of(point),
        }
    }

    fn point(&self, view: &View<'_>) -> Point {
        match &self.place {
            Place::Track(position) => view.point(*position),
            Place::Point(point) => point.clone(),
        }
    }
}

impl Around {
    /// The seeds and points of a request; where there are none, its queue. `None` where that gives nothing either.
    /// `width` is that of the points of this space.
    pub(crate) fn new(view: &View<'_>, request: &MixRequest, width: Option<usize>) -> Option<Self> {
        let mut anchors = seeds(view, request.seeds.iter().copied());
        anchors.extend(points(request, width));
        if anchors.is_empty() {
            anchors = seeds(view, request.queue.iter().map(|id| (*id, 1.0)));
        }
        let anchors: Vec<Anchor> = spread(anchors, GROUPED);
        let total: f32 = anchors.iter().map(|anchor| anchor.weight).sum();
        let group = |members: Vec<&Anchor>| {
            let share = members.iter().map(|member| member.weight).sum::<f32>() / total;
            let compared = spread(members, PROBES);
            let (origins, probes) = compared.iter().map(|member| (member.origin, member.probe(view))).unzip();
            Group { origins, probes, share }
        };
        let groups: Vec<Group> = grouped(view, &anchors).into_iter().map(group).collect();
        (!groups.is_empty()).then_some(Self { groups })
    }

    /// The nearest that may be seen and are not among `besides`, each group having its share: of any first so many tracks
    /// about that part is the group's own. Also whether the library has no more. `k` are looked for; fewer come where the
    /// listener wants some of them never.
    pub(crate) fn nearest(
        &self,
        view: &View<'_>,
        k: usize,
        wishes: &Wishes<'_>,
        besides: &HashSet<TrackId>,
    ) -> (Vec<Near>, bool) {
        let sought = k.saturating_add(besides.len());
        let mut whole = true;
        let mut best: HashMap<TrackId, usize> = HashMap::new();
        let mut all: Vec<(f32, Near)> = Vec::new();
        for (group, around) in self.groups.iter().enumerate() {
            let found = view.nearest(&around.probes, sought, wishes.admit);
            whole &= found.len() < sought;
            let wanted = found.iter().filter(|near| !besides.contains(&near.id) && wishes.allows(near.id));
            for (rank, near) in wanted.enumerate() {
                let Some(position) = view.position(near.id) else { continue };
                let rank = (rank + 1) as f32 / around.share;
                let near = Near { id: near.id, position, distance: near.distance, group };
                if self.groups.len() == 1 {
                    all.push((rank, near));
                    continue;
                }
                let slot = *best.entry(near.id).or_insert(all.len());
                match all.get_mut(slot) {
                    None => all.push((rank, near)),
                    Some((best_rank, best)) => {
                        let distance = best.distance.min(near.distance);
                        if rank < *best_rank {
                            (*best_rank, *best) = (rank, near);
                        }
                        best.distance = distance;
                    }
                }
            }
        }
        if self.groups.len() > 1 {
            let order = |a: &(f32, Near), b: &(f32, Near)| {
                a.0.total_cmp(&b.0).then(a.1.distance.total_cmp(&b.1.distance)).then(a.1.id.cmp(&b.1.id))
            };
            all.sort_unstable_by(order);
        }
        all.truncate(k);
        (all.into_iter().map(|(_, near)| near).collect(), whole)
    }

    /// The seed or point that a track is nearest to.
    pub(crate) fn origin(&self, view: &View<'_>, near: &Near) -> Origin {
        let Some(group) = self.groups.get(near.group) else { return Origin::Unknown };
        let far = |probe: &Probe| view.cosine(probe, near.position);
        let nearest = group.origins.iter().zip(&group.probes).map(|(origin, probe)| (*origin, far(probe)));
        nearest.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(Origin::Unknown, |(origin, _)| origin)
    }
}

/// The tracks that are in the space, each once with all its weight, in the order given.
fn seeds(view: &View<'_>, given: impl Iterator<Item = (TrackId, f32)>) -> Vec<Anchor> {
    let mut anchors: Vec<Anchor> = Vec::new();
    let mut slots: HashMap<TrackId, usize> = HashMap::new();
    for (id, weight) in given {
        let weight = if weight > 0.0 && weight.is_finite() { weight } else { 1.0 };
        let Some(position) = view.position(id) else { continue };
        match slots.get(&id).and_then(|slot| anchors.get_mut(*slot)) {
            Some(anchor) => anchor.weight += weight,
            None => {
                slots.insert(id, anchors.len());
                anchors.push(Anchor { origin: Origin::NearSeed(id), weight, place: Place::Track(position) });
            }
        }
    }
    anchors
}

/// The points that are of this space.
fn points(request: &MixRequest, width: Option<usize>) -> Vec<Anchor> {
    let usable = |point: &Point| {
        let coordinates = point.coordinates();
        Some(coordinates.len()) == width && coordinates.iter().all(|value| value.is_finite())
    };
    let points = request.points.iter().enumerate().filter(|(_, point)| usable(point));
    let anchor = |(index, point): (usize, &Point)| Anchor {
        origin: Origin::NearPoint(index),
        weight: 1.0,
        place: Place::Point(point.clone()),
    };
    points.map(anchor).collect()
}

/// Groups of what sounds alike: by spherical k-means (Dhillon, Modha 2001) from far apart beginnings. A few stand each for
/// themselves.
fn grouped<'a>(view: &View<'_>, anchors: &'a [Anchor]) -> Vec<Vec<&'a Anchor>> {
    if anchors.len() <= GROUPS {
        return anchors.iter().map(|anchor| vec![anchor]).collect();
    }
    let points: Vec<Point> = anchors.iter().map(|anchor| anchor.point(view)).collect();
    let mut centres: Vec<Point> = points.first().cloned().into_iter().collect();
    let mut apart = vec![f32::INFINITY; points.len()];
    while let Some(newest) = centres.last().filter(|_| centres.len() < GROUPS) {
        apart.iter_mut().zip(&points).for_each(|(apart, point)| *apart = apart.min(point.cosine_distance(newest)));
        let weighted = apart.iter().zip(anchors).map(|(apart, anchor)| apart * anchor.weight).enumerate();
        let Some((farthest, _)) = weighted.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))) else { break };
        centres.extend(points.get(farthest).cloned());
    }
    let mut members: Vec<Vec<usize>> = Vec::new();
    for _ in 0..ROUNDS {
        members = vec![Vec::new(); centres.len()];
        for (index, point) in points.iter().enumerate() {
            let distances = centres.iter().map(|centre| point.cosine_distance(centre)).enumerate();
            let nearest = distances.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(centre, _)| centre);
            if let Some(members) = members.get_mut(nearest) {
                members.push(index);
            }
        }
        for (centre, members) in centres.iter_mut().zip(&members) {
            let weighted: Vec<(&Point, f32)> =
                members.iter().filter_map(|index| Some((points.get(*index)?, anchors.get(*index)?.weight))).collect();
            if let Some(middle) = Point::sum(&weighted) {
                *centre = middle;
            }
        }
    }
    // The most typical stand in the middle of a group, and `spread` leaves out its ends.
    let sorted = centres.iter().zip(members).map(|(centre, mut members)| {
        let far = |index: &usize| points.get(*index).map_or(2.0, |point| point.cosine_distance(centre));
        members.sort_by(|a, b| far(a).total_cmp(&far(b)));
        members.iter().filter_map(|index| anchors.get(*index)).collect::<Vec<_>>()
    });
    sorted.filter(|members| !members.is_empty()).collect()
}

/// At most `most` of the items, spread evenly, the order kept.
fn spread<T>(items: Vec<T>, most: usize) -> Vec<T> {
    let (count, taken) = (items.len(), items.len().min(most));
    let mut wanted = (0..taken).map(|i| (2 * i + 1) * count / (2 * taken)).peekable();
    let spread = items.into_iter().enumerate().filter(|(index, _)| wanted.next_if_eq(index).is_some());
    spread.map(|(_, item)| item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spread_covers_both_halves_and_keeps_the_order() {
        assert_eq!(spread((0..100).collect(), 4), [12, 37, 62, 87]);
        assert_eq!(spread(vec![1, 2, 3], 5), [1, 2, 3]);
        assert!(spread(Vec::<u8>::new(), 3).is_empty());
    }
}
