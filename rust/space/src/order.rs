//! The order of a mix: smooth from song to song, artists kept apart.

use std::collections::HashMap;

use crate::TrackFacts;
use crate::view::View;

/// Shares of a step's cost. Sound decides; tempo, energy and key choose among what sounds alike.
const SOUND: f32 = 0.5;
const SEED: f32 = 0.2;
const TEMPO: f32 = 0.15;
const ENERGY: f32 = 0.1;
const KEY: f32 = 0.05;

/// What an unknown tempo, energy or key costs: as much as a middling difference, so that not knowing is no advantage.
const UNKNOWN: f32 = 0.5;

/// A song to be put in order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stop {
    /// Row in the space.
    pub(crate) position: usize,
    /// Distance to the seeds, 0..1.
    pub(crate) distance: f32,
}

/// The order of `stops` by index. With `first_stays` the first stop is the start, else the one nearest to the seeds
/// that leaves a way to keep the artists apart.
///
/// Greedy: each step takes the cheapest song among those after which the fewest meetings of one artist are still
/// unavoidable. As that fewest number is always reached by some song, the whole has no more meetings than it must.
pub(crate) fn smooth(view: &View<'_>, stops: &[Stop], first_stays: bool) -> Vec<usize> {
    let mut artists = Artists::new(stops.iter().map(|stop| view.facts(stop.position).artist_key()));
    let mut left: Vec<usize> = (0..stops.len()).collect();
    let mut order = Vec::with_capacity(stops.len());
    let mut previous: Option<usize> = None;
    while !left.is_empty() {
        let next = if previous.is_none() && first_stays {
            0
        } else {
            let probe = previous.map(|p| (p, view.probe(stops[p].position)));
            let cost = |index: usize| {
                let stop = stops[index];
                let step = probe.as_ref().map_or(0.0, |(previous, probe)| {
                    let sound = view.cosine(probe, stop.position) / 2.0;
                    let previous = view.facts(stops[*previous].position);
                    SOUND * sound + facts_cost(previous, view.facts(stop.position))
                });
                step + SEED * stop.distance
            };
            let meetings: Vec<usize> = artists.meetings_after_each();
            let choice = left.iter().enumerate().map(|(slot, &index)| (meetings[artists.of(index)], cost(index), slot));
            let best = choice.min_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
            best.map_or(0, |(_, _, slot)| slot)
        };
        let index = left.remove(next);
        artists.take(index);
        order.push(index);
        previous = Some(index);
    }
    order
}

/// What differs beside the sound, 0..0.3.
pub(crate) fn facts_cost(a: &TrackFacts, b: &TrackFacts) -> f32 {
    let both = |a: Option<f32>, b: Option<f32>| Some((a.filter(|a| a.is_finite())?, b.filter(|b| b.is_finite())?));
    let tempo = both(a.tempo, b.tempo).filter(|(a, b)| *a > 0.0 && *b > 0.0).map_or(UNKNOWN, |(a, b)| {
        // Twice the tempo is half as far as it looks: a beat in common, but another pace.
        let octaves = (a / b).log2().abs();
        (2.0 * octaves).min(0.3 + 2.0 * (octaves - octaves.round()).abs()).min(1.0)
    });
    let energy = both(a.energy, b.energy).map_or(UNKNOWN, |(a, b)| (a - b).abs().min(1.0));
    let key = a.key.zip(b.key).map_or(UNKNOWN, |(a, b)| f32::from(a.steps_to(b)) / 6.0);
    TEMPO * tempo + ENERGY * energy + KEY * key
}

/// How many songs of each artist are left, and who was last.
pub(crate) struct Artists {
    of_song: Vec<usize>,
    left: Vec<usize>,
    total: usize,
    last: Option<usize>,
}

impl Artists {
    /// Every unknown artist is one of its own.
    pub(crate) fn new(keys: impl Iterator<Item = Option<String>>) -> Self {
        let (mut of_song, mut left, mut known) = (Vec::new(), Vec::new(), HashMap::new());
        for key in keys {
            let artist = match key {
                Some(key) => *known.entry(key).or_insert(left.len()),
                None => left.len(),
            };
            if artist == left.len() {
                left.push(0);
            }
            left[artist] += 1;
            of_song.push(artist);
        }
        Self { total: of_song.len(), of_song, left, last: None }
    }

    /// The artist of a song.
    pub(crate) fn of(&self, song: usize) -> usize {
        self.of_song[song]
    }

    fn take(&mut self, song: usize) {
        let artist = self.of_song[song];
        self.left[artist] -= 1;
        self.total -= 1;
        self.last = Some(artist);
    }

    /// Per artist: meetings that are unavoidable from here on if a song of theirs comes next.
    ///
    /// With `n` songs left behind one by artist `a`, the `n − c` songs of others make room for `n − c + 1` apart songs of
    /// an artist with `c` left, one fewer for `a`, who was just heard; each song beyond that room meets another. Only one
    /// artist can be beyond.
    pub(crate) fn meetings_after_each(&self) -> Vec<usize> {
        let (mut most, mut second) = ((usize::MAX, 0), 0);
        for (artist, &left) in self.left.iter().enumerate() {
            if left > most.1 {
                second = most.1;
                most = (artist, left);
            } else {
                second = second.max(left);
            }
        }
        let behind = self.total.saturating_sub(1);
        let beyond = |count: usize, room: usize| count.saturating_sub(room);
        let meetings = |(artist, &left): (usize, &usize)| {
            let own = left.saturating_sub(1);
            let rival = if artist == most.0 { second } else { most.1 };
            usize::from(self.last == Some(artist))
                + beyond(own, behind - own).max(beyond(rival, (behind + 1).saturating_sub(rival)))
        };
        self.left.iter().enumerate().map(meetings).collect()
    }
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;

    /// The fewest meetings of any order, by trying all.
    fn fewest(left: &mut Vec<usize>, last: Option<usize>) -> usize {
        if left.iter().all(|&count| count == 0) {
            return 0;
        }
        let mut best = usize::MAX;
        for artist in 0..left.len() {
            if left[artist] > 0 {
                left[artist] -= 1;
                best = best.min(usize::from(last == Some(artist)) + fewest(left, Some(artist)));
                left[artist] += 1;
            }
        }
        best
    }

    #[test]
    fn choosing_by_meetings_reaches_the_fewest_possible() {
        let mut rng = StdRng::seed_from_u64(3);
        for _ in 0..300 {
            let songs: Vec<u8> = (0..rng.random_range(1..9)).map(|_| rng.random_range(0..4)).collect();
            let mut artists = Artists::new(songs.iter().map(|artist| Some(artist.to_string())));
            let expected = fewest(&mut artists.left.clone(), None);
            let (mut meetings, mut left) = (0, (0..songs.len()).collect::<Vec<_>>());
            while !left.is_empty() {
                let after = artists.meetings_after_each();
                let least = left.iter().map(|&song| after[artists.of(song)]).min().unwrap();
                let equal: Vec<usize> = (0..left.len()).filter(|&i| after[artists.of(left[i])] == least).collect();
                let song = left.remove(equal[rng.random_range(0..equal.len())]);
                meetings += usize::from(artists.last == Some(artists.of(song)));
                artists.take(song);
            }
            assert_eq!(meetings, expected, "{songs:?}");
        }
    }

    #[test]
    fn unknown_artists_are_all_different() {
        let artists = Artists::new([None, Some("a".to_owned()), None, Some("a".to_owned())].into_iter());
        assert_eq!(artists.left, [1, 2, 1]);
    }

    #[test]
    fn double_tempo_is_nearer_than_a_half_way_one() {
        let at = |tempo| TrackFacts { tempo: Some(tempo), ..TrackFacts::default() };
        let cost = |a, b| facts_cost(&at(a), &at(b));
        assert!(cost(120.0, 121.0) < cost(120.0, 60.0));
        assert!(cost(120.0, 60.0) < cost(120.0, 85.0));
        assert!(cost(120.0, 120.0) < cost(120.0, f32::NAN));
        assert_eq!(cost(120.0, 0.0), cost(120.0, f32::INFINITY));
    }
}
