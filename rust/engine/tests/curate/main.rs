//! Groups and playlists from end to end, on libraries that are put straight into the store: no audio, many songs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod definitions;
mod groups;
mod lists;
mod naming;
mod playlists;
mod sample;
