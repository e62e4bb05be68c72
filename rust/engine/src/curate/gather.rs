//! The library in columns: what grouping, selecting, naming and describing need to know of every song.

use std::collections::HashMap;

use ndarray::{Array2, ArrayView2, Axis, CowArray, Ix2};
use segue_cluster::SongFacts;
use segue_features::Scale;
use segue_models::{MoodEvidence, Moods, Network};
use segue_space::{TrackId, artist, recording};
use segue_store::Song;

use crate::engine::State;
use crate::index::artist_of;
use crate::{Error, Result};

/// Tags of both networks.
pub(crate) fn tag_names() -> Vec<&'static str> {
    Network::ALL.into_iter().flat_map(|network| network.tag_names().iter().copied()).collect()
}

/// What the columns hold of one song.
#[derive(Clone)]
struct Described {
    title: String,
    artist: String,
    artist_name: String,
    recording: String,
    main_genre: String,
    genres: Vec<String>,
    year: i32,
    tempo: Option<f32>,
    energy: Option<f32>,
}

impl Described {
    fn of(song: Song, tags: &[f32]) -> Self {
        let who = artist_of(&song.tags);
        Self {
            artist: artist(who).unwrap_or_default(),
            artist_name: who.to_owned(),
            recording: recording(who, &song.tags.title).unwrap_or_default(),
            main_genre: main_genre(&song.tags.genres, tags),
            title: song.tags.title,
            genres: song.tags.genres,
            year: song.tags.year,
            tempo: song.features.bpm,
            energy: song.features.energy,
        }
    }
}

/// Every song that can be played and that both networks have heard, in the order of the index.
#[derive(Default)]
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
    /// Tag probabilities, one row per song, one column per name of [`tag_names`].
    pub(crate) tags: Array2<f32>,
}

impl Library {
    /// Reads it. Nothing is held locked afterwards: songs may come and go while it is worked on.
    ///
    /// # Errors
    /// [`Error::Cancelled`] once `go_on` answers `false`; when the store fails.
    pub(crate) fn read(state: &State, go_on: &dyn Fn() -> bool) -> Result<Self> {
        // Every column has its place for each song from the start, so that nothing is in memory twice.
        let mut library = Self::default();
        {
            let index = state.read_index();
            for row in index.space().ids() {
                if let Some(song_id) = index.song_id(row) {
                    library.rows.push(row);
                    library.song_ids.push(song_id.to_owned());
                }
            }
        }
        let songs = library.rows.len();
        let place_of: HashMap<&str, usize> =
            library.song_ids.iter().enumerate().map(|(place, song_id)| (song_id.as_str(), place)).collect();
        let networks = Network::ALL.map(Network::name);
        let mut tags = Array2::zeros((songs, tag_names().len()));
        // Which networks have heard each song, a bit each.
        let mut heard = vec![0u8; songs];
        state.store.while_tags(&networks, |song_id, model, found| {
            let network = Network::ALL.into_iter().position(|network| network.name() == model);
            let (Some(&place), Some(network)) = (place_of.get(song_id), network) else { return go_on() };
            let first: usize = Network::ALL.iter().take(network).map(|network| network.tag_names().len()).sum();
            if Network::ALL.get(network).is_some_and(|network| network.tag_names().len() == found.len()) {
                let mut row = tags.row_mut(place);
                row.iter_mut().skip(first).zip(found).for_each(|(slot, tag)| *slot = *tag);
                heard[place] |= 1 << network;
            }
            go_on()
        })?;
        let by_all = (1u8 << networks.len()) - 1;
        let mut described: Vec<Option<Described>> = vec![None; songs];
        state.store.while_songs(|song| {
            if let Some(&place) = place_of.get(song.song_id.as_str())
                && heard[place] == by_all
            {
                let tags = tags.row(place).to_vec();
                described[place] = Some(Described::of(song, &tags));
            }
            go_on()
        })?;
        if !go_on() {
            return Err(Error::Cancelled);
        }
        drop(place_of);

        let kept: Vec<usize> = (0..songs).filter(|place| described[*place].is_some()).collect();
        if kept.len() < songs {
            // Heard in part only, or gone between the two readings.
            tags = tags.select(Axis(0), &kept);
            let mut keep = described.iter().map(Option::is_some);
            library.rows.retain(|_| keep.next().unwrap_or(false));
            let mut keep = described.iter().map(Option::is_some);
            library.song_ids.retain(|_| keep.next().unwrap_or(false));
        }
        library.tags = tags;
        for song in described.into_iter().flatten() {
            library.titles.push(song.title);
            library.artists.push(song.artist);
            library.artist_names.push(song.artist_name);
            library.recordings.push(song.recording);
            library.main_genres.push(song.main_genre);
            library.genres.push(song.genres);
            library.years.push(song.year);
            library.tempos.push(song.tempo);
            library.energies.push(song.energy);
        }
        Ok(library)
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

    /// Those of some songs, ascending; a copy only where some are left out.
    pub(crate) fn tags_of(&self, rows: &[usize]) -> CowArray<'_, f32, Ix2> {
        if rows.len() == self.len() { self.tags.view().into() } else { self.tags.select(Axis(0), rows).into() }
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
