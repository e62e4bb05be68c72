//! Songs for tests of this folder; built for tests alone.

use segue_store::{Analysis, AudioFacts, Details, Embedding, FileRecord, FileTags, Stage, Store};

use crate::index::format_item;

/// Puts a song of an artist into a store, heard by both networks where tags are given, and answers its content key.
pub(crate) fn hear(store: &Store, song: u128, artist: &str, tags: &[Vec<f32>; 2]) -> String {
    let song_id = format_item(&song.to_be_bytes());
    let tags_of_file = FileTags { artist: artist.to_owned(), ..FileTags::default() };
    let path = std::path::PathBuf::from(format!("/music/{song}.flac"));
    let file = FileRecord { path: path.clone(), size: 1, modified_ns: 1, tags: tags_of_file };
    let mut scan = store.begin_scan().unwrap();
    store.put_files(&mut scan, &[file]).unwrap();
    // No root: nothing is taken away.
    store.finish_scan(scan, &[]).unwrap();
    let embedding = |(model, tags): (&str, &Vec<f32>)| Embedding {
        model: model.to_owned(),
        mean: vec![0.0; 4],
        deviation: vec![0.0; 4],
        tags: tags.clone(),
        patches: Vec::new(),
        weights: Vec::new(),
    };
    let heard = ["msd", "mtt"].into_iter().zip(tags).filter(|(_, tags)| !tags.is_empty());
    let analysis = Analysis {
        song_id: song_id.clone(),
        file: store.file(&path).unwrap().unwrap().stamp,
        audio: Some(AudioFacts { duration_s: 100.0, codec: "flac".to_owned(), ..AudioFacts::default() }),
        features: None,
        details: Details::default(),
        embeddings: heard.map(embedding).collect(),
        stages: vec![Stage::new("sample", "1")],
    };
    assert!(store.commit_analysis(&analysis).unwrap());
    song_id
}
