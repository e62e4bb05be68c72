//! What is heard at 16 kHz: log-mel frames are computed once, and every sampled patch is given to each network.

use segue_dsp::resample::Resampler;
use segue_models::{
    Aggregate, Level, LogMel, Model, Network, Patch, PatchSampler, Patches, Summary, VGGISH_LEN, VggishListener,
};

use super::Deaf;
use super::clock::{Clock, Part};
use crate::control::Control;
use crate::networks::Ears;
use crate::stages::{EFFNET, Wanted};

/// How much of a track the networks hear, and at which level.
#[derive(Debug, Clone, Copy)]
pub(crate) struct How {
    pub(crate) patches: Patches,
    pub(crate) level: Level,
}

/// What the networks said of a track; `None` and empty for what was not wanted.
#[derive(Default)]
pub(crate) struct NetworkFindings {
    pub(crate) musicnn: Vec<(Network, Summary)>,
    /// Discogs-EffNet, and what its classes are called.
    pub(crate) styles: Option<(Summary, Vec<String>)>,
    /// `Some(None)`: nothing sounds.
    pub(crate) vggish: Option<Option<[f32; VGGISH_LEN]>>,
}

impl NetworkFindings {
    /// What was said, by the network's name.
    pub(crate) fn summaries(&self) -> Vec<(&str, &Summary)> {
        let musicnn = self.musicnn.iter().map(|(network, summary)| (network.name(), summary));
        musicnn.chain(self.styles.iter().map(|(summary, _)| (EFFNET, summary))).collect()
    }
}

/// One track, heard by the networks.
pub(super) struct Hearing<'a> {
    resampler: Resampler,
    resampled: Vec<f32>,
    log_mel: LogMel,
    sampler: Option<PatchSampler>,
    mind: Mind<'a>,
    vggish: Option<VggishListener>,
}

/// The networks that hear patches, and what they have said so far.
struct Mind<'a> {
    ears: &'a mut Ears,
    wanted: Wanted,
    control: &'a Control,
    aggregates: Vec<Aggregate>,
    styles: Aggregate,
    failed: Option<Deaf>,
}

impl<'a> Hearing<'a> {
    pub(super) fn new(
        rate: u32,
        wanted: Wanted,
        how: How,
        ears: &'a mut Ears,
        control: &'a Control,
    ) -> Result<Self, Deaf> {
        let aggregates = ears.musicnn.iter().map(|_| Aggregate::new()).collect();
        let vggish = ears.vggish.as_ref().filter(|_| wanted.vggish);
        Ok(Self {
            resampler: Resampler::new(rate, LogMel::SAMPLE_RATE)?,
            resampled: Vec::new(),
            log_mel: LogMel::new()?,
            sampler: (wanted.musicnn || wanted.styles).then(|| PatchSampler::new(how.patches, how.level)),
            vggish: vggish.map(segue_models::Vggish::listen).transpose()?,
            mind: Mind { ears, wanted, control, aggregates, styles: Aggregate::new(), failed: None },
        })
    }

    pub(super) fn push(&mut self, mono: &[f32], clock: &Clock) -> Result<(), Deaf> {
        self.resampled.clear();
        self.resampler.push(mono, &mut self.resampled)?;
        clock.lap(Part::Resampling);
        self.hear(clock)
    }

    pub(super) fn finish(mut self, clock: &Clock) -> Result<NetworkFindings, Deaf> {
        self.resampled.clear();
        self.resampler.finish(&mut self.resampled)?;
        clock.lap(Part::Resampling);
        self.hear(clock)?;
        let Self { mut log_mel, sampler, mut mind, vggish, .. } = self;
        if let Some(mut sampler) = sampler {
            log_mel.finish(&mut |frame| sampler.push(frame, &mut |patch| mind.hear(patch, clock)));
            sampler.finish(&mut |patch| mind.hear(patch, clock));
            clock.lap(Part::LogMel);
        }
        mind.check()?;
        let vggish = vggish.and_then(|mut listener| {
            let said =
                listener.finish().inspect_err(|problem| tracing::warn!(%problem, "vggish: the track is left out"));
            clock.lap(Part::Vggish);
            said.ok()
        });
        let Mind { ears, aggregates, styles, .. } = mind;
        let summaries = ears.musicnn.iter().zip(aggregates);
        let names = ears.styles.as_ref().map(|effnet| effnet.styles().to_vec());
        Ok(NetworkFindings {
            musicnn: summaries.filter_map(|((network, _), said)| Some((*network, said.finish()?))).collect(),
            styles: styles.finish().zip(names),
            vggish,
        })
    }

    fn hear(&mut self, clock: &Clock) -> Result<(), Deaf> {
        let Self { resampled, log_mel, sampler, mind, vggish, .. } = self;
        if let Some(sampler) = sampler {
            log_mel.push(resampled, &mut |frame| sampler.push(frame, &mut |patch| mind.hear(patch, clock)));
            clock.lap(Part::LogMel);
            mind.check()?;
        }
        if let Some(listener) = vggish {
            if let Err(problem) = listener.push(resampled) {
                tracing::warn!(%problem, "vggish: the track is left out");
                self.vggish = None;
            }
            clock.lap(Part::Vggish);
        }
        Ok(())
    }
}

impl Mind<'_> {
    fn hear(&mut self, patch: Patch<'_>, clock: &Clock) {
        if self.failed.is_none() {
            clock.lap(Part::LogMel);
            self.failed = self.try_hear(patch, clock).err();
        }
    }

    fn try_hear(&mut self, patch: Patch<'_>, clock: &Clock) -> Result<(), Deaf> {
        if self.wanted.musicnn {
            for ((_, model), aggregate) in self.ears.musicnn.iter_mut().zip(&mut self.aggregates) {
                // Each run takes some milliseconds: looked at here, a cancel is honoured within one of them.
                self.control.checkpoint()?;
                clock.skip();
                let as_is = model.run(patch.log_mel)?;
                aggregate.push(&as_is, patch.weight);
                if let Some(levelled) = patch.levelled {
                    aggregate.push_levelled(&as_is, &model.run(levelled)?, patch.weight);
                }
                clock.lap(Part::Networks);
            }
        }
        if self.wanted.styles
            && patch.weight > 0.0
            && let Some(effnet) = &mut self.ears.styles
        {
            self.control.checkpoint()?;
            clock.skip();
            match effnet.run(patch.log_mel) {
                Ok(said) => self.styles.push(&said, patch.weight),
                // What a person has added takes nothing from the rest.
                Err(problem) => tracing::warn!(%problem, "styles: a patch is left out"),
            }
            clock.lap(Part::Styles);
        }
        Ok(())
    }

    fn check(&mut self) -> Result<(), Deaf> {
        self.failed.take().map_or(Ok(()), Err)
    }
}
