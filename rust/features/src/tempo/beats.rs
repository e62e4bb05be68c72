//! Where the beats are: the chain of onsets that keeps the local tempo best (Ellis, "Beat tracking by dynamic
//! programming", 2007), where the local tempo is that of the tempogram.

use segue_dsp::stats::mean;

use crate::tempo::onsets::Envelope;
use crate::tempo::tempogram::{Course, SOUNDING, STEP, WINDOW};

/// Onset strength is smoothed by a bell that wide, in beats: a beat need not fall on the very frame (Ellis).
const SMOOTHING: f32 = 1.0 / 32.0;
/// What a beat that comes off the local tempo costs: this, times the square of the logarithm of the interval in beats,
/// against onset strength in standard deviations (its square root, so that loud beats are not worth everything).
const TIGHTNESS: f32 = 150.0;
/// The intervals weighed, in local beat periods.
const SHORTEST: f32 = 0.6;
const LONGEST: f32 = 1.6;
/// A beat is one only where something sounds: within so many beat periods to either side.
const REACH: f32 = 2.0;

/// Beats that are timed together.
const SPAN: usize = 8;
/// How near their tempo has to be to the track's to be steady.
const STEADY: f32 = 0.02;
/// An interval of more beat periods than this is a pause.
const PAUSE: f32 = 2.5;

/// The frames of the beats in ascending order, where the tempo takes this course.
///
/// Works in 1 byte per frame beside the envelope.
pub(crate) fn track(envelope: &Envelope, course: &Course) -> Vec<usize> {
    let codes = envelope.codes();
    let (period, periods) = (course.period, &course.local);
    let strength = Smoothed::new(codes, period);

    // The best sums of the last frames, in a ring as long as the longest step that a byte can tell.
    let mut sums = [0.0_f64; 256];
    let mut steps: Vec<u8> = Vec::with_capacity(codes.len());
    let mut costs = Costs::new(period);
    for frame in 0..codes.len() {
        // The window nearest to a frame is the one whose middle is.
        let window = (frame + STEP / 2).saturating_sub(WINDOW / 2) / STEP;
        if let Some(&local) = periods.get(window.min(periods.len().saturating_sub(1))) {
            costs.fit(local);
        }
        let mut best = (0.0, 0_u8);
        for (step, cost) in costs.steps(frame) {
            let sum = sums[(frame - usize::from(step)) % 256] - f64::from(cost);
            if sum > best.0 {
                best = (sum, step);
            }
        }
        sums[frame % 256] = best.0 + f64::from(strength.at(frame));
        steps.push(best.1);
    }

    let last_period = (period as usize).clamp(1, 255).min(codes.len());
    let tail = codes.len() - last_period..codes.len();
    let mut beats = Vec::new();
    let mut next = tail.max_by(|&a, &b| sums[a % 256].total_cmp(&sums[b % 256]));
    while let Some(frame) = next {
        beats.push(frame);
        next = steps.get(frame).filter(|&&step| step > 0).map(|&step| frame - usize::from(step));
    }
    beats.reverse();
    beats.retain(|&beat| sounds(envelope, beat, period));
    beats
}

/// The part of the beats around which the tempo is the track's.
pub(crate) fn steadiness(beats: &[usize], period: f32) -> f32 {
    let (mut steady, mut all) = (0_u32, 0_u32);
    for span in beats.windows(SPAN + 1) {
        if span.windows(2).any(|pair| (pair[1] - pair[0]) as f32 > PAUSE * period) {
            continue;
        }
        let local = (span[SPAN] - span[0]) as f32 / SPAN as f32;
        steady += u32::from((local / period - 1.0).abs() <= STEADY);
        all += 1;
    }
    if all > 0 { steady as f32 / all as f32 } else { 0.0 }
}

/// Whether anything sounds around a beat.
fn sounds(envelope: &Envelope, beat: usize, period: f32) -> bool {
    let reach = (REACH * period) as usize;
    let start = beat.saturating_sub(reach);
    let mut around = vec![0.0; beat + reach + 1 - start];
    envelope.decode(start, &mut around);
    mean(&around) >= SOUNDING
}

/// The square root of onset strength under a bell, in standard deviations over the track.
struct Smoothed<'a> {
    codes: &'a [u8],
    bell: Vec<f32>,
    scale: f32,
}

impl<'a> Smoothed<'a> {
    fn new(codes: &'a [u8], period: f32) -> Self {
        let deviation = (period * SMOOTHING).max(0.5);
        let side = (3.0 * deviation) as i32;
        let bell = (-side..=side).map(|i| (-0.5 * (i as f32 / deviation).powi(2)).exp()).collect();
        let mut smoothed = Self { codes, bell, scale: 1.0 };
        let (mut sum, mut squares) = (0.0, 0.0);
        for frame in 0..codes.len() {
            let x = f64::from(smoothed.at(frame));
            sum += x;
            squares += x * x;
        }
        let n = codes.len().max(1) as f64;
        let variance = squares / n - (sum / n).powi(2);
        smoothed.scale = if variance > 0.0 { (1.0 / variance.sqrt()) as f32 } else { 0.0 };
        smoothed
    }

    fn at(&self, frame: usize) -> f32 {
        let side = self.bell.len() / 2;
        let bell = self.bell.iter().skip(side.saturating_sub(frame));
        let codes = self.codes.iter().skip(frame.saturating_sub(side));
        self.scale * bell.zip(codes).map(|(weight, &code)| weight * f32::from(code)).sum::<f32>()
    }
}

/// What each step from beat to beat costs, at one local tempo.
struct Costs {
    period: f32,
    shortest: usize,
    costs: Vec<f32>,
}

impl Costs {
    fn new(period: f32) -> Self {
        let mut costs = Self { period: 0.0, shortest: 0, costs: Vec::new() };
        costs.fit(period);
        costs
    }

    fn fit(&mut self, period: f32) {
        if period.to_bits() == self.period.to_bits() {
            return;
        }
        self.period = period;
        self.shortest = ((SHORTEST * period).ceil() as usize).clamp(1, 255);
        let longest = ((LONGEST * period) as usize).min(255);
        self.costs.clear();
        let cost = |step: usize| TIGHTNESS * (step as f32 / period).ln().powi(2);
        self.costs.extend((self.shortest..=longest).map(cost));
    }

    /// The steps that lead back from a frame into the track.
    fn steps(&self, frame: usize) -> impl Iterator<Item = (u8, f32)> {
        let steps = (self.shortest..=frame.min(255)).map(|step| step as u8);
        steps.zip(self.costs.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Strengths of 10 in the given frames, of 0.5 elsewhere.
    fn envelope(frames: usize, onsets: impl Fn(usize) -> bool) -> Envelope {
        let mut envelope = Envelope::new(86.0);
        (0..frames).for_each(|frame| envelope.push(if onsets(frame) { 10.0 } else { 0.5 }));
        envelope
    }

    #[test]
    fn a_lacking_beat_is_put_in_and_one_between_is_left_out() {
        let onsets = |frame: usize| frame % 40 == 25 && frame != 225 || frame == 390;
        let course = Course { period: 40.0, local: vec![40.0], confidence: 1.0 };
        let beats = track(&envelope(600, onsets), &course);
        let expected: Vec<usize> = (0..600).filter(|frame| frame % 40 == 25).collect();
        assert_eq!(beats, expected);
    }

    #[test]
    fn the_local_period_leads_from_beat_to_beat() {
        // Onsets every 20 frames throughout; every second one is a beat at first, each one then.
        let course = Course { period: 40.0, local: vec![40.0, 40.0, 20.0, 20.0], confidence: 1.0 };
        let beats = track(&envelope(2500, |frame| frame % 20 == 5), &course);
        let intervals = |from: usize, to: usize| {
            let inside: Vec<usize> = beats.iter().copied().filter(|beat| (from..to).contains(beat)).collect();
            inside.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<_>>()
        };
        assert!(intervals(100, 1100).iter().all(|&interval| interval == 40), "{beats:?}");
        assert!(intervals(1500, 2400).iter().all(|&interval| interval == 20), "{beats:?}");
    }

    #[test]
    fn steadiness_is_the_part_of_the_beats_at_the_tempo() {
        let beats = |intervals: &[usize]| -> Vec<usize> {
            intervals.iter().scan(0, |at, interval| (*at += interval, Some(*at)).1).collect()
        };
        assert_eq!(steadiness(&beats(&[50; 30]), 50.0), 1.0);
        assert_eq!(steadiness(&beats(&[50; 30]), 50.9), 1.0);
        assert_eq!(steadiness(&beats(&[50; 30]), 51.5), 0.0);
        // A pause belongs to no tempo.
        assert_eq!(steadiness(&beats(&[vec![50; 20], vec![500], vec![50; 20]].concat()), 50.0), 1.0);
        let half = steadiness(&beats(&[[50; 40], [60; 40]].concat()), 50.0);
        assert!((0.4..0.6).contains(&half), "{half}");
        assert_eq!(steadiness(&beats(&[50; 8]), 50.0), 0.0, "too few beats");
        assert_eq!(steadiness(&[], 50.0), 0.0);
    }
}
