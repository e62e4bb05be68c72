//! What a file is by its name and its first bytes, before any decoder sees it.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use crate::{Error, Result};

/// The endings of files that a walk through a folder takes, in lower case and without the dot.
pub const EXTENSIONS: &[&str] = &[
    "aac", "ac3", "aif", "aifc", "aiff", "alac", "ape", "au", "caf", "dff", "dsf", "dts", "eac3", "f4a", "flac", "m4a",
    "m4b", "m4r", "mka", "mp1", "mp2", "mp3", "mp4", "mpa", "mpc", "oga", "ogg", "opus", "rf64", "shn", "spx", "tak",
    "tta", "w64", "wav", "wave", "weba", "webm", "wma", "wv",
];

/// Whether a path has one of the [`EXTENSIONS`], in whatever case. The file itself is not looked at.
#[must_use]
pub fn is_audio(path: &Path) -> bool {
    path.extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|extension| EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension)))
}

/// First bytes of the kinds of file that symphonia does not read. Without this list its probe would look for an MPEG frame
/// inside their compressed data, and now and then find one.
const FOREIGN: &[(&[u8], &str)] = &[
    (b"MAC ", "Monkey's Audio"),
    (b"wvpk", "WavPack"),
    (b"TTA1", "True Audio"),
    (b"TTA2", "True Audio"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows Media Audio"),
    (b"DSD ", "DSD"),
    (b"FRM8", "DSD"),
    (b"MP+", "Musepack"),
    (b"MPCK", "Musepack"),
    (b"\x0b\x77", "AC-3"),
    (b"\x7f\xfe\x80\x01", "DTS"),
    (b"\xfe\x7f\x01\x80", "DTS"),
    (b"\x1f\xff\xe8\x00", "DTS"),
    (b"\xff\x1f\x00\xe8", "DTS"),
    (b"tBaK", "TAK"),
    (b"OFR ", "OptimFROG"),
    (b"ajkg", "Shorten"),
    (b"#!AMR", "AMR"),
    (b".RMF", "RealAudio"),
    (b".ra\xfd", "RealAudio"),
    (b"riff\x2e\x91\xcf\x11", "Wave64"),
    (b"RF64", "RF64 wave"),
    (b"FLV\x01", "Flash video"),
    (b".snd", "Sun audio"),
    (b"MThd", "MIDI"),
];

/// Bytes that are looked at.
const HEAD: usize = 48;

/// What the first bytes of a file tell.
#[derive(Debug)]
pub(crate) struct Sniffed {
    /// The kind of file, where it is one that only ffmpeg reads.
    pub(crate) foreign: Option<&'static str>,
}

/// Opens a file that is a file.
pub(crate) fn open_regular(path: &Path) -> Result<File> {
    let io = |source| Error::io(path, source);
    // Asked before opening, which alone would wait for ever on a pipe without a writer.
    if !std::fs::metadata(path).map_err(io)?.is_file() {
        return Err(Error::Unsupported {
            what: path.display().to_string(),
            hint: "it is not a regular file; give the path of a music file".into(),
        });
    }
    File::open(path).map_err(io)
}

/// Opens a file and looks at its first bytes. The file is handed back at its beginning.
pub(crate) fn open(path: &Path) -> Result<(File, Sniffed)> {
    let io = |source| Error::io(path, source);
    let mut file = open_regular(path)?;
    if file.metadata().map_err(io)?.len() == 0 {
        return Err(Error::Empty);
    }
    let mut head = read_head(&mut file, 0).map_err(io)?;
    if let Some(length) = id3v2_length(&head) {
        // True Audio, Musepack and Monkey's Audio are seen behind such tags.
        head = read_head(&mut file, length).map_err(io)?;
    }
    file.rewind().map_err(io)?;
    let by_magic = FOREIGN.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, name)| *name);
    let foreign = by_magic.or_else(|| is_speex(&head).then_some("Speex"));
    Ok((file, Sniffed { foreign }))
}

fn read_head(file: &mut File, position: u64) -> std::io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(position))?;
    let mut head = Vec::with_capacity(HEAD);
    file.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// Speex in Ogg: the first packet lies behind a page header of 27 bytes and a table of one.
fn is_speex(head: &[u8]) -> bool {
    head.starts_with(b"OggS") && head.get(28..).is_some_and(|packet| packet.starts_with(b"Speex   "))
}

/// Length of an ID3v2 tag with its header and footer, where `head` begins with one (ID3v2.4, section 3.1).
fn id3v2_length(head: &[u8]) -> Option<u64> {
    let [b'I', b'D', b'3', _, _, flags, size @ ..] = head else { return None };
    let size = size.first_chunk::<4>()?;
    if size.iter().any(|byte| byte & 0x80 != 0) {
        return None;
    }
    let body = size.iter().fold(0u64, |sum, &byte| (sum << 7) | u64::from(byte));
    let footer = if flags & 0x10 != 0 { 10 } else { 0 };
    Some(10 + body + footer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn music_is_known_by_its_ending_in_any_case() {
        assert!(is_audio(Path::new("a/b.FLAC")) && is_audio(Path::new("x.y.Mp3")));
        assert!(!is_audio(Path::new("cover.jpg")) && !is_audio(Path::new("flac")) && !is_audio(Path::new(".mp3")));
        assert!(EXTENSIONS.is_sorted() && EXTENSIONS.iter().all(|known| *known == known.to_lowercase()));
    }

    #[test]
    fn the_length_of_an_id3_tag_is_synchsafe() {
        assert_eq!(id3v2_length(b"ID3\x04\x00\x00\x00\x00\x02\x01rest.."), Some(10 + 257));
        assert_eq!(id3v2_length(b"ID3\x04\x00\x10\x00\x00\x00\x7frest.."), Some(10 + 127 + 10));
        assert_eq!(id3v2_length(b"ID3\x04\x00\x00\x00\x00\x80\x01rest.."), None);
        assert_eq!(id3v2_length(b"ID3\x04\x00\x00\x00"), None);
        assert_eq!(id3v2_length(b"fLaC"), None);
    }
}
