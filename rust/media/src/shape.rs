//! What all decoders agree on: how a stream looks, how it is cut into blocks, and who reads it.

use crate::{Error, Result};

/// Frames after which a block is handed on; the last packet may take it beyond.
pub(crate) const BLOCK_FRAMES: usize = 4096;

const RATES: std::ops::RangeInclusive<u32> = 1_000..=768_000;
const MOST_CHANNELS: usize = 64;

/// Which of the three decoders reads a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decoder {
    /// symphonia, in this process.
    Symphonia,
    /// ropus on symphonia's packets, in this process.
    Ropus,
    /// A child process.
    Ffmpeg,
}

/// Rate and number of channels of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) rate: u32,
    pub(crate) channels: usize,
}

impl Shape {
    /// Refuses what no later stage could use.
    pub(crate) fn checked(self) -> Result<Self> {
        let Self { rate, channels } = self;
        if RATES.contains(&rate) && (1..=MOST_CHANNELS).contains(&channels) {
            return Ok(self);
        }
        Err(Error::Unsupported {
            what: format!("audio of {rate} Hz in {channels} channels"),
            hint: format!(
                "rates from {} to {} Hz and up to {MOST_CHANNELS} channels are read; convert the file",
                RATES.start(),
                RATES.end()
            ),
        })
    }
}
