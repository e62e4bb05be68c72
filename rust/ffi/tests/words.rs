//! The exports for text search, models to add and music for films, called as a host would.

mod support;

use std::path::Path;

use interoptopus::ffi;
use interoptopus::wire::Wire;
use segue_native::{
    FilmCallback, FilmFacts, FilmKind, Options, PackCallback, SearchRequest, SoundtrackRequest, Status,
    segue_collection, segue_free, segue_install_pack, segue_open, segue_packs, segue_remove_pack, segue_search,
    segue_soundtrack,
};
use support::{last_error, open, options_of, status};

fn text(text: &str) -> Wire<String> {
    Wire::from(text.to_owned())
}

/// An engine that knows where the list of models is, wherever the test's program lies.
fn open_with_models(folder: &Path) -> u64 {
    let models = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models").to_owned();
    segue_open(Wire::from(Options { models, ..options_of(&folder.join("segue.db")) })).unwrap()
}

fn question(query: &str) -> Wire<SearchRequest> {
    Wire::from(SearchRequest { query: query.to_owned(), length: 3, listener: String::new() })
}

fn film(title: &str) -> Wire<SoundtrackRequest> {
    Wire::from(SoundtrackRequest {
        video: String::new(),
        pictures: Vec::new(),
        facts: FilmFacts {
            title: title.to_owned(),
            series: String::new(),
            overview: "A quiet walk by the sea.".to_owned(),
            genres: vec!["Drama".to_owned()],
            tags: Vec::new(),
            people: Vec::new(),
            year: 1999,
            rating: String::new(),
            kind: FilmKind::Film,
        },
        length: 3,
        artist_cap: 0,
        service: None,
        listener: String::new(),
    })
}

/// Every call that a caller may restrict.
fn restricted_calls(engine: u64, restricted: ffi::Bool, allowed: &[u8]) -> Vec<(&'static str, Status)> {
    let callback = FilmCallback::default();
    vec![
        ("search", status(segue_search(engine, question("calm piano"), restricted, allowed.into()))),
        ("soundtrack", status(segue_soundtrack(engine, film("Waves"), restricted, allowed.into(), callback))),
    ]
}

/// The other calls.
fn other_calls(engine: u64) -> Vec<(&'static str, Status)> {
    let (name, licence) = (text("nothing"), text(""));
    vec![
        ("packs", status(segue_packs(engine))),
        ("install_pack", status(segue_install_pack(engine, name, licence, PackCallback::default()))),
        ("remove_pack", status(segue_remove_pack(engine, text("nothing")))),
        ("collection", status(segue_collection(engine))),
    ]
}

#[test]
fn no_engine_is_a_status_in_every_call() {
    let all = |engine| restricted_calls(engine, ffi::Bool::FALSE, &[]).into_iter().chain(other_calls(engine));
    for (call, status) in all(0) {
        assert_eq!(status, Status::NullHandle, "{call}");
    }
    for (call, status) in all(u64::MAX) {
        assert_eq!(status, Status::Closed, "{call}");
    }
}

#[test]
fn ids_that_were_cut_short_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path());
    for length in [1, 15, 17, 33] {
        for (call, status) in restricted_calls(engine, ffi::Bool::TRUE, &vec![7; length]) {
            assert_eq!(status, Status::InvalidArgument, "{call}");
        }
        assert!(last_error().contains("16-byte ids"), "{}", last_error());
    }
    assert_eq!(status(segue_free(engine)), Status::Ok);
}

#[test]
fn an_empty_store_answers_and_unknown_packs_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open_with_models(folder.path());
    let found = segue_search(engine, question("calm piano"), ffi::Bool::TRUE, ffi::Slice::empty()).unwrap().unwire();
    assert!(found.described && found.hits.is_empty() && found.understood.len() >= 2);
    let collection = segue_collection(engine).unwrap().unwire();
    assert_eq!(
        (collection.collection_name.as_str(), collection.vectors_count, collection.points_count),
        ("segue", 0, 0)
    );
    let refused = segue_install_pack(engine, text("nothing"), text("any"), PackCallback::default());
    assert_eq!(status(refused), Status::InvalidArgument, "{}", last_error());
    assert!(last_error().contains("nothing"), "{}", last_error());
    assert_eq!(status(segue_remove_pack(engine, text("nothing"))), Status::InvalidArgument);
    assert_eq!(status(segue_free(engine)), Status::Ok);
}

#[test]
fn a_pack_says_all_that_a_person_has_to_know_and_is_not_fetched_without_consent() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open_with_models(folder.path());
    let packs = segue_packs(engine).unwrap().unwire();
    let clap = packs.iter().find(|pack| pack.name == "clap").unwrap();
    assert!(!clap.licence.is_empty() && !clap.terms.is_empty() && !clap.files.is_empty() && clap.bytes > 0);
    let refused = segue_install_pack(engine, text("clap"), text("yes"), PackCallback::default());
    assert_eq!(status(refused), Status::InvalidArgument, "{}", last_error());
    assert_eq!(status(segue_free(engine)), Status::Ok);
}

#[test]
fn a_soundtrack_of_facts_alone_is_told_of_and_can_be_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path());
    let everything = ffi::Slice::empty;
    let made = segue_soundtrack(engine, film("Waves"), ffi::Bool::FALSE, everything(), FilmCallback::default());
    let made = made.unwrap().unwire();
    assert_eq!((made.answered_by.as_str(), made.tracks.len()), ("offline", 0));
    assert!(!made.answer.description.is_empty() && !made.answer.tempo.is_empty() && made.measures.motion.is_nan());
    let no = FilmCallback::from_fn(|_| ffi::Bool::FALSE);
    let stopped = segue_soundtrack(engine, film("Waves"), ffi::Bool::FALSE, everything(), no);
    assert_eq!(status(stopped), Status::Cancelled);
    assert_eq!(status(segue_free(engine)), Status::Ok);
}
