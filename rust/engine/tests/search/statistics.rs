//! Statistics of the collection of vectors.

use segue_engine::LibraryTrack;

use crate::library::{Tune, dozen, engine};

#[test]
fn the_collection_says_what_it_is_made_of() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), &dozen());
    let collection = engine.collection_statistics().unwrap();
    assert_eq!(collection.collection_name, "segue");
    assert_eq!((collection.points_count, collection.vectors_count), (12, 48));
    assert_eq!(collection.status, "green");
    let models: Vec<_> =
        collection.models.iter().map(|model| (model.name.as_str(), model.dimensions, model.vectors_count)).collect();
    assert_eq!(models, [("msd", 200, 12), ("msd_levelled", 200, 12), ("mtt", 200, 12), ("mtt_levelled", 200, 12)]);
    assert!(collection.models.iter().all(|model| model.version == "sample" && model.current == 12));
    assert_eq!(engine.collection_statistics().unwrap(), collection);

    let mut more: Vec<_> = dozen().iter().map(Tune::track).collect();
    let new = folder.path().join("new.flac");
    std::fs::write(&new, "music").unwrap();
    more.push(LibraryTrack { path: new, ..Tune::new(99, "New", "Somebody").track() });
    let number = engine.begin_sync().unwrap();
    engine.sync(number, &more).unwrap();
    engine.finish_sync(number).unwrap();
    assert_eq!(engine.collection_statistics().unwrap().status, "yellow");
}

#[test]
fn an_empty_collection_is_one_too() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), &[]);
    let collection = engine.collection_statistics().unwrap();
    assert_eq!((collection.points_count, collection.vectors_count, collection.models.len()), (0, 0, 0));
    engine.close();
    assert!(engine.collection_statistics().is_err());
}

#[test]
fn a_damaged_database_is_red() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("segue.db");
    std::fs::write(&path, "this is no database at all, but it is called one").unwrap();
    let engine = crate::library::open(folder.path());
    assert_eq!(engine.collection_statistics().unwrap().status, "red");
}
