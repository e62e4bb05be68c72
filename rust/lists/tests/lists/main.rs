//! What callers see of playlists: files there and back, hostile ones, matching against judged pairs, definitions.

// A panic in a test is its report; helpers outside of test functions are not recognised as tests.
#![allow(clippy::unwrap_used, clippy::panic)]

mod definitions;
mod hostile;
mod judged;
mod libraries;
mod round_trip;
