//! A tree of groups, cut at two heights.

use ndarray::{Array2, Axis};
use rand::SeedableRng;
use rand::rngs::StdRng;
use segue_vectors::squared_euclidean;

use crate::points::row;
use crate::{Error, Linkage, Points, Result};

/// How the tree is made and cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HierarchyOptions {
    /// Groups at the coarse cut.
    pub level1: usize,
    /// Groups at the fine cut, at least as many.
    pub level2: usize,
    /// What joins them.
    pub linkage: Linkage,
    /// Of more points than this, a tree is made of so many drawn ones (more, where more groups are wanted), and each other
    /// point joins the fine group whose centroid is the nearest. The tree needs 2 bytes per pair of these: 128 MB for 8,000.
    pub exact: usize,
    /// Same points, options and seed: same result.
    pub seed: u64,
}

impl HierarchyOptions {
    /// Ward's linkage, exact up to 8,000 points.
    pub fn new(level1: usize, level2: usize) -> Self {
        Self { level1, level2, linkage: Linkage::Ward, exact: 8000, seed: 1 }
    }
}

/// Groups at two heights of a tree; each fine group lies in one coarse group.
#[derive(Debug, Clone, PartialEq)]
pub struct Hierarchy {
    /// Per point its coarse group.
    pub coarse: Vec<usize>,
    /// Per point its fine group.
    pub fine: Vec<usize>,
    /// Per fine group the coarse one it lies in.
    pub parents: Vec<usize>,
    /// Mean of each fine group's points in the tree, one row each, in the space of the points.
    pub centroids: Array2<f32>,
    /// Points that the tree was made of.
    pub sampled: usize,
}

impl Hierarchy {
    /// Joins the two groups that fit best, again and again, by chains of nearest neighbours (Murtagh 1983): the time grows with
    /// the square of the points in the tree. Groups are numbered in the order of their first points.
    ///
    /// `cancelled` is asked for every point and every join.
    ///
    /// # Errors
    /// [`Error::ClusterCount`], [`Error::Setting`] for a fine cut with fewer groups than the coarse one, [`Error::Cancelled`].
    pub fn fit(points: &Points, options: &HierarchyOptions, cancelled: &dyn Fn() -> bool) -> Result<Self> {
        let n = points.len();
        for k in [options.level1, options.level2] {
            if k == 0 || k > n {
                return Err(Error::ClusterCount { k, points: n });
            }
        }
        if options.level2 < options.level1 {
            let got = options.level2.to_string();
            return Err(Error::Setting {
                what: "groups at the fine level",
                got,
                expected: "as many as at the coarse one or more",
            });
        }
        let most = options.exact.max(options.level2);
        let members: Vec<usize> = if n <= most {
            (0..n).collect()
        } else {
            let mut rng = StdRng::seed_from_u64(options.seed);
            let mut drawn = rand::seq::index::sample(&mut rng, n, most).into_vec();
            drawn.sort_unstable();
            drawn
        };
        let joins = joins(points, &members, options.linkage, cancelled)?;
        let coarse = cut(&joins, members.len(), options.level1);
        let fine = cut(&joins, members.len(), options.level2);
        let means = means(points, &members, &fine, options.level2);
        let mut parent_of = vec![0; options.level2];
        fine.iter().zip(&coarse).for_each(|(fine, coarse)| parent_of[*fine] = *coarse);
        let mut drawn = vec![None; n];
        members.iter().zip(&fine).for_each(|(point, fine)| drawn[*point] = Some(*fine));
        let (mut fine_numbers, mut coarse_numbers) = (Numbers::new(options.level2), Numbers::new(options.level1));
        let (mut out, mut out_coarse) = (Vec::with_capacity(n), Vec::with_capacity(n));
        for (point, drawn) in drawn.into_iter().enumerate() {
            if cancelled() {
                return Err(Error::Cancelled);
            }
            let to = |group: &usize| squared_euclidean(points.row(point), row(&means, *group));
            let nearest = || (0..options.level2).min_by(|a, b| to(a).total_cmp(&to(b))).unwrap_or_default();
            let group = drawn.unwrap_or_else(nearest);
            out.push(fine_numbers.of(group));
            out_coarse.push(coarse_numbers.of(parent_of[group]));
        }
        let mut parents = vec![0; options.level2];
        out.iter().zip(&out_coarse).for_each(|(fine, coarse)| parents[*fine] = *coarse);
        let centroids = points.restore(means.select(Axis(0), &fine_numbers.order));
        Ok(Self { coarse: out_coarse, fine: out, parents, centroids, sampled: members.len() })
    }
}

/// New numbers for groups, in the order in which they are met.
struct Numbers {
    numbers: Vec<Option<usize>>,
    order: Vec<usize>,
}

impl Numbers {
    fn new(groups: usize) -> Self {
        Self { numbers: vec![None; groups], order: Vec::new() }
    }

    fn of(&mut self, group: usize) -> usize {
        *self.numbers[group].get_or_insert_with(|| {
            self.order.push(group);
            self.order.len() - 1
        })
    }
}

/// Means of groups in the centred space.
fn means(points: &Points, members: &[usize], labels: &[usize], groups: usize) -> Array2<f32> {
    let mut sums = Array2::<f64>::zeros((groups, points.dimensions()));
    let mut counts = vec![0usize; groups];
    for (point, label) in members.iter().zip(labels) {
        counts[*label] += 1;
        sums.row_mut(*label).iter_mut().zip(points.row(*point)).for_each(|(sum, value)| *sum += f64::from(*value));
    }
    Array2::from_shape_fn(sums.dim(), |(group, j)| (sums[[group, j]] / counts[group].max(1) as f64) as f32)
}

/// Two groups, each named by one of its members, and how far apart they were.
#[derive(Debug, Clone, Copy)]
struct Join {
    a: usize,
    b: usize,
    height: f32,
}

/// Distances of all pairs, each once. For Ward's linkage squared: the growth of the variance is linear in them.
struct Pairs(Vec<f32>);

impl Pairs {
    fn at(a: usize, b: usize) -> usize {
        let (low, high) = (a.min(b), a.max(b));
        high * (high - 1) / 2 + low
    }

    fn get(&self, a: usize, b: usize) -> f32 {
        self.0[Self::at(a, b)]
    }
}

/// All joins until one group is left.
fn joins(points: &Points, members: &[usize], linkage: Linkage, cancelled: &dyn Fn() -> bool) -> Result<Vec<Join>> {
    let n = members.len();
    let check = || if cancelled() { Err(Error::Cancelled) } else { Ok(()) };
    let mut pairs = Pairs(Vec::with_capacity(n * n.saturating_sub(1) / 2));
    for (index, member) in members.iter().enumerate() {
        check()?;
        let here = points.row(*member);
        let squares = members[..index].iter().map(|other| squared_euclidean(here, points.row(*other)));
        match linkage {
            Linkage::Ward => pairs.0.extend(squares),
            Linkage::Average => pairs.0.extend(squares.map(f32::sqrt)),
        }
    }
    let mut sizes = vec![1usize; n];
    let mut alive: Vec<usize> = (0..n).collect();
    let mut chain: Vec<usize> = Vec::new();
    let mut joins = Vec::with_capacity(n.saturating_sub(1));
    while alive.len() > 1 {
        check()?;
        let top = match chain.last() {
            Some(top) => *top,
            None => {
                chain.push(alive[0]);
                alive[0]
            }
        };
        let before = chain.len().checked_sub(2).map(|index| chain[index]);
        // The one before is kept where another is as near: distances along the chain only fall, so it ends.
        let mut nearest = before.map(|before| (pairs.get(top, before), before));
        for other in alive.iter().filter(|other| **other != top) {
            let distance = pairs.get(top, *other);
            if nearest.is_none_or(|(least, _)| distance < least) {
                nearest = Some((distance, *other));
            }
        }
        let Some((height, nearest)) = nearest else { break };
        if Some(nearest) != before {
            // Rounding may lead back into the chain; it then goes on from there.
            if let Some(place) = chain.iter().position(|link| *link == nearest) {
                chain.truncate(place);
            }
            chain.push(nearest);
            continue;
        }
        chain.truncate(chain.len() - 2);
        let (kept, gone) = (top.min(nearest), top.max(nearest));
        joins.push(Join { a: kept, b: gone, height });
        alive.retain(|group| *group != gone);
        let (size_kept, size_gone) = (sizes[kept] as f32, sizes[gone] as f32);
        for other in alive.iter().filter(|other| **other != kept) {
            let (to_kept, to_gone) = (pairs.get(kept, *other), pairs.get(gone, *other));
            let size = sizes[*other] as f32;
            pairs.0[Pairs::at(kept, *other)] = match linkage {
                // Lance, Williams 1967.
                Linkage::Ward => {
                    let sum = (size_kept + size) * to_kept + (size_gone + size) * to_gone - size * height;
                    sum / (size_kept + size_gone + size)
                }
                Linkage::Average => (size_kept * to_kept + size_gone * to_gone) / (size_kept + size_gone),
            };
        }
        sizes[kept] += sizes[gone];
    }
    joins.sort_by(|a, b| a.height.total_cmp(&b.height));
    Ok(joins)
}

/// Groups after the lowest joins, so that `groups` are left, numbered in the order of their first members.
fn cut(joins: &[Join], members: usize, groups: usize) -> Vec<usize> {
    let mut root: Vec<usize> = (0..members).collect();
    let find = |root: &mut Vec<usize>, mut member: usize| {
        while root[member] != member {
            root[member] = root[root[member]];
            member = root[member];
        }
        member
    };
    for join in joins.iter().take(members.saturating_sub(groups)) {
        let (a, b) = (find(&mut root, join.a), find(&mut root, join.b));
        root[a.max(b)] = a.min(b);
    }
    let mut numbers = Numbers::new(members);
    (0..members).map(|member| numbers.of(find(&mut root, member))).collect()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use ndarray::array;
    use rand::Rng;

    use super::*;

    fn never() -> bool {
        false
    }

    fn random(n: usize, dimensions: usize, seed: u64) -> Points {
        let mut rng = StdRng::seed_from_u64(seed);
        let rows = Array2::from_shape_fn((n, dimensions), |(i, _)| (i % 3) as f32 * 4.0 + rng.random_range(-1.0..1.0));
        Points::new(rows.view()).unwrap()
    }

    /// By the definition: each time the best of all pairs of groups is joined.
    fn plain(points: &Points, linkage: Linkage, groups: usize) -> Vec<usize> {
        let mut sets: Vec<Vec<usize>> = (0..points.len()).map(|point| vec![point]).collect();
        let distance = |a: &[usize], b: &[usize]| match linkage {
            Linkage::Ward => {
                let mean = |set: &[usize], j: usize| {
                    set.iter().map(|p| f64::from(points.row(*p)[j])).sum::<f64>() / set.len() as f64
                };
                let square: f64 = (0..points.dimensions()).map(|j| (mean(a, j) - mean(b, j)).powi(2)).sum();
                square * (a.len() * b.len()) as f64 / (a.len() + b.len()) as f64
            }
            Linkage::Average => {
                let to = |a: usize, b: usize| f64::from(squared_euclidean(points.row(a), points.row(b))).sqrt();
                a.iter().flat_map(|a| b.iter().map(|b| to(*a, *b))).sum::<f64>() / (a.len() * b.len()) as f64
            }
        };
        while sets.len() > groups {
            let all = (0..sets.len()).flat_map(|b| (0..b).map(move |a| (a, b)));
            let (a, b) = all
                .min_by(|x, y| distance(&sets[x.0], &sets[x.1]).total_cmp(&distance(&sets[y.0], &sets[y.1])))
                .unwrap();
            let gone = sets.remove(b);
            sets[a].extend(gone);
        }
        sets.sort_by_key(|set| set.iter().min().copied());
        let mut labels = vec![0; points.len()];
        sets.iter().enumerate().for_each(|(label, set)| set.iter().for_each(|point| labels[*point] = label));
        labels
    }

    #[test]
    fn is_what_the_definition_says_at_both_levels() {
        for linkage in [Linkage::Ward, Linkage::Average] {
            let points = random(40, 3, 1);
            let options = HierarchyOptions { linkage, ..HierarchyOptions::new(3, 8) };
            let found = Hierarchy::fit(&points, &options, &never).unwrap();
            assert_eq!(found.coarse, plain(&points, linkage, 3));
            assert_eq!(found.fine, plain(&points, linkage, 8));
            assert!(found.fine.iter().zip(&found.coarse).all(|(fine, coarse)| found.parents[*fine] == *coarse));
        }
    }

    #[test]
    fn a_sample_is_extended_to_all() {
        let points = random(600, 4, 2);
        let options = HierarchyOptions { exact: 90, ..HierarchyOptions::new(3, 6) };
        let found = Hierarchy::fit(&points, &options, &never).unwrap();
        assert_eq!((found.sampled, found.coarse.len()), (90, 600));
        assert!((0..600).all(|point| found.coarse[point] == found.coarse[point % 3]));
        assert!(found.fine.iter().zip(&found.coarse).all(|(fine, coarse)| found.parents[*fine] == *coarse));
        assert_eq!(Hierarchy::fit(&points, &options, &never).unwrap(), found);
        let whole = Hierarchy::fit(&points, &HierarchyOptions::new(3, 6), &never).unwrap();
        assert_eq!((whole.sampled, whole.coarse == found.coarse), (600, true));
    }

    #[test]
    fn points_all_alike_single_points_and_as_many_groups_as_points_work() {
        let alike = Points::new(Array2::ones((30, 2)).view()).unwrap();
        for linkage in [Linkage::Ward, Linkage::Average] {
            let options = HierarchyOptions { linkage, ..HierarchyOptions::new(2, 30) };
            let found = Hierarchy::fit(&alike, &options, &never).unwrap();
            assert_eq!(found.fine, (0..30).collect::<Vec<_>>());
            assert_eq!(found.coarse.iter().max(), Some(&1));
        }
        let one = Points::new(array![[3.0f32]].view()).unwrap();
        let found = Hierarchy::fit(&one, &HierarchyOptions::new(1, 1), &never).unwrap();
        assert_eq!((found.coarse, found.centroids), (vec![0], array![[3.0f32]]));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let points = random(5, 2, 3);
        let fit = |level1, level2| Hierarchy::fit(&points, &HierarchyOptions::new(level1, level2), &never);
        assert_eq!(fit(0, 2), Err(Error::ClusterCount { k: 0, points: 5 }));
        assert_eq!(fit(2, 6), Err(Error::ClusterCount { k: 6, points: 5 }));
        assert!(matches!(fit(3, 2), Err(Error::Setting { .. })));
    }

    #[test]
    fn cancel_ends_it_wherever_it_is() {
        let points = random(60, 2, 4);
        let options = HierarchyOptions { exact: 40, ..HierarchyOptions::new(2, 4) };
        let asked = Cell::new(0);
        let counting = |most: usize| {
            asked.set(0);
            Hierarchy::fit(&points, &options, &|| {
                asked.set(asked.get() + 1);
                asked.get() > most
            })
        };
        assert!(counting(usize::MAX).is_ok());
        let all = asked.get();
        assert!((0..all).step_by(7).all(|most| counting(most) == Err(Error::Cancelled)));
    }
}
