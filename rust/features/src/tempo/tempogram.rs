//! After how many frames onsets come back, window by window, and the tempo that this makes over the track.

use segue_dsp::autocorrelation::Autocorrelation;
use segue_dsp::stats::{mean, peak_offset};

use crate::tempo::onsets::Envelope;

/// Onset strengths looked at together (12 s: five bars at 100 BPM), and how far the look moves on.
pub(crate) const WINDOW: usize = 1024;
pub(crate) const STEP: usize = WINDOW / 2;
/// The least mean onset strength of a window that is listened to at all; music lies above 0.5.
pub(crate) const SOUNDING: f32 = 0.1;
/// The exponent of the autocorrelation: 1 rather than 2 makes peaks narrow and hears soft layers beside a loud one.
const SHARPNESS: f32 = 1.0;
/// Multiples of the beat that have to repeat as well. With four, halves and doubles are mistaken more often (0.91 of
/// 88 tracks agree with Essentia instead of 0.95); with eight, nothing is gained.
const MULTIPLES: usize = 6;
/// Multiples that the beat is placed by, once found.
const REFINING_MULTIPLES: usize = 8;
/// How far that may move it: further off lies the beat of another part of a track that changes its tempo.
const REFINING: f32 = 0.01;

/// The tempos weighed, from slowest to fastest, each faster by `RATIO` than the last. The path goes through groups of
/// them, `GROUP` together (1 %), each as good as its best: a grid of single tempos this coarse would miss the peaks at
/// the high multiples of slow beats.
const SLOWEST: f32 = 40.0;
const FASTEST: f32 = 240.0;
const RATIO: f32 = 1.002;
const GROUP: usize = 5;
/// Where people tap, of all the levels of a metre: most readily near this tempo, and less so by a bell over the octaves
/// to either side. van Noorden & Moelants (1999) put the resonance in tapping near 120; the two numbers are measured,
/// on a plateau between 110 and 115 and between 0.8 and 1 octaves.
const PREFERRED: f32 = 112.0;
const PREFERENCE_OCTAVES: f32 = 0.9;
/// What each group between the tempos of neighbouring windows costs the path, in autocorrelation, and the most groups
/// it may move (27 %, so neither to the half nor the double).
const MOVE_COST: f32 = 0.02;
const MOST_MOVES: usize = 24;
/// The least confidence with which anything is said: noise has at most 0.01, music with a beat 0.04 and more.
const LEAST_CONFIDENCE: f32 = 0.02;

/// The tempo of a track and of its parts.
pub(crate) struct Course {
    /// Frames from beat to beat: over the track, and in each window (one every `STEP`).
    pub(crate) period: f32,
    pub(crate) local: Vec<f32>,
    /// The mean over windows of how well the onsets repeat after the first multiples of the beat.
    pub(crate) confidence: f32,
}

/// The course of the tempo that explains best how onsets repeat and is likeliest to be tapped, or nothing where
/// nothing beats: the best path through the windows' tempos (Viterbi).
pub(crate) fn course(envelope: &Envelope, frames_per_second: f32) -> Option<Course> {
    let windows = 1 + envelope.codes().len().saturating_sub(WINDOW) / STEP;
    let tempos = Tempos::new(frames_per_second);
    let (mut path, mut repetition) = (Path::new(tempos.groups(), windows), vec![0.0_f64; WINDOW]);
    let mut autocorrelation = Autocorrelation::new(WINDOW, SHARPNESS);
    let (mut onsets, mut fits) = (vec![0.0; WINDOW], Vec::with_capacity(tempos.groups()));
    let mut sounding = Vec::with_capacity(windows);
    for window in 0..windows {
        envelope.decode(window * STEP, &mut onsets);
        let heard = &onsets[..WINDOW.min(envelope.codes().len())];
        let lags = if mean(heard) < SOUNDING { None } else { autocorrelation.of(heard) };
        fits.clear();
        fits.extend(lags.into_iter().flat_map(|lags| tempos.fit(lags)));
        path.go(&fits);
        sounding.push(lags.is_some());
        for (sum, &lag) in repetition.iter_mut().zip(lags.unwrap_or_default()) {
            *sum += f64::from(lag);
        }
    }
    let heard = sounding.iter().filter(|&&sounding| sounding).count().max(1) as f32;
    let (fit, steps) = path.finish();
    let confidence = (fit / heard).clamp(0.0, 1.0);
    let local: Vec<f32> = steps.iter().filter_map(|&step| tempos.periods.get(step).copied()).collect();
    let mut counted: Vec<f32> = local.iter().zip(&sounding).filter(|(_, sounding)| **sounding).map(|x| *x.0).collect();
    counted.sort_by(f32::total_cmp);
    let median = counted.get(counted.len() / 2).copied().filter(|_| confidence >= LEAST_CONFIDENCE)?;

    let repetition: Vec<f32> = repetition.iter().map(|&sum| (sum / f64::from(heard)) as f32).collect();
    let refined = refine(&repetition, median);
    let period = if (refined / median - 1.0).abs() <= REFINING { refined } else { median };
    let (shortest, longest) = (60.0 * frames_per_second / FASTEST, 60.0 * frames_per_second / SLOWEST);
    Some(Course { period: period.clamp(shortest, longest), local, confidence })
}

/// How a group of tempos fits a window.
#[derive(Clone, Copy, Default)]
struct Fit {
    /// The mean of the autocorrelation at the multiples of its best tempo.
    fit: f32,
    /// The same with regard to where people tap.
    weighed: f32,
    /// Which of the group that is.
    place: u8,
}

/// The tempos weighed, from slowest to fastest.
struct Tempos {
    /// Frames from beat to beat.
    periods: Vec<f32>,
    /// How likely each is tapped.
    preference: Vec<f32>,
}

impl Tempos {
    fn new(frames_per_second: f32) -> Self {
        let count = ((FASTEST / SLOWEST).ln() / RATIO.ln()) as usize / GROUP * GROUP;
        let bpm = |step: usize| SLOWEST * RATIO.powf(step as f32);
        let octaves = |step| (bpm(step) / PREFERRED).log2() / PREFERENCE_OCTAVES;
        Self {
            periods: (0..count).map(|step| 60.0 * frames_per_second / bpm(step)).collect(),
            preference: (0..count).map(|step| (-0.5 * octaves(step).powi(2)).exp()).collect(),
        }
    }

    fn groups(&self) -> usize {
        self.periods.len() / GROUP
    }

    fn fit(&self, lags: &[f32]) -> impl Iterator<Item = Fit> {
        self.periods.chunks_exact(GROUP).zip(self.preference.chunks_exact(GROUP)).map(|(periods, preference)| {
            let mut best = Fit::default();
            for (place, (&period, preference)) in periods.iter().zip(preference).enumerate() {
                let fit = (1..=MULTIPLES).map(|k| between(lags, period * k as f32)).sum::<f32>() / MULTIPLES as f32;
                if fit * preference > best.weighed {
                    best = Fit { fit, weighed: fit * preference, place: place as u8 };
                }
            }
            best
        })
    }
}

/// The best path to each group of tempos, window by window.
struct Path {
    sums: Vec<f32>,
    /// The unweighed fits along each path.
    fits: Vec<f32>,
    /// For each window and group, the move that led there (plus `MOST_MOVES`) times `GROUP`, plus the place in the group.
    ways: Vec<u8>,
}

impl Path {
    fn new(groups: usize, windows: usize) -> Self {
        const { assert!((2 * MOST_MOVES + 1) * GROUP <= 256) };
        Self { sums: vec![0.0; groups], fits: vec![0.0; groups], ways: Vec::with_capacity(groups * windows) }
    }

    /// One window on. Groups that `fits` lacks do not fit at all.
    fn go(&mut self, fits: &[Fit]) {
        let (sums, paths) = (self.sums.clone(), self.fits.clone());
        for (here, (sum, path)) in self.sums.iter_mut().zip(&mut self.fits).enumerate() {
            let from = here.saturating_sub(MOST_MOVES);
            let mut best = (f32::NEG_INFINITY, here);
            for (there, before) in sums.iter().enumerate().take(here + MOST_MOVES + 1).skip(from) {
                let reached = before - MOVE_COST * here.abs_diff(there) as f32;
                // Of equals, the one that moves least.
                if reached > best.0 || (reached == best.0 && here.abs_diff(there) < here.abs_diff(best.1)) {
                    best = (reached, there);
                }
            }
            let fit = fits.get(here).copied().unwrap_or_default();
            *sum = best.0 + fit.weighed;
            *path = paths.get(best.1).copied().unwrap_or(0.0) + fit.fit;
            self.ways.push(((best.1 + MOST_MOVES - here) * GROUP) as u8 + fit.place);
        }
        // Only differences matter, and a day of windows must not use up their digits.
        let highest = self.sums.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        self.sums.iter_mut().for_each(|sum| *sum -= highest);
    }

    /// The sum of the fits along the best path, and the tempo of each window.
    fn finish(self) -> (f32, Vec<usize>) {
        let groups = self.sums.len();
        let mut here = (0..groups).max_by(|&a, &b| self.sums[a].total_cmp(&self.sums[b])).unwrap_or(0);
        let fit = self.fits.get(here).copied().unwrap_or(0.0);
        let mut steps = Vec::with_capacity(self.ways.len() / groups.max(1));
        for ways in self.ways.chunks_exact(groups.max(1)).rev() {
            let way = usize::from(ways.get(here).copied().unwrap_or(0));
            steps.push(here * GROUP + way % GROUP);
            here = (here + way / GROUP).saturating_sub(MOST_MOVES).min(groups - 1);
        }
        steps.reverse();
        (fit, steps)
    }
}

/// A lag to a small part of a frame: the peak near each multiple tells it more exactly than the one before, as long as
/// there is one.
fn refine(repetition: &[f32], lag: f32) -> f32 {
    let mut refined = lag;
    for multiple in 1..=REFINING_MULTIPLES {
        let expected = (refined * multiple as f32).round() as usize;
        let Some(near) = repetition.get(expected.saturating_sub(2)..expected + 3) else { break };
        let highest = (1..4).max_by(|&a, &b| near[a].total_cmp(&near[b])).unwrap_or(2);
        let [before, peak, after] = [near[highest - 1], near[highest], near[highest + 1]];
        if peak <= 0.0 || peak < before || peak < after {
            break;
        }
        let place = (expected + highest) as f32 - 2.0 + peak_offset(before, peak, after);
        refined = place / multiple as f32;
    }
    refined
}

/// The value of a series between two of its places; 0 beyond its end.
fn between(series: &[f32], place: f32) -> f32 {
    let (whole, part) = (place.floor(), place.fract());
    let at = |i: usize| series.get(i).copied().unwrap_or(0.0);
    at(whole as usize) * (1.0 - part) + at(whole as usize + 1) * part
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f32 = 22_050.0 / 256.0;

    fn envelope(strengths: impl Iterator<Item = f32>) -> Envelope {
        let mut envelope = Envelope::new(RATE);
        strengths.for_each(|strength| envelope.push(strength));
        envelope
    }

    #[test]
    fn periods_between_frames_are_found() {
        for period in [31.7_f32, 43.25, 50.9, 61.1] {
            // Each onset stands in the two frames that it falls between.
            let near = |frame: usize| (frame as f32 / period - (frame as f32 / period).round()).abs() * period;
            let course = course(&envelope((0..4000).map(|frame| (1.0 - near(frame)).max(0.0) * 20.0)), RATE).unwrap();
            assert!((course.period / period - 1.0).abs() < 0.002, "{period}: {}", course.period);
            assert!(course.local.iter().all(|local| (local / period - 1.0).abs() < 0.01), "{:?}", course.local);
            assert!(course.confidence > 0.25 && course.confidence <= 1.0, "{}", course.confidence);
        }
    }

    #[test]
    fn the_course_follows_a_change_and_crosses_silence() {
        let clicks =
            |count: usize, period: usize| (0..count).map(move |frame| if frame % period == 0 { 20.0 } else { 0.1 });
        let silence = std::iter::repeat_n(0.0, 4 * WINDOW);
        let change = clicks(8 * WINDOW, 43).chain(silence).chain(clicks(5 * WINDOW, 52));
        let course = course(&envelope(change), RATE).unwrap();
        assert!((course.period - 43.0).abs() < 0.2, "{}", course.period);
        let near = |window: usize, period: f32| (course.local[window] / period - 1.0).abs() < 0.01;
        assert!((0..14).all(|window| near(window, 43.0)), "{:?}", course.local);
        assert!((24..course.local.len()).all(|window| near(window, 52.0)), "{:?}", course.local);
    }

    #[test]
    fn where_nothing_comes_back_there_is_no_course() {
        assert!(course(&envelope(std::iter::empty()), RATE).is_none());
        assert!(course(&envelope(std::iter::repeat_n(0.0, 5000)), RATE).is_none());
        assert!(course(&envelope(std::iter::repeat_n(7.0, 5000)), RATE).is_none());
        let mut state = 1_u32;
        let noise = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 20) as f32
        });
        assert!(course(&envelope(noise.take(20_000)), RATE).is_none());
    }
}
