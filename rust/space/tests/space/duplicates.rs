//! Finding the same recording more than once.

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use segue_space::{DuplicateCandidate, DuplicateFinder, DuplicateGroup, duplicates};

/// Seconds from item to item.
const ITEM_S: f32 = 0.1238;

#[derive(Clone)]
struct Track {
    items: Vec<u32>,
    duration_s: f32,
}

/// A recording of its own: every item is the last with a few bits changed, as music's are.
fn recording(rng: &mut StdRng, items: usize) -> Track {
    let mut item: u32 = rng.random();
    let walk = (0..items).map(|_| {
        for _ in 0..rng.random_range(0..6) {
            item ^= 1 << rng.random_range(0..32);
        }
        item
    });
    Track { items: walk.collect(), duration_s: items as f32 * ITEM_S + 60.0 }
}

/// The recording from another source: a part of all bits comes out wrong.
fn encoded(rng: &mut StdRng, track: &Track, errors: f64) -> Track {
    let mut copy = track.clone();
    for item in &mut copy.items {
        for bit in 0..32 {
            *item ^= u32::from(rng.random_bool(errors)) << bit;
        }
    }
    copy
}

/// The recording without its first items.
fn cut(track: &Track, items: usize) -> Track {
    Track { items: track.items[items..].to_vec(), duration_s: track.duration_s - items as f32 * ITEM_S }
}

fn grouped(tracks: &[Track]) -> Vec<DuplicateGroup> {
    let candidates: Vec<DuplicateCandidate<'_>> = tracks
        .iter()
        .zip(0..)
        .map(|(track, id)| DuplicateCandidate { id, items: &track.items, duration_s: track.duration_s })
        .collect();
    duplicates(&candidates, &mut |_, _| true).unwrap()
}

fn ids(groups: &[DuplicateGroup]) -> Vec<Vec<u32>> {
    groups.iter().map(|group| group.ids.clone()).collect()
}

#[test]
fn versions_of_one_recording_are_a_group() {
    let mut rng = StdRng::seed_from_u64(1);
    let mut tracks: Vec<Track> = (0..200).map(|_| recording(&mut rng, 948)).collect();
    let noisy = encoded(&mut rng, &tracks[17], 0.03);
    tracks.push(noisy);
    tracks.push(cut(&tracks[17], 240));
    let trimmed = encoded(&mut rng, &cut(&tracks[60], 33), 0.04);
    tracks.insert(3, trimmed);
    let groups = grouped(&tracks);
    assert_eq!(ids(&groups), [vec![3, 61], vec![18, 201, 202]]);
    assert_eq!(groups[0].pairs.len(), 1);
    assert_eq!(groups[0].pairs[0].ids, (3, 61));
    assert!((groups[0].pairs[0].similarity - 0.96).abs() < 0.005, "{:?}", groups[0].pairs);
    let exact = groups[1].pairs.iter().find(|pair| pair.ids == (18, 202)).unwrap();
    assert_eq!(exact.similarity, 1.0);
}

#[test]
fn what_is_not_the_same_recording_stays_apart() {
    let mut rng = StdRng::seed_from_u64(2);
    let original = recording(&mut rng, 948);
    let with = |change: &dyn Fn(&mut Track)| {
        let mut other = original.clone();
        change(&mut other);
        other
    };
    let rest = recording(&mut rng, 948).items;
    // A cover: related, but a third of its bits differ.
    let cover = encoded(&mut rng, &original, 0.33);
    // A series: the first 20 seconds are its jingle.
    let episode = with(&|track| track.items[160..].copy_from_slice(&rest[160..]));
    // The album version with a hidden track, and a much longer mix.
    let longer = with(&|track| track.duration_s += 60.0);
    // Starts 40 seconds later.
    let later = Track { duration_s: original.duration_s, ..cut(&original, 323) };
    let unknown = with(&|track| track.duration_s = f32::NAN);
    for (name, other) in
        [("cover", cover), ("episode", episode), ("longer", longer), ("later", later), ("unknown", unknown)]
    {
        assert_eq!(ids(&grouped(&[original.clone(), other])), Vec::<Vec<u32>>::new(), "{name}");
    }
}

#[test]
fn what_a_fingerprint_cannot_tell_apart_is_no_duplicate() {
    let mut rng = StdRng::seed_from_u64(3);
    let short = recording(&mut rng, 70);
    let silent = Track { items: vec![627_964_279; 948], duration_s: 180.0 };
    let empty = Track { items: vec![], duration_s: 0.0 };
    // A jingle and then nothing.
    let mut jingle = recording(&mut rng, 60);
    jingle.items.resize(948, 627_964_279);
    for track in [short, silent, empty, jingle] {
        assert_eq!(grouped(&[track.clone(), track]), []);
    }
    // 30 seconds are enough, with silence too.
    let mut long = recording(&mut rng, 240);
    long.items.resize(948, 627_964_279);
    assert_eq!(ids(&grouped(&[long.clone(), long])), [[0, 1]]);
}

#[test]
fn a_key_that_everybody_has_does_not_count() {
    // 600 tracks that share a loop of 90 items between what is their own.
    let mut rng = StdRng::seed_from_u64(4);
    let common = recording(&mut rng, 90).items;
    let tracks: Vec<Track> = (0..600)
        .map(|_| {
            let mut track = recording(&mut rng, 400);
            track.items[100..190].copy_from_slice(&common);
            track
        })
        .collect();
    assert_eq!(grouped(&tracks), []);
}

#[test]
fn the_answer_does_not_depend_on_the_order() {
    let mut rng = StdRng::seed_from_u64(5);
    let mut tracks: Vec<(u32, Track)> = (0..60).map(|id| (id, recording(&mut rng, 500))).collect();
    for id in 60..90 {
        let copy = encoded(&mut rng, &tracks[(id as usize * 7) % 20].1, 0.02);
        tracks.push((id, copy));
    }
    let answer = |tracks: &[(u32, Track)]| {
        let mut finder = DuplicateFinder::new();
        for (id, track) in tracks {
            finder.add(*id, &track.items, track.duration_s);
            // Once is enough.
            finder.add(*id, &track.items, track.duration_s);
        }
        let mut load = |id| tracks.iter().find(|(other, _)| *other == id).map(|(_, track)| track.items.clone());
        let groups = finder.find(&mut load, &mut |_, _| true).unwrap();
        let mut sets: Vec<Vec<u32>> = ids(&groups);
        sets.iter_mut().for_each(|set| set.sort_unstable());
        sets.sort();
        sets
    };
    let first = answer(&tracks);
    assert_eq!(first.iter().map(Vec::len).sum::<usize>(), 50);
    for _ in 0..3 {
        tracks.shuffle(&mut rng);
        assert_eq!(answer(&tracks), first);
    }
}

#[test]
fn it_reports_and_can_be_stopped() {
    let mut rng = StdRng::seed_from_u64(6);
    let track = recording(&mut rng, 300);
    let candidates = [0, 1, 2].map(|id| DuplicateCandidate { id, items: &track.items, duration_s: 60.0 });
    let mut reports = Vec::new();
    let groups = duplicates(&candidates, &mut |done, total| {
        reports.push((done, total));
        true
    });
    assert_eq!(ids(&groups.unwrap()), [[0, 1, 2]]);
    assert_eq!(reports.last(), Some(&(3, 3)));
    assert!(reports.is_sorted());
    for stop in 0..reports.len() {
        let mut calls = 0;
        let answer = duplicates(&candidates, &mut |_, _| {
            calls += 1;
            calls <= stop
        });
        assert_eq!((answer, calls), (None, stop + 1));
    }
    assert_eq!(duplicates(&[], &mut |_, _| true), Some(vec![]));
    // Tracks that went away since are left out.
    let mut finder = DuplicateFinder::default();
    candidates.iter().for_each(|c| finder.add(c.id, c.items, c.duration_s));
    let mut load = |id| (id != 1).then(|| track.items.clone());
    assert_eq!(ids(&finder.find(&mut load, &mut |_, _| true).unwrap()), [[0, 2]]);
}
