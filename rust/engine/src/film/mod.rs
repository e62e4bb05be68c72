//! Music for a film: what it is about and how it feels, and what of the library fits.

pub(crate) mod types;
