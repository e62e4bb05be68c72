//! Models that do not ship: looked at, installed, removed.

pub(crate) mod types;
