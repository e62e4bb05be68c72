//! The store as its callers see it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic in a test's helper is its report")]

mod analyses;
mod artists;
mod collection;
mod details;
mod files;
mod films;
mod fixture;
mod groups;
mod listeners;
mod lookup;
mod map;
mod opening;
mod patches;
mod playlists;
mod runs;
mod sample;
mod schema;
mod snapshot;
mod songs;
mod together;
mod words;

use segue_store::{FileRecord, Opened, Store, SyncCounts};
use tempfile::TempDir;

/// A new store in a folder of its own, which goes when it is dropped.
fn new_store() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let (store, opened) = Store::open(&folder.path().join("segue.db")).unwrap();
    assert_eq!(opened, Opened::Created);
    (folder, store)
}

/// A new store with the sample in it.
fn sample_store() -> (TempDir, Store) {
    let (folder, store) = new_store();
    sample::fill(&store).unwrap();
    (folder, store)
}

/// A whole scan of `/music` that finds these files.
fn scan(store: &Store, files: &[FileRecord]) -> SyncCounts {
    let mut scan = store.begin_scan().unwrap();
    store.put_files(&mut scan, files).unwrap();
    store.finish_scan(scan, &["/music".into()]).unwrap()
}

fn counts(added: u64, updated: u64, removed: u64, unchanged: u64) -> SyncCounts {
    SyncCounts { added, updated, removed, unchanged }
}

/// A content key or item id made of a number.
fn id(number: u64) -> String {
    format!("{:032x}", u128::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))
}
