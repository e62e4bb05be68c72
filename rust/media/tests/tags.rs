//! Tags of every kind, and of none.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod common;

use std::path::Path;

use common::{Noise, fixture, write_wav};
use lofty::config::WriteOptions;
use lofty::file::{AudioFile, TaggedFileExt};
use lofty::tag::{ItemKey, ItemValue, Tag, TagItem};
use segue_media::{MusicBrainz, Tags, read_tags};

#[test]
fn every_kind_of_tag_gives_the_same() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["tone.mp3", "tone.flac", "tone.ogg", "tone.opus", "tone.m4a", "tone.aiff", "tone.wav", "tone.wv"] {
        let path = folder.path().join(name);
        std::fs::copy(fixture(name), &path).unwrap();
        assert_eq!(read_tags(&path).unwrap(), Tags::default(), "{name} has none yet");
        let mut file = lofty::read_from_path(&path).unwrap();
        // The native kind of WAV and AIFF has no room for all this; both take ID3v2.
        let kind = if name.ends_with("aiff") || name.ends_with("wav") {
            lofty::tag::TagType::Id3v2
        } else {
            file.primary_tag_type()
        };
        let mut tag = Tag::new(kind);
        for (key, text) in [
            (ItemKey::TrackTitle, "  Größe ♫ \u{1f3b5} "),
            (ItemKey::TrackArtist, "Künstler"),
            (ItemKey::AlbumArtist, "Various"),
            (ItemKey::AlbumTitle, "An Album"),
            (ItemKey::TrackNumber, "7"),
            (ItemKey::RecordingDate, "1994-05-01"),
            (ItemKey::MusicBrainzRecordingId, "11111111-1111-1111-1111-111111111111"),
            (ItemKey::MusicBrainzTrackId, "22222222-2222-2222-2222-222222222222"),
            (ItemKey::MusicBrainzReleaseId, "33333333-3333-3333-3333-333333333333"),
            (ItemKey::MusicBrainzArtistId, "44444444-4444-4444-4444-444444444444"),
            (ItemKey::MusicBrainzReleaseArtistId, "55555555-5555-5555-5555-555555555555"),
        ] {
            assert!(tag.insert_text(key, text.into()), "{name}: {key:?}");
        }
        // An APE tag holds several values as one, with zeros between.
        let genres: &[&str] =
            if name.ends_with("wv") { &["Trip Hop\0Électronique; Dub"] } else { &["Trip Hop", "Électronique; Dub"] };
        for &genre in genres {
            assert!(tag.push(TagItem::new(ItemKey::Genre, ItemValue::Text(genre.into()))), "{name}");
        }
        file.insert_tag(tag);
        file.save_to_path(&path, WriteOptions::default()).unwrap();

        let tags = read_tags(&path).unwrap();
        assert_eq!(tags.title.as_deref(), Some("Größe ♫ \u{1f3b5}"), "{name}");
        assert_eq!(tags.artist.as_deref(), Some("Künstler"), "{name}");
        assert_eq!(tags.album_artist.as_deref(), Some("Various"), "{name}");
        assert_eq!(tags.album.as_deref(), Some("An Album"), "{name}");
        assert_eq!((tags.track, tags.year), (Some(7), Some(1994)), "{name}");
        assert_eq!(tags.genres, ["Trip Hop", "Électronique", "Dub"], "{name}");
        let MusicBrainz { recording, track, release, artist, album_artist, .. } = tags.musicbrainz;
        let firsts = [recording, track, release, artist, album_artist].map(|id| id.map(|id| id.as_bytes()[0] as char));
        assert_eq!(firsts, ['1', '2', '3', '4', '5'].map(Some), "{name}");
    }
}

#[test]
fn old_and_broken_tags_do_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.mp3");
    let music = std::fs::read(fixture("tone.mp3")).unwrap();

    // ID3v1, padded with zeros, Latin-1.
    let mut id3v1 = [0; 128];
    id3v1[..9].copy_from_slice(b"TAGCaf\xe9\0\0");
    id3v1[93..97].copy_from_slice(b"1987");
    id3v1[127] = 17;
    std::fs::write(&path, [music.clone(), id3v1.to_vec()].concat()).unwrap();
    let tags = read_tags(&path).unwrap();
    assert_eq!((tags.title.as_deref(), tags.year, tags.artist), (Some("Café"), Some(1987), None));
    assert_eq!(tags.genres, ["Rock"]);

    // Genres by number, in ID3v2.3's brackets.
    let mut id3v2 = b"ID3\x03\x00\x00\x00\x00\x00\x3cTCON\x00\x00\x00\x10\x00\x00\x00(4)(17)Eurodisc".to_vec();
    id3v2.resize(70, 0);
    std::fs::write(&path, [id3v2, music.clone()].concat()).unwrap();
    assert_eq!(read_tags(&path).unwrap().genres, ["Disco", "Rock", "Eurodisc"]);

    // An ID3v2 frame in UTF-16 with half a character, and one that is longer than the tag.
    let mut id3v2 = b"ID3\x03\x00\x00\x00\x00\x00\x3cTIT2\x00\x00\x00\x06\x00\x00\x01\xff\xfeA\x00\x00".to_vec();
    id3v2.extend(b"TPE1\x7f\xff\xff\xff\x00\x00\x03name");
    id3v2.resize(70, 0);
    std::fs::write(&path, [id3v2, music].concat()).unwrap();
    read_tags(&path).unwrap();

    let mut noise = Noise(9);
    for name in ["tone.mp3", "tone.flac", "tone.ogg", "tone.m4a", "tone.aiff", "tone.wv", "tone.wma"] {
        let original = std::fs::read(fixture(name)).unwrap();
        let path = folder.path().join(name);
        for round in 0..24 {
            let mut bytes = original.clone();
            for _ in 0..4 {
                let at = noise.next() as usize % bytes.len().min(1000);
                bytes[at] = noise.next() as u8;
            }
            bytes.truncate(if round % 4 == 0 { noise.next() as usize % bytes.len() } else { bytes.len() });
            std::fs::write(&path, bytes).unwrap();
            read_tags(&path).unwrap_or_else(|error| panic!("{name}, round {round}: {error}"));
        }
    }
}

#[test]
fn a_file_without_tags_or_music_has_empty_tags() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.wav");
    write_wav(&path, 1, 8_000, 1, 16, &[0; 100]);
    assert_eq!(read_tags(&path).unwrap(), Tags::default());
    for content in [b"".as_slice(), b"no music", &[0; 5000]] {
        std::fs::write(&path, content).unwrap();
        assert_eq!(read_tags(&path).unwrap(), Tags::default());
    }
    assert_eq!(read_tags(Path::new("no/such/file.mp3")).unwrap_err().kind(), "not-found");
}
