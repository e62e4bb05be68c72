//! What may be typed to ask for music in words.

use std::path::PathBuf;

use clap::Args;

use super::StoreArguments;

#[derive(Args)]
pub(crate) struct SearchArguments {
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    /// A description, such as "calm piano for reading, no vocals", in one of seven languages; or a title, an artist, an album.
    pub(crate) query: String,
    /// Tracks at most.
    #[arg(short = 'k', default_value_t = 10, value_name = "N")]
    pub(crate) count: usize,
    /// Also write the tracks as an m3u playlist.
    #[arg(long, value_name = "FILE")]
    pub(crate) m3u: Option<PathBuf>,
}
