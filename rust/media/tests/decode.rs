//! What the built-in decoders make of sound files: the right samples, at the right place.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod common;

use std::time::Duration;

use common::{best_lag, decode, fixture, likeness, tone, write_wav};
use segue_media::{AudioReader, Decoder, Error, OpenOptions};

/// File, codec, rate, channels, frames, and whether it begins at the first frame of the signal.
///
/// Frames are those of the half second that went in, except where the file does not say how much is padding: raw MPEG and
/// ADTS frames, and Matroska's last packet.
const FILES: &[(&str, &str, u32, usize, usize, bool)] = &[
    ("tone.mp3", "mp3", 44_100, 2, 22_050, true),
    ("tone.mp2", "mp2", 44_100, 2, 23_040, false),
    ("tone.ogg", "vorbis", 44_100, 2, 22_050, true),
    ("tone.mka", "vorbis", 44_100, 2, 22_080, true),
    ("tone.opus", "opus", 48_000, 2, 24_000, true),
    ("tone.webm", "opus", 48_000, 2, 24_648, true),
    ("opus.mp4", "opus", 48_000, 2, 24_000, true),
    ("surround.opus", "opus", 48_000, 6, 24_000, true),
    ("tone.m4a", "aac", 44_100, 2, 22_050, true),
    ("tone.aac", "aac", 44_100, 2, 23_552, false),
    ("tone.flac", "flac", 22_050, 1, 11_025, true),
    ("alac.m4a", "alac", 22_050, 1, 11_025, true),
    ("tone.wav", "pcm_s16le", 8_000, 1, 4_000, true),
    ("tone.aiff", "pcm_s16be", 8_000, 1, 4_000, true),
    ("tone.caf", "pcm_s16be", 8_000, 1, 4_000, true),
];

#[test]
fn every_format_gives_its_signal_at_its_place() {
    for &(name, codec, rate, channels, frames, aligned) in FILES {
        let heard = decode(&fixture(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((heard.codec.as_str(), heard.rate, heard.channels), (codec, rate, channels), "{name}");
        assert_eq!(heard.frames(), frames, "{name}");
        assert_eq!(heard.damage, 0, "{name}");
        let expected = if codec == "opus" { Decoder::Ropus } else { Decoder::Symphonia };
        assert_eq!(heard.decoder, expected, "{name}");
        if aligned {
            assert_eq!(best_lag(&heard.channel(0), rate), 0, "{name}");
            for channel in 0..channels {
                // The low-frequency channel carries nothing as high as the tone.
                if channel == 3 {
                    continue;
                }
                let likeness = likeness(&heard.channel(channel), channel, rate, 0);
                assert!(likeness > 0.95, "{name}, channel {channel}: {likeness}");
            }
        }
    }
}

#[test]
fn lossless_formats_are_exact() {
    for name in ["tone.flac", "alac.m4a", "tone.wav", "tone.aiff", "tone.caf"] {
        let heard = decode(&fixture(name)).unwrap();
        for (frame, &sample) in heard.samples.iter().enumerate() {
            let wanted = tone(0, heard.rate, frame as i64);
            assert!(
                (f64::from(sample) - wanted).abs() < 1.0 / 32768.0,
                "{name}, frame {frame}: {sample}, not {wanted}"
            );
        }
    }
}

#[test]
fn the_length_is_known_beforehand() {
    for (name, milliseconds) in [("tone.mp3", 500), ("tone.ogg", 500), ("tone.m4a", 500), ("tone.flac", 500)] {
        let reader = AudioReader::open(&fixture(name), &OpenOptions::default()).unwrap();
        let hint = reader.duration_hint().unwrap();
        assert!(hint.abs_diff(Duration::from_millis(milliseconds)) < Duration::from_millis(1), "{name}: {hint:?}");
    }
}

#[test]
fn blocks_are_a_few_thousand_frames() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.wav");
    write_wav(&path, 1, 44_100, 2, 16, &vec![1; 4 * 100_000]);
    let mut reader = AudioReader::open(&path, &OpenOptions::default()).unwrap();
    let mut sizes = Vec::new();
    while let Some(block) = reader.next_block().unwrap() {
        sizes.push(block.len() / 2);
    }
    assert_eq!(sizes.iter().sum::<usize>(), 100_000);
    let last = sizes.pop().unwrap();
    assert!(last <= 8192 && sizes.iter().all(|size| (4096..8192).contains(size)), "{sizes:?}");
}

#[test]
fn one_sample_eight_channels_and_high_rates_are_audio_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.wav");

    write_wav(&path, 1, 44_100, 1, 16, &16384_i16.to_le_bytes());
    assert_eq!(decode(&path).unwrap().samples, [0.5]);

    let frames: Vec<u8> = (0..800_i16).flat_map(|n| ((n % 8) * 4096).to_le_bytes()).collect();
    write_wav(&path, 1, 48_000, 8, 16, &frames);
    let heard = decode(&path).unwrap();
    assert_eq!((heard.channels, heard.frames()), (8, 100));
    assert_eq!(heard.samples[..8], [0.0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875]);

    for rate in [1_000, 192_000, 768_000] {
        write_wav(&path, 1, rate, 1, 16, &[0; 2000]);
        let heard = decode(&path).unwrap();
        assert_eq!((heard.rate, heard.frames()), (rate, 1000));
    }
}

#[test]
fn rates_and_channels_beyond_use_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.wav");
    for (rate, channels) in [(999, 1), (768_001, 1)] {
        write_wav(&path, 1, rate, channels, 16, &[0; 2000]);
        let refusal = decode(&path).unwrap_err();
        assert!(matches!(&refusal, Error::Unsupported { hint, .. } if hint.contains("convert")), "{refusal}");
    }
}

#[test]
fn a_chained_stream_is_read_through() {
    let folder = tempfile::tempdir().unwrap();
    for (name, frames) in [("tone.ogg", 22_050), ("tone.opus", 24_000)] {
        let path = folder.path().join(name);
        let link = std::fs::read(fixture(name)).unwrap();
        std::fs::write(&path, [link.clone(), link].concat()).unwrap();
        let heard = decode(&path).unwrap();
        assert_eq!((heard.frames(), heard.damage), (2 * frames, 0), "{name}");
        let (first, second) = heard.samples.split_at(heard.samples.len() / 2);
        assert_eq!(first, second, "{name}: the second link is trimmed and decoded as the first");
    }
}

#[test]
fn a_link_of_another_shape_is_left_out_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chained.opus");
    let links = ["tone.opus", "surround.opus", "tone.opus"].map(|name| std::fs::read(fixture(name)).unwrap());
    std::fs::write(&path, links.concat()).unwrap();
    let heard = decode(&path).unwrap();
    assert_eq!((heard.channels, heard.frames()), (2, 48_000));
    assert!(heard.damage > 20, "one for each packet left out: {}", heard.damage);
}

#[test]
fn joined_mp3_files_and_those_without_a_header_are_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("joined.mp3");
    let one = std::fs::read(fixture("tone.mp3")).unwrap();
    std::fs::write(&path, [one.clone(), one.clone()].concat()).unwrap();
    let joined = decode(&path).unwrap();
    // The first is trimmed by its header; the second comes with delay and padding, as whole frames.
    assert_eq!(joined.frames(), 22_050 + 21 * 1152);

    // Without the header frame there is nothing to trim by, and no length to stop at.
    let header_frame = mpeg_frame_length(&one);
    std::fs::write(&path, &one[header_frame..]).unwrap();
    let bare = decode(&path).unwrap();
    assert_eq!((bare.frames(), bare.damage), (21 * 1152, 0));
}

/// Length of the first frame of a Layer III file at 44.1 kHz.
fn mpeg_frame_length(file: &[u8]) -> usize {
    let at = file.windows(2).position(|pair| pair[0] == 0xff && pair[1] & 0xfe == 0xfa).unwrap();
    let kilobits = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320][usize::from(file[at + 2] >> 4)];
    at + 144 * kilobits * 1000 / 44_100 + usize::from(file[at + 2] >> 1 & 1)
}
