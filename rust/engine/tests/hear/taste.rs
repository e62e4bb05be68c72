//! The lists that are made from a listener's taste.

use std::collections::{HashMap, HashSet};

use segue_engine::{Audience, Engine, ItemId, Opinion, PersonalKind, PersonalList, Play, TasteRequest};

use crate::sample::{Piece, engine, fill, open, pieces};
use crate::{ANNA, BERT, DAY, Dice, audience, item, now, piece, songs};

fn opinion(piece: &Piece, plays: u32, days_ago: i64) -> Opinion {
    Opinion { item_id: piece.item_id(), plays, last_played: now() - days_ago * DAY, ..Opinion::default() }
}

fn request(listener: &str) -> TasteRequest {
    TasteRequest { audience: audience(listener), length: 30, ..TasteRequest::default() }
}

/// Anna loves styles 0 and 2: she plays some of it now, played some long ago, and has a few on repeat. Style 5 she dislikes.
fn anna(engine: &Engine, pieces: &[Piece]) {
    let of = |style: usize| pieces.iter().filter(move |piece| piece.style == style);
    let mut opinions: Vec<Opinion> = of(0).take(20).map(|piece| opinion(piece, 8, 3)).collect();
    opinions.extend(of(2).take(20).map(|piece| opinion(piece, 6, 10)));
    opinions.extend(of(0).skip(20).take(15).map(|piece| opinion(piece, 12, 200)));
    opinions.extend(of(2).skip(20).take(5).map(|piece| Opinion { favourite: true, ..opinion(piece, 1, 400) }));
    opinions.extend(of(5).map(|piece| Opinion { disliked: true, ..opinion(piece, 9, 300) }));
    // Disliked in the middle of what she loves.
    opinions.extend(of(0).skip(40).take(5).map(|piece| Opinion { disliked: true, ..opinion(piece, 0, 0) }));
    engine.set_opinions(ANNA, &opinions, true).unwrap();
    let plays: Vec<Play> = of(0)
        .take(12)
        .flat_map(|piece| (1..=4).map(|n| (piece.item_id(), n)))
        .map(|(track, n)| Play { track, at: now() - n * 2 * DAY, played_s: 180.0, skipped: false })
        .collect();
    engine.log_plays(ANNA, &plays).unwrap();
}

fn of_kind(lists: &[PersonalList], kind: PersonalKind) -> Vec<&PersonalList> {
    lists.iter().filter(|list| list.kind == kind).collect()
}

fn only(lists: &[PersonalList], kind: PersonalKind) -> &PersonalList {
    let found = of_kind(lists, kind);
    assert_eq!(found.len(), 1, "{kind:?}");
    found[0]
}

#[test]
fn each_list_holds_what_its_name_says() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces(6, 80, 40);
    let engine = engine(folder.path(), &pieces);
    anna(&engine, &pieces);
    let lists = engine.make_personal_lists(&request(ANNA)).unwrap();
    let style = |list: &PersonalList| -> HashMap<usize, usize> {
        let mut styles = HashMap::new();
        list.tracks.iter().for_each(|track| *styles.entry(piece(&pieces, track).style).or_default() += 1);
        styles
    };
    let opinion_of: HashMap<String, (bool, bool)> = pieces
        .iter()
        .map(|piece| {
            let place = pieces.iter().filter(|other| other.style == piece.style && other.number < piece.number).count();
            let played = matches!((piece.style, place), (0, 0..35) | (2, 0..25) | (5, _));
            let disliked = piece.style == 5 || (piece.style == 0 && (40..45).contains(&place));
            (piece.song_id(), (played, disliked))
        })
        .collect();

    for list in &lists {
        let ids: HashSet<String> = songs(&list.tracks).into_iter().collect();
        assert_eq!(ids.len(), list.tracks.len(), "{}: twice the same", list.name);
        assert!((10..=30).contains(&list.tracks.len()), "{}: {}", list.name, list.tracks.len());
        assert!(ids.iter().all(|song| !opinion_of[song].1), "{}: something disliked", list.name);
        assert!(!list.name.is_empty() && !list.description.is_empty() && !list.key.is_empty());
        assert!(list.tracks.iter().all(|track| !track.item_id.is_empty() && !track.reason.is_empty()));
    }
    let daily = of_kind(&lists, PersonalKind::DailyMix);
    assert!((2..=6).contains(&daily.len()));
    let mut kinds = HashSet::new();
    for list in &daily {
        let (most, count) = style(list).into_iter().max_by_key(|(_, count)| *count).unwrap();
        assert!(count * 10 >= list.tracks.len() * 8, "{:?}", style(list));
        kinds.insert(most);
        assert!(list.description.starts_with("Round Artist "), "{}", list.description);
    }
    assert_eq!(kinds, HashSet::from([0, 2]));
    for kind in [PersonalKind::NewForYou, PersonalKind::Discover] {
        let list = only(&lists, kind);
        assert!(songs(&list.tracks).iter().all(|song| !opinion_of[song].0), "{kind:?}: something that was played");
    }
    let loved = |list: &PersonalList| {
        let styles = style(list);
        (styles.get(&0).unwrap_or(&0) + styles.get(&2).unwrap_or(&0)) as f64 / list.tracks.len() as f64
    };
    assert!(loved(only(&lists, PersonalKind::NewForYou)) > 0.9);
    assert!(loved(only(&lists, PersonalKind::MoreLikeThis)) > 0.9);
    assert!(loved(only(&lists, PersonalKind::Discover)) < 0.5, "some way off");
    let new: HashSet<String> = songs(&only(&lists, PersonalKind::NewForYou).tracks).into_iter().collect();
    assert!(songs(&only(&lists, PersonalKind::Discover).tracks).iter().all(|song| !new.contains(song)));
    let forgotten = only(&lists, PersonalKind::Forgotten);
    assert!(forgotten.tracks.iter().all(|track| {
        let piece = piece(&pieces, track);
        let place = pieces.iter().filter(|other| other.style == piece.style && other.number < piece.number).count();
        matches!((piece.style, place), (0, 20..35) | (2, 20..25))
    }));
    let repeat = only(&lists, PersonalKind::OnRepeat);
    assert_eq!(repeat.tracks.len(), 12);
    assert!(repeat.tracks.iter().all(|track| track.reason == "played 4 times in 30 days"), "{:?}", repeat.tracks[0]);

    // What was made is what is kept.
    let kept = engine.personal_lists(&audience(ANNA)).unwrap();
    assert_eq!(kept, lists);
}

#[test]
fn lists_keep_their_keys_while_their_songs_move_on() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces(6, 80, 40);
    let one = engine(folder.path(), &pieces[..400]);
    anna(&one, &pieces[..400]);
    let before = one.make_personal_lists(&request(ANNA)).unwrap();
    // The same day: the same lists.
    assert_eq!(one.make_personal_lists(&request(ANNA)).unwrap(), before);
    let styles = |lists: &[PersonalList]| -> HashMap<String, usize> {
        let style = |list: &PersonalList| {
            let mut counts = [0; 8];
            list.tracks.iter().for_each(|track| counts[piece(&pieces, track).style] += 1);
            counts.iter().enumerate().max_by_key(|(_, count)| **count).unwrap().0
        };
        of_kind(lists, PersonalKind::DailyMix).into_iter().map(|list| (list.key.clone(), style(list))).collect()
    };
    drop(one);
    // The next day there is more music, and another draw.
    fill(&folder.path().join("segue.db"), &pieces);
    let two = open(folder.path());
    let after = two.make_personal_lists(&TasteRequest { variation: 1, ..request(ANNA) }).unwrap();
    let keys = |lists: &[PersonalList]| lists.iter().map(|list| list.key.clone()).collect::<HashSet<_>>();
    assert_eq!(keys(&after), keys(&before));
    assert_eq!(styles(&after), styles(&before), "a daily mix stays with its kind of music");
    let tracks = |lists: &[PersonalList], kind| songs(&only(lists, kind).tracks);
    assert_ne!(tracks(&after, PersonalKind::Discover), tracks(&before, PersonalKind::Discover));

    // Style 2 is loved no more: its mix goes, the other one stays under its key.
    let opinions: Vec<Opinion> =
        pieces.iter().filter(|piece| piece.style == 0).take(30).map(|piece| opinion(piece, 8, 3)).collect();
    two.set_opinions(ANNA, &opinions, true).unwrap();
    let later = two.make_personal_lists(&request(ANNA)).unwrap();
    let (was, is) = (styles(&before), styles(&later));
    assert!(is.values().all(|style| *style == 0) && !is.is_empty());
    assert!(is.iter().any(|(key, style)| was.get(key) == Some(style)), "{was:?} {is:?}");
    assert!(of_kind(&later, PersonalKind::Forgotten).is_empty(), "there is no reason for it any more");
    assert_eq!(two.personal_lists(&audience(ANNA)).unwrap(), later);
}

#[test]
fn one_kind_is_made_without_touching_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces(6, 80, 40);
    let engine = engine(folder.path(), &pieces);
    anna(&engine, &pieces);
    let all = engine.make_personal_lists(&request(ANNA)).unwrap();
    let wish = TasteRequest { kinds: vec![PersonalKind::Discover], variation: 5, ..request(ANNA) };
    let made = engine.make_personal_lists(&wish).unwrap();
    assert_eq!(made.len(), 1);
    assert_ne!(made[0].tracks, only(&all, PersonalKind::Discover).tracks);
    let now = engine.personal_lists(&audience(ANNA)).unwrap();
    assert_eq!(now.len(), all.len());
    for (is, was) in now.iter().zip(&all) {
        assert_eq!(is.key, was.key);
        assert!(is.kind == PersonalKind::Discover || is == was);
    }
}

#[test]
fn nobody_elses_music_counts() {
    let pieces = pieces(6, 60, 30);
    let make = |with_bert: bool| {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine(folder.path(), &pieces);
        anna(&engine, &pieces);
        if with_bert {
            let opinions: Vec<Opinion> = pieces
                .iter()
                .map(|piece| Opinion {
                    favourite: piece.style == 1,
                    disliked: piece.style == 0,
                    ..opinion(piece, 30, 1)
                })
                .collect();
            engine.set_opinions(BERT, &opinions, true).unwrap();
            let plays: Vec<Play> = pieces
                .iter()
                .map(|piece| Play { track: piece.item_id(), at: now() - DAY, played_s: 9.0, skipped: true })
                .collect();
            engine.log_plays(BERT, &plays).unwrap();
            assert!(!engine.make_personal_lists(&request(BERT)).unwrap().is_empty());
        }
        let lists = engine.make_personal_lists(&request(ANNA)).unwrap();
        assert_eq!(engine.personal_lists(&audience(ANNA)).unwrap(), lists);
        lists.into_iter().map(|list| (list.key.clone(), songs(&list.tracks))).collect::<Vec<_>>()
    };
    assert_eq!(make(false), make(true));
}

#[test]
fn lists_hold_what_may_be_seen_when_made_and_when_read() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces(6, 80, 40);
    let engine = engine(folder.path(), &pieces);
    anna(&engine, &pieces);
    let mut dice = Dice(3);
    let some: Vec<ItemId> = pieces.iter().filter(|_| dice.roll() < 0.7).map(item).collect();
    let seen = |allowed: &[ItemId]| Audience { listener: ANNA.to_owned(), allowed: Some(allowed.to_vec()) };
    let holds = |lists: &[PersonalList], allowed: &[ItemId]| {
        let allowed: HashSet<ItemId> = allowed.iter().copied().collect();
        lists.iter().flat_map(|list| &list.tracks).all(|track| allowed.contains(&item(piece(&pieces, track))))
    };
    let made = engine.make_personal_lists(&TasteRequest { audience: seen(&some), ..request(ANNA) }).unwrap();
    assert!(made.len() > 3 && holds(&made, &some));
    engine.make_personal_lists(&request(ANNA)).unwrap();
    let read = engine.personal_lists(&seen(&some)).unwrap();
    assert!(!read.is_empty() && holds(&read, &some));
    assert!(engine.personal_lists(&seen(&[])).unwrap().is_empty());
    // No description names who may not be seen.
    let visible: HashSet<String> =
        pieces.iter().filter(|piece| some.contains(&item(piece))).map(|piece| piece.artist.clone()).collect();
    for artist in pieces.iter().map(|piece| &piece.artist).filter(|artist| !visible.contains(*artist)) {
        assert!(read.iter().all(|list| !list.description.contains(&format!("{artist}."))
            && !list.description.contains(&format!("{artist},"))));
    }
}

#[test]
fn who_is_not_known_has_no_lists() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), &pieces(2, 20, 5));
    assert!(engine.make_personal_lists(&request(ANNA)).unwrap().is_empty());
    assert!(engine.personal_lists(&audience(ANNA)).unwrap().is_empty());
    // A library too small for any list.
    let few = tempfile::tempdir().unwrap();
    let few_pieces = pieces(1, 6, 3);
    let engine = crate::sample::engine(few.path(), &few_pieces);
    engine.set_opinions(ANNA, &[opinion(&few_pieces[0], 5, 1)], true).unwrap();
    assert!(engine.make_personal_lists(&request(ANNA)).unwrap().is_empty());
}
