//! What is asked of groups and playlists.

use std::ops::RangeInclusive;

use interoptopus::ffi;
use segue_engine as engine;

use super::size;

/// Whole numbers, both ends included.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountRange {
    pub least: u32,
    pub most: u32,
}

/// Numbers, both ends included.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValueRange {
    pub least: f64,
    pub most: f64,
}

/// Which algorithm groups the tracks.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    KMeans,
    Dbscan,
    Gmm,
    Hierarchical,
}

/// Shape of a Gaussian's covariance.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Covariance {
    Full,
    Diagonal,
}

/// Which two groups are joined next.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linkage {
    Ward,
    Average,
}

/// What tracks are grouped by.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputSpace {
    Embeddings,
    TagsAndTempo,
    Features,
}

/// How features are brought to one scale.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scaling {
    MinMax,
    Standard,
}

/// How much each group of the classical features counts.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroupWeights {
    pub vggish: f32,
    pub mfcc: f32,
    pub spectral: f32,
    pub rhythmic: f32,
}

/// How much each part of the fitness counts.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FitnessWeights {
    pub separation: f64,
    pub purity: f64,
    pub diversity: f64,
    pub artists: f64,
    pub size: f64,
}

/// How the library is grouped.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClusterRequest {
    pub algorithm: Algorithm,
    pub space: InputSpace,
    pub scaling: Scaling,
    pub weights: GroupWeights,
    pub variance_kept: f64,
    pub top_moods: u32,
    pub runs: u32,
    pub patience: u32,
    pub sample: u32,
    pub clusters: CountRange,
    pub eps: ValueRange,
    pub min_samples: CountRange,
    pub components: CountRange,
    pub covariance: Covariance,
    pub linkage: Linkage,
    pub pca: CountRange,
    pub wider: bool,
    pub fitness: FitnessWeights,
    pub seed: u64,
    pub resume: bool,
}

/// How playlists are made.
#[ffi]
#[derive(Debug, Clone, PartialEq)]
pub struct PlaylistRequest {
    pub cluster: ClusterRequest,
    pub max_songs: u32,
    pub max_songs_per_artist: u32,
    pub min_songs: u32,
    pub max_distance: f32,
    pub top_playlists: u32,
    pub language: String,
    pub automatic_names: bool,
    pub name_moods: u32,
    pub naming: Option<NamingService>,
}

/// What kind of service is asked for names.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamingProvider {
    Ollama,
    Gemini,
    OpenAi,
}

/// A service that is asked for names.
#[ffi]
#[derive(Debug, Clone, PartialEq)]
pub struct NamingService {
    pub provider: NamingProvider,
    pub url: String,
    pub model: String,
    pub delay_s: f64,
}

/// The key of a naming service, or the wish to forget it. Not for printing.
#[ffi]
pub struct NamingKey {
    pub provider: NamingProvider,
    pub key: Option<String>,
}

/// What a person wants of a playlist.
#[ffi]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaylistEdit {
    pub pinned: Option<bool>,
    pub excluded: Option<bool>,
    pub name: Option<String>,
}

/// A playlist defined by descriptors, but for what is allowed in it.
#[ffi]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinitionRequest {
    pub definition: String,
    pub name: String,
    pub key: String,
}

/// A wish to find a playlist's tracks, but for the file's bytes and what is allowed.
#[ffi]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRequest {
    pub name: String,
    pub fill: bool,
}

/// Form of a playlist file.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListFormat {
    M3u8,
    Jspf,
    Xspf,
}

/// A wish for a playlist file.
#[ffi]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportRequest {
    pub title: String,
    pub songs: Vec<String>,
    pub format: ListFormat,
    /// `None`: absolute paths.
    pub folder: Option<String>,
}

/// Enums of the same names on both sides, translated both ways.
macro_rules! twins {
    ($($name:ident { $($variant:ident),+ })+) => {$(
        impl From<$name> for engine::$name {
            fn from(value: $name) -> Self {
                match value { $($name::$variant => Self::$variant),+ }
            }
        }

        impl From<engine::$name> for $name {
            fn from(value: engine::$name) -> Self {
                match value { $(engine::$name::$variant => Self::$variant),+ }
            }
        }
    )+};
}
pub(super) use twins;

twins! {
    Algorithm { KMeans, Dbscan, Gmm, Hierarchical }
    Covariance { Full, Diagonal }
    Linkage { Ward, Average }
    InputSpace { Embeddings, TagsAndTempo, Features }
    Scaling { MinMax, Standard }
    NamingProvider { Ollama, Gemini, OpenAi }
    ListFormat { M3u8, Jspf, Xspf }
}

impl From<CountRange> for RangeInclusive<usize> {
    fn from(range: CountRange) -> Self {
        size(range.least)..=size(range.most)
    }
}

impl From<RangeInclusive<usize>> for CountRange {
    fn from(range: RangeInclusive<usize>) -> Self {
        Self { least: count(*range.start()), most: count(*range.end()) }
    }
}

impl From<ValueRange> for RangeInclusive<f64> {
    fn from(range: ValueRange) -> Self {
        range.least..=range.most
    }
}

impl From<RangeInclusive<f64>> for ValueRange {
    fn from(range: RangeInclusive<f64>) -> Self {
        Self { least: *range.start(), most: *range.end() }
    }
}

impl From<GroupWeights> for engine::GroupWeights {
    fn from(weights: GroupWeights) -> Self {
        let GroupWeights { vggish, mfcc, spectral, rhythmic } = weights;
        Self { vggish, mfcc, spectral, rhythmic }
    }
}

impl From<engine::GroupWeights> for GroupWeights {
    fn from(weights: engine::GroupWeights) -> Self {
        let engine::GroupWeights { vggish, mfcc, spectral, rhythmic } = weights;
        Self { vggish, mfcc, spectral, rhythmic }
    }
}

impl From<FitnessWeights> for engine::FitnessWeights {
    fn from(weights: FitnessWeights) -> Self {
        let FitnessWeights { separation, purity, diversity, artists, size } = weights;
        Self { separation, purity, diversity, artists, size }
    }
}

impl From<engine::FitnessWeights> for FitnessWeights {
    fn from(weights: engine::FitnessWeights) -> Self {
        let engine::FitnessWeights { separation, purity, diversity, artists, size } = weights;
        Self { separation, purity, diversity, artists, size }
    }
}

impl From<ClusterRequest> for engine::ClusterRequest {
    fn from(request: ClusterRequest) -> Self {
        Self {
            algorithm: request.algorithm.into(),
            space: request.space.into(),
            scaling: request.scaling.into(),
            weights: request.weights.into(),
            variance_kept: request.variance_kept,
            top_moods: size(request.top_moods),
            runs: size(request.runs),
            patience: size(request.patience),
            sample: size(request.sample),
            clusters: request.clusters.into(),
            eps: request.eps.into(),
            min_samples: request.min_samples.into(),
            components: request.components.into(),
            covariance: request.covariance.into(),
            linkage: request.linkage.into(),
            pca: request.pca.into(),
            wider: request.wider,
            fitness: request.fitness.into(),
            seed: request.seed,
            resume: request.resume,
        }
    }
}

impl From<engine::ClusterRequest> for ClusterRequest {
    fn from(request: engine::ClusterRequest) -> Self {
        Self {
            algorithm: request.algorithm.into(),
            space: request.space.into(),
            scaling: request.scaling.into(),
            weights: request.weights.into(),
            variance_kept: request.variance_kept,
            top_moods: count(request.top_moods),
            runs: count(request.runs),
            patience: count(request.patience),
            sample: count(request.sample),
            clusters: request.clusters.into(),
            eps: request.eps.into(),
            min_samples: request.min_samples.into(),
            components: request.components.into(),
            covariance: request.covariance.into(),
            linkage: request.linkage.into(),
            pca: request.pca.into(),
            wider: request.wider,
            fitness: request.fitness.into(),
            seed: request.seed,
            resume: request.resume,
        }
    }
}

impl From<PlaylistRequest> for engine::PlaylistRequest {
    fn from(request: PlaylistRequest) -> Self {
        Self {
            cluster: request.cluster.into(),
            max_songs: size(request.max_songs),
            max_songs_per_artist: size(request.max_songs_per_artist),
            min_songs: size(request.min_songs),
            max_distance: request.max_distance,
            top_playlists: size(request.top_playlists),
            language: request.language,
            automatic_names: request.automatic_names,
            name_moods: size(request.name_moods),
            naming: request.naming.map(Into::into),
        }
    }
}

impl From<engine::PlaylistRequest> for PlaylistRequest {
    fn from(request: engine::PlaylistRequest) -> Self {
        Self {
            cluster: request.cluster.into(),
            max_songs: count(request.max_songs),
            max_songs_per_artist: count(request.max_songs_per_artist),
            min_songs: count(request.min_songs),
            max_distance: request.max_distance,
            top_playlists: count(request.top_playlists),
            language: request.language,
            automatic_names: request.automatic_names,
            name_moods: count(request.name_moods),
            naming: request.naming.map(Into::into),
        }
    }
}

impl From<NamingService> for engine::NamingService {
    fn from(service: NamingService) -> Self {
        Self { provider: service.provider.into(), url: service.url, model: service.model, delay_s: service.delay_s }
    }
}

impl From<engine::NamingService> for NamingService {
    fn from(service: engine::NamingService) -> Self {
        Self { provider: service.provider.into(), url: service.url, model: service.model, delay_s: service.delay_s }
    }
}

impl From<PlaylistEdit> for engine::PlaylistEdit {
    fn from(edit: PlaylistEdit) -> Self {
        Self { pinned: edit.pinned, excluded: edit.excluded, name: edit.name }
    }
}

impl DefinitionRequest {
    pub(crate) fn among(self, allowed: Option<Vec<engine::ItemId>>) -> engine::DefinitionRequest {
        engine::DefinitionRequest { definition: self.definition, name: self.name, key: self.key, allowed }
    }
}

impl ImportRequest {
    pub(crate) fn of(self, bytes: &[u8], allowed: Option<Vec<engine::ItemId>>) -> engine::ImportRequest {
        engine::ImportRequest { bytes: bytes.to_vec(), name: self.name.into(), fill: self.fill, allowed }
    }
}

/// Defaults of the engine are far from the largest number.
fn count(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}
