//! What is heard at 16 kHz: log-mel frames are computed once, and every sampled patch is given to each network.

use segue_dsp::resample::Resampler;
use segue_models::{Aggregate, LogMel, Model, Network, PatchSampler, Patches, Summary};

use super::Deaf;
use super::clock::{Clock, Part};
use crate::control::Control;

/// The networks of one worker.
pub(crate) struct Ears {
    pub(crate) models: Vec<(Network, Box<dyn Model>)>,
}

/// One track, heard by the networks.
pub(super) struct Hearing<'a> {
    resampler: Resampler,
    resampled: Vec<f32>,
    log_mel: LogMel,
    sampler: PatchSampler,
    mind: Mind<'a>,
}

/// The networks and what they have said so far.
struct Mind<'a> {
    ears: &'a mut Ears,
    control: &'a Control,
    aggregates: Vec<Aggregate>,
    failed: Option<Deaf>,
}

impl<'a> Hearing<'a> {
    pub(super) fn new(rate: u32, patches: Patches, ears: &'a mut Ears, control: &'a Control) -> Result<Self, Deaf> {
        let aggregates = ears.models.iter().map(|_| Aggregate::new()).collect();
        Ok(Self {
            resampler: Resampler::new(rate, LogMel::SAMPLE_RATE)?,
            resampled: Vec::new(),
            log_mel: LogMel::new()?,
            sampler: PatchSampler::new(patches),
            mind: Mind { ears, control, aggregates, failed: None },
        })
    }

    pub(super) fn push(&mut self, mono: &[f32], clock: &Clock) -> Result<(), Deaf> {
        self.resampled.clear();
        self.resampler.push(mono, &mut self.resampled)?;
        clock.lap(Part::Resampling);
        let Self { resampled, log_mel, sampler, mind, .. } = self;
        log_mel.push(resampled, &mut |frame| sampler.push(frame, &mut |patch| mind.hear(patch, clock)));
        clock.lap(Part::LogMel);
        mind.check()
    }

    pub(super) fn finish(mut self, clock: &Clock) -> Result<Vec<(Network, Summary)>, Deaf> {
        self.resampled.clear();
        self.resampler.finish(&mut self.resampled)?;
        clock.lap(Part::Resampling);
        let Self { resampled, mut log_mel, mut sampler, mut mind, .. } = self;
        log_mel.push(&resampled, &mut |frame| sampler.push(frame, &mut |patch| mind.hear(patch, clock)));
        log_mel.finish(&mut |frame| sampler.push(frame, &mut |patch| mind.hear(patch, clock)));
        sampler.finish(&mut |patch| mind.hear(patch, clock));
        clock.lap(Part::LogMel);
        mind.check()?;
        let summaries = mind.ears.models.iter().zip(mind.aggregates);
        Ok(summaries
            .filter_map(|((network, _), aggregate)| aggregate.finish().map(|summary| (*network, summary)))
            .collect())
    }
}

impl Mind<'_> {
    fn hear(&mut self, patch: &[f32], clock: &Clock) {
        if self.failed.is_some() {
            return;
        }
        clock.lap(Part::LogMel);
        for ((_, model), aggregate) in self.ears.models.iter_mut().zip(&mut self.aggregates) {
            // Each run takes some ten milliseconds: looked at here, a cancel is honoured within one of them.
            if self.control.checkpoint().is_err() {
                self.failed = Some(Deaf::Stopped);
                return;
            }
            clock.skip();
            match model.run(patch) {
                Ok(output) => aggregate.push(&output),
                Err(error) => {
                    self.failed = Some(error.into());
                    return;
                }
            }
            clock.lap(Part::Networks);
        }
    }

    fn check(&mut self) -> Result<(), Deaf> {
        self.failed.take().map_or(Ok(()), Err)
    }
}
