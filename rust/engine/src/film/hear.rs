//! The sound of a film: windows of it, which of them are music, and what the networks say of those.

use std::path::Path;
use std::time::{Duration, Instant};

use segue_dsp::resample::Resampler;
use segue_features::{FeatureExtractor, Features, LoudnessMeter, Scale};
use segue_film::{RATE, SEGMENT, Segment, SoundShares};
use segue_media::{OpenOptions, Sound, mix_down, sound};
use segue_models::{Aggregate, Level, LogMel, Model, MoodEvidence, Moods, Network, PatchSampler, Patches};

use super::desk::Desk;
use super::types::{FilmMeasures, FilmStep};
use crate::{Error, Result};

/// Windows at most, each of them so long; of a film up to ten minutes all of it.
const WINDOWS: usize = 40;
const WINDOW: Duration = Duration::from_secs(15);
/// Time for one window, and for all: what was heard until then counts.
const ONE_WINDOW: Duration = Duration::from_secs(20);
const ALL_WINDOWS: Duration = Duration::from_secs(60);
/// Windows in a row that fail or are empty before the rest is left alone.
const FAILURES: usize = 3;
/// A segment that is speech less likely than this is music.
const MUSIC: f32 = 0.5;
/// Patches that each network hears.
const PATCHES: usize = 24;
/// Windows of music whose tempo and energy are found.
const FEATURED: usize = 12;
/// Tempos less sure than this do not count.
const SURE_TEMPO: f32 = 0.3;

/// The networks that hear its music.
pub(super) type Ears = Vec<(Network, Box<dyn Model>)>;

/// Listens to the first audio stream and writes down what it finds. `ears` is asked for the networks once there is music to hear.
///
/// # Errors
/// [`Error::Cancelled`]; when a network fails. A file without sound, or with a broken one, leaves the numbers unknown.
pub(super) fn film(
    path: &Path,
    ears: &mut dyn FnMut() -> Ears,
    open: &OpenOptions,
    desk: &Desk,
    measures: &mut FilmMeasures,
) -> Result<()> {
    let begun = Instant::now();
    let options = OpenOptions { time_limit: ONE_WINDOW, ..open.clone() };
    let mut heard = Heard::new(path)?;
    let places = places(measures.duration_s);
    let mut failures = 0;
    for (done, at) in places.iter().enumerate() {
        desk.check()?;
        desk.tell(FilmStep::Listening, 0.8 * done as f32 / places.len() as f32);
        match sound(path, Duration::try_from_secs_f64(*at).unwrap_or_default(), WINDOW, &options) {
            Ok(Some(window)) => {
                failures = 0;
                heard.window(&window)?;
            }
            Ok(None) => failures += 1,
            Err(error) => {
                failures += 1;
                tracing::debug!(%error, "a window of sound is left out");
            }
        }
        if failures >= FAILURES || begun.elapsed() > ALL_WINDOWS {
            break;
        }
    }
    desk.check()?;
    heard.finish(ears, desk, measures)
}

/// Where windows begin, in seconds.
fn places(duration_s: f64) -> Vec<f64> {
    let window = WINDOW.as_secs_f64();
    let apart = if duration_s.is_finite() { (duration_s / WINDOWS as f64).max(window) } else { window };
    let shift = (apart - window) / 2.0;
    let last = if duration_s.is_finite() { duration_s } else { f64::INFINITY };
    (0..WINDOWS).map(|at| shift + at as f64 * apart).take_while(|at| *at < last).collect()
}

/// What was heard so far.
struct Heard {
    /// With the rate and channels that it measures: those of the first window.
    loudness: Option<(u32, usize, LoudnessMeter)>,
    shares: SoundShares,
    log_mel: LogMel,
    sampler: PatchSampler,
    features: Vec<Features>,
    /// Segments that are music.
    musical: u32,
}

impl Heard {
    fn new(path: &Path) -> Result<Self> {
        Ok(Self {
            loudness: None,
            shares: SoundShares::default(),
            log_mel: LogMel::new().map_err(|error| broken(path, &error))?,
            sampler: PatchSampler::new(Patches::Count(PATCHES), Level::AsIs),
            features: Vec::new(),
            musical: 0,
        })
    }

    fn window(&mut self, window: &Sound) -> Result<()> {
        if self.loudness.is_none() {
            let meter = LoudnessMeter::new(window.channels, window.rate);
            self.loudness = meter.ok().map(|meter| (window.rate, window.channels, meter));
        }
        if let Some((rate, channels, meter)) = &mut self.loudness
            && (*rate, *channels) == (window.rate, window.channels)
        {
            // Whole frames: that is what windows are made of.
            let _ = meter.push(&window.samples);
        }
        let mut mono = Vec::new();
        mix_down(&window.samples, window.channels, &mut mono);
        let Some(speaking) = resampled(&mono, window.rate, RATE) else { return Ok(()) };
        let (mut musical, mut segments) = (0, 0);
        for samples in speaking.chunks(SEGMENT) {
            let Some(segment) = Segment::of(samples) else { continue };
            segments += 1;
            self.shares.push(&segment, 1.0);
            if segment.sounds() && segment.speech < MUSIC {
                musical += 1;
                let sampler = &mut self.sampler;
                // Patches are handed out at the end: none is ready here.
                self.log_mel.push(samples, &mut |frame| sampler.push(frame, &mut |_| {}));
            }
        }
        self.musical += musical;
        if 2 * musical > segments && self.features.len() < FEATURED {
            self.features.extend(features(&mono, window.rate));
        }
        Ok(())
    }

    fn finish(self, ears: &mut dyn FnMut() -> Ears, desk: &Desk, measures: &mut FilmMeasures) -> Result<()> {
        let Self { loudness, shares, mut log_mel, mut sampler, features, musical } = self;
        if let Some(loudness) = loudness.and_then(|(_, _, meter)| meter.finish().ok()) {
            measures.loudness_lufs = loudness.integrated_lufs;
            measures.loudness_range_lu = loudness.range_lu;
        }
        let Some((music, speech)) = shares.shares() else { return Ok(()) };
        (measures.music_share, measures.speech_share) = (music, speech);
        measures.bpm = tempo(&features);
        if musical == 0 {
            return Ok(());
        }
        let mut ears = ears();

        let mut aggregates: Vec<Aggregate> = ears.iter().map(|_| Aggregate::new()).collect();
        let mut failed = None;
        let mut done = 0;
        let mut hear = |log_mel: &[f32], weight: f64| -> Result<()> {
            for ((_, network), aggregate) in ears.iter_mut().zip(&mut aggregates) {
                desk.check()?;
                aggregate.push(&network.run(log_mel)?, weight);
            }
            done += 1;
            desk.tell(FilmStep::Listening, 0.8 + 0.2 * done as f32 / PATCHES as f32);
            Ok(())
        };
        let mut take = |patch: segue_models::Patch<'_>| {
            if failed.is_none() {
                failed = hear(patch.log_mel, patch.weight).err();
            }
        };
        log_mel.finish(&mut |frame| sampler.push(frame, &mut take));
        sampler.finish(&mut take);
        if let Some(error) = failed {
            return Err(error);
        }
        let tags = |wanted: Network, aggregates: &mut Vec<(Network, Aggregate)>| {
            let at = aggregates.iter().position(|(network, _)| *network == wanted)?;
            aggregates.swap_remove(at).1.finish().map(|summary| summary.tags)
        };
        let mut aggregates: Vec<(Network, Aggregate)> =
            ears.iter().map(|(network, _)| *network).zip(aggregates).collect();
        let said = (tags(Network::Msd, &mut aggregates), tags(Network::Mtt, &mut aggregates));
        if let (Some(msd), Some(mtt)) = said {
            let mean = |of: fn(&Features) -> f32| features.iter().map(of).sum::<f32>() / features.len() as f32;
            let minors = features.iter().filter_map(|features| features.key.as_ref());
            let (minor, all) =
                minors.fold((0, 0), |(minor, all), key| (minor + i32::from(key.scale == Scale::Minor), all + 1));
            let moods = Moods::of(&MoodEvidence {
                msd: &msd,
                mtt: &mtt,
                energy: mean(|features| features.energy),
                danceability: mean(|features| features.danceability),
                minor: (all > 0).then_some(2 * minor > all),
            });
            if let Some(moods) = moods {
                (measures.arousal, measures.valence) = (moods.arousal, moods.valence);
            }
        }
        Ok(())
    }
}

/// Samples at another rate; `None` where there is no way between the two.
fn resampled(mono: &[f32], from: u32, to: u32) -> Option<Vec<f32>> {
    let mut resampler = Resampler::new(from, to).ok()?;
    let mut samples = Vec::new();
    resampler.push(mono, &mut samples).ok()?;
    resampler.finish(&mut samples).ok()?;
    Some(samples)
}

fn features(mono: &[f32], rate: u32) -> Option<Features> {
    let samples = resampled(mono, rate, FeatureExtractor::SAMPLE_RATE)?;
    let mut extractor = FeatureExtractor::new().ok()?;
    extractor.push(&samples);
    Some(extractor.finish())
}

/// The tempo in the middle, by how sure each is.
fn tempo(features: &[Features]) -> f32 {
    let sure = features.iter().map(|features| &features.tempo);
    let mut sure: Vec<(f32, f32)> = sure
        .filter(|tempo| tempo.confidence >= SURE_TEMPO && tempo.bpm > 0.0)
        .map(|tempo| (tempo.bpm, tempo.confidence))
        .collect();
    sure.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = sure.iter().map(|(_, confidence)| confidence).sum::<f32>() / 2.0;
    let mut sum = 0.0;
    let middle = sure.iter().find(|(_, confidence)| {
        sum += confidence;
        sum >= half
    });
    middle.map_or(f32::NAN, |(bpm, _)| *bpm)
}

fn broken(path: &Path, error: &segue_models::Error) -> Error {
    Error::InvalidArgument(format!("the sound of {} cannot be heard: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_film_is_heard_whole_and_a_long_one_in_even_steps() {
        assert_eq!(places(31.0), [0.0, 15.0, 30.0]);
        let long = places(7200.0);
        assert_eq!(long.len(), WINDOWS);
        assert!(long[0] > 80.0 && long[39] < 7200.0 - 80.0);
        assert_eq!(places(f64::NAN).len(), WINDOWS);
        assert!(places(0.0).is_empty());
    }
}
