//! What callers give and get: plain owned data, the same for the shell, the C ABI and the plugin.

use std::path::PathBuf;
use std::time::Duration;

/// How an [`Engine`](crate::Engine) is opened. Everything but `store` has a default that suits a person's own machine.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The database file. It and its folder are made when missing.
    pub store: PathBuf,
    /// The folder with `models.toml`. `None`: `models` beside the library or executable, then in the folders above it.
    pub models: Option<PathBuf>,
    /// The ONNX Runtime library, or the folder that holds it. `None`: `ORT_DYLIB_PATH`, then beside the library or executable.
    pub onnxruntime: Option<PathBuf>,
    /// The ffmpeg to call for what Segue cannot decode itself. `None`: such files are recorded as failures that say so.
    pub ffmpeg: Option<PathBuf>,
    /// Tracks analysed at the same time. 0: half the cores, at least one.
    pub threads: usize,
    /// For a small box that has other things to do: one thread at the lowest priority and few patches, whatever the two
    /// fields say. Together with [`Verdict::Wait`] nobody notices the analysis.
    pub gentle: bool,
    /// What runs the networks.
    pub backend: Backend,
    /// Which variant of the networks runs.
    pub precision: Precision,
    /// Patches of 3 s that each network hears of a track, at most; which ones, the track decides. `None`: 32. `Some(0)`: all.
    pub patches: Option<usize>,
    /// At which level the networks hear a track.
    pub level: Level,
    /// Albums that one run of the analysis hears at most, those first whose files were modified last; what is left waits
    /// for the next run. 0: all.
    pub recent_albums: usize,
    /// Limit for reading and decoding one track, in wall-clock time. `None`: ten minutes.
    pub time_limit: Option<Duration>,
    /// Further folders in which `models` and the ONNX Runtime library are looked for; a host that knows where it put
    /// the native library names that folder here.
    pub search: Vec<PathBuf>,
}

/// What runs the networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Backend {
    /// ONNX Runtime where its library can be loaded, else `rten`.
    #[default]
    Auto,
    /// ONNX Runtime or nothing.
    OnnxRuntime,
    /// The pure Rust runtime.
    Rten,
}

/// Which variant of the networks runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Precision {
    /// int8 weights on the two wide front-end convolutions: the shipped default.
    #[default]
    Int8,
    /// All weights in f32: the reference.
    F32,
}

/// At which level the networks hear a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Level {
    /// As it is in the file, and again as if all tracks were equally loud. The vectors that are kept by name, and
    /// the tags, are those of the file as it is; what is near what goes by the others, so that how loud a record was
    /// mastered says nothing.
    #[default]
    Both,
    /// As it is in the file, also for what is near what.
    AsIs,
}

/// A track as the media server's library knows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LibraryTrack {
    /// The library's id of the item: 32 hexadecimal digits.
    pub item_id: String,
    /// Where the file lies.
    pub path: PathBuf,
    /// What the library says of it.
    pub tags: Tags,
}

/// What a library or a file's own tags say of a track. Empty strings and zeros where nothing is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags {
    /// Title of the track.
    pub title: String,
    /// Performing artist.
    pub artist: String,
    /// Artist of the album.
    pub album_artist: String,
    /// Album.
    pub album: String,
    /// Track number.
    pub track: u32,
    /// Year of release.
    pub year: i32,
    /// MusicBrainz recording id.
    pub mb_recording: String,
    /// MusicBrainz release id.
    pub mb_release: String,
    /// MusicBrainz artist id.
    pub mb_artist: String,
    /// Genres, the file's order.
    pub genres: Vec<String>,
}

/// What a scan of folders, or a sync with a library, changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SyncSummary {
    /// New to the store.
    pub added: u64,
    /// Known, but with other content or other tags.
    pub updated: u64,
    /// No longer there. What was heard of them is kept.
    pub removed: u64,
    /// As before.
    pub unchanged: u64,
}

/// Where a running analysis stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Progress {
    /// Tracks finished, well or badly.
    pub done: u64,
    /// Tracks to do in this run.
    pub total: u64,
    /// Of those done: could not be analysed.
    pub failed: u64,
    /// Of those done: known by their content, so nothing was decoded.
    pub recognised: u64,
    /// Seconds of music heard so far.
    pub audio_seconds: f64,
    /// Seconds since the run began.
    pub elapsed_seconds: f64,
    /// The file finished last; empty at the start.
    pub path: PathBuf,
    /// Whether the run is paused.
    pub paused: bool,
}

/// What a caller who watches an analysis answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Go on.
    GoOn,
    /// Wait, and ask again within a quarter of a second: somebody needs the machine.
    Wait,
    /// Stop.
    Stop,
}

/// For callers who know only "go on" and "stop".
impl From<bool> for Verdict {
    fn from(go_on: bool) -> Self {
        if go_on { Self::GoOn } else { Self::Stop }
    }
}

/// How an analysis ended.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AnalysisSummary {
    /// Tracks to do when the run began.
    pub total: u64,
    /// Analysed and stored.
    pub analysed: u64,
    /// Known by their content: mapped without decoding.
    pub recognised: u64,
    /// Could not be analysed; [`Engine::failures`](crate::Engine::failures) says why.
    pub failed: u64,
    /// Files that were opened for decoding.
    pub decoded: u64,
    /// Tracks that were left for the next run, see [`Options::recent_albums`].
    pub left: u64,
    /// Whether the caller stopped the run.
    pub cancelled: bool,
    /// Seconds of music heard.
    pub audio_seconds: f64,
    /// Wall-clock seconds of the run.
    pub elapsed_seconds: f64,
    /// Where the workers' time went, over all tracks: the parts' names and seconds, waiting for a pause not counted.
    pub worker_seconds: Vec<(String, f64)>,
}

/// A track that could not be analysed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failure {
    /// The file.
    pub path: PathBuf,
    /// One stable word: `unsupported`, `damaged`, `timed-out`, …
    pub reason: String,
    /// A sentence for people.
    pub detail: String,
    /// How often it was tried.
    pub tries: u32,
    /// Last try, seconds since 1970.
    pub last_at: i64,
}

/// What Segue knows of a track.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Track {
    /// Content key of the audio, 32 hexadecimal digits.
    pub song_id: String,
    /// A file that holds it.
    pub path: PathBuf,
    /// The library items that are this track.
    pub item_ids: Vec<String>,
    /// Title, artist and so on.
    pub tags: Tags,
    /// Length in seconds.
    pub duration_s: f64,
    /// Codec of the file, in symphonia's short names.
    pub codec: String,
    /// Sample rate of the file in Hz.
    pub sample_rate: u32,
    /// Channels of the file.
    pub channels: u32,
    /// Packets that could not be decoded and were left out.
    pub damage: u32,
    /// Tempo in beats per minute; 0 when there is none.
    pub bpm: f32,
    /// How sure the tempo is, 0..1.
    pub bpm_confidence: f32,
    /// How steady the tempo is: 1 for a machine's, less the more it drifts or changes.
    pub tempo_stability: f32,
    /// Tonic (`C`, `C#`, …), empty when there is none.
    pub key: String,
    /// `major` or `minor`, empty when there is none.
    pub scale: String,
    /// How sure the key is, 0..1.
    pub key_strength: f32,
    /// The key in Camelot's notation (`8B` for C major), empty when there is none.
    pub camelot: String,
    /// The key in Open Key notation (`1d` for C major), empty when there is none.
    pub open_key: String,
    /// The next best key, empty when there is none.
    pub second_key: String,
    /// Its scale.
    pub second_scale: String,
    /// How sure it is, 0..1.
    pub second_key_strength: f32,
    /// How far the music is tuned from A = 440 Hz, in cents.
    pub tuning_cents: f32,
    /// ReplayGain 2 track gain in dB.
    pub replay_gain_db: f32,
    /// EBU R128 integrated loudness in LUFS.
    pub loudness_lufs: f32,
    /// EBU R128 loudness range in LU.
    pub loudness_range_lu: f32,
    /// True peak in dBTP.
    pub true_peak_dbtp: f32,
    /// Danceability by detrended fluctuation analysis, 0..~3.
    pub danceability: f32,
    /// Energy, 0..1.
    pub energy: f32,
    /// Brightness, 0..1.
    pub brightness: f32,
    /// How the track feels, by name, 0..1: see `docs/moods.md`. Empty until the networks have heard it.
    pub moods: Vec<(String, f32)>,
    /// Tag probabilities of each network, in its own order.
    pub tags_by_network: Vec<NetworkTags>,
}

/// Tag probabilities of one network.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NetworkTags {
    /// `msd` or `mtt`.
    pub network: String,
    /// Names and probabilities, in the network's order.
    pub tags: Vec<(String, f32)>,
}

/// A stored vector by name, such as `msd_dense`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NamedVector {
    /// Name.
    pub name: String,
    /// Values.
    pub values: Vec<f32>,
}

/// What a network says of a track, patch by patch.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NetworkPatches {
    /// `msd` or `mtt`.
    pub network: String,
    /// One vector per patch, in order of time.
    pub patches: Vec<Vec<f32>>,
}

/// A track near another, in a mix or in a playlist.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Neighbour {
    /// Content key.
    pub song_id: String,
    /// A file that holds it.
    pub path: PathBuf,
    /// The library item to play; empty when the track came from a folder. With a restriction, an item it admits.
    pub item_id: String,
    /// Distance to the seed, or a soft minimum over several: 0 is the same, 1 is as far as it gets.
    pub distance: f32,
    /// Why it is there, in a few words of English; empty where the distance says it all.
    pub reason: String,
}

/// A library item's id as 16 bytes, in the order of its 32 hexadecimal digits.
pub type ItemId = [u8; 16];

/// What the engine is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Activity {
    /// Nothing.
    #[default]
    Idle,
    /// An analysis runs.
    Analysing,
    /// An analysis waits to be resumed.
    Paused,
}

/// The state of things.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Statistics {
    /// Files known and present.
    pub files: u64,
    /// Library items mapped.
    pub items: u64,
    /// Songs analysed.
    pub songs: u64,
    /// Files still to be analysed.
    pub pending: u64,
    /// Files that could not be analysed.
    pub failures: u64,
    /// Seconds of music analysed.
    pub audio_seconds: f64,
    /// Size of the database in bytes.
    pub database_bytes: u64,
    /// What runs the networks, such as `ONNX Runtime 1.31`; empty until they were needed.
    pub backend: String,
    /// What the engine is doing.
    pub activity: Activity,
    /// Where the running analysis stands.
    pub progress: Progress,
    /// What a person should know of how the store was opened (a damaged one kept aside, a migration); empty when nothing.
    pub notice: String,
}
