//! A CLAP that a person adds: a stage of its own, and words that find what sounds like them.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "../../models/tests/common/onnx.rs"]
mod onnx;

use std::path::Path;

use common::{analyse, options, write_wav};
use segue_engine::{BlendRequest, Engine, SearchRequest, Seed, SeedKind};
use segue_models::Clap;

/// Tones at two octaves, of which some are low and some are high.
fn music(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    for (name, hertz) in [("deep", 80.0_f32), ("deeper", 60.0), ("shrill", 6000.0), ("shriller", 8000.0)] {
        let sample = |i: usize| {
            let t = i as f32 / 44_100.0;
            ((std::f32::consts::TAU * hertz * t).sin() * 8000.0 * (1.0 - 0.5 * (t * 2.0).fract())) as i16
        };
        let samples: Vec<i16> = (0..4 * 44_100).map(sample).collect();
        write_wav(&folder.join(format!("{name}.wav")), 44_100, 1, &samples);
    }
}

fn add(models: &Path, pack: &str, clap: Clap) {
    let folder = models.join(pack);
    std::fs::create_dir_all(&folder).unwrap();
    let (output, bands) = match clap {
        Clap::Dclap => ("text_embedding", 128),
        Clap::HtsatUnfused => ("text_embeds", 64),
    };
    std::fs::write(folder.join(clap.audio_file()), onnx::clap_audio(clap, None)).unwrap();
    std::fs::write(folder.join(clap.text_file()), onnx::clap_text(output, bands, 0)).unwrap();
    std::fs::write(folder.join("tokenizer.json"), onnx::clap_tokens()).unwrap();
}

fn found(engine: &Engine, query: &str) -> (bool, Vec<String>) {
    let request = SearchRequest { query: query.to_owned(), ..SearchRequest::default() };
    let answer = engine.search(&request).unwrap();
    let name = |path: &Path| path.file_stem().unwrap().to_string_lossy().into_owned();
    (answer.by_sound, answer.hits.iter().map(|hit| name(&hit.track.path)).collect())
}

#[test]
fn a_clap_that_is_added_is_the_only_thing_heard_anew_and_answers_words() {
    let folder = tempfile::tempdir().unwrap();
    let (sound, models) = (folder.path().join("music"), folder.path().join("models"));
    music(&sound);
    let engine = Engine::open(options(folder.path())).unwrap();
    analyse(&engine, &sound);
    assert!(!found(&engine, "lll lll").0);

    for (pack, clap) in [("clap", Clap::Dclap), ("clap-htsat", Clap::HtsatUnfused)] {
        add(&models, pack, clap);
        let summary = analyse(&engine, &sound);
        assert_eq!((summary.analysed, summary.decoded, summary.failed), (4, 4, 0));
        let parts: Vec<&str> = summary.worker_seconds.iter().map(|(part, _)| part.as_str()).collect();
        assert!(parts.contains(&"clap"), "{parts:?}");
        for other in ["musicnn", "log_mel", "features", "classical", "edges", "fingerprint", "loudness"] {
            assert!(!parts.contains(&other), "{parts:?}");
        }
        assert_eq!(analyse(&engine, &sound).total, 0);
        let song = engine.find("deep.wav").unwrap();
        let vectors = engine.vectors(&song).unwrap();
        let name = format!("{}_dense", clap.name());
        assert!(vectors.iter().any(|vector| vector.name == name && vector.values.len() == 512));
        for (query, best) in [("lll lll", ["deep", "deeper"]), ("hhh hhh", ["shrill", "shriller"])] {
            let (by_sound, hits) = found(&engine, query);
            assert!(by_sound);
            assert!(best.iter().all(|name| hits[..2].contains(&(*name).to_owned())), "{query}: {hits:?}");
        }
    }

    // Words and a song together, and words that are not wanted.
    let seed = |kind, name: &str| Seed { kind, name: name.to_owned(), weight: 1.0 };
    let blend = |add: Vec<Seed>, subtract: Vec<Seed>| {
        let request = BlendRequest { add, subtract, length: 2, ..BlendRequest::default() };
        let tracks = engine.blend(&request).unwrap();
        tracks.iter().map(|track| track.path.file_stem().unwrap().to_string_lossy().into_owned()).collect::<Vec<_>>()
    };
    let deep = engine.find("deep.wav").unwrap();
    assert_eq!(blend(vec![seed(SeedKind::Words, "lll"), seed(SeedKind::Track, &deep)], vec![])[0], "deeper");
    let away = blend(vec![seed(SeedKind::Track, &deep)], vec![seed(SeedKind::Words, "hhh")]);
    assert_eq!(away[0], "deeper");
    // Music with music.
    let shrill = engine.find("shrill.wav").unwrap();
    for (song, near) in [(&deep, "deeper"), (&shrill, "shriller")] {
        let add = vec![seed(SeedKind::Track, song)];
        let request = BlendRequest { add, length: 1, by_sound: true, ..BlendRequest::default() };
        let nearest = engine.blend(&request).unwrap().remove(0);
        assert_eq!(nearest.path.file_stem().unwrap(), near);
        assert!(nearest.distance.is_finite());
    }

    // What is damaged takes nothing from the rest.
    for pack in ["clap", "clap-htsat"] {
        for file in std::fs::read_dir(models.join(pack)).unwrap() {
            std::fs::write(file.unwrap().path(), b"nothing").unwrap();
        }
    }
    assert!(!found(&engine, "lll hhh").0);
    assert_eq!(analyse(&engine, &sound).failed, 0);
}
