//! Decoding inside the process: symphonia's decoders, and ropus for Opus.

use std::collections::VecDeque;
use std::fs::File;
use std::path::Path;
use std::time::Duration;

use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as SymphoniaError;
use symphonia::core::packet::Packet;

use crate::clock::Clock;
use crate::contain::{Panicked, contain};
use crate::demux::{Demux, Next};
use crate::samples::Trim;
use crate::shape::{BLOCK_FRAMES, Decoder, Shape};
use crate::{Error, Result, opus, sbr};

/// Panics of a decoder after which a file is given up: each costs a rebuilt decoder.
const MOST_PANICS: u32 = 8;

enum PacketDecoder {
    Symphonia(Box<dyn AudioDecoder>),
    Opus(Box<opus::Decoder>),
}

/// Why a packet gave no samples.
enum Fault {
    Damaged(String),
    Unsupported(String),
}

/// A file being decoded in this process.
pub(crate) struct Native {
    demux: Demux,
    decoder: PacketDecoder,
    /// Packets that were looked at before decoding began.
    ahead: VecDeque<Packet>,
    trim: Trim,
    shape: Option<Shape>,
    duration: Option<Duration>,
    /// Samples handed on, of all channels.
    heard: u64,
    undecodable: u32,
    panics: u32,
    complaint: Option<String>,
}

impl Native {
    pub(crate) fn open(file: File, path: &Path, clock: &Clock) -> Result<Self> {
        let mut demux = Demux::open(file, path)?;
        let mut ahead = VecDeque::new();
        if demux.is_aac() {
            while ahead.len() < sbr::BLOCKS {
                let Next::Packet(packet) = demux.next(clock)? else { break };
                ahead.push_back(packet);
            }
            if sbr::is_carried_by(ahead.iter().map(|packet| &*packet.data)) {
                return Err(Error::needs_ffmpeg("HE-AAC (spectral band replication)"));
            }
        }
        let mp4_trim = demux.mp4_trim();
        let (decoder, trim) = start(&demux)?;
        let trim = mp4_trim.unwrap_or(trim);
        let trimmed = demux.params().sample_rate.zip(trim.keep);
        let duration = match trimmed {
            Some((rate, keep)) => Duration::try_from_secs_f64(keep as f64 / f64::from(rate)).ok(),
            _ => demux.duration(),
        };
        Ok(Self {
            demux,
            decoder,
            ahead,
            trim,
            shape: None,
            duration,
            heard: 0,
            undecodable: 0,
            panics: 0,
            complaint: None,
        })
    }

    /// Appends about [`BLOCK_FRAMES`] frames to `block`; false when the stream is over.
    pub(crate) fn fill(&mut self, block: &mut Vec<f32>, clock: &Clock) -> Result<bool> {
        while !self.trim.is_over() && self.panics <= MOST_PANICS {
            clock.check()?;
            if self.shape.is_some_and(|shape| block.len() >= BLOCK_FRAMES * shape.channels) {
                return Ok(true);
            }
            let next = match self.ahead.pop_front() {
                Some(packet) => Next::Packet(packet),
                None => self.demux.next(clock)?,
            };
            match next {
                Next::Packet(packet) => self.decode(&packet, block)?,
                Next::Link => match start(&self.demux) {
                    Ok((decoder, trim)) => (self.decoder, self.trim) = (decoder, trim),
                    Err(error) => {
                        self.fault(error.to_string());
                        return Ok(false);
                    }
                },
                Next::End => {
                    self.note_shortfall();
                    return Ok(false);
                }
            }
        }
        Ok(false)
    }

    /// Appends the samples of one packet. Damage is counted and left out.
    fn decode(&mut self, packet: &Packet, block: &mut Vec<f32>) -> Result<()> {
        let from = block.len();
        let decoder = &mut self.decoder;
        match contain("an audio decoder", || decoder.append(packet, block)) {
            Ok(Ok(None)) => Ok(()),
            Ok(Ok(Some(shape))) => {
                match self.shape {
                    None => self.shape = Some(shape.checked()?),
                    // One file is one stream of one rate: what differs is left out and counted, whether it is a false
                    // MPEG frame in damaged data or the next piece of a recorded radio stream.
                    Some(first) if first != shape => {
                        block.truncate(from);
                        self.fault("the sample rate or the number of channels changes in the middle".into());
                        return Ok(());
                    }
                    Some(_) => {}
                }
                self.trim.apply(block, from, shape.channels);
                self.heard += (block.len() - from) as u64;
                Ok(())
            }
            Ok(Err(fault)) => {
                block.truncate(from);
                match fault {
                    // Nothing was heard yet, so another decoder can take the file from its beginning.
                    Fault::Unsupported(what) if self.shape.is_none() => Err(Error::needs_ffmpeg(what)),
                    Fault::Unsupported(what) | Fault::Damaged(what) => {
                        self.fault(what);
                        Ok(())
                    }
                }
            }
            Err(Panicked) => {
                block.truncate(from);
                self.panics += 1;
                self.fault("the decoder panicked".into());
                self.decoder = start(&self.demux)?.0;
                Ok(())
            }
        }
    }

    /// A demuxer may take the loss of all the rest for the end, and MPEG frames are lost without a word.
    fn note_shortfall(&mut self) {
        let (Some(shape), 0) = (self.shape, self.damage()) else { return };
        let short = match (self.trim.keep, self.duration) {
            // An exact length. Headers of MP3 are now and then wrong by a frame.
            (Some(missing), _) => missing > 3 * 1152,
            // A stated length, of which delay, padding and rounding are far below a tenth of a second.
            (None, Some(stated)) if self.demux.states_length() => {
                let heard = self.heard as f64 / shape.channels as f64 / f64::from(shape.rate);
                heard < stated.as_secs_f64() * 0.99 - 0.1
            }
            _ => false,
        };
        if short {
            self.fault("the file is shorter than its header says".into());
        }
    }

    fn fault(&mut self, what: String) {
        self.undecodable += 1;
        self.complaint.get_or_insert(what);
    }

    pub(crate) fn shape(&self) -> Option<Shape> {
        self.shape
    }

    pub(crate) fn codec(&self) -> &str {
        self.demux.codec()
    }

    pub(crate) fn decoder(&self) -> Decoder {
        match self.decoder {
            PacketDecoder::Symphonia(_) => Decoder::Symphonia,
            PacketDecoder::Opus(_) => Decoder::Ropus,
        }
    }

    pub(crate) fn duration(&self) -> Option<Duration> {
        self.duration
    }

    pub(crate) fn damage(&self) -> u32 {
        self.demux.damage().saturating_add(self.undecodable)
    }

    /// What the first fault was about.
    pub(crate) fn complaint(&self) -> &str {
        self.complaint.as_deref().unwrap_or("no packet could be read")
    }
}

/// A fresh decoder for the stream, and the trim that its headers ask for.
fn start(demux: &Demux) -> Result<(PacketDecoder, Trim)> {
    let params = demux.params();
    if demux.is_opus() {
        let head = params.extra_data.as_deref().and_then(opus::Head::parse);
        let head = head.ok_or_else(|| Error::needs_ffmpeg("Opus with an unusual header"))?;
        let decoder = opus::Decoder::new(&head)?;
        let trim = Trim { skip: u64::from(head.pre_skip), ..Trim::default() };
        return Ok((PacketDecoder::Opus(Box::new(decoder)), trim));
    }
    let mpeg = demux.is_mpeg_audio();
    let options = AudioDecoderOptions::default().gapless(!mpeg);
    let trim = if mpeg { demux.lame_trim().unwrap_or_default() } else { Trim::default() };
    let make = || symphonia::default::get_codecs().make_audio_decoder(params, &options);
    match contain("making a decoder", make) {
        Ok(Ok(decoder)) => Ok((PacketDecoder::Symphonia(decoder), trim)),
        Ok(Err(error)) => Err(Error::needs_ffmpeg(format!("{} ({error})", demux.codec()))),
        Err(Panicked) => Err(Error::Damaged { what: "its codec header is beyond the decoder".into() }),
    }
}

impl PacketDecoder {
    /// Appends the samples of a packet to `block`; `None` where it has none, as the first packet of Vorbis.
    fn append(&mut self, packet: &Packet, block: &mut Vec<f32>) -> std::result::Result<Option<Shape>, Fault> {
        let from = block.len();
        match self {
            Self::Symphonia(decoder) => {
                let buffer = decoder.decode(packet).map_err(|error| match error {
                    SymphoniaError::Unsupported(what) => Fault::Unsupported(what.to_owned()),
                    error => Fault::Damaged(error.to_string()),
                })?;
                if buffer.frames() == 0 {
                    return Ok(None);
                }
                let shape = Shape { rate: buffer.spec().rate(), channels: buffer.num_planes() };
                block.resize(from + buffer.samples_interleaved(), 0.0);
                buffer.copy_to_slice_interleaved(&mut block[from..]);
                Ok(Some(shape))
            }
            Self::Opus(decoder) => {
                decoder.decode(&packet.data, block).map_err(|code| Fault::Damaged(format!("Opus error {code}")))?;
                let channels = decoder.channels();
                // Only Ogg fills this in, and there the time base is one sample.
                let padding = usize::try_from(packet.trim_end.get()).unwrap_or(usize::MAX).saturating_mul(channels);
                block.truncate(block.len().saturating_sub(padding).max(from));
                Ok(Some(Shape { rate: opus::RATE, channels }))
            }
        }
    }
}
