//! Ranking what an audience may see by a query.

use std::collections::HashSet;
use std::sync::Arc;

use segue_search::{Meaning, Query, Ready, fold};
use segue_space::{TrackId, recording};

use super::known::{Known, NO_TRACK};
use crate::Result;
use crate::engine::State;
use crate::hear::audience::Sight;
use crate::hear::shelf_names::Called;
use crate::hear::shelves::{Shelves, seen};
use crate::index::Index;

/// Neighbours that count as sounding like something.
const ALIKE: usize = 1000;
/// Tracks of an artist that others are compared with, spread evenly over all: each costs a walk through the space.
const COMPARED: usize = 6;
/// How much the songs of an artist are like that artist: who asks for what is like them wants others first.
const OWN: f32 = 0.5;
/// How much a genre is of another in whose name it stands: acid jazz is jazz.
const PART_OF_GENRE: f32 = 0.9;

/// What searching needs beside the index, read before that is locked.
pub(crate) struct Lookup {
    pub(crate) shelves: Arc<Shelves>,
    pub(crate) known: Arc<Known>,
}

/// A track that answers a query.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ranked {
    pub(crate) track: TrackId,
    /// How well, 0..1.
    pub(crate) score: f32,
    /// Each want of the query, 0..1, in its order; NaN for one that nobody could judge.
    pub(crate) wants: Vec<f32>,
}

impl Lookup {
    /// Reads it, or what has changed of it.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn new(state: &State) -> Result<Self> {
        Ok(Self { shelves: state.library.shelves(&state.store)?, known: state.search.known(&state.store)? })
    }

    /// The `count` tracks that answer a query best among what may be seen, the best first; no recording twice. A query without wants
    /// has none.
    ///
    /// # Errors
    /// When the space fails.
    pub(crate) fn rank(
        &self,
        state: &State,
        index: &Index,
        sight: &Sight<'_>,
        query: &Query,
        count: usize,
    ) -> Result<Vec<Ranked>> {
        let scoring = Scoring::new(self, state, index, sight, query)?;
        let mut most = count.saturating_add(count / 2).saturating_add(50);
        loop {
            let best = scoring.best(most);
            let all = best.len() < most;
            let mut once = Once::default();
            let mut ranked: Vec<Ranked> = Vec::new();
            for (track, _) in best {
                if ranked.len() == count {
                    break;
                }
                if once.is_new(index, track) {
                    ranked.extend(scoring.score(track));
                }
            }
            if ranked.len() >= count || all {
                return Ok(ranked);
            }
            most = most.saturating_mul(4);
        }
    }
}

/// A query, with what the library says of its wants.
pub(super) struct Scoring<'a> {
    known: &'a Known,
    sight: &'a Sight<'a>,
    ready: Ready,
    /// By row.
    tracks: Arc<Vec<TrackId>>,
    index: &'a Index,
    /// By want, where the library knows of it, and row; no number where it is not known.
    judged: Vec<Option<Vec<f32>>>,
}

impl<'a> Scoring<'a> {
    pub(super) fn new(
        lookup: &'a Lookup,
        state: &State,
        index: &'a Index,
        sight: &'a Sight<'a>,
        query: &Query,
    ) -> Result<Self> {
        let known = &*lookup.known;
        let library = Wants { shelves: &lookup.shelves, known, index, sight };
        let judged = query.wants.iter().map(|want| library.judge(&want.meaning)).collect::<Result<_>>()?;
        Ok(Self { known, sight, ready: query.ready(), tracks: state.search.tracks(known, index), index, judged })
    }

    /// The tracks that answer best.
    pub(super) fn best(&self, count: usize) -> Vec<(TrackId, f32)> {
        let track = |row: usize| self.tracks.get(row).copied().unwrap_or(NO_TRACK);
        let admit = |row: usize| self.sight.admits(track(row));
        let best = self.ready.best(&self.known.columns, count, &admit, &|want, row| self.judged(want, row));
        best.into_iter().map(|(row, score)| (track(row), score)).collect()
    }

    /// How well a track answers; `None` where there is nothing to answer.
    pub(super) fn score(&self, track: TrackId) -> Option<Ranked> {
        let row = self.known.row(self.index.song_id(track)?)?;
        let score = self.ready.score(&self.known.columns, row, &|want, row| self.judged(want, row))?;
        Some(Ranked { track, score: score.value, wants: score.wants })
    }

    fn judged(&self, want: usize, row: usize) -> Option<f32> {
        self.judged.get(want)?.as_ref()?.get(row).copied()
    }
}

/// What the library says of wants that columns do not tell.
struct Wants<'a> {
    shelves: &'a Shelves,
    known: &'a Known,
    index: &'a Index,
    sight: &'a Sight<'a>,
}

impl Wants<'_> {
    /// By row how much of it a track is, `None` for a want that the columns tell.
    fn judge(&self, meaning: &Meaning) -> Result<Option<Vec<f32>>> {
        let names = self.shelves.names();
        Ok(match meaning {
            Meaning::Genre(name) => {
                let folded = fold(name);
                let unknown = |row: usize| if self.known.has_genres(row) { 0.0 } else { f32::NAN };
                let mut values: Vec<f32> = (0..self.known.len()).map(unknown).collect();
                for (other, called) in names.genres_with(&folded) {
                    self.set(&mut values, &self.seen(called), if other == folded { 1.0 } else { PART_OF_GENRE });
                }
                Some(values)
            }
            Meaning::Style(name) => {
                let mut values = vec![0.0; self.known.len()];
                for (row, value) in self.known.style(&fold(name)).into_iter().flat_map(|style| &style.rows) {
                    if let Some(slot) = values.get_mut(*row as usize) {
                        *slot = value.sqrt();
                    }
                }
                Some(values)
            }
            Meaning::Artist(name) => {
                let mut values = vec![0.0; self.known.len()];
                self.set(&mut values, &self.artist(name), 1.0);
                Some(values)
            }
            Meaning::LikeArtist(name) => Some(self.alike(&self.artist(name), OWN)?),
            Meaning::LikeTitle(name) => {
                let volumes = names.titled(&fold(name));
                let tracks = seen(self.shelves.volumes(&volumes), self.index, self.sight);
                Some(self.alike(&tracks, 0.0)?)
            }
            _ => None,
        })
    }

    fn artist(&self, name: &str) -> Vec<TrackId> {
        self.shelves.names().artist(&fold(name)).map(|called| self.seen(called)).unwrap_or_default()
    }

    fn seen(&self, called: &Called) -> Vec<TrackId> {
        seen(self.shelves.volumes(&called.volumes), self.index, self.sight)
    }

    /// How near all tracks are to some, which count as `own` themselves.
    fn alike(&self, tracks: &[TrackId], own: f32) -> Result<Vec<f32>> {
        let mut values = vec![0.0; self.known.len()];
        if !tracks.is_empty() {
            let step = tracks.len().div_ceil(COMPARED);
            let compared: Vec<TrackId> = tracks.iter().copied().step_by(step).collect();
            let theirs: HashSet<TrackId> = tracks.iter().copied().collect();
            let admit = |id: TrackId| self.sight.admits(id) && !theirs.contains(&id);
            for near in self.index.space().nearest_to_many(&compared, ALIKE, &admit)? {
                self.set(&mut values, &[near.id], (1.0 - near.distance).clamp(0.0, 1.0));
            }
            self.set(&mut values, tracks, own);
        }
        Ok(values)
    }

    /// A larger value stays.
    fn set(&self, values: &mut [f32], tracks: &[TrackId], value: f32) {
        for track in tracks {
            let row = self.index.song_id(*track).and_then(|song_id| self.known.row(song_id));
            if let Some(slot) = row.and_then(|row| values.get_mut(row)) {
                *slot = slot.max(value);
            }
        }
    }
}

/// Lets each recording through once.
#[derive(Default)]
pub(super) struct Once {
    tracks: HashSet<TrackId>,
    numbers: HashSet<u32>,
    names: HashSet<String>,
}

impl Once {
    /// Whether no track of this recording was asked for before: by its fingerprint, its artist and title, or itself.
    pub(super) fn is_new(&mut self, index: &Index, track: TrackId) -> bool {
        let facts = index.space().facts(track);
        let name = facts.and_then(|facts| recording(&facts.artist, &facts.title));
        let number = facts.and_then(|facts| facts.recording);
        let known = self.tracks.contains(&track)
            || number.is_some_and(|number| self.numbers.contains(&number))
            || name.as_ref().is_some_and(|name| self.names.contains(name));
        self.tracks.insert(track);
        self.numbers.extend(number);
        self.names.extend(name);
        !known
    }
}
