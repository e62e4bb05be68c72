//! Frames and sound of videos, made here by ffmpeg, and of files that are none.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod common;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use common::{run_ffmpeg, with_ffmpeg};
use segue_media::{Burst, OpenOptions, frames, jpeg, sound};

fn burst(at: f64, seconds: f64) -> Burst {
    let (at, length) = (Duration::from_secs_f64(at), Duration::from_secs_f64(seconds));
    Burst { at, length, rate: 8.0, width: 16, height: 9 }
}

fn mean(frame: &[u8]) -> [f32; 3] {
    let (pixels, _) = frame.as_chunks::<3>();
    [0, 1, 2].map(|colour| pixels.iter().map(|pixel| f32::from(pixel[colour])).sum::<f32>() / pixels.len() as f32)
}

/// Two seconds of red, then of blue, key frames every half second, with a tone.
fn film(path: &Path) {
    run_ffmpeg(
        "-f lavfi -i color=red:s=64x36:r=24:d=2 -f lavfi -i color=blue:s=64x36:r=24:d=2 -f lavfi -i sine=500:d=4 \
         -filter_complex [0][1]concat -c:v mpeg4 -g 12 -c:a pcm_s16le {0}",
        &[path],
    );
}

#[test]
fn frames_are_those_of_their_place() {
    let Some(options) = with_ffmpeg("frames of a video") else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mkv");
    film(&path);
    let (all, duration) = frames(&path, burst(0.0, 10.0), &options).unwrap();
    assert!((31..=33).contains(&all.len()), "{} frames", all.len());
    assert!((duration.unwrap().as_secs_f64() - 4.0).abs() < 0.1);
    assert!(all.iter().all(|frame| frame.len() == 3 * 16 * 9));
    let ([red, _, no], [none, _, blue]) = (mean(&all[3]), mean(&all[28]));
    assert!(red > 200.0 && no < 50.0 && none < 50.0 && blue > 200.0);
    for (at, is_red) in [(0.6, true), (3.1, false)] {
        let (some, _) = frames(&path, burst(at, 0.5), &options).unwrap();
        assert_eq!(some.len(), 4, "at {at}");
        assert_eq!(mean(&some[0])[0] > 128.0, is_red, "at {at}");
    }
    assert!(jpeg(&path, Duration::from_secs(1), 64, &options).unwrap().unwrap().starts_with(&[0xff, 0xd8, 0xff]));
}

#[test]
fn beyond_the_end_there_is_little_and_no_error() {
    let Some(options) = with_ffmpeg("places beyond the end") else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mkv");
    film(&path);
    assert!(frames(&path, burst(500_000.0, 1.0), &options).unwrap().0.len() <= 8);
    assert!(sound(&path, Duration::from_secs(500_000), Duration::from_secs(1), &options).unwrap().is_none());
    let tone = sound(&path, Duration::from_secs(1), Duration::from_secs(2), &options).unwrap().unwrap();
    assert_eq!((tone.rate, tone.channels), (44_100, 1));
    assert!(tone.samples.len().abs_diff(88_200) < 2_000 && tone.samples.iter().any(|sample| sample.abs() > 0.05));
}

#[test]
fn what_is_no_video_is_refused_in_words() {
    let Some(options) = with_ffmpeg("files that are no videos") else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    run_ffmpeg("-f lavfi -i sine=440:d=1 -c:a pcm_s16le {0}", &[&path("tone.wav")]);
    std::fs::write(path("empty.mp4"), []).unwrap();
    std::fs::write(path("text.mkv"), "not a video ".repeat(2_000)).unwrap();
    std::fs::write(path("list.m3u8"), "#EXTM3U\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n").unwrap();
    for (name, kind) in [
        ("tone.wav", "unsupported"),
        ("empty.mp4", "empty"),
        ("text.mkv", "damaged"),
        ("gone.mkv", "not-found"),
        ("list.m3u8", "unsupported"),
    ] {
        let error = frames(&path(name), burst(0.0, 1.0), &options).unwrap_err();
        assert_eq!(error.kind(), kind, "{name}: {error}");
    }
    let silent = path("silent.mkv");
    run_ffmpeg("-f lavfi -i color=red:s=32x32:d=1 -c:v mpeg4 {0}", &[&silent]);
    assert!(sound(&silent, Duration::ZERO, Duration::from_secs(1), &options).unwrap().is_none());
    let error = frames(&silent, burst(0.0, 1.0), &OpenOptions::default()).unwrap_err();
    assert!(error.to_string().contains("ffmpeg"), "{error}");
}

#[test]
fn a_cancel_and_a_limit_end_it() {
    let Some(options) = with_ffmpeg("cancelled frames") else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mkv");
    film(&path);
    let cancelled = OpenOptions { cancel: Some(Arc::new(AtomicBool::new(true))), ..options.clone() };
    assert_eq!(frames(&path, burst(0.0, 4.0), &cancelled).unwrap_err().kind(), "cancelled");
    let late = OpenOptions { time_limit: Duration::ZERO, ..options };
    assert_eq!(frames(&path, burst(0.0, 4.0), &late).unwrap_err().kind(), "timed-out");
}

#[test]
fn a_picture_is_a_video_of_one_frame() {
    let Some(options) = with_ffmpeg("pictures") else { return };
    let folder = tempfile::tempdir().unwrap();
    for ending in ["png", "jpg", "bmp"] {
        let path = folder.path().join(format!("picture.{ending}"));
        run_ffmpeg("-f lavfi -i color=lime:s=40x30 -frames:v 1 {0}", &[&path]);
        let (seen, _) = frames(&path, burst(0.0, 0.1), &options).unwrap();
        assert_eq!(seen.len(), 1, "{ending}");
        assert!(mean(&seen[0])[1] > 200.0, "{ending}");
    }
}
