//! Files as people have them: broken, empty, odd. Each ends in a recorded failure or a right result, and the run goes on.
#![allow(clippy::unwrap_used)]

mod common;

use std::path::Path;

use common::{analyse, options, piece, write_wav};
use segue_engine::Engine;

#[test]
fn every_bad_or_odd_file_ends_in_a_failure_or_a_right_result() {
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    std::fs::create_dir(&music).unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(music.join(name), bytes).unwrap();

    // Bad: nothing to hear.
    write("empty.mp3", &[]);
    write("empty.flac", &[]);
    let mut noise = 12_345u32;
    let random: Vec<u8> = (0..50_000)
        .map(|_| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (noise >> 24) as u8
        })
        .collect();
    write("random.ogg", &random);
    write("random.m4a", &random);
    write("text.mp3", "this is a poem, not a song\n".repeat(50).as_bytes());
    write_wav(&music.join("no samples.wav"), 44_100, 2, &[]);
    let header_only = std::fs::read(music.join("no samples.wav")).unwrap();
    write("cut header.wav", &header_only[..30]);
    let bad = ["empty.mp3", "empty.flac", "random.ogg", "random.m4a", "text.mp3", "no samples.wav", "cut header.wav"];

    // Odd, but music.
    write_wav(&music.join("good.wav"), 44_100, 2, &piece(1, 44_100, 2, 5.0));
    write_wav(&music.join("one sample.wav"), 44_100, 1, &[1000]);
    write_wav(&music.join("silence.wav"), 44_100, 2, &vec![0; 44_100 * 2 * 5]);
    write_wav(&music.join("eight channels.wav"), 48_000, 8, &piece(2, 48_000, 8, 4.0));
    write_wav(&music.join("192 kHz.wav"), 192_000, 2, &piece(3, 192_000, 2, 4.0));
    write_wav(&music.join("8 kHz.wav"), 8_000, 1, &piece(4, 8_000, 1, 4.0));
    write_wav(&music.join("mislabelled.flac"), 44_100, 2, &piece(5, 44_100, 2, 4.0));
    write_wav(&music.join("truncated.wav"), 44_100, 2, &piece(6, 44_100, 2, 4.0));
    let whole = std::fs::read(music.join("truncated.wav")).unwrap();
    write("truncated.wav", &whole[..whole.len() / 2 + 1]);
    let odd = [
        "good.wav",
        "one sample.wav",
        "silence.wav",
        "eight channels.wav",
        "192 kHz.wav",
        "8 kHz.wav",
        "mislabelled.flac",
        "truncated.wav",
    ];

    let engine = Engine::open(options(folder.path())).unwrap();
    let summary = analyse(&engine, &music);
    let failures = engine.failures().unwrap();
    let failed = |name: &str| {
        failures.iter().find(|f| {
            f.path == Path::new(&music.join(name)).canonicalize().unwrap_or_else(|_| music.join(name))
                || f.path.ends_with(name)
        })
    };
    for name in bad {
        let failure = failed(name).unwrap_or_else(|| panic!("{name} did not fail"));
        assert!(failure.detail.len() > 10 && !failure.detail.contains("Error {"), "{name}: {}", failure.detail);
    }
    for name in odd {
        assert!(failed(name).is_none(), "{name}: {:?}", failed(name));
        let track = engine.track(&engine.find(name).unwrap()).unwrap().unwrap();
        let numbers = [
            track.bpm,
            track.bpm_confidence,
            track.key_strength,
            track.loudness_lufs,
            track.loudness_range_lu,
            track.true_peak_dbtp,
            track.danceability,
            track.energy,
        ];
        assert!(numbers.iter().all(|number| number.is_finite()), "{name}: {numbers:?}");
        let vectors = engine.vectors(&engine.find(name).unwrap()).unwrap();
        assert!(vectors.iter().all(|v| v.values.iter().all(|x| x.is_finite())), "{name}");
    }
    assert_eq!((summary.failed as usize, summary.analysed as usize), (bad.len(), odd.len()));

    let track = |name: &str| engine.track(&engine.find(name).unwrap()).unwrap().unwrap();
    assert_eq!((track("eight channels.wav").channels, track("192 kHz.wav").sample_rate), (8, 192_000));
    assert!((track("truncated.wav").duration_s - 2.0).abs() < 0.1);
    assert!((track("mislabelled.flac").duration_s - 4.0).abs() < 0.01);
    assert_eq!((track("silence.wav").bpm, track("silence.wav").key.as_str()), (0.0, ""));

    // Too short for a patch: known, but with nothing to compare it by.
    let short = engine.similar(&engine.find("one sample.wav").unwrap(), 3, None).unwrap_err();
    assert!(short.to_string().contains("too short"), "{short}");
    // What was heard can be asked, with bad files all around.
    assert!(!engine.similar(&engine.find("good.wav").unwrap(), 3, None).unwrap().is_empty());
}
