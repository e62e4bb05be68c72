//! Musical truth, end to end, on real music: a file in, the numbers that published tools give for it out.
//!
//! `tests/golden/library.json` holds for 36 freely licensed tracks what MusiCNN (the `musicnn` 0.1.0 package's
//! checkpoints in float32, all non-overlapping patches) and Essentia say; its `made_with` says how.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod common;

use std::collections::HashMap;
use std::path::Path;

use common::{analyse, music, options, repository};
use segue_engine::{Engine, Options, Precision};
use serde_json::Value;

/// Reference tracks by `<package>/<file>`.
fn reference() -> HashMap<String, Value> {
    let text = std::fs::read_to_string(repository().join("tests/golden/library.json")).unwrap();
    let library: Value = serde_json::from_str(&text).unwrap();
    let tracks = library["tracks"].as_array().unwrap();
    tracks.iter().map(|track| (track["file"].as_str().unwrap().to_owned(), track.clone())).collect()
}

fn numbers(value: &Value) -> Vec<f32> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap() as f32).collect()
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum::<f64>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

/// Mean and worst cosine of our mean embeddings to the reference's, per network, over all 36 tracks.
fn cosines(engine: &Engine, root: &Path) -> HashMap<String, (f64, f64)> {
    let mut all: HashMap<String, Vec<f64>> = HashMap::new();
    for (file, track) in reference() {
        let song = engine.find(root.join(&file).to_str().unwrap()).unwrap();
        for vector in engine.vectors(&song).unwrap() {
            if vector.name.ends_with("_dense") {
                let cosine = cosine(&vector.values, &numbers(&track[&vector.name]));
                all.entry(vector.name).or_default().push(cosine);
            }
        }
    }
    all.into_iter()
        .map(|(name, cosines)| {
            assert_eq!(cosines.len(), 36);
            let mean = cosines.iter().sum::<f64>() / cosines.len() as f64;
            let worst = cosines.iter().copied().fold(f64::INFINITY, f64::min);
            eprintln!("{name}: mean cosine {mean:.5}, worst {worst:.5}");
            (name, (mean, worst))
        })
        .collect()
}

#[test]
fn all_patches_in_f32_are_the_reference() {
    let Some(root) = music() else { return };
    let folder = tempfile::tempdir().unwrap();
    let engine =
        Engine::open(Options { patches: Some(0), precision: Precision::F32, ..options(folder.path()) }).unwrap();
    assert_eq!(analyse(&engine, &root).analysed, 36);
    let cosines = cosines(&engine, &root);
    for name in ["msd_dense", "mtt_dense"] {
        let (mean, worst) = cosines[name];
        assert!(mean >= 0.9995 && worst >= 0.997, "{name}: {mean} {worst}");
    }

    for (file, track) in reference() {
        let heard = engine.track(&engine.find(root.join(&file).to_str().unwrap()).unwrap()).unwrap().unwrap();
        assert!((heard.duration_s - track["duration_s"].as_f64().unwrap()).abs() < 0.05, "{file}");
        for network in &heard.tags_by_network {
            let expected = numbers(&track[format!("{}_tags", network.network)]);
            let worst = network.tags.iter().zip(&expected).map(|((_, p), q)| (p - q).abs()).fold(0.0, f32::max);
            assert!(worst < 0.05, "{file} {}: tags off by {worst}", network.network);
        }
    }
}

#[test]
fn the_default_settings_are_near_the_reference() {
    let Some(root) = music() else { return };
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(options(folder.path())).unwrap();
    let summary = analyse(&engine, &root);
    assert_eq!(summary.analysed, 36);
    let cosines = cosines(&engine, &root);
    for (name, least) in [("msd_dense", 0.999), ("mtt_dense", 0.998)] {
        let (mean, worst) = cosines[name];
        assert!(mean >= least && worst >= 0.99, "{name}: {mean} {worst}");
    }
    tempo_and_key(&engine, &root);
    neighbours(&engine, &root);
}

/// Tempo within 4 % of Essentia's where that is sure, key by MIREX weights where Essentia's is strong, danceability by
/// rank. The floors are what this version reaches, less a little: a change that loses truth fails.
fn tempo_and_key(engine: &Engine, root: &Path) {
    let (mut exact, mut octave, mut sure) = (0.0, 0.0, 0.0);
    let (mut key_score, mut strong) = (0.0, 0.0);
    let mut dance = Vec::new();
    for (file, track) in reference() {
        let heard = engine.track(&engine.find(root.join(&file).to_str().unwrap()).unwrap()).unwrap().unwrap();
        let value = |name: &str| track[name].as_f64().unwrap();
        if value("bpm_confidence") >= 2.5 {
            sure += 1.0;
            let near = |factor: f64| (f64::from(heard.bpm) / (value("bpm") * factor) - 1.0).abs() <= 0.04;
            exact += f64::from(u8::from(near(1.0)));
            octave += f64::from(u8::from([1.0, 2.0, 0.5, 3.0, 1.0 / 3.0].into_iter().any(near)));
        }
        if value("key_strength") > 0.7 {
            strong += 1.0;
            key_score +=
                mirex((&heard.key, &heard.scale), (track["key"].as_str().unwrap(), track["scale"].as_str().unwrap()));
        }
        dance.push((f64::from(heard.danceability), value("danceability")));
    }
    let rank = rank_correlation(&dance);
    eprintln!("tempo exact {:.3}, octaves forgiven {:.3} of {sure}", exact / sure, octave / sure);
    eprintln!("key (MIREX) {:.3} of {strong}; danceability rank correlation {rank:.3}", key_score / strong);
    assert!(exact / sure >= 0.75 && octave / sure >= 0.85, "tempo");
    assert!(key_score / strong >= 0.70, "key");
    assert!(rank >= 0.85, "danceability");
}

/// MIREX audio key detection weights: 1 same, 0.5 a fifth apart, 0.3 relative, 0.2 parallel.
fn mirex(heard: (&str, &str), reference: (&str, &str)) -> f64 {
    let class = |key: &str| {
        let natural = match key.as_bytes().first() {
            Some(b'C') => 0,
            Some(b'D') => 2,
            Some(b'E') => 4,
            Some(b'F') => 5,
            Some(b'G') => 7,
            Some(b'A') => 9,
            Some(b'B') => 11,
            _ => return None,
        };
        Some(
            (natural
                + if key.ends_with('#') {
                    1
                } else if key.ends_with('b') {
                    11
                } else {
                    0
                })
                % 12,
        )
    };
    let (Some(a), Some(b)) = (class(heard.0), class(reference.0)) else { return 0.0 };
    let apart = (12 + a - b) % 12;
    match (heard.1 == reference.1, apart) {
        (true, 0) => 1.0,
        (true, 5 | 7) => 0.5,
        (false, 0) => 0.2,
        (false, 9) if heard.1 == "minor" => 0.3,
        (false, 3) if heard.1 == "major" => 0.3,
        _ => 0.0,
    }
}

/// Spearman's rank correlation.
fn rank_correlation(pairs: &[(f64, f64)]) -> f64 {
    let ranks = |values: Vec<f64>| -> Vec<f64> {
        values.iter().map(|value| values.iter().filter(|other| *other < value).count() as f64).collect()
    };
    let a = ranks(pairs.iter().map(|pair| pair.0).collect());
    let b = ranks(pairs.iter().map(|pair| pair.1).collect());
    let mean = (pairs.len() as f64 - 1.0) / 2.0;
    let product = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(p, q)| (p - mean) * (q - mean)).sum::<f64>();
    product(&a, &b) / (product(&a, &a) * product(&b, &b)).sqrt()
}

/// Neighbours come from the same soundtrack far more often than chance (0.29 with these four) would have it.
fn neighbours(engine: &Engine, root: &Path) {
    let soundtrack = |path: &Path| path.parent().unwrap().file_name().unwrap().to_owned();
    let (mut same, mut all) = (0.0, 0.0);
    for file in reference().keys() {
        let path = root.join(file);
        for near in engine.similar(path.to_str().unwrap(), 5, None).unwrap() {
            all += 1.0;
            same += f64::from(u8::from(soundtrack(&near.path) == soundtrack(&path)));
        }
    }
    eprintln!("P@5 on four soundtracks {:.3}", same / all);
    assert!(same / all >= 0.6, "P@5 {}", same / all);
}
