//! Songs that are one recording by their fingerprints come once into a mix, whatever they are called.

use std::path::Path;

use segue_engine::{MixRequest, SeedKind};
use segue_store::{Analysis, Details, Stage, Store};

use crate::sample::{Piece, fill, open, pieces};
use crate::{seed, songs};

/// A fingerprint as the store keeps it: of unrelated songs all different, of one seed always the same.
fn fingerprint(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let items: Vec<u32> = (0..900)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 16) as u32
        })
        .collect();
    segue_features::Fingerprint { items }.to_bytes()
}

fn add_fingerprint(store: &Path, piece: &Piece, seed: u64) {
    let (store, _) = Store::open(store).unwrap();
    let row = store.file(&piece.path()).unwrap().unwrap();
    let details = Details { fingerprint: Some(fingerprint(seed)), ..Details::default() };
    let analysis = Analysis {
        song_id: piece.song_id(),
        file: row.stamp,
        details,
        stages: vec![Stage::new("fingerprint", "sample")],
        audio: None,
        features: None,
        embeddings: Vec::new(),
    };
    assert!(store.commit_analysis(&analysis).unwrap());
    store.close().unwrap();
}

#[test]
fn one_recording_comes_once_by_whatever_name() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces(2, 30, 15);
    let store = folder.path().join("segue.db");
    fill(&store, &pieces);
    // Two songs of style 0, by different artists, are one recording; the others are their own.
    for piece in &pieces {
        let seed = if piece.number == 4 { 2 } else { piece.number as u64 };
        add_fingerprint(&store, piece, seed + 1);
    }
    let twins = [pieces[2].song_id(), pieces[4].song_id()];
    let both = |engine: &segue_engine::Engine| {
        let wish =
            MixRequest { seeds: vec![seed(SeedKind::Track, pieces[0].item_id())], length: 29, ..MixRequest::default() };
        songs(&engine.mix(&wish).unwrap()).iter().filter(|song| twins.contains(song)).count()
    };
    let changed = || {
        let (db, _) = Store::open(&store).unwrap();
        db.fingerprints_changed().unwrap()
    };
    assert!(changed());
    let engine = open(folder.path());
    assert_eq!(both(&engine), 2);
    let found = engine.duplicates(&mut |_, _| true).unwrap();
    assert_eq!(found.len(), 1);
    assert!(found[0].files.iter().all(|file| twins.contains(&file.song_id)) && found[0].files.len() == 2);
    assert_eq!(both(&engine), 1, "from now on");
    drop(engine);
    assert!(!changed());
    let engine = open(folder.path());
    assert_eq!(both(&engine), 1, "and after a start");
    // What tags and items say is read anew; what was heard stays.
    let tracks: Vec<segue_engine::LibraryTrack> = pieces
        .iter()
        .map(|piece| {
            let mut track = piece.track();
            track.tags.year = 1999;
            track
        })
        .collect();
    let sync = engine.begin_sync().unwrap();
    engine.sync(sync, &tracks).unwrap();
    assert!(engine.finish_sync(sync).unwrap().updated > 0);
    assert_eq!(both(&engine), 1);
}
