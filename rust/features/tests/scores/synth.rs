//! The synthesiser: `fluidsynth` with a free sound font, and where the pieces lie.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use segue_features::FeatureExtractor;

use crate::midi::{Change, changed};

const FONTS: [&str; 2] = ["usr/share/sounds/sf2/TimGM6mb.sf2", "usr/share/sounds/sf2/FluidR3_GM.sf2"];

/// Bytes of a frame: two channels of 16 bits.
const FRAME: usize = 4;
/// A minute of music takes half a second.
const PATIENCE: Duration = Duration::from_secs(60);

/// How a score is to sound.
#[derive(Clone, Copy)]
pub(crate) struct Rendering {
    pub(crate) change: Change,
    /// How far all pitches are moved, in cents.
    pub(crate) cents: f64,
}

impl Rendering {
    pub(crate) const AS_WRITTEN: Self = Self { change: Change { semitones: 0, speed: 1.0 }, cents: 0.0 };
}

pub(crate) struct Synth {
    font: PathBuf,
    roots: Vec<PathBuf>,
    folder: tempfile::TempDir,
}

impl Synth {
    /// The synthesiser, where this machine has one and a font.
    pub(crate) fn find() -> Option<Self> {
        let run = Command::new("fluidsynth").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        let unpacked = std::env::var_os("SEGUE_SCORES_ROOT").map(PathBuf::from);
        let roots: Vec<PathBuf> = unpacked.into_iter().chain([PathBuf::from("/")]).collect();
        let mut fonts = FONTS.iter().flat_map(|font| roots.iter().map(move |root| root.join(font)));
        let font = fonts.find(|font| font.is_file())?;
        let folder = tempfile::tempdir().unwrap();
        run.is_ok_and(|status| status.success()).then_some(Self { font, roots, folder })
    }

    /// A file of a package, installed or unpacked below `SEGUE_SCORES_ROOT`. Packages compress some documents.
    pub(crate) fn file(&self, path: &str) -> Option<Vec<u8>> {
        let plain = |root: &PathBuf| std::fs::read(root.join(path)).ok();
        let compressed = |root: &PathBuf| {
            let output = Command::new("gzip").arg("-dc").arg(root.join(format!("{path}.gz"))).output().ok()?;
            output.status.success().then_some(output.stdout)
        };
        self.roots.iter().find_map(|root| plain(root).or_else(|| compressed(root)))
    }

    pub(crate) fn font(&self) -> &Path {
        &self.font
    }

    /// The first `seconds` of a score as one channel at the extractor's rate. `name` is the caller's own.
    pub(crate) fn play(&self, name: &str, file: &[u8], how: Rendering, seconds: f64) -> Vec<f32> {
        // Rendered at a lower rate and played at the usual one, everything is higher, and so much faster that the
        // notes have to come slower.
        let higher = 2.0_f64.powf(how.cents / 1200.0);
        let rate = (f64::from(FeatureExtractor::SAMPLE_RATE) / higher).round();
        let change = Change { speed: how.change.speed / higher, ..how.change };
        let (midi, raw) = (self.folder.path().join(format!("{name}.mid")), self.folder.path().join(name));
        std::fs::write(&midi, changed(file, change, seconds)).unwrap();
        let mut child = Command::new("fluidsynth")
            .args(["-n", "-i", "-q", "-g", "0.4", "-T", "raw", "-O", "s16", "-E", "little", "-r"])
            .arg(rate.to_string())
            .arg("-F")
            .args([&raw, &self.font, &midi])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // It plays on while anything sounds or a track of the file has not ended: what is needed is enough.
        let needed = (seconds / change.speed * rate) as usize * FRAME;
        let started = Instant::now();
        let enough = || std::fs::metadata(&raw).is_ok_and(|file| file.len() >= needed as u64);
        while child.try_wait().unwrap().is_none() {
            if enough() || started.elapsed() > PATIENCE {
                child.kill().unwrap();
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let bytes = std::fs::read(&raw).unwrap_or_default();
        assert!(!bytes.is_empty() && started.elapsed() < PATIENCE, "{name}: fluidsynth does not play");
        std::fs::remove_file(&raw).unwrap();
        std::fs::remove_file(&midi).unwrap();
        let sample = |at: &[u8]| f32::from(i16::from_le_bytes([at[0], at[1]])) / 32_768.0;
        let heard = &bytes[..bytes.len().min(needed)];
        heard.chunks_exact(FRAME).map(|frame| 0.5 * (sample(frame) + sample(&frame[2..]))).collect()
    }
}
