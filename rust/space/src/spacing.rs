//! How near to each other songs of one artist, or of one album, may stand.

use std::collections::HashMap;

/// Numbers for names. What is unknown gets a number of its own each time.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    known: HashMap<String, usize>,
    count: usize,
}

impl Numbers {
    pub(crate) fn of(&mut self, name: Option<String>) -> usize {
        let next = self.count;
        let number = name.map_or(next, |name| *self.known.entry(name).or_insert(next));
        self.count = self.count.max(number + 1);
        number
    }
}

/// At most `cap` in any `window` places in a row; a cap of the window's size or more is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) cap: usize,
    pub(crate) window: usize,
}

impl Limit {
    /// Whether it says anything.
    pub(crate) fn binds(self) -> bool {
        self.cap < self.window
    }
}

/// Where the songs of each artist (or album) stand, and how many may follow.
#[derive(Debug, Clone)]
pub(crate) struct Spacing {
    limit: Limit,
    /// Per number the places taken, ascending.
    places: Vec<Vec<usize>>,
}

impl Spacing {
    /// Of what has been played: the number at each place.
    pub(crate) fn new(limit: Limit, played: impl Iterator<Item = usize>) -> Self {
        let mut spacing = Self { limit, places: Vec::new() };
        played.enumerate().for_each(|(place, number)| spacing.take(number, place));
        spacing
    }

    pub(crate) fn limit(&self) -> Limit {
        self.limit
    }

    pub(crate) fn raise(&mut self) {
        // By an eighth where it is large, so that a hostile window does not take as many rounds as it has places.
        self.limit.cap = self.limit.cap.saturating_add((self.limit.cap / 8).max(1));
    }

    /// Puts one at a place behind all others.
    pub(crate) fn take(&mut self, number: usize, place: usize) {
        if number >= self.places.len() {
            self.places.resize(number + 1, Vec::new());
        }
        if let Some(places) = self.places.get_mut(number) {
            places.push(place);
        }
    }

    /// The first place at which another may stand.
    pub(crate) fn free_from(&self, number: usize) -> usize {
        let places = self.places.get(number).map_or(&[][..], Vec::as_slice);
        let oldest = places.len().checked_sub(self.limit.cap).and_then(|index| places.get(index));
        oldest.filter(|_| self.limit.binds()).map_or(0, |place| place + self.limit.window)
    }

    /// How many more come into the places from `from` to before `to` when all may have as many: their part of them, though as
    /// many as one window holds.
    pub(crate) fn part(&self, number: usize, from: usize, to: usize) -> usize {
        let Limit { cap, window } = self.limit;
        let part = to.saturating_sub(from).saturating_mul(cap.min(window)) / window.max(1);
        self.room(number, from, to).min(part.max(cap))
    }

    /// How many more fit into the places from `from` to before `to`, others allowing.
    pub(crate) fn room(&self, number: usize, from: usize, to: usize) -> usize {
        if !self.limit.binds() {
            return to.saturating_sub(from);
        }
        let Limit { cap, window } = self.limit;
        let places = self.places.get(number).map_or(&[][..], Vec::as_slice);
        let recent = places.get(places.len().saturating_sub(cap)..).unwrap_or_default();
        // Each of the last `cap` may be followed after a window, that one after another window, and so on.
        let after = |first: usize| to.saturating_sub(first.max(from)).div_ceil(window);
        let followers: usize = recent.iter().map(|place| after(place + window)).sum();
        (followers + (cap - recent.len()) * after(from)).min(to.saturating_sub(from))
    }
}

/// By when songs must come so that the limit can be kept to the end: the latest places of all that are left.
///
/// Counted back from the end, an artist's last `cap` songs stand in the last window, those before them in the one before, and
/// within a window two places apart. As long as up to each place no more songs are due than there are places, all can still
/// come in time (the test of earliest deadlines, Jackson 1955); where just as many are, one of them must come now.
#[derive(Debug)]
pub(crate) struct Deadlines {
    limit: Limit,
    end: usize,
    left: Vec<usize>,
    /// Songs due at each place.
    due: Vec<usize>,
    /// Up to this place nothing needs to be looked at.
    calm_until: usize,
}

impl Deadlines {
    /// For songs with these numbers in the places from `start` on.
    pub(crate) fn new(limit: Limit, start: usize, numbers: impl Iterator<Item = usize>) -> Self {
        let mut left: Vec<usize> = Vec::new();
        let mut count = 0;
        for number in numbers {
            left.resize(left.len().max(number + 1), 0);
            if let Some(left) = left.get_mut(number) {
                *left += 1;
            }
            count += 1;
        }
        let mut deadlines = Self { limit, end: start + count, left, due: vec![0; start + count], calm_until: 0 };
        for number in 0..deadlines.left.len() {
            for songs in 1..=deadlines.left.get(number).copied().unwrap_or_default() {
                let latest = deadlines.latest(songs);
                if let Some(due) = deadlines.due.get_mut(latest) {
                    *due += 1;
                }
            }
        }
        deadlines
    }

    /// The last place for the first of so many songs of one artist.
    fn latest(&self, songs: usize) -> usize {
        let last = self.end.saturating_sub(1);
        let (cap, before) = (self.limit.cap.max(1), songs.saturating_sub(1));
        if !self.limit.binds() {
            return last;
        }
        let apart = if 2 * cap <= self.limit.window { 2 } else { 1 };
        last.saturating_sub(before / cap * self.limit.window + before % cap * apart)
    }

    /// The last place for the next song with this number.
    pub(crate) fn of(&self, number: usize) -> usize {
        self.latest(self.left.get(number).copied().unwrap_or_default())
    }

    pub(crate) fn take(&mut self, number: usize) {
        let latest = self.of(number);
        if let Some(left) = self.left.get_mut(number) {
            *left = left.saturating_sub(1);
        }
        if let Some(due) = self.due.get_mut(latest) {
            *due = due.saturating_sub(1);
        }
    }

    /// The place by which the next song must be due; the end when any will do. Places are asked for in ascending order.
    pub(crate) fn tight(&mut self, place: usize) -> usize {
        if !self.limit.binds() || place < self.calm_until {
            return self.end;
        }
        let mut songs: usize = self.due.get(..place).unwrap_or_default().iter().sum();
        let mut spare = usize::MAX;
        for (at, due) in self.due.iter().enumerate().skip(place) {
            songs += due;
            // At the end all songs are due and all places taken.
            if at + 1 < self.end {
                if songs > at - place {
                    return at;
                }
                spare = spare.min(at - place + 1 - songs);
            }
        }
        // With each place at most one is used up.
        self.calm_until = place.saturating_add(spare);
        self.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_names_are_all_different() {
        let mut numbers = Numbers::default();
        let name = |name: &str| Some(name.to_owned());
        assert_eq!([None, name("a"), None, name("a"), name("b")].map(|name| numbers.of(name)), [0, 1, 2, 1, 3]);
    }

    #[test]
    fn a_song_is_free_again_when_the_oldest_has_left_the_window() {
        let limit = Limit { cap: 2, window: 5 };
        let spacing = Spacing::new(limit, [7, 1, 7, 2].into_iter());
        assert_eq!((spacing.free_from(7), spacing.free_from(1), spacing.free_from(9)), (5, 0, 0));
        // From 4 to 14: after the ones at 0 and 2, at 5 and 7, then at 10 and 12.
        assert_eq!(spacing.room(7, 4, 14), 4);
        assert_eq!((spacing.room(9, 4, 14), spacing.room(9, 4, 13), spacing.part(9, 4, 13)), (4, 4, 3));
        assert_eq!((spacing.room(1, 4, 5), spacing.room(9, 4, 5), spacing.room(9, 4, 6)), (1, 1, 2));
        let unbound = Spacing::new(Limit { cap: 5, window: 5 }, [1, 1, 1].into_iter());
        assert_eq!((unbound.free_from(1), unbound.room(1, 3, 9)), (0, 6));
    }

    /// The most of one artist in `n` places after `played`, by trying all.
    fn most(limit: Limit, played: &mut Vec<bool>, n: usize) -> usize {
        if n == 0 {
            return 0;
        }
        played.push(false);
        let mut best = most(limit, played, n - 1);
        played.pop();
        let recent = played.iter().rev().take(limit.window - 1).filter(|own| **own).count();
        if recent < limit.cap {
            played.push(true);
            best = best.max(1 + most(limit, played, n - 1));
            played.pop();
        }
        best
    }

    #[test]
    fn room_is_at_least_what_fits_and_exact_where_places_do_not_collide() {
        for cap in 1..4 {
            for window in cap + 1..6 {
                let limit = Limit { cap, window };
                for history in 0..16u32 {
                    let mut played: Vec<bool> = (0..4).map(|bit| history >> bit & 1 == 1).collect();
                    let spacing = Spacing::new(limit, played.iter().map(|own| usize::from(*own)));
                    for n in 0..9 {
                        let fits = most(limit, &mut played, n);
                        let room = spacing.room(1, 4, 4 + n);
                        assert!(room >= fits, "{limit:?} {played:?} {n}: {room} {fits}");
                        assert!(cap > 1 || room == fits, "{limit:?} {played:?} {n}: {room} {fits}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_due_must_come() {
        let limit = Limit { cap: 1, window: 3 };
        // Three of one artist in seven places must stand at 0, 3 and 6 or earlier.
        let mut deadlines = Deadlines::new(limit, 0, [0, 0, 0, 1, 2, 3, 4].into_iter());
        assert_eq!((deadlines.of(0), deadlines.tight(0)), (0, 0));
        deadlines.take(0);
        assert_eq!((deadlines.of(0), deadlines.tight(1)), (3, 7));
        deadlines.take(1);
        deadlines.take(2);
        assert_eq!(deadlines.tight(3), 3);
    }
}
