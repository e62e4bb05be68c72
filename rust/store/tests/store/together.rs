//! Several threads, several programs, many songs, sudden ends.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

use rusqlite::Connection;
use segue_store::{Analysis, Embedding, FileRecord, Opened, Store};

use crate::sample::{self, analysis, file, stages};
use crate::{id, new_store, sample_store, scan};

fn files(count: u64) -> Vec<FileRecord> {
    (0..count)
        .map(|number| file(&format!("/music/artist {}/{number:06}.flac", number / 12), "Title", "Artist"))
        .collect()
}

fn hear_all(store: &Store) {
    for (song, pending) in (0..).zip(store.pending(&stages(), 0, usize::MAX).unwrap()) {
        assert!(store.commit_analysis(&analysis(&id(song), pending.stamp)).unwrap());
    }
}

#[test]
fn readers_see_whole_songs_while_a_writer_writes() {
    let (_folder, store) = new_store();
    scan(&store, &files(200));
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            hear_all(&store);
            done.store(true, Ordering::Release);
        });
        for _ in 0..3 {
            scope.spawn(|| {
                let mut last = 0;
                loop {
                    let finished = done.load(Ordering::Acquire);
                    let (mut songs, mut vectors) = (0, 0);
                    store
                        .for_each_song(|song| {
                            assert_eq!((song.audio, song.features), (Some(sample::audio()), sample::features()));
                            // Reading while reading, on the same thread.
                            assert_eq!(store.known_stages(&song.song_id).unwrap(), stages());
                            songs += 1;
                        })
                        .unwrap();
                    store
                        .for_each_song_vectors(&["msd", "mtt"], |song| {
                            assert!(song.models.iter().all(Option::is_some), "a song is stored whole or not at all");
                            vectors += 1;
                        })
                        .unwrap();
                    assert!(last <= songs && songs <= vectors, "{last} {songs} {vectors}");
                    last = songs;
                    if finished {
                        break;
                    }
                }
                assert_eq!(last, 200);
            });
        }
    });
}

#[test]
fn several_threads_and_a_second_program_write_in_turn() {
    let (_folder, store) = new_store();
    scan(&store, &files(120));
    let (second, opened) = Store::open(store.path()).unwrap();
    assert_eq!(opened, Opened::Existing);
    let pending = store.pending(&stages(), 0, usize::MAX).unwrap();
    thread::scope(|scope| {
        for (part, files) in (0..).zip(pending.chunks(30)) {
            let store = if part % 2 == 0 { &store } else { &second };
            scope.spawn(move || {
                for (song, file) in (part * 30..).zip(files) {
                    assert!(store.commit_analysis(&analysis(&id(song), file.stamp)).unwrap());
                }
            });
        }
    });
    let statistics = second.statistics(&stages()).unwrap();
    assert_eq!((statistics.songs, statistics.pending), (120, 0));
}

#[test]
fn what_was_committed_survives_a_kill_and_what_was_not_leaves_no_trace() {
    let (folder, store) = sample_store();
    // In the middle of a transaction.
    let other = Connection::open(store.path()).unwrap();
    other
        .execute_batch(
            "PRAGMA cache_size = 2; BEGIN IMMEDIATE; DELETE FROM song_patches; DELETE FROM settings; \
             INSERT INTO settings VALUES ('a', hex(zeroblob(1000000))), ('b', hex(zeroblob(1000000)))",
        )
        .unwrap();
    // What a kill leaves: the files as they are at this instant, nothing closed, nothing merged.
    let killed = folder.path().join("killed.db");
    std::fs::copy(store.path(), &killed).unwrap();
    std::fs::copy(folder.path().join("segue.db-wal"), folder.path().join("killed.db-wal")).unwrap();
    let journal = std::fs::metadata(folder.path().join("killed.db-wal")).unwrap().len();
    assert!(journal > 1_000_000, "what was not committed is in the journal too");
    let (revived, opened) = Store::open(&killed).unwrap();
    assert_eq!(opened, Opened::Existing);
    assert_eq!(revived.setting("colour").unwrap().as_deref(), Some("blue"));
    assert_eq!(revived.embeddings(sample::SONGS[0]).unwrap(), store.embeddings(sample::SONGS[0]).unwrap());
    assert_eq!(revived.statistics(&stages()).unwrap().songs, 2);
    drop(other);
    assert_eq!(store.setting("colour").unwrap().as_deref(), Some("blue"));
}

/// A library of real size in vectors of real size: nothing here may grow with the square of it.
#[test]
fn ten_thousand_songs() {
    const SONGS: u64 = 10_000;
    let (_folder, store) = new_store();
    let time = |what: &str, work: &mut dyn FnMut()| {
        let start = Instant::now();
        work();
        println!("{what}: {:.3} s", start.elapsed().as_secs_f64());
    };
    let files = files(SONGS);
    time("first scan", &mut || assert_eq!(scan(&store, &files).added, SONGS));
    time("second scan", &mut || assert_eq!(scan(&store, &files).unchanged, SONGS));
    let vector: Vec<f32> = (0..200).map(|step| (step as f32 * 0.7).sin() * 3.0).collect();
    let network = |model: &str| Embedding {
        model: model.to_owned(),
        mean: vector.clone(),
        deviation: vector.clone(),
        tags: vec![0.5; 50],
        patches: vector.repeat(2),
        weights: Vec::new(),
    };
    let embeddings = vec![network("msd"), network("mtt")];
    let pending = store.pending(&stages(), 0, usize::MAX).unwrap();
    time("one transaction per song", &mut || {
        for (song, file) in (0..).zip(&pending) {
            let heard = Analysis { embeddings: embeddings.clone(), ..analysis(&id(song), file.stamp) };
            assert!(store.commit_analysis(&heard).unwrap());
        }
    });
    time("pending", &mut || assert!(store.pending(&stages(), 0, 100).unwrap().is_empty()));
    time("statistics", &mut || assert_eq!(store.statistics(&stages()).unwrap().songs, SONGS));
    let mut loaded = 0;
    time("all vectors", &mut || store.for_each_song_vectors(&["msd", "mtt"], |_| loaded += 1).unwrap());
    assert_eq!(loaded, SONGS);
    let mut listed = 0;
    time("all songs", &mut || store.for_each_song(|_| listed += 1).unwrap());
    assert_eq!(listed, SONGS);
    let bytes = store.embedding_bytes().unwrap();
    assert_eq!(bytes, SONGS * 2 * (2 * 800 + 200 + 3 + 2 * 204));
}
