//! Playlists from run to run.

use std::collections::HashSet;
use std::sync::mpsc::channel;

use segue_engine::{ClusterRequest, ErrorKind, NamedBy, Playlist, PlaylistEdit, PlaylistRequest, Step};

use crate::sample::{Piece, engine, fill, open, open_with, pieces, request};

/// The style of most songs of a playlist, and the share that is of it.
fn style(playlist: &Playlist, pieces: &[Piece]) -> (usize, f64) {
    let mut counts = [0usize; 64];
    for track in &playlist.tracks {
        let piece = pieces.iter().find(|piece| piece.song_id() == track.song_id).unwrap();
        counts[piece.style] += 1;
    }
    let (style, most) = counts.iter().enumerate().max_by_key(|(_, count)| **count).unwrap();
    (style, *most as f64 / playlist.tracks.len() as f64)
}

fn songs(playlist: &Playlist) -> HashSet<String> {
    playlist.tracks.iter().map(|track| track.song_id.clone()).collect()
}

#[test]
fn what_belongs_together_becomes_playlists_with_names() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces(6, 60, 20);
    let engine = engine(folder.path(), &pieces);
    let mut steps = Vec::new();
    let run = engine
        .playlists(&request(), &mut |now| {
            steps.push(now.step);
            assert!((0.0..=1.0).contains(&now.fraction));
            true
        })
        .unwrap();
    assert!(run.playlists.len() >= 6, "{}", run.playlists.len());
    let mut seen = HashSet::new();
    let mut names = HashSet::new();
    let mut styles = HashSet::new();
    for playlist in &run.playlists {
        assert!(!playlist.tracks.is_empty() && playlist.tracks.len() <= 40);
        assert!(names.insert(playlist.name.clone()) && !playlist.name.is_empty(), "{}", playlist.name);
        assert!(!playlist.description.is_empty() && playlist.named_by == NamedBy::Rule);
        assert!(playlist.tracks.iter().all(|track| seen.insert(track.song_id.clone())), "a song is in two playlists");
        assert!(playlist.tracks.iter().all(|track| !track.item_id.is_empty() && track.distance.is_finite()));
        let (of, share) = style(playlist, &pieces);
        assert!(share > 0.9, "{}: {share}", playlist.name);
        styles.insert(of);
        let mut by_artist = std::collections::HashMap::new();
        for track in &playlist.tracks {
            let piece = pieces.iter().find(|piece| piece.song_id() == track.song_id).unwrap();
            *by_artist.entry(piece.artist.clone()).or_insert(0) += 1;
        }
        assert!(by_artist.values().all(|count| *count <= 3), "{by_artist:?}");
    }
    assert_eq!(styles.len(), 6, "every style has a playlist");
    assert_eq!(run.report.new, run.playlists.len() as u64);
    assert_eq!(run.report.clusters.quality.taking_part, 360);
    assert!(run.report.clusters.fitness > 0.0 && run.report.finished_at >= run.report.began_at);
    assert_eq!(engine.reports(9).unwrap(), [run.report]);
    assert!(steps.contains(&Step::Gathering));
}

#[test]
fn the_next_run_keeps_the_playlists_that_people_know() {
    let folder = tempfile::tempdir().unwrap();
    let all = pieces(5, 60, 20);
    let engine_1 = engine(folder.path(), &all[..280]);
    let first = engine_1.playlists(&request(), &mut |_| true).unwrap();
    drop(engine_1);
    // New songs, and some that are gone.
    fill(&folder.path().join("segue.db"), &all[20..]);
    let engine_2 = open(folder.path());
    let second = engine_2.playlists(&request(), &mut |_| true).unwrap();
    let kept = second.playlists.iter().filter(|new| first.playlists.iter().any(|old| old.key == new.key));
    let mut count = 0;
    for playlist in kept {
        count += 1;
        let old = first.playlists.iter().find(|old| old.key == playlist.key).unwrap();
        assert_eq!(playlist.name, old.name);
        if playlist.faded == 0 {
            assert!(songs(old).intersection(&songs(playlist)).count() > 0);
        }
    }
    assert!(count * 4 >= first.playlists.len() * 3, "{count} of {}", first.playlists.len());
    let gone: HashSet<String> = all[..20].iter().map(Piece::song_id).collect();
    assert!(
        second.playlists.iter().all(|playlist| songs(playlist).is_disjoint(&gone)),
        "songs that are gone are in no list"
    );
    assert!(second.report.continued > 0 && second.report.run > first.report.run);
    // The order stays too.
    let order = |run: &segue_engine::PlaylistRun| -> Vec<String> {
        run.playlists.iter().map(|playlist| playlist.key.clone()).collect()
    };
    let (before, after) = (order(&first), order(&second));
    let common: Vec<_> = before.iter().filter(|key| after.contains(key)).collect();
    assert!(after.iter().filter(|key| before.contains(key)).eq(common));
}

#[test]
fn the_same_library_and_seed_give_the_same_playlists_on_any_number_of_threads() {
    let pieces = pieces(4, 40, 10);
    let make = |threads| {
        let folder = tempfile::tempdir().unwrap();
        fill(&folder.path().join("segue.db"), &pieces);
        open_with(folder.path(), threads).playlists(&request(), &mut |_| true).unwrap().playlists
    };
    assert_eq!(make(1), make(2));
}

#[test]
fn a_library_that_shrinks_while_groups_are_sought_does_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let all = pieces(4, 40, 10);
    let engine = engine(folder.path(), &all);
    let mut shrunk = false;
    // Long enough to be caught in the middle.
    let cluster = ClusterRequest { runs: 3000, patience: 0, ..ClusterRequest::default() };
    let long = PlaylistRequest { cluster, ..PlaylistRequest::default() };
    let run = engine
        .playlists(&long, &mut |now| {
            if now.step == Step::Searching && now.done > 0 && !shrunk {
                shrunk = true;
                let generation = engine.begin_sync().unwrap();
                engine.sync(generation, &all[60..].iter().map(Piece::track).collect::<Vec<_>>()).unwrap();
                assert_eq!(engine.finish_sync(generation).unwrap().removed, 60);
            }
            true
        })
        .unwrap();
    assert!(shrunk && !run.playlists.is_empty());
    let gone: HashSet<String> = all[..60].iter().map(Piece::song_id).collect();
    assert!(run.playlists.iter().all(|playlist| songs(playlist).is_disjoint(&gone)));
    // The next run knows only what is there.
    let next = engine.playlists(&request(), &mut |_| true).unwrap();
    assert_eq!(next.report.clusters.quality.taking_part, 100);
}

#[test]
fn pinned_renamed_and_excluded_playlists_are_a_persons() {
    let folder = tempfile::tempdir().unwrap();
    let all = pieces(5, 60, 20);
    let engine_1 = engine(folder.path(), &all[..200]);
    let first = engine_1.playlists(&request(), &mut |_| true).unwrap().playlists;
    let (pinned, renamed, excluded) = (&first[0], &first[1], &first[2]);
    let edit = |key: &str, edit: PlaylistEdit| engine_1.edit_playlist(key, &edit).unwrap();
    assert!(edit(&pinned.key, PlaylistEdit { pinned: Some(true), ..PlaylistEdit::default() }).pinned);
    let mine = edit(&renamed.key, PlaylistEdit { name: Some("Sunday".to_owned()), ..PlaylistEdit::default() });
    assert_eq!((mine.name.as_str(), mine.named_by), ("Sunday", NamedBy::Person));
    assert!(edit(&excluded.key, PlaylistEdit { excluded: Some(true), ..PlaylistEdit::default() }).excluded);
    let unknown = engine_1.edit_playlist("no such key", &PlaylistEdit::default()).unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::UnknownPlaylist);
    let hostile = PlaylistEdit { name: Some("two\nlines".to_owned()), ..PlaylistEdit::default() };
    assert_eq!(engine_1.edit_playlist(&renamed.key, &hostile).unwrap_err().kind(), ErrorKind::InvalidArgument);
    drop(engine_1);

    fill(&folder.path().join("segue.db"), &all);
    let engine_2 = open(folder.path());
    let second = engine_2.playlists(&request(), &mut |_| true).unwrap().playlists;
    let by_key = |key: &str| second.iter().find(|playlist| playlist.key == key);
    assert_eq!(
        by_key(&pinned.key).unwrap().tracks.iter().map(|t| &t.song_id).collect::<Vec<_>>(),
        pinned.tracks.iter().map(|t| &t.song_id).collect::<Vec<_>>()
    );
    assert_eq!(by_key(&renamed.key).unwrap().name, "Sunday");
    assert!(by_key(&excluded.key).is_none());
    assert!(
        engine_2.kept_playlists().unwrap().iter().any(|playlist| playlist.key == excluded.key && playlist.excluded)
    );
    // Its group does not come back under another name.
    let was = songs(excluded);
    for playlist in &second {
        assert!(songs(playlist).intersection(&was).count() * 4 < was.len() * 3, "{}", playlist.name);
    }
}

#[test]
fn where_few_are_shown_those_that_people_know_come_first() {
    let folder = tempfile::tempdir().unwrap();
    let all = pieces(8, 30, 12);
    let few = PlaylistRequest { top_playlists: 3, ..request() };
    let engine_1 = engine(folder.path(), &all[..180]);
    let first = engine_1.playlists(&few, &mut |_| true).unwrap().playlists;
    assert_eq!(first.len(), 3);
    drop(engine_1);
    fill(&folder.path().join("segue.db"), &all);
    let engine_2 = open(folder.path());
    let second = engine_2.playlists(&few, &mut |_| true).unwrap();
    let keys = |lists: &[Playlist]| lists.iter().map(|list| list.key.clone()).collect::<Vec<_>>();
    assert_eq!(keys(&second.playlists), keys(&first));
    assert_eq!((second.report.continued, second.report.new, second.report.fading), (3, 0, 0));
    // More are wanted: the known ones stay, others come after them.
    let more = engine_2.playlists(&PlaylistRequest { top_playlists: 5, ..few }, &mut |_| true).unwrap();
    assert_eq!((more.report.continued, more.report.new), (3, 2));
    assert_eq!(keys(&more.playlists)[..3], keys(&first));
}

#[test]
fn a_playlist_that_lost_its_place_fades_for_three_runs_and_is_gone_with_the_fourth() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), &pieces(6, 40, 12));
    let first = engine.playlists(&request(), &mut |_| true).unwrap().playlists;
    assert!(first.len() >= 4);
    let lost = &first[first.len() - 1];
    // From now on two are shown, the first ones.
    let few = PlaylistRequest { top_playlists: 2, ..request() };
    let mut faded = Vec::new();
    for _ in 0..4 {
        let run = engine.playlists(&few, &mut |_| true).unwrap();
        let now = run.playlists.iter().find(|playlist| playlist.key == lost.key);
        assert!(now.is_none_or(|now| songs(now) == songs(lost)), "it stays as it was");
        faded.push(now.map(|playlist| playlist.faded));
    }
    assert_eq!(faded, [Some(1), Some(2), Some(3), None]);
    assert!(engine.kept_playlists().unwrap().iter().all(|playlist| playlist.key != lost.key));
}

#[test]
fn odd_libraries_get_a_clear_answer() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), &[]);
    let run = engine.playlists(&request(), &mut |_| true).unwrap();
    assert!(run.playlists.is_empty() && !run.report.notes.is_empty(), "{:?}", run.report.notes);
    drop(engine);
    for songs in 1..4 {
        let folder = tempfile::tempdir().unwrap();
        let engine = crate::sample::engine(folder.path(), &pieces(1, songs, 0));
        let run = engine.playlists(&request(), &mut |_| true).unwrap();
        assert_eq!(run.report.clusters.quality.taking_part, songs as u64);
    }
}

#[test]
fn a_small_library_gets_a_few_playlists_and_unknown_artists_are_not_one() {
    for artists in [1, 0] {
        let folder = tempfile::tempdir().unwrap();
        let pieces = pieces(4, 9, artists);
        let run = engine(folder.path(), &pieces).playlists(&request(), &mut |_| true).unwrap();
        assert!((2..=6).contains(&run.playlists.len()), "{artists}: {}", run.playlists.len());
        assert!(run.playlists.iter().map(|playlist| playlist.tracks.len()).sum::<usize>() >= 18);
    }
}

#[test]
fn a_no_ends_the_run_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    // So many that the run is not over before it is asked about again.
    let engine = engine(folder.path(), &pieces(4, 400, 10));
    let error = engine.playlists(&PlaylistRequest::default(), &mut |now| now.step == Step::Gathering).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert!(engine.kept_playlists().unwrap().is_empty() && engine.reports(5).unwrap().is_empty());
    assert!(!engine.playlists(&request(), &mut |_| true).unwrap().playlists.is_empty());
}

#[test]
fn of_two_runs_at_once_the_second_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), &pieces(4, 40, 10));
    let (begun, has_begun) = channel();
    let (go_on, may_go_on) = channel::<()>();
    std::thread::scope(|scope| {
        let first = scope.spawn(|| {
            let mut told = false;
            engine.playlists(&request(), &mut move |_| {
                if !told {
                    told = true;
                    begun.send(()).unwrap();
                    may_go_on.recv().unwrap();
                }
                true
            })
        });
        has_begun.recv().unwrap();
        assert_eq!(engine.playlists(&request(), &mut |_| true).unwrap_err().kind(), ErrorKind::Busy);
        // Questions are answered all the while.
        assert_eq!(engine.songs().unwrap().len(), 160);
        go_on.send(()).unwrap();
        assert!(!first.join().unwrap().unwrap().playlists.is_empty());
    });
}
