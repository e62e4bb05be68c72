//! Playlists by definition: previewed, kept, filled anew.

use std::collections::{HashMap, HashSet};

use segue_lists::definition::{Key, Mood};
use segue_lists::{Definition, Described};
use segue_models::Network;
use segue_store::{PlaylistKind as StoredKind, PlaylistRecord, Song};

use super::gather::{moods_of, tag_names};
use super::keep::{answer, check_name, track, unknown};
use super::types::{DefinitionRequest, NamedBy, Playlist, PlaylistKind};
use crate::api::ItemId;
use crate::engine::State;
use crate::stages::STYLES;
use crate::{Engine, Error, Result};

/// Most tracks of a playlist whose definition names no limit.
const MOST_TRACKS: usize = 1000;

impl Engine {
    /// What a definition holds, without keeping anything. Its `key` is empty.
    ///
    /// # Errors
    /// [`Error::Lists`] where the definition cannot be understood: the message says where and what was expected; when the
    /// store fails or the engine is closed.
    pub fn preview(&self, request: &DefinitionRequest) -> Result<Playlist> {
        let definition = parse(&request.definition)?;
        self.with(|state| {
            let songs = self.fulfilling(state, &definition, request.allowed.as_deref())?;
            let index = state.read_index();
            let admitted = index.admit(request.allowed.as_deref());
            let mut tracks = Vec::new();
            for song_id in &songs {
                tracks.extend(track(state, &index, &admitted, song_id, 0.0)?);
            }
            Ok(Playlist {
                kind: PlaylistKind::Definition,
                name: request.name.clone(),
                named_by: NamedBy::Person,
                description: describe(&definition),
                definition: definition.to_string(),
                tracks,
                ..Playlist::default()
            })
        })
    }

    /// Keeps a definition under a name, with the tracks that it holds today; whoever may see which of them is the caller's
    /// to ask for. Each run of [`Engine::playlists`] fills it anew, unless it is pinned.
    ///
    /// # Errors
    /// As [`Engine::preview`]; [`Error::InvalidArgument`] without a name; [`Error::UnknownPlaylist`] where `key` names
    /// none that is kept.
    pub fn keep_definition(&self, request: &DefinitionRequest) -> Result<Playlist> {
        let definition = parse(&request.definition)?;
        let name = request.name.trim();
        if name.is_empty() {
            return Err(Error::InvalidArgument("a definition is kept under a name; give it one".to_owned()));
        }
        check_name(name)?;
        self.with(|state| {
            let before = state.store.playlists()?;
            let known = before.iter().find(|list| list.key == request.key && list.kind == StoredKind::Definition);
            let mut record = match known {
                Some(known) => known.clone(),
                None if !request.key.is_empty() => return Err(unknown(&request.key)),
                None => PlaylistRecord {
                    key: free_key(name, &before),
                    position: before.iter().map(|list| list.position + 1).max().unwrap_or_default(),
                    ..PlaylistRecord::default()
                },
            };
            record.kind = StoredKind::Definition;
            record.name = name.to_owned();
            record.named_by = segue_store::NamedBy::Person;
            record.description = describe(&definition);
            record.definition = Some(definition.to_string());
            record.songs = self.fulfilling(state, &definition, None)?;
            state.store.put_playlist(&record)?;
            self.kept(state, &record.key)
        })
    }

    /// Forgets a kept definition and its playlist.
    ///
    /// # Errors
    /// [`Error::UnknownPlaylist`] where `key` names no kept definition; when the store fails or the engine is closed.
    pub fn forget_definition(&self, key: &str) -> Result<()> {
        self.with(|state| match state.store.playlist(key)? {
            Some(record) if record.kind == StoredKind::Definition => {
                state.store.remove_playlist(key)?;
                Ok(())
            }
            _ => Err(unknown(key)),
        })
    }

    /// Fills all kept definitions anew, pinned and excluded ones left out, and answers them as they are then. One that a
    /// newer version of the language wrote is left as it is.
    pub(crate) fn refill(&self, state: &State) -> Result<Vec<Playlist>> {
        let kept: Vec<(PlaylistRecord, Option<Result<Definition>>)> = state
            .store
            .playlists()?
            .into_iter()
            .filter(|record| record.kind == StoredKind::Definition && !record.excluded)
            .map(|record| {
                let definition = record.definition.as_deref().map(parse);
                (record, definition)
            })
            .collect();
        if kept.is_empty() {
            return Ok(Vec::new());
        }
        let asks_styles = |definition: &Option<Result<Definition>>| matches!(definition, Some(Ok(definition)) if !definition.style_names().is_empty());
        let catalogue = self.catalogue(state, kept.iter().any(|(_, definition)| asks_styles(definition)), None)?;
        let mut filled = Vec::new();
        for (mut record, definition) in kept {
            match definition {
                Some(Ok(definition)) if !record.pinned => {
                    record.songs = catalogue.select(&definition);
                    state.store.put_playlist(&record)?;
                }
                Some(Err(error)) => tracing::warn!(playlist = record.name, %error, "not filled anew"),
                _ => {}
            }
            let index = state.read_index();
            filled.push(answer(state, &index, &index.admit(None), record)?);
        }
        Ok(filled)
    }

    /// Content keys of the songs that a definition holds, in its order. Its limits count what is allowed only.
    fn fulfilling(&self, state: &State, definition: &Definition, allowed: Option<&[ItemId]>) -> Result<Vec<String>> {
        Ok(self.catalogue(state, !definition.style_names().is_empty(), allowed)?.select(definition))
    }

    /// What definitions are held against. Styles are read song by song, so only where somebody asks for them and there can
    /// be an answer.
    fn catalogue(&self, state: &State, with_styles: bool, allowed: Option<&[ItemId]>) -> Result<Catalogue> {
        let mut songs: Vec<Song> = Vec::new();
        state.store.for_each_song(|song| songs.push(song))?;
        {
            let index = state.read_index();
            let admitted = index.admit(allowed);
            songs.retain(|song| index.row(&song.song_id).is_some_and(|row| admitted.admits(row)));
        }
        let networks = Network::ALL.map(Network::name);
        let mut tags: HashMap<String, [Vec<f32>; 2]> = HashMap::new();
        state.store.while_tags(&networks, |song_id, model, found| {
            let place = networks.iter().position(|name| *name == model);
            if let Some(slot) = place.and_then(|place| tags.entry(song_id.to_owned()).or_default().get_mut(place)) {
                *slot = found.to_vec();
            }
            !self.is_closing()
        })?;
        let mut styles: HashMap<String, Vec<(String, f32)>> = HashMap::new();
        if with_styles && self.stages().iter().any(|stage| stage.name == STYLES) {
            for song in &songs {
                let labels = self.current_labels(state.store.details(&song.song_id)?);
                let named = labels.into_iter().filter(|labels| labels.stage == STYLES);
                styles.insert(
                    song.song_id.clone(),
                    named.flat_map(|labels| labels.classes.into_iter().zip(labels.values)).collect(),
                );
            }
        }
        let tags = tags.into_iter().map(|(song, tags)| (song, tags.concat())).collect();
        Ok(Catalogue { songs, tags, styles })
    }
}

/// Every song that may be asked for, with what is known of it.
struct Catalogue {
    songs: Vec<Song>,
    /// By content key: the tags of both networks.
    tags: HashMap<String, Vec<f32>>,
    /// By content key.
    styles: HashMap<String, Vec<(String, f32)>>,
}

impl Catalogue {
    /// Content keys of the songs that a definition holds, in its order.
    fn select(&self, definition: &Definition) -> Vec<String> {
        let names = tag_names();
        let asked: HashSet<usize> = {
            let wanted = definition.tag_names();
            let is_wanted = |name: &str| wanted.iter().any(|wanted| segue_lists::definition::same_name(name, wanted));
            names.iter().enumerate().filter(|(_, name)| is_wanted(name)).map(|(place, _)| place).collect()
        };
        let described: Vec<Described<'_>> = self
            .songs
            .iter()
            .map(|song| {
                let heard = self.tags.get(&song.song_id).filter(|tags| tags.len() == names.len());
                let named = heard.into_iter().flat_map(|tags| names.iter().copied().zip(tags.iter().copied()));
                Described {
                    moods: heard.map(|tags| moods(tags, song)).unwrap_or_default(),
                    tags: named.enumerate().filter(|(place, _)| asked.contains(place)).map(|(_, tag)| tag).collect(),
                    styles: self
                        .styles
                        .get(&song.song_id)
                        .map(|styles| styles.iter().map(|(name, value)| (name.as_str(), *value)).collect())
                        .unwrap_or_default(),
                    ..plain(song)
                }
            })
            .collect();
        let mut found = definition.select(&described);
        found.truncate(definition.limit.unwrap_or(MOST_TRACKS));
        found.into_iter().filter_map(|place| self.songs.get(place)).map(|song| song.song_id.clone()).collect()
    }
}

fn parse(text: &str) -> Result<Definition> {
    Ok(Definition::parse(text)?)
}

fn describe(definition: &Definition) -> String {
    definition.to_string()
}

fn moods(tags: &[f32], song: &Song) -> Vec<(Mood, f32)> {
    let Some(moods) = moods_of(tags, &song.features) else { return Vec::new() };
    moods.named().into_iter().filter_map(|(name, value)| Some((Mood::of(name)?, value))).collect()
}

/// What the tags and the ears say of a song, but for tags and moods of the networks.
fn plain(song: &Song) -> Described<'_> {
    let features = &song.features;
    Described {
        id: &song.song_id,
        title: &song.tags.title,
        artist: &song.tags.artist,
        album_artist: &song.tags.album_artist,
        album: &song.tags.album,
        genres: song.tags.genres.iter().map(String::as_str).collect(),
        path: song.path.as_deref(),
        year: (song.tags.year > 0).then_some(song.tags.year),
        duration_s: song.audio.as_ref().map(|audio| audio.duration_s),
        tempo: features.bpm,
        danceability: features.danceability,
        energy: features.energy,
        brightness: features.brightness,
        loudness_lufs: features.loudness_lufs,
        key: features.key.as_deref().zip(features.scale.as_deref()).and_then(|(key, scale)| Key::new(key, scale)),
        ..Described::default()
    }
}

/// A key that no playlist has, from a name.
fn free_key(name: &str, taken: &[PlaylistRecord]) -> String {
    let stem: String =
        name.chars().filter(|c| c.is_ascii_alphanumeric()).take(24).collect::<String>().to_ascii_lowercase();
    let stem = if stem.is_empty() { "list" } else { &stem };
    let candidates =
        std::iter::once(format!("definition-{stem}")).chain((2..).map(|n| format!("definition-{stem}-{n}")));
    candidates.into_iter().find(|key| !taken.iter().any(|list| list.key == *key)).unwrap_or_default()
}
