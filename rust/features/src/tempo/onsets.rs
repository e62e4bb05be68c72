//! Onset strength, frame by frame, and its compact record of a whole track.

/// Onset strength compares a frame with this many frames before: 23 ms, half a frame, over which the window has moved
/// enough to show an attack in full.
const LAG: usize = 2;

/// How much begins to sound in a frame: the rectified change of the logarithm of the energy, summed over bands.
pub(crate) struct OnsetStrength {
    /// The last `LAG` frames, each `bands` long, as a ring.
    past: Vec<f32>,
    bands: usize,
    frames: usize,
}

impl OnsetStrength {
    pub(crate) fn new(bands: usize) -> Self {
        Self { past: vec![0.0; LAG * bands], bands, frames: 0 }
    }

    /// The strength of the next frame, in nepers of power; bands beyond the prepared number are left out.
    pub(crate) fn of(&mut self, bands: &[f32]) -> f32 {
        // Nothing comes before the first frames to compare them with: the start of a file is no onset.
        let heard = if self.frames < LAG { 0.0 } else { 1.0 };
        let start = self.frames % LAG * self.bands;
        let past = self.past.iter_mut().skip(start).take(self.bands);
        self.frames += 1;
        let mut onset = 0.0;
        for (past, &now) in past.zip(bands) {
            onset += (now - *past).max(0.0);
            *past = now;
        }
        heard * onset
    }
}

/// The onset strengths of a track, a byte each: 86 bytes per second at 86 frames per second.
pub(crate) struct Envelope {
    frames_per_second: f32,
    most: usize,
    codes: Vec<u8>,
}

impl Envelope {
    /// The length that is kept: 4 hours, which is 1.2 MB. Beats beyond are not tracked.
    const HOURS: f32 = 4.0;
    /// A code is this many times the square root of the strength: strengths up to 450 (every band rises by 49 dB) have
    /// a code of their own, and 0.1, where sound begins, has 4.
    const SCALE: f32 = 12.0;

    pub(crate) fn new(frames_per_second: f32) -> Self {
        Self { frames_per_second, most: (Self::HOURS * 3600.0 * frames_per_second) as usize, codes: Vec::new() }
    }

    pub(crate) fn push(&mut self, onset: f32) {
        if self.codes.len() < self.most {
            self.codes.push((Self::SCALE * onset.max(0.0).sqrt()).round() as u8);
        }
    }

    /// The square root of each frame's strength, in twelfths.
    pub(crate) fn codes(&self) -> &[u8] {
        &self.codes
    }

    /// Writes the strengths from frame `start` on; 0 beyond the end.
    pub(crate) fn decode(&self, start: usize, out: &mut [f32]) {
        let codes = self.codes.iter().skip(start).copied().chain(std::iter::repeat(0));
        for (out, code) in out.iter_mut().zip(codes) {
            *out = (f32::from(code) / Self::SCALE).powi(2);
        }
    }

    /// When the attack came that is strongest in a frame, in seconds: at its middle (measured with clicks).
    pub(crate) fn seconds(&self, frame: usize) -> f32 {
        frame as f32 / self.frames_per_second
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_grows_counts() {
        let mut strength = OnsetStrength::new(3);
        let frames = [[5.0, 5.0, 5.0], [5.0, 5.0, 5.0], [6.0, 3.0, 5.5], [5.0, 5.0, 5.0], [6.0, 4.0, 5.5]];
        let heard: Vec<f32> = frames.iter().map(|bands| strength.of(bands)).collect();
        assert_eq!(heard, [0.0, 0.0, 1.5, 0.0, 1.0]);
    }

    #[test]
    fn the_record_is_a_byte_a_frame_and_ends_after_four_hours() {
        let mut envelope = Envelope::new(10.0);
        for onset in [0.0, 0.1, 1.0, 40.0, 450.0, f32::INFINITY, f32::NAN] {
            envelope.push(onset);
        }
        let mut strengths = [1.0; 8];
        envelope.decode(0, &mut strengths);
        let expected = [0.0, 0.1, 1.0, 40.0, 450.0, 451.6, 0.0, 0.0];
        for (strength, expected) in strengths.iter().zip(expected) {
            assert!((strength - expected).abs() <= 0.02 + 0.02 * expected, "{strengths:?}");
        }
        for _ in 0..11 * 3600 * 10 {
            envelope.push(1.0);
        }
        assert_eq!(envelope.codes().len(), 4 * 3600 * 10);
    }
}
