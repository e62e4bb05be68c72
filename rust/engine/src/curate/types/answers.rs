//! What is answered.

use segue_cluster::Algorithm;

use crate::api::Neighbour;

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
