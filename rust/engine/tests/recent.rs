//! A library that is heard in parts, and what its store makes of artists.
#![allow(clippy::unwrap_used)]

mod common;

use std::time::Duration;

use common::{analyse, options, piece, write_wav};
use segue_engine::{Engine, Options};

#[test]
fn a_run_of_the_newest_albums_leaves_the_rest_for_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    for (number, (album, age_s)) in (0..).zip([("old", 300), ("newest", 100), ("new", 200)]) {
        let album = music.join(album);
        std::fs::create_dir_all(&album).unwrap();
        let path = album.join("piece.wav");
        write_wav(&path, 22_050, 1, &piece(number, 22_050, 1, 4.0));
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(std::time::SystemTime::now() - Duration::from_secs(age_s)).unwrap();
    }
    let engine = Engine::open(Options { recent_albums: 1, ..options(folder.path()) }).unwrap();
    for (heard, left) in [("newest", 2), ("new", 1), ("old", 0)] {
        let summary = analyse(&engine, &music);
        assert_eq!((summary.total, summary.analysed, summary.left), (1, 1, left), "{heard}");
        assert!(engine.track(&engine.find(&format!("{heard}/piece.wav")).unwrap()).unwrap().is_some());
        assert_eq!(engine.statistics().unwrap().pending, left);
    }
    assert_eq!(analyse(&engine, &music).total, 0);
    assert_eq!(engine.songs().unwrap().len(), 3);
}
