//! Networks that a person adds: each is a stage of its own, and what it needs is not heard twice.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "../../models/tests/common/onnx.rs"]
mod onnx;

use std::path::Path;

use common::{analyse, options, pieces};
use segue_engine::Engine;

/// A head on MusiCNN's 200 values, as Essentia describes its own.
fn add_head(folder: &Path, name: &str) {
    std::fs::create_dir_all(folder).unwrap();
    let network = onnx::head(200, 2, 0, "Softmax", "embeddings", "activations");
    std::fs::write(folder.join(format!("{name}.onnx")), network).unwrap();
    let description = serde_json::json!({
        "classes": ["happy", "non_happy"],
        "schema": {
            "inputs": [{ "name": "embeddings", "type": "float", "shape": ["batch_size", 200] }],
            "outputs": [{ "name": "activations", "type": "float", "shape": ["batch_size", 2], "output_purpose": "predictions" }],
        },
    });
    std::fs::write(folder.join(format!("{name}.json")), description.to_string()).unwrap();
}

#[test]
fn a_head_that_is_added_later_needs_no_audio() {
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    pieces(&music, 2);
    let engine = Engine::open(options(folder.path())).unwrap();
    assert_eq!(analyse(&engine, &music).decoded, 2);
    let song = engine.find("piece 01.wav").unwrap();
    assert!(engine.labels(&song).unwrap().is_empty());

    add_head(&folder.path().join("models"), "mood_happy-msd-musicnn-1");
    let summary = analyse(&engine, &music);
    assert_eq!((summary.total, summary.analysed, summary.decoded, summary.failed), (2, 2, 0, 0));
    let labels = engine.labels(&song).unwrap();
    assert_eq!(labels.len(), 1);
    assert_eq!((labels[0].source.as_str(), labels[0].values[0].0.as_str()), ("mood_happy-msd-musicnn-1", "happy"));
    let sum: f32 = labels[0].values.iter().map(|(_, value)| value).sum();
    assert!((sum - 1.0).abs() < 1e-4, "{labels:?}");
    assert_eq!(analyse(&engine, &music).total, 0, "nothing is left to do");
    // Whoever opens the store later knows it too, before any analysis, and that nothing is left to do.
    drop(engine);
    let engine = Engine::open(options(folder.path())).unwrap();
    assert_eq!(engine.labels(&song).unwrap(), labels);
    assert_eq!(engine.statistics().unwrap().pending, 0);

    // Another head: both are heard, again without audio. None: what they said is not said any more.
    add_head(&folder.path().join("models"), "mood_sad-msd-musicnn-1");
    assert_eq!(analyse(&engine, &music).decoded, 0);
    assert_eq!(engine.labels(&song).unwrap().len(), 2);
    std::fs::remove_dir_all(folder.path().join("models")).unwrap();
    assert_eq!(analyse(&engine, &music).total, 0);
    assert!(engine.labels(&song).unwrap().is_empty());
}

#[test]
fn a_head_hears_what_was_just_heard() {
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    pieces(&music, 1);
    add_head(&folder.path().join("models"), "mood_happy-msd-musicnn-1");
    let engine = Engine::open(options(folder.path())).unwrap();
    assert_eq!(analyse(&engine, &music).decoded, 1);
    let song = engine.find("piece 00.wav").unwrap();
    assert_eq!(engine.labels(&song).unwrap().len(), 1);
}

#[test]
fn with_a_vggish_the_vector_has_its_128_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    pieces(&music, 1);
    let engine = Engine::open(options(folder.path())).unwrap();
    analyse(&engine, &music);
    let song = engine.find("piece 00.wav").unwrap();
    let before = engine.feature_vector(&song).unwrap();
    assert_eq!((before.len(), before[0].0.as_str()), (95, "duration_sec"));
    assert!((before[0].1 - 4.0).abs() < 0.01);

    let models = folder.path().join("models");
    std::fs::create_dir(&models).unwrap();
    let network = onnx::vggish(&[0, 1, 96, 64]);
    std::fs::write(models.join("models.toml"), onnx::listing("v.onnx", &network)).unwrap();
    std::fs::write(models.join("v.onnx"), network).unwrap();
    let summary = analyse(&engine, &music);
    assert_eq!(summary.decoded, 1);
    let parts: Vec<&str> = summary.worker_seconds.iter().map(|(part, _)| part.as_str()).collect();
    assert!(parts.contains(&"vggish") && !parts.contains(&"musicnn") && !parts.contains(&"classical"), "{parts:?}");
    let after = engine.feature_vector(&song).unwrap();
    assert_eq!((after.len(), after[95].0.as_str(), after[222].0.as_str()), (223, "vggish_emb_1", "vggish_emb_128"));
    assert_eq!(after[..95], before[..]);
    assert!(after[95..].iter().any(|(_, value)| *value != 0.0));

    // One that is damaged or gone costs the rest nothing.
    std::fs::write(models.join("v.onnx"), b"nothing").unwrap();
    assert_eq!(analyse(&engine, &music).failed, 0);
}
