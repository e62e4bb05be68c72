use std::path::Path;

use segue_store::{
    Algorithm, ArtistVector, ClusterRow, Details, Failure, Features, FileRow, ModelVectors, Opened, PersonalListRecord,
    PlaylistRecord, ProfileOf, RunRecord, Song, SongVectors, Statistics, Store,
};

use crate::sample::{self, ITEMS, SONGS};
use crate::sample_store;

/// Written once by `cargo run -p segue-store --example fixture`, when schema 1 was new.
#[test]
fn a_database_of_schema_1_is_read_in_full() {
    let (store, opened, _folder) = fixture("v1.db");
    assert_eq!(opened, Opened::Migrated { from: 1 });
    let vector = sample::details().vector;
    holds_the_sample(
        &store,
        Held { features: features_of_schema_1(), details: Details { vector, ..Details::default() }, ..schema_2() },
    );
}

/// Written once, when schema 2 was new.
#[test]
fn a_database_of_schema_2_is_read_in_full() {
    let (store, opened, _folder) = fixture("v2.db");
    assert_eq!(opened, Opened::Migrated { from: 2 });
    holds_the_sample(&store, schema_2());
    assert!(store.cluster_groups(Algorithm::KMeans).unwrap().is_empty());
    assert!(store.runs("playlists", 9).unwrap().is_empty());

    // What it could not hold can be put in.
    let [one, ..] = sample::files();
    assert_eq!(crate::scan(&store, &[sample::files()[0].clone()]), crate::counts(0, 1, 1, 0));
    let row = store.file(&one.path).unwrap().unwrap();
    assert!(row.has_genres);
    assert_eq!(row.tags, one.tags);
    store.put_playlist(&sample::playlist()).unwrap();
    assert_eq!(store.playlist("evening").unwrap().unwrap().words, sample::playlist().words);
    assert_eq!(store.update_artist_vectors(2, ProfileOf::Network("msd")).unwrap(), 1, "the library still has both");
    assert_eq!(store.update_artist_vectors(3, ProfileOf::Network("msd")).unwrap(), 0);
}

/// Written once, when schema 3 was new.
#[test]
fn a_database_of_schema_3_is_read_in_full() {
    let (store, opened, _folder) = fixture("v3.db");
    match segue_store::SCHEMA_VERSION {
        3 => assert_eq!(opened, Opened::Existing),
        _ => assert_eq!(opened, Opened::Migrated { from: 3 }),
    }
    holds_the_sample(&store, schema_3());
    holds_what_came_with_schema_3(&store);

    // What it could not hold is not there, and can be put in.
    assert!(store.fingerprints_changed().unwrap(), "which songs are one recording is still to be found");
    assert!(store.recordings().unwrap().is_empty());
    assert!(store.listener_songs(sample::LISTENER).unwrap().is_empty());
    assert!(store.personal_lists(sample::LISTENER).unwrap().is_empty());
    sample::fill_listener(&store).unwrap();
    holds_what_came_with_schema_4(&store);
}

/// Written once, when schema 4 was new.
#[test]
fn a_database_of_schema_4_is_read_in_full() {
    let (store, opened, _folder) = fixture("v4.db");
    match segue_store::SCHEMA_VERSION {
        4 => assert_eq!(opened, Opened::Existing),
        _ => assert_eq!(opened, Opened::Migrated { from: 4 }),
    }
    holds_the_sample(&store, schema_3());
    holds_what_came_with_schema_3(&store);
    holds_what_came_with_schema_4(&store);

    // What it could not hold can be put in.
    assert_eq!(store.film_measures(Path::new("/films/one.mkv"), 7, 8, "1").unwrap(), None);
    sample::fill_films(&store).unwrap();
    holds_what_came_with_schema_5(&store);
}

/// Written once, when schema 5 was new.
#[test]
fn a_database_of_schema_5_is_read_in_full() {
    let (store, opened, _folder) = fixture("v5.db");
    match segue_store::SCHEMA_VERSION {
        5 => assert_eq!(opened, Opened::Existing),
        _ => assert_eq!(opened, Opened::Migrated { from: 5 }),
    }
    holds_the_sample(&store, schema_3());
    holds_what_came_with_schema_3(&store);
    holds_what_came_with_schema_4(&store);
    holds_what_came_with_schema_5(&store);
}

/// The words of files are found in databases that were made before they were kept, too.
#[test]
fn files_of_every_schema_are_found_by_their_words() {
    for name in ["v1.db", "v2.db", "v3.db", "v4.db", "v5.db"] {
        let (store, _, _folder) = fixture(name);
        let mut found = Vec::new();
        let each = |file: segue_store::Shelved| {
            found.push(file.song_id);
            true
        };
        store.while_files_with_words(&["bjork", "tw"], segue_store::Matching::All, each).unwrap();
        assert_eq!(found, [SONGS[1]], "{name}");
    }
}

fn fixture(name: &str) -> (Store, Opened, tempfile::TempDir) {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/store").join(name);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::copy(fixture, &path).unwrap();
    let (store, opened) = Store::open(&path).unwrap();
    (store, opened, folder)
}

#[test]
fn every_value_comes_back_as_it_was_stored() {
    let (_folder, store) = sample_store();
    holds_the_sample(&store, schema_3());
    holds_what_came_with_schema_3(&store);
    holds_what_came_with_schema_4(&store);
    holds_what_came_with_schema_5(&store);
}

/// What a database holds of the sample.
struct Held {
    features: Features,
    details: Details,
    has_genres: bool,
    playlist: PlaylistRecord,
}

fn schema_3() -> Held {
    Held { features: sample::features(), details: sample::details(), has_genres: true, playlist: sample::playlist() }
}

/// Schema 2 had no place for genres, nor for most of what is known of a playlist.
fn schema_2() -> Held {
    let PlaylistRecord { key, name, description, external_id, songs, .. } = sample::playlist();
    let playlist = PlaylistRecord { key, name, description, external_id, songs, ..PlaylistRecord::default() };
    Held { has_genres: false, playlist, ..schema_3() }
}

fn holds_what_came_with_schema_3(store: &Store) {
    for (algorithm, _) in sample::groupings() {
        assert_eq!(store.cluster_groups(algorithm).unwrap(), sample::groups());
    }
    let runs = store.runs("playlists", 9).unwrap();
    let expected = RunRecord {
        run_id: 1,
        kind: "playlists".to_owned(),
        began_at: runs[0].began_at,
        finished_at: Some(runs[0].finished_at.unwrap().max(runs[0].began_at)),
        outcome: Some("done".to_owned()),
        report: Some(sample::REPORT.to_owned()),
    };
    assert_eq!(runs, [expected]);
    assert_eq!(store.state("search").unwrap().as_deref(), Some("{}"));
}

fn holds_what_came_with_schema_4(store: &Store) {
    assert_eq!(store.listener_songs(sample::LISTENER).unwrap(), [sample::opinion()]);
    assert_eq!(store.plays(sample::LISTENER, 0).unwrap(), [sample::play()]);
    let lists = store.personal_lists(sample::LISTENER).unwrap();
    let made_at = lists[0].made_at;
    assert!(made_at > 1_700_000_000);
    assert_eq!(lists, [PersonalListRecord { made_at, ..sample::personal_list() }]);
    assert_eq!(store.recordings().unwrap(), SONGS.map(|song_id| (song_id.to_owned(), 0)).into());
    assert!(!store.fingerprints_changed().unwrap());
}

fn holds_what_came_with_schema_5(store: &Store) {
    assert_eq!(store.film_measures(Path::new("/films/one.mkv"), 7, 8, "1").unwrap().as_deref(), Some("{}"));
    assert_eq!(store.service_calls(20_000, "vision").unwrap(), 1);
}

fn holds_the_sample(store: &Store, held: Held) {
    let Held { features, details, has_genres, playlist } = held;
    let [one, two, broken] = sample::files().map(|mut file| {
        file.tags.genres.retain(|_| has_genres);
        file
    });
    let tags = [one.tags.clone(), two.tags.clone()];

    let row = store.file(&two.path).unwrap().unwrap();
    assert_eq!((row.stamp.size, row.stamp.modified_ns), (two.size, two.modified_ns));
    let expected = FileRow {
        stamp: row.stamp,
        path: two.path,
        tags: two.tags,
        song_id: Some(SONGS[1].to_owned()),
        present: true,
        has_genres,
    };
    assert_eq!(row, expected);

    let mut songs = Vec::new();
    store.for_each_song(|song| songs.push(song)).unwrap();
    let expected = |index: usize, path: &Path, features: Features| Song {
        song_id: SONGS[index].to_owned(),
        path: Some(path.to_owned()),
        tags: tags[index].clone(),
        item_ids: vec![ITEMS[index].to_owned()],
        audio: Some(sample::audio()),
        features,
        analysed_at: songs[index].analysed_at,
    };
    assert_eq!(songs.len(), 2);
    assert_eq!(songs[0], expected(0, &one.path, features));
    assert_eq!(songs[1], expected(1, &row.path, Features::default()));
    assert_eq!(store.details(SONGS[0]).unwrap(), details);
    assert_eq!(store.details(SONGS[1]).unwrap(), Details::default());
    let mut heard = Vec::new();
    store.for_each_present_file(|file| heard.push((file.path, file.song_id, file.size, file.codec))).unwrap();
    let expected =
        [0, 1].map(|at| (sample::files()[at].path.clone(), SONGS[at].to_owned(), row.stamp.size, "flac".to_owned()));
    assert_eq!(heard, expected);
    assert_eq!(store.fingerprint(SONGS[0]).unwrap(), details.fingerprint);
    let mut fingerprints = Vec::new();
    store
        .for_each_fingerprint(|song, seconds, bytes| fingerprints.push((song.to_owned(), seconds, bytes.to_vec())))
        .unwrap();
    let expected: Vec<_> = details.fingerprint.into_iter().map(|bytes| (SONGS[0].to_owned(), 215.25, bytes)).collect();
    assert_eq!(fingerprints, expected);
    assert!(songs[0].analysed_at > 1_700_000_000);

    assert_eq!(
        store.embeddings(SONGS[0]).unwrap(),
        [sample::embedding("msd", 0.0, 3), sample::embedding("mtt", 8.0, 2)]
    );
    let mut vectors = Vec::new();
    store.for_each_song_vectors(&["mtt", "none"], |song| vectors.push(song)).unwrap();
    let mtt = sample::embedding("mtt", 8.0, 0);
    let mtt = ModelVectors { mean: mtt.mean, deviation: mtt.deviation, tags: mtt.tags };
    vectors.sort_by(|a, b| a.song_id.cmp(&b.song_id));
    assert_eq!(
        vectors,
        SONGS.map(|song_id| SongVectors { song_id: song_id.to_owned(), models: vec![Some(mtt.clone()), None] })
    );

    for song_id in SONGS {
        assert_eq!(store.known_stages(song_id).unwrap(), sample::stages());
    }
    let mut items = Vec::new();
    store.for_each_item(|item_id, song_id| items.push((item_id.to_owned(), song_id.to_owned()))).unwrap();
    assert_eq!(items, [0, 1].map(|index| (ITEMS[index].to_owned(), SONGS[index].to_owned())));

    let failures = store.failures().unwrap();
    let expected = Failure {
        file: sample::stamp(store, &broken.path).unwrap(),
        path: broken.path,
        reason: "unsupported".to_owned(),
        detail: "No decoder for this.".to_owned(),
        tries: 1,
        last_at: failures[0].last_at,
    };
    assert_eq!(failures, [expected]);

    for (algorithm, assignment) in sample::groupings() {
        let row = ClusterRow { song_id: SONGS[0].to_owned(), assignment, confidence: Some(0.5) };
        assert_eq!(store.clusters(algorithm).unwrap(), [row]);
    }
    assert_eq!(store.clusters(Algorithm::KMeans).unwrap().len(), 1);
    assert_eq!(
        store.artist_vectors().unwrap(),
        [ArtistVector { artist_id: "björk".to_owned(), vector: sample::embedding("msd", 0.0, 0).mean, song_count: 2 }]
    );
    let playlists = store.playlists().unwrap();
    let (created_at, updated_at) = (playlists[0].created_at, playlists[0].updated_at);
    assert_eq!(playlists, [PlaylistRecord { created_at, updated_at, ..playlist }]);
    assert_eq!(store.setting("colour").unwrap().as_deref(), Some("blue"));

    let statistics = store.statistics(&sample::stages()).unwrap();
    assert!(statistics.database_bytes > 50_000);
    let expected = Statistics {
        files: 3,
        present: 3,
        songs_kept: 2,
        songs: 2,
        items: 2,
        pending: 0,
        failures: 1,
        audio_seconds: 430.5,
        database_bytes: statistics.database_bytes,
    };
    assert_eq!(statistics, expected);
    // Per song, two networks: two vectors of 8 and one of 3; 3 and 2 patches of 8.
    assert_eq!(store.embedding_bytes().unwrap(), 2 * (2 * (8 + 8 + 3) * 4 + (3 + 3 * 12) + (3 + 2 * 12)));
}

/// What a database of schema 1 holds of the sample: what schema 1 had no place for is absent.
fn features_of_schema_1() -> Features {
    Features {
        tempo_stability: None,
        second_key: None,
        second_scale: None,
        second_key_strength: None,
        tuning_cents: None,
        brightness: None,
        ..sample::features()
    }
}
