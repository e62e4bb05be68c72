//! What an audience may not see does not exist: not as a track, not as a name, not in what was understood.

use segue_engine::{Audience, Engine, ItemId, SearchAnswer, SearchRequest};

use crate::library::{Tune, dozen, engine};
use crate::titles;

fn ask(engine: &Engine, query: &str, allowed: &[ItemId]) -> SearchAnswer {
    let audience = Audience { listener: String::new(), allowed: Some(allowed.to_vec()) };
    engine.search(&SearchRequest { query: query.to_owned(), length: 50, audience }).unwrap()
}

#[test]
fn names_of_others_do_not_leak() {
    let folder = tempfile::tempdir().unwrap();
    let mut tunes = dozen();
    tunes.push(Tune { genres: vec!["Zydecore"], album: "Secret Album", ..Tune::new(20, "Hush Hush", "Xavier Quill") });
    let hidden = tunes.last().unwrap().clone();
    let engine = engine(folder.path(), &tunes);
    let others: Vec<ItemId> = tunes[..12].iter().map(Tune::item).collect();
    let all: Vec<ItemId> = tunes.iter().map(Tune::item).collect();
    for query in [
        "Xavier Quill",
        "hush hush",
        "secret album",
        "some zydecore please",
        "music like Xavier Quill",
        "like \"Hush Hush\"",
        "xavier qill",
        "calm songs by xavier quill",
    ] {
        let seen = ask(&engine, query, &others);
        assert!(seen.hits.iter().all(|hit| hit.track.song_id != hidden.song_id()), "{query}");
        // As if the library had never had it.
        let folder = tempfile::tempdir().unwrap();
        let without = crate::library::engine(folder.path(), &tunes[..12]);
        let never = ask(&without, query, &others);
        assert_eq!(
            (seen.understood, seen.left, seen.described),
            (never.understood, never.left, never.described),
            "{query}"
        );
        if !query.contains("like") {
            assert!(ask(&engine, query, &all).hits.iter().any(|hit| hit.track.song_id == hidden.song_id()), "{query}");
        }
    }
    assert!(ask(&engine, "calm piano", &[]).hits.is_empty());
    assert!(ask(&engine, "blue monday", &[]).hits.is_empty());
}

#[test]
fn a_song_is_found_under_the_names_of_the_files_that_may_be_seen() {
    let folder = tempfile::tempdir().unwrap();
    let mut tunes = dozen();
    // The same audio in two files with other titles: one of them is hidden.
    let private = Tune::new(21, "Private Name", "Kraft");
    tunes.push(private.clone());
    let path = folder.path().join("segue.db");
    crate::library::fill(&path, &tunes);
    let (store, _) = segue_store::Store::open(&path).unwrap();
    let stamp = store.file(&private.path()).unwrap().unwrap().stamp;
    assert!(store.link_file(&stamp, &tunes[3].song_id()).unwrap());
    store.close().unwrap();
    let engine = crate::library::open(folder.path());
    let public = [tunes[3].item(), tunes[0].item()];
    assert_eq!(titles(&ask(&engine, "machine", &public)), ["Machine"]);
    assert!(ask(&engine, "private name", &public).hits.iter().all(|hit| !hit.named));
    let both = ask(&engine, "private name", &[tunes[3].item(), private.item()]);
    assert!(both.hits.first().is_some_and(|hit| hit.named), "{both:?}");
}
