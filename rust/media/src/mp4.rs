//! What part of an MP4 track is music: edit lists, which symphonia parses but does not show.
//!
//! Encoders put a delay before the first sample (1024 frames for most AAC) and fill the last packet. The edit list of the
//! track (ISO/IEC 14496-12, 8.6.6) says where the music begins and how long it is; iTunes says the same in a
//! comment, `iTunSMPB`, in hexadecimal.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use crate::samples::Trim;

/// Boxes looked at before a file is taken for hostile.
const MOST_BOXES: u32 = 20_000;

/// The edit of one track, in the time scales of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edit {
    media_start: u64,
    media_scale: u32,
    /// Length and its time scale; meaningless where there is more than one edit.
    length: Option<(u64, u32)>,
    /// The samples stand in fragments, of which neither this list nor the index of the track knows the length.
    fragmented: bool,
}

impl Edit {
    /// In frames at `rate`. `decoded` is what the whole track decodes to, where that is known: time scales are often too
    /// coarse for the exact length, then the number of samples in the track says more.
    pub(crate) fn trim(&self, rate: u32, decoded: Option<u64>) -> Trim {
        let skip = scaled(self.media_start, rate, self.media_scale);
        if self.fragmented {
            return Trim { skip, ..Trim::default() };
        }
        let in_track = decoded.map(|frames| frames.saturating_sub(skip));
        let edited = self.length.map(|(length, scale)| {
            // A coarse time scale may have been rounded down.
            let rounding = u64::from(scale < rate);
            scaled(length.saturating_add(rounding), rate, scale)
        });
        Trim { skip, keep: in_track.into_iter().chain(edited).min(), padding: None }
    }
}

/// `value` at `scale` ticks per second in ticks of `rate`, rounded up.
fn scaled(value: u64, rate: u32, scale: u32) -> u64 {
    let ticks = (u128::from(value) * u128::from(rate)).div_ceil(u128::from(scale.max(1)));
    u64::try_from(ticks).unwrap_or(u64::MAX)
}

/// Reads iTunes' gapless comment: four or more hexadecimal numbers, the second is the delay, the third the padding, the
/// fourth the length in frames.
pub(crate) fn itunes_gapless(comment: &str) -> Option<Trim> {
    let mut numbers = comment.split_ascii_whitespace().map(|word| u64::from_str_radix(word, 16));
    let _reserved = numbers.next()?.ok()?;
    let skip = numbers.next()?.ok()?;
    let _padding = numbers.next()?.ok()?;
    let keep = numbers.next()?.ok()?;
    // A delay beyond this is no delay of any encoder.
    (skip <= 65_536 && keep > 0).then_some(Trim { skip, keep: Some(keep), padding: None })
}

/// The edit list of the track with this number. Anything odd gives `None`: a missing trim is a few milliseconds of silence.
pub(crate) fn edit_of(file: &mut File, track: u32) -> Option<Edit> {
    let end = file.seek(SeekFrom::End(0)).ok()?;
    let mut walk = Walk { file, left: MOST_BOXES };
    let moov = walk.find(0, end, b"moov")?;
    let movie_scale = walk.find(moov.0, moov.1, b"mvhd").and_then(|mvhd| walk.scale(mvhd))?;
    let fragmented = walk.find(moov.0, moov.1, b"mvex").is_some();
    let mut position = moov.0;
    while let Some((kind, from, to)) = walk.next(position, moov.1) {
        position = to;
        if &kind == b"trak" && walk.find(from, to, b"tkhd").and_then(|tkhd| walk.track_number(tkhd)) == Some(track) {
            let mdia = walk.find(from, to, b"mdia")?;
            let media_scale = walk.find(mdia.0, mdia.1, b"mdhd").and_then(|mdhd| walk.scale(mdhd))?;
            let edts = walk.find(from, to, b"edts")?;
            let elst = walk.find(edts.0, edts.1, b"elst")?;
            return walk.edit(elst, media_scale, movie_scale).map(|edit| Edit { fragmented, ..edit });
        }
    }
    None
}

/// From the first byte of a box's content to behind its last.
type Span = (u64, u64);

struct Walk<'a> {
    file: &'a mut File,
    left: u32,
}

impl Walk<'_> {
    fn bytes<const N: usize>(&mut self, position: u64) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        self.file.seek(SeekFrom::Start(position)).ok()?;
        self.file.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }

    fn u32(&mut self, position: u64) -> Option<u32> {
        self.bytes(position).map(u32::from_be_bytes)
    }

    fn u64(&mut self, position: u64) -> Option<u64> {
        self.bytes(position).map(u64::from_be_bytes)
    }

    /// The box at `position`: its type and the span of its content.
    fn next(&mut self, position: u64, end: u64) -> Option<([u8; 4], u64, u64)> {
        self.left = self.left.checked_sub(1)?;
        if end.checked_sub(position)? < 8 {
            return None;
        }
        let (header, size) = match u64::from(self.u32(position)?) {
            0 => (8, end - position),
            1 => (16, self.u64(position + 8)?),
            size => (8, size),
        };
        let to = position.checked_add(size)?;
        (size >= header && to <= end).then_some((self.bytes(position + 4)?, position + header, to))
    }

    fn find(&mut self, mut position: u64, end: u64, wanted: &[u8; 4]) -> Option<Span> {
        loop {
            let (kind, from, to) = self.next(position, end)?;
            if &kind == wanted {
                return Some((from, to));
            }
            position = to;
        }
    }

    /// The time scale in a movie or media header.
    fn scale(&mut self, header: Span) -> Option<u32> {
        let offset = if self.version(header)? == 1 { 20 } else { 12 };
        self.u32(header.0 + offset).filter(|&scale| scale > 0)
    }

    fn track_number(&mut self, header: Span) -> Option<u32> {
        let offset = if self.version(header)? == 1 { 20 } else { 12 };
        self.u32(header.0 + offset)
    }

    fn version(&mut self, content: Span) -> Option<u8> {
        self.bytes::<1>(content.0).map(|[version]| version)
    }

    fn edit(&mut self, elst: Span, media_scale: u32, movie_scale: u32) -> Option<Edit> {
        let version = self.version(elst)?;
        let entry_size = if version == 1 { 20 } else { 12 };
        let entries = u64::from(self.u32(elst.0 + 4)?).min((elst.1 - elst.0).saturating_sub(8) / entry_size);
        let mut edit = None;
        for entry in 0..entries.min(16) {
            let at = elst.0 + 8 + entry * entry_size;
            let (length, start) = if version == 1 {
                (self.u64(at)?, self.u64(at + 8)?.cast_signed())
            } else {
                (u64::from(self.u32(at)?), i64::from(self.u32(at + 4)?.cast_signed()))
            };
            // A negative start is a pause before the music: nothing to trim.
            let Ok(media_start) = u64::try_from(start) else { continue };
            match &mut edit {
                None => {
                    let length = (length > 0).then_some((length, movie_scale));
                    edit = Some(Edit { media_start, media_scale, length, fragmented: false });
                }
                Some(first) => first.length = None,
            }
        }
        edit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_becomes_frames() {
        let exact = Edit { media_start: 1024, media_scale: 44_100, length: Some((44_100, 44_100)), fragmented: false };
        assert_eq!(exact.trim(44_100, Some(46_080)), Trim { skip: 1024, keep: Some(44_100), padding: None });
        assert_eq!(exact.trim(44_100, Some(20_000)), Trim { skip: 1024, keep: Some(18_976), padding: None });
        // In milliseconds the length is 54,441 frames or up to 44 less; the samples of the track say which.
        let coarse = Edit { length: Some((1234, 1000)), ..exact };
        assert_eq!(coarse.trim(44_100, Some(55_465)).keep, Some(54_441));
        assert_eq!(coarse.trim(44_100, Some(57_344)).keep, Some(54_464));
        let open = Edit { length: None, ..exact };
        assert_eq!(open.trim(44_100, None), Trim { skip: 1024, keep: None, padding: None });
        let fragments = Edit { fragmented: true, ..exact };
        assert_eq!(fragments.trim(44_100, Some(0)), Trim { skip: 1024, keep: None, padding: None });
        let absurd = Edit { media_start: u64::MAX, media_scale: 1, ..open };
        assert_eq!(absurd.trim(44_100, Some(5)), Trim { skip: u64::MAX, keep: Some(0), padding: None });
    }

    #[test]
    fn the_comment_of_itunes_is_hexadecimal() {
        let comment = " 00000000 00000840 000001CA 00000000003F31F6 00000000 00000000";
        assert_eq!(itunes_gapless(comment), Some(Trim { skip: 2112, keep: Some(0x3f_31f6), padding: None }));
        assert_eq!(itunes_gapless("00000000 00000840 000001CA 0"), None);
        assert_eq!(itunes_gapless("00000000 00000840"), None);
        assert_eq!(itunes_gapless("0 zz 0 1"), None);
    }
}
