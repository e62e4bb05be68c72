//! The files that go to ffmpeg, the child process itself, and a comparison of the built-in decoders with it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod common;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use common::{decode, decode_with, fixture, likeness, run_ffmpeg, try_ffmpeg, with_ffmpeg};
use segue_media::{AudioReader, Decoder, Error, OpenOptions, content_key};

/// File, codec as ffmpeg names it, rate, channels, frames.
const FOREIGN: &[(&str, &str, u32, usize, usize)] = &[
    ("tone.wma", "wmav2", 44_100, 2, 20_480),
    ("tone.wv", "wavpack", 22_050, 1, 11_025),
    ("tone.tta", "tta", 22_050, 1, 11_025),
    ("tone.ac3", "ac3", 44_100, 2, 23_040),
    ("tone.spx", "speex", 16_000, 1, 8_000),
    ("tone.dsf", "dsd_lsbf_planar", 176_400, 1, 8_192),
];

#[test]
fn without_ffmpeg_a_foreign_file_says_what_would_help() {
    for name in FOREIGN.iter().map(|file| file.0).chain(["implicit_sbr.aac", "implicit_sbr.m4a"]) {
        let error = decode(&fixture(name)).unwrap_err();
        assert_eq!(error.kind(), "unsupported", "{name}: {error}");
        assert!(error.to_string().contains("name an ffmpeg"), "{name}: {error}");
    }
}

#[test]
fn foreign_files_are_read_by_ffmpeg() {
    let Some(options) = with_ffmpeg("reading foreign files") else { return };
    for &(name, codec, rate, channels, frames) in FOREIGN {
        let heard = decode_with(&fixture(name), &options).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((heard.codec.as_str(), heard.rate, heard.channels), (codec, rate, channels), "{name}");
        assert_eq!((heard.decoder, heard.damage), (Decoder::Ffmpeg, 0), "{name}");
        let tolerance = if codec.starts_with("dsd") { 64 } else { 0 };
        assert!(heard.frames().abs_diff(frames) <= tolerance, "{name}: {} frames", heard.frames());
        let left = heard.channel(0);
        let likeness = likeness(&left, 0, rate, best_lag_far(&left, rate));
        let enough = if codec == "speex" { 0.85 } else { 0.95 };
        assert!(likeness > enough, "{name}: {likeness}");
    }
}

/// The header says AAC-LC at 22.05 kHz, the payload says SBR: the music is at 44.1 kHz.
#[test]
fn implicit_sbr_is_never_decoded_at_half_rate() {
    let Some(options) = with_ffmpeg("implicit SBR") else { return };
    for name in ["implicit_sbr.aac", "implicit_sbr.m4a"] {
        let listing = Command::new("ffmpeg").args(["-hide_banner", "-i"]).arg(fixture(name)).output().unwrap();
        let listing = String::from_utf8_lossy(&listing.stderr).into_owned();
        assert!(listing.contains("HE-AAC") && listing.contains("44100 Hz"), "ffmpeg agrees: {listing}");
        let heard = decode_with(&fixture(name), &options).unwrap();
        assert_eq!((heard.decoder, heard.rate, heard.channels), (Decoder::Ffmpeg, 44_100, 2), "{name}");
        assert!(heard.frames() >= 22_050, "{name}: {}", heard.frames());
        let left = heard.channel(0);
        assert!(likeness(&left, 0, 44_100, best_lag_far(&left, 44_100)) > 0.9, "{name}");
    }
    // Plain AAC-LC at the same low rate stays here.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plain.m4a");
    run_ffmpeg("-f lavfi -i aevalsrc=0.3*random(0)|0.3*sin(5000*t):s=22050:d=2 -c:a aac {0}", &[&path]);
    let plain = decode_with(&path, &options).unwrap();
    assert_eq!((plain.decoder, plain.rate, plain.frames()), (Decoder::Symphonia, 22_050, 44_100));
}

/// As `best_lag`, but as far as the delay of WMA and SBR goes.
fn best_lag_far(left: &[f32], rate: u32) -> i64 {
    let at = |lag: &i64| likeness(left, 0, rate, *lag);
    (-4000..=4000).step_by(4).max_by(|a, b| at(a).total_cmp(&at(b))).unwrap()
}

/// Ours against ffmpeg's decoding of the same files, made here in many shapes: the same number of frames, or the number that
/// went in where ffmpeg leaves padding, and nearly the same samples.
#[test]
fn the_builtin_decoders_agree_with_ffmpeg() {
    let Some(_) = with_ffmpeg("the comparison of decoders") else { return };
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source.wav");
    let signal = "aevalsrc='0.3*sin(2*PI*(200*t+400*t*t))+0.05*random(0)|0.2*sin(2*PI*660*t)+0.05*random(1)'";
    // Odd lengths and rates; name, words for the encoder, and the largest mean square of the difference.
    let shapes = [
        ("a.mp3", "-b:a 128k", 1e-9),
        ("b.mp3", "-q:a 2", 1e-9),
        ("c.mp3", "-ac 1 -ar 22050 -b:a 48k", 1e-9),
        ("d.mp3", "-b:a 128k -write_xing 0", 1e-9),
        ("e.flac", "", 1e-12),
        ("f.flac", "-sample_fmt s32 -ar 96000", 1e-12),
        ("g.ogg", "-c:a libvorbis -q:a 5", 1e-9),
        ("h.ogg", "-c:a flac", 1e-12),
        ("i.opus", "-c:a libopus -b:a 96k", 1e-8),
        ("j.opus", "-c:a libopus -b:a 24k -ac 1", 1e-8),
        ("k.m4a", "-c:a aac -b:a 128k", 1e-9),
        ("l.m4a", "-c:a alac", 1e-12),
        ("m.m4a", "-c:a aac -ac 1 -ar 48000 -movflags +faststart", 1e-9),
        ("fragments.mp4", "-c:a aac -movflags frag_keyframe+delay_moov", 1e-9),
        ("n.wav", "-c:a pcm_s24le", 1e-12),
        ("o.wav", "-c:a pcm_f32le", 1e-12),
        ("p.wav", "-c:a pcm_u8", 1e-12),
        ("q.wav", "-c:a adpcm_ms", 1e-6),
        ("r.aiff", "-c:a pcm_s24be", 1e-12),
        ("s.caf", "-c:a alac", 1e-12),
        ("t.mka", "-c:a flac", 1e-12),
        ("u.webm", "-c:a libopus", 1e-8),
        ("v.mp4", "-c:a flac -strict -2", 1e-12),
        ("w.flac", "-ac 8", 1e-12),
        ("x.wav", "-ar 192000", 1e-12),
        ("y.aac", "-c:a aac -b:a 128k", 1e-9),
        ("z.mka", "-c:a libvorbis", 1e-9),
    ];
    run_ffmpeg("-f lavfi -i {0} -t 1.2345 -c:a pcm_f32le {1}", &[Path::new(&format!("{signal}:s=44100")), &source]);
    let mut compared = 0;
    for (name, words, tolerance) in shapes {
        let path = folder.path().join(name);
        let words = format!("-i {{0}} {words} {{1}}").replace("  ", " ");
        // The reference for Opus is libopus: ffmpeg's own decoder differs in the low bit rates.
        let reference = if words.contains("libopus") { "-c:a libopus " } else { "" };
        let raw = folder.path().join("theirs.f32");
        if !try_ffmpeg(&words, &[&source, &path])
            || !try_ffmpeg(&format!("{reference}-i {{0}} -map 0:a:0 -f f32le {{1}}"), &[&path, &raw])
        {
            println!("skipped: this ffmpeg has no codec for {name}");
            continue;
        }
        compared += 1;
        let ours = decode(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(ours.damage, 0, "{name}");

        let bytes = std::fs::read(&raw).unwrap();
        let mut theirs: Vec<f32> = bytes.as_chunks::<4>().0.iter().map(|&sample| f32::from_le_bytes(sample)).collect();
        if name == "fragments.mp4" {
            // ffmpeg takes no notice of the edit list here: it keeps the encoder delay, one packet.
            theirs.drain(..1024 * ours.channels);
        }
        let put_in = (1.2345 * f64::from(ours.rate)).round() as usize;
        let their_frames = theirs.len() / ours.channels;
        match name.rsplit_once('.').unwrap().1 {
            // ffmpeg leaves the padding at the end of AAC; we read the length in the edit list.
            "m4a" | "mp4" if name != "fragments.mp4" => {
                assert!(ours.frames().abs_diff(put_in) <= 1, "{name}: {} of {put_in} frames", ours.frames());
                assert!(their_frames >= ours.frames(), "{name}: {their_frames} in ffmpeg");
            }
            // symphonia does not show where Matroska cuts the last packet.
            "webm" => assert!((0..1920).contains(&(ours.frames() - their_frames)), "{name}"),
            _ => assert_eq!(ours.frames(), their_frames, "{name}"),
        }
        let pairs = || ours.samples.iter().zip(&theirs);
        let difference = pairs().map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>() / pairs().count() as f64;
        assert!(difference < tolerance, "{name}: {difference:e}");
    }
    assert!(compared > 15, "only {compared} shapes could be made");
}

#[test]
fn a_file_that_symphonia_refuses_falls_to_ffmpeg() {
    let Some(options) = with_ffmpeg("falling back") else { return };
    let folder = tempfile::tempdir().unwrap();
    // symphonia's AAC decoder takes two channels at most.
    let path = folder.path().join("surround.m4a");
    run_ffmpeg("-f lavfi -i aevalsrc=0.3*sin(2000*t):s=48000:d=1 -ac 6 -c:a aac {0}", &[&path]);
    assert_eq!(decode(&path).unwrap_err().kind(), "unsupported");
    let heard = decode_with(&path, &options).unwrap();
    assert_eq!((heard.decoder, heard.codec.as_str(), heard.channels), (Decoder::Ffmpeg, "aac", 6));
    assert!(heard.frames() >= 48_000, "{heard:?}");
}

#[test]
fn names_that_look_like_options_are_only_names() {
    let Some(options) = with_ffmpeg("odd names") else { return };
    let folder = tempfile::tempdir().unwrap();
    for name in ["-version.wv", "with space & %d.wv", "ünï ♫.wv", "http:__x.wv"] {
        let path = folder.path().join(name);
        std::fs::copy(fixture("tone.wv"), &path).unwrap();
        assert_eq!(decode_with(&path, &options).unwrap().frames(), 11_025, "{name}");
    }
}

#[test]
fn a_playlist_does_not_reach_the_network() {
    let Some(options) = with_ffmpeg("playlists") else { return };
    let folder = tempfile::tempdir().unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let path = folder.path().join("song.wma");
    let playlist =
        format!("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:{port}/a.ts\n#EXT-X-ENDLIST\n");
    std::fs::write(&path, playlist).unwrap();
    assert!(decode_with(&path, &options).is_err());
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock, "nobody called");
}

#[test]
fn an_ffmpeg_that_is_none_is_told_apart() {
    let missing = OpenOptions { ffmpeg: Some("no/such/ffmpeg".into()), ..OpenOptions::default() };
    for result in
        [decode_with(&fixture("tone.wv"), &missing).map(|_| ()), content_key(&fixture("tone.wv"), &missing).map(|_| ())]
    {
        let error = result.unwrap_err();
        assert!(matches!(&error, Error::Ffmpeg { .. }) && error.to_string().contains("no/such/ffmpeg"), "{error}");
    }
    // It is not even looked for where it is not needed.
    assert_eq!(decode_with(&fixture("tone.ogg"), &missing).unwrap().frames(), 22_050);
}

/// Stand-ins for ffmpeg that hang or lie.
#[cfg(unix)]
mod stand_ins {
    use std::os::unix::fs::PermissionsExt;
    use std::path::PathBuf;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    fn script(folder: &Path, body: &str) -> OpenOptions {
        let program: PathBuf = folder.join("stand-in");
        std::fs::write(&program, format!("#!/bin/sh\n{body}\n")).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        // A script just written may still be open in a process forked by another test.
        std::thread::sleep(Duration::from_millis(50));
        OpenOptions { ffmpeg: Some(program), time_limit: Duration::from_secs(30), cancel: None }
    }

    fn is_running(pid: u32) -> bool {
        Command::new("sh").args(["-c", &format!("kill -0 {pid}")]).output().unwrap().status.success()
    }

    fn pid(folder: &Path) -> u32 {
        std::fs::read_to_string(folder.join("pid")).unwrap().trim().parse().unwrap()
    }

    /// "RIFF", a format of 8 kHz mono f32, and one frame.
    const START: &str = r"printf 'RIFF\377\377\377\377WAVEfmt \020\0\0\0\003\0\001\0\100\037\0\0\0\175\0\0\004\0\040\0data\377\377\377\377\0\0\0\077'";

    #[test]
    fn a_hanging_child_is_killed_at_the_limit_and_leaves_no_zombie() {
        let folder = tempfile::tempdir().unwrap();
        let mut options = script(folder.path(), &format!("echo $$ > {}/pid; exec sleep 100", folder.path().display()));
        options.time_limit = Duration::from_millis(400);
        let start = Instant::now();
        assert!(matches!(decode_with(&fixture("tone.wv"), &options), Err(Error::TimedOut { .. })));
        assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
        assert!(!is_running(pid(folder.path())), "neither running nor a zombie");
    }

    #[test]
    fn cancel_is_honoured_while_a_child_hangs() {
        let folder = tempfile::tempdir().unwrap();
        let mut options = script(folder.path(), "exec sleep 100");
        let flag = Arc::new(AtomicBool::new(false));
        options.cancel = Some(Arc::clone(&flag));
        let raised = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(200));
            flag.store(true, Ordering::Relaxed);
            Instant::now()
        });
        assert!(matches!(decode_with(&fixture("tone.wv"), &options), Err(Error::Cancelled)));
        assert!(raised.join().unwrap().elapsed() < Duration::from_millis(400));
    }

    #[test]
    fn dropping_a_reader_ends_the_child() {
        let folder = tempfile::tempdir().unwrap();
        let body =
            format!("echo $$ > {}/pid; {START}; head -c 100000 /dev/zero; exec sleep 100", folder.path().display());
        let options = script(folder.path(), &body);
        let mut reader = AudioReader::open(&fixture("tone.wv"), &options).unwrap();
        assert_eq!((reader.sample_rate(), reader.channels(), reader.codec()), (8_000, 1, "unknown"));
        assert_eq!(reader.next_block().unwrap().unwrap()[..2], [0.5, 0.0]);
        let pid = pid(folder.path());
        assert!(is_running(pid));
        drop(reader);
        assert!(!is_running(pid), "neither running nor a zombie");
    }

    #[test]
    fn failures_of_the_child_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let kind = |body: &str| {
            let options = script(folder.path(), body);
            decode_with(&fixture("tone.wv"), &options).map_or_else(|error| error.kind(), |_| "audio")
        };
        assert_eq!(kind("exit 3"), "ffmpeg", "it says nothing at all");
        assert_eq!(kind(&format!("{START}; kill -9 $$")), "ffmpeg", "what it sent may be cut off anywhere");
        assert_eq!(kind("echo '[wv @ 0x1] [error] broken' >&2; exit 1"), "damaged");
        assert_eq!(kind("echo '[fatal] Stream map '0:a:0' matches no streams.' >&2; exit 1"), "no-audio");
        assert_eq!(kind("echo '[error] Decoder not found' >&2; exit 1"), "unsupported");
        assert_eq!(kind("echo this is no audio at all"), "damaged");
        assert_eq!(kind(&START.replace(r"\0\0\0\077'", "'")), "empty");
        assert_eq!(kind(START), "audio");
        // Complaints without end do not block the pipe, and a bad end after good samples is damage.
        let options = script(folder.path(), &format!("{START}; yes '[error] again' | head -n 50000 >&2; exit 1"));
        let heard = decode_with(&fixture("tone.wv"), &options).unwrap();
        assert_eq!((heard.samples.as_slice(), heard.damage), ([0.5].as_slice(), 50_001));
    }
}
