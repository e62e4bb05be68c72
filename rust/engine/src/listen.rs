//! One track's way: a file in, everything that is heard of it out.
//!
//! The file is decoded once, in blocks, and every block goes to all that need it: loudness hears all channels at the
//! native rate, the features hear the mean of the channels at 22.05 kHz, the networks hear it at 16 kHz. Nothing here
//! grows with the length of the track but the few bytes per second that the rooms state.

use std::path::Path;

use segue_dsp::resample::Resampler;
use segue_features::{FeatureExtractor, Features, Loudness, LoudnessMeter};
use segue_media::{AudioReader, Decoder, OpenOptions, mix_down};
use segue_models::{Aggregate, LogMel, Model, Network, PatchSampler, Patches, Summary};

use crate::control::{Control, Stopped};

/// Which results are wanted of a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Loudness, tempo, key and the other numbers.
    pub(crate) features: bool,
    /// What the networks say.
    pub(crate) networks: bool,
}

/// Everything heard of one track; `None` for what was not wanted.
pub(crate) struct Heard {
    pub(crate) sample_rate: u32,
    pub(crate) channels: usize,
    pub(crate) codec: String,
    pub(crate) decoder: &'static str,
    pub(crate) damage: u32,
    pub(crate) duration_s: f64,
    pub(crate) loudness: Option<Loudness>,
    pub(crate) features: Option<Features>,
    pub(crate) networks: Vec<(Network, Summary)>,
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

/// The networks of one worker.
pub(crate) struct Ears {
    pub(crate) models: Vec<(Network, Box<dyn Model>)>,
}

/// The networks' part: log-mel frames are computed once and every sampled patch is given to each network.
struct Hearing<'a> {
    ears: &'a mut Ears,
    control: &'a Control,
    aggregates: Vec<Aggregate>,
    failed: Option<Deaf>,
}

impl Hearing<'_> {
    fn hear(&mut self, patch: &[f32]) {
        if self.failed.is_some() {
            return;
        }
        for ((_, model), aggregate) in self.ears.models.iter_mut().zip(&mut self.aggregates) {
            // Each run takes some ten milliseconds: looked at here, a cancel is honoured within one of them.
            if let Err(Stopped) = self.control.checkpoint() {
                self.failed = Some(Deaf::Stopped);
                return;
            }
            match model.run(patch) {
                Ok(output) => aggregate.push(&output),
                Err(error) => {
                    self.failed = Some(error.into());
                    return;
                }
            }
        }
    }

    fn check(&mut self) -> Result<(), Deaf> {
        self.failed.take().map_or(Ok(()), Err)
    }
}

/// Decodes `path` and hears what is wanted of it.
pub(crate) fn listen(
    path: &Path,
    wanted: Wanted,
    patches: Patches,
    open: &OpenOptions,
    ears: &mut Ears,
    control: &Control,
) -> Result<Heard, Deaf> {
    let mut reader = AudioReader::open(path, open)?;
    let (rate, channels) = (reader.sample_rate(), reader.channels());

    let mut loudness = wanted.features.then(|| LoudnessMeter::new(channels, rate)).transpose()?;
    let mut features = wanted
        .features
        .then(|| Ok::<_, Deaf>((Resampler::new(rate, FeatureExtractor::SAMPLE_RATE)?, FeatureExtractor::new()?)))
        .transpose()?;
    let mut networks = wanted
        .networks
        .then(|| {
            Ok::<_, Deaf>((Resampler::new(rate, LogMel::SAMPLE_RATE)?, LogMel::new()?, PatchSampler::new(patches)))
        })
        .transpose()?;
    let aggregates = ears.models.iter().map(|_| Aggregate::new()).collect();
    let mut hearing = Hearing { ears, control, aggregates, failed: None };

    let mut mono = Vec::new();
    let mut resampled = Vec::new();
    let mut frames = 0u64;
    while let Some(block) = reader.next_block()? {
        control.checkpoint()?;
        if let Some(meter) = &mut loudness {
            meter.push(block)?;
        }
        mono.clear();
        mix_down(block, channels, &mut mono);
        frames += mono.len() as u64;
        if let Some((resampler, extractor)) = &mut features {
            resampled.clear();
            resampler.push(&mono, &mut resampled)?;
            extractor.push(&resampled);
        }
        if let Some((resampler, log_mel, sampler)) = &mut networks {
            resampled.clear();
            resampler.push(&mono, &mut resampled)?;
            log_mel.push(&resampled, &mut |frame| sampler.push(frame, &mut |patch| hearing.hear(patch)));
            hearing.check()?;
        }
    }

    let features = match features {
        Some((mut resampler, mut extractor)) => {
            resampled.clear();
            resampler.finish(&mut resampled)?;
            extractor.push(&resampled);
            Some(extractor.finish())
        }
        None => None,
    };
    if let Some((resampler, log_mel, sampler)) = &mut networks {
        resampled.clear();
        resampler.finish(&mut resampled)?;
        log_mel.push(&resampled, &mut |frame| sampler.push(frame, &mut |patch| hearing.hear(patch)));
        log_mel.finish(&mut |frame| sampler.push(frame, &mut |patch| hearing.hear(patch)));
        sampler.finish(&mut |patch| hearing.hear(patch));
        hearing.check()?;
    }

    let Hearing { ears, aggregates, .. } = hearing;
    let networks = ears
        .models
        .iter()
        .zip(aggregates)
        .filter_map(|((network, _), aggregate)| aggregate.finish().map(|summary| (*network, summary)))
        .collect();
    Ok(Heard {
        sample_rate: rate,
        channels,
        codec: reader.codec().to_owned(),
        decoder: decoder_name(reader.decoder()),
        damage: reader.damage(),
        duration_s: frames as f64 / f64::from(rate),
        loudness: loudness.map(LoudnessMeter::finish).transpose()?,
        features,
        networks,
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
