//! Loudness as broadcasters measure it: ITU-R BS.1770-5 (integrated loudness, true peak) and EBU Tech 3342 (range).
//!
//! Own code rather than a crate's, because a track's loudness must not cost more than its decoding: pairs of channels
//! run through the filters together, and the oversampling for the true peak is left out where it cannot matter. The
//! tests hold it against the `ebur128` crate.

mod gate;
mod k_weighting;
mod true_peak;

use gate::Gate;
use k_weighting::KWeighting;
use true_peak::TruePeak;

use crate::error::{Error, Result};

/// The integrated loudness of what is too quiet to have one: the absolute gate, in LUFS.
pub const FLOOR_LUFS: f32 = -70.0;
/// The true peak of silence, in dBTP: below the last bit of a 24-bit file.
pub const FLOOR_DBTP: f32 = -150.0;
/// The loudness that ReplayGain 2.0 brings a track to, in LUFS.
pub const REPLAY_GAIN_LUFS: f32 = -18.0;
/// The most channels measured together.
pub const MAX_CHANNELS: usize = 64;
/// The lowest sample rate measured, in Hz.
pub const MIN_RATE: u32 = 4_000;
/// The highest sample rate measured, in Hz.
pub const MAX_RATE: u32 = 768_000;

/// How loud a track is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loudness {
    /// Integrated loudness in LUFS, at least [`FLOOR_LUFS`]. A sound shorter than a gating block (0.4 s) is measured as
    /// a whole.
    pub integrated_lufs: f32,
    /// Loudness range in LU; 0 for a sound shorter than 3 s.
    pub range_lu: f32,
    /// The highest true peak of any channel in dBTP, at least [`FLOOR_DBTP`]. Oversampled 4 times below 96 kHz and
    /// twice below 192 kHz; the highest sample from there on.
    pub true_peak_dbtp: f32,
}

impl Loudness {
    /// The gain that brings the track to ReplayGain 2's level, in dB: what `REPLAYGAIN_TRACK_GAIN` holds. A track too
    /// quiet to have a loudness (silence) keeps its level: 0.
    ///
    /// ReplayGain 2.0 takes BS.1770's integrated loudness and −18 LUFS. It does not look at peaks: whether the gain
    /// would clip tells `true_peak_dbtp`, which it raises by as much.
    #[must_use]
    pub fn replay_gain_db(&self) -> f32 {
        if self.integrated_lufs > FLOOR_LUFS { REPLAY_GAIN_LUFS - self.integrated_lufs } else { 0.0 }
    }
}

/// 100 ms steps per gating block (0.4 s) and per short-term window (3 s). Each step ends one of both: Tech 3342 asks for
/// short-term values at least once a second, and ten of them tell the range of a short track more exactly.
const MOMENTARY: usize = 4;
const SHORT_TERM: usize = 30;

/// Measures the loudness of a track as it passes, all channels together.
///
/// Channels stand in the order of WAVE files. The low-frequency channel of 5.1 and more has no loudness, channels to
/// the side (behind, where there are none to the side) count 1.5 dB more. One channel counts once: the same signal in
/// two is 3 dB louder.
pub struct LoudnessMeter {
    k_weighting: KWeighting,
    true_peak: TruePeak,
    /// The channels of the piece at hand, one after the other.
    planar: Vec<Vec<f32>>,
    frames_per_step: usize,
    /// Of the step that is being filled.
    step_frames: usize,
    step_energy: f64,
    /// The mean energy of the last steps, the newest at `steps % SHORT_TERM`, before it the older ones.
    recent: [f64; SHORT_TERM],
    steps: u64,
    blocks: Gate,
    short_terms: Gate,
}

impl LoudnessMeter {
    /// Prepares to measure.
    ///
    /// # Errors
    /// [`Error::Channels`] unless there are 1 to [`MAX_CHANNELS`], [`Error::SampleRate`] unless the rate lies within
    /// [`MIN_RATE`]..=[`MAX_RATE`].
    pub fn new(channels: usize, sample_rate: u32) -> Result<Self> {
        if channels == 0 || channels > MAX_CHANNELS {
            return Err(Error::Channels { channels, max: MAX_CHANNELS });
        }
        if !(MIN_RATE..=MAX_RATE).contains(&sample_rate) {
            return Err(Error::SampleRate { sample_rate, min: MIN_RATE, max: MAX_RATE });
        }
        Ok(Self {
            k_weighting: KWeighting::new(&weights(channels), sample_rate),
            true_peak: TruePeak::new(channels, sample_rate),
            planar: vec![Vec::new(); channels],
            frames_per_step: (sample_rate as usize + 5) / 10,
            step_frames: 0,
            step_energy: 0.0,
            recent: [0.0; SHORT_TERM],
            steps: 0,
            blocks: Gate::new(),
            short_terms: Gate::new(),
        })
    }

    /// Takes the next frames, the channels' samples by turns.
    ///
    /// # Errors
    /// [`Error::PartialFrame`] when the block ends within a frame; nothing of it is measured then.
    pub fn push(&mut self, interleaved: &[f32]) -> Result<()> {
        let channels = self.planar.len();
        if !interleaved.len().is_multiple_of(channels) {
            return Err(Error::PartialFrame { samples: interleaved.len(), channels });
        }
        let mut rest = interleaved;
        while !rest.is_empty() {
            let frames = (rest.len() / channels).min(self.frames_per_step - self.step_frames);
            let (now, later) = rest.split_at(frames * channels);
            rest = later;
            for (channel, planar) in self.planar.iter_mut().enumerate() {
                planar.clear();
                planar.extend(now.iter().skip(channel).step_by(channels).map(|&x| segue_dsp::tame(x)));
            }
            self.true_peak.push(&self.planar);
            self.step_energy += self.k_weighting.push(&self.planar);
            self.step_frames += frames;
            if self.step_frames == self.frames_per_step {
                self.end_step();
            }
        }
        Ok(())
    }

    /// Ends the track.
    ///
    /// # Errors
    /// None today.
    pub fn finish(mut self) -> Result<Loudness> {
        if self.steps < MOMENTARY as u64 {
            let whole = self.recent.iter().sum::<f64>() * self.frames_per_step as f64 + self.step_energy;
            let frames = self.steps as usize * self.frames_per_step + self.step_frames;
            self.blocks.add(whole / frames.max(1) as f64);
        }
        Ok(Loudness {
            integrated_lufs: self.blocks.integrated(),
            range_lu: self.short_terms.range(),
            true_peak_dbtp: decibels(self.true_peak.highest()).max(FLOOR_DBTP),
        })
    }

    fn end_step(&mut self) {
        let newest = (self.steps % SHORT_TERM as u64) as usize;
        self.recent[newest] = self.step_energy / self.frames_per_step as f64;
        self.step_energy = 0.0;
        self.step_frames = 0;
        self.steps += 1;
        if self.steps >= MOMENTARY as u64 {
            let block = (0..MOMENTARY).map(|ago| self.recent[(newest + SHORT_TERM - ago) % SHORT_TERM]).sum::<f64>();
            self.blocks.add(block / MOMENTARY as f64);
        }
        if self.steps >= SHORT_TERM as u64 {
            self.short_terms.add(self.recent.iter().sum::<f64>() / SHORT_TERM as f64);
        }
    }
}

/// What each channel counts, in the order of WAVE files (BS.1770-5, tables 3 and 4).
fn weights(channels: usize) -> Vec<f64> {
    const FRONT: f64 = 1.0;
    const SIDE: f64 = 1.41;
    const BACK: f64 = 1.0;
    const LOW: f64 = 0.0;
    match channels {
        4 => vec![FRONT, FRONT, SIDE, SIDE],
        5 => vec![FRONT, FRONT, FRONT, SIDE, SIDE],
        6 => vec![FRONT, FRONT, FRONT, LOW, SIDE, SIDE],
        7 => vec![FRONT, FRONT, FRONT, LOW, BACK, SIDE, SIDE],
        8 => vec![FRONT, FRONT, FRONT, LOW, BACK, BACK, SIDE, SIDE],
        _ => vec![FRONT; channels],
    }
}

/// Amplitude in decibels of full scale.
fn decibels(amplitude: f32) -> f32 {
    if amplitude > 0.0 { 20.0 * amplitude.log10() } else { FLOOR_DBTP }
}
