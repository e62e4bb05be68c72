//! Music that sounds right: what the space of tracks is asked for beyond a track's neighbours.
//!
//! A request names seeds, an audience and perhaps a listener. What the audience may see ([`audience`]) is settled first, and seeds
//! ([`seeds`]) are found within that: tracks by the index, artists, albums and genres on the shelves ([`shelves`]), moods by what
//! the networks hear ([`moods`]). What the listener likes, skipped or just heard ([`opinions`]) becomes a leaning for every track. The space
//! answers, and the answer is put into words ([`words`]).

pub(crate) mod audience;
mod blend;
mod evaluate;
mod listeners;
mod map;
mod mix;
pub(crate) mod moods;
pub(crate) mod opinions;
mod path;
mod personal;
pub(crate) mod prior;
mod recordings;
mod regions;
#[cfg(test)]
mod samples;
pub(crate) mod seeds;
mod sets;
pub(crate) mod shelf_names;
pub(crate) mod shelves;
mod taste;
pub(crate) mod types;
mod words;
