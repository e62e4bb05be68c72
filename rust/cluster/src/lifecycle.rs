//! What becomes of a playlist from one run to the next.
//!
//! The rule: a playlist whose group is found again goes on. One that lost its group is kept as it was for
//! [`FADING_RUNS`] runs and is gone with the one after; when its group comes back meanwhile, it goes on as if nothing had
//! happened. What a person pinned, named or excluded never goes by itself. Tracks that left the library leave every list.

use std::hash::Hash;

use crate::matching::{SAME_PLAYLIST, match_lists};

/// Runs for which a playlist without a group is kept.
pub const FADING_RUNS: u32 = 3;

/// A playlist as the last run left it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Last<S> {
    /// Its songs, in order.
    pub songs: Vec<S>,
    /// Runs since it lost its group; 0 while it has one.
    pub faded: u32,
    /// A person wants its songs to stay.
    pub pinned: bool,
    /// A person gave it its name.
    pub named: bool,
    /// A person does not want it shown.
    pub excluded: bool,
}

impl<S> Last<S> {
    /// Whether a person has laid a hand on it: it is theirs, and never goes by itself.
    pub fn is_personal(&self) -> bool {
        self.pinned || self.named || self.excluded
    }
}

/// What becomes of a playlist of the last run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate<S> {
    /// It takes the songs of this new list.
    Continues {
        /// Place among the new lists.
        list: usize,
    },
    /// Its songs stay, less those that left the library.
    Stays {
        /// The new list that it would have taken, were it not pinned. That list is not to be made as a playlist of its own.
        list: Option<usize>,
        /// Songs, in their order.
        songs: Vec<S>,
        /// Runs since it lost its group.
        faded: u32,
    },
    /// It is no more.
    Gone,
}

/// What a run does with the playlists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succession<S> {
    /// Per new list the place of the old playlist that it continues; `None`: a new playlist.
    pub continued: Vec<Option<usize>>,
    /// Per old playlist what becomes of it.
    pub fates: Vec<Fate<S>>,
}

/// What becomes of the last run's playlists, given this run's lists.
///
/// Lists are matched by [`match_previous`](crate::match_previous)'s rule at [`SAME_PLAYLIST`], fading, pinned and excluded
/// playlists too: an excluded one goes on unseen, so that its group does not come back under another name. A playlist that
/// has lost all its songs is gone unless it is a person's.
pub fn succession<S: Eq + Hash + Clone>(
    new: &[Vec<S>],
    last: &[Last<S>],
    in_library: &dyn Fn(&S) -> bool,
) -> Succession<S> {
    let old: Vec<&[S]> = last.iter().map(|playlist| playlist.songs.as_slice()).collect();
    let continued = match_lists(new, &old, SAME_PLAYLIST);
    let mut list_of: Vec<Option<usize>> = vec![None; last.len()];
    for (list, old) in continued.iter().enumerate() {
        if let Some(slot) = old.and_then(|old| list_of.get_mut(old)) {
            *slot = Some(list);
        }
    }
    let fates = last.iter().zip(list_of).map(|(playlist, list)| fate(playlist, list, in_library)).collect();
    Succession { continued, fates }
}

fn fate<S: Clone>(playlist: &Last<S>, list: Option<usize>, in_library: &dyn Fn(&S) -> bool) -> Fate<S> {
    let faded = match list {
        Some(list) if !playlist.pinned => return Fate::Continues { list },
        Some(_) => 0,
        None => playlist.faded.saturating_add(1),
    };
    let songs: Vec<S> = playlist.songs.iter().filter(|song| in_library(song)).cloned().collect();
    if !playlist.is_personal() && (faded > FADING_RUNS || songs.is_empty()) {
        return Fate::Gone;
    }
    Fate::Stays { list, songs, faded }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last(songs: impl IntoIterator<Item = u32>) -> Last<u32> {
        Last { songs: songs.into_iter().collect(), ..Last::default() }
    }

    fn fate_of(new: &[Vec<u32>], playlist: Last<u32>) -> Fate<u32> {
        succession(new, &[playlist], &|_| true).fates.remove(0)
    }

    #[test]
    fn one_that_lost_its_group_is_kept_three_runs_and_then_gone() {
        let mut playlist = last(0..10);
        for run in 1..=FADING_RUNS {
            let stays = Fate::Stays { list: None, songs: (0..10).collect(), faded: run };
            assert_eq!(fate_of(&[(50..60).collect()], playlist.clone()), stays);
            playlist.faded = run;
        }
        assert_eq!(fate_of(&[(50..60).collect()], playlist), Fate::Gone);
    }

    #[test]
    fn a_fading_one_that_is_found_again_goes_on() {
        let fading = Last { faded: FADING_RUNS, ..last(0..10) };
        assert_eq!(fate_of(&[(90..99).collect(), (2..12).collect()], fading), Fate::Continues { list: 1 });
    }

    #[test]
    fn what_a_person_touched_never_goes_by_itself() {
        let touch: [fn(&mut Last<u32>); 3] =
            [|list| list.pinned = true, |list| list.named = true, |list| list.excluded = true];
        for touch in touch {
            let mut playlist = Last { faded: u32::MAX, ..last(0..3) };
            touch(&mut playlist);
            let stays = Fate::Stays { list: None, songs: vec![0, 1, 2], faded: u32::MAX };
            assert_eq!(fate_of(&[], playlist.clone()), stays);
            playlist.songs.clear();
            assert!(matches!(fate_of(&[], playlist), Fate::Stays { songs, .. } if songs.is_empty()));
        }
    }

    #[test]
    fn a_pinned_one_keeps_its_songs_and_holds_its_group() {
        let pinned = Last { pinned: true, faded: 2, ..last(0..10) };
        let found = succession(&[(1..11).collect(), (20..30).collect()], &[pinned], &|_| true);
        assert_eq!(found.fates, [Fate::Stays { list: Some(0), songs: (0..10).collect(), faded: 0 }]);
        assert_eq!(found.continued, [Some(0), None]);
    }

    #[test]
    fn an_excluded_or_named_one_moves_on_with_its_group() {
        let excluded = Last { excluded: true, ..last(0..10) };
        let named = Last { named: true, ..last(20..30) };
        let found = succession(&[(21..31).collect(), (1..11).collect()], &[excluded, named], &|_| true);
        assert_eq!(found.fates, [Fate::Continues { list: 1 }, Fate::Continues { list: 0 }]);
    }

    #[test]
    fn songs_that_left_the_library_leave_and_an_empty_list_is_gone() {
        let lists = [last(0..4), last(10..12)];
        let found = succession(&[], &lists, &|song| song % 2 == 0 && *song < 10);
        assert_eq!(found.fates, [Fate::Stays { list: None, songs: vec![0, 2], faded: 1 }, Fate::Gone]);
    }

    #[test]
    fn nothing_comes_of_nothing() {
        let found = succession::<u32>(&[], &[], &|_| true);
        assert_eq!((found.continued, found.fates), (vec![], vec![]));
    }
}
