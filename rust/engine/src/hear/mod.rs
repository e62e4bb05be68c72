//! Music that sounds right: what the space of tracks is asked for beyond a track's neighbours.

mod blend;
mod evaluate;
mod listeners;
mod map;
mod mix;
mod path;
mod sets;
mod taste;
pub(crate) mod types;
