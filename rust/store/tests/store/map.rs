//! The map: replaced as a whole, added to, read in order.

use segue_store::{Error, MapPointRecord, Store};

use crate::sample::SONGS;
use crate::{id, sample_store};

fn point(song_id: &str, x: f32, region: Option<u32>) -> MapPointRecord {
    MapPointRecord { song_id: song_id.to_owned(), place: [x, -x], region }
}

fn read(store: &Store) -> Vec<MapPointRecord> {
    let mut points = Vec::new();
    store
        .for_each_map_point(|song_id, place, region| {
            points.push(MapPointRecord { song_id, place, region });
        })
        .unwrap();
    points
}

#[test]
fn a_map_is_replaced_as_a_whole_and_added_to_without_moving_anything() {
    let (_folder, store) = sample_store();
    let [first, second] = SONGS;
    assert_eq!((read(&store), store.map_regions().unwrap()), (vec![], vec![]));

    store.replace_map(&[point(second, 0.5, Some(1)), point(&id(9), 0.1, None)], &["a".into(), "b".into()]).unwrap();
    assert_eq!(read(&store), [point(second, 0.5, Some(1))]);
    assert_eq!(store.map_regions().unwrap(), ["a", "b"]);

    store.add_map_points(&[point(second, 0.9, None), point(first, 0.25, None)]).unwrap();
    assert_eq!(read(&store), [point(first, 0.25, None), point(second, 0.5, Some(1))]);

    store.replace_map(&[point(&first.to_uppercase(), 1.0, Some(0))], &["c".into()]).unwrap();
    assert_eq!((read(&store), store.map_regions().unwrap()), (vec![point(first, 1.0, Some(0))], vec!["c".to_owned()]));
}

#[test]
fn what_is_no_place_is_refused_and_the_old_map_stays() {
    let (_folder, store) = sample_store();
    store.replace_map(&[point(SONGS[0], 0.5, None)], &[]).unwrap();
    let nowhere = store.replace_map(&[point(SONGS[0], f32::NAN, None)], &[]);
    assert!(matches!(nowhere, Err(Error::NotFinite { .. })));
    assert!(matches!(store.replace_map(&[point("no key", 0.5, None)], &[]), Err(Error::Invalid { .. })));
    assert_eq!(read(&store), [point(SONGS[0], 0.5, None)]);
}
