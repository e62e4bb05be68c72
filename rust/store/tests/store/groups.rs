use std::path::Path;

use segue_store::{Algorithm, Assignment, ClusterGroup, ClusterRow, Error};

use crate::sample::{self, SONGS};
use crate::{id, new_store, sample_store};

fn row(song_id: &str, cluster: i64) -> ClusterRow {
    ClusterRow {
        song_id: song_id.to_owned(),
        assignment: Assignment::KMeans { cluster, distance: 0.5 },
        confidence: None,
    }
}

fn group(cluster: i64) -> ClusterGroup {
    ClusterGroup { cluster, size: 1, name: format!("Group {cluster}"), centroid: vec![cluster as f32; 3] }
}

#[test]
fn a_grouping_replaces_the_one_before_and_no_other() {
    let (_folder, store) = sample_store();
    let rows = [row(SONGS[0], 1), row(SONGS[1], 2)];
    let groups = [group(1), group(2)];
    store.replace_clusters(Algorithm::KMeans, &rows, &groups).unwrap();
    assert_eq!(store.clusters(Algorithm::KMeans).unwrap(), rows);
    assert_eq!(store.cluster_groups(Algorithm::KMeans).unwrap(), groups);
    assert_eq!(store.cluster_groups(Algorithm::Dbscan).unwrap(), sample::groups());
    assert_eq!(store.clusters(Algorithm::Dbscan).unwrap().len(), 1);
    store.replace_clusters(Algorithm::KMeans, &[], &[]).unwrap();
    assert!(store.clusters(Algorithm::KMeans).unwrap().is_empty());
    assert!(store.cluster_groups(Algorithm::KMeans).unwrap().is_empty());
}

#[test]
fn a_bad_grouping_leaves_the_old_one() {
    let (_folder, store) = sample_store();
    let before = store.clusters(Algorithm::KMeans).unwrap();
    let refuse = |rows: &[ClusterRow]| store.replace_clusters(Algorithm::KMeans, rows, &[]).unwrap_err();
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
    let refuse = |groups: &[ClusterGroup]| store.replace_clusters(Algorithm::KMeans, &[], groups).unwrap_err();
    assert!(matches!(refuse(&[group(1), group(1)]), Error::Invalid { .. }));
    assert!(matches!(refuse(&[ClusterGroup { centroid: vec![f32::NAN], ..group(1) }]), Error::NotFinite { .. }));
    assert_eq!(store.clusters(Algorithm::KMeans).unwrap(), before);
    assert_eq!(store.cluster_groups(Algorithm::KMeans).unwrap(), sample::groups());
}

#[test]
fn probabilities_are_json_however_small() {
    let (_folder, store) = sample_store();
    let assignment = Assignment::Gmm { cluster: 0, probabilities: vec![1.0, 1e-300, 0.1_f64.sqrt(), 0.0] };
    let row = ClusterRow { song_id: SONGS[0].to_owned(), assignment, confidence: Some(1.0) };
    store.replace_clusters(Algorithm::Gmm, std::slice::from_ref(&row), &[]).unwrap();
    assert_eq!(store.clusters(Algorithm::Gmm).unwrap(), [row]);
    let raw = rusqlite::Connection::open(store.path()).unwrap();
    let text: String = raw
        .query_row("SELECT gmm_probabilities FROM song_clusters WHERE algorithm = 'gmm'", [], |row| row.get(0))
        .unwrap();
    let numbers: Vec<f64> = serde_json::from_str(&text).unwrap();
    assert_eq!(numbers, [1.0, 1e-300, 0.1_f64.sqrt(), 0.0]);
    assert!(text.len() < 50, "{text}");
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
