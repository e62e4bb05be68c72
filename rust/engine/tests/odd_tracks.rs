//! Tracks that are not simply one song: long silence, two pieces, other encodings of the same recording.
#![allow(clippy::unwrap_used)]

mod common;

use std::path::Path;

use common::{analyse, options, piece, write_wav};
use segue_engine::Engine;

const RATE: u32 = 22_050;

fn dense(engine: &Engine, name: &str) -> Vec<f32> {
    let song = engine.find(name).unwrap();
    engine.vectors(&song).unwrap().into_iter().find(|vector| vector.name == "msd_dense").unwrap().values
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum::<f64>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

fn write(folder: &Path, name: &str, samples: &[i16]) {
    std::fs::create_dir_all(folder).unwrap();
    write_wav(&folder.join(name), RATE, 1, samples);
}

#[test]
fn a_hidden_track_after_long_silence_counts_and_the_silence_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    let (first, second) = (piece(1, RATE, 1, 60.0), piece(9, RATE, 1, 60.0));
    let silence = vec![0; 600 * RATE as usize];
    write(&music, "first.wav", &first);
    write(&music, "second.wav", &second);
    write(&music, "both.wav", &[first, silence, second].concat());
    let engine = Engine::open(options(folder.path())).unwrap();
    assert_eq!(analyse(&engine, &music).analysed, 3);
    let (first, second) = (dense(&engine, "first.wav"), dense(&engine, "second.wav"));
    let middle: Vec<f32> = first.iter().zip(&second).map(|(a, b)| 0.5 * (a + b)).collect();
    let both = dense(&engine, "both.wav");
    assert!(cosine(&both, &middle) > 0.98, "{} to the mean of both pieces", cosine(&both, &middle));

    let (first, both) = (engine.track("first.wav").unwrap(), engine.track("both.wav").unwrap());
    assert!(first.is_none() && both.is_none(), "a name alone is no reference");
    let track = |name: &str| engine.track(&engine.find(name).unwrap()).unwrap().unwrap();
    let (first, second, both) = (track("first.wav"), track("second.wav"), track("both.wav"));
    let near = |a: f32, b: f32| (a / b - 1.0).abs() < 0.02;
    assert!(near(both.bpm, first.bpm) || near(both.bpm, second.bpm), "{} {} {}", first.bpm, second.bpm, both.bpm);
    assert!((both.loudness_lufs - first.loudness_lufs).abs() < 1.5);
    let (intro, outro) = engine.edges(&both.song_id).unwrap();
    assert_eq!((intro.len(), outro.len()), (25, 25));
    assert_ne!(intro, outro);
}

#[test]
fn silence_and_clicks_have_defined_answers() {
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    write(&music, "silence.wav", &vec![0; 30 * RATE as usize]);
    write(&music, "click.wav", &[i16::MAX]);
    let engine = Engine::open(options(folder.path())).unwrap();
    let summary = analyse(&engine, &music);
    assert_eq!((summary.analysed, summary.failed), (2, 0), "{:?}", engine.failures());
    for name in ["silence.wav", "click.wav"] {
        let song = engine.find(name).unwrap();
        let track = engine.track(&song).unwrap().unwrap();
        assert_eq!((track.bpm, track.key.as_str(), track.camelot.as_str()), (0.0, "", ""), "{name}");
        let vector = engine.feature_vector(&song).unwrap();
        assert_eq!(vector.len(), 95);
        assert!(vector.iter().all(|(_, value)| value.is_finite()), "{name}: {vector:?}");
        assert!(engine.beats(&song).unwrap().is_empty());
    }
    let silent = engine.find("silence.wav").unwrap();
    assert_eq!(engine.edges(&silent).unwrap(), (Vec::new(), Vec::new()));
    assert_eq!(engine.track(&silent).unwrap().unwrap().replay_gain_db, 0.0);
    assert!(engine.duplicates(&mut |_, _| true).unwrap().is_empty(), "two tracks without sound are no duplicates");
}

#[test]
fn the_same_recording_is_found_at_another_level_with_another_start_and_as_a_copy() {
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    // A tune, because a chord that never changes says too little of which recording it is.
    let tune = |keys: &[u32]| -> Vec<i16> { keys.iter().flat_map(|key| piece(*key, RATE, 1, 1.1)).collect() };
    let melody: Vec<u32> = (0..40).map(|step| [0, 4, 7, 11, 2, 9, 5, 12][step * 5 % 8] + step as u32 % 3).collect();
    let other: Vec<u32> = (0..40).map(|step| [3, 8, 1, 10, 6, 13, 2, 5][step * 3 % 8] + step as u32 % 2).collect();
    let loud = tune(&melody);
    let quiet: Vec<i16> = loud[RATE as usize / 2..].iter().map(|sample| sample / 2).collect();
    write(&music, "a loud.wav", &loud);
    write(&music, "b quiet.wav", &quiet);
    write(&music, "c other.wav", &tune(&other));
    write(&music, "d copy of other.wav", &tune(&other));
    let engine = Engine::open(options(folder.path())).unwrap();
    analyse(&engine, &music);
    let groups = engine.duplicates(&mut |_, _| true).unwrap();
    let names: Vec<Vec<String>> = groups
        .iter()
        .map(|group| {
            group.files.iter().map(|file| file.path.file_name().unwrap().to_string_lossy().into_owned()).collect()
        })
        .collect();
    assert_eq!(names, [vec!["a loud.wav", "b quiet.wav"], vec!["c other.wav", "d copy of other.wav"]], "{groups:?}");
    assert!(groups[0].similarity > 0.85 && groups[0].similarity < 1.0 && groups[1].similarity == 1.0, "{groups:?}");
    assert!(engine.duplicates(&mut |_, _| false).unwrap().is_empty(), "stopped");
}

#[test]
fn the_number_of_threads_changes_no_number() {
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    common::pieces(&music, 5);
    let answers = [1, 4].map(|threads| {
        let store = folder.path().join(format!("{threads}.db"));
        let engine = Engine::open(segue_engine::Options { store, threads, ..options(folder.path()) }).unwrap();
        analyse(&engine, &music);
        let songs = engine.songs().unwrap();
        let all = songs.into_iter().map(|song| {
            let track = engine.track(&song).unwrap().unwrap();
            (track, engine.vectors(&song).unwrap(), engine.edges(&song).unwrap(), engine.beats(&song).unwrap())
        });
        all.collect::<Vec<_>>()
    });
    assert_eq!(answers[0], answers[1]);
}
