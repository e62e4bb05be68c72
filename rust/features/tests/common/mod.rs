//! What tests and programs of this room share: real music as it is given to the features.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::panic)] // Each file uses a part of it.

use std::path::Path;

use segue_dsp::resample::Resampler;
use segue_media::{AudioReader, OpenOptions, mix_down};

/// The mean of the channels of a file at `rate` Hz, from second `start` on for `seconds`.
pub fn mono(path: &Path, rate: u32, start: f64, seconds: f64) -> Vec<f32> {
    let mut reader =
        AudioReader::open(path, &OpenOptions::default()).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut resampler = Resampler::new(reader.sample_rate(), rate).unwrap();
    let (first, last) = ((start * f64::from(rate)) as usize, ((start + seconds) * f64::from(rate)) as usize);
    let (mut block, mut signal) = (Vec::new(), Vec::new());
    let channels = reader.channels();
    while signal.len() < last {
        match reader.next_block().unwrap() {
            Some(samples) => {
                mix_down(samples, channels, &mut block);
                resampler.push(&block, &mut signal).unwrap();
            }
            None => {
                resampler.finish(&mut signal).unwrap();
                break;
            }
        }
    }
    signal.truncate(last);
    signal.drain(..first.min(signal.len()));
    signal
}
