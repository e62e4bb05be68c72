//! Three ways to answer a query, each with rows, the best first.

use crate::library::{Asked, Library, Track};
use crate::measure::RANKS;
use segue_search::{Meaning, fold, understand};
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// How much of what is missing to a full score the words make up that were not understood.
const LEFT: f32 = 0.5;

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
    let words = words(&asked.words);
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

/// Search, as the engine puts what this crate scores in order: tracks that are called as was typed come first, and words that were not
/// understood count where they stand in a track's names.
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
    let ready = query.ready();
    let left: BTreeSet<String> = query.left.iter().flat_map(|text| words(text)).collect();
    ranked(library.tracks.len(), |row| {
        let score = ready.score(&library.columns, row, &judge).map_or(0.0, |score| score.value);
        let own: BTreeSet<String> = library.tracks[row].words().into_iter().collect();
        let share = left.iter().filter(|word| own.contains(*word)).count() as f32 / left.len().max(1) as f32;
        let sum = named(&library.tracks[row], &asked.words) + score + (1.0 - score) * LEFT * share;
        (sum > 0.0).then_some(sum)
    })
}

/// What being called as was typed is worth: 3 for the whole name, 2 for its beginning, 1 where all words stand in the names.
fn named(track: &Track, typed: &str) -> f32 {
    let typed = fold(typed);
    let names = [&track.title, &track.artist, &track.album].map(|name| fold(name));
    let own = track.words();
    let asked: Vec<&str> = typed.split(' ').collect();
    let (last, others) = asked.split_last().unwrap_or((&"", &[]));
    if names.contains(&typed) {
        3.0
    } else if names.iter().any(|name| name.starts_with(&typed)) {
        2.0
    } else if own.iter().any(|own| own.starts_with(last)) && others.iter().all(|word| own.iter().any(|own| own == word))
    {
        1.0
    } else {
        0.0
    }
}
