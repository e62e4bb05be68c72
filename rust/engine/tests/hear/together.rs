//! Questions, news and changes of the library at the same time.

use std::sync::atomic::{AtomicBool, Ordering};

use segue_engine::{LibraryTrack, MixRequest, Opinion, Play, SeedKind, SetKind, TasteRequest};

use crate::sample::{Piece, engine, pieces};
use crate::{ANNA, BERT, audience, now, seed};

#[test]
fn everybody_asks_while_everything_changes() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces(4, 30, 6);
    let engine = engine(folder.path(), &pieces);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for listener in [ANNA, BERT] {
            let (engine, pieces, done) = (&engine, &pieces, &done);
            scope.spawn(move || {
                let mut number = 0;
                while !done.load(Ordering::Relaxed) {
                    number += 1;
                    let piece = &pieces[number * 7 % 60];
                    let play = Play { track: piece.item_id(), at: now(), played_s: 9.0, skipped: number % 2 == 0 };
                    engine.log_plays(listener, &[play]).unwrap();
                    let favourite = Opinion { item_id: piece.item_id(), favourite: true, ..Opinion::default() };
                    engine.set_opinions(listener, &[favourite], false).unwrap();
                    let wish = MixRequest {
                        seeds: vec![
                            seed(SeedKind::Genre, "Rock"),
                            seed(SeedKind::Track, piece.item_id()),
                            seed(SeedKind::Mood, "happy"),
                        ],
                        length: 10,
                        audience: audience(listener),
                        ..MixRequest::default()
                    };
                    assert!(!engine.mix(&wish).unwrap().is_empty());
                    let artist = seed(SeedKind::Artist, piece.artist.clone());
                    engine.similar_sets(SetKind::Artist, &artist, 3, &audience(listener)).unwrap();
                    let request = TasteRequest { audience: audience(listener), length: 10, ..TasteRequest::default() };
                    engine.make_personal_lists(&request).unwrap();
                }
            });
        }
        // The second half of the library comes and goes.
        for round in 0..6 {
            let kept = if round % 2 == 0 { &pieces[..60] } else { &pieces[..] };
            let tracks: Vec<LibraryTrack> = kept.iter().map(Piece::track).collect();
            let sync = engine.begin_sync().unwrap();
            engine.sync(sync, &tracks).unwrap();
            engine.finish_sync(sync).unwrap();
        }
        done.store(true, Ordering::Relaxed);
    });
    // What is gone is on no shelf any more, and what came back is.
    let sync = engine.begin_sync().unwrap();
    engine.sync(sync, &pieces[..4].iter().map(Piece::track).collect::<Vec<_>>()).unwrap();
    engine.finish_sync(sync).unwrap();
    let wish =
        |name: &str| MixRequest { seeds: vec![seed(SeedKind::Artist, name)], length: 3, ..MixRequest::default() };
    assert!(engine.mix(&wish("Artist 0-1")).is_err());
    assert!(engine.mix(&wish("Artist 0-0")).is_ok());
}
