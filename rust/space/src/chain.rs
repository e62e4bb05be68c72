//! The best chain of a given number of nodes from one end to the other, by dynamic programming.

use std::ops::Range;

use crate::{Error, Result};

/// Nodes from which on a chain may pass a node only about where it stands among all: every pair would be too many.
const BANDED_FROM: usize = 800;
/// Ranks by which a node may then be off its place.
const BAND: usize = 128;
/// By how much the steps may exceed the smallest possible largest step where that makes the chain better otherwise.
const SLACK: f32 = 1.15;
/// Weight of uneven progress beside the size of the steps.
const EVENNESS: f32 = 0.1;
/// What a node that is wanted costs less, and one that is not costs more, in squares of the largest step.
const WANTED: f32 = 0.2;
/// What two nodes of one kind in a row cost: more than all else together.
const MEETING: f64 = 1e6;
/// How fast the number of nodes is lowered where a banded chain of so many does not exist.
const FEWER: (usize, usize) = (3, 4);

/// What a chain may pass, in the order of progress; the first and the last are its ends.
#[derive(Debug, Default)]
pub(crate) struct Nodes {
    /// Points of length 1.
    pub(crate) points: Vec<Vec<f32>>,
    /// Cosine distance to the first node.
    pub(crate) from_start: Vec<f32>,
    /// Cosine distance to the last one.
    pub(crate) to_end: Vec<f32>,
    /// Two nodes of one kind do not meet where that can be helped.
    pub(crate) kinds: Vec<usize>,
    /// 0 for nothing in particular, up to 1 wanted, down to −1 unwanted.
    pub(crate) leanings: Vec<f32>,
}

/// What holds for every step of a chain.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Largest cosine distance.
    pub(crate) limit: f32,
    /// By how much a step may lead back towards the first node or away from the last.
    pub(crate) tolerance: f32,
    /// Whether nothing wider will be tried: then it is worth long looking for a chain of fewer nodes.
    pub(crate) widest: bool,
}

/// Cosine distance of two points of length 1.
pub(crate) fn step(a: &[f32], b: &[f32]) -> f32 {
    (1.0 - segue_vectors::dot(a, b)).clamp(0.0, 2.0)
}

/// Steps between nodes that are not too far apart in rank: a row per node, of those before it.
struct Steps {
    window: usize,
    /// Infinite where no step may be.
    allowed: Vec<f32>,
}

impl Nodes {
    pub(crate) fn len(&self) -> usize {
        self.points.len()
    }

    fn allows(&self, bounds: Bounds, from: usize, to: usize) -> bool {
        self.from_start[to] >= self.from_start[from] - bounds.tolerance
            && self.to_end[to] <= self.to_end[from] + bounds.tolerance
    }

    fn steps(&self, bounds: Bounds, window: usize, cancelled: &dyn Fn() -> bool) -> Result<Steps> {
        let mut allowed = vec![f32::INFINITY; self.len() * window];
        for (to, row) in allowed.chunks_exact_mut(window).enumerate() {
            if cancelled() {
                return Err(Error::Cancelled);
            }
            for from in to.saturating_sub(window)..to {
                let size = step(&self.points[from], &self.points[to]);
                if size <= bounds.limit && self.allows(bounds, from, to) {
                    row[from + window - to] = size;
                }
            }
        }
        Ok(Steps { window, allowed })
    }

    /// The chain of `count` nodes (of fewer, where there is none of so many; of the two ends at least), as indices: of those
    /// whose largest step is about as small as it can be the one in which the fewest of one kind meet, and of these the one
    /// with the smallest squares of steps and the most even progress.
    pub(crate) fn chain(&self, count: usize, bounds: Bounds, cancelled: &dyn Fn() -> bool) -> Result<Vec<usize>> {
        let last = self.len().saturating_sub(1);
        let banded = self.len() > BANDED_FROM;
        let window = if banded { 2 * BAND + 2 } else { last.max(1) };
        let steps = self.steps(bounds, window, cancelled)?;
        let mut count = count.min(self.len());
        while count > 2 {
            let table = Table { nodes: self, steps: &steps, count, band: if banded { BAND } else { self.len() } };
            let layers = table.layers(0.0f32, f32::INFINITY, &|largest, size, _, _| largest.max(size), cancelled)?;
            let at_end = |level: usize| layers[level * self.len() + last];
            if at_end(count - 1).is_finite() {
                return table.smoothest(at_end(count - 1), cancelled);
            }
            // Without bands the table also says how many nodes there can be.
            let fewer = (1..count - 1).rev().find(|level| at_end(*level).is_finite()).map_or(2, |level| level + 1);
            count = match (banded, bounds.widest) {
                (false, _) => fewer,
                (true, true) => count * FEWER.0 / FEWER.1,
                (true, false) => 2,
            };
        }
        Ok(if last == 0 { vec![0] } else { vec![0, last] })
    }

    /// The largest step of the chain from end to end, through however many nodes in whatever direction, whose largest step is
    /// the smallest.
    pub(crate) fn gap(&self) -> f32 {
        let Some(target) = self.len().checked_sub(1) else { return 0.0 };
        // Prim's algorithm: the tree of shortest steps holds that chain.
        let mut nearest = vec![f32::INFINITY; self.len()];
        let mut done = vec![false; self.len()];
        let (mut current, mut gap) = (0, 0.0f32);
        while current != target {
            done[current] = true;
            let mut next = (f32::INFINITY, target);
            for other in (0..self.len()).filter(|other| !done[*other]) {
                nearest[other] = nearest[other].min(step(&self.points[current], &self.points[other]));
                if nearest[other] < next.0 {
                    next = (nearest[other], other);
                }
            }
            gap = gap.max(next.0);
            current = next.1;
        }
        gap
    }

    /// In which island each node lies: two nodes lie in one where a chain of steps up to `largest`, in whatever direction, leads
    /// from one to the other.
    pub(crate) fn islands(&self, largest: f32) -> Vec<usize> {
        let mut islands: Vec<Option<usize>> = vec![None; self.len()];
        for island in 0..self.len() {
            let mut reached = if islands[island].is_none() { vec![island] } else { Vec::new() };
            while let Some(node) = reached.pop() {
                islands[node] = Some(island);
                for (other, its) in islands.iter_mut().enumerate().filter(|(_, its)| its.is_none()) {
                    if step(&self.points[node], &self.points[other]) <= largest {
                        *its = Some(island);
                        reached.push(other);
                    }
                }
            }
        }
        islands.into_iter().map(Option::unwrap_or_default).collect()
    }
}

/// Dynamic programming over how many nodes came before.
struct Table<'a> {
    nodes: &'a Nodes,
    steps: &'a Steps,
    count: usize,
    band: usize,
}

impl Table<'_> {
    /// Nodes that may stand at a level.
    fn at(&self, level: usize) -> Range<usize> {
        let (last, levels) = (self.nodes.len() - 1, self.count - 1);
        if level == 0 {
            return 0..1;
        }
        let place = level * last / levels;
        place.saturating_sub(self.band).max(1)..(place + self.band + 1).min(last + 1)
    }

    fn before(&self, level: usize, to: usize) -> Range<usize> {
        let before = self.at(level - 1);
        before.start.max(to.saturating_sub(self.steps.window))..before.end.min(to)
    }

    fn size(&self, from: usize, to: usize) -> f32 {
        self.steps.allowed[to * self.steps.window + from + self.steps.window - to]
    }

    /// The least cost of getting to each node, per level.
    fn layers<T: Copy + PartialOrd>(
        &self,
        zero: T,
        infinite: T,
        add: &impl Fn(T, f32, usize, usize) -> T,
        cancelled: &dyn Fn() -> bool,
    ) -> Result<Vec<T>> {
        let width = self.nodes.len();
        let mut layers = vec![infinite; self.count * width];
        layers[0] = zero;
        for level in 1..self.count {
            if cancelled() {
                return Err(Error::Cancelled);
            }
            let (done, this) = layers.split_at_mut(level * width);
            let previous = &done[(level - 1) * width..];
            for to in self.at(level) {
                let mut least = infinite;
                for from in self.before(level, to) {
                    let cost = add(previous[from], self.size(from, to), from, to);
                    if cost < least {
                        least = cost;
                    }
                }
                this[to] = least;
            }
        }
        Ok(layers)
    }

    /// The best chain whose steps are not much larger than `largest`.
    fn smoothest(&self, largest: f32, cancelled: &dyn Fn() -> bool) -> Result<Vec<usize>> {
        let (nodes, limit, scale) = (self.nodes, largest * SLACK, largest * largest);
        let direct = nodes.from_start[nodes.len() - 1].max(f32::MIN_POSITIVE);
        let progress: Vec<f32> = nodes.from_start.iter().zip(&nodes.to_end).map(|(a, b)| (a - b) / 2.0).collect();
        let pace = (self.count - 1) as f32 / direct;
        let add = |before: f64, size: f32, from: usize, to: usize| {
            if size > limit {
                return f64::INFINITY;
            }
            let uneven = (progress[to] - progress[from]) * pace - 1.0;
            let cost = size * size + scale * (EVENNESS * uneven * uneven - WANTED * nodes.leanings[to]);
            let meeting = if nodes.kinds[from] == nodes.kinds[to] { MEETING } else { 0.0 };
            before + f64::from(cost) + meeting
        };
        let layers = self.layers(0.0, f64::INFINITY, &add, cancelled)?;
        let mut chain = vec![nodes.len() - 1];
        for level in (1..self.count).rev() {
            let to = chain[chain.len() - 1];
            let cost = |from: usize| add(layers[(level - 1) * nodes.len() + from], self.size(from, to), from, to);
            let best = self.before(level, to).min_by(|a, b| cost(*a).total_cmp(&cost(*b)));
            chain.push(best.unwrap_or_default());
        }
        chain.reverse();
        Ok(chain)
    }
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;

    /// Nodes at random places of a half circle's upper part, in the order of progress.
    fn nodes(count: usize, seed: u64) -> Nodes {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut points: Vec<Vec<f32>> = (0..count)
            .map(|_| {
                let mut point: Vec<f32> =
                    (0..3).map(|axis| rng.random_range(if axis == 2 { 0.5 } else { -1.0 }..1.0)).collect();
                segue_vectors::normalise(&mut point);
                point
            })
            .collect();
        let progress = |point: &[f32], ends: &[Vec<f32>; 2]| step(point, &ends[0]) - step(point, &ends[1]);
        let ends = [points[0].clone(), points[1].clone()];
        points
            .retain(|point| (progress(&ends[0], &ends)..=progress(&ends[1], &ends)).contains(&progress(point, &ends)));
        points.sort_by(|a, b| progress(a, &ends).total_cmp(&progress(b, &ends)));
        Nodes {
            from_start: points.iter().map(|point| step(point, &ends[0])).collect(),
            to_end: points.iter().map(|point| step(point, &ends[1])).collect(),
            kinds: (0..points.len()).map(|_| rng.random_range(0..4)).collect(),
            leanings: vec![0.0; points.len()],
            points,
        }
    }

    fn largest(nodes: &Nodes, chain: &[usize]) -> f32 {
        chain.windows(2).map(|pair| step(&nodes.points[pair[0]], &nodes.points[pair[1]])).fold(0.0, f32::max)
    }

    fn meetings(nodes: &Nodes, chain: &[usize]) -> usize {
        chain.windows(2).filter(|pair| nodes.kinds[pair[0]] == nodes.kinds[pair[1]]).count()
    }

    /// All chains of so many nodes that keep to the bounds.
    fn every(nodes: &Nodes, count: usize, bounds: Bounds, chain: &mut Vec<usize>, found: &mut Vec<Vec<usize>>) {
        let (here, last) = (chain[chain.len() - 1], nodes.len() - 1);
        if chain.len() == count {
            found.extend((here == last).then(|| chain.clone()));
            return;
        }
        for next in here + 1..=last {
            if nodes.allows(bounds, here, next) && step(&nodes.points[here], &nodes.points[next]) <= bounds.limit {
                chain.push(next);
                every(nodes, count, bounds, chain, found);
                chain.pop();
            }
        }
    }

    #[test]
    fn no_chain_has_a_smaller_largest_step_and_fewer_meetings_cost_more() {
        for seed in 0..60 {
            let nodes = nodes(14, seed);
            for count in 2..7 {
                let bounds = Bounds { limit: nodes.from_start[nodes.len() - 1], tolerance: 0.1, widest: true };
                let chain = nodes.chain(count, bounds, &|| false).unwrap();
                let mut all = Vec::new();
                every(&nodes, chain.len(), bounds, &mut vec![0], &mut all);
                assert!(all.contains(&chain));
                let least = all.iter().map(|other| largest(&nodes, other)).fold(f32::INFINITY, f32::min);
                assert!(largest(&nodes, &chain) <= least * SLACK + 1e-6);
                let rival = |other: &&Vec<usize>| largest(&nodes, other) <= least * SLACK - 1e-6;
                let fewest = all.iter().filter(rival).map(|other| meetings(&nodes, other)).min();
                assert!(fewest.is_none_or(|fewest| meetings(&nodes, &chain) <= fewest));
                // Fewer nodes than wanted only where there is no chain of more.
                for more in chain.len() + 1..=count {
                    let mut longer = Vec::new();
                    every(&nodes, more, bounds, &mut vec![0], &mut longer);
                    assert!(longer.is_empty());
                }
            }
        }
    }

    #[test]
    fn the_gap_is_the_least_that_any_detour_can_avoid() {
        for seed in 0..40 {
            let nodes = nodes(12, seed);
            let n = nodes.len();
            let mut steps: Vec<Vec<f32>> =
                (0..n).map(|a| (0..n).map(|b| step(&nodes.points[a], &nodes.points[b])).collect()).collect();
            for via in 0..n {
                for a in 0..n {
                    for b in 0..n {
                        steps[a][b] = steps[a][b].min(steps[a][via].max(steps[via][b]));
                    }
                }
            }
            let gap = nodes.gap();
            assert_eq!(gap, steps[0][n - 1]);
            let ends = |islands: &[usize]| islands[0] == islands[n - 1];
            assert!(ends(&nodes.islands(gap)) && !ends(&nodes.islands(gap * 0.999)));
        }
    }

    #[test]
    fn ends_alone_are_a_chain() {
        assert_eq!(
            Nodes::default().chain(5, Bounds { limit: 1.0, tolerance: 0.0, widest: true }, &|| false),
            Ok(vec![0])
        );
        let two = Nodes {
            points: vec![vec![1.0, 0.0], vec![0.0, 1.0]],
            from_start: vec![0.0, 1.0],
            to_end: vec![1.0, 0.0],
            kinds: vec![0, 0],
            leanings: vec![0.0; 2],
        };
        let bounds = Bounds { limit: 1.0, tolerance: 0.0, widest: true };
        assert_eq!(two.chain(5, bounds, &|| false), Ok(vec![0, 1]));
        assert_eq!(two.chain(0, bounds, &|| false), Ok(vec![0, 1]));
        assert_eq!((two.gap(), two.islands(0.5)), (1.0, vec![0, 1]));
    }
}
