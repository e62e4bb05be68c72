//! The autocorrelation tempogram: after which steps a series repeats itself, place by place, in the mean.

use std::collections::VecDeque;
use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

use crate::stats::dot;
use crate::tame;
use crate::window::hann_periodic;

/// The mean over all places of a series of its autocorrelation within a Hann window around the place, each divided by
/// its value at lag 0 (Grosche, Müller & Kurth, 2010; librosa: the mean of `feature.tempogram` over time).
///
/// The series comes in blocks of any size; one window of it and one spectrum are kept, however long it is. Before and
/// after it lie ramps down to 0, half a window long. The transform back is linear, so one does for all places: what is
/// summed up are the power spectra.
pub struct Tempogram {
    window: Vec<f32>,
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    /// The values from the start of the next window on.
    pending: VecDeque<f32>,
    last: f32,
    pushed: u64,
    windows: u64,
    power: Vec<f64>,
    windowed: Vec<f32>,
    spectrum: Vec<Complex32>,
    scratch: Vec<Complex32>,
}

impl Tempogram {
    /// Prepares for windows of `window` values, and as many lags.
    #[must_use]
    pub fn new(window: usize) -> Self {
        let mut planner = RealFftPlanner::new();
        // At least twice the window, so that a series never meets its own beginning, and of factors 2 and 3.
        let n_fft = [3 * (2 * window).div_ceil(3).next_power_of_two(), (2 * window).next_power_of_two()]
            .into_iter()
            .min()
            .unwrap_or_default()
            .max(2);
        let (forward, inverse) = (planner.plan_fft_forward(n_fft), planner.plan_fft_inverse(n_fft));
        let scratch = forward.get_scratch_len().max(inverse.get_scratch_len());
        Self {
            window: hann_periodic(window),
            pending: VecDeque::with_capacity(window + 1),
            last: 0.0,
            pushed: 0,
            windows: 0,
            power: vec![0.0; n_fft / 2 + 1],
            windowed: forward.make_input_vec(),
            spectrum: forward.make_output_vec(),
            scratch: vec![Complex32::default(); scratch],
            forward,
            inverse,
        }
    }

    /// Takes the next values of the series.
    pub fn push(&mut self, values: &[f32]) {
        for value in values.iter().map(|&x| tame(x)) {
            if self.pushed == 0 {
                let half = self.window.len() / 2;
                self.pending.extend((0..half).map(|i| value * i as f32 / half as f32));
            }
            self.pushed += 1;
            self.last = value;
            self.take(value);
        }
    }

    /// Ends the series and returns its mean autocorrelation at lags 0 to the window's length − 1: at lag 0 the share
    /// of places whose window holds anything but zeros (1 for most series), and 0 throughout for a series of zeros or none. The tempogram is then as new.
    pub fn finish(&mut self) -> Vec<f32> {
        let (half, last) = (self.window.len() / 2, self.last);
        for i in (0..half).rev() {
            self.take(last * i as f32 / half as f32);
        }
        let scale = 1.0 / (self.windowed.len() as f64 * self.pushed.max(1) as f64);
        for (out, power) in self.spectrum.iter_mut().zip(&mut self.power) {
            *out = Complex32::new((*power * scale) as f32, 0.0);
            *power = 0.0;
        }
        // Only wrong lengths, and imaginary parts at 0 and Nyquist (both 0 here), can fail.
        let done = self.inverse.process_with_scratch(&mut self.spectrum, &mut self.windowed, &mut self.scratch);
        debug_assert!(done.is_ok());
        self.pending.clear();
        (self.last, self.pushed, self.windows) = (0.0, 0, 0);
        self.windowed.iter().take(self.window.len()).copied().collect()
    }

    fn take(&mut self, value: f32) {
        self.pending.push_back(value);
        if self.pending.len() < self.window.len() || self.windows == self.pushed {
            return;
        }
        self.windows += 1;
        self.add();
        self.pending.pop_front();
    }

    fn add(&mut self) {
        let (head, tail) = self.pending.as_slices();
        let (head_window, tail_window) = self.window.split_at(head.len().min(self.window.len()));
        let (head_out, tail_out) = self.windowed.split_at_mut(head_window.len());
        weigh(head, head_window, head_out);
        weigh(tail, tail_window, tail_out);
        // Past the window the transform before has left its traces.
        tail_out[tail_window.len()..].fill(0.0);
        let energy = dot(&self.windowed, &self.windowed);
        if energy <= f32::MIN_POSITIVE {
            return;
        }
        let done = self.forward.process_with_scratch(&mut self.windowed, &mut self.spectrum, &mut self.scratch);
        debug_assert!(done.is_ok());
        let scale = energy.recip();
        for (sum, x) in self.power.iter_mut().zip(&self.spectrum) {
            *sum += f64::from(x.norm_sqr() * scale);
        }
    }
}

fn weigh(values: &[f32], window: &[f32], out: &mut [f32]) {
    for ((out, x), w) in out.iter_mut().zip(values).zip(window) {
        *out = x * w;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(n: usize) -> Vec<f32> {
        (0..n).map(|i| ((i * i * 7 + i) % 23) as f32 + if i % 31 == 4 { 40.0 } else { 0.0 }).collect()
    }

    fn tempogram(window: usize, values: &[f32], block: usize) -> Vec<f32> {
        let mut tempogram = Tempogram::new(window);
        values.chunks(block).for_each(|piece| tempogram.push(piece));
        tempogram.finish()
    }

    #[test]
    fn is_the_mean_of_what_the_definition_says() {
        for (window, n) in [(50, 200), (50, 20), (64, 1), (7, 300)] {
            let values = series(n);
            let (half, hann) = (window / 2, hann_periodic(window));
            let ramp = |value: f32, i: usize| value * i as f32 / half as f32;
            let mut padded: Vec<f32> = (0..half).map(|i| ramp(values[0], i)).collect();
            padded.extend(&values);
            padded.extend((0..half).rev().map(|i| ramp(values[n - 1], i)));
            // An odd window reaches one further than both ramps.
            padded.push(0.0);
            let mut expected = vec![0.0_f64; window];
            for place in 0..n.min(padded.len() - window) {
                let x: Vec<f64> = (0..window).map(|i| f64::from(padded[place + i]) * f64::from(hann[i])).collect();
                let product = |lag: usize| -> f64 { (lag..window).map(|i| x[i] * x[i - lag]).sum() };
                if product(0) > 0.0 {
                    (0..window).for_each(|lag| expected[lag] += product(lag) / product(0) / n as f64);
                }
            }
            for (lag, x) in tempogram(window, &values, 33).iter().enumerate() {
                assert!((f64::from(*x) - expected[lag]).abs() < 2e-6, "{window}, {n}: {x} at {lag}");
            }
        }
    }

    #[test]
    fn does_not_depend_on_the_blocks_and_starts_anew() {
        let values = series(500);
        let whole = tempogram(100, &values, 500);
        for block in [1, 13, 499] {
            assert_eq!(tempogram(100, &values, block), whole, "blocks of {block}");
        }
        let mut again = Tempogram::new(100);
        again.push(&[5.0; 77]);
        again.finish();
        again.push(&values);
        assert_eq!(again.finish(), whole);
    }

    #[test]
    fn nothing_repeats_in_nothing() {
        for values in [vec![], vec![0.0; 300], vec![f32::NAN; 300]] {
            assert_eq!(tempogram(40, &values, 100), vec![0.0; 40]);
        }
        assert_eq!(tempogram(0, &[1.0; 10], 10), Vec::<f32>::new());
        assert!(tempogram(40, &[crate::SAMPLE_LIMIT; 300], 100).iter().all(|x| x.is_finite()));
        assert!(tempogram(1, &[1.0; 10], 10).iter().all(|x| x.is_finite()));
    }
}
