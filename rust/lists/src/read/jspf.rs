//! JSPF: XSPF as JSON. Lists where it wants words, words where it wants lists and numbers in quotation marks occur.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::entry::{Entry, List, MAX_ENTRIES, duration, isrc, musicbrainz_recording};
use crate::error::{Error, Result};
use crate::{location, text};

use super::add;

const FORM: &str = "JSPF";

#[derive(Deserialize)]
struct Root {
    playlist: Option<Playlist>,
    // Some leave the outermost braces away.
    #[serde(default)]
    title: Loose<Words>,
    track: Option<Tracks>,
}

#[derive(Deserialize)]
struct Playlist {
    #[serde(default)]
    title: Loose<Words>,
    track: Option<Tracks>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Track {
    title: Loose<Words>,
    creator: Loose<Words>,
    album: Loose<Words>,
    duration: Loose<Words>,
    location: Loose<Words>,
    identifier: Loose<Words>,
}

pub(super) fn read(text: &str) -> Result<List> {
    let root: Root = serde_json::from_str(text).map_err(|error| {
        if error.to_string().contains(TOO_MANY) {
            return Error::TooManyEntries { limit: MAX_ENTRIES };
        }
        Error::Malformed { form: FORM, detail: error.to_string() }
    })?;
    let (title, tracks) = match root.playlist {
        Some(playlist) => (playlist.title, playlist.track),
        None => (root.title, root.track),
    };
    let Some(tracks) = tracks else {
        return Err(Error::Malformed { form: FORM, detail: "it has no list named \"track\"".to_owned() });
    };
    Ok(List { title: title.first(), ..tracks.0 })
}

impl Track {
    fn into_entry(self) -> Entry {
        let identifiers = || self.identifier.words().chain(self.location.words());
        Entry {
            title: self.title.first(),
            artist: self
                .creator
                .words()
                .map(text::one_line)
                .filter(|name| !name.is_empty())
                .collect::<Vec<_>>()
                .join(", "),
            album: self.album.first(),
            duration_s: self.duration.first().parse().ok().and_then(|ms: f64| duration(ms / 1000.0)),
            path: self.location.words().find_map(location::from_uri),
            mb_recording: identifiers().find_map(musicbrainz_recording),
            isrc: identifiers().find_map(isrc),
        }
    }
}

const TOO_MANY: &str = "more tracks than a playlist may have";

/// The tracks; what is none is counted. Each becomes an entry at once, so that no more is held than the file has.
struct Tracks(List);

impl<'de> Deserialize<'de> for Tracks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Tracks;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of tracks")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<Tracks, A::Error> {
                let mut list = List::default();
                while let Some(item) = items.next_element::<Loose<Track>>()? {
                    let entry = item.0.map(Track::into_entry).unwrap_or_default();
                    add(&mut list, entry).map_err(|_| A::Error::custom(TOO_MANY))?;
                }
                Ok(Tracks(list))
            }
        }
        deserializer.deserialize_seq(Reader)
    }
}

/// Something of a kind, or something else that is passed over.
struct Loose<T>(Option<T>);

impl<T> Default for Loose<T> {
    fn default() -> Self {
        Self(None)
    }
}

/// One word or several.
struct Words(Vec<String>);

impl Loose<Words> {
    fn words(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|words| words.0.iter().map(String::as_str))
    }

    fn first(&self) -> String {
        self.words().map(text::one_line).find(|word| !word.is_empty()).unwrap_or_default()
    }
}

/// What a kind makes of the values that JSON has; `None` for those that it has no use for.
trait Kind<'de>: Sized {
    fn of_word(_word: &str) -> Option<Self> {
        None
    }

    fn of_list<A: SeqAccess<'de>>(mut items: A) -> std::result::Result<Option<Self>, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn of_map<A: MapAccess<'de>>(mut items: A) -> std::result::Result<Option<Self>, A::Error> {
        while items.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

impl<'de> Kind<'de> for Words {
    fn of_word(word: &str) -> Option<Self> {
        Some(Self(vec![word.to_owned()]))
    }

    fn of_list<A: SeqAccess<'de>>(mut items: A) -> std::result::Result<Option<Self>, A::Error> {
        /// More than any track has of anything.
        const MOST: usize = 64;
        let mut words = Vec::new();
        while let Some(item) = items.next_element::<Loose<Word>>()? {
            if words.len() < MOST {
                words.extend(item.0.map(|word| word.0));
            }
        }
        Ok(Some(Self(words)))
    }
}

struct Word(String);

impl Kind<'_> for Word {
    fn of_word(word: &str) -> Option<Self> {
        Some(Self(word.to_owned()))
    }
}

impl<'de> Kind<'de> for Track {
    fn of_map<A: MapAccess<'de>>(items: A) -> std::result::Result<Option<Self>, A::Error> {
        Self::deserialize(serde::de::value::MapAccessDeserializer::new(items)).map(Some)
    }
}

impl<'de, T: Kind<'de>> Deserialize<'de> for Loose<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Reader<T>(PhantomData<T>);
        impl<'de, T: Kind<'de>> Visitor<'de> for Reader<T> {
            type Value = Loose<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }

            fn visit_bool<E>(self, _: bool) -> std::result::Result<Self::Value, E> {
                Ok(Loose(None))
            }

            fn visit_i64<E>(self, number: i64) -> std::result::Result<Self::Value, E> {
                Ok(Loose(T::of_word(&number.to_string())))
            }

            fn visit_u64<E>(self, number: u64) -> std::result::Result<Self::Value, E> {
                Ok(Loose(T::of_word(&number.to_string())))
            }

            fn visit_f64<E>(self, number: f64) -> std::result::Result<Self::Value, E> {
                Ok(Loose(T::of_word(&number.to_string())))
            }

            fn visit_str<E>(self, word: &str) -> std::result::Result<Self::Value, E> {
                Ok(Loose(T::of_word(word)))
            }

            fn visit_unit<E>(self) -> std::result::Result<Self::Value, E> {
                Ok(Loose(None))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> std::result::Result<Self::Value, A::Error> {
                T::of_list(items).map(Loose)
            }

            fn visit_map<A: MapAccess<'de>>(self, items: A) -> std::result::Result<Self::Value, A::Error> {
                T::of_map(items).map(Loose)
            }
        }
        deserializer.deserialize_any(Reader(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    const ID: &str = "b1a9c0e9-d987-4042-ae91-78d6a3267d69";

    #[test]
    fn a_list_in_its_proper_form_is_read() {
        let list = read(&format!(
            r#"{{"playlist": {{"title": "Evening", "creator": "me", "track": [
                {{"title": "Hunter", "creator": "Björk", "album": "Homogenic", "duration": 255000, "trackNum": 1,
                  "location": ["file:///music/Bj%C3%B6rk/Hunter.flac"], "identifier": ["https://musicbrainz.org/recording/{ID}"],
                  "extension": {{"https://musicbrainz.org/doc/jspf#track": [{{"a": 1}}]}}}}]}}}}"#
        ))
        .unwrap();
        assert_eq!((list.title.as_str(), list.unreadable), ("Evening", 0));
        assert_eq!(
            list.entries,
            [Entry {
                title: "Hunter".into(),
                artist: "Björk".into(),
                album: "Homogenic".into(),
                duration_s: Some(255.0),
                path: Some(PathBuf::from("/music/Björk/Hunter.flac")),
                mb_recording: Some(ID.into()),
                isrc: None,
            }]
        );
    }

    #[test]
    fn odd_forms_are_understood_as_far_as_they_go() {
        let list = read(&format!(
            r#"{{"title": ["T"], "track": [{{"title": 1979, "creator": ["A", "B"], "duration": "1500", "album": {{}},
                "location": null, "identifier": "https://musicbrainz.org/recording/{ID}"}},
                7, [], {{}}, {{"title": "x", "location": [["y"], "z.mp3"], "identifier": "urn:isrc:USRC17607839"}}]}}"#
        ))
        .unwrap();
        assert_eq!((list.title.as_str(), list.unreadable), ("T", 3));
        let [first, second] = list.entries.as_slice() else { panic!("{list:?}") };
        assert_eq!((first.title.as_str(), first.artist.as_str(), first.duration_s), ("1979", "A, B", Some(1.5)));
        assert_eq!(first.mb_recording.as_deref(), Some(ID));
        assert_eq!((second.path.clone(), second.isrc.as_deref()), (Some(PathBuf::from("z.mp3")), Some("USRC17607839")));
    }

    #[test]
    fn what_is_no_list_says_why() {
        for text in
            ["{", "{}", "{\"playlist\": 3}", "{\"playlist\": {\"track\": {}}}", "{\"playlist\": {\"track\": [{]}}"]
        {
            assert!(matches!(read(text), Err(Error::Malformed { form: FORM, .. })), "{text}");
        }
        let deep = format!("{{\"a\": {}", "[".repeat(100_000));
        assert!(matches!(read(&deep), Err(Error::Malformed { .. })));
        let many = format!("{{\"track\": [{}{{}}]}}", "{\"title\":1},".repeat(MAX_ENTRIES + 1));
        assert_eq!(read(&many), Err(Error::TooManyEntries { limit: MAX_ENTRIES }));
    }
}
