//! Music by a person's words, on a library of made-up songs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic in a test's helper is its report")]

mod access;
mod answers;
mod changes;
mod library;
mod statistics;

use segue_engine::{Audience, Engine, SearchAnswer, SearchRequest};

/// What an engine answers whoever may see everything.
fn ask(engine: &Engine, query: &str) -> SearchAnswer {
    engine.search(&SearchRequest { query: query.to_owned(), length: 20, audience: Audience::default() }).unwrap()
}

/// The titles of an answer, which are the names of the files.
fn titles(answer: &SearchAnswer) -> Vec<String> {
    answer.hits.iter().map(|hit| hit.track.path.file_stem().unwrap().to_string_lossy().into_owned()).collect()
}

fn labels(answer: &SearchAnswer) -> Vec<&str> {
    answer.understood.iter().map(|piece| piece.label.as_str()).collect()
}
