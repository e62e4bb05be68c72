//! Scores of our own: `own.toml` to notes.

use std::collections::BTreeMap;

use segue_features::Scale;
use serde::Deserialize;

use crate::midi::{Note, PER_BEAT, written};
use crate::truth::{Answer, parse_key};

#[derive(Deserialize)]
struct Book {
    style: BTreeMap<String, Style>,
    score: BTreeMap<String, Setting>,
}

#[derive(Deserialize)]
struct Style {
    scale: String,
    beats: u32,
    steps: u32,
    chords: Vec<String>,
    comp: String,
    bass: String,
    melody: Vec<String>,
    #[serde(default)]
    kick: String,
    #[serde(default)]
    snare: String,
    #[serde(default)]
    hat: String,
    programs: Programs,
}

#[derive(Deserialize)]
struct Programs {
    melody: u8,
    comp: u8,
    bass: u8,
}

#[derive(Deserialize)]
struct Setting {
    style: String,
    bpm: f64,
}

const MELODY: u8 = 0;
const COMP: u8 = 1;
const BASS: u8 = 2;
const DRUMS: u8 = 9;
const KICK: u8 = 36;
const SNARE: u8 = 38;
const HAT: u8 = 42;
/// The C that degrees are counted from: the tonic lies up to eleven semitones above.
const MELODY_C: u8 = 60;
const COMP_C: u8 = 48;
const BASS_C: u8 = 36;

/// Every score: its name, its MIDI file and what is true of it.
pub(crate) fn scores(book: &str, seconds: f64) -> Vec<(String, Vec<u8>, Answer)> {
    let book: Book = toml::from_str(book).unwrap();
    let score = |(key, setting): (&String, &Setting)| {
        let style = &book.style[&setting.style];
        let (tonic, scale) = parse_key(key);
        assert_eq!(scale == Scale::Minor, style.scale == "minor", "{key}: {} is {}", setting.style, style.scale);
        let file = style.play(tonic, setting.bpm, seconds);
        (format!("{} in {key}", setting.style), file, Answer { bpm: setting.bpm, key: Some((tonic, scale)) })
    };
    book.score.iter().map(score).collect()
}

impl Style {
    fn play(&self, tonic: u8, bpm: f64, seconds: f64) -> Vec<u8> {
        let minor = self.scale == "minor";
        let bar = (self.beats * self.steps) as usize;
        let ticks = u32::from(PER_BEAT) / self.steps;
        assert_eq!(self.melody.len(), self.chords.len(), "a line of melody for every bar");
        let mut notes = Vec::new();
        let bars = (seconds * bpm / 60.0 / f64::from(self.beats)).ceil() as usize;
        // Whole turns, so that the last bar is the tonic's.
        let bars = bars.next_multiple_of(self.chords.len());
        for at in 0..bars {
            let start = (at * bar) as u32 * ticks;
            let chord = triad(&self.chords[at % self.chords.len()], minor);
            let mut line = |text: &str, channel: u8, velocity: u8, keys: &dyn Fn(char) -> Vec<u8>| {
                assert_eq!(text.len(), bar, "{text}: not a bar of {bar} steps");
                let text: Vec<char> = text.chars().collect();
                for (step, &sign) in text.iter().enumerate().filter(|(_, sign)| !"-.".contains(**sign)) {
                    let held = text[step + 1..].iter().take_while(|&&next| next == '-').count() as u32 + 1;
                    let from = start + step as u32 * ticks;
                    // The beat is stressed.
                    let velocity = velocity + if (step as u32).is_multiple_of(self.steps) { 12 } else { 0 };
                    let to = from + held * ticks - ticks / 8;
                    notes.extend(keys(sign).into_iter().map(|key| Note { channel, key, velocity, from, to }));
                }
            };
            line(&self.melody[at % self.melody.len()], MELODY, 88, &|sign| {
                vec![MELODY_C + tonic + degree(sign, minor)]
            });
            line(&self.comp, COMP, 64, &|_| chord.iter().map(|tone| COMP_C + (tonic + tone) % 12).collect());
            line(&self.bass, BASS, 84, &|sign| {
                let root = BASS_C + (tonic + chord[0]) % 12;
                vec![match sign {
                    '1' => root,
                    '3' => root + chord[1] - chord[0],
                    '5' => root + chord[2] - chord[0],
                    '8' => root + 12,
                    _ => panic!("{sign}: not a tone of a chord"),
                }]
            });
            for (drum, text) in [(KICK, &self.kick), (SNARE, &self.snare), (HAT, &self.hat)] {
                if !text.is_empty() {
                    line(text, DRUMS, 90, &|_| vec![drum]);
                }
            }
        }
        let Programs { melody, comp, bass } = self.programs;
        written(bpm, &[(MELODY, melody), (COMP, comp), (BASS, bass)], &notes)
    }
}

/// Semitones above the tonic.
fn degree(sign: char, minor: bool) -> u8 {
    let scale: [u8; 7] = if minor { [0, 2, 3, 5, 7, 8, 10] } else { [0, 2, 4, 5, 7, 9, 11] };
    match sign {
        '1'..='7' => scale[sign as usize - '1' as usize],
        'a'..='g' => 12 + scale[sign as usize - 'a' as usize],
        'L' => 11,
        _ => panic!("{sign}: not a degree"),
    }
}

/// The tones of a chord in semitones above the tonic, from its root up.
fn triad(figure: &str, minor: bool) -> Vec<u8> {
    let (roman, seventh) = figure.strip_suffix('7').map_or((figure, false), |roman| (roman, true));
    let place = ["i", "ii", "iii", "iv", "v", "vi", "vii"].iter().position(|name| *name == roman.to_lowercase());
    let root = degree(char::from(b'1' + place.unwrap() as u8), minor);
    let third = if roman.chars().all(char::is_uppercase) { 4 } else { 3 };
    let mut tones = vec![root, root + third, root + 7];
    if seventh {
        tones.push(root + 10);
    }
    tones
}
