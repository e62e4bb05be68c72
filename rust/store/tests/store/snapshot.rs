//! The space's snapshot, and which changes are noted as not in it.

use segue_store::{FileRecord, ItemRecord, SpaceHead, SpacePart, SpacePiece, Store};

use crate::sample::{ITEMS, SONGS, analysis, embedding, file, files, stamp};
use crate::{new_store, sample_store, scan};

fn head(after: Option<i64>, stamp: i64, pieces: u32, until: i64) -> SpaceHead<'static> {
    SpaceHead { after, stamp, made_of: "msd mtt", head: b"head", pieces, until }
}

fn piece(piece: u32, content: u8) -> SpacePiece {
    SpacePiece { piece, tracks: vec![content; 9000], songs: vec![content; 3] }
}

/// The snapshot's stamp, and the first byte of each piece.
fn read(store: &Store, made_of: &str) -> (Option<i64>, Vec<u8>) {
    let mut pieces = Vec::new();
    let stamp = store.read_space(made_of, |part| {
        match part {
            SpacePart::Head(head) => assert_eq!(head, b"head"),
            SpacePart::Piece { tracks, songs } => {
                assert_eq!((tracks.len(), songs.len(), tracks[0]), (9000, 3, songs[0]));
                pieces.push(tracks[0]);
            }
        }
        true
    });
    (stamp.unwrap(), pieces)
}

/// The changed songs since these were asked last.
fn changed(store: &Store) -> Vec<String> {
    let changes = store.space_changes().unwrap();
    let until = changes.last().map_or(0, |change| change.change);
    assert_eq!(store.last_space_change().unwrap(), (until, changes.len() as u64));
    let before = store.space_stamp().unwrap();
    let next = head(before, before.unwrap_or_default() + 1, 0, until);
    assert!(store.write_space(&next, std::iter::empty()).unwrap());
    assert!(store.space_changes().unwrap().is_empty());
    let mut songs: Vec<String> = changes.into_iter().map(|change| change.song_id).collect();
    songs.sort();
    songs
}

#[test]
fn a_snapshot_is_read_as_written_and_followed_piece_by_piece() {
    let (_folder, store) = new_store();
    assert_eq!(read(&store, "msd mtt"), (None, vec![]));
    assert!(store.write_space(&head(None, 7, 3, 0), (0..3).map(|i| piece(i, i as u8))).unwrap());
    assert_eq!((read(&store, "msd mtt"), store.space_stamp().unwrap()), ((Some(7), vec![0, 1, 2]), Some(7)));
    assert_eq!(read(&store, "something else"), (None, vec![]));
    assert!(store.write_space(&head(Some(7), 8, 2, 0), [piece(1, 9)].into_iter()).unwrap());
    assert_eq!(read(&store, "msd mtt"), (Some(8), vec![0, 9]));
}

#[test]
fn a_snapshot_that_another_wrote_meanwhile_stays() {
    let (_folder, store) = new_store();
    assert!(store.write_space(&head(None, 7, 1, 0), [piece(0, 1)].into_iter()).unwrap());
    for after in [None, Some(6)] {
        assert!(!store.write_space(&head(after, 9, 1, 0), [piece(0, 2)].into_iter()).unwrap());
    }
    assert_eq!(read(&store, "msd mtt"), (Some(7), vec![1]));
}

#[test]
fn an_incomplete_snapshot_is_none() {
    let (_folder, store) = new_store();
    assert!(store.write_space(&head(None, 7, 3, 0), [piece(0, 0), piece(2, 2)].into_iter()).unwrap());
    assert_eq!(read(&store, "msd mtt").0, None);
    let stopped = store.read_space("msd mtt", |part| matches!(part, SpacePart::Head(_))).unwrap();
    assert_eq!(stopped, None);
}

#[test]
fn whatever_changes_a_song_is_noted_once() {
    let (_folder, store) = sample_store();
    assert_eq!(changed(&store).len(), SONGS.len());
    assert!(changed(&store).is_empty());
    let [one, two, _] = files();
    let (song, path) = (SONGS[0].to_owned(), one.path.clone());

    // Heard again: the same numbers, then others.
    let mut heard = analysis(&song, stamp(&store, &path).unwrap());
    heard.embeddings = vec![embedding("msd", 0.5, 0)];
    store.commit_analysis(&heard).unwrap();
    assert_eq!(changed(&store), std::slice::from_ref(&song));
    // Other tags.
    let mut renamed = one;
    renamed.tags.title = "Another".to_owned();
    scan(&store, &[renamed.clone(), two.clone()]);
    assert_eq!(changed(&store), std::slice::from_ref(&song));
    scan(&store, &[renamed.clone(), two.clone()]);
    assert!(changed(&store).is_empty(), "a scan that finds all as it was");
    // Items come, go on to another file, and go.
    let new_item = "33333333333333333333333333333333";
    let sync = |items: &[(&str, &FileRecord)]| {
        let mut sync = store.begin_sync().unwrap();
        let items: Vec<_> =
            items.iter().map(|(id, file)| ItemRecord { item_id: (*id).to_owned(), file: (*file).clone() }).collect();
        store.sync(&mut sync, &items).unwrap();
        store.finish_sync(sync).unwrap();
    };
    sync(&[(ITEMS[0], &renamed), (ITEMS[1], &two)]);
    changed(&store);
    sync(&[(ITEMS[0], &renamed), (ITEMS[1], &two), (new_item, &renamed)]);
    assert_eq!(changed(&store), std::slice::from_ref(&song));
    sync(&[(ITEMS[0], &renamed), (ITEMS[1], &two), (new_item, &two)]);
    assert_eq!(changed(&store).len(), 2);
    sync(&[(ITEMS[0], &renamed), (ITEMS[1], &two)]);
    assert_eq!(changed(&store), [SONGS[1].to_owned()]);
    sync(&[(ITEMS[0], &renamed), (ITEMS[1], &two)]);
    assert!(changed(&store).is_empty(), "a sync that finds all as it was");
    // The file's content changes.
    let grown = FileRecord { size: 5, ..renamed };
    sync(&[(ITEMS[0], &grown), (ITEMS[1], &two)]);
    assert_eq!(changed(&store), [song]);
}

#[test]
fn what_the_space_takes_of_a_song_is_of_one_state() {
    let (_folder, store) = sample_store();
    let taken = store.space_song(SONGS[0], &["mtt", "msd", "none"]).unwrap().unwrap();
    let change = store.space_changes().unwrap().into_iter().find(|change| change.song_id == SONGS[0]).unwrap();
    assert_eq!(taken.change, change.change);
    assert_eq!(Some(&taken.song), store.song(SONGS[0]).unwrap().as_ref());
    assert_eq!(taken.edges, store.edges(SONGS[0]).unwrap());
    let stored = store.embeddings(SONGS[0]).unwrap();
    let means: Vec<_> = taken.models.iter().map(|model| model.as_ref().map(|model| model.mean.clone())).collect();
    let mean = |name: &str| stored.iter().find(|stored| stored.model == name).map(|stored| stored.mean.clone());
    assert_eq!(means, ["mtt", "msd", "none"].map(mean));
    changed(&store);
    assert_eq!(store.space_song(SONGS[0], &[]).unwrap().unwrap().change, 0);
    // Without a present file there is nothing to take.
    let mut sync = store.begin_sync().unwrap();
    store.sync(&mut sync, &[]).unwrap();
    store.finish_sync(sync).unwrap();
    scan(&store, &[file("/music/other", "", "")]);
    assert_eq!(store.space_song(SONGS[0], &[]).unwrap(), None);
    assert_eq!(store.space_song(&"0".repeat(32), &[]).unwrap(), None);
    assert!(store.space_song("no key", &[]).is_err());
}
