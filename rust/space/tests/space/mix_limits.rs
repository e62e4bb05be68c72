//! Mixes of any length: limits in every window, the neighbourhood kept, shares, likes and dislikes.

use std::collections::{HashMap, HashSet};

use crate::common::{all, block, random_space};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use segue_space::{MixRequest, MixTrack, Origin, Point, Space, TrackFacts, TrackId, Wishes};

fn request(seeds: &[TrackId], length: usize) -> MixRequest {
    let seeds = seeds.iter().map(|seed| (*seed, 1.0)).collect();
    MixRequest { seeds, length, include_seeds: true, ..MixRequest::default() }
}

fn ids(mix: &[MixTrack]) -> Vec<TrackId> {
    mix.iter().map(|track| track.id).collect()
}

/// The most tracks of one name in any `window` in a row.
fn most_in_window(names: &[usize], window: usize) -> usize {
    let mut most = 0;
    for window in names.windows(window.min(names.len()).max(1)) {
        let mut counts = HashMap::new();
        window.iter().for_each(|name| *counts.entry(name).or_insert(0) += 1);
        most = most.max(counts.into_values().max().unwrap_or(0));
    }
    most
}

/// Random tracks whose artists have `per_artist` tracks each, on albums of `per_album`, all near each other.
fn discographies(seed: u64, n: u32, per_artist: u32, per_album: u32) -> Space {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut space = Space::new(vec![block("a", 4)]).unwrap();
    for id in 0..n {
        // Artists lie together, so that nearness alone would give one artist after the other.
        let place = (id / per_artist) as f32;
        let row = [place.sin() * 3.0, (place * 1.7).cos() * 3.0, 0.0, 0.0].map(|at| at + rng.random_range(-0.5..0.5));
        let facts = TrackFacts {
            artist: format!("artist {}", id / per_artist),
            album: format!("album {}", id / per_album),
            tempo: Some(rng.random_range(60.0..180.0)),
            ..TrackFacts::default()
        };
        space.insert(id, &[&row], facts).unwrap();
    }
    space
}

#[test]
fn limits_hold_in_every_window_of_mixes_of_any_length() {
    let space = discographies(1, 12_000, 20, 10);
    for (length, variation) in [(30, 0), (100, 1), (200, 2), (1000, 0), (2500, 3)] {
        for seed in [3, 5000, 11_990] {
            let wish = MixRequest { album_cap: 2, variation, ..request(&[seed], length) };
            let mix = ids(&space.mix(&wish, &Wishes::NONE).unwrap());
            assert_eq!((mix.len(), mix[0]), (length, seed));
            assert_eq!(mix.iter().collect::<HashSet<_>>().len(), length);
            let artists: Vec<usize> = mix.iter().map(|id| *id as usize / 20).collect();
            let albums: Vec<usize> = mix.iter().map(|id| *id as usize / 10).collect();
            assert!(artists.windows(2).all(|pair| pair[0] != pair[1]), "{length} {seed}");
            assert!(most_in_window(&artists, 25) <= 3 && most_in_window(&albums, 25) <= 2, "{length} {seed}");
        }
    }
}

#[test]
fn the_longest_mix_is_full_and_begins_near() {
    let space = discographies(2, 15_000, 15, 15);
    let mix = space.mix(&request(&[700], 10_000), &Wishes::NONE).unwrap();
    assert_eq!(mix.len(), 10_000);
    let artists: Vec<usize> = mix.iter().map(|track| track.id as usize / 15).collect();
    assert!(most_in_window(&artists, 25) <= 3);
    assert!(artists.windows(2).all(|pair| pair[0] != pair[1]));
    let mean = |part: &[MixTrack]| part.iter().map(|track| track.distance).sum::<f32>() / part.len() as f32;
    let parts: Vec<f32> = mix.chunks(1000).map(mean).collect();
    assert!(parts.windows(2).all(|pair| pair[0] <= pair[1] + 0.01), "{parts:?}");
    // The first hundred are among the nearest, though an artist has three in any 25 of them.
    let near: HashSet<TrackId> =
        space.nearest(700, 600, &all).unwrap().iter().map(|near| near.id).chain([700]).collect();
    let first = mix.iter().take(100).filter(|track| near.contains(&track.id)).count();
    assert!(first >= 95, "{first}");
    assert_eq!(space.mix(&request(&[700], usize::MAX), &Wishes::NONE).unwrap().len(), 10_000);
}

/// An artist has as many tracks as all others together: the limit gives way, and evenly.
#[test]
fn where_one_artist_is_half_of_all_it_is_spread_evenly() {
    let mut space = random_space(3, 200, 1);
    for id in 0..200 {
        let artist = if id < 100 { "everywhere".to_owned() } else { format!("artist {id}") };
        space.set_facts(id, TrackFacts { artist, title: format!("title {id}"), ..TrackFacts::default() });
    }
    let mix = ids(&space.mix(&request(&[0], 200), &Wishes::NONE).unwrap());
    assert_eq!(mix.len(), 200);
    assert!(mix.windows(2).all(|pair| pair[0] >= 100 || pair[1] >= 100), "{mix:?}");
}

#[test]
fn windows_hold_where_there_are_just_enough_artists() {
    // Nine artists, three in 25 of each: 27 for 25 places.
    for seed in 0..20 {
        let mut space = random_space(seed, 99, 1);
        for id in 0..99 {
            let artist = format!("artist {}", id % 9);
            space.set_facts(id, TrackFacts { artist, title: format!("title {id}"), ..TrackFacts::default() });
        }
        let wish = MixRequest { include_seeds: false, ..request(&[0], 98) };
        let mix = ids(&space.mix(&wish, &Wishes::NONE).unwrap());
        let artists: Vec<usize> = mix.iter().map(|id| *id as usize % 9).collect();
        assert_eq!(artists.len(), 98);
        assert!(most_in_window(&artists, 25) <= 3, "{seed}: {artists:?}");
        assert!(artists.windows(2).all(|pair| pair[0] != pair[1]));
    }
}

/// All artists unknown: nothing but nearness, freshness and the listener decides.
fn anonymous(seed: u64, n: u32) -> Space {
    let mut space = random_space(seed, n, 1);
    for id in 0..n {
        space.set_facts(id, TrackFacts { title: format!("title {id}"), ..TrackFacts::default() });
    }
    space
}

fn nearest(space: &Space, seed: TrackId, k: usize) -> HashSet<TrackId> {
    space.nearest(seed, k, &all).unwrap().iter().map(|near| near.id).collect()
}

#[test]
fn no_variation_leaves_the_neighbourhood() {
    let space = anonymous(4, 600);
    for length in [1, 2, 7, 20, 60] {
        for variation in 0..30 {
            let seed = variation as TrackId * 19;
            let near = nearest(&space, seed, length + (length / 2).max(1));
            let wish = MixRequest { variation, include_seeds: false, ..request(&[seed], length) };
            let mix = ids(&space.mix(&wish, &Wishes::NONE).unwrap());
            assert_eq!(mix.len(), length);
            assert!(mix.iter().all(|id| near.contains(id)), "length {length} variation {variation}");
        }
    }
}

#[test]
fn favourites_come_a_little_sooner_and_bring_in_nothing_from_outside() {
    let space = anonymous(5, 600);
    let (mut plain, mut preferred) = (0, 0);
    for seed in 0..40 {
        let favourite = |id: TrackId| id.is_multiple_of(5);
        let leaning = |id: TrackId| if favourite(id) { 1.0 } else { 0.0 };
        let wish = MixRequest { include_seeds: false, ..request(&[seed], 40) };
        let without = ids(&space.mix(&wish, &Wishes::NONE).unwrap());
        let with = space.mix(&wish, &Wishes { leaning: &leaning, ..Wishes::NONE }).unwrap();
        assert!(with.iter().all(|track| (track.reason.leaning == 1.0) == favourite(track.id)));
        let with = ids(&with);
        let near = nearest(&space, seed, 60);
        assert!(with.iter().all(|id| near.contains(id)));
        // Up by a quarter of the length, so all favourites up to there are in, and none from beyond.
        let reached: HashSet<TrackId> = nearest(&space, seed, 50);
        assert!(with.iter().all(|id| reached.contains(id)));
        plain += without.iter().filter(|id| favourite(**id)).count();
        preferred += with.iter().filter(|id| favourite(**id)).count();
    }
    // A fifth of all: 8 of 40. With the favourites of the next ten ranks it is 10.
    assert!(preferred > plain + 40 && preferred < plain + 40 * 4, "{preferred} {plain}");
}

#[test]
fn what_is_avoided_comes_less_and_what_is_disliked_never() {
    let space = anonymous(6, 600);
    for seed in 0..40 {
        let wish = |variation| MixRequest { variation, ..request(&[seed], 40) };
        // Never, unless it is the seed that was asked for; avoided ones only when they are much nearer.
        let leaning = |id: TrackId| match id % 3 {
            0 => -1.0,
            1 => -0.5,
            _ => 0.0,
        };
        for variation in 0..3 {
            let mix = ids(&space.mix(&wish(variation), &Wishes { leaning: &leaning, ..Wishes::NONE }).unwrap());
            assert_eq!((mix.len(), mix[0]), (40, seed));
            assert!(mix.iter().skip(1).all(|id| id % 3 == 2), "{mix:?}");
        }
        // Where everything is avoided a little, it is as if nothing were.
        let bad = |_| -0.25;
        let mix = ids(&space.mix(&wish(0), &Wishes { leaning: &bad, ..Wishes::NONE }).unwrap());
        let plain = ids(&space.mix(&wish(0), &Wishes::NONE).unwrap());
        assert_eq!(mix, plain);
        let nonsense = |_| f32::NAN;
        assert_eq!(ids(&space.mix(&wish(0), &Wishes { leaning: &nonsense, ..Wishes::NONE }).unwrap()), plain);
    }
    let all_disliked = Wishes { leaning: &|_| -2.0, ..Wishes::NONE };
    assert_eq!(ids(&space.mix(&request(&[7, 8], 40), &all_disliked).unwrap()), [7]);
}

/// Three kinds of music far from each other, of different sizes; all artists unknown. A track's kind is its handle over 1000.
fn kinds() -> Space {
    let mut rng = StdRng::seed_from_u64(7);
    let mut space = Space::new(vec![block("a", 6)]).unwrap();
    for (kind, songs) in [(0, 400), (1, 150), (2, 60)] {
        for song in 0..songs {
            let mut row: Vec<f32> = (0..6).map(|_| rng.random_range(-0.5..0.5)).collect();
            row[kind] += 3.0;
            space.insert((kind * 1000 + song) as TrackId, &[&row], TrackFacts::default()).unwrap();
        }
    }
    space
}

#[test]
fn each_seed_has_its_share_by_its_weight() {
    let space = kinds();
    let share = |seeds: Vec<(TrackId, f32)>, kind: u32| {
        let wish = MixRequest { seeds, length: 40, variation: 1, ..MixRequest::default() };
        let mix = space.mix(&wish, &Wishes::NONE).unwrap();
        mix.iter().filter(|track| track.id / 1000 == kind).count()
    };
    for (weights, least, most) in
        [((1.0, 1.0), 16, 24), ((3.0, 1.0), 6, 14), ((1.0, 3.0), 26, 34), ((0.0, f32::NAN), 16, 24)]
    {
        let got = share(vec![(5, weights.0), (2005, weights.1)], 2);
        assert!((least..=most).contains(&got), "{weights:?}: {got}");
    }
    // Of an album of two kinds: eight of one, four of the other. More seeds than are looked for one by one.
    let album: Vec<(TrackId, f32)> = (0..8).chain(1000..1004).map(|id| (id, 1.0)).collect();
    let got = share(album, 1);
    assert!((9..=18).contains(&got), "{got}");
    let playlist: Vec<(TrackId, f32)> = (0..200).chain(2000..2050).map(|id| (id, 1.0)).collect();
    let got = share(playlist, 2);
    assert!((4..=12).contains(&got), "{got}");
}

#[test]
fn points_are_seeds_that_are_no_tracks() {
    let space = kinds();
    let centre = |range: std::ops::Range<TrackId>| {
        let points: Vec<Point> = range.map(|id| space.point(id).unwrap()).collect();
        Point::sum(&points.iter().map(|point| (point, 1.0)).collect::<Vec<_>>()).unwrap()
    };
    let points = vec![centre(0..100), Point::from_coordinates(vec![1.0]), centre(2000..2060)];
    let wish = MixRequest { points: points.clone(), length: 30, include_seeds: true, ..MixRequest::default() };
    let mix = space.mix(&wish, &Wishes::NONE).unwrap();
    assert_eq!(mix.len(), 30);
    for track in &mix {
        let expected = if track.id < 1000 { 0 } else { 2 };
        assert_eq!(track.reason.origin, Origin::NearPoint(expected));
    }
    let small = mix.iter().filter(|track| track.id >= 2000).count();
    assert!((11..=19).contains(&small), "{small}");
    let useless = MixRequest { points: vec![points[1].clone()], length: 30, ..MixRequest::default() };
    assert!(space.mix(&useless, &Wishes::NONE).is_err());
}

#[test]
fn one_fingerprint_is_one_recording() {
    let mut space = anonymous(8, 60);
    for id in 0..60 {
        let facts = TrackFacts { title: format!("title {id}"), recording: Some(id / 2), ..TrackFacts::default() };
        space.set_facts(id, facts);
    }
    let mix = ids(&space.mix(&request(&[10], 60), &Wishes::NONE).unwrap());
    assert_eq!(mix.iter().map(|id| id / 2).collect::<HashSet<_>>().len(), mix.len());
    assert_eq!((mix.len(), mix[0], mix.contains(&11)), (30, 10, false));
}
