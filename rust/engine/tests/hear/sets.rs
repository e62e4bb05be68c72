//! Sets of tracks: what is like them, what fits, what does not, and in which order.

use std::collections::HashSet;

use segue_engine::{Audience, BlendRequest, ErrorKind, Neighbour, SeedKind, SetKind};

use crate::sample::{Piece, engine, pieces};
use crate::{item, piece, seed, songs};

fn of_style(pieces: &[Piece], style: usize, count: usize) -> Vec<String> {
    pieces.iter().filter(|piece| piece.style == style).take(count).map(Piece::item_id).collect()
}

fn share(tracks: &[Neighbour], pieces: &[Piece], style: usize) -> f64 {
    tracks.iter().filter(|track| piece(pieces, track).style == style).count() as f64 / tracks.len() as f64
}

#[test]
fn artists_are_like_those_of_their_style() {
    let folder = tempfile::tempdir().unwrap();
    // Eight artists of each style with five songs each, and one with four.
    let pieces = pieces(4, 44, 9);
    let engine = engine(folder.path(), &pieces);
    let everyone = Audience::default();
    let found = engine.similar_sets(SetKind::Artist, &seed(SeedKind::Artist, "Artist 1-0"), 7, &everyone).unwrap();
    assert_eq!(found.len(), 7);
    assert!(found.iter().all(|set| set.name.starts_with("Artist 1-") && set.name != "Artist 1-0"), "{found:?}");
    assert!(found.iter().all(|set| set.name != "Artist 1-8"), "four songs are too few");
    assert!(found.is_sorted_by(|a, b| a.distance <= b.distance));
    for set in &found {
        let example = piece(&pieces, &set.example);
        assert_eq!((example.artist.as_str(), set.songs), (set.name.as_str(), 5));
        assert_eq!(set.example.item_id, example.item_id());
    }
    // Where one song of theirs is hidden, an artist has too few.
    let hidden = pieces.iter().find(|piece| piece.artist == found[0].name).unwrap();
    let allowed = pieces.iter().filter(|piece| *piece != hidden).map(item).collect();
    let seen = engine
        .similar_sets(
            SetKind::Artist,
            &seed(SeedKind::Artist, "Artist 1-0"),
            100,
            &Audience { allowed: Some(allowed), ..Audience::default() },
        )
        .unwrap();
    assert!(seen.iter().all(|set| set.name != found[0].name) && !seen.is_empty());
}

#[test]
fn albums_are_sets_too_and_any_seed_may_ask_for_them() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces(3, 24, 6);
    let engine = engine(folder.path(), &pieces);
    let everyone = Audience::default();
    let found = engine.similar_sets(SetKind::Album, &seed(SeedKind::Album, "Album 0"), 100, &everyone).unwrap();
    let names: HashSet<&str> = found.iter().map(|set| set.name.as_str()).collect();
    assert_eq!(names, HashSet::from(["Album 1", "Album 2", "Album 3", "Album 4", "Album 5"]));
    assert!(found.iter().all(|set| set.songs == 12 && set.artist.is_empty()));
    let by_genre = engine.similar_sets(SetKind::Artist, &seed(SeedKind::Genre, "Jazz"), 100, &everyone);
    // Six artists of a style have four songs each.
    assert!(by_genre.unwrap().is_empty());
    let lost = engine.similar_sets(SetKind::Album, &seed(SeedKind::Album, "Album 99"), 3, &everyone).unwrap_err();
    assert_eq!(lost.kind(), ErrorKind::UnknownTrack);
}

#[test]
fn a_set_is_extended_by_what_fits_it() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces(4, 50, 25);
    let engine = engine(folder.path(), &pieces);
    let set = of_style(&pieces, 2, 12);
    let more = engine.extend(&set, 10, 0, &Audience::default()).unwrap();
    assert_eq!(more.len(), 10);
    assert!(share(&more, &pieces, 2) > 0.9 && more.iter().all(|track| !set.contains(&track.item_id)));
    assert_eq!(engine.extend(&[], 10, 0, &Audience::default()).unwrap_err().kind(), ErrorKind::InvalidArgument);
    let lost = ["/no/such/file".to_owned()];
    assert_eq!(engine.extend(&lost, 10, 0, &Audience::default()).unwrap_err().kind(), ErrorKind::UnknownTrack);
}

#[test]
fn a_stranger_in_a_set_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces(4, 50, 25);
    let engine = engine(folder.path(), &pieces);
    let mut set = of_style(&pieces, 0, 20);
    set.insert(7, of_style(&pieces, 3, 1)[0].clone());
    let found = engine.misfits(&set, &Audience::default()).unwrap();
    assert_eq!(found.len(), 21);
    assert_eq!(found[0].track.item_id, set[7]);
    assert!(found[0].deviations > 3.0 && found[1].deviations < found[0].deviations);
    assert!(engine.misfits(&set[..3], &Audience::default()).unwrap().is_empty());
}

#[test]
fn an_order_that_flows_holds_each_track_once() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces(3, 20, 10);
    let engine = engine(folder.path(), &pieces);
    let mut set: Vec<String> = pieces.iter().map(Piece::item_id).collect();
    set.push(set[0].clone());
    set.push("/no/such/file".to_owned());
    let order = engine.flow(&set, &Audience::default()).unwrap();
    assert_eq!(order.len(), 60);
    assert_eq!(songs(&order).into_iter().collect::<HashSet<_>>().len(), 60);
    assert_eq!(order[0].distance, 0.0);
    // Sorted by style, about: few steps lead from one to another.
    let changes = order.windows(2).filter(|pair| piece(&pieces, &pair[0]).style != piece(&pieces, &pair[1]).style);
    assert!(changes.count() < 20);
}

#[test]
fn a_blend_is_like_what_is_added_and_not_like_what_is_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces(4, 50, 25);
    let engine = engine(folder.path(), &pieces);
    let add = vec![seed(SeedKind::Artist, "Artist 0-1"), seed(SeedKind::Genre, "Jazz")];
    let both = engine.blend(&BlendRequest { add: add.clone(), length: 20, ..BlendRequest::default() }).unwrap();
    assert_eq!(both.len(), 20);
    assert!(share(&both, &pieces, 0) + share(&both, &pieces, 1) > 0.9);
    let less = engine
        .blend(&BlendRequest {
            add,
            subtract: vec![seed(SeedKind::Genre, "Jazz"), seed(SeedKind::Artist, "Nobody")],
            length: 20,
            ..BlendRequest::default()
        })
        .unwrap();
    assert!(share(&less, &pieces, 1) < share(&both, &pieces, 1) || share(&both, &pieces, 1) == 0.0);
    let kind = |request: BlendRequest| engine.blend(&request).unwrap_err().kind();
    assert_eq!(kind(BlendRequest::default()), ErrorKind::InvalidArgument);
    let lost = vec![seed(SeedKind::Artist, "Nobody")];
    assert_eq!(kind(BlendRequest { add: lost, length: 5, ..BlendRequest::default() }), ErrorKind::UnknownTrack);
    let odd = BlendRequest {
        add: vec![segue_engine::Seed { weight: f32::NAN, ..seed(SeedKind::Artist, "Artist 2-1") }],
        temperature: f32::NAN,
        length: usize::MAX,
        ..BlendRequest::default()
    };
    assert!(engine.blend(&odd).unwrap().len() <= 1000);
}
