//! What crosses the boundary, and its translation to and from the engine's own types, which [`segue_engine`] describes.
//!
//! Types of numbers alone cross as they are; those with text or lists inside `Wire`, as std types only. Paths are UTF-8:
//! .NET has no others. Library item ids are text of 32 hexadecimal digits, as in the store.

mod answers;
mod film;
mod hear;
mod packs;
mod requests;
mod words;

use std::time::Duration;

use interoptopus::ffi;
use segue_engine as engine;

pub use answers::*;
pub use film::*;
pub use hear::*;
pub use packs::*;
pub use requests::*;
pub use words::*;

/// How an engine is opened. Empty: not given.
#[ffi]
pub struct Options {
    pub store: String,
    pub models: String,
    pub onnxruntime: String,
    pub ffmpeg: String,
    pub threads: u32,
    pub gentle: bool,
    pub backend: Backend,
    pub precision: Precision,
    pub patches: Option<u32>,
    /// 0: not given.
    pub time_limit_ms: u64,
    pub search: Vec<String>,
    /// 0: all.
    pub recent_albums: u32,
}

/// What runs the networks.
#[ffi]
pub enum Backend {
    Auto,
    OnnxRuntime,
    Rten,
}

/// Which variant of the networks runs.
#[ffi]
pub enum Precision {
    Int8,
    F32,
}

/// A track as the library knows it.
#[ffi]
pub struct LibraryTrack {
    pub item_id: String,
    pub path: String,
    pub tags: Tags,
}

/// What a library says of a track.
#[ffi]
pub struct Tags {
    pub title: String,
    pub artist: String,
    pub album_artist: String,
    pub album: String,
    pub track: u32,
    pub year: i32,
    pub mb_recording: String,
    pub mb_release: String,
    pub mb_artist: String,
    pub genres: Vec<String>,
}

/// What a sync or a scan changed.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SyncSummary {
    pub added: u64,
    pub updated: u64,
    pub removed: u64,
    pub unchanged: u64,
}

/// Where a running analysis stands, but for the path.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AnalysisProgress {
    pub done: u64,
    pub total: u64,
    pub failed: u64,
    pub recognised: u64,
    pub audio_seconds: f64,
    pub elapsed_seconds: f64,
    pub paused: bool,
}

/// How an analysis ended.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AnalysisSummary {
    pub total: u64,
    pub analysed: u64,
    pub recognised: u64,
    pub failed: u64,
    pub decoded: u64,
    pub left: u64,
    pub audio_seconds: f64,
    pub elapsed_seconds: f64,
    pub cancelled: bool,
}

/// A track that could not be analysed.
#[ffi]
pub struct Failure {
    pub path: String,
    pub reason: String,
    pub detail: String,
    pub tries: u32,
    pub last_at: i64,
}

/// What is known of a track.
#[ffi]
pub struct Track {
    pub song_id: String,
    pub path: String,
    pub item_ids: Vec<String>,
    pub tags: Tags,
    pub duration_s: f64,
    pub codec: String,
    pub sample_rate: u32,
    pub channels: u32,
    pub damage: u32,
    pub bpm: f32,
    pub bpm_confidence: f32,
    pub key: String,
    pub scale: String,
    pub key_strength: f32,
    pub loudness_lufs: f32,
    pub loudness_range_lu: f32,
    pub true_peak_dbtp: f32,
    pub danceability: f32,
    pub energy: f32,
    pub tags_by_network: Vec<NetworkTags>,
}

/// Tag probabilities of one network.
#[ffi]
pub struct NetworkTags {
    pub network: String,
    pub tags: Vec<TagProbability>,
}

/// One tag of a network.
#[ffi]
pub struct TagProbability {
    pub name: String,
    pub probability: f32,
}

/// A track near another, or in a mix.
#[ffi]
pub struct Neighbour {
    pub song_id: String,
    pub path: String,
    pub item_id: String,
    pub distance: f32,
    pub reason: String,
}

/// What the engine is doing.
#[ffi]
pub enum Activity {
    Idle,
    Analysing,
    Paused,
}

/// The state of things.
#[ffi]
pub struct Statistics {
    pub files: u64,
    pub items: u64,
    pub songs: u64,
    pub pending: u64,
    pub failures: u64,
    pub audio_seconds: f64,
    pub database_bytes: u64,
    pub backend: String,
    pub activity: Activity,
    pub progress: AnalysisProgress,
    pub progress_path: String,
    pub notice: String,
}

/// Numbers from outside are 32 bits wide, and so is no platform's `usize` narrower.
fn size(count: u32) -> usize {
    count as usize
}

fn path(path: &std::path::Path) -> String {
    path.to_string_lossy().into_owned()
}

/// An empty text is one that was not given.
fn given<T: From<String>>(text: String) -> Option<T> {
    (!text.is_empty()).then(|| text.into())
}

impl From<Options> for engine::Options {
    fn from(options: Options) -> Self {
        Self {
            store: options.store.into(),
            models: given(options.models),
            onnxruntime: given(options.onnxruntime),
            ffmpeg: given(options.ffmpeg),
            threads: size(options.threads),
            gentle: options.gentle,
            backend: match options.backend {
                Backend::Auto => engine::Backend::Auto,
                Backend::OnnxRuntime => engine::Backend::OnnxRuntime,
                Backend::Rten => engine::Backend::Rten,
            },
            precision: match options.precision {
                Precision::Int8 => engine::Precision::Int8,
                Precision::F32 => engine::Precision::F32,
            },
            patches: options.patches.map(size),
            level: engine::Level::default(),
            time_limit: (options.time_limit_ms > 0).then(|| Duration::from_millis(options.time_limit_ms)),
            recent_albums: size(options.recent_albums),
            search: options.search.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<LibraryTrack> for engine::LibraryTrack {
    fn from(track: LibraryTrack) -> Self {
        Self { item_id: track.item_id, path: track.path.into(), tags: track.tags.into() }
    }
}

impl From<Tags> for engine::Tags {
    fn from(tags: Tags) -> Self {
        Self {
            title: tags.title,
            artist: tags.artist,
            album_artist: tags.album_artist,
            album: tags.album,
            track: tags.track,
            year: tags.year,
            mb_recording: tags.mb_recording,
            mb_release: tags.mb_release,
            mb_artist: tags.mb_artist,
            genres: tags.genres,
        }
    }
}

impl From<engine::Tags> for Tags {
    fn from(tags: engine::Tags) -> Self {
        Self {
            title: tags.title,
            artist: tags.artist,
            album_artist: tags.album_artist,
            album: tags.album,
            track: tags.track,
            year: tags.year,
            mb_recording: tags.mb_recording,
            mb_release: tags.mb_release,
            mb_artist: tags.mb_artist,
            genres: tags.genres,
        }
    }
}

impl From<engine::SyncSummary> for SyncSummary {
    fn from(summary: engine::SyncSummary) -> Self {
        Self { added: summary.added, updated: summary.updated, removed: summary.removed, unchanged: summary.unchanged }
    }
}

impl From<&engine::Progress> for AnalysisProgress {
    fn from(progress: &engine::Progress) -> Self {
        Self {
            done: progress.done,
            total: progress.total,
            failed: progress.failed,
            recognised: progress.recognised,
            audio_seconds: progress.audio_seconds,
            elapsed_seconds: progress.elapsed_seconds,
            paused: progress.paused,
        }
    }
}

impl From<engine::AnalysisSummary> for AnalysisSummary {
    fn from(summary: engine::AnalysisSummary) -> Self {
        Self {
            total: summary.total,
            analysed: summary.analysed,
            recognised: summary.recognised,
            failed: summary.failed,
            decoded: summary.decoded,
            left: summary.left,
            audio_seconds: summary.audio_seconds,
            elapsed_seconds: summary.elapsed_seconds,
            cancelled: summary.cancelled,
        }
    }
}

impl From<engine::Failure> for Failure {
    fn from(failure: engine::Failure) -> Self {
        Self {
            path: path(&failure.path),
            reason: failure.reason,
            detail: failure.detail,
            tries: failure.tries,
            last_at: failure.last_at,
        }
    }
}

impl From<engine::Track> for Track {
    fn from(track: engine::Track) -> Self {
        Self {
            path: path(&track.path),
            song_id: track.song_id,
            item_ids: track.item_ids,
            tags: track.tags.into(),
            duration_s: track.duration_s,
            codec: track.codec,
            sample_rate: track.sample_rate,
            channels: track.channels,
            damage: track.damage,
            bpm: track.bpm,
            bpm_confidence: track.bpm_confidence,
            key: track.key,
            scale: track.scale,
            key_strength: track.key_strength,
            loudness_lufs: track.loudness_lufs,
            loudness_range_lu: track.loudness_range_lu,
            true_peak_dbtp: track.true_peak_dbtp,
            danceability: track.danceability,
            energy: track.energy,
            tags_by_network: track.tags_by_network.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<engine::NetworkTags> for NetworkTags {
    fn from(said: engine::NetworkTags) -> Self {
        let tags = said.tags.into_iter().map(|(name, probability)| TagProbability { name, probability });
        Self { network: said.network, tags: tags.collect() }
    }
}

impl From<engine::Neighbour> for Neighbour {
    fn from(neighbour: engine::Neighbour) -> Self {
        Self {
            path: path(&neighbour.path),
            song_id: neighbour.song_id,
            item_id: neighbour.item_id,
            distance: neighbour.distance,
            reason: neighbour.reason,
        }
    }
}

impl From<engine::Statistics> for Statistics {
    fn from(now: engine::Statistics) -> Self {
        Self {
            files: now.files,
            items: now.items,
            songs: now.songs,
            pending: now.pending,
            failures: now.failures,
            audio_seconds: now.audio_seconds,
            database_bytes: now.database_bytes,
            backend: now.backend,
            activity: match now.activity {
                engine::Activity::Idle => Activity::Idle,
                engine::Activity::Analysing => Activity::Analysing,
                engine::Activity::Paused => Activity::Paused,
            },
            progress: (&now.progress).into(),
            progress_path: path(&now.progress.path),
            notice: now.notice,
        }
    }
}
