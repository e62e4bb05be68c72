//! Where one shot ends and the next begins: histogram differences against a threshold that adapts to what moves
//! (Zhang, Kankanhalli and Smoliar 1993; histograms by region as in Nagasaka and Tanaka 1992).

use crate::picture::Look;

/// Bins of luma and of each colour difference.
const LUMA: usize = 16;
const COLOUR: usize = 12;
const BINS: usize = LUMA + 2 * COLOUR;
/// The picture is halved both ways.
const REGIONS: usize = 4;
/// What luma and the two colour differences count.
const WEIGHTS: [f32; 3] = [0.5, 0.25, 0.25];

/// Frames to each side that say what is usual around a frame.
const AROUND: usize = 6;
/// The least difference of a cut, and how much more than usual it is.
const LEAST: f32 = 0.16;
const TIMES: f32 = 2.2;
const MORE: f32 = 0.06;
/// A flash: the frame behind it is like the one before it, to within this part of the flash.
const FLASH: f32 = 0.4;

/// Shares of brightness and colour in each quarter of a frame.
#[derive(Debug, Clone)]
pub(crate) struct Histogram {
    width: usize,
    height: usize,
    bins: [[f32; BINS]; REGIONS],
    counts: [f32; REGIONS],
}

impl Histogram {
    pub(crate) fn new(width: usize, height: usize) -> Self {
        Self { width, height, bins: [[0.0; BINS]; REGIONS], counts: [0.0; REGIONS] }
    }

    /// A pixel by its place, its luma 0..255 and its two colour differences, −128..128.
    pub(crate) fn add(&mut self, at: usize, luma: f32, blue: f32, red: f32) {
        let (x, y) = (at % self.width.max(1), at / self.width.max(1));
        let region = usize::from(2 * x >= self.width) + 2 * usize::from(2 * y >= self.height);
        let (Some(bins), Some(count)) = (self.bins.get_mut(region), self.counts.get_mut(region)) else { return };
        *count += 1.0;
        // Split between two bins, so that a little more light is a little difference.
        let mut put = |from: usize, size: usize, place: f32| {
            let place = place.clamp(0.0, 1.0) * (size - 1) as f32;
            let low = place as usize;
            let high = place - low as f32;
            for (bin, share) in [(low, 1.0 - high), ((low + 1).min(size - 1), high)] {
                if let Some(slot) = bins.get_mut(from + bin) {
                    *slot += share;
                }
            }
        };
        put(0, LUMA, luma / 255.0);
        put(LUMA, COLOUR, blue / 256.0 + 0.5);
        put(LUMA + COLOUR, COLOUR, red / 256.0 + 0.5);
    }

    /// 0 for the same shares, 1 where no share is the same.
    pub(crate) fn difference(&self, other: &Self) -> f32 {
        let regions = self.bins.iter().zip(&self.counts).zip(other.bins.iter().zip(&other.counts));
        let differences = regions.map(|((a, in_a), (b, in_b))| {
            let parts = [(0, LUMA), (LUMA, COLOUR), (LUMA + COLOUR, COLOUR)];
            let each = parts.iter().zip(WEIGHTS).map(|((from, size), weight)| {
                let shares = a.iter().zip(b).skip(*from).take(*size);
                weight * 0.5 * shares.map(|(a, b)| (a / in_a.max(1.0) - b / in_b.max(1.0)).abs()).sum::<f32>()
            });
            each.sum::<f32>()
        });
        differences.sum::<f32>() / REGIONS as f32
    }
}

/// The frames that begin a new shot, among frames that follow each other a moment apart.
pub(crate) fn cuts(frames: &[Look]) -> Vec<usize> {
    let between = |a: usize, b: usize| match (frames.get(a), frames.get(b)) {
        (Some(a), Some(b)) => a.histogram.difference(&b.histogram),
        _ => 0.0,
    };
    // differences[i] lies between frames i and i + 1.
    let differences: Vec<f32> = (1..frames.len()).map(|at| between(at - 1, at)).collect();
    let mut cuts = Vec::new();
    let mut at = 0;
    while at < differences.len() {
        let difference = differences.get(at).copied().unwrap_or_default();
        let usual = usual(&differences, at);
        if difference < LEAST.max(TIMES * usual + MORE) {
            at += 1;
            continue;
        }
        let flash = at + 2 < frames.len() && between(at, at + 2) < FLASH * difference;
        if flash {
            at += 2;
        } else {
            cuts.push(at + 1);
            at += 1;
        }
    }
    cuts
}

/// The median of the differences around one.
fn usual(differences: &[f32], at: usize) -> f32 {
    let from = at.saturating_sub(AROUND);
    let around = differences.iter().enumerate().skip(from).take(2 * AROUND + 1);
    let mut others: Vec<f32> = around.filter(|(other, _)| *other != at).map(|(_, difference)| *difference).collect();
    others.sort_unstable_by(f32::total_cmp);
    others.get(others.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::picture::Frame;

    const WIDTH: usize = 32;
    const HEIGHT: usize = 18;

    /// A scene of soft blobs that drift: `step` pixels a frame.
    fn scene(number: u32, time: f32, step: f32) -> Look {
        let hash = |n: u32| (n.wrapping_mul(0x9E37_79B1) >> 8) as f32 / 16_777_216.0;
        let mut rgb = Vec::with_capacity(3 * WIDTH * HEIGHT);
        for at in 0..WIDTH * HEIGHT {
            let (x, y) = ((at % WIDTH) as f32 + step * time, (at / WIDTH) as f32);
            for colour in 0..3 {
                let seed = 17 * number + 5 * colour;
                let base = 200.0 * hash(seed + 1);
                let wave = (x * (0.1 + 0.3 * hash(seed + 2))).sin() * (y * (0.1 + 0.3 * hash(seed + 3))).cos();
                rgb.push((base + 27.0 + 27.0 * wave) as u8);
            }
        }
        Look::at(Frame { rgb: &rgb, width: WIDTH, height: HEIGHT }).unwrap()
    }

    fn film(shots: &[(u32, usize, f32)]) -> (Vec<Look>, Vec<usize>) {
        let mut frames = Vec::new();
        let mut begins = Vec::new();
        for (number, length, step) in shots {
            begins.push(frames.len());
            frames.extend((0..*length).map(|time| scene(*number, time as f32, *step)));
        }
        (frames, begins[1..].to_vec())
    }

    #[test]
    fn cuts_are_found_in_calm_and_in_moving_shots_and_nowhere_else() {
        let (frames, begins) =
            film(&[(1, 12, 0.2), (2, 3, 0.5), (3, 20, 2.0), (4, 2, 0.0), (5, 9, 4.0), (6, 30, 0.1), (7, 5, 1.0)]);
        assert_eq!(cuts(&frames), begins);
        let (still, _) = film(&[(8, 40, 5.0)]);
        assert!(cuts(&still).is_empty());
    }

    #[test]
    fn a_flash_is_no_cut_and_neither_is_growing_light() {
        let (mut frames, _) = film(&[(1, 20, 0.3)]);
        frames[9] = Look::at(Frame { rgb: &[255; 3 * WIDTH * HEIGHT], width: WIDTH, height: HEIGHT }).unwrap();
        assert!(cuts(&frames).is_empty());
        let light = |value: usize| {
            let rgb = vec![(value * 6) as u8; 3 * WIDTH * HEIGHT];
            Look::at(Frame { rgb: &rgb, width: WIDTH, height: HEIGHT }).unwrap()
        };
        assert!(cuts(&(0..40).map(light).collect::<Vec<_>>()).is_empty());
    }

    #[test]
    fn few_or_no_frames_have_no_cuts() {
        assert!(cuts(&[]).is_empty() && cuts(&film(&[(1, 1, 0.0)]).0).is_empty());
        assert_eq!(cuts(&film(&[(1, 1, 0.0), (2, 1, 0.0)]).0), [1]);
    }
}
