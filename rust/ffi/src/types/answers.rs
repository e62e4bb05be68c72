//! What is answered about groups and playlists.

use interoptopus::ffi;
use segue_engine as engine;

use super::requests::twins;
use super::{Algorithm, Neighbour};

/// What is being done while playlists are made.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Gathering,
    Searching,
    Assigning,
    Naming,
    Saving,
}

/// Where the making of playlists stands.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MakeProgress {
    pub step: Step,
    pub done: u64,
    pub total: u64,
    pub fraction: f64,
    pub fitness: f64,
}

/// What a look at the numbers found.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataQuality {
    pub tracks: u64,
    pub taking_part: u64,
    pub missing: u64,
    pub not_finite: u64,
    pub outlying: u64,
    pub dimensions: u64,
    pub constant: u64,
    pub kept_dimensions: u64,
}

/// How a grouping was found and how good it is.
#[ffi]
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterReport {
    pub quality: DataQuality,
    pub algorithm: Algorithm,
    pub parameters: String,
    pub runs: u64,
    pub sampled: u64,
    pub clusters: u64,
    pub noise: u64,
    pub fitness: f64,
    pub parts: Vec<FitnessPart>,
    pub silhouette: f64,
    pub seconds: f64,
}

/// A part of a fitness.
#[ffi]
#[derive(Debug, Clone, PartialEq)]
pub struct FitnessPart {
    pub name: String,
    pub amount: f64,
}

/// The curve that tells how many groups there are.
#[ffi]
#[derive(Debug, Clone, PartialEq)]
pub struct Elbow {
    pub curve: Vec<ElbowPoint>,
    pub suggested: u64,
    pub svg: String,
}

/// One number of groups and what comes of it.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ElbowPoint {
    pub k: u64,
    pub inertia: f64,
    pub silhouette: f64,
}

/// What made a playlist.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaylistKind {
    Cluster,
    Definition,
}

/// Who gave a playlist its name.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedBy {
    Rule,
    Service,
    Person,
}

/// A playlist.
#[ffi]
pub struct Playlist {
    pub key: String,
    pub kind: PlaylistKind,
    pub name: String,
    pub named_by: NamedBy,
    pub description: String,
    pub words: Vec<String>,
    pub pinned: bool,
    pub excluded: bool,
    pub faded: u32,
    pub definition: String,
    pub tracks: Vec<Neighbour>,
}

/// What a run changed.
#[ffi]
pub struct RunReport {
    pub run: i64,
    pub began_at: i64,
    pub finished_at: i64,
    pub clusters: ClusterReport,
    pub playlists: u64,
    pub tracks: u64,
    /// Called `new` by the engine, which is no name for a field in C#.
    pub begun: u64,
    pub continued: u64,
    pub fading: u64,
    pub gone: u64,
    pub tracks_added: u64,
    pub tracks_removed: u64,
    pub service_names: u64,
    pub notes: Vec<String>,
}

/// What came of making playlists.
#[ffi]
pub struct PlaylistRun {
    pub playlists: Vec<Playlist>,
    pub report: RunReport,
}

/// A track of an imported playlist.
#[ffi]
pub struct ImportEntry {
    pub title: String,
    pub artist: String,
    pub album: String,
    pub found: Option<Neighbour>,
    pub score: f32,
    pub how: String,
}

/// What an imported playlist is in this library.
#[ffi]
pub struct Import {
    pub title: String,
    pub entries: Vec<ImportEntry>,
    pub filled: Vec<Neighbour>,
    pub unreadable: u64,
}

/// An artist near another.
#[ffi]
pub struct SimilarArtist {
    pub artist: String,
    pub similarity: f32,
}

/// An artist with a vector of their own.
#[ffi]
pub struct ArtistProfile {
    pub artist: String,
    pub songs: u64,
    pub vector: Vec<f32>,
    pub similar: Vec<SimilarArtist>,
}

twins! {
    Step { Gathering, Searching, Assigning, Naming, Saving }
    PlaylistKind { Cluster, Definition }
    NamedBy { Rule, Service, Person }
}

impl From<&engine::MakeProgress> for MakeProgress {
    fn from(now: &engine::MakeProgress) -> Self {
        Self { step: now.step.into(), done: now.done, total: now.total, fraction: now.fraction, fitness: now.fitness }
    }
}

impl From<engine::DataQuality> for DataQuality {
    fn from(quality: engine::DataQuality) -> Self {
        Self {
            tracks: quality.tracks,
            taking_part: quality.taking_part,
            missing: quality.missing,
            not_finite: quality.not_finite,
            outlying: quality.outlying,
            dimensions: quality.dimensions,
            constant: quality.constant,
            kept_dimensions: quality.kept_dimensions,
        }
    }
}

impl From<engine::ClusterReport> for ClusterReport {
    fn from(report: engine::ClusterReport) -> Self {
        Self {
            quality: report.quality.into(),
            algorithm: report.algorithm.into(),
            parameters: report.parameters,
            runs: report.runs,
            sampled: report.sampled,
            clusters: report.clusters,
            noise: report.noise,
            fitness: report.fitness,
            parts: report.parts.into_iter().map(|(name, amount)| FitnessPart { name, amount }).collect(),
            silhouette: report.silhouette,
            seconds: report.seconds,
        }
    }
}

impl From<engine::Elbow> for Elbow {
    fn from(elbow: engine::Elbow) -> Self {
        Self {
            curve: elbow.curve.into_iter().map(Into::into).collect(),
            suggested: elbow.suggested as u64,
            svg: elbow.svg,
        }
    }
}

impl From<engine::ElbowPoint> for ElbowPoint {
    fn from(point: engine::ElbowPoint) -> Self {
        Self { k: point.k as u64, inertia: point.inertia, silhouette: point.silhouette }
    }
}

impl From<engine::Playlist> for Playlist {
    fn from(playlist: engine::Playlist) -> Self {
        Self {
            key: playlist.key,
            kind: playlist.kind.into(),
            name: playlist.name,
            named_by: playlist.named_by.into(),
            description: playlist.description,
            words: playlist.words,
            pinned: playlist.pinned,
            excluded: playlist.excluded,
            faded: playlist.faded,
            definition: playlist.definition,
            tracks: playlist.tracks.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<engine::RunReport> for RunReport {
    fn from(report: engine::RunReport) -> Self {
        Self {
            run: report.run,
            began_at: report.began_at,
            finished_at: report.finished_at,
            clusters: report.clusters.into(),
            playlists: report.playlists,
            tracks: report.tracks,
            begun: report.new,
            continued: report.continued,
            fading: report.fading,
            gone: report.gone,
            tracks_added: report.tracks_added,
            tracks_removed: report.tracks_removed,
            service_names: report.service_names,
            notes: report.notes,
        }
    }
}

impl From<engine::PlaylistRun> for PlaylistRun {
    fn from(run: engine::PlaylistRun) -> Self {
        Self { playlists: run.playlists.into_iter().map(Into::into).collect(), report: run.report.into() }
    }
}

impl From<engine::ImportEntry> for ImportEntry {
    fn from(entry: engine::ImportEntry) -> Self {
        Self {
            title: entry.title,
            artist: entry.artist,
            album: entry.album,
            found: entry.found.map(Into::into),
            score: entry.score,
            how: entry.how,
        }
    }
}

impl From<engine::Import> for Import {
    fn from(import: engine::Import) -> Self {
        Self {
            title: import.title,
            entries: import.entries.into_iter().map(Into::into).collect(),
            filled: import.filled.into_iter().map(Into::into).collect(),
            unreadable: import.unreadable,
        }
    }
}

impl From<engine::ArtistProfile> for ArtistProfile {
    fn from(profile: engine::ArtistProfile) -> Self {
        let similar = profile.similar.into_iter().map(|(artist, similarity)| SimilarArtist { artist, similarity });
        Self { artist: profile.artist, songs: profile.songs, vector: profile.vector, similar: similar.collect() }
    }
}
