use std::path::Path;

use segue_store::{Analysis, Features, Store};

use crate::sample::{analysis, embedding, file, stages, stamp};
use crate::{id, new_store, scan};

fn hear(store: &Store, path: &str, song: u64, models: &[&str]) {
    let embeddings = models.iter().map(|model| embedding(model, song as f32, 1)).collect();
    let heard = analysis(&id(song), stamp(store, Path::new(path)).unwrap());
    store.commit_analysis(&Analysis { embeddings, ..heard }).unwrap();
}

fn paths(store: &Store) -> Vec<String> {
    let mut paths = Vec::new();
    store.for_each_song(|song| paths.push(song.path.unwrap().to_str().unwrap().to_owned())).unwrap();
    paths
}

#[test]
fn songs_come_once_each_by_path_while_present() {
    let (_folder, store) = new_store();
    let files = ["/music/c", "/music/a", "/music/b", "/music/unheard"].map(|path| file(path, path, "A"));
    scan(&store, &files);
    hear(&store, "/music/c", 1, &["msd"]);
    hear(&store, "/music/a", 2, &["msd"]);
    hear(&store, "/music/b", 1, &["msd"]);
    assert_eq!(paths(&store), ["/music/a", "/music/b"], "b and c are one song");
    assert_eq!(store.song(&id(1)).unwrap().unwrap().tags.title, "/music/b");
    assert_eq!(store.song_by_path(Path::new("/music/c")).unwrap().unwrap().tags.title, "/music/c");
    assert!(store.song_by_path(Path::new("/music/unheard")).unwrap().is_none());
    assert!(store.song_by_path(Path::new("/music/unknown")).unwrap().is_none());

    scan(&store, &[files[0].clone(), files[3].clone()]);
    assert_eq!(paths(&store), ["/music/c"], "the first that is present");
    assert_eq!(store.song(&id(1)).unwrap().unwrap().path.as_deref(), Some(Path::new("/music/c")));
    let gone = store.song(&id(2)).unwrap().unwrap();
    assert_eq!(gone.path.as_deref(), Some(Path::new("/music/a")));
    let statistics = store.statistics(&stages()).unwrap();
    assert_eq!((statistics.songs, statistics.songs_kept, statistics.files, statistics.present), (1, 2, 4, 2));
}

#[test]
fn a_song_may_lack_every_fact() {
    let (_folder, store) = new_store();
    scan(&store, &[file("/music/a", "", "")]);
    let heard = Analysis {
        audio: None,
        features: None,
        embeddings: vec![],
        stages: vec![],
        ..analysis(&id(1), stamp(&store, Path::new("/music/a")).unwrap())
    };
    store.commit_analysis(&heard).unwrap();
    let song = store.song(&id(1)).unwrap().unwrap();
    assert_eq!((song.audio, song.features), (None, Features::default()));
    assert!(store.embeddings(&id(1)).unwrap().is_empty());
    // Its only file changes: nothing leads to the song any more, and it is kept.
    scan(&store, &[segue_store::FileRecord { size: 1, ..file("/music/a", "", "") }]);
    let song = store.song(&id(1)).unwrap().unwrap();
    assert_eq!((song.path, song.tags.album.as_str()), (None, ""));
}

#[test]
fn vectors_come_with_the_networks_asked_for() {
    let (_folder, store) = new_store();
    let files = ["/music/a", "/music/b", "/music/c", "/music/d"].map(|path| file(path, path, "A"));
    scan(&store, &files);
    hear(&store, "/music/a", 1, &["msd"]);
    hear(&store, "/music/b", 2, &["msd", "mtt"]);
    hear(&store, "/music/c", 3, &["clap"]);
    hear(&store, "/music/d", 4, &["msd"]);
    // A network that came later: its row lies far from the song's other one.
    hear(&store, "/music/a", 1, &["mtt"]);
    let load = |models: &[&str]| {
        let mut songs = Vec::new();
        store
            .for_each_song_vectors(models, |song| {
                let first = |model: Option<segue_store::ModelVectors>| model.map(|model| model.mean[0]);
                songs.push((song.song_id, song.models.into_iter().map(first).collect::<Vec<_>>()));
            })
            .unwrap();
        songs
    };
    let mean = |song: u64| Some(embedding("", song as f32, 0).mean[0]);
    let expected = [(id(2), vec![mean(2), mean(2)]), (id(1), vec![mean(1), mean(1)]), (id(4), vec![None, mean(4)])];
    assert_eq!(load(&["mtt", "msd"]), expected);
    assert_eq!(load(&["clap"]), [(id(3), vec![mean(3)])]);
    assert_eq!(load(&["none"]), []);
    assert_eq!(load(&[]), []);

    scan(&store, &files[..1]);
    assert_eq!(load(&["msd"]), [(id(1), vec![mean(1)])], "only what is present");
}

#[test]
fn feature_vectors_come_of_present_songs_that_have_one() {
    let (_folder, store) = new_store();
    let files = ["/music/a", "/music/b"].map(|path| file(path, path, "A"));
    scan(&store, &files);
    hear(&store, "/music/a", 1, &["msd"]);
    hear(&store, "/music/b", 2, &["msd"]);
    let vectors = || {
        let mut vectors = Vec::new();
        store.for_each_feature_vector(|song_id, vector| vectors.push((song_id.to_owned(), vector))).unwrap();
        vectors.sort_by(|a, b| a.0.cmp(&b.0));
        vectors
    };
    let mut expected = [id(1), id(2)].map(|song| (song, vec![1.0, -2.0, 3.5]));
    expected.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(vectors(), expected);
    scan(&store, &files[..1]);
    assert_eq!(vectors().len(), 1);
}

#[test]
fn tags_come_by_network_and_readings_end_when_they_are_told_to() {
    let (_folder, store) = new_store();
    let files = ["/music/a", "/music/b", "/music/c"].map(|path| file(path, path, "A"));
    scan(&store, &files);
    for (song, path) in (1..).zip(["/music/a", "/music/b", "/music/c"]) {
        hear(&store, path, song, &["msd", "mtt"]);
    }
    let mut seen = Vec::new();
    store
        .while_tags(&["mtt"], |song_id, model, tags| {
            seen.push((song_id.to_owned(), model.to_owned(), tags.len()));
            seen.len() < 2
        })
        .unwrap();
    assert_eq!(seen, [(id(1), "mtt".to_owned(), 3), (id(2), "mtt".to_owned(), 3)]);
    let mut songs = 0;
    store
        .while_songs(|_| {
            songs += 1;
            songs < 2
        })
        .unwrap();
    assert_eq!(songs, 2);
}
