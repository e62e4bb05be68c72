//! Tempo, key and energy from outside, on sounds whose answer is known.

// Helpers of tests count as tests.
#![allow(clippy::unwrap_used)]

use std::f64::consts::TAU;

use segue_features::{FeatureExtractor, Features, Scale, Tonic};

const RATE: f64 = FeatureExtractor::SAMPLE_RATE as f64;

fn listen(signal: &[f32]) -> Features {
    listen_in(signal, 4096)
}

fn listen_in(signal: &[f32], block: usize) -> Features {
    let mut extractor = FeatureExtractor::new().unwrap();
    signal.chunks(block).for_each(|piece| extractor.push(piece));
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

/// Short bursts of noise, `bpm` a minute.
fn drum(seconds: f64, bpm: f64, loudness: f64) -> Vec<f32> {
    let decay = |i: usize| {
        let since = (i as f64 / RATE * bpm / 60.0).fract() * 60.0 / bpm;
        (loudness * (-60.0 * since).exp()) as f32
    };
    noise(seconds).iter().enumerate().map(|(i, x)| x * decay(i)).collect()
}

/// Chords one after the other, a second each: semitones above the A of `concert` Hz, each note with four harmonics.
fn chords(progression: &[[i32; 3]], concert: f64) -> Vec<f32> {
    let mut signal = Vec::new();
    for chord in progression {
        for i in 0..RATE as usize {
            let time = i as f64 / RATE;
            let partial = |note: i32, k: i32| {
                let hz = concert * 2.0_f64.powf(f64::from(note) / 12.0) * f64::from(k);
                (TAU * hz * time).sin() * 0.5_f64.powi(k)
            };
            let sum: f64 = chord.iter().flat_map(|&note| (1..=4).map(move |k| partial(note, k))).sum();
            signal.push((0.2 * sum * (-2.0 * time).exp()) as f32);
        }
    }
    signal
}

/// A cadence in a key: I IV V I, or i iv V i in minor.
fn cadence(tonic: Tonic, scale: Scale) -> Vec<[i32; 3]> {
    // Within the octave below concert A.
    let root = (i32::from(tonic.pitch_class()) + 3) % 12 - 12;
    let third = if scale == Scale::Major { 4 } else { 3 };
    let (one, four, five) = ([0, third, 7], [5, 5 + third, 12], [7, 11, 14]);
    [one, four, one, five, one, four, five, one, one].map(|chord| chord.map(|note| root + note)).to_vec()
}

#[test]
fn beats_are_counted() {
    for bpm in (60..=180).step_by(10).map(f64::from) {
        let heard = listen(&drum(30.0, bpm, 0.5)).tempo;
        // A bare click has no metre: outside of 85 to 170 people, too, tap it at half or twice its rate.
        let same = |factor: f64| (f64::from(heard.bpm) / (factor * bpm) - 1.0).abs() < 0.005;
        let free = !(85.0..=170.0).contains(&bpm);
        assert!(same(1.0) || (free && (same(2.0) || same(0.5))), "{bpm} is heard as {heard:?}");
        assert!(heard.confidence > 0.15, "{bpm}: {heard:?}");
    }
}

#[test]
fn a_metre_is_heard_through_its_subdivision() {
    // Beats at 100, quieter eighths between them, noise under all.
    let (beat, eighths) = (drum(30.0, 100.0, 0.5), drum(30.0, 200.0, 0.15));
    let signal: Vec<f32> = beat.iter().zip(&eighths).zip(noise(30.0)).map(|((a, b), n)| a + b + 0.003 * n).collect();
    let tempo = listen(&signal).tempo;
    assert!((tempo.bpm - 100.0).abs() < 0.5, "{tempo:?}");
}

#[test]
fn what_does_not_beat_has_no_tempo() {
    let tone: Vec<f32> =
        (0..30 * RATE as usize).map(|i| (0.5 * (TAU * 440.0 * i as f64 / RATE).sin()) as f32).collect();
    for (name, signal) in [("silence", vec![0.0; 500_000]), ("tone", tone), ("noise", noise(60.0))] {
        let tempo = listen(&signal).tempo;
        assert_eq!((tempo.bpm, tempo.confidence), (0.0, 0.0), "{name}");
    }
}

#[test]
fn all_24_keys_are_found_in_any_tuning() {
    for scale in [Scale::Major, Scale::Minor] {
        for tonic in Tonic::ALL {
            for concert in [440.0, 432.0, 447.0] {
                let key = listen(&chords(&cadence(tonic, scale), concert)).key.unwrap();
                assert_eq!((key.tonic, key.scale), (tonic, scale), "{tonic} {scale} at {concert} Hz heard as {key:?}");
                assert!(key.strength > 0.6 && key.strength <= 1.0, "{key:?}");
            }
        }
    }
}

#[test]
fn keys_have_names() {
    let names: Vec<&str> = Tonic::ALL.iter().map(|tonic| tonic.name()).collect();
    assert_eq!(names, ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"]);
    assert!(Tonic::ALL.iter().enumerate().all(|(class, tonic)| usize::from(tonic.pitch_class()) == class));
    let key = listen(&chords(&cadence(Tonic::EFlat, Scale::Minor), 440.0)).key.unwrap();
    assert_eq!(key.to_string(), "Eb minor");
}

#[test]
fn noise_has_hardly_a_key() {
    let strength = listen(&noise(20.0)).key.map_or(0.0, |key| key.strength);
    assert!(strength < 0.25, "{strength}");
}

#[test]
fn energy_goes_by_drive_and_only_a_little_by_level() {
    let calm = chords(&cadence(Tonic::C, Scale::Major), 440.0);
    let driving: Vec<f32> = drum(9.0, 160.0, 0.5).iter().zip(&calm).map(|(a, b)| a + b).collect();
    let quieter = |signal: &[f32]| signal.iter().map(|x| 0.5 * x).collect::<Vec<_>>();
    let (low, high) = (listen(&calm).energy, listen(&driving).energy);
    assert!(low > 0.0 && high > low + 0.2 && high <= 1.0, "{low} {high}");
    let softer = listen(&quieter(&driving)).energy;
    assert!(softer < high && softer > high - 0.15, "{high} {softer}");
}

#[test]
fn brightness_follows_the_spectrum_and_hardly_the_level() {
    let tone = |hz: f64, gain: f64| -> Vec<f32> {
        (0..(5.0 * RATE) as usize).map(|i| (gain * (TAU * hz * i as f64 / RATE).sin()) as f32).collect()
    };
    let brightness = |signal: &[f32]| listen(signal).brightness;
    let (bass, middle, high) = (brightness(&tone(110.0, 0.5)), brightness(&tone(1000.0, 0.5)), brightness(&noise(5.0)));
    assert!(bass < 0.2 && middle > bass + 0.2 && high > middle && high <= 1.0, "{bass} {middle} {high}");
    let softer = brightness(&tone(1000.0, 0.25));
    assert!((softer - middle).abs() < 0.1, "{middle} {softer}");
    assert_eq!(brightness(&[0.0; 50_000]), 0.0);
}

#[test]
fn the_same_however_the_sound_is_cut() {
    let signal: Vec<f32> = drum(20.0, 127.0, 0.3)
        .iter()
        .zip(chords(&cadence(Tonic::G, Scale::Major), 440.0).iter().cycle())
        .map(|(a, b)| a + b)
        .collect();
    let whole = listen_in(&signal, signal.len());
    for block in [1, 1000, 22_051] {
        assert_eq!(listen_in(&signal, block), whole, "in blocks of {block}");
    }
}

#[test]
fn any_input_gives_finite_values() {
    let mut damaged = drum(10.0, 100.0, 0.5);
    for (i, bad) in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN_POSITIVE].into_iter().enumerate() {
        damaged[i * 10_007] = bad;
    }
    let square: Vec<f32> = (0..200_000).map(|i| if i / 50 % 2 == 0 { 1e9 } else { -1e9 }).collect();
    let cases = [
        ("nothing", vec![]),
        ("one sample", vec![1.0]),
        ("silence", vec![0.0; 300_000]),
        ("constant", vec![0.5; 300_000]),
        ("not numbers", vec![f32::NAN; 300_000]),
        ("damaged", damaged),
        ("far too loud", square),
        ("next to nothing", vec![f32::MIN_POSITIVE; 300_000]),
    ];
    for (name, signal) in cases {
        let Features { tempo, beats, key, energy, brightness, danceability, .. } = listen(&signal);
        assert!(tempo.bpm == 0.0 || (40.0..=240.0).contains(&tempo.bpm), "{name}: {tempo:?}");
        assert!((0.0..=1.0).contains(&tempo.confidence), "{name}: {tempo:?}");
        assert!((0.0..=1.0).contains(&tempo.stability), "{name}: {tempo:?}");
        assert!(beats.iter().all(|beat| beat.is_finite()) && beats.is_sorted(), "{name}: {beats:?}");
        assert!(key.is_none_or(|key| key.strength > 0.0 && key.strength <= 1.0), "{name}: {key:?}");
        assert!((0.0..=1.0).contains(&energy), "{name}: {energy}");
        assert!((0.0..=1.0).contains(&brightness), "{name}: {brightness}");
        assert!((0.0..=5.0).contains(&danceability), "{name}: {danceability}");
        if ["nothing", "silence", "constant", "not numbers"].contains(&name) {
            assert_eq!((tempo.bpm, key, energy, brightness, danceability), (0.0, None, 0.0, 0.0, 0.0), "{name}");
        }
    }
}
