//! Tempo, beats and steadiness from the energy in mel bands.

mod beats;
mod onsets;
mod tempogram;

use crate::tempo::beats::{steadiness, track};
use crate::tempo::onsets::{Envelope, OnsetStrength};
use crate::tempo::tempogram::course;

/// How fast the beat of a track goes, how clearly and how steadily.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tempo {
    /// Beats per minute, 40 to 240; 0 where nothing beats (silence, a single sound). It is the level of the metre that
    /// a listener would most likely tap, and where the tempo changes the median over the track (its first four hours).
    pub bpm: f32,
    /// How strictly onsets come back after one beat, two beats and so on to six, from 0 (not at all) to 1 (each time,
    /// all alike): the mean autocorrelation of onset strength there. Music with a steady beat has 0.1 to 0.4, noise at
    /// most 0.01; under 0.02 nothing is said.
    pub confidence: f32,
    /// How steady the tempo is, from 0 to 1: the part of the beats around which eight beats go by at `bpm` to within
    /// 2 %. A machine has 1, a band that plays freely 0.5 to 0.9, a track that drifts or changes its tempo less; 0 also
    /// where there are too few beats to tell. It says nothing of how clear the beat is: that is `confidence`.
    pub stability: f32,
}

impl Tempo {
    /// No beat.
    const NONE: Self = Self { bpm: 0.0, confidence: 0.0, stability: 0.0 };
}

/// Finds tempo and beats: onset strength, its autocorrelation over windows of 12 s, the course of the tempo whose first
/// multiples repeat best over the track, and then the chain of onsets that follows this course best.
pub(crate) struct TempoFinder {
    frames_per_second: f32,
    strength: OnsetStrength,
    envelope: Envelope,
}

impl TempoFinder {
    /// Prepares for frames of `bands` bands at a rate of `frames_per_second`.
    pub(crate) fn new(frames_per_second: f32, bands: usize) -> Self {
        Self { frames_per_second, strength: OnsetStrength::new(bands), envelope: Envelope::new(frames_per_second) }
    }

    /// Takes the logarithms of the energy in the bands of the next frame and returns its onset strength: the sum over
    /// the bands of what each grew by, in nepers of power.
    pub(crate) fn frame(&mut self, bands: &[f32]) -> f32 {
        let onset = self.strength.of(bands);
        self.envelope.push(onset);
        onset
    }

    /// The tempo, and where the beats are, in seconds.
    pub(crate) fn finish(self) -> (Tempo, Vec<f32>) {
        let Self { frames_per_second, envelope, .. } = self;
        let Some(course) = course(&envelope, frames_per_second) else { return (Tempo::NONE, Vec::new()) };
        let beats = track(&envelope, &course);
        let tempo = Tempo {
            bpm: 60.0 * frames_per_second / course.period,
            confidence: course.confidence,
            stability: steadiness(&beats, course.period),
        };
        (tempo, beats.iter().map(|&beat| envelope.seconds(beat)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f32 = 22_050.0 / 256.0;

    #[test]
    fn ten_hours_need_no_more_memory_than_four() {
        let mut finder = TempoFinder::new(RATE, 4);
        for frame in 0..(10.0 * 3600.0 * RATE) as usize {
            // Every 40 frames: 129.2 BPM.
            let sounds = if frame % 40 < 2 { 3.0 } else { 0.0 };
            finder.frame(&[sounds; 4]);
        }
        assert_eq!(finder.envelope.codes().len(), (4.0 * 3600.0 * RATE) as usize);
        let (tempo, beats) = finder.finish();
        assert!((tempo.bpm - 60.0 * RATE / 40.0).abs() < 0.05, "{tempo:?}");
        assert_eq!(tempo.stability, 1.0);
        assert!(beats.last().is_some_and(|last| (4.0 * 3600.0 - 1.0..=4.0 * 3600.0).contains(last)));
        assert!(beats.windows(2).all(|pair| (pair[1] - pair[0] - 40.0 / RATE).abs() < 2e-3));
    }

    #[test]
    fn a_track_of_any_length_has_an_answer() {
        for frames in [0, 1, 2, 3, 50, WINDOW_FRAMES - 1, WINDOW_FRAMES, WINDOW_FRAMES + 1] {
            let mut finder = TempoFinder::new(RATE, 1);
            for frame in 0..frames {
                finder.frame(&[if frame % 43 == 7 { 5.0 } else { 0.0 }]);
            }
            let (tempo, beats) = finder.finish();
            assert!(tempo.bpm == 0.0 || (40.0..=240.0).contains(&tempo.bpm), "{frames}: {tempo:?}");
            assert!((0.0..=1.0).contains(&tempo.confidence) && (0.0..=1.0).contains(&tempo.stability));
            assert!(beats.iter().all(|beat| (0.0..=frames as f32 / RATE).contains(beat)), "{frames}: {beats:?}");
        }
    }

    const WINDOW_FRAMES: usize = tempogram::WINDOW;
}
