//! What centres of taste promise.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use segue_space::{Space, TasteCentre, TrackFacts, TrackId};

use crate::common::{block, library, real_space};

/// Heaps of a hundred tracks each in a dozen dimensions, of different kinds, and a hundred tracks of no kind.
fn heaps(heaps: u32, seed: u64) -> Space {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut space = Space::new(vec![block("sound", 12)]).unwrap();
    let mut centres: Vec<Vec<f32>> = Vec::new();
    while centres.len() < heaps as usize {
        let centre: Vec<f32> = (0..12).map(|_| rng.random_range(-1.0..1.0)).collect();
        if centres.iter().all(|other| segue_vectors::cosine(other, &centre) < 0.3) {
            centres.push(centre);
        }
    }
    for id in 0..heaps * 100 + 100 {
        let centre = centres.get(id as usize / 100);
        let row: Vec<f32> = (0..12)
            .map(|i| {
                centre.map_or(0.0, |centre| centre[i])
                    + rng.random_range(-1.0..1.0) * if centre.is_some() { 0.6 } else { 1.2 }
            })
            .collect();
        space.insert(id, &[&row], TrackFacts::default()).unwrap();
    }
    space.refit();
    space
}

fn liked(heaps: &[u32], from: u32, each: u32) -> Vec<(TrackId, f32)> {
    heaps.iter().flat_map(|heap| (from..from + each).map(move |track| (heap * 100 + track, 1.0))).collect()
}

fn heap_of(centre: &TasteCentre) -> u32 {
    let heap = centre.members[0] / 100;
    let own = centre.members.iter().filter(|member| *member / 100 == heap).count();
    assert!(own * 10 >= centre.members.len() * 9, "{:?}", centre.members);
    heap
}

#[test]
fn every_kind_that_is_liked_is_a_centre_and_the_weightiest_comes_first() {
    for seed in 0..6 {
        let space = heaps(8, seed);
        let mut likes = liked(&[1, 4, 6], 0, 12);
        likes.iter_mut().filter(|(id, _)| id / 100 == 4).for_each(|(_, weight)| *weight = 3.0);
        likes.iter_mut().filter(|(id, _)| id / 100 == 6).for_each(|(_, weight)| *weight = 2.0);
        let centres = space.taste(&likes, 8);
        assert_eq!(centres.iter().map(heap_of).collect::<Vec<_>>(), [4, 6, 1], "{seed}");
        for (centre, share) in centres.iter().zip([3.0, 2.0, 1.0]) {
            assert!((centre.weight - share / 6.0).abs() < 0.1, "{}", centre.weight);
            let far = |id: &TrackId| space.point(*id).unwrap().cosine_distance(&centre.point);
            assert!(centre.members.is_sorted_by(|a, b| far(a) <= far(b) + 1e-6));
        }
        assert_eq!(space.taste(&likes, 8), centres);
        likes.reverse();
        assert_eq!(space.taste(&likes, 8), centres);
        assert_eq!(space.taste(&likes, 2), centres[..2]);
    }
}

#[test]
fn one_kind_is_one_centre_and_strangers_make_none() {
    for seed in 0..6 {
        let space = heaps(8, seed);
        let mut likes = liked(&[3], 0, 40);
        assert_eq!(space.taste(&likes, 8).len(), 1);
        // One track of every other kind, and each of them loved as much as two others.
        likes.extend([50, 150, 250, 450, 550, 650, 750].map(|id| (id, 2.0)));
        let centres = space.taste(&likes, 8);
        assert_eq!(centres.len(), 1, "{:?}", centres.iter().map(|centre| &centre.members).collect::<Vec<_>>());
        assert_eq!(heap_of(&centres[0]), 3);
    }
}

#[test]
fn a_few_more_liked_tracks_leave_the_centres_where_they_are() {
    let mut rng = StdRng::seed_from_u64(9);
    for seed in 0..20 {
        let space = heaps(8, seed);
        let kinds: Vec<u32> = (0..8).filter(|_| rng.random_bool(0.5)).collect();
        let likes = liked(&kinds, 0, rng.random_range(8..30));
        // Others of the same kinds, and one each of three other kinds.
        let mut more = likes.clone();
        for _ in 0..likes.len() / 5 {
            more.push((
                kinds[rng.random_range(0..kinds.len())] * 100 + rng.random_range(30..100),
                rng.random_range(0.5..1.5),
            ));
        }
        more.extend((0..9).filter(|kind| !kinds.contains(kind)).take(3).map(|kind| (kind * 100 + 50, 1.0)));
        let (before, after) = (space.taste(&likes, 10), space.taste(&more, 10));
        assert_eq!(before.len(), after.len(), "{seed}");
        for centre in &before {
            let nearest = after.iter().map(|other| other.point.cosine_distance(&centre.point));
            assert!(nearest.fold(f32::INFINITY, f32::min) < 0.1);
        }
    }
}

#[test]
fn centres_of_real_music_are_soundtracks() {
    let library = library();
    let space = real_space(&library);
    let group = |id: &TrackId| library.tracks[*id as usize].group.as_str();
    let likes: Vec<(TrackId, f32)> = space.ids().into_iter().map(|id| (id, 1.0)).collect();
    let centres = space.taste(&likes, 10);
    assert!((2..=6).contains(&centres.len()), "{}", centres.len());
    let of_one_kind = centres.iter().map(|centre| {
        let most =
            centre.members.iter().map(|own| centre.members.iter().filter(|other| group(other) == group(own)).count());
        most.max().unwrap()
    });
    let members: usize = centres.iter().map(|centre| centre.members.len()).sum();
    let share = of_one_kind.sum::<usize>() as f32 / members as f32;
    assert!(share > 0.7 && members > 28, "{share} {members}");
}

#[test]
fn odd_likes_get_a_plain_answer() {
    let space = heaps(2, 1);
    assert!(space.taste(&[], 5).is_empty());
    assert!(space.taste(&liked(&[0], 0, 5), 0).is_empty());
    assert!(space.taste(&[(9999, 1.0), (1, f32::NAN), (2, -1.0), (3, f32::INFINITY)], 5).is_empty());
    let one = space.taste(&[(7, 2.0), (7, 1.0)], 5);
    assert_eq!((one.len(), &one[0].members[..], one[0].weight), (1, &[7][..], 1.0));
    let two = space.taste(&[(7, 2.0), (107, 1.0)], 5);
    assert_eq!((two.len(), two[0].members.len()), (1, 2));
    let huge = space.taste(&liked(&[0], 0, 30).into_iter().map(|(id, _)| (id, f32::MAX)).collect::<Vec<_>>(), 5);
    assert!(huge.len() == 1 && huge[0].weight > 0.5 && huge[0].weight <= 1.0);
    let mut same = Space::new(vec![block("sound", 2)]).unwrap();
    for id in 0..10 {
        same.insert(id, &[&[1.0, 1.0]], TrackFacts::default()).unwrap();
    }
    assert_eq!(same.taste(&(0..10).map(|id| (id, 1.0)).collect::<Vec<_>>(), 3).len(), 1);
}
