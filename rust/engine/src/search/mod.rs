//! Music by a person's own words.
//!
//! A query is understood by `segue-search`; what it needs of all songs lies in memory ([`known`]), built by the first question and kept
//! up to date song by song. Names in the query are found on the shelves, within what the audience may see ([`names`]); wants that only
//! the library can judge, an artist, a genre, what sounds like something, are judged here ([`lookup`]). Titles, artists and albums are
//! found by their words ([`named`]). [`answer`] puts all of it in one order, and says why.

pub(crate) mod answer;
pub(crate) mod known;
pub(crate) mod lookup;
mod named;
pub(crate) mod names;
mod reason;
pub(crate) mod types;
