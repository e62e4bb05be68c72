//! What is kept of listeners, and how it goes.

use segue_engine::{ErrorKind, Opinion, Play, TasteRequest};

use crate::sample::{engine, open, pieces};
use crate::{ANNA, BERT, DAY, audience, now};

fn play(track: &str, at: i64) -> Play {
    Play { track: track.to_owned(), at, played_s: 100.0, skipped: false }
}

#[test]
fn opinions_are_taken_in_joined_and_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces(2, 10, 5);
    let engine = engine(folder.path(), &pieces);
    let opinion = |at: usize, plays| Opinion { item_id: pieces[at].item_id(), plays, ..Opinion::default() };
    let unknown = Opinion { item_id: "f".repeat(32), plays: 3, ..Opinion::default() };
    assert_eq!(engine.set_opinions(ANNA, &[opinion(0, 3), opinion(1, 1), unknown], false).unwrap(), 2);
    assert_eq!(engine.set_opinions(ANNA, &[opinion(2, 1)], false).unwrap(), 3);
    assert_eq!(engine.set_opinions(&ANNA.to_uppercase(), &[opinion(0, 0)], false).unwrap(), 2, "one says nothing now");
    assert_eq!(engine.set_opinions(BERT, &[], true).unwrap(), 0);
    assert_eq!(engine.set_opinions(ANNA, &[opinion(5, 1)], true).unwrap(), 1);
    for listener in ["", "anna", &"g".repeat(32), &"a".repeat(33)] {
        let error = engine.set_opinions(listener, &[], true).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{listener}: {error}");
        assert_eq!(engine.log_plays(listener, &[]).unwrap_err().kind(), ErrorKind::InvalidArgument);
        assert_eq!(engine.forget_listener(listener).unwrap_err().kind(), ErrorKind::InvalidArgument);
        let request = TasteRequest { audience: audience(listener), ..TasteRequest::default() };
        assert_eq!(engine.make_personal_lists(&request).unwrap_err().kind(), ErrorKind::InvalidArgument);
        assert_eq!(engine.personal_lists(&audience(listener)).unwrap_err().kind(), ErrorKind::InvalidArgument);
    }
    let bad = Opinion { item_id: "x".to_owned(), ..Opinion::default() };
    assert_eq!(engine.set_opinions(ANNA, &[bad], false).unwrap_err().kind(), ErrorKind::InvalidArgument);
}

#[test]
fn plays_are_logged_by_any_name_and_odd_ones_are_mended() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces(2, 10, 5);
    let engine = engine(folder.path(), &pieces);
    let at = now() - DAY;
    let plays = [
        play(&pieces[0].item_id(), at),
        play(&pieces[1].song_id(), at),
        play(pieces[2].path().to_str().unwrap(), at),
        play("/no/such/track.mp3", at),
        play("", at),
        Play { played_s: f32::NAN, ..play(&pieces[3].item_id(), -5) },
        Play { played_s: f32::INFINITY, ..play(&pieces[4].item_id(), i64::MAX) },
        // Told twice.
        play(&pieces[0].song_id(), at),
    ];
    assert_eq!(engine.log_plays(ANNA, &plays).unwrap(), 6);
    assert_eq!(engine.log_plays(BERT, &plays[..1]).unwrap(), 1);
    assert_eq!(engine.forget_plays(1).unwrap(), 1, "what was before 1970 was 1970");
    assert_eq!(engine.forget_plays(now() - 600).unwrap(), 4, "three of one, one of the other");
    assert_eq!(engine.forget_plays(i64::MAX).unwrap(), 1, "what was to come is now");
    assert_eq!(engine.forget_plays(i64::MAX).unwrap(), 0);
}

#[test]
fn what_is_known_of_listeners_outlives_the_engine_and_goes_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces(3, 40, 20);
    let one = engine(folder.path(), &pieces);
    let opinions: Vec<Opinion> = pieces[..30]
        .iter()
        .map(|piece| Opinion { item_id: piece.item_id(), plays: 9, last_played: now() - DAY, ..Opinion::default() })
        .collect();
    for listener in [ANNA, BERT] {
        one.set_opinions(listener, &opinions, true).unwrap();
        one.log_plays(listener, &[play(&pieces[0].item_id(), now() - DAY)]).unwrap();
        let request = TasteRequest { audience: audience(listener), ..TasteRequest::default() };
        assert!(!one.make_personal_lists(&request).unwrap().is_empty());
    }
    drop(one);
    let two = open(folder.path());
    assert!(!two.personal_lists(&audience(ANNA)).unwrap().is_empty());
    two.forget_listener(ANNA).unwrap();
    assert!(two.personal_lists(&audience(ANNA)).unwrap().is_empty());
    let request = TasteRequest { audience: audience(ANNA), ..TasteRequest::default() };
    assert!(two.make_personal_lists(&request).unwrap().is_empty(), "nothing is known of her any more");
    assert!(!two.personal_lists(&audience(BERT)).unwrap().is_empty());
    assert_eq!(two.forget_plays(i64::MAX).unwrap(), 1, "his play is there still");
}
