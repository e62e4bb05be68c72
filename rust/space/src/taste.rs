//! What somebody likes, as a few centres.

use crate::chain::step;
use crate::space::spread;
use crate::{Point, Space, TrackId};

/// Liked tracks that are looked at, those that count most, and of these as many as groups are made from.
const MOST_LIKED: usize = 5000;
const GROUPED: usize = 600;
/// Mean cosine distance of the tracks of two groups below which they are one kind of music. Any two tracks of a library are
/// about 1 apart in the mean, those of one soundtrack 0.75.
const ONE_KIND: f32 = 0.85;
/// By how much more that distance may be than the one of tracks within the groups, once these have three tracks each:
/// what is much nearer to its own than to the others is a kind for itself.
const APART: f32 = 0.35;
/// Cosine distance from a centre up to which a track belongs to it.
const REACH: f32 = 0.8;
/// Cosine distance below which two centres are one.
const SAME_CENTRE: f32 = 0.35;
/// What a centre has at least: so many tracks, and this share of all that is liked.
const LEAST_TRACKS: usize = 3;
const LEAST_SHARE: f32 = 0.04;
/// Tracks from which on a group is a centre however far they are from each other. Of fewer, n, the mean distance must be below
/// n / (n + 1) of `ONE_KIND`: a few strangers are somewhat near to each other by chance.
const MANY_TRACKS: usize = 24;
/// Rounds in which tracks move to the nearest centre and centres to the middle of their tracks.
const ROUNDS: usize = 8;

/// One of the kinds of music that somebody likes.
#[derive(Debug, Clone, PartialEq)]
pub struct TasteCentre {
    /// Its middle.
    pub point: Point,
    /// Its share of all that is liked, 0..1.
    pub weight: f32,
    /// The liked tracks that belong to it, the most typical first.
    pub members: Vec<TrackId>,
}

/// A liked track.
struct Liked {
    id: TrackId,
    weight: f32,
    point: Vec<f32>,
}

impl Space {
    /// What somebody likes, as up to `most` centres, the weightiest first. Each liked track comes with how much it counts.
    ///
    /// Tracks are joined to groups by average linkage (Sokal and Michener 1958) up to a fixed distance, and as long as a group is
    /// not much nearer to itself than to the other, so that the number of groups follows from the music; then centres are moved to the middle of their tracks as in k-means. A group of fewer than
    /// three tracks (or a small one whose tracks are rather far from each other), or with less than a twenty-fifth of all that is liked, is no centre, and a track that is far from every
    /// centre belongs to none. Where no group is a centre, as with two tracks, the middle of all is the only one. The distance is
    /// fixed by the library, not by what is liked, so a few more liked tracks change little.
    ///
    /// Tracks that are not in the space are passed over, and so are weights that are not positive and finite. The 5,000 tracks with the
    /// largest weights count; the same track twice counts with the sum.
    pub fn taste(&self, liked: &[(TrackId, f32)], most: usize) -> Vec<TasteCentre> {
        let view = self.view();
        let mut sums = std::collections::BTreeMap::<TrackId, f32>::new();
        for (id, weight) in liked.iter().filter(|(_, weight)| *weight > 0.0 && weight.is_finite()) {
            *sums.entry(*id).or_default() += weight;
        }
        let mut known: Vec<(TrackId, f32, usize)> = sums
            .into_iter()
            .filter_map(|(id, weight)| Some((id, weight.min(f32::MAX / MOST_LIKED as f32), view.position(id)?)))
            .collect();
        known.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        known.truncate(MOST_LIKED);
        let track = |(id, weight, position): (TrackId, f32, usize)| Liked {
            id,
            weight,
            point: view.point(position).coordinates().to_vec(),
        };
        let liked: Vec<Liked> = known.into_iter().map(track).collect();
        if most == 0 || liked.is_empty() {
            return Vec::new();
        }
        let total: f32 = liked.iter().map(|track| track.weight).sum();

        let mut groups = groups(liked.get(..GROUPED).unwrap_or(&liked));
        let centre = |group: &[usize]| middle(&liked, group);
        let large = |group: &Vec<usize>| is_centre(&liked, group, total);
        groups.retain(large);
        let mut centres: Vec<Vec<f32>> = groups.iter().filter_map(|group| centre(group)).collect();
        for _ in 0..ROUNDS {
            groups = assigned(&liked, &centres);
            groups.retain(large);
            let moved =
                joined(groups.iter().filter_map(|group| Some((weight(&liked, group), centre(group)?))).collect());
            if moved == centres {
                break;
            }
            centres = moved;
        }
        let groups = assigned(&liked, &centres);
        let mut found: Vec<TasteCentre> = centres
            .into_iter()
            .zip(groups)
            .map(|(centre, mut group)| {
                let far = |index: &usize| step(&liked[*index].point, &centre);
                group.sort_by(|a, b| far(a).total_cmp(&far(b)).then(liked[*a].id.cmp(&liked[*b].id)));
                let weight = weight(&liked, &group) / total;
                let members = group.into_iter().map(|index| liked[index].id).collect();
                TasteCentre { point: Point::from_coordinates(centre), weight, members }
            })
            .filter(|centre| !centre.members.is_empty())
            .collect();
        if found.is_empty() {
            let all: Vec<usize> = (0..liked.len()).collect();
            // Tracks that cancel each other out have no middle; the one that counts most stands for them.
            let point = centre(&all).unwrap_or_else(|| liked[0].point.clone());
            let members = liked.iter().map(|track| track.id).collect();
            found.push(TasteCentre { point: Point::from_coordinates(point), weight: 1.0, members });
        }
        let least = |centre: &TasteCentre| centre.members.iter().min().copied();
        found.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(least(a).cmp(&least(b))));
        found.truncate(most);
        found
    }

    /// A few points that stand for a set of tracks in a search: the tracks themselves where they are few.
    pub(crate) fn stand_ins(&self, set: &[TrackId], most: usize) -> Vec<Point> {
        let mut points: Vec<Point> = if set.len() <= most {
            set.iter().filter_map(|id| self.point(*id).ok()).collect()
        } else {
            let all: Vec<(TrackId, f32)> = spread(set, GROUPED).map(|id| (id, 1.0)).collect();
            self.taste(&all, most).into_iter().map(|centre| centre.point).collect()
        };
        points.truncate(most);
        points
    }
}

fn weight(liked: &[Liked], group: &[usize]) -> f32 {
    group.iter().map(|index| liked[*index].weight).sum()
}

fn is_centre(liked: &[Liked], group: &[usize], total: f32) -> bool {
    let tracks = group.len() as f32;
    let dense = ONE_KIND * tracks / (tracks + 1.0);
    group.len() >= LEAST_TRACKS
        && weight(liked, group) >= LEAST_SHARE * total
        && (group.len() >= MANY_TRACKS || within(liked, group) <= dense)
}

/// Mean cosine distance of the tracks of a small group.
fn within(liked: &[Liked], group: &[usize]) -> f32 {
    let pairs = group.iter().enumerate().flat_map(|(place, a)| group.iter().take(place).map(move |b| (*a, *b)));
    let (sum, count) =
        pairs.fold((0.0, 0), |(sum, count), (a, b)| (sum + step(&liked[a].point, &liked[b].point), count + 1));
    sum / count.max(1) as f32
}

/// The weighted mean of a group, scaled to length 1. Weights are set off against the largest, so that none overflows.
fn middle(liked: &[Liked], group: &[usize]) -> Option<Vec<f32>> {
    let largest = group.iter().map(|index| liked[*index].weight).fold(0.0, f32::max);
    let mut sum = vec![0.0f32; liked.first()?.point.len()];
    for track in group.iter().map(|index| &liked[*index]) {
        let share = track.weight / largest;
        sum.iter_mut().zip(&track.point).for_each(|(sum, value)| *sum += share * value);
    }
    (segue_vectors::normalise(&mut sum) > 1e-6).then_some(sum)
}

/// Every track by the centre it is nearest to, if it is within reach.
fn assigned(liked: &[Liked], centres: &[Vec<f32>]) -> Vec<Vec<usize>> {
    let mut groups = vec![Vec::new(); centres.len()];
    for (index, track) in liked.iter().enumerate() {
        let distances = centres.iter().map(|centre| step(&track.point, centre)).enumerate();
        let nearest = distances.min_by(|a, b| a.1.total_cmp(&b.1)).filter(|(_, distance)| *distance <= REACH);
        if let Some((centre, _)) = nearest {
            groups[centre].push(index);
        }
    }
    groups
}

/// Centres, of which those that are as good as one are made one.
fn joined(mut centres: Vec<(f32, Vec<f32>)>) -> Vec<Vec<f32>> {
    loop {
        let pairs = (0..centres.len()).flat_map(|b| (0..b).map(move |a| (a, b)));
        let near = |(a, b): &(usize, usize)| step(&centres[*a].1, &centres[*b].1) < SAME_CENTRE;
        let Some((a, b)) = pairs.into_iter().find(near) else { break };
        let (weight, other) = centres.remove(b);
        let share = weight / centres[a].0;
        centres[a].0 += weight;
        centres[a].1.iter_mut().zip(other).for_each(|(sum, value)| *sum += share * value);
        segue_vectors::normalise(&mut centres[a].1);
    }
    centres.into_iter().map(|(_, centre)| centre).collect()
}

/// Groups by average linkage up to [`ONE_KIND`], weighted, by the chain of nearest neighbours (Benzécri 1982).
fn groups(liked: &[Liked]) -> Vec<Vec<usize>> {
    let n = liked.len();
    let mut distances = vec![0.0f32; n * n];
    for a in 0..n {
        for b in 0..a {
            let distance = step(&liked[a].point, &liked[b].point);
            (distances[a * n + b], distances[b * n + a]) = (distance, distance);
        }
    }
    let mut masses: Vec<f64> = liked.iter().map(|track| f64::from(track.weight)).collect();
    let mut active: Vec<bool> = vec![true; n];
    // Of each group: its tracks, whether all are of one kind, and the sums of its pairs' weights and of their distances.
    let mut inner: Vec<(usize, bool, f64, f64)> = vec![(1, true, 0.0, 0.0); n];
    // Which group each track is in by joins of one kind. The others are made too, as the chain goes on to the end.
    let mut group: Vec<usize> = (0..n).collect();
    let mut chain: Vec<usize> = Vec::new();
    for _ in 1..n {
        let (a, b) = loop {
            let Some(&top) = chain.last() else {
                chain.extend(active.iter().position(|active| *active));
                continue;
            };
            let before = chain.len().checked_sub(2).and_then(|index| chain.get(index)).copied();
            let far = |other: &usize| distances[top * n + other];
            // Equal ones must not send the chain in circles: the one before comes first.
            let others = before.into_iter().chain((0..n).filter(|other| active[*other] && *other != top));
            let nearest = others.reduce(|best, other| if far(&other) < far(&best) { other } else { best });
            match nearest {
                Some(nearest) if before == Some(nearest) => break (nearest.min(top), nearest.max(top)),
                Some(nearest) => chain.push(nearest),
                None => break (top, top),
            }
        };
        chain.truncate(chain.len().saturating_sub(2));
        let (mass_a, mass_b, distance) = (masses[a], masses[b], distances[a * n + b]);
        let (first, second) = (inner[a], inner[b]);
        let large = first.0 >= LEAST_TRACKS && second.0 >= LEAST_TRACKS;
        let within = (first.3 / first.2 + second.3 / second.2) / 2.0;
        let apart = large && f64::from(distance) - within > f64::from(APART);
        let one_kind = first.1 && second.1 && distance <= ONE_KIND && !apart;
        let pairs = mass_a * mass_b;
        let sums = (first.2 + second.2 + pairs, first.3 + second.3 + pairs * f64::from(distance));
        inner[a] = (first.0 + second.0, one_kind, sums.0, sums.1);
        if one_kind {
            let (kept, gone) = (group[a], group[b]);
            group.iter_mut().filter(|group| **group == gone).for_each(|group| *group = kept);
        }
        for other in (0..n).filter(|other| active[*other] && *other != a && *other != b) {
            let mean = (mass_a * f64::from(distances[a * n + other]) + mass_b * f64::from(distances[b * n + other]))
                / (mass_a + mass_b);
            (distances[a * n + other], distances[other * n + a]) = (mean as f32, mean as f32);
        }
        masses[a] += mass_b;
        active[b] = false;
    }
    let mut groups = vec![Vec::new(); n];
    group.into_iter().enumerate().for_each(|(track, group)| groups[group].push(track));
    groups.retain(|group| !group.is_empty());
    groups
}
