//! What ffmpeg says on its standard error.

use std::io::Read;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Lines kept for an error message, and characters kept of each: a damaged file can make ffmpeg say the same all day. The
/// first lines tell the cause, the last one the outcome.
const FIRST_LINES: usize = 2;
const LINE_LENGTH: usize = 200;

/// Fills as ffmpeg speaks; read from the other thread.
#[derive(Debug, Default)]
pub(crate) struct Log {
    errors: AtomicU32,
    text: Mutex<Text>,
}

#[derive(Debug, Default)]
struct Text {
    input: Input,
    complaints: Vec<String>,
}

/// What ffmpeg says of the input, for information only.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Input {
    pub(crate) codec: Option<String>,
    pub(crate) duration: Option<Duration>,
}

impl Log {
    /// Reads to the end of the pipe, whatever comes: a pipe that nobody empties would stop the child.
    pub(crate) fn follow(&self, mut pipe: impl Read) {
        let mut chunk = [0; 4096];
        let mut line = Vec::with_capacity(LINE_LENGTH);
        while let Ok(count @ 1..) = pipe.read(&mut chunk) {
            for &byte in &chunk[..count] {
                match byte {
                    b'\n' | b'\r' => {
                        self.line(&String::from_utf8_lossy(&line));
                        line.clear();
                    }
                    _ if line.len() < LINE_LENGTH => line.push(byte),
                    _ => {}
                }
            }
        }
        self.line(&String::from_utf8_lossy(&line));
    }

    fn line(&self, line: &str) {
        let mut text = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        let severe = ["[error]", "[fatal]", "[panic]"].iter().find_map(|level| line.split_once(level));
        if let Some((_, complaint)) = severe {
            self.errors.fetch_add(1, Ordering::Relaxed);
            let complaint = complaint.trim();
            if !text.complaints.iter().any(|known| known == complaint) {
                text.complaints.truncate(FIRST_LINES);
                text.complaints.push(complaint.to_owned());
            }
        } else if text.input.codec.is_none() {
            // The first audio stream listed is the one that is decoded; the output is listed after it.
            text.input.codec = word_after(line, "Audio: ").map(str::to_owned);
            if let Some(duration) = word_after(line, "Duration: ").and_then(clock_time) {
                text.input.duration = Some(duration);
            }
        }
    }

    pub(crate) fn errors(&self) -> u32 {
        self.errors.load(Ordering::Relaxed)
    }

    pub(crate) fn input(&self) -> Input {
        self.text.lock().unwrap_or_else(PoisonError::into_inner).input.clone()
    }

    pub(crate) fn complaints(&self) -> String {
        self.text.lock().unwrap_or_else(PoisonError::into_inner).complaints.join("; ")
    }
}

fn word_after<'a>(line: &'a str, mark: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(mark)?;
    rest.split([',', ' ']).next().filter(|word| !word.is_empty())
}

/// "00:03:29.98"
fn clock_time(text: &str) -> Option<Duration> {
    let mut seconds = 0.0;
    for part in text.split(':') {
        seconds = seconds * 60.0 + part.parse::<f64>().ok()?;
    }
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_gives_codec_length_and_complaints() {
        let log = Log::default();
        let said = b"[info]   Duration: 00:03:29.98, start: 0.000000, bitrate: 128 kb/s\n\
            [info]   Stream #0:0(eng): Audio: wmav2 (a[1][0][0] / 0x0161), 44100 Hz, stereo\n\
            [info]   Stream #0:0: Audio: pcm_f32le, 44100 Hz\n\
            [wmav2 @ 0x5588] [error] frame header \xff is broken\r\n[error] Error while decoding";
        log.follow(&said[..]);
        let duration = Some(Duration::from_millis(209_980));
        assert_eq!(log.input(), Input { codec: Some("wmav2".into()), duration });
        assert_eq!(log.errors(), 2);
        assert!(log.complaints().ends_with("is broken; Error while decoding"), "{}", log.complaints());
    }

    #[test]
    fn endless_complaints_take_little_memory() {
        let log = Log::default();
        log.follow("[error] x".repeat(100_000).as_bytes());
        for n in 0..1000 {
            log.line(&format!("[x @ 0x{n}] [error] again"));
            log.line(&format!("[error] packet {n}"));
        }
        assert_eq!(log.errors(), 2001);
        let complaints = log.complaints();
        assert!(complaints.ends_with("again; packet 999") && complaints.len() < 2 * LINE_LENGTH, "{complaints}");
    }
}
