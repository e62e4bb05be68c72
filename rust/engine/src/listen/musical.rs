//! What is heard at 22.05 kHz: one resampler feeds everything that is no network.

use segue_dsp::resample::Resampler;
use segue_features::{
    Classical, ClassicalExtractor, EdgeExtractor, Edges, FeatureExtractor, Features, Fingerprint, FingerprintExtractor,
};

use super::Deaf;
use super::clock::{Clock, Part};
use crate::stages::Wanted;

/// The listeners at 22.05 kHz that are wanted.
pub(super) struct Musical {
    resampler: Resampler,
    resampled: Vec<f32>,
    features: Option<FeatureExtractor>,
    classical: Option<ClassicalExtractor>,
    edges: Option<EdgeExtractor>,
    fingerprint: Option<FingerprintExtractor>,
}

/// What they found; `None` for what was not wanted.
#[derive(Default)]
pub(crate) struct MusicalFindings {
    pub(crate) features: Option<Features>,
    pub(crate) classical: Option<Classical>,
    /// `Some(None)`: nothing sounds.
    pub(crate) edges: Option<Option<Edges>>,
    pub(crate) fingerprint: Option<Fingerprint>,
}

impl Musical {
    pub(super) fn new(rate: u32, wanted: Wanted) -> Result<Self, Deaf> {
        Ok(Self {
            resampler: Resampler::new(rate, FeatureExtractor::SAMPLE_RATE)?,
            resampled: Vec::new(),
            features: wanted.features.then(FeatureExtractor::new).transpose()?,
            classical: wanted.classical.then(ClassicalExtractor::new).transpose()?,
            edges: wanted.edges.then(EdgeExtractor::new).transpose()?,
            fingerprint: wanted.fingerprint.then(FingerprintExtractor::new).transpose()?,
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
        let classical = self.classical.map(ClassicalExtractor::finish);
        clock.lap(Part::Classical);
        let edges = self.edges.map(EdgeExtractor::finish);
        clock.lap(Part::Edges);
        let fingerprint = self.fingerprint.map(FingerprintExtractor::finish);
        clock.lap(Part::Fingerprint);
        Ok(MusicalFindings { features, classical, edges, fingerprint })
    }

    fn hear(&mut self, clock: &Clock) {
        let Self { resampled, features, classical, edges, fingerprint, .. } = self;
        if let Some(extractor) = features {
            extractor.push(resampled);
            clock.lap(Part::Features);
        }
        if let Some(extractor) = classical {
            extractor.push(resampled);
            clock.lap(Part::Classical);
        }
        if let Some(extractor) = edges {
            extractor.push(resampled);
            clock.lap(Part::Edges);
        }
        if let Some(extractor) = fingerprint {
            extractor.push(resampled);
            clock.lap(Part::Fingerprint);
        }
    }
}
