use std::path::Path;

use segue_store::{
    Algorithm, ArtistVector, ClusterRow, Details, Failure, Features, FileRow, ModelVectors, Opened, PlaylistRecord,
    Song, SongVectors, Statistics, Store,
};

use crate::sample::{self, ITEMS, SONGS};
use crate::sample_store;

/// Written once by `cargo run -p segue-store --example fixture`, when schema 1 was new.
#[test]
fn a_database_of_schema_1_is_read_in_full() {
    let (store, opened, _folder) = fixture("v1.db");
    assert_eq!(opened, Opened::Migrated { from: 1 });
    let vector = sample::details().vector;
    holds_the_sample(&store, features_of_schema_1(), Details { vector, ..Details::default() });
}

/// Written once, when schema 2 was new.
#[test]
fn a_database_of_schema_2_is_read_in_full() {
    let (store, opened, _folder) = fixture("v2.db");
    match segue_store::SCHEMA_VERSION {
        2 => assert_eq!(opened, Opened::Existing),
        _ => assert_eq!(opened, Opened::Migrated { from: 2 }),
    }
    holds_the_sample(&store, sample::features(), sample::details());
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
    holds_the_sample(&store, sample::features(), sample::details());
}

fn holds_the_sample(store: &Store, features: Features, details: Details) {
    let [one, two, broken] = sample::files();

    let row = store.file(&two.path).unwrap().unwrap();
    assert_eq!((row.stamp.size, row.stamp.modified_ns), (two.size, two.modified_ns));
    let expected =
        FileRow { stamp: row.stamp, path: two.path, tags: two.tags, song_id: Some(SONGS[1].to_owned()), present: true };
    assert_eq!(row, expected);

    let mut songs = Vec::new();
    store.for_each_song(|song| songs.push(song)).unwrap();
    let expected = |index: usize, path: &Path, features: Features| Song {
        song_id: SONGS[index].to_owned(),
        path: Some(path.to_owned()),
        tags: sample::files()[index].tags.clone(),
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
    assert_eq!(playlists, [PlaylistRecord { created_at, updated_at, ..sample::playlist() }]);
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
