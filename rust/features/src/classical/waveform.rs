use segue_dsp::stats::dot;
use segue_dsp::tame;

use super::{HOP, N_FFT};

/// Values this near to 0 count as 0, which is positive.
const ZERO: f32 = 1e-10;
/// Hops from the start of a frame to its middle, and to its end.
const HALF_FRAME: usize = N_FFT / HOP / 2;
const FRAME: usize = N_FFT / HOP;

/// What the samples of a segment themselves say.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Wave {
    /// The root mean square of the whole.
    pub(super) level: f64,
    /// The mean over the frames of their root mean square, with silence around the segment (librosa: `rms`).
    pub(super) rms: f64,
    /// The mean over the frames of the part of samples whose sign is not that of the sample before, with the first
    /// and last sample held around the segment (librosa: `zero_crossing_rate`).
    pub(super) crossing_rate: f64,
}

/// Sums up a segment hop by hop, from which every frame is put together.
#[derive(Default)]
pub(super) struct Waveform {
    samples: usize,
    /// The sample before the hop, and the hop so far.
    pending: Vec<f32>,
    hops: Vec<Hop>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Hop {
    energy: f32,
    crossings: u32,
    /// Of these, the one at its first sample, which a frame that begins there does not count.
    at_start: u32,
}

impl Waveform {
    /// Samples so far.
    pub(super) fn samples(&self) -> usize {
        self.samples
    }

    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        size_of::<Hop>() * self.hops.capacity() + size_of::<f32>() * self.pending.capacity()
    }

    pub(super) fn push(&mut self, mut samples: &[f32]) {
        self.samples += samples.len();
        if let (true, Some(&first)) = (self.pending.is_empty(), samples.first()) {
            self.pending.push(tame(first));
        }
        while !samples.is_empty() {
            let (now, later) = samples.split_at(samples.len().min(HOP + 1 - self.pending.len()));
            self.pending.extend(now.iter().map(|&x| tame(x)));
            samples = later;
            if self.pending.len() == HOP + 1 {
                self.end_hop();
                self.pending.drain(..HOP);
            }
        }
    }

    /// Ends the segment.
    pub(super) fn finish(&mut self) -> Wave {
        self.end_hop();
        let energy: f64 = self.hops.iter().map(|hop| f64::from(hop.energy)).sum();
        let frames = 1 + self.samples / HOP;
        let (mut rms, mut crossings) = (0.0, 0);
        for frame in 0..frames {
            let first = frame.checked_sub(HALF_FRAME);
            let end = (frame + FRAME - HALF_FRAME).min(self.hops.len());
            let hops = self.hops.get(first.unwrap_or(0)..end).unwrap_or_default();
            rms += (hops.iter().map(|hop| f64::from(hop.energy)).sum::<f64>() / N_FFT as f64).sqrt();
            crossings += hops.iter().map(|hop| u64::from(hop.crossings)).sum::<u64>();
            crossings -= first.and_then(|i| self.hops.get(i)).map_or(0, |hop| u64::from(hop.at_start));
        }
        let wave = Wave {
            level: (energy / self.samples.max(1) as f64).sqrt(),
            rms: rms / frames as f64,
            crossing_rate: crossings as f64 / (frames * N_FFT) as f64,
        };
        self.samples = 0;
        self.pending.clear();
        self.hops.clear();
        wave
    }

    fn end_hop(&mut self) {
        let [_, now @ ..] = self.pending.as_slice() else { return };
        if now.is_empty() {
            return;
        }
        let before = self.pending.get(..now.len()).unwrap_or_default();
        self.hops.push(Hop {
            energy: dot(now, now),
            at_start: crossings(before.get(..1).unwrap_or_default(), now),
            crossings: crossings(before, now),
        });
    }
}

/// The number of places where one of two neighbours is below 0 and the other is not.
fn crossings(before: &[f32], now: &[f32]) -> u32 {
    const LANES: usize = 8;
    let crossing = |before: f32, now: f32| u32::from((before < -ZERO) != (now < -ZERO));
    let n = before.len().min(now.len());
    let ((before, before_rest), (now, now_rest)) = (before[..n].as_chunks::<LANES>(), now[..n].as_chunks::<LANES>());
    let mut counts = [0_u32; LANES];
    for (before, now) in before.iter().zip(now) {
        for ((count, &before), &now) in counts.iter_mut().zip(before).zip(now) {
            *count += crossing(before, now);
        }
    }
    counts.iter().sum::<u32>()
        + before_rest.iter().zip(now_rest).map(|(&before, &now)| crossing(before, now)).sum::<u32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(signal: &[f32], block: usize) -> Wave {
        let mut waveform = Waveform::default();
        signal.chunks(block).for_each(|piece| waveform.push(piece));
        assert_eq!(waveform.samples(), signal.len());
        waveform.finish()
    }

    #[test]
    fn as_the_definitions_say() {
        for n in [1, 511, 512, 513, 2048, 9999] {
            let signal: Vec<f32> = (0..n).map(|i| ((i * 7 % 13) as f32 - 6.0) / 8.0).collect();
            // Sample i of the padded segment lies half a frame before sample i of the segment.
            let at = |i: usize| i.checked_sub(N_FFT / 2).and_then(|i| signal.get(i)).copied().unwrap_or(0.0);
            let held = |i: usize| signal[i.saturating_sub(N_FFT / 2).min(n - 1)];
            let frames = 1 + n / HOP;
            let (mut rms, mut rate) = (0.0, 0.0);
            for start in (0..frames).map(|frame| frame * HOP) {
                let energy: f64 = (start..start + N_FFT).map(|i| f64::from(at(i)).powi(2)).sum();
                rms += (energy / N_FFT as f64).sqrt() / frames as f64;
                let crossings = (start + 1..start + N_FFT).filter(|&i| (held(i) < 0.0) != (held(i - 1) < 0.0));
                rate += crossings.count() as f64 / (N_FFT * frames) as f64;
            }
            let found = measure(&signal, n);
            assert!((found.rms - rms).abs() < 1e-6 * rms, "{n}: {found:?} {rms}");
            assert!((found.crossing_rate - rate).abs() < 1e-12, "{n}: {found:?} {rate}");
            for block in [1, 100, 600] {
                assert_eq!(measure(&signal, block), found);
            }
        }
    }

    #[test]
    fn nothing_and_next_to_nothing() {
        assert_eq!(measure(&[], 1), Wave::default());
        let alternating: Vec<f32> = (0..5000).map(|i| if i % 2 == 0 { 1e-11 } else { -1e-11 }).collect();
        assert_eq!(measure(&alternating, 5000).crossing_rate, 0.0);
        assert_eq!(measure(&[f32::NAN; 5000], 5000), Wave::default());
        assert!(measure(&[1e9; 5000], 5000).level < 1.001e9);
    }
}
