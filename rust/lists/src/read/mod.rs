//! Playlist files read, whatever wrote them.

mod jspf;
mod m3u;
mod table;
mod xspf;

use std::path::Path;

use crate::entry::{Entry, List, MAX_BYTES, MAX_ENTRIES};
use crate::error::{Error, Result};
use crate::{location, text};

/// Reads a playlist: M3U or M3U8, JSPF, XSPF, or a table (CSV) with a header line. What the file is, its content decides
/// first, then the ending of `name_hint`. Where `name_hint` lies in a folder that is an absolute path, relative paths in
/// the list are seen from there.
///
/// Encodings: UTF-8 and UTF-16 with a byte order mark, UTF-8 without one, else Latin-1 as Windows has it.
///
/// # Errors
/// When the file has more than [`MAX_BYTES`] bytes or [`MAX_ENTRIES`] entries, is none of these forms, or breaks the rules
/// of its form so that nothing can be relied on. Single lines that cannot be understood are only counted.
pub fn read(bytes: &[u8], name_hint: &Path) -> Result<List> {
    if bytes.len() > MAX_BYTES {
        return Err(Error::TooLarge { bytes: bytes.len(), limit: MAX_BYTES });
    }
    let text = text::decode(bytes);
    let mut list = match Form::of(&text, name_hint)? {
        Form::M3u => m3u::read(&text)?,
        Form::Jspf => jspf::read(&text)?,
        Form::Xspf => xspf::read(&text)?,
        Form::Table => table::read(&text)?,
    };
    if let Some(folder) = name_hint.parent().filter(|folder| folder.is_absolute()) {
        for entry in &mut list.entries {
            entry.path = entry.path.take().map(|path| location::resolve(path, folder));
        }
    }
    Ok(list)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    M3u,
    Jspf,
    Xspf,
    Table,
}

/// Endings by which a line is taken for a file with music.
const AUDIO: [&str; 22] = [
    "mp3", "flac", "ogg", "oga", "opus", "m4a", "m4b", "aac", "mp4", "wav", "wma", "aif", "aiff", "ape", "wv", "mpc",
    "mka", "webm", "dsf", "dff", "alac", "mid",
];

impl Form {
    fn of(text: &str, name: &Path) -> Result<Self> {
        let ending = name.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
        let start = text.trim_start();
        if starts_with(start, "#EXTM3U") || starts_with(start, "#EXTINF") {
            return Ok(Self::M3u);
        }
        // A path may begin with a bracket, so an M3U is what its name says before it is JSON.
        if start.starts_with('{') && !ending.starts_with("m3u") {
            return Ok(Self::Jspf);
        }
        if ["<?xml", "<playlist", "<!--", "<!DOCTYPE"].iter().any(|tag| starts_with(start, tag)) {
            return Ok(Self::Xspf);
        }
        if !ending.starts_with("m3u") && table::has_header(text) {
            return Ok(Self::Table);
        }
        match ending.as_str() {
            "m3u" | "m3u8" => Ok(Self::M3u),
            "jspf" | "json" => Ok(Self::Jspf),
            "xspf" | "xml" => Ok(Self::Xspf),
            "csv" | "tsv" | "tab" => Ok(Self::Table),
            _ if start.lines().take(50).any(is_audio) => Ok(Self::M3u),
            _ => Err(Error::UnknownForm),
        }
    }
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

fn is_audio(line: &str) -> bool {
    line.trim().rsplit_once('.').is_some_and(|(_, ending)| AUDIO.iter().any(|audio| ending.eq_ignore_ascii_case(audio)))
}

/// Adds an entry, or counts it as unreadable where it says nothing.
fn add(list: &mut List, entry: Entry) -> Result<()> {
    if entry.is_blank() {
        list.unreadable += 1;
        return Ok(());
    }
    if list.entries.len() >= MAX_ENTRIES {
        return Err(Error::TooManyEntries { limit: MAX_ENTRIES });
    }
    list.entries.push(entry);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str, name: &str) -> Option<Form> {
        Form::of(text, Path::new(name)).ok()
    }

    #[test]
    fn content_tells_the_form_before_the_name_does() {
        assert_eq!(form("#EXTM3U\na.mp3", "x.xspf"), Some(Form::M3u));
        assert_eq!(form("\n {\"playlist\": {}}", "x.txt"), Some(Form::Jspf));
        assert_eq!(form("<?xml version=\"1.0\"?><playlist/>", "x"), Some(Form::Xspf));
        assert_eq!(form("Title,Artist\na,b", "x.txt"), Some(Form::Table));
        assert_eq!(form("Track Name;Artist Name(s)\na;b", ""), Some(Form::Table));
        assert_eq!(form("music/a.mp3\n", "x"), Some(Form::M3u));
        assert_eq!(form("a\nb", "x.m3u8"), Some(Form::M3u));
        assert_eq!(form("{live} a.mp3", "x.M3U"), Some(Form::M3u));
        assert_eq!(form("a,b", "x.csv"), Some(Form::Table));
        assert_eq!(form("Dear Sir or Madam", "letter.txt"), None);
        assert_eq!(form("", ""), None);
    }

    #[test]
    fn size_is_a_limit_and_so_is_the_number_of_entries() {
        let large = vec![b'a'; MAX_BYTES + 1];
        assert_eq!(read(&large, Path::new("x.m3u")), Err(Error::TooLarge { bytes: MAX_BYTES + 1, limit: MAX_BYTES }));
        let many = "a\n".repeat(MAX_ENTRIES + 1);
        assert_eq!(read(many.as_bytes(), Path::new("x.m3u")), Err(Error::TooManyEntries { limit: MAX_ENTRIES }));
        let full = "a\n".repeat(MAX_ENTRIES);
        assert_eq!(read(full.as_bytes(), Path::new("x.m3u")).unwrap().entries.len(), MAX_ENTRIES);
    }

    #[cfg(unix)]
    #[test]
    fn relative_paths_are_seen_from_the_lists_folder() {
        let list = read(b"../a.mp3\n/b.mp3\n", Path::new("/music/lists/x.m3u")).unwrap();
        let paths: Vec<_> = list.entries.iter().filter_map(|entry| entry.path.as_deref()).collect();
        assert_eq!(paths, [Path::new("/music/a.mp3"), Path::new("/b.mp3")]);
        let list = read(b"../a.mp3\n", Path::new("x.m3u")).unwrap();
        assert_eq!(list.entries.first().unwrap().path.as_deref(), Some(Path::new("../a.mp3")));
    }
}
