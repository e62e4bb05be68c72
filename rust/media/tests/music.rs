//! Real music, where it is at hand: the environment variable SEGUE_MUSIC names a folder of `<package>/<file>.ogg`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod common;

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use segue_media::{AudioReader, Decoder, OpenOptions, content_key, is_audio, mix_down, read_tags};

fn music() -> Vec<PathBuf> {
    let Some(folder) = std::env::var_os("SEGUE_MUSIC") else {
        println!("skipped: SEGUE_MUSIC names no folder of music");
        return Vec::new();
    };
    let packages = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let mut files: Vec<PathBuf> =
        packages.flat_map(|package| std::fs::read_dir(package).unwrap()).map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| is_audio(file));
    files.sort();
    assert!(!files.is_empty(), "SEGUE_MUSIC has no music in it");
    files
}

#[test]
fn real_music_is_read_whole_and_fast() {
    let options = OpenOptions::default();
    let (mut seconds, mut decoding, mut hashing) = (0.0, Duration::ZERO, Duration::ZERO);
    let mut keys = HashSet::new();
    let files = music();
    for file in &files {
        let start = Instant::now();
        let mut reader = AudioReader::open(file, &options).unwrap();
        let (mut frames, mut mono, mut power) = (0, Vec::new(), 0.0);
        let channels = reader.channels();
        while let Some(block) = reader.next_block().unwrap() {
            mix_down(block, channels, &mut mono);
            frames += mono.len();
            power += f64::from(mono.iter().map(|sample| sample * sample).sum::<f32>());
        }
        decoding += start.elapsed();
        let length = frames as f64 / f64::from(reader.sample_rate());
        let hint = reader.duration_hint().unwrap().as_secs_f64();
        assert!((length - hint).abs() < 0.001, "{}: {length} s, header {hint} s", file.display());
        assert_eq!((reader.decoder(), reader.damage()), (Decoder::Symphonia, 0), "{}", file.display());
        assert!(power / frames as f64 > 1e-6, "{} is silent", file.display());
        seconds += length;
        let start = Instant::now();
        keys.insert(content_key(file, &options).unwrap());
        hashing += start.elapsed();
        read_tags(file).unwrap();
    }
    assert_eq!(keys.len(), files.len(), "every track has its own key");
    println!(
        "{} tracks, {seconds:.0} s: decoded and mixed down at {:.0}x real time, keys in {hashing:?}",
        files.len(),
        seconds / decoding.as_secs_f64()
    );
}
