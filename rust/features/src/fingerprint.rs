//! Acoustic fingerprints: the same recording has nearly the same one whatever its codec, bitrate, level or lead-in.
//!
//! The method is Chromaprint's, with the parameters of its default algorithm (`CHROMAPRINT_ALGORITHM_TEST2`; Lalinský,
//! "How does Chromaprint work?", 2011, after Ke, Hoiem & Sukthankar, "Computer vision for music identification", CVPR
//! 2005, and Jang et al., "Pairwise boosted audio fingerprint", 2009): the energy of twelve pitch classes every 124 ms,
//! smoothed over five frames and normalised, is looked at as an image, and sixteen rectangle filters on it give two
//! bits each. Items agree with those of `fpcalc` in all but a few bits in a hundred, so a fingerprint can be looked up at
//! AcoustID.
//!
//! Chromaprint hears 11,025 Hz in frames of 4096 samples. Frames of 8192 at 22,050 Hz have the same bins, and those up to
//! 3520 Hz, which is all that counts, the same values: no second resampling.

use segue_dsp::stft::{Stft, StftConfig};
use segue_dsp::tame;

use crate::error::{Error, Result};

const FRAME: usize = 8192;
const HOP: usize = 2 * (4096 / 3);
/// The pitches heard, in bins: 28 to 3520 Hz.
const BINS: std::ops::Range<usize> = 10..1308;
/// Where pitch classes begin, in Hz: an A.
const A0: f64 = 27.5;
const CLASSES: usize = 12;
/// Frames twice as long as Chromaprint's have four times the power.
const POWER: f64 = 0.25;
/// Weights of the frames that are smoothed to one.
const SMOOTHING: [f64; 5] = [0.25, 0.75, 1.0, 0.75, 0.25];
/// Energy below which a frame is silent, about −80 dBFS.
const SILENT_FRAME: f64 = 0.01;
/// Frames under the widest filter.
const WIDEST: usize = 16;
/// The magnitude of the first sample that is sound: −60 dBFS.
const ONSET: f32 = 1e-3;
/// Samples of sound that are listened to.
const SAMPLES: usize = 120 * FingerprintExtractor::SAMPLE_RATE as usize;

/// What identifies a recording: the first 120 seconds of its sound.
///
/// Empty for silence and for sounds of less than 2.7 seconds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fingerprint {
    /// One item of 32 bits for every [`ITEM_SECONDS`](Self::ITEM_SECONDS) of sound, at most
    /// [`MAX_ITEMS`](Self::MAX_ITEMS).
    pub items: Vec<u32>,
}

impl Fingerprint {
    /// Seconds from one item to the next.
    pub const ITEM_SECONDS: f32 = HOP as f32 / FingerprintExtractor::SAMPLE_RATE as f32;
    /// Items of a fingerprint of 120 seconds or more.
    pub const MAX_ITEMS: usize = (SAMPLES - FRAME) / HOP + 2 - SMOOTHING.len() - WIDEST + 1;

    /// What [`to_bytes`](Self::to_bytes) writes first; raised with every change of the format.
    const FORMAT: u16 = 1;
    const HEADER_BYTES: usize = 4;

    /// As bytes, at most 3796: the format and the number of items as `u16`, then the items as `u32`, little-endian. Items
    /// beyond [`MAX_ITEMS`](Self::MAX_ITEMS) are left out.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let items = &self.items[..self.items.len().min(Self::MAX_ITEMS)];
        let mut bytes = Vec::with_capacity(Self::HEADER_BYTES + 4 * items.len());
        bytes.extend(Self::FORMAT.to_le_bytes());
        bytes.extend((items.len() as u16).to_le_bytes());
        bytes.extend(items.iter().flat_map(|item| item.to_le_bytes()));
        bytes
    }

    /// From what [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// [`Error::FingerprintBytes`] where it did not.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let bad = || Error::FingerprintBytes { bytes: bytes.len() };
        let (header, body) = bytes.split_first_chunk::<{ Self::HEADER_BYTES }>().ok_or_else(bad)?;
        let [f0, f1, n0, n1] = *header;
        let count = usize::from(u16::from_le_bytes([n0, n1]));
        let (words, rest) = body.as_chunks::<4>();
        let sound = u16::from_le_bytes([f0, f1]) == Self::FORMAT && count <= Self::MAX_ITEMS;
        if !sound || words.len() != count || !rest.is_empty() {
            return Err(bad());
        }
        Ok(Self { items: words.iter().map(|word| u32::from_le_bytes(*word)).collect() })
    }
}

/// Listens to a track as it passes and knows its [`Fingerprint`] at the end.
///
/// It listens from the first sample over −60 dBFS on, so that another pressing's lead-in does not matter, and for 120
/// seconds; what comes later costs nothing. It keeps twelve numbers per item, at most 100 kB.
///
/// ```
/// use segue_features::FingerprintExtractor;
///
/// let mut extractor = FingerprintExtractor::new()?;
/// extractor.push(&[0.0; 22_050]);
/// assert!(extractor.finish().items.is_empty());
/// # Ok::<(), segue_features::Error>(())
/// ```
pub struct FingerprintExtractor {
    frames: Stft,
    /// The pitch class of every bin of [`BINS`].
    classes: Vec<u8>,
    chroma: Vec<[f64; CLASSES]>,
    /// Samples still to be heard.
    left: usize,
}

impl FingerprintExtractor {
    /// The sample rate expected, in Hz.
    pub const SAMPLE_RATE: u32 = 22_050;

    /// Prepares to listen.
    ///
    /// # Errors
    /// [`Error::Dsp`] if a transform cannot be prepared, which this size gives no reason for.
    pub fn new() -> Result<Self> {
        // Hamming, symmetric.
        let angle = std::f64::consts::TAU / (FRAME - 1) as f64;
        let window = (0..FRAME).map(|i| (0.54 - 0.46 * (angle * i as f64).cos()) as f32).collect();
        let hz_per_bin = f64::from(Self::SAMPLE_RATE) / FRAME as f64;
        let class = |bin| (CLASSES as f64 * (bin as f64 * hz_per_bin / A0).log2()).rem_euclid(CLASSES as f64) as u8;
        Ok(Self {
            frames: Stft::new(StftConfig { n_fft: FRAME, hop: HOP, window, centre: false })?,
            classes: BINS.map(class).collect(),
            chroma: Vec::new(),
            left: SAMPLES,
        })
    }

    /// Listens to the next samples: one channel at [`SAMPLE_RATE`](Self::SAMPLE_RATE), full scale ±1.
    pub fn push(&mut self, mut mono: &[f32]) {
        if self.left == SAMPLES {
            let onset = mono.iter().position(|&x| tame(x).abs() >= ONSET);
            mono = &mono[onset.unwrap_or(mono.len())..];
        }
        let heard = &mono[..mono.len().min(self.left)];
        self.left -= heard.len();
        let Self { frames, classes, chroma, .. } = self;
        frames.push(heard, &mut |power| {
            let mut frame = [0.0; CLASSES];
            for (&class, &power) in classes.iter().zip(power.get(BINS).unwrap_or_default()) {
                if let Some(sum) = frame.get_mut(usize::from(class)) {
                    *sum += POWER * f64::from(power);
                }
            }
            chroma.push(frame);
        });
    }

    /// Ends the track.
    #[must_use]
    pub fn finish(self) -> Fingerprint {
        let image = Image::new(self.chroma.windows(SMOOTHING.len()).map(smoothed));
        let items = (0..(image.frames() + 1).saturating_sub(WIDEST)).map(|start| image.item(start));
        Fingerprint { items: items.collect() }
    }
}

/// Some frames to one, of length 1, or 0 where nothing sounds.
fn smoothed(frames: &[[f64; CLASSES]]) -> [f64; CLASSES] {
    let mut sum = [0.0; CLASSES];
    for (frame, weight) in frames.iter().zip(SMOOTHING) {
        for (sum, energy) in sum.iter_mut().zip(frame) {
            *sum += weight * energy;
        }
    }
    let norm = sum.iter().map(|x| x * x).sum::<f64>().sqrt();
    sum.map(|x| if norm < SILENT_FRAME { 0.0 } else { x / norm })
}

/// A chroma image by its integral: `sums[t][b]` is the sum of all frames before `t` in all bands below `b`.
struct Image {
    sums: Vec<[f64; CLASSES + 1]>,
}

impl Image {
    fn new(frames: impl Iterator<Item = [f64; CLASSES]>) -> Self {
        let mut last = [0.0; CLASSES + 1];
        let mut sums = vec![last];
        for frame in frames {
            let mut row = 0.0;
            for (sum, value) in last.iter_mut().skip(1).zip(frame) {
                row += value;
                *sum += row;
            }
            sums.push(last);
        }
        Self { sums }
    }

    fn frames(&self) -> usize {
        self.sums.len() - 1
    }

    /// The sum over `frames` frames from `frame` on, and `bands` bands from `band` on.
    fn area(&self, frame: usize, frames: usize, band: usize, bands: usize) -> f64 {
        let corner = |t: usize, b: usize| self.sums.get(t).and_then(|row| row.get(b)).copied().unwrap_or(0.0);
        let (end, top) = (frame + frames, band + bands);
        corner(end, top) - corner(frame, top) - corner(end, band) + corner(frame, band)
    }

    fn item(&self, start: usize) -> u32 {
        FILTERS.iter().fold(0, |bits, filter| bits << 2 | filter.code(self, start))
    }
}

/// Which part of a rectangle of the image is compared with the rest.
#[derive(Clone, Copy)]
enum Shape {
    /// All of it, with nothing.
    Whole,
    /// The upper bands.
    Upper,
    /// The later frames.
    Later,
    /// Two opposite quarters: upper earlier and lower later.
    Quarters,
    /// The middle third of the bands.
    MiddleBands,
    /// The middle third of the frames.
    MiddleFrames,
}

/// A filter on the image and the quantiser of its answer.
struct Filter {
    shape: Shape,
    band: usize,
    bands: usize,
    frames: usize,
    steps: [f64; 3],
}

impl Filter {
    /// Two bits, in Gray code: neighbouring steps differ in one.
    fn code(&self, image: &Image, start: usize) -> u32 {
        let Self { shape, band, bands, frames, .. } = *self;
        let whole = image.area(start, frames, band, bands);
        let (part, rest) = match shape {
            Shape::Whole => (whole, 0.0),
            Shape::Upper => {
                let part = image.area(start, frames, band + bands / 2, bands - bands / 2);
                (part, whole - part)
            }
            Shape::Later => {
                let part = image.area(start + frames / 2, frames - frames / 2, band, bands);
                (part, whole - part)
            }
            Shape::Quarters => {
                let (low, early) = (bands / 2, frames / 2);
                let part = image.area(start, early, band + low, bands - low)
                    + image.area(start + early, frames - early, band, low);
                (part, whole - part)
            }
            Shape::MiddleBands => {
                let third = bands / 3;
                let part = image.area(start, frames, band + third, third);
                (part, whole - part)
            }
            Shape::MiddleFrames => {
                let third = frames / 3;
                let part = image.area(start + third, third, band, bands);
                (part, whole - part)
            }
        };
        // Differences of sums may fall below 0 by rounding.
        let value = part.max(0.0).ln_1p() - rest.max(0.0).ln_1p();
        let step = self.steps.iter().filter(|&&step| value >= step).count();
        [0b00, 0b01, 0b11, 0b10].get(step).copied().unwrap_or_default()
    }
}

const fn filter(shape: Shape, band: usize, bands: usize, frames: usize, steps: [f64; 3]) -> Filter {
    Filter { shape, band, bands, frames, steps }
}

/// The sixteen that Chromaprint's training chose.
const FILTERS: [Filter; 16] = [
    filter(Shape::Whole, 4, 3, 15, [1.98215, 2.35817, 2.63523]),
    filter(Shape::MiddleBands, 4, 6, 15, [-1.03809, -0.651211, -0.282167]),
    filter(Shape::Upper, 0, 4, 16, [-0.298702, 0.119262, 0.558497]),
    filter(Shape::Quarters, 8, 2, 12, [-0.105439, 0.0153946, 0.135898]),
    filter(Shape::Quarters, 4, 4, 8, [-0.142891, 0.0258736, 0.200632]),
    filter(Shape::MiddleBands, 0, 3, 5, [-0.826319, -0.590612, -0.368214]),
    filter(Shape::Upper, 2, 2, 9, [-0.557409, -0.233035, 0.0534525]),
    filter(Shape::Later, 7, 3, 4, [-0.0646826, 0.00620476, 0.0784847]),
    filter(Shape::Later, 6, 2, 16, [-0.192387, -0.029699, 0.215855]),
    filter(Shape::Later, 1, 3, 2, [-0.0397818, -0.00568076, 0.0292026]),
    filter(Shape::MiddleFrames, 10, 1, 15, [-0.53823, -0.369934, -0.190235]),
    filter(Shape::Quarters, 6, 2, 10, [-0.124877, 0.0296483, 0.139239]),
    filter(Shape::Later, 1, 1, 14, [-0.101475, 0.0225617, 0.231971]),
    filter(Shape::Quarters, 5, 6, 4, [-0.0799915, -0.00729616, 0.063262]),
    filter(Shape::Upper, 9, 2, 12, [-0.272556, 0.019424, 0.302559]),
    filter(Shape::Quarters, 4, 2, 14, [-0.164292, -0.0321188, 0.0846339]),
];
