//! What lies between two tracks, and the best way through it.

use std::collections::HashMap;

use segue_vectors::TopK;

use crate::chain::{Bounds, Nodes, step};
use crate::repeats::{Heard, SAME_SOUND};
use crate::view::View;
use crate::{Error, Point, Result, Space, TrackId, Wishes};

/// Parts of the way that send equally many candidates, as far as there are so many.
const PARTS: usize = 24;
/// Candidates per track wanted, and how many there are at least and, unless more tracks are wanted, at most.
const CANDIDATES: usize = 16;
const LEAST_CANDIDATES: usize = 64;
const ENOUGH_CANDIDATES: usize = 400;
/// … but never fewer than this many per track wanted.
const LEAST_PER_TRACK: usize = 4;
/// Share of the direct distance by which a step may lead back.
const TOLERANCE: f32 = 0.05;
/// Where that leaves too few tracks, shares of an ordinary step by which it may.
const WIDER: [f32; 4] = [0.0, 0.25, 0.5, 1.0];
/// Tracks along the way of which it is asked how far their neighbours are, and which neighbour.
const ASKED: usize = 8;
const NEIGHBOUR: usize = 3;
/// A step is ordinary up to so many times the distance that tracks there usually have to that neighbour.
const ORDINARY: f32 = 1.5;
/// Rounds in which the largest steps are looked into, how many of them, and how many tracks half-way.
const ROUNDS: usize = 1;
const LARGEST: usize = 3;
const HALF_WAY: usize = 8;
/// Tracks looked at between two questions whether to go on.
const PATIENCE: usize = 4096;

/// What all legs of a journey share.
pub(crate) struct Country<'a> {
    pub(crate) space: &'a Space,
    pub(crate) view: &'a View<'a>,
    pub(crate) wishes: &'a Wishes<'a>,
    pub(crate) cancelled: &'a dyn Fn() -> bool,
}

/// A way from one track to another.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Leg {
    /// Rows of the tracks between the two.
    pub(crate) between: Vec<usize>,
    /// Steps that lead from one island to another, 0 being the one to the first of these tracks.
    pub(crate) jumps: Vec<usize>,
}

/// A track that may be on the way.
#[derive(Debug, Clone)]
struct Candidate {
    id: TrackId,
    position: usize,
    from_start: f32,
    to_end: f32,
}

impl Candidate {
    /// How far along it is, from 0 to the direct distance: its place on the straight line, as squared distances are cosine
    /// distances here.
    fn progress(&self, direct: f32) -> f32 {
        (self.from_start - self.to_end + direct) / 2.0
    }

    fn detour(&self) -> f32 {
        self.from_start + self.to_end
    }
}

/// Two ends and all that may be between them.
struct Corridor<'a> {
    country: &'a Country<'a>,
    ends: [usize; 2],
    points: [Point; 2],
    direct: f32,
    /// Nothing of this may come.
    heard: &'a Heard,
}

impl Country<'_> {
    /// The best way with `count` tracks between two, none of them heard before. Fewer where there are no more.
    pub(crate) fn leg(&self, from: usize, to: usize, count: usize, heard: &Heard) -> Result<Leg> {
        if count == 0 {
            return Ok(Leg::default());
        }
        let points = [self.view.point(from), self.view.point(to)];
        let direct = points[0].cosine_distance(&points[1]);
        let corridor = Corridor { country: self, ends: [from, to], points, direct, heard };
        let all = corridor.all()?;
        let usual = corridor.usual(&all);
        let ordinary = usual.map_or(direct, |usual| usual * ORDINARY);

        let most = (count * CANDIDATES).clamp(LEAST_CANDIDATES, ENOUGH_CANDIDATES).max(count * LEAST_PER_TRACK);
        let mut best: Option<(Found<'_>, Vec<usize>)> = None;
        for share in WIDER {
            let tolerance = (TOLERANCE * direct).max(share * ordinary);
            let limit = if share > 0.0 { direct.max(ordinary) } else { direct };
            let mut found = Found::new(&corridor, Bounds { limit, tolerance, widest: share >= 1.0 });
            found.choose(&all, most);
            if found.candidates.len() < count && share < 1.0 {
                continue;
            }
            let chain = found.chain(count)?;
            let done = chain.len() == count + 2;
            if best.as_ref().is_none_or(|(_, longest)| longest.len() < chain.len()) {
                best = Some((found, chain));
            }
            if done {
                break;
            }
        }
        let Some((mut found, mut chain)) = best else { return Ok(Leg::default()) };
        for _ in 0..ROUNDS {
            if !found.look_into(&chain)? {
                break;
            }
            chain = found.chain(count)?;
        }
        let gap = found.nodes.gap();
        let mut jumps = Vec::new();
        if usual.is_some() && gap > ordinary {
            // Between an ordinary step and the gap, so that a track off the shore is no island of its own.
            let islands = found.nodes.islands((ordinary * gap).sqrt());
            let island = |node: Option<&usize>| node.and_then(|node| islands.get(*node));
            let jump =
                |(place, pair): (usize, &[usize])| (island(pair.first()) != island(pair.last())).then_some(place);
            jumps = chain.windows(2).enumerate().filter_map(jump).collect();
        }
        let inner = chain.get(1..chain.len().saturating_sub(1)).unwrap_or_default();
        let between = inner.iter().filter_map(|node| found.candidates.get(node - 1)).map(|found| found.position);
        Ok(Leg { between: between.collect(), jumps })
    }
}

impl Corridor<'_> {
    /// All tracks between the planes through the two ends: one scan.
    fn all(&self) -> Result<Vec<Candidate>> {
        let view = self.country.view;
        let [start, end] = self.ends.map(|end| view.probe(end));
        let mut all = Vec::new();
        for (position, &id) in self.country.space.ids_by_position().iter().enumerate() {
            if position.is_multiple_of(PATIENCE) && (self.country.cancelled)() {
                return Err(Error::Cancelled);
            }
            if self.ends.contains(&position) || !(self.country.wishes.admit)(id) {
                continue;
            }
            let (from_start, to_end) = (view.cosine(&start, position), view.cosine(&end, position));
            let candidate = Candidate { id, position, from_start, to_end };
            if (0.0..=self.direct).contains(&candidate.progress(self.direct)) && self.country.wishes.allows(id) {
                all.push(candidate);
            }
        }
        Ok(all)
    }

    /// Indices by part of the way, those with the smallest detour first, at most `most` of each.
    fn parts(&self, all: &[Candidate], tolerance: f32, most: usize) -> Vec<Vec<usize>> {
        let mut parts: Vec<TopK<(TrackId, usize)>> = (0..PARTS).map(|_| TopK::new(most)).collect();
        for (index, candidate) in all.iter().enumerate() {
            if candidate.from_start.max(candidate.to_end) <= self.direct + tolerance {
                let part = (candidate.progress(self.direct) / self.direct * PARTS as f32) as usize;
                if let Some(part) = parts.get_mut(part.min(PARTS - 1)) {
                    part.push(candidate.detour(), (candidate.id, index));
                }
            }
        }
        let sorted =
            |part: TopK<(TrackId, usize)>| part.into_sorted().into_iter().map(|(_, (_, index))| index).collect();
        parts.into_iter().map(sorted).collect()
    }

    /// How far tracks along the way usually are from their third nearest neighbour.
    fn usual(&self, all: &[Candidate]) -> Option<f32> {
        let view = self.country.view;
        let parts = self.parts(all, f32::INFINITY, 1);
        let middle: Vec<usize> =
            parts.iter().flatten().filter_map(|i| all.get(*i)).map(|track| track.position).collect();
        let asked = ASKED - self.ends.len();
        let stride = middle.len().div_ceil(asked).max(1);
        let mut distances: Vec<f32> = Vec::new();
        for position in self.ends.into_iter().chain(middle.into_iter().step_by(stride)) {
            let probe = view.probe(position);
            let admit = |id| view.position(id) != Some(position) && (self.country.wishes.admit)(id);
            // As many again, as other rips of the track itself say nothing.
            let near = view.nearest(std::slice::from_ref(&probe), 2 * NEIGHBOUR, &admit);
            let cosines = near.iter().filter_map(|near| Some(view.cosine(&probe, view.position(near.id)?)));
            let mut others: Vec<f32> = cosines.filter(|cosine| *cosine >= SAME_SOUND).collect();
            others.sort_by(f32::total_cmp);
            distances.extend(others.get(NEIGHBOUR - 1).or(others.last()));
        }
        distances.sort_by(f32::total_cmp);
        distances.get(distances.len() / 2).copied()
    }
}

/// The candidates, and what the chain is made of: the two ends and between them the candidates in order.
struct Found<'a> {
    corridor: &'a Corridor<'a>,
    bounds: Bounds,
    heard: Heard,
    candidates: Vec<Candidate>,
    nodes: Nodes,
}

impl<'a> Found<'a> {
    fn new(corridor: &'a Corridor<'a>, bounds: Bounds) -> Self {
        let heard = corridor.heard.clone();
        Self { corridor, bounds, heard, candidates: Vec::new(), nodes: Nodes::default() }
    }

    /// Takes candidates from all parts of the way in turn.
    fn choose(&mut self, all: &[Candidate], most: usize) {
        let parts = self.corridor.parts(all, self.bounds.tolerance, most);
        let longest = parts.iter().map(Vec::len).max().unwrap_or_default();
        for index in (0..longest).flat_map(|rank| parts.iter().filter_map(move |part| part.get(rank))) {
            if self.candidates.len() >= most {
                break;
            }
            if let Some(candidate) =
                all.get(*index).filter(|one| self.heard.take(self.corridor.country.view, one.position))
            {
                self.candidates.push(candidate.clone());
            }
        }
    }

    /// The best chain with `count` candidates, as indices of nodes.
    fn chain(&mut self, count: usize) -> Result<Vec<usize>> {
        let Corridor { country, points: [start, end], direct, .. } = self.corridor;
        self.candidates.sort_by(|a, b| a.progress(*direct).total_cmp(&b.progress(*direct)).then(a.id.cmp(&b.id)));
        let mut artists = HashMap::new();
        let mut nodes = Nodes::default();
        let [first, last] = self.corridor.ends;
        let ends = [(first, start), (last, end)];
        let mut push = |position: usize, point: &Point, leaning: f32| {
            let own = nodes.len();
            let kind =
                country.view.facts(position).artist_key().map_or(own, |artist| *artists.entry(artist).or_insert(own));
            nodes.from_start.push(step(point.coordinates(), start.coordinates()));
            nodes.to_end.push(step(point.coordinates(), end.coordinates()));
            nodes.points.push(point.coordinates().to_vec());
            nodes.kinds.push(kind);
            nodes.leanings.push(leaning);
        };
        let [start_node, end_node] = ends;
        push(start_node.0, start_node.1, 0.0);
        for candidate in &self.candidates {
            push(candidate.position, &country.view.point(candidate.position), country.wishes.leaning(candidate.id));
        }
        push(end_node.0, end_node.1, 0.0);
        self.nodes = nodes;
        self.nodes.chain(count + 2, self.bounds, country.cancelled)
    }

    /// Looks for tracks half-way along the largest steps; whether there were any new ones.
    fn look_into(&mut self, chain: &[usize]) -> Result<bool> {
        let Corridor { country, direct, .. } = *self.corridor;
        let view = country.view;
        let [start, end] = self.corridor.ends.map(|end| view.probe(end));
        let point = |node: &usize| self.nodes.points.get(*node).map(|point| Point::from_coordinates(point.clone()));
        let mut steps: Vec<(f32, Point)> = Vec::new();
        for pair in chain.windows(2) {
            let [Some(a), Some(b)] = [pair.first(), pair.last()].map(|node| node.and_then(point)) else { continue };
            steps.extend(Point::sum(&[(&a, 1.0), (&b, 1.0)]).map(|middle| (a.cosine_distance(&b), middle)));
        }
        steps.sort_by(|a, b| b.0.total_cmp(&a.0));
        let before = self.candidates.len();
        for (_, middle) in steps.iter().take(LARGEST) {
            if (country.cancelled)() {
                return Err(Error::Cancelled);
            }
            let admit = |id| country.wishes.allows(id);
            for near in view.nearest(&[view.probe_of(middle)], HALF_WAY, &admit) {
                let Some(position) = view.position(near.id) else { continue };
                let (from_start, to_end) = (view.cosine(&start, position), view.cosine(&end, position));
                let candidate = Candidate { id: near.id, position, from_start, to_end };
                let inside = from_start.max(to_end) <= direct + self.bounds.tolerance
                    && (0.0..=direct).contains(&candidate.progress(direct));
                if inside && self.heard.take(view, position) {
                    self.candidates.push(candidate);
                }
            }
        }
        Ok(self.candidates.len() > before)
    }
}
