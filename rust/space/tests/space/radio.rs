//! Mixes that go on after a queue.

use std::collections::{HashMap, HashSet};

use crate::common::random_space;
use segue_space::{MixRequest, Origin, Space, TrackFacts, TrackId, Wishes};

/// 2,000 tracks of 100 artists in four kinds of music.
fn library() -> Space {
    let mut space = random_space(40, 2000, 1);
    for id in 0..2000 {
        let facts = TrackFacts {
            artist: format!("artist {}", id % 100),
            title: format!("title {id}"),
            tempo: Some(60.0 + (id * 37 % 120) as f32),
            ..TrackFacts::default()
        };
        space.set_facts(id, facts);
    }
    space
}

fn continued(space: &Space, seeds: &[TrackId], rounds: usize) -> Vec<TrackId> {
    let mut queue: Vec<TrackId> = Vec::new();
    for round in 0..rounds {
        let wish = MixRequest {
            seeds: seeds.iter().map(|seed| (*seed, 1.0)).collect(),
            length: 25,
            variation: round as u64,
            include_seeds: true,
            queue: queue.clone(),
            ..MixRequest::default()
        };
        let more = space.mix(&wish, &Wishes::NONE).unwrap();
        assert_eq!(more.len(), 25);
        assert_eq!(more[0].reason.step.map(|step| step.from), queue.last().copied());
        queue.extend(more.iter().map(|track| track.id));
    }
    queue
}

#[test]
fn twenty_continuations_never_repeat_keep_artists_apart_and_stay_near() {
    let space = library();
    let queue = continued(&space, &[77], 20);
    assert_eq!((queue.len(), queue[0]), (500, 77));
    assert_eq!(queue.iter().collect::<HashSet<_>>().len(), 500);
    let artists: Vec<u32> = queue.iter().map(|id| id % 100).collect();
    assert!(artists.windows(2).all(|pair| pair[0] != pair[1]));
    for window in artists.windows(25) {
        let mut counts = HashMap::new();
        window.iter().for_each(|artist| *counts.entry(artist).or_insert(0) += 1);
        assert!(counts.values().all(|songs| *songs <= 3), "{window:?}");
    }
    // What is played is what is nearest of all that has not been: the mean distance is hardly more than that of the
    // nearest 500, and each part is from the neighbourhood of what was left.
    let distance = |id: &TrackId| space.distance(77, *id).unwrap();
    let mean = |part: &[TrackId]| part.iter().map(distance).sum::<f32>() / part.len() as f32;
    let nearest: Vec<TrackId> = space.nearest(77, 500, &|_| true).unwrap().iter().map(|near| near.id).collect();
    assert!(mean(&queue[1..]) < mean(&nearest) + 0.05, "{} {}", mean(&queue), mean(&nearest));
    let mut last = 0.0;
    for part in queue.chunks(100) {
        assert!(mean(part) < last + 0.3, "{} {last}", mean(part));
        last = mean(part);
    }
}

#[test]
fn the_end_of_the_queue_steers_within_the_neighbourhood() {
    let space = library();
    let near: Vec<TrackId> = space.nearest(77, 60, &|_| true).unwrap().iter().map(|near| near.id).collect();
    let (mut steered, mut other) = (0.0, 0.0);
    for &end in &near[..20] {
        let after = |queue: Vec<TrackId>| {
            let wish = MixRequest { seeds: vec![(77, 1.0)], length: 30, queue, ..MixRequest::default() };
            let mix = space.mix(&wish, &Wishes::NONE).unwrap();
            mix.iter().map(|track| space.distance(end, track.id).unwrap()).sum::<f32>()
        };
        steered += after(vec![end]);
        // The same out of the way, but something else at the end.
        other += after(vec![end, 1999, 1998, 1997]);
    }
    assert!(steered < other, "{steered} {other}");
}

#[test]
fn a_queue_alone_is_what_its_continuation_is_round() {
    let space = library();
    let queue: Vec<TrackId> = vec![5000, 12, 13, 14];
    let wish = MixRequest { length: 20, queue: queue.clone(), include_seeds: true, ..MixRequest::default() };
    let mix = space.mix(&wish, &Wishes::NONE).unwrap();
    assert_eq!(mix.len(), 20);
    assert!(mix.iter().all(|track| !queue.contains(&track.id)));
    assert!(mix.iter().all(|track| matches!(track.reason.origin, Origin::NearSeed(12..=14))));
    assert_eq!(mix[0].reason.step.map(|step| step.from), Some(14));
    let nothing = MixRequest { length: 20, queue: vec![5000], ..MixRequest::default() };
    assert!(space.mix(&nothing, &Wishes::NONE).is_err());
}

/// A copy of what is in the queue, under another title, known by its fingerprint.
#[test]
fn no_recording_of_the_queue_comes_again() {
    let mut space = library();
    for id in [100, 101] {
        space.set_facts(id, TrackFacts { recording: Some(9), ..TrackFacts::default() });
    }
    let wish = MixRequest { seeds: vec![(77, 1.0)], length: 1998, queue: vec![100], ..MixRequest::default() };
    let mix = space.mix(&wish, &Wishes::NONE).unwrap();
    assert_eq!(mix.len(), 1997);
    assert!(mix.iter().all(|track| ![77, 100, 101].contains(&track.id)));
}
