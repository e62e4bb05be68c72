//! The name of the audio in a file.

use std::fmt;
use std::path::Path;

use crate::clock::Clock;
use crate::demux::{Demux, Next};
use crate::{Error, OpenOptions, Result, ffmpeg, files};

/// Part of every hash: keys of another making must never look like ours.
const DOMAIN: &[u8] = b"segue content key 1\0";

/// Sixteen bytes that name the audio in a file. Equal keys mean the same compressed audio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentKey(pub [u8; 16]);

impl fmt::Display for ContentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Computes the [`ContentKey`] of a file: the first 16 bytes of BLAKE3 over the compressed packets of its first audio
/// stream, with codec, rate and channels.
///
/// Packets and not the file, so that new tags, another cover, another name, even another container keep the key; packets
/// and not decoded samples, because nothing needs to be decoded for a file that only moved, and because
/// decoders differ in the last bit from version to version. For files that only ffmpeg reads it copies the packets
/// out, undecoded too. Whether an ffmpeg is named never changes a key.
///
/// # Errors
///
/// As [`AudioReader::open`](crate::AudioReader::open). A file without packets has no key: [`Error::Empty`] or
/// [`Error::Damaged`].
pub fn content_key(path: &Path, options: &OpenOptions) -> Result<ContentKey> {
    let clock = Clock::start(options);
    let (file, sniffed) = files::open(path)?;
    let refusal = match sniffed.foreign {
        Some(name) => Error::needs_ffmpeg(name),
        None => match Demux::open(file, path).and_then(|demux| of_packets(demux, &clock)) {
            Ok(key) => return Ok(key),
            Err(error) => error,
        },
    };
    match &options.ffmpeg {
        Some(program) if refusal.is_about_content() => {
            of_ffmpeg(program, path, &clock).map_err(|error| ffmpeg::verdict(refusal, error))
        }
        _ => Err(refusal),
    }
}

fn of_packets(mut demux: Demux, clock: &Clock) -> Result<ContentKey> {
    let mut hasher = blake3::Hasher::new();
    let params = demux.params();
    let rate = params.sample_rate.unwrap_or(0);
    let channels = params.channels.as_ref().map_or(0, |channels| channels.count());
    hasher.update(DOMAIN);
    hasher.update(format!("{} {rate} {channels}\0", demux.codec()).as_bytes());
    let mut bytes = 0;
    loop {
        match demux.next(clock)? {
            Next::Packet(packet) => {
                hasher.update(&packet.data);
                bytes += packet.data.len();
            }
            Next::Link => {}
            Next::End if bytes == 0 && demux.damage() > 0 => {
                return Err(Error::Damaged { what: "no packet could be read".into() });
            }
            Next::End if bytes == 0 => return Err(Error::Empty),
            Next::End => return Ok(shortened(&hasher)),
        }
    }
}

fn of_ffmpeg(program: &Path, path: &Path, clock: &Clock) -> Result<ContentKey> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(DOMAIN);
    // Codec, rate and channels stand only in ffmpeg's log, whose wording may change; the packets tell files apart.
    hasher.update(b"by ffmpeg\0");
    let mut any = false;
    ffmpeg::each_packet_bytes(program, path, clock, |bytes| {
        any |= !bytes.is_empty();
        hasher.update(bytes);
    })?;
    if any { Ok(shortened(&hasher)) } else { Err(Error::Empty) }
}

fn shortened(hasher: &blake3::Hasher) -> ContentKey {
    let mut key = [0; 16];
    hasher.finalize_xof().fill(&mut key);
    ContentKey(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_shown_as_32_hexadecimal_digits() {
        let key = ContentKey(std::array::from_fn(|i| i as u8 * 17));
        assert_eq!(key.to_string(), "00112233445566778899aabbccddeeff");
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"abc");
        // The first half of the published test value of BLAKE3 for "abc".
        assert_eq!(shortened(&hasher).to_string(), "6437b3ac38465133ffb63b75273a8db5");
    }
}
