//! What the collection of vectors holds, in the shape that a vector database would tell.

/// Statistics of the collection.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CollectionStatistics {
    /// Its name: that of the database file, without its ending.
    pub collection_name: String,
    /// Vectors in all.
    pub vectors_count: u64,
    /// Songs that have one or more.
    pub points_count: u64,
    /// `green` when all that is known has been heard, `yellow` while something is left to hear, `red` when the last run failed or the
    /// database was damaged.
    pub status: String,
    /// What it consists of, one entry for each model that has heard songs.
    pub models: Vec<CollectionModel>,
}

/// What one model has put into the collection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CollectionModel {
    /// Name of the vectors, such as `msd`.
    pub name: String,
    /// Values of each.
    pub dimensions: u64,
    /// Vectors.
    pub vectors_count: u64,
    /// The version of the stage that makes them, as it would be made now; empty where nothing makes them any more.
    pub version: String,
    /// Vectors of that version.
    pub current: u64,
}
