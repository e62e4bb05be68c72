//! What does not belong to a set.

use crate::common::{block, library, real_space};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use segue_space::{Space, TrackFacts, TrackId};

/// Tracks round `kinds` places, 100 to each.
fn space(kinds: usize) -> Space {
    let mut rng = StdRng::seed_from_u64(9);
    let mut space = Space::new(vec![block("a", 8)]).unwrap();
    for id in 0..100 * kinds {
        let mut row: Vec<f32> = (0..8).map(|_| rng.random_range(-1.0..1.0)).collect();
        row[id / 100] += 4.0;
        space.insert(id as TrackId, &[&row], TrackFacts::default()).unwrap();
    }
    space
}

#[test]
fn planted_strangers_are_found_and_nobody_else() {
    let space = space(4);
    for strangers in [vec![205], vec![205, 310], vec![110, 205, 310]] {
        let set: Vec<TrackId> = (0..30).chain(strangers.clone()).collect();
        let found = space.misfits(&set);
        assert_eq!(found.len(), set.len());
        assert!(found.is_sorted_by(|a, b| a.1 >= b.1));
        let mut out: Vec<TrackId> = found.iter().filter(|(_, far)| *far > 5.0).map(|(id, _)| *id).collect();
        out.sort_unstable();
        assert_eq!(out, strangers);
    }
}

#[test]
fn a_set_of_two_kinds_has_no_misfits() {
    let space = space(3);
    let set: Vec<TrackId> = (0..30).chain(100..115).collect();
    let found = space.misfits(&set);
    assert!(found.iter().all(|(_, far)| *far < 5.0), "{:?}", &found[..3]);
}

#[test]
fn few_equal_and_unknown_tracks_do_no_harm() {
    let mut space = space(2);
    assert!(space.misfits(&[]).is_empty());
    assert!(space.misfits(&[1, 2, 3, 3, 3, 999]).is_empty());
    assert_eq!(space.misfits(&[1, 2, 3, 4, 4, 999]).len(), 4);
    for id in 500..510 {
        space.insert(id, &[&[1.0; 8]], TrackFacts::default()).unwrap();
    }
    let equal: Vec<TrackId> = (500..510).collect();
    assert!(space.misfits(&equal).iter().all(|(_, far)| far.abs() < 0.1));
    let all: Vec<TrackId> = (0..200).collect();
    assert_eq!(space.misfits(&all).len(), 200);
}

/// A soundtrack with one piece from another: it is among the two farthest out for most.
#[test]
fn real_strangers_stand_out() {
    let library = library();
    let space = real_space(&library);
    let (mut found, mut asked) = (0, 0);
    for (stranger, track) in (0..).zip(&library.tracks) {
        let groups: Vec<&String> = library.tracks.iter().map(|track| &track.group).collect();
        for group in
            ["singularity-music", "planetblupi-music-ogg", "xmoto-data"].iter().filter(|group| **group != track.group)
        {
            let own = (0..).zip(&groups).filter(|(_, other)| **other == group).map(|(id, _)| id);
            let set: Vec<TrackId> = own.chain([stranger]).collect();
            asked += 1;
            found += usize::from(space.misfits(&set).iter().take(2).any(|(id, _)| *id == stranger));
        }
    }
    println!("{found} of {asked} strangers are among the two farthest out");
    assert!(asked > 0 && 2 * found > asked, "{found} of {asked}");
}
