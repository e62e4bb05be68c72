//! What is asked for.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use segue_cluster::{Algorithm, Covariance, Linkage};

use crate::api::ItemId;

/// What tracks are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InputSpace {
    /// The space that neighbours and mixes go by: both networks' embeddings.
    #[default]
    Embeddings,
    /// Tempo, energy and the tags that are strongest in a track, as AudioMuse-AI does it.
    TagsAndTempo,
    /// The 95 classical features, or 223 where VGGish has heard the tracks, weighted by group.
    Features,
}

/// How the features of [`InputSpace::Features`] are brought to one scale; the other spaces have their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scaling {
    /// The least value to 1, the largest to 10.
    #[default]
    MinMax,
    /// Mean 0 and deviation 1.
    Standard,
}

/// How much each group of the classical features counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroupWeights {
    /// VGGish's embedding.
    pub vggish: f32,
    /// The MFCCs.
    pub mfcc: f32,
    /// Centroid, bandwidth, roll-off, zero crossings, level.
    pub spectral: f32,
    /// Tempo per segment and chroma.
    pub rhythmic: f32,
}

impl Default for GroupWeights {
    fn default() -> Self {
        Self { vggish: 1.2, mfcc: 1.05, spectral: 0.85, rhythmic: 1.1 }
    }
}

/// How much each part counts in what a search calls good. Relative to each other; 0 leaves a part out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FitnessWeights {
    /// How well apart the groups lie.
    pub separation: f64,
    /// How much the songs of a playlist share what it is strong in.
    pub purity: f64,
    /// How different the playlists are from each other.
    pub diversity: f64,
    /// How many artists a playlist has.
    pub artists: f64,
    /// How well the groups' sizes suit playlists.
    pub size: f64,
}

impl Default for FitnessWeights {
    fn default() -> Self {
        let weights = segue_cluster::FitnessWeights::default();
        Self {
            separation: weights.separation,
            purity: weights.purity,
            diversity: weights.diversity,
            artists: weights.artists,
            size: weights.size,
        }
    }
}

/// How the library is grouped.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterRequest {
    /// The algorithm.
    pub algorithm: Algorithm,
    /// What tracks are grouped by.
    pub space: InputSpace,
    /// How features are scaled.
    pub scaling: Scaling,
    /// How feature groups are weighted.
    pub weights: GroupWeights,
    /// Share of the variance that principal components keep before the search, in [`InputSpace::Embeddings`] and
    /// [`InputSpace::Features`]. 1: all, without principal components.
    pub variance_kept: f64,
    /// Tags of a track that count in [`InputSpace::TagsAndTempo`], the strongest.
    pub top_moods: usize,
    /// Runs of the search for good parameters. 1: one run, with a number of groups that suits the library.
    pub runs: usize,
    /// Runs without improvement after which the search ends. 0: never.
    pub patience: usize,
    /// Tracks that the search looks at, at most; all tracks are assigned in the end.
    pub sample: usize,
    /// Groups of k-means and of the coarse cut of a hierarchy.
    pub clusters: RangeInclusive<usize>,
    /// How near neighbours lie in DBSCAN, in units of the median distance of two tracks.
    pub eps: RangeInclusive<f64>,
    /// Neighbours that make a DBSCAN core.
    pub min_samples: RangeInclusive<usize>,
    /// Components of a mixture.
    pub components: RangeInclusive<usize>,
    /// Shape of a mixture's components.
    pub covariance: Covariance,
    /// What joins groups in a hierarchy.
    pub linkage: Linkage,
    /// Principal components that a run keeps; 0 keeps the space as it is.
    pub pca: RangeInclusive<usize>,
    /// Whether the search may leave these ranges where the library's size suggests it.
    pub wider: bool,
    /// What is good.
    pub fitness: FitnessWeights,
    /// Same library and seed, same groups.
    pub seed: u64,
    /// Whether the search begins with the best of the last one.
    pub resume: bool,
}

impl Default for ClusterRequest {
    fn default() -> Self {
        Self {
            algorithm: Algorithm::KMeans,
            space: InputSpace::Embeddings,
            scaling: Scaling::MinMax,
            weights: GroupWeights::default(),
            variance_kept: 0.93,
            top_moods: 5,
            runs: 1000,
            patience: 200,
            sample: 10_000,
            clusters: 20..=60,
            eps: 0.1..=0.5,
            min_samples: 5..=20,
            components: 20..=60,
            covariance: Covariance::Full,
            linkage: Linkage::Ward,
            pca: 0..=5,
            wider: true,
            fitness: FitnessWeights::default(),
            seed: 1,
            resume: true,
        }
    }
}

/// How playlists are made.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaylistRequest {
    /// How the library is grouped.
    pub cluster: ClusterRequest,
    /// Most tracks in a playlist.
    pub max_songs: usize,
    /// Most tracks of one artist in a playlist.
    pub max_songs_per_artist: usize,
    /// Fewest tracks that make a playlist; fewer in a small library.
    pub min_songs: usize,
    /// How far from the middle of its group a track may lie: 0 is the median of all such distances, 1 the largest. More in a small
    /// library.
    pub max_distance: f32,
    /// Most playlists, those that differ most from each other. 0: all.
    pub top_playlists: usize,
    /// Language of names and descriptions: `en`, `de`, `fr`, `es`; others are answered in English.
    pub language: String,
    /// Whether names have the form `Mood_Mood_Tempo_automatic`.
    pub automatic_names: bool,
    /// Tags in a name of that form.
    pub name_moods: usize,
    /// Who is asked for names. `None`: nobody, the rule's names stand.
    pub naming: Option<NamingService>,
}

impl Default for PlaylistRequest {
    fn default() -> Self {
        Self {
            cluster: ClusterRequest::default(),
            max_songs: 40,
            max_songs_per_artist: 3,
            min_songs: 20,
            max_distance: 0.5,
            top_playlists: 30,
            language: "en".to_owned(),
            automatic_names: false,
            name_moods: 3,
            naming: None,
        }
    }
}

/// What kind of service is asked for names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NamingProvider {
    /// An Ollama server.
    #[default]
    Ollama,
    /// Google Gemini.
    Gemini,
    /// Anything that speaks OpenAI's chat completions.
    OpenAi,
}

impl NamingProvider {
    /// Seconds between two calls where nobody says otherwise: what Gemini's free use asks for, nothing for one's own server.
    #[must_use]
    pub fn usual_delay_s(self) -> f64 {
        match self {
            Self::Gemini => 7.0,
            Self::Ollama | Self::OpenAi => 0.0,
        }
    }
}

/// A service that is asked for names. Its key, if it needs one, is [`Engine::set_key`](crate::Engine::set_key)'s.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NamingService {
    /// What it speaks.
    pub provider: NamingProvider,
    /// Where it is; empty: the provider's own address.
    pub url: String,
    /// The model; empty: the provider's usual one.
    pub model: String,
    /// Seconds between two calls.
    pub delay_s: f64,
}

/// What a person wants of a playlist. `None` leaves it as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlaylistEdit {
    /// Keep its tracks as they are.
    pub pinned: Option<bool>,
    /// Do not make it.
    pub excluded: Option<bool>,
    /// Its name from now on; empty: the rule's again.
    pub name: Option<String>,
}

/// A playlist defined by descriptors, for a preview or to be kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DefinitionRequest {
    /// The definition, in the language of `docs/descriptors.md`, such as `tempo 90..120, calm > 0.6, not genre "Christmas"`.
    pub definition: String,
    /// Name, for keeping.
    pub name: String,
    /// Key of the kept definition that this one replaces; empty: a new one.
    pub key: String,
    /// Library items that may appear; `None` for all.
    pub allowed: Option<Vec<ItemId>>,
}

/// Form of a playlist file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ListFormat {
    /// Extended M3U in UTF-8.
    #[default]
    M3u8,
    /// JSPF: XSPF as JSON.
    Jspf,
    /// XSPF.
    Xspf,
}

/// A wish to find a playlist's tracks in the library.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ImportRequest {
    /// The file's bytes.
    pub bytes: Vec<u8>,
    /// The file's name: its ending tells the form where the content does not, its folder resolves relative paths.
    pub name: PathBuf,
    /// Whether gaps are filled with the nearest tracks.
    pub fill: bool,
    /// Library items that may appear; `None` for all.
    pub allowed: Option<Vec<ItemId>>,
}
