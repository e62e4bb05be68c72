use segue_store::{Error, ListenerSong, PersonalListRecord, PlayRecord, Store};

use crate::sample::SONGS;
use crate::{id, new_store, sample_store};

const ANNA: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const BERT: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

fn song(song_id: &str, plays: u32) -> ListenerSong {
    ListenerSong { song_id: song_id.to_owned(), plays, ..ListenerSong::default() }
}

fn play(song_id: &str, at: i64) -> PlayRecord {
    PlayRecord { song_id: song_id.to_owned(), at, played_s: 12.5, skipped: true }
}

/// The sample without what it knows of listeners.
fn store() -> (tempfile::TempDir, Store) {
    let (folder, store) = sample_store();
    store.forget_listener(crate::sample::LISTENER).unwrap();
    (folder, store)
}

#[test]
fn opinions_are_put_joined_replaced_and_kept_apart() {
    let (_folder, store) = store();
    let loved = ListenerSong { favourite: true, last_played: 7, ..song(SONGS[0], 2) };
    assert_eq!(store.set_listener_songs(ANNA, &[loved.clone(), song(SONGS[1], 1)], false).unwrap(), 2);
    assert_eq!(store.set_listener_songs(BERT, &[song(SONGS[1], 9)], false).unwrap(), 1);
    assert_eq!(store.listener_songs(ANNA).unwrap(), [loved.clone(), song(SONGS[1], 1)]);

    // Two items of one song are joined; unknown songs are passed over; nothing takes away.
    let twice =
        [song(SONGS[0], 3), ListenerSong { disliked: true, last_played: 9, ..song(SONGS[0], 4) }, song(&id(9), 5)];
    assert_eq!(store.set_listener_songs(ANNA, &twice, false).unwrap(), 2);
    let joined = ListenerSong { disliked: true, last_played: 9, ..song(SONGS[0], 7) };
    assert_eq!(store.listener_songs(&ANNA.to_uppercase()).unwrap(), [joined, song(SONGS[1], 1)]);
    assert_eq!(store.set_listener_songs(ANNA, &[song(SONGS[0], 0)], false).unwrap(), 1);

    assert_eq!(store.set_listener_songs(ANNA, std::slice::from_ref(&loved), true).unwrap(), 1);
    assert_eq!(store.listener_songs(ANNA).unwrap(), std::slice::from_ref(&loved));
    let bad = [song(SONGS[1], 1), song("x", 1)];
    assert!(matches!(store.set_listener_songs(ANNA, &bad, true), Err(Error::Invalid { .. })));
    assert_eq!(store.listener_songs(ANNA).unwrap(), [loved], "nothing of a call that failed is stored");
    assert_eq!(store.listener_songs(BERT).unwrap(), [song(SONGS[1], 9)]);
    for listener in ["", "anna", "gggggggggggggggggggggggggggggggg"] {
        assert!(matches!(store.listener_songs(listener), Err(Error::Invalid { .. })), "{listener}");
        assert!(matches!(store.set_listener_songs(listener, &[], true), Err(Error::Invalid { .. })));
        assert!(matches!(store.add_plays(listener, &[]), Err(Error::Invalid { .. })));
        assert!(matches!(store.plays(listener, 0), Err(Error::Invalid { .. })));
        assert!(matches!(store.forget_listener(listener), Err(Error::Invalid { .. })));
        assert!(matches!(store.personal_lists(listener), Err(Error::Invalid { .. })));
    }
}

#[test]
fn plays_are_written_once_read_by_time_and_forgotten_by_age() {
    let (_folder, store) = store();
    let plays = [play(SONGS[0], 30), play(SONGS[1], 10), play(SONGS[0], 10), play(&id(5), 20), play(SONGS[0], 30)];
    assert_eq!(store.add_plays(ANNA, &plays).unwrap(), 4);
    assert_eq!(store.add_plays(BERT, &[play(SONGS[1], 10)]).unwrap(), 1);
    let [first, second] = [SONGS[0], SONGS[1]];
    assert_eq!(store.plays(ANNA, 0).unwrap(), [play(first, 10), play(second, 10), play(first, 30)]);
    assert_eq!(store.plays(ANNA, 11).unwrap(), [play(first, 30)]);
    let odd = [PlayRecord { played_s: f32::NAN, ..play(SONGS[0], 1) }, play(SONGS[0], -1), play("x", 1)];
    assert!(matches!(store.add_plays(ANNA, &odd[..1]), Err(Error::NotFinite { .. })));
    assert!(matches!(store.add_plays(ANNA, &odd[1..2]), Err(Error::Invalid { .. })));
    assert!(matches!(store.add_plays(ANNA, &odd[2..]), Err(Error::Invalid { .. })));
    assert_eq!(store.forget_plays(10).unwrap(), 0);
    assert_eq!(store.forget_plays(11).unwrap(), 3, "of both");
    assert_eq!(store.plays(ANNA, 0).unwrap(), [play(first, 30)]);
}

#[test]
fn a_listener_is_forgotten_whole_and_alone() {
    let (_folder, store) = store();
    for listener in [ANNA, BERT] {
        store.set_listener_songs(listener, &[song(SONGS[0], 1)], true).unwrap();
        store.add_plays(listener, &[play(SONGS[0], 1)]).unwrap();
        store
            .save_personal_lists(listener, &["daily"], &[list(&format!("key-{listener}"), "daily", 0, &SONGS)])
            .unwrap();
    }
    assert!(store.forget_listener(ANNA).unwrap());
    assert!(!store.forget_listener(ANNA).unwrap());
    let left = |listener| {
        (
            store.listener_songs(listener).unwrap().len(),
            store.plays(listener, 0).unwrap().len(),
            store.personal_lists(listener).unwrap().len(),
        )
    };
    assert_eq!((left(ANNA), left(BERT)), ((0, 0, 0), (1, 1, 1)));
    let raw = rusqlite::Connection::open(store.path()).unwrap();
    let songs: i64 = raw.query_row("SELECT count(*) FROM personal_songs", [], |row| row.get(0)).unwrap();
    assert_eq!(songs, 2, "the songs of her lists are gone with them");
}

fn list(key: &str, kind: &str, slot: u32, songs: &[&str]) -> PersonalListRecord {
    PersonalListRecord {
        key: key.to_owned(),
        kind: kind.to_owned(),
        slot,
        name: key.to_uppercase(),
        description: "What it is.".to_owned(),
        made_at: 0,
        songs: songs.iter().map(|song_id| ((*song_id).to_owned(), "why".to_owned())).collect(),
    }
}

#[test]
fn lists_are_made_in_place_of_those_of_their_kinds() {
    let (_folder, store) = store();
    let kinds = ["daily", "new"];
    let lists = || -> Vec<PersonalListRecord> {
        let kept = store.personal_lists(ANNA).unwrap();
        assert!(kept.iter().all(|list| list.made_at > 1_700_000_000));
        kept.into_iter().map(|list| PersonalListRecord { made_at: 0, ..list }).collect()
    };
    let (a, b, new) = (list("a", "daily", 0, &SONGS), list("b", "daily", 1, &SONGS[..1]), list("n", "new", 0, &SONGS));
    store.save_personal_lists(ANNA, &kinds, &[new.clone(), b.clone(), a.clone()]).unwrap();
    assert_eq!(lists(), [a.clone(), b.clone(), new.clone()]);
    // Two change places, and what is not made again goes; another kind stays.
    let (a, b) = (PersonalListRecord { slot: 1, ..a }, PersonalListRecord { slot: 0, ..b });
    store.save_personal_lists(ANNA, &["daily"], &[a.clone(), b.clone()]).unwrap();
    assert_eq!(lists(), [b.clone(), a, new.clone()]);
    store.save_personal_lists(ANNA, &["daily"], std::slice::from_ref(&b)).unwrap();
    assert_eq!(lists(), [b.clone(), new.clone()]);
    // Unknown songs are passed over.
    let odd = PersonalListRecord { songs: vec![(id(4), String::new())], ..b.clone() };
    store.save_personal_lists(ANNA, &["daily"], &[odd]).unwrap();
    assert!(lists()[0].songs.is_empty());
    store.save_personal_lists(ANNA, &["daily"], std::slice::from_ref(&b)).unwrap();
    for wrong in [
        vec![list("", "daily", 0, &[])],
        vec![list("x", "other", 0, &[])],
        vec![list("x", "daily", 0, &[]), list("x", "daily", 1, &[])],
        vec![list("x", "daily", 0, &[]), list("y", "daily", 0, &[])],
        vec![list("x", "daily", 0, &["no key"])],
        // Of a kind that is not made anew.
        vec![list("n", "daily", 3, &[])],
    ] {
        let refused = store.save_personal_lists(ANNA, &["daily"], &wrong);
        assert!(matches!(refused, Err(Error::Invalid { .. })), "{wrong:?}");
    }
    let theirs = store.save_personal_lists(BERT, &["daily"], &[list("b", "daily", 0, &[])]);
    assert!(matches!(theirs, Err(Error::Invalid { .. })), "a key is one listener's");
    assert_eq!(lists(), [b, new], "all stayed as it was");
    store.save_personal_lists(ANNA, &kinds, &[]).unwrap();
    assert!(lists().is_empty());
}

#[test]
fn recordings_are_numbered_anew_when_fingerprints_change() {
    let (_folder, store) = store();
    let groups = [vec![id(1)], SONGS.map(str::to_owned).to_vec()];
    store.replace_recordings(&groups).unwrap();
    assert!(!store.fingerprints_changed().unwrap());
    let numbers = store.recordings().unwrap();
    assert_eq!(numbers.len(), 2);
    assert!(SONGS.iter().all(|song_id| numbers.get(*song_id) == Some(&1)));
    assert_eq!(store.recording(SONGS[0]).unwrap(), Some(1));
    assert_eq!(store.recording(&id(1)).unwrap(), None);
    let file = crate::sample::files()[0].clone();
    let stamp = crate::sample::stamp(&store, &file.path).unwrap();
    let mut analysis = crate::sample::analysis(SONGS[0], stamp);
    analysis.details.fingerprint = Some(vec![4, 4, 4]);
    assert!(store.commit_analysis(&analysis).unwrap());
    assert!(store.fingerprints_changed().unwrap());
    assert!(matches!(store.replace_recordings(&[vec!["x".to_owned()]]), Err(Error::Invalid { .. })));
    assert_eq!(store.recordings().unwrap(), numbers);
    store.replace_recordings(&[]).unwrap();
    assert!(store.recordings().unwrap().is_empty() && !store.fingerprints_changed().unwrap());
    let (_folder, empty) = new_store();
    assert!(!empty.fingerprints_changed().unwrap());
}
