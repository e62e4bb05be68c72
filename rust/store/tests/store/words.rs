//! Files by the words of their titles, artists and albums.

use rusqlite::Connection;
use segue_store::{FileRecord, FileTags, Matching, Store};

use crate::{new_store, sample, sample_store, scan};

fn found(store: &Store, words: &[&str], matching: Matching) -> Vec<String> {
    let mut titles = Vec::new();
    store
        .while_files_with_words(words, matching, |file| {
            titles.push(file.title);
            true
        })
        .unwrap();
    titles
}

/// What the index of words consists of, byte for byte.
fn index(store: &Store) -> Vec<(i64, Vec<u8>)> {
    let raw = Connection::open(store.path()).unwrap();
    let mut statement = raw.prepare("SELECT id, block FROM file_words_data ORDER BY id").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

fn is_sound(store: &Store) {
    let raw = Connection::open(store.path()).unwrap();
    // Fails where the index is not that of the files.
    raw.execute("INSERT INTO file_words (file_words, rank) VALUES ('integrity-check', 1)", []).unwrap();
}

#[test]
fn words_are_found_in_every_field_whatever_their_case_and_accents() {
    let (_folder, store) = sample_store();
    for words in [&["bjork"][..], &["BJÖRK"], &["sæm"], &["various"], &["bjö", "sæmplé"]] {
        let matching = Matching::All;
        assert_eq!(found(&store, words, matching).len(), if words == ["bjö", "sæmplé"] { 0 } else { 2 }, "{words:?}");
    }
    assert_eq!(found(&store, &["bjork", "tw"], Matching::All), ["Two"]);
    assert_eq!(found(&store, &["two", "none"], Matching::Some), ["Two"]);
    assert_eq!(found(&store, &["tw"], Matching::Some), [""; 0], "a part of a word is none of some");
    assert_eq!(found(&store, &["broken"], Matching::All), [""; 0], "it was not heard");
    assert_eq!(found(&store, &[], Matching::All), [""; 0]);
}

#[test]
fn nothing_that_somebody_types_is_taken_for_a_part_of_the_question() {
    let (_folder, store) = sample_store();
    for words in [
        &["one\" OR \"two"][..],
        &["title:one"],
        &["one", "NOT", "two"],
        &["one", "NEAR(two)"],
        &["^one*", "AND"],
        &["{title artist}", ":", "one"],
        &["one\0two"],
        &["'; DROP TABLE files; --"],
        &["\"", "\"\"", "*", "(", ")", "-", "+"],
    ] {
        assert_eq!(found(&store, words, Matching::All), [""; 0], "{words:?}");
        store.while_words(words[0], |_| true).unwrap();
    }
    let long = "x".repeat(100_000);
    assert_eq!(found(&store, &vec![long.as_str(); 1000], Matching::Some), [""; 0]);
    assert_eq!(found(&store, &["one", "*"], Matching::All), ["One"]);
}

#[test]
fn the_index_follows_the_files_and_an_unchanged_scan_leaves_it_alone() {
    let (_folder, store) = sample_store();
    is_sound(&store);
    let before = index(&store);
    scan(&store, &sample::files());
    assert_eq!(index(&store), before);

    let [one, two, broken] = sample::files();
    let renamed = FileRecord { tags: FileTags { title: "Another".to_owned(), ..one.tags.clone() }, ..one };
    scan(&store, &[renamed.clone(), two.clone(), broken.clone()]);
    assert_ne!(index(&store), before);
    is_sound(&store);
    assert_eq!(found(&store, &["one"], Matching::All), [""; 0]);
    assert_eq!(found(&store, &["another"], Matching::All), ["Another"]);

    // What is gone from the disk is not found until it comes back. The library has it no more either.
    let sync = store.begin_sync().unwrap();
    store.finish_sync(sync).unwrap();
    scan(&store, &[two, broken]);
    assert_eq!(found(&store, &["another"], Matching::All), [""; 0]);
    is_sound(&store);
    scan(&store, &[renamed]);
    assert_eq!(found(&store, &["another"], Matching::All), ["Another"]);
    is_sound(&store);
}

#[test]
fn the_words_that_there_are_come_by_their_beginning() {
    let (_folder, store) = sample_store();
    let words = |beginning: &str| {
        let mut words = Vec::new();
        store
            .while_words(beginning, |word| {
                words.push(word.to_owned());
                true
            })
            .unwrap();
        words
    };
    assert_eq!(words("b"), ["bjork", "broken"]);
    assert_eq!(words("bj"), ["bjork"]);
    assert_eq!(words("z"), [""; 0]);
    assert_eq!(words("").len(), 7);
    let mut first = Vec::new();
    store
        .while_words("", |word| {
            first.push(word.to_owned());
            false
        })
        .unwrap();
    assert_eq!(first.len(), 1);
}

#[test]
fn a_reading_ends_when_it_is_told_to() {
    let (_folder, store) = sample_store();
    let mut count = 0;
    store
        .while_files_with_words(&["bjork"], Matching::All, |_| {
            count += 1;
            false
        })
        .unwrap();
    assert_eq!(count, 1);
    let (_folder, empty) = new_store();
    assert_eq!(found(&empty, &["x"], Matching::All), [""; 0]);
}
