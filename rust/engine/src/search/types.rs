//! What is asked in words, and the answer.

use crate::api::Neighbour;
use crate::hear::types::Audience;

/// A question in a person's own words.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SearchRequest {
    /// What somebody typed, such as `calm piano for reading, no vocals`: up to 1,000 characters, in any of the languages of
    /// `docs/search.md`.
    pub query: String,
    /// Tracks wanted, at most 1,000. 0: 50.
    pub length: usize,
    /// For whom.
    pub audience: Audience,
}

/// What the words were understood to mean, and the tracks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SearchAnswer {
    /// What was understood, in the order of the query.
    pub understood: Vec<Understood>,
    /// The words that were not: they are looked for in titles, artists and albums.
    pub left: Vec<String>,
    /// Whether the query reads like a description of music rather than like a name.
    pub described: bool,
    /// Whether a model of words and sound took part, see [`Pack`](crate::Pack).
    pub by_sound: bool,
    /// The tracks, the best first; those whose title, artist or album is asked for come before all others.
    pub hits: Vec<SearchHit>,
}

/// A piece of a query that was understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Understood {
    /// What it means, in a word or two of the query's language, such as `calm` or `instrumental` or `120–140 BPM`.
    pub label: String,
    /// The words of the query.
    pub words: String,
    /// Whether it is not wanted.
    pub negated: bool,
}

/// A track that answers a query.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SearchHit {
    /// The track, with what of the query it fulfils as its reason.
    pub track: Neighbour,
    /// How well, 0..1.
    pub score: f32,
    /// Whether its title, artist or album is what was asked for.
    pub named: bool,
}
