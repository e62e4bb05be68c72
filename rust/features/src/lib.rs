//! Samples in, musical numbers out: tempo, key, loudness, danceability, energy; the 95 classical features; how a track
//! begins and ends; a fingerprint.
//!
//! This room hears music and nothing else: it knows no file, no model and no library, and what it finds for a track
//! depends on that track alone. [`LoudnessMeter`] takes all channels at the file's own rate; [`FeatureExtractor`],
//! [`ClassicalExtractor`], [`EdgeExtractor`] and [`FingerprintExtractor`] take one channel at 22.05 kHz. All take blocks of
//! any size and give the same answer however the sound is cut.
//!
//! Memory does not grow with the length of the sound, or by what the page of the part states: windows of recent values,
//! and sums over everything before them. The whole sound counts, however long.
//!
//! [`FingerprintExtractor`] (what identifies the recording) and [`EdgeExtractor`] (what its beginning and end sound like)
//! take the same blocks as [`FeatureExtractor`] and hear only part of them; at most 0.4 and 2.9 MB are kept for them.
//!
//! Nothing is refused for how it sounds. Silence has no tempo (0), no key (`None`), no danceability (0), no energy (0)
//! and the loudness [`loudness::FLOOR_LUFS`]; samples that are not numbers are silence.

pub mod classical;
mod danceability;
mod edges;
mod energy;
mod error;
mod extractor;
mod fingerprint;
mod key;
pub mod loudness;
mod tempo;

pub use classical::{CLASSICAL_LEN, Classical, ClassicalExtractor, classical_names};
pub use edges::{EDGE_DIMENSIONS, EDGE_NAMES, EdgeExtractor, Edges};
pub use error::{Error, Result};
pub use extractor::{FeatureExtractor, Features};
pub use fingerprint::{Fingerprint, FingerprintExtractor};
pub use key::{Key, Scale, Tonic};
pub use loudness::{Loudness, LoudnessMeter};
pub use tempo::Tempo;

/// The version of [`Features`] and [`Loudness`]: raised whenever the same sound gives other numbers. The others have
/// versions of their own, so that a change of one does not make all music be heard again for the rest.
pub const VERSION: u32 = 2;
/// The version of [`Classical`].
pub const CLASSICAL_VERSION: u32 = 1;
/// The version of [`Edges`].
pub const EDGES_VERSION: u32 = 1;
/// The version of [`Fingerprint`].
pub const FINGERPRINT_VERSION: u32 = 1;
