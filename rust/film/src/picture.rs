//! What one small frame looks like.

use crate::shots::Histogram;

/// A frame as it is handed in: red, green and blue, a byte each, row after row from the top left.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// `3 × width × height` bytes.
    pub rgb: &'a [u8],
    /// In pixels.
    pub width: usize,
    /// In pixels.
    pub height: usize,
}

/// What is kept of a frame.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    /// Luma (ITU-R BT.601) of each pixel.
    luma: Vec<u8>,
    pub(crate) histogram: Histogram,
    pub(crate) brightness: f32,
    pub(crate) contrast: f32,
    pub(crate) saturation: f32,
    pub(crate) warmth: f32,
}

impl Look {
    /// `None` for a frame whose bytes are not as many as its size says, and for one without pixels.
    pub(crate) fn at(frame: Frame<'_>) -> Option<Self> {
        let pixels = frame.width.checked_mul(frame.height).filter(|pixels| *pixels > 0)?;
        let (colours, rest) = frame.rgb.as_chunks::<3>();
        if colours.len() != pixels || !rest.is_empty() {
            return None;
        }
        let mut luma = Vec::with_capacity(pixels);
        let mut histogram = Histogram::new(frame.width, frame.height);
        let (mut sum, mut squares, mut chroma, mut strongest, mut warm) = (0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64);
        for (at, &[red, green, blue]) in colours.iter().enumerate() {
            let [r, g, b] = [red, green, blue].map(f32::from);
            let y = 0.299 * r + 0.587 * g + 0.114 * b;
            histogram.add(at, y, 0.564 * (b - y), 0.713 * (r - y));
            luma.push(y.round() as u8);
            sum += f64::from(y);
            squares += f64::from(y * y);
            let (most, least) = (r.max(g).max(b), r.min(g).min(b));
            chroma += f64::from(most - least);
            strongest += f64::from(most);
            warm += f64::from(r - b);
        }
        let count = pixels as f64;
        let mean = sum / count;
        // Against the strongest colour, so that the noise of dark pixels is no colour.
        let share = |part: f64| if strongest > 0.0 { (part / strongest) as f32 } else { 0.0 };
        Some(Self {
            luma,
            histogram,
            brightness: (mean / 255.0) as f32,
            contrast: ((squares / count - mean * mean).max(0.0).sqrt() / 255.0) as f32,
            saturation: share(chroma),
            warmth: share(warm),
        })
    }

    /// Mean difference of luma, 0..1.
    pub(crate) fn change(&self, other: &Self) -> f32 {
        let difference: u64 = self.luma.iter().zip(&other.luma).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        difference as f32 / (255.0 * self.luma.len().max(1) as f32)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn plain(rgb: [u8; 3]) -> Look {
        Look::at(Frame { rgb: &rgb.repeat(64), width: 8, height: 8 }).unwrap()
    }

    #[test]
    fn colours_are_warm_or_cold_bright_or_dark_strong_or_grey() {
        let (red, blue, grey, black) =
            (plain([255, 0, 0]), plain([0, 0, 255]), plain([128, 128, 128]), plain([0, 0, 0]));
        assert_eq!((red.warmth, blue.warmth, grey.warmth, black.warmth), (1.0, -1.0, 0.0, 0.0));
        assert_eq!((red.saturation, grey.saturation, black.saturation), (1.0, 0.0, 0.0));
        assert!((grey.brightness - 128.0 / 255.0).abs() < 0.01 && black.brightness == 0.0 && grey.contrast < 0.01);
        let mut half = [0; 192];
        half[..96].fill(255);
        let half = Look::at(Frame { rgb: &half, width: 8, height: 8 }).unwrap();
        assert!((half.contrast - 0.5).abs() < 0.01 && (half.change(&black) - 0.5).abs() < 0.01);
    }

    #[test]
    fn a_frame_of_another_size_than_it_says_is_none() {
        for (length, width, height) in [(0, 0, 0), (3, 2, 1), (7, 2, 1), (3, usize::MAX, 3)] {
            assert!(Look::at(Frame { rgb: &vec![9; length], width, height }).is_none());
        }
    }
}
