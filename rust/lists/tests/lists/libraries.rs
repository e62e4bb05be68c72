//! Entries found in libraries: by recording, by path, by names, and not at all.

use std::path::PathBuf;

use segue_lists::{Candidate, Entry, How, Match, Matcher, SURE};

const ID: &str = "b1a9c0e9-d987-4042-ae91-78d6a3267d69";

fn track(path: &str, title: &str, artist: &str) -> Candidate {
    Candidate { title: title.into(), artist: artist.into(), path: PathBuf::from(path), ..Candidate::default() }
}

fn at(path: &str) -> Entry {
    Entry { path: Some(PathBuf::from(path)), ..Entry::default() }
}

fn named(title: &str, artist: &str) -> Entry {
    Entry { title: title.into(), artist: artist.into(), ..Entry::default() }
}

fn library() -> Vec<Candidate> {
    vec![
        track("/srv/music/Björk/Homogenic/01 Hunter.flac", "Hunter", "Björk"),
        track("/srv/music/Björk/Homogenic/02 Jóga.flac", "Jóga", "Björk"),
        Candidate {
            mb_recording: ID.to_uppercase(),
            ..track("/srv/music/Björk/Live/01 Hunter.flac", "Hunter (Live)", "Björk")
        },
        track("/srv/music/Air/CD1/01 Intro.mp3", "Intro", "Air"),
        track("/srv/music/Beck/CD1/01 Intro.mp3", "Intro", "Beck"),
        track("/srv/music/C/CD9/05 Alone.mp3", "Alone", "C"),
    ]
}

#[test]
fn a_recording_id_goes_before_all_else() {
    let matcher = Matcher::new(library());
    let entry = Entry { mb_recording: Some(ID.into()), ..at("/srv/music/Björk/Homogenic/01 Hunter.flac") };
    assert_eq!(matcher.find(&entry), Some(Match { index: 2, score: 1.0, how: How::MusicBrainz }));
    let unknown = Entry { mb_recording: Some(ID.replace('b', "c")), ..entry };
    assert_eq!(matcher.find(&unknown).map(|found| (found.index, found.how)), Some((0, How::Path)));
}

#[test]
fn of_several_files_of_a_recording_the_best_fitting_is_found() {
    let copy = |path: &str, album: &str| Candidate {
        mb_recording: ID.into(),
        album: album.into(),
        ..track(path, "Hunter", "Björk")
    };
    let matcher = Matcher::new(vec![copy("/m/Hits/1.mp3", "Hits"), copy("/m/Homogenic/1.mp3", "Homogenic")]);
    let index = |entry: Entry| matcher.find(&Entry { mb_recording: Some(ID.into()), ..entry }).map(|found| found.index);
    assert_eq!(index(Entry::default()), Some(0));
    assert_eq!(index(Entry { album: "Homogenic".into(), ..named("Hunter", "Björk") }), Some(1));
    assert_eq!(index(at(r"D:\Homogenic\1.mp3")), Some(1));
}

#[test]
fn paths_are_found_from_the_whole_down_to_file_and_folder() {
    let matcher = Matcher::new(library());
    let found = |path: &str| matcher.find(&at(path)).map(|found| (found.index, found.score, found.how));
    assert_eq!(found("/srv/music/Björk/Homogenic/../Homogenic/02 Jóga.flac"), Some((1, 1.0, How::Path)));
    assert_eq!(found("/SRV/Music/BJÖRK/homogenic/02 jo\u{301}ga.FLAC"), Some((1, 0.98, How::Path)));
    assert_eq!(found(r"E:\Musik\Björk\Homogenic\02 Jóga.flac"), Some((1, 0.95, How::Path)));
    assert_eq!(found("Homogenic/02 Jóga.flac"), Some((1, 0.9, How::Path)));
    assert_eq!(
        found("../Björk/Homogenic/02 Jóga.mp3").map(|(index, score, how)| (index, (score * 100.0).round(), how)),
        Some((1, 90.0, How::Path))
    );
    // `CD1` is everywhere, and so is the same file's name.
    assert_eq!(found("/x/CD1/01 Intro.mp3"), None);
    assert_eq!(found("/x/Air/CD1/01 Intro.mp3"), Some((3, 0.95, How::Path)));
    assert_eq!(found("/x/CD9/05 Alone.mp3"), None);
    assert_eq!(found("02 Jóga.flac"), None);
    assert_eq!(found("https://example.org/Homogenic/02 Jóga.flac"), None);
}

#[test]
fn a_path_that_the_names_contradict_is_not_believed() {
    let matcher = Matcher::new(library());
    let entry = Entry { title: "Somewhere else".into(), artist: "Nobody".into(), ..at("Homogenic/02 Jóga.flac") };
    assert_eq!(matcher.find(&entry), None);
    let entry = Entry { title: "Hunter".into(), artist: "Björk".into(), ..at("Homogenic/02 Jóga.flac") };
    assert_eq!(matcher.find(&entry).map(|found| (found.index, found.how)), Some((0, How::Names)));
}

#[test]
fn a_path_without_names_tells_names() {
    let matcher = Matcher::new(library());
    let found = matcher.find(&at("/old/Björk - Jóga.mp3")).map(|found| (found.index, found.how));
    assert_eq!(found, Some((1, How::Names)));
}

#[test]
fn the_studio_take_is_preferred_and_a_live_one_found_where_there_is_no_other() {
    let matcher = Matcher::new(library());
    let found = matcher.find(&named("Hunter", "Björk")).unwrap();
    assert_eq!(found.index, 0);
    assert!(found.score >= SURE);
    let live = matcher.find(&named("Hunter - Live", "Björk")).unwrap();
    assert_eq!(live.index, 2);
    assert!(live.score >= SURE);
    let only_live = Matcher::new(library().split_off(2)).find(&named("Hunter", "Björk")).unwrap();
    assert_eq!(only_live.index, 0);
    assert!(only_live.score < SURE && only_live.score >= 0.5);
}

#[test]
fn tracks_without_an_artist_are_found_by_their_files() {
    let matcher = Matcher::new(vec![
        track("/m/Sigur Rós - Hoppípolla.mp3", "Sigur Rós - Hoppípolla", ""),
        track("/m/Portishead/Dummy/05 - Roads.mp3", "Roads", "Unknown Artist"),
    ]);
    assert_eq!(matcher.find(&named("Hoppipolla", "Sigur Ros")).map(|found| found.index), Some(0));
    assert_eq!(matcher.find(&named("Roads", "Portishead")).map(|found| found.index), Some(1));
}

#[test]
fn a_title_alone_needs_something_beside_it() {
    let mut library = library();
    library[1].duration_s = Some(305.0);
    library[1].album = "Homogenic".into();
    let matcher = Matcher::new(library);
    assert_eq!(matcher.find(&named("Jóga", "")), None);
    for entry in [
        Entry { duration_s: Some(304.0), ..named("Jóga", "") },
        Entry { album: "Homogenic".into(), ..named("Jóga", "Various Artists") },
    ] {
        let found = matcher.find(&entry).unwrap();
        assert_eq!(found.index, 1);
        assert!(found.score < SURE);
    }
    assert_eq!(matcher.find(&named("Intro", "")), None);
}

#[test]
fn title_and_artist_may_be_in_each_others_place() {
    let matcher = Matcher::new(library());
    assert_eq!(matcher.find(&named("Björk", "Jóga")).map(|found| found.index), Some(1));
}

#[test]
fn an_empty_library_and_an_empty_entry_find_nothing() {
    let empty = Matcher::new(Vec::new());
    assert!(empty.is_empty());
    assert_eq!(empty.find(&named("Hunter", "Björk")), None);
    let matcher = Matcher::new(vec![Candidate::default(), track("/a/b.mp3", "", "")]);
    assert_eq!(matcher.len(), 2);
    assert_eq!(matcher.find(&Entry::default()), None);
    assert_eq!(matcher.find(&named("???", "!!!")), None);
}

#[test]
fn making_ready_can_be_cancelled() {
    assert!(Matcher::new_cancellable(library(), &|| true).is_none());
    assert!(Matcher::new_cancellable(library(), &|| false).is_some());
}

/// Common words and one artist's thousand tracks: still the right one, by a look at a small part of the library.
#[test]
fn a_large_library_of_common_words_gives_the_right_track() {
    let words = ["love", "night", "day", "heart", "time", "girl", "world", "dance", "fire", "rain"];
    let mut library = Vec::new();
    for at in 0..20_000_usize {
        let word = |step: usize| words[at / step % words.len()];
        let title = format!("{} {} {} {}", word(1), word(10), word(100), word(1000));
        library.push(track(&format!("/m/{at}.mp3"), &title, &format!("The {} Band {}", word(3), at % 97)));
    }
    let matcher = Matcher::new(library.clone());
    for at in (0..library.len()).step_by(997) {
        let found = matcher.find(&named(&library[at].title, &library[at].artist)).unwrap();
        let other = &library[found.index];
        assert_eq!((&other.title, &other.artist), (&library[at].title, &library[at].artist));
        assert!(found.score > 0.95);
    }
    assert_eq!(matcher.find(&named("Nothing Like It", "Nobody Known")), None);
}
