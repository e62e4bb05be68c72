use std::path::Path;

use segue_store::{Analysis, Details, Edges, Error, Features, Labels, Stage};

use crate::sample::{self, SONGS, analysis, details, labels};
use crate::sample_store;

fn update(store: &segue_store::Store, details: Details, stages: &[Stage]) -> segue_store::Result<bool> {
    let stamp = sample::stamp(store, Path::new("/music/a/one.flac")).unwrap();
    store.commit_analysis(&Analysis {
        audio: None,
        features: None,
        details,
        embeddings: Vec::new(),
        stages: stages.to_vec(),
        ..analysis(SONGS[0], stamp)
    })
}

#[test]
fn parts_that_were_not_heard_again_stay() {
    let (_folder, store) = sample_store();
    let beats = Some(vec![0.25, 0.75]);
    update(&store, Details { beats: beats.clone(), ..Details::default() }, &[Stage::new("features", "2")]).unwrap();
    assert_eq!(store.details(SONGS[0]).unwrap(), Details { beats, ..details() });
    let edges = Some(Edges { intro: vec![1.0], outro: vec![] });
    update(&store, Details { edges: edges.clone(), ..Details::default() }, &[]).unwrap();
    assert_eq!(store.details(SONGS[0]).unwrap().edges, edges);
    assert_ne!(store.song(SONGS[0]).unwrap().unwrap().features, Features::default());
}

#[test]
fn a_stage_replaces_its_labels_also_by_none() {
    let (_folder, store) = sample_store();
    let heads = [Stage::new("heads", "2")];
    let styles = Labels { stage: "styles".to_owned(), ..labels("discogs", &["Rock---Punk", "Jazz---Bop"]) };
    update(&store, Details { labels: vec![styles.clone()], ..Details::default() }, &[Stage::new("styles", "1")])
        .unwrap();
    let voice = labels("voice", &["voice"]);
    update(&store, Details { labels: vec![voice.clone()], ..Details::default() }, &heads).unwrap();
    assert_eq!(store.details(SONGS[0]).unwrap().labels, [styles.clone(), voice]);
    update(&store, Details::default(), &heads).unwrap();
    assert_eq!(store.details(SONGS[0]).unwrap().labels, [styles]);
}

#[test]
fn beats_are_kept_to_the_millisecond_over_hours_and_gaps() {
    let (_folder, store) = sample_store();
    let beats: Vec<f32> = [0.0, 0.0, 0.001, 0.128, 16.5, 16.512, 36_000.25].to_vec();
    update(&store, Details { beats: Some(beats.clone()), ..Details::default() }, &[]).unwrap();
    assert_eq!(store.details(SONGS[0]).unwrap().beats, Some(beats));
    update(&store, Details { beats: Some(Vec::new()), ..Details::default() }, &[]).unwrap();
    assert_eq!(store.details(SONGS[0]).unwrap().beats, Some(Vec::new()));
}

#[test]
fn patches_keep_their_weights() {
    let (_folder, store) = sample_store();
    let stamp = sample::stamp(&store, Path::new("/music/a/one.flac")).unwrap();
    let weighted = |weights: Vec<f32>| Analysis {
        embeddings: vec![segue_store::Embedding { weights, ..sample::embedding("msd", 0.0, 3) }],
        ..analysis(SONGS[0], stamp)
    };
    store.commit_analysis(&weighted(vec![0.5, 0.25, 0.25])).unwrap();
    assert_eq!(store.embeddings(SONGS[0]).unwrap()[0].weights, [0.5, 0.25, 0.25]);
    assert!(matches!(store.commit_analysis(&weighted(vec![0.5])), Err(Error::Invalid { .. })));
    assert!(matches!(store.commit_analysis(&weighted(vec![f32::NAN; 3])), Err(Error::NotFinite { .. })));
    store.commit_analysis(&weighted(Vec::new())).unwrap();
    assert!(store.embeddings(SONGS[0]).unwrap()[0].weights.is_empty());
}

#[test]
fn what_makes_no_sense_is_refused_and_changes_nothing() {
    let (_folder, store) = sample_store();
    let refused = |details: Details| update(&store, details, &[]).unwrap_err();
    let invalid = |error: Error| matches!(error, Error::Invalid { .. });
    let nan = |error: Error| matches!(error, Error::NotFinite { .. });
    assert!(invalid(refused(Details { beats: Some(vec![1.0, 0.5]), ..Details::default() })));
    assert!(invalid(refused(Details { beats: Some(vec![-0.5]), ..Details::default() })));
    assert!(nan(refused(Details { beats: Some(vec![f32::NAN]), ..Details::default() })));
    assert!(nan(refused(Details { vector: Some(vec![f32::INFINITY]), ..Details::default() })));
    assert!(nan(refused(Details {
        edges: Some(Edges { intro: vec![], outro: vec![f32::NAN] }),
        ..Details::default()
    })));
    let label = |label: Labels| Details { labels: vec![label], ..Details::default() };
    assert!(invalid(refused(label(Labels { values: vec![0.5], ..labels("voice", &["a", "b"]) }))));
    assert!(invalid(refused(label(labels("voice", &["a\nb"])))));
    assert!(invalid(refused(label(labels("voice", &[])))));
    assert!(invalid(refused(label(labels("", &["a"])))));
    assert_eq!(store.details(SONGS[0]).unwrap(), details());
}

#[test]
fn damaged_parts_are_reported() {
    let (folder, store) = sample_store();
    let path = store_path(&folder);
    store.close().unwrap();
    for sql in ["UPDATE song_beats SET beats = x'80'", "UPDATE song_labels SET label_values = x'00000000'"] {
        let copy = folder.path().join("copy.db");
        std::fs::copy(&path, &copy).unwrap();
        rusqlite::Connection::open(&copy).unwrap().execute(sql, []).unwrap();
        let (damaged, _) = segue_store::Store::open(&copy).unwrap();
        assert!(matches!(damaged.details(SONGS[0]), Err(Error::Damaged { .. })), "{sql}");
        damaged.close().unwrap();
    }
}

fn store_path(folder: &tempfile::TempDir) -> std::path::PathBuf {
    std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|extension| extension == "db"))
        .unwrap()
}
