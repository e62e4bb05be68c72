use segue_dsp::mel::MelBank;
use segue_dsp::stft::{Stft, StftConfig};
use segue_dsp::window::hann_periodic;

use crate::danceability::FluctuationMeter;
use crate::energy::EnergyMeter;
use crate::error::Result;
use crate::key::{Key, KeyFinder, Pitch};
use crate::tempo::{Tempo, TempoFinder};

/// What one listening finds in a track.
#[derive(Debug, Clone, PartialEq)]
pub struct Features {
    /// How fast the beat goes, how clearly and how steadily.
    pub tempo: Tempo,
    /// Where the beats are, in seconds from the start, ascending; none where nothing beats, and none after the first
    /// four hours.
    pub beats: Vec<f32>,
    /// The key the whole track is nearest to; `None` where nothing has a pitch.
    pub key: Option<Key>,
    /// The key it is nearest to but for [`key`](Self::key), with the strength of its own; `None` where no other fits.
    /// Close strengths are a near tie, most often of a relative or neighbouring key, or of the keys of a piece that
    /// changes its own.
    pub second_key: Option<Key>,
    /// How far the music lies above A = 440 Hz in equal temperament, in cents, −50 to 50; 0 where nothing has a pitch
    /// or the pitches share no tuning.
    pub tuning_cents: f32,
    /// How driving the music sounds, from 0 (silence) to 1: the same scale in every library, because it is made of
    /// absolute quantities. Half of it is how much begins to sound per moment, three tenths are the level and two
    /// tenths the brightness.
    pub energy: f32,
    /// How much of the sound is high, from 0 (bass, or silence) to 1: where the centre of the logarithms of the energy
    /// lies among bands of the ear's width from 30 Hz to 11 kHz, taken as a part of the range that music covers.
    pub brightness: f32,
    /// How steady and strong the loudness pulses (detrended fluctuation analysis, Streich & Herrera 2005), on the
    /// scale of Essentia's `Danceability`: 0 to about 3, most music near 1.2.
    pub danceability: f32,
}

/// Listens to a track as it passes and knows its [`Features`] at the end.
///
/// ```
/// use segue_features::FeatureExtractor;
///
/// let mut extractor = FeatureExtractor::new()?;
/// for block in vec![0.0; 10 * 22_050].chunks(4096) {
///     extractor.push(block);
/// }
/// let silence = extractor.finish();
/// assert_eq!((silence.tempo.bpm, silence.key), (0.0, None));
/// # Ok::<(), segue_features::Error>(())
/// ```
pub struct FeatureExtractor {
    rhythm_frames: Stft,
    bank: MelBank,
    bands: Vec<f32>,
    tempo: TempoFinder,
    energy: EnergyMeter,
    pitch_frames: Stft,
    key: KeyFinder,
    fluctuation: FluctuationMeter,
}

impl FeatureExtractor {
    /// The sample rate expected, in Hz.
    pub const SAMPLE_RATE: u32 = 22_050;

    /// Frames for rhythm: 46 ms every 11.6 ms, so that a beat is placed to within a hundredth of its period.
    pub(crate) const RHYTHM_FFT: usize = 1024;
    pub(crate) const RHYTHM_HOP: usize = 256;
    /// Bands of the ear's width from the lowest drum to the highest cymbal that 22.05 kHz holds.
    const RHYTHM_BANDS: usize = 40;
    const RHYTHM_RANGE: (f32, f32) = (30.0, 11_000.0);
    /// Energy in a band that counts for 0 in logarithms: 51 dB under a full-scale tone. The logarithm is nearly linear
    /// below, so a noise floor does not drum.
    const BAND_FLOOR: f32 = 1e-2;
    /// Frames for pitch: 93 ms, one after the other. Longer ones part low semitones better but run short notes together.
    pub(crate) const PITCH_FFT: usize = 2048;

    /// Prepares to listen.
    ///
    /// # Errors
    /// [`Error::Dsp`](crate::Error::Dsp) if a transform cannot be prepared, which these sizes give no reason for.
    pub fn new() -> Result<Self> {
        let stft = |n_fft, hop, centre| Stft::new(StftConfig { n_fft, hop, window: hann_periodic(n_fft), centre });
        let (low, high) = Self::RHYTHM_RANGE;
        Ok(Self {
            rhythm_frames: stft(Self::RHYTHM_FFT, Self::RHYTHM_HOP, true)?,
            bank: MelBank::slaney(Self::SAMPLE_RATE, Self::RHYTHM_FFT, Self::RHYTHM_BANDS, low, high),
            bands: vec![0.0; Self::RHYTHM_BANDS],
            tempo: TempoFinder::new(Self::SAMPLE_RATE as f32 / Self::RHYTHM_HOP as f32, Self::RHYTHM_BANDS),
            energy: EnergyMeter::new(),
            pitch_frames: stft(Self::PITCH_FFT, Self::PITCH_FFT, true)?,
            key: KeyFinder::new(Self::SAMPLE_RATE, Self::PITCH_FFT),
            fluctuation: FluctuationMeter::new(Self::SAMPLE_RATE),
        })
    }

    /// Listens to the next samples: one channel at [`SAMPLE_RATE`](Self::SAMPLE_RATE), full scale ±1.
    pub fn push(&mut self, mono: &[f32]) {
        self.energy.level(mono);
        self.fluctuation.push(mono);
        let Self { rhythm_frames, pitch_frames, bank, bands, tempo, energy, key, .. } = self;
        rhythm_frames.push(mono, &mut |power| rhythm(power, bank, bands, tempo, energy));
        pitch_frames.push(mono, &mut |power| key.frame(power));
    }

    /// Ends the track.
    #[must_use]
    pub fn finish(mut self) -> Features {
        let Self { rhythm_frames, pitch_frames, bank, bands, tempo, energy, key, .. } = &mut self;
        rhythm_frames.finish(&mut |power| rhythm(power, bank, bands, tempo, energy));
        pitch_frames.finish(&mut |power| key.frame(power));
        let Pitch { key, second_key, tuning_cents } = self.key.finish();
        let (tempo, beats) = self.tempo.finish();
        let (energy, brightness) = self.energy.finish();
        Features {
            tempo,
            beats,
            key,
            second_key,
            tuning_cents,
            energy,
            brightness,
            danceability: self.fluctuation.finish(),
        }
    }
}

fn rhythm(power: &[f32], bank: &MelBank, bands: &mut [f32], tempo: &mut TempoFinder, energy: &mut EnergyMeter) {
    bank.apply(power, bands);
    for band in bands.iter_mut() {
        *band = (*band / FeatureExtractor::BAND_FLOOR).ln_1p();
    }
    let onset = tempo.frame(bands);
    energy.frame(bands, onset);
}
