//! The classical features from outside: against librosa, and on sounds of every bad kind.

// Helpers of tests count as tests.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)]

mod common;

use std::f64::consts::TAU;
use std::path::PathBuf;

use segue_features::{CLASSICAL_LEN, Classical, ClassicalExtractor, classical_names};
use serde_json::Value;

const RATE: usize = ClassicalExtractor::SAMPLE_RATE as usize;

/// How far from librosa's a feature may lie: absolutely, and as a part of the value. Both of us work in single
/// precision; where a decision is taken (a peak, the tuning, the bin of the roll-off) rounding may tip it.
const TOLERANCES: [(&str, f32, f32); 12] = [
    ("duration_sec", 1e-3, 0.0),
    ("segments", 0.0, 0.0),
    ("global_bpm", 1e-3, 0.0),
    ("bpm_segments", 1e-3, 0.0),
    ("chroma_stft", 1e-3, 0.0),
    ("spectral_", 0.01, 1e-4),
    ("rolloff", 0.1, 1e-4),
    ("zero_crossing_rate", 1e-6, 1e-5),
    ("rms", 1e-6, 1e-5),
    ("mfcc_", 0.01, 0.0),
    ("onset_", 1e-3, 1e-3),
    ("loudness", 1e-3, 0.0),
];

fn listen_in(signal: &[f32], block: usize) -> Classical {
    let mut extractor = ClassicalExtractor::new().unwrap();
    signal.chunks(block).for_each(|piece| extractor.push(piece));
    extractor.finish()
}

fn listen(signal: &[f32]) -> Classical {
    listen_in(signal, 4096)
}

fn noise(samples: usize) -> Vec<f64> {
    let mut state = 1_u32;
    (0..samples)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(state >> 8) / f64::from(1 << 23) - 1.0
        })
        .collect()
}

/// Bursts of noise, `bpm` a minute.
fn drums(seconds: f64, bpm: f64, loudness: f64) -> Vec<f64> {
    let decay = |i: usize| {
        let since = (i as f64 / RATE as f64 * bpm / 60.0).fract() * 60.0 / bpm;
        loudness * (-60.0 * since).exp()
    };
    noise((seconds * RATE as f64) as usize).iter().enumerate().map(|(i, x)| x * decay(i)).collect()
}

/// A chord a second, each note with four harmonics, dying away.
fn chords(seconds: f64, concert: f64) -> Vec<f64> {
    (0..(seconds * RATE as f64) as usize)
        .map(|i| {
            let time = i as f64 / RATE as f64;
            let root = [-12, -7, -5, -12][time as usize % 4];
            let partial = |above: i32, k: i32| {
                let hz = concert * (f64::from(root + above) / 12.0).exp2() * f64::from(k);
                (TAU * hz * time).sin() * 0.5_f64.powi(k)
            };
            let sum: f64 = [0, 4, 7].into_iter().flat_map(|above| (1..=4).map(move |k| partial(above, k))).sum();
            0.2 * sum * (-2.0 * time.fract()).exp()
        })
        .collect()
}

fn mixed() -> Vec<f64> {
    chords(33.7, 446.0).iter().zip(drums(33.7, 127.0, 0.3)).map(|(a, b)| a + b).collect()
}

/// The signals of `make.py`.
fn synthetic(name: &str) -> Vec<f32> {
    let signal: Vec<f64> = match name {
        "mixed" => mixed(),
        "gap" => {
            let mut signal = mixed();
            signal[9 * RATE..21 * RATE].fill(0.0);
            signal
        }
        "noise" => noise(12 * RATE).iter().map(|x| 0.3 * x).collect(),
        "tone" => (0..11 * RATE).map(|i| 0.5 * (TAU * 440.0 * i as f64 / RATE as f64).sin()).collect(),
        "short" => mixed()[..RATE / 2].to_vec(),
        "quiet" => mixed()[..15 * RATE].iter().map(|x| 0.003 * x).collect(),
        "silence" => vec![0.0; 12 * RATE],
        other => panic!("no signal is named {other}"),
    };
    signal.into_iter().map(|x| x as f32).collect()
}

fn golden() -> Value {
    serde_json::from_str(include_str!("../../../tests/golden/features_classical.json")).unwrap()
}

/// What lies further from librosa's values than allowed.
fn astray(what: &str, found: &Classical, case: &Value) -> Vec<String> {
    let expected: Vec<f32> = case["values"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap() as f32).collect();
    assert_eq!(expected.len(), CLASSICAL_LEN);
    let named = classical_names().iter().zip(found.values()).zip(expected);
    named
        .filter_map(|((name, &found), expected)| {
            let &(_, absolute, relative) = TOLERANCES.iter().find(|(start, ..)| name.starts_with(start)).unwrap();
            let absolute = match name.as_str() {
                // A count is a whole number per segment: one onset more or less in one of them.
                name if name.starts_with("onset_count") => 1.0,
                // All that is wide in a pure tone is the rounding of the transform, 140 dB below, which librosa does in
                // double precision.
                name if name.starts_with("spectral_bandwidth") && what == "tone" => 2.0,
                _ => absolute,
            };
            let off = (found - expected).abs();
            (off > absolute + relative * expected.abs()).then(|| format!("{what}: {name} is {found}, not {expected}"))
        })
        .collect()
}

#[test]
fn like_librosa_on_made_signals() {
    let golden = golden();
    let cases = golden["synthetic"].as_array().unwrap();
    assert_eq!(cases.len(), 7);
    let mut wrong = Vec::new();
    for case in cases {
        let name = case["name"].as_str().unwrap();
        wrong.extend(astray(name, &listen(&synthetic(name)), case));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn like_librosa_on_music() {
    let Some(folder) = std::env::var_os("SEGUE_MUSIC").map(PathBuf::from).filter(|folder| folder.is_dir()) else {
        eprintln!("skipped: SEGUE_MUSIC names no folder with music");
        return;
    };
    let mut wrong = Vec::new();
    for case in golden()["music"].as_array().unwrap() {
        let (file, start) = (case["file"].as_str().unwrap(), case["start"].as_f64().unwrap());
        let length = Some(case["length"].as_f64().unwrap()).filter(|&x| x > 0.0).unwrap_or(1e6);
        let signal = common::mono(&folder.join(file), RATE as u32, start, length);
        wrong.extend(astray(file, &listen(&signal), case));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_stand_in_the_order_of_the_vector() {
    let names = classical_names();
    assert_eq!(names.len(), CLASSICAL_LEN);
    let at = |place: usize| names[place].as_str();
    // The groups that the recommendation system weighs: rhythm 3..11, spectrum 11..31, cepstrum 31..83.
    let known = [
        (0, "duration_sec"),
        (1, "segments"),
        (2, "global_bpm"),
        (3, "bpm_segments_mean"),
        (7, "chroma_stft_mean"),
        (10, "chroma_stft_max"),
        (11, "spectral_centroid_mean"),
        (16, "spectral_bandwidth_std"),
        (21, "rolloff_min"),
        (23, "zero_crossing_rate_mean"),
        (30, "rms_max"),
        (31, "mfcc_mean_1_mean"),
        (32, "mfcc_mean_1_std"),
        (56, "mfcc_mean_13_std"),
        (57, "mfcc_std_1_mean"),
        (82, "mfcc_std_13_std"),
        (83, "onset_env_mean_mean"),
        (87, "onset_count_mean"),
        (94, "loudness_max"),
    ];
    for (place, name) in known {
        assert_eq!(at(place), name);
    }
    let mut distinct = names.to_vec();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), CLASSICAL_LEN);
    let features = listen(&synthetic("short"));
    assert_eq!(features.get("segments"), Some(1.0));
    assert_eq!(features.get("duration_sec"), Some(0.5));
    assert_eq!(features.get("beauty"), None);
}

#[test]
fn the_same_however_the_sound_is_cut() {
    let signal = &synthetic("mixed")[..12 * RATE];
    let whole = listen_in(signal, signal.len());
    for block in [1, 1000, 22_051] {
        assert_eq!(listen_in(signal, block), whole, "in blocks of {block}");
    }
}

#[test]
fn a_rest_counts_from_a_second_on() {
    let signal = synthetic("mixed");
    for (samples, segments) in [
        (0, 0.0),
        (1, 1.0),
        (RATE / 2, 1.0),
        (10 * RATE, 1.0),
        (11 * RATE - 1, 1.0),
        (11 * RATE, 2.0),
        (20 * RATE + 1, 2.0),
        (30 * RATE, 3.0),
    ] {
        let found = listen(&signal[..samples]);
        assert_eq!(found.get("segments"), Some(segments), "{samples} samples");
        assert_eq!(found.get("duration_sec"), Some((samples as f64 / RATE as f64) as f32), "{samples} samples");
    }
    // Less than a second of rest changes nothing but the duration and the tempo of the whole.
    let (ten, more) = (listen(&signal[..10 * RATE]), listen(&signal[..11 * RATE - 1]));
    assert_eq!(ten.values()[3..], more.values()[3..]);
}

#[test]
fn quiet_segments_have_no_say_in_the_tempo() {
    let mut signal = synthetic("mixed");
    signal.truncate(30 * RATE);
    let clear = listen(&signal);
    // Noise between the two: too quiet for a tempo, loud enough for all else.
    for (x, noise) in signal[10 * RATE..20 * RATE].iter_mut().zip(noise(10 * RATE)) {
        *x = (0.005 * noise) as f32;
    }
    let gap = listen(&signal);
    let least = |features: &Classical| features.get("bpm_segments_min").unwrap();
    assert!(least(&clear) > 100.0 && least(&gap) > 100.0, "{} {}", least(&clear), least(&gap));
    assert_eq!(gap.get("segments"), Some(3.0));
    assert!(gap.get("loudness_min").unwrap() < -48.0, "{gap:?}");
    let silent = listen(&vec![0.0; 25 * RATE]);
    assert_eq!(silent.values()[2..31], [0.0; 29]);
    assert!((silent.get("mfcc_mean_1_mean").unwrap() + 100.0 * 128.0_f32.sqrt()).abs() < 1e-3);
    assert_eq!(silent.get("loudness_mean"), Some(-100.0));
    assert_eq!(listen(&[]).values(), [0.0; CLASSICAL_LEN]);
}

#[test]
fn any_input_gives_finite_values() {
    let mut damaged = synthetic("mixed");
    for (i, bad) in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN_POSITIVE].into_iter().enumerate() {
        damaged[i * 100_007] = bad;
    }
    let square: Vec<f32> = (0..300_000).map(|i| if i / 50 % 2 == 0 { 1e9 } else { -1e9 }).collect();
    let cases = [
        ("one sample", vec![1.0]),
        ("constant", vec![0.5; 300_000]),
        ("not numbers", vec![f32::NAN; 300_000]),
        ("damaged", damaged),
        ("far too loud", square),
        ("next to nothing", vec![f32::MIN_POSITIVE; 300_000]),
        ("denormal", vec![1e-40; 300_000]),
        ("a click", (0..300_000).map(|i| f32::from(i == 1000)).collect()),
    ];
    for (name, signal) in cases {
        let features = listen(&signal);
        let wrong = classical_names().iter().zip(features.values()).find(|(_, x)| !x.is_finite());
        assert_eq!(wrong, None, "{name}");
        if name == "not numbers" {
            assert_eq!(features, listen(&vec![0.0; 300_000]));
        }
    }
}
