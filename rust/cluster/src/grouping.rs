//! What every algorithm is given and what it answers, so that callers need not know which one ran.

use ndarray::Array2;

/// Which algorithm groups the points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Algorithm {
    /// Round groups of a given number.
    #[default]
    KMeans,
    /// Dense regions of any shape; what lies in none is noise.
    Dbscan,
    /// A mixture of Gaussians: a point belongs to several groups, to each with a probability.
    Gmm,
    /// A tree of groups, cut at two heights.
    Hierarchical,
}

impl Algorithm {
    /// In one word, as it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::KMeans => "kmeans",
            Self::Dbscan => "dbscan",
            Self::Gmm => "gmm",
            Self::Hierarchical => "hierarchical",
        }
    }
}

/// Shape of a Gaussian's covariance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Covariance {
    /// Any ellipsoid.
    #[default]
    Full,
    /// Ellipsoids along the axes.
    Diagonal,
}

/// Which two groups are joined next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Linkage {
    /// Those whose union has the least more variance (Ward 1963).
    #[default]
    Ward,
    /// Those whose members are the nearest in the mean.
    Average,
}

/// What one run is made with.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase", tag = "algorithm")]
pub enum Parameters {
    /// k-means.
    KMeans {
        /// Groups.
        k: usize,
        /// Starts, of which the best end is kept.
        n_init: usize,
    },
    /// DBSCAN.
    Dbscan {
        /// How near neighbours lie, in units of the points.
        eps: f32,
        /// Neighbours, itself included, that make a point a core.
        min_samples: usize,
    },
    /// Gaussian mixture.
    Gmm {
        /// Components.
        components: usize,
        /// Their shape.
        covariance: Covariance,
    },
    /// Hierarchical.
    Hierarchical {
        /// Groups at the coarse cut.
        level1: usize,
        /// Groups at the fine cut, at least as many.
        level2: usize,
        /// What joins them.
        linkage: Linkage,
    },
}

impl Parameters {
    /// The algorithm that takes them.
    pub fn algorithm(&self) -> Algorithm {
        match self {
            Self::KMeans { .. } => Algorithm::KMeans,
            Self::Dbscan { .. } => Algorithm::Dbscan,
            Self::Gmm { .. } => Algorithm::Gmm,
            Self::Hierarchical { .. } => Algorithm::Hierarchical,
        }
    }
}

/// Where each point belongs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Grouping {
    /// Mean of each group, one row each.
    pub centroids: Array2<f32>,
    /// Per point its group; `None` for what belongs to none (DBSCAN's noise).
    pub labels: Vec<Option<usize>>,
    /// Per point the Euclidean distance to its group's centroid; for noise to the nearest.
    pub distances: Vec<f32>,
    /// Per point how sure it belongs there, 0..1: for a mixture the probability, else how much nearer its centroid is than
    /// the next one, `1 − nearest / second` (1 when there is one group only); 0 for noise.
    pub confidence: Vec<f32>,
    /// A mixture's probabilities, points by components.
    pub probabilities: Option<Array2<f32>>,
    /// The finer of a hierarchy's two cuts, per point; `labels` is the coarse one.
    pub finer: Option<Vec<usize>>,
}
