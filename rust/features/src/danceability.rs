use segue_dsp::tame;

/// Envelope values per second: one for every 10 ms.
const FRAMES_PER_SECOND: u32 = 100;
/// The time scales compared, in milliseconds, each longer by a tenth than the last.
const SHORTEST: f64 = 310.0;
const LONGEST: f64 = 8800.0;
const GROWTH: f64 = 1.1;
/// Envelope values kept at a time; pieces overlap by the longest scale, so every place is looked at on every scale.
const PIECE: usize = 4096;
/// The most that is said of danceability: where the exponent comes near 0 its reciprocal says no more.
const MOST: f64 = 5.0;
/// A variance this small a part of the power is rounding: a constant has none.
const ROUNDING: f64 = 1e-10;

/// Detrended fluctuation analysis of the loudness envelope, as Streich & Herrera (2005) use it for danceability.
///
/// The envelope (standard deviation of the samples in 10 ms) is summed up to a walk. On each time scale, windows of the
/// walk are freed from their straight line and the root mean square of what remains is the fluctuation. How fast it
/// grows from scale to scale is the exponent: small where the loudness comes back on the beat, 1.5 where it wanders.
/// Danceability is the reciprocal of the mean exponent.
///
/// The published method takes the mean of the whole envelope off before summing. That adds a straight line to the walk,
/// which each window then loses: so the walk of each piece of the sound, about any mean, gives the same.
pub(crate) struct FluctuationMeter {
    samples_per_second: u64,
    samples: u64,
    frames: u64,
    /// Of the frame that is being filled.
    sum: f64,
    squares: f64,
    filled: u32,
    envelope: Vec<f64>,
    /// The frame that `envelope` starts with.
    start: u64,
    scales: Vec<Fluctuation>,
    walk: Vec<Prefix>,
}

/// One time scale.
struct Fluctuation {
    frames: usize,
    /// From one window to the next.
    step: u64,
    next: u64,
    residual: f64,
}

/// Sums over the walk up to a place, for regression over any window of it in constant time.
#[derive(Clone, Copy, Default)]
struct Prefix {
    y: f64,
    yy: f64,
    iy: f64,
}

impl FluctuationMeter {
    pub(crate) fn new(sample_rate: u32) -> Self {
        let scales = std::iter::successors(Some(SHORTEST), |ms| Some(ms * GROWTH))
            .take_while(|&ms| ms <= LONGEST)
            .map(|ms| {
                let frames = (ms * f64::from(FRAMES_PER_SECOND) / 1000.0) as usize;
                Fluctuation { frames, step: (frames as u64 / 50).max(1), next: 0, residual: 0.0 }
            })
            .collect();
        Self {
            samples_per_second: u64::from(sample_rate),
            samples: 0,
            frames: 0,
            sum: 0.0,
            squares: 0.0,
            filled: 0,
            envelope: Vec::with_capacity(PIECE),
            start: 0,
            scales,
            walk: Vec::with_capacity(PIECE + 1),
        }
    }

    pub(crate) fn push(&mut self, mono: &[f32]) {
        let mut rest = mono;
        while !rest.is_empty() {
            // Frames of 220 and 221 samples by turns, at 22.05 kHz.
            let end = (self.frames + 1) * self.samples_per_second / u64::from(FRAMES_PER_SECOND);
            let wanted = usize::try_from(end - self.samples).unwrap_or(usize::MAX).min(rest.len());
            let (now, later) = rest.split_at(wanted);
            for &x in now {
                let x = f64::from(tame(x));
                self.sum += x;
                self.squares += x * x;
            }
            self.filled += now.len() as u32;
            self.samples += now.len() as u64;
            rest = later;
            if self.samples == end {
                self.end_frame();
            }
        }
    }

    pub(crate) fn finish(mut self) -> f32 {
        self.analyse();
        let mut exponents = Vec::new();
        for pair in self.scales.windows(2) {
            let [Some(short), Some(long)] = [0, 1].map(|i| pair.get(i).and_then(Fluctuation::value)) else { break };
            if short.1 <= 0.0 || long.1 <= 0.0 {
                break;
            }
            // The 3 corrects the fluctuation of short windows (Streich & Herrera 2005).
            exponents.push((long.1 / short.1).log10() / ((long.0 + 3.0) / (short.0 + 3.0)).log10());
        }
        let mean = exponents.iter().sum::<f64>() / exponents.len().max(1) as f64;
        if exponents.is_empty() { 0.0 } else { (1.0 / mean.max(1.0 / MOST)) as f32 }
    }

    fn end_frame(&mut self) {
        let n = f64::from(self.filled.max(1));
        let (mean, power) = (self.sum / n, self.squares / n);
        let variance = power - mean * mean;
        self.envelope.push(if variance > ROUNDING * power { variance.sqrt() } else { 0.0 });
        self.frames += 1;
        (self.sum, self.squares, self.filled) = (0.0, 0.0, 0);
        if self.envelope.len() == PIECE {
            self.analyse();
        }
    }

    /// Adds every window that starts and ends in the piece at hand and was not added before, then forgets what no later
    /// window reaches.
    fn analyse(&mut self) {
        let mean = self.envelope.iter().sum::<f64>() / self.envelope.len().max(1) as f64;
        self.walk.clear();
        let (mut y, mut prefix) = (0.0, Prefix::default());
        self.walk.push(prefix);
        for (i, x) in self.envelope.iter().enumerate() {
            y += x - mean;
            prefix = Prefix { y: prefix.y + y, yy: prefix.yy + y * y, iy: prefix.iy + i as f64 * y };
            self.walk.push(prefix);
        }
        let mut needed = self.frames;
        for scale in &mut self.scales {
            while scale.next + scale.frames as u64 <= self.frames {
                let first = (scale.next - self.start) as usize;
                if let (Some(&from), Some(&to)) = (self.walk.get(first), self.walk.get(first + scale.frames)) {
                    scale.residual += residual(from, to, first as f64, scale.frames as f64);
                }
                scale.next += scale.step;
            }
            needed = needed.min(scale.next);
        }
        self.envelope.drain(..((needed - self.start) as usize).min(self.envelope.len()));
        self.start = needed;
    }
}

impl Fluctuation {
    /// The scale in frames and the fluctuation on it, if the sound was long enough for one window.
    fn value(&self) -> Option<(f64, f64)> {
        let windows = self.next / self.step;
        (windows > 0).then(|| (self.frames as f64, (self.residual / windows as f64).max(0.0).sqrt()))
    }
}

/// The mean square of what a straight line leaves of the `n` values of the walk from place `first` on.
fn residual(from: Prefix, to: Prefix, first: f64, n: f64) -> f64 {
    let y = to.y - from.y;
    let about_mean = (to.yy - from.yy) - y * y / n;
    let moment = (to.iy - from.iy) - (first + (n - 1.0) / 2.0) * y;
    // The places of a window about their middle have the sum of squares n (n² − 1) / 12.
    (about_mean - 12.0 * moment * moment / (n * (n * n - 1.0))).max(0.0) / n
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 22_050;

    /// Noise whose loudness pulses at `bpm` and wanders.
    fn pulsing(seconds: usize, bpm: f64) -> Vec<f32> {
        let (mut state, mut drift) = (1_u32, 0.0_f64);
        (0..seconds * RATE as usize)
            .map(|i| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let noise = f64::from(state >> 8) / f64::from(1 << 23) - 1.0;
                drift = 0.9999 * drift + 0.002 * noise;
                let beat = (i as f64 / f64::from(RATE) * bpm / 60.0).fract();
                (noise * (0.3 * (-5.0 * beat).exp() + drift.abs())) as f32
            })
            .collect()
    }

    fn danceability(signal: &[f32], block: usize) -> f32 {
        let mut meter = FluctuationMeter::new(RATE);
        signal.chunks(block).for_each(|piece| meter.push(piece));
        assert!(meter.envelope.len() < PIECE && meter.envelope.capacity() <= PIECE, "memory does not grow");
        meter.finish()
    }

    /// The method as it is published: one walk about the mean of the whole envelope, each window's line fitted by itself.
    fn as_published(signal: &[f32]) -> f32 {
        let frames = signal.len() * 100 / RATE as usize;
        let envelope: Vec<f64> = (0..frames)
            .map(|i| {
                let frame = &signal[i * RATE as usize / 100..(i + 1) * RATE as usize / 100];
                let mean = frame.iter().map(|&x| f64::from(x)).sum::<f64>() / frame.len() as f64;
                (frame.iter().map(|&x| (f64::from(x) - mean).powi(2)).sum::<f64>() / frame.len() as f64).sqrt()
            })
            .collect();
        let mean = envelope.iter().sum::<f64>() / frames as f64;
        let walk: Vec<f64> = envelope
            .iter()
            .scan(0.0, |y, x| {
                *y += x - mean;
                Some(*y)
            })
            .collect();
        let mut fluctuations = Vec::new();
        let mut ms = 310.0;
        while ms <= 8800.0 {
            let n = (ms / 10.0) as usize;
            let squares: Vec<f64> = (0..=frames - n)
                .step_by((n / 50).max(1))
                .map(|k| {
                    let window = &walk[k..k + n];
                    let middle = (n - 1) as f64 / 2.0;
                    let mean = window.iter().sum::<f64>() / n as f64;
                    let (mut xy, mut xx) = (0.0, 0.0);
                    for (i, y) in window.iter().enumerate() {
                        xy += (i as f64 - middle) * (y - mean);
                        xx += (i as f64 - middle).powi(2);
                    }
                    let left = |(i, y): (usize, &f64)| (y - mean - xy / xx * (i as f64 - middle)).powi(2);
                    window.iter().enumerate().map(left).sum::<f64>() / n as f64
                })
                .collect();
            fluctuations.push((n as f64, (squares.iter().sum::<f64>() / squares.len() as f64).sqrt()));
            ms *= 1.1;
        }
        let slopes: Vec<f64> = fluctuations
            .windows(2)
            .map(|p| (p[1].1 / p[0].1).log10() / ((p[1].0 + 3.0) / (p[0].0 + 3.0)).log10())
            .collect();
        (slopes.len() as f64 / slopes.iter().sum::<f64>()) as f32
    }

    #[test]
    fn pieces_give_what_the_whole_gives() {
        // 100 s: three pieces.
        for bpm in [70.0, 125.0] {
            let signal = pulsing(100, bpm);
            let (ours, published) = (danceability(&signal, 4096), as_published(&signal));
            assert!((ours - published).abs() < 1e-4, "{ours}, published {published}");
            assert_eq!(ours, danceability(&signal, 999), "in other blocks");
            let quiet: Vec<f32> = signal.iter().map(|x| 0.01 * x).collect();
            assert!((danceability(&quiet, 4096) - ours).abs() < 1e-3, "level plays no part");
        }
    }

    #[test]
    fn a_beat_dances_more_than_wandering_noise() {
        let beat = danceability(&pulsing(40, 120.0), 4096);
        let wander: Vec<f32> = {
            let mut level = 0.5_f32;
            let noise = pulsing(40, 1.0);
            noise
                .iter()
                .map(|x| {
                    level = (level + 0.02 * x).clamp(0.1, 1.0);
                    x.signum() * level
                })
                .collect()
        };
        let wander = danceability(&wander, 4096);
        assert!(beat > 1.5 * wander, "beat {beat}, wandering {wander}");
    }

    #[test]
    fn what_has_no_envelope_does_not_dance() {
        for signal in [vec![], vec![0.5], vec![0.0; 500_000], vec![0.7; 500_000], vec![f32::NAN; 500_000]] {
            assert_eq!(danceability(&signal, 4096), 0.0);
        }
        // Too short for two scales.
        assert_eq!(danceability(&pulsing(1, 120.0)[..6_800], 4096), 0.0);
        assert!(danceability(&pulsing(1, 120.0), 4096) > 0.0);
    }
}
