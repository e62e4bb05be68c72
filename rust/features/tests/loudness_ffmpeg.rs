//! The loudness meter against ffmpeg's `ebur128` filter, where ffmpeg is installed; real music where `SEGUE_MUSIC` names a
//! folder of `<package>/<file>.ogg`.

// Helpers of tests count as tests.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use segue_features::{Loudness, LoudnessMeter};

/// As much as is heard of each track.
const SECONDS: &str = "75";
/// One track of every so many.
const EACH: usize = 6;

/// Runs ffmpeg over a file and returns what it writes to its standard output; `None` where there is no ffmpeg.
fn ffmpeg(input: &[&str], file: &Path, output: &[&str]) -> Option<Vec<u8>> {
    let run = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin"])
        .args(input)
        .arg("-i")
        .arg(file)
        .args(["-t", SECONDS, "-map", "0:a:0"])
        .args(output)
        .stdin(Stdio::null())
        .output();
    let Ok(run) = run else {
        eprintln!("skipped: no ffmpeg");
        return None;
    };
    assert!(run.status.success(), "{}: {}", file.display(), String::from_utf8_lossy(&run.stderr));
    Some(run.stdout)
}

/// What the filter says at the end: integrated loudness, range, and the true peak of all channels.
fn reference(input: &[&str], file: &Path) -> Option<[f64; 3]> {
    let filter = ["-af", "ebur128=metadata=1:peak=true,ametadata=print:file=-", "-f", "null", "-"];
    let text = String::from_utf8(ffmpeg(input, file, &filter)?).unwrap();
    let last = |key: &str| {
        let lines = text.lines().filter_map(|line| line.strip_prefix("lavfi.r128.")?.strip_prefix(key));
        lines.map(|value| value.parse::<f64>().unwrap()).next_back().unwrap()
    };
    let peaks = text.lines().filter_map(|line| line.strip_prefix("lavfi.r128.true_peaks_ch"));
    let peak = peaks.map(|rest| rest.split('=').nth(1).unwrap().parse::<f64>().unwrap()).fold(0.0, f64::max);
    Some([last("I="), last("LRA="), 20.0 * peak.log10()])
}

fn assert_like(name: &str, ours: &Loudness, [integrated, range, peak]: [f64; 3]) {
    eprintln!("{name}: {ours:?}, ffmpeg {integrated} LUFS, {range} LU, {peak:.2} dBTP");
    for (what, ours, expected, tolerance) in [
        ("integrated loudness", ours.integrated_lufs, integrated, 0.1),
        ("range", ours.range_lu, range, 0.1),
        ("true peak", ours.true_peak_dbtp, peak, 0.2),
    ] {
        assert!((f64::from(ours) - expected).abs() <= tolerance, "{name}: {what} {ours}, not {expected}");
    }
}

fn measure(channels: usize, rate: u32, bytes: &[u8]) -> Loudness {
    let signal: Vec<f32> = bytes.chunks_exact(4).map(|x| f32::from_le_bytes([x[0], x[1], x[2], x[3]])).collect();
    let mut meter = LoudnessMeter::new(channels, rate).unwrap();
    signal.chunks(4096 * channels).for_each(|block| meter.push(block).unwrap());
    meter.finish().unwrap()
}

/// Noise, another in every channel, whose level swings over 18 dB: no value lies at a gate, where a hair decides. It falls
/// off towards half the rate, as music does: peaks there depend on the oversampling filter more than on the sound.
fn swelling(channels: usize, rate: u32) -> Vec<u8> {
    let (mut state, mut low) = (7_u32, vec![0.0; channels]);
    let mut bytes = Vec::new();
    for i in 0..30 * rate {
        let level = 10.0_f64.powf((-22.0 + 9.0 * (f64::from(i) / f64::from(rate) * 0.4).sin()) / 20.0);
        for old in &mut low {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = f64::from(state >> 8) / f64::from(1 << 23) - 1.0;
            *old += 0.3 * (noise - *old);
            bytes.extend(((*old * level) as f32).to_le_bytes());
        }
    }
    bytes
}

#[test]
fn noise_measures_as_in_ffmpeg() {
    let folder = tempfile::tempdir().unwrap();
    for (channels, rate) in [(1, 44_100), (2, 44_100), (2, 48_000), (2, 96_000), (6, 48_000)] {
        let bytes = swelling(channels, rate);
        let file = folder.path().join("noise");
        std::fs::write(&file, &bytes).unwrap();
        let (count, hertz) = (channels.to_string(), rate.to_string());
        let Some(expected) = reference(&["-f", "f32le", "-ac", &count, "-ar", &hertz], &file) else { return };
        assert_like(&format!("{channels} channels at {rate} Hz"), &measure(channels, rate, &bytes), expected);
    }
}

#[test]
fn music_measures_as_in_ffmpeg() {
    let Some(folder) = std::env::var_os("SEGUE_MUSIC").map(PathBuf::from) else {
        eprintln!("skipped: SEGUE_MUSIC names no folder with music");
        return;
    };
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .flat_map(|package| std::fs::read_dir(package.unwrap().path()).into_iter().flatten())
        .map(|file| file.unwrap().path())
        .filter(|file| file.extension().is_some_and(|extension| extension == "ogg"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "SEGUE_MUSIC has no music in it");
    for file in files.iter().step_by(EACH) {
        // At 48 kHz as everywhere, so that both hear the same samples whatever the file is.
        let shape = ["-af", "aresample=48000", "-ac", "2", "-f", "f32le", "-"];
        let Some(bytes) = ffmpeg(&[], file, &shape) else { return };
        let folder = tempfile::tempdir().unwrap();
        let raw = folder.path().join("music");
        std::fs::write(&raw, &bytes).unwrap();
        let Some(expected) = reference(&["-f", "f32le", "-ac", "2", "-ar", "48000"], &raw) else { return };
        assert_like(&file.display().to_string(), &measure(2, 48_000, &bytes), expected);
    }
}
