use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use segue_store::{APPLICATION_ID, Error, Opened, Options, SCHEMA_VERSION, Store};

use crate::sample;

/// The names in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A closed database with the sample in it, large enough to have pages to spoil.
fn sample_file(folder: &Path) -> PathBuf {
    let path = folder.join("segue.db");
    let (store, _) = Store::open(&path).unwrap();
    sample::fill(&store).unwrap();
    store.close().unwrap();
    path
}

#[test]
fn a_database_is_made_with_its_folder_and_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/er/segue.db");
    let (store, opened) = Store::open(&path).unwrap();
    assert_eq!(opened, Opened::Created);
    store.set_setting("colour", Some("blue")).unwrap();
    store.close().unwrap();
    assert_eq!(names(path.parent().unwrap()), ["segue.db"], "nothing beside it remains");

    let (store, opened) = Store::open(&path).unwrap();
    assert_eq!(opened, Opened::Existing);
    assert_eq!(store.setting("colour").unwrap().as_deref(), Some("blue"));
    drop(store);
    let raw = Connection::open(&path).unwrap();
    let pragma = |name: &str| raw.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(pragma("application_id"), i64::from(APPLICATION_ID));
    assert_eq!(pragma("user_version"), i64::from(SCHEMA_VERSION));
}

/// A store that is only dropped used to leave everything in its journal, because its readers were the last to close.
#[test]
fn a_dropped_store_leaves_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("segue.db");
    let (store, _) = Store::open(&path).unwrap();
    sample::fill(&store).unwrap();
    store.for_each_song(|_| ()).unwrap();
    drop(store);
    assert_eq!(names(folder.path()), ["segue.db"]);
}

#[test]
fn an_empty_file_is_a_new_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("segue.db");
    fs::write(&path, "").unwrap();
    assert_eq!(Store::open(&path).unwrap().1, Opened::Created);
}

#[test]
fn a_name_with_a_meaning_to_sqlite_is_just_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file:segue.db?mode=memory");
    if fs::write(&path, "").is_err() {
        println!("skipped: this file system has no such names");
        return;
    }
    Store::open(&path).unwrap().0.close().unwrap();
    assert!(fs::metadata(&path).unwrap().len() > 0);
}

#[test]
fn a_newer_database_is_refused_and_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = sample_file(folder.path());
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = fs::read(&path).unwrap();
    let error = Store::open(&path).unwrap_err();
    assert!(matches!(error, Error::NewerDatabase { found: 99, supported: SCHEMA_VERSION, .. }), "{error}");
    assert!(error.to_string().contains("update Segue"));
    assert!(fs::read(&path).unwrap() == before);
    assert_eq!(names(folder.path()), ["segue.db"]);
}

#[test]
fn a_newer_database_keeps_the_journal_its_owner_left() {
    let folder = tempfile::tempdir().unwrap();
    let path = sample_file(folder.path());
    // As after a kill: the newest state is in the journal alone.
    let owner = Connection::open(&path).unwrap();
    owner.pragma_update(None, "user_version", 99).unwrap();
    let killed = folder.path().join("killed.db");
    fs::copy(&path, &killed).unwrap();
    fs::copy(folder.path().join("segue.db-wal"), folder.path().join("killed.db-wal")).unwrap();
    let state = || (fs::read(&killed).unwrap(), fs::read(folder.path().join("killed.db-wal")).unwrap());
    let before = state();
    assert!(!before.1.is_empty());
    assert!(matches!(Store::open(&killed).unwrap_err(), Error::NewerDatabase { found: 99, .. }));
    assert!(state() == before);
}

#[test]
fn another_programs_database_is_refused_and_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jellyfin.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE users (name TEXT)").unwrap();
    let before = fs::read(&path).unwrap();
    assert!(matches!(Store::open(&path).unwrap_err(), Error::Foreign { .. }));
    assert!(fs::read(&path).unwrap() == before);
    // Damaged it is still not ours to move.
    fs::write(&path, &before[..before.len() / 2]).unwrap();
    assert!(matches!(Store::open(&path).unwrap_err(), Error::Foreign { .. }));
    assert_eq!(names(folder.path()), ["jellyfin.db"]);
}

#[test]
fn a_song_named_by_mistake_is_refused_and_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("song.mp3");
    let bytes = b"ID3\x04 no database at all ".repeat(100);
    fs::write(&path, &bytes).unwrap();
    assert!(matches!(Store::open(&path).unwrap_err(), Error::Foreign { .. }));
    assert!(fs::read(&path).unwrap() == bytes);
    assert_eq!(names(folder.path()), ["song.mp3"]);
}

/// Spoils a sample database, opens it, and expects the spoilt bytes in a file beside a new, working database.
fn is_set_aside(spoil: impl FnOnce(&mut Vec<u8>)) {
    let folder = tempfile::tempdir().unwrap();
    let path = sample_file(folder.path());
    let mut bytes = fs::read(&path).unwrap();
    spoil(&mut bytes);
    fs::write(&path, &bytes).unwrap();
    let (store, opened) = Store::open(&path).unwrap();
    let Opened::DamagedSetAside { kept } = opened else {
        panic!("{opened:?}");
    };
    assert!(kept.file_name().unwrap().to_str().unwrap().starts_with("segue.db.damaged-2"), "{}", kept.display());
    assert!(fs::read(&kept).unwrap() == bytes, "the damaged file is kept as it is");
    assert_eq!(store.setting("colour").unwrap(), None);
    sample::fill(&store).unwrap();
    store.close().unwrap();
    assert_eq!(Store::open(&path).unwrap().1, Opened::Existing);
    assert!(kept.exists());
}

#[test]
fn a_truncated_database_is_set_aside() {
    is_set_aside(|bytes| bytes.truncate(bytes.len() / 2));
}

#[test]
fn a_database_with_a_spoilt_header_is_set_aside() {
    is_set_aside(|bytes| bytes[..100].fill(0x5a));
}

#[test]
fn a_database_with_spoilt_pages_is_set_aside() {
    is_set_aside(|bytes| {
        let middle = bytes.len() / 2;
        bytes[middle..middle + 8192].fill(0x5a);
    });
}

#[test]
fn two_damaged_databases_in_a_second_are_both_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("segue.db");
    for _ in 0..2 {
        fs::write(&path, [7; 5000]).unwrap();
        assert!(matches!(Store::open(&path).unwrap().1, Opened::DamagedSetAside { .. }));
    }
    let kept = names(folder.path()).iter().filter(|name| name.contains("damaged") && !name.contains("-wal")).count();
    assert_eq!(kept, 2);
}

#[test]
fn damage_met_in_use_is_an_error_and_is_cleared_away_at_the_next_opening() {
    let folder = tempfile::tempdir().unwrap();
    let path = sample_file(folder.path());
    let (store, _) = Store::open(&path).unwrap();
    // Behind the open store's back, so that its opening did not see it.
    let mut bytes = fs::read(&path).unwrap();
    bytes[4096..].fill(0x5a);
    fs::write(&path, &bytes).unwrap();
    let error = store.for_each_song(|_| {}).unwrap_err();
    assert!(matches!(error, Error::Damaged { .. }), "{error}");
    assert!(names(folder.path()).contains(&"segue.db.suspect".to_owned()));
    drop(store);
    let (store, opened) = Store::open(&path).unwrap();
    assert!(matches!(opened, Opened::DamagedSetAside { .. }), "{opened:?}");
    assert!(!names(folder.path()).contains(&"segue.db.suspect".to_owned()));
    store.close().unwrap();
}

#[test]
fn a_groundless_suspicion_passes() {
    let folder = tempfile::tempdir().unwrap();
    let path = sample_file(folder.path());
    fs::write(folder.path().join("segue.db.suspect"), "").unwrap();
    assert_eq!(Store::open(&path).unwrap().1, Opened::Existing);
    assert!(!names(folder.path()).contains(&"segue.db.suspect".to_owned()));
}

#[test]
fn a_locked_database_is_reported_after_the_time_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = sample_file(folder.path());
    let options = Options { busy_timeout: Duration::from_millis(100) };
    let other = Connection::open(&path).unwrap();

    // Another writer: reading goes on, writing waits and gives up.
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (store, _) = Store::open_with(&path, options).unwrap();
    assert_eq!(store.setting("colour").unwrap().as_deref(), Some("blue"));
    assert!(matches!(store.set_setting("colour", None).unwrap_err(), Error::Locked { .. }));
    other.execute_batch("COMMIT").unwrap();
    store.set_setting("colour", None).unwrap();
    store.close().unwrap();

    // A program that shares with nobody.
    other.execute_batch("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE").unwrap();
    assert!(matches!(Store::open_with(&path, options).unwrap_err(), Error::Locked { .. }));
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(Store::open_with(&path, options).unwrap().1, Opened::Existing);
}

#[test]
fn a_folder_or_a_place_that_cannot_be_is_a_clear_error() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Store::open(folder.path()).unwrap_err(), Error::IsFolder { .. }));
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    assert!(matches!(Store::open(&file.join("segue.db")).unwrap_err(), Error::CannotOpen { .. }));
    assert!(matches!(Store::open(Path::new("")).unwrap_err(), Error::CannotOpen { .. }));
}
