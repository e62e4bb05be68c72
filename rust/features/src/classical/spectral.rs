/// Bins summed up together in single precision: sums so short lose nothing that matters, and vectors do them.
const BLOCK: usize = 32;
/// The part of the whole magnitude that lies below the roll-off.
const ROLL_OFF_PART: f64 = 0.85;

/// Where the magnitude of a spectrum lies, in Hz.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Shape {
    /// The mean frequency, weighted by magnitude.
    pub(super) centroid: f64,
    /// The standard deviation of frequency, weighted by magnitude.
    pub(super) bandwidth: f64,
    /// The lowest bin's frequency up to which 85 % of the magnitude lies.
    pub(super) roll_off: f64,
}

/// The shape of a power spectrum (librosa: `spectral_centroid`, `spectral_bandwidth` and `spectral_rolloff`, all from
/// magnitudes); 0 throughout where there is no power.
pub(super) struct ShapeMeter {
    hz_per_bin: f64,
    magnitudes: Vec<f32>,
    blocks: Vec<f64>,
}

impl ShapeMeter {
    pub(super) fn new(hz_per_bin: f64, bins: usize) -> Self {
        Self { hz_per_bin, magnitudes: vec![0.0; bins], blocks: Vec::with_capacity(bins.div_ceil(BLOCK)) }
    }

    pub(super) fn of(&mut self, power: &[f32]) -> Shape {
        for (magnitude, power) in self.magnitudes.iter_mut().zip(power) {
            *magnitude = power.sqrt();
        }
        self.blocks.clear();
        let (mut total, mut first, mut second) = (0.0, 0.0, 0.0);
        for (block, magnitudes) in self.magnitudes.chunks(BLOCK).enumerate() {
            let [zeroth, by_bin, by_square] = moments(magnitudes).map(f64::from);
            let start = (block * BLOCK) as f64;
            total += zeroth;
            first += by_bin + start * zeroth;
            second += by_square + start * (2.0 * by_bin + start * zeroth);
            self.blocks.push(zeroth);
        }
        if total <= f64::from(f32::MIN_POSITIVE) {
            return Shape::default();
        }
        let centroid = first / total;
        let variance = (second / total - centroid * centroid).max(0.0);
        Shape {
            centroid: centroid * self.hz_per_bin,
            bandwidth: variance.sqrt() * self.hz_per_bin,
            roll_off: self.bin_at(ROLL_OFF_PART * total) as f64 * self.hz_per_bin,
        }
    }

    /// The first bin up to which the magnitudes sum up to `threshold`.
    fn bin_at(&self, threshold: f64) -> usize {
        let (mut below, mut bin) = (0.0, 0);
        for sum in &self.blocks {
            if below + sum >= threshold {
                break;
            }
            below += sum;
            bin += BLOCK;
        }
        for &magnitude in self.magnitudes.iter().skip(bin) {
            below += f64::from(magnitude);
            if below >= threshold {
                break;
            }
            bin += 1;
        }
        // Rounding may leave the whole a hair short of its parts.
        bin.min(self.magnitudes.len().saturating_sub(1))
    }
}

/// The sums of at most a block of values, of values times their place, and of values times its square.
fn moments(values: &[f32]) -> [f32; 3] {
    const LANES: usize = 8;
    let mut sums = [[0.0_f32; LANES]; 3];
    let mut add = |place: usize, lanes: &[f32; LANES]| {
        for (lane, &value) in lanes.iter().enumerate() {
            let at = (place + lane) as f32;
            sums[0][lane] += value;
            sums[1][lane] += value * at;
            sums[2][lane] += value * at * at;
        }
    };
    let (whole, rest) = values.as_chunks::<LANES>();
    for (chunk, lanes) in whole.iter().enumerate() {
        add(chunk * LANES, lanes);
    }
    let mut last = [0.0; LANES];
    for (out, &value) in last.iter_mut().zip(rest) {
        *out = value;
    }
    add(whole.len() * LANES, &last);
    sums.map(|lanes| lanes.iter().sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(magnitudes: &[f32]) -> Shape {
        let power: Vec<f32> = magnitudes.iter().map(|x| x * x).collect();
        ShapeMeter::new(10.0, magnitudes.len()).of(&power)
    }

    #[test]
    fn a_line_and_a_pair() {
        let mut spectrum = vec![0.0; 1025];
        assert_eq!(shape(&spectrum), Shape::default());
        spectrum[700] = 3.0;
        assert_eq!(shape(&spectrum), Shape { centroid: 7000.0, bandwidth: 0.0, roll_off: 7000.0 });
        spectrum[100] = 1.0;
        let pair = shape(&spectrum);
        assert!((pair.centroid - 5500.0).abs() < 1e-6, "{pair:?}");
        assert!((pair.bandwidth - (3.0_f64 / 16.0).sqrt() * 6000.0).abs() < 1e-6, "{pair:?}");
        assert_eq!(pair.roll_off, 7000.0);
        spectrum[700] = 0.1;
        assert_eq!(shape(&spectrum).roll_off, 1000.0);
    }

    #[test]
    fn as_the_definitions_say_on_any_spectrum() {
        for n in [1, 5, 31, 32, 33, 1025] {
            let spectrum: Vec<f32> = (0..n).map(|i| ((i * 37 % 101) + 1) as f32 / (1 + i) as f32).collect();
            let total: f64 = spectrum.iter().map(|&x| f64::from(x)).sum();
            let mean = |f: &dyn Fn(f64) -> f64| -> f64 {
                spectrum.iter().enumerate().map(|(i, &x)| f64::from(x) * f(10.0 * i as f64)).sum::<f64>() / total
            };
            let centroid = mean(&|hz| hz);
            let bandwidth = mean(&|hz| (hz - centroid).powi(2)).sqrt();
            let mut sum = 0.0;
            let roll_off = spectrum.iter().take_while(|&&x| {
                sum += f64::from(x);
                sum < 0.85 * total
            });
            let roll_off = 10.0 * roll_off.count() as f64;
            let found = shape(&spectrum);
            assert!((found.centroid - centroid).abs() < 1e-3, "{n}: {found:?} {centroid}");
            assert!((found.bandwidth - bandwidth).abs() < 1e-3, "{n}: {found:?} {bandwidth}");
            assert_eq!(found.roll_off, roll_off, "{n}");
        }
    }

    #[test]
    fn far_too_loud_is_finite() {
        let shape = shape(&[1e12; 1025]);
        assert!((shape.centroid - 5120.0).abs() < 1e-3 && shape.bandwidth.is_finite(), "{shape:?}");
    }
}
