/// What can be wrong with a request. Sounds themselves are never refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// More channels than a loudness meter has ears for, or none.
    #[error("cannot measure {channels} channels: a loudness meter takes 1 to {max}")]
    Channels {
        /// The channels asked for.
        channels: usize,
        /// The most a meter takes.
        max: usize,
    },
    /// A sample rate no loudness meter is made for.
    #[error("cannot measure loudness at {sample_rate} Hz: the rate must lie in {min} to {max} Hz")]
    SampleRate {
        /// The rate asked for.
        sample_rate: u32,
        /// The lowest rate taken.
        min: u32,
        /// The highest rate taken.
        max: u32,
    },
    /// A block that ends in the middle of a frame.
    #[error("{samples} samples are not whole frames of {channels} channels: cut blocks between frames")]
    PartialFrame {
        /// Samples in the block.
        samples: usize,
        /// Channels of the meter.
        channels: usize,
    },
    /// Bytes that are no stored fingerprint.
    #[error("{bytes} bytes are not a fingerprint of this version: the track needs a new analysis")]
    FingerprintBytes {
        /// How many there are.
        bytes: usize,
    },
    /// A transform could not be prepared.
    #[error(transparent)]
    Dsp(#[from] segue_dsp::Error),
}

/// A result of this room.
pub type Result<T> = std::result::Result<T, Error>;
