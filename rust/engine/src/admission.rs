//! What a request may see, by row, and the last few answers to that: a server sends the same list of a user's items with every
//! request, and it names all that they own.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use segue_space::TrackId;

use crate::api::ItemId;

/// Lists that are remembered. One of 100,000 items takes 2 MB.
const REMEMBERED: usize = 6;
/// A row that may be seen and that no item stands for.
const NO_ITEM: u32 = u32::MAX;

/// What one request may see, and by which item it sees it.
#[derive(Debug, Clone)]
pub(crate) struct Admitted(Arc<Admission>);

#[derive(Debug)]
struct Admission {
    /// The items that were named, `None` for no restriction.
    allowed: Option<Box<[ItemId]>>,
    /// Without a restriction, the item of each row.
    shown: Vec<ItemId>,
    /// The items that were named, for looking up; made when it is asked for.
    named: OnceLock<HashSet<ItemId, Folding>>,
    /// Per row 0 for what may not be seen, else the place of its item in either list, from 1.
    seen: Vec<u32>,
}

impl Admitted {
    pub(crate) fn admits(&self, row: TrackId) -> bool {
        self.0.seen.get(row as usize).is_some_and(|place| *place != 0)
    }

    pub(crate) fn item(&self, row: TrackId) -> Option<ItemId> {
        let items = self.0.allowed.as_deref().unwrap_or(&self.0.shown);
        let place = self.0.seen.get(row as usize)?.checked_sub(1)?;
        items.get(place as usize).copied()
    }

    /// Whether an item is one of those that were named; all are without a restriction.
    pub(crate) fn names(&self, item: &ItemId) -> bool {
        let Some(allowed) = &self.0.allowed else { return true };
        self.0.named.get_or_init(|| allowed.iter().copied().collect()).contains(item)
    }
}

/// Numbers of states of rows and items; never the same twice in a process.
static NEXT_STATE: AtomicU64 = AtomicU64::new(1);

/// Answers that hold until a song or an item comes, goes or moves.
#[derive(Debug)]
pub(crate) struct Admissions {
    remembered: Mutex<Vec<Admitted>>,
    state: u64,
}

impl Default for Admissions {
    fn default() -> Self {
        Self { remembered: Mutex::default(), state: NEXT_STATE.fetch_add(1, Ordering::Relaxed) }
    }
}

impl Admissions {
    /// Forgets all answers.
    pub(crate) fn clear(&mut self) {
        self.state = NEXT_STATE.fetch_add(1, Ordering::Relaxed);
        self.remembered.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// A number that no other state of rows and items has, in this index or another.
    pub(crate) fn state(&self) -> u64 {
        self.state
    }

    /// What these items show of so many rows, or, where nothing is asked for by name, all rows by their own item.
    pub(crate) fn of(
        &self,
        allowed: Option<&[ItemId]>,
        rows: usize,
        row_of: impl Fn(&ItemId) -> Option<TrackId>,
        own: impl Iterator<Item = Option<Option<ItemId>>>,
    ) -> Admitted {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = remembered.iter().position(|known| known.0.allowed.as_deref() == allowed) {
            let known = remembered.remove(at);
            remembered.push(known.clone());
            return known;
        }
        drop(remembered);
        let mut admission = Admission {
            allowed: allowed.map(Box::from),
            shown: Vec::new(),
            named: OnceLock::new(),
            seen: vec![0; rows],
        };
        match allowed {
            Some(allowed) => {
                for (place, item) in (1..NO_ITEM).zip(allowed) {
                    let seen = row_of(item).and_then(|row| admission.seen.get_mut(row as usize));
                    if let Some(seen) = seen.filter(|seen| **seen == 0) {
                        *seen = place;
                    }
                }
            }
            None => {
                for (seen, item) in admission.seen.iter_mut().zip(own) {
                    *seen = match item {
                        None => 0,
                        Some(None) => NO_ITEM,
                        Some(Some(item)) => {
                            admission.shown.push(item);
                            u32::try_from(admission.shown.len()).unwrap_or(NO_ITEM)
                        }
                    };
                }
            }
        }
        let admitted = Admitted(Arc::new(admission));
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= REMEMBERED {
            remembered.remove(0);
        }
        remembered.push(admitted.clone());
        admitted
    }
}

/// A map from keys of 16 bytes. These are hashes already, so little more has to be done to them; what is done depends on a number
/// drawn at the start, so that nobody can choose keys that meet.
pub(crate) type ByKey = HashMap<ItemId, TrackId, Folding>;

/// Makes [`Folded`].
#[derive(Debug, Clone)]
pub(crate) struct Folding(u64);

impl Default for Folding {
    fn default() -> Self {
        Self(RandomState::new().hash_one(0_u64))
    }
}

impl BuildHasher for Folding {
    type Hasher = Folded;

    fn build_hasher(&self) -> Folded {
        Folded(self.0)
    }
}

/// Mixes in a word in a way that can be undone, so that keys which differ in one word never meet.
#[derive(Debug)]
pub(crate) struct Folded(u64);

impl Folded {
    fn fold(&mut self, word: u64) {
        let mixed = (self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }
}

impl Hasher for Folded {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| self.fold(u64::from_le_bytes(*word)));
        rest.iter().for_each(|byte| self.fold(u64::from(*byte)));
    }

    fn write_usize(&mut self, value: usize) {
        // The length, which is always the same.
        self.0 = self.0.wrapping_add(value as u64);
    }

    fn finish(&self) -> u64 {
        // The finaliser of SplitMix64: the map looks at the highest and the lowest bits.
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_spread_over_all_bits() {
        // By chance 2,589 of 4,096 parts are met, give or take 31.
        for start in (0..50).map(|n: u64| n.wrapping_mul(0x5851_f42d_4c95_7f2d)).chain([u64::MAX]) {
            let folding = Folding(start);
            for step in [1u128, 1 << 64, 0x1_0000_0001] {
                let hashes: Vec<u64> = (0..4096u128).map(|key| folding.hash_one((key * step).to_be_bytes())).collect();
                for shift in [0, 20, 50] {
                    let parts: HashSet<u64> = hashes.iter().map(|hash| hash >> shift & 0xfff).collect();
                    assert!(parts.len() > 2300, "{start:x} {step:x}: {} of 4096 parts from bit {shift}", parts.len());
                }
            }
        }
    }

    #[test]
    fn answers_are_remembered_until_they_are_forgotten() {
        let mut admissions = Admissions::default();
        let item = |number: u8| [number; 16];
        let ask = |admissions: &Admissions, items: &[ItemId], moved: u32| {
            admissions.of(Some(items), 4, |item| Some(u32::from(item[0]) + moved), std::iter::empty())
        };
        let first = ask(&admissions, &[item(1), item(2)], 0);
        assert_eq!((first.admits(0), first.item(1), first.item(2)), (false, Some(item(1)), Some(item(2))));
        assert_eq!([0, 1, 2, 3].map(|number| first.names(&item(number))), [false, true, true, false]);
        // Remembered: the rows have not been asked for again.
        assert_eq!(ask(&admissions, &[item(1), item(2)], 1).item(1), Some(item(1)));
        assert!(!ask(&admissions, &[item(1)], 1).admits(1), "another list is another answer");
        for number in 10..20 {
            ask(&admissions, &[item(number)], 0);
        }
        assert!(ask(&admissions, &[item(1), item(2)], 1).admits(3), "only a few are");
        admissions.clear();
        assert!(!ask(&admissions, &[item(1), item(2)], 0).admits(3));
    }

    #[test]
    fn without_a_restriction_each_row_is_seen_as_its_own_item() {
        let own = [Some(Some([7; 16])), None, Some(None), Some(Some([9; 16]))];
        let all = Admissions::default().of(None, 4, |_| None, own.into_iter());
        assert!(all.names(&[8; 16]));
        assert_eq!([0, 1, 2, 3, 4].map(|row| all.admits(row)), [true, false, true, true, false]);
        assert_eq!([0, 1, 2, 3, 4].map(|row| all.item(row)), [Some([7; 16]), None, None, Some([9; 16]), None]);
    }
}
