//! Resampling: a signal at one rate in, the same signal at another rate out, aligned sample for sample.
//!
//! Fourier blocks by overlap–save: the spectrum of a block is multiplied with the response of a linear-phase low-pass,
//! cut (or extended) to the new rate and transformed back. The block lengths are whole numbers of the ratio's period,
//! so any two integer rates convert exactly, and the filter's delay is taken out by where the block is read.
//!
//! The low-pass is the one of soxr's HQ recipe, which librosa's `soxr_hq` is: networks trained on such signals hear a
//! different roll-off below the new Nyquist frequency. soxr's measured response (48 → 16 kHz and 8 → 16 kHz) is that
//! of a sinc under a Kaiser window with the three numbers below, to 1e-7; where its own intermediate stages show
//! (44.1 → 16 kHz) it stays within 0.01 dB of it up to 0.93 of Nyquist.

use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

use crate::error::{Error, Result};
use crate::tame;
use crate::window::kaiser;

/// The lowest rate converted, in Hz.
pub const MIN_RATE: u32 = 1_000;
/// The highest rate converted, in Hz.
pub const MAX_RATE: u32 = 768_000;

/// Where the response is at one half (−6 dB), as a part of the lower of the two Nyquist frequencies: the middle between
/// the pass band, to 0.9137, and the stop band, from 1.
const CUTOFF: f64 = 0.956_872;
/// The shape of the Kaiser window: 127 dB of attenuation.
const KAISER_BETA: f64 = 13.04;
/// Half the length of the filter, in samples of the lower rate.
const HALF_LENGTH: f64 = 97.0;
/// Blocks are at least this long, where the filter does not ask for more: short ones waste work on the overlap, long
/// ones leave the processor's cache.
const MIN_BLOCK: usize = 8_192;

/// A streaming converter of one channel from one sample rate to another.
///
/// Output sample `i` lies at the time of input sample `i · from / to`; `n` samples give `round(n · to / from)`. Before
/// and after the signal is silence. Equal rates pass through untouched, but for [damaged samples](crate::tame).
pub struct Resampler {
    converter: Option<Converter>,
}

impl Resampler {
    /// Prepares a conversion from `from` to `to` Hz.
    ///
    /// # Errors
    /// [`Error::SampleRate`] where a rate is not within [`MIN_RATE`]..=[`MAX_RATE`].
    pub fn new(from: u32, to: u32) -> Result<Self> {
        if [from, to].iter().any(|rate| !(MIN_RATE..=MAX_RATE).contains(rate)) {
            return Err(Error::SampleRate { from, to, min: MIN_RATE, max: MAX_RATE });
        }
        Ok(Self { converter: (from != to).then(|| Converter::new(from, to)) })
    }

    /// Takes the next samples and appends to `out` those that are ready; up to a block (some tenths of a second) is
    /// held back.
    ///
    /// # Errors
    /// None today.
    pub fn push(&mut self, input: &[f32], out: &mut Vec<f32>) -> Result<()> {
        match &mut self.converter {
            Some(converter) => converter.push(input, out),
            None => out.extend(input.iter().map(|&x| tame(x))),
        }
        Ok(())
    }

    /// Ends the signal and appends the rest of it to `out`. The converter is then as new.
    ///
    /// # Errors
    /// None today.
    pub fn finish(&mut self, out: &mut Vec<f32>) -> Result<()> {
        if let Some(converter) = &mut self.converter {
            converter.finish(out);
        }
        Ok(())
    }
}

struct Converter {
    from: u32,
    to: u32,
    /// Input samples before (and after) the part of a block that one transform makes valid: the reach of the filter.
    pad_in: usize,
    pad_out: usize,
    hop_in: usize,
    hop_out: usize,
    /// The filter's gain per bin, real because the filter is symmetric about 0; the scale of both transforms included.
    gain: Vec<f32>,
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    /// Input from `pad_in` before the next output sample on.
    pending: Vec<f32>,
    consumed: u64,
    produced: u64,
    block_in: Vec<f32>,
    spectrum_in: Vec<Complex32>,
    spectrum_out: Vec<Complex32>,
    block_out: Vec<f32>,
    scratch_in: Vec<Complex32>,
    scratch_out: Vec<Complex32>,
}

impl Converter {
    fn new(from: u32, to: u32) -> Self {
        let gcd = gcd(from, to);
        // The period of the ratio: this many samples in are exactly this many out.
        let (unit_in, unit_out) = ((from / gcd) as usize, (to / gcd) as usize);
        let slowdown = f64::from(from) / f64::from(from.min(to));
        let half = HALF_LENGTH * slowdown;
        let pad = (half.ceil() as usize).div_ceil(unit_in);
        let units = (4 * pad).max(MIN_BLOCK.div_ceil(unit_in.max(unit_out))).next_power_of_two();
        let (n_in, n_out) = (units * unit_in, units * unit_out);

        let mut planner = RealFftPlanner::new();
        let forward = planner.plan_fft_forward(n_in);
        let inverse = planner.plan_fft_inverse(n_out);
        let mut converter = Self {
            from,
            to,
            pad_in: pad * unit_in,
            pad_out: pad * unit_out,
            hop_in: (units - 2 * pad) * unit_in,
            hop_out: (units - 2 * pad) * unit_out,
            gain: low_pass(n_in, n_in.min(n_out) / 2, CUTOFF / slowdown, half),
            pending: Vec::with_capacity(n_in),
            consumed: 0,
            produced: 0,
            block_in: forward.make_input_vec(),
            spectrum_in: forward.make_output_vec(),
            spectrum_out: inverse.make_input_vec(),
            block_out: inverse.make_output_vec(),
            scratch_in: forward.make_scratch_vec(),
            scratch_out: inverse.make_scratch_vec(),
            forward,
            inverse,
        };
        converter.reset();
        converter
    }

    fn push(&mut self, mut input: &[f32], out: &mut Vec<f32>) {
        self.consumed += input.len() as u64;
        while !input.is_empty() {
            let (now, later) = input.split_at(input.len().min(self.block_in.len() - self.pending.len()));
            self.pending.extend(now.iter().map(|&x| tame(x)));
            input = later;
            self.convert_when_full(out);
        }
    }

    fn finish(&mut self, out: &mut Vec<f32>) {
        let (from, to) = (u64::from(self.from), u64::from(self.to));
        let total = (self.consumed * to + from / 2) / from;
        while self.produced < total {
            self.pending.resize(self.block_in.len(), 0.0);
            self.convert_when_full(out);
        }
        // A last block reaches past the end; what an earlier one gave out lies before it.
        let excess = usize::try_from(self.produced - total).unwrap_or(usize::MAX);
        out.truncate(out.len().saturating_sub(excess));
        self.reset();
    }

    fn reset(&mut self) {
        self.pending.clear();
        self.pending.resize(self.pad_in, 0.0);
        self.consumed = 0;
        self.produced = 0;
    }

    fn convert_when_full(&mut self, out: &mut Vec<f32>) {
        if self.pending.len() < self.block_in.len() {
            return;
        }
        self.block_in.copy_from_slice(&self.pending);
        self.pending.drain(..self.hop_in);

        // Only wrong lengths, and imaginary parts at 0 and Nyquist (both 0 here), can fail.
        let done = self.forward.process_with_scratch(&mut self.block_in, &mut self.spectrum_in, &mut self.scratch_in);
        debug_assert!(done.is_ok());
        self.spectrum_out.fill(Complex32::default());
        for ((out, x), gain) in self.spectrum_out.iter_mut().zip(&self.spectrum_in).zip(&self.gain) {
            *out = x * gain;
        }
        let done =
            self.inverse.process_with_scratch(&mut self.spectrum_out, &mut self.block_out, &mut self.scratch_out);
        debug_assert!(done.is_ok());

        out.extend_from_slice(&self.block_out[self.pad_out..self.pad_out + self.hop_out]);
        self.produced += self.hop_out as u64;
    }
}

/// The first `bins` gains of a low-pass for blocks of `n` samples, divided by `n`: a sinc that cuts at `cutoff`
/// (1 = the block's Nyquist frequency) under a Kaiser window that reaches `half` samples to either side.
fn low_pass(n: usize, bins: usize, cutoff: f64, half: f64) -> Vec<f32> {
    let mut kernel = vec![0.0_f64; n];
    let reach = half.floor() as usize;
    for i in 0..=reach {
        let x = std::f64::consts::PI * cutoff * i as f64;
        let sinc = if i == 0 { 1.0 } else { x.sin() / x };
        let tap = sinc * kaiser(i as f64 / half, KAISER_BETA);
        // Symmetric about sample 0, so the left half sits at the end of the block.
        kernel[i] = tap;
        kernel[(n - i) % n] = tap;
    }
    let sum: f64 = kernel.iter().sum::<f64>() * n as f64;
    let fft = RealFftPlanner::new().plan_fft_forward(n);
    let mut spectrum = fft.make_output_vec();
    let done = fft.process(&mut kernel, &mut spectrum);
    debug_assert!(done.is_ok());
    spectrum.iter().take(bins).map(|x| (x.re / sum) as f32).collect()
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}
