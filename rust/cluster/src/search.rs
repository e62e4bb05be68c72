//! The search for good parameters.

/// How much each part counts in what a search calls good. Relative to each other; 0 leaves a part out.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
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
        Self { separation: 1.0, purity: 1.0, diversity: 1.0, artists: 0.5, size: 0.5 }
    }
}
