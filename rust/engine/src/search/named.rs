//! Tracks whose title, artist or album is what somebody typed.

use std::collections::HashMap;

use segue_search::fold;
use segue_space::TrackId;
use segue_store::{Matching, Shelved};

use super::lookup::Lookup;
use crate::Result;
use crate::engine::State;
use crate::hear::audience::Sight;
use crate::hear::shelves::seen;
use crate::index::{Index, parse_item};

/// Files that are taken for one question.
const MOST_TAKEN: usize = 2000;
/// Letters from which on a word may be one letter off, and two.
const ONE_OFF: usize = 4;
const TWO_OFF: usize = 8;

/// How a name fits what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// All words stand somewhere in title, artist and album, the last one at least begun.
    Words,
    /// It begins so.
    Begins,
    /// It is called so.
    Whole,
}

/// What is called so; a title counts for more than an artist, and an artist for more than an album.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Name {
    Album,
    Artist,
    Title,
}

/// Finds tracks by names, among what may be seen.
pub(super) struct Finder<'a> {
    pub(super) lookup: &'a Lookup,
    pub(super) state: &'a State,
    pub(super) index: &'a Index,
    pub(super) sight: &'a Sight<'a>,
}

impl Finder<'_> {
    /// The tracks for which all words are a name, each with how it fits best.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn named(&self, words: &[&str]) -> Result<HashMap<TrackId, (Fit, Name)>> {
        let mut found = HashMap::new();
        let whole = fold(&words.join(" "));
        if whole.is_empty() {
            return Ok(found);
        }
        let names = self.lookup.shelves.names();
        let artist = names.artist(&whole).map(|called| called.volumes.clone()).unwrap_or_default();
        for (volumes, name) in
            [(names.titled(&whole), Name::Title), (artist, Name::Artist), (names.of_album(&whole), Name::Album)]
        {
            for track in seen(self.lookup.shelves.volumes(&volumes), self.index, self.sight) {
                keep(&mut found, track, (Fit::Whole, name));
            }
        }
        self.each(words, Matching::All, |track, file| keep(&mut found, track, fit(file, &whole)))?;
        Ok(found)
    }

    /// As [`named`](Self::named), with each word that no file has taken for the one that is most like it.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn named_nearly(&self, words: &[&str]) -> Result<HashMap<TrackId, (Fit, Name)>> {
        let words: Vec<String> =
            words.iter().flat_map(|word| fold(word).split(' ').map(str::to_owned).collect::<Vec<_>>()).collect();
        let mut meant = Vec::with_capacity(words.len());
        let mut differs = false;
        for word in &words {
            let like = self.most_like(word)?;
            differs |= like.is_some();
            meant.push(like.unwrap_or_else(|| word.clone()));
        }
        if !differs {
            return Ok(HashMap::new());
        }
        let meant: Vec<&str> = meant.iter().map(String::as_str).collect();
        let mut found = self.named(&meant)?;
        // Nothing is called as was typed.
        found.values_mut().for_each(|(fit, _)| *fit = Fit::Words);
        Ok(found)
    }

    /// The part of some words that each track has, where it has one of them.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn some(&self, words: &[&str]) -> Result<HashMap<TrackId, f32>> {
        let folded: Vec<String> = words.iter().map(|word| fold(word)).filter(|word| !word.is_empty()).collect();
        let mut found: HashMap<TrackId, f32> = HashMap::new();
        self.each(words, Matching::Some, |track, file| {
            let text = format!(
                " {} ",
                [&file.title, &file.artist, &file.album_artist, &file.album].map(|text| fold(text)).join(" ")
            );
            let held = folded.iter().filter(|word| text.contains(&format!(" {word} "))).count().max(1);
            let share = held as f32 / folded.len().max(1) as f32;
            let best = found.entry(track).or_default();
            *best = best.max(share.min(1.0));
        })?;
        Ok(found)
    }

    /// Tracks that may be seen by a file with these words.
    fn each(&self, words: &[&str], matching: Matching, mut each: impl FnMut(TrackId, &Shelved)) -> Result<()> {
        let mut taken = 0;
        self.state.store.while_files_with_words(words, matching, |file| {
            let track = parse_item(&file.song_id).and_then(|song| self.index.by_song.get(&song).copied());
            let item = file.item_id.as_deref().and_then(parse_item);
            if let Some(track) = track.filter(|track| self.sight.sees(*track, item)) {
                taken += 1;
                each(track, &file);
            }
            taken < MOST_TAKEN
        })?;
        Ok(())
    }

    /// The word of the library that is most like one that it has not got; `None` where it has got it, or none is like it.
    fn most_like(&self, word: &str) -> Result<Option<String>> {
        let letters: Vec<char> = word.chars().collect();
        let most = match letters.len() {
            0..ONE_OFF => return Ok(None),
            ONE_OFF..TWO_OFF => 1,
            _ => 2,
        };
        let Some(first) = letters.first() else { return Ok(None) };
        let mut best: Option<(usize, String)> = None;
        let mut has_it = false;
        self.state.store.while_words(&first.to_string(), |other| {
            has_it = other == word;
            let nearer = best.as_ref().map_or(most + 1, |(distance, _)| *distance);
            if let Some(distance) = edits(&letters, other, most).filter(|distance| *distance < nearer) {
                best = Some((distance, other.to_owned()));
            }
            !has_it
        })?;
        Ok(best.filter(|_| !has_it).map(|(_, word)| word))
    }
}

fn keep(found: &mut HashMap<TrackId, (Fit, Name)>, track: TrackId, fit: (Fit, Name)) {
    let best = found.entry(track).or_insert(fit);
    *best = fit.max(*best);
}

/// How a file that has all words fits them as a name.
fn fit(file: &Shelved, whole: &str) -> (Fit, Name) {
    let names = [
        (&file.title, Name::Title),
        (&file.artist, Name::Artist),
        (&file.album_artist, Name::Artist),
        (&file.album, Name::Album),
    ];
    let of = |(text, name): (&String, Name)| {
        let text = fold(text);
        if text == whole {
            (Fit::Whole, name)
        } else if text.starts_with(whole) {
            (Fit::Begins, name)
        } else {
            (Fit::Words, if whole.split(' ').any(|word| text.contains(word)) { name } else { Name::Album })
        }
    };
    names.into_iter().map(of).max().unwrap_or((Fit::Words, Name::Album))
}

/// Letters to be changed, left out, put in or swapped with the next to make one word another, if they are no more than `most` (optimal
/// string alignment).
fn edits(word: &[char], other: &str, most: usize) -> Option<usize> {
    let other: Vec<char> = other.chars().take(word.len() + most + 1).collect();
    if word.len().abs_diff(other.len()) > most {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=other.len()).collect();
    for (i, letter) in word.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, with) in other.iter().enumerate() {
            let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX / 2);
            let mut least =
                (at(&above, j) + usize::from(letter != with)).min(at(&above, j + 1) + 1).min(at(&row, j) + 1);
            if i > 0 && j > 0 && word.get(i - 1) == Some(with) && other.get(j - 1) == Some(letter) {
                least = least.min(at(&before, j - 1) + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().filter(|distance| *distance <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted_up_to_a_most() {
        let of = |word: &str, other: &str, most| edits(&word.chars().collect::<Vec<_>>(), other, most);
        assert_eq!(of("beatels", "beatles", 1), Some(1), "swapped");
        assert_eq!(of("bjork", "bjork", 1), Some(0));
        assert_eq!(of("nirvanna", "nirvana", 1), Some(1));
        assert_eq!(of("metalica", "metallica", 1), Some(1));
        assert_eq!(of("metalika", "metallica", 1), None);
        assert_eq!(of("metalika", "metallica", 2), Some(2));
        assert_eq!(of("abcd", "", 2), None);
        assert_eq!(of("", "a", 1), Some(1));
    }

    #[test]
    fn a_title_that_is_called_so_fits_best() {
        let file = Shelved {
            title: "Blue Monday".to_owned(),
            artist: "New Order".to_owned(),
            album: "Blue Monday 1988".to_owned(),
            ..Shelved::default()
        };
        assert_eq!(fit(&file, "blue monday"), (Fit::Whole, Name::Title));
        assert_eq!(fit(&file, "blue monday 1"), (Fit::Begins, Name::Album));
        assert_eq!(fit(&file, "new ord"), (Fit::Begins, Name::Artist));
        assert_eq!(fit(&file, "monday order"), (Fit::Words, Name::Title));
        assert!(Fit::Whole > Fit::Begins && Fit::Begins > Fit::Words && Name::Title > Name::Artist);
    }
}
