//! The K-weighting of BS.1770: a high shelf for the head, then a high-pass for the ear.

use std::f64::consts::PI;

/// The two filters as analogue ones, which the standard gives only for 48 kHz; these figures reproduce its coefficients
/// there (Mansbridge, Finn & Reiss, 2012; the same that libebur128 uses).
const SHELF_HZ: f64 = 1_681.974_450_955_533;
const SHELF_GAIN_DB: f64 = 3.999_843_853_973_347;
const SHELF_Q: f64 = 0.707_175_236_955_419_6;
const SHELF_SLOPE: f64 = 0.499_666_774_154_541_6;
const HIGH_PASS_HZ: f64 = 38.135_470_876_024_44;
const HIGH_PASS_Q: f64 = 0.500_327_037_323_877_3;
/// Filter memories smaller than this are nothing: arithmetic on what is left of a sound long after is very slow.
const NOTHING: f64 = 1e-30;

/// Filters channels in pairs (a processor multiplies two numbers as fast as one) and sums up their energy.
pub(super) struct KWeighting {
    coefficients: Coefficients,
    weights: Vec<f64>,
    memories: Vec<[[f64; 2]; 4]>,
}

/// Of both stages; the high-pass has the numerator 1, −2, 1.
#[derive(Clone, Copy)]
struct Coefficients {
    shelf_b: [f64; 3],
    shelf_a: [f64; 2],
    high_pass_a: [f64; 2],
}

impl Coefficients {
    fn new(sample_rate: u32) -> Self {
        let warp = |hz: f64| (PI * hz / f64::from(sample_rate)).tan();
        let (k, gain) = (warp(SHELF_HZ), 10.0_f64.powf(SHELF_GAIN_DB / 20.0));
        let (kq, kk, middle) = (k / SHELF_Q, k * k, gain.powf(SHELF_SLOPE));
        let a0 = 1.0 + kq + kk;
        let shelf_b = [gain + middle * kq + kk, 2.0 * (kk - gain), gain - middle * kq + kk].map(|b| b / a0);
        let shelf_a = [2.0 * (kk - 1.0), 1.0 - kq + kk].map(|a| a / a0);
        let k = warp(HIGH_PASS_HZ);
        let (kq, kk) = (k / HIGH_PASS_Q, k * k);
        let a0 = 1.0 + kq + kk;
        Self { shelf_b, shelf_a, high_pass_a: [2.0 * (kk - 1.0), 1.0 - kq + kk].map(|a| a / a0) }
    }
}

impl KWeighting {
    pub(super) fn new(weights: &[f64], sample_rate: u32) -> Self {
        Self {
            coefficients: Coefficients::new(sample_rate),
            weights: weights.to_vec(),
            memories: vec![[[0.0; 2]; 4]; weights.len().div_ceil(2)],
        }
    }

    /// Takes the next samples of each channel and returns their weighted energy: squares summed over time and channels.
    pub(super) fn push(&mut self, planar: &[Vec<f32>]) -> f64 {
        let mut energy = 0.0;
        for ((pair, weights), memory) in planar.chunks(2).zip(self.weights.chunks(2)).zip(&mut self.memories) {
            if weights.iter().all(|&weight| weight == 0.0) {
                continue;
            }
            let sums = match pair {
                [left, right] => run(left.iter().zip(right).map(|(&l, &r)| [l, r]), memory, self.coefficients),
                [single] => run(single.iter().map(|&x| [x, 0.0]), memory, self.coefficients),
                _ => [0.0; 2],
            };
            energy += sums.iter().zip(weights).map(|(sum, weight)| sum * weight).sum::<f64>();
            for x in memory.iter_mut().flatten().filter(|x| x.abs() < NOTHING) {
                *x = 0.0;
            }
        }
        energy
    }
}

/// Both stages in transposed direct form II, two channels side by side.
#[inline]
fn run(frames: impl Iterator<Item = [f32; 2]>, memory: &mut [[f64; 2]; 4], coefficients: Coefficients) -> [f64; 2] {
    let Coefficients { shelf_b: [b0, b1, b2], shelf_a: [a1, a2], high_pass_a: [h1, h2] } = coefficients;
    let [mut s1, mut s2, mut s3, mut s4] = *memory;
    let mut sums = [0.0; 2];
    for frame in frames {
        for lane in 0..2 {
            let x = f64::from(frame[lane]);
            let y = b0 * x + s1[lane];
            s1[lane] = b1 * x - a1 * y + s2[lane];
            s2[lane] = b2 * x - a2 * y;
            let z = y + s3[lane];
            s3[lane] = s4[lane] - 2.0 * y - h1 * z;
            s4[lane] = y - h2 * z;
            sums[lane] += z * z;
        }
    }
    *memory = [s1, s2, s3, s4];
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coefficients_at_48_khz_are_those_of_the_standard() {
        // BS.1770-5, tables 1 and 2.
        let Coefficients { shelf_b, shelf_a, high_pass_a } = Coefficients::new(48_000);
        let expected = [
            (shelf_b[0], 1.535_124_859_586_97),
            (shelf_b[1], -2.691_696_189_406_38),
            (shelf_b[2], 1.198_392_810_852_85),
            (shelf_a[0], -1.690_659_293_182_41),
            (shelf_a[1], 0.732_480_774_215_85),
            (high_pass_a[0], -1.990_047_454_833_98),
            (high_pass_a[1], 0.990_072_250_366_21),
        ];
        for (ours, standard) in expected {
            assert!((ours - standard).abs() < 1e-8, "{ours} not {standard}");
        }
    }
}
