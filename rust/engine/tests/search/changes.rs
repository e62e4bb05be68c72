//! Songs that come, go and are called something else while questions are asked.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::library::{Tune, dozen, engine, fill, open};
use crate::{ask, titles};

fn sync(engine: &segue_engine::Engine, tunes: &[Tune]) {
    let tracks: Vec<_> = tunes.iter().map(Tune::track).collect();
    let number = engine.begin_sync().unwrap();
    engine.sync(number, &tracks).unwrap();
    engine.finish_sync(number).unwrap();
}

#[test]
fn a_file_with_new_tags_is_found_under_the_new_name_and_a_removed_one_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let mut tunes = dozen();
    let engine = engine(folder.path(), &tunes);
    assert_eq!(titles(&ask(&engine, "thunder"))[0], "Thunder");
    assert_eq!(titles(&ask(&engine, "rock from the nineties"))[0], "Thunder");
    // The path stays.
    let path = tunes[6].path();
    let mut tracks: Vec<_> = tunes.iter().map(Tune::track).collect();
    tracks[6].tags.title = "Lightning".to_owned();
    tracks[6].tags.year = 1962;
    let number = engine.begin_sync().unwrap();
    engine.sync(number, &tracks).unwrap();
    engine.finish_sync(number).unwrap();
    let found = ask(&engine, "lightning");
    assert_eq!(found.hits[0].track.path, path);
    assert!(!ask(&engine, "thunder").hits.iter().any(|hit| hit.named));
    assert_ne!(ask(&engine, "rock from the nineties").hits[0].track.path, path);

    tunes.remove(0);
    sync(&engine, &tunes);
    assert!(!titles(&ask(&engine, "gymnopédie")).contains(&"Gymnopédie".to_owned()));
    assert!(!titles(&ask(&engine, "calm piano, no vocals")).contains(&"Gymnopédie".to_owned()));
    // It comes back, without being heard again.
    sync(&engine, &dozen());
    assert_eq!(titles(&ask(&engine, "gymnopédie"))[0], "Gymnopédie");
    assert!(titles(&ask(&engine, "calm piano, no vocals"))[..3].contains(&"Gymnopédie".to_owned()));
}

#[test]
fn questions_are_answered_while_songs_come_and_go() {
    let folder = tempfile::tempdir().unwrap();
    let tunes = dozen();
    let engine = engine(folder.path(), &tunes);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0..12 {
                sync(&engine, if round % 2 == 0 { &tunes[..8] } else { &tunes });
            }
            done.store(true, Ordering::Release);
        });
        for query in ["calm piano", "blue monday", "music like Kraft"].iter().cycle() {
            let answer = ask(&engine, query);
            assert!(answer.hits.iter().all(|hit| !hit.track.song_id.is_empty()));
            if done.load(Ordering::Acquire) {
                break;
            }
        }
    });
    assert_eq!(titles(&ask(&engine, "human behaviour"))[0], "Human Behaviour");
}

#[test]
fn a_restart_changes_no_answer() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), &dozen());
    let queries = ["calm piano", "loud rock with guitars", "music like Kraft", "monday"];
    let before = queries.map(|query| ask(&engine, query));
    drop(engine);
    fill(&folder.path().join("segue.db"), &dozen());
    let engine = open(folder.path());
    assert_eq!(queries.map(|query| ask(&engine, query)), before);
}
