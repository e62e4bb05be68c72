//! The networks' view of sound.

use segue_dsp::mel::MelBank;
use segue_dsp::stft::{Stft, StftConfig};
use segue_dsp::window::hann_periodic;

use crate::{BANDS, Result};

const N_FFT: usize = 512;
const HOP: usize = 256;

/// Turns mono samples at 16 kHz into log-mel frames, in blocks.
///
/// Power spectra of 512 samples every 256 under a periodic Hann window, centred (librosa: `center=True`, padded with
/// zeros), 96 bands on Slaney's mel scale with Slaney's norm from 0 to 8 kHz, `log10(1 + 10000 · energy)`: the front
/// end the networks were trained with. Frames do not depend on how the signal is cut into blocks.
pub struct LogMel {
    stft: Stft,
    bank: MelBank,
    frame: [f32; BANDS],
}

impl LogMel {
    /// The rate, in Hz, of the samples taken.
    pub const SAMPLE_RATE: u32 = 16_000;

    /// Prepares the transform.
    ///
    /// # Errors
    /// [`Error::Signal`](crate::Error::Signal) when the transform cannot be set up.
    pub fn new() -> Result<Self> {
        let config = StftConfig { n_fft: N_FFT, hop: HOP, window: hann_periodic(N_FFT), centre: true };
        Ok(Self {
            stft: Stft::new(config)?,
            bank: MelBank::slaney(Self::SAMPLE_RATE, N_FFT, BANDS, 0.0, 8_000.0),
            frame: [0.0; BANDS],
        })
    }

    /// Takes the next samples (full scale ±1; what is not finite counts as silence) and calls `frame` with every frame
    /// of 96 values they complete.
    pub fn push(&mut self, samples: &[f32], frame: &mut dyn FnMut(&[f32])) {
        let Self { stft, bank, frame: bands } = self;
        stft.push(samples, &mut |power| frame(log_mel(bank, power, bands)));
    }

    /// Ends the signal with the frames that reach over its end. After `n > 0` samples there were `1 + n / 256` frames,
    /// after none there are none. The front end is then as new.
    pub fn finish(&mut self, frame: &mut dyn FnMut(&[f32])) {
        let Self { stft, bank, frame: bands } = self;
        stft.finish(&mut |power| frame(log_mel(bank, power, bands)));
    }
}

fn log_mel<'a>(bank: &MelBank, power: &[f32], bands: &'a mut [f32; BANDS]) -> &'a [f32] {
    bank.apply(power, bands);
    for value in bands.iter_mut() {
        *value = (1.0 + 10_000.0 * *value).log10();
    }
    bands
}
