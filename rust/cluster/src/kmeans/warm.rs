//! Starts from the end of another run: a few centroids taken out where they are missed least, a few put in where they
//! help most.

use ndarray::Array2;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use segue_vectors::{accumulate, squared_euclidean, squared_euclidean_some};

use super::seeding::draw;
use super::{KMeans, check_count};
use crate::{Error, Points, Result};

/// Points of a cluster that are looked at when it is split.
const MOST_SPLIT: usize = 512;

/// Rounds of 2-means within a cluster that is split.
const SPLIT_ROUNDS: usize = 4;

/// Clusters of which the split is tried.
const SPLITS_TRIED: usize = 4;

/// Largest factor of chance on what a choice costs or saves.
const CHANCE: f64 = 1.5;

/// What a warm start is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WarmStart {
    /// Clusters, of any number; a few more or less than the parent has are worth most.
    pub k: usize,
    /// Centroids that are taken out and put in somewhere else, beside those that `k` asks for. 0 gives the parent's own
    /// centroids back when it has `k` of them.
    pub swaps: usize,
    /// Which of the good choices are made: same points, parent and seed, same start.
    pub seed: u64,
}

impl KMeans {
    /// Centroids to start from that continue this run, which was made of the same `points`: least useful ones are taken
    /// out by joining two clusters, new ones made by splitting one in two. Both choose by the inertia they cost or save,
    /// with some chance, so that several children of one parent differ.
    ///
    /// An end that plain starts do not find is so found in a fraction of the iterations: a swap that moves a centroid
    /// from where two share one group to where one has two is what Lloyd's iterations cannot do (Fränti 2018 on random
    /// swaps, Fritzke 2020 on "breathing").
    ///
    /// # Errors
    /// [`Error::ClusterCount`]; [`Error::Size`] when the points are not those of this run.
    pub fn warm_start(&self, points: &Points, warm: &WarmStart) -> Result<Array2<f32>> {
        check_count(warm.k, points.len())?;
        let size =
            |what, expected, got| if expected == got { Ok(()) } else { Err(Error::Size { what, expected, got }) };
        size("points", self.labels.len(), points.len())?;
        size("dimensions", self.centroids.ncols(), points.dimensions())?;
        let mut rng = StdRng::seed_from_u64(warm.seed);
        let mut groups = Groups::new(self, points);
        let surplus = groups.len().saturating_sub(warm.k);
        for _ in 0..warm.swaps.saturating_add(surplus).min(groups.len() - 1) {
            groups.join(&mut rng);
        }
        while groups.len() < warm.k && groups.split(&mut rng) {}
        let mut centroids = groups.centroids;
        // Too few different points to split any further: what is left begins anywhere.
        while centroids.len() < warm.k {
            centroids.push(points.row(rng.random_range(0..points.len())).to_vec());
        }
        let start = Array2::from_shape_fn((warm.k, points.dimensions()), |(label, j)| centroids[label][j]);
        Ok(points.restore(start))
    }
}

/// The groups of a run, while some are joined and others split.
struct Groups<'a> {
    points: &'a Points,
    centroids: Vec<Vec<f32>>,
    members: Vec<Vec<usize>>,
    inertia: Vec<f64>,
}

/// One group in two.
struct Split {
    group: usize,
    centroids: [Vec<f32>; 2],
    /// Inertia that it saves.
    gain: f64,
}

impl<'a> Groups<'a> {
    fn new(parent: &KMeans, points: &'a Points) -> Self {
        let centred = points.centre(parent.centroids.as_standard_layout().into_owned());
        let k = centred.nrows();
        let (mut members, mut inertia) = (vec![Vec::new(); k], vec![0.0; k]);
        for (point, (label, distance)) in parent.labels.iter().zip(&parent.distances).enumerate() {
            if let (Some(members), Some(inertia)) = (members.get_mut(*label), inertia.get_mut(*label)) {
                members.push(point);
                *inertia += f64::from(*distance).powi(2);
            }
        }
        Self { points, centroids: centred.outer_iter().map(|row| row.to_vec()).collect(), members, inertia }
    }

    fn len(&self) -> usize {
        self.centroids.len()
    }

    /// What joining two groups costs (Ward 1963).
    fn cost(&self, a: usize, b: usize) -> f64 {
        let (n, m) = (self.members[a].len() as f64, self.members[b].len() as f64);
        n * m / (n + m).max(1.0) * f64::from(squared_euclidean(&self.centroids[a], &self.centroids[b]))
    }

    /// Joins two groups that cost little.
    fn join(&mut self, rng: &mut StdRng) {
        let pairs = (0..self.len()).flat_map(|a| (0..a).map(move |b| (a, b)));
        let drawn = pairs.map(|(a, b)| (self.cost(a, b) * rng.random_range(1.0..CHANCE), a, b));
        let Some((_, a, b)) = drawn.min_by(|a, b| a.0.total_cmp(&b.0)) else { return };
        self.inertia[b] += self.inertia[a] + self.cost(a, b);
        let (n, m) = (self.members[a].len() as f32, self.members[b].len() as f32);
        let share = n / (n + m).max(1.0);
        // `b` comes before `a`, so that it stays where it is.
        let (centroid, members) = (self.centroids.swap_remove(a), self.members.swap_remove(a));
        self.inertia.swap_remove(a);
        self.centroids[b].iter_mut().zip(&centroid).for_each(|(own, other)| *own += share * (other - *own));
        self.members[b].extend(members);
    }

    /// Splits a group where that saves much; false when none can be.
    fn split(&mut self, rng: &mut StdRng) -> bool {
        let worth = |(group, inertia): (usize, &f64)| (inertia * rng.random_range(1.0..CHANCE), group);
        let mut drawn: Vec<(f64, usize)> = self.inertia.iter().enumerate().map(worth).collect();
        drawn.retain(|(worth, group)| *worth > 0.0 && self.members[*group].len() > 1);
        drawn.sort_by(|a, b| b.0.total_cmp(&a.0));
        let tried: Vec<Split> =
            drawn.iter().take(SPLITS_TRIED).filter_map(|(_, group)| self.in_two(*group, rng)).collect();
        let Some(best) = tried.into_iter().max_by(|a, b| a.gain.total_cmp(&b.gain)) else { return false };
        let [first, second] = best.centroids;
        let (mut near, mut far, mut inertia) = (Vec::new(), Vec::new(), [0.0f64; 2]);
        for point in std::mem::take(&mut self.members[best.group]) {
            let to = |centroid: &[f32]| squared_euclidean(self.points.row(point), centroid);
            let (a, b) = (to(&first), to(&second));
            if a <= b {
                near.push(point);
                inertia[0] += f64::from(a);
            } else {
                far.push(point);
                inertia[1] += f64::from(b);
            }
        }
        self.centroids[best.group] = first;
        self.members[best.group] = near;
        self.inertia[best.group] = inertia[0];
        self.centroids.push(second);
        self.members.push(far);
        self.inertia.push(inertia[1]);
        true
    }

    /// A few rounds of 2-means on a group, or on some of it when it is large.
    fn in_two(&self, group: usize, rng: &mut StdRng) -> Option<Split> {
        let all = &self.members[group];
        let some = rand::seq::index::sample(rng, all.len(), all.len().min(MOST_SPLIT));
        let which: Vec<u32> = some.into_iter().map(|place| all[place] as u32).collect();
        let rows: Vec<&[f32]> = which.iter().map(|point| self.points.row(*point as usize)).collect();
        let squares = |to: &[f32]| {
            let mut found = Vec::with_capacity(which.len());
            squared_euclidean_some(to, self.points.as_slice(), &which, &mut found);
            found
        };
        let before = squares(&self.centroids[group]);
        let first = rows[draw(&before, rng)].to_vec();
        let second = rows[draw(&squares(&first), rng)].to_vec();
        let mut centroids = [first, second];
        for _ in 0..SPLIT_ROUNDS {
            let [a, b] = centroids.each_ref().map(|centroid| squares(centroid));
            let mut sums = [vec![0.0f64; self.points.dimensions()], vec![0.0f64; self.points.dimensions()]];
            let mut counts = [0usize; 2];
            for ((row, a), b) in rows.iter().zip(&a).zip(&b) {
                let side = usize::from(b < a);
                accumulate(&mut sums[side], row, 1.0);
                counts[side] += 1;
            }
            if counts.contains(&0) {
                return None;
            }
            for ((centroid, sum), count) in centroids.iter_mut().zip(&sums).zip(counts) {
                centroid.iter_mut().zip(sum).for_each(|(value, sum)| *value = (sum / count as f64) as f32);
            }
        }
        let [a, b] = centroids.each_ref().map(|centroid| squares(centroid));
        let saved = |((before, a), b): ((&f32, &f32), &f32)| f64::from(before - a.min(*b));
        let gain = before.iter().zip(&a).zip(&b).map(saved).sum::<f64>();
        Some(Split { group, centroids, gain: gain * all.len() as f64 / rows.len() as f64 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::KMeansOptions;

    fn never() -> bool {
        false
    }

    /// Points round `k` places in a wide cube.
    fn points(k: usize, per: usize) -> Points {
        let mut rng = StdRng::seed_from_u64(2);
        let places = Array2::from_shape_fn((k, 5), |_| rng.random_range(-20.0..20.0f32));
        let rows = Array2::from_shape_fn((k * per, 5), |(i, j)| places[[i % k, j]] + rng.random_range(-1.0..1.0));
        Points::new(rows.view()).unwrap()
    }

    fn run(points: &Points, start: &Array2<f32>) -> KMeans {
        KMeans::run(points, start.view(), &KMeansOptions::new(start.nrows()), None, &never).unwrap().finished().unwrap()
    }

    #[test]
    fn a_swap_leaves_an_end_that_iterations_cannot_leave() {
        let points = points(8, 30);
        // Two centroids in the first place, none in the last.
        let bad = Array2::from_shape_fn((8, 5), |(c, j)| {
            let member = if c < 2 { 8 * c } else { c - 1 };
            points.row(member)[j] + points.mean()[j]
        });
        let stuck = run(&points, &bad);
        let good = KMeans::fit_points(&points, &KMeansOptions::new(8), &never).unwrap();
        assert!(stuck.inertia > 2.0 * good.inertia);
        let start = stuck.warm_start(&points, &WarmStart { k: 8, swaps: 1, seed: 3 }).unwrap();
        assert!((run(&points, &start).inertia / good.inertia - 1.0).abs() < 1e-3);
    }

    #[test]
    fn neighbouring_numbers_are_found_at_once() {
        let points = points(9, 30);
        let fit = |k| KMeans::fit_points(&points, &KMeansOptions::new(k), &never).unwrap();
        let parent = fit(9);
        for k in [6, 8, 9, 10, 12] {
            let start = parent.warm_start(&points, &WarmStart { k, swaps: 0, seed: 1 }).unwrap();
            assert_eq!(start.dim(), (k, 5));
            let child = run(&points, &start);
            // Which places are best joined is partly chance.
            assert!(child.inertia < fit(k).inertia * if k < 9 { 1.6 } else { 1.05 }, "{k}");
            assert!(child.iterations <= 10);
        }
        let same = parent.warm_start(&points, &WarmStart { k: 9, swaps: 0, seed: 1 }).unwrap();
        assert!(same.iter().zip(&parent.centroids).all(|(a, b)| (a - b).abs() < 1e-4));
    }

    #[test]
    fn children_differ_by_their_seed_only() {
        let points = points(12, 20);
        let parent = KMeans::fit_points(&points, &KMeansOptions::new(10), &never).unwrap();
        let child = |seed| parent.warm_start(&points, &WarmStart { k: 10, swaps: 2, seed }).unwrap();
        assert_eq!(child(1), child(1));
        assert!((2..20).any(|seed| child(seed) != child(1)));
    }

    #[test]
    fn what_cannot_be_split_or_joined_still_gives_a_start() {
        let alike = Points::new(Array2::from_elem((9, 2), 1.5f32).view()).unwrap();
        let parent = KMeans::fit_points(&alike, &KMeansOptions::new(3), &never).unwrap();
        for (k, swaps) in [(1, 0), (1, 9), (3, usize::MAX), (9, 2)] {
            let start = parent.warm_start(&alike, &WarmStart { k, swaps, seed: 1 }).unwrap();
            assert_eq!(start, Array2::from_elem((k, 2), 1.5f32));
        }
        let refused = |k, points: &Points| parent.warm_start(points, &WarmStart { k, swaps: 0, seed: 1 }).unwrap_err();
        assert_eq!(refused(0, &alike), Error::ClusterCount { k: 0, points: 9 });
        assert_eq!(refused(10, &alike), Error::ClusterCount { k: 10, points: 9 });
        let other = Points::new(Array2::zeros((4, 2)).view()).unwrap();
        assert_eq!(refused(2, &other), Error::Size { what: "points", expected: 9, got: 4 });
    }
}
