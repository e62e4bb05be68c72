//! The content key names the audio and nothing else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod common;

use std::collections::BTreeMap;
use std::path::Path;

use common::{Noise, fixture, run_ffmpeg, with_ffmpeg};
use lofty::config::WriteOptions;
use lofty::file::{AudioFile, TaggedFileExt};
use lofty::picture::{MimeType, Picture, PictureType};
use lofty::prelude::*;
use lofty::tag::Tag;
use segue_media::{OpenOptions, content_key};

const FILES: &[&str] =
    &["tone.mp3", "tone.flac", "tone.ogg", "tone.opus", "tone.m4a", "alac.m4a", "tone.wav", "tone.aiff", "opus.mp4"];

fn key(path: &Path) -> String {
    content_key(path, &OpenOptions::default()).unwrap_or_else(|error| panic!("{}: {error}", path.display())).to_string()
}

#[test]
fn a_key_tells_the_fixtures_apart_and_never_changes() {
    let expected = BTreeMap::from([
        ("alac.m4a", "6767e631114882bab529db33744deb51"),
        ("implicit_sbr.aac", "2b9b5d7e18864dee41f765aa9831eaed"),
        ("tone.flac", "ef2be6d7bca91830a656d231a804a804"),
        ("tone.mp3", "08e799ca2bef914e43e86cb23f0fc836"),
        ("tone.ogg", "4387a4322d235a7c40bccdcb9b69e778"),
        ("tone.opus", "5ccbd97e69aa08924bcbdc8bf8b57927"),
        ("tone.wav", "86d5c20928e03addf2500a377f71bf11"),
    ]);
    for (name, wanted) in expected {
        assert_eq!(key(&fixture(name)), wanted, "{name}: every stored analysis is found by this key");
    }
}

#[test]
fn new_tags_and_pictures_and_names_keep_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let mut noise = Noise(5);
    for &name in FILES {
        let extension = Path::new(name).extension().unwrap().to_str().unwrap();
        let path = folder.path().join(format!("another name.{extension}"));
        std::fs::copy(fixture(name), &path).unwrap();
        let before = key(&path);
        for round in 0..3 {
            let mut file = lofty::read_from_path(&path).unwrap();
            let mut tag = Tag::new(file.primary_tag_type());
            tag.set_title("A title that was not there before ".repeat(round * 20 + 1));
            tag.set_artist("Somebody".into());
            if round == 2 && extension != "wav" && extension != "aiff" {
                let picture = Picture::unchecked(noise.bytes(70_000)).pic_type(PictureType::CoverFront);
                tag.push_picture(picture.mime_type(MimeType::Jpeg).build());
            }
            file.insert_tag(tag);
            file.save_to_path(&path, WriteOptions::default()).unwrap();
            assert_ne!(std::fs::read(&path).unwrap(), std::fs::read(fixture(name)).unwrap(), "{name} is written");
            assert_eq!(key(&path), before, "{name}, round {round}");
        }
    }
}

#[test]
fn tags_of_every_kind_around_an_mp3_keep_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.mp3");
    std::fs::copy(fixture("tone.mp3"), &path).unwrap();
    let before = key(&path);
    for kind in [lofty::tag::TagType::Ape, lofty::tag::TagType::Id3v1, lofty::tag::TagType::Id3v2] {
        let mut file = lofty::read_from_path(&path).unwrap();
        let mut tag = Tag::new(kind);
        tag.set_title("ÿû sync-like \u{ff}\u{fb}".into());
        file.insert_tag(tag);
        file.save_to_path(&path, WriteOptions::default()).unwrap();
        assert_eq!(key(&path), before, "{kind:?}");
    }
}

#[test]
fn rewriting_by_ffmpeg_keeps_the_key() {
    let Some(_) = with_ffmpeg("rewriting files") else { return };
    let folder = tempfile::tempdir().unwrap();
    for &name in FILES {
        let copy = folder.path().join(name);
        run_ffmpeg("-i {0} -map 0:a -c copy -metadata title=New -metadata comment=yes {1}", &[&fixture(name), &copy]);
        assert_eq!(key(&copy), key(&fixture(name)), "{name}");
    }
}

#[test]
fn one_changed_sample_changes_the_key() {
    let folder = tempfile::tempdir().unwrap();
    for &name in FILES {
        // The last bytes of some of these files are an index; in the middle lies music.
        let mut bytes = std::fs::read(fixture(name)).unwrap();
        let middle = if name == "tone.ogg" { continue } else { bytes.len() / 2 };
        bytes[middle] ^= 1;
        let path = folder.path().join(name);
        std::fs::write(&path, &bytes).unwrap();
        let changed = content_key(&path, &OpenOptions::default()).map(|key| key.to_string());
        // A page of Ogg with a wrong sum may take the whole short file with it.
        assert_ne!(changed.ok(), Some(key(&fixture(name))), "{name}");
    }
}

#[test]
fn files_for_ffmpeg_have_keys_too() {
    let Some(options) = with_ffmpeg("keys of foreign files") else { return };
    let folder = tempfile::tempdir().unwrap();
    for name in ["tone.wma", "tone.wv", "tone.tta", "tone.ac3", "tone.dsf"] {
        let before = content_key(&fixture(name), &options).unwrap();
        assert_eq!(content_key(&fixture(name), &OpenOptions::default()).unwrap_err().kind(), "unsupported");
        let path = folder.path().join(name);
        std::fs::copy(fixture(name), &path).unwrap();
        if name == "tone.wv" {
            let mut file = lofty::read_from_path(&path).unwrap();
            let mut tag = Tag::new(file.primary_tag_type());
            tag.set_title("New".into());
            file.insert_tag(tag);
            file.save_to_path(&path, WriteOptions::default()).unwrap();
        } else if name == "tone.wma" {
            run_ffmpeg("-i {0} -c copy -metadata title=New {1}", &[&fixture(name), &path]);
        }
        assert_eq!(content_key(&path, &options).unwrap(), before, "{name}");
    }
    // Naming an ffmpeg changes no key of a file that can do without.
    for &name in FILES {
        assert_eq!(content_key(&fixture(name), &options).unwrap().to_string(), key(&fixture(name)), "{name}");
    }
}
