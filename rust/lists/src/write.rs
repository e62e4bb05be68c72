//! Playlist files written, such that any player and the reader here understand them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::entry::{Entry, List};
use crate::location;
use crate::text::{is_control, one_line};

/// Form of a playlist file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Extended M3U in UTF-8.
    #[default]
    M3u8,
    /// JSPF: XSPF as JSON.
    Jspf,
    /// XSPF, version 1.
    Xspf,
}

impl Format {
    /// The ending of such a file, without a dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::M3u8 => "m3u8",
            Self::Jspf => "jspf",
            Self::Xspf => "xspf",
        }
    }

    /// The form that a file's ending stands for, if any.
    #[must_use]
    pub fn of(file: &Path) -> Option<Self> {
        match file.extension()?.to_string_lossy().to_ascii_lowercase().as_str() {
            "m3u" | "m3u8" => Some(Self::M3u8),
            "jspf" => Some(Self::Jspf),
            "xspf" => Some(Self::Xspf),
            _ => None,
        }
    }
}

/// Writes a list in UTF-8. With a `folder`, the absolute one that the file will lie in, paths are relative to it where
/// there is a way, by `..` where needed and with forward slashes, which every system's players read; else they are
/// written as they are. Whatever stands in titles and names, nothing but the form's own lines and elements comes about.
/// Entries without a path are left out of an M3U, which cannot say them.
#[must_use]
pub fn write(format: Format, list: &List, folder: Option<&Path>) -> String {
    match format {
        Format::M3u8 => m3u8(list, folder),
        Format::Jspf => jspf(list, folder),
        Format::Xspf => xspf(list, folder),
    }
}

/// The path as it is to be written, and whether it became a relative one.
fn placed(path: &Path, folder: Option<&Path>) -> (PathBuf, bool) {
    match folder.and_then(|folder| location::relative(path, folder)) {
        Some(way) => (way, true),
        None => (path.to_path_buf(), false),
    }
}

fn m3u8(list: &List, folder: Option<&Path>) -> String {
    let mut text = String::from("#EXTM3U\n");
    let title = one_line(&list.title);
    if !title.is_empty() {
        let _ = writeln!(text, "#PLAYLIST:{title}");
    }
    for entry in &list.entries {
        let Some(path) = &entry.path else { continue };
        let (artist, title, album) = (one_line(&entry.artist), one_line(&entry.title), one_line(&entry.album));
        if !title.is_empty() {
            let seconds = entry.duration_s.filter(|s| s.is_finite()).map_or(-1.0, |s| s.max(0.0).round());
            let who = if artist.is_empty() { String::new() } else { format!("{artist} - ") };
            let _ = writeln!(text, "#EXTINF:{seconds},{who}{title}");
            // Without it nobody could tell where the artist ends.
            if [" - ", " – "].iter().any(|dash| artist.contains(dash) || artist.is_empty() && title.contains(dash)) {
                let _ = writeln!(text, "#EXTART:{artist}");
            }
        }
        if !album.is_empty() {
            let _ = writeln!(text, "#EXTALB:{album}");
        }
        let _ = writeln!(text, "{}", line(path, folder));
    }
    text
}

/// A path as a line of an M3U. What a line cannot hold is written as an address.
fn line(path: &Path, folder: Option<&Path>) -> String {
    let (placed, relative) = placed(path, folder);
    let Some(text) = placed.to_str().filter(|text| !text.contains(is_control) && text.trim() == *text) else {
        let address = location::to_uri(path);
        return if address.contains("://") { address } else { format!("file:{address}") };
    };
    let text = if relative && cfg!(windows) { text.replace('\\', "/") } else { text.to_owned() };
    // A number sign would begin a remark, and what looks like an address would be taken for one.
    let odd = text.starts_with('#') || starts_with(&text, "file:") || relative && location::is_web(&text);
    if odd { format!("./{text}") } else { text }
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

fn identifiers(entry: &Entry) -> Vec<String> {
    let recording = entry.mb_recording.as_ref().map(|id| format!("https://musicbrainz.org/recording/{}", one_line(id)));
    recording.into_iter().chain(entry.isrc.as_ref().map(|code| format!("urn:isrc:{}", one_line(code)))).collect()
}

fn milliseconds(entry: &Entry) -> Option<u64> {
    let ms = entry.duration_s? * 1000.0;
    (ms.is_finite() && ms >= 0.5).then_some(ms.round() as u64)
}

fn jspf(list: &List, folder: Option<&Path>) -> String {
    use serde_json::{Map, Value};
    let tracks: Vec<Value> = list
        .entries
        .iter()
        .map(|entry| {
            let mut track = Map::new();
            if let Some(path) = &entry.path {
                track.insert("location".to_owned(), vec![location::to_uri(&placed(path, folder).0)].into());
            }
            let identifiers = identifiers(entry);
            if !identifiers.is_empty() {
                track.insert("identifier".to_owned(), identifiers.into());
            }
            for (name, value) in [("title", &entry.title), ("creator", &entry.artist), ("album", &entry.album)] {
                let value = one_line(value);
                if !value.is_empty() {
                    track.insert(name.to_owned(), value.into());
                }
            }
            if let Some(ms) = milliseconds(entry) {
                track.insert("duration".to_owned(), ms.into());
            }
            track.into()
        })
        .collect();
    let playlist = serde_json::json!({"playlist": {"title": one_line(&list.title), "track": tracks}});
    format!("{playlist:#}\n")
}

fn xspf(list: &List, folder: Option<&Path>) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<playlist version=\"1\" xmlns=\"http://xspf.org/ns/0/\">\n",
    );
    element(&mut text, 2, "title", &list.title);
    text.push_str("  <trackList>\n");
    for entry in &list.entries {
        text.push_str("    <track>\n");
        if let Some(path) = &entry.path {
            element(&mut text, 6, "location", &location::to_uri(&placed(path, folder).0));
        }
        for identifier in identifiers(entry) {
            element(&mut text, 6, "identifier", &identifier);
        }
        element(&mut text, 6, "title", &entry.title);
        element(&mut text, 6, "creator", &entry.artist);
        element(&mut text, 6, "album", &entry.album);
        if let Some(ms) = milliseconds(entry) {
            element(&mut text, 6, "duration", &ms.to_string());
        }
        text.push_str("    </track>\n");
    }
    text.push_str("  </trackList>\n</playlist>\n");
    text
}

fn element(text: &mut String, indent: usize, name: &str, value: &str) {
    let value = one_line(value);
    if !value.is_empty() {
        let value = quick_xml::escape::escape(value.as_str());
        let _ = writeln!(text, "{:indent$}<{name}>{value}</{name}>", "");
    }
}
