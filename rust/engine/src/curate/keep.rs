//! Playlists as they are kept: shown, edited, exported, drawn.

use std::path::Path;

use segue_draw::{CoverTraits, cover_png};
use segue_lists::Entry;
use segue_models::Network;
use segue_store::{NamedBy as StoredBy, PlaylistChange, PlaylistKind as StoredKind, PlaylistRecord, ProfileOf};

use super::gather::moods_of;
use super::types::{ArtistProfile, ListFormat, NamedBy, Playlist, PlaylistEdit, PlaylistKind, RunReport};
use crate::api::Neighbour;
use crate::ask::place;
use crate::engine::{ARTIST_SONGS, State};
use crate::index::{Admitted, Index, artist_of};
use crate::{Engine, Error, Result};

/// The kind under which runs that make playlists are kept.
pub(crate) const PLAYLIST_RUNS: &str = "playlists";
/// Width and height of a drawn cover in pixels.
const COVER_SIZE: u32 = 600;
/// Longest name that a person may give, in characters.
const LONGEST_NAME: usize = 200;

impl Engine {
    /// All playlists that are kept, excluded ones too, in the order to show them.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn kept_playlists(&self) -> Result<Vec<Playlist>> {
        self.with(|state| {
            let index = state.read_index();
            let admitted = index.admit(None);
            let records = state.store.playlists()?;
            records.into_iter().map(|record| answer(state, &index, &admitted, record)).collect()
        })
    }

    /// Does to a playlist what a person wants, and answers what it is then. From now on that part of it is theirs: no run
    /// changes it.
    ///
    /// # Errors
    /// [`Error::UnknownPlaylist`]; [`Error::InvalidArgument`] for a name of more than 200 characters or with line breaks;
    /// when the store fails or the engine is closed.
    pub fn edit_playlist(&self, key: &str, edit: &PlaylistEdit) -> Result<Playlist> {
        if let Some(name) = &edit.name {
            check_name(name)?;
        }
        self.with(|state| {
            let change = PlaylistChange { pinned: edit.pinned, excluded: edit.excluded, name: edit.name.clone() };
            if !state.store.edit_playlist(key, &change)? {
                return Err(unknown(key));
            }
            self.kept(state, key)
        })
    }

    /// Reports of the last runs that made playlists, `count` at most, the newest first. Runs that were stopped or failed
    /// have none.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn reports(&self, count: usize) -> Result<Vec<RunReport>> {
        self.with(|state| self.reports_of(state, count))
    }

    pub(crate) fn reports_of(&self, state: &State, count: usize) -> Result<Vec<RunReport>> {
        let runs = state.store.runs(PLAYLIST_RUNS, count)?.into_iter().filter_map(|run| {
            let report: RunReport = serde_json::from_str(run.report.as_deref()?).ok()?;
            Some(RunReport {
                run: run.run_id,
                began_at: run.began_at,
                finished_at: run.finished_at.unwrap_or_default(),
                ..report
            })
        });
        Ok(runs.collect())
    }

    /// A playlist file of some songs, by their content keys or item ids; those without a file are left out. With `folder`
    /// the paths are relative to it, else absolute.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn export(&self, title: &str, songs: &[String], format: ListFormat, folder: Option<&Path>) -> Result<Vec<u8>> {
        self.with(|state| {
            let mut entries = Vec::with_capacity(songs.len());
            for reference in songs {
                let Some(song) = crate::ask::exact(state, reference)? else { continue };
                let Some(path) = song.path else { continue };
                let title = if song.tags.title.is_empty() {
                    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
                } else {
                    song.tags.title.clone()
                };
                entries.push(Entry {
                    title,
                    artist: artist_of(&song.tags).to_owned(),
                    album: song.tags.album,
                    duration_s: song.audio.map(|audio| audio.duration_s),
                    path: Some(path),
                    mb_recording: (!song.tags.mb_recording.is_empty()).then_some(song.tags.mb_recording),
                    isrc: None,
                });
            }
            let list = segue_lists::List { title: title.to_owned(), entries, unreadable: 0 };
            let format = match format {
                ListFormat::M3u8 => segue_lists::Format::M3u8,
                ListFormat::Jspf => segue_lists::Format::Jspf,
                ListFormat::Xspf => segue_lists::Format::Xspf,
            };
            Ok(segue_lists::write(format, &list, folder).into_bytes())
        })
    }

    /// A drawn cover of a playlist, PNG: the same for as long as its sound stays about the same.
    ///
    /// # Errors
    /// [`Error::UnknownPlaylist`]; when the store fails or the engine is closed.
    pub fn cover(&self, key: &str) -> Result<Vec<u8>> {
        self.with(|state| {
            let record = state.store.playlist(key)?.ok_or_else(|| unknown(key))?;
            let mut means = Means::default();
            for song_id in &record.songs {
                let Some(song) = state.store.song(song_id)? else { continue };
                let tags: Vec<f32> = state
                    .store
                    .embeddings(song_id)?
                    .into_iter()
                    .filter(|embedding| Network::ALL.iter().any(|network| network.name() == embedding.model))
                    .flat_map(|embedding| embedding.tags)
                    .collect();
                means.energy.add(song.features.energy);
                means.tempo.add(song.features.bpm);
                means.brightness.add(song.features.brightness);
                means.valence.add(moods_of(&tags, &song.features).map(|moods| moods.valence));
            }
            let words: Vec<&str> = record.words.iter().map(String::as_str).collect();
            let traits = CoverTraits {
                key,
                energy: means.energy.value(0.5),
                tempo: ((means.tempo.value(100.0) - 40.0) / 160.0).clamp(0.0, 1.0),
                valence: means.valence.value(0.5),
                brightness: means.brightness.value(0.5),
                words: &words,
            };
            Ok(cover_png(&traits, COVER_SIZE)?)
        })
    }

    /// Artists with five songs or more, in the order of their names, each with the `similar` artists whose vectors point
    /// the most the same way.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn artists(&self, similar: usize) -> Result<Vec<ArtistProfile>> {
        self.with(|state| {
            state.store.update_artist_vectors(ARTIST_SONGS, ProfileOf::Network(Network::Msd.name()))?;
            let artists = state.store.artist_vectors()?;
            let (names, vectors): (Vec<(String, u32)>, Vec<Vec<f32>>) =
                artists.into_iter().map(|artist| ((artist.artist_id, artist.song_count), artist.vector)).unzip();
            let alike = segue_space::alike(&vectors, similar);
            let name = |other: usize| names.get(other).map(|(name, _)| name.clone()).unwrap_or_default();
            let similar: Vec<Vec<(String, f32)>> = alike
                .into_iter()
                .map(|others| others.into_iter().map(|(other, cosine)| (name(other), cosine)).collect())
                .collect();
            let profiles = names.iter().zip(vectors).zip(similar).map(|(((artist, songs), vector), similar)| {
                ArtistProfile { artist: artist.clone(), songs: u64::from(*songs), vector, similar }
            });
            Ok(profiles.collect())
        })
    }

    /// A playlist by its key.
    pub(crate) fn kept(&self, state: &State, key: &str) -> Result<Playlist> {
        let record = state.store.playlist(key)?.ok_or_else(|| unknown(key))?;
        let index = state.read_index();
        answer(state, &index, &index.admit(None), record)
    }
}

/// No playlist has this key.
pub(crate) fn unknown(key: &str) -> Error {
    Error::UnknownPlaylist { key: key.to_owned() }
}

/// Whether a name can stand in a list of names.
pub(crate) fn check_name(name: &str) -> Result<()> {
    if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(Error::InvalidArgument(format!(
            "a playlist's name has at most {LONGEST_NAME} characters and no line breaks"
        )));
    }
    Ok(())
}

/// A playlist as callers see it. Songs that have no file any more are left out.
pub(crate) fn answer(state: &State, index: &Index, admitted: &Admitted, record: PlaylistRecord) -> Result<Playlist> {
    let mut tracks = Vec::with_capacity(record.songs.len());
    for song_id in &record.songs {
        tracks.extend(track(state, index, admitted, song_id, 0.0)?);
    }
    Ok(Playlist {
        key: record.key,
        kind: match record.kind {
            StoredKind::Cluster => PlaylistKind::Cluster,
            StoredKind::Definition => PlaylistKind::Definition,
        },
        name: record.name,
        named_by: match record.named_by {
            StoredBy::Rule => NamedBy::Rule,
            StoredBy::Service => NamedBy::Service,
            StoredBy::Person => NamedBy::Person,
        },
        description: record.description,
        words: record.words,
        pinned: record.pinned,
        excluded: record.excluded,
        faded: record.faded,
        definition: record.definition.unwrap_or_default(),
        tracks,
    })
}

/// A song as a track to play. `None`: its file is gone, or it is not admitted.
pub(crate) fn track(
    state: &State,
    index: &Index,
    admitted: &Admitted,
    song_id: &str,
    distance: f32,
) -> Result<Option<Neighbour>> {
    match index.row(song_id) {
        Some(row) if admitted.admits(row) => place(state, index, admitted, row, distance).map(Some),
        _ => Ok(None),
    }
}

/// A mean of what is known.
#[derive(Default)]
struct Mean {
    sum: f32,
    count: u32,
}

impl Mean {
    fn add(&mut self, value: Option<f32>) {
        if let Some(value) = value.filter(|value| value.is_finite()) {
            self.sum += value;
            self.count += 1;
        }
    }

    fn value(&self, unknown: f32) -> f32 {
        if self.count == 0 { unknown } else { self.sum / self.count as f32 }
    }
}

/// What a cover goes by.
#[derive(Default)]
struct Means {
    energy: Mean,
    tempo: Mean,
    valence: Mean,
    brightness: Mean,
}
