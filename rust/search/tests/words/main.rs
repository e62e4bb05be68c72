//! What queries mean and how tracks are scored: see `docs/search.md`.

#![allow(clippy::unwrap_used, reason = "a panic is the report")]

mod grammar;
mod hostile;
mod languages;
mod named;
mod scoring;

use segue_search::{Meaning, Names, Query, Want, fold, understand};

/// A small library.
struct Library;

const ARTISTS: [&str; 6] = ["Daft Punk", "Queen", "The B-52's", "Air", "Slow Piano", "Strings"];
const TITLES: [&str; 6] = ["Rock Lobster", "Calm Before the Storm", "Sad Piano", "No Surprises", "Thriller", "1979"];

impl Names for Library {
    fn genre(&self, words: &str) -> Option<String> {
        ["Shoegaze", "Rock"].into_iter().find(|name| fold(name) == words).map(str::to_owned)
    }

    fn artist(&self, words: &str) -> Option<String> {
        ARTISTS.into_iter().find(|name| fold(name) == words).map(str::to_owned)
    }

    fn title(&self, words: &str) -> Option<String> {
        TITLES.into_iter().find(|name| fold(name) == words).map(str::to_owned)
    }

    fn style(&self, words: &str) -> Option<String> {
        (words == "witch house").then(|| "Witch House".to_owned())
    }
}

fn ask(query: &str) -> Query {
    understand(query, &Library)
}

/// Wants in a short form that does not hang on the language: `piano`, `-drums`, `++calm`, `+sad`, `|guitar`.
fn short(query: &Query) -> String {
    query.wants.iter().map(want).collect::<Vec<_>>().join(" ")
}

fn want(want: &Want) -> String {
    let name = match &want.meaning {
        Meaning::Concept(concept) => concept.id().to_owned(),
        Meaning::Range(field, range) => {
            let end = |end: Option<f32>| end.map_or_else(String::new, |end| end.to_string());
            format!("{}:{}..{}", field.name(), end(range.from), end(range.to))
        }
        Meaning::Near(field, value, _) => format!("{}~{value}", field.name()),
        Meaning::Key(tonic, minor) => format!("key:{tonic:?}:{minor:?}"),
        other => format!("{other:?}"),
    };
    let either = if want.either { "|" } else { "" };
    let negated = if want.negated { "-" } else { "" };
    let strength = if want.strength > 1.0 {
        "++"
    } else if want.strength < 1.0 {
        "+"
    } else {
        ""
    };
    format!("{either}{negated}{strength}{name}")
}

fn check(cases: &[(&str, &str)]) {
    for (query, expected) in cases {
        let understood = ask(query);
        assert_eq!(short(&understood), *expected, "{query} ({:?})", understood.language);
    }
}
