//! Which new playlist continues which old one.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::hash::Hash;

/// Overlap from which two lists are one playlist: a list of 40 may change by 24 songs (16 / 64) and stays itself, while
/// by chance two lists share next to nothing.
pub const SAME_PLAYLIST: f64 = 0.25;

/// For each new list of songs the key of the old one it continues, if any.
///
/// Overlap is Jaccard's: songs in both over songs in either. Of all ways to pair the lists, each with one at most and none
/// below `least`, the one with the largest sum of overlaps is taken; of equally good ones that which keeps the order and
/// prefers the earlier lists, so the result is the same every time. Shortest augmenting paths over the pairs that share a
/// song (Jonker and Volgenant 1987, in its sparse form): lists that share nothing cost nothing.
pub fn match_previous<'a, K, S: Eq + Hash>(new: &[Vec<S>], old: &'a [(K, Vec<S>)], least: f64) -> Vec<Option<&'a K>> {
    let old_songs: Vec<&[S]> = old.iter().map(|(_, songs)| songs.as_slice()).collect();
    let assigned = Assignment::of(&overlaps(new, &old_songs, least), old.len());
    assigned.into_iter().map(|list| list.and_then(|list| old.get(list)).map(|(key, _)| key)).collect()
}

/// Like [`match_previous`], with the old lists' places instead of keys.
pub(crate) fn match_lists<S: Eq + Hash>(new: &[Vec<S>], old: &[&[S]], least: f64) -> Vec<Option<usize>> {
    Assignment::of(&overlaps(new, old, least), old.len())
}

/// A pair of lists: the old one's place and the overlap.
type Edge = (usize, f64);

/// Per new list the old ones that overlap it enough, in their order.
fn overlaps<S: Eq + Hash>(new: &[Vec<S>], old: &[&[S]], least: f64) -> Vec<Vec<Edge>> {
    let mut lists_of: HashMap<&S, Vec<usize>> = HashMap::new();
    for (list, songs) in old.iter().enumerate() {
        for song in *songs {
            let lists = lists_of.entry(song).or_default();
            // A song named twice in a list counts once.
            if lists.last() != Some(&list) {
                lists.push(list);
            }
        }
    }
    let mut sizes = vec![0usize; old.len()];
    lists_of.values().flatten().for_each(|list| sizes[*list] += 1);

    let edges_of = |songs: &Vec<S>| {
        let songs: HashSet<&S> = songs.iter().collect();
        let mut common: HashMap<usize, usize> = HashMap::new();
        for other in songs.iter().filter_map(|song| lists_of.get(song)).flatten() {
            *common.entry(*other).or_default() += 1;
        }
        let overlap = |(other, common): (usize, usize)| {
            let either = songs.len() + sizes[other] - common;
            (other, common as f64 / either as f64)
        };
        let mut edges: Vec<Edge> = common.into_iter().map(overlap).filter(|(_, overlap)| *overlap >= least).collect();
        edges.sort_by_key(|(other, _)| *other);
        edges
    };
    new.iter().map(edges_of).collect()
}

/// Whole numbers: sums are exact, so that the best assignment is the best whatever the order of additions.
type Cost = i128;

/// Overlaps in whole steps: two different ones of lists of up to 100,000 songs differ by more than a step.
const STEPS: f64 = (1u64 << 40) as f64;

/// An assignment of rows to columns on its way. A row may also stay alone, at the cost of 0.
struct Assignment {
    /// Per row its columns and what they cost, below 0.
    edges: Vec<Vec<(usize, Cost)>>,
    column_of: Vec<Option<usize>>,
    row_of: Vec<Option<usize>>,
    /// Dual prices: a pair's cost less both is never below 0, and 0 for assigned pairs.
    row_price: Vec<Cost>,
    column_price: Vec<Cost>,
}

impl Assignment {
    /// The column of each row so that the overlaps' sum is the largest.
    fn of(overlaps: &[Vec<Edge>], columns: usize) -> Vec<Option<usize>> {
        let rows = overlaps.len();
        // What decides between equal sums: the earlier lists, and lists in their order. All of it together is less than one
        // step of one overlap.
        let most = rows.max(columns).max(1) as Cost;
        let unit = 4 * most * most * most + 1;
        let cost = |row: usize, &(column, overlap): &Edge| {
            let (i, j) = (row as Cost, column as Cost);
            let later = (i + j) * most - i * j;
            (column, later - (overlap.clamp(0.0, 1.0) * STEPS).round() as Cost * unit)
        };
        let edges: Vec<Vec<(usize, Cost)>> = overlaps
            .iter()
            .enumerate()
            .map(|(row, edges)| edges.iter().map(|edge| cost(row, edge)).collect())
            .collect();
        let cheapest = |edges: &Vec<(usize, Cost)>| edges.iter().map(|(_, cost)| *cost).min().unwrap_or(0).min(0);
        let mut assignment = Self {
            row_price: edges.iter().map(cheapest).collect(),
            edges,
            column_of: vec![None; rows],
            row_of: vec![None; columns],
            column_price: vec![0; columns],
        };
        for row in 0..rows {
            assignment.add(row);
        }
        assignment.column_of
    }

    /// Brings one more row in, by the cheapest chain of rows that each give way to the one before: it ends at a free
    /// column, or at a row that had better stay alone.
    fn add(&mut self, start: usize) {
        let mut distance: HashMap<usize, Cost> = HashMap::new();
        let mut came_from: HashMap<usize, usize> = HashMap::new();
        let mut settled: Vec<(usize, Cost)> = Vec::new();
        let mut done: HashSet<usize> = HashSet::new();
        let mut queue = BinaryHeap::new();
        // The cheapest end so far: its length, and the row that stays alone there.
        let mut alone: (Cost, usize) = (-self.row_price[start], start);
        let (mut row, mut so_far) = (start, 0);
        let (length, free) = loop {
            for &(column, cost) in &self.edges[row] {
                let length = so_far + cost - self.row_price[row] - self.column_price[column];
                if !done.contains(&column) && distance.get(&column).is_none_or(|known| length < *known) {
                    distance.insert(column, length);
                    came_from.insert(column, row);
                    queue.push(Reverse((length, column)));
                }
            }
            let next = loop {
                match queue.pop() {
                    Some(Reverse((_, column))) if done.contains(&column) => {}
                    next => break next,
                }
            };
            match next {
                Some(Reverse((length, column))) if length < alone.0 => match self.row_of[column] {
                    None => break (length, Some(column)),
                    Some(owner) => {
                        done.insert(column);
                        settled.push((column, length));
                        (row, so_far) = (owner, length);
                        alone = alone.min((length - self.row_price[owner], owner));
                    }
                },
                _ => break (alone.0, None),
            }
        };

        self.row_price[start] += length;
        for &(column, distance) in &settled {
            if let Some(owner) = self.row_of[column] {
                self.row_price[owner] += length - distance;
            }
            self.column_price[column] -= length - distance;
        }

        let mut column = free.or_else(|| self.column_of[alone.1].take());
        while let Some(here) = column {
            let row = came_from[&here];
            self.row_of[here] = Some(row);
            column = if row == start { None } else { self.column_of[row] };
            self.column_of[row] = Some(here);
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;

    fn matched(new: &[Vec<u32>], old: &[Vec<u32>]) -> Vec<Option<usize>> {
        let old: Vec<(usize, Vec<u32>)> = old.iter().cloned().enumerate().collect();
        match_previous(new, &old, SAME_PLAYLIST).into_iter().map(Option::<&usize>::copied).collect()
    }

    #[test]
    fn a_changed_list_stays_itself_and_a_new_one_is_new() {
        let old = [(0..10).collect(), (20..30).collect()];
        let new = [(100..110).collect(), (22..34).collect(), (3..12).collect()];
        assert_eq!(matched(&new, &old), [None, Some(1), Some(0)]);
    }

    #[test]
    fn each_list_is_matched_once_and_the_larger_part_continues() {
        let old = [(0..10).collect()];
        let new = [(0..4).collect(), (4..10).collect()];
        assert_eq!(matched(&new, &old), [None, Some(0)]);
        let new = [(0..9).collect()];
        let old = [(0..4).collect(), (4..9).collect()];
        assert_eq!(matched(&new, &old), [Some(1)]);
    }

    #[test]
    fn the_best_sum_wins_over_the_best_pair() {
        // The first new list is nearest to the first old one (7 of 13), but then the second new one would be alone.
        let old: [Vec<u32>; 2] = [(0..10).collect(), (10..20).collect()];
        let new: [Vec<u32>; 2] = [(3..10).chain(14..20).collect(), (0..6).collect()];
        let greedy = overlaps(&new, &[&old[0], &old[1]], SAME_PLAYLIST);
        assert!(greedy[0][0].1 > greedy[0][1].1 && greedy[1].len() == 1);
        assert_eq!(matched(&new, &old), [Some(1), Some(0)]);
    }

    #[test]
    fn too_little_in_common_is_nothing() {
        assert_eq!(matched(&[(0..10).collect()], &[(6..16).collect()]), [Some(0)]);
        assert_eq!(matched(&[(0..10).collect()], &[(7..17).collect()]), [None]);
    }

    #[test]
    fn equal_overlaps_go_to_the_earlier_and_keep_the_order() {
        let list: Vec<u32> = (0..5).collect();
        let copies = |count| vec![list.clone(); count];
        assert_eq!(matched(&copies(2), &copies(2)), [Some(0), Some(1)]);
        assert_eq!(matched(&copies(2), &copies(1)), [Some(0), None]);
        assert_eq!(matched(&copies(1), &copies(3)), [Some(0)]);
        assert_eq!(matched(&copies(4), &copies(4)), [Some(0), Some(1), Some(2), Some(3)]);
    }

    #[test]
    fn repeated_songs_and_empty_lists_do_no_harm() {
        assert_eq!(matched(&[vec![1, 1, 2]], &[vec![2, 1, 2, 1]]), [Some(0)]);
        assert_eq!(matched(&[vec![]], &[vec![]]), [None]);
        assert_eq!(matched(&[], &[vec![1]]), []);
        assert_eq!(matched(&[vec![1]], &[]), [None]);
    }

    /// The largest sum that any assignment reaches, by trying all.
    fn best_sum(edges: &[Vec<Edge>], taken: &mut Vec<usize>) -> f64 {
        let Some((first, rest)) = edges.split_first() else { return 0.0 };
        let mut best = best_sum(rest, taken);
        for (column, overlap) in first {
            if !taken.contains(column) {
                taken.push(*column);
                best = best.max(overlap + best_sum(rest, taken));
                taken.pop();
            }
        }
        best
    }

    fn sum(edges: &[Vec<Edge>], assigned: &[Option<usize>]) -> f64 {
        let of = |(edges, column): (&Vec<Edge>, &Option<usize>)| {
            column.map_or(0.0, |column| edges.iter().find(|(other, _)| *other == column).unwrap().1)
        };
        edges.iter().zip(assigned).map(of).sum()
    }

    #[test]
    fn no_assignment_has_a_larger_sum() {
        let mut rng = StdRng::seed_from_u64(9);
        for _ in 0..600 {
            let (rows, columns) = (rng.random_range(0..7), rng.random_range(0..7));
            let edges: Vec<Vec<Edge>> = (0..rows)
                .map(|_| {
                    let columns = (0..columns).filter(|_| rng.random_bool(0.6)).collect::<Vec<usize>>();
                    // Few values, so that many assignments are equally good.
                    columns.into_iter().map(|column| (column, f64::from(rng.random_range(1..6)) / 5.0)).collect()
                })
                .collect();
            let assigned = Assignment::of(&edges, columns);
            let used: Vec<usize> = assigned.iter().flatten().copied().collect();
            assert_eq!(used.iter().collect::<HashSet<_>>().len(), used.len(), "a column twice");
            assert!(
                (sum(&edges, &assigned) - best_sum(&edges, &mut Vec::new())).abs() < 1e-9,
                "{edges:?} {assigned:?}"
            );
        }
    }

    #[test]
    fn hundreds_of_lists_that_all_overlap_are_matched() {
        // Every list shares songs with every other; each is found again among 600 all the same.
        let mut rng = StdRng::seed_from_u64(4);
        let old: Vec<Vec<u32>> = (0..600).map(|_| (0..40).map(|_| rng.random_range(0..2000)).collect()).collect();
        let mut new: Vec<Vec<u32>> = old.iter().rev().map(|list| list[..30].to_vec()).collect();
        new.iter_mut().for_each(|list| list.extend((0..10).map(|_| rng.random_range(0..2000))));
        assert_eq!(matched(&new, &old), (0..600).rev().map(Some).collect::<Vec<_>>());
    }
}
