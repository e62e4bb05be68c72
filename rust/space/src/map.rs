//! The map: tracks laid out on a plane so that what is near in the space is near there.
//!
//! t-SNE (van der Maaten, Hinton: Visualizing data using t-SNE, JMLR 9, 2008) from a graph of nearest neighbours, with the
//! Barnes-Hut approximation (van der Maaten: Accelerating t-SNE using tree-based algorithms, JMLR 15, 2014) and, as a start, the
//! slowest ways in which a random walk on the graph evens out (Linderman, Steinerberger: Clustering with t-SNE, provably,
//! SIMODS 1, 2019, say why such a start serves). A map that was made before is the start of the next one.

use std::sync::{Mutex, PoisonError};

use crate::map_affinity::Affinities;
use crate::map_start::{fill_in, slow_modes};
use crate::map_tree::Tree;

/// Neighbours per track that [`lay_out`] makes good use of.
pub const MAP_NEIGHBOURS: usize = 90;

/// How far out the outermost track of a new map lies: what comes later may lie a little farther.
const MARGIN: f32 = 0.95;
/// Share of the tracks that must have a place for a map to go on from it.
const KNOWN_SHARE: f64 = 0.5;
/// How much stronger tracks pull each other while the map takes shape, and for how many steps.
const EXAGGERATION: f32 = 12.0;
const SHAPING: usize = 250;
/// Steps after that.
const REFINING: usize = 500;
/// Steps in which only new tracks move, and steps for all, where the map goes on from one.
const JOINING: usize = 100;
const SETTLING: usize = 150;
/// Largest size of the new map's start: small, so that it says which side, not how far.
const START: f32 = 1e-3;
/// Tracks whose forces are one piece of work.
const PIECE: usize = 1024;
/// Bisections when a map is brought back to the size at which it is in balance.
const BISECTIONS: usize = 16;

/// A neighbour in the graph that a map is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nearby {
    /// Its row in the graph.
    pub row: u32,
    /// How far it is; only the order of magnitude within one row counts.
    pub distance: f32,
}

/// A piece of work by its number.
pub type Piece<'a> = dyn Fn(usize) + Sync + 'a;

/// How a long run works and is watched.
pub struct MapRun<'a> {
    /// Does pieces 0, 1, … of some work, in any order, on as many threads as the caller likes. The outcome is the same.
    pub spread: &'a dyn Fn(usize, &Piece<'_>),
    /// Whether to give up. Asked at least a few times a second.
    pub cancelled: &'a (dyn Fn() -> bool + Sync),
    /// Hears what share is done.
    pub progress: &'a dyn Fn(f32),
}

/// Lays tracks out on a plane, each coordinate in −1..1. `None` once cancelled.
///
/// `graph` has for each track its nearest neighbours, best [`MAP_NEIGHBOURS`] of them, and how far they are; a neighbour that is
/// no row, the track itself or at no finite distance is passed over. `before` says where tracks lay on the last map
/// (missing: nowhere). Where at least half of them did, the map goes on from there: new tracks find their place among
/// the others first, then all settle. Otherwise it is made from nothing, and turned, mirrored and scaled to fit what there was.
/// The same input gives the same map, whatever the number of threads.
///
/// It takes some 30 bytes per neighbour beside the graph, and n log n time.
pub fn lay_out(graph: &[Vec<Nearby>], before: &[Option<[f32; 2]>], run: &MapRun<'_>) -> Option<Vec<[f32; 2]>> {
    let n = graph.len();
    let known = |row: usize| before.get(row).copied().flatten().filter(|place| place.iter().all(|x| x.is_finite()));
    let before: Vec<Option<[f32; 2]>> = (0..n).map(known).collect();
    let known = before.iter().flatten().count();
    let affinities = Affinities::new(graph, run.cancelled)?;
    let goes_on = known >= 3 && known as f64 >= KNOWN_SHARE * n as f64;
    let (start, fixed) = if goes_on {
        let fixed: Vec<bool> = before.iter().map(Option::is_some).collect();
        (fill_in(&affinities, &before), fixed)
    } else {
        (slow_modes(&affinities, START, run.cancelled)?, vec![false; n])
    };

    // Tracks that lie together are together in memory too.
    let mut tree = Tree::default();
    tree.build(&start);
    let order: Vec<u32> = tree.order().collect();
    let ordered = affinities.reordered(&order, run.cancelled)?;
    drop(affinities);
    let fixed: Vec<bool> = order.iter().map(|&row| fixed[row as usize]).collect();
    let places = order.iter().map(|&row| start[row as usize]).collect();

    let mut descent = Descent::new(&ordered, places, tree);
    let steps: &[(usize, f32, f32, bool)] = if goes_on {
        descent.balance(run)?;
        let joining = if known < n { JOINING } else { 0 };
        &[(joining, 1.0, 0.8, true), (SETTLING, 1.0, 0.8, false)]
    } else {
        &[(SHAPING, EXAGGERATION, 0.5, false), (REFINING, 1.0, 0.8, false)]
    };
    let total: usize = steps.iter().map(|(count, ..)| count).sum();
    let mut done = 0;
    for &(count, exaggeration, momentum, only_new) in steps {
        for _ in 0..count {
            (run.progress)(done as f32 / total as f32);
            descent.step(exaggeration, momentum, only_new.then_some(&fixed), run)?;
            done += 1;
        }
    }
    let mut places = vec![[0.0; 2]; n];
    for (&row, place) in order.iter().zip(&descent.places) {
        places[row as usize] = *place;
    }
    fit(&mut places, &before);
    Some(places)
}

/// Where each track is and where it is going.
struct Descent<'a> {
    affinities: &'a Affinities,
    places: Vec<[f32; 2]>,
    moves: Vec<[f32; 2]>,
    gains: Vec<[f32; 2]>,
    rate: f32,
    tree: Tree,
    forces: Vec<Force>,
}

/// What acts on a track.
#[derive(Clone, Copy, Default)]
struct Force {
    row: u32,
    pull: [f32; 2],
    push: [f32; 2],
    sum: f64,
}

impl<'a> Descent<'a> {
    fn new(affinities: &'a Affinities, places: Vec<[f32; 2]>, tree: Tree) -> Self {
        let n = places.len();
        // Belkina and others: Automated optimized parameters for t-SNE, Nature Communications 10, 2019.
        let rate = (n as f32 / EXAGGERATION).max(200.0);
        let (moves, gains) = (vec![[0.0; 2]; n], vec![[1.0; 2]; n]);
        Self { affinities, places, moves, gains, rate, tree, forces: vec![Force::default(); n] }
    }

    /// Finds out what acts on each track, in the order of the tree. Returns the sum that makes the pushes probabilities.
    fn act(&mut self, run: &MapRun<'_>) -> Option<f32> {
        self.tree.build(&self.places);
        for (force, row) in self.forces.iter_mut().zip(self.tree.order()) {
            force.row = row;
        }
        let (tree, places, affinities) = (&self.tree, &self.places, self.affinities);
        let pieces: Vec<Mutex<&mut [Force]>> = self.forces.chunks_mut(PIECE).map(Mutex::new).collect();
        (run.spread)(pieces.len(), &|piece| {
            let Some(piece) = pieces.get(piece) else { return };
            if (run.cancelled)() {
                return;
            }
            for force in piece.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
                let row = force.row as usize;
                let place = places[row];
                (force.push, force.sum) = tree.push(place);
                let mut pull = [0.0f32; 2];
                for (other, value) in affinities.row(row) {
                    let (dx, dy) = (place[0] - places[other][0], place[1] - places[other][1]);
                    let weight = value / (1.0 + dx * dx + dy * dy);
                    pull[0] += weight * dx;
                    pull[1] += weight * dy;
                }
                force.pull = pull;
            }
        });
        drop(pieces);
        let sum: f64 = self.forces.iter().map(|force| force.sum).sum();
        // Tracks so far from each other that nothing acts: as good as in balance.
        (!(run.cancelled)()).then_some(sum.max(f64::from(f32::MIN_POSITIVE)) as f32)
    }

    /// One step of gradient descent with momentum and a gain for each coordinate. Tracks that are `fixed` stay.
    fn step(&mut self, exaggeration: f32, momentum: f32, fixed: Option<&Vec<bool>>, run: &MapRun<'_>) -> Option<()> {
        let sum = self.act(run)?;
        for force in &self.forces {
            let row = force.row as usize;
            if fixed.is_some_and(|fixed| fixed[row]) {
                continue;
            }
            for axis in 0..2 {
                let gradient = exaggeration * force.pull[axis] - force.push[axis] / sum;
                let (gain, motion) = (&mut self.gains[row][axis], &mut self.moves[row][axis]);
                *gain = if (gradient > 0.0) == (*motion > 0.0) { (*gain * 0.8).max(0.01) } else { *gain + 0.2 };
                *motion = momentum * *motion - self.rate * *gain * gradient;
                self.places[row][axis] += *motion;
            }
        }
        Some(())
    }

    /// Scales the map so that pulls and pushes along the way from its middle are in balance.
    fn balance(&mut self, run: &MapRun<'_>) -> Option<()> {
        centre(&mut self.places);
        let shape = self.places.clone();
        let size = shape.iter().flatten().map(|x| x * x).sum::<f32>().sqrt() / (shape.len().max(1) as f32).sqrt();
        if !(size > 0.0 && size.is_finite()) {
            return Some(());
        }
        let (mut low, mut high) = ((1e-3f32 / size).ln(), (1e4f32 / size).ln());
        for _ in 0..BISECTIONS {
            let middle = 0.5 * (low + high);
            let scale = middle.exp();
            for (place, shape) in self.places.iter_mut().zip(&shape) {
                *place = shape.map(|x| scale * x);
            }
            let sum = self.act(run)?;
            let outward: f64 = self
                .forces
                .iter()
                .map(|force| {
                    let place = shape[force.row as usize];
                    let along = |axis: usize| f64::from((force.push[axis] / sum - force.pull[axis]) * place[axis]);
                    along(0) + along(1)
                })
                .sum();
            if outward > 0.0 { low = middle } else { high = middle }
        }
        Some(())
    }
}

fn centre(places: &mut [[f32; 2]]) {
    let n = places.len().max(1) as f64;
    let mean = [0, 1].map(|axis| (places.iter().map(|place| f64::from(place[axis])).sum::<f64>() / n) as f32);
    places.iter_mut().for_each(|place| *place = [place[0] - mean[0], place[1] - mean[1]]);
}

/// Turns, mirrors, scales and moves the map to lie on what there was before (Procrustes' way), then into −1..1.
fn fit(places: &mut [[f32; 2]], before: &[Option<[f32; 2]>]) {
    centre(places);
    let pairs = || places.iter().zip(before).filter_map(|(place, before)| before.map(|before| (*place, before)));
    let count = pairs().count() as f64;
    let mean = |of: &dyn Fn(([f32; 2], [f32; 2])) -> f32| pairs().map(|pair| f64::from(of(pair))).sum::<f64>() / count;
    let from = [mean(&|(a, _)| a[0]), mean(&|(a, _)| a[1])];
    let to = [mean(&|(_, b)| b[0]), mean(&|(_, b)| b[1])];
    let (mut dot, mut cross, mut dot_mirrored, mut cross_mirrored, mut size) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (a, b) in pairs() {
        let a = [f64::from(a[0]) - from[0], f64::from(a[1]) - from[1]];
        let b = [f64::from(b[0]) - to[0], f64::from(b[1]) - to[1]];
        dot += a[0] * b[0] + a[1] * b[1];
        cross += a[0] * b[1] - a[1] * b[0];
        dot_mirrored += a[0] * b[0] - a[1] * b[1];
        cross_mirrored += a[0] * b[1] + a[1] * b[0];
        size += a[0] * a[0] + a[1] * a[1];
    }
    // As complex numbers, the best turn and scale is the ratio of the two; mirrored where that fits better.
    let mirrored = f64::hypot(dot_mirrored, cross_mirrored) > f64::hypot(dot, cross);
    let (re, im) = if mirrored { (dot_mirrored, cross_mirrored) } else { (dot, cross) };
    if count >= 3.0 && size > 0.0 && f64::hypot(re, im) > 0.0 {
        let (re, im, flip) = (re / size, im / size, if mirrored { -1.0 } else { 1.0 });
        for place in places.iter_mut() {
            let a = [f64::from(place[0]) - from[0], flip * (f64::from(place[1]) - from[1])];
            *place = [(re * a[0] - im * a[1] + to[0]) as f32, (im * a[0] + re * a[1] + to[1]) as f32];
        }
    }
    let out = places.iter().flatten().fold(0.0f32, |out, x| out.max(x.abs()));
    let scale = match () {
        () if count >= 3.0 && out <= 1.0 => 1.0,
        () if out > 0.0 => MARGIN / out,
        () => 1.0,
    };
    places.iter_mut().for_each(|place| *place = place.map(|x| (scale * x).clamp(-1.0, 1.0)));
}

/// A number in −1..1 that hangs on its arguments only.
pub(crate) fn noise(row: usize, axis: usize) -> f32 {
    let mut x =
        (row as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (axis as u64 + 1).wrapping_mul(0xd1b5_4a32_d192_ed03);
    x = (x ^ x >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
    x = (x ^ x >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
    ((x >> 40) as f32 / (1u32 << 23) as f32) - 1.0
}
