//! How loud a track is to the networks.

use crate::LogMel;

/// At which level the networks hear a track. They hear level: 3 dB more or less move an embedding further than all
/// approximations of this room together, and of its ten nearest a track at −6 dB keeps three in four.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Level {
    /// As it is in the file: what other implementations of these networks hear.
    AsIs,
    /// As it is, and again as if the RMS of the track's sounding seconds were −20 dBFS, so that a track and its copy at another
    /// level are alike. Of more than 32 patches 32 are heard again: from how far those move it is told what the whole track
    /// would be like at that level.
    #[default]
    Both,
}

impl Level {
    /// A short stable name: `as-is` or `both`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AsIs => "as-is",
            Self::Both => "both",
        }
    }
}

/// −20 dBFS.
const TARGET_POWER: f64 = 1e-2;
/// −70 dBFS, the absolute gate of EBU R 128.
pub(crate) const SILENCE_POWER: f32 = 1e-7;
/// A second more than 20 dB below the mean is a pause.
const PAUSE_RATIO: f64 = 1e-2;
/// ±30 dB: beyond it a file is not quiet or loud music but noise or damage.
const GAIN_LIMIT: f64 = 1e3;
const FRAMES_PER_SECOND: usize = LogMel::SAMPLE_RATE as usize / LogMel::HOP;

/// Measures the level of a track from the power of its frames. Keeps 4 bytes per second.
#[derive(Debug, Default)]
pub(crate) struct LevelMeter {
    second: f64,
    frames: usize,
    seconds: Vec<f32>,
}

impl LevelMeter {
    /// Takes the mean square of the next frame.
    pub(crate) fn push(&mut self, power: f32) {
        self.second += f64::from(power);
        self.frames += 1;
        if self.frames == FRAMES_PER_SECOND {
            self.end_second();
        }
    }

    /// What the power of the track has to be multiplied with to be at the target level; 1 for silence.
    pub(crate) fn gain(mut self) -> f32 {
        if self.seconds.is_empty() && self.frames > 0 {
            self.end_second();
        }
        let sounding = self.mean_above(f64::from(SILENCE_POWER));
        let level = sounding.and_then(|mean| self.mean_above(PAUSE_RATIO * mean));
        level.map_or(1.0, |level| (TARGET_POWER / level).clamp(1.0 / GAIN_LIMIT, GAIN_LIMIT) as f32)
    }

    fn end_second(&mut self) {
        self.seconds.push((self.second / self.frames as f64) as f32);
        (self.second, self.frames) = (0.0, 0);
    }

    fn mean_above(&self, least: f64) -> Option<f64> {
        let above = self.seconds.iter().map(|&power| f64::from(power)).filter(|power| *power >= least);
        let (count, sum) = above.fold((0_u32, 0.0), |(count, sum), power| (count + 1, sum + power));
        (count > 0).then(|| sum / f64::from(count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The gain in dB after stretches of (seconds, dBFS).
    fn gain(stretches: &[(usize, f32)]) -> f32 {
        let mut meter = LevelMeter::default();
        for &(seconds, level) in stretches {
            for _ in 0..seconds * FRAMES_PER_SECOND {
                meter.push(10_f32.powf(level / 10.0));
            }
        }
        10.0 * meter.gain().log10()
    }

    #[test]
    fn brings_what_sounds_to_20_db_below_full_scale() {
        for level in [-45.0, -20.0, -3.0] {
            assert!((gain(&[(10, level)]) - (-20.0 - level)).abs() < 1e-3);
            // Silence, and pauses 25 dB below, say nothing of how loud the music is.
            assert!((gain(&[(60, -300.0), (10, level), (10, level - 25.0)]) - (-20.0 - level)).abs() < 0.05);
        }
    }

    #[test]
    fn silence_stays_silence_and_gain_has_limits() {
        assert_eq!(LevelMeter::default().gain(), 1.0);
        assert_eq!(gain(&[(5, -300.0)]), 0.0);
        assert!((gain(&[(5, -65.0)]) - 30.0).abs() < 1e-3);
        assert!((gain(&[(5, 80.0)]) + 30.0).abs() < 1e-3);
    }

    #[test]
    fn less_than_a_second_is_enough() {
        let mut meter = LevelMeter::default();
        meter.push(1.0);
        assert!((meter.gain() - 1e-2).abs() < 1e-6);
    }
}
