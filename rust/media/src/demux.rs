//! Packets of the first audio track of a file, through symphonia.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_AAC, CODEC_ID_MP1, CODEC_ID_MP2, CODEC_ID_MP3, CODEC_ID_OPUS,
};
use symphonia::core::codecs::audio::{AudioCodecParameters, CODEC_ID_NULL_AUDIO};
use symphonia::core::errors::Error as SymphoniaError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;
use symphonia::core::units::Timestamp;

use crate::clock::Clock;
use crate::contain::{Panicked, contain};
use crate::samples::Trim;
use crate::{Error, Result, mp4};

/// Faults of a demuxer without a packet between them after which a file is given up.
const MOST_FAULTS: u32 = 64;

/// What comes next in a stream.
#[derive(Debug)]
pub(crate) enum Next {
    Packet(Packet),
    /// A chained Ogg stream goes on with new headers; [`Demux::params`] are the new ones.
    Link,
    End,
}

/// The demuxer of one file.
pub(crate) struct Demux {
    format: Box<dyn FormatReader>,
    path: PathBuf,
    track: u32,
    params: AudioCodecParameters,
    codec: String,
    over: bool,
    damage: u32,
    /// Where the next packet should begin.
    expected: Option<Timestamp>,
}

impl Demux {
    pub(crate) fn open(file: File, path: &Path) -> Result<Self> {
        let probe = move || {
            let source = MediaSourceStream::new(Box::new(file), Default::default());
            let (formats, tags) = (FormatOptions::default(), MetadataOptions::default());
            // No hint: symphonia judges by content alone, so a wrong ending does no harm.
            symphonia::default::get_probe().probe(&Hint::new(), source, formats, tags)
        };
        let format = match contain("symphonia's probe", probe) {
            Ok(Ok(format)) => format,
            Ok(Err(SymphoniaError::IoError(source))) if is_of_the_system(&source) => {
                return Err(Error::io(path, source));
            }
            Ok(Err(SymphoniaError::Unsupported(what))) => {
                return Err(Error::needs_ffmpeg(format!("this kind of file ({what})")));
            }
            Ok(Err(error)) => return Err(Error::Damaged { what: format!("its header cannot be read ({error})") }),
            Err(Panicked) => return Err(Error::Damaged { what: "its header is beyond the demuxer".into() }),
        };
        let (track, params, codec) = first_audio(format.as_ref())?;
        Ok(Self { format, path: path.to_owned(), track, params, codec, over: false, damage: 0, expected: None })
    }

    /// The next packet of the track, past damage and packets of other tracks.
    pub(crate) fn next(&mut self, clock: &Clock) -> Result<Next> {
        let mut faults = 0;
        while !self.over {
            clock.check()?;
            match contain("symphonia's demuxer", || self.format.next_packet()) {
                Ok(Ok(Some(packet))) if packet.track_id == self.track => {
                    self.note_gap(&packet);
                    return Ok(Next::Packet(packet));
                }
                Ok(Ok(Some(_))) => {}
                Ok(Ok(None)) => self.over = true,
                Ok(Err(SymphoniaError::ResetRequired)) => match first_audio(self.format.as_ref()) {
                    Ok((track, params, codec)) => {
                        (self.track, self.params, self.codec) = (track, params, codec);
                        self.expected = None;
                        return Ok(Next::Link);
                    }
                    Err(_) => self.stop_damaged(),
                },
                Ok(Err(SymphoniaError::IoError(error))) if is_of_the_system(&error) => {
                    return Err(Error::io(&self.path, error));
                }
                // The file is cut short: what came before is good.
                Ok(Err(SymphoniaError::IoError(error))) if error.kind() == ErrorKind::UnexpectedEof => {
                    self.stop_damaged();
                }
                Ok(Err(error)) => {
                    // Most demuxers have moved on and find the next packet; one that has not must not hold us.
                    tracing::debug!("{}: {error}", self.path.display());
                    faults += 1;
                    self.damage += 1;
                    self.over = faults > MOST_FAULTS;
                }
                Err(Panicked) => self.stop_damaged(),
            }
        }
        Ok(Next::End)
    }

    /// Some demuxers find their way past damage without a word: then only a gap in the time stamps tells.
    fn note_gap(&mut self, packet: &Packet) {
        let gap = self.expected.is_some_and(|expected| packet.pts > expected);
        // Coarser time stamps than one sample are rounded, so a gap there may mean nothing.
        let rate = self.params.sample_rate;
        let exact = self
            .track()
            .and_then(|track| track.time_base)
            .is_some_and(|base| base.numer.get() == 1 && Some(base.denom.get()) == rate);
        self.damage += u32::from(gap && exact);
        self.expected = packet.pts.checked_add(packet.block_dur());
    }

    fn stop_damaged(&mut self) {
        self.damage += 1;
        self.over = true;
    }

    pub(crate) fn params(&self) -> &AudioCodecParameters {
        &self.params
    }

    /// Short name of the codec, such as "flac".
    pub(crate) fn codec(&self) -> &str {
        &self.codec
    }

    pub(crate) fn is_aac(&self) -> bool {
        self.params.codec == CODEC_ID_AAC
    }

    pub(crate) fn is_mpeg_audio(&self) -> bool {
        matches!(self.params.codec, CODEC_ID_MP1 | CODEC_ID_MP2 | CODEC_ID_MP3)
    }

    pub(crate) fn is_opus(&self) -> bool {
        self.params.codec == CODEC_ID_OPUS
    }

    pub(crate) fn damage(&self) -> u32 {
        self.damage
    }

    fn track(&self) -> Option<&Track> {
        self.format.tracks().iter().find(|track| track.id == self.track)
    }

    /// Whether the container states its length, and does not just guess it from the bit rate.
    pub(crate) fn states_length(&self) -> bool {
        !matches!(self.format.format_info().short_name, "mp3" | "mp2" | "mp1" | "aac")
    }

    /// The encoder delay and padding of an MP3 file with a LAME header.
    ///
    /// symphonia would trim by itself, but it cuts off whatever lies behind the number of frames that it read in a header or
    /// guessed from the bit rate: the rest of a VBR file without such a header, or of two files joined to one.
    pub(crate) fn lame_trim(&self) -> Option<Trim> {
        let track = self.track()?;
        let (delay, padding) = track.delay.zip(track.padding)?;
        Some(Trim { skip: u64::from(delay), keep: track.num_frames, padding: Some(u64::from(padding)) })
    }

    /// Length by the headers, in time.
    pub(crate) fn duration(&self) -> Option<Duration> {
        let track = self.track()?;
        let media = self.format.media_info();
        let (base, length) = track.time_base.zip(track.duration).or_else(|| media.time_base.zip(media.duration))?;
        let seconds = length.get() as f64 * f64::from(base.numer.get()) / f64::from(base.denom.get());
        Duration::try_from_secs_f64(seconds).ok().filter(|duration| !duration.is_zero())
    }

    /// What of an MP4 track is music; `None` for other containers, whose packets carry their own trims.
    pub(crate) fn mp4_trim(&mut self) -> Option<Trim> {
        if self.format.format_info().short_name != "isomp4" {
            return None;
        }
        if let Some(trim) = self.itunes_trim() {
            return Some(trim);
        }
        let rate = self.params.sample_rate?;
        let edit = mp4::edit_of(&mut File::open(&self.path).ok()?, self.track)?;
        Some(edit.trim(rate, self.track().and_then(|track| track.num_frames)))
    }

    fn itunes_trim(&mut self) -> Option<Trim> {
        let mut metadata = self.format.metadata();
        let tags = &metadata.skip_to_latest()?.media.tags;
        let comment = tags.iter().find(|tag| tag.raw.key.ends_with("iTunSMPB"))?;
        mp4::itunes_gapless(&comment.raw.value.to_string())
    }
}

/// Whether the system could not read, and not the demuxer not understand: a wrong position in a damaged file is no fault of
/// the disk.
fn is_of_the_system(error: &std::io::Error) -> bool {
    const WINDOWS_NEGATIVE_SEEK: i32 = 131;
    match error.raw_os_error() {
        None => false,
        Some(code) if cfg!(windows) && code == WINDOWS_NEGATIVE_SEEK => false,
        Some(_) => error.kind() != ErrorKind::InvalidInput,
    }
}

/// The first audio track, as ffmpeg would take it: whichever decoder reads a file, it reads the same stream.
fn first_audio(format: &dyn FormatReader) -> Result<(u32, AudioCodecParameters, String)> {
    let Some(track) = format.first_track(TrackType::Audio) else {
        // A track without parameters has a codec that the demuxer has never heard of.
        return Err(match format.tracks().iter().any(|track| track.codec_params.is_none()) {
            true => Error::needs_ffmpeg("a codec that is unknown here"),
            false => Error::NoAudio,
        });
    };
    let Some(CodecParameters::Audio(params)) = &track.codec_params else { return Err(Error::NoAudio) };
    let codec = match params.codec {
        CODEC_ID_NULL_AUDIO => return Err(Error::needs_ffmpeg("a codec that is unknown here")),
        CODEC_ID_OPUS => "opus".to_owned(),
        id => match symphonia::default::get_codecs().get_audio_decoder(id) {
            Some(decoder) => decoder.codec.info.short_name.to_owned(),
            None => format!("codec {id}"),
        },
    };
    Ok((track.id, params.clone(), codec))
}
