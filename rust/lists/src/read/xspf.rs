//! XSPF. The reader resolves the five named entities and characters by number, and nothing else: what a document type
//! declares, or what lies elsewhere, is never looked at.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};

use crate::entry::{Entry, List, duration, isrc, musicbrainz_recording};
use crate::error::{Error, Result};
use crate::{location, text};

use super::add;

const FORM: &str = "XSPF";

/// Elements within each other; the form itself has five.
const DEEPEST: usize = 32;

/// Bytes of one element's text.
const LONGEST: usize = 32 << 10;

pub(super) fn read(text: &str) -> Result<List> {
    let mut reader = Reader::from_str(text);
    let mut state = State::default();
    loop {
        let event = reader.read_event().map_err(|error| malformed(&reader, &error.to_string()))?;
        match event {
            Event::Start(tag) => {
                if state.path.len() >= DEEPEST {
                    return Err(malformed(&reader, "its elements are nested too deeply"));
                }
                state.open(&String::from_utf8_lossy(tag.local_name().as_ref()));
            }
            Event::Empty(tag) => {
                state.open(&String::from_utf8_lossy(tag.local_name().as_ref()));
                state.close()?;
            }
            Event::End(_) => state.close()?,
            Event::Text(words) => state.push(&String::from_utf8_lossy(&words)),
            Event::CData(words) => state.push(&String::from_utf8_lossy(&words)),
            Event::GeneralRef(reference) => state.push(&resolve(&reference)),
            Event::Eof => break,
            Event::DocType(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
    if !state.path.is_empty() {
        return Err(malformed(&reader, "it breaks off"));
    }
    if !state.seen {
        return Err(malformed(&reader, "it has no element \"playlist\""));
    }
    Ok(state.list)
}

fn malformed(reader: &Reader<&[u8]>, detail: &str) -> Error {
    Error::Malformed { form: FORM, detail: format!("at byte {}: {detail}", reader.buffer_position()) }
}

/// The character of a reference; nothing for one that is not built into XML.
fn resolve(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return c.to_string();
    }
    let known = reference.decode().ok();
    known.and_then(|name| quick_xml::escape::resolve_predefined_entity(&name)).unwrap_or_default().to_owned()
}

#[derive(Default)]
struct State {
    list: List,
    /// Names of the elements that are open.
    path: Vec<String>,
    /// Text of the innermost one.
    words: String,
    entry: Entry,
    seen: bool,
}

impl State {
    fn open(&mut self, name: &str) {
        self.words.clear();
        self.seen |= self.path.is_empty() && name == "playlist";
        self.path.push(name.to_owned());
        if self.is_at(&["playlist", "trackList", "track"]) {
            self.entry = Entry::default();
        }
    }

    fn push(&mut self, words: &str) {
        if self.words.len() + words.len() <= LONGEST {
            self.words.push_str(words);
        }
    }

    fn is_at(&self, path: &[&str]) -> bool {
        self.path.iter().map(String::as_str).eq(path.iter().copied())
    }

    fn close(&mut self) -> Result<()> {
        let words = std::mem::take(&mut self.words);
        if self.is_at(&["playlist", "title"]) {
            self.list.title = text::one_line(&words);
        } else if self.is_at(&["playlist", "trackList", "track"]) {
            add(&mut self.list, std::mem::take(&mut self.entry))?;
        } else if let [_, _, track, field] = self.path.as_slice()
            && track == "track"
        {
            let entry = &mut self.entry;
            match field.as_str() {
                "title" => entry.title = text::one_line(&words),
                "creator" => entry.artist = text::one_line(&words),
                "album" => entry.album = text::one_line(&words),
                "duration" => {
                    entry.duration_s = words.trim().parse().ok().and_then(|ms: f64| duration(ms / 1000.0));
                }
                // A track may have several of both; the first one that tells something counts.
                "location" | "identifier" => {
                    if field == "location" && entry.path.is_none() {
                        entry.path = location::from_uri(&words);
                    }
                    entry.mb_recording = entry.mb_recording.take().or_else(|| musicbrainz_recording(&words));
                    entry.isrc = entry.isrc.take().or_else(|| isrc(&words));
                }
                _ => {}
            }
        }
        self.path.pop();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    const ID: &str = "b1a9c0e9-d987-4042-ae91-78d6a3267d69";

    fn track(inside: &str) -> Result<List> {
        read(&format!("<playlist version=\"1\"><trackList><track>{inside}</track></trackList></playlist>"))
    }

    #[test]
    fn a_list_in_its_proper_form_is_read() {
        let list = read(&format!(
            r#"<?xml version="1.0" encoding="UTF-8"?>
            <playlist version="1" xmlns="http://xspf.org/ns/0/"><title>Evening &amp; night</title><creator>me</creator>
            <trackList><!-- one --><track><location>file:///music/Bj%C3%B6rk/Hunter.flac</location>
            <identifier>https://musicbrainz.org/recording/{ID}</identifier><title><![CDATA[Hunter <1>]]></title>
            <creator>Bj&#246;rk &#x26; co</creator><album>Homogenic</album><duration>255000</duration>
            <extension application="x"><title>not this</title></extension></track><track/></trackList></playlist>"#
        ))
        .unwrap();
        assert_eq!((list.title.as_str(), list.unreadable), ("Evening & night", 1));
        assert_eq!(
            list.entries,
            [Entry {
                title: "Hunter <1>".into(),
                artist: "Björk & co".into(),
                album: "Homogenic".into(),
                duration_s: Some(255.0),
                path: Some(PathBuf::from("/music/Björk/Hunter.flac")),
                mb_recording: Some(ID.into()),
                isrc: None,
            }]
        );
    }

    #[test]
    fn entities_that_a_file_declares_are_not_resolved() {
        let bomb = r#"<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY file SYSTEM "file:///etc/passwd">
            <!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>
            <playlist><trackList><track><title>a&lol2;b&file;</title></track></trackList></playlist>"#;
        assert_eq!(read(bomb).unwrap().entries.first().unwrap().title, "ab");
    }

    #[test]
    fn what_is_no_list_says_why() {
        for text in [
            "",
            "<html></html>",
            "<playlist>",
            "<playlist><trackList></playlist>",
            "<playlist><trackList><track><title>a",
            "<playlist/",
        ] {
            assert!(matches!(read(text), Err(Error::Malformed { form: FORM, .. })), "{text}");
        }
        assert!(matches!(read(&"<a>".repeat(1_000_000)), Err(Error::Malformed { .. })));
    }

    #[test]
    fn odd_values_are_left_out() {
        let list = track("<title>a</title><duration>-1</duration><location> </location>").unwrap();
        let entry = list.entries.first().unwrap();
        assert_eq!((entry.duration_s, entry.path.clone()), (None, None));
        let long = track(&format!("<title>{}</title>", "x".repeat(LONGEST + 1))).unwrap();
        assert_eq!(long.unreadable, 1);
    }
}
