//! Files that are broken, empty, or not what they say: each ends in an error of the right kind or in the right samples.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod common;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use common::{Noise, best_lag, decode, decode_with, fixture, likeness, tone, with_ffmpeg, write_wav};
use segue_media::{AudioReader, Error, OpenOptions, content_key};

const NATIVE: &[&str] = &[
    "tone.mp3",
    "tone.mp2",
    "tone.ogg",
    "tone.mka",
    "tone.opus",
    "tone.webm",
    "opus.mp4",
    "surround.opus",
    "tone.m4a",
    "tone.aac",
    "tone.flac",
    "alac.m4a",
    "tone.wav",
    "tone.aiff",
    "tone.caf",
];

fn kind_of(path: &Path, options: &OpenOptions) -> &'static str {
    decode_with(path, options).map_or_else(|error| error.kind(), |_| "audio")
}

#[test]
fn what_is_no_audio_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let native = OpenOptions::default();
    let path = |name: &str| folder.path().join(name);

    assert_eq!(kind_of(&path("gone.mp3"), &native), "not-found");
    assert_eq!(kind_of(folder.path(), &native), "unsupported");

    std::fs::write(path("empty.mp3"), b"").unwrap();
    assert_eq!(kind_of(&path("empty.mp3"), &native), "empty");

    write_wav(&path("nothing.wav"), 1, 44_100, 2, 16, &[]);
    assert_eq!(kind_of(&path("nothing.wav"), &native), "empty");
    assert!(matches!(content_key(&path("nothing.wav"), &native), Err(Error::Empty)));

    std::fs::write(path("zeros.flac"), vec![0; 50_000]).unwrap();
    assert_eq!(kind_of(&path("zeros.flac"), &native), "unsupported");
    std::fs::write(path("text.mp3"), "la ".repeat(20_000)).unwrap();
    assert_eq!(kind_of(&path("text.mp3"), &native), "unsupported");
    let mut noise = Noise(7);
    for round in 0..8 {
        std::fs::write(path("noise.mp3"), noise.bytes(40_000)).unwrap();
        let kind = kind_of(&path("noise.mp3"), &native);
        assert!(["unsupported", "damaged"].contains(&kind), "round {round}: {kind}");
    }

    let Some(ffmpeg) = with_ffmpeg("noise in ffmpeg") else { return };
    for name in ["zeros.flac", "text.mp3", "noise.mp3"] {
        let kind = kind_of(&path(name), &ffmpeg);
        assert!(["unsupported", "damaged", "empty"].contains(&kind), "{name}: {kind}");
    }
    assert_eq!(kind_of(&path("nothing.wav"), &ffmpeg), "empty");
}

#[cfg(unix)]
#[test]
fn a_pipe_in_the_folder_does_not_hold_a_worker() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe.mp3");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    assert_eq!(kind_of(&path, &OpenOptions::default()), "unsupported");
    assert_eq!(content_key(&path, &OpenOptions::default()).unwrap_err().kind(), "unsupported");
    assert_eq!(segue_media::read_tags(&path).unwrap_err().kind(), "unsupported");
}

#[test]
fn a_reader_can_be_handed_to_another_thread() {
    fn assert_send<T: Send>() {}
    assert_send::<AudioReader>();
    assert_send::<OpenOptions>();
    assert_send::<Error>();
}

#[test]
fn a_wrong_ending_does_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    for (name, alias) in [("tone.mp3", "x.flac"), ("tone.flac", "x.mp3"), ("tone.ogg", "x.wav"), ("tone.m4a", "x")] {
        let path = folder.path().join(alias);
        std::fs::copy(fixture(name), &path).unwrap();
        assert_eq!(decode(&path).unwrap().samples, decode(&fixture(name)).unwrap().samples, "{name} as {alias}");
    }
}

#[test]
fn a_file_cut_short_gives_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["tone.mp3", "tone.flac", "tone.wav", "tone.aac", "tone.m4a"] {
        let whole = decode(&fixture(name)).unwrap();
        let mut bytes = std::fs::read(fixture(name)).unwrap();
        // MP4 has its index at the end here, so only the samples before it can be cut.
        if name == "tone.m4a" {
            let index = bytes.windows(4).position(|word| word == b"moov").unwrap();
            bytes[index - 2000..index - 4].fill(0);
        } else {
            bytes.truncate(bytes.len() * 7 / 10);
        }
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let heard = decode(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        let share = heard.frames() as f64 / whole.frames() as f64;
        assert!((0.4..0.95).contains(&share), "{name}: {share}");
        let start = whole.samples.len() / 3;
        assert_eq!(heard.samples[..start], whole.samples[..start], "{name}");
        assert!(heard.damage > 0, "{name}: something is missing");
    }
}

#[test]
fn damage_in_the_middle_is_left_out_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let mut noise = Noise(3);
    for name in ["tone.flac", "tone.m4a", "tone.aac", "surround.opus"] {
        let whole = decode(&fixture(name)).unwrap();
        let mut bytes = std::fs::read(fixture(name)).unwrap();
        let middle = bytes.len() / 2;
        bytes.splice(middle..middle + 150, noise.bytes(150));
        let path = folder.path().join(name);
        std::fs::write(&path, &bytes).unwrap();
        match decode(&path) {
            Ok(heard) => {
                assert!(heard.damage > 0, "{name}");
                assert!(heard.frames() > whole.frames() / 3, "{name}: {} of {}", heard.frames(), whole.frames());
            }
            // A short Ogg file is few pages, and a page with a wrong sum is dropped whole.
            Err(error) => assert!(name == "surround.opus" && error.kind() == "damaged", "{name}: {error}"),
        }
    }
}

#[test]
fn a_file_whose_every_packet_fails_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.mp4");
    let mut bytes = std::fs::read(fixture("opus.mp4")).unwrap();
    let media = bytes.windows(4).position(|word| word == b"mdat").unwrap() + 4;
    let index = bytes.windows(4).position(|word| word == b"moov").unwrap() - 4;
    bytes[media..index].fill(0xff);
    std::fs::write(&path, bytes).unwrap();
    let error = decode(&path).unwrap_err();
    assert!(matches!(&error, Error::Damaged { what } if what.contains("Opus")), "{error}");
}

/// Random single damages to every fixture: no panic gets out, no sample is unsound, every failure has a kind.
#[test]
fn random_damage_never_gets_out_of_hand() {
    let folder = tempfile::tempdir().unwrap();
    let mut noise = Noise(42);
    let options = OpenOptions { time_limit: Duration::from_secs(20), ..OpenOptions::default() };
    let mut audible = 0;
    for name in NATIVE {
        let original = std::fs::read(fixture(name)).unwrap();
        let path = folder.path().join(name);
        for round in 0..24 {
            let mut bytes = original.clone();
            // Half of the rounds aim at the headers.
            let reach = if round % 2 == 0 { bytes.len() } else { bytes.len().min(600) };
            for _ in 0..=round % 5 {
                let at = (noise.next() % reach as u64) as usize;
                bytes[at] = (noise.next() >> 56) as u8;
            }
            if round % 7 == 6 {
                bytes.truncate((noise.next() % bytes.len() as u64) as usize);
            }
            std::fs::write(&path, &bytes).unwrap();
            match decode_with(&path, &options) {
                Ok(heard) => audible += usize::from(heard.frames() > 0),
                Err(error) => assert!(!["timed-out", "io", "cancelled"].contains(&error.kind()), "{name}: {error}"),
            }
            if let Err(error) = content_key(&path, &options) {
                assert!(!["timed-out", "io", "cancelled"].contains(&error.kind()), "{name}: {error}");
            }
        }
    }
    assert!(audible > NATIVE.len() * 8, "most small damages leave something to hear: {audible}");
}

#[test]
fn samples_that_are_no_numbers_become_silence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.wav");
    let samples = [0.5, f32::NAN, -0.25, f32::INFINITY, f32::MAX, 1.5];
    write_wav(&path, 3, 44_100, 1, 32, &samples.map(f32::to_le_bytes).concat());
    let heard = decode(&path).unwrap();
    assert_eq!(heard.samples, [0.5, 0.0, -0.25, 0.0, 0.0, 1.5]);
    assert_eq!(heard.damage, 1);
}

#[test]
fn artwork_full_of_sync_words_is_not_music() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.mp3");
    let picture: Vec<u8> = std::iter::repeat_n([0xff, 0xfb, 0x90, 0x64], 30_000).flatten().collect();
    let size = picture.len() as u32;
    let mut file = b"ID3\x03\x00\x00".to_vec();
    file.extend([size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127].map(|part| part as u8));
    file.extend(picture);
    file.extend(std::fs::read(fixture("tone.mp3")).unwrap());
    std::fs::write(&path, file).unwrap();
    let heard = decode(&path).unwrap();
    assert_eq!(heard.samples, decode(&fixture("tone.mp3")).unwrap().samples);
}

#[test]
fn the_time_limit_ends_a_track() {
    let options = OpenOptions { time_limit: Duration::ZERO, ..OpenOptions::default() };
    assert!(matches!(decode_with(&fixture("tone.ogg"), &options), Err(Error::TimedOut { .. })));
    assert!(matches!(content_key(&fixture("tone.ogg"), &options), Err(Error::TimedOut { .. })));

    // What the caller does between two blocks does not count.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.wav");
    write_wav(&path, 1, 44_100, 2, 16, &vec![0; 4 * 50_000]);
    let options = OpenOptions { time_limit: Duration::from_secs(2), ..OpenOptions::default() };
    let mut reader = AudioReader::open(&path, &options).unwrap();
    std::thread::sleep(Duration::from_millis(2100));
    while reader.next_block().unwrap().is_some() {}
}

#[test]
fn a_raised_flag_cancels() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.wav");
    write_wav(&path, 1, 44_100, 2, 16, &vec![0; 4 * 50_000]);
    let flag = Arc::new(AtomicBool::new(false));
    let options = OpenOptions { cancel: Some(Arc::clone(&flag)), ..OpenOptions::default() };
    let mut reader = AudioReader::open(&path, &options).unwrap();
    assert!(reader.next_block().unwrap().is_some());
    flag.store(true, Ordering::Relaxed);
    assert!(matches!(reader.next_block(), Err(Error::Cancelled)));
    assert!(reader.next_block().unwrap().is_none(), "after an error there are no more blocks");
    assert!(matches!(content_key(&path, &options), Err(Error::Cancelled)));
}

#[test]
fn the_measure_of_these_tests_can_fail() {
    // Guards the helpers: a shift by some frames and a wrong signal are seen.
    let shifted: Vec<f32> = (0..11_025).map(|frame| tone(0, 22_050, frame + 7) as f32).collect();
    assert_eq!(best_lag(&shifted, 22_050), 7);
    assert!(likeness(&shifted, 1, 22_050, 0) < 0.5);
}
