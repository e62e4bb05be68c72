//! The few smallest of many.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// A distance that is never NaN, with what it belongs to; ordered by distance, then by `item`.
#[derive(Debug, Clone, Copy)]
struct Entry<T> {
    distance: f32,
    item: T,
}

impl<T: Ord> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.distance.total_cmp(&other.distance).then_with(|| self.item.cmp(&other.item))
    }
}

impl<T: Ord> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Ord> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T: Ord> Eq for Entry<T> {}

/// Keeps the `k` smallest distances pushed into it. Equal distances are kept by the smaller item, so the result does not
/// depend on the order of pushing. NaN never enters.
#[derive(Debug, Clone)]
pub struct TopK<T> {
    k: usize,
    largest_first: BinaryHeap<Entry<T>>,
}

impl<T: Ord + Copy> TopK<T> {
    /// An empty list of at most `k`. Memory grows with what is pushed, not with `k`.
    pub fn new(k: usize) -> Self {
        Self { k, largest_first: BinaryHeap::new() }
    }

    /// Offers one.
    pub fn push(&mut self, distance: f32, item: T) {
        if distance.is_nan() || self.k == 0 {
            return;
        }
        // −0 and 0 are one distance.
        let entry = Entry { distance: distance + 0.0, item };
        if self.largest_first.len() < self.k {
            self.largest_first.push(entry);
        } else if let Some(mut largest) = self.largest_first.peek_mut()
            && entry < *largest
        {
            *largest = entry;
        }
    }

    /// The kept ones, nearest first.
    pub fn into_sorted(self) -> Vec<(f32, T)> {
        self.largest_first.into_sorted_vec().into_iter().map(|entry| (entry.distance, entry.item)).collect()
    }
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::seq::SliceRandom;
    use rand::{Rng, SeedableRng};

    use super::*;

    #[test]
    fn equals_the_head_of_a_full_sort_in_any_order() {
        let mut rng = StdRng::seed_from_u64(5);
        for _ in 0..200 {
            // Few distinct distances: most are ties.
            let mut all: Vec<(f32, u32)> = (0..40).map(|i| (rng.random_range(0..6u8).into(), i)).collect();
            let k = rng.random_range(0..45);
            let expected: Vec<_> = {
                let mut sorted = all.clone();
                sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                sorted.into_iter().take(k).collect()
            };
            all.shuffle(&mut rng);
            let mut top = TopK::new(k);
            all.iter().for_each(|(distance, item)| top.push(*distance, *item));
            assert_eq!(top.into_sorted(), expected);
        }
    }

    #[test]
    fn nan_never_enters_and_infinity_comes_last() {
        let mut top = TopK::new(3);
        for (item, distance) in [f32::NAN, f32::INFINITY, -f32::NAN, 2.0].into_iter().enumerate() {
            top.push(distance, item);
        }
        assert_eq!(top.into_sorted(), [(2.0, 3), (f32::INFINITY, 1)]);
    }

    #[test]
    fn zero_and_minus_zero_tie() {
        let mut top = TopK::new(1);
        top.push(-0.0, 8);
        top.push(0.0, 3);
        assert_eq!(top.into_sorted(), [(0.0, 3)]);
    }

    #[test]
    fn a_huge_k_costs_nothing() {
        let mut top = TopK::new(usize::MAX);
        top.push(1.0, 1);
        assert_eq!(top.into_sorted().len(), 1);
    }
}
