use segue_dsp::mel::MelBank;
use segue_dsp::stft::Stft;
use segue_dsp::tempogram::Tempogram;

use super::cepstrum::Cepstrum;
use super::chroma::ChromaMeter;
use super::onset::count_onsets;
use super::rhythm::{OnsetSeries, new_tempogram, tempo};
use super::spectral::ShapeMeter;
use super::waveform::Waveform;
use super::{
    BANDS, BINS, COEFFICIENTS, HOP, HZ_PER_BIN, LEAST_LOUDNESS, LEAST_RMS, SEGMENT, TOP_DECIBELS, levels, mel_bank,
    stft,
};
use crate::error::Result;

/// What one segment sounds like.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Segment {
    /// `None` where the segment is too quiet to have one.
    pub(super) bpm: Option<f64>,
    /// Chroma, centroid, bandwidth, roll-off, zero-crossing rate, RMS: each the mean over the frames.
    pub(super) spectral: [f64; 6],
    /// The mean of each coefficient over the frames.
    pub(super) mfcc_mean: [f64; COEFFICIENTS],
    /// The standard deviation of each coefficient over the frames.
    pub(super) mfcc_std: [f64; COEFFICIENTS],
    /// The mean onset strength.
    pub(super) onset_mean: f64,
    /// The number of onsets.
    pub(super) onsets: u32,
    /// The level in dB.
    pub(super) loudness: f64,
}

/// Listens to one segment after the other, each as if there were nothing around it.
pub(super) struct SegmentMeter {
    stft: Stft,
    frames: Frames,
    waveform: Waveform,
    cepstrum: Cepstrum,
    onsets: OnsetSeries,
    tempogram: Tempogram,
}

impl SegmentMeter {
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            stft: stft()?,
            frames: Frames::new(),
            waveform: Waveform::default(),
            cepstrum: Cepstrum::new(),
            onsets: OnsetSeries::default(),
            tempogram: new_tempogram(),
        })
    }

    /// Samples of the segment so far.
    pub(super) fn samples(&self) -> usize {
        self.waveform.samples()
    }

    /// The bytes of all that could grow.
    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        let Self { frames, waveform, onsets, .. } = self;
        let floats = frames.spectra.capacity() + onsets.means.capacity() + onsets.medians.capacity();
        size_of::<f32>() * (floats + BANDS * frames.levels.capacity()) + waveform.room() + frames.chroma.room()
    }

    /// Takes the next samples of the segment.
    pub(super) fn push(&mut self, samples: &[f32]) {
        self.waveform.push(samples);
        let frames = &mut self.frames;
        self.stft.push(samples, &mut |power| frames.take(power));
    }

    /// Ends the segment; the next may begin.
    pub(super) fn finish(&mut self) -> Segment {
        let Self { stft, frames, waveform, cepstrum, onsets, tempogram } = self;
        stft.finish(&mut |power| frames.take(power));
        let levels = &frames.levels;
        let count = levels.len().max(1) as f64;
        let floor = levels.as_flattened().iter().copied().fold(f32::NEG_INFINITY, f32::max) - TOP_DECIBELS;
        let coefficients = cepstrum.of(levels, floor);
        onsets.take(levels, floor);
        let wave = waveform.finish();
        let bpm = (wave.level >= LEAST_RMS).then(|| {
            tempogram.push(&onsets.medians);
            tempo(&tempogram.finish())
        });
        let [centroid, bandwidth, roll_off] = frames.shapes.map(|sum| sum / count);
        let segment = Segment {
            bpm,
            spectral: [
                frames.chroma.finish(&frames.spectra),
                centroid,
                bandwidth,
                roll_off,
                wave.crossing_rate,
                wave.rms,
            ],
            mfcc_mean: coefficients.map(|coefficient| coefficient.mean()),
            mfcc_std: coefficients.map(|coefficient| coefficient.deviation()),
            onset_mean: onsets.means.iter().map(|&x| f64::from(x)).sum::<f64>() / count,
            onsets: count_onsets(&onsets.means),
            loudness: (20.0 * wave.level.log10()).max(LEAST_LOUDNESS),
        };
        frames.clear();
        segment
    }
}

/// What is kept of the frames of a segment until it ends.
struct Frames {
    bank: MelBank,
    shape: ShapeMeter,
    chroma: ChromaMeter,
    /// The sums of centroid, bandwidth and roll-off.
    shapes: [f64; 3],
    /// The power spectra, one after the other: which bin sounds as which pitch class shows only at the end.
    spectra: Vec<f32>,
    /// The levels of the mel bands.
    levels: Vec<[f32; BANDS]>,
}

impl Frames {
    fn new() -> Self {
        let frames = 1 + SEGMENT / HOP;
        Self {
            bank: mel_bank(),
            shape: ShapeMeter::new(HZ_PER_BIN, BINS),
            chroma: ChromaMeter::new(HZ_PER_BIN, BINS),
            shapes: [0.0; 3],
            spectra: Vec::with_capacity(frames * BINS),
            levels: Vec::with_capacity(frames),
        }
    }

    fn take(&mut self, power: &[f32]) {
        let shape = self.shape.of(power);
        for (sum, value) in self.shapes.iter_mut().zip([shape.centroid, shape.bandwidth, shape.roll_off]) {
            *sum += value;
        }
        self.chroma.frame(power);
        self.spectra.extend_from_slice(power);
        self.levels.push(levels(&self.bank, power));
    }

    fn clear(&mut self) {
        self.shapes = [0.0; 3];
        self.spectra.clear();
        self.levels.clear();
    }
}
