//! Extended M3U in UTF-8: one `#EXTINF` line and one path per track.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context;
use segue_engine::{Engine, Neighbour};

use crate::shapes::title;

/// Writes `tracks` as a playlist.
pub(crate) fn write(file: &Path, engine: &Engine, tracks: &[Neighbour]) -> anyhow::Result<()> {
    let mut text = String::from("#EXTM3U\n");
    for neighbour in tracks {
        if let Some(track) = engine.track(&neighbour.song_id)? {
            let who = if track.tags.artist.is_empty() { String::new() } else { format!("{} - ", track.tags.artist) };
            // A line break in a title would begin a new entry.
            let label = format!("{who}{}", title(&track)).replace(['\r', '\n'], " ");
            writeln!(text, "#EXTINF:{},{label}", track.duration_s.round())?;
        }
        writeln!(text, "{}", neighbour.path.display())?;
    }
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}
