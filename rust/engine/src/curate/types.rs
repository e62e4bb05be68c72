//! What callers give and get when the library is grouped and made into playlists.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use crate::api::{ItemId, Neighbour};

pub use segue_cluster::{Algorithm, Covariance, Linkage};

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

/// What is being done while playlists are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Step {
    /// Reading what is known of the tracks.
    #[default]
    Gathering,
    /// Searching for good groups.
    Searching,
    /// Assigning every track.
    Assigning,
    /// Selecting, ordering and naming.
    Naming,
    /// Writing it down.
    Saving,
}

/// Where the making of playlists stands.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MakeProgress {
    /// What is being done.
    pub step: Step,
    /// Steps of it done.
    pub done: u64,
    /// Steps of it in all.
    pub total: u64,
    /// The whole, 0..1.
    pub fraction: f64,
    /// Fitness of the best so far; 0 before there is one.
    pub fitness: f64,
}

/// What a look at the numbers before grouping found.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct DataQuality {
    /// Tracks that could be played.
    pub tracks: u64,
    /// Of those: have all that the space is made of, and take part.
    pub taking_part: u64,
    /// Left out: something of the space was never heard.
    pub missing: u64,
    /// Left out: a value that is no finite number.
    pub not_finite: u64,
    /// Take part, but lie far from everything.
    pub outlying: u64,
    /// Numbers per track.
    pub dimensions: u64,
    /// Of those: the same for all tracks, so that they tell nothing.
    pub constant: u64,
    /// Dimensions after principal components; the same number without.
    pub kept_dimensions: u64,
}

/// How a grouping was found and how good it is.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct ClusterReport {
    /// The data.
    pub quality: DataQuality,
    /// The algorithm.
    pub algorithm: Algorithm,
    /// What it was run with, in words, such as `k 34, 24 components`.
    pub parameters: String,
    /// Runs made.
    pub runs: u64,
    /// Tracks that the search looked at.
    pub sampled: u64,
    /// Groups.
    pub clusters: u64,
    /// Tracks that belong to none (noise), assigned to the nearest all the same.
    pub noise: u64,
    /// Fitness, 0..1, and its parts by name.
    pub fitness: f64,
    /// Its parts: `separation`, `purity`, `diversity`, `artists`, `size`.
    pub parts: Vec<(String, f64)>,
    /// Silhouette on a sample, −1..1.
    pub silhouette: f64,
    /// Seconds it took.
    pub seconds: f64,
}

/// One number of groups and what comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ElbowPoint {
    /// Groups.
    pub k: usize,
    /// Sum of squared distances to the centroids.
    pub inertia: f64,
    /// Silhouette on a sample, −1..1.
    pub silhouette: f64,
}

/// The curve that tells how many groups there are.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Elbow {
    /// In order of k.
    pub curve: Vec<ElbowPoint>,
    /// The suggested number.
    pub suggested: usize,
    /// The curve as a picture, SVG.
    pub svg: String,
}

/// What made a playlist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PlaylistKind {
    /// A group of tracks that sound alike.
    #[default]
    Cluster,
    /// A definition by descriptors.
    Definition,
}

/// Who gave a playlist its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NamedBy {
    /// The rule.
    #[default]
    Rule,
    /// A naming service.
    Service,
    /// A person: it stays.
    Person,
}

impl PlaylistKind {
    /// In one word, as it is stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Definition => "definition",
        }
    }
}

impl NamedBy {
    /// In one word, as it is stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Service => "service",
            Self::Person => "person",
        }
    }
}

/// A playlist as Segue keeps it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Playlist {
    /// Stays the same for as long as the playlist is recognisably the same.
    pub key: String,
    /// What made it.
    pub kind: PlaylistKind,
    /// Name for people.
    pub name: String,
    /// Who gave it.
    pub named_by: NamedBy,
    /// One sentence on why these songs belong together.
    pub description: String,
    /// The words it is strong in, the strongest first.
    pub words: Vec<String>,
    /// A person wants its tracks to stay as they are.
    pub pinned: bool,
    /// A person does not want it: it is not made, and not shown.
    pub excluded: bool,
    /// Runs since it lost its group; 0 while it has one.
    pub faded: u32,
    /// The definition of [`PlaylistKind::Definition`], as text; else empty.
    pub definition: String,
    /// Its tracks, in order.
    pub tracks: Vec<Neighbour>,
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

/// What a run changed.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct RunReport {
    /// Number of the run.
    pub run: i64,
    /// Seconds since 1970.
    pub began_at: i64,
    /// Seconds since 1970.
    pub finished_at: i64,
    /// How the groups were found.
    pub clusters: ClusterReport,
    /// Playlists there are now, excluded ones left out.
    pub playlists: u64,
    /// Tracks in them.
    pub tracks: u64,
    /// New playlists.
    pub new: u64,
    /// Continued from the run before.
    pub continued: u64,
    /// Lost their group and are kept for now.
    pub fading: u64,
    /// Gone for good.
    pub gone: u64,
    /// Tracks that came into continued playlists.
    pub tracks_added: u64,
    /// Tracks that left continued playlists.
    pub tracks_removed: u64,
    /// Names that the naming service gave.
    pub service_names: u64,
    /// What a person should know, such as that the naming service did not answer.
    pub notes: Vec<String>,
}

/// What came of making playlists.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlaylistRun {
    /// The playlists to show, in the order to show them.
    pub playlists: Vec<Playlist>,
    /// What changed.
    pub report: RunReport,
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

/// A track of an imported playlist.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ImportEntry {
    /// Title as the file has it.
    pub title: String,
    /// Artist as the file has it.
    pub artist: String,
    /// Album as the file has it.
    pub album: String,
    /// What it was found as; `None`: the library has nothing like it.
    pub found: Option<Neighbour>,
    /// How sure that is, 0..1.
    pub score: f32,
    /// How it was found: `musicbrainz`, `path` or `names`; empty when it was not.
    pub how: String,
}

/// What an imported playlist is in this library.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Import {
    /// The file's title, where it has one.
    pub title: String,
    /// Its entries, in order.
    pub entries: Vec<ImportEntry>,
    /// Tracks near those that were found, one for each that was not, where the caller asked for them.
    pub filled: Vec<Neighbour>,
    /// Lines that could not be understood.
    pub unreadable: u64,
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

/// An artist with a vector of their own.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ArtistProfile {
    /// The artist, in one spelling.
    pub artist: String,
    /// Songs that made the vector.
    pub songs: u64,
    /// Mean of the songs' vectors.
    pub vector: Vec<f32>,
    /// The nearest other artists and how near they are, cosine, nearest first.
    pub similar: Vec<(String, f32)>,
}
