//! What a file says about itself, for callers without a media server.

use std::io::BufReader;
use std::path::Path;

use lofty::config::{ParseOptions, ParsingMode};
use lofty::file::{FileType, TaggedFile, TaggedFileExt};
use lofty::id3::v1::GENRES;
use lofty::probe::Probe;
use lofty::tag::{ItemKey, Tag};

use crate::contain::{Panicked, contain};
use crate::{Result, files};

/// The tags of a file. What is missing, blank or not readable is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tags {
    /// Title of the track.
    pub title: Option<String>,
    /// Artist of the track; the first one, where several are given one by one.
    pub artist: Option<String>,
    /// Artist of the album.
    pub album_artist: Option<String>,
    /// Title of the album.
    pub album: Option<String>,
    /// Number on its medium, from 1.
    pub track: Option<u32>,
    /// Year of the recording or release.
    pub year: Option<u32>,
    /// Genres in the file's order, each once: numbers of ID3v1's list are named, and what stands in one value with `;` or
    /// `/` between is taken apart.
    pub genres: Vec<String>,
    /// Identifiers in MusicBrainz.
    pub musicbrainz: MusicBrainz,
}

/// Identifiers in MusicBrainz, as they stand in the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MusicBrainz {
    /// The recording.
    pub recording: Option<String>,
    /// The track on its release.
    pub track: Option<String>,
    /// The release, that is the album.
    pub release: Option<String>,
    /// The artist of the track.
    pub artist: Option<String>,
    /// The artist of the album.
    pub album_artist: Option<String>,
}

/// Reads the tags of a file, of whatever kind and however odd.
///
/// # Errors
///
/// [`Error::NotFound`](crate::Error::NotFound), [`Error::Io`](crate::Error::Io), and
/// [`Error::Unsupported`](crate::Error::Unsupported) for what is no regular file. Tags that cannot be read are
/// no error: they are empty.
pub fn read_tags(path: &Path) -> Result<Tags> {
    let source = BufReader::new(files::open_regular(path)?);
    let parse = || -> std::result::Result<TaggedFile, Box<dyn std::error::Error>> {
        // Neither audio properties nor pictures are asked for; a lenient mode takes what it can.
        let options =
            ParseOptions::new().read_properties(false).read_cover_art(false).parsing_mode(ParsingMode::Relaxed);
        let mut probe = Probe::new(source).options(options).guess_file_type()?;
        if probe.file_type().is_none()
            && let Some(by_name) = FileType::from_path(path)
        {
            probe = probe.set_file_type(by_name);
        }
        Ok(probe.read()?)
    };
    let file = match contain("lofty", parse) {
        Ok(Ok(file)) => file,
        Ok(Err(error)) => {
            tracing::debug!("{}: no tags: {error}", path.display());
            return Ok(Tags::default());
        }
        Err(Panicked) => return Ok(Tags::default()),
    };
    // The kind of tag that is native to the file comes first, then the others, as an ID3v1 after an ID3v2.
    let tags: Vec<&Tag> = file.primary_tag().into_iter().chain(file.tags()).collect();
    let text = |keys: &[ItemKey]| keys.iter().find_map(|&key| tags.iter().find_map(|tag| text_of(tag, key)));
    Ok(Tags {
        title: text(&[ItemKey::TrackTitle]),
        artist: text(&[ItemKey::TrackArtist, ItemKey::TrackArtists]),
        album_artist: text(&[ItemKey::AlbumArtist, ItemKey::AlbumArtists]),
        album: text(&[ItemKey::AlbumTitle]),
        track: text(&[ItemKey::TrackNumber]).and_then(|number| leading_number(&number)).filter(|&number| number > 0),
        year: text(&[ItemKey::RecordingDate, ItemKey::Year, ItemKey::ReleaseDate, ItemKey::OriginalReleaseDate])
            .and_then(|date| leading_number(&date))
            .filter(|year| (1000..=9999).contains(year)),
        genres: tags
            .iter()
            .map(|tag| genres_of(tag.get_strings(ItemKey::Genre)))
            .find(|genres| !genres.is_empty())
            .unwrap_or_default(),
        musicbrainz: MusicBrainz {
            recording: text(&[ItemKey::MusicBrainzRecordingId]),
            track: text(&[ItemKey::MusicBrainzTrackId]),
            release: text(&[ItemKey::MusicBrainzReleaseId]),
            artist: text(&[ItemKey::MusicBrainzArtistId]),
            album_artist: text(&[ItemKey::MusicBrainzReleaseArtistId]),
        },
    })
}

fn text_of(tag: &Tag, key: ItemKey) -> Option<String> {
    // Old taggers pad with zero bytes.
    let text = tag.get_string(key)?.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    (!text.is_empty()).then(|| text.to_owned())
}

/// Genres of a file; nobody writes more, and a hostile file may not fill the store.
const MOST_GENRES: usize = 32;
/// Letters of a genre's name; what is longer is none.
const LONGEST_GENRE: usize = 100;

/// Single genres, each once, of values that may hold several.
fn genres_of<'a>(values: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut genres: Vec<String> = Vec::new();
    for value in values {
        for part in value.split(['\0', ';', '/']) {
            let mut rest = part.trim();
            while let Some((number, after)) = leading_reference(rest) {
                add_genre(&mut genres, number);
                rest = after;
            }
            let named = rest.parse().ok().and_then(|number: usize| GENRES.get(number).copied());
            add_genre(&mut genres, named.unwrap_or(rest));
        }
    }
    genres
}

fn add_genre(genres: &mut Vec<String>, genre: &str) {
    let genre = genre.trim();
    let is_one = !genre.is_empty() && genre.chars().count() <= LONGEST_GENRE;
    if is_one && genres.len() < MOST_GENRES && !genres.iter().any(|known| known.eq_ignore_ascii_case(genre)) {
        genres.push(genre.to_owned());
    }
}

/// What ID3v2.3 writes in brackets before a genre in words, and what comes after it: "(17)" is a number of ID3v1's
/// list, "(RX)" a remix, "(CR)" a cover, "((" an opening bracket.
fn leading_reference(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_prefix('(')?;
    if inside.starts_with('(') {
        return Some(("", inside.trim_start_matches('(').trim_end_matches(')')));
    }
    let (reference, after) = inside.split_once(')')?;
    let genre = match reference {
        "RX" => "Remix",
        "CR" => "Cover",
        number => GENRES.get(number.parse::<usize>().ok()?).copied()?,
    };
    Some((genre, after.trim_start()))
}

/// "7" of "7/12", "1994" of "1994-05-01".
fn leading_number(text: &str) -> Option<u32> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn genres_are_named_and_taken_apart() {
        let genres = |values: &[&str]| genres_of(values.iter().copied());
        assert_eq!(genres(&["Rock", "Pop"]), ["Rock", "Pop"]);
        assert_eq!(genres(&["Rock; Pop/ rock \0Jazz;;"]), ["Rock", "Pop", "Jazz"]);
        assert_eq!(genres(&["(17)"]), ["Rock"]);
        assert_eq!(genres(&["17"]), ["Rock"]);
        assert_eq!(genres(&["(4)Eurodance"]), ["Disco", "Eurodance"]);
        assert_eq!(genres(&["(4)(17) (RX)(CR)"]), ["Disco", "Rock", "Remix", "Cover"]);
        assert_eq!(genres(&["((Foo)"]), ["Foo"]);
        assert_eq!(genres(&["(live) Rock", "(999)", "999"]), ["(live) Rock", "(999)", "999"]);
        assert_eq!(genres(&["(", "()", "(17", ""]), ["(", "()", "(17"]);
        assert!(genres(&[&"x".repeat(5_000), " ; / "]).is_empty());
        let many: Vec<String> = (1000..2000).map(|number| number.to_string()).collect();
        assert_eq!(genres(&[&many.join(";")]).len(), MOST_GENRES);
    }

    #[test]
    fn numbers_stand_before_whatever_follows() {
        assert_eq!(leading_number("7/12"), Some(7));
        assert_eq!(leading_number("1994-05-01"), Some(1994));
        assert_eq!(leading_number("A3"), None);
        assert_eq!(leading_number(""), None);
        assert_eq!(leading_number("99999999999"), None);
    }
}
