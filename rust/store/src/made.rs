//! What callers give and get of what is made of songs: groups, artists, playlists, and the runs that made them.

/// A way of grouping songs: the seed schema's four.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// k-means.
    KMeans,
    /// Gaussian mixture.
    Gmm,
    /// Hierarchical, in two levels.
    Hierarchical,
    /// Density-based.
    Dbscan,
}

/// Where an algorithm puts a song.
#[derive(Debug, Clone, PartialEq)]
pub enum Assignment {
    /// k-means.
    KMeans {
        /// Number of the cluster.
        cluster: i64,
        /// Distance to its centre.
        distance: f64,
    },
    /// Gaussian mixture.
    Gmm {
        /// The most probable component.
        cluster: i64,
        /// Probability of each component.
        probabilities: Vec<f64>,
    },
    /// Hierarchical.
    Hierarchical {
        /// Number of the cluster on the coarse level.
        level1: i64,
        /// Number of the cluster on the fine level.
        level2: i64,
    },
    /// Density-based.
    Dbscan {
        /// Number of the cluster, −1 for noise.
        cluster: i64,
    },
}

/// A song's place in a grouping.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterRow {
    /// Content key of the song.
    pub song_id: String,
    /// Where it belongs.
    pub assignment: Assignment,
    /// How sure that is, 0..1.
    pub confidence: Option<f64>,
}

/// An artist's mean over the songs.
#[derive(Debug, Clone, PartialEq)]
pub struct ArtistVector {
    /// The artist: the name in lower case.
    pub artist_id: String,
    /// Mean of the songs' vectors.
    pub vector: Vec<f32>,
    /// Songs it is made of.
    pub song_count: u32,
}

/// A group of the last grouping.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ClusterGroup {
    /// Its number, as in [`ClusterRow`]; of a hierarchy that of the coarse level.
    pub cluster: i64,
    /// Songs in it.
    pub size: u64,
    /// Name for people; may be empty.
    pub name: String,
    /// Its middle, in the space that was grouped.
    pub centroid: Vec<f32>,
}

/// What artists' vectors are the mean of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProfileOf<'a> {
    /// The songs' classical features, [`Details::vector`](crate::Details::vector).
    Features,
    /// The songs' mean vectors of this network.
    Network(&'a str),
}

/// What makes a playlist.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PlaylistKind {
    /// A group of songs.
    #[default]
    Cluster,
    /// A definition.
    Definition,
}

/// Who named a playlist.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NamedBy {
    /// The rule.
    #[default]
    Rule,
    /// A naming service.
    Service,
    /// A person.
    Person,
}

/// A playlist made by Segue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlaylistRecord {
    /// Stays the same from run to run while the playlist is recognisably the same.
    pub key: String,
    /// What makes it.
    pub kind: PlaylistKind,
    /// Name for people.
    pub name: String,
    /// Who gave it.
    pub named_by: NamedBy,
    /// One sentence on what is in it.
    pub description: String,
    /// The words it is strong in, the strongest first. Kept on one line each.
    pub words: Vec<String>,
    /// The definition of one that is made by it.
    pub definition: Option<String>,
    /// A person wants its songs to stay as they are.
    pub pinned: bool,
    /// A person does not want it.
    pub excluded: bool,
    /// Runs since it lost its group; 0 while it has one.
    pub faded: u32,
    /// Its place in the order to show.
    pub position: u32,
    /// The server's id for it. Saving `None` keeps a stored one.
    pub external_id: Option<String>,
    /// Content keys of its songs, in order.
    pub songs: Vec<String>,
    /// First saved, seconds since 1970. Set by the store.
    pub created_at: i64,
    /// Last changed, seconds since 1970. Set by the store.
    pub updated_at: i64,
}

/// What a person wants of a playlist. `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlaylistChange {
    /// Its songs stay as they are.
    pub pinned: Option<bool>,
    /// It is not wanted.
    pub excluded: Option<bool>,
    /// Its name from now on. A blank one: the next run may name it again; until then it keeps the one it has.
    pub name: Option<String>,
}

/// A run that made something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunRecord {
    /// Its number; later runs have higher ones.
    pub run_id: i64,
    /// What was made, such as `playlists`.
    pub kind: String,
    /// Seconds since 1970.
    pub began_at: i64,
    /// Seconds since 1970; `None` while it runs, and of one that was killed.
    pub finished_at: Option<i64>,
    /// How it ended, in one stable word.
    pub outcome: Option<String>,
    /// What it did, as JSON.
    pub report: Option<String>,
}
