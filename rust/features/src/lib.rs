//! Samples in, musical numbers out: tempo, key, loudness, danceability, energy.
//!
//! This room hears music and nothing else: it knows no file, no model and no library, and what it finds for a track
//! depends on that track alone. [`FeatureExtractor`] takes one channel at 22.05 kHz, [`LoudnessMeter`] all channels at
//! the file's own rate; both take blocks of any size and give the same answer however the sound is cut.
//!
//! Memory does not grow with the length of the sound: both keep a few hundred kilobytes for a song and for a day alike
//! (some windows of recent values, and sums over everything before them). The whole sound counts, however long.
//!
//! Nothing is refused for how it sounds. Silence has no tempo (0), no key (`None`), no danceability (0), no energy (0)
//! and the loudness [`loudness::FLOOR_LUFS`]; samples that are not numbers are silence.

mod danceability;
mod energy;
mod error;
mod extractor;
mod key;
pub mod loudness;
mod tempo;

pub use error::{Error, Result};
pub use extractor::{FeatureExtractor, Features};
pub use key::{Key, Scale, Tonic};
pub use loudness::{Loudness, LoudnessMeter};
pub use tempo::Tempo;

/// The version of what this room finds: raised whenever the same sound gives other numbers.
pub const VERSION: u32 = 2;
