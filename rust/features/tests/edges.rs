//! Intro and outro from outside.

// Helpers of tests count as tests.
#![allow(clippy::unwrap_used)]

use std::f64::consts::TAU;

use segue_features::{EDGE_DIMENSIONS, EDGE_NAMES, EdgeExtractor, Edges};

const RATE: f64 = EdgeExtractor::SAMPLE_RATE as f64;

type Edge = [f32; EDGE_DIMENSIONS];

fn listen(signal: &[f32]) -> Option<Edges> {
    listen_in(signal, 4096)
}

fn listen_in(signal: &[f32], block: usize) -> Option<Edges> {
    let mut extractor = EdgeExtractor::new().unwrap();
    signal.chunks(block).for_each(|piece| extractor.push(piece));
    extractor.finish()
}

fn number(edge: &Edge, name: &str) -> f32 {
    edge[EDGE_NAMES.iter().position(|n| *n == name).unwrap()]
}

fn distance(a: &Edge, b: &Edge) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f32>().sqrt()
}

fn seconds(n: f64) -> usize {
    (n * RATE) as usize
}

fn noise(seed: u32) -> impl FnMut() -> f32 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    }
}

/// Notes of a scale on `root` Hz, so many a second, with a sharper or duller tone.
fn piece(root: f64, per_second: f64, decay: f64, level: f64, length: f64) -> Vec<f32> {
    let mut random = noise(root as u32);
    let (mut hz, mut step) = (root, -1);
    (0..seconds(length))
        .map(|i| {
            let time = i as f64 / RATE;
            let now = (time * per_second) as i32;
            if now != step {
                step = now;
                let degree = [0, 2, 4, 7, 9][((random() + 1.0) * 2.499) as usize];
                hz = root * 2.0_f64.powf(f64::from(degree) / 12.0);
            }
            let since = time - f64::from(step) / per_second;
            let tone: f64 = (1..=8).map(|k| (TAU * hz * f64::from(k) * time).sin() * decay.powi(k)).sum();
            (level * tone * (-4.0 * since).exp()) as f32 + 1e-4 * random()
        })
        .collect()
}

#[test]
fn every_number_has_a_name() {
    assert!((1..EDGE_DIMENSIONS).all(|i| !EDGE_NAMES[..i].contains(&EDGE_NAMES[i])));
}

#[test]
fn only_the_ends_count_and_each_for_itself() {
    let signal = piece(220.0, 3.0, 0.5, 0.3, 60.0);
    let edges = listen(&signal).unwrap();
    let mut middle = signal.clone();
    middle[seconds(15.1)..seconds(44.9)].fill(0.1);
    assert_eq!(listen(&middle), Some(edges));
    let mut start = signal.clone();
    start[..seconds(10.0)].iter_mut().for_each(|x| *x *= 0.3);
    let other = listen(&start).unwrap();
    assert_eq!(other.outro, edges.outro);
    assert!(distance(&other.intro, &edges.intro) > 0.1);
    // The first 15 seconds alone have the same intro, and what is shorter than an edge is both.
    assert_eq!(listen(&signal[..seconds(20.0)]).unwrap().intro, edges.intro);
    let short = listen(&signal[..seconds(7.0)]).unwrap();
    let (intro, outro) = (short.intro, short.outro);
    assert_eq!(intro[2..], outro[2..]);
    assert_eq!(number(&intro, "level_db"), number(&outro, "level_db"));
}

#[test]
fn silence_around_the_sound_does_not_count() {
    // Whole blocks: what shares one with sound counts as sound.
    let signal = piece(196.0, 2.0, 0.5, 0.3, 40.0).split_off(seconds(40.0) % 1024);
    let edges = listen(&signal).unwrap();
    let mut hiss = noise(3);
    let faint: Vec<f32> = (0..700 * 1024).map(|_| 1e-3 * hiss()).collect();
    for silence in [vec![0.0; 1024], vec![0.5; 40 * 1024], faint] {
        let around = [silence.as_slice(), &signal, &silence].concat();
        assert_eq!(listen(&around), Some(edges));
    }
    let uneven = [vec![0.0; 700].as_slice(), &signal, &[0.0; 90_000]].concat();
    let heard = listen(&uneven).unwrap();
    assert!(distance(&heard.intro, &edges.intro) < 0.02 && distance(&heard.outro, &edges.outro) < 0.02);
    // Silence within the music does: ten seconds of it before the last chord.
    let last = &signal[..seconds(2.0)];
    let paused = listen(&[&signal, vec![0.0; seconds(10.0)].as_slice(), last].concat()).unwrap();
    assert!(number(&paused.outro, "level_db") < number(&edges.outro, "level_db"));
    // After a pause longer than an edge, the pause and what follows it are all there is.
    let after = |pause: f64| listen(&[&signal, vec![0.0; seconds(pause)].as_slice(), last].concat()).unwrap().outro;
    assert!(distance(&after(100.0), &after(40.0)) < 0.02);
}

#[test]
fn level_moves_one_number() {
    let signal = piece(220.0, 3.0, 0.5, 0.4, 30.0);
    let quieter: Vec<f32> = signal.iter().map(|x| 0.5 * x).collect();
    let (loud, quiet) = (listen(&signal).unwrap(), listen(&quieter).unwrap());
    let step = number(&loud.intro, "level_db") - number(&quiet.intro, "level_db");
    assert!(step > 0.1 && step < 0.5, "{step}");
    for (a, b) in loud.intro.iter().zip(&quiet.intro).skip(1) {
        assert!((a - b).abs() < 1e-3, "{a} {b}");
    }
    let step_out = number(&loud.outro, "level_db") - number(&quiet.outro, "level_db");
    assert!((step - step_out).abs() < 1e-4, "the same scale at both ends");
}

#[test]
fn fades_are_heard_from_both_sides() {
    let signal = piece(220.0, 4.0, 0.5, 0.4, 60.0);
    let n = signal.len();
    let fade = |i: usize| (i.min(n - i) as f32 / seconds(12.0) as f32).min(1.0);
    let faded: Vec<f32> = signal.iter().enumerate().map(|(i, x)| x * fade(i)).collect();
    let (steady, faded) = (listen(&signal).unwrap(), listen(&faded).unwrap());
    let drop = |a: &Edge, b: &Edge| number(a, "fade_db") - number(b, "fade_db");
    let (at_start, at_end) = (drop(&steady.intro, &faded.intro), drop(&steady.outro, &faded.outro));
    assert!(at_start > 0.1 && (at_start - at_end).abs() < 0.05, "{at_start} {at_end}");
}

#[test]
fn pitch_rhythm_and_colour_each_move_their_own_numbers() {
    let intro = |root, per_second, decay| listen(&piece(root, per_second, decay, 0.3, 20.0)).unwrap().intro;
    let plain = intro(220.0, 2.0, 0.4);
    assert!(number(&intro(220.0, 6.0, 0.4), "onsets_per_second") > number(&plain, "onsets_per_second") + 0.1);
    assert!(number(&intro(220.0, 2.0, 0.8), "brightness_octaves") > number(&plain, "brightness_octaves") + 0.1);
    for (class, name) in EDGE_NAMES[5..17].iter().enumerate() {
        let hz = 261.625_57 * 2.0_f64.powf(class as f64 / 12.0);
        let tone: Vec<f32> = (0..seconds(5.0)).map(|i| 0.3 * (TAU * hz * i as f64 / RATE).sin() as f32).collect();
        let edge = listen(&tone).unwrap().intro;
        let strongest = (5..17).max_by(|&a, &b| edge[a].total_cmp(&edge[b])).unwrap();
        assert_eq!(EDGE_NAMES[strongest], *name);
    }
}

#[test]
fn what_goes_on_is_nearer_than_something_else() {
    let settings = [
        (147.0, 1.5, 0.3, 0.1),
        (165.0, 4.0, 0.6, 0.4),
        (185.0, 2.0, 0.8, 0.2),
        (208.0, 6.0, 0.4, 0.3),
        (233.0, 3.0, 0.5, 0.05),
        (277.0, 8.0, 0.7, 0.4),
    ];
    let halves: Vec<(Edge, Edge)> = settings
        .iter()
        .map(|&(root, per_second, decay, level)| {
            let signal = piece(root, per_second, decay, level, 50.0);
            let (first, second) = signal.split_at(signal.len() / 2);
            (listen(first).unwrap().outro, listen(second).unwrap().intro)
        })
        .collect();
    for (i, (outro, intro)) in halves.iter().enumerate() {
        let own = distance(outro, intro);
        for (_, other) in halves.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, half)| half) {
            assert!(own < 0.5 * distance(outro, other), "{i}: {own} {}", distance(outro, other));
        }
    }
}

#[test]
fn the_same_however_the_sound_is_cut() {
    let signal = [vec![0.0; 5000], piece(220.0, 3.0, 0.5, 0.3, 40.0), vec![0.0; 5000]].concat();
    let whole = listen_in(&signal, signal.len());
    for block in [1, 1000, 22_051] {
        assert_eq!(listen_in(&signal, block), whole, "in blocks of {block}");
    }
}

#[test]
fn any_input_gives_finite_values() {
    for nothing in [vec![], vec![1.0], vec![0.0; 300_000], vec![0.5; 300_000], vec![f32::NAN; 300_000]] {
        assert_eq!(listen(&nothing), None);
    }
    let mut damaged = piece(220.0, 3.0, 0.5, 0.3, 20.0);
    for (i, bad) in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN_POSITIVE].into_iter().enumerate() {
        damaged[i * 10_007] = bad;
    }
    let mut random = noise(1);
    let cases = [
        ("damaged", damaged),
        ("two samples", vec![1.0, -1.0]),
        ("a click", [vec![0.0; 50_000], vec![1.0], vec![0.0; 50_000]].concat()),
        ("far too loud", (0..200_000).map(|i| if i / 50 % 2 == 0 { 1e9 } else { -1e9 }).collect()),
        ("noise", (0..500_000).map(|_| random()).collect()),
        ("a slow wave", (0..500_000).map(|i| (f64::from(i) * 1e-5).sin() as f32).collect()),
    ];
    for (name, signal) in cases {
        let edges = listen(&signal).unwrap_or_else(|| panic!("{name} is sound"));
        for value in edges.intro.iter().chain(&edges.outro) {
            assert!(value.is_finite() && value.abs() < 10.0, "{name}: {edges:?}");
        }
    }
}
