/// What can be wrong with a request for a transform. Signals themselves are never refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A short-time Fourier transform needs frames and steps of at least one sample.
    #[error("a Fourier frame of {n_fft} samples every {hop} cannot be made: both must be at least 1")]
    EmptyFrame {
        /// Samples per frame.
        n_fft: usize,
        /// Samples between two frames.
        hop: usize,
    },
    /// The window is empty or does not fit into the frame.
    #[error("a window of {window} samples does not fit a Fourier frame of {n_fft}: use 1 to {n_fft} samples")]
    WindowLength {
        /// Samples of the window.
        window: usize,
        /// Samples per frame.
        n_fft: usize,
    },
    /// A sample rate outside what the resampler converts.
    #[error("cannot resample {from} Hz to {to} Hz: both rates must lie in {min} to {max} Hz")]
    SampleRate {
        /// The rate of the input.
        from: u32,
        /// The rate asked for.
        to: u32,
        /// The lowest rate taken.
        min: u32,
        /// The highest rate taken.
        max: u32,
    },
}

/// A result of this room.
pub type Result<T> = std::result::Result<T, Error>;
