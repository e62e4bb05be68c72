//! What callers see of playlists: files there and back, hostile ones, matching against judged pairs, definitions.

mod definitions;
mod hostile;
mod judged;
mod libraries;
mod round_trip;
