//! What is heard at 22.05 kHz: one resampler feeds everything that is no network.

use segue_dsp::resample::Resampler;
use segue_features::{FeatureExtractor, Features};

use super::Deaf;
use super::clock::{Clock, Part};
use crate::stages::Wanted;

/// The listeners at 22.05 kHz that are wanted.
pub(super) struct Musical {
    resampler: Resampler,
    resampled: Vec<f32>,
    features: Option<FeatureExtractor>,
}

/// What they found.
#[derive(Default)]
pub(super) struct MusicalFindings {
    pub(super) features: Option<Features>,
}

impl Musical {
    pub(super) fn new(rate: u32, wanted: Wanted) -> Result<Self, Deaf> {
        Ok(Self {
            resampler: Resampler::new(rate, FeatureExtractor::SAMPLE_RATE)?,
            resampled: Vec::new(),
            features: wanted.features.then(FeatureExtractor::new).transpose()?,
        })
    }

    pub(super) fn push(&mut self, mono: &[f32], clock: &Clock) -> Result<(), Deaf> {
        self.resampled.clear();
        self.resampler.push(mono, &mut self.resampled)?;
        clock.lap(Part::Resampling);
        self.hear(clock);
        Ok(())
    }

    pub(super) fn finish(mut self, clock: &Clock) -> Result<MusicalFindings, Deaf> {
        self.resampled.clear();
        self.resampler.finish(&mut self.resampled)?;
        clock.lap(Part::Resampling);
        self.hear(clock);
        let features = self.features.map(FeatureExtractor::finish);
        clock.lap(Part::Features);
        Ok(MusicalFindings { features })
    }

    fn hear(&mut self, clock: &Clock) {
        if let Some(extractor) = &mut self.features {
            extractor.push(&self.resampled);
            clock.lap(Part::Features);
        }
    }
}
