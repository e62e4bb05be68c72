use std::path::{Path, PathBuf};

use segue_store::{Error, FileRecord, FileTags, ItemRecord, Store, SyncCounts};

use crate::sample::{self, file, stages, stamp};
use crate::{counts, id, new_store, scan};

fn item(number: u64, file: &FileRecord) -> ItemRecord {
    ItemRecord { item_id: id(number), file: file.clone() }
}

/// A whole sync with a library of these items.
fn sync(store: &Store, items: &[ItemRecord]) -> SyncCounts {
    let mut sync = store.begin_sync().unwrap();
    store.sync(&mut sync, items).unwrap();
    store.finish_sync(sync).unwrap()
}

fn hear(store: &Store, path: &Path, song: u64) {
    let file = stamp(store, path).unwrap();
    assert!(store.commit_analysis(&sample::analysis(&id(song), file)).unwrap());
}

fn pending(store: &Store) -> Vec<PathBuf> {
    store.pending(&stages(), 0, 100).unwrap().into_iter().map(|file| file.path).collect()
}

#[test]
fn a_scan_counts_what_it_found() {
    let (_folder, store) = new_store();
    let (one, two) = (file("/music/one", "One", "A"), file("/music/two", "Two", "A"));
    assert_eq!(scan(&store, &[one.clone(), two.clone()]), counts(2, 0, 0, 0));
    assert_eq!(scan(&store, &[one.clone(), two.clone()]), counts(0, 0, 0, 2));
    let changed = FileRecord { size: 5, ..one.clone() };
    assert_eq!(scan(&store, std::slice::from_ref(&changed)), counts(0, 1, 1, 0));
    assert_eq!(scan(&store, &[changed, two]), counts(1, 0, 0, 1));
    // A link may lead the walk to the same file twice.
    assert_eq!(scan(&store, &[one.clone(), one]), counts(0, 1, 1, 0));
}

#[test]
fn a_scan_takes_away_only_below_its_roots() {
    let (_folder, store) = new_store();
    let files = ["/music/a/1", "/music/ab/2", "/other/3"].map(|path| file(path, "", ""));
    scan(&store, &files);
    let empty = store.begin_scan().unwrap();
    assert_eq!(store.finish_scan(empty, &["/music/a".into()]).unwrap(), counts(0, 0, 1, 0));
    let present = |path: &str| store.file(Path::new(path)).unwrap().unwrap().present;
    assert_eq!(["/music/a/1", "/music/ab/2", "/other/3"].map(present), [false, true, true]);
    assert_eq!(pending(&store), [Path::new("/music/ab/2"), Path::new("/other/3")]);
}

#[test]
fn an_abandoned_scan_takes_nothing_away() {
    let (_folder, store) = new_store();
    let (one, two) = (file("/music/one", "", ""), file("/music/two", "", ""));
    scan(&store, std::slice::from_ref(&one));
    let mut abandoned = store.begin_scan().unwrap();
    store.put_files(&mut abandoned, std::slice::from_ref(&two)).unwrap();
    assert_eq!(pending(&store), [one.path, two.path]);
}

#[test]
fn an_unchanged_file_keeps_its_song_and_a_changed_one_loses_it() {
    let (_folder, store) = new_store();
    let one = file("/music/one", "One", "A");
    scan(&store, std::slice::from_ref(&one));
    hear(&store, &one.path, 1);
    scan(&store, std::slice::from_ref(&one));
    assert_eq!(store.file(&one.path).unwrap().unwrap().song_id, Some(id(1)));
    assert!(pending(&store).is_empty());
    for changed in [FileRecord { size: one.size + 1, ..one.clone() }, FileRecord { modified_ns: 1, ..one.clone() }] {
        scan(&store, std::slice::from_ref(&changed));
        assert_eq!(store.file(&one.path).unwrap().unwrap().song_id, None);
        assert_eq!(pending(&store), [&*one.path]);
        hear(&store, &one.path, 1);
    }
}

#[test]
fn new_tags_reach_the_song_without_a_new_analysis() {
    let (_folder, store) = new_store();
    let one = file("/music/one", "One", "A");
    scan(&store, std::slice::from_ref(&one));
    hear(&store, &one.path, 1);
    let mut renamed = one;
    renamed.tags.title = "Uno".to_owned();
    renamed.tags.artist = " ".to_owned();
    assert_eq!(scan(&store, std::slice::from_ref(&renamed)), counts(0, 1, 0, 0));
    assert!(pending(&store).is_empty());
    assert_eq!(store.song(&id(1)).unwrap().unwrap().tags, renamed.tags);
    // The table's own names follow, for those who read it: without an artist, the album's.
    let raw = rusqlite::Connection::open(store.path()).unwrap();
    let names: (String, String, String, String) = raw
        .query_row("SELECT song_name, artist_name, album_name, artist_id FROM songs", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .unwrap();
    assert_eq!(names, ("Uno".into(), "Various".into(), "Sæmplé".into(), "various".into()));
}

#[test]
fn a_moved_file_is_known_again_by_its_content() {
    let (_folder, store) = new_store();
    let before = file("/music/one", "One", "A");
    sync(&store, &[item(1, &before)]);
    hear(&store, &before.path, 1);

    let after = FileRecord { path: "/music/sorted/one".into(), ..before.clone() };
    assert_eq!(sync(&store, &[item(2, &after)]), counts(1, 0, 1, 0));
    assert_eq!(pending(&store), [&*after.path], "only the new path is to be looked at");
    assert!(store.song_by_item(&id(1)).unwrap().is_none());
    assert!(!store.has_item(&id(1)).unwrap() && store.has_item(&id(2)).unwrap());
    let song = store.song(&id(1)).unwrap().unwrap();
    assert_eq!((song.path.as_deref(), song.item_ids.len()), (Some(&*before.path), 0), "kept, though its file is gone");

    assert_eq!(store.known_stages(&id(1)).unwrap(), stages());
    assert!(store.link_file(&stamp(&store, &after.path).unwrap(), &id(1)).unwrap());
    assert!(pending(&store).is_empty());
    let song = store.song_by_item(&id(2)).unwrap().unwrap();
    assert_eq!((song.song_id, song.path, song.item_ids), (id(1), Some(after.path), vec![id(2)]));
}

#[test]
fn a_sync_counts_items() {
    let (_folder, store) = new_store();
    let (one, two) = (file("/music/one", "One", "A"), file("/music/two", "Two", "A"));
    assert_eq!(sync(&store, &[item(1, &one), item(2, &two)]), counts(2, 0, 0, 0));
    assert_eq!(sync(&store, &[item(1, &one), item(2, &two)]), counts(0, 0, 0, 2));
    // An item whose file was replaced by another, and one listed by two libraries.
    let better = FileRecord { path: "/music/one.flac".into(), ..one.clone() };
    assert_eq!(sync(&store, &[item(1, &better), item(2, &two), item(2, &two)]), counts(0, 1, 0, 1));
    assert!(!store.file(&one.path).unwrap().unwrap().present, "no item has the old file");
    let mut renamed = two;
    renamed.tags.title = "Zwei".to_owned();
    assert_eq!(sync(&store, &[item(1, &better), item(2, &renamed)]), counts(0, 1, 0, 1));
    assert_eq!(sync(&store, &[item(1, &better)]), counts(0, 0, 1, 1));
    assert_eq!(pending(&store), [better.path]);
}

#[test]
fn items_of_one_file_share_its_song() {
    let (_folder, store) = new_store();
    let one = file("/music/one", "One", "A");
    sync(&store, &[item(1, &one), item(2, &one)]);
    hear(&store, &one.path, 1);
    let mut ids = [id(1), id(2)];
    ids.sort();
    assert_eq!(store.song(&id(1)).unwrap().unwrap().item_ids, ids);
    assert_eq!(sync(&store, &[item(2, &one)]), counts(0, 0, 1, 1));
    assert!(store.file(&one.path).unwrap().unwrap().present, "the other item has it still");
}

#[test]
fn a_file_is_present_while_the_library_or_a_folder_has_it() {
    let (_folder, store) = new_store();
    let one = file("/music/one", "One", "A");
    let present = || store.file(&one.path).unwrap().unwrap().present;
    sync(&store, &[item(1, &one)]);
    scan(&store, std::slice::from_ref(&one));
    assert_eq!(scan(&store, &[]), counts(0, 0, 0, 0), "not gone: the library has it");
    assert!(present());
    assert_eq!(scan(&store, std::slice::from_ref(&one)), counts(1, 0, 0, 0));
    sync(&store, &[]);
    assert!(present());
    assert_eq!(scan(&store, &[]), counts(0, 0, 1, 0));
    assert!(!present());
}

#[test]
fn a_scan_and_a_sync_may_overlap() {
    let (_folder, store) = new_store();
    let (one, two) = (file("/music/one", "", ""), file("/music/two", "", ""));
    let mut slow = store.begin_scan().unwrap();
    store.put_files(&mut slow, std::slice::from_ref(&one)).unwrap();
    sync(&store, &[item(1, &one), item(2, &two)]);
    store.put_files(&mut slow, std::slice::from_ref(&two)).unwrap();
    assert_eq!(store.finish_scan(slow, &["/music".into()]).unwrap(), counts(2, 0, 0, 0));
    assert_eq!(pending(&store), [one.path, two.path]);
}

#[test]
fn item_ids_are_taken_in_either_case_and_malformed_ones_refused() {
    let (_folder, store) = new_store();
    let one = file("/music/one", "", "");
    let upper = ItemRecord { item_id: "ABCDEF".repeat(6)[..32].to_owned(), file: one.clone() };
    sync(&store, std::slice::from_ref(&upper));
    hear(&store, &one.path, 1);
    assert_eq!(store.song_by_item(&upper.item_id).unwrap().unwrap().item_ids, [upper.item_id.to_lowercase()]);
    let mut begun = store.begin_sync().unwrap();
    for wrong in ["", "abc", "0123456789abcdef0123456789abcdeg", "01234567-89ab-cdef-0123-456789abcdef"] {
        let batch = [item(7, &one), ItemRecord { item_id: wrong.to_owned(), file: one.clone() }];
        assert!(matches!(store.sync(&mut begun, &batch).unwrap_err(), Error::Invalid { .. }), "{wrong}");
    }
    let pathless = ItemRecord { item_id: id(8), file: FileRecord::default() };
    assert!(matches!(store.sync(&mut begun, &[pathless]).unwrap_err(), Error::Invalid { .. }));
    assert_eq!(store.finish_sync(begun).unwrap(), counts(0, 0, 1, 0), "no refused batch left anything");
}

#[test]
fn any_text_survives_as_a_path_and_as_a_tag() {
    let (_folder, store) = new_store();
    let texts = ["it's", "\"; DROP TABLE files; --", "über/Ünïcödé 音楽 🎵", "%_*?[a]", "line\nbreak", " "];
    let files: Vec<_> = texts.iter().map(|text| file(&format!("/music/{text}"), text, text)).collect();
    scan(&store, &files);
    for file in &files {
        let row = store.file(&file.path).unwrap().unwrap();
        assert_eq!((row.path, row.tags), (file.path.clone(), file.tags.clone()));
    }
}

#[cfg(unix)]
#[test]
fn a_path_that_is_no_unicode_survives() {
    use std::os::unix::ffi::OsStrExt;
    let path = |bytes: &[u8]| PathBuf::from(std::ffi::OsStr::from_bytes(bytes));
    // The second is what a lossy conversion would make of the first.
    let paths = [path(b"/music/caf\xe9.mp3"), path("/music/caf\u{fffd}.mp3".as_bytes()), path(b"/music/\xff/x")];
    let (_folder, store) = new_store();
    let files = paths.clone().map(|path| FileRecord { path, ..file("", "T", "A") });
    assert_eq!(scan(&store, &files), counts(3, 0, 0, 0));
    assert_eq!(scan(&store, &files), counts(0, 0, 0, 3));
    let mut found = pending(&store);
    found.sort();
    let mut expected = paths.to_vec();
    expected.sort();
    assert_eq!(found, expected);
    hear(&store, &paths[0], 1);
    assert_eq!(store.song_by_path(&paths[0]).unwrap().unwrap().path.as_ref(), Some(&paths[0]));
    assert!(store.song_by_path(&paths[1]).unwrap().is_none());
    assert_eq!(scan(&store, &[]), counts(0, 0, 3, 0), "below the root as any other");
}

#[test]
fn genres_are_kept_on_one_line_each_and_a_changed_one_updates_the_row() {
    let (_folder, store) = new_store();
    let mut odd = file("/music/a", "A", "B");
    odd.tags.genres = ["Rock", " two\nlines\0", "", "Rock", "Pop"].map(str::to_owned).to_vec();
    assert_eq!(scan(&store, std::slice::from_ref(&odd)), counts(1, 0, 0, 0));
    let genres = || store.file(&odd.path).unwrap().unwrap().tags.genres;
    assert_eq!(genres(), ["Rock", "two lines", "Pop"]);
    assert_eq!(scan(&store, std::slice::from_ref(&odd)), counts(0, 0, 0, 1), "the same again");
    let other = FileRecord { tags: FileTags { genres: vec!["Jazz".to_owned()], ..odd.tags.clone() }, ..odd.clone() };
    assert_eq!(scan(&store, &[other]), counts(0, 1, 0, 0));
    assert_eq!(genres(), ["Jazz"]);
}

#[test]
fn a_file_from_before_genres_is_known_until_its_tags_are_put_again() {
    let (_folder, store) = new_store();
    let plain = FileRecord { tags: FileTags::default(), ..file("/music/a", "A", "B") };
    scan(&store, std::slice::from_ref(&plain));
    let has_genres = || store.file(&plain.path).unwrap().unwrap().has_genres;
    assert!(has_genres(), "none is known too");
    let raw = rusqlite::Connection::open(store.path()).unwrap();
    raw.execute("UPDATE files SET genres = NULL", []).unwrap();
    assert!(!has_genres());
    assert_eq!(scan(&store, std::slice::from_ref(&plain)), counts(0, 0, 0, 1), "nothing in it changed");
    assert!(has_genres());
}
