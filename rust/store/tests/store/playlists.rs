use segue_store::{Error, NamedBy, PlaylistChange, PlaylistKind, PlaylistRecord, Store};

use crate::sample::SONGS;
use crate::{id, sample_store};

fn playlist(key: &str, songs: &[&str]) -> PlaylistRecord {
    PlaylistRecord {
        key: key.to_owned(),
        name: key.to_uppercase(),
        songs: songs.iter().map(|song_id| (*song_id).to_owned()).collect(),
        ..PlaylistRecord::default()
    }
}

/// The sample, with these playlists of long ago in place of its own, so that a change of them shows.
fn store_with(playlists: &[PlaylistRecord]) -> (tempfile::TempDir, Store) {
    let (folder, store) = sample_store();
    store.remove_playlist("evening").unwrap();
    store.save_playlists(playlists).unwrap();
    let raw = rusqlite::Connection::open(store.path()).unwrap();
    raw.execute("UPDATE playlists SET created_at = 1, updated_at = 2", []).unwrap();
    (folder, store)
}

fn keys(store: &Store) -> Vec<String> {
    store.playlists().unwrap().into_iter().map(|playlist| playlist.key).collect()
}

#[test]
fn playlists_are_updated_in_place() {
    let evening = PlaylistRecord {
        external_id: Some("server".to_owned()),
        words: vec!["calm".to_owned(), "slow".to_owned()],
        ..playlist("evening", &SONGS)
    };
    let (_folder, store) = store_with(std::slice::from_ref(&evening));
    let stored = |key: &str| store.playlist(key).unwrap().unwrap();
    let times = |key: &str| (stored(key).created_at, stored(key).updated_at > 2);

    store.save_playlists(&[PlaylistRecord { external_id: None, ..evening.clone() }]).unwrap();
    assert_eq!(times("evening"), (1, false), "the same again changes nothing");
    assert_eq!(stored("evening").external_id, evening.external_id);

    let changed = PlaylistRecord { songs: vec![SONGS[1].into(), SONGS[1].into()], ..evening };
    store.save_playlists(&[playlist("b", &[]), changed.clone()]).unwrap();
    assert_eq!(keys(&store), ["b", "evening"]);
    assert_eq!(times("evening"), (1, true));
    assert_eq!(stored("evening").songs, changed.songs, "a song may come twice");

    assert!(store.set_playlist_external_id("b", Some("other")).unwrap());
    assert!(!store.set_playlist_external_id("c", Some("other")).unwrap());
    assert_eq!(stored("b").external_id.as_deref(), Some("other"));

    store.save_playlists(&[playlist("b", &[])]).unwrap();
    assert_eq!(keys(&store), ["b"], "what is not saved again is gone, songs and all");
    store.save_playlists(&[]).unwrap();
    assert!(keys(&store).is_empty());
}

#[test]
fn playlists_come_in_the_order_to_show() {
    let at = |key: &str, position: u32| PlaylistRecord { position, ..playlist(key, &[]) };
    let (_folder, store) = store_with(&[at("a", 2), at("b", 0), at("c", 1), at("d", 1)]);
    assert_eq!(keys(&store), ["b", "c", "d", "a"]);
}

#[test]
fn words_are_kept_one_per_line() {
    let odd = ["calm", "two\nlines", "", "slow"].map(str::to_owned).to_vec();
    let (_folder, store) = store_with(&[PlaylistRecord { words: odd, ..playlist("a", &[]) }]);
    assert_eq!(store.playlist("a").unwrap().unwrap().words, ["calm", "two", "lines", "slow"]);
}

#[test]
fn bad_playlists_leave_the_old_ones() {
    let (_folder, store) = sample_store();
    let before = store.playlists().unwrap();
    let refuse = |playlists: &[PlaylistRecord]| store.save_playlists(playlists).unwrap_err();
    assert!(matches!(refuse(&[playlist("", &[])]), Error::Invalid { .. }));
    assert!(matches!(refuse(&[playlist("a", &[]), playlist("a", &[])]), Error::Invalid { .. }));
    assert!(matches!(refuse(&[playlist("a", &["short"])]), Error::Invalid { .. }));
    assert!(matches!(refuse(&[playlist("a", &[&id(77)])]), Error::UnknownSong { .. }));
    assert!(matches!(store.put_playlist(&playlist("", &[])).unwrap_err(), Error::Invalid { .. }));
    assert!(matches!(store.put_playlist(&playlist("a", &[&id(77)])).unwrap_err(), Error::UnknownSong { .. }));
    assert_eq!(store.playlists().unwrap(), before);
}

#[test]
fn one_playlist_is_put_found_and_removed_by_itself() {
    let (_folder, store) = store_with(&[playlist("a", &[SONGS[0]])]);
    let defined = PlaylistRecord {
        kind: PlaylistKind::Definition,
        definition: Some("tempo > 120".to_owned()),
        pinned: true,
        ..playlist("b", &[SONGS[1]])
    };
    store.put_playlist(&defined).unwrap();
    assert_eq!(keys(&store), ["a", "b"]);
    let found = store.playlist("b").unwrap().unwrap();
    assert!(found.created_at > 2);
    assert_eq!(found, PlaylistRecord { created_at: found.created_at, updated_at: found.updated_at, ..defined.clone() });

    // Unlike a run's save, a put is the last word on a pinned playlist too.
    store.put_playlist(&PlaylistRecord { songs: vec![SONGS[0].to_owned()], pinned: false, ..defined }).unwrap();
    let found = store.playlist("b").unwrap().unwrap();
    assert_eq!((found.songs.as_slice(), found.pinned), ([SONGS[0].to_owned()].as_slice(), false));

    assert!(store.remove_playlist("b").unwrap());
    assert!(!store.remove_playlist("b").unwrap());
    assert!(store.playlist("b").unwrap().is_none());
    assert_eq!(keys(&store), ["a"]);
}

#[test]
fn a_person_pins_excludes_and_renames() {
    let (_folder, store) = store_with(&[playlist("a", &[SONGS[0]])]);
    let edit = |change: PlaylistChange| {
        assert!(store.edit_playlist("a", &change).unwrap());
        store.playlist("a").unwrap().unwrap()
    };
    let unchanged = edit(PlaylistChange::default());
    assert_eq!((unchanged.updated_at, unchanged.pinned, unchanged.excluded), (2, false, false));
    let pinned = edit(PlaylistChange { pinned: Some(true), ..PlaylistChange::default() });
    assert!(pinned.pinned && !pinned.excluded && pinned.updated_at > 2);
    assert_eq!((pinned.name.as_str(), pinned.named_by), ("A", NamedBy::Rule));
    let renamed = edit(PlaylistChange { name: Some(" Mine ".to_owned()), ..PlaylistChange::default() });
    assert_eq!((renamed.name.as_str(), renamed.named_by, renamed.pinned), ("Mine", NamedBy::Person, true));
    let excluded = edit(PlaylistChange { excluded: Some(true), pinned: Some(false), ..PlaylistChange::default() });
    assert!(excluded.excluded && !excluded.pinned);
    let given_back = edit(PlaylistChange { name: Some(" ".to_owned()), ..PlaylistChange::default() });
    assert_eq!((given_back.name.as_str(), given_back.named_by), ("Mine", NamedBy::Rule));
    assert!(!store.edit_playlist("b", &PlaylistChange::default()).unwrap());
}

#[test]
fn a_run_leaves_what_a_person_did_while_it_ran() {
    let before = ["pinned", "excluded", "named", "gone", "given"].map(|key| playlist(key, &[SONGS[0]]));
    let (_folder, store) = store_with(&before);
    let change = PlaylistChange { name: Some("Given once".to_owned()), ..PlaylistChange::default() };
    store.edit_playlist("given", &change).unwrap();

    // A run reads, a person acts, the run saves.
    let read = store.playlists().unwrap();
    let edits = [
        ("pinned", PlaylistChange { pinned: Some(true), ..PlaylistChange::default() }),
        ("excluded", PlaylistChange { excluded: Some(true), ..PlaylistChange::default() }),
        ("named", PlaylistChange { name: Some("Mine".to_owned()), ..PlaylistChange::default() }),
        ("given", PlaylistChange { name: Some(String::new()), ..PlaylistChange::default() }),
    ];
    for (key, change) in edits {
        store.edit_playlist(key, &change).unwrap();
    }
    store.put_playlist(&PlaylistRecord { kind: PlaylistKind::Definition, ..playlist("defined", &[]) }).unwrap();
    let found: Vec<PlaylistRecord> = read
        .into_iter()
        .filter(|playlist| playlist.key != "gone" && playlist.key != "excluded")
        .map(|playlist| PlaylistRecord {
            name: if playlist.named_by == NamedBy::Person { playlist.name } else { "Found".to_owned() },
            songs: vec![SONGS[1].to_owned()],
            words: vec!["new".to_owned()],
            position: 7,
            ..PlaylistRecord { key: playlist.key, named_by: playlist.named_by, ..PlaylistRecord::default() }
        })
        .collect();
    store.save_playlists(&found).unwrap();

    assert_eq!(keys(&store), ["defined", "excluded", "given", "named", "pinned"]);
    let stored = |key: &str| store.playlist(key).unwrap().unwrap();
    let (pinned, named, given) = (stored("pinned"), stored("named"), stored("given"));
    assert!(pinned.pinned && pinned.words.is_empty());
    assert_eq!((pinned.songs[0].as_str(), pinned.name.as_str(), pinned.position), (SONGS[0], "Found", 7));
    assert!(stored("excluded").excluded);
    assert_eq!((named.name.as_str(), named.named_by, named.songs[0].as_str()), ("Mine", NamedBy::Person, SONGS[1]));
    assert_eq!((given.name.as_str(), given.named_by), ("Given once", NamedBy::Rule), "no longer a person's");

    // The next run, which knows all that, may name it.
    let next: Vec<_> = store
        .playlists()
        .unwrap()
        .into_iter()
        .map(|playlist| PlaylistRecord { name: "Next".to_owned(), ..playlist })
        .collect();
    store.save_playlists(&next).unwrap();
    assert_eq!((stored("given").name.as_str(), stored("named").name.as_str()), ("Next", "Mine"));
}
