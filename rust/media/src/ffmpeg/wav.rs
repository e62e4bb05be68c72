//! The header of a WAV stream on a pipe.

use crate::shape::Shape;
use crate::{Error, Result};

/// A header longer than this is none.
const LONGEST: usize = 65_536;

/// Rate, channels, and where the samples begin; `None` while more bytes are needed.
///
/// Only `f32` samples are taken, for nothing else was ordered. Sizes of the whole and of the data are unknown on a
/// pipe and not looked at.
pub(crate) fn header(bytes: &[u8]) -> Result<Option<(Shape, usize)>> {
    let strange = || Error::Damaged { what: "ffmpeg sent something that is not a WAV stream of 32-bit floats".into() };
    if bytes.len() < 12 {
        return Ok(None);
    }
    if !bytes.starts_with(b"RIFF") || &bytes[8..12] != b"WAVE" {
        return Err(strange());
    }
    let mut shape = None;
    let mut rest = &bytes[12..];
    while let Some((head, content)) = rest.split_first_chunk::<8>() {
        let [k0, k1, k2, k3, size @ ..] = *head;
        let size = u32::from_le_bytes(size) as usize;
        match &[k0, k1, k2, k3] {
            b"data" => return Ok(Some((shape.ok_or_else(strange)?, bytes.len() - content.len()))),
            b"fmt " if content.len() >= size.max(16) => shape = Some(format(&content[..size]).ok_or_else(strange)?),
            _ => {}
        }
        let Some(next) = content.get(size.saturating_add(size % 2)..) else { break };
        rest = next;
    }
    if bytes.len() > LONGEST { Err(strange()) } else { Ok(None) }
}

fn format(fmt: &[u8]) -> Option<Shape> {
    let short = |at: usize| fmt.get(at..at + 2).and_then(|bytes| bytes.try_into().ok()).map(u16::from_le_bytes);
    let long = |at: usize| fmt.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
    // 3 is IEEE float; 0xfffe says that the real format stands at the start of the sub-format.
    let tag = match short(0)? {
        0xfffe => short(24)?,
        tag => tag,
    };
    (tag == 3 && short(14)? == 32).then_some(Shape { rate: long(4)?, channels: usize::from(short(2)?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(fmt: &[u8]) -> Vec<u8> {
        let mut bytes = b"RIFF\xff\xff\xff\xffWAVELIST\x03\x00\x00\x00abc\x00fmt ".to_vec();
        bytes.extend((fmt.len() as u32).to_le_bytes());
        bytes.extend(fmt);
        bytes.extend(b"data\xff\xff\xff\xffsamples");
        bytes
    }

    #[test]
    fn a_header_is_read_as_soon_as_it_is_whole() {
        let plain = b"\x03\x00\x02\x00\x44\xac\x00\x00\x20\x62\x05\x00\x08\x00\x20\x00";
        let bytes = stream(plain);
        let data = bytes.len() - b"samples".len();
        let expected = (Shape { rate: 44_100, channels: 2 }, data);
        for length in 0..data {
            assert!(header(&bytes[..length]).unwrap().is_none(), "{length}");
        }
        assert_eq!(header(&bytes).unwrap(), Some(expected));

        let mut extensible = plain.to_vec();
        extensible[..2].copy_from_slice(&[0xfe, 0xff]);
        extensible.extend(
            b"\x16\x00\x20\x00\x03\x00\x00\x00\x03\x00\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71",
        );
        assert_eq!(header(&stream(&extensible)).unwrap().map(|(shape, _)| shape), Some(expected.0));
    }

    #[test]
    fn anything_else_is_refused() {
        assert!(header(b"OggS01234567890").is_err());
        assert!(
            header(&stream(b"\x01\x00\x02\x00\x44\xac\x00\x00\x20\x62\x05\x00\x08\x00\x10\x00")).is_err(),
            "16 bit"
        );
        assert!(header(&stream(b"\x03\x00")).is_err() || header(&stream(b"\x03\x00")).unwrap().is_none());
        assert!(header(b"RIFF\xff\xff\xff\xffWAVEdata\xff\xff\xff\xff").is_err(), "no format");
        let mut endless = b"RIFF\xff\xff\xff\xffWAVEjunk\xff\xff\xff\xff".to_vec();
        endless.resize(LONGEST + 1, 0);
        assert!(header(&endless).is_err());
    }
}
