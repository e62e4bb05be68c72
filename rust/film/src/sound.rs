//! Speech or music: how the level of a sound goes up and down (Scheirer and Slaney, "Construction and evaluation of a robust
//! multifeature speech/music discriminator", ICASSP 1997).
//!
//! Syllables come about four a second with pauses between them: much of the movement of a voice's level lies around 4 Hz, and many
//! moments are far below the mean. `docs/soundtracks.md` says how often it is right.

/// Hertz that are listened to.
pub const RATE: u32 = 16_000;
/// Samples that are judged together: 2.992 s, as long as what the networks hear at once.
pub const SEGMENT: usize = 47_872;

/// Samples of a moment: 20 ms.
const MOMENT: usize = 320;
/// A segment of a lower level is silence: −66 dBFS.
const SILENCE: f32 = 5e-4;
/// A moment is low below this part of the mean level.
const LOW: f32 = 0.5;
/// Hertz of syllables, and of all that a level can do in three seconds.
const SYLLABLES: std::ops::RangeInclusive<f32> = 2.5..=6.5;
const MOVEMENT: std::ops::RangeInclusive<f32> = 0.5..=20.0;

/// What the share of low moments, the depth of movement at 4 Hz and its share of all movement weigh, and the rest: a logistic
/// regression on Asterisk's English, Spanish and Russian prompts against the reference music, half a corpus of game music, and noise.
const LOW_SHARE: f32 = 13.3;
const DEPTH: f32 = 1.79;
const SHARE: f32 = 4.47;
const REST: f32 = -5.77;

/// What one segment sounds like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Segment {
    /// Mean level of its moments, full scale 1.
    pub level: f32,
    /// The probability that it is speech; 0 where there is silence.
    pub speech: f32,
}

impl Segment {
    /// Judges up to [`SEGMENT`] samples at [`RATE`]; `None` for less than a second, and for samples that are no numbers.
    #[must_use]
    pub fn of(samples: &[f32]) -> Option<Self> {
        let samples = samples.get(..SEGMENT).unwrap_or(samples);
        if samples.len() < RATE as usize {
            return None;
        }
        let level =
            |moment: &[f32]| (moment.iter().map(|sample| sample * sample).sum::<f32>() / moment.len() as f32).sqrt();
        let levels: Vec<f32> = samples.chunks_exact(MOMENT).map(level).collect();
        let mean = levels.iter().sum::<f32>() / levels.len().max(1) as f32;
        if !mean.is_finite() {
            return None;
        }
        if mean < SILENCE {
            return Some(Self { level: mean, speech: 0.0 });
        }
        let low = levels.iter().filter(|level| **level < LOW * mean).count() as f32 / levels.len() as f32;
        let (depth, share) = movement(&levels, mean);
        let odds = LOW_SHARE * low + DEPTH * depth + SHARE * share + REST;
        Some(Self { level: mean, speech: 1.0 / (1.0 + (-odds).exp()) })
    }

    /// Whether anything sounds.
    #[must_use]
    pub fn sounds(&self) -> bool {
        self.level >= SILENCE
    }
}

/// How deep the level moves as syllables do, against its mean, and which part of all its movement that is.
fn movement(levels: &[f32], mean: f32) -> (f32, f32) {
    let count = levels.len() as f32;
    let window = |at: usize| 0.5 - 0.5 * (std::f32::consts::TAU * at as f32 / (count - 1.0).max(1.0)).cos();
    let windowed: Vec<f32> = levels.iter().enumerate().map(|(at, level)| (level - mean) * window(at)).collect();
    let weight: f32 = (0..levels.len()).map(|at| window(at).powi(2)).sum();
    let step = RATE as f32 / MOMENT as f32 / count;
    let (mut syllables, mut all) = (0.0, 0.0);
    // Few of them are wanted: cheaper than the whole transform.
    for bin in 1..levels.len() / 2 {
        let hertz = bin as f32 * step;
        if !MOVEMENT.contains(&hertz) {
            continue;
        }
        let (mut real, mut imaginary) = (0.0, 0.0);
        for (at, value) in windowed.iter().enumerate() {
            let turn = std::f32::consts::TAU * ((bin * at) % levels.len()) as f32 / count;
            real += value * turn.cos();
            imaginary -= value * turn.sin();
        }
        let power = real * real + imaginary * imaginary;
        all += power;
        if SYLLABLES.contains(&hertz) {
            syllables += power;
        }
    }
    let depth = (2.0 * syllables / (weight * count).max(f32::MIN_POSITIVE)).sqrt() / mean;
    (depth, if all > 0.0 { syllables / all } else { 0.0 })
}

/// How much of a sound is music, and how much speech.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct SoundShares {
    segments: u32,
    speech: f32,
    music: f32,
}

impl SoundShares {
    /// Takes one more segment, and whether the networks hear music in it, 0..1: 1 where they have not been asked.
    pub fn push(&mut self, segment: &Segment, music: f32) {
        self.segments = self.segments.saturating_add(1);
        if segment.sounds() {
            self.speech += segment.speech;
            self.music += (1.0 - segment.speech) * music.clamp(0.0, 1.0);
        }
    }

    /// Music's and speech's share of the time, silence included; `None` before the first segment.
    #[must_use]
    pub fn shares(&self) -> Option<(f32, f32)> {
        let count = self.segments as f32;
        (self.segments > 0).then(|| (self.music / count, self.speech / count))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn noise(at: usize) -> f32 {
        let mixed = (at as u32).wrapping_mul(0x9E37_79B1) ^ (at as u32).wrapping_mul(0x85EB_CA6B).rotate_left(13);
        mixed as f32 / u32::MAX as f32 - 0.5
    }

    fn sound(level: impl Fn(f32) -> f32) -> Vec<f32> {
        (0..SEGMENT).map(|at| noise(at) * level(at as f32 / RATE as f32)).collect()
    }

    #[test]
    fn syllables_are_speech_and_steady_or_slow_sounds_are_not() {
        let turning = |hertz: f32| move |time: f32| (std::f32::consts::TAU * hertz * time).sin().max(0.0);
        let speech = |samples: &[f32]| Segment::of(samples).unwrap().speech;
        assert!(speech(&sound(turning(4.0))) > 0.9);
        assert!(speech(&sound(|_| 0.5)) < 0.05);
        assert!(speech(&sound(|time| 0.5 + 0.1 * (0.7 * time).sin())) < 0.05);
        // As many low moments, but at another pace.
        assert!(speech(&sound(turning(4.0))) > speech(&sound(turning(12.0))) + 0.1);
    }

    #[test]
    fn silence_is_neither_and_too_little_is_not_judged() {
        let silence = Segment::of(&[0.0; SEGMENT]).unwrap();
        assert!(!silence.sounds() && silence.speech == 0.0);
        assert!(Segment::of(&[0.1; 100]).is_none() && Segment::of(&[f32::NAN; SEGMENT]).is_none());
        let mut shares = SoundShares::default();
        assert_eq!(shares.shares(), None);
        shares.push(&silence, 1.0);
        shares.push(&Segment { level: 0.1, speech: 0.25 }, 1.0);
        assert_eq!(shares.shares(), Some((0.375, 0.125)));
    }
}
