//! Synthesises a handful of short, clearly different pieces as WAV files: something for `build.sh demo` to listen to where
//! no music can be had. It stands alone, so that `rustc` is enough to build it. Usage: `synthesise FOLDER`

use std::f32::consts::TAU;
use std::fs::{File, create_dir_all};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

const RATE: u32 = 44_100;
const CHANNELS: u16 = 2;
const SECONDS: f32 = 24.0;

/// What makes one piece unlike the others.
struct Piece {
    name: &'static str,
    /// Beats per minute.
    tempo: f32,
    /// MIDI pitches of each chord; one chord per bar, round and round.
    chords: &'static [&'static [u8]],
    beats_per_bar: usize,
    /// How the chord is played.
    playing: Playing,
    /// Level of the n-th partial is `1 / n^softness`: 1 is a saw, 3 nearly a sine.
    softness: f32,
    /// Seconds in which a note falls to a third.
    decay: f32,
    /// Level of bass drum, snare and hi-hat; 0 for none.
    drums: f32,
}

#[derive(Clone, Copy)]
enum Playing {
    /// All notes on each bar's first beat.
    Held,
    /// All notes on each beat.
    Struck,
    /// One note after the other, so many to a beat.
    Broken(usize),
}

const PIECES: [Piece; 6] = [
    Piece {
        name: "Four on the Floor",
        tempo: 126.0,
        chords: &[&[45, 57, 60, 64], &[41, 53, 57, 60], &[48, 55, 60, 64], &[43, 55, 59, 62]],
        beats_per_bar: 4,
        playing: Playing::Struck,
        softness: 1.0,
        decay: 0.15,
        drums: 0.7,
    },
    Piece {
        name: "Paper Waltz",
        tempo: 96.0,
        chords: &[&[48, 64, 67], &[43, 62, 65], &[45, 60, 64], &[43, 59, 62]],
        beats_per_bar: 3,
        playing: Playing::Struck,
        softness: 2.0,
        decay: 0.5,
        drums: 0.0,
    },
    Piece {
        name: "Harbour Fog",
        tempo: 50.0,
        chords: &[&[38, 50, 57, 62], &[38, 53, 58, 62]],
        beats_per_bar: 8,
        playing: Playing::Held,
        softness: 2.2,
        decay: 12.0,
        drums: 0.0,
    },
    Piece {
        name: "Clockwork",
        tempo: 140.0,
        chords: &[&[64, 68, 71, 76, 71, 68], &[61, 64, 68, 73, 68, 64], &[69, 73, 76, 81, 76, 73]],
        beats_per_bar: 4,
        playing: Playing::Broken(4),
        softness: 3.0,
        decay: 0.2,
        drums: 0.0,
    },
    Piece {
        name: "Basement Drums",
        tempo: 88.0,
        chords: &[&[31], &[34]],
        beats_per_bar: 4,
        playing: Playing::Broken(2),
        softness: 1.4,
        decay: 0.3,
        drums: 1.0,
    },
    Piece {
        name: "Evening Organ",
        tempo: 66.0,
        chords: &[&[41, 53, 57, 60, 65], &[46, 53, 58, 62], &[48, 52, 55, 60], &[41, 53, 57, 65]],
        beats_per_bar: 4,
        playing: Playing::Held,
        softness: 1.5,
        decay: 6.0,
        drums: 0.0,
    },
];

fn main() -> io::Result<()> {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        return Err(io::Error::other("usage: synthesise FOLDER"));
    };
    create_dir_all(&folder)?;
    for piece in &PIECES {
        write_wav(&folder.join(format!("{}.wav", piece.name)), &render(piece))?;
    }
    Ok(())
}

/// One channel's samples; the other is the same a little later.
fn render(piece: &Piece) -> Vec<f32> {
    let mut samples = vec![0.0; (SECONDS * RATE as f32) as usize];
    let beat = 60.0 / piece.tempo;
    for index in 0..(SECONDS / beat) as usize {
        let start = index as f32 * beat;
        let chord = piece.chords[index / piece.beats_per_bar % piece.chords.len()];
        let first = index % piece.beats_per_bar == 0;
        match piece.playing {
            Playing::Held if !first => {}
            Playing::Held | Playing::Struck => {
                for &pitch in chord {
                    note(&mut samples, start, pitch, piece);
                }
            }
            Playing::Broken(per_beat) => {
                for step in 0..per_beat {
                    let pitch = chord[(index * per_beat + step) % chord.len()];
                    note(&mut samples, start + beat * step as f32 / per_beat as f32, pitch, piece);
                }
            }
        }
        if piece.drums > 0.0 {
            drums(&mut samples, start, beat, index, piece.drums);
        }
    }
    let peak = samples.iter().fold(f32::MIN_POSITIVE, |peak, sample| peak.max(sample.abs()));
    samples.iter_mut().for_each(|sample| *sample *= 0.7 / peak);
    samples
}

/// Adds a note of some partials, each a phasor turned from sample to sample.
fn note(samples: &mut [f32], start: f32, pitch: u8, piece: &Piece) {
    let frequency = 440.0 * ((f32::from(pitch) - 69.0) / 12.0).exp2();
    let partials = ((9_000.0 / frequency) as usize).clamp(1, 12);
    for n in 1..=partials {
        let level = 0.1 / (n as f32).powf(piece.softness);
        let (turn_sin, turn_cos) = (TAU * frequency * n as f32 / RATE as f32).sin_cos();
        let fall = (-1.0 / (piece.decay * RATE as f32)).exp();
        let (mut sin, mut cos) = (0.0, level);
        for (time, sample) in from(samples, start).take_while(|(time, _)| *time < piece.decay * 4.0) {
            *sample += sin * (time * 100.0).min(1.0);
            (sin, cos) = (fall * (sin * turn_cos + cos * turn_sin), fall * (cos * turn_cos - sin * turn_sin));
        }
    }
}

/// Adds one beat of bass drum, snare on the even beats, and two strokes of the hi-hat.
fn drums(samples: &mut [f32], start: f32, beat: f32, index: usize, level: f32) {
    for (time, sample) in from(samples, start).take_while(|(time, _)| *time < 0.4) {
        let sweep = 50.0 * time + 4.0 * (1.0 - (-time * 40.0).exp());
        *sample += level * (-time * 12.0).exp() * (TAU * sweep).sin();
    }
    let mut noise = Noise(0x2545_f491 + index as u32);
    if index % 2 == 1 {
        for (time, sample) in from(samples, start).take_while(|(time, _)| *time < 0.25) {
            *sample += 0.5 * level * (-time * 20.0).exp() * noise.next();
        }
    }
    for stroke in [0.0, beat / 2.0] {
        let mut before = 0.0;
        for (time, sample) in from(samples, start + stroke).take_while(|(time, _)| *time < 0.05) {
            let now = noise.next();
            *sample += 0.2 * level * (-time * 90.0).exp() * (now - before);
            before = now;
        }
    }
}

/// The samples from a time on, each with the seconds since then.
fn from(samples: &mut [f32], start: f32) -> impl Iterator<Item = (f32, &mut f32)> {
    samples.iter_mut().skip((start * RATE as f32) as usize).enumerate().map(|(i, s)| (i as f32 / RATE as f32, s))
}

/// White noise that is the same in every run (xorshift).
struct Noise(u32);

impl Noise {
    fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as f32 / u32::MAX as f32 * 2.0 - 1.0
    }
}

/// 16-bit stereo; the right channel comes 0.3 ms after the left.
fn write_wav(path: &Path, samples: &[f32]) -> io::Result<()> {
    const DELAY: usize = 13;
    let data_bytes = samples.len() as u32 * u32::from(CHANNELS) * 2;
    let mut file = BufWriter::new(File::create(path)?);
    file.write_all(b"RIFF")?;
    file.write_all(&(36 + data_bytes).to_le_bytes())?;
    file.write_all(b"WAVEfmt ")?;
    file.write_all(&16u32.to_le_bytes())?;
    file.write_all(&1u16.to_le_bytes())?;
    file.write_all(&CHANNELS.to_le_bytes())?;
    file.write_all(&RATE.to_le_bytes())?;
    file.write_all(&(RATE * u32::from(CHANNELS) * 2).to_le_bytes())?;
    file.write_all(&(CHANNELS * 2).to_le_bytes())?;
    file.write_all(&16u16.to_le_bytes())?;
    file.write_all(b"data")?;
    file.write_all(&data_bytes.to_le_bytes())?;
    for (index, left) in samples.iter().enumerate() {
        let right = index.checked_sub(DELAY).map_or(0.0, |earlier| samples[earlier]);
        for sample in [*left, right] {
            file.write_all(&((sample * 32_767.0) as i16).to_le_bytes())?;
        }
    }
    file.flush()
}
