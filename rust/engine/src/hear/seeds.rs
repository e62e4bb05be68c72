//! What a request names, as tracks: among what its audience may see, and nothing else exists.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use segue_space::{TasteCentre, TrackId};

use super::audience::{Sight, is_about_the_track};
use super::moods::{MoodShelf, MoodTops};
use super::opinions::{Opinions, clock};
use super::shelves::{Shelves, Volume, seen};
use super::types::{Audience, Seed, SeedKind};
use crate::curate::unknown;
use crate::engine::State;
use crate::index::{Index, format_item};
use crate::search::answer::Asked;
use crate::search::lookup::Lookup;
use crate::{Error, Result};

/// A track that answers a description so much less than the best one does not stand for it.
const LEAST_DESCRIBED: f32 = 0.5;
/// Tracks that have most of a mood, or answer a description best: one in so many of the library, at least and at most so many.
const MOOD_PART: usize = 10;
const LEAST_MOOD: usize = 12;
const MOST_MOOD: usize = 60;
/// A genre, a folder, a mood or a description is stood for by one in so many of its tracks, at least and at most so many: the others are what a
/// mix of it is made of.
const STAND_FOR: usize = 4;
const LEAST_STANDING: usize = 3;
const MOST_STANDING: usize = 24;
/// Centres of a taste at most.
pub(crate) const CENTRES: usize = 6;
/// Liked tracks that a taste is made of, the most liked ones.
pub(crate) const LIKED_TRACKS: usize = 2000;
/// Tracks that stand for a centre of a taste.
const CENTRE_TRACKS: usize = 6;
/// Longest name of a seed, in bytes: longer than any path there can be.
const LONGEST_NAME: usize = 1 << 16;
/// Seeds of one request at most.
const MOST_SEEDS: usize = 1000;

/// What finding seeds needs beside the index, read before that is locked.
pub(crate) struct Sources {
    shelves: Option<Arc<Shelves>>,
    moods: Option<Arc<MoodTops>>,
    words: Option<Lookup>,
    pub(crate) opinions: Option<Arc<Opinions>>,
    listener: String,
}

impl Sources {
    /// What these seeds need.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for a listener that is none, for too many seeds, and for a name that is too long; when the
    /// store fails.
    pub(crate) fn new<'a>(
        state: &State,
        audience: &Audience,
        seeds: impl IntoIterator<Item = &'a Seed>,
    ) -> Result<Self> {
        let (mut shelves, mut moods, mut words) = (false, false, false);
        for (number, seed) in seeds.into_iter().enumerate() {
            if seed.name.len() > LONGEST_NAME {
                return Err(Error::InvalidArgument("the name of a seed is too long".to_owned()));
            }
            if number >= MOST_SEEDS {
                return Err(Error::InvalidArgument(format!("a request has at most {MOST_SEEDS} seeds")));
            }
            shelves |= matches!(seed.kind, SeedKind::Album | SeedKind::Artist | SeedKind::Genre);
            moods |= seed.kind == SeedKind::Mood;
            words |= seed.kind == SeedKind::Words;
        }
        let listener = listener(audience)?;
        Ok(Self {
            shelves: shelves.then(|| state.library.shelves(&state.store)).transpose()?,
            moods: moods.then(|| state.moods.tops(&state.store)).transpose()?,
            words: words.then(|| Lookup::new(state)).transpose()?,
            opinions: state.listeners.of(&state.store, &listener)?,
            listener,
        })
    }

    /// The tracks of a seed, the most telling first, each with its share of 1. Of a genre, a folder, a mood or a description some of them
    /// that stand for it; another variation takes others.
    ///
    /// # Errors
    /// [`Error::UnknownTrack`], [`Error::UnknownPlaylist`], [`Error::NotAnalysed`] or [`Error::NotComparable`] where there
    /// are none that may be seen; [`Error::InvalidArgument`] for a name that does not say which; when the store fails.
    pub(crate) fn tracks(
        &self,
        state: &State,
        index: &Index,
        sight: &Sight<'_>,
        seed: &Seed,
        variation: u64,
    ) -> Result<Vec<(TrackId, f32)>> {
        let mut tracks = self.whole(state, index, sight, seed)?;
        if matches!(seed.kind, SeedKind::Genre | SeedKind::Folder | SeedKind::Mood | SeedKind::Words) {
            let count = (tracks.len() / STAND_FOR).clamp(LEAST_STANDING, MOST_STANDING).min(tracks.len());
            let step = tracks.len().div_ceil(count.max(1)).max(1);
            // Spread over the whole of it, beginning anywhere in the first stretch.
            let offset = usize::try_from(variation % step as u64).unwrap_or_default();
            tracks = tracks.into_iter().skip(offset).step_by(step).collect();
            let total: f32 = tracks.iter().map(|(_, share)| share).sum();
            tracks.iter_mut().for_each(|(_, share)| *share /= total.max(f32::MIN_POSITIVE));
        }
        Ok(tracks)
    }

    /// All tracks of a seed, each with its share of 1.
    ///
    /// # Errors
    /// As [`Sources::tracks`].
    pub(crate) fn whole(
        &self,
        state: &State,
        index: &Index,
        sight: &Sight<'_>,
        seed: &Seed,
    ) -> Result<Vec<(TrackId, f32)>> {
        let name = seed.name.as_str();
        if name.trim().is_empty() && seed.kind != SeedKind::Taste {
            return Err(Error::InvalidArgument("a seed has no name; say which track, album or artist".to_owned()));
        }
        let tracks = match seed.kind {
            SeedKind::Track => vec![sight.row(state, index, name)?],
            SeedKind::Artist => self.shelves()?.artist(name, index, sight),
            SeedKind::Genre => self.shelves()?.genre(name, index, sight),
            SeedKind::Album => {
                let mut albums = self.shelves()?.albums(name, index, sight);
                if albums.len() > 1 {
                    return Err(Error::InvalidArgument(format!(
                        "{} albums are called {name:?}; put the artist in front, as in \"Artist/{name}\"",
                        albums.len()
                    )));
                }
                albums.pop().unwrap_or_default()
            }
            SeedKind::Folder => {
                let files = state.store.songs_below(Path::new(name))?;
                let volumes: Vec<Volume> =
                    files.iter().filter_map(|(song, item)| Volume::new(song, item.as_deref())).collect();
                seen(&volumes, index, sight)
            }
            SeedKind::Playlist => self.playlist(state, index, sight, name)?,
            SeedKind::Mood => self.mood(state, index, sight, name)?,
            SeedKind::Words => self.described(state, index, sight, name)?,
            SeedKind::Taste => return self.taste_tracks(index, sight),
        };
        if tracks.is_empty() {
            return Err(match seed.kind {
                SeedKind::Playlist => unknown(name),
                _ => Error::UnknownTrack { reference: name.to_owned() },
            });
        }
        let share = 1.0 / tracks.len() as f32;
        Ok(tracks.into_iter().map(|track| (track, share)).collect())
    }

    /// The tracks of several seeds, each once, with their weights. A seed that gives none is passed over as long as one gives
    /// some.
    ///
    /// # Errors
    /// That of the first seed where none gives any, and those that say nothing of a seed.
    pub(crate) fn all_tracks(
        &self,
        state: &State,
        index: &Index,
        sight: &Sight<'_>,
        seeds: &[Seed],
        variation: u64,
    ) -> Result<Vec<(TrackId, f32)>> {
        let mut tracks = Vec::new();
        let mut first_error = None;
        for seed in seeds {
            match self.tracks(state, index, sight, seed, variation) {
                Ok(found) => {
                    let weight = weight(seed);
                    tracks.extend(found.into_iter().map(|(track, share)| (track, share * weight)));
                }
                Err(error) if is_about_the_track(&error) => {
                    first_error.get_or_insert(error);
                }
                Err(error) => return Err(error),
            }
        }
        match first_error {
            Some(error) if tracks.is_empty() => Err(error),
            _ => Ok(tracks),
        }
    }

    /// The listener's taste among what may be seen.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] without a listener, or where nothing is known of what they like.
    pub(crate) fn taste(&self, index: &Index, sight: &Sight<'_>) -> Result<Vec<TasteCentre>> {
        let Some(opinions) = &self.opinions else {
            return Err(Error::InvalidArgument("whose taste? Name a listener".to_owned()));
        };
        let mut liked = opinions.liked(index, clock(), &|track| sight.admits(track));
        liked.truncate(LIKED_TRACKS);
        let centres = index.space().taste(&liked, CENTRES);
        if centres.is_empty() {
            return Err(Error::InvalidArgument(
                "nothing is known yet of what this listener likes; play something, or mark favourites".to_owned(),
            ));
        }
        Ok(centres)
    }

    /// The tracks that stand for the listener's taste, centre by centre.
    fn taste_tracks(&self, index: &Index, sight: &Sight<'_>) -> Result<Vec<(TrackId, f32)>> {
        let mut tracks = Vec::new();
        for centre in self.taste(index, sight)? {
            let members: Vec<TrackId> = centre.members.iter().copied().take(CENTRE_TRACKS).collect();
            let share = centre.weight / members.len().max(1) as f32;
            tracks.extend(members.into_iter().map(|track| (track, share)));
        }
        Ok(tracks)
    }

    /// The tracks of a playlist that Segue keeps, or of one of the listener's own lists.
    fn playlist(&self, state: &State, index: &Index, sight: &Sight<'_>, key: &str) -> Result<Vec<TrackId>> {
        let songs: Vec<String> = match state.store.playlist(key)? {
            Some(playlist) => playlist.songs,
            None if self.listener.is_empty() => Vec::new(),
            None => {
                let own = state.store.personal_lists(&self.listener)?.into_iter().find(|list| list.key == key);
                own.into_iter().flat_map(|list| list.songs).map(|(song_id, _)| song_id).collect()
            }
        };
        let mut known = HashSet::new();
        let rows = songs.iter().filter_map(|song_id| index.row(song_id));
        Ok(rows.filter(|row| sight.admits(*row) && known.insert(*row)).collect())
    }

    /// The tracks that have most of a mood.
    fn mood(&self, state: &State, index: &Index, sight: &Sight<'_>, name: &str) -> Result<Vec<TrackId>> {
        let Some(songs) = self.moods.as_ref().and_then(|tops| tops.of(name)) else {
            return Err(Error::InvalidArgument(format!(
                "{name:?} is no mood or tag; moods are happy, sad, relaxed, aggressive, party, dreamy and others, and tags \
                 those that the networks know"
            )));
        };
        let row = |song| index.row(&format_item(&song)).filter(|row| sight.admits(*row));
        let count = count_of(index);
        let mut rows: Vec<TrackId> = songs.filter_map(row).take(count).collect();
        if rows.is_empty() {
            let admit = |song_id: &str| index.row(song_id).is_some_and(|row| sight.admits(row));
            let songs = MoodShelf::among(&state.store, name, count, &admit)?;
            rows.extend(songs.into_iter().filter_map(row));
        }
        Ok(rows)
    }

    /// The tracks that answer a description best.
    fn described(&self, state: &State, index: &Index, sight: &Sight<'_>, text: &str) -> Result<Vec<TrackId>> {
        let Some(lookup) = &self.words else { return Ok(Vec::new()) };
        let hits = Asked::new(lookup, state, index, sight, text).hits(count_of(index), None)?;
        let least = hits.iter().map(|hit| hit.score).fold(0.0, f32::max) * LEAST_DESCRIBED;
        Ok(hits.into_iter().filter(|hit| hit.score >= least).map(|hit| hit.track).collect())
    }

    pub(crate) fn shelves(&self) -> Result<&Shelves> {
        self.shelves.as_deref().ok_or_else(|| Error::InvalidArgument("no set was named".to_owned()))
    }
}

/// How many tracks have most of something.
fn count_of(index: &Index) -> usize {
    (index.space().len() / MOOD_PART).clamp(LEAST_MOOD, MOST_MOOD)
}

/// How much a seed counts.
pub(crate) fn weight(seed: &Seed) -> f32 {
    if seed.weight.is_finite() && seed.weight > 0.0 { seed.weight } else { 1.0 }
}

/// The listener of a request in the spelling that they are known by; empty for nobody in particular.
///
/// # Errors
/// [`Error::InvalidArgument`] for what is no id.
pub(crate) fn listener(audience: &Audience) -> Result<String> {
    match audience.listener.trim() {
        "" => Ok(String::new()),
        listener => valid_listener(listener),
    }
}

/// A listener's id in the spelling that they are known by.
///
/// # Errors
/// [`Error::InvalidArgument`] for what is none.
pub(crate) fn valid_listener(listener: &str) -> Result<String> {
    let id = crate::index::parse_item(listener);
    id.map(|id| format_item(&id)).ok_or_else(|| {
        Error::InvalidArgument(format!("{listener:?} is no listener's id; it has 32 hexadecimal digits"))
    })
}
