//! Blends: some music, and away from other music.

use std::collections::{HashMap, HashSet};

use crate::fit::{Probe, unit_hash};
use crate::repeats::Heard;
use crate::space::spread;
use crate::view::View;
use crate::{Error, MixTrack, Origin, Point, Reason, Result, Space, TrackId, Wishes};

/// Longest blend.
const LONGEST: usize = 1000;
/// Sets of either kind that count, the weightiest ones.
const MOST_SETS: usize = 16;
/// Members of a set that tracks are compared with, and points that stand for it in the search of the library.
const MEMBERS: usize = 16;
const STAND_INS: usize = 4;
/// The neighbourhood of each set: this many times the length, and at least so many tracks. Widened step by step only
/// where it cannot fill the blend, up to a last number.
const NEIGHBOURHOOD: usize = 4;
const LEAST_NEIGHBOURHOOD: usize = 100;
const MOST_NEIGHBOURHOOD: usize = 20_000;
/// Most tracks of one artist where the request names no number.
const DEFAULT_ARTIST_CAP: usize = 3;
/// How much a track of one set's share is drawn towards all sets.
const TOGETHER: f32 = 1.0;
/// How much being far from the subtracted is worth beside being near to the added.
const AWAY: f32 = 0.5;
/// What a track that is wanted counts nearer.
const WANTED: f32 = 0.05;
/// Where corrected distances have run into 1, how far tracks really are still tells them apart.
const FAR: f32 = 0.01;

/// A wish for a blend.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BlendRequest {
    /// What it should be like: sets of tracks (one track, an album, an artist, a mood …), each with its weight. A weight that
    /// is not positive and finite counts as 1.
    pub add: Vec<(Vec<TrackId>, f32)>,
    /// What it should not be like.
    pub subtract: Vec<(Vec<TrackId>, f32)>,
    /// Tracks wanted; more than 1,000 are not given.
    pub length: usize,
    /// 0 takes the nearest; the higher, the more often something farther is drawn. At 1, a track in the middle of the
    /// neighbourhood (four times the length, at least 100 tracks) is taken about a third as readily as the nearest one.
    pub temperature: f32,
    /// Which draw.
    pub variation: u64,
    /// Most tracks of one artist; 0 for 3. Raised only where the blend would be too short otherwise.
    pub artist_cap: usize,
}

impl Space {
    /// Tracks that are like what is added and not like what is subtracted, the nearest first.
    ///
    /// Each added set has its share of the blend by its weight, filled from its own neighbourhood; which of it is taken is
    /// decided by the distance to that set and to all. So two tracks that are not too far apart give what lies between
    /// them, and two that have nothing in common give some of each and nothing from the void between.
    ///
    /// Every track is farther (in cosine distance) from what is subtracted than from what is added, and at least as far as the tracks
    /// of the same blend without subtraction are in the mean. Where too few are, the blend is shorter. The distance from a set is
    /// that to its nearest member, of 16 spread evenly over it.
    ///
    /// With a temperature, tracks are drawn without replacement by a softmax over their distance (by adding Gumbel noise: Kool,
    /// van Hoof, Welling 2019); the neighbourhood stays the same. The added and subtracted tracks themselves do not
    /// come, and no recording comes twice.
    ///
    /// # Errors
    /// [`Error::NoSeed`] when nothing that is added is in the space and admitted.
    pub fn blend(&self, request: &BlendRequest, wishes: &Wishes<'_>) -> Result<Vec<MixTrack>> {
        let view = self.view();
        let add = self.ingredients(&view, &request.add, wishes);
        if add.is_empty() {
            return Err(Error::NoSeed { given: request.add.iter().map(|(set, _)| set.len()).sum() });
        }
        let subtract = self.ingredients(&view, &request.subtract, wishes);
        let length = request.length.min(LONGEST);
        let mut pot = Pot::new(&view, request, wishes, length, &add, &subtract);
        let added: HashSet<TrackId> = request.add.iter().flat_map(|(set, _)| set).copied().collect();
        let admit = |id| !added.contains(&id) && wishes.allows(id);
        let playable = self.ids_by_position().iter().filter(|id| admit(**id)).count();
        let mut neighbourhood = (length * NEIGHBOURHOOD).max(LEAST_NEIGHBOURHOOD);
        let mut floor = None;
        loop {
            pot.fill(neighbourhood, &admit);
            let last = neighbourhood >= playable.min(MOST_NEIGHBOURHOOD);
            if floor.is_none() {
                let plain = pot.draw(None);
                if plain.len() >= length || last {
                    if subtract.is_empty() {
                        return Ok(pot.tracks(plain));
                    }
                    let away: f32 = plain.iter().filter_map(|one| pot.candidates.get(*one)).map(|one| one.away).sum();
                    floor = Some(away / plain.len().max(1) as f32);
                }
            }
            if floor.is_some() {
                let drawn = pot.draw(floor);
                if drawn.len() >= length || last {
                    return Ok(pot.tracks(drawn));
                }
            }
            neighbourhood = neighbourhood.saturating_mul(NEIGHBOURHOOD);
        }
    }

    /// What a request names, as far as it is there.
    fn ingredients(&self, view: &View<'_>, sets: &[(Vec<TrackId>, f32)], wishes: &Wishes<'_>) -> Vec<Ingredient> {
        let known = |(set, weight): &(Vec<TrackId>, f32)| {
            let ids: Vec<TrackId> =
                set.iter().copied().filter(|id| view.position(*id).is_some() && (wishes.admit)(*id)).collect();
            (ids, if *weight > 0.0 && weight.is_finite() { *weight } else { 1.0 })
        };
        let mut sets: Vec<(Vec<TrackId>, f32)> = sets.iter().map(known).filter(|(ids, _)| !ids.is_empty()).collect();
        // Stable: equal ones stay in the order given.
        sets.sort_by(|a, b| b.1.total_cmp(&a.1));
        sets.truncate(MOST_SETS);
        let largest = sets.first().map_or(1.0, |(_, weight)| *weight);
        let total: f32 = sets.iter().map(|(_, weight)| weight / largest).sum();
        let ingredient = |(ids, weight): (Vec<TrackId>, f32)| {
            let members = spread(&ids, MEMBERS).filter_map(|id| Some((id, view.probe(view.position(id)?)))).collect();
            Ingredient { members, points: self.stand_ins(&ids, STAND_INS), weight, share: weight / largest / total }
        };
        sets.into_iter().map(ingredient).collect()
    }
}

/// One set of the request.
struct Ingredient {
    members: Vec<(TrackId, Probe)>,
    points: Vec<Point>,
    weight: f32,
    share: f32,
}

impl Ingredient {
    /// Distance and cosine distance to the nearest member, and which one it is.
    fn near(&self, view: &View<'_>, position: usize) -> (f32, f32, TrackId) {
        let mut nearest = (f32::INFINITY, f32::INFINITY, TrackId::MAX);
        for (id, probe) in &self.members {
            let (distance, cosine) = (view.distance(probe, position), view.cosine(probe, position));
            nearest.1 = nearest.1.min(cosine);
            if distance < nearest.0 {
                (nearest.0, nearest.2) = (distance, *id);
            }
        }
        nearest
    }
}

/// A track that may come.
struct Candidate {
    id: TrackId,
    position: usize,
    artist: Option<String>,
    leaning: f32,
    /// What it costs in the share of each added set: without subtraction, and what subtraction makes of it beyond.
    costs: Vec<f32>,
    penalty: f32,
    distance: f32,
    nearest: TrackId,
    /// Cosine distance to the nearest of the added and of the subtracted.
    near: f32,
    away: f32,
}

/// Everything that a blend is drawn from.
struct Pot<'a> {
    view: &'a View<'a>,
    request: &'a BlendRequest,
    wishes: &'a Wishes<'a>,
    length: usize,
    add: &'a [Ingredient],
    subtract: &'a [Ingredient],
    candidates: Vec<Candidate>,
    known: HashSet<TrackId>,
    /// Tracks of each set that compete.
    neighbourhood: usize,
    subtracted: HashSet<TrackId>,
    /// What is not to be repeated without subtraction, and with it.
    heard_added: Heard,
    heard_all: Heard,
}

impl<'a> Pot<'a> {
    fn new(
        view: &'a View<'a>,
        request: &'a BlendRequest,
        wishes: &'a Wishes<'a>,
        length: usize,
        add: &'a [Ingredient],
        subtract: &'a [Ingredient],
    ) -> Self {
        let heard = |sets: &[Ingredient], mut heard: Heard| {
            for (id, _) in sets.iter().flat_map(|set| &set.members) {
                view.position(*id).into_iter().for_each(|position| heard.add(view, position));
            }
            heard
        };
        let heard_added = heard(add, Heard::default());
        let heard_all = heard(subtract, heard_added.clone());
        let subtracted = request.subtract.iter().flat_map(|(set, _)| set).copied().collect();
        Self {
            view,
            request,
            wishes,
            length,
            add,
            subtract,
            candidates: Vec::new(),
            known: HashSet::new(),
            neighbourhood: 0,
            subtracted,
            heard_added,
            heard_all,
        }
    }

    /// Takes in the neighbourhoods of the sets, and of the middle of all.
    fn fill(&mut self, neighbourhood: usize, admit: &dyn Fn(TrackId) -> bool) {
        self.neighbourhood = neighbourhood;
        let mut places: Vec<Vec<Point>> = self.add.iter().map(|set| set.points.clone()).collect();
        if self.add.len() > 1 {
            let weighted = |set: &'a Ingredient| {
                set.points.iter().map(move |point| (point, set.share / set.points.len().max(1) as f32))
            };
            let all: Vec<(&Point, f32)> = self.add.iter().flat_map(weighted).collect();
            places.extend(Point::sum(&all).map(|middle| vec![middle]));
        }
        for points in places {
            let probes: Vec<Probe> = points.iter().map(|point| self.view.probe_of(point)).collect();
            for near in self.view.nearest(&probes, neighbourhood, admit) {
                let Some(position) = self.view.position(near.id) else { continue };
                if self.known.insert(near.id) {
                    let candidate = self.candidate(near.id, position);
                    self.candidates.push(candidate);
                }
            }
        }
    }

    fn candidate(&self, id: TrackId, position: usize) -> Candidate {
        let near: Vec<(f32, f32, TrackId)> = self.add.iter().map(|set| set.near(self.view, position)).collect();
        let leaning = self.wishes.leaning(id);
        let far = |near: &(f32, f32, TrackId)| near.0 + FAR * near.1;
        let together: f32 = self.add.iter().zip(&near).map(|(set, near)| set.share * far(near)).sum();
        let cost = |near: &(f32, f32, TrackId)| far(near) + TOGETHER * together - WANTED * leaning;
        let (mut penalty, mut away) = (0.0, f32::INFINITY);
        let weight = self.add.first().map_or(1.0, |set| set.weight);
        for set in self.subtract {
            let (distance, cosine, _) = set.near(self.view, position);
            // As much heavier than the weightiest of the added, as much farther away; but not without end.
            penalty += AWAY * (set.weight / weight).min(4.0) * (1.0 - distance);
            away = f32::min(away, cosine);
        }
        let nearest = near.iter().copied().min_by(|a, b| a.0.total_cmp(&b.0));
        let (distance, _, nearest) = nearest.unwrap_or((1.0, 2.0, id));
        Candidate {
            id,
            position,
            artist: self.view.facts(position).artist_key(),
            leaning,
            costs: near.iter().map(cost).collect(),
            penalty,
            distance,
            nearest,
            near: near.iter().map(|near| near.1).fold(f32::INFINITY, f32::min),
            away,
        }
    }

    /// Candidates by index, as they are taken: without subtraction, or with one that demands at least this distance.
    fn draw(&self, floor: Option<f32>) -> Vec<usize> {
        let allowed = |candidate: &Candidate| {
            floor.is_none_or(|floor| {
                candidate.away >= floor && candidate.away > candidate.near && !self.subtracted.contains(&candidate.id)
            })
        };
        let mut lists: Vec<std::vec::IntoIter<usize>> =
            (0..self.add.len()).map(|set| self.ranked(set, floor.is_some(), &allowed).into_iter()).collect();
        let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); lists.len()];
        let mut cap = if self.request.artist_cap == 0 { DEFAULT_ARTIST_CAP } else { self.request.artist_cap };
        let mut drawn = Vec::new();
        let mut taken = HashSet::new();
        let mut artists: HashMap<&str, usize> = HashMap::new();
        let mut heard = if floor.is_some() { self.heard_all.clone() } else { self.heard_added.clone() };
        while drawn.len() < self.length {
            // Whose turn it is: the set that is farthest behind its share. Credit is kept when a list runs dry.
            let mut credit = vec![0.0f32; lists.len()];
            let mut open: Vec<usize> = (0..lists.len()).collect();
            while drawn.len() < self.length && !open.is_empty() {
                open.iter().for_each(|set| credit[*set] += self.add[*set].share);
                let turn = open.iter().copied().reduce(|best, set| if credit[set] > credit[best] { set } else { best });
                let Some(set) = turn else { break };
                credit[set] -= open.iter().map(|set| self.add[*set].share).sum::<f32>();
                let next = lists[set].by_ref().find(|index| {
                    let candidate = &self.candidates[*index];
                    if taken.contains(index) {
                        return false;
                    }
                    let songs = candidate.artist.as_deref().and_then(|artist| artists.get(artist));
                    if songs.is_some_and(|songs| *songs >= cap) {
                        waiting[set].push(*index);
                        return false;
                    }
                    heard.take(self.view, candidate.position)
                });
                let Some(index) = next else {
                    open.retain(|other| *other != set);
                    continue;
                };
                taken.insert(index);
                drawn.push(index);
                if let Some(artist) = self.candidates[index].artist.as_deref() {
                    *artists.entry(artist).or_default() += 1;
                }
            }
            if waiting.iter().all(Vec::is_empty) {
                break;
            }
            lists = waiting.iter_mut().map(|waiting| std::mem::take(waiting).into_iter()).collect();
            cap = cap.saturating_add(1);
        }
        drawn
    }

    /// The candidates in the order in which one set takes them.
    fn ranked(&self, set: usize, subtracting: bool, allowed: &dyn Fn(&Candidate) -> bool) -> Vec<usize> {
        let cost = |candidate: &Candidate| candidate.costs[set] + if subtracting { candidate.penalty } else { 0.0 };
        let allowed = |(_, candidate): &(usize, &Candidate)| allowed(candidate);
        let mut ranked: Vec<(f32, TrackId, usize)> = self
            .candidates
            .iter()
            .enumerate()
            .filter(allowed)
            .map(|(index, candidate)| (cost(candidate), candidate.id, index))
            .collect();
        let order = |a: &(f32, TrackId, usize), b: &(f32, TrackId, usize)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
        ranked.sort_unstable_by(order);
        ranked.truncate(self.neighbourhood);
        let temperature = self.request.temperature;
        if temperature > 0.0
            && let (Some(first), Some(middle)) = (ranked.first(), ranked.get(ranked.len() / 2))
        {
            let scale = temperature.min(f32::MAX) * (middle.0 - first.0).max(f32::MIN_POSITIVE);
            let seed = self.request.variation;
            for (cost, id, _) in &mut ranked {
                let chance = unit_hash(*id, seed).clamp(1e-7, 1.0 - 1e-7);
                *cost = *cost / scale + (-chance.ln()).ln();
            }
            ranked.sort_unstable_by(order);
        }
        ranked.into_iter().map(|(_, _, index)| index).collect()
    }

    fn tracks(&self, drawn: Vec<usize>) -> Vec<MixTrack> {
        let mut drawn: Vec<&Candidate> = drawn.into_iter().filter_map(|index| self.candidates.get(index)).collect();
        drawn.sort_by(|a, b| a.distance.total_cmp(&b.distance).then(a.near.total_cmp(&b.near)).then(a.id.cmp(&b.id)));
        let track = |candidate: &Candidate| MixTrack {
            id: candidate.id,
            distance: candidate.distance,
            reason: Reason {
                origin: Origin::NearSeed(candidate.nearest),
                leaning: candidate.leaning,
                ..Reason::default()
            },
        };
        drawn.into_iter().map(track).collect()
    }
}
