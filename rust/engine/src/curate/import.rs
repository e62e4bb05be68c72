//! Other people's playlists, found in this library.

use std::collections::HashSet;

use segue_lists::{Candidate, How, Matcher};
use segue_space::TrackId;

use super::keep::track;
use super::types::{Import, ImportEntry, ImportRequest};
use crate::api::Neighbour;
use crate::ask::place;
use crate::{Engine, Result};

impl Engine {
    /// Finds the tracks of a playlist file in the library: by MusicBrainz id, else by path, else by names and length.
    ///
    /// With `fill` there is one more track for each that was not found, in the order of the gaps: near what was found round
    /// the gap, none of them twice.
    ///
    /// # Errors
    /// [`Error::Lists`](crate::Error::Lists) for a file that is no playlist; when the store fails or the engine is closed.
    pub fn import(&self, request: &ImportRequest) -> Result<Import> {
        let list = segue_lists::read(&request.bytes, &request.name)?;
        self.with(|state| {
            let mut song_ids = Vec::new();
            let mut candidates = Vec::new();
            state.store.for_each_song(|song| {
                let Some(path) = song.path else { return };
                candidates.push(Candidate {
                    title: song.tags.title,
                    artist: song.tags.artist,
                    album_artist: song.tags.album_artist,
                    album: song.tags.album,
                    duration_s: song.audio.map(|audio| audio.duration_s),
                    path,
                    mb_recording: song.tags.mb_recording,
                });
                song_ids.push(song.song_id);
            })?;
            let index = state.read_index();
            let admitted = index.admit(request.allowed.as_deref());
            // What the caller may not see does not exist: it must not stand in the way of what they may.
            let visible: Vec<bool> =
                song_ids.iter().map(|song| index.row(song).is_some_and(|row| admitted.admits(row))).collect();
            let mut shown = visible.iter().copied();
            candidates.retain(|_| shown.next().unwrap_or(false));
            let mut shown = visible.iter().copied();
            song_ids.retain(|_| shown.next().unwrap_or(false));

            let folder = request.name.parent();
            let matcher = Matcher::new(candidates);
            let mut entries = Vec::with_capacity(list.entries.len());
            for mut entry in list.entries {
                // Relative to where the list lies.
                entry.path = entry.path.map(|path| match folder {
                    Some(folder) if path.is_relative() => folder.join(path),
                    _ => path,
                });
                let found = matcher.find(&entry);
                let song = found.as_ref().and_then(|found| song_ids.get(found.index));
                let neighbour = match song {
                    Some(song) => track(state, &index, &admitted, song, 0.0)?,
                    None => None,
                };
                entries.push(ImportEntry {
                    title: entry.title,
                    artist: entry.artist,
                    album: entry.album,
                    score: found.as_ref().map_or(0.0, |found| found.score as f32),
                    how: found.map(|found| word(found.how).to_owned()).unwrap_or_default(),
                    found: neighbour,
                });
            }

            let mut filled: Vec<Neighbour> = Vec::new();
            if request.fill {
                let rows: Vec<Option<TrackId>> = entries
                    .iter()
                    .map(|entry| entry.found.as_ref().and_then(|found| index.row(&found.song_id)))
                    .collect();
                let mut taken: HashSet<TrackId> = rows.iter().flatten().copied().collect();
                let mut before = None;
                let mut rest = rows.as_slice();
                while let Some(first) = rest.first() {
                    if first.is_some() {
                        before = *first;
                        rest = rest.get(1..).unwrap_or_default();
                        continue;
                    }
                    // What lies round some gaps in a row says what would have been in them.
                    let gaps = rest.iter().take_while(|row| row.is_none()).count();
                    rest = rest.get(gaps..).unwrap_or_default();
                    let round: Vec<TrackId> = before.into_iter().chain(rest.first().copied().flatten()).collect();
                    if round.is_empty() {
                        continue;
                    }
                    let free = |id: TrackId| admitted.admits(id) && !taken.contains(&id);
                    for near in index.space().nearest_to_many(&round, gaps, &free)? {
                        taken.insert(near.id);
                        filled.push(place(state, &index, &admitted, near.id, near.distance)?);
                    }
                }
            }
            Ok(Import { title: list.title, entries, filled, unreadable: list.unreadable as u64 })
        })
    }
}

fn word(how: How) -> &'static str {
    match how {
        How::MusicBrainz => "musicbrainz",
        How::Path => "path",
        How::Names => "names",
    }
}
