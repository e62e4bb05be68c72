//! What a way promises.

use std::cell::Cell;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use segue_space::{Error, PathFound, PathRequest, Space, TrackFacts, TrackId, Wishes};

use crate::common::{all, block, random_space};

fn path(space: &Space, waypoints: &[TrackId], length: usize) -> PathFound {
    let request = PathRequest { waypoints: waypoints.to_vec(), length };
    space.path(&request, &Wishes::NONE, &|| false).unwrap()
}

fn ids(found: &PathFound) -> Vec<TrackId> {
    found.tracks.iter().map(|(id, _)| *id).collect()
}

fn cosine(space: &Space, a: TrackId, b: TrackId) -> f32 {
    space.point(a).unwrap().cosine_distance(&space.point(b).unwrap())
}

/// Tracks all over a sphere, no two alike.
fn sphere(count: u32, seed: u64) -> Space {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut space = Space::new(vec![block("sound", 3)]).unwrap();
    while (space.len() as u32) < count {
        let row: Vec<f32> = (0..3).map(|_| rng.random_range(-1.0..1.0)).collect();
        let length = row.iter().map(|x| x * x).sum::<f32>();
        if (0.1..1.0).contains(&length) {
            let id = space.len() as u32;
            let facts = TrackFacts {
                artist: format!("artist {}", rng.random_range(0..count / 5)),
                title: format!("no {id}x"),
                duration_s: 100.0 + 5.0 * id as f32,
                ..TrackFacts::default()
            };
            space.insert(id, &[&row], facts).unwrap();
        }
    }
    space.refit();
    space
}

/// What holds for every way, wherever it leads.
fn check(space: &Space, waypoints: &[TrackId], found: &PathFound) {
    let tracks = ids(found);
    let mut sorted = tracks.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(sorted.len(), tracks.len(), "a track came twice");
    let mut rest = tracks.iter();
    assert!(waypoints.iter().all(|waypoint| rest.any(|track| track == waypoint)), "{waypoints:?} {tracks:?}");
    let mut largest = 0.0f32;
    for (pair, (_, step)) in tracks.windows(2).zip(&found.tracks[1..]) {
        assert!((cosine(space, pair[0], pair[1]) - step).abs() < 1e-5);
        largest = largest.max(*step);
    }
    assert_eq!((found.tracks[0].1, found.largest_step), (0.0, largest));
}

#[test]
fn where_there_is_room_steps_are_smaller_than_the_direct_distance_and_lead_on() {
    let space = sphere(1500, 1);
    let mut rng = StdRng::seed_from_u64(2);
    for _ in 0..25 {
        let [a, b] = [0; 2].map(|_| rng.random_range(0..1500));
        let direct = cosine(&space, a, b);
        if direct < 0.2 {
            continue;
        }
        let length = rng.random_range(2..13);
        let found = path(&space, &[a, b], length);
        check(&space, &[a, b], &found);
        let tracks = ids(&found);
        assert_eq!((tracks.len(), tracks[0], tracks[length - 1]), (length, a, b));
        assert!(found.largest_step <= direct + 1e-5 && found.jumps.is_empty());
        for pair in tracks.windows(2) {
            let from_start = [cosine(&space, pair[0], a), cosine(&space, pair[1], a)];
            let to_end = [cosine(&space, pair[0], b), cosine(&space, pair[1], b)];
            assert!(from_start[1] >= from_start[0] - 0.05 * direct - 1e-5, "{from_start:?}");
            assert!(to_end[1] <= to_end[0] + 0.05 * direct + 1e-5, "{to_end:?}");
            assert!(from_start[1] - to_end[1] >= from_start[0] - to_end[0] - 1e-5);
        }
        // Even: on a full sphere the largest step is not much larger than the mean one.
        if length > 3 {
            let mean = found.tracks[1..].iter().map(|(_, step)| step).sum::<f32>() / (length - 1) as f32;
            assert!(found.largest_step < 2.5 * mean, "{} {mean}", found.largest_step);
        }
    }
}

#[test]
fn in_a_sparse_library_it_keeps_to_ordinary_steps() {
    for seed in 0..8 {
        let space = random_space(seed, 150, 12);
        // The third nearest neighbour of the loneliest track.
        let ordinary = (0..150).map(|id| {
            let near = space.nearest(id, 149, &all).unwrap();
            let mut cosines: Vec<f32> = near.iter().map(|near| cosine(&space, id, near.id)).collect();
            cosines.sort_by(f32::total_cmp);
            1.5 * cosines[2]
        });
        let ordinary = ordinary.fold(0.0, f32::max);
        let mut rng = StdRng::seed_from_u64(seed);
        for _ in 0..12 {
            let [a, b] = [0; 2].map(|_| rng.random_range(0..150));
            let length = rng.random_range(2..40);
            let found = path(&space, &[a, b], length);
            assert_eq!(found, path(&space, &[a, b], length));
            if a == b {
                continue;
            }
            check(&space, &[a, b], &found);
            let (tracks, direct) = (ids(&found), cosine(&space, a, b));
            assert!(tracks.len() <= length && tracks[0] == a && tracks[tracks.len() - 1] == b);
            assert!(found.largest_step <= direct.max(ordinary) + 1e-5);
            let tolerance = (0.05 * direct).max(ordinary) + 1e-5;
            assert!(tracks.windows(2).all(|pair| {
                cosine(&space, pair[1], a) >= cosine(&space, pair[0], a) - tolerance
                    && cosine(&space, pair[1], b) <= cosine(&space, pair[0], b) + tolerance
            }));
        }
    }
}

#[test]
fn steps_are_more_even_than_along_the_straight_line() {
    use segue_space::Point;
    let space = sphere(400, 5);
    let (mut ours, mut line) = (0.0, 0.0);
    for pair in [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9], [10, 11], [12, 13], [14, 15]] {
        let found = path(&space, &pair, 12);
        ours += found.largest_step;
        let ends = pair.map(|id| space.point(id).unwrap());
        let mut tracks = vec![pair[0]];
        for place in 1..11 {
            let share = place as f32 / 11.0;
            let point = Point::sum(&[(&ends[0], 1.0 - share), (&ends[1], share)]).unwrap();
            let near = space.nearest_to_points(&[point], 1, &|id| id != pair[1] && !tracks.contains(&id));
            tracks.push(near[0].id);
        }
        tracks.push(pair[1]);
        let steps = tracks.windows(2).map(|pair| cosine(&space, pair[0], pair[1]));
        line += steps.fold(0.0, f32::max);
    }
    assert!(ours < 0.8 * line, "{ours} {line}");
}

/// Two heaps of tracks far from each other, and what lies where.
fn islands() -> Space {
    let mut rng = StdRng::seed_from_u64(4);
    let mut space = Space::new(vec![block("sound", 6)]).unwrap();
    for id in 0..300u32 {
        let centre = if id < 150 { [3.0, 0.0, 1.0] } else { [0.0, 3.0, -1.0] };
        let row: Vec<f32> = (0..6).map(|i| centre.get(i).unwrap_or(&0.0) + rng.random_range(-0.5..0.5)).collect();
        let facts = TrackFacts { duration_s: 100.0 + 5.0 * id as f32, ..TrackFacts::default() };
        space.insert(id, &[&row], facts).unwrap();
    }
    space.refit();
    space
}

#[test]
fn separate_islands_are_bridged_once_at_the_smallest_gap() {
    let space = islands();
    for (a, b) in [(0, 299), (10, 200), (70, 160)] {
        let found = path(&space, &[a, b], 15);
        check(&space, &[a, b], &found);
        assert_eq!(found.jumps.len(), 1, "{found:?}");
        let at = found.jumps[0];
        assert!(found.tracks[at - 1].0 < 150 && found.tracks[at].0 >= 150);
        // Of all pairs that the way may pass: between the two ends in both senses.
        let direct = cosine(&space, a, b);
        let inside = |id: &TrackId| cosine(&space, *id, a).max(cosine(&space, *id, b)) <= 1.05 * direct;
        let (near, far): (Vec<TrackId>, Vec<TrackId>) =
            (0..300).filter(|id| *id == a || *id == b || inside(id)).partition(|id| *id < 150);
        let gaps = near.iter().flat_map(|a| far.iter().map(|b| cosine(&space, *a, *b)));
        let smallest = gaps.fold(f32::INFINITY, f32::min);
        assert!(found.tracks[at].1 <= 1.16 * smallest, "{} {smallest}", found.tracks[at].1);
    }
    for (a, b) in [(0, 140), (160, 290)] {
        assert!(path(&space, &[a, b], 10).jumps.is_empty());
    }
}

#[test]
fn artists_are_kept_apart_and_no_recording_comes_twice() {
    // Each place round the half circle four times: two artists, a remaster of one, and another rip of one.
    let mut space = Space::new(vec![block("sound", 2)]).unwrap();
    for id in 0..240u32 {
        let (place, kind) = ((id / 4) as f32, id % 4);
        let angle = (place + 0.1 * kind as f32) / 60.0 * std::f32::consts::PI;
        let row = [angle.cos(), angle.sin()];
        let facts = TrackFacts {
            artist: ["a", "b", "a", ""][kind as usize].to_owned(),
            title: if kind == 2 { format!("t{place}y (Remastered)") } else { format!("t{place}y") },
            duration_s: if kind == 1 { 1100.0 + 5.0 * place } else { 100.0 + 5.0 * place },
            ..TrackFacts::default()
        };
        space.insert(id, &[&row], facts).unwrap();
    }
    space.refit();
    let found = path(&space, &[60, 160], 12);
    check(&space, &[60, 160], &found);
    let tracks = ids(&found);
    assert_eq!(tracks.len(), 12);
    // Rips and remasters lie at the same place; only artist b has a recording of its own there.
    let songs = |same: &dyn Fn(u32) -> bool| {
        let mut places: Vec<u32> = tracks.iter().filter(|id| same(**id % 4)).map(|id| id / 4).collect();
        let all = places.len();
        places.dedup();
        (all, places.len())
    };
    let (all, different) = songs(&|kind| kind != 1);
    assert_eq!(all, different, "{tracks:?}");
    assert!(
        tracks.windows(2).all(|pair| pair[0] % 4 == 3 || pair[0] % 2 != pair[1] % 2 || pair[1] % 4 == 3),
        "{tracks:?}"
    );
}

#[test]
fn the_same_fingerprint_is_the_same_recording() {
    let mut space = sphere(300, 9);
    for id in 2..300u32 {
        space.set_facts(id, TrackFacts { recording: Some(id % 5), ..TrackFacts::default() });
    }
    let found = path(&space, &[0, 1], 20);
    let mut numbers: Vec<u32> = ids(&found).into_iter().filter(|id| *id > 1).map(|id| id % 5).collect();
    let between = numbers.len();
    numbers.sort_unstable();
    numbers.dedup();
    assert!(between > 0 && numbers.len() == between);
}

#[test]
fn a_journey_touches_its_waypoints_in_order_and_shares_the_length_by_distance() {
    let space = sphere(1500, 3);
    let waypoints = [5, 900, 40, 77];
    let found = path(&space, &waypoints, 40);
    check(&space, &waypoints, &found);
    assert_eq!(found.tracks.len(), 40);
    let place = |id: &TrackId| found.tracks.iter().position(|(track, _)| track == id).unwrap() as f32;
    let legs: Vec<(f32, f32)> = waypoints
        .windows(2)
        .map(|pair| (place(&pair[1]) - place(&pair[0]), (2.0 * cosine(&space, pair[0], pair[1])).sqrt()))
        .collect();
    let total: f32 = legs.iter().map(|leg| leg.1).sum();
    assert!(legs.iter().all(|(tracks, length)| (tracks - 39.0 * length / total).abs() < 2.0), "{legs:?}");
    // More waypoints than tracks wanted: all of them and nothing else.
    assert_eq!(ids(&path(&space, &waypoints, 2)), waypoints);
}

#[test]
fn from_a_track_to_itself_it_is_a_walk_round_the_neighbourhood() {
    let space = sphere(400, 6);
    let expected = path(&space, &[8], 15);
    for waypoints in [vec![8, 8], vec![8, 8, 8]] {
        assert_eq!(path(&space, &waypoints, 15), expected);
    }
    check(&space, &[8], &expected);
    let tracks = ids(&expected);
    assert_eq!((tracks.len(), tracks[0]), (15, 8));
    let far = |id: TrackId| cosine(&space, 8, id);
    let farthest = tracks.iter().map(|id| far(*id)).fold(0.0, f32::max);
    assert!((0..400).filter(|id| far(*id) < farthest - 1e-4).count() < 40);
    // Back where it began.
    assert!(far(tracks[14]) < farthest);
    // There and back through another track, which comes once, as does the first.
    let round = path(&space, &[8, 300, 8], 20);
    check(&space, &[8, 300], &round);
    assert_eq!(round.tracks.len(), 20);
    assert!(far(round.tracks[19].0) < far(300));
}

#[test]
fn it_is_as_long_as_the_library_allows() {
    let space = sphere(30, 7);
    for length in [0, 1, 2, 3, 29, 30, 31, 5000, usize::MAX] {
        let found = path(&space, &[0, 1], length);
        check(&space, &[0, 1], &found);
        assert!(found.tracks.len() <= length.clamp(2, 30));
    }
    assert!(path(&space, &[0, 1], 3).tracks.len() == 3);
    assert_eq!(path(&space, &[0], 500).tracks.len(), 30);
    // Long ways are banded.
    let large = sphere(3000, 8);
    let found = path(&large, &[0, 1], 250);
    check(&large, &[0, 1], &found);
    assert!(found.tracks.len() > 200, "{}", found.tracks.len());
}

#[test]
fn what_may_not_come_does_not() {
    let space = sphere(400, 10);
    let request = PathRequest { waypoints: vec![0, 1], length: 10 };
    let none = Wishes { admit: &|id| id < 2, ..Wishes::NONE };
    assert_eq!(ids(&space.path(&request, &none, &|| false).unwrap()), [0, 1]);
    let hidden = Wishes { admit: &|id| id != 1, ..Wishes::NONE };
    assert_eq!(space.path(&request, &hidden, &|| false), Err(Error::UnknownTrack { id: 1 }));
    let half = Wishes { admit: &|id| id % 2 == 0 || id == 1, leaning: &|id| if id % 4 == 0 { -1.0 } else { 0.0 } };
    let found = space.path(&request, &half, &|| false).unwrap();
    assert!(found.tracks.len() == 10 && ids(&found)[1..9].iter().all(|id| id % 4 == 2));
    // Favourites come more often.
    let favourites = |id| if id % 5 == 0 { 1.0 } else { f32::NAN };
    let liked = |wishes: &Wishes<'_>| {
        let found =
            (1..20).map(|id| space.path(&PathRequest { waypoints: vec![id, id + 200], length: 12 }, wishes, &|| false));
        found.flat_map(|found| ids(&found.unwrap())).filter(|id| id % 5 == 0).count()
    };
    assert!(liked(&Wishes { leaning: &favourites, ..Wishes::NONE }) > liked(&Wishes::NONE));
}

#[test]
fn what_cannot_be_answered_is_an_error_and_a_cancel_is_heeded() {
    let space = sphere(100, 11);
    let ask = |waypoints: &[TrackId], cancelled: &dyn Fn() -> bool| {
        space.path(&PathRequest { waypoints: waypoints.to_vec(), length: 10 }, &Wishes::NONE, cancelled)
    };
    assert_eq!(ask(&[], &|| false), Err(Error::NoSeed { given: 0 }));
    assert_eq!(ask(&[0, 500], &|| false), Err(Error::UnknownTrack { id: 500 }));
    let asked = Cell::new(0);
    let cancelled = || {
        asked.set(asked.get() + 1);
        asked.get() > 3
    };
    assert_eq!(ask(&[0, 1, 2, 3], &cancelled), Err(Error::Cancelled));
    assert_eq!(asked.get(), 4);
}

#[test]
fn tracks_that_all_sound_the_same_do_no_harm() {
    let mut space = Space::new(vec![block("sound", 3)]).unwrap();
    for id in 0..50u32 {
        let facts = TrackFacts { duration_s: 100.0 + 5.0 * id as f32, ..TrackFacts::default() };
        space.insert(id, &[&[1.0, 2.0, 3.0]], facts).unwrap();
    }
    let found = path(&space, &[3, 4], 10);
    check(&space, &[3, 4], &found);
    assert_eq!((found.tracks.len(), found.largest_step), (10, 0.0));
}
