//! How well search answers queries whose right answers were written down before its lexicon: see `docs/search-quality.md`.

#![allow(clippy::print_stdout, reason = "the figures are what it is run for")]

mod library;
mod measure;
mod ways;

use library::Library;
use measure::{interval, mean, ndcg};
use segue_search::Language;
use std::collections::BTreeMap;

/// nDCG@10 that search reached on the held-out queries, and how much less is no news.
const REACHED: f64 = 0.399;
const MARGIN: f64 = 0.015;

/// nDCG@10 of every query, in the order of the queries: by search, by titles, by the best single tag.
struct Measured {
    search: Vec<f64>,
    titles: Vec<f64>,
    tag: Vec<f64>,
}

fn measure(library: &Library) -> Measured {
    let all = |way: &dyn Fn(&Library, &library::Asked) -> Vec<usize>| {
        library
            .queries
            .iter()
            .map(|asked| {
                let grades = asked.grades(library);
                let ranking: Vec<u32> = way(library, asked).into_iter().map(|row| grades[row]).collect();
                ndcg(&ranking, &grades)
            })
            .collect()
    };
    Measured { search: all(&ways::by_search), titles: all(&ways::by_title), tag: all(&ways::by_tag) }
}

/// Means over all queries, by language and by what they ask for.
fn table(library: &Library, measured: &Measured) {
    let mut parts: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, asked) in library.queries.iter().enumerate() {
        parts.entry(" all".to_owned()).or_default().push(at);
        parts.entry(format!("language {}", asked.language)).or_default().push(at);
        for kind in asked.kind.split('+') {
            parts.entry(format!("of {kind}")).or_default().push(at);
        }
    }
    println!("{:24} {:>7} {:>7} {:>7} {:>7}", "", "queries", "search", "titles", "tag");
    for (name, rows) in parts {
        let of = |values: &[f64]| mean(&rows.iter().map(|row| values[*row]).collect::<Vec<_>>());
        let (search, titles, tag) = (of(&measured.search), of(&measured.titles), of(&measured.tag));
        println!("{name:24} {:7} {search:7.3} {titles:7.3} {tag:7.3}", rows.len());
    }
    for (name, other) in [("titles", &measured.titles), ("tag", &measured.tag)] {
        let (low, high) = interval(&measured.search, other);
        let more = mean(&measured.search) - mean(other);
        println!("search less {name}: {more:+.3}, 95 % within {low:+.3} and {high:+.3}");
    }
}

/// Each query with what came first.
fn lines(library: &Library, measured: &Measured) {
    for (at, asked) in library.queries.iter().enumerate() {
        let grades = asked.grades(library);
        let first: Vec<String> = ways::by_search(library, asked)
            .into_iter()
            .map(|row| format!("{}:{}", grades[row], library.tracks[row].title))
            .collect();
        let understood = segue_search::understand(&asked.words, library);
        println!(
            "{:.3} (tag {:.3}) {} [{understood}] {}",
            measured.search[at],
            measured.tag[at],
            asked.words,
            first.join(", ")
        );
    }
}

#[test]
fn enough_is_asked_in_every_language() {
    let library = Library::load("held-out");
    assert!(library.queries.len() >= 60);
    let languages: Vec<&str> = library.queries.iter().map(|asked| asked.language.as_str()).collect();
    for language in Language::ALL {
        let asked = languages.iter().filter(|of| **of == language.code()).count();
        assert!(asked >= 3, "{} queries in {}", asked, language.code());
    }
    for asked in &library.queries {
        let grades = asked.grades(&library);
        assert!(grades.contains(&3), "{:?} has no right answer", asked.words);
        assert!(
            grades.iter().filter(|grade| **grade == 0).count() > grades.len() / 3,
            "{:?} takes anything",
            asked.words
        );
        assert!(!asked.because.is_empty());
    }
}

#[test]
fn queries_to_tune_on() {
    let library = Library::load("tuning");
    let measured = measure(&library);
    lines(&library, &measured);
    table(&library, &measured);
    assert!(library.queries.iter().all(|asked| !asked.because.is_empty()));
}

/// The figures of `docs/search-quality.md`, less a margin for what does not matter.
#[test]
fn held_out_queries_are_answered_as_well_as_they_were() {
    let library = Library::load("held-out");
    let measured = measure(&library);
    lines(&library, &measured);
    table(&library, &measured);
    let (search, titles, tag) = (mean(&measured.search), mean(&measured.titles), mean(&measured.tag));
    assert!(search >= REACHED - MARGIN, "nDCG@10 of search was {REACHED} and is {search:.3}");
    assert!(search > titles, "{search:.3} is no more than {titles:.3} by titles");
    assert!(search > tag, "{search:.3} is no more than {tag:.3} by the single tag");
}
