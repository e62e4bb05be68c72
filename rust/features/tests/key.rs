//! The key from outside: chords, scores and noises whose key is known.

// Helpers of tests count as tests.
#![allow(clippy::unwrap_used)]

use std::collections::HashSet;
use std::f64::consts::TAU;

use segue_features::{FeatureExtractor, Features, Key, Scale, Tonic};

const RATE: f64 = FeatureExtractor::SAMPLE_RATE as f64;
const SCALES: [Scale; 2] = [Scale::Major, Scale::Minor];

fn listen(signal: &[f32]) -> Features {
    let mut extractor = FeatureExtractor::new().unwrap();
    signal.chunks(10_000).for_each(|piece| extractor.push(piece));
    extractor.finish()
}

fn noise(seconds: f64) -> Vec<f32> {
    let mut state = 1_u32;
    (0..(seconds * RATE) as usize)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        })
        .collect()
}

/// Short bursts of noise, two a second.
fn drums(seconds: f64, loudness: f64) -> Vec<f32> {
    let burst = |i: usize| (loudness * (-40.0 * (i as f64 / RATE * 2.0).fract() / 2.0).exp()) as f32;
    noise(seconds).iter().enumerate().map(|(i, x)| x * burst(i)).collect()
}

/// Chords of half a second, each note (semitones above concert A, which is `concert` Hz) with six harmonics, and the
/// first note of each an octave lower as its bass.
fn chords(progression: &[[i32; 3]], concert: f64) -> Vec<f32> {
    let mut signal = Vec::new();
    for chord in progression {
        let notes = [chord[0] - 12, chord[0], chord[1], chord[2]];
        for i in 0..(RATE / 2.0) as usize {
            let time = i as f64 / RATE;
            let sum: f64 = notes
                .iter()
                .flat_map(|&note| (1..=6).map(move |k| (note, k)))
                .map(|(note, k)| {
                    let hz = concert * 2.0_f64.powf(f64::from(note) / 12.0) * f64::from(k);
                    (TAU * hz * time).sin() * 0.6_f64.powi(k)
                })
                .sum();
            signal.push((0.1 * sum * (-2.0 * time).exp()) as f32);
        }
    }
    signal
}

/// I vi IV V I ii V I or i VI iv V i iv V i, with the triads' roots on and above the tonic.
fn song(tonic: Tonic, scale: Scale) -> Vec<[i32; 3]> {
    let tonic = (i32::from(tonic.pitch_class()) + 3) % 12 - 12;
    let (major, minor) = ([0, 4, 7], [0, 3, 7]);
    let bars = match scale {
        Scale::Major => {
            [(0, major), (9, minor), (5, major), (7, major), (0, major), (2, minor), (7, major), (0, major)]
        }
        Scale::Minor => {
            [(0, minor), (8, major), (5, minor), (7, major), (0, minor), (5, minor), (7, major), (0, minor)]
        }
    };
    bars.iter().map(|(root, chord)| chord.map(|note| tonic + root + note)).collect()
}

fn is(key: Option<Key>, tonic: Tonic, scale: Scale) -> bool {
    key.is_some_and(|key| (key.tonic, key.scale) == (tonic, scale))
}

fn detuned(cents: f64) -> f64 {
    440.0 * 2.0_f64.powf(cents / 1200.0)
}

#[test]
fn all_24_keys_follow_transposition_tuning_and_drums() {
    for scale in SCALES {
        for tonic in Tonic::ALL {
            let song = song(tonic, scale);
            for cents in [0.0, 30.0, -40.0] {
                let heard = listen(&chords(&song, detuned(cents)));
                assert!(is(heard.key, tonic, scale), "{tonic} {scale}, {cents} cents: {heard:?}");
                assert!(heard.key.unwrap().strength > 0.7, "{tonic} {scale}, {cents} cents: {heard:?}");
                assert!((f64::from(heard.tuning_cents) - cents).abs() < 4.0, "{cents} cents: {heard:?}");
            }
            let mut signal = chords(&song, 440.0);
            signal.iter_mut().zip(drums(4.0, 0.3)).for_each(|(x, drum)| *x += drum);
            let heard = listen(&signal);
            assert!(is(heard.key, tonic, scale), "{tonic} {scale} with drums: {heard:?}");
        }
    }
}

#[test]
fn half_way_between_two_tunings_it_is_one_of_the_two_keys() {
    for cents in [48.0, 50.0, 52.0] {
        let heard = listen(&chords(&song(Tonic::D, Scale::Minor), detuned(cents)));
        assert!(is(heard.key, Tonic::D, Scale::Minor) || is(heard.key, Tonic::EFlat, Scale::Minor), "{heard:?}");
        assert!(heard.key.unwrap().strength > 0.7 && heard.tuning_cents.abs() > 44.0, "{heard:?}");
        let up = is(heard.key, Tonic::EFlat, Scale::Minor);
        assert_eq!(up, heard.tuning_cents < 0.0, "name and tuning belong together: {heard:?}");
    }
}

#[test]
fn level_changes_nothing() {
    let signal = chords(&song(Tonic::AFlat, Scale::Major), 440.0);
    let key = listen(&signal).key.unwrap();
    for gain in [0.01, 0.5, 2.0] {
        let other = listen(&signal.iter().map(|x| gain * x).collect::<Vec<_>>()).key.unwrap();
        assert_eq!((other.tonic, other.scale), (key.tonic, key.scale));
        assert!((other.strength - key.strength).abs() < 0.01, "{gain}: {other:?}, {key:?}");
    }
}

#[test]
fn the_second_candidate_is_a_neighbour() {
    for scale in SCALES {
        for tonic in Tonic::ALL {
            let Features { key, second_key, .. } = listen(&chords(&song(tonic, scale), 440.0));
            let (key, second) = (key.unwrap(), second_key.unwrap());
            assert!(second.strength > 0.0 && second.strength <= key.strength, "{key:?}, {second:?}");
            assert_ne!((key.tonic, key.scale), (second.tonic, second.scale));
            let up = (12 + second.tonic.pitch_class() - key.tonic.pitch_class()) % 12;
            let fifth = second.scale == key.scale && [5, 7].contains(&up);
            let other_mode = second.scale != key.scale && [0, 3, 4, 5, 7, 8, 9].contains(&up);
            assert!(fifth || other_mode, "{key} and then {second}");
        }
    }
}

#[test]
fn a_piece_that_changes_its_key_has_both() {
    let mut progression = song(Tonic::C, Scale::Major);
    progression.extend(song(Tonic::G, Scale::Major));
    let Features { key, second_key, .. } = listen(&chords(&progression, 440.0));
    let among = [(Tonic::C, Scale::Major), (Tonic::G, Scale::Major)];
    for heard in [key, second_key] {
        let heard = heard.unwrap();
        assert!(among.contains(&(heard.tonic, heard.scale)), "{key:?}, {second_key:?}");
    }
}

#[test]
fn relative_and_parallel_keys_are_told_apart() {
    let major = listen(&chords(&song(Tonic::C, Scale::Major), 440.0)).key;
    let relative = listen(&chords(&song(Tonic::A, Scale::Minor), 440.0)).key;
    let parallel = listen(&chords(&song(Tonic::C, Scale::Minor), 440.0)).key;
    assert!(is(major, Tonic::C, Scale::Major), "{major:?}");
    assert!(is(relative, Tonic::A, Scale::Minor), "{relative:?}");
    assert!(is(parallel, Tonic::C, Scale::Minor), "{parallel:?}");
}

#[test]
fn what_has_no_pitch_has_hardly_a_key() {
    for (name, signal) in [("noise", noise(20.0)), ("drums", drums(20.0, 0.5))] {
        let heard = listen(&signal);
        let strength = heard.key.map_or(0.0, |key| key.strength);
        assert!(strength < 0.3, "{name}: {heard:?}");
        assert_eq!(heard.tuning_cents, 0.0, "{name}: {heard:?}");
    }
    let nothing = listen(&vec![0.0; 200_000]);
    assert_eq!((nothing.key, nothing.second_key, nothing.tuning_cents), (None, None, 0.0));
}

#[test]
fn keys_have_the_names_of_both_wheels() {
    let name = |tonic, scale| {
        let key = Key { tonic, scale, strength: 1.0 };
        (key.camelot(), key.open_key())
    };
    // By pitch class from C up, as printed on the Camelot wheel and the Open Key wheel.
    let major = [
        ("8B", "1d"),
        ("3B", "8d"),
        ("10B", "3d"),
        ("5B", "10d"),
        ("12B", "5d"),
        ("7B", "12d"),
        ("2B", "7d"),
        ("9B", "2d"),
        ("4B", "9d"),
        ("11B", "4d"),
        ("6B", "11d"),
        ("1B", "6d"),
    ];
    let minor = [
        ("5A", "10m"),
        ("12A", "5m"),
        ("7A", "12m"),
        ("2A", "7m"),
        ("9A", "2m"),
        ("4A", "9m"),
        ("11A", "4m"),
        ("6A", "11m"),
        ("1A", "6m"),
        ("8A", "1m"),
        ("3A", "8m"),
        ("10A", "3m"),
    ];
    let mut seen = HashSet::new();
    for (scale, names) in [(Scale::Major, major), (Scale::Minor, minor)] {
        for (tonic, (camelot, open_key)) in Tonic::ALL.into_iter().zip(names) {
            assert_eq!(name(tonic, scale), (camelot.to_owned(), open_key.to_owned()), "{tonic} {scale}");
            seen.insert(camelot);
        }
    }
    assert_eq!(seen.len(), 24);
}

#[test]
fn spectra_with_bins_of_exactly_nothing_have_an_answer() {
    // Two equal clicks a quarter of a frame either side of its middle: every other bin is 0.
    let mut signal = vec![0.0; 22_050];
    for centre in [1536, 2560, 10_000, 11_024] {
        signal[centre] = 0.9;
    }
    let mut extractor = FeatureExtractor::new().unwrap();
    extractor.push(&signal);
    let features = extractor.finish();
    assert!(features.tuning_cents.is_finite());
    assert!(features.key.is_none_or(|key| key.strength.is_finite()));
}
