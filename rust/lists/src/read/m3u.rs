//! M3U: one location per line, with remarks before it. There is no standard; what players write is taken.

use crate::entry::{Entry, List, duration};
use crate::error::{Error, Result};
use crate::{location, text};

use super::add;

/// A line longer than any path.
const LONGEST_LINE: usize = 32 << 10;

/// What the remarks before a location say.
#[derive(Default)]
struct Remarks {
    label: Option<String>,
    artist: Option<String>,
    album: String,
    duration_s: Option<f64>,
}

pub(super) fn read(text: &str) -> Result<List> {
    let (mut list, mut remarks) = (List::default(), Remarks::default());
    for line in text.split(['\r', '\n']) {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        if line.len() > LONGEST_LINE {
            list.unreadable += 1;
            continue;
        }
        let Some(remark) = line.strip_prefix('#') else {
            let path = location::from_line(line);
            let said = std::mem::take(&mut remarks);
            if path.is_none() {
                list.unreadable += 1;
            } else {
                add(&mut list, Entry { path, ..said.into_entry() })?;
            }
            continue;
        };
        let (name, value) = remark.split_once(':').unwrap_or((remark, ""));
        match name.trim().to_ascii_uppercase().as_str() {
            "EXTINF" => {
                // Two in a row: the first one has lost its location, and may still be found by name.
                if remarks.label.is_some() {
                    add(&mut list, std::mem::take(&mut remarks).into_entry())?;
                }
                let (seconds, label) = split_info(value);
                remarks.label = Some(label);
                remarks.duration_s = seconds;
            }
            "EXTALB" => remarks.album = text::one_line(value),
            "EXTART" => remarks.artist = Some(text::one_line(value)),
            "PLAYLIST" if list.title.is_empty() => list.title = text::one_line(value),
            "EXT-X-TARGETDURATION" | "EXT-X-STREAM-INF" => return Err(Error::Stream),
            _ => {}
        }
    }
    if remarks.label.is_some() {
        add(&mut list, remarks.into_entry())?;
    }
    Ok(list)
}

/// `215,Artist - Title`, also with attributes before the comma: `215 tvg-id="a,b",Artist - Title`.
fn split_info(value: &str) -> (Option<f64>, String) {
    let mut quoted = false;
    let comma = value.find(|c| {
        quoted ^= c == '"';
        c == ',' && !quoted
    });
    // A quotation mark that nothing closes hides no comma.
    let comma = comma.or_else(|| value.find(','));
    let (before, label) =
        comma.map_or((value, ""), |at| (value.get(..at).unwrap_or(""), value.get(at + 1..).unwrap_or("")));
    let seconds = before.split_whitespace().next().and_then(|number| number.parse().ok()).and_then(duration);
    (seconds, text::one_line(label))
}

impl Remarks {
    fn into_entry(self) -> Entry {
        let label = self.label.unwrap_or_default();
        let (artist, title) = match self.artist {
            Some(artist) => {
                let title = label.strip_prefix(&artist).and_then(|rest| rest.strip_prefix(" - ")).unwrap_or(&label);
                (artist, title.to_owned())
            }
            None => match label.split_once(" - ").or_else(|| label.split_once(" – ")) {
                Some((artist, title)) => (artist.trim().to_owned(), title.trim().to_owned()),
                None => (String::new(), label),
            },
        };
        Entry { title, artist, album: self.album, duration_s: self.duration_s, ..Entry::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn remarks_belong_to_the_location_after_them() {
        let list = read(
            "#EXTM3U\r\n#PLAYLIST: Evening \r\n#EXTENC: UTF-8\r\n#EXTINF:215,Björk - Hunter\r\n#EXTALB:Homogenic\r\n\
             C:\\Music\\Hunter.mp3\r\n\r\n# a remark\r\n#EXTINF:-1, Only a title\r\nhttp://example.org/x\r\nplain.mp3",
        )
        .unwrap();
        assert_eq!(list.title, "Evening");
        assert_eq!(list.unreadable, 0);
        assert_eq!(
            list.entries,
            [
                Entry {
                    title: "Hunter".into(),
                    artist: "Björk".into(),
                    album: "Homogenic".into(),
                    duration_s: Some(215.0),
                    path: Some(PathBuf::from(r"C:\Music\Hunter.mp3")),
                    ..Entry::default()
                },
                Entry {
                    title: "Only a title".into(),
                    path: Some(PathBuf::from("http://example.org/x")),
                    ..Entry::default()
                },
                Entry { path: Some(PathBuf::from("plain.mp3")), ..Entry::default() },
            ]
        );
    }

    #[test]
    fn attributes_may_hold_commas() {
        assert_eq!(split_info("12.5 a=\"x, y\",A - B"), (Some(12.5), "A - B".into()));
        assert_eq!(split_info("12 a=\"x,A - B"), (Some(12.0), "A - B".into()));
        assert_eq!(split_info("nan,A"), (None, "A".into()));
        assert_eq!(split_info("inf,A"), (None, "A".into()));
        assert_eq!(split_info(""), (None, String::new()));
    }

    #[test]
    fn an_artist_with_a_dash_stays_whole_where_a_remark_tells() {
        let list = read("#EXTINF:1,A - B - C\n#EXTART:A - B\nx.mp3\n#EXTINF:1,A - B\n#EXTART:\ny.mp3").unwrap();
        let names: Vec<_> = list.entries.iter().map(|e| (e.artist.as_str(), e.title.as_str())).collect();
        assert_eq!(names, [("A - B", "C"), ("", "A - B")]);
    }

    #[test]
    fn a_title_without_a_location_is_an_entry() {
        let list = read("#EXTM3U\n#EXTINF:1,A - B\n#EXTINF:2,C - D\nd.mp3\n#EXTINF:3,E - F").unwrap();
        let titles: Vec<_> = list.entries.iter().map(|e| (e.title.as_str(), e.path.is_some())).collect();
        assert_eq!(titles, [("B", false), ("D", true), ("F", false)]);
    }

    #[test]
    fn what_is_no_path_is_counted() {
        let list = read("#EXTM3U\na\u{1}b\nok.mp3\n#EXTINF:1,\n").unwrap();
        assert_eq!((list.entries.len(), list.unreadable), (1, 2));
        let list = read(&"x".repeat(LONGEST_LINE + 1)).unwrap();
        assert_eq!((list.entries.len(), list.unreadable), (0, 1));
    }

    #[test]
    fn a_streams_pieces_are_no_songs() {
        assert_eq!(read("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,\na.ts"), Err(Error::Stream));
    }
}
