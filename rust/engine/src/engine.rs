//! The handle that callers hold.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use segue_models::{BackendChoice, Catalogue, Runtime, RuntimeOptions};
use segue_store::{LibrarySync, Opened, Store};

use crate::analyse::{Plan, Run, pool};
use crate::api::{Activity, AnalysisSummary, Backend, Failure, Options, Progress, Statistics};
use crate::control::Control;
use crate::index::Index;
use crate::{Error, Result, locate};

/// Songs from which on an artist has a vector of their own.
const ARTIST_SONGS: u32 = 5;

/// An open store and everything that can be asked of it. See the [crate's](crate) page.
pub struct Engine {
    options: Options,
    plan: Plan,
    notice: String,
    /// `None` once closed. Calls hold it for reading as long as they run; closing waits for them.
    state: RwLock<Option<State>>,
    closing: AtomicBool,
    control: Control,
    /// Held by the one analysis that may run.
    analysing: Mutex<()>,
    progress: Mutex<Option<Progress>>,
    /// The sync that is under way, by its number.
    pub(crate) sync: Mutex<Option<(u64, LibrarySync)>>,
    networks: Mutex<Option<Arc<Networks>>>,
}

/// What is open while the engine is.
pub(crate) struct State {
    pub(crate) store: Store,
    pub(crate) index: RwLock<Index>,
}

/// Loaded when the first analysis needs them, so that a server that only asks never pays for them.
struct Networks {
    runtime: Runtime,
    catalogue: Catalogue,
}

impl Engine {
    /// Opens the store, making it when missing, and loads what it knows for answering.
    ///
    /// # Errors
    /// When the store cannot be opened: newer, locked, not writable, no room. A damaged one is no error: it is kept
    /// aside, a new one is begun, and [`Statistics::notice`] says so.
    pub fn open(options: Options) -> Result<Self> {
        if options.store.as_os_str().is_empty() {
            return Err(Error::InvalidArgument("no store was named; name the database file".to_owned()));
        }
        let control = Control::default();
        let (store, opened) = Store::open(&options.store)?;
        let index = Index::load(&store)?;
        Ok(Self {
            plan: Plan::new(&options, Some(control.flag())),
            options,
            notice: notice(&opened),
            state: RwLock::new(Some(State { store, index: RwLock::new(index) })),
            closing: AtomicBool::new(false),
            control,
            sync: Mutex::new(None),
            analysing: Mutex::new(()),
            progress: Mutex::new(None),
            networks: Mutex::new(None),
        })
    }

    /// Listens to every known file that has something left to hear, and returns when all are done, the caller stops
    /// the run, or the engine is closed. Taken up again later, it goes on where it stopped.
    ///
    /// `progress` is called on this thread at least four times a second and stops the run by answering `false`; that is
    /// honoured within half a second. A track that cannot be heard is recorded ([`Engine::failures`]) and left alone
    /// until the file, or the version of the analysis, changes.
    ///
    /// # Errors
    /// [`Error::Busy`] while another analysis runs; when the networks cannot be loaded; when the store fails (a full
    /// disk): everything committed until then is kept.
    pub fn analyse(&self, progress: &mut dyn FnMut(&Progress) -> bool) -> Result<AnalysisSummary> {
        let _only = self.analysing.try_lock().map_err(|_| Error::Busy)?;
        self.control.reset();
        self.with(|state| {
            let queue = state.store.pending(&self.plan.stages, 0, usize::MAX)?;
            if queue.is_empty() {
                return Ok(AnalysisSummary::default());
            }
            let networks = self.networks()?;
            let run = Run {
                store: &state.store,
                plan: &self.plan,
                control: &self.control,
                runtime: &networks.runtime,
                catalogue: &networks.catalogue,
                queue,
            };
            let outcome = run.go(
                &pool(self.plan.threads)?,
                &|song_id| state.write_index().reload(&state.store, song_id),
                &mut |now| {
                    *lock(&self.progress) = Some(now.clone());
                    progress(now) && !self.closing.load(Ordering::Acquire)
                },
            );
            *lock(&self.progress) = None;
            let summary = outcome?;
            if summary.analysed + summary.recognised > 0 {
                state.write_index().refit();
            }
            if summary.analysed > 0 {
                state.store.update_artist_vectors(ARTIST_SONGS, crate::index::NETWORKS[0])?;
            }
            Ok(summary)
        })
    }

    /// Lets the workers of a running (or later) analysis wait, or go on.
    pub fn set_paused(&self, paused: bool) {
        self.control.set_paused(paused);
    }

    /// Forgets recorded failures, so that the next analysis tries those tracks again. Returns how many.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn retry_failed(&self) -> Result<u64> {
        self.with(|state| Ok(state.store.clear_failures()?))
    }

    /// The tracks that could not be analysed.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn failures(&self) -> Result<Vec<Failure>> {
        self.with(|state| {
            let failures = state.store.failures()?.into_iter().map(|failure| Failure {
                path: failure.path,
                reason: failure.reason,
                detail: failure.detail,
                tries: failure.tries,
                last_at: failure.last_at,
            });
            Ok(failures.collect())
        })
    }

    /// The state of things.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn statistics(&self) -> Result<Statistics> {
        self.with(|state| {
            let stored = state.store.statistics(&self.plan.stages)?;
            let progress = lock(&self.progress).clone();
            Ok(Statistics {
                files: stored.present,
                items: stored.items,
                songs: stored.songs,
                pending: stored.pending,
                failures: stored.failures,
                audio_seconds: stored.audio_seconds,
                database_bytes: stored.database_bytes,
                backend: lock(&self.networks).as_ref().map(|n| n.runtime.name()).unwrap_or_default(),
                activity: match &progress {
                    None => Activity::Idle,
                    Some(_) if self.control.is_paused() => Activity::Paused,
                    Some(_) => Activity::Analysing,
                },
                progress: progress.unwrap_or_default(),
                notice: self.notice.clone(),
            })
        })
    }

    /// Stops a running analysis, waits for calls that are under way and closes the store. Later calls answer
    /// [`Error::Closed`]; closing again does nothing.
    pub fn close(&self) {
        self.closing.store(true, Ordering::Release);
        self.control.stop();
        drop(self.state.write().unwrap_or_else(PoisonError::into_inner).take());
    }

    /// Whether a long call should go on.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    /// Runs `call` while the engine is open.
    pub(crate) fn with<T>(&self, call: impl FnOnce(&State) -> Result<T>) -> Result<T> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        match state.as_ref() {
            Some(state) if !self.is_closing() => call(state),
            _ => Err(Error::Closed),
        }
    }

    fn networks(&self) -> Result<Arc<Networks>> {
        let mut networks = lock(&self.networks);
        if let Some(loaded) = networks.as_ref() {
            return Ok(Arc::clone(loaded));
        }
        let catalogue = Catalogue::open(&locate::models_folder(&self.options)?)?;
        let runtime = Runtime::load(&RuntimeOptions {
            backend: match self.options.backend {
                Backend::Auto => BackendChoice::Auto,
                Backend::OnnxRuntime => BackendChoice::OnnxRuntime,
                Backend::Rten => BackendChoice::Rten,
            },
            library: self.options.onnxruntime.clone(),
            search: locate::runtime_folders(&self.options),
        })?;
        tracing::info!(runtime = runtime.name(), "networks are run by");
        let loaded = Arc::new(Networks { runtime, catalogue });
        *networks = Some(Arc::clone(&loaded));
        Ok(loaded)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.close();
    }
}

impl State {
    pub(crate) fn read_index(&self) -> std::sync::RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write_index(&self) -> std::sync::RwLockWriteGuard<'_, Index> {
        self.index.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A poisoned lock only says that some thread panicked while it held it; what it guards is replaced as a whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn notice(opened: &Opened) -> String {
    match opened {
        Opened::DamagedSetAside { kept } => format!(
            "The database was damaged. It was kept as {} and a new one was begun; music will be heard again.",
            kept.display()
        ),
        Opened::Migrated { from } => format!("The database was brought up to date from version {from}."),
        Opened::Created | Opened::Existing => String::new(),
    }
}
