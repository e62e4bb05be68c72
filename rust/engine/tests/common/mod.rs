//! What the engine's tests share: where things lie, small files of every bad kind, a store in a temporary folder.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)] // Each test file uses a part of it.

use std::path::{Path, PathBuf};

use segue_engine::{AnalysisSummary, Engine, Options, Verdict};

/// The root of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Real music laid out as `<package>/<file>.ogg`, where the machine has it (`SEGUE_MUSIC`, set by `build.sh test`).
pub fn music() -> Option<PathBuf> {
    let folder = std::env::var_os("SEGUE_MUSIC").map(PathBuf::from).filter(|folder| folder.is_dir());
    if folder.is_none() {
        eprintln!("skipped: SEGUE_MUSIC names no folder with music");
    }
    folder
}

/// Options with the repository's models, for a store in `folder`.
pub fn options(folder: &Path) -> Options {
    Options {
        store: folder.join("segue.db"),
        models: Some(repository().join("models")),
        search: vec![repository().join(".cache/onnxruntime")],
        threads: 2,
        ..Options::default()
    }
}

/// Scans and analyses `root`, to the end.
pub fn analyse(engine: &Engine, root: &Path) -> AnalysisSummary {
    engine.scan_folders(&[root.to_path_buf()], &|| true).unwrap();
    engine.analyse(&mut |_| Verdict::GoOn).unwrap()
}

/// A 16-bit WAV file.
pub fn write_wav(path: &Path, rate: u32, channels: u16, samples: &[i16]) {
    let data = u32::try_from(samples.len() * 2).unwrap();
    let frame = channels * 2;
    let mut bytes = Vec::new();
    bytes.extend_from_slice(b"RIFF");
    bytes.extend_from_slice(&(36 + data).to_le_bytes());
    bytes.extend_from_slice(b"WAVEfmt ");
    bytes.extend_from_slice(&16u32.to_le_bytes());
    bytes.extend_from_slice(&1u16.to_le_bytes());
    bytes.extend_from_slice(&channels.to_le_bytes());
    bytes.extend_from_slice(&rate.to_le_bytes());
    bytes.extend_from_slice(&(rate * u32::from(frame)).to_le_bytes());
    bytes.extend_from_slice(&frame.to_le_bytes());
    bytes.extend_from_slice(&16u16.to_le_bytes());
    bytes.extend_from_slice(b"data");
    bytes.extend_from_slice(&data.to_le_bytes());
    for sample in samples {
        bytes.extend_from_slice(&sample.to_le_bytes());
    }
    std::fs::write(path, bytes).unwrap();
}

/// A little piece: a chord with a beat, different for each `number`.
pub fn piece(number: u32, rate: u32, channels: u16, seconds: f32) -> Vec<i16> {
    let root = 110.0 * 2f32.powf(number as f32 / 12.0);
    let beat = 60.0 / (90.0 + 7.0 * number as f32);
    let frames = (rate as f32 * seconds) as usize;
    (0..frames)
        .flat_map(|frame| {
            let t = frame as f32 / rate as f32;
            let envelope = (-6.0 * (t % beat)).exp();
            let tone: f32 =
                [1.0, 1.26, 1.5, 2.0].iter().map(|ratio| (std::f32::consts::TAU * root * ratio * t).sin()).sum();
            let sample = (tone * envelope * 4000.0) as i16;
            std::iter::repeat_n(sample, usize::from(channels))
        })
        .collect()
}

/// A folder with `count` little pieces of four seconds.
pub fn pieces(folder: &Path, count: u32) {
    std::fs::create_dir_all(folder).unwrap();
    for number in 0..count {
        write_wav(&folder.join(format!("piece {number:02}.wav")), 22_050, 1, &piece(number, 22_050, 1, 4.0));
    }
}
