//! Three ways to answer a query, each with rows, the best first.

use crate::library::{Asked, Library};
use crate::measure::RANKS;
use segue_search::{Meaning, fold, understand};
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// Rows by a number, the highest first, the lower row first among equals; rows without one are left out.
fn ranked(rows: usize, number: impl Fn(usize) -> Option<f32>) -> Vec<usize> {
    let mut found: Vec<(usize, f32)> = (0..rows).filter_map(|row| Some((row, number(row)?))).collect();
    found.sort_by(|a, b| b.1.partial_cmp(&a.1).unwrap_or(Ordering::Equal).then(a.0.cmp(&b.0)));
    found.into_iter().take(RANKS).map(|(row, _)| row).collect()
}

/// Words of a text as titles are searched by.
fn words(text: &str) -> BTreeSet<String> {
    fold(text).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Titles, artists and albums that have words of the query: each word counts as much as it is rare.
pub(crate) fn by_title(library: &Library, asked: &Asked) -> Vec<usize> {
    by_words(library, &words(&asked.words))
}

fn by_words(library: &Library, words: &BTreeSet<String>) -> Vec<usize> {
    let all: Vec<BTreeSet<String>> = library.tracks.iter().map(|track| track.words().into_iter().collect()).collect();
    let weights: Vec<(&String, f32)> = words
        .iter()
        .map(|word| (word, all.iter().filter(|own| own.contains(word)).count()))
        .filter(|(_, having)| *having > 0)
        .map(|(word, having)| (word, (1.0 + all.len() as f32 / having as f32).ln()))
        .collect();
    ranked(all.len(), |row| {
        let sum: f32 = weights.iter().filter(|(word, _)| all[row].contains(*word)).map(|(_, weight)| weight).sum();
        (sum > 0.0).then_some(sum)
    })
}

/// The tracks in which a network hears most of the one tag that says most of the query.
pub(crate) fn by_tag(library: &Library, asked: &Asked) -> Vec<usize> {
    let (network, at) = asked.single_tag();
    ranked(library.tracks.len(), |row| Some(library.tracks[row].tag(network, at)))
}

/// Search: what was understood is scored; tracks that have the words left over in their names come first.
pub(crate) fn by_search(library: &Library, asked: &Asked) -> Vec<usize> {
    let query = understand(&asked.words, library);
    let judge = |want: usize, row: usize| {
        let track = &library.tracks[row];
        let met = match &query.wants.get(want)?.meaning {
            Meaning::Genre(genre) => track.is_of(genre),
            Meaning::Artist(artist) => &track.artist == artist,
            _ => return None,
        };
        Some(f32::from(u8::from(met)))
    };
    let found = query.ready().best(&library.columns, library.tracks.len(), &|_| true, &judge);
    let left = by_words(library, &query.left.iter().flat_map(|word| words(word)).collect());
    let named = found.iter().map(|(row, _)| *row).filter(|row| left.contains(row));
    let mut rows: Vec<usize> =
        named.chain(found.iter().map(|(row, _)| *row).filter(|row| !left.contains(row))).collect();
    if found.is_empty() {
        rows = left;
    }
    rows.truncate(RANKS);
    rows
}
