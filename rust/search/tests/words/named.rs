//! Names of the library.

use super::{ask, check};

#[test]
fn what_sounds_like_something_is_asked_for_by_its_name() {
    check(&[
        ("like Daft Punk", "LikeArtist(\"Daft Punk\")"),
        ("something like Rock Lobster by The B-52's", "LikeTitle(\"Rock Lobster\")"),
        ("calm music in the style of Queen", "calm LikeArtist(\"Queen\")"),
        ("similar to \"rock lobster\" but slower than 90", "LikeTitle(\"Rock Lobster\") tempo:..90"),
        ("wie Daft Punk, aber ruhig", "LikeArtist(\"Daft Punk\") calm"),
        ("comme Queen", "LikeArtist(\"Queen\")"),
        ("not like Daft Punk, calm", "-LikeArtist(\"Daft Punk\") calm"),
        ("I like piano", "piano"),
        ("like piano and strings", "piano strings"),
    ]);
    assert_eq!(ask("like Nobody At All").left, ["like", "Nobody", "At", "All"]);
}

#[test]
fn names_are_taken_as_they_stand() {
    check(&[
        ("calm Daft Punk", "calm Artist(\"Daft Punk\")"),
        ("sad songs by Queen", "sad Artist(\"Queen\")"),
        ("shoegaze", "Genre(\"Shoegaze\")"),
        ("calm witch house", "calm Style(\"Witch House\")"),
        ("rock", "rock"),
        // Words that mean something by themselves do, also where they are a name.
        ("slow piano", "slow piano"),
    ]);
    assert_eq!(ask("something in the air tonight").left.len(), 5);
    let query = ask("calm before the storm piano");
    assert_eq!(super::short(&query), "piano");
    assert_eq!(query.left, ["calm", "before", "the", "storm"]);
}

#[test]
fn nothing_but_a_name_is_left_as_it_was_typed() {
    for (query, left) in [
        ("Daft Punk", vec!["Daft", "Punk"]),
        ("The Wall", vec!["The", "Wall"]),
        ("No Surprises", vec!["No", "Surprises"]),
        ("  don't   stop  ", vec!["don't", "stop"]),
        ("L'Impératrice", vec!["L'Impératrice"]),
        ("2Pac", vec!["2Pac"]),
        ("\"Bohemian Rhapsody\"", vec!["Bohemian Rhapsody"]),
        ("夜に駆ける YOASOBI", vec!["夜に駆ける", "YOASOBI"]),
    ] {
        let understood = ask(query);
        assert_eq!(understood.left, left, "{query}");
        assert!(understood.wants.is_empty() && !understood.described, "{query}");
    }
}

#[test]
fn what_is_not_understood_is_left_beside_what_is() {
    let query = ask("calm Xyzzy piano 2Pac");
    assert_eq!(super::short(&query), "calm piano");
    assert_eq!(query.left, ["Xyzzy", "2Pac"]);
    assert_eq!(ask("calm, no scrubs").left, ["no", "scrubs"]);
    assert_eq!(ask("calm \"no scrubs\"").left, ["no scrubs"]);
}
