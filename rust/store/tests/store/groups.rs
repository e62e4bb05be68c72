use std::path::Path;

use segue_store::{Algorithm, Assignment, ClusterRow, Error, PlaylistRecord, Store};

use crate::sample::{self, SONGS, analysis, file, stamp};
use crate::{id, new_store, sample_store, scan};

fn row(song_id: &str, cluster: i64) -> ClusterRow {
    ClusterRow {
        song_id: song_id.to_owned(),
        assignment: Assignment::KMeans { cluster, distance: 0.5 },
        confidence: None,
    }
}

#[test]
fn a_grouping_replaces_the_one_before_and_no_other() {
    let (_folder, store) = sample_store();
    let rows = [row(SONGS[0], 1), row(SONGS[1], 2)];
    store.replace_clusters(Algorithm::KMeans, &rows).unwrap();
    assert_eq!(store.clusters(Algorithm::KMeans).unwrap(), rows);
    assert_eq!(store.clusters(Algorithm::Dbscan).unwrap().len(), 1);
    store.replace_clusters(Algorithm::KMeans, &[]).unwrap();
    assert!(store.clusters(Algorithm::KMeans).unwrap().is_empty());
}

#[test]
fn a_bad_grouping_leaves_the_old_one() {
    let (_folder, store) = sample_store();
    let before = store.clusters(Algorithm::KMeans).unwrap();
    let refuse = |rows: &[ClusterRow]| store.replace_clusters(Algorithm::KMeans, rows).unwrap_err();
    let nan = Assignment::KMeans { cluster: 1, distance: f64::NAN };
    let other = Assignment::Dbscan { cluster: 1 };
    let good = row(SONGS[0], 1);
    let unsure = ClusterRow { confidence: Some(f64::INFINITY), ..good.clone() };
    assert!(matches!(refuse(&[ClusterRow { assignment: nan, ..good.clone() }]), Error::NotFinite { .. }));
    assert!(matches!(refuse(&[unsure]), Error::NotFinite { .. }));
    assert!(matches!(refuse(&[ClusterRow { assignment: other, ..good.clone() }]), Error::Invalid { .. }));
    assert!(matches!(refuse(&[good.clone(), good.clone()]), Error::Invalid { .. }));
    assert!(matches!(refuse(&[row("short", 1)]), Error::Invalid { .. }));
    assert!(matches!(refuse(&[good, row(&id(77), 1)]), Error::UnknownSong { song_id } if song_id == id(77)));
    assert_eq!(store.clusters(Algorithm::KMeans).unwrap(), before);
}

#[test]
fn artists_with_enough_songs_have_the_mean_of_them() {
    let (_folder, store) = new_store();
    let files: Vec<_> =
        (0..7).map(|song| file(&format!("/music/{song}"), "T", if song < 5 { "Many" } else { "Few" })).collect();
    scan(&store, &files);
    for (song, file) in (0..).zip(&files) {
        let mut heard = analysis(&id(song), stamp(&store, &file.path).unwrap());
        heard.embeddings[0].mean = vec![song as f32, 1.0];
        heard.embeddings[0].deviation = vec![0.0; 2];
        heard.embeddings[0].patches.clear();
        store.commit_analysis(&heard).unwrap();
    }
    assert_eq!(store.update_artist_vectors(5, "msd").unwrap(), 1);
    let artists = store.artist_vectors().unwrap();
    assert_eq!((artists[0].artist_id.as_str(), artists[0].song_count), ("many", 5));
    assert_eq!(artists[0].vector, [2.0, 1.0]);

    assert_eq!(store.update_artist_vectors(1, "msd").unwrap(), 2);
    scan(&store, &files[..4]);
    assert_eq!(store.update_artist_vectors(5, "msd").unwrap(), 0, "only what is present");
    assert!(store.artist_vectors().unwrap().is_empty());
}

fn playlist(key: &str, songs: &[&str]) -> PlaylistRecord {
    PlaylistRecord {
        key: key.to_owned(),
        name: key.to_uppercase(),
        songs: songs.iter().map(|song_id| (*song_id).to_owned()).collect(),
        ..PlaylistRecord::default()
    }
}

/// Puts a playlist's times in the past, where a change of them shows.
fn age(store: &Store) {
    let raw = rusqlite::Connection::open(store.path()).unwrap();
    raw.execute("UPDATE playlists SET created_at = 1, updated_at = 2", []).unwrap();
}

#[test]
fn playlists_are_updated_in_place() {
    let (_folder, store) = sample_store();
    age(&store);
    let stored = || store.playlists().unwrap();
    let times = |at: usize| (stored()[at].created_at, stored()[at].updated_at > 2);

    store.save_playlists(&[PlaylistRecord { external_id: None, ..sample::playlist() }]).unwrap();
    assert_eq!(times(0), (1, false), "the same again changes nothing");
    assert_eq!(stored()[0].external_id, sample::playlist().external_id);

    let changed = PlaylistRecord { songs: vec![SONGS[1].into(), SONGS[1].into()], ..sample::playlist() };
    store.save_playlists(&[playlist("b", &[]), changed.clone()]).unwrap();
    assert_eq!(stored().iter().map(|playlist| playlist.key.as_str()).collect::<Vec<_>>(), ["b", "evening"]);
    assert_eq!(times(1), (1, true));
    assert_eq!(stored()[1].songs, changed.songs, "a song may come twice");

    assert!(store.set_playlist_external_id("b", Some("server")).unwrap());
    assert!(!store.set_playlist_external_id("c", Some("server")).unwrap());
    assert_eq!(stored()[0].external_id.as_deref(), Some("server"));

    store.save_playlists(&[playlist("b", &[])]).unwrap();
    assert_eq!(stored().len(), 1, "what is not saved again is gone, songs and all");
    store.save_playlists(&[]).unwrap();
    assert!(stored().is_empty());
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
    assert_eq!(store.playlists().unwrap(), before);
}

#[test]
fn settings_are_set_replaced_and_removed() {
    let (_folder, store) = new_store();
    assert_eq!(store.setting("a").unwrap(), None);
    store.set_setting("a", Some("1")).unwrap();
    store.set_setting("a", Some("")).unwrap();
    store.set_setting("b", Some("2")).unwrap();
    assert_eq!(store.setting("a").unwrap().as_deref(), Some(""));
    store.set_setting("a", None).unwrap();
    assert_eq!(store.setting("a").unwrap(), None);
    assert_eq!(store.setting("b").unwrap().as_deref(), Some("2"));
    assert!(store.file(Path::new("a")).unwrap().is_none());
}
