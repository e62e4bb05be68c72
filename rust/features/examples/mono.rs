//! Writes parts of music files as the features hear them: one channel at 22.05 kHz, raw 32-bit floats.
//!
//! `cargo run --release -p segue-features --example mono < LIST`, a line per part: input, start and length in seconds,
//! output, with tabs between. `tests/golden/make.py` asks for its excerpts so: librosa and the tests of this room then
//! hear the same samples.
#![allow(clippy::unwrap_used)] // A program for people.

#[path = "../tests/common/mod.rs"]
mod common;

use std::io::BufRead;
use std::path::Path;

use segue_features::FeatureExtractor;

fn main() -> std::io::Result<()> {
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let [input, start, seconds, output] = line.split('\t').collect::<Vec<_>>()[..] else { continue };
        let signal = common::mono(
            Path::new(input),
            FeatureExtractor::SAMPLE_RATE,
            start.parse().unwrap(),
            seconds.parse().unwrap(),
        );
        std::fs::write(output, signal.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>())?;
    }
    Ok(())
}
