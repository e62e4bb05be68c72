//! DBSCAN: dense regions of any shape (Ester, Kriegel, Sander, Xu 1996).

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use segue_vectors::squared_euclidean;

use crate::tree::{Directions, Tree};
use crate::{Error, Points, Result};

/// Pairs that the median distance is taken from.
const PAIRS: usize = 20_000;
/// Points whose neighbours are looked for where quantiles of all are wanted.
const QUERIES: usize = 512;
/// Distances this near to `eps`, as a share of it, are computed once more in `f64`.
const NEAR: f64 = 1e-4;

/// What is dense.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DbscanOptions {
    /// How near neighbours lie, in units of the points; see [`median_distance`] and [`k_distances`].
    pub eps: f32,
    /// Neighbours, itself included, that make a point a core; at least 1.
    pub min_samples: usize,
}

/// Points in dense regions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dbscan {
    /// Per point its region, in the order of each region's first core; `None` for noise. A point at the border of several
    /// regions belongs to the first of them. All as in scikit-learn.
    pub labels: Vec<Option<usize>>,
    /// Per point whether it is a core.
    pub cores: Vec<bool>,
    /// Regions.
    pub clusters: usize,
}

impl Dbscan {
    /// Finds the regions exactly, in memory that grows with the number of points and not with that of pairs.
    ///
    /// Points are halved into leaves of near ones; two leaves whose balls are farther apart than `eps` are never compared.
    /// The rest is compared leaf by leaf in the 32 directions in which the points vary most, and only what may be near
    /// there as a whole. A point is no longer looked at once it is known to be a core, nor are two leaves whose cores are
    /// already of one region. The time is therefore far below that of all pairs, but for points without any structure.
    ///
    /// `cancelled` is asked for every pair of leaves.
    ///
    /// # Errors
    /// [`Error::Setting`] for an `eps` that is not above 0, [`Error::Cancelled`].
    pub fn fit(points: &Points, options: &DbscanOptions, cancelled: &dyn Fn() -> bool) -> Result<Self> {
        check_eps(options.eps)?;
        let directions = Directions::new(points, cancelled)?;
        let tree = Tree::new(&directions.of(points.centred()), cancelled)?;
        let near = Near::new(points.squares(), &directions, options.eps);
        let search = Search { points, tree, near, cancelled };
        let cores = search.cores(options.min_samples.max(1))?;
        let (mut labels, clusters) = search.regions(&cores)?;
        search.borders(&cores, &mut labels)?;
        let mut out = Self { labels: vec![None; points.len()], cores: vec![false; points.len()], clusters };
        for (position, (label, core)) in labels.into_iter().zip(cores).enumerate() {
            let point = search.tree.original(position);
            out.labels[point] = label;
            out.cores[point] = core;
        }
        Ok(out)
    }
}

pub(crate) fn check_eps(eps: f32) -> Result<()> {
    if eps > 0.0 && eps.is_finite() {
        return Ok(());
    }
    Err(Error::Setting { what: "eps", got: eps.to_string(), expected: "a number above 0" })
}

/// Which distance is near.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Near {
    square: f64,
    /// What a distance along few directions may be at most; it allows for rounding.
    pub(crate) limit: f32,
}

impl Near {
    /// `squares` are the squared lengths of all rows that are compared.
    pub(crate) fn new(squares: &[f32], directions: &Directions, eps: f32) -> Self {
        let longest = squares.iter().fold(0.0f32, |most, square| most.max(*square));
        let limit = eps * (1.0 + 1e-4) + directions.rounding(longest);
        Self { square: f64::from(eps).powi(2), limit }
    }

    /// Whether two whole points are within `eps`.
    pub(crate) fn holds(&self, a: &[f32], b: &[f32]) -> bool {
        let square = f64::from(squared_euclidean(a, b));
        if (square - self.square).abs() > NEAR * self.square {
            return square < self.square;
        }
        a.iter().zip(b).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum::<f64>() <= self.square
    }
}

struct Search<'a> {
    points: &'a Points,
    tree: Tree,
    near: Near,
    cancelled: &'a dyn Fn() -> bool,
}

impl Search<'_> {
    fn check(&self) -> Result<()> {
        if (self.cancelled)() { Err(Error::Cancelled) } else { Ok(()) }
    }

    fn within(&self, a: usize, b: usize) -> bool {
        self.near.holds(self.points.row(self.tree.original(a)), self.points.row(self.tree.original(b)))
    }

    /// Goes through the leaves near `leaf`, the nearest first, and calls `visit` for pairs of a wanted position in `leaf` and
    /// one that may be near it. `wanted` is asked before each leaf: which positions still look for something there.
    fn around<S>(
        &self,
        leaf: usize,
        state: &mut S,
        wanted: impl Fn(&mut S, usize, usize) -> bool,
        visit: impl Fn(&mut S, usize, usize) -> bool,
    ) -> Result<()> {
        for near in self.tree.near(&self.tree, leaf, self.near.limit) {
            self.check()?;
            let positions: Vec<usize> =
                self.tree.leaf(leaf).filter(|position| wanted(state, *position, near)).collect();
            if !positions.is_empty() {
                self.tree.pairs(near, &self.tree, &positions, self.near.limit, |a, b| visit(state, a, b));
            }
        }
        Ok(())
    }

    /// Per position whether it has enough neighbours.
    fn cores(&self, min_samples: usize) -> Result<Vec<bool>> {
        let mut counts = vec![0usize; self.points.len()];
        for leaf in 0..self.tree.leaves() {
            self.around(
                leaf,
                &mut counts,
                |counts, position, _| counts[position] < min_samples,
                |counts, a, b| {
                    counts[a] += usize::from(self.within(a, b));
                    counts[a] < min_samples
                },
            )?;
        }
        Ok(counts.into_iter().map(|count| count >= min_samples).collect())
    }

    /// Per position the region of its core, and how many regions there are.
    fn regions(&self, cores: &[bool]) -> Result<(Vec<Option<usize>>, usize)> {
        let of_leaf = |leaf| self.tree.leaf(leaf).filter(|position| cores[*position]);
        let mut sets = Sets::new(cores.len());
        for leaf in 0..self.tree.leaves() {
            // Per leaf: the only region of all its cores, where there is one.
            let only = |sets: &mut Sets, leaf| {
                let mut roots = of_leaf(leaf).map(|position| sets.root(position));
                let first = roots.next()?;
                roots.all(|root| root == first).then_some(first)
            };
            let mut state = (sets, usize::MAX, None);
            self.around(
                leaf,
                &mut state,
                |(sets, seen, shared), position, near| {
                    if *seen != near {
                        *seen = near;
                        *shared = only(sets, near);
                    }
                    near >= leaf && cores[position] && *shared != Some(sets.root(position))
                },
                |(sets, _, shared), a, b| {
                    if cores[b] && sets.root(a) != sets.root(b) && self.within(a, b) {
                        sets.join(a, b);
                        return shared.is_none();
                    }
                    true
                },
            )?;
            sets = state.0;
        }
        let mut by_point: Vec<(usize, usize)> = (0..cores.len())
            .filter(|position| cores[*position])
            .map(|position| (self.tree.original(position), position))
            .collect();
        by_point.sort_unstable();
        let mut numbers: Vec<Option<usize>> = vec![None; cores.len()];
        let mut labels = vec![None; cores.len()];
        let mut clusters = 0;
        for (_, position) in by_point {
            let number = *numbers[sets.root(position)].get_or_insert_with(|| {
                clusters += 1;
                clusters - 1
            });
            labels[position] = Some(number);
        }
        Ok((labels, clusters))
    }

    /// Gives each point that is no core the first region of which a core is near.
    fn borders(&self, cores: &[bool], labels: &mut Vec<Option<usize>>) -> Result<()> {
        let least =
            |leaf| self.tree.leaf(leaf).filter(|position| cores[*position]).filter_map(|core| labels[core]).min();
        let least: Vec<Option<usize>> = (0..self.tree.leaves()).map(least).collect();
        let better =
            |label: Option<usize>, than: Option<usize>| label.is_some_and(|label| than.is_none_or(|than| label < than));
        for leaf in 0..self.tree.leaves() {
            self.around(
                leaf,
                labels,
                |labels, position, near| !cores[position] && better(least[near], labels[position]),
                |labels, a, b| {
                    if cores[b] && better(labels[b], labels[a]) && self.within(a, b) {
                        labels[a] = labels[b];
                    }
                    true
                },
            )?;
        }
        Ok(())
    }
}

/// Disjoint sets; the root of each is its least member.
struct Sets(Vec<usize>);

impl Sets {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn root(&mut self, mut member: usize) -> usize {
        while self.0[member] != member {
            self.0[member] = self.0[self.0[member]];
            member = self.0[member];
        }
        member
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}

/// The median distance of two points, from 20,000 pairs drawn with `seed`: the unit that `eps` is best thought of in. 0 of
/// fewer than two points.
pub fn median_distance(points: &Points, seed: u64) -> f32 {
    let n = points.len();
    if n < 2 {
        return 0.0;
    }
    let mut rng = StdRng::seed_from_u64(seed);
    let mut draw = || {
        let first = rng.random_range(0..n);
        // Any but the first.
        let second = (first + rng.random_range(1..n)) % n;
        squared_euclidean(points.row(first), points.row(second))
    };
    let mut squares: Vec<f32> = (0..PAIRS).map(|_| draw()).collect();
    squares.select_nth_unstable_by(PAIRS / 2, f32::total_cmp).1.sqrt()
}

/// Quantiles (0..1) of the distance to the `k`-th nearest point, itself the first: with an `eps` of the quantile 0.9,
/// nine in ten points are cores at `min_samples` `k`. Of 512 points drawn with `seed`, against all. Where there are
/// fewer than `k` points, the farthest counts. Zeros without points.
///
/// # Errors
/// [`Error::Cancelled`].
pub fn k_distances(
    points: &Points,
    k: usize,
    quantiles: &[f64],
    seed: u64,
    cancelled: &dyn Fn() -> bool,
) -> Result<Vec<f32>> {
    let n = points.len();
    if n == 0 {
        return Ok(vec![0.0; quantiles.len()]);
    }
    let mut rng = StdRng::seed_from_u64(seed);
    let queries: Vec<usize> =
        if n <= QUERIES { (0..n).collect() } else { (0..QUERIES).map(|_| rng.random_range(0..n)).collect() };
    let kth = k.clamp(1, n) - 1;
    let mut squares = vec![0.0f32; n];
    let mut found = Vec::with_capacity(queries.len());
    for query in queries {
        if cancelled() {
            return Err(Error::Cancelled);
        }
        let from = points.row(query);
        squares.iter_mut().enumerate().for_each(|(other, square)| *square = squared_euclidean(from, points.row(other)));
        found.push(squares.select_nth_unstable_by(kth, f32::total_cmp).1.sqrt());
    }
    found.sort_by(f32::total_cmp);
    let at = |quantile: &f64| {
        let place = quantile.clamp(0.0, 1.0) * (found.len() - 1) as f64;
        found.get(place.round() as usize).copied().unwrap_or_default()
    };
    Ok(quantiles.iter().map(at).collect())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use ndarray::{Array2, array};

    use super::*;

    fn never() -> bool {
        false
    }

    fn fit(rows: &Array2<f32>, eps: f32, min_samples: usize) -> Dbscan {
        Dbscan::fit(&Points::new(rows.view()).unwrap(), &DbscanOptions { eps, min_samples }, &never).unwrap()
    }

    /// By the definition, all pairs compared.
    fn plain(rows: &Array2<f32>, eps: f32, min_samples: usize) -> Vec<Option<usize>> {
        let n = rows.nrows();
        let near = |a: usize, b: usize| {
            let square = |(a, b): (&f32, &f32)| (f64::from(*a) - f64::from(*b)).powi(2);
            rows.row(a).iter().zip(rows.row(b)).map(square).sum::<f64>() <= f64::from(eps).powi(2)
        };
        let core: Vec<bool> = (0..n).map(|a| (0..n).filter(|b| near(a, *b)).count() >= min_samples).collect();
        let mut labels = vec![None; n];
        let mut next = 0;
        for start in 0..n {
            if labels[start].is_some() || !core[start] {
                continue;
            }
            let mut waiting = vec![start];
            while let Some(point) = waiting.pop() {
                if labels[point].is_none() {
                    labels[point] = Some(next);
                    waiting.extend((0..n).filter(|other| core[point] && near(point, *other)));
                }
            }
            next += 1;
        }
        labels
    }

    #[test]
    fn is_what_the_definition_says() {
        let mut rng = StdRng::seed_from_u64(3);
        for (n, dimensions, spread, eps) in
            [(400, 2, 1.0, 0.12), (300, 3, 1.0, 0.3), (260, 100, 0.6, 5.0), (500, 1, 1.0, 0.01), (350, 80, 0.1, 0.86)]
        {
            let rows = Array2::from_shape_fn((n, dimensions), |(i, _)| {
                (i % 4) as f32 * 1.4 * spread + rng.random_range(-1.0..1.0f32) * spread
            });
            for min_samples in [1, 4, 12] {
                let found = fit(&rows, eps, min_samples);
                assert_eq!(found.labels, plain(&rows, eps, min_samples), "{n} {dimensions} {min_samples}");
                assert_eq!(found.clusters, found.labels.iter().flatten().max().map_or(0, |most| most + 1));
                assert_eq!(found, fit(&rows, eps, min_samples));
            }
        }
    }

    #[test]
    fn a_border_belongs_to_the_first_region() {
        // The point at 0 is within 1 of a core on either side and no core itself.
        let rows = array![[1.0f32], [1.9], [1.9], [1.9], [0.0], [-1.0], [-1.9], [-1.9], [-1.9], [50.0]];
        let found = fit(&rows, 1.0, 4);
        let expected = [0, 0, 0, 0, 0, 1, 1, 1, 1].map(Some);
        assert_eq!(found.labels, [&expected[..], &[None]].concat());
        assert_eq!((found.cores[4], found.cores[0], found.clusters), (false, true, 2));
    }

    #[test]
    fn hostile_and_trivial_inputs() {
        let options = DbscanOptions { eps: 0.5, min_samples: 3 };
        let empty = Points::new(Array2::zeros((0, 3)).view()).unwrap();
        assert_eq!(Dbscan::fit(&empty, &options, &never).unwrap().labels, []);
        assert_eq!(fit(&array![[1.0f32, 2.0]], 0.5, 2).labels, [None]);
        assert_eq!(fit(&array![[1.0f32, 2.0]], 0.5, 0).labels, [Some(0)]);
        assert_eq!(fit(&Array2::ones((200, 3)), 1e-30, 5).labels, [Some(0); 200]);
        let apart = Array2::from_shape_fn((100, 2), |(i, _)| i as f32);
        assert_eq!(fit(&apart, 1e-6, 2), Dbscan { labels: vec![None; 100], cores: vec![false; 100], clusters: 0 });
        for eps in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            let error = Dbscan::fit(&empty, &DbscanOptions { eps, min_samples: 3 }, &never).unwrap_err();
            assert!(matches!(error, Error::Setting { what: "eps", .. }));
        }
    }

    #[test]
    fn cancel_ends_it_wherever_it_is() {
        let mut rng = StdRng::seed_from_u64(8);
        let points = Points::new(Array2::from_shape_fn((600, 70), |_| rng.random_range(0.0..1.0f32)).view()).unwrap();
        let options = DbscanOptions { eps: 3.2, min_samples: 6 };
        let asked = Cell::new(0);
        let counting = |most: usize| {
            asked.set(0);
            Dbscan::fit(&points, &options, &|| {
                asked.set(asked.get() + 1);
                asked.get() > most
            })
        };
        assert!(counting(usize::MAX).is_ok());
        let all = asked.get();
        for most in (0..all).step_by(37) {
            assert_eq!(counting(most), Err(Error::Cancelled));
        }
    }

    #[test]
    fn distances_tell_a_good_eps() {
        let rows = Array2::from_shape_fn((101, 1), |(i, _)| i as f32);
        let points = Points::new(rows.view()).unwrap();
        let median = median_distance(&points, 1);
        // Of two different points of a stretch of 100: a little under 30.
        assert!((28.0..31.0).contains(&median) && median == median_distance(&points, 1), "{median}");
        assert_eq!(k_distances(&points, 3, &[0.0, 0.5, 1.0], 1, &never).unwrap(), [1.0, 1.0, 2.0]);
        assert_eq!(k_distances(&points, 999, &[1.0], 1, &never).unwrap(), [100.0]);
        let none = Points::new(Array2::zeros((0, 2)).view()).unwrap();
        assert_eq!((median_distance(&none, 1), k_distances(&none, 3, &[0.5], 1, &never)), (0.0, Ok(vec![0.0])));
        assert_eq!(k_distances(&points, 3, &[0.5], 1, &|| true), Err(Error::Cancelled));
    }
}
