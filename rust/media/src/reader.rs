//! One decoded stream of one file, whichever decoder reads it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::clock::Clock;
use crate::ffmpeg::Stream;
use crate::native::Native;
use crate::samples::sanitise;
use crate::shape::{Decoder, Shape};
use crate::{Error, Result, ffmpeg, files};

/// How files are opened.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// An ffmpeg for the files that the built-in decoders do not read; without it those end in [`Error::Unsupported`].
    pub ffmpeg: Option<PathBuf>,
    /// The time one track may take, counted while it is opened and read, not while the caller works on its blocks.
    pub time_limit: Duration,
    /// Raised by the caller to stop whatever runs with these options: it ends in [`Error::Cancelled`] soon after.
    pub cancel: Option<Arc<AtomicBool>>,
}

impl Default for OpenOptions {
    /// No ffmpeg, ten minutes, no way to cancel.
    fn default() -> Self {
        Self { ffmpeg: None, time_limit: Duration::from_mins(10), cancel: None }
    }
}

enum Source {
    Native(Box<Native>),
    Ffmpeg(Box<Stream>),
}

impl Source {
    fn fill(&mut self, block: &mut Vec<f32>, clock: &Clock) -> Result<bool> {
        match self {
            Self::Native(native) => native.fill(block, clock),
            Self::Ffmpeg(stream) => stream.fill(block, clock),
        }
    }
}

/// A file that is being decoded, block by block.
///
/// The first audio stream of a file is read, at its own rate and with all its channels, without encoder delay and padding
/// where the file says how much that is. A chained Ogg stream is read through; a part of a stream whose rate or
/// channels differ from its beginning is left out and counted as damage.
pub struct AudioReader {
    source: Source,
    shape: Shape,
    codec: String,
    decoder: Decoder,
    duration: Option<Duration>,
    clock: Clock,
    block: Vec<f32>,
    /// The first block is decoded by `open`, which so knows that the file is sound.
    primed: bool,
    over: bool,
    unsound: u32,
}

impl AudioReader {
    /// Opens a file and decodes its first block, so that a success means audio.
    ///
    /// What the built-in decoders do not read or not understand goes to the ffmpeg of the options.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] and [`Error::Io`] about the file; [`Error::Unsupported`] where no decoder at hand takes it;
    /// [`Error::Damaged`] where none of its packets can be decoded; [`Error::NoAudio`] and [`Error::Empty`];
    /// [`Error::Ffmpeg`] where ffmpeg does not run; [`Error::TimedOut`] and [`Error::Cancelled`].
    pub fn open(path: &Path, options: &OpenOptions) -> Result<Self> {
        let clock = Clock::start(options);
        let (file, sniffed) = files::open(path)?;
        let refusal = match sniffed.foreign {
            Some(name) => Error::needs_ffmpeg(name),
            None => {
                let native = Native::open(file, path, &clock);
                match native.and_then(|native| Self::prime(Source::Native(Box::new(native)), &clock)) {
                    Ok((source, block, over)) => return Self::new(source, block, over, clock),
                    Err(error) => error,
                }
            }
        };
        match &options.ffmpeg {
            Some(program) if refusal.is_about_content() => {
                tracing::debug!("{} goes to ffmpeg: {refusal}", path.display());
                let stream = Stream::open(program, path, sniffed.foreign, &clock);
                let primed = stream.and_then(|stream| Self::prime(Source::Ffmpeg(Box::new(stream)), &clock));
                match primed {
                    Ok((source, block, over)) => Self::new(source, block, over, clock),
                    Err(error) => Err(ffmpeg::verdict(refusal, error)),
                }
            }
            _ => Err(refusal),
        }
    }

    /// Decodes the first block. A stream without one is no stream.
    fn prime(mut source: Source, clock: &Clock) -> Result<(Source, Vec<f32>, bool)> {
        let mut block = Vec::new();
        let over = !source.fill(&mut block, clock)?;
        if !block.is_empty() {
            return Ok((source, block, over));
        }
        Err(match &source {
            Source::Native(native) if native.damage() > 0 => Error::Damaged { what: native.complaint().to_owned() },
            _ => Error::Empty,
        })
    }

    fn new(source: Source, block: Vec<f32>, over: bool, mut clock: Clock) -> Result<Self> {
        let (shape, codec, decoder, duration) = match &source {
            Source::Native(native) => {
                let shape = native.shape().ok_or(Error::Empty)?;
                (shape, native.codec().to_owned(), native.decoder(), native.duration())
            }
            Source::Ffmpeg(stream) => (stream.shape(), stream.codec().to_owned(), Decoder::Ffmpeg, stream.duration()),
        };
        clock.pause();
        Ok(Self { source, shape, codec, decoder, duration, clock, block, primed: true, over, unsound: 0 })
    }

    /// Frames per second.
    #[must_use]
    pub fn sample_rate(&self) -> u32 {
        self.shape.rate
    }

    /// Channels in a frame, 1 to 64, in WAVE order: left, right, centre, low frequencies, back, side.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.shape.channels
    }

    /// Short name of the codec, such as "mp3", "vorbis" or "wmav2"; "unknown" where ffmpeg did not say.
    #[must_use]
    pub fn codec(&self) -> &str {
        &self.codec
    }

    /// Which decoder reads the file.
    #[must_use]
    pub fn decoder(&self) -> Decoder {
        self.decoder
    }

    /// The length as the file's headers state it: good for a progress bar, not for more.
    #[must_use]
    pub fn duration_hint(&self) -> Option<Duration> {
        self.duration
    }

    /// The next block of interleaved samples, a few thousand frames of all channels; `None` at the end, and from then on.
    ///
    /// Samples are finite. Full scale is 1; decoders may exceed it a little, and float files as much as 96 dB.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] where the file stops being readable, [`Error::TimedOut`] and [`Error::Cancelled`]. Damage is no
    /// error, see [`AudioReader::damage`]. After an error there are no more blocks.
    pub fn next_block(&mut self) -> Result<Option<&[f32]>> {
        if !self.primed {
            self.block.clear();
            if !self.over {
                self.clock.resume();
                let more = self.source.fill(&mut self.block, &self.clock);
                self.clock.pause();
                self.over = !matches!(more, Ok(true));
                more?;
            }
        }
        self.primed = false;
        if self.block.is_empty() {
            return Ok(None);
        }
        self.unsound += u32::from(sanitise(&mut self.block));
        Ok(Some(&self.block))
    }

    /// Faults so far: packets that could not be decoded and were left out, an end that is missing, blocks with samples that
    /// were no numbers and became silence. With ffmpeg, the errors it reported.
    #[must_use]
    pub fn damage(&self) -> u32 {
        let decoding = match &self.source {
            Source::Native(native) => native.damage(),
            Source::Ffmpeg(stream) => stream.damage(),
        };
        decoding.saturating_add(self.unsound)
    }
}

impl std::fmt::Debug for AudioReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AudioReader")
            .field("codec", &self.codec)
            .field("decoder", &self.decoder)
            .field("shape", &self.shape)
            .field("damage", &self.damage())
            .finish_non_exhaustive()
    }
}
