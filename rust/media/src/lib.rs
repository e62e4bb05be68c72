//! A file in, blocks of samples out: the only room that knows codecs and ffmpeg.
//!
//! [`AudioReader`] decodes one file as a stream of interleaved `f32` blocks at the file's own rate, [`content_key`] names
//! the audio in a file whatever its tags and its name, [`read_tags`] reads those tags. Memory does not grow with the
//! length of a file. Of a video, [`frames`] gives small pictures and [`sound`] windows of what is heard, at chosen places.
//!
//! Three decoders share the work. symphonia takes MP3, AAC-LC, ALAC, FLAC, Vorbis, PCM and ADPCM in all its containers;
//! `ropus` takes Opus on symphonia's packets; everything else, and whatever those two refuse, goes to an ffmpeg that the
//! caller names, as a child process. Files are hostile input to all three: sizes are bounded, time is bounded, and a panic
//! of a decoder is contained and counted as damage.
//!
//! This room knows nothing of resampling, features, networks or storage. The only threads it starts watch an ffmpeg child.
//!
//! # Known limits
//!
//! - Opus comes out of a fixed-point decoder: 16 bits, clipped at full scale.
//! - Matroska keeps the exact end of a stream where symphonia does not show it: up to one packet of encoder padding stays
//!   at the end of Vorbis, Opus and AAC in mkv and webm.
//! - AAC without gapless information (raw ADTS, most Matroska) keeps its encoder delay, as it does in ffmpeg.

mod clock;
mod contain;
mod demux;
mod error;
mod ffmpeg;
mod files;
mod key;
mod mp4;
mod native;
mod opus;
mod reader;
mod samples;
mod sbr;
mod shape;
mod tags;
mod video;

pub use error::{Error, Result};
pub use files::{EXTENSIONS, is_audio};
pub use key::{ContentKey, content_key};
pub use reader::{AudioReader, OpenOptions};
pub use samples::mix_down;
pub use shape::Decoder;
pub use tags::{MusicBrainz, Tags, read_tags};
pub use video::{Burst, Sound, frames, jpeg, sound};
