use std::path::{Path, PathBuf};

use rusqlite::Connection;
use segue_store::Error;

use crate::new_store;

#[test]
fn measures_of_a_film_hold_until_its_file_or_the_version_changes() {
    let (_folder, store) = new_store();
    let film = Path::new("/films/Zoë.mkv");
    assert_eq!(store.film_measures(film, 9, 8, "1").unwrap(), None);
    store.keep_film_measures(film, 9, 8, "1", "{\"shots\":3}").unwrap();
    assert_eq!(store.film_measures(film, 9, 8, "1").unwrap().as_deref(), Some("{\"shots\":3}"));
    for (size, modified_ns, version) in [(10, 8, "1"), (9, 7, "1"), (9, 8, "2")] {
        assert_eq!(store.film_measures(film, size, modified_ns, version).unwrap(), None);
    }
    store.keep_film_measures(film, u64::MAX, -1, "2", "{}").unwrap();
    assert_eq!(store.film_measures(film, u64::MAX, -1, "2").unwrap().as_deref(), Some("{}"));
    assert_eq!(store.film_measures(film, 9, 8, "1").unwrap(), None);

    for (path, measures) in [("", "{}".to_owned()), ("/films/long", "x".repeat(2 << 20))] {
        let refused = store.keep_film_measures(Path::new(path), 1, 1, "1", &measures);
        assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_film_whose_name_is_no_unicode_is_known_again() {
    use std::os::unix::ffi::OsStrExt;
    let (_folder, store) = new_store();
    let film = PathBuf::from(std::ffi::OsStr::from_bytes(b"/films/\xff.mkv"));
    store.keep_film_measures(&film, 1, 1, "1", "{}").unwrap();
    assert_eq!(store.film_measures(&film, 1, 1, "1").unwrap().as_deref(), Some("{}"));
}

#[test]
fn of_very_many_films_the_last_ones_are_kept() {
    let (_folder, store) = new_store();
    let raw = Connection::open(store.path()).unwrap();
    raw.execute_batch(
        "WITH RECURSIVE n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < 1099) \
         INSERT INTO films SELECT '/films/' || n, 1, 1, '1', '{}', n FROM n",
    )
    .unwrap();
    store.keep_film_measures(Path::new("/films/new"), 1, 1, "1", "{}").unwrap();
    let count: i64 = raw.query_row("SELECT count(*) FROM films", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 1000);
    let kept = |path: &str| store.film_measures(Path::new(path), 1, 1, "1").unwrap().is_some();
    assert!(kept("/films/new") && kept("/films/1099") && kept("/films/101") && !kept("/films/100"));
}

#[test]
fn a_service_is_called_so_often_a_day_and_no_more() {
    let (_folder, store) = new_store();
    let call = |day, service| store.count_service_call(day, service, 2).unwrap();
    assert_eq!([call(20_000, "vision"), call(20_000, "vision"), call(20_000, "vision")], [true, true, false]);
    assert!(call(20_000, "another") && call(20_001, "vision"));
    assert!(!store.count_service_call(20_002, "vision", 0).unwrap());
    assert_eq!(store.service_calls(20_000, "vision").unwrap(), 2);
    assert_eq!(store.service_calls(20_002, "vision").unwrap(), 0);
    // What was not made after all may be made later.
    store.uncount_service_calls(20_000, "vision", 1).unwrap();
    assert_eq!([call(20_000, "vision"), call(20_000, "vision")], [true, false]);
    store.uncount_service_calls(20_001, "vision", 9).unwrap();
    store.uncount_service_calls(20_009, "vision", 9).unwrap();
    assert!(call(20_001, "vision"));
    // Old days are forgotten; a clock that goes back does no harm.
    assert!(call(20_032, "vision"));
    assert_eq!(store.service_calls(20_000, "vision").unwrap(), 0);
    assert_eq!(store.service_calls(20_001, "vision").unwrap(), 1);
    assert!(call(i64::MIN, "vision"));
}
