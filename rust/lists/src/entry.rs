//! A playlist and its entries.

use std::path::PathBuf;

/// Most bytes that a playlist file may have: 32 MiB.
pub const MAX_BYTES: usize = 32 << 20;

/// Most entries that a playlist file may have.
pub const MAX_ENTRIES: usize = 100_000;

/// A playlist as a file has it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct List {
    /// Its title; empty where the file names none.
    pub title: String,
    /// Its entries, in order.
    pub entries: Vec<Entry>,
    /// Lines, rows or elements that should have been an entry and could not be understood.
    pub unreadable: usize,
}

/// A track as a playlist has it. Empty strings where the playlist says nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Entry {
    /// Title.
    pub title: String,
    /// Artist; several in one string where there are several.
    pub artist: String,
    /// Album.
    pub album: String,
    /// Length in seconds.
    pub duration_s: Option<f64>,
    /// Where the file lies, as the list's writer saw it: absolute or relative, in that system's spelling. Addresses on the
    /// web are kept as they are.
    pub path: Option<PathBuf>,
    /// MusicBrainz recording id, in lower case.
    pub mb_recording: Option<String>,
    /// International Standard Recording Code, in upper case, without hyphens.
    pub isrc: Option<String>,
}

impl Entry {
    /// Whether there is anything to find a track by.
    pub(crate) fn is_blank(&self) -> bool {
        self.title.is_empty() && self.path.is_none() && self.mb_recording.is_none()
    }
}

/// A MusicBrainz id out of a bare one or an address such as `https://musicbrainz.org/recording/…`, in lower case.
pub(crate) fn musicbrainz_recording(text: &str) -> Option<String> {
    let text = text.trim();
    let id = match text.find("musicbrainz.org/") {
        Some(at) => {
            let rest = text.get(at..)?.split_once("/recording/")?.1;
            rest.split(['/', '?', '#']).next()?
        }
        None => text.strip_prefix("mbid:").unwrap_or(text),
    };
    is_uuid(id).then(|| id.to_ascii_lowercase())
}

fn is_uuid(id: &str) -> bool {
    id.len() == 36
        && id.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// An ISRC, bare or as `isrc:…` or `urn:isrc:…`.
pub(crate) fn isrc(text: &str) -> Option<String> {
    let lower = text.trim().to_ascii_lowercase();
    let code = lower.strip_prefix("urn:").unwrap_or(&lower);
    let code: String = code.strip_prefix("isrc:").unwrap_or(code).chars().filter(|&c| c != '-').collect();
    let (country, rest) = (code.get(..2)?, code.get(2..)?);
    let well_formed = code.len() == 12
        && country.bytes().all(|b| b.is_ascii_alphabetic())
        && rest.bytes().take(3).all(|b| b.is_ascii_alphanumeric())
        && rest.bytes().skip(3).all(|b| b.is_ascii_digit());
    well_formed.then(|| code.to_ascii_uppercase())
}

/// A length that is one: finite, above zero and under a week.
pub(crate) fn duration(seconds: f64) -> Option<f64> {
    (seconds.is_finite() && seconds > 0.0 && seconds < 604_800.0).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recording_ids_are_found_bare_and_in_addresses() {
        let id = "b1a9c0e9-d987-4042-ae91-78d6a3267d69";
        for text in [
            id.to_owned(),
            id.to_uppercase(),
            format!("https://musicbrainz.org/recording/{id}"),
            format!("http://musicbrainz.org/recording/{id}?inc=isrcs"),
            format!(" https://beta.musicbrainz.org/recording/{id}/ "),
        ] {
            assert_eq!(musicbrainz_recording(&text).as_deref(), Some(id), "{text}");
        }
        for text in [
            "",
            "b1a9c0e9",
            "https://musicbrainz.org/release/b1a9c0e9-d987-4042-ae91-78d6a3267d69",
            "https://musicbrainz.org/recording/",
            "é1a9c0e9-d987-4042-ae91-78d6a3267d6",
        ] {
            assert_eq!(musicbrainz_recording(text), None, "{text}");
        }
    }

    #[test]
    fn recording_codes_lose_hyphens_and_prefixes() {
        for text in ["USRC17607839", "us-rc1-76-07839", "urn:isrc:USRC17607839", "ISRC:usrc17607839"] {
            assert_eq!(isrc(text).as_deref(), Some("USRC17607839"), "{text}");
        }
        for text in ["", "US", "USRC1760783", "1SRC17607839", "USRC1760783X", "ÜSRC17607839"] {
            assert_eq!(isrc(text), None, "{text}");
        }
    }
}
