use rusqlite::Connection;

use crate::{new_store, sample, sample_store};

/// `song_clusters` as other tools know it: name, type, not null, default, place in the primary key.
const SONG_CLUSTERS: [(&str, &str, bool, Option<&str>, i64); 11] = [
    ("song_id", "TEXT", true, None, 1),
    ("algorithm", "TEXT", false, None, 2),
    ("kmeans_cluster_id", "INT", false, None, 0),
    ("kmeans_distance", "REAL", false, None, 0),
    ("gmm_cluster_id", "INT", false, None, 0),
    ("gmm_probabilities", "TEXT", false, None, 0),
    ("hier_level1_id", "INT", false, None, 0),
    ("hier_level2_id", "INT", false, None, 0),
    ("dbscan_cluster_id", "INT", false, None, 0),
    ("confidence", "REAL", false, None, 0),
    ("created_at", "TEXT", false, Some("CURRENT_TIMESTAMP"), 0),
];

#[test]
fn song_clusters_has_the_columns_and_keys_that_other_tools_know() {
    let (_folder, store) = new_store();
    let raw = Connection::open(store.path()).unwrap();
    let mut columns = raw.prepare("PRAGMA table_info (song_clusters)").unwrap();
    let columns: Vec<(String, String, bool, Option<String>, i64)> = columns
        .query_map([], |row| Ok((row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let columns: Vec<_> = columns
        .iter()
        .map(|(name, kind, set, default, key)| (&**name, &**kind, *set, default.as_deref(), *key))
        .collect();
    assert_eq!(columns, SONG_CLUSTERS);

    let mut keys = raw.prepare("PRAGMA foreign_key_list (song_clusters)").unwrap();
    let keys: Vec<(String, String, String)> = keys
        .query_map([], |row| Ok((row.get(2)?, row.get(3)?, row.get(4)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(keys, [("songs".to_owned(), "song_id".to_owned(), "song_id".to_owned())]);
}

#[test]
fn song_clusters_checks_the_algorithm_the_song_and_the_key() {
    let (_folder, store) = sample_store();
    let raw = Connection::open(store.path()).unwrap();
    raw.pragma_update(None, "foreign_keys", true).unwrap();
    raw.execute("DELETE FROM song_clusters", []).unwrap();
    let insert = |song_id: &str, algorithm: &str| {
        raw.execute("INSERT INTO song_clusters (song_id, algorithm) VALUES (?1, ?2)", [song_id, algorithm])
            .map_err(|error| error.sqlite_error().map(|error| error.extended_code).unwrap_or_default())
    };
    for algorithm in ["kmeans", "gmm", "hierarchical", "dbscan"] {
        assert_eq!(insert(sample::SONGS[0], algorithm), Ok(1));
    }
    assert_eq!(insert(sample::SONGS[0], "spectral"), Err(rusqlite::ffi::SQLITE_CONSTRAINT_CHECK));
    assert_eq!(insert(sample::SONGS[0], "kmeans"), Err(rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY));
    assert_eq!(insert("no such song", "kmeans"), Err(rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY));
    let created: String = raw.query_row("SELECT min(created_at) FROM song_clusters", [], |row| row.get(0)).unwrap();
    assert!(created.starts_with("20") && created.len() == 19, "{created}");
}

#[test]
fn the_seed_tables_have_the_seed_columns() {
    let (_folder, store) = new_store();
    let raw = Connection::open(store.path()).unwrap();
    raw.prepare("SELECT song_id, artist_id, feature_vector, song_name, artist_name FROM songs").unwrap();
    raw.prepare("SELECT artist_id, feature_vector, song_count FROM artists_vector").unwrap();
}

#[test]
fn the_sample_breaks_no_key() {
    let (_folder, store) = sample_store();
    let raw = Connection::open(store.path()).unwrap();
    assert!(!raw.prepare("PRAGMA foreign_key_check").unwrap().exists([]).unwrap());
    let verdict: String = raw.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
}
