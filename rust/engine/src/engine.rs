//! The handle that callers hold.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, TryLockError};
use std::time::{Duration, Instant};

use segue_models::Network;
use segue_store::{Opened, ProfileOf, Stage, Store};

use crate::analyse::{Plan, Run, pool};
use crate::api::{Activity, AnalysisSummary, Failure, Options, Progress, Statistics, Verdict};
use crate::clap::Sounding;
use crate::control::Control;
use crate::hear::moods::MoodShelf;
use crate::hear::opinions::Listeners;
use crate::hear::shelves::Library;
use crate::index::{self, Entry, Index, Known};
use crate::networks::Networks;
use crate::search::known::SearchShelf;
use crate::{Error, Result, recent, stages};

/// Failures that say nothing of the file itself: tried again with every run.
const PASSING: [&str; 3] = ["not-found", "io", "ffmpeg"];
/// How old the store's counts may be while an analysis runs.
pub(crate) const COUNTED_FOR: Duration = Duration::from_secs(5);
/// The setting that remembers the ffmpeg of the last run.
const LAST_FFMPEG: &str = "ffmpeg";
/// The setting that remembers the stages of the last run.
pub(crate) const LAST_STAGES: &str = "stages";
/// How often, and for how long, a change of the index asks whether nobody reads it, before it stands in line.
const WRITE_RETRY: Duration = Duration::from_millis(1);
const WRITE_PATIENCE: Duration = Duration::from_secs(60);
/// Songs from which on an artist has a vector of their own.
pub(crate) const ARTIST_SONGS: u32 = 5;

/// Vectors of each model, and how many songs they are of.
pub(crate) type VectorCounts = (Vec<segue_store::ModelCount>, u64);

/// An open store and everything that can be asked of it. See the [crate's](crate) page.
pub struct Engine {
    pub(crate) options: Options,
    pub(crate) plan: Plan,
    notice: String,
    /// `None` once closed. Calls hold it for reading as long as they run; closing waits for them.
    state: RwLock<Option<State>>,
    closing: AtomicBool,
    control: Control,
    /// Held by the one analysis that may run.
    analysing: Mutex<()>,
    /// Held by the one making of groups or playlists that may run.
    pub(crate) curating: Mutex<()>,
    progress: Mutex<Option<Progress>>,
    /// What the store counted last, and when.
    counted: Mutex<Option<(Instant, segue_store::Statistics)>>,
    /// The same of its vectors, and of how many songs they are.
    pub(crate) vectors_counted: Mutex<Option<(Instant, VectorCounts)>>,
    /// A damaged database was found at the start.
    pub(crate) was_damaged: bool,
    /// The last analysis ended in an error.
    pub(crate) last_run_failed: AtomicBool,
    /// The sync that is under way, by its number.
    pub(crate) sync: Mutex<Option<crate::library::Sync>>,
    networks: Mutex<Option<Arc<Networks>>>,
    /// The stages of the last run, whoever made it.
    stages: Mutex<Vec<Stage>>,
    pub(crate) packs: crate::packs::Packs,
}

/// What is open while the engine is.
pub(crate) struct State {
    pub(crate) store: Store,
    pub(crate) index: RwLock<Index>,
    /// Something was put into the store that the index has not seen: a scan or sync is under way, or was dropped.
    pub(crate) stale: AtomicBool,
    /// Held by whoever takes the statistics of the space anew.
    settling: Mutex<()>,
    /// Which songs belong to which artist, album and genre.
    pub(crate) library: Library,
    /// Which songs have most of which mood.
    pub(crate) moods: MoodShelf,
    /// What searching by words needs of all songs.
    pub(crate) search: SearchShelf,
    /// What is known of those who listen.
    pub(crate) listeners: Listeners,
    /// What compares words with sound, while it is used.
    pub(crate) sounding: Sounding,
}

impl State {
    pub(crate) fn new(store: Store, index: Index) -> Self {
        Self {
            store,
            index: RwLock::new(index),
            stale: AtomicBool::new(false),
            settling: Mutex::new(()),
            library: Library::default(),
            moods: MoodShelf::default(),
            search: SearchShelf::default(),
            listeners: Listeners::default(),
            sounding: Sounding::default(),
        }
    }
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
        let plan = Plan::new(&options, Some(control.flag()));
        let (store, opened) = Store::open(&options.store)?;
        let index = Index::open(&store, index::Networks::of_store(&store, options.level)?)?;
        let state = State::new(store, index);
        state.keep_space_if_worth_it();
        let remembered = stages::parse(&state.store.setting(LAST_STAGES)?.unwrap_or_default());
        Ok(Self {
            plan,
            options,
            notice: notice(&opened),
            state: RwLock::new(Some(state)),
            closing: AtomicBool::new(false),
            control,
            sync: Mutex::new(None),
            counted: Mutex::new(None),
            vectors_counted: Mutex::new(None),
            was_damaged: matches!(opened, Opened::DamagedSetAside { .. }),
            last_run_failed: AtomicBool::new(false),
            analysing: Mutex::new(()),
            curating: Mutex::new(()),
            progress: Mutex::new(None),
            networks: Mutex::new(None),
            stages: Mutex::new(remembered),
            packs: crate::packs::Packs::default(),
        })
    }

    /// Listens to every known file that has something left to hear (of the newest albums only, where
    /// [`Options::recent_albums`] says so), and returns when all are done, the caller stops the run, or the engine is
    /// closed. Taken up again later, it goes on where it stopped.
    ///
    /// `progress` is called on this thread at least four times a second, also while the run waits. It answers whether the
    /// run goes on, waits (the server is busy) or stops; that is honoured within half a second. A track that cannot be heard is recorded ([`Engine::failures`]) and left alone
    /// until the file, or the version of the analysis, changes.
    ///
    /// # Errors
    /// [`Error::Busy`] while another analysis runs; when the networks cannot be loaded; when the store fails (a full
    /// disk): everything committed until then is kept.
    pub fn analyse(&self, progress: &mut dyn FnMut(&Progress) -> Verdict) -> Result<AnalysisSummary> {
        let _only = match self.analysing.try_lock() {
            Ok(guard) => guard,
            // A run that panicked is over.
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return Err(Error::Busy),
        };
        self.control.reset();
        let summary = self.run_analysis(progress);
        let failed = summary.as_ref().is_err_and(|error| !matches!(error, Error::Closed | Error::Cancelled));
        self.last_run_failed.store(failed, Ordering::Release);
        summary
    }

    fn run_analysis(&self, progress: &mut dyn FnMut(&Progress) -> Verdict) -> Result<AnalysisSummary> {
        self.with(|state| {
            self.forgive(state)?;
            let networks = self.networks()?;
            let stages = stages::with_added(&self.plan.stages, &networks.stages);
            state.store.set_setting(LAST_STAGES, Some(&stages::lines(&stages)))?;
            lock(&self.stages).clone_from(&stages);
            // A space that answers goes on answering until the run has made what the wanted one is made of.
            if state.read_index().space().is_empty() {
                self.agree_on_level(state)?;
            }
            let pending = state.store.pending(&stages, 0, usize::MAX)?;
            let (queue, left) = recent::newest(pending, self.options.recent_albums);
            if queue.is_empty() {
                self.agree_on_level(state)?;
                self.update_recordings(state)?;
                return Ok(AnalysisSummary::default());
            }
            let run = Run {
                store: &state.store,
                plan: &self.plan,
                control: &self.control,
                networks: &networks,
                stages: &stages,
                queue,
            };
            let _idle_again = ClearOnDrop(&self.progress);
            let mut summary = run.go(&pool(&self.plan)?, &|song_id| state.reload(song_id), &mut |now| {
                *lock(&self.progress) = Some(now.clone());
                if self.closing.load(Ordering::Acquire) { Verdict::Stop } else { progress(now) }
            })?;
            summary.left = left;
            // Whoever stopped the run waits; the next question or run catches up. So does the space while tracks are left.
            if !summary.cancelled && left == 0 {
                self.agree_on_level(state)?;
            }
            if !summary.cancelled && summary.analysed + summary.recognised > 0 {
                state.settle();
                state.moods.changed();
                state.update_artists()?;
                self.update_recordings(state)?;
                state.keep_space();
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
            let progress = lock(&self.progress).clone();
            let stored = self.stored_statistics(state, progress.is_some())?;
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
    /// [`Error::Closed`]; closing again does nothing. Not to be called from a callback of this engine: it would wait for
    /// the very call that made the callback.
    pub fn close(&self) {
        self.closing.store(true, Ordering::Release);
        self.control.stop();
        drop(self.state.write().unwrap_or_else(PoisonError::into_inner).take());
    }

    /// Whether an analysis runs.
    pub(crate) fn is_analysing(&self) -> bool {
        lock(&self.progress).is_some()
    }

    /// The name of the database file, without its ending.
    pub(crate) fn store_name(&self) -> String {
        self.options.store.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// Whether a long call should go on.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    /// Runs `call` while the engine is open.
    pub(crate) fn with<T>(&self, call: impl FnOnce(&State) -> Result<T>) -> Result<T> {
        // Only `close` writes: not to get in means that the engine is closing. Waiting instead would deadlock a callback
        // that asks the engine something while another thread closes it.
        let state = match self.state.try_read() {
            Ok(state) => state,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return Err(Error::Closed),
        };
        match state.as_ref() {
            Some(state) if !self.is_closing() => call(state),
            _ => Err(Error::Closed),
        }
    }

    /// What the store counts. While an analysis runs the counts may be some seconds old: counting a large library takes
    /// a second of the disk and the core that the analysis needs, and a status page asks every second.
    fn stored_statistics(&self, state: &State, running: bool) -> Result<segue_store::Statistics> {
        let mut counted = lock(&self.counted);
        match *counted {
            Some((at, statistics)) if running && at.elapsed() < COUNTED_FOR => Ok(statistics),
            _ => {
                let statistics = state.store.statistics(&self.stages())?;
                *counted = Some((Instant::now(), statistics));
                Ok(statistics)
            }
        }
    }

    /// Lets files be tried again whose failure was not their own: a share that was away, an ffmpeg that could not be run,
    /// or that has been named since.
    fn forgive(&self, state: &State) -> Result<()> {
        state.store.clear_failures_of(&PASSING)?;
        let ffmpeg = self.options.ffmpeg.as_deref().map(|path| path.to_string_lossy().into_owned());
        if state.store.setting(LAST_FFMPEG)? != ffmpeg {
            state.store.clear_failures_of(&["unsupported"])?;
            state.store.set_setting(LAST_FFMPEG, ffmpeg.as_deref())?;
        }
        Ok(())
    }

    /// From this run on the space is made of the embeddings that the options ask for; a store that was filled with others
    /// waits for them.
    fn agree_on_level(&self, state: &State) -> Result<()> {
        let wanted = index::Networks::new(self.options.level);
        wanted.remember(&state.store)?;
        if *state.read_index().networks() != wanted {
            let index = Index::load(&state.store, wanted)?;
            *state.write_index() = index;
            state.keep_space();
        }
        Ok(())
    }

    /// Looks which networks there are; the runtime stays that of the first look.
    pub(crate) fn networks(&self) -> Result<Arc<Networks>> {
        let mut networks = lock(&self.networks);
        let runtime = networks.as_ref().map(|networks| networks.runtime.clone());
        let loaded = Arc::new(Networks::open(&self.options, runtime)?);
        *networks = Some(Arc::clone(&loaded));
        Ok(loaded)
    }

    /// The stages of the last run; before the first those that the options ask for.
    pub(crate) fn stages(&self) -> Vec<Stage> {
        let last = lock(&self.stages);
        if last.is_empty() { self.plan.stages.clone() } else { last.clone() }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.close();
    }
}

impl State {
    /// Takes one song anew from the store, after it was heard or found again.
    fn reload(&self, song_id: &str) -> Result<()> {
        let networks = self.read_index().networks().clone();
        let entry = Entry::read(&self.store, &networks, song_id)?;
        self.write_index().take(song_id, entry);
        // Now and then while a library grows, so that no question has to wait for it.
        self.settle();
        self.library.heard(song_id);
        self.sounding.heard(song_id);
        self.search.heard(song_id);
        Ok(())
    }

    /// Brings the artists' vectors up to date with their songs.
    pub(crate) fn update_artists(&self) -> Result<()> {
        self.store.update_artist_vectors(ARTIST_SONGS, ProfileOf::Network(Network::Msd.name()))?;
        Ok(())
    }

    /// Takes tags, items and presence of all songs anew from the store. Nothing is read while the index is locked.
    pub(crate) fn refresh(&self) -> Result<()> {
        self.library.changed();
        self.moods.changed();
        self.search.changed();
        let mut songs: Vec<Known> = Vec::new();
        self.store.for_each_song(|song| songs.push(song.into()))?;
        let networks = self.read_index().networks().clone();
        let unknown = self.write_index().update(songs);
        for known in unknown {
            let entry = Entry::read(&self.store, &networks, &known.song_id)?;
            self.write_index().take(&known.song_id, entry);
        }
        self.settle();
        self.keep_space();
        Ok(())
    }

    /// Takes the statistics of the space anew where they have grown stale, unless somebody is about it: what is there goes on
    /// answering.
    fn settle(&self) {
        let _only = match self.settling.try_lock() {
            Ok(guard) => guard,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        let index = self.read_index();
        if index.space().is_stale() {
            index.refit();
        }
    }

    pub(crate) fn read_index(&self) -> std::sync::RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The index, to be changed. Who waits in line for it would keep questions out, also for the seconds that the statistics of a
    /// large library take, so this asks again and again, and stands in line only after a long while.
    pub(crate) fn write_index(&self) -> std::sync::RwLockWriteGuard<'_, Index> {
        let began = Instant::now();
        while began.elapsed() < WRITE_PATIENCE {
            match self.index.try_write() {
                Ok(index) => return index,
                Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => std::thread::sleep(WRITE_RETRY),
            }
        }
        self.index.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a poisoned lock too: what these guard is whole after every statement.
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

/// Says that no run is under way, however it ended.
struct ClearOnDrop<'a>(&'a Mutex<Option<Progress>>);

impl Drop for ClearOnDrop<'_> {
    fn drop(&mut self) {
        *lock(self.0) = None;
    }
}
