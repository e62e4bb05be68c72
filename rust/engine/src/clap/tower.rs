//! What is kept in memory for comparing words with sound: only while it is used.
//!
//! A text tower is half a gigabyte. It is loaded by the first question, shared by all, and let go of after some idle minutes by a
//! thread that is there only as long as there is something to let go of.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use segue_models::{CLAP_LEN, Clap, ClapText};
use segue_store::{Stage, Store};

use super::matrix::Matrix;
use crate::engine::lock;
use crate::{Error, Result};

/// How long what is in memory stays there unused.
const IDLE: Duration = Duration::from_secs(300);
/// How long a tower that could not be loaded is left alone.
const RETRY: Duration = Duration::from_secs(60);
/// Vectors of texts that are remembered.
const REMEMBERED: usize = 256;
/// Songs heard since the vectors were read that are read one by one; more, and all are read anew.
const ONE_BY_ONE: usize = 500;

pub(crate) type Vector = [f32; CLAP_LEN];

/// A text tower's file as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TowerFile {
    pub(crate) clap: Clap,
    pub(crate) path: PathBuf,
    size: u64,
    modified: Option<SystemTime>,
}

impl TowerFile {
    /// `None` when it is not there any more.
    pub(crate) fn look(clap: Clap, path: PathBuf) -> Option<Self> {
        let metadata = std::fs::metadata(&path).ok()?;
        Some(Self { clap, path, size: metadata.len(), modified: metadata.modified().ok() })
    }
}

/// The text tower and the vectors of all songs, while they are used.
pub(crate) struct Sounding {
    inner: Arc<Inner>,
    keeper: Mutex<Option<JoinHandle<()>>>,
}

struct Inner {
    idle: Duration,
    /// Held while a text is read: one tower serves all.
    tower: Mutex<Option<(TowerFile, ClapText)>>,
    held: Mutex<Held>,
    wake: Condvar,
}

#[derive(Default)]
struct Held {
    said: VecDeque<(TowerFile, String, Vector)>,
    matrices: Vec<(Stage, Arc<Matrix>)>,
    /// Songs heard since the matrices were made.
    fresh: Vec<String>,
    failed: Option<(TowerFile, Instant, String)>,
    /// When something was used last; `None` when nothing is in memory.
    used: Option<Instant>,
    kept: bool,
    closed: bool,
}

impl Default for Sounding {
    fn default() -> Self {
        Self::new(IDLE)
    }
}

impl Sounding {
    pub(crate) fn new(idle: Duration) -> Self {
        let inner = Inner { idle, tower: Mutex::default(), held: Mutex::default(), wake: Condvar::new() };
        Self { inner: Arc::new(inner), keeper: Mutex::default() }
    }

    /// The vector of a text, by the tower that `load` loads where none is there. At most one is in memory.
    ///
    /// # Errors
    /// [`Error::Words`] when the tower cannot be loaded or does not answer; for a minute after, without another try.
    pub(crate) fn vector(
        &self,
        file: &TowerFile,
        text: &str,
        load: &dyn Fn() -> segue_models::Result<ClapText>,
    ) -> Result<Vector> {
        if let Some(vector) = self.remembered(file, text)? {
            return Ok(vector);
        }
        let mut tower = lock(&self.inner.tower);
        // Somebody may have asked the same meanwhile.
        if let Some(vector) = self.remembered(file, text)? {
            return Ok(vector);
        }
        if tower.as_ref().is_none_or(|(loaded, _)| loaded != file) {
            // Before the next one is loaded.
            *tower = None;
            match load() {
                Ok(text) => *tower = Some((file.clone(), text)),
                Err(error) => {
                    lock(&self.inner.held).failed = Some((file.clone(), Instant::now(), error.to_string()));
                    return Err(Error::Words(error.to_string()));
                }
            }
        }
        let said = match tower.as_mut() {
            Some((_, tower)) => tower.embed(text).map_err(|error| Error::Words(error.to_string())),
            None => Err(Error::Words("nothing was loaded".to_owned())),
        };
        let mut held = lock(&self.inner.held);
        held.used = Some(Instant::now());
        let vector = said?;
        held.said.push_back((file.clone(), text.to_owned(), vector));
        if held.said.len() > REMEMBERED {
            held.said.pop_front();
        }
        drop(held);
        // Not before the vector is there: whoever waits for the tower may want the same.
        drop(tower);
        self.keep();
        Ok(vector)
    }

    /// What was said of a text before, or why nothing can be.
    fn remembered(&self, file: &TowerFile, text: &str) -> Result<Option<Vector>> {
        let held = lock(&self.inner.held);
        if let Some((failed, at, why)) = &held.failed
            && failed == file
            && at.elapsed() < RETRY
        {
            return Err(Error::Words(why.clone()));
        }
        Ok(held.said.iter().find(|(by, said, _)| by == file && said == text).map(|(_, _, vector)| *vector))
    }

    /// The vectors that a stage has made, read from the store where they are not in memory.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn matrix(&self, store: &Store, stage: &Stage) -> Result<Arc<Matrix>> {
        let mut held = lock(&self.inner.held);
        if held.fresh.len() > ONE_BY_ONE {
            held.matrices.clear();
        }
        let fresh = std::mem::take(&mut held.fresh);
        for (stage, matrix) in &mut held.matrices {
            for song_id in &fresh {
                if let Some(vector) = store.mean(song_id, &stage.name, stage)? {
                    Arc::make_mut(matrix).put(song_id, &vector);
                }
            }
        }
        held.matrices.retain(|(kept, _)| kept.name != stage.name || kept == stage);
        held.used = Some(Instant::now());
        let known = held.matrices.iter().find(|(kept, _)| kept == stage).map(|(_, matrix)| Arc::clone(matrix));
        let matrix = match known {
            Some(matrix) => matrix,
            None => {
                let matrix = Arc::new(Matrix::load(store, stage)?);
                held.matrices.push((stage.clone(), Arc::clone(&matrix)));
                matrix
            }
        };
        drop(held);
        self.keep();
        Ok(matrix)
    }

    /// A song was heard: its vector is read again before the next answer.
    pub(crate) fn heard(&self, song_id: &str) {
        let mut held = lock(&self.inner.held);
        if !held.matrices.is_empty() && held.fresh.len() <= ONE_BY_ONE {
            held.fresh.push(song_id.to_owned());
        }
    }

    /// Sees to it that somebody lets go of what is in memory.
    fn keep(&self) {
        let mut held = lock(&self.inner.held);
        if held.kept || held.closed {
            return;
        }
        let inner = Arc::clone(&self.inner);
        match std::thread::Builder::new().name("segue-words".to_owned()).spawn(move || inner.watch()) {
            Ok(keeper) => {
                held.kept = true;
                // The one before has ended, or is about to.
                *lock(&self.keeper) = Some(keeper);
            }
            // The next question tries again.
            Err(problem) => tracing::warn!(%problem, "what compares words with sound stays in memory"),
        }
    }
}

impl Inner {
    /// Lets go of everything once it has not been used for a while, and ends.
    fn watch(&self) {
        let mut held = lock(&self.held);
        loop {
            let idle = held.used.map_or(self.idle, |used| used.elapsed());
            if held.closed || idle >= self.idle {
                break;
            }
            let wait = self.wake.wait_timeout(held, self.idle - idle);
            held = wait.unwrap_or_else(PoisonError::into_inner).0;
        }
        held.matrices.clear();
        held.fresh.clear();
        held.used = None;
        held.kept = false;
        drop(held);
        let tower = lock(&self.tower).take();
        if tower.is_some() {
            tracing::debug!("the text tower has left memory");
        }
    }
}

impl Drop for Sounding {
    fn drop(&mut self) {
        lock(&self.inner.held).closed = true;
        self.inner.wake.notify_all();
        if let Some(keeper) = lock(&self.keeper).take() {
            // It has nothing to say.
            let _ = keeper.join();
        }
    }
}

#[cfg(test)]
#[path = "../../../models/tests/common/onnx.rs"]
mod onnx;

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use segue_models::{BackendChoice, Runtime, RuntimeOptions};

    use super::*;

    struct Loads {
        folder: tempfile::TempDir,
        count: AtomicUsize,
    }

    impl Loads {
        fn new() -> Self {
            let network = onnx::clap_text("text_embedding", 128, 0);
            let files = [(Clap::Dclap.text_file(), network), ("tokenizer.json", onnx::clap_tokens())];
            Self { folder: onnx::folder(&files), count: AtomicUsize::new(0) }
        }

        fn file(&self) -> TowerFile {
            TowerFile::look(Clap::Dclap, self.folder.path().join("extra").join(Clap::Dclap.text_file())).unwrap()
        }

        fn load(&self, available: Option<u64>) -> segue_models::Result<ClapText> {
            self.count.fetch_add(1, Ordering::Relaxed);
            let options = RuntimeOptions { backend: BackendChoice::Rten, ..RuntimeOptions::default() };
            ClapText::load(&Runtime::load(&options)?, Clap::Dclap, &self.file().path, available)
        }
    }

    #[test]
    fn one_tower_serves_all_who_ask_at_once_and_texts_are_remembered() {
        let (loads, sounding) = (Loads::new(), Sounding::new(Duration::from_secs(3600)));
        let ask = |text: &str| sounding.vector(&loads.file(), text, &|| loads.load(None)).unwrap();
        std::thread::scope(|scope| {
            for number in 0..6 {
                let ask = &ask;
                scope.spawn(move || ask(if number % 2 == 0 { "l" } else { "h" }));
            }
        });
        assert_eq!(loads.count.load(Ordering::Relaxed), 1);
        assert_eq!(lock(&sounding.inner.held).said.len(), 2);
        for number in 0..REMEMBERED + 10 {
            ask(&"l".repeat(number + 1));
        }
        assert_eq!(lock(&sounding.inner.held).said.len(), REMEMBERED);
        // What has no direction is an error, and the tower stays.
        assert!(matches!(sounding.vector(&loads.file(), "x", &|| loads.load(None)), Err(Error::Words(_))));
        assert_eq!(loads.count.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn what_is_idle_leaves_by_itself_and_comes_back_when_it_is_asked_for() {
        let (loads, sounding) = (Loads::new(), Sounding::new(Duration::from_millis(20)));
        for round in 1..=2 {
            sounding.vector(&loads.file(), &"h".repeat(round), &|| loads.load(None)).unwrap();
            let began = Instant::now();
            while lock(&sounding.inner.tower).is_some() {
                assert!(began.elapsed() < Duration::from_secs(20), "it stays");
                std::thread::sleep(Duration::from_millis(5));
            }
            assert_eq!(loads.count.load(Ordering::Relaxed), round);
        }
        // Remembered without a tower.
        sounding.vector(&loads.file(), "h", &|| loads.load(None)).unwrap();
        assert_eq!(loads.count.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn too_little_memory_is_said_once_and_not_tried_again_at_once() {
        let (loads, sounding) = (Loads::new(), Sounding::default());
        for _ in 0..3 {
            let error = sounding.vector(&loads.file(), "l", &|| loads.load(Some(1000))).unwrap_err();
            assert!(matches!(&error, Error::Words(why) if why.contains("MB of memory")), "{error}");
        }
        assert_eq!(loads.count.load(Ordering::Relaxed), 1);
    }
}
