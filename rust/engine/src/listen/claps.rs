//! What is heard at 48 kHz: the audio towers of CLAP.

use segue_dsp::resample::Resampler;
use segue_models::{CLAP_LEN, Clap, ClapEar, ClapListener};

use super::Deaf;
use super::clock::{Clock, Part};
use crate::stages::Wanted;

/// What an audio tower said of a track; `None`: nothing sounds.
pub(crate) type ClapFinding = (Clap, Option<[f32; CLAP_LEN]>);

/// One track, heard by the audio towers that are wanted. The networks themselves stay with the worker and are lent to each call.
pub(super) struct Claps {
    resampler: Resampler,
    resampled: Vec<f32>,
    listeners: Vec<(Clap, ClapListener)>,
}

impl Claps {
    pub(super) fn new(rate: u32, wanted: Wanted, ears: &[ClapEar]) -> Result<Self, Deaf> {
        let listener = |ear: &ClapEar| Ok((ear.clap(), ClapListener::new(ear.clap())?));
        let wanted = ears.iter().filter(|ear| wanted.clap_of(ear.clap()));
        Ok(Self {
            resampler: Resampler::new(rate, ClapListener::SAMPLE_RATE)?,
            resampled: Vec::new(),
            listeners: wanted.map(listener).collect::<Result<_, segue_models::Error>>()?,
        })
    }

    pub(super) fn push(&mut self, mono: &[f32], ears: &mut [ClapEar], clock: &Clock) -> Result<(), Deaf> {
        self.resampled.clear();
        self.resampler.push(mono, &mut self.resampled)?;
        clock.lap(Part::Resampling);
        self.hear(ears, clock);
        Ok(())
    }

    pub(super) fn finish(mut self, ears: &mut [ClapEar], clock: &Clock) -> Result<Vec<ClapFinding>, Deaf> {
        self.resampled.clear();
        self.resampler.finish(&mut self.resampled)?;
        clock.lap(Part::Resampling);
        self.hear(ears, clock);
        let mut findings = Vec::new();
        for (clap, mut listener) in self.listeners {
            let Some(ear) = ears.iter_mut().find(|ear| ear.clap() == clap) else { continue };
            match listener.finish(ear) {
                Ok(said) => findings.push((clap, said)),
                Err(problem) => left_out(clap, &problem),
            }
            clock.lap(Part::Clap);
        }
        Ok(findings)
    }

    /// What a person has added takes nothing from the rest: a tower that fails has not heard the track.
    fn hear(&mut self, ears: &mut [ClapEar], clock: &Clock) {
        let Self { resampled, listeners, .. } = self;
        listeners.retain_mut(|(clap, listener)| {
            let Some(ear) = ears.iter_mut().find(|ear| ear.clap() == *clap) else { return false };
            let heard = listener.push(ear, resampled);
            clock.lap(Part::Clap);
            heard.inspect_err(|problem| left_out(*clap, problem)).is_ok()
        });
    }
}

fn left_out(clap: Clap, problem: &segue_models::Error) {
    tracing::warn!(%problem, clap = clap.name(), "the track is left out");
}
