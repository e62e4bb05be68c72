use segue_store::{FileRecord, ProfileOf, Store};

use crate::sample::{analysis, file, stamp};
use crate::{id, new_store, scan};

const MSD: ProfileOf<'_> = ProfileOf::Network("msd");

/// Hears each file as a song whose vector tells its place in the list.
fn hear(store: &Store, files: &[FileRecord]) {
    scan(store, files);
    for (song, file) in (0..).zip(files) {
        let mut heard = analysis(&id(song), stamp(store, &file.path).unwrap());
        heard.embeddings[0].mean = vec![song as f32, 1.0];
        heard.embeddings[0].deviation = vec![0.0; 2];
        heard.embeddings[0].patches.clear();
        heard.details.vector = Some(vec![10.0 * song as f32; 3]);
        store.commit_analysis(&heard).unwrap();
    }
}

/// Five songs of one artist, two of another.
fn files() -> Vec<FileRecord> {
    (0..7).map(|song| file(&format!("/music/{song}"), "T", if song < 5 { "Many" } else { "Few" })).collect()
}

/// Artist, songs and the vector's first value, brought up to date.
fn artists(store: &Store, min_songs: u32) -> Vec<(String, u32, f32)> {
    let count = store.update_artist_vectors(min_songs, MSD).unwrap();
    let artists: Vec<_> = store
        .artist_vectors()
        .unwrap()
        .into_iter()
        .map(|artist| (artist.artist_id, artist.song_count, artist.vector[0]))
        .collect();
    assert_eq!(count, artists.len() as u64);
    artists
}

fn many(songs: u32, first: f32) -> (String, u32, f32) {
    ("many".to_owned(), songs, first)
}

#[test]
fn artists_with_enough_songs_have_the_mean_of_them() {
    let (_folder, store) = new_store();
    hear(&store, &files());
    assert_eq!(artists(&store, 5), [many(5, 2.0)]);
    assert_eq!(store.artist_vectors().unwrap()[0].vector, [2.0, 1.0]);
    assert_eq!(artists(&store, 1), [("few".to_owned(), 2, 5.5), many(5, 2.0)], "another limit makes all due");
    assert_eq!(artists(&store, 5), [many(5, 2.0)]);
}

#[test]
fn the_mean_is_of_what_the_caller_wants() {
    let (_folder, store) = new_store();
    hear(&store, &files());
    assert_eq!(store.update_artist_vectors(5, ProfileOf::Features).unwrap(), 1);
    assert_eq!(store.artist_vectors().unwrap()[0].vector, [20.0; 3]);
    assert_eq!(store.update_artist_vectors(5, ProfileOf::Network("none")).unwrap(), 0);
    assert_eq!(artists(&store, 5), [many(5, 2.0)]);
}

#[test]
fn songs_that_vanish_and_return_are_followed() {
    let (_folder, store) = new_store();
    hear(&store, &files());
    assert_eq!(artists(&store, 4), [many(5, 2.0)]);
    scan(&store, &files()[..4]);
    assert_eq!(artists(&store, 4), [many(4, 1.5)]);
    scan(&store, &files()[..3]);
    assert!(artists(&store, 4).is_empty());
    scan(&store, &files());
    assert_eq!(artists(&store, 4), [many(5, 2.0)]);
}

#[test]
fn songs_that_are_given_another_artist_are_followed() {
    let (_folder, store) = new_store();
    let mut files = files();
    hear(&store, &files);
    assert_eq!(artists(&store, 2), [("few".to_owned(), 2, 5.5), many(5, 2.0)]);
    files[0].tags.artist = "Few".to_owned();
    scan(&store, &files);
    assert_eq!(artists(&store, 2), [("few".to_owned(), 3, 11.0 / 3.0), many(4, 2.5)]);
    // Without an artist of its own a track is the album artist's, and without that nobody's.
    for file in &mut files {
        file.tags.artist = " ".to_owned();
    }
    scan(&store, &files);
    assert_eq!(artists(&store, 2), [("various".to_owned(), 7, 3.0)]);
    for file in &mut files {
        file.tags.album_artist.clear();
    }
    scan(&store, &files);
    assert!(artists(&store, 2).is_empty());
}

#[test]
fn songs_that_change_or_are_heard_anew_are_followed() {
    let (_folder, store) = new_store();
    let mut files = files();
    hear(&store, &files);
    assert_eq!(artists(&store, 4), [many(5, 2.0)]);
    let mut again = analysis(&id(4), stamp(&store, &files[4].path).unwrap());
    again.embeddings[0].mean = vec![14.0, 1.0];
    again.embeddings[0].deviation = vec![0.0; 2];
    again.embeddings[0].patches.clear();
    store.commit_analysis(&again).unwrap();
    assert_eq!(artists(&store, 4), [many(5, 4.0)]);
    files[4].size += 1;
    scan(&store, &files);
    assert_eq!(artists(&store, 4), [many(4, 1.5)], "what lies in the file now has not been heard");
}

#[test]
fn a_song_has_the_names_of_its_first_file_that_is_there() {
    let (_folder, store) = new_store();
    let copies = [file("/music/a", "A", "First"), file("/music/b", "B", "Second")];
    scan(&store, &copies);
    for copy in &copies {
        store.commit_analysis(&analysis(&id(1), stamp(&store, &copy.path).unwrap())).unwrap();
    }
    let named = |expected: &str| {
        assert_eq!(artists(&store, 1)[0].0, expected);
        assert_eq!(artists(&store, 1).len(), 1);
    };
    named("first");
    scan(&store, &copies[1..]);
    named("second");
    scan(&store, &copies);
    named("first");
    let changed = FileRecord { size: 1, ..copies[0].clone() };
    scan(&store, &[changed, copies[1].clone()]);
    named("second");
}

#[test]
fn vectors_of_the_most_frequent_length_count() {
    let (_folder, store) = new_store();
    let files = files();
    hear(&store, &files);
    let mut other = analysis(&id(0), stamp(&store, &files[0].path).unwrap());
    other.details.vector = Some(vec![0.0; 9]);
    store.commit_analysis(&other).unwrap();
    assert_eq!(store.update_artist_vectors(4, ProfileOf::Features).unwrap(), 1);
    let artist = &store.artist_vectors().unwrap()[0];
    assert_eq!((artist.vector.as_slice(), artist.song_count), ([25.0; 3].as_slice(), 4));
}

#[test]
fn more_artists_than_one_transaction_takes_are_all_computed() {
    let (_folder, store) = new_store();
    let files: Vec<_> = (0..66).map(|song| file(&format!("/music/{song}"), "T", &format!("Artist {song}"))).collect();
    hear(&store, &files);
    assert_eq!(artists(&store, 1).len(), 66);
}
