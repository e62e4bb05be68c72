//! Times what this room hears, part by part, on one thread, and prints real-time factors as JSON.
//!
//! `cargo run --release -p segue-features --example time_features [FILE.f32 …]`: raw files as the example `mono` writes
//! them; without any, four minutes of chords over drums made here. The parts take turns and the best of several turns
//! counts, so that other work on the machine disturbs all alike and little.
#![allow(clippy::print_stdout, clippy::unwrap_used)] // A program for people.

use std::f64::consts::TAU;
use std::hint::black_box;
use std::time::{Duration, Instant};

use segue_features::{ClassicalExtractor, FeatureExtractor, LoudnessMeter};

const TURNS: usize = 7;
const BLOCK: usize = 8192;
const RATE: u32 = FeatureExtractor::SAMPLE_RATE;
/// The loudness meter hears both channels at the usual rate of a file.
const FILE_RATE: u32 = 44_100;

type Part = fn(&[f32]);

fn main() {
    let files: Vec<String> = std::env::args().skip(1).collect();
    let signals: Vec<Vec<f32>> =
        if files.is_empty() { vec![music(240.0)] } else { files.iter().map(|file| read(file)).collect() };
    let seconds = signals.iter().map(Vec::len).sum::<usize>() as f64 / f64::from(RATE);

    let parts: [(&str, Part); 3] =
        [("tempo_key_energy_danceability", all_features), ("loudness", loudness), ("classical", classical)];
    let mut best = [Duration::MAX; 3];
    for _ in 0..TURNS {
        for ((_, part), best) in parts.iter().zip(&mut best) {
            let begun = Instant::now();
            signals.iter().for_each(|signal| part(signal));
            *best = begun.elapsed().min(*best);
        }
    }
    let factors: serde_json::Map<String, serde_json::Value> = parts
        .iter()
        .zip(best)
        .map(|((name, _), time)| ((*name).to_owned(), (seconds / time.as_secs_f64()).round().into()))
        .collect();
    println!("{}", serde_json::json!({ "seconds": seconds.round(), "real_time_factors": factors }));
}

fn all_features(signal: &[f32]) {
    let mut extractor = FeatureExtractor::new().unwrap();
    signal.chunks(BLOCK).for_each(|block| extractor.push(block));
    black_box(extractor.finish());
}

fn classical(signal: &[f32]) {
    let mut extractor = ClassicalExtractor::new().unwrap();
    signal.chunks(BLOCK).for_each(|block| extractor.push(block));
    black_box(extractor.finish());
}

/// Each sample stands for two of both channels, which is as many as the file had.
fn loudness(signal: &[f32]) {
    let mut meter = LoudnessMeter::new(2, FILE_RATE).unwrap();
    let mut interleaved = Vec::with_capacity(4 * BLOCK);
    for block in signal.chunks(BLOCK) {
        interleaved.clear();
        interleaved.extend(block.iter().flat_map(|&x| [x, 0.9 * x, 0.8 * x, x]));
        meter.push(&interleaved).unwrap();
    }
    black_box(meter.finish().unwrap());
}

fn read(file: &str) -> Vec<f32> {
    std::fs::read(file).unwrap().as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect()
}

/// A chord a second with four harmonics a note, a burst of noise half a second, noise under all.
fn music(seconds: f64) -> Vec<f32> {
    let mut state = 1_u32;
    (0..(seconds * f64::from(RATE)) as usize)
        .map(|i| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = f64::from(state >> 8) / f64::from(1 << 23) - 1.0;
            let time = i as f64 / f64::from(RATE);
            let root = 110.0 * ([0.0, 5.0, 7.0, 3.0][time as usize % 4] / 12.0_f64).exp2();
            let partials = [1.0, 1.25, 1.5].into_iter().flat_map(|note| (1..=4).map(move |k| note * f64::from(k)));
            let chord: f64 = partials.map(|k| (TAU * root * k * time).sin() / k).sum();
            let drum = (-30.0 * (time % 0.5)).exp();
            (0.05 * chord + (0.3 * drum + 0.002) * noise) as f32
        })
        .collect()
}
