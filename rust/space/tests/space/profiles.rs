//! What comparing sets as sets promises.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use segue_space::{Point, Space, TrackFacts, TrackId};

use crate::common::{block, library, random_space, real_space};

#[test]
fn an_artist_of_two_styles_is_like_another_of_the_same_two_and_not_like_one_between() {
    // Two styles, and a third whose music lies half-way between them.
    let mut rng = StdRng::seed_from_u64(1);
    let mut space = Space::new(vec![block("sound", 6)]).unwrap();
    for id in 0..500u32 {
        let place = match id / 100 {
            0 => [3.0, 3.0, 0.0, 0.0, 0.0, 0.0],
            1 => [0.0, 0.0, 3.0, 3.0, 0.0, 0.0],
            2 => [1.5, 1.5, 1.5, 1.5, 0.0, 0.0],
            // Other music, so that the middle of the two styles is not that of the library.
            3 => [0.0, 0.0, 0.0, 0.0, 3.0, 0.0],
            _ => [0.0, 0.0, 0.0, 0.0, 0.0, 3.0],
        };
        let row: Vec<f32> = place.iter().map(|centre| centre + rng.random_range(-0.8..0.8)).collect();
        space.insert(id, &[&row], TrackFacts::default()).unwrap();
    }
    space.refit();
    let artist = |from: u32, styles: [u32; 2]| -> Vec<TrackId> {
        (0..10).map(|song| styles[song as usize % 2] * 100 + from + song).collect()
    };
    let of = artist(0, [0, 1]);
    let others = [artist(20, [2, 2]), artist(40, [0, 1]), artist(60, [0, 0]), artist(60, [1, 1])];
    let slices: Vec<&[TrackId]> = others.iter().map(Vec::as_slice).collect();
    let found = space.similar_sets(&of, &slices, 4, &|| false);
    assert_eq!(found[0].0, 1, "{found:?}");
    assert!(found.len() == 4 && found.is_sorted_by(|a, b| a.1 <= b.1));
    assert!(found.iter().all(|(_, distance)| (0.0..=1.0).contains(distance)));
    // By their means the one between would have been the first.
    let mean = |set: &[TrackId]| {
        let points: Vec<Point> = set.iter().map(|id| space.point(*id).unwrap()).collect();
        Point::sum(&points.iter().map(|point| (point, 1.0)).collect::<Vec<_>>()).unwrap()
    };
    let one_style = mean(&others[2]).cosine_distance(&mean(&of));
    assert!(mean(&others[0]).cosine_distance(&mean(&of)) < one_style);
}

#[test]
fn a_set_is_nearest_to_itself_and_distances_are_the_same_both_ways() {
    let space = random_space(2, 400, 40);
    let mut rng = StdRng::seed_from_u64(3);
    let sets: Vec<Vec<TrackId>> =
        (0..150).map(|_| (0..rng.random_range(1..60)).map(|_| rng.random_range(0..400)).collect()).collect();
    let slices: Vec<&[TrackId]> = sets.iter().map(Vec::as_slice).collect();
    for one in 0..10 {
        let found = space.similar_sets(&sets[one], &slices, 150, &|| false);
        assert!(found.len() == 150 && found[0].0 == one && found[0].1 < 1e-5);
        for (other, distance) in found.iter().take(20) {
            let back = space.similar_sets(&sets[*other], &slices[one..=one], 1, &|| false);
            assert!((back[0].1 - distance).abs() < 1e-5);
        }
    }
}

#[test]
fn halves_of_a_soundtrack_find_each_other() {
    let library = library();
    let space = real_space(&library);
    let mut halves: Vec<(String, Vec<TrackId>)> = Vec::new();
    for id in space.ids() {
        let name = format!("{} {}", library.tracks[id as usize].group, id % 2);
        match halves.iter_mut().find(|(half, _)| *half == name) {
            Some((_, half)) => half.push(id),
            None => halves.push((name, vec![id])),
        }
    }
    let mut hits = 0;
    for (own, (name, half)) in halves.iter().enumerate() {
        let others: Vec<&[TrackId]> =
            halves.iter().enumerate().map(|(other, half)| if other == own { &[][..] } else { &half.1[..] }).collect();
        let found = space.similar_sets(half, &others, 1, &|| false);
        hits += usize::from(halves[found[0].0].0.split(' ').next() == name.split(' ').next());
    }
    assert!(halves.len() == 8 && hits >= 6, "{hits}");
}

#[test]
fn what_is_not_there_is_passed_over_and_a_cancel_is_heeded() {
    let space = random_space(4, 50, 5);
    let found = space.similar_sets(&[1, 2, 999], &[&[], &[999], &[3, 999], &[4]], 10, &|| false);
    let mut indices: Vec<usize> = found.iter().map(|(index, _)| *index).collect();
    indices.sort_unstable();
    assert_eq!(indices, [2, 3]);
    assert!(space.similar_sets(&[], &[&[1]], 3, &|| false).is_empty());
    assert!(space.similar_sets(&[999], &[&[1]], 3, &|| false).is_empty());
    assert!(space.similar_sets(&[1], &[], 3, &|| false).is_empty());
    assert!(space.similar_sets(&[1], &[&[2]], 0, &|| false).is_empty());
    assert!(space.similar_sets(&[1], &[&[2]], 3, &|| true).is_empty());
    // Only its last member is known.
    let long: Vec<TrackId> = (1000..1100).chain([7]).collect();
    assert_eq!(space.similar_sets(&[7], &[&long], 3, &|| false), [(0, 0.0)]);
}
