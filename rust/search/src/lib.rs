//! A person's words in, what they mean and which tracks answer them out.
//!
//! It knows no store, no network and no engine: callers give plain structs and get plain structs.

mod facts;

pub use facts::{Facts, MOODS, TAGS};
