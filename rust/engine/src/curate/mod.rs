//! Groups of the library, and the playlists made of them.

pub(crate) mod types;

use std::ops::RangeInclusive;
use std::path::Path;

use crate::{Engine, Error, Result};
use types::{
    ArtistProfile, ClusterReport, ClusterRequest, DataQuality, DefinitionRequest, Elbow, Import, ImportRequest,
    ListFormat, MakeProgress, NamingProvider, Playlist, PlaylistEdit, RunReport,
};

/// Told where the making stands; answers whether to go on.
pub type Watch<'a> = &'a mut dyn FnMut(&MakeProgress) -> bool;

impl Engine {
    /// Groups the library without making playlists.
    pub fn cluster(&self, _request: &ClusterRequest, _watch: Watch<'_>) -> Result<ClusterReport> {
        Err(Error::Busy)
    }
    /// A look at the numbers before grouping.
    pub fn data_quality(&self, _request: &ClusterRequest) -> Result<DataQuality> {
        Err(Error::Busy)
    }
    /// The elbow curve.
    pub fn elbow(&self, _request: &ClusterRequest, _ks: RangeInclusive<usize>, _watch: Watch<'_>) -> Result<Elbow> {
        Err(Error::Busy)
    }
    /// All playlists that are kept, excluded ones too.
    pub fn kept_playlists(&self) -> Result<Vec<Playlist>> {
        Err(Error::Busy)
    }
    /// What a person wants of a playlist.
    pub fn edit_playlist(&self, _key: &str, _edit: &PlaylistEdit) -> Result<Playlist> {
        Err(Error::Busy)
    }
    /// What a definition would hold.
    pub fn preview(&self, _request: &DefinitionRequest) -> Result<Playlist> {
        Err(Error::Busy)
    }
    /// Keeps a definition; it refills itself with each run.
    pub fn keep_definition(&self, _request: &DefinitionRequest) -> Result<Playlist> {
        Err(Error::Busy)
    }
    /// Forgets a definition and its playlist.
    pub fn forget_definition(&self, _key: &str) -> Result<()> {
        Err(Error::Busy)
    }
    /// Reports of the last runs, newest first.
    pub fn reports(&self, _count: usize) -> Result<Vec<RunReport>> {
        Err(Error::Busy)
    }
    /// Finds a playlist file's tracks in the library.
    pub fn import(&self, _request: &ImportRequest) -> Result<Import> {
        Err(Error::Busy)
    }
    /// A playlist file of some songs (content keys), with paths relative to `folder` where one is given.
    pub fn export(
        &self,
        _title: &str,
        _songs: &[String],
        _format: ListFormat,
        _folder: Option<&Path>,
    ) -> Result<Vec<u8>> {
        Err(Error::Busy)
    }
    /// A drawn cover of a playlist, PNG.
    pub fn cover(&self, _key: &str) -> Result<Vec<u8>> {
        Err(Error::Busy)
    }
    /// Artists with a vector of their own, each with `similar` nearest others.
    pub fn artists(&self, _similar: usize) -> Result<Vec<ArtistProfile>> {
        Err(Error::Busy)
    }
    /// Keeps, or forgets, the key of a naming service, in a file that only its owner may read.
    pub fn set_key(&self, _provider: NamingProvider, _key: Option<&str>) -> Result<()> {
        Err(Error::Busy)
    }
    /// Whether there is a key for a naming service.
    pub fn has_key(&self, _provider: NamingProvider) -> Result<bool> {
        Err(Error::Busy)
    }
}
