use std::path::{Path, PathBuf};

use segue_store::{Analysis, AudioFacts, Error, Features, FileRecord, FileStamp, Stage, Store};

use crate::sample::{self, analysis, embedding, file, stages, stamp};
use crate::{id, new_store, scan};

/// A store that knows these files, unheard.
fn store_with(paths: &[&str]) -> (tempfile::TempDir, Store) {
    let (folder, store) = new_store();
    let files: Vec<FileRecord> = paths.iter().map(|path| file(path, "T", "A")).collect();
    scan(&store, &files);
    (folder, store)
}

fn at(store: &Store, path: &str) -> FileStamp {
    stamp(store, Path::new(path)).unwrap()
}

fn pending(store: &Store, stages: &[Stage]) -> Vec<(String, Vec<String>)> {
    let files = store.pending(stages, 0, 100).unwrap();
    files.into_iter().map(|file| (file.path.to_str().unwrap().to_owned(), file.missing)).collect()
}

#[test]
fn a_heard_file_is_pending_again_only_for_the_stages_it_lacks() {
    let (_folder, store) = store_with(&["/music/a"]);
    let all = |names: &[&str]| vec![("/music/a".to_owned(), names.iter().map(|name| (*name).to_owned()).collect())];
    assert_eq!(pending(&store, &stages()), all(&["features", "musicnn"]));
    let unheard = &store.pending(&stages(), 0, 1).unwrap()[0];
    assert_eq!((unheard.stamp, &unheard.song_id), (at(&store, "/music/a"), &None));

    assert!(store.commit_analysis(&analysis(&id(1), unheard.stamp)).unwrap());
    assert!(pending(&store, &stages()).is_empty());
    assert!(pending(&store, &stages()[..1]).is_empty());
    let newer = [Stage::new("features", "1"), Stage::new("musicnn", "2"), Stage::new("clap", "1")];
    assert_eq!(pending(&store, &newer), all(&["musicnn", "clap"]));
    assert_eq!(store.pending(&newer, 0, 1).unwrap()[0].song_id, Some(id(1)));

    let only_networks = Analysis {
        audio: None,
        features: None,
        embeddings: vec![embedding("msd", 4.0, 1)],
        stages: newer[1..].to_vec(),
        ..analysis(&id(1), unheard.stamp)
    };
    assert!(store.commit_analysis(&only_networks).unwrap());
    assert!(pending(&store, &newer).is_empty());
    let song = store.song(&id(1)).unwrap().unwrap();
    assert_eq!((song.audio, song.features), (Some(sample::audio()), sample::features()), "other stages' results stay");
    assert_eq!(store.embeddings(&id(1)).unwrap(), [embedding("msd", 4.0, 1), embedding("mtt", 8.0, 2)]);
}

#[test]
fn pending_without_stages_lists_what_was_never_heard() {
    let (_folder, store) = store_with(&["/music/a", "/music/b"]);
    store.commit_analysis(&analysis(&id(1), at(&store, "/music/a"))).unwrap();
    assert_eq!(pending(&store, &[]), [("/music/b".to_owned(), vec![])]);
    assert_eq!(store.statistics(&[]).unwrap().pending, 1);
}

#[test]
fn pending_comes_in_batches() {
    let paths: Vec<String> = (0..25).map(|number| format!("/music/{number:02}")).collect();
    let (_folder, store) = store_with(&paths.iter().map(String::as_str).collect::<Vec<_>>());
    let (mut seen, mut after) = (Vec::new(), 0);
    loop {
        let batch = store.pending(&stages(), after, 10).unwrap();
        let Some(last) = batch.last() else { break };
        after = last.stamp.file_id;
        seen.extend(batch.into_iter().map(|file| file.path));
    }
    assert_eq!(seen, paths.iter().map(PathBuf::from).collect::<Vec<_>>());
}

#[test]
fn of_several_files_of_a_song_one_is_pending() {
    let (_folder, store) = store_with(&["/music/a", "/music/copy"]);
    for path in ["/music/a", "/music/copy"] {
        store.commit_analysis(&analysis(&id(1), at(&store, path))).unwrap();
    }
    let newer = [Stage::new("features", "2")];
    assert_eq!(pending(&store, &newer), [("/music/a".to_owned(), vec!["features".to_owned()])]);
    assert_eq!(store.statistics(&newer).unwrap().pending, 1);
    // Where the first cannot be read, the second gets its turn.
    store.record_failure(&at(&store, "/music/a"), "unreadable", "", &newer).unwrap();
    assert_eq!(pending(&store, &newer), [("/music/copy".to_owned(), vec!["features".to_owned()])]);
}

#[test]
fn a_failed_file_waits_for_a_change() {
    let (_folder, store) = store_with(&["/music/a"]);
    let failed = at(&store, "/music/a");
    let reversed: Vec<Stage> = stages().into_iter().rev().collect();
    assert!(store.record_failure(&failed, "damaged", "No frame found.", &stages()).unwrap());
    assert!(store.record_failure(&failed, "timed-out", "Took an hour.", &reversed).unwrap());
    let failure = &store.failures().unwrap()[0];
    assert_eq!((failure.reason.as_str(), failure.detail.as_str(), failure.tries), ("timed-out", "Took an hour.", 2));
    assert_eq!((failure.file, failure.path.as_path()), (failed, Path::new("/music/a")));
    assert!(pending(&store, &stages()).is_empty(), "the order of the stages says nothing");

    // A new version of a stage.
    assert_eq!(pending(&store, &[Stage::new("features", "1"), Stage::new("musicnn", "2")]).len(), 1);
    // Another state of the file.
    scan(&store, &[FileRecord { size: 1, ..file("/music/a", "T", "A") }]);
    assert_eq!(pending(&store, &stages()).len(), 1);
    assert!(store.failures().unwrap().is_empty());
    // A person who asks.
    store.record_failure(&at(&store, "/music/a"), "damaged", "", &stages()).unwrap();
    assert_eq!(store.failures().unwrap()[0].tries, 1);
    assert_eq!(store.clear_failures().unwrap(), 1);
    assert_eq!(pending(&store, &stages()).len(), 1);
    // Success.
    store.record_failure(&at(&store, "/music/a"), "damaged", "", &stages()).unwrap();
    store.commit_analysis(&analysis(&id(1), at(&store, "/music/a"))).unwrap();
    assert!(store.failures().unwrap().is_empty());
}

#[test]
fn the_failure_of_a_file_that_is_gone_is_not_shown() {
    let (_folder, store) = store_with(&["/music/a"]);
    store.record_failure(&at(&store, "/music/a"), "damaged", "", &stages()).unwrap();
    scan(&store, &[]);
    assert!(store.failures().unwrap().is_empty());
    assert_eq!(store.statistics(&stages()).unwrap().failures, 0);
}

#[test]
fn what_was_heard_of_a_file_that_changed_meanwhile_does_not_count_for_it() {
    let (_folder, store) = store_with(&["/music/a"]);
    let before = at(&store, "/music/a");
    scan(&store, &[FileRecord { modified_ns: 5, ..file("/music/a", "T", "A") }]);
    assert!(!store.record_failure(&before, "damaged", "", &stages()).unwrap());
    assert!(!store.commit_analysis(&analysis(&id(1), before)).unwrap());
    assert_eq!(store.known_stages(&id(1)).unwrap(), stages(), "the song is kept, its audio was heard");
    assert!(!store.link_file(&before, &id(1)).unwrap());
    assert_eq!(pending(&store, &stages()).len(), 1);
    assert_eq!(store.file(Path::new("/music/a")).unwrap().unwrap().song_id, None);
}

#[test]
fn unknown_songs_and_files_are_named() {
    let (_folder, store) = store_with(&["/music/a"]);
    let file = at(&store, "/music/a");
    let nowhere = FileStamp { file_id: 99, ..file };
    assert!(matches!(store.link_file(&file, &id(1)).unwrap_err(), Error::UnknownSong { song_id } if song_id == id(1)));
    let error = store.commit_analysis(&analysis(&id(1), nowhere)).unwrap_err();
    assert!(matches!(error, Error::UnknownFile { file_id: 99 }), "{error}");
    assert!(store.song(&id(1)).unwrap().is_none(), "nothing of a failed call is stored");
    assert!(matches!(store.record_failure(&nowhere, "x", "", &[]).unwrap_err(), Error::UnknownFile { .. }));
    assert!(matches!(store.link_file(&file, "short").unwrap_err(), Error::Invalid { .. }));
    assert!(matches!(store.song("short").unwrap_err(), Error::Invalid { .. }));
}

/// Every number there is, spoilt in turn.
#[test]
fn no_number_that_is_none_is_stored() {
    let (_folder, store) = store_with(&["/music/a"]);
    let good = analysis(&id(1), at(&store, "/music/a"));
    type Spoil = fn(&mut Analysis, f32);
    fn features(analysis: &mut Analysis) -> &mut Features {
        analysis.features.as_mut().unwrap()
    }
    let spoils: [(&str, Spoil); 18] = [
        ("duration", |it, x| it.audio = Some(AudioFacts { duration_s: x.into(), ..sample::audio() })),
        ("bpm", |it, x| features(it).bpm = Some(x)),
        ("bpm_confidence", |it, x| features(it).bpm_confidence = Some(x)),
        ("key_strength", |it, x| features(it).key_strength = Some(x)),
        ("loudness", |it, x| features(it).loudness_lufs = Some(x)),
        ("loudness range", |it, x| features(it).loudness_range_lu = Some(x)),
        ("true peak", |it, x| features(it).true_peak_dbtp = Some(x)),
        ("energy", |it, x| features(it).energy = Some(x)),
        ("danceability", |it, x| features(it).danceability = Some(x)),
        ("tempo_stability", |it, x| features(it).tempo_stability = Some(x)),
        ("second_key_strength", |it, x| features(it).second_key_strength = Some(x)),
        ("tuning_cents", |it, x| features(it).tuning_cents = Some(x)),
        ("brightness", |it, x| features(it).brightness = Some(x)),
        ("vector", |it, x| it.details.vector = Some(vec![0.0, x])),
        ("mean", |it, x| it.embeddings[1].mean[3] = x),
        ("deviation", |it, x| it.embeddings[1].deviation[3] = x),
        ("tags", |it, x| it.embeddings[1].tags[0] = x),
        ("patches", |it, x| it.embeddings[1].patches[9] = x),
    ];
    for (what, spoil) in spoils {
        for number in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let mut bad = good.clone();
            spoil(&mut bad, number);
            let error = store.commit_analysis(&bad).unwrap_err();
            assert!(matches!(error, Error::NotFinite { .. }), "{what} of {number}: {error}");
        }
    }
    assert!(store.song(&id(1)).unwrap().is_none());
    assert!(store.commit_analysis(&good).unwrap());
}

#[test]
fn malformed_results_are_refused() {
    let (_folder, store) = store_with(&["/music/a"]);
    let good = analysis(&id(1), at(&store, "/music/a"));
    let spoils: [fn(&mut Analysis); 8] = [
        |it| it.song_id.push('0'),
        |it| it.embeddings[0].model.clear(),
        |it| it.embeddings[0].mean.clear(),
        |it| it.embeddings[0].deviation.truncate(3),
        |it| it.embeddings[0].patches.truncate(9),
        |it| it.stages[0].name.clear(),
        |it| it.stages[0].name = "a=b".to_owned(),
        |it| it.stages[0].version = "1\n2".to_owned(),
    ];
    for spoil in spoils {
        let mut bad = good.clone();
        spoil(&mut bad);
        assert!(matches!(store.commit_analysis(&bad).unwrap_err(), Error::Invalid { .. }), "{bad:?}");
    }
    assert!(matches!(store.pending(&[Stage::new("", "1")], 0, 1).unwrap_err(), Error::Invalid { .. }));
}

#[test]
fn patches_go_when_a_later_version_keeps_none() {
    let (_folder, store) = store_with(&["/music/a"]);
    let mut heard = analysis(&id(1), at(&store, "/music/a"));
    store.commit_analysis(&heard).unwrap();
    heard.embeddings = vec![embedding("msd", 1.0, 0)];
    store.commit_analysis(&heard).unwrap();
    assert_eq!(store.embeddings(&id(1)).unwrap(), [embedding("msd", 1.0, 0), embedding("mtt", 8.0, 2)]);
}
