//! What may be typed to ask for music for a film.

use std::path::PathBuf;

use clap::Args;

use super::StoreArguments;

#[derive(Args)]
pub(crate) struct SoundtrackArguments {
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    /// A video; or pictures, or a folder with some, of a slideshow.
    #[arg(value_name = "VIDEO")]
    pub(crate) files: Vec<PathBuf>,
    /// Tracks at most.
    #[arg(short = 'k', default_value_t = 20, value_name = "N")]
    pub(crate) count: usize,
    /// Most tracks of one artist.
    #[arg(long, default_value_t = 3, value_name = "N")]
    pub(crate) artist_cap: usize,
    /// What it is called.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) title: String,
    /// What it is about, in one of seven languages.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) overview: String,
    /// A genre of it. May be given several times, as all that follow.
    #[arg(long, value_name = "GENRE")]
    pub(crate) genre: Vec<String>,
    /// A keyword.
    #[arg(long, value_name = "TAG")]
    pub(crate) tag: Vec<String>,
    /// Who wrote its music: what of theirs is in the library comes sooner.
    #[arg(long, value_name = "NAME")]
    pub(crate) composer: Vec<String>,
    /// Also write the tracks as an m3u playlist.
    #[arg(long, value_name = "FILE")]
    pub(crate) m3u: Option<PathBuf>,
    /// The ffmpeg that reads the video. Without it, the one on PATH.
    #[arg(long, value_name = "FILE")]
    pub(crate) ffmpeg: Option<PathBuf>,
    /// The folder with `models.toml`.
    #[arg(long, value_name = "DIR", env = "SEGUE_MODELS")]
    pub(crate) models: Option<PathBuf>,
}
