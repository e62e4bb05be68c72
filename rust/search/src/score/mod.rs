//! How well tracks answer a query; the rules are in `docs/search.md`.

mod judge;
mod reading;
mod ready;

pub use ready::Ready;

/// How fast a concept is fulfilled, per deviation of its evidence.
pub(crate) const SLOPE: f32 = 1.7;
/// Deviations above the mean at which a concept is as much fulfilled as not.
pub(crate) const EVEN: f32 = 0.5;
/// The same where it is not wanted: lower, so that a hint of it counts.
pub(crate) const EVEN_UNWANTED: f32 = 0.0;
/// How many deviations `very`, at strength 2, asks more than plainly.
pub(crate) const STRONGER: f32 = 0.8;
/// How alike the clues of a concept are taken to be, as a correlation.
pub(crate) const ALIKE: f32 = 0.5;
/// No clue counts for more deviations than this.
pub(crate) const MOST: f32 = 3.0;
/// Deviations that a genre in the tags of a file is worth at least.
pub(crate) const TAGGED: f32 = 2.0;
/// Deviations that a concept without any clue is worth in a file whose genres are others.
pub(crate) const OTHERWISE_TAGGED: f32 = -1.5;
/// What a want counts of which nothing is known.
pub(crate) const UNKNOWN: f32 = 0.3;
/// No want counts for less, so that one miss does not make all others worthless.
pub(crate) const FLOOR: f32 = 0.02;
/// What a decade heard rather than known counts at most.
pub(crate) const HEARD_YEAR: f32 = 0.6;
