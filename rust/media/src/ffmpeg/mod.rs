//! Decoding by a child process: the ffmpeg that the caller names.
//!
//! ffmpeg writes a WAV stream to a pipe: its header tells rate and channels of what really comes out, SBR and all, from the
//! same process and in a format that has not changed since the nineties. Asking first would cost a second process per
//! file, and reading them off the log would hang on its wording; the log only gives the codec's name.

mod child;
mod log;
mod wav;

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::time::Duration;

pub(crate) use self::child::Child;
use crate::clock::Clock;
use crate::shape::{BLOCK_FRAMES, Shape};
use crate::{Error, Result};

/// A file being decoded by ffmpeg.
pub(crate) struct Stream {
    child: Child,
    shape: Shape,
    codec: String,
    duration: Option<Duration>,
    /// Bytes that were read but not yet handed on.
    rest: Vec<u8>,
    heard: bool,
    unfinished: bool,
}

impl Stream {
    /// Starts ffmpeg on a file. `kind` is what the file's first bytes tell.
    pub(crate) fn open(program: &Path, path: &Path, kind: Option<&str>, clock: &Clock) -> Result<Self> {
        let mut output = vec!["-c:a", "pcm_f32le", "-f", "wav"];
        if kind == Some("DSD") {
            // One bit at 2.8 MHz and more becomes 32 bits at 352.8 kHz and more, all of it noise above 50 kHz.
            output.extend(["-ar", "176400"]);
        }
        Self::start(program, &arguments(path, &output), clock)
    }

    /// Starts ffmpeg on a part of a file.
    pub(crate) fn open_window(
        program: &Path,
        path: &Path,
        at: Duration,
        length: Duration,
        clock: &Clock,
    ) -> Result<Self> {
        let (at, length) = (format!("{:.3}", at.as_secs_f64()), format!("{:.3}", length.as_secs_f64()));
        let window = words(&["-ss", &at, "-t", &length]);
        let output = selection(&["-c:a", "pcm_f32le", "-f", "wav"]);
        Self::start(program, &[before(), window, input(path), output].concat(), clock)
    }

    fn start(program: &Path, arguments: &[OsString], clock: &Clock) -> Result<Self> {
        let mut child = Child::spawn(program, arguments)?;
        let mut rest = Vec::new();
        let (shape, data) = loop {
            if let Some(header) = wav::header(&rest)? {
                break header;
            }
            match child.read(clock)? {
                Some(bytes) => rest.extend_from_slice(&bytes),
                None => return Err(child.finish(clock)?.failure(program)),
            }
        };
        rest.drain(..data);
        let (codec, duration) = child.input();
        Ok(Self { child, shape: shape.checked()?, codec, duration, rest, heard: false, unfinished: false })
    }

    pub(crate) fn fill(&mut self, block: &mut Vec<f32>, clock: &Clock) -> Result<bool> {
        let wanted = BLOCK_FRAMES * self.shape.channels;
        let frame = self.shape.channels * size_of::<f32>();
        loop {
            // Only whole frames are handed on.
            let ready = self.rest.len() / frame * frame;
            let (samples, _) = self.rest[..ready].as_chunks::<4>();
            block.extend(samples.iter().map(|&sample| f32::from_le_bytes(sample)));
            self.rest.drain(..ready);
            self.heard |= ready > 0;
            if block.len() >= wanted {
                return Ok(true);
            }
            match self.child.read(clock)? {
                Some(bytes) => self.rest.extend_from_slice(&bytes),
                None => {
                    let end = self.child.finish(clock)?;
                    if let Some(error) = end.crash(self.child.program()) {
                        return Err(error);
                    }
                    if !end.success && !self.heard {
                        return Err(end.failure(self.child.program()));
                    }
                    self.unfinished = !end.success;
                    return Ok(false);
                }
            }
        }
    }

    pub(crate) fn shape(&self) -> Shape {
        self.shape
    }

    pub(crate) fn codec(&self) -> &str {
        &self.codec
    }

    pub(crate) fn duration(&self) -> Option<Duration> {
        self.duration
    }

    pub(crate) fn damage(&self) -> u32 {
        self.child.errors().saturating_add(u32::from(self.unfinished))
    }
}

/// Hands the compressed packets of a file's audio, one after the other, to `take`, without decoding them.
pub(crate) fn each_packet_bytes(program: &Path, path: &Path, clock: &Clock, mut take: impl FnMut(&[u8])) -> Result<()> {
    let mut child = Child::spawn(program, &arguments(path, &["-c:a", "copy", "-f", "data"]))?;
    let mut any = false;
    while let Some(bytes) = child.read(clock)? {
        any |= !bytes.is_empty();
        take(&bytes);
    }
    let end = child.finish(clock)?;
    if let Some(error) = end.crash(program) {
        return Err(error);
    }
    if end.success || any { Ok(()) } else { Err(end.failure(program)) }
}

/// Which of two refusals a person should read: `native` of the built-in decoders, `ffmpeg` of ffmpeg after them.
pub(crate) fn verdict(native: Error, ffmpeg: Error) -> Error {
    match native {
        // The built-in decoder knew the format and saw what is wrong with it.
        native @ (Error::Damaged { .. } | Error::Empty) if matches!(ffmpeg, Error::Damaged { .. }) => native,
        _ => ffmpeg,
    }
}

fn arguments(path: &Path, output: &[&str]) -> Vec<OsString> {
    [before(), input(path), selection(output)].concat()
}

/// What comes before everything else.
pub(crate) fn before() -> Vec<OsString> {
    words(&["-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+info", "-threads", "1"])
}

/// The input: one file, whatever it says that it is.
pub(crate) fn input(path: &Path) -> Vec<OsString> {
    let mut input = OsString::from("file:");
    input.push(path);
    // A playlist in the guise of a music file must not make the server fetch something from the network.
    [words(&["-protocol_whitelist", "file", "-i"]), vec![input]].concat()
}

/// The first audio stream alone, in one thread.
fn selection(output: &[&str]) -> Vec<OsString> {
    let selection = words(&["-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1", "-bitexact", "-threads", "1"]);
    [selection, words(output), words(&["pipe:1"])].concat()
}

fn words(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

/// Shows a program in messages.
fn shown(program: &Path) -> String {
    program.file_name().unwrap_or(OsStr::new("ffmpeg")).to_string_lossy().into_owned()
}
