//! The order of a playlist for listening: a strong, typical opening, then a way with small steps.

use crate::improve::improve;
use crate::order::{Artists, Fewest, Sounds, Stop, Way, smooth};
use crate::spacing::{Limit, Numbers};
use crate::view::View;
use crate::{Space, TrackId};

/// Songs that compete for the next place.
const OPEN: usize = 1000;
/// Songs that an opener is compared with.
const COMPARED: usize = 64;
/// No more than one of one artist at a time is kept apart; that is done for every way.
const NO_LIMIT: Limit = Limit { cap: 1, window: 1 };

impl Space {
    /// Puts tracks in the order to listen to them. It opens with a song that is typical of the others and stronger
    /// (in energy) than most; then sound, tempo, energy and key (round the circle of fifths) change as little as may be
    /// from song to song, and the end of each leads into the beginning of the next. No two songs of one artist meet unless
    /// that cannot be avoided. Tracks that are not in the space and repetitions are left out. The order in which they are
    /// given makes a difference among equals only.
    ///
    /// A way by the cheapest next song is followed by 2-opt (Croes 1958), which turns parts of it round while that makes
    /// steps smaller. The time grows with the square of their number up to 1,000 tracks, from there on with their number:
    /// the way then leads from what is like the opener to what is not.
    pub fn listening_order(&self, tracks: &[TrackId]) -> Vec<TrackId> {
        let view = self.view();
        let mut seen = std::collections::HashSet::new();
        let (mut artists, mut albums) = (Numbers::default(), Numbers::default());
        let known = tracks.iter().filter(|id| seen.insert(**id)).filter_map(|id| Some((*id, view.position(*id)?)));
        let stop = |(id, position): (TrackId, usize)| {
            let facts = view.facts(position);
            let (artist, album) = (artists.of(facts.artist_key()), albums.of(facts.album_key()));
            (id, Stop { position, distance: 0.0, artist, album })
        };
        let mut songs: Vec<(TrackId, Stop)> = known.map(stop).collect();
        if songs.is_empty() {
            return Vec::new();
        }
        let opener = opener(&view, &songs.iter().map(|(_, stop)| *stop).collect::<Vec<_>>());
        let (first, opening) = songs.remove(opener);
        if songs.len() > OPEN {
            let probe = view.probe(opening.position);
            songs.sort_by_cached_key(|(_, stop)| view.cosine(&probe, stop.position).to_bits());
        }
        let (ids, stops): (Vec<TrackId>, Vec<Stop>) = songs.into_iter().unzip();
        let sounds = Sounds::new(&view, &stops);
        let way = Way {
            view: &view,
            before: &[opening],
            stops: &stops,
            open: OPEN,
            artists: NO_LIMIT,
            albums: NO_LIMIT,
            sounds: &sounds,
        };
        let mut order = smooth(&way);
        improve(&way, &mut order, 0.0);
        std::iter::once(first).chain(order.into_iter().filter_map(|index| ids.get(index).copied())).collect()
    }
}

/// The song to begin with, among those after which the fewest meetings of one artist are unavoidable.
fn opener(view: &View<'_>, stops: &[Stop]) -> usize {
    let fewest: Fewest = Artists::new(stops.iter().map(|stop| stop.artist), None).fewest();
    let open: Vec<usize> =
        stops.iter().enumerate().filter(|(_, stop)| fewest.allows(stop.artist)).map(|(index, _)| index).collect();

    let step = stops.len().div_ceil(COMPARED).max(1);
    let far = |index: &usize| {
        let probe = view.probe(stops[*index].position);
        let others = stops.iter().step_by(step);
        others.map(|other| view.cosine(&probe, other.position)).sum::<f32>()
    };
    let weak = |index: &usize| {
        let energy = view.facts(stops[*index].position).energy.filter(|energy| energy.is_finite());
        energy.map(|energy| -energy)
    };
    let typical = ranks(&open.iter().map(|index| Some(far(index))).collect::<Vec<_>>());
    let strong = ranks(&open.iter().map(weak).collect::<Vec<_>>());
    let cost = |place: &usize| typical[*place] + strong[*place];
    let best = (0..open.len()).min_by(|a, b| cost(a).total_cmp(&cost(b)).then(a.cmp(b)));
    best.and_then(|place| open.get(place).copied()).unwrap_or_default()
}

/// Where each value stands among all, 0 for the smallest to 1 for the largest; what is unknown stands in the middle.
fn ranks(values: &[Option<f32>]) -> Vec<f32> {
    let known: Vec<f32> = values.iter().flatten().copied().collect();
    let rank = |value: f32| {
        let below = known.iter().filter(|other| other.total_cmp(&value).is_lt()).count();
        let equal = known.iter().filter(|other| other.total_cmp(&value).is_eq()).count();
        (below as f32 + (equal as f32 - 1.0) / 2.0) / (known.len() as f32 - 1.0).max(1.0)
    };
    values.iter().map(|value| value.map_or(0.5, rank)).collect()
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;
    use crate::{BlockSpec, Edge, Key, TrackFacts};

    fn space(count: u32, artists: u32, seed: u64) -> Space {
        let mut rng = StdRng::seed_from_u64(seed);
        let block = BlockSpec { name: "sound".to_owned(), dimensions: 6, weight: 1.0 };
        let mut space = Space::new(vec![block]).unwrap();
        for id in 0..count {
            let row: Vec<f32> = (0..6).map(|_| rng.random_range(-1.0..1.0)).collect();
            let tonic = ["C", "G", "D", "A", "F#", "Bb"][rng.random_range(0..6)];
            let facts = TrackFacts {
                artist: format!("artist {}", rng.random_range(0..artists)),
                tempo: Some(rng.random_range(60.0..180.0)),
                energy: Some(rng.random_range(0.0..1.0)),
                key: Key::parse(tonic, "major"),
                intro: Edge::new(&[(); 6].map(|()| rng.random_range(-0.5..0.5))),
                outro: Edge::new(&[(); 6].map(|()| rng.random_range(-0.5..0.5))),
                ..TrackFacts::default()
            };
            space.insert(id, &[&row], facts).unwrap();
        }
        space
    }

    /// The cheapest next song alone, from the first one given; each once.
    fn cheapest_next(space: &Space, ids: &[TrackId]) -> Vec<TrackId> {
        let view = space.view();
        let mut artists = Numbers::default();
        let stop = |(place, id): (usize, &TrackId)| {
            let position = view.position(*id).unwrap();
            Stop { position, distance: 0.0, artist: artists.of(view.facts(position).artist_key()), album: place }
        };
        let stops: Vec<Stop> = ids.iter().enumerate().map(stop).collect();
        let (first, rest) = stops.split_at(1);
        let sounds = Sounds::new(&view, rest);
        let way = Way {
            view: &view,
            before: first,
            stops: rest,
            open: OPEN,
            artists: NO_LIMIT,
            albums: NO_LIMIT,
            sounds: &sounds,
        };
        std::iter::once(ids[0]).chain(smooth(&way).into_iter().map(|index| ids[index + 1])).collect()
    }

    /// The first one in front of the others.
    fn opened(first: TrackId, tracks: impl Iterator<Item = TrackId>) -> Vec<TrackId> {
        std::iter::once(first).chain(tracks.filter(|id| *id != first)).collect()
    }

    fn meetings(space: &Space, order: &[TrackId]) -> usize {
        let artist = |id: &TrackId| space.facts_at(space.position(*id).unwrap()).artist_key();
        order.windows(2).filter(|pair| artist(&pair[0]) == artist(&pair[1])).count()
    }

    /// Mean change of something from song to song.
    fn change(space: &Space, order: &[TrackId], of: impl Fn(&TrackFacts, &TrackFacts) -> f32) -> f32 {
        let facts = |id: &TrackId| space.facts_at(space.position(*id).unwrap());
        order.windows(2).map(|pair| of(facts(&pair[0]), facts(&pair[1]))).sum::<f32>() / (order.len() - 1) as f32
    }

    #[test]
    fn all_are_there_once_and_artists_stay_apart() {
        for seed in 0..20 {
            let space = space(40, 4, seed);
            let tracks: Vec<TrackId> = (0..40).chain([3, 3, 99]).collect();
            let order = space.listening_order(&tracks);
            let mut sorted = order.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, (0..40).collect::<Vec<_>>());
            assert_eq!(order, space.listening_order(&tracks));
            let greedy = cheapest_next(&space, &opened(order[0], 0..40));
            assert!(meetings(&space, &order) <= meetings(&space, &greedy));
        }
    }

    #[test]
    fn steps_are_smaller_than_by_the_cheapest_next_song_alone() {
        let [mut tempo, mut energy, mut key, mut edge] = [[0.0; 3]; 4];
        for seed in 0..20 {
            let space = space(40, 12, seed);
            let given: Vec<TrackId> = (0..40).collect();
            let order = space.listening_order(&given);
            let greedy = cheapest_next(&space, &opened(order[0], 0..40));
            for (which, order) in [given, greedy, order].iter().enumerate() {
                let octaves = |a: &TrackFacts, b: &TrackFacts| (a.tempo.unwrap() / b.tempo.unwrap()).log2().abs();
                tempo[which] += change(&space, order, octaves);
                energy[which] += change(&space, order, |a, b| (a.energy.unwrap() - b.energy.unwrap()).abs());
                key[which] += change(&space, order, |a, b| f32::from(a.key.unwrap().steps_to(b.key.unwrap())));
                edge[which] += change(&space, order, |a, b| a.outro.unwrap().distance(&b.intro.unwrap()));
            }
        }
        for ([given, _, order], at_most) in [(tempo, 0.9), (energy, 0.9), (key, 0.9), (edge, 0.95)] {
            assert!(order < at_most * given, "{order} {given}");
        }
        let all = |which: usize| {
            tempo[which] / tempo[0] + energy[which] / energy[0] + key[which] / key[0] + edge[which] / edge[0]
        };
        assert!(all(2) < all(1), "{} {}", all(2), all(1));
    }

    #[test]
    fn it_opens_with_a_strong_and_typical_song() {
        let block = BlockSpec { name: "sound".to_owned(), dimensions: 2, weight: 1.0 };
        let mut space = Space::new(vec![block]).unwrap();
        // Ten alike, one of them with more energy; and one that is loud and like nothing else.
        for id in 0..12u32 {
            let row = if id == 11 { [-5.0, 3.0] } else { [1.0 + 0.01 * id as f32, 1.0] };
            let energy = Some(if id == 7 || id == 11 { 0.9 } else { 0.3 });
            let facts = TrackFacts { artist: id.to_string(), energy, ..TrackFacts::default() };
            space.insert(id, &[&row], facts).unwrap();
        }
        let tracks: Vec<TrackId> = (0..12).collect();
        assert_eq!(space.listening_order(&tracks)[0], 7);
    }

    #[test]
    fn what_is_unknown_stands_in_the_middle() {
        assert_eq!(ranks(&[Some(3.0), None, Some(1.0), Some(2.0)]), [1.0, 0.5, 0.0, 0.5]);
        assert_eq!(ranks(&[Some(3.0), Some(3.0)]), [0.5, 0.5]);
        assert_eq!(ranks(&[]), [0.0f32; 0]);
    }

    #[test]
    fn few_tracks_and_none_do_no_harm() {
        let space = space(5, 1, 1);
        assert!(space.listening_order(&[]).is_empty() && space.listening_order(&[77]).is_empty());
        assert_eq!(space.listening_order(&[4]), [4]);
        assert_eq!(space.listening_order(&[0, 1, 2, 3, 4]).len(), 5);
    }
}
