use segue_store::{ModelCount, Stage};

use crate::sample::{self, SONGS};
use crate::{new_store, sample_store, scan};

#[test]
fn vectors_are_counted_by_model_and_by_the_version_that_made_them() {
    let (_folder, store) = sample_store();
    let count = |model: &str, dimensions, vectors, current| ModelCount {
        model: model.to_owned(),
        dimensions,
        vectors,
        current,
    };
    let stage = |model: &str| match model {
        "msd" => Some(Stage::new("musicnn", "1")),
        "mtt" => Some(Stage::new("musicnn", "2")),
        "" => Some(Stage::new("features", "1")),
        _ => None,
    };
    let classical = sample::details().vector.unwrap().len() as u64;
    let (counts, songs) = store.vector_counts(&stage).unwrap();
    assert_eq!(counts, [count("msd", 8, 2, 2), count("mtt", 8, 2, 0), count("", classical, 1, 1)]);
    assert_eq!(songs, 2);
    let (counts, _) = store.vector_counts(&|_| None).unwrap();
    assert!(counts.iter().all(|count| count.current == 0));

    // Of what is gone nothing counts.
    let sync = store.begin_sync().unwrap();
    store.finish_sync(sync).unwrap();
    scan(&store, &sample::files()[1..2]);
    assert_eq!(store.vector_counts(&stage).unwrap().1, 1);
    let (_folder, empty) = new_store();
    assert_eq!(empty.vector_counts(&stage).unwrap(), (Vec::new(), 0));
}

#[test]
fn labels_come_of_all_present_songs() {
    let (_folder, store) = sample_store();
    let mut labels = Vec::new();
    store.for_each_labels(|song_id, found| labels.push((song_id.to_owned(), found))).unwrap();
    let expected: Vec<_> = sample::details().labels.into_iter().map(|label| (SONGS[0].to_owned(), label)).collect();
    assert!(!expected.is_empty());
    assert_eq!(labels, expected);
}
