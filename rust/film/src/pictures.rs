//! What the pictures of a film say: bursts of frames in, means out.

use crate::picture::{Frame, Look};
use crate::shots::cuts;

/// Seconds that bursts must show before shots a minute mean anything.
const LEAST_SECONDS: f32 = 1.5;

/// What was measured of the pictures; no number where nothing could be measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PictureMeasures {
    /// Frames that were looked at.
    pub frames: u32,
    /// Changes of shot a minute.
    pub shots_per_minute: f32,
    /// Mean luma, 0..1.
    pub brightness: f32,
    /// Deviation of luma within a frame, 0..0.5.
    pub contrast: f32,
    /// Mean saturation, 0..1.
    pub saturation: f32,
    /// From −1, all blue, to 1, all red and yellow.
    pub warmth: f32,
    /// Mean change of luma between frames that lie an eighth of a second apart, within a shot, 0..1.
    pub motion: f32,
}

/// Takes the frames of a film, burst by burst, and keeps sums only.
#[derive(Debug, Clone, Default)]
pub struct Pictures {
    frames: u32,
    brightness: f64,
    contrast: f64,
    saturation: f64,
    warmth: f64,
    changes: f64,
    pairs: u32,
    cuts: u32,
    seconds: f64,
}

/// Seconds between the frames for which motion is stated.
const MOMENT: f32 = 0.125;

impl Pictures {
    /// Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Frames that follow each other at `rate` a second. Those that are not as large as they say are left out.
    pub fn burst<'a>(&mut self, frames: impl IntoIterator<Item = Frame<'a>>, rate: f32) {
        let looks: Vec<Look> = frames.into_iter().filter_map(Look::at).collect();
        for look in &looks {
            self.sum(look);
        }
        if !(rate.is_finite() && rate > 0.0) || looks.len() < 2 {
            return;
        }
        let cuts = cuts(&looks);
        self.seconds += f64::from((looks.len() - 1) as f32 / rate);
        self.cuts = self.cuts.saturating_add(cuts.len() as u32);
        for (at, pair) in looks.windows(2).enumerate() {
            if let [before, after] = pair
                && cuts.binary_search(&(at + 1)).is_err()
            {
                // As if they were an eighth of a second apart: what moves goes on moving.
                self.changes += f64::from(before.change(after) * (MOMENT * rate).min(2.0));
                self.pairs += 1;
            }
        }
    }

    /// A picture that stands alone, of a slideshow say: it says nothing of shots and motion.
    pub fn still(&mut self, frame: Frame<'_>) {
        if let Some(look) = Look::at(frame) {
            self.sum(&look);
        }
    }

    /// What all of it comes to.
    #[must_use]
    pub fn finish(&self) -> PictureMeasures {
        let mean = |sum: f64| if self.frames > 0 { (sum / f64::from(self.frames)) as f32 } else { f32::NAN };
        PictureMeasures {
            frames: self.frames,
            shots_per_minute: if self.seconds as f32 >= LEAST_SECONDS {
                (60.0 * f64::from(self.cuts) / self.seconds) as f32
            } else {
                f32::NAN
            },
            brightness: mean(self.brightness),
            contrast: mean(self.contrast),
            saturation: mean(self.saturation),
            warmth: mean(self.warmth),
            motion: if self.pairs > 0 { (self.changes / f64::from(self.pairs)) as f32 } else { f32::NAN },
        }
    }

    fn sum(&mut self, look: &Look) {
        self.frames = self.frames.saturating_add(1);
        self.brightness += f64::from(look.brightness);
        self.contrast += f64::from(look.contrast);
        self.saturation += f64::from(look.saturation);
        self.warmth += f64::from(look.warmth);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn burst(pictures: &mut Pictures, values: &[u8]) {
        let frames: Vec<Vec<u8>> = values.iter().map(|value| vec![*value; 3 * 16]).collect();
        pictures.burst(frames.iter().map(|rgb| Frame { rgb, width: 4, height: 4 }), 8.0);
    }

    #[test]
    fn shots_motion_and_light_are_means_over_all_bursts() {
        let mut pictures = Pictures::new();
        burst(&mut pictures, &[20; 17]);
        let mut cut = [200; 17];
        cut[..8].fill(20);
        burst(&mut pictures, &cut);
        let measured = pictures.finish();
        assert_eq!(measured.frames, 34);
        assert!((measured.shots_per_minute - 15.0).abs() < 1e-3, "one in four seconds: {measured:?}");
        assert!(
            measured.motion == 0.0 && (measured.brightness - (25.0 * 20.0 + 9.0 * 200.0) / 34.0 / 255.0).abs() < 1e-3
        );
    }

    #[test]
    fn nothing_seen_is_nothing_known() {
        let nothing = Pictures::new().finish();
        assert!(nothing.frames == 0 && nothing.brightness.is_nan() && nothing.shots_per_minute.is_nan());
        let mut pictures = Pictures::new();
        pictures.burst([Frame { rgb: &[1, 2], width: 9, height: 9 }], f32::NAN);
        pictures.still(Frame { rgb: &[255, 0, 0], width: 1, height: 1 });
        let still = pictures.finish();
        assert!(still.frames == 1 && still.warmth == 1.0 && still.motion.is_nan() && still.shots_per_minute.is_nan());
    }
}
