//! Tempo, beats and steadiness on rhythms whose answer is known.

// Helpers of tests count as tests.
#![allow(clippy::unwrap_used)]

use std::f64::consts::TAU;

use segue_features::{FeatureExtractor, Features};

const RATE: f64 = FeatureExtractor::SAMPLE_RATE as f64;

/// The sounds of a drum kit.
#[derive(Clone, Copy)]
enum Drum {
    /// A falling tone from 120 Hz.
    Kick,
    /// Noise and a tone.
    Snare,
    /// Bright noise, quiet and short.
    Hat,
    /// Noise of 20 ms.
    Click,
}

struct Score {
    signal: Vec<f32>,
    state: u32,
}

impl Score {
    /// Seconds of faint noise to play on.
    fn new(seconds: f64) -> Self {
        let mut score = Self { signal: vec![0.0; (seconds * RATE) as usize], state: 1 };
        for i in 0..score.signal.len() {
            score.signal[i] = (1e-4 * score.noise()) as f32;
        }
        score
    }

    fn noise(&mut self) -> f64 {
        self.state = self.state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(self.state >> 8) / f64::from(1 << 23) - 1.0
    }

    fn play(&mut self, drum: Drum, seconds: f64, level: f64) {
        let (start, mut before) = ((seconds * RATE).round() as usize, 0.0);
        for i in 0..(0.15 * RATE) as usize {
            let (time, noise) = (i as f64 / RATE, self.noise());
            let sound = match drum {
                Drum::Kick => (TAU * (60.0 * time + 1.2 * (1.0 - (-50.0 * time).exp()))).sin() * (-18.0 * time).exp(),
                Drum::Snare => (0.6 * noise + 0.4 * (TAU * 190.0 * time).sin()) * (-25.0 * time).exp(),
                Drum::Hat => 0.3 * (noise - before) * (-70.0 * time).exp(),
                Drum::Click => noise * (-150.0 * time).exp(),
            };
            before = noise;
            if let Some(out) = self.signal.get_mut(start + i) {
                *out += (level * sound) as f32;
            }
        }
    }

    /// One bar after the other: each sound with its place in beats.
    fn bars(seconds: f64, bpm: f64, beats: f64, bar: &[(Drum, f64, f64)]) -> Self {
        let mut score = Self::new(seconds);
        let count = (seconds * bpm / 60.0 / beats) as usize;
        for start in (0..count).map(|bar| bar as f64 * beats) {
            for &(drum, place, level) in bar {
                score.play(drum, (start + place) * 60.0 / bpm, level);
            }
        }
        score
    }

    /// Clicks at given times.
    fn clicks(seconds: f64, times: &[f64]) -> Self {
        let mut score = Self::new(seconds);
        times.iter().for_each(|&time| score.play(Drum::Click, time, 0.5));
        score
    }

    fn heard(&self) -> Features {
        heard_in(&self.signal, 4096)
    }
}

fn heard_in(signal: &[f32], block: usize) -> Features {
    let mut extractor = FeatureExtractor::new().unwrap();
    signal.chunks(block).for_each(|piece| extractor.push(piece));
    extractor.finish()
}

/// Kick, snare and hats in eighths: four beats.
fn rock() -> Vec<(Drum, f64, f64)> {
    let mut bar: Vec<_> = (0..8).map(|eighth| (Drum::Hat, f64::from(eighth) / 2.0, 0.3)).collect();
    bar.extend([(Drum::Kick, 0.0, 0.6), (Drum::Kick, 2.0, 0.6), (Drum::Kick, 2.5, 0.4)]);
    bar.extend([(Drum::Snare, 1.0, 0.5), (Drum::Snare, 3.0, 0.5)]);
    bar
}

/// The times at which a tempo, a function of time, beats.
fn beating(seconds: f64, bpm: impl Fn(f64) -> f64) -> Vec<f64> {
    let mut times = vec![0.5];
    while let Some(&last) = times.last().filter(|&&last| last < seconds - 1.0) {
        times.push(last + 60.0 / bpm(last));
    }
    times
}

/// The part of the times that have a beat within a tolerance.
fn met(times: &[f64], beats: &[f32], tolerance: f64) -> f64 {
    let near = |time: f64| beats.iter().any(|&beat| (f64::from(beat) - time).abs() <= tolerance);
    times.iter().filter(|&&time| near(time)).count() as f64 / times.len() as f64
}

#[test]
fn drums_are_tapped_at_the_beat() {
    for bpm in [76.0, 92.0, 104.3, 118.0, 127.0, 140.0] {
        let Features { tempo, beats, .. } = Score::bars(40.0, bpm, 4.0, &rock()).heard();
        assert!((f64::from(tempo.bpm) / bpm - 1.0).abs() < 0.003, "{bpm}: {tempo:?}");
        assert!(tempo.stability > 0.98, "{bpm}: {tempo:?}");
        assert!(tempo.confidence > 0.15, "{bpm}: {tempo:?}");
        let count = (40.0 * bpm / 240.0).floor() as usize * 4;
        let times: Vec<f64> = (0..count).map(|beat| beat as f64 * 60.0 / bpm).collect();
        assert!(met(&times[4..], &beats, 0.03) > 0.97, "{bpm}: {beats:?}");
        assert!(beats.len() <= times.len() + 6, "{bpm}: {} beats", beats.len());
        assert!(beats.is_sorted_by(|a, b| a < b), "{bpm}");
    }
}

#[test]
fn beats_lie_on_the_attacks() {
    // The mean way from a click to its beat: neither early nor late by more than half a frame.
    let times = beating(60.0, |_| 113.7);
    let beats = Score::clicks(60.0, &times).heard().beats;
    let nearest = |time: f64| {
        beats.iter().map(|&beat| f64::from(beat) - time).min_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap()
    };
    let ways: Vec<f64> = times.iter().map(|&time| nearest(time)).collect();
    let mean = ways.iter().sum::<f64>() / ways.len() as f64;
    assert!(mean.abs() < 0.006, "{mean}");
    assert!(ways.iter().all(|way| way.abs() < 0.02), "{ways:?}");
}

#[test]
fn metres_in_three_and_swing_keep_their_beat() {
    let waltz = [(Drum::Kick, 0.0, 0.6), (Drum::Snare, 1.0, 0.3), (Drum::Snare, 2.0, 0.3)];
    // Two beats of three eighths.
    let mut jig: Vec<_> = (0..6).map(|eighth| (Drum::Hat, f64::from(eighth) / 3.0, 0.3)).collect();
    jig.extend([(Drum::Kick, 0.0, 0.6), (Drum::Snare, 1.0, 0.5)]);
    let mut swing: Vec<_> = (0..4).map(|beat| (Drum::Hat, f64::from(beat) + 2.0 / 3.0, 0.3)).collect();
    swing.extend([(Drum::Kick, 0.0, 0.5), (Drum::Snare, 1.0, 0.4), (Drum::Kick, 2.0, 0.5), (Drum::Snare, 3.0, 0.4)]);
    for (name, beats, bar) in [("waltz", 3.0, &waltz[..]), ("jig", 2.0, &jig), ("swing", 4.0, &swing)] {
        for bpm in [88.0, 100.0, 116.0] {
            let tempo = Score::bars(40.0, bpm, beats, bar).heard().tempo;
            assert!((f64::from(tempo.bpm) / bpm - 1.0).abs() < 0.005, "{name} at {bpm}: {tempo:?}");
        }
    }
}

#[test]
fn the_answer_follows_what_is_done_to_the_music() {
    let Features { tempo, beats, .. } = Score::bars(40.0, 110.0, 4.0, &rock()).heard();
    let slowed = Score::bars(40.0, 110.0 * 0.93, 4.0, &rock()).heard().tempo;
    assert!((slowed.bpm / tempo.bpm - 0.93).abs() < 0.002, "{tempo:?} {slowed:?}");
    for factor in [0.5, 2.0] {
        let score = Score::bars(40.0, 110.0, 4.0, &rock());
        let signal: Vec<f32> = score.signal.iter().map(|x| factor * x).collect();
        let other = heard_in(&signal, 4096);
        assert!((other.tempo.bpm / tempo.bpm - 1.0).abs() < 0.001, "{tempo:?} {:?}", other.tempo);
        let times: Vec<f64> = beats.iter().map(|&beat| f64::from(beat)).collect();
        assert!(met(&times, &other.beats, 0.015) > 0.98);
    }
}

#[test]
fn a_tempo_that_drifts_is_followed_and_said_to_drift() {
    let times = beating(90.0, |time| 100.0 + 25.0 * time / 90.0);
    let Features { tempo, beats, .. } = Score::clicks(90.0, &times).heard();
    assert!((100.0..=125.0).contains(&tempo.bpm), "{tempo:?}");
    assert!(met(&times, &beats, 0.05) > 0.95, "{}", met(&times, &beats, 0.05));
    assert!(tempo.stability < 0.4, "{tempo:?}");

    // A drummer who hurries a little and holds back a little: within 1 %.
    let human = beating(90.0, |time| 112.0 * (1.0 + 0.01 * (TAU * time / 20.0).sin()));
    let steady = Score::clicks(90.0, &human).heard().tempo;
    assert!(steady.stability > 0.9, "{steady:?}");
}

#[test]
fn a_change_of_tempo_is_followed() {
    let times = beating(120.0, |time| if time < 75.0 { 100.0 } else { 122.0 });
    let Features { tempo, beats, .. } = Score::clicks(120.0, &times).heard();
    assert!((tempo.bpm - 100.0).abs() < 1.0, "{tempo:?}");
    assert!(met(&times, &beats, 0.05) > 0.9, "{}", met(&times, &beats, 0.05));
    assert!((0.4..0.75).contains(&tempo.stability), "{tempo:?}");
}

#[test]
fn nothing_beats_in_silence_noise_and_one_click() {
    let mut noise = Score::new(60.0);
    for i in 0..noise.signal.len() {
        noise.signal[i] = (0.5 * noise.noise()) as f32;
    }
    let silence = Score { signal: vec![0.0; 60 * RATE as usize], state: 1 };
    let once = Score::clicks(30.0, &[10.0]);
    for (name, score) in [("noise", noise), ("silence", silence), ("one click", once)] {
        let Features { tempo, beats, .. } = score.heard();
        assert_eq!((tempo.bpm, tempo.confidence, tempo.stability), (0.0, 0.0, 0.0), "{name}");
        assert!(beats.is_empty(), "{name}");
    }
}

#[test]
fn no_beats_are_made_up_in_a_pause() {
    // Drums, two minutes of silence, drums.
    let drums = Score::bars(40.0, 120.0, 4.0, &rock()).signal;
    let pause = vec![0.0; (120.0 * RATE) as usize];
    let Features { tempo, beats, .. } = heard_in(&[drums.clone(), pause, drums].concat(), 4096);
    assert!((tempo.bpm - 120.0).abs() < 0.3, "{tempo:?}");
    assert!(tempo.stability > 0.98, "{tempo:?}");
    assert!(!beats.iter().any(|beat| (43.0..157.0).contains(beat)), "{beats:?}");
    let sounding = beats.iter().filter(|beat| **beat > 160.0).count();
    assert!((70..=84).contains(&sounding), "{sounding}");
}

#[test]
fn beats_do_not_depend_on_the_blocks() {
    let score = Score::bars(25.0, 107.0, 4.0, &rock());
    let whole = heard_in(&score.signal, score.signal.len());
    assert!(whole.beats.len() > 30);
    for block in [1, 777, 22_051] {
        assert_eq!(heard_in(&score.signal, block), whole, "in blocks of {block}");
    }
}
