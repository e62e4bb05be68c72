use std::collections::VecDeque;

use segue_dsp::autocorrelation::Autocorrelation;
use segue_dsp::stats::peak_offset;

/// How fast the beat of a track goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tempo {
    /// Beats per minute, 40 to 240; 0 where nothing beats (silence, a single sound).
    pub bpm: f32,
    /// How strictly onsets come back after one, two, three and four beats, from 0 (not at all) to 1 (each time, all
    /// alike): the mean autocorrelation of onset strength there. Music with a steady beat has 0.1 to 0.4, noise at most
    /// 0.03.
    pub confidence: f32,
}

impl Tempo {
    /// No beat.
    const NONE: Self = Self { bpm: 0.0, confidence: 0.0 };
}

/// Onset strength compares a frame with this many frames before: 23 ms, half a frame, over which the window has moved
/// enough to show an attack in full.
const LAG: usize = 2;
/// Onset strengths looked at together (12 s: five bars at 100 BPM), and how far the look moves on.
const WINDOW: usize = 1024;
const STEP: usize = WINDOW / 2;
/// The least mean onset strength of a window that is listened to at all; music lies above 0.5.
const SOUNDING: f32 = 0.1;
/// The exponent of the autocorrelation: 1 rather than 2 makes peaks narrow and hears soft layers beside a loud one.
const SHARPNESS: f32 = 1.0;
/// Multiples of the beat that have to repeat as well.
const MULTIPLES: usize = 4;
/// Multiples that the beat is placed by, once found.
const REFINING_MULTIPLES: usize = 8;
/// The tempos weighed, from slowest to fastest, each faster by `RATIO` than the last.
const SLOWEST: f32 = 40.0;
const FASTEST: f32 = 240.0;
const RATIO: f32 = 1.002;
/// Where people tap, of all the levels of a metre: most readily near 120, and less so by a bell over the octaves to
/// either side (van Noorden & Moelants 1999 found such a resonance in tapping).
const PREFERRED: f32 = 120.0;
const PREFERENCE_OCTAVES: f32 = 1.0;
/// The least confidence with which anything is said.
const LEAST_CONFIDENCE: f32 = 0.03;

/// Finds the tempo from the energy in mel bands: onset strength (rectified change of its logarithm, summed over bands),
/// the autocorrelation over windows of 12 s, averaged, and the beat whose first multiples repeat best.
pub(crate) struct TempoFinder {
    frames_per_second: f32,
    /// The last `LAG` frames.
    past: VecDeque<Vec<f32>>,
    onsets: Vec<f32>,
    autocorrelation: Autocorrelation,
    sum: Vec<f64>,
    windows: u32,
}

impl TempoFinder {
    pub(crate) fn new(frames_per_second: f32) -> Self {
        Self {
            frames_per_second,
            past: VecDeque::with_capacity(LAG),
            onsets: Vec::with_capacity(WINDOW),
            autocorrelation: Autocorrelation::new(WINDOW, SHARPNESS),
            sum: vec![0.0; WINDOW],
            windows: 0,
        }
    }

    /// Takes the logarithms of the energy in the bands of the next frame and returns its onset strength: the sum over
    /// the bands of what each grew by, in nepers of power.
    pub(crate) fn frame(&mut self, bands: &[f32]) -> f32 {
        let past = if self.past.len() < LAG { None } else { self.past.pop_front() };
        // Nothing comes before the first frames to compare them with: the start of a file is no onset.
        let mut past = past.unwrap_or_else(|| bands.to_vec());
        let onset = bands.iter().zip(&past).map(|(now, past)| (now - past).max(0.0)).sum();
        past.copy_from_slice(bands);
        self.past.push_back(past);
        self.onsets.push(onset);
        if self.onsets.len() == WINDOW {
            self.look();
            self.onsets.drain(..STEP);
        }
        onset
    }

    pub(crate) fn finish(mut self) -> Tempo {
        if self.windows == 0 {
            self.look();
        }
        if self.windows == 0 {
            return Tempo::NONE;
        }
        let scale = 1.0 / f64::from(self.windows);
        let repetition: Vec<f32> = self.sum.iter().map(|&x| (x * scale) as f32).collect();
        self.best(&repetition)
    }

    fn look(&mut self) {
        if segue_dsp::stats::mean(&self.onsets) < SOUNDING {
            return;
        }
        if let Some(lags) = self.autocorrelation.of(&self.onsets) {
            for (sum, &lag) in self.sum.iter_mut().zip(lags) {
                *sum += f64::from(lag);
            }
            self.windows += 1;
        }
    }

    fn best(&self, repetition: &[f32]) -> Tempo {
        let steps = ((FASTEST / SLOWEST).ln() / RATIO.ln()) as i32;
        let bpm_at = |step: f32| SLOWEST * RATIO.powf(step);
        let comb = |bpm: f32| -> f32 {
            let lag = 60.0 * self.frames_per_second / bpm;
            (1..=MULTIPLES).map(|k| between(repetition, lag * k as f32)).sum::<f32>() / MULTIPLES as f32
        };
        let weigh = |step: i32| {
            let bpm = bpm_at(step as f32);
            let octaves = (bpm / PREFERRED).log2() / PREFERENCE_OCTAVES;
            comb(bpm).max(0.0) * (-0.5 * octaves * octaves).exp()
        };
        let Some(step) = (0..=steps).max_by(|&a, &b| weigh(a).total_cmp(&weigh(b))) else { return Tempo::NONE };
        let confidence = comb(bpm_at(step as f32)).clamp(0.0, 1.0);
        if confidence < LEAST_CONFIDENCE {
            return Tempo::NONE;
        }
        let lag = refine(repetition, 60.0 * self.frames_per_second / bpm_at(step as f32));
        Tempo { bpm: (60.0 * self.frames_per_second / lag).clamp(SLOWEST, FASTEST), confidence }
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
