//! What callers give and get: plain owned data.

use std::path::PathBuf;

/// What a file's own tags, or the library, say of a track. Empty strings and zeros where nothing is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileTags {
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
    /// Genres in the file's order. Kept on one line each, without blank ones and repetitions.
    pub genres: Vec<String>,
}

/// A file as a scan or the library finds it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileRecord {
    /// Where it lies.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// When it was last modified, nanoseconds since 1970.
    pub modified_ns: i64,
    /// Its tags.
    pub tags: FileTags,
}

/// A library item and its file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemRecord {
    /// The library's id: 32 hexadecimal digits.
    pub item_id: String,
    /// The file behind it.
    pub file: FileRecord,
}

/// One state of one file. What was heard of it counts for this state only: when size or time of the stored file differ
/// by then, the file has changed meanwhile and stays pending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileStamp {
    /// The file's number in the store.
    pub file_id: i64,
    /// Its size in bytes.
    pub size: u64,
    /// When it was last modified, nanoseconds since 1970.
    pub modified_ns: i64,
}

/// A file the store knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// Number, size and time.
    pub stamp: FileStamp,
    /// Where it lies.
    pub path: PathBuf,
    /// Its tags.
    pub tags: FileTags,
    /// The song it holds, once heard.
    pub song_id: Option<String>,
    /// Whether a folder scan or the library still has it.
    pub present: bool,
    /// Whether its genres are known, be it that there are none. `false` for a file that was put in before the store kept
    /// genres: its tags are worth reading once more.
    pub has_genres: bool,
}

/// One step of the analysis and its version. The store compares versions for equality and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Stage {
    /// Name of the stage, such as `musicnn`.
    pub name: String,
    /// Version of its results.
    pub version: String,
}

impl Stage {
    /// A stage by name and version.
    pub fn new(name: impl Into<String>, version: impl Into<String>) -> Self {
        Self { name: name.into(), version: version.into() }
    }
}

/// A file that has been heard.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HeardFile {
    /// The song it holds.
    pub song_id: String,
    /// Where it lies.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// Length of the song in seconds.
    pub duration_s: f64,
    /// Codec, in symphonia's short names.
    pub codec: String,
}

/// A file with something left to hear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingFile {
    /// Number, size and time; given back with the results.
    pub stamp: FileStamp,
    /// Where it lies.
    pub path: PathBuf,
    /// Its song, when only some stages are missing.
    pub song_id: Option<String>,
    /// Names of the stages that the song lacks in the wanted version; all of them when there is no song.
    pub missing: Vec<String>,
    /// Album, as its tags have it.
    pub album: String,
    /// Artist of the album.
    pub album_artist: String,
}

/// What decoding tells of a song.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AudioFacts {
    /// Length in seconds.
    pub duration_s: f64,
    /// Sample rate in Hz.
    pub sample_rate: u32,
    /// Channels.
    pub channels: u32,
    /// Codec, in symphonia's short names.
    pub codec: String,
    /// What decoded it.
    pub decoder: String,
    /// Packets that could not be decoded and were left out.
    pub damage: u32,
}

/// What the classical analysis tells of a song; `None` where it has no answer (silence has no tempo).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Features {
    /// Tempo in beats per minute.
    pub bpm: Option<f32>,
    /// How sure the tempo is, 0..1.
    pub bpm_confidence: Option<f32>,
    /// How steady the tempo is, 0..1.
    pub tempo_stability: Option<f32>,
    /// Tonic: `C`, `C#`, …
    pub key: Option<String>,
    /// `major` or `minor`.
    pub scale: Option<String>,
    /// How sure the key is, 0..1.
    pub key_strength: Option<f32>,
    /// The next best key's tonic.
    pub second_key: Option<String>,
    /// The next best key's scale.
    pub second_scale: Option<String>,
    /// How sure the next best key is, 0..1.
    pub second_key_strength: Option<f32>,
    /// How far the music is tuned from A = 440 Hz, in cents.
    pub tuning_cents: Option<f32>,
    /// EBU R128 integrated loudness in LUFS.
    pub loudness_lufs: Option<f32>,
    /// EBU R128 loudness range in LU.
    pub loudness_range_lu: Option<f32>,
    /// True peak in dBTP.
    pub true_peak_dbtp: Option<f32>,
    /// Energy, 0..1.
    pub energy: Option<f32>,
    /// Brightness, 0..1.
    pub brightness: Option<f32>,
    /// Danceability, 0..~3.
    pub danceability: Option<f32>,
}

/// What is kept of a song to be asked for by itself; `None` where the stage that makes it has not run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Details {
    /// The classical features as one vector.
    pub vector: Option<Vec<f32>>,
    /// Beat positions in seconds, ascending. Kept to the millisecond.
    pub beats: Option<Vec<f32>>,
    /// How the song begins and ends.
    pub edges: Option<Edges>,
    /// The fingerprint of its sound, in its maker's bytes.
    pub fingerprint: Option<Vec<u8>>,
    /// What classifiers say of it, in the order of their names.
    pub labels: Vec<Labels>,
}

/// Descriptors of a song's first and last seconds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Edges {
    /// Of the first seconds.
    pub intro: Vec<f32>,
    /// Of the last seconds.
    pub outro: Vec<f32>,
}

/// What one classifier says of one song.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Labels {
    /// The classifier.
    pub source: String,
    /// The stage that ran it.
    pub stage: String,
    /// What it tells apart.
    pub classes: Vec<String>,
    /// One value per class.
    pub values: Vec<f32>,
}

/// What one network says of one song.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Embedding {
    /// The network, such as `msd`.
    pub model: String,
    /// Mean over the patches, `dims` values.
    pub mean: Vec<f32>,
    /// Standard deviation over the patches, `dims` values.
    pub deviation: Vec<f32>,
    /// Tag probabilities in the network's order.
    pub tags: Vec<f32>,
    /// The patches' own vectors, one after the other: a multiple of `dims` values, in order of time. Kept compactly,
    /// see [`encode_patches`](crate::encode_patches).
    pub patches: Vec<f32>,
    /// How much of the song each patch stands for; empty where all count alike.
    pub weights: Vec<f32>,
}

/// The result of listening to one file.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysis {
    /// Content key of the audio, 32 hexadecimal digits.
    pub song_id: String,
    /// The file that was heard.
    pub file: FileStamp,
    /// From decoding. `None` keeps what is stored.
    pub audio: Option<AudioFacts>,
    /// From the classical analysis; replaces all of its values. `None` keeps what is stored.
    pub features: Option<Features>,
    /// The parts that are `None` keep what is stored; labels replace all those of the stages that ran.
    pub details: Details,
    /// From the networks that ran; other networks' results are kept.
    pub embeddings: Vec<Embedding>,
    /// The stages that ran.
    pub stages: Vec<Stage>,
}

/// A file that could not be heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The file, in the state in which it failed.
    pub file: FileStamp,
    /// Where it lies.
    pub path: PathBuf,
    /// One stable word.
    pub reason: String,
    /// A sentence for people.
    pub detail: String,
    /// How often this state of the file was tried.
    pub tries: u32,
    /// Last try, seconds since 1970.
    pub last_at: i64,
}

/// A song, with the file and the library items that stand for it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Song {
    /// Content key of the audio, 32 hexadecimal digits.
    pub song_id: String,
    /// The file that was asked for; else the first present one by path, or one that is gone, or none.
    pub path: Option<PathBuf>,
    /// That file's tags.
    pub tags: FileTags,
    /// All library items that hold this song.
    pub item_ids: Vec<String>,
    /// From decoding.
    pub audio: Option<AudioFacts>,
    /// From the classical analysis.
    pub features: Features,
    /// When it was last analysed, seconds since 1970.
    pub analysed_at: i64,
}

/// A network's vectors for one song, without its patches.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ModelVectors {
    /// Mean over the patches.
    pub mean: Vec<f32>,
    /// Standard deviation over the patches.
    pub deviation: Vec<f32>,
    /// Tag probabilities in the network's order.
    pub tags: Vec<f32>,
}

/// All that is loaded of a song for searching.
#[derive(Debug, Clone, PartialEq)]
pub struct SongVectors {
    /// Content key of the audio.
    pub song_id: String,
    /// Per network in the order asked for; `None` where that network has not heard the song.
    pub models: Vec<Option<ModelVectors>>,
}

/// What a scan of folders, or a sync with a library, changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SyncCounts {
    /// New, or back again.
    pub added: u64,
    /// Known, but with other content, other tags or another path.
    pub updated: u64,
    /// No longer there. What was heard of them is kept.
    pub removed: u64,
    /// As before.
    pub unchanged: u64,
}

/// The state of things.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Statistics {
    /// Files ever seen.
    pub files: u64,
    /// Files present.
    pub present: u64,
    /// Songs ever heard.
    pub songs_kept: u64,
    /// Songs with a present file.
    pub songs: u64,
    /// Library items mapped to files.
    pub items: u64,
    /// Files that [`Store::pending`](crate::Store::pending) would list.
    pub pending: u64,
    /// Present files that could not be heard.
    pub failures: u64,
    /// Length of all songs with a present file, in seconds.
    pub audio_seconds: f64,
    /// Size of the database in bytes.
    pub database_bytes: u64,
}
