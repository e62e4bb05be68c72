//! The engine is Segue as a whole: open a store, tell it what music there is, let it listen, ask it.
//!
//! [`Engine`] is what the command line, the C ABI and through it the Jellyfin plugin call. It owns the worker threads,
//! ties the rooms below together and is the only one that knows them all; they do not know each other.
//!
//! All methods take `&self` and may be called from any thread. Answers ([`Engine::similar`], [`Engine::mix`]) come from
//! memory and go on while an analysis runs; a track can be asked for as soon as it has been heard.
//!
//! ```no_run
//! use segue_engine::{Engine, MixRequest, Options, Seed, Verdict};
//!
//! # fn main() -> segue_engine::Result<()> {
//! let engine = Engine::open(Options { store: "segue.db".into(), ..Options::default() })?;
//! engine.scan_folders(&["/music".into()], &|| true)?;
//! engine.analyse(&mut |progress| {
//!     eprintln!("{} of {}", progress.done, progress.total);
//!     Verdict::GoOn
//! })?;
//! let seed = Seed { name: engine.find("Nebula.ogg")?, ..Seed::default() };
//! let mix = engine.mix(&MixRequest { seeds: vec![seed], length: 25, include_seeds: true, ..MixRequest::default() })?;
//! # let _ = mix;
//! # Ok(())
//! # }
//! ```

mod admission;
mod analyse;
mod api;
mod ask;
mod clap;
mod collection;
mod control;
mod curate;
mod decode;
mod details;
mod duplicates;
mod engine;
mod error;
mod evaluation;
mod film;
mod hear;
mod index;
mod library;
mod listen;
mod locate;
mod networks;
mod packs;
mod recent;
mod record;
mod search;
mod snapshot;
mod stages;
mod stamp;
mod watched;

pub use api::{
    Activity, AnalysisSummary, Backend, Failure, ItemId, Level, LibraryTrack, NamedVector, Neighbour, NetworkPatches,
    NetworkTags, Options, Precision, Progress, Statistics, SyncSummary, Tags, Track, Verdict,
};
pub use collection::{CollectionModel, CollectionStatistics};
pub use curate::Watch;
pub use curate::types::{
    Algorithm, ArtistProfile, ClusterReport, ClusterRequest, Covariance, DataQuality, DefinitionRequest, Elbow,
    ElbowPoint, FitnessWeights, GroupWeights, Import, ImportEntry, ImportRequest, InputSpace, Linkage, ListFormat,
    MakeProgress, NamedBy, NamingProvider, NamingService, Playlist, PlaylistEdit, PlaylistKind, PlaylistRequest,
    PlaylistRun, RunReport, Scaling, Step,
};
pub use decode::decode_only;
pub use details::{Classified, Named};
pub use duplicates::{DuplicateFile, Duplicates};
pub use engine::Engine;
pub use error::{Error, ErrorKind, Result};
pub use evaluation::{Evaluation, KeyAgreement, NetworkAgreement, ReferenceTrack, TempoAgreement};
pub use film::types::{
    FilmAnswer, FilmFacts, FilmKind, FilmMeasures, FilmProgress, FilmStep, Soundtrack, SoundtrackRequest, VisionService,
};
pub use hear::types::{
    Audience, BlendRequest, GroupBy, Map, MapPoint, MapRegion, Misfit, MixRequest, NeighbourEvaluation, Opinion, Path,
    PathRequest, PersonalKind, PersonalList, Play, Seed, SeedKind, SetKind, SimilarSet, TasteRequest,
};

pub use packs::types::{Pack, PackFile, PackProgress, PackState, PackStep};
pub use search::types::{SearchAnswer, SearchHit, SearchRequest, Understood};

/// Version of this library.
#[must_use]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
