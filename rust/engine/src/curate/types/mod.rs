//! What callers give and get when the library is grouped and made into playlists.

mod answers;
mod requests;

pub use answers::{
    ArtistProfile, ClusterReport, DataQuality, Elbow, ElbowPoint, Import, ImportEntry, MakeProgress, NamedBy, Playlist,
    PlaylistKind, PlaylistRun, RunReport, Step,
};
pub use requests::{
    ClusterRequest, DefinitionRequest, FitnessWeights, GroupWeights, ImportRequest, InputSpace, ListFormat,
    NamingProvider, NamingService, PlaylistEdit, PlaylistRequest, Scaling,
};
pub use segue_cluster::{Algorithm, Covariance, Linkage};
