//! Playlists as people write them: definitions by descriptors, playlist files read and written, and entries matched to a library.
//!
//! - [`read()`] and [`write()`]: M3U, JSPF, XSPF and tables in, M3U, JSPF and XSPF out.
//! - [`Matcher`]: which track of a library an entry of such a list is.
//! - [`fill_artist`]: who made a track whose tags do not tell.
//! - [`Definition`]: a playlist defined by ranges and words.
//!
//! It knows no store and no engine: callers give plain structs and get plain structs.

mod artist;
pub mod definition;
mod distance;
mod entry;
mod error;
mod location;
mod matching;
mod read;
mod text;
mod write;

pub use artist::{ArtistIds, ArtistSource, Untagged, fill_artist};
pub use definition::{Definition, DefinitionError, Described};
pub use entry::{Entry, List, MAX_BYTES, MAX_ENTRIES};
pub use error::{Error, Result};
pub use matching::{Candidate, How, Match, Matcher, SURE};
pub use read::read;
pub use write::{Format, write};
