use segue_dsp::tempogram::Tempogram;

use super::onset::{Rise, rise};
use super::{BANDS, HOP, RATE, TOP_DECIBELS};

/// Frames that the tempogram looks at together: 8 s.
const WINDOW: usize = 8 * RATE as usize / HOP;
/// Where people tap, with a deviation of one octave, and where nobody does.
const START_BPM: f64 = 120.0;
const MAX_BPM: f64 = 320.0;
/// Frames by which a rise stands later in the series than where it was heard: the frame that it is compared with, and
/// half a transform.
const DELAY: usize = 3;

pub(super) fn new_tempogram() -> Tempogram {
    Tempogram::new(WINDOW)
}

/// Onset strengths frame by frame (librosa: `onset_strength` with the mean and with the median over the bands): as
/// many as frames, the first of them 0, the last two rises never reached.
#[derive(Default)]
pub(super) struct OnsetSeries {
    pub(super) means: Vec<f32>,
    pub(super) medians: Vec<f32>,
}

impl OnsetSeries {
    /// Of the levels of a whole segment, none of which counts below `floor`.
    pub(super) fn take(&mut self, levels: &[[f32; BANDS]], floor: f32) {
        self.means.clear();
        self.medians.clear();
        let rises = levels.windows(2).filter_map(|pair| <&[_; 2]>::try_from(pair).ok());
        let rises = rises.map(|[before, now]| rise(before, now, floor));
        for rise in std::iter::repeat_n(Rise::default(), DELAY).chain(rises).take(levels.len()) {
            self.means.push(rise.mean);
            self.medians.push(rise.median);
        }
    }
}

/// The tempo in BPM that a mean tempogram says; 0 where nothing repeats (librosa: `feature.tempo`, as `beat_track`
/// calls it).
pub(super) fn tempo(tempogram: &[f32]) -> f64 {
    if tempogram.first().is_none_or(|&x| x <= 0.0) {
        return 0.0;
    }
    let (mut best, mut most) = (0.0, f64::NEG_INFINITY);
    for (lag, &repetition) in tempogram.iter().enumerate().skip(1) {
        let bpm = 60.0 * f64::from(RATE) / (HOP * lag) as f64;
        if bpm >= MAX_BPM {
            continue;
        }
        let preference = -0.5 * (bpm / START_BPM).log2().powi(2);
        let score = (1e6 * f64::from(repetition.max(0.0))).ln_1p() + preference;
        if score > most {
            (best, most) = (bpm, score);
        }
    }
    best
}

/// The tempo of the whole track, in flat memory.
pub(super) struct TrackTempo {
    tempogram: Tempogram,
    before: Option<[f32; BANDS]>,
    /// The level of the loudest band so far: what lies too far below counts as silence. librosa measures by the
    /// loudest of the whole track, which here is not known yet.
    loudest: f32,
    /// The rises still to be told, from the oldest: each stands at a later frame.
    late: [f32; DELAY - 1],
}

impl TrackTempo {
    pub(super) fn new() -> Self {
        Self { tempogram: new_tempogram(), before: None, loudest: f32::NEG_INFINITY, late: [0.0; DELAY - 1] }
    }

    /// Takes the levels of the bands of the next frame.
    pub(super) fn frame(&mut self, levels: &[f32; BANDS]) {
        self.loudest = levels.iter().copied().fold(self.loudest, f32::max);
        let floor = self.loudest - TOP_DECIBELS;
        let now = self.before.map_or(0.0, |before| rise(&before, levels, floor).median);
        self.before = Some(*levels);
        self.tempogram.push(&self.late[..1]);
        self.late.rotate_left(1);
        if let Some(last) = self.late.last_mut() {
            *last = now;
        }
    }

    pub(super) fn finish(&mut self) -> f64 {
        tempo(&self.tempogram.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Levels in which every `period`-th frame is loud, for `frames` frames.
    fn clicks(frames: usize, period: usize) -> Vec<[f32; BANDS]> {
        (0..frames).map(|i| [if i % period == period / 2 { -10.0 } else { -60.0 }; BANDS]).collect()
    }

    fn of_track(levels: &[[f32; BANDS]]) -> f64 {
        let mut track = TrackTempo::new();
        levels.iter().for_each(|frame| track.frame(frame));
        track.finish()
    }

    fn of_segment(levels: &[[f32; BANDS]]) -> f64 {
        let mut series = OnsetSeries::default();
        series.take(levels, -90.0);
        assert_eq!(series.medians.len(), levels.len());
        let mut tempogram = new_tempogram();
        tempogram.push(&series.medians);
        tempo(&tempogram.finish())
    }

    #[test]
    fn what_comes_back_has_a_tempo() {
        for (period, bpm) in [(21, 123.046_875), (22, 117.453_835), (26, 99.384_014), (15, 172.265_625)] {
            let levels = clicks(700, period);
            assert!((of_track(&levels) - bpm).abs() < 1e-5, "{period}: {}", of_track(&levels));
            assert_eq!(of_segment(&levels[..431]), of_track(&levels), "{period}");
        }
    }

    #[test]
    fn what_does_not_has_none() {
        for levels in [vec![], vec![[-100.0; BANDS]; 600], clicks(2, 2), clicks(3, 2)] {
            assert_eq!(of_track(&levels), 0.0);
            assert_eq!(of_segment(&levels), 0.0);
        }
        assert_eq!(tempo(&[]), 0.0);
    }

    #[test]
    fn rises_stand_where_librosa_puts_them() {
        let mut series = OnsetSeries::default();
        series.take(&clicks(20, 10), -90.0);
        let places: Vec<usize> = (0..20).filter(|&i| series.means[i] > 0.0).collect();
        assert_eq!(places, [7, 17], "two frames after the loud ones, 5 and 15");
        assert_eq!(series.means[7], 50.0);
        series.take(&clicks(7, 10), -90.0);
        assert_eq!(series.means, [0.0; 7], "the rise is past the end");
    }
}
