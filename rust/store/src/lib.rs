//! The store keeps what Segue has heard in one SQLite file.
//!
//! It is the only room that knows SQL, and it knows no other room: it takes and gives plain records and does not know
//! how a content key, a vector or a playlist comes to be.
//!
//! # Shape
//!
//! - **Songs** are pieces of audio, known by the content key of their audio (16 bytes, 32 hexadecimal digits).
//!   **Files** map to songs, **library items** map to files. Files and items come and go; songs are never deleted, so a
//!   moved, renamed or re-imported file costs one look at its content key and no analysis.
//! - Each song carries the **stages** that have run and their versions; [`Store::pending`] lists what is missing.
//! - All of one file's results are stored by [`Store::commit_analysis`] in **one transaction**: a kill at any instant
//!   loses at most the tracks in flight.
//! - [`Store`] is `Send + Sync`. Writers take turns. Readers have connections of their own and, in WAL mode, neither
//!   wait for the writer nor keep it waiting; where the file system refuses WAL (network shares) the store falls back
//!   to a rollback journal.
//!
//! # On disk
//!
//! `PRAGMA application_id` is [`APPLICATION_ID`], `PRAGMA user_version` the schema version. Vectors are BLOBs of
//! little-endian f32; patch vectors are int8 with a scale per patch ([`encode_patches`]). Paths are TEXT; a path that
//! is no Unicode is a BLOB: its bytes on Unix, its UTF-16 units in little-endian order on Windows.

mod analyses;
mod artists;
mod blob;
mod collection;
mod connect;
mod details;
mod error;
mod files;
mod films;
mod groups;
mod listeners;
mod lookup;
mod made;
mod map;
mod path;
mod personal;
mod playlists;
mod recordings;
mod records;
mod runs;
mod schema;
mod snapshot;
mod songs;
mod spoken;
mod state;
mod store;
mod words;

pub use blob::{decode_patches, encode_patches};
pub use collection::ModelCount;
pub use connect::Opened;
pub use error::{Error, Result};
pub use files::{FolderScan, LibrarySync};
pub use listeners::{ListenerSong, PlayRecord};
pub use lookup::{Called, Reference, Shelved};
pub use made::{
    Algorithm, ArtistVector, Assignment, ClusterGroup, ClusterRow, NamedBy, PlaylistChange, PlaylistKind,
    PlaylistRecord, ProfileOf, RunRecord,
};
pub use map::MapPointRecord;
pub use personal::PersonalListRecord;
pub use records::{
    Analysis, AudioFacts, Details, Edges, Embedding, Failure, Features, FileRecord, FileRow, FileStamp, FileTags,
    HeardFile, ItemRecord, Labels, ModelVectors, PendingFile, Song, SongVectors, Stage, Statistics, SyncCounts,
};
pub use schema::{APPLICATION_ID, SCHEMA_VERSION};
pub use snapshot::{SpaceChange, SpaceHead, SpacePart, SpacePiece, SpaceSong};
pub use store::{Options, Store};
pub use words::Matching;
