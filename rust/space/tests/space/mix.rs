//! Mixes: what must hold of every one, on libraries drawn at random, and what a listener would notice.

use std::collections::{HashMap, HashSet};

use crate::common::{all, library, random_blocks, random_space, real_space};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use segue_space::{Error, MixRequest, MixTrack, Origin, Space, TrackFacts, TrackId, Wishes};

fn ids(mix: &[MixTrack]) -> Vec<TrackId> {
    mix.iter().map(|track| track.id).collect()
}

fn request(seeds: &[TrackId], length: usize) -> MixRequest {
    MixRequest {
        seeds: seeds.iter().map(|seed| (*seed, 1.0)).collect(),
        length,
        include_seeds: true,
        ..MixRequest::default()
    }
}

/// Artist of each track of `random_space(seed, n, artists)`, drawn as it draws them.
fn artists(seed: u64, n: u32, artists: u32) -> Vec<u32> {
    let mut rng = StdRng::seed_from_u64(seed);
    let draw = |_| {
        random_blocks(&mut rng);
        let artist = rng.random_range(0..artists.max(1));
        for range in [60.0..180.0f32, 0.0..1.0] {
            if rng.random_bool(0.8) {
                rng.random_range(range);
            }
        }
        artist
    };
    (0..n).map(draw).collect()
}

fn count(artists: impl Iterator<Item = u32>) -> HashMap<u32, usize> {
    artists.fold(HashMap::new(), |mut counts, artist| {
        *counts.entry(artist).or_default() += 1;
        counts
    })
}

#[test]
fn every_mix_is_full_without_repetition_and_interleaved() {
    let mut rng = StdRng::seed_from_u64(77);
    for round in 0..150 {
        let n = rng.random_range(1..90);
        let kinds = rng.random_range(1..30);
        let space = random_space(round, n, kinds);
        let artist = artists(round, n, kinds);
        let seed = rng.random_range(0..n);
        let forbidden: HashSet<TrackId> = (0..n).filter(|id| *id != seed && rng.random_bool(0.2)).collect();
        let wish = MixRequest {
            artist_cap: rng.random_range(0..6),
            window: rng.random_range(0..40),
            variation: rng.random_range(0..3),
            include_seeds: rng.random_bool(0.5),
            ..request(&[seed], rng.random_range(0..40))
        };
        let admit = |id: TrackId| !forbidden.contains(&id);
        let mix = space.mix(&wish, &Wishes { admit: &admit, ..Wishes::NONE }).unwrap();
        let chosen = ids(&mix);

        // Full: the library has as many different songs as it has tracks (titles and lengths all differ).
        let there = n as usize - forbidden.len() - usize::from(!wish.include_seeds);
        assert_eq!(chosen.len(), wish.length.min(there), "round {round}");
        assert_eq!(chosen.iter().collect::<HashSet<_>>().len(), chosen.len());
        assert!(chosen.iter().all(|id| admit(*id)));
        assert_eq!(chosen.contains(&seed), wish.include_seeds && wish.length > 0);
        if wish.include_seeds && wish.length > 0 {
            assert_eq!((mix[0].id, mix[0].distance, mix[0].reason.origin), (seed, 0.0, Origin::Seed));
            assert!(mix[0].reason.step.is_none());
        }
        for pair in mix.windows(2) {
            let step = pair[1].reason.step.unwrap();
            assert_eq!((step.from, pair[1].reason.origin), (pair[0].id, Origin::NearSeed(seed)));
        }
        assert!(mix.iter().all(|track| (0.0..=1.0).contains(&track.distance)));

        // Interleaved: no meeting of one artist more than unavoidable (the most frequent against all others).
        let played: Vec<u32> = chosen.iter().map(|id| artist[*id as usize]).collect();
        let counts = count(played.iter().copied());
        let meetings = played.windows(2).filter(|pair| pair[0] == pair[1]).count();
        let free = if wish.include_seeds && !played.is_empty() { Some(played[0]) } else { None };
        let unavoidable = |(artist, songs): (&u32, &usize)| {
            let others = played.len() - songs;
            // A fixed start by another artist takes one of the rooms between.
            let rooms = if free.is_none_or(|first| first == *artist) { others + 1 } else { others };
            songs.saturating_sub(rooms)
        };
        let unavoidable = counts.iter().map(unavoidable).max().unwrap_or(0);
        assert_eq!(meetings, unavoidable, "round {round}: {played:?}");

        // And none at all where the neighbourhood has enough others.
        let places = chosen.len();
        let playable = n as usize - forbidden.len() - 1;
        let reach = (playable / 4).max(wish.length + (wish.length / 2).max(1)).min((4 * wish.length).max(100));
        let near = space.nearest(seed, reach, &admit).unwrap();
        let around = count(near.iter().map(|near| artist[near.id as usize]));
        let enough = |most: usize| around.values().map(|songs| (*songs).min(most)).sum::<usize>() >= places;
        assert!(!enough(places.saturating_sub(1) / 2) || meetings == 0, "round {round}: {played:?}");

        // Within the limit, where the neighbourhood has enough artists to share the places.
        let or = |value: usize, default: usize| if value == 0 { default } else { value };
        let (cap, window) = (or(wish.artist_cap, 3), or(wish.window, 25));
        let most = played.windows(window.min(places).max(1)).map(|window| count(window.iter().copied()));
        let most = most.map(|counts| counts.values().copied().max().unwrap_or(0)).max().unwrap_or(0);
        let room = (places * cap.min(window) / window).max(cap).min(places.saturating_sub(1) / 2);
        let kept = most <= cap || !enough(room);
        assert!(kept, "round {round}: {most} of one artist in {window}, not {cap}: {played:?}");
    }
}

#[test]
fn the_same_wish_gives_the_same_mix_and_another_variation_stays_near() {
    let space = random_space(5, 300, 60);
    let wish = |variation| MixRequest { variation, ..request(&[17], 20) };
    let plain = space.mix(&wish(0), &Wishes::NONE).unwrap();
    let near: HashSet<TrackId> = space.nearest(17, 60, &all).unwrap().into_iter().map(|n| n.id).chain([17]).collect();
    let mut different = 0;
    for variation in 1..20 {
        let mix = space.mix(&wish(variation), &Wishes::NONE).unwrap();
        assert_eq!(mix, space.mix(&wish(variation), &Wishes::NONE).unwrap());
        // Reach of 30 candidates; the artist cap of 3 among 60 artists passes over few of them.
        assert!(mix.iter().all(|track| near.contains(&track.id)));
        let common = ids(&mix).iter().filter(|id| ids(&plain).contains(id)).count();
        assert!(common >= 10, "variation {variation} keeps only {common} of 20");
        different += usize::from(common < 20);
    }
    assert!(different >= 15);
}

#[test]
fn in_a_small_library_a_mix_stays_near_rather_than_spread_artists() {
    let library = library();
    let space = real_space(&library);
    for (seed, track) in (0..).zip(&library.tracks) {
        let near: HashSet<TrackId> =
            space.nearest(seed, 15, &all).unwrap().into_iter().map(|near| near.id).chain([seed]).collect();
        let mix = space.mix(&request(&[seed], 10), &Wishes::NONE).unwrap();
        assert_eq!(mix.len(), 10);
        assert!(mix.iter().all(|track| near.contains(&track.id)), "{}: {mix:?}", track.title);
    }
}

#[test]
fn one_artist_for_everything_still_fills_the_mix() {
    let space = random_space(6, 50, 1);
    assert_eq!(space.mix(&request(&[3], 25), &Wishes::NONE).unwrap().len(), 25);
    assert_eq!(space.mix(&request(&[3], 500), &Wishes::NONE).unwrap().len(), 50);
}

#[test]
fn unknown_artists_are_not_capped() {
    let mut space = random_space(6, 50, 1);
    for id in 0..50 {
        space.set_facts(id, TrackFacts { title: format!("Title {id}"), ..TrackFacts::default() });
    }
    let plain: HashSet<TrackId> = space.nearest(3, 10, &all).unwrap().iter().map(|n| n.id).collect();
    let mix = space.mix(&MixRequest { include_seeds: false, ..request(&[3], 10) }, &Wishes::NONE).unwrap();
    assert_eq!(ids(&mix).into_iter().collect::<HashSet<_>>(), plain);
}

/// The same song under another title, at another length, and as a copy that only its sound gives away.
#[test]
fn a_recording_comes_once() {
    let library = library();
    let mut space = real_space(&library);
    let track = &library.tracks[4];
    let facts = |title: &str, duration_s| TrackFacts {
        artist: track.group.clone(),
        title: title.to_owned(),
        duration_s,
        ..TrackFacts::default()
    };
    let mut copy = |id: TrackId, jitter: f32, facts: TrackFacts| {
        let noisy =
            |block: &Vec<f32>| block.iter().zip(0..).map(|(x, i)| x + jitter * ((i * 37 % 11) as f32 - 5.0)).collect();
        let blocks: Vec<Vec<f32>> = track.blocks.iter().map(noisy).collect();
        let slices: Vec<&[f32]> = blocks.iter().map(Vec::as_slice).collect();
        space.insert(id, &slices, facts).unwrap();
    };
    copy(100, 0.02, facts(&format!("{} (2012 Remaster)", track.title), track.duration_s + 30.0));
    copy(101, 0.002, facts("Track 7", track.duration_s + 0.5));
    copy(102, 0.002, facts("Another song of the same sound", track.duration_s + 60.0));
    let among = |seed: TrackId| {
        let mix = ids(&space.mix(&request(&[seed], 39), &Wishes::NONE).unwrap());
        [4, 100, 101, 102].into_iter().filter(|id| mix.contains(id)).collect::<Vec<_>>()
    };
    // 100 repeats the seed by name, 101 by sound; 102 is as long as neither.
    assert_eq!(among(4), [4, 102]);
    // Here 4 repeats the seed by sound, and 100 repeats 4 by name.
    assert_eq!(among(101), [101, 102]);
}

#[test]
fn a_neighbourhood_full_of_copies_does_not_shorten_the_mix() {
    let mut space = random_space(21, 60, 60);
    let mut rng = StdRng::seed_from_u64(21);
    let [a, b] = random_blocks(&mut rng);
    for id in 1000..1300 {
        let facts = TrackFacts { artist: "Copyist".to_owned(), title: "Same".to_owned(), ..TrackFacts::default() };
        space.insert(id, &[&a, &b], facts).unwrap();
    }
    let mix = space.mix(&request(&[1000], 20), &Wishes::NONE).unwrap();
    assert_eq!(mix.len(), 20);
    assert_eq!(mix.iter().filter(|track| track.id >= 1000).count(), 1);
}

#[test]
fn several_seeds_make_one_mix_that_begins_with_the_first() {
    let space = random_space(31, 200, 40);
    let mix = ids(&space.mix(&request(&[999, 12, 80, 150], 30), &Wishes::NONE).unwrap());
    assert_eq!((mix.len(), mix[0]), (30, 12));
    assert!(mix.contains(&80) && mix.contains(&150));
    let without =
        ids(&space.mix(&MixRequest { include_seeds: false, ..request(&[999, 12, 80], 30) }, &Wishes::NONE).unwrap());
    assert!(without.len() == 30 && !without.contains(&12) && !without.contains(&80));
    // Up to a quarter of a mix are seeds.
    let seeds: Vec<TrackId> = (0..60).collect();
    let many = ids(&space.mix(&request(&seeds, 40), &Wishes::NONE).unwrap());
    let seeds = many.iter().filter(|id| **id < 60).count();
    assert!((5..=11).contains(&seeds), "{seeds}");
    let not_12 = |id: TrackId| id != 12;
    assert_eq!(ids(&space.mix(&request(&[12, 80], 30), &Wishes { admit: &not_12, ..Wishes::NONE }).unwrap())[0], 80);
}

#[test]
fn no_known_seed_is_an_error_and_no_length_is_an_empty_mix() {
    let space = random_space(32, 10, 3);
    assert_eq!(space.mix(&request(&[77], 5), &Wishes::NONE), Err(Error::NoSeed { given: 1 }));
    assert_eq!(space.mix(&request(&[], 5), &Wishes::NONE), Err(Error::NoSeed { given: 0 }));
    assert_eq!(space.mix(&request(&[1], 0), &Wishes::NONE).unwrap(), []);
    assert_eq!(
        space.mix(&MixRequest { artist_cap: usize::MAX, ..request(&[1], usize::MAX) }, &Wishes::NONE).unwrap().len(),
        10
    );
    assert_eq!(space.mix(&request(&[1], 5), &Wishes { admit: &|_| false, ..Wishes::NONE }).unwrap(), []);
}

#[test]
fn an_order_for_listening_has_every_song_once_and_keeps_artists_apart() {
    let library = library();
    let mut space: Space = real_space(&library);
    let given: Vec<TrackId> = vec![9, 3, 3, 500, 20, 30, 1, 12, 33, 25];
    let order = space.listening_order(&given);
    assert_eq!(order.iter().copied().collect::<HashSet<_>>(), given.into_iter().filter(|id| *id != 500).collect());
    assert_eq!(order.len(), 8);
    assert!(space.listening_order(&[]).is_empty());
    // Kept apart: three of one artist among five.
    for (id, artist) in [(0, "x"), (1, "x"), (2, "x"), (3, "y"), (4, "z")] {
        space.set_facts(id, TrackFacts { artist: artist.to_owned(), ..TrackFacts::default() });
    }
    let order = space.listening_order(&[0, 1, 2, 3, 4]);
    assert!(order.iter().step_by(2).all(|id| *id < 3), "{order:?}");
}
