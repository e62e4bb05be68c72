//! What the tests of this room share.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::f64::consts::TAU;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use segue_media::{AudioReader, OpenOptions, Result};

/// A file of tests/fixtures/audio at the repository root; make.sh there made it.
pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/audio").join(name)
}

/// What a whole file decodes to.
pub(crate) struct Decoded {
    pub(crate) rate: u32,
    pub(crate) channels: usize,
    pub(crate) codec: String,
    pub(crate) decoder: segue_media::Decoder,
    pub(crate) damage: u32,
    pub(crate) samples: Vec<f32>,
}

/// Without the samples, which would bury a report.
impl std::fmt::Debug for Decoded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { rate, channels, codec, damage, .. } = self;
        write!(f, "{} frames of {codec}, {rate} Hz, {channels} channels, damage {damage}", self.frames())
    }
}

impl Decoded {
    pub(crate) fn frames(&self) -> usize {
        self.samples.len() / self.channels
    }

    pub(crate) fn channel(&self, index: usize) -> Vec<f32> {
        self.samples.iter().copied().skip(index).step_by(self.channels).collect()
    }
}

pub(crate) fn decode_with(path: &Path, options: &OpenOptions) -> Result<Decoded> {
    let mut reader = AudioReader::open(path, options)?;
    let mut samples = Vec::new();
    while let Some(block) = reader.next_block()? {
        assert!(!block.is_empty(), "a block has samples");
        samples.extend_from_slice(block);
    }
    assert!(reader.next_block()?.is_none(), "the end stays the end");
    assert_eq!(samples.len() % reader.channels(), 0, "whole frames");
    assert!(samples.iter().all(|sample| sample.is_finite()));
    Ok(Decoded {
        rate: reader.sample_rate(),
        channels: reader.channels(),
        codec: reader.codec().to_owned(),
        decoder: reader.decoder(),
        damage: reader.damage(),
        samples,
    })
}

/// Decodes with the built-in decoders alone.
pub(crate) fn decode(path: &Path) -> Result<Decoded> {
    decode_with(path, &OpenOptions::default())
}

/// An ffmpeg on this machine.
pub(crate) fn ffmpeg() -> Option<PathBuf> {
    static FOUND: OnceLock<bool> = OnceLock::new();
    let found = *FOUND.get_or_init(|| {
        let status = Command::new("ffmpeg").arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    });
    found.then(|| PathBuf::from("ffmpeg"))
}

/// Options with ffmpeg, or a printed line and `None`.
pub(crate) fn with_ffmpeg(test: &str) -> Option<OpenOptions> {
    let found = ffmpeg();
    if found.is_none() {
        println!("skipped: {test} needs ffmpeg on the path");
    }
    found.map(|program| OpenOptions { ffmpeg: Some(program), ..OpenOptions::default() })
}

/// Runs ffmpeg with these words, split at spaces, where `{0}`, `{1}`, … stand for the paths. False where it fails.
pub(crate) fn try_ffmpeg(words: &str, paths: &[&Path]) -> bool {
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-v", "error", "-y"]).stderr(Stdio::null());
    for word in words.split(' ') {
        let index = word
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
            .and_then(|index| index.parse::<usize>().ok());
        match index {
            Some(index) => command.arg(paths[index]),
            None => command.arg(word),
        };
    }
    command.status().unwrap().success()
}

/// As [`try_ffmpeg`], where it must not fail.
pub(crate) fn run_ffmpeg(words: &str, paths: &[&Path]) {
    assert!(try_ffmpeg(words, paths), "ffmpeg {words}");
}

/// The signal of all fixtures: a sweep in even channels, a tone in odd ones.
pub(crate) fn tone(channel: usize, rate: u32, frame: i64) -> f64 {
    let t = frame as f64 / f64::from(rate);
    match channel % 2 {
        0 => 0.3 * (TAU * (200.0 * t + 800.0 * t * t)).sin(),
        _ => 0.2 * (TAU * 660.0 * t).sin(),
    }
}

/// How well a decoded channel matches the signal when it begins `lag` frames early: 1 is a perfect match. Both ends are
/// left out, where codecs ring and SBR and resamplers settle.
pub(crate) fn likeness(decoded: &[f32], channel: usize, rate: u32, lag: i64) -> f64 {
    let margin = decoded.len() / 8;
    let (mut product, mut own, mut wanted) = (0.0, 0.0, 0.0);
    for (frame, &sample) in decoded.iter().enumerate().take(decoded.len() - margin).skip(margin) {
        let (x, y) = (f64::from(sample), tone(channel, rate, frame as i64 + lag));
        (product, own, wanted) = (product + x * y, own + x * x, wanted + y * y);
    }
    product / (own * wanted).sqrt().max(f64::MIN_POSITIVE)
}

/// The lag at which a sweep channel matches best, within a few milliseconds.
pub(crate) fn best_lag(decoded: &[f32], rate: u32) -> i64 {
    let at = |lag: &i64| likeness(decoded, 0, rate, *lag);
    (-200..=200).max_by(|a, b| at(a).total_cmp(&at(b))).unwrap()
}

/// Writes a WAV file. `tag` 1 is integers, 3 is floats.
pub(crate) fn write_wav(path: &Path, tag: u16, rate: u32, channels: u16, bits: u16, data: &[u8]) {
    let frame = channels * bits / 8;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + data.len() as u32).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\x00\x00\x00");
    bytes.extend(tag.to_le_bytes());
    bytes.extend(channels.to_le_bytes());
    bytes.extend(rate.to_le_bytes());
    bytes.extend((rate * u32::from(frame)).to_le_bytes());
    bytes.extend(frame.to_le_bytes());
    bytes.extend(bits.to_le_bytes());
    bytes.extend(b"data");
    bytes.extend((data.len() as u32).to_le_bytes());
    bytes.extend(data);
    std::fs::write(path, bytes).unwrap();
}

/// A seeded source of bytes (xorshift64*), the same on every machine.
pub(crate) struct Noise(pub(crate) u64);

impl Noise {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| (self.next() >> 56) as u8).collect()
    }
}
