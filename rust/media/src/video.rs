//! Small pictures of a video, and windows of its sound, at chosen places.
//!
//! A film is looked at in short bursts that lie far apart: what lies between is skipped by seeking, so that two hours take as long as the
//! bursts do. All of it goes through ffmpeg; the built-in decoders know no pictures.

use std::ffi::OsString;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use crate::clock::Clock;
use crate::ffmpeg::{Child, Stream};
use crate::samples::sanitise;
use crate::{Error, OpenOptions, Result, files};

/// Frames of one burst at most.
const MOST_FRAMES: usize = 1_000;
/// Seconds of sound of one window at most.
const LONGEST_SOUND: Duration = Duration::from_mins(2);
/// The largest picture taken as a file, in bytes.
const LARGEST_PICTURE: usize = 4 << 20;

/// How a playlist of pieces begins.
const LIST: &[u8; 7] = b"#EXTM3U";

/// Where a burst lies and how it is sampled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Burst {
    /// Where it begins.
    pub at: Duration,
    /// How long it is.
    pub length: Duration,
    /// Frames a second.
    pub rate: f32,
    /// Width of the frames, in pixels; the picture is stretched to it.
    pub width: usize,
    /// Height of the frames, in pixels.
    pub height: usize,
}

/// A window of a video's sound.
#[derive(Debug, Clone, PartialEq)]
pub struct Sound {
    /// Frames per second.
    pub rate: u32,
    /// Channels in a frame.
    pub channels: usize,
    /// Interleaved, full scale 1, finite.
    pub samples: Vec<f32>,
}

/// Frames of a video (or the one picture of a picture file), each `3 × width × height` bytes, red, green and blue from the top left;
/// and the length of the video as its headers state it. There may be fewer than were asked for, also none, where the video ends.
///
/// # Errors
/// [`Error::NotFound`] and [`Error::Io`] about the file; [`Error::Unsupported`] without an ffmpeg, or where it has no picture;
/// [`Error::Damaged`]; [`Error::Ffmpeg`]; [`Error::TimedOut`] and [`Error::Cancelled`].
pub fn frames(path: &Path, burst: Burst, options: &OpenOptions) -> Result<(Vec<Vec<u8>>, Option<Duration>)> {
    let size = 3 * burst.width.clamp(1, 4096) * burst.height.clamp(1, 4096);
    let filter = format!(
        "setpts=PTS-STARTPTS,fps={:.3}:eof_action=pass,scale={}:{}:flags=area",
        burst.rate.clamp(0.01, 60.0),
        burst.width.clamp(1, 4096),
        burst.height.clamp(1, 4096)
    );
    let most = ((burst.length.as_secs_f32() * burst.rate).ceil() as usize).clamp(1, MOST_FRAMES);
    let count = most.to_string();
    let output = ["-vf", &filter, "-frames:v", &count, "-pix_fmt", "rgb24", "-c:v", "rawvideo", "-f", "rawvideo"];
    let mut frames = Vec::new();
    let mut rest: Vec<u8> = Vec::new();
    let duration = pictures(path, burst.at, &output, options, &mut |bytes| {
        rest.extend_from_slice(bytes);
        while rest.len() >= size && frames.len() < most {
            let after = rest.split_off(size);
            frames.push(std::mem::replace(&mut rest, after));
        }
        frames.len() < most
    })?;
    Ok((frames, duration))
}

/// One picture of a video as a JPEG file, `width` pixels wide at most and in its own proportions; `None` where the video has ended.
///
/// # Errors
/// As for [`frames`].
pub fn jpeg(path: &Path, at: Duration, width: usize, options: &OpenOptions) -> Result<Option<Vec<u8>>> {
    let filter = format!("scale='min({},iw)':-2", width.clamp(16, 4096));
    let output = ["-vf", &filter, "-frames:v", "1", "-c:v", "mjpeg", "-q:v", "5", "-f", "image2pipe"];
    let mut file = Vec::new();
    pictures(path, at, &output, options, &mut |bytes| {
        file.extend_from_slice(bytes);
        file.len() <= LARGEST_PICTURE
    })?;
    Ok(Some(file).filter(|file| file.starts_with(&[0xff, 0xd8]) && file.len() <= LARGEST_PICTURE))
}

/// A window of the first audio stream; `None` where there is none, or the sound has ended. At most two minutes.
///
/// # Errors
/// As for [`frames`].
pub fn sound(path: &Path, at: Duration, length: Duration, options: &OpenOptions) -> Result<Option<Sound>> {
    let (program, clock) = ready(path, options)?;
    let length = length.min(LONGEST_SOUND);
    let mut stream = match Stream::open_window(program, path, at, length, &clock) {
        Err(Error::NoAudio | Error::Empty) => return Ok(None),
        stream => stream?,
    };
    let (rate, channels) = (stream.shape().rate, stream.shape().channels);
    let most = (length.as_secs_f64() * f64::from(rate)) as usize * channels;
    let mut samples = Vec::new();
    let mut block = Vec::new();
    while samples.len() < most {
        block.clear();
        let more = stream.fill(&mut block, &clock)?;
        samples.extend_from_slice(&block);
        if !more {
            break;
        }
    }
    samples.truncate(most);
    sanitise(&mut samples);
    Ok(Some(Sound { rate, channels, samples }).filter(|sound| !sound.samples.is_empty()))
}

fn ready<'a>(path: &Path, options: &'a OpenOptions) -> Result<(&'a Path, Clock)> {
    let clock = Clock::start(options);
    let (mut file, _) = files::open(path)?;
    let mut head = [0; LIST.len()];
    // A list of pieces would have ffmpeg wait for what it may not fetch.
    if file.read_exact(&mut head).is_ok() && head == *LIST {
        return Err(Error::Unsupported {
            what: "a list of pieces".to_owned(),
            hint: "name the video itself".to_owned(),
        });
    }
    let program = options.ffmpeg.as_deref().ok_or_else(|| Error::needs_ffmpeg("video"))?;
    Ok((program, clock))
}

/// Runs ffmpeg for pictures and hands on what it writes, until `take` has enough.
fn pictures(
    path: &Path,
    at: Duration,
    output: &[&str],
    options: &OpenOptions,
    take: &mut dyn FnMut(&[u8]) -> bool,
) -> Result<Option<Duration>> {
    let (program, clock) = ready(path, options)?;
    let mut child = Child::spawn(program, &arguments(path, at, output))?;
    let mut any = false;
    while let Some(bytes) = child.read(&clock)? {
        any |= !bytes.is_empty();
        if !take(&bytes) {
            return Ok(child.input().1);
        }
    }
    let duration = child.input().1;
    let end = child.finish(&clock)?;
    match end.crash(program) {
        Some(error) => Err(error),
        None if any => Ok(duration),
        None => match end.failure(program) {
            // Nothing is wrong: there is nothing any more at that place.
            Error::Empty => Ok(duration),
            Error::NoAudio => Err(Error::Unsupported {
                what: "this kind of file".to_owned(),
                hint: "it holds no pictures; name a video".to_owned(),
            }),
            error => Err(error),
        },
    }
}

fn arguments(path: &Path, at: Duration, output: &[&str]) -> Vec<OsString> {
    let at = format!("{:.3}", at.as_secs_f64());
    let mut words = crate::ffmpeg::before();
    // To the very place, though what lies before it since the last key frame is decoded for nothing: encoders put key frames at cuts, and
    // who always begins there misses the cuts. Nobody sees blocks in pictures this small.
    words.extend(["-skip_loop_filter", "all", "-ss", &at].map(OsString::from));
    words.extend(crate::ffmpeg::input(path));
    // Not a cover: those are pictures of music.
    let selection = ["-map", "0:V:0", "-an", "-sn", "-dn", "-map_metadata", "-1", "-threads", "1"];
    words.extend(selection.iter().chain(output).chain(&["pipe:1"]).map(OsString::from));
    words
}
