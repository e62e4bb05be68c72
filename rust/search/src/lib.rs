//! A person's words in, what they mean and which tracks answer them out.
//!
//! It knows no store, no network and no engine: callers give plain structs and get plain structs. [`understand`] reads a query into a
//! [`Query`], whose wants are scored against [`Columns`], what is known of all tracks in a few bytes each. The language, the lexicon and the
//! rules of scoring are described in `docs/search.md`.

mod columns;
mod facts;
mod label;
mod language;
mod lexicon;
mod meaning;
mod names;
mod query;
mod scale;
mod score;
mod tags;
mod text;
mod tokens;
mod understand;

pub use columns::Columns;
pub use facts::{Facts, MOODS, TAGS};
pub use language::Language;
pub use lexicon::{Concept, Kind};
pub use meaning::{Field, Meaning, Range, Want};
pub use names::{Names, NoNames};
pub use query::{Query, Rows, Score};
pub use score::Ready;
pub use tags::Network;
pub use text::fold;
pub use understand::{MOST_WANTS, QUERY_CHARS, understand};
