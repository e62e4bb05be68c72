//! Runs of the analysis: what is done once, what is done again, and what a stop costs.
#![allow(clippy::unwrap_used)]

mod common;

use std::time::{Duration, Instant};

use common::{analyse, options, piece, pieces, write_wav};
use segue_engine::{Engine, Error, ErrorKind, LibraryTrack, Options, Tags, Verdict};

#[test]
fn a_second_run_decodes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    pieces(&music, 3);
    let engine = Engine::open(options(folder.path())).unwrap();
    let first = analyse(&engine, &music);
    assert_eq!((first.total, first.analysed, first.decoded, first.failed), (3, 3, 3, 0), "{:?}", engine.failures());
    let second = analyse(&engine, &music);
    assert_eq!((second.total, second.decoded), (0, 0));

    // Nor does another process with the same store.
    drop(engine);
    let engine = Engine::open(options(folder.path())).unwrap();
    assert_eq!(analyse(&engine, &music).decoded, 0);
    assert_eq!(engine.songs().unwrap().len(), 3);
}

#[test]
fn a_moved_and_a_retouched_file_are_recognised_by_their_content() {
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    pieces(&music, 2);
    let engine = Engine::open(options(folder.path())).unwrap();
    analyse(&engine, &music);
    let song = engine.find("piece 00.wav").unwrap();

    std::fs::create_dir(music.join("elsewhere")).unwrap();
    std::fs::rename(music.join("piece 00.wav"), music.join("elsewhere/renamed.wav")).unwrap();
    let untouched = std::fs::read(music.join("piece 01.wav")).unwrap();
    std::fs::write(music.join("piece 01.wav"), untouched).unwrap();

    let again = analyse(&engine, &music);
    assert_eq!((again.recognised, again.decoded, again.failed), (2, 0, 0));
    assert_eq!(engine.find("renamed.wav").unwrap(), song);
    assert!(engine.find("piece 00.wav").is_err());
    assert_eq!(engine.songs().unwrap().len(), 2);
}

#[test]
fn a_changed_file_is_heard_again() {
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    pieces(&music, 1);
    let engine = Engine::open(options(folder.path())).unwrap();
    analyse(&engine, &music);
    let before = engine.songs().unwrap();
    write_wav(&music.join("piece 00.wav"), 22_050, 1, &piece(9, 22_050, 1, 5.0));
    assert_eq!(analyse(&engine, &music).decoded, 1);
    let after = engine.songs().unwrap();
    assert_eq!(after.len(), 1);
    assert_ne!(before, after);
}

#[test]
fn other_settings_of_a_stage_redo_that_stage_only() {
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    pieces(&music, 1);
    let engine = Engine::open(options(folder.path())).unwrap();
    analyse(&engine, &music);
    let before = engine.track("piece 00.wav").unwrap();
    let song = engine.find("piece 00.wav").unwrap();
    let track = engine.track(&song).unwrap().unwrap();
    drop((engine, before));

    let engine = Engine::open(Options { patches: Some(1), ..options(folder.path()) }).unwrap();
    assert_eq!(analyse(&engine, &music).decoded, 1);
    let redone = engine.track(&song).unwrap().unwrap();
    assert_eq!(redone.bpm, track.bpm);
    assert_eq!(redone.loudness_lufs, track.loudness_lufs);
    assert_eq!(engine.patches(&song).unwrap()[0].patches.len(), 1);
}

#[test]
fn a_failure_is_recorded_once_and_tried_again_when_asked_or_changed() {
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    pieces(&music, 1);
    std::fs::write(music.join("noise.mp3"), [7u8; 4000]).unwrap();
    let engine = Engine::open(options(folder.path())).unwrap();
    let first = analyse(&engine, &music);
    assert_eq!((first.analysed, first.failed), (1, 1));
    let failures = engine.failures().unwrap();
    assert_eq!(failures.len(), 1);
    assert!(failures[0].path.ends_with("noise.mp3"));
    assert!(!failures[0].reason.is_empty() && !failures[0].detail.is_empty());

    assert_eq!(analyse(&engine, &music).total, 0);
    assert_eq!(engine.retry_failed().unwrap(), 1);
    assert_eq!(analyse(&engine, &music).failed, 1);

    write_wav(&music.join("noise.mp3"), 22_050, 1, &piece(3, 22_050, 1, 4.0));
    assert_eq!(analyse(&engine, &music).analysed, 1);
    assert!(engine.failures().unwrap().is_empty());
}

#[test]
fn a_failure_that_was_not_the_files_own_is_tried_again_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    pieces(&music, 2);
    let engine = Engine::open(options(folder.path())).unwrap();
    engine.scan_folders(std::slice::from_ref(&music), &|| true).unwrap();
    // A share that goes away in the middle of a run, and comes back.
    let away = folder.path().join("away");
    std::fs::rename(&music, &away).unwrap();
    let gone = engine.analyse(&mut |_| Verdict::GoOn).unwrap();
    assert_eq!((gone.failed, engine.failures().unwrap()[0].reason.as_str()), (2, "not-found"));
    std::fs::rename(&away, &music).unwrap();
    assert_eq!(engine.analyse(&mut |_| Verdict::GoOn).unwrap().analysed, 2);
    assert!(engine.failures().unwrap().is_empty());
}

#[test]
fn an_ffmpeg_that_is_named_later_is_given_what_needed_it() {
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    std::fs::create_dir(&music).unwrap();
    // The first bytes of a WMA file: enough to know that nobody here but ffmpeg reads it.
    std::fs::write(
        music.join("a.wma"),
        [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11, 0xa6, 0xd9, 0, 0xaa, 0, 0x62, 0xce, 0x6c],
    )
    .unwrap();
    let engine = Engine::open(options(folder.path())).unwrap();
    analyse(&engine, &music);
    assert_eq!(engine.failures().unwrap()[0].reason, "unsupported");
    assert_eq!(analyse(&engine, &music).total, 0);
    drop(engine);
    let named = Options { ffmpeg: Some(folder.path().join("no-such-ffmpeg")), ..options(folder.path()) };
    let engine = Engine::open(named).unwrap();
    assert_eq!(analyse(&engine, &music).failed, 1);
}

#[test]
fn a_sync_that_was_dropped_is_made_up_for_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    pieces(&music, 3);
    let engine = Engine::open(options(folder.path())).unwrap();
    analyse(&engine, &music);
    let items: Vec<LibraryTrack> = (0..3)
        .map(|number| LibraryTrack {
            item_id: format!("{number:032x}"),
            path: music.join(format!("piece {number:02}.wav")),
            tags: Tags::default(),
        })
        .collect();
    let dropped = engine.begin_sync().unwrap();
    engine.sync(dropped, &items).unwrap();
    let generation = engine.begin_sync().unwrap();
    assert_eq!(engine.sync(dropped, &items).unwrap_err().kind(), ErrorKind::InvalidArgument);
    engine.sync(generation, &items).unwrap();
    engine.finish_sync(generation).unwrap();
    assert_eq!(engine.similar(&items[0].item_id, 5, None).unwrap().len(), 2);
}

#[test]
fn a_file_that_is_away_keeps_its_item() {
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    pieces(&music, 2);
    let engine = Engine::open(options(folder.path())).unwrap();
    let items: Vec<LibraryTrack> = (0..2)
        .map(|number| LibraryTrack {
            item_id: format!("{number:032x}"),
            path: music.join(format!("piece {number:02}.wav")),
            tags: Tags::default(),
        })
        .collect();
    let sync = || {
        let generation = engine.begin_sync().unwrap();
        engine.sync(generation, &items).unwrap();
        engine.finish_sync(generation).unwrap()
    };
    sync();
    engine.analyse(&mut |_| Verdict::GoOn).unwrap();
    // The disk is unmounted; the server still lists its items.
    std::fs::rename(&music, folder.path().join("away")).unwrap();
    assert_eq!(sync().removed, 0);
    assert_eq!(engine.similar(&items[0].item_id, 5, None).unwrap().len(), 1);
}

#[test]
fn a_callback_may_ask_while_another_thread_closes() {
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    pieces(&music, 2);
    let engine = Engine::open(options(folder.path())).unwrap();
    engine.scan_folders(std::slice::from_ref(&music), &|| true).unwrap();
    engine.set_paused(true);
    let (asked, closing) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        let engine = &engine;
        scope.spawn(move || {
            closing.recv().unwrap();
            engine.close();
        });
        let mut first = true;
        let summary = engine.analyse(&mut |_| {
            if std::mem::take(&mut first) {
                asked.send(()).unwrap();
                // Long enough for the other thread to wait for this call's end.
                std::thread::sleep(Duration::from_millis(300));
            }
            // Answered or refused, but never waiting for ever.
            (engine.statistics().is_ok() || !first).into()
        });
        assert!(summary.unwrap().cancelled);
    });
}

#[test]
fn a_cancel_is_honoured_at_once_and_the_next_run_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    std::fs::create_dir(&music).unwrap();
    for number in 0..4 {
        write_wav(&music.join(format!("{number}.wav")), 44_100, 2, &piece(number, 44_100, 2, 120.0));
    }
    let engine = Engine::open(options(folder.path())).unwrap();
    engine.scan_folders(std::slice::from_ref(&music), &|| true).unwrap();
    let begun = Instant::now();
    let mut asked_to_stop = None;
    let stopped = engine
        .analyse(&mut |_| {
            let stop = begun.elapsed() > Duration::from_millis(700);
            if stop {
                asked_to_stop.get_or_insert_with(Instant::now);
            }
            (!stop).into()
        })
        .unwrap();
    // Half a second is promised; a busy test machine gets as much again.
    assert!(asked_to_stop.unwrap().elapsed() < Duration::from_secs(1));
    assert!(stopped.cancelled);
    assert!(stopped.analysed < 4);
    let rest = engine.analyse(&mut |_| Verdict::GoOn).unwrap();
    assert_eq!(stopped.analysed + rest.analysed, 4);
    assert!(!rest.cancelled);
}

#[test]
fn a_run_makes_way_while_the_server_is_busy_and_goes_on_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    pieces(&music, 3);
    let engine = Engine::open(Options { gentle: true, ..options(folder.path()) }).unwrap();
    engine.scan_folders(std::slice::from_ref(&music), &|| true).unwrap();
    let begun = Instant::now();
    let busy_for = Duration::from_millis(900);
    let mut done_while_busy = Vec::new();
    let summary = engine
        .analyse(&mut |progress| {
            if begun.elapsed() < busy_for {
                done_while_busy.push((progress.done, progress.paused));
                Verdict::Wait
            } else {
                Verdict::GoOn
            }
        })
        .unwrap();
    assert_eq!((summary.analysed, summary.cancelled), (3, false));
    assert!(begun.elapsed() > busy_for);
    // Asked again and again, and nothing was finished meanwhile.
    assert!(done_while_busy.len() >= 3 && done_while_busy.iter().all(|&(done, _)| done == 0), "{done_while_busy:?}");
    assert!(done_while_busy.last().unwrap().1, "it says that it waits");
    assert!(summary.worker_seconds.iter().any(|(part, seconds)| part == "musicnn" && *seconds > 0.0));
    let worked: f64 = summary.worker_seconds.iter().map(|(_, seconds)| seconds).sum();
    assert!(worked < summary.elapsed_seconds, "one thread cannot work for longer than the run");
}

#[test]
fn a_paused_run_waits_and_one_that_is_closed_ends() {
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    pieces(&music, 3);
    let engine = Engine::open(options(folder.path())).unwrap();
    engine.scan_folders(std::slice::from_ref(&music), &|| true).unwrap();
    engine.set_paused(true);
    std::thread::scope(|scope| {
        let run = scope.spawn(|| engine.analyse(&mut |_| Verdict::GoOn));
        std::thread::sleep(Duration::from_millis(600));
        let statistics = engine.statistics().unwrap();
        assert_eq!(statistics.activity, segue_engine::Activity::Paused);
        assert_eq!(statistics.progress.done, 0);
        assert!(matches!(engine.analyse(&mut |_| Verdict::GoOn), Err(Error::Busy)));
        engine.close();
        let summary = run.join().unwrap().unwrap();
        assert!(summary.cancelled);
    });
    assert_eq!(engine.songs().unwrap_err().kind(), ErrorKind::Closed);
    engine.close();
}

#[test]
fn a_library_is_synced_and_answers_by_item() {
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    pieces(&music, 6);
    let engine = Engine::open(options(folder.path())).unwrap();
    let item = |number: u32| LibraryTrack {
        item_id: format!("{number:032x}"),
        path: music.join(format!("piece {number:02}.wav")),
        tags: Tags { title: format!("Piece {number}"), artist: format!("Artist {}", number % 3), ..Tags::default() },
    };
    let generation = engine.begin_sync().unwrap();
    engine.sync(generation, &(0..6).map(item).collect::<Vec<_>>()).unwrap();
    assert_eq!(engine.finish_sync(generation).unwrap().added, 6);
    assert_eq!(engine.similar(&item(1).item_id, 3, None).unwrap_err().kind(), ErrorKind::NotAnalysed);
    engine.analyse(&mut |_| Verdict::GoOn).unwrap();

    let near = engine.similar(&item(1).item_id, 10, None).unwrap();
    assert_eq!(near.len(), 5);
    assert!(near.iter().all(|n| n.item_id != item(1).item_id && n.item_id.len() == 32));
    assert!(near.windows(2).all(|pair| pair[0].distance <= pair[1].distance));

    // Only what may be seen, also as the seed.
    let allowed: Vec<[u8; 16]> = [1u128, 2, 4].map(u128::to_be_bytes).to_vec();
    let hidden = engine.similar(&item(3).item_id, 10, Some(&allowed)).unwrap_err();
    assert_eq!(hidden.kind(), ErrorKind::UnknownTrack);
    let near = engine.similar(&item(1).item_id, 10, Some(&allowed)).unwrap();
    let mut seen: Vec<_> = near.iter().map(|n| n.item_id.clone()).collect();
    seen.sort();
    assert_eq!(seen, [item(2).item_id, item(4).item_id]);
    let mix = engine
        .mix(&segue_engine::MixRequest {
            seeds: vec![segue_engine::Seed { name: item(1).item_id, ..Default::default() }],
            length: 10,
            include_seeds: true,
            audience: segue_engine::Audience { allowed: Some(allowed), ..Default::default() },
            ..Default::default()
        })
        .unwrap();
    let seen: Vec<&str> = mix.iter().map(|n| n.item_id.as_str()).collect();
    assert_eq!(seen[0], item(1).item_id);
    assert!([1, 2, 4].map(item).iter().all(|item| seen.contains(&item.item_id.as_str())) && seen.len() == 3, "{mix:?}");

    // An item that leaves the library is no longer offered; what was heard of it stays.
    let generation = engine.begin_sync().unwrap();
    engine.sync(generation, &(0..5).map(item).collect::<Vec<_>>()).unwrap();
    assert_eq!(engine.finish_sync(generation).unwrap().removed, 1);
    let near = engine.similar(&item(1).item_id, 10, None).unwrap();
    assert!(near.iter().all(|n| n.item_id != item(5).item_id));
    let generation = engine.begin_sync().unwrap();
    engine.sync(generation, &(0..6).map(item).collect::<Vec<_>>()).unwrap();
    engine.finish_sync(generation).unwrap();
    assert_eq!(engine.analyse(&mut |_| Verdict::GoOn).unwrap().decoded, 0);
    assert_eq!(engine.similar(&item(1).item_id, 10, None).unwrap().len(), 5);
}

#[test]
fn playlists_keep_their_keys_from_run_to_run() {
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    pieces(&music, 12);
    let engine = Engine::open(options(folder.path())).unwrap();
    analyse(&engine, &music);
    let cluster = segue_engine::ClusterRequest { runs: 20, ..Default::default() };
    let request = segue_engine::PlaylistRequest { cluster, min_songs: 2, ..Default::default() };
    let first = engine.playlists(&request, &mut |_| true).unwrap().playlists;
    assert!(!first.is_empty());
    let second = engine.playlists(&request, &mut |_| true).unwrap().playlists;
    let keys =
        |lists: &[segue_engine::Playlist]| lists.iter().map(|p| (p.key.clone(), p.name.clone())).collect::<Vec<_>>();
    assert_eq!(keys(&first), keys(&second));
    assert!(matches!(engine.playlists(&request, &mut |_| false), Err(Error::Cancelled)));
    assert_eq!(engine.find("").unwrap_err().kind(), ErrorKind::InvalidArgument);
}

#[test]
fn nonsense_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(options(folder.path())).unwrap();
    assert_eq!(engine.find("nothing").unwrap_err().kind(), ErrorKind::UnknownTrack);
    assert_eq!(engine.similar("nothing", 5, None).unwrap_err().kind(), ErrorKind::UnknownTrack);
    assert_eq!(engine.mix(&Default::default()).unwrap_err().kind(), ErrorKind::InvalidArgument);
    let track = LibraryTrack { item_id: "no id".into(), ..LibraryTrack::default() };
    let generation = engine.begin_sync().unwrap();
    assert_eq!(engine.sync(generation, &[track]).unwrap_err().kind(), ErrorKind::InvalidArgument);
    let missing = engine.scan_folders(&[folder.path().join("missing")], &|| true).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::Io);
    assert_eq!(Engine::open(Options::default()).err().map(|e| e.kind()), Some(ErrorKind::InvalidArgument));
    let bad_models =
        Options { models: Some(folder.path().join("none")), store: folder.path().join("b.db"), ..Options::default() };
    let music = folder.path().join("music");
    pieces(&music, 1);
    let engine = Engine::open(bad_models).unwrap();
    engine.scan_folders(&[music], &|| true).unwrap();
    assert_eq!(engine.analyse(&mut |_| Verdict::GoOn).unwrap_err().kind(), ErrorKind::Models);
}
