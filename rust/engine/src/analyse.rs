//! A run of the analysis: a queue of files, some low-priority workers, one caller who watches.
//!
//! The caller's thread only waits, reports progress and passes on the wish to stop; workers decode, listen and commit,
//! one transaction per track, so that a kill at any instant loses at most the tracks in flight.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use segue_media::OpenOptions;
use segue_models::{Embedding, Level, Patches, Precision, Summary};
use segue_store::{Labels, PendingFile, Stage, Store, decode_patches, encode_patches};
use thread_priority::{ThreadPriority, set_current_thread_priority};

use crate::api::{AnalysisSummary, Progress, Verdict};
use crate::control::Control;
use crate::listen::{Deaf, How, Profile, listen};
use crate::networks::{Ears, Networks};
use crate::record::{record, relabel};
use crate::stages::{self, EFFNET, Wanted};
use crate::stamp::stamp;
use crate::{Error, Result, api};

/// How often the caller hears of progress, and is asked whether to go on, even when no track was finished.
const TICK: Duration = Duration::from_millis(200);
/// Default wall-clock limit for one track.
const DEFAULT_TIME_LIMIT: Duration = Duration::from_secs(600);
/// Worker priority on thread-priority's scale of 0..=99: niceness 10 on Linux, below normal elsewhere.
const WORKER_PRIORITY: u8 = 25;
/// The same in gentle mode: niceness 19 on Linux, the lowest elsewhere.
const GENTLE_PRIORITY: u8 = 0;

/// What a run needs to know, made from the engine's options once.
pub(crate) struct Plan {
    pub(crate) threads: usize,
    priority: u8,
    pub(crate) open: OpenOptions,
    how: How,
    pub(crate) precision: Precision,
    pub(crate) stages: Vec<Stage>,
}

impl Plan {
    /// `cancel` is the flag that stops a decoder in the middle of a file.
    pub(crate) fn new(options: &api::Options, cancel: Option<Arc<AtomicBool>>) -> Self {
        let precision = match options.precision {
            api::Precision::Int8 => Precision::Int8,
            api::Precision::F32 => Precision::F32,
        };
        let patches = match options.patches {
            _ if options.gentle => Patches::Count(stages::GENTLE_PATCHES),
            None => Patches::Count(stages::DEFAULT_PATCHES),
            Some(0) => Patches::All,
            Some(count) => Patches::Count(count.min(stages::MOST_PATCHES)),
        };
        let level = match options.level {
            api::Level::AsIs => Level::AsIs,
            api::Level::Both => Level::Both,
        };
        let how = How { patches, level };
        Self {
            threads: if options.gentle { 1 } else { threads(options.threads) },
            priority: if options.gentle { GENTLE_PRIORITY } else { WORKER_PRIORITY },
            open: OpenOptions {
                ffmpeg: options.ffmpeg.clone(),
                time_limit: options.time_limit.unwrap_or(DEFAULT_TIME_LIMIT),
                cancel,
            },
            how,
            precision,
            stages: stages::standard(precision, how),
        }
    }
}

/// 0 stands for half the cores.
fn threads(asked: usize) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    if asked == 0 { (cores / 2).max(1) } else { asked.min(4 * cores) }
}

/// What a worker says of one file.
enum Outcome {
    Analysed { song_id: String, seconds: f64, profile: Profile },
    Recognised { song_id: String },
    Failed,
}

/// A message from a worker to the caller's thread.
enum Message {
    Done(usize, Outcome),
    /// The store or the machine failed: no use in going on.
    Broken(Error),
}

/// One run over `queue`.
pub(crate) struct Run<'a> {
    pub(crate) store: &'a Store,
    pub(crate) plan: &'a Plan,
    pub(crate) control: &'a Control,
    pub(crate) networks: &'a Networks,
    /// All stages that a track goes through in this run.
    pub(crate) stages: &'a [Stage],
    pub(crate) queue: Vec<PendingFile>,
}

impl Run<'_> {
    /// Works through the queue. `heard` is told each song that can be found from now on; `watch` is told of progress,
    /// on this thread, at least every [`TICK`], and answers whether to go on.
    pub(crate) fn go(
        &self,
        pool: &rayon::ThreadPool,
        heard: &(dyn Fn(&str) -> Result<()> + Sync),
        watch: &mut dyn FnMut(&Progress) -> Verdict,
    ) -> Result<AnalysisSummary> {
        let begun = Instant::now();
        let mut summary = AnalysisSummary { total: self.queue.len() as u64, ..AnalysisSummary::default() };
        let mut progress = Progress { total: summary.total, ..Progress::default() };
        let next = AtomicUsize::new(0);
        let decoded = AtomicU64::new(0);
        let idle_ears = Mutex::new(Vec::new());
        let (sender, messages) = channel();
        let mut broken = None;
        let mut profile = Profile::default();

        pool.in_place_scope(|scope| {
            for _ in 0..self.plan.threads.min(self.queue.len()) {
                let (sender, next, decoded, idle_ears) = (sender.clone(), &next, &decoded, &idle_ears);
                scope.spawn(move |_| self.work(next, decoded, idle_ears, heard, &sender));
            }
            drop(sender);
            // Should the caller's callback panic, the workers must not go on unwatched.
            let _stop_on_panic = StopOnPanic(self.control);
            let stop = |broken: &mut Option<Error>, error: Option<Error>| {
                self.control.stop();
                if broken.is_none() {
                    *broken = error;
                }
            };
            let mut tell = |progress: &mut Progress| {
                progress.elapsed_seconds = begun.elapsed().as_secs_f64();
                progress.paused = self.control.is_paused();
                let verdict = watch(progress);
                self.control.set_busy(verdict == Verdict::Wait);
                verdict != Verdict::Stop
            };
            if !tell(&mut progress) {
                stop(&mut broken, None);
            }
            loop {
                match messages.recv_timeout(TICK) {
                    Ok(Message::Done(index, outcome)) => {
                        progress.done += 1;
                        if let Some(file) = self.queue.get(index) {
                            progress.path.clone_from(&file.path);
                        }
                        match outcome {
                            Outcome::Analysed { seconds, profile: spent, .. } => {
                                summary.analysed += 1;
                                progress.audio_seconds += seconds;
                                profile += spent;
                            }
                            Outcome::Recognised { .. } => progress.recognised += 1,
                            Outcome::Failed => progress.failed += 1,
                        }
                    }
                    Ok(Message::Broken(error)) => stop(&mut broken, Some(error)),
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => break,
                }
                if !self.control.is_stopped() && !tell(&mut progress) {
                    stop(&mut broken, None);
                }
            }
        });

        if let Some(error) = broken {
            return Err(error);
        }
        summary.recognised = progress.recognised;
        summary.failed = progress.failed;
        summary.audio_seconds = progress.audio_seconds;
        summary.decoded = decoded.into_inner();
        summary.cancelled = self.control.is_stopped() && progress.done < summary.total;
        summary.elapsed_seconds = begun.elapsed().as_secs_f64();
        summary.worker_seconds = profile.seconds().into_iter().map(|(part, spent)| (part.to_owned(), spent)).collect();
        Ok(summary)
    }

    /// One worker: takes files until there are none, or the run is stopped.
    fn work(
        &self,
        next: &AtomicUsize,
        decoded: &AtomicU64,
        idle_ears: &Mutex<Vec<Ears>>,
        heard: &(dyn Fn(&str) -> Result<()> + Sync),
        sender: &Sender<Message>,
    ) {
        while let Some((index, file)) = self.take(next) {
            // A panic in a decoder's or a network's depths costs this track, not the run and never the server.
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                let outcome = self.treat(file, decoded, idle_ears)?;
                if let Some(Outcome::Analysed { song_id, .. } | Outcome::Recognised { song_id }) = &outcome {
                    heard(song_id)?;
                }
                Ok(outcome)
            }))
            .unwrap_or_else(|_| self.fail(file, "internal", "a fault of Segue itself; please report this file"));
            let message = match outcome {
                Ok(Some(outcome)) => Message::Done(index, outcome),
                Ok(None) => return,
                Err(error) => Message::Broken(error),
            };
            let broken = matches!(message, Message::Broken(_));
            if sender.send(message).is_err() || broken {
                return;
            }
        }
    }

    fn take(&self, next: &AtomicUsize) -> Option<(usize, &PendingFile)> {
        self.control.checkpoint().ok()?;
        let index = next.fetch_add(1, Ordering::Relaxed);
        self.queue.get(index).map(|file| (index, file))
    }

    /// One file. `None`: stopped in the middle.
    fn treat(&self, file: &PendingFile, decoded: &AtomicU64, idle_ears: &Mutex<Vec<Ears>>) -> Result<Option<Outcome>> {
        match self.hear(file, decoded, idle_ears) {
            Ok(outcome) => outcome.map(Some),
            Err(Deaf::Stopped) => Ok(None),
            Err(Deaf::Track { reason, detail }) => self.fail(file, reason, &detail),
        }
    }

    fn fail(&self, file: &PendingFile, reason: &str, detail: &str) -> Result<Option<Outcome>> {
        tracing::debug!(path = %file.path.display(), reason, detail, "not analysed");
        self.store.record_failure(&file.stamp, reason, detail, self.stages)?;
        Ok(Some(Outcome::Failed))
    }

    /// The outer error is the track's fault, the inner one the store's.
    fn hear(
        &self,
        file: &PendingFile,
        decoded: &AtomicU64,
        idle_ears: &Mutex<Vec<Ears>>,
    ) -> std::result::Result<Result<Outcome>, Deaf> {
        // A run may last for days: a file that has changed since it was queued is another song by now.
        let unchanged = || stamp(&file.path).is_ok_and(|now| now == (file.stamp.size, file.stamp.modified_ns));
        let (song_id, missing) = match &file.song_id {
            Some(song_id) if unchanged() => (song_id.clone(), file.missing.clone()),
            _ => {
                let song_id = segue_media::content_key(&file.path, &self.plan.open)?.to_string();
                self.control.checkpoint()?;
                let known = match self.store.known_stages(&song_id) {
                    Ok(known) => known,
                    Err(error) => return Ok(Err(error.into())),
                };
                let missing = self.stages.iter().filter(|stage| !known.contains(stage));
                (song_id, missing.map(|stage| stage.name.clone()).collect())
            }
        };
        if missing.is_empty() {
            let linked = self.store.link_file(&file.stamp, &song_id).map_err(Error::from);
            return Ok(linked.map(|_| Outcome::Recognised { song_id }));
        }

        let wanted = Wanted::of(&missing);
        let mut ears = match idle_ears.lock().unwrap_or_else(PoisonError::into_inner).pop() {
            Some(ears) => ears,
            None => match self.networks.ears(self.plan.precision, self.stages) {
                Ok(ears) => ears,
                Err(error) => return Ok(Err(error)),
            },
        };
        // A network that is not there any more has not run: its stage stays due until it is back.
        let has_run = |stage: &&Stage| missing.contains(&stage.name) && ears.has(&stage.name);
        let ran = self.stages.iter().filter(has_run).cloned().collect();
        let heard = if wanted.sound() {
            decoded.fetch_add(1, Ordering::Relaxed);
            Some(listen(&file.path, wanted, self.plan.how, &self.plan.open, &mut ears, self.control))
        } else {
            None
        };
        let judged = match &heard {
            Some(Err(_)) => Ok(Vec::new()),
            Some(Ok(heard)) => self.judge(wanted, &song_id, &heard.networks.summaries(), &mut ears),
            None => self.judge(wanted, &song_id, &[], &mut ears),
        };
        idle_ears.lock().unwrap_or_else(PoisonError::into_inner).push(ears);
        let labels = match judged {
            Ok(labels) => labels,
            Err(error) => return Ok(Err(error)),
        };
        let (seconds, profile, analysis) = match heard.transpose()? {
            Some(heard) => (heard.duration_s, heard.profile, record(song_id, file.stamp, heard, labels, ran)),
            None => (0.0, Profile::default(), relabel(song_id, file.stamp, labels, ran)),
        };
        Ok(match self.store.commit_analysis(&analysis) {
            // A file that changed while it was heard stays pending; the song is kept all the same.
            Ok(_) => Ok(Outcome::Analysed { song_id: analysis.song_id, seconds, profile }),
            // Values that the store does not take are this track's fault, not the store's.
            Err(error @ (segue_store::Error::NotFinite { .. } | segue_store::Error::Invalid { .. })) => {
                return Err(Deaf::Track { reason: "internal", detail: error.to_string() });
            }
            Err(error) => Err(error.into()),
        })
    }

    /// What the heads say. They listen to what the networks said just now (`fresh`, by the network's name), or else to
    /// what is stored of it; both in the form that is stored, so that it does not matter which.
    fn judge(&self, wanted: Wanted, song_id: &str, fresh: &[(&str, &Summary)], ears: &mut Ears) -> Result<Vec<Labels>> {
        if !wanted.heads {
            return Ok(Vec::new());
        }
        let stored = self.store.embeddings(song_id)?;
        Ok(ears.judge(|on| {
            let name = match on {
                Embedding::Musicnn(network) => network.name(),
                Embedding::Effnet => EFFNET,
            };
            let now = fresh.iter().find(|(model, _)| *model == name).and_then(|(_, summary)| {
                let (patches, _) = decode_patches(&encode_patches(&summary.patches, on.width()).ok()?)?;
                Some((patches, summary.weights.clone()))
            });
            let before = stored.iter().find(|embedding| embedding.model == name);
            now.or_else(|| before.map(|one| (one.patches.clone(), one.weights.clone()))).unwrap_or_default()
        }))
    }
}

/// Stops the run when it is dropped by a panic.
struct StopOnPanic<'a>(&'a Control);

impl Drop for StopOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.stop();
        }
    }
}

/// The engine's own pool. Its threads step back behind everything else the server does.
pub(crate) fn pool(plan: &Plan) -> Result<rayon::ThreadPool> {
    let priority = plan.priority;
    rayon::ThreadPoolBuilder::new()
        .num_threads(plan.threads)
        .thread_name(|index| format!("segue-{index}"))
        .start_handler(move |_| {
            let Ok(low) = priority.try_into() else { return };
            if let Err(error) = set_current_thread_priority(ThreadPriority::Crossplatform(low)) {
                tracing::debug!(?error, "worker priority was not lowered");
            }
        })
        .build()
        .map_err(|error| Error::Threads(error.to_string()))
}
