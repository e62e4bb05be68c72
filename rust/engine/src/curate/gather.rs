//! The library in columns: what grouping, selecting, naming and describing need to know of every song.

use std::collections::HashMap;

use ndarray::{Array2, ArrayView2};
use segue_cluster::SongFacts;
use segue_features::Scale;
use segue_models::{MoodEvidence, Moods, Network};
use segue_space::{TrackId, artist, recording};

use crate::engine::State;
use crate::index::artist_of;
use crate::{Error, Result};

/// Tags of both networks.
pub(crate) fn tag_names() -> Vec<&'static str> {
    Network::ALL.into_iter().flat_map(|network| network.tag_names().iter().copied()).collect()
}

/// Every song that can be played and that both networks have heard, in the order of the index.
pub(crate) struct Library {
    /// Content keys.
    pub(crate) song_ids: Vec<String>,
    /// Rows of the index.
    pub(crate) rows: Vec<TrackId>,
    /// Titles, as the tags have them.
    pub(crate) titles: Vec<String>,
    /// Artists, as the tags have them.
    pub(crate) artist_names: Vec<String>,
    /// Artists in one spelling; empty where unknown.
    pub(crate) artists: Vec<String>,
    /// Names of recordings; empty where unknown.
    pub(crate) recordings: Vec<String>,
    /// The first genre in lower case; where the file names none, the tag that the networks hear most.
    pub(crate) main_genres: Vec<String>,
    /// Genres of the files' tags.
    pub(crate) genres: Vec<Vec<String>>,
    /// Years of release; 0 where unknown.
    pub(crate) years: Vec<i32>,
    /// Beats per minute.
    pub(crate) tempos: Vec<Option<f32>>,
    /// Energy, 0..1.
    pub(crate) energies: Vec<Option<f32>>,
    /// How they feel, by the rule for moods.
    pub(crate) moods: Vec<Option<Moods>>,
    /// Tag probabilities, one row per song, one column per name of [`tag_names`].
    pub(crate) tags: Array2<f32>,
}

impl Library {
    /// Reads it. Nothing is held locked afterwards: songs may come and go while it is worked on.
    pub(crate) fn read(state: &State) -> Result<Self> {
        let width = tag_names().len();
        let mut tags: HashMap<String, Vec<f32>> = HashMap::new();
        state.store.for_each_song_vectors(&Network::ALL.map(Network::name), |song| {
            let row: Vec<f32> = song.models.into_iter().flatten().flat_map(|model| model.tags).collect();
            if row.len() == width {
                tags.insert(song.song_id, row);
            }
        })?;
        let mut known = HashMap::new();
        state.store.for_each_song(|song| {
            if tags.contains_key(&song.song_id) {
                known.insert(song.song_id.clone(), song);
            }
        })?;

        let mut library = Self::empty();
        let mut flat = Vec::with_capacity(known.len() * width);
        let index = state.read_index();
        for row in index.space().ids() {
            let Some(song_id) = index.song_id(row) else { continue };
            let (Some(song), Some(tags)) = (known.remove(song_id), tags.remove(song_id)) else { continue };
            let who = artist_of(&song.tags);
            library.recordings.push(recording(who, &song.tags.title).unwrap_or_default());
            library.artists.push(artist(who).unwrap_or_default());
            library.artist_names.push(who.to_owned());
            library.titles.push(song.tags.title);
            library.moods.push(moods_of(&tags, &song.features));
            library.main_genres.push(main_genre(&song.tags.genres, &tags));
            flat.extend(tags);
            library.rows.push(row);
            library.song_ids.push(song.song_id);
            library.genres.push(song.tags.genres);
            library.years.push(song.tags.year);
            library.tempos.push(song.features.bpm);
            library.energies.push(song.features.energy);
        }
        drop(index);
        library.tags = Array2::from_shape_vec((library.rows.len(), width), flat)
            .map_err(|error| Error::InvalidArgument(format!("tags of unequal length: {error}")))?;
        Ok(library)
    }

    fn empty() -> Self {
        Self {
            song_ids: Vec::new(),
            rows: Vec::new(),
            titles: Vec::new(),
            artist_names: Vec::new(),
            artists: Vec::new(),
            recordings: Vec::new(),
            main_genres: Vec::new(),
            genres: Vec::new(),
            years: Vec::new(),
            tempos: Vec::new(),
            energies: Vec::new(),
            moods: Vec::new(),
            tags: Array2::zeros((0, 0)),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Some rows of a column of texts.
    pub(crate) fn column<'a>(&self, column: &'a [String], rows: &[usize]) -> Vec<&'a str> {
        rows.iter().map(|&row| column.get(row).map(String::as_str).unwrap_or_default()).collect()
    }

    /// What naming may know of a song.
    pub(crate) fn facts(&self, row: usize) -> SongFacts<'_> {
        SongFacts {
            tempo: self.tempos.get(row).copied().flatten(),
            energy: self.energies.get(row).copied().flatten(),
            year: self.years.get(row).copied(),
            genres: self.genres.get(row).map(Vec::as_slice).unwrap_or_default(),
        }
    }

    /// Tag probabilities, songs by names.
    pub(crate) fn tags(&self) -> ArrayView2<'_, f32> {
        self.tags.view()
    }
}

fn main_genre(genres: &[String], tags: &[f32]) -> String {
    if let Some(genre) = genres.first() {
        return genre.trim().to_lowercase();
    }
    let strongest = tags.iter().zip(tag_names()).max_by(|a, b| a.0.total_cmp(b.0));
    strongest.map(|(_, name)| name.to_lowercase()).unwrap_or_default()
}

/// How a song feels, by the rule for moods; `None` where not both networks have heard it.
pub(crate) fn moods_of(tags: &[f32], features: &segue_store::Features) -> Option<Moods> {
    let (msd, mtt) = tags.split_at(Network::Msd.tag_names().len().min(tags.len()));
    Moods::of(&MoodEvidence {
        msd,
        mtt,
        energy: features.energy.unwrap_or(f32::NAN),
        danceability: features.danceability.unwrap_or(f32::NAN),
        minor: features.scale.as_deref().map(|scale| scale == Scale::Minor.name()),
    })
}
