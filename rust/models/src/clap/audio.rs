//! CLAP's audio towers.

use std::path::Path;

use sha2::{Digest, Sha256};

use super::front::{FRAMES, Front, WINDOW, filled, prepared};
use super::{CLAP_LEN, Clap, normalised};
use crate::backend::{Batched, Wanted};
use crate::catalogue::hexadecimal;
use crate::extra::{LARGEST_NETWORK, content};
use crate::{Error, Result, Runtime, onnx_file};

/// Samples from the start of one window to the next, in DCLAP: windows overlap by half.
const HALF: usize = WINDOW / 2;
/// From here on (10 minutes) windows are [`SPARSE`] apart, each standing for the windows that are left out.
const DENSE_UNTIL: u64 = 600 * 48_000;
const SPARSE: usize = 30 * 48_000;

/// An audio tower as a runtime has loaded it: 10 s of sound in, a vector of 512 out. Workers load one each.
pub struct ClapEar {
    clap: Clap,
    network: Batched<1>,
    version: String,
}

impl ClapEar {
    /// Loads an audio tower; weights that it keeps in a file beside it are read from there, and from nowhere else.
    ///
    /// # Errors
    /// [`Error::Unusable`] when the file cannot be read or is no audio tower of this kind.
    pub fn load(runtime: &Runtime, clap: Clap, path: &Path) -> Result<Self> {
        let unusable = |reason: String| Error::Unusable { path: path.to_owned(), reason };
        let bytes = content(path, LARGEST_NETWORK)?;
        let found = onnx_file::inspect(&bytes).map_err(unusable)?;
        let bytes = if found.external > 0 {
            let folder = path.parent().unwrap_or(Path::new("."));
            onnx_file::made_whole(&bytes, folder, LARGEST_NETWORK).map_err(unusable)?
        } else {
            bytes
        };
        // The weights are part of it, wherever they lay.
        let version = hexadecimal(&Sha256::digest(&bytes)[..8]);
        let front = Front::new(clap)?;
        let shape = front.shape();
        let (input, output) = match clap {
            Clap::Dclap => ("mel_spectrogram", "embedding"),
            Clap::HtsatUnfused => ("input_features", "audio_embeds"),
        };
        let wanted = Wanted { input: Some(input), rows: &[&shape], outputs: &[(Some(output), CLAP_LEN)], most_rows: 1 };
        let network = |graph| {
            let network = Batched::new(graph, &wanted)?;
            match network.fixed_rows() {
                Some(2..) => Err("it takes several windows at once and no fewer".to_owned()),
                _ => network.probe(),
            }
        };
        let network =
            runtime.load_as(bytes, clap.audio_file(), network).map_err(|error| unusable(error.to_string()))?;
        Ok(Self { clap, network, version })
    }

    /// Which CLAP it belongs to.
    #[must_use]
    pub fn clap(&self) -> Clap {
        self.clap
    }

    /// Another text whenever its weights change.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The vector of one spectrogram, as the network gives it.
    fn hear(&mut self, picture: &[f32]) -> Result<Vec<f32>> {
        let [said] = self.network.run(picture)?;
        Ok(said)
    }
}

/// Hears a track with a [`ClapEar`], in blocks.
///
/// Windows of 10 s: for DCLAP one every 5 s, and always one that ends with the track, as AudioMuse-AI has it; for
/// `clap-htsat-unfused`, which was trained on single crops, one after the other, and one that ends with the track where
/// something is left over. After ten minutes one every 30 s, each counting for those that it stands for. What is shorter than a
/// window is filled up. The answer is the mean of the windows' vectors, 1 long. It does not depend on how the signal is cut into
/// blocks, and memory does not grow with it: at most 8 MB, and what the network takes.
pub struct ClapListener {
    clap: Clap,
    front: Front,
    /// The samples from the start of the window at hand on, and before it those that the last window may need.
    held: Vec<f32>,
    /// Where `held` begins, in samples from the start.
    begin: u64,
    /// Where the next window begins, and how many windows it counts for.
    next: u64,
    /// Where the last window that was heard began, and what it said.
    last: Option<(u64, Vec<f32>)>,
    sounds: bool,
    sums: Vec<f64>,
}

impl ClapListener {
    /// The rate, in Hz, of the samples taken.
    pub const SAMPLE_RATE: u32 = 48_000;

    /// Begins to listen to a track.
    ///
    /// # Errors
    /// [`Error::Signal`] when the front end cannot be set up.
    pub fn new(clap: Clap) -> Result<Self> {
        Ok(Self {
            clap,
            front: Front::new(clap)?,
            held: Vec::new(),
            begin: 0,
            next: 0,
            last: None,
            sounds: false,
            sums: vec![0.0; CLAP_LEN],
        })
    }

    /// Takes the next samples: full scale ±1; what is not finite counts as silence.
    ///
    /// # Errors
    /// [`Error::Run`] and [`Error::NotFinite`] when the network fails. The listener is of no use then.
    pub fn push(&mut self, ear: &mut ClapEar, mut samples: &[f32]) -> Result<()> {
        while !samples.is_empty() {
            let end = self.begin + self.held.len() as u64;
            let wanted = self.next + WINDOW as u64 - end;
            // In pieces: where windows lie far apart, what is between them is not kept.
            let most = usize::try_from(wanted).unwrap_or(usize::MAX).min(HALF);
            let (piece, rest) = samples.split_at(samples.len().min(most));
            let clap = self.clap;
            self.sounds |= piece.iter().any(|x| prepared(clap, *x) != 0.0);
            self.held.extend(piece.iter().map(|x| prepared(clap, *x)));
            if piece.len() as u64 == wanted {
                let (hop, weight) = self.step();
                self.hear(ear, self.next, weight)?;
                self.next += hop as u64;
            }
            self.forget();
            samples = rest;
        }
        Ok(())
    }

    /// Ends the track: its vector, or `None` when there was nothing but silence. The listener is then as new.
    ///
    /// # Errors
    /// As for [`push`](Self::push).
    pub fn finish(&mut self, ear: &mut ClapEar) -> Result<Option<[f32; CLAP_LEN]>> {
        let end = self.begin + self.held.len() as u64;
        if self.sounds {
            match &self.last {
                None => {
                    let picture = self.front.of(&filled(self.clap, &self.held));
                    let said = ear.hear(&picture)?;
                    self.count(&said, 1.0);
                }
                Some((start, said)) => {
                    let aligned = end.saturating_sub(WINDOW as u64);
                    if *start != aligned {
                        self.hear(ear, aligned, 1.0)?;
                    } else if self.clap == Clap::Dclap {
                        let said = said.clone();
                        self.count(&said, 1.0);
                    }
                }
            }
        }
        let vector =
            if self.sounds { Some(normalised(self.sums.iter().copied()).ok_or(Error::NotFinite)?) } else { None };
        *self = Self::new(self.clap)?;
        Ok(vector)
    }

    /// How far the window after the next is from it, and how much the next one counts.
    fn step(&self) -> (usize, f64) {
        let dense = match self.clap {
            Clap::Dclap => HALF,
            Clap::HtsatUnfused => WINDOW,
        };
        if self.next < DENSE_UNTIL { (dense, 1.0) } else { (SPARSE, (SPARSE / dense) as f64) }
    }

    fn hear(&mut self, ear: &mut ClapEar, start: u64, weight: f64) -> Result<()> {
        let from = usize::try_from(start.saturating_sub(self.begin)).unwrap_or(usize::MAX);
        let window = self.held.get(from..from.saturating_add(WINDOW));
        let window = window.ok_or(Error::PatchLength { expected: WINDOW, received: self.held.len() })?;
        let picture = self.front.of(window);
        let said = ear.hear(&picture)?;
        self.count(&said, weight);
        self.last = Some((start, said));
        Ok(())
    }

    fn count(&mut self, said: &[f32], weight: f64) {
        for (sum, x) in self.sums.iter_mut().zip(said) {
            *sum += weight * f64::from(*x);
        }
    }

    /// Lets go of samples that neither the next window nor one that ends here or later can need, a window's worth at a
    /// time.
    fn forget(&mut self) {
        let end = self.begin + self.held.len() as u64;
        let needed = self.next.min(end.saturating_sub(WINDOW as u64));
        let spare = usize::try_from(needed.saturating_sub(self.begin)).unwrap_or(0);
        if spare >= WINDOW / 2 {
            self.held.drain(..spare.min(self.held.len()));
            self.begin = needed;
        }
    }
}

const _: () = assert!(FRAMES == 1001 && SPARSE.is_multiple_of(HALF) && SPARSE.is_multiple_of(WINDOW));
