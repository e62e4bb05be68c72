//! One track's way: a file in, everything that is heard of it out.
//!
//! The file is decoded once, in blocks, and every block goes to all that need it: loudness hears all channels at the
//! native rate, the musical features hear the mean of the channels at 22.05 kHz, the networks hear it at 16 kHz, CLAP at 48 kHz. Nothing
//! here grows with the length of the track but the few bytes per second that the rooms state.

mod claps;
mod clock;
mod musical;
mod networks;

use std::path::Path;

use segue_features::{Loudness, LoudnessMeter};
use segue_media::{AudioReader, Decoder, OpenOptions, mix_down};
use segue_models::ClapEar;

pub(crate) use claps::ClapFinding;
use claps::Claps;
pub(crate) use clock::Profile;
use clock::{Clock, Part};
use musical::Musical;
pub(crate) use musical::MusicalFindings;
use networks::Hearing;
pub(crate) use networks::{How, NetworkFindings};

use crate::control::{Control, Stopped};
use crate::networks::Ears;
use crate::stages::Wanted;

/// Everything heard of one track; `None` for what was not wanted.
pub(crate) struct Heard {
    pub(crate) sample_rate: u32,
    pub(crate) channels: usize,
    pub(crate) codec: String,
    pub(crate) decoder: &'static str,
    pub(crate) damage: u32,
    pub(crate) duration_s: f64,
    pub(crate) loudness: Option<Loudness>,
    pub(crate) musical: MusicalFindings,
    pub(crate) networks: NetworkFindings,
    pub(crate) claps: Vec<ClapFinding>,
    /// Where the time went.
    pub(crate) profile: Profile,
}

/// Why a track was not heard.
#[derive(Debug)]
pub(crate) enum Deaf {
    /// The caller stopped the run: nothing is recorded, the track is still to do.
    Stopped,
    /// The track itself is at fault: recorded, with a stable word and a sentence.
    Track { reason: &'static str, detail: String },
}

impl From<Stopped> for Deaf {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

impl From<segue_media::Error> for Deaf {
    fn from(error: segue_media::Error) -> Self {
        match error {
            segue_media::Error::Cancelled => Self::Stopped,
            error => Self::Track { reason: error.kind(), detail: error.to_string() },
        }
    }
}

impl From<segue_dsp::Error> for Deaf {
    fn from(error: segue_dsp::Error) -> Self {
        Self::Track { reason: "signal", detail: error.to_string() }
    }
}

impl From<segue_features::Error> for Deaf {
    fn from(error: segue_features::Error) -> Self {
        Self::Track { reason: "signal", detail: error.to_string() }
    }
}

impl From<segue_models::Error> for Deaf {
    fn from(error: segue_models::Error) -> Self {
        Self::Track { reason: "network", detail: error.to_string() }
    }
}

/// Decodes `path` and hears what is wanted of it.
pub(crate) fn listen(
    path: &Path,
    wanted: Wanted,
    how: How,
    open: &OpenOptions,
    ears: &mut Ears,
    control: &Control,
) -> Result<Heard, Deaf> {
    // The others are lent to one listener until the end, and these to another.
    let mut towers = std::mem::take(&mut ears.claps);
    let heard = hear(path, wanted, how, open, (ears, &mut towers), control);
    ears.claps = towers;
    heard
}

fn hear(
    path: &Path,
    wanted: Wanted,
    how: How,
    open: &OpenOptions,
    (ears, towers): (&mut Ears, &mut [ClapEar]),
    control: &Control,
) -> Result<Heard, Deaf> {
    let clock = Clock::start();
    let mut reader = AudioReader::open(path, open)?;
    let (rate, channels) = (reader.sample_rate(), reader.channels());
    let mut loudness = wanted.features.then(|| LoudnessMeter::new(channels, rate)).transpose()?;
    let mut musical = wanted.musical().then(|| Musical::new(rate, wanted)).transpose()?;
    let mut hearing = wanted.networks().then(|| Hearing::new(rate, wanted, how, ears, control)).transpose()?;
    let mut claps = wanted.claps().then(|| Claps::new(rate, wanted, towers)).transpose()?;

    let mut mono = Vec::new();
    let mut frames = 0u64;
    while let Some(block) = reader.next_block()? {
        clock.lap(Part::Decoding);
        control.checkpoint()?;
        clock.skip();
        if let Some(meter) = &mut loudness {
            meter.push(block)?;
            clock.lap(Part::Loudness);
        }
        mono.clear();
        mix_down(block, channels, &mut mono);
        frames += mono.len() as u64;
        if let Some(musical) = &mut musical {
            musical.push(&mono, &clock)?;
        }
        if let Some(hearing) = &mut hearing {
            hearing.push(&mono, &clock)?;
        }
        if let Some(claps) = &mut claps {
            claps.push(&mono, towers, &clock)?;
        }
    }
    clock.lap(Part::Decoding);

    let musical = musical.map(|musical| musical.finish(&clock)).transpose()?.unwrap_or_default();
    let networks = hearing.map(|hearing| hearing.finish(&clock)).transpose()?.unwrap_or_default();
    let claps = claps.map(|claps| claps.finish(towers, &clock)).transpose()?.unwrap_or_default();
    Ok(Heard {
        sample_rate: rate,
        channels,
        codec: reader.codec().to_owned(),
        decoder: decoder_name(reader.decoder()),
        damage: reader.damage(),
        duration_s: frames as f64 / f64::from(rate),
        loudness: loudness.map(LoudnessMeter::finish).transpose()?,
        musical,
        networks,
        claps,
        profile: clock.finish(),
    })
}

/// As the store keeps it.
fn decoder_name(decoder: Decoder) -> &'static str {
    match decoder {
        Decoder::Symphonia => "symphonia",
        Decoder::Ropus => "ropus",
        Decoder::Ffmpeg => "ffmpeg",
        _ => "other",
    }
}
