//! Who made a track whose tags do not tell: MusicBrainz ids that other tracks share, the file's name, folders.

use std::collections::HashMap;
use std::path::Path;

use crate::matching::{is_nobody, stem, without_article};
use crate::text::fold;

/// What a track's tags say; empty strings where they say nothing.
#[derive(Debug, Clone, Copy)]
pub struct Untagged<'a> {
    /// Where the file lies.
    pub path: &'a Path,
    /// Title.
    pub title: &'a str,
    /// Artist.
    pub artist: &'a str,
    /// Artist of the album.
    pub album_artist: &'a str,
    /// Album.
    pub album: &'a str,
    /// MusicBrainz artist id.
    pub mb_artist: &'a str,
}

/// Where an artist's name comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArtistSource {
    /// The track's own tags.
    Tags,
    /// Another track that has the same MusicBrainz artist id.
    MusicBrainz,
    /// The file's name.
    FileName,
    /// A folder's name.
    Folder,
}

/// The names that a library's tracks give to MusicBrainz artist ids.
#[derive(Debug, Clone, Default)]
pub struct ArtistIds {
    names: HashMap<String, HashMap<String, usize>>,
}

impl ArtistIds {
    /// Notes that a track with this id has this artist.
    pub fn add(&mut self, mb_artist: &str, artist: &str) {
        let (id, artist) = (mb_artist.trim().to_ascii_lowercase(), artist.trim());
        if !id.is_empty() && !is_nobody(&fold(artist)) {
            *self.names.entry(id).or_default().entry(artist.to_owned()).or_default() += 1;
        }
    }

    /// The name that most tracks with this id have; of equally many the first in the alphabet.
    #[must_use]
    pub fn name(&self, mb_artist: &str) -> Option<&str> {
        let names = self.names.get(&mb_artist.trim().to_ascii_lowercase())?;
        names.iter().min_by_key(|&(name, &count)| (std::cmp::Reverse(count), name)).map(|(name, _)| name.as_str())
    }
}

/// The artist of a track: the tags' if they have one, else that of other tracks with the same MusicBrainz artist id, else
/// what file and folders are called: `Artist - Title.ext`, `01 - Artist - Title.ext`, `Artist - Album/…`,
/// `Artist/Album/01 - Title.ext`, `Artist/Album/CD1/01 - Title.ext`. Folders that everybody has (`Music`, `CD1`,
/// `Various Artists`, `Downloads`) name nobody. `None` where nothing tells; such tracks are not one artist.
#[must_use]
pub fn fill_artist(track: &Untagged<'_>, ids: &ArtistIds) -> Option<(String, ArtistSource)> {
    for tag in [track.artist, track.album_artist] {
        if !is_nobody(&fold(tag)) {
            return Some((tag.trim().to_owned(), ArtistSource::Tags));
        }
    }
    if let Some(name) = ids.name(track.mb_artist) {
        return Some((name.to_owned(), ArtistSource::MusicBrainz));
    }
    let names = from_file(track.path, track.title, track.album)?;
    names.source.map(|source| (names.artist, source))
}

/// What a file is called by its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileNames {
    /// Empty where nothing tells.
    pub(crate) artist: String,
    pub(crate) title: String,
    source: Option<ArtistSource>,
}

/// Artist and title by the names of file and folders; `title` and `album` are the tags', or empty. `None` without a name.
pub(crate) fn from_file(path: &Path, title: &str, album: &str) -> Option<FileNames> {
    let stem = spaced(&stem(path));
    let (number, rest) = split_number(&stem);
    let parts: Vec<&str> =
        rest.split(" - ").flat_map(|part| part.split(" – ")).map(str::trim).filter(|part| !part.is_empty()).collect();
    let last = parts.last()?;
    let folder = from_folders(path, album, number);
    let found = |artist: &str, title: &str, source| FileNames {
        artist: artist.to_owned(),
        title: title.to_owned(),
        source: Some(source),
    };
    // `Artist - Album - 01 - Title`, `Artist - 01 - Title`, `Artist - Title`.
    if let [first, middle @ .., last] = parts.as_slice()
        && is_artist(first)
        && fold(first) != fold(album)
    {
        let (known, first_folded, last_folded) = (fold(title), fold(first), fold(last));
        let has_number = middle.iter().any(|part| is_number(part));
        if middle.is_empty() && !known.is_empty() && known == first_folded && known != last_folded && is_artist(last) {
            return Some(found(last, first, ArtistSource::FileName));
        }
        // A number before two parts is mostly that of an album's track, whose title has a dash of its own.
        let agrees = folder.as_ref().is_some_and(|name| without_article(&fold(name)) == without_article(&first_folded));
        let titled = !known.is_empty() && known == fold(&rest) && !stem.eq_ignore_ascii_case(title);
        if agrees || !titled && (has_number || number.is_none() || folder.is_none()) {
            let title = if middle.is_empty() || has_number {
                (*last).to_owned()
            } else {
                [middle, &[*last]].concat().join(" - ")
            };
            return Some(found(first, &title, ArtistSource::FileName));
        }
    }
    let title = if parts.len() > 1 { parts.join(" - ") } else { (*last).to_owned() };
    Some(match folder {
        Some(name) => found(&name, &title, ArtistSource::Folder),
        None => FileNames { artist: String::new(), title, source: None },
    })
}

/// Whether a title is but the file's name, as it is where tags have none.
pub(crate) fn is_stem(path: &Path, title: &str) -> bool {
    fold(&stem(path)) == fold(title)
}

/// `Artist - Album/01.ext`, `Artist/Album/01.ext`, `Artist/Album/CD1/01.ext`.
fn from_folders(path: &Path, album: &str, number: Option<u32>) -> Option<String> {
    let text = path.to_string_lossy();
    let mut folders: Vec<&str> = text.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".").collect();
    folders.pop();
    while folders.last().is_some_and(|folder| is_disc(&fold(folder))) {
        folders.pop();
    }
    let parent = spaced(folders.pop()?);
    let said: Vec<&str> =
        parent.split(" - ").flat_map(|part| part.split(" – ")).map(str::trim).filter(|part| !part.is_empty()).collect();
    if let [first, _, ..] = said.as_slice()
        && is_artist(first)
    {
        return Some((*first).to_owned());
    }
    // Only an album's folder lies in an artist's: its tracks are numbered, or its name is the album's.
    let name = fold(&parent);
    let album = fold(album);
    let is_album = number.is_some() || !album.is_empty() && crate::text::contains_words(&name, &album);
    if !is_album || is_generic(&name) {
        return None;
    }
    let above = spaced(folders.pop()?);
    (is_artist(&above) && !above.contains(" - ")).then(|| above.trim().to_owned())
}

/// Underscores where there are no blanks are blanks.
fn spaced(name: &str) -> String {
    if name.contains(' ') { name.to_owned() } else { name.replace('_', " ") }
}

/// The track's number before a name, and the name: `01 - Title`, `1-07 Title`, `07. Title`. A blank alone after it tells a
/// number only where it looks like one, since `7 Seconds` and `99 Luftballons` are titles.
fn split_number(stem: &str) -> (Option<u32>, String) {
    let none = (None, stem.to_owned());
    let digits_of = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let Some((mut digits, mut rest)) = stem.split_at_checked(digits_of(stem)) else { return none };
    let mut sure = digits.starts_with('0');
    if let Some(after) = rest.strip_prefix('-')
        && let Some((track, after)) = after.split_at_checked(digits_of(after))
        && !track.is_empty()
    {
        (digits, rest, sure) = (track, after, true);
    }
    let name = rest.trim_start_matches([' ', '-', '–', '.', '_', ')']);
    sure |= rest.trim_start().starts_with(['-', '–', '.', '_', ')']);
    match digits.parse() {
        Ok(number) if digits.len() <= 3 && name.len() < rest.len() && !name.is_empty() => {
            let likely = sure || digits.len() == 2 && number <= 30;
            if likely { (Some(number), name.to_owned()) } else { none }
        }
        _ => none,
    }
}

fn is_number(part: &str) -> bool {
    !part.is_empty() && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit() || b == b'-' || b == b'.')
}

/// Whether a part of a name can be an artist's.
fn is_artist(part: &str) -> bool {
    let folded = fold(part);
    let digits = folded.bytes().all(|b| b.is_ascii_digit() || b == b' ');
    // A year before an album: `1994 - Album`, `(1994) Album`. But 311 and 1975 are bands; a year in a folder is likelier.
    let dated = part.starts_with(['[', '(']);
    !digits && !dated && !is_nobody(&folded) && !is_generic(&folded)
}

fn is_disc(folded: &str) -> bool {
    let rest = ["disc", "disk", "cd", "dvd", "vinyl", "side", "lp", "volume", "vol", "part"]
        .iter()
        .find_map(|word| folded.strip_prefix(word));
    rest.is_some_and(|rest| {
        let rest = rest.trim();
        rest.is_empty()
            || rest.len() <= 2 && rest.bytes().all(|b| b.is_ascii_alphanumeric())
            || rest.bytes().all(|b| b.is_ascii_digit())
    })
}

/// Folders that everybody has, so that they name no artist and no album.
pub(crate) fn is_generic(folded: &str) -> bool {
    const NAMES: [&str; 79] = [
        "music",
        "musik",
        "musique",
        "musica",
        "muziek",
        "my music",
        "meine musik",
        "audio",
        "songs",
        "song",
        "tracks",
        "track",
        "mp3",
        "mp3s",
        "flac",
        "flacs",
        "ogg",
        "lossless",
        "library",
        "media",
        "collection",
        "albums",
        "album",
        "singles",
        "eps",
        "artists",
        "compilations",
        "compilation",
        "samplers",
        "mixes",
        "mixtapes",
        "soundtracks",
        "soundtrack",
        "ost",
        "osts",
        "games",
        "game music",
        "movies",
        "films",
        "downloads",
        "download",
        "incoming",
        "new",
        "neu",
        "unsorted",
        "sorted",
        "misc",
        "miscellaneous",
        "diverse",
        "various",
        "other",
        "others",
        "temp",
        "tmp",
        "backup",
        "import",
        "imports",
        "itunes",
        "itunes media",
        "itunes music",
        "amazon music",
        "spotify",
        "youtube",
        "rips",
        "ripped",
        "data",
        "share",
        "shared",
        "public",
        "home",
        "mnt",
        "srv",
        "usr",
        "var",
        "volumes",
        "users",
        "documents",
        "desktop",
        "playlists",
    ];
    const GENRES: [&str; 24] = [
        "rock",
        "pop",
        "jazz",
        "classical",
        "klassik",
        "classique",
        "electronic",
        "hip hop",
        "rap",
        "metal",
        "folk",
        "country",
        "blues",
        "soul",
        "reggae",
        "world",
        "ambient",
        "techno",
        "house",
        "kids",
        "children",
        "horbucher",
        "audiobooks",
        "podcasts",
    ];
    NAMES.contains(&folded) || GENRES.contains(&folded) || is_nobody(folded) || is_disc(folded)
        || folded.bytes().all(|b| b.is_ascii_digit())
        // A drive's letter.
        || folded.len() == 1 && folded.bytes().all(|b| b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(path: &str, title: &str, album: &str) -> Option<(String, ArtistSource)> {
        let track = Untagged { path: Path::new(path), title, artist: "", album_artist: "", album, mb_artist: "" };
        fill_artist(&track, &ArtistIds::default())
    }

    fn name(path: &str) -> String {
        filled(path, "", "").map(|(name, _)| name).unwrap_or_default()
    }

    #[test]
    fn file_names_tell_artists() {
        for (path, artist) in [
            ("/music/Björk - Hunter.mp3", "Björk"),
            ("/music/01 - Björk - Hunter.mp3", "Björk"),
            ("/music/Various Artists/Hits/01 - Björk - Hunter.mp3", "Björk"),
            ("/music/Björk - Homogenic - 01 - Hunter.flac", "Björk"),
            ("/music/Björk - 01 - Hunter.flac", "Björk"),
            ("/music/Sigur_Rós_-_Hoppípolla.ogg", "Sigur Rós"),
            (r"D:\Music\Björk – Hunter.mp3", "Björk"),
        ] {
            assert_eq!(filled(path, "", ""), Some((artist.to_owned(), ArtistSource::FileName)), "{path}");
        }
    }

    #[test]
    fn folders_tell_artists() {
        for (path, artist) in [
            ("/music/Björk/Homogenic/01 - Hunter.mp3", "Björk"),
            ("/music/Björk/Homogenic (1997)/CD1/01 Hunter.mp3", "Björk"),
            ("/music/Björk/1997 - Homogenic/01. Hunter.mp3", "Björk"),
            ("/music/Björk/[1997] Homogenic/Disc 2/1-01 Hunter.mp3", "Björk"),
            ("/music/Björk - Homogenic/01 Hunter.mp3", "Björk"),
            ("/music/Björk - 1997 - Homogenic/Hunter.mp3", "Björk"),
            (r"D:\Music\Björk\Homogenic\01 Hunter.mp3", "Björk"),
            ("/music/Bach/Cello Suites/01 - Suite No. 1 - Prelude.mp3", "Bach"),
        ] {
            assert_eq!(filled(path, "", ""), Some((artist.to_owned(), ArtistSource::Folder)), "{path}");
        }
        assert_eq!(filled("/m/Björk/Homogenic/Hunter.mp3", "", "Homogenic").unwrap().0, "Björk");
    }

    #[test]
    fn what_everybody_has_names_nobody() {
        for path in [
            "/music/Hunter.mp3",
            "/music/Homogenic/01 - Hunter.mp3",
            "/srv/Downloads/CD1/01 - Hunter.mp3",
            "/music/Various Artists/Hits/01 - Hunter.mp3",
            "/music/Unknown Artist/Unknown Album/01 - Track.mp3",
            "/music/Soundtracks/A Film/01 - Theme.mp3",
            "/music/Björk/Homogenic/Hunter.mp3",
            "/usr/share/games/game/music/forest.ogg",
            "/music/01 - Hunter.mp3",
            "/music/7 Seconds.mp3",
            "",
            "/",
            " - .mp3",
            "/music/ - /01 - .mp3",
            r"C:\Music\Album\01 Song.mp3",
            "/music/1994 - Album/02 Song.mp3",
        ] {
            assert_eq!(name(path), "", "{path}");
        }
    }

    #[test]
    fn tags_help_to_read_a_files_name() {
        assert_eq!(filled("/m/Hunter - Björk.mp3", "Hunter", "").unwrap().0, "Björk");
        assert_eq!(filled("/m/Homogenic - Hunter.mp3", "Hunter", "Homogenic"), None);
    }

    #[test]
    fn tags_and_ids_come_first() {
        let mut ids = ArtistIds::default();
        ids.add("ID-1", "Bjork");
        ids.add("id-1", "Björk");
        ids.add("id-1", "Björk");
        ids.add("id-2", "Various Artists");
        ids.add("", "Nobody");
        let path = Path::new("/music/Another - Hunter.mp3");
        let track = Untagged { path, title: "", artist: "", album_artist: "", album: "", mb_artist: "id-1" };
        let fill = |track| fill_artist(&track, &ids);
        assert_eq!(fill(track), Some(("Björk".into(), ArtistSource::MusicBrainz)));
        assert_eq!(fill(Untagged { artist: " Tagged ", ..track }), Some(("Tagged".into(), ArtistSource::Tags)));
        assert_eq!(
            fill(Untagged { album_artist: "Of the album", ..track }),
            Some(("Of the album".into(), ArtistSource::Tags))
        );
        let by_name = Some(("Another".into(), ArtistSource::FileName));
        assert_eq!(fill(Untagged { mb_artist: "id-2", album_artist: "Various Artists", ..track }), by_name);
        assert_eq!(fill(Untagged { mb_artist: "", ..track }), by_name);
    }

    #[test]
    fn numbers_are_taken_off_where_they_are_numbers() {
        for (stem, number, rest) in [
            ("01 - Hunter", Some(1), "Hunter"),
            ("1-07 Hunter", Some(7), "Hunter"),
            ("07. Hunter", Some(7), "Hunter"),
            ("12 Hunter", Some(12), "Hunter"),
            ("7) Hunter", Some(7), "Hunter"),
            ("7 Seconds", None, "7 Seconds"),
            ("99 Luftballons", None, "99 Luftballons"),
            ("1979", None, "1979"),
            ("1979 - Live", None, "1979 - Live"),
            ("Hunter", None, "Hunter"),
            ("", None, ""),
            ("01", None, "01"),
        ] {
            assert_eq!(split_number(stem), (number, rest.to_owned()), "{stem}");
        }
    }
}
