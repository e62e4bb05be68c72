//! Tables: what Exportify, TuneMyMusic, Soundiiz, ListenBrainz and spreadsheets write, told apart by their columns' names.

use csv::{ReaderBuilder, StringRecord};

use crate::entry::{Entry, List, duration, isrc, musicbrainz_recording};
use crate::error::{Error, Result};
use crate::location;
use crate::text::{fold, one_line};

use super::add;

const FORM: &str = "CSV";

/// Bytes of one cell that are read.
const LONGEST: usize = 32 << 10;

/// More than any table has; each costs memory, whatever is in it.
const MOST_COLUMNS: usize = 10_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Title,
    Artist,
    Album,
    Milliseconds,
    Duration,
    Isrc,
    Recording,
    Path,
}

/// Names of columns, folded, the surest first.
const NAMES: &[(Column, &[&str])] = &[
    (
        Column::Title,
        &[
            "track name",
            "song name",
            "track title",
            "song title",
            "title",
            "song",
            "name",
            "track",
            "recording name",
            "titel",
            "titre",
            "titulo",
            "titolo",
            "chanson",
            "cancion",
        ],
    ),
    (
        Column::Artist,
        &[
            "artist name s",
            "artist names",
            "artist name",
            "artists",
            "artist",
            "track artist",
            "creator",
            "performer",
            "album artist name s",
            "album artist",
            "interpret",
            "kunstler",
            "artiste",
            "artistes",
            "artista",
            "artistas",
        ],
    ),
    (Column::Album, &["album name", "album title", "album", "release name", "release", "disco"]),
    (Column::Milliseconds, &["track duration ms", "duration ms", "length ms", "time ms", "durationms", "duration_ms"]),
    (
        Column::Duration,
        &[
            "track duration",
            "duration s",
            "duration seconds",
            "duration",
            "length",
            "time",
            "dauer",
            "duree",
            "duracion",
            "durata",
        ],
    ),
    (Column::Isrc, &["isrc", "isrc code"]),
    (
        Column::Recording,
        &[
            "recording mbid",
            "musicbrainz recording id",
            "musicbrainz track id",
            "musicbrainz trackid",
            "musicbrainz id",
            "mb recording",
            "mbid",
        ],
    ),
    (Column::Path, &["path", "file path", "filepath", "file", "file name", "filename", "location", "datei", "fichier"]),
];

/// Where which column stands.
struct Layout(Vec<(Column, usize)>);

impl Layout {
    fn of(header: &StringRecord) -> Self {
        let header: Vec<String> = header.iter().map(fold).collect();
        let place = |names: &[&str]| names.iter().find_map(|name| header.iter().position(|cell| cell == name));
        Self(NAMES.iter().filter_map(|&(column, names)| Some((column, place(names)?))).collect())
    }

    fn has(&self, column: Column) -> bool {
        self.0.iter().any(|&(known, _)| known == column)
    }

    fn is_useful(&self) -> bool {
        self.has(Column::Title) || self.has(Column::Path)
    }

    fn cell<'a>(&self, row: &'a StringRecord, column: Column) -> &'a str {
        let place = self.0.iter().find(|&&(known, _)| known == column);
        let cell = place.and_then(|&(_, at)| row.get(at)).unwrap_or_default().trim();
        if cell.len() > LONGEST { "" } else { cell }
    }
}

/// Whether the text begins with a line that names columns, two of them at least.
pub(super) fn has_header(text: &str) -> bool {
    let (_, layout) = best(body(text));
    layout.is_useful() && layout.0.len() >= 2
}

/// What Excel writes before the table to tell its delimiter is no part of it.
fn body(text: &str) -> &str {
    let rest = text.trim_start_matches(['\r', '\n', ' ']);
    match rest.split_once('\n') {
        Some((first, rest)) if first.trim().len() == 5 && first.to_ascii_lowercase().starts_with("sep=") => rest,
        _ => rest,
    }
}

/// The delimiter by which most columns are recognised.
fn best(text: &str) -> (u8, Layout) {
    let mut found = (b',', Layout(Vec::new()));
    for delimiter in [b',', b';', b'\t', b'|'] {
        let mut header = StringRecord::new();
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(head(text).as_bytes());
        let read = reader.read_record(&mut header);
        let layout = if read.is_ok() { Layout::of(&header) } else { Layout(Vec::new()) };
        if layout.0.len() > found.1.0.len() {
            found = (delimiter, layout);
        }
    }
    found
}

/// Enough of the text to hold any header.
fn head(text: &str) -> &str {
    let mut end = text.len().min(16 << 10);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

pub(super) fn read(text: &str) -> Result<List> {
    let text = body(text);
    let (delimiter, layout) = best(text);
    if !layout.is_useful() {
        let line = one_line(text.lines().next().unwrap_or_default());
        return Err(Error::NoColumns { columns: line.chars().take(200).collect() });
    }
    let columns = |line: &str| line.bytes().filter(|&byte| byte == delimiter).count();
    if text.lines().any(|line| columns(line) > MOST_COLUMNS) {
        return Err(Error::Malformed { form: FORM, detail: format!("a row has more than {MOST_COLUMNS} columns") });
    }
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut is_header = true;
    let (mut list, mut row) = (List::default(), StringRecord::new());
    loop {
        match reader.read_record(&mut row) {
            Ok(true) => {}
            Ok(false) => return Ok(list),
            Err(error) => return Err(Error::Malformed { form: FORM, detail: error.to_string() }),
        }
        if std::mem::take(&mut is_header) || row.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let cell = |column| layout.cell(&row, column);
        let milliseconds = cell(Column::Milliseconds).parse().ok().and_then(|ms: f64| duration(ms / 1000.0));
        let entry = Entry {
            title: one_line(cell(Column::Title)),
            artist: one_line(cell(Column::Artist)),
            album: one_line(cell(Column::Album)),
            duration_s: milliseconds.or_else(|| clock(cell(Column::Duration))),
            path: location::from_line(cell(Column::Path)),
            mb_recording: musicbrainz_recording(cell(Column::Recording)),
            isrc: isrc(cell(Column::Isrc)),
        };
        add(&mut list, entry)?;
    }
}

/// `3:45`, `1:02:03`, seconds, or milliseconds where seconds would make it longer than three hours.
fn clock(text: &str) -> Option<f64> {
    let mut seconds = 0.0;
    for part in text.split(':') {
        let value: f64 = part.trim().replace(',', ".").parse().ok()?;
        seconds = seconds * 60.0 + value;
    }
    if !text.contains(':') && seconds > 10_800.0 {
        seconds /= 1000.0;
    }
    duration(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn names(text: &str) -> Vec<(String, String, String, Option<f64>)> {
        read(text).unwrap().entries.into_iter().map(|e| (e.title, e.artist, e.album, e.duration_s)).collect()
    }

    #[test]
    fn exportifys_table_is_read() {
        let list = read(
            "\"Spotify URI\",\"Track Name\",\"Artist URI(s)\",\"Artist Name(s)\",\"Album URI\",\"Album Name\",\"Album Artist Name(s)\",\
             \"Track Number\",\"Track Duration (ms)\",\"Explicit\",\"ISRC\"\n\
             \"spotify:track:1\",\"Don't \"\"Stop\"\", now\",\"x\",\"A, B\",\"y\",\"Line\nbreak\",\"A\",\"1\",\"215500\",\"false\",\"USRC17607839\"\n\
             \"spotify:track:2\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"0\",\"\",\"\"\n",
        )
        .unwrap();
        assert_eq!(list.unreadable, 1);
        assert_eq!(
            list.entries,
            [Entry {
                title: "Don't \"Stop\", now".into(),
                artist: "A, B".into(),
                album: "Line break".into(),
                duration_s: Some(215.5),
                path: None,
                mb_recording: None,
                isrc: Some("USRC17607839".into()),
            }]
        );
    }

    #[test]
    fn other_tables_are_known_by_their_columns() {
        let expected = vec![("T".to_owned(), "A".to_owned(), "B".to_owned(), Some(185.0))];
        for table in [
            "Title,Artist,Album,Duration\nT,A,B,3:05",
            "sep=;\r\nTitel;Künstler;Album;Dauer\r\nT;A;B;185\r\n",
            "title\tcreator\talbum\ttime\nT\tA\tB\t0:03:05",
            "Track name|Artist name|Album|Length\nT|A|B|185000",
            "#,Track Name,Artist Name(s),Album Name,Duration (ms),extra\n1,T,A,B,185000",
            "\n\nartists,name,album,duration_ms\nA,T,B,185000\n,,,\n",
        ] {
            assert_eq!(names(table), expected, "{table}");
            assert!(has_header(table), "{table}");
        }
    }

    #[test]
    fn short_and_long_rows_are_taken_as_far_as_they_go() {
        let list =
            read("Title,Artist,File,recording_mbid\nT\nU,A,/m/u.mp3,b1a9c0e9-d987-4042-ae91-78d6a3267d69,more\n")
                .unwrap();
        let [first, second] = list.entries.as_slice() else { panic!("{list:?}") };
        assert_eq!((first.title.as_str(), first.artist.as_str()), ("T", ""));
        assert_eq!(second.path, Some(PathBuf::from("/m/u.mp3")));
        assert!(second.mb_recording.is_some());
    }

    #[test]
    fn a_table_without_names_says_what_it_wants() {
        assert_eq!(read("a,b\nc,d"), Err(Error::NoColumns { columns: "a,b".into() }));
        assert!(!has_header("a,b\nc,d"));
        let wide = format!("Title,Artist\n{}", ",".repeat(MOST_COLUMNS + 1));
        assert!(matches!(read(&wide), Err(Error::Malformed { form: FORM, .. })));
        assert!(!has_header("Title"));
        assert!(!has_header(""));
    }

    #[test]
    fn lengths_come_in_many_forms() {
        assert_eq!(clock("3:45"), Some(225.0));
        assert_eq!(clock("1:02:03"), Some(3723.0));
        assert_eq!(clock("225,5"), Some(225.5));
        assert_eq!(clock("225000"), Some(225.0));
        assert_eq!(clock(""), None);
        assert_eq!(clock("a:b"), None);
        assert_eq!(clock("-3"), None);
    }
}
