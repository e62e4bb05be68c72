//! A large space finds what a look at all rows as they came would find.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use segue_space::{Space, TrackFacts, TrackId};

use crate::common::{all, block};

const TRACKS: TrackId = 5000;
/// Directions along which tracks differ, each by less than the one before it: more than a first look has numbers.
const DIRECTIONS: usize = 100;
const WIDTH: usize = 80;

fn place(rng: &mut StdRng) -> Vec<f32> {
    (0..DIRECTIONS).map(|direction| rng.random_range(-1.0..1.0f32) / (1.0 + direction as f32).powf(0.6)).collect()
}

/// The same tracks in a space as it is and in one that keeps and looks at everything.
fn spaces() -> (Space, Space) {
    let mut rng = StdRng::seed_from_u64(11);
    let shapes: Vec<Vec<f32>> =
        (0..DIRECTIONS).map(|_| (0..2 * WIDTH).map(|_| rng.random_range(-1.0..1.0)).collect()).collect();
    let styles: Vec<Vec<f32>> = (0..60).map(|_| place(&mut rng)).collect();
    let blocks = vec![block("a", WIDTH), block("b", WIDTH)];
    let (mut space, mut exact) = (Space::new(blocks.clone()).unwrap(), Space::exact(blocks).unwrap());
    for id in 0..TRACKS {
        let own = place(&mut rng);
        let style = &styles[rng.random_range(0..styles.len())];
        let mut row: Vec<f32> = (0..2 * WIDTH).map(|d| d as f32 + rng.random_range(-0.3..0.3)).collect();
        for ((shape, own), style) in shapes.iter().zip(&own).zip(style) {
            row.iter_mut().zip(shape).for_each(|(value, shape)| *value += (own + style) * shape);
        }
        for space in [&mut space, &mut exact] {
            space.insert(id, &[&row[..WIDTH], &row[WIDTH..]], TrackFacts::default()).unwrap();
        }
    }
    space.refit();
    exact.refit();
    (space, exact)
}

fn recall(space: &Space, exact: &Space, seeds: &[TrackId], k: usize, admit: &dyn Fn(TrackId) -> bool) -> f64 {
    let ids = |space: &Space| -> Vec<TrackId> {
        let mut ids: Vec<TrackId> =
            space.nearest_to_many(seeds, k, admit).unwrap().into_iter().map(|near| near.id).collect();
        ids.sort_unstable();
        ids
    };
    let (expected, got) = (ids(exact), ids(space));
    assert_eq!(got.len(), expected.len());
    got.iter().filter(|id| expected.binary_search(id).is_ok()).count() as f64 / expected.len() as f64
}

#[test]
fn a_large_space_finds_nearly_all_of_what_is_nearest() {
    let (space, exact) = spaces();
    assert!(space.is_large() && !exact.is_large());
    let mean = |k: usize, seeds: usize, admit: &dyn Fn(TrackId) -> bool| {
        let asked = (0..30).map(|i| (0..seeds as TrackId).map(|j| (i * 163 + j * 977) % TRACKS).collect::<Vec<_>>());
        asked.map(|seeds| recall(&space, &exact, &seeds, k, admit)).sum::<f64>() / 30.0
    };
    for (k, seeds) in [(10, 1), (100, 1), (1000, 1), (100, 5), (100, 16)] {
        let mean = mean(k, seeds, &all);
        assert!(mean >= 0.99, "{mean} of {k} nearest to {seeds}");
    }
    let some = mean(100, 1, &|id| id.is_multiple_of(7));
    assert!(some >= 0.99, "{some} where one in seven may come");
    // As many as there are: nothing is left out.
    assert_eq!(space.nearest(3, 10_000, &all).unwrap().len(), TRACKS as usize - 1);
}

#[test]
fn a_large_space_goes_on_answering_while_its_statistics_grow_old() {
    let (mut space, _) = spaces();
    let before = space.nearest(5, 20, &all).unwrap();
    let far = [vec![500.0; WIDTH], vec![-500.0; WIDTH]];
    for id in 0..TRACKS / 3 {
        space.insert(TRACKS + id, &[&far[0], &far[1]], TrackFacts::default()).unwrap();
    }
    assert!(space.is_stale());
    assert_eq!(space.nearest(5, 20, &all).unwrap(), before, "what has come is far away, and nothing else has moved");
    space.refit();
    assert!(!space.is_stale());
    assert_eq!(space.nearest(TRACKS, 20, &all).unwrap()[0].distance, 0.0);
}
