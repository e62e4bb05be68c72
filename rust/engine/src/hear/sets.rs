//! Sets of tracks: artists, albums, playlists.

use std::collections::HashSet;

use segue_space::{Point, Space, TrackId};

use super::audience::Sight;
use super::mix::{explained, leanings, wishes};
use super::seeds::Sources;
use super::types::{Audience, Misfit, Seed, SeedKind, SetKind, SimilarSet};
use crate::api::Neighbour;
use crate::ask::MOST;
use crate::engine::ARTIST_SONGS;
use crate::{Engine, Result};

/// Songs from which on an album is compared with others; a smaller one is where all of it may be seen.
const ALBUM_SONGS: usize = 3;
/// Sets in one answer at most.
const MOST_SETS: usize = 1000;

impl Engine {
    /// The artists (of five songs or more) or albums (of three or more, or the whole of a smaller one) whose songs are most like those
    /// of `seed`, nearest first. Only songs that may be seen count. A set that holds all songs of the seed, such as the artist
    /// asked for, is not among them.
    ///
    /// # Errors
    /// [`Error::UnknownTrack`](crate::Error::UnknownTrack) and its kin where the seed gives no track;
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for a seed that does not say which; when the store fails or
    /// the engine is closed.
    pub fn similar_sets(
        &self,
        kind: SetKind,
        seed: &Seed,
        count: usize,
        audience: &Audience,
    ) -> Result<Vec<SimilarSet>> {
        self.with(|state| {
            // The sets themselves come from the shelves, whatever the seed is.
            let shelves = Seed { kind: SeedKind::Artist, ..Seed::default() };
            let sources = Sources::new(state, audience, [seed, &shelves])?;
            let index = state.read_index();
            let sight = Sight::new(&index, audience.allowed.as_deref());
            let of: Vec<TrackId> =
                sources.whole(state, &index, &sight, seed)?.into_iter().map(|(track, _)| track).collect();
            let all = sources.shelves()?;
            let sets: Vec<(String, String, Vec<TrackId>)> = match kind {
                SetKind::Artist => all
                    .all_artists(ARTIST_SONGS as usize, &index, &sight)
                    .into_iter()
                    .map(|(shelf, songs)| (shelf.name.clone(), String::new(), songs))
                    .collect(),
                SetKind::Album => all
                    .all_albums(ALBUM_SONGS, &index, &sight)
                    .into_iter()
                    .map(|(shelf, songs)| (shelf.title.clone(), shelf.artist.clone(), songs))
                    .collect(),
            };
            let own: HashSet<TrackId> = of.iter().copied().collect();
            let others: Vec<&(String, String, Vec<TrackId>)> = sets
                .iter()
                .filter(|(_, _, songs)| songs.iter().filter(|song| own.contains(song)).count() < own.len())
                .collect();
            let songs: Vec<&[TrackId]> = others.iter().map(|(_, _, songs)| songs.as_slice()).collect();
            let found = index.space().similar_sets(&of, &songs, count.min(MOST_SETS), &|| self.is_closing());
            let mut answers = Vec::with_capacity(found.len());
            let mut examples = Vec::with_capacity(found.len());
            for (other, distance) in found {
                let Some((name, artist, songs)) = others.get(other) else { continue };
                let Some(example) = most_typical(index.space(), songs) else { continue };
                examples.push((example, distance, String::new()));
                answers.push(SimilarSet {
                    name: name.clone(),
                    artist: artist.clone(),
                    distance,
                    songs: u32::try_from(songs.len()).unwrap_or(u32::MAX),
                    example: Neighbour::default(),
                });
            }
            for (answer, example) in answers.iter_mut().zip(sight.places(state, &index, examples)?) {
                answer.example = example;
            }
            Ok(answers)
        })
    }

    /// More tracks that fit a set, in an order that goes on from its last. Those of the set that are not known, or may not
    /// be seen, are passed over as long as one serves.
    ///
    /// # Errors
    /// [`Error::UnknownTrack`](crate::Error::UnknownTrack) and its kin where none can serve; when the store fails or the engine is
    /// closed.
    pub fn extend(
        &self,
        tracks: &[String],
        count: usize,
        variation: u64,
        audience: &Audience,
    ) -> Result<Vec<Neighbour>> {
        self.with(|state| {
            let sources = Sources::new(state, audience, [])?;
            let index = state.read_index();
            let sight = Sight::new(&index, audience.allowed.as_deref());
            let set = sight.rows(state, &index, tracks)?;
            let leanings = leanings(&sources, &index);
            let wish = segue_space::MixRequest {
                seeds: set.iter().map(|track| (*track, 1.0)).collect(),
                length: count.min(MOST),
                variation,
                queue: set,
                ..segue_space::MixRequest::default()
            };
            let found = index.space().mix(&wish, &wishes(&sight, &leanings).as_wishes())?;
            explained(state, &index, &sight, &found)
        })
    }

    /// How far out each track of a set lies, the farthest first: what does not belong is two or three deviations out. Tracks that
    /// are not known, or may not be seen, are passed over; of fewer than four nothing can be said, and the answer is empty.
    ///
    /// # Errors
    /// [`Error::UnknownTrack`](crate::Error::UnknownTrack) and its kin where none can serve; when the store fails or the engine is
    /// closed.
    pub fn misfits(&self, tracks: &[String], audience: &Audience) -> Result<Vec<Misfit>> {
        self.with(|state| {
            Sources::new(state, audience, [])?;
            let index = state.read_index();
            let sight = Sight::new(&index, audience.allowed.as_deref());
            let set = sight.rows(state, &index, tracks)?;
            let found = index.space().misfits(&set);
            let placed = found.iter().map(|(track, _)| (*track, 0.0, String::new())).collect();
            let tracks = sight.places(state, &index, placed)?.into_iter().zip(found);
            Ok(tracks.map(|(track, (_, deviations))| Misfit { track, deviations }).collect())
        })
    }

    /// The tracks in an order that flows, each once and with its distance to the one before it. Those that are not known, not analysed, or
    /// may not be seen are left out: they are the caller's to keep.
    ///
    /// # Errors
    /// [`Error::UnknownTrack`](crate::Error::UnknownTrack) and its kin where none can serve; when the store fails or the engine is
    /// closed.
    pub fn flow(&self, tracks: &[String], audience: &Audience) -> Result<Vec<Neighbour>> {
        self.with(|state| {
            Sources::new(state, audience, [])?;
            let index = state.read_index();
            let sight = Sight::new(&index, audience.allowed.as_deref());
            let set = sight.rows(state, &index, tracks)?;
            let space = index.space();
            let order = space.listening_order(&set);
            let before = std::iter::once(None).chain(order.iter().copied().map(Some));
            let placed = order.iter().zip(before).map(|(track, before)| {
                let step = before.and_then(|before| space.distance(before, *track).ok()).unwrap_or_default();
                (*track, step, String::new())
            });
            sight.places(state, &index, placed.collect())
        })
    }
}

/// The song of a set that is nearest to its middle.
fn most_typical(space: &Space, songs: &[TrackId]) -> Option<TrackId> {
    let points: Vec<(TrackId, Point)> =
        songs.iter().filter_map(|song| Some((*song, space.point(*song).ok()?))).collect();
    let weighted: Vec<(&Point, f32)> = points.iter().map(|(_, point)| (point, 1.0)).collect();
    // Songs that point every which way have no middle; one is as typical as another.
    let Some(middle) = Point::sum(&weighted) else { return songs.first().copied() };
    let far = |(song, point): &(TrackId, Point)| (middle.cosine_distance(point), *song);
    points.iter().map(far).min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, song)| song)
}
