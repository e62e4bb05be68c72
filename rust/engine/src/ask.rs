//! Questions: what is this track, what is like it, what follows it.

use std::path::Path;

use segue_features::loudness::FLOOR_LUFS;
use segue_features::{Key, Loudness, Scale, Tonic};
use segue_models::{MoodEvidence, Moods, Network};
use segue_space::TrackId;
use segue_store::{Features, Reference, Song};

use crate::api::{ItemId, NamedVector, Neighbour, NetworkPatches, NetworkTags, Track};
use crate::engine::State;
use crate::hear::audience::Sight;
use crate::index::{Admitted, Index};
use crate::{Engine, Error, Result, library};

/// Most tracks in one answer; a wish for more is cut to it.
pub(crate) const MOST: usize = 10_000;

impl Engine {
    /// The track that `reference` names: a library item id, a content key, a path, or, when that fits one track only,
    /// the end of a path or a title.
    ///
    /// # Errors
    /// [`Error::UnknownTrack`] and [`Error::Ambiguous`] when none or several fit.
    pub fn find(&self, reference: &str) -> Result<String> {
        self.with(|state| {
            if reference.is_empty() {
                return Err(Error::InvalidArgument("no track was named".to_owned()));
            }
            if let Some(song) = exact(state, reference)? {
                return Ok(song.song_id);
            }
            let mut fitting = Vec::new();
            state.store.for_each_song(|song| {
                let ends = song.path.as_deref().is_some_and(|path| {
                    path.ends_with(reference) || path.file_stem().is_some_and(|stem| stem == reference)
                });
                if ends || song.tags.title.eq_ignore_ascii_case(reference) {
                    fitting.push(song.song_id);
                }
            })?;
            match fitting.len() {
                0 if is_known(state, reference)? => Err(Error::NotAnalysed { reference: reference.to_owned() }),
                0 => Err(Error::UnknownTrack { reference: reference.to_owned() }),
                1 => Ok(fitting.remove(0)),
                matches => Err(Error::Ambiguous { reference: reference.to_owned(), matches }),
            }
        })
    }

    /// Content keys of all analysed songs that have a file, in the order of their paths.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn songs(&self) -> Result<Vec<String>> {
        self.with(|state| {
            let mut songs = Vec::new();
            state.store.for_each_song(|song| songs.push(song.song_id))?;
            Ok(songs)
        })
    }

    /// What is known of a track; `None` when it was never analysed.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn track(&self, reference: &str) -> Result<Option<Track>> {
        self.with(|state| {
            let Some(song) = exact(state, reference)? else { return Ok(None) };
            let embeddings = state.store.embeddings(&song.song_id)?;
            let tags = embeddings.iter().filter_map(|embedding| {
                let network = network(&embedding.model)?;
                let names = network.tag_names().iter().map(|name| (*name).to_owned());
                let tags = names.zip(embedding.tags.iter().copied()).collect();
                Some(NetworkTags { network: embedding.model.clone(), tags })
            });
            let tags_by_network: Vec<NetworkTags> = tags.collect();
            let moods = self.moods(state, &song, &tags_by_network)?;
            Ok(Some(Track { moods, ..track(song, tags_by_network) }))
        })
    }

    /// The moods of a song: the rule's, and what added classifiers say in their place.
    fn moods(&self, state: &State, song: &Song, tags: &[NetworkTags]) -> Result<Vec<(String, f32)>> {
        let of = |network: Network| -> Vec<f32> {
            let tags = tags.iter().filter(|tags| tags.network == network.name());
            tags.flat_map(|tags| tags.tags.iter().map(|(_, probability)| *probability)).collect()
        };
        let features = &song.features;
        let evidence = MoodEvidence {
            msd: &of(Network::Msd),
            mtt: &of(Network::Mtt),
            energy: features.energy.unwrap_or(f32::NAN),
            danceability: features.danceability.unwrap_or(f32::NAN),
            minor: features.scale.as_deref().map(|scale| scale == Scale::Minor.name()),
        };
        let Some(moods) = Moods::of(&evidence) else { return Ok(Vec::new()) };
        let labels = self.current_labels(state.store.details(&song.song_id)?);
        let answers =
            labels.iter().map(|labels| (labels.source.as_str(), labels.classes.as_slice(), labels.values.as_slice()));
        Ok(moods.with_heads(answers).named().into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// The stored vectors of a track by name: of each network the mean over the patches (`msd_dense`) and the standard
    /// deviation (`msd_dense_std`), 200 values each.
    ///
    /// # Errors
    /// [`Error::UnknownTrack`]; when the store fails or the engine is closed.
    pub fn vectors(&self, reference: &str) -> Result<Vec<NamedVector>> {
        self.with(|state| {
            let song = known(state, reference)?;
            let embeddings = state.store.embeddings(&song.song_id)?.into_iter().flat_map(|embedding| {
                let dense = format!("{}_dense", embedding.model);
                let deviation = NamedVector { name: format!("{dense}_std"), values: embedding.deviation };
                [NamedVector { name: dense, values: embedding.mean }, deviation]
            });
            let vector = state.store.details(&song.song_id)?.vector;
            let classical = vector.map(|values| NamedVector { name: "classical".to_owned(), values });
            Ok(embeddings.chain(classical).collect())
        })
    }

    /// What each network says of a track patch by patch, as far as the compact form keeps it.
    ///
    /// # Errors
    /// [`Error::UnknownTrack`]; when the store fails or the engine is closed.
    pub fn patches(&self, reference: &str) -> Result<Vec<NetworkPatches>> {
        self.with(|state| {
            let song = known(state, reference)?;
            let embeddings = state.store.embeddings(&song.song_id)?.into_iter();
            Ok(embeddings
                .filter(|embedding| !embedding.patches.is_empty())
                .map(|embedding| NetworkPatches {
                    patches: embedding.patches.chunks(embedding.mean.len().max(1)).map(<[f32]>::to_vec).collect(),
                    network: embedding.model,
                })
                .collect())
        })
    }

    /// The `count` tracks nearest to one, nearest first, itself left out. One that `allowed` does not name does not exist.
    ///
    /// # Errors
    /// [`Error::UnknownTrack`], [`Error::NotAnalysed`] or [`Error::NotComparable`]; when the store fails or the engine is
    /// closed.
    pub fn similar(&self, reference: &str, count: usize, allowed: Option<&[ItemId]>) -> Result<Vec<Neighbour>> {
        self.with(|state| {
            let index = state.read_index();
            let sight = Sight::new(&index, allowed);
            let seed = sight.row(state, &index, reference)?;
            let found = index.space().nearest(seed, count.min(MOST), &|id| sight.admits(id))?;
            let tracks = found.into_iter().map(|near| (near.id, near.distance, String::new())).collect();
            sight.places(state, &index, tracks)
        })
    }
}

/// A song by item id, content key or path.
pub(crate) fn exact(state: &State, reference: &str) -> Result<Option<Song>> {
    if crate::index::parse_item(reference).is_some() {
        let reference = reference.to_ascii_lowercase();
        if let Some(song) = state.store.song_by_item(&reference)? {
            return Ok(Some(song));
        }
        if let Some(song) = state.store.song(&reference)? {
            return Ok(Some(song));
        }
    }
    if let Some(song) = state.store.song_by_path(Path::new(reference))? {
        return Ok(Some(song));
    }
    match std::fs::canonicalize(reference) {
        Ok(path) => Ok(state.store.song_by_path(&path)?),
        Err(_) => Ok(None),
    }
}

pub(crate) fn known(state: &State, reference: &str) -> Result<Song> {
    exact(state, reference)?.ok_or_else(|| Error::UnknownTrack { reference: reference.to_owned() })
}

/// The row of a track; tells "never seen" from "not analysed yet".
pub(crate) fn row(state: &State, index: &Index, reference: &str) -> Result<TrackId> {
    if let Some(row) = index.row(reference) {
        return Ok(row);
    }
    match exact(state, reference)? {
        Some(song) => index.row(&song.song_id).ok_or_else(|| Error::NotComparable { reference: reference.to_owned() }),
        None if is_known(state, reference)? => Err(Error::NotAnalysed { reference: reference.to_owned() }),
        None => Err(Error::UnknownTrack { reference: reference.to_owned() }),
    }
}

/// Whether a file or an item of that name waits to be heard.
fn is_known(state: &State, reference: &str) -> Result<bool> {
    if crate::index::parse_item(reference).is_some() && state.store.has_item(&reference.to_ascii_lowercase())? {
        return Ok(true);
    }
    Ok(state.store.file(Path::new(reference))?.is_some())
}

/// A row as callers see it: with a library item, the path is that item's file and no other.
pub(crate) fn place(
    state: &State,
    index: &Index,
    admitted: &Admitted,
    id: TrackId,
    distance: f32,
) -> Result<Neighbour> {
    let placed = places(state, index, admitted, vec![(id, distance, String::new())])?;
    Ok(placed.into_iter().next().unwrap_or_default())
}

/// Rows as callers see them, each with its distance and why it is there.
pub(crate) fn places(
    state: &State,
    index: &Index,
    admitted: &Admitted,
    tracks: Vec<(TrackId, f32, String)>,
) -> Result<Vec<Neighbour>> {
    let mut neighbours: Vec<Neighbour> = tracks
        .into_iter()
        .map(|(id, distance, reason)| Neighbour {
            song_id: index.song_id(id).unwrap_or_default().to_owned(),
            item_id: admitted.item(id).map(|item| crate::index::format_item(&item)).unwrap_or_default(),
            distance,
            reason,
            ..Neighbour::default()
        })
        .collect();
    let wanted: Vec<Reference<'_>> = neighbours.iter().map(reference).collect();
    let called = state.store.called(&wanted)?;
    for (neighbour, called) in neighbours.iter_mut().zip(called) {
        neighbour.path = called.map(|called| called.path).unwrap_or_default();
    }
    Ok(neighbours)
}

/// What names a track that is shown.
pub(crate) fn reference(neighbour: &Neighbour) -> Reference<'_> {
    if neighbour.item_id.is_empty() { Reference::Song(&neighbour.song_id) } else { Reference::Item(&neighbour.item_id) }
}

fn network(name: &str) -> Option<Network> {
    [Network::Msd, Network::Mtt].into_iter().find(|network| network.name() == name)
}

/// The key as the room that found it knows it.
fn key(features: &Features) -> Option<Key> {
    let tonic = Tonic::ALL.into_iter().find(|tonic| Some(tonic.name()) == features.key.as_deref())?;
    let scale =
        [Scale::Major, Scale::Minor].into_iter().find(|scale| Some(scale.name()) == features.scale.as_deref())?;
    Some(Key { tonic, scale, strength: features.key_strength.unwrap_or_default() })
}

fn track(song: Song, tags_by_network: Vec<NetworkTags>) -> Track {
    let audio = song.audio.unwrap_or_default();
    let features = song.features;
    let key = key(&features);
    let loudness = Loudness {
        integrated_lufs: features.loudness_lufs.unwrap_or(FLOOR_LUFS),
        range_lu: features.loudness_range_lu.unwrap_or_default(),
        true_peak_dbtp: features.true_peak_dbtp.unwrap_or_default(),
    };
    Track {
        song_id: song.song_id,
        path: song.path.unwrap_or_default(),
        item_ids: song.item_ids,
        tags: library::from_store(song.tags),
        duration_s: audio.duration_s,
        codec: audio.codec,
        sample_rate: audio.sample_rate,
        channels: audio.channels,
        damage: audio.damage,
        bpm: features.bpm.unwrap_or_default(),
        bpm_confidence: features.bpm_confidence.unwrap_or_default(),
        tempo_stability: features.tempo_stability.unwrap_or_default(),
        camelot: key.map(|key| key.camelot()).unwrap_or_default(),
        open_key: key.map(|key| key.open_key()).unwrap_or_default(),
        second_key: features.second_key.unwrap_or_default(),
        second_scale: features.second_scale.unwrap_or_default(),
        second_key_strength: features.second_key_strength.unwrap_or_default(),
        tuning_cents: features.tuning_cents.unwrap_or_default(),
        key: features.key.unwrap_or_default(),
        scale: features.scale.unwrap_or_default(),
        key_strength: features.key_strength.unwrap_or_default(),
        replay_gain_db: loudness.replay_gain_db(),
        loudness_lufs: features.loudness_lufs.unwrap_or_default(),
        loudness_range_lu: features.loudness_range_lu.unwrap_or_default(),
        true_peak_dbtp: features.true_peak_dbtp.unwrap_or_default(),
        danceability: features.danceability.unwrap_or_default(),
        energy: features.energy.unwrap_or_default(),
        brightness: features.brightness.unwrap_or_default(),
        moods: Vec::new(),
        tags_by_network,
    }
}
