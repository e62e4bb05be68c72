use std::path::Path;

use segue_store::{Called, FileRecord, FileTags, ItemRecord, Reference, Shelved};

use crate::sample::{self, ITEMS, SONGS};
use crate::{id, sample_store};

#[test]
fn items_lead_to_songs() {
    let (_folder, store) = sample_store();
    let found = store.songs_of_items(&[ITEMS[1], &id(3), &ITEMS[0].to_uppercase()]).unwrap();
    assert_eq!(found, [Some(SONGS[1].to_owned()), None, Some(SONGS[0].to_owned())]);
    assert!(store.songs_of_items(&["x"]).is_err());
    assert!(store.songs_of_items(&[]).unwrap().is_empty());
}

#[test]
fn songs_and_items_are_called_by_their_files() {
    let (_folder, store) = sample_store();
    let [one, two, _] = sample::files();
    let called = |file: &FileRecord| {
        Some(Called { path: file.path.clone(), title: file.tags.title.clone(), artist: file.tags.artist.clone() })
    };
    let found = store
        .called(&[
            Reference::Item(ITEMS[1]),
            Reference::Song(SONGS[0]),
            Reference::Item("none"),
            Reference::Song("none"),
        ])
        .unwrap();
    assert_eq!(found, [called(&two), called(&one), None, None]);
    assert_eq!(store.called(&[]).unwrap(), []);
}

#[test]
fn heard_files_stand_on_the_shelf_as_often_as_they_are_items() {
    let (_folder, store) = sample_store();
    let [one, two, _] = sample::files();
    let shelved = |index: usize, file: &FileRecord| Shelved {
        song_id: SONGS[index].to_owned(),
        item_id: Some(ITEMS[index].to_owned()),
        title: file.tags.title.clone(),
        artist: file.tags.artist.clone(),
        album_artist: file.tags.album_artist.clone(),
        album: file.tags.album.clone(),
        genres: file.tags.genres.clone(),
    };
    let all = || {
        let mut found = Vec::new();
        store.for_each_shelved(|file| found.push(file)).unwrap();
        found.sort_by(|a: &Shelved, b| a.item_id.cmp(&b.item_id));
        found
    };
    assert_eq!(all(), [shelved(0, &one), shelved(1, &two)]);
    assert_eq!(store.shelved(SONGS[1]).unwrap(), [shelved(1, &two)]);
    assert!(store.shelved(&id(7)).unwrap().is_empty());
    // A second item of one file, and the other file gone from the library but not from its folder.
    let again = ItemRecord { item_id: id(1), file: one.clone() };
    let mut sync = store.begin_sync().unwrap();
    store.sync(&mut sync, &[ItemRecord { item_id: ITEMS[0].to_owned(), file: one.clone() }, again]).unwrap();
    store.finish_sync(sync).unwrap();
    let mut expected = [
        shelved(0, &one),
        Shelved { item_id: Some(id(1)), ..shelved(0, &one) },
        Shelved { item_id: None, ..shelved(1, &two) },
    ];
    expected.sort_by(|a, b| a.item_id.cmp(&b.item_id));
    assert_eq!(all(), expected);
}

#[test]
fn what_lies_below_a_folder_lies_below_it_by_whole_names() {
    let (_folder, store) = sample_store();
    let below = |folder: &str| -> Vec<String> {
        store.songs_below(Path::new(folder)).unwrap().into_iter().map(|(song_id, _)| song_id).collect()
    };
    assert_eq!(below("/music"), SONGS);
    assert_eq!(below("/music/"), SONGS);
    assert_eq!(below("/"), SONGS);
    assert_eq!(below("/music/a"), SONGS[..1]);
    assert!(below("/mus").is_empty() && below("/music/a/one").is_empty() && below("/musica").is_empty());
    assert_eq!(store.songs_below(Path::new("/music/b")).unwrap(), [(SONGS[1].to_owned(), Some(ITEMS[1].to_owned()))]);
}

#[test]
fn a_folder_of_another_system_has_its_own_separator() {
    let (_folder, store) = sample_store();
    let file =
        FileRecord { path: "C:\\Music\\Album\\one.flac".into(), size: 1, modified_ns: 1, tags: FileTags::default() };
    let mut sync = store.begin_sync().unwrap();
    store.sync(&mut sync, &[ItemRecord { item_id: id(8), file: file.clone() }]).unwrap();
    store.finish_sync(sync).unwrap();
    let stamp = sample::stamp(&store, &file.path).unwrap();
    assert!(store.link_file(&stamp, SONGS[0]).unwrap());
    for folder in ["C:\\Music", "C:\\Music\\Album\\"] {
        assert_eq!(store.songs_below(Path::new(folder)).unwrap(), [(SONGS[0].to_owned(), Some(id(8)))], "{folder}");
    }
    assert!(store.songs_below(Path::new("C:\\Mus")).unwrap().is_empty());
}

#[test]
fn edges_and_what_moods_go_by_are_read_for_all() {
    let (_folder, store) = sample_store();
    let edges = sample::details().edges.unwrap();
    assert_eq!(store.edges(SONGS[0]).unwrap(), Some(edges.clone()));
    assert_eq!(store.edges(SONGS[1]).unwrap(), None);
    let mut all = Vec::new();
    store.for_each_edges(|song_id, edges| all.push((song_id.to_owned(), edges))).unwrap();
    assert_eq!(all, [(SONGS[0].to_owned(), edges)]);
    let mut evidence = Vec::new();
    store
        .for_each_mood_evidence(|song_id, features| {
            evidence.push((song_id.to_owned(), features.energy, features.danceability, features.scale));
        })
        .unwrap();
    evidence.sort_by(|a, b| a.0.cmp(&b.0));
    let features = sample::features();
    assert_eq!(
        evidence,
        [
            (SONGS[0].to_owned(), features.energy, features.danceability, features.scale),
            (SONGS[1].to_owned(), None, None, None)
        ]
    );
}
