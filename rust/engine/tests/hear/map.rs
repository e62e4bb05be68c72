//! The map: what lies where, for whom, and what stays.

use std::collections::HashMap;

use segue_engine::{Audience, Engine, Error, Map};

use crate::sample::{Piece, engine, fill, open, open_with, pieces, request};
use crate::{audience, item};

fn whole(engine: &Engine) -> Map {
    engine.map(&audience("")).unwrap()
}

fn places(map: &Map) -> HashMap<&str, (f32, f32)> {
    map.points.iter().map(|point| (point.song_id.as_str(), (point.x, point.y))).collect()
}

/// Of the five nearest on the map, the share that is of the same style.
fn of_one_style(map: &Map, pieces: &[Piece]) -> f64 {
    let style: HashMap<String, usize> = pieces.iter().map(|piece| (piece.song_id(), piece.style)).collect();
    let mut same = 0;
    for own in &map.points {
        let mut others: Vec<_> = map.points.iter().filter(|other| other.song_id != own.song_id).collect();
        others.sort_by(|a, b| {
            let way = |point: &&segue_engine::MapPoint| f32::hypot(point.x - own.x, point.y - own.y);
            way(a).total_cmp(&way(b))
        });
        same += others.iter().take(5).filter(|other| style[&other.song_id] == style[&own.song_id]).count();
    }
    same as f64 / (5 * map.points.len()) as f64
}

#[test]
fn what_sounds_alike_lies_together_and_stays_there() {
    let folder = tempfile::tempdir().unwrap();
    let all = pieces(5, 30, 4);
    let engine = engine(folder.path(), &all);
    assert_eq!(whole(&engine), Map::default());
    let mut shares = Vec::new();
    engine
        .make_map(&mut |now| {
            shares.push(now.fraction);
            true
        })
        .unwrap();
    assert!(!shares.is_empty() && shares.iter().all(|share| (0.0..=1.0).contains(share)));
    let map = whole(&engine);
    assert_eq!(map.points.len(), all.len());
    assert!(map.points.is_sorted_by(|a, b| a.song_id < b.song_id));
    assert!(map.points.iter().all(|point| !point.item_id.is_empty() && point.x.abs() <= 1.0 && point.y.abs() <= 1.0));
    assert!(of_one_style(&map, &all) > 0.9, "{}", of_one_style(&map, &all));
    let songs: u32 = map.regions.iter().map(|region| region.songs).sum();
    assert!(songs == 150 && map.regions.len() > 1 && map.regions.iter().all(|region| !region.name.is_empty()));

    // The same again on another number of threads, from the places there are.
    engine.make_map(&mut |_| true).unwrap();
    let again = whole(&engine);
    drop(engine);
    let (before, after) = (places(&map), places(&again));
    let moved = before.iter().filter(|(song, (x, y))| f32::hypot(after[*song].0 - x, after[*song].1 - y) > 0.1).count();
    assert!(moved < 8, "{moved} of 150 moved");
    assert_eq!(whole(&open_with(folder.path(), 1)), again);
}

#[test]
fn new_songs_lie_with_their_neighbours_and_move_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let all = pieces(4, 40, 4);
    let engine = engine(folder.path(), &all[..110]);
    engine.make_map(&mut |_| true).unwrap();
    let map = whole(&engine);
    drop(engine);
    fill(&folder.path().join("segue.db"), &all);
    let engine = open(folder.path());
    let more = whole(&engine);
    assert_eq!(more.points.len(), 110 + 32, "as many as an answer has time for");
    let all_of_it = whole(&engine);
    assert_eq!(all_of_it.points.len(), 160);
    let (before, after) = (places(&map), places(&all_of_it));
    assert!(before.iter().all(|(song, place)| after[song] == *place));
    assert!(of_one_style(&all_of_it, &all) > 0.85, "{}", of_one_style(&all_of_it, &all));
    drop(engine);
    assert_eq!(whole(&open(folder.path())), all_of_it, "it is kept");
}

#[test]
fn nobody_sees_a_foreign_song_or_a_region_of_foreign_songs() {
    let folder = tempfile::tempdir().unwrap();
    let all = pieces(4, 30, 3);
    let engine = engine(folder.path(), &all);
    engine.make_map(&mut |_| true).unwrap();
    let own: Vec<&Piece> = all.iter().filter(|piece| piece.style == 1).collect();
    let may = Audience { allowed: Some(own.iter().map(|piece| item(piece)).collect()), ..Audience::default() };
    let seen = engine.map(&may).unwrap();
    let mut ids: Vec<String> = own.iter().map(|piece| piece.song_id()).collect();
    ids.sort();
    assert_eq!(seen.points.iter().map(|point| point.song_id.clone()).collect::<Vec<_>>(), ids);
    assert!(seen.regions.len() < whole(&engine).regions.len());
    assert_eq!(seen.regions.iter().map(|region| region.songs as usize).sum::<usize>(), own.len());
    assert!(seen.points.iter().all(|point| (point.region as usize) < seen.regions.len()));
    assert_eq!(engine.map(&Audience { allowed: Some(Vec::new()), ..Audience::default() }).unwrap(), Map::default());
}

#[test]
fn regions_are_the_groups_where_there_are_some() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), &pieces(4, 30, 3));
    engine.playlists(&request(), &mut |_| true).unwrap();
    engine.make_map(&mut |_| true).unwrap();
    let regions = whole(&engine).regions.len() as u64;
    let groups = engine.reports(1).unwrap()[0].clusters.clusters as u64;
    assert!(regions > 0 && regions <= groups, "{regions} regions of {groups} groups");
}

#[test]
fn a_run_ends_when_it_is_told_to_and_keeps_the_last_map() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), &pieces(4, 30, 3));
    engine.make_map(&mut |_| true).unwrap();
    let map = whole(&engine);
    assert!(matches!(engine.make_map(&mut |_| false), Err(Error::Cancelled)));
    assert_eq!(whole(&engine), map);
    engine.close();
    assert!(matches!(engine.map(&audience("")), Err(Error::Closed)));
    assert!(matches!(engine.make_map(&mut |_| true), Err(Error::Closed)));
}
