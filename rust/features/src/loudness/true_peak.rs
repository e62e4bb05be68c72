//! The true peak: how high the wave rises between the samples.

use std::f32::consts::PI;

/// The interpolating filter's length in samples of the oversampled signal (BS.1770-5, annex 2, asks for about this).
const TAPS: usize = 48;
/// Samples that are passed over together where they cannot hold the peak.
const RUN: usize = 32;

/// Finds the highest true peak of all channels, oversampling with a windowed sinc.
///
/// A value between samples is at most `overshoot` times the highest sample under the filter, so a run of samples that
/// stays below the peak so far by that much is not oversampled: the answer is the same, at a fraction of the cost.
pub(super) struct TruePeak {
    /// The filter's phases between two samples, each with as many coefficients as it takes samples.
    phases: Vec<Vec<f32>>,
    overshoot: f32,
    /// Per channel, the samples that the next one's filter still reaches.
    past: Vec<Vec<f32>>,
    between: [f32; RUN],
    highest: f32,
}

impl TruePeak {
    pub(super) fn new(channels: usize, sample_rate: u32) -> Self {
        let factor = match sample_rate {
            0..96_000 => 4,
            96_000..192_000 => 2,
            _ => 1,
        };
        let phases: Vec<Vec<f32>> = (1..factor).map(|phase| interpolator(factor, phase)).collect();
        let reach = phases.first().map_or(0, |phase| phase.len() - 1);
        let gain = |phase: &Vec<f32>| phase.iter().map(|tap| tap.abs()).sum::<f32>();
        Self {
            overshoot: phases.iter().map(gain).fold(1.0, f32::max),
            phases,
            past: vec![vec![0.0; reach]; channels],
            between: [0.0; RUN],
            highest: 0.0,
        }
    }

    /// Takes the next samples of each channel.
    pub(super) fn push(&mut self, planar: &[Vec<f32>]) {
        for samples in planar {
            self.highest = self.highest.max(highest(samples));
        }
        if self.phases.is_empty() {
            return;
        }
        for (channel, samples) in planar.iter().enumerate() {
            let Some(past) = self.past.get_mut(channel) else { continue };
            let reach = past.len();
            past.extend_from_slice(samples);
            let signal = std::mem::take(past);
            for start in (0..samples.len()).step_by(RUN) {
                let under_filter = &signal[start..signal.len().min(start + RUN + reach)];
                if highest(under_filter) * self.overshoot > self.highest {
                    self.oversample(under_filter);
                }
            }
            let keep = signal.len() - reach;
            self.past[channel] = signal;
            self.past[channel].drain(..keep);
        }
    }

    /// The highest absolute value so far, of full scale 1.
    pub(super) fn highest(&self) -> f32 {
        self.highest
    }

    fn oversample(&mut self, signal: &[f32]) {
        for phase in &self.phases {
            let count = signal.len() + 1 - phase.len();
            let between = &mut self.between[..count];
            between.fill(0.0);
            // Tap by tap over the whole run: each is one multiplication of many samples at once.
            for (tap, &coefficient) in phase.iter().enumerate() {
                for (sum, x) in between.iter_mut().zip(&signal[tap..]) {
                    *sum += coefficient * x;
                }
            }
            self.highest = self.highest.max(highest(between));
        }
    }
}

fn highest(samples: &[f32]) -> f32 {
    samples.iter().fold(0.0, |highest, x| if x.abs() > highest { x.abs() } else { highest })
}

/// The coefficients that give the value `phase` of `factor` steps after a sample, from a sinc under a Hann window.
fn interpolator(factor: usize, phase: usize) -> Vec<f32> {
    (0..TAPS / factor)
        .map(|i| {
            let place = (i * factor + phase) as f32;
            let x = PI * (place - TAPS as f32 / 2.0) / factor as f32;
            let window = 0.5 - 0.5 * (2.0 * PI * place / TAPS as f32).cos();
            window * x.sin() / x
        })
        .collect()
}
