//! Pictures, sound and words of a film in, how it feels and what music fits it out.
//!
//! [`Pictures`] takes small frames and finds shots, light, colour and motion; [`Segment`] tells speech from music; [`target`] puts that
//! together with what a library says of the film ([`Said`]). It opens no files and knows no networks: callers give plain slices.

mod picture;
mod pictures;
mod shots;
mod sound;
mod target;
mod text;
mod themes;

pub use picture::Frame;
pub use pictures::{PictureMeasures, Pictures};
pub use sound::{RATE, SEGMENT, Segment, SoundShares};
pub use target::{Answer, Measured, Target, target};
pub use text::TEXT_CHARS;
pub use themes::Said;

/// Version of what is measured: another one is measured anew.
pub const VERSION: u32 = 1;
