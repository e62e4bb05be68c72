//! Scores of known tempo and key, played by a synthesiser: what is heard is what is written, and follows what is changed.
//!
//! Needs `fluidsynth` and a sound font, for the pieces of Debian packages also those packages, installed or unpacked
//! below `SEGUE_SCORES_ROOT`. What is missing is left out with a word; with `SEGUE_SCORES=require` it fails instead.
//! With `SEGUE_SCORES_KEEP` naming a folder, what was played is kept there as WAV files, with the truth as `truth.jsonl`.
//!
//! The floors lie a little below what is measured; a change that makes an answer worse shows here, and `--nocapture`
//! prints every piece.

// Helpers of tests count as tests.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

mod keep;
mod midi;
mod own;
mod synth;
mod truth;

use segue_features::{FeatureExtractor, Features};
use serde::Deserialize;

use midi::Change;
use synth::{Rendering, Synth};
use truth::{Answer, near, parse_key};

const LIST: &str = include_str!("../../../../tests/scores/list.toml");
const OWN: &str = include_str!("../../../../tests/scores/own.toml");
/// As much as is heard of each piece.
const SECONDS: f64 = 60.0;
/// Of a changed one, and of the same as written beside it.
const CHANGED_SECONDS: f64 = 40.0;
/// Of the pieces with a key, how manieth is changed in every way.
const EACH: usize = 3;

#[derive(Deserialize)]
struct List {
    piece: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    package: String,
    path: String,
    bpm: f64,
    key: Option<String>,
}

/// A score with a name, its MIDI file and what is true of it.
struct Piece {
    name: String,
    file: Vec<u8>,
    truth: Answer,
}

/// Whether what the test needs and does not find makes it fail.
fn required() -> bool {
    std::env::var_os("SEGUE_SCORES").is_some_and(|value| value == "require")
}

fn missing(what: &str) {
    assert!(!required(), "{what}, and SEGUE_SCORES=require");
    eprintln!("skipped: {what}");
}

fn synth() -> Option<Synth> {
    let found = Synth::find();
    match &found {
        Some(synth) => println!("font {}", synth.font().display()),
        None => missing("no fluidsynth with a sound font"),
    }
    found
}

fn own_pieces() -> Vec<Piece> {
    own::scores(OWN, SECONDS).into_iter().map(|(name, file, truth)| Piece { name, file, truth }).collect()
}

/// The pieces of the list, if all of them are here.
fn listed_pieces(synth: &Synth) -> Option<Vec<Piece>> {
    let list: List = toml::from_str(LIST).unwrap();
    let mut pieces = Vec::new();
    for Entry { package, path, bpm, key } in list.piece {
        let Some(file) = synth.file(&path) else {
            missing(&format!("no {path} of the package {package}"));
            return None;
        };
        let file_name = path.rsplit('/').next().unwrap_or_default();
        let name = format!("{package} {}", file_name.trim_end_matches(".mid"));
        pieces.push(Piece { name, file, truth: Answer { bpm, key: key.as_deref().map(parse_key) } });
    }
    Some(pieces)
}

fn listen(sound: &[f32]) -> Features {
    let mut extractor = FeatureExtractor::new().unwrap();
    sound.chunks(4096).for_each(|block| extractor.push(block));
    extractor.finish()
}

#[derive(Default)]
struct Rates {
    tempos: usize,
    exact: usize,
    metre: usize,
    keys: usize,
    right: usize,
    key_score: f64,
}

/// Hears all pieces, prints what was heard and counts what was right.
fn hear(title: &str, synth: &Synth, pieces: &[Piece]) -> Rates {
    let mut rates = Rates::default();
    println!("{title:44}  written          heard");
    for piece in pieces {
        let sound = synth.play(title, &piece.file, Rendering::AS_WRITTEN, SECONDS);
        keep::keep(&piece.name, &sound, &piece.truth);
        let heard = Answer::of(&listen(&sound));
        let (exact, metre) = (heard.same_tempo(&piece.truth), heard.same_metre(&piece.truth));
        rates.tempos += 1;
        rates.exact += usize::from(exact);
        rates.metre += usize::from(metre);
        let key = heard.key_score(&piece.truth);
        if let Some(score) = key {
            rates.keys += 1;
            rates.right += usize::from(score == 1.0);
            rates.key_score += score;
        }
        println!(
            "{:44}  {:6.2} {:4}      {:6.2} {:4}  {} {}",
            piece.name,
            piece.truth.bpm,
            piece.truth.key_name(),
            heard.bpm,
            heard.key_name(),
            if exact {
                "tempo"
            } else if metre {
                "level"
            } else {
                "-"
            },
            key.map_or(String::new(), |score| format!("key {score:.1}")),
        );
    }
    println!(
        "{title}: tempo {}/{} exact, {} by metre; key {}/{}, MIREX {:.3}",
        rates.exact,
        rates.tempos,
        rates.metre,
        rates.right,
        rates.keys,
        rates.key_score / rates.keys as f64
    );
    rates
}

impl Rates {
    fn at_least(&self, exact: f64, metre: f64, key: f64) {
        let part = |count: usize| count as f64 / self.tempos as f64;
        assert!(part(self.exact) >= exact, "tempo exact {:.3}, not {exact}", part(self.exact));
        assert!(part(self.metre) >= metre, "tempo by metre {:.3}, not {metre}", part(self.metre));
        let score = self.key_score / self.keys as f64;
        assert!(score >= key, "key {score:.3}, not {key}");
    }
}

#[test]
fn own_scores_are_heard_as_written() {
    let Some(synth) = synth() else { return };
    // 1.000, 1.000 and 1.000.
    hear("own", &synth, &own_pieces()).at_least(0.95, 0.95, 0.95);
}

#[test]
fn pieces_are_heard_as_written() {
    let Some(synth) = synth() else { return };
    let Some(pieces) = listed_pieces(&synth) else { return };
    // 0.790, 0.984 and 0.876 with TimGM6mb.
    hear("pieces", &synth, &pieces).at_least(0.74, 0.95, 0.84);
}

/// One way to change a score and what becomes of the answer.
struct Way {
    name: &'static str,
    rendering: Rendering,
    gain: f32,
    semitones: u8,
    /// Of the tempo, and how near it has to come.
    speed: f64,
    tolerance: f64,
    followed: (usize, usize),
}

fn ways() -> [Way; 5] {
    let as_is = || Way {
        name: "",
        rendering: Rendering::AS_WRITTEN,
        gain: 1.0,
        semitones: 0,
        speed: 1.0,
        tolerance: 0.02,
        followed: (0, 0),
    };
    let with = |semitones, speed, cents| Rendering { change: Change { semitones, speed }, cents };
    [
        Way { name: "a semitone up", rendering: with(1, 1.0, 0.0), semitones: 1, ..as_is() },
        Way { name: "30 cents up", rendering: with(0, 1.0, 30.0), ..as_is() },
        Way { name: "7 % slower", rendering: with(0, 0.93, 0.0), speed: 0.93, ..as_is() },
        Way { name: "6 dB louder", gain: 2.0, tolerance: 0.005, ..as_is() },
        Way { name: "6 dB softer", gain: 0.5, tolerance: 0.005, ..as_is() },
    ]
}

#[test]
fn answers_follow_what_is_changed() {
    let Some(synth) = synth() else { return };
    let mut pieces = own_pieces();
    pieces.extend(listed_pieces(&synth).unwrap_or_default());
    pieces.retain(|piece| piece.truth.key.is_some());
    let mut ways = ways();
    let mut count = 0;
    for piece in pieces.iter().step_by(EACH) {
        count += 1;
        let written = synth.play("change", &piece.file, Rendering::AS_WRITTEN, CHANGED_SECONDS);
        let before = Answer::of(&listen(&written));
        for way in &mut ways {
            let mut sound = if way.gain == 1.0 {
                synth.play("change", &piece.file, way.rendering, CHANGED_SECONDS)
            } else {
                written.clone()
            };
            sound.iter_mut().for_each(|x| *x *= way.gain);
            let after = Answer::of(&listen(&sound));
            let tempo = near(after.bpm, before.bpm * way.speed, way.tolerance);
            let key = after.key == before.key.map(|(tonic, scale)| ((tonic + way.semitones) % 12, scale));
            way.followed.0 += usize::from(tempo);
            way.followed.1 += usize::from(key);
            if !(tempo && key) {
                println!(
                    "{:44}  {:14} {:6.2} {:4} became {:6.2} {:4}",
                    piece.name,
                    way.name,
                    before.bpm,
                    before.key_name(),
                    after.bpm,
                    after.key_name()
                );
            }
        }
    }
    for way in &ways {
        println!("{:14} tempo {}/{count}, key {}/{count}", way.name, way.followed.0, way.followed.1);
        let part = |followed: usize| followed as f64 / count as f64;
        // 1.00 each, and 0.90 to 1.00.
        assert!(part(way.followed.0) >= 0.95, "{}: tempo {}/{count}", way.name, way.followed.0);
        assert!(part(way.followed.1) >= 0.85, "{}: key {}/{count}", way.name, way.followed.1);
    }
}
