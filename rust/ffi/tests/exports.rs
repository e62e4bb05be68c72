//! The exports, called as a host would: with good and bad engines, and with answers that only a broken caller ignores.

mod support;

use std::path::Path;

use interoptopus::ffi;
use interoptopus::wire::Wire;
use segue_native::{
    KeepGoing, ProgressCallback, Status, segue_analyse, segue_begin_sync, segue_check_guard, segue_close,
    segue_failures, segue_finish_sync, segue_free, segue_open, segue_retry_failed, segue_scan_folders,
    segue_set_paused, segue_similar, segue_statistics, segue_sync, segue_track, segue_version,
};
use support::{last_error, open, options, status};

/// Every call that takes an engine.
fn all_calls(engine: u64) -> Vec<(&'static str, Status)> {
    let text = || Wire::from("x".to_owned());
    vec![
        ("begin_sync", status(segue_begin_sync(engine))),
        ("sync", status(segue_sync(engine, 1, Wire::from(Vec::new())))),
        ("finish_sync", status(segue_finish_sync(engine, 1))),
        ("scan_folders", status(segue_scan_folders(engine, Wire::from(Vec::new()), KeepGoing::default()))),
        ("analyse", status(segue_analyse(engine, ProgressCallback::default()))),
        ("set_paused", status(segue_set_paused(engine, ffi::Bool::TRUE))),
        ("retry_failed", status(segue_retry_failed(engine))),
        ("track", status(segue_track(engine, text()))),
        ("similar", status(segue_similar(engine, text(), 1, ffi::Bool::FALSE, ffi::Slice::empty()))),
        ("statistics", status(segue_statistics(engine))),
        ("failures", status(segue_failures(engine))),
        ("close", status(segue_close(engine))),
        ("free", status(segue_free(engine))),
    ]
}

#[test]
fn no_engine_is_a_status_in_every_call() {
    for (call, status) in all_calls(0) {
        assert_eq!(status, Status::NullHandle, "{call}");
    }
    assert!(last_error().contains("open one first"));
    for (call, status) in all_calls(u64::MAX) {
        assert_eq!(status, Status::Closed, "{call}");
    }
}

#[test]
fn a_closed_engine_answers_so_and_a_freed_one_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path());
    assert_eq!(status(segue_close(engine)), Status::Ok);
    assert_eq!(status(segue_close(engine)), Status::Ok, "closing again does nothing");
    assert_eq!(status(segue_statistics(engine)), Status::Closed);
    assert_eq!(status(segue_free(engine)), Status::Ok);
    assert_eq!(status(segue_free(engine)), Status::Closed);
    let other = open(folder.path());
    assert_ne!(engine, other, "a number is never given out again");
    assert_eq!(status(segue_free(other)), Status::Ok);
}

#[test]
fn the_guard_stops_a_panic_and_keeps_its_text() {
    for _ in 0..3 {
        assert_eq!(status(segue_check_guard()), Status::Panic);
        let text = last_error();
        assert!(text.contains("on request") && text.contains("exports"), "{text}");
    }
    assert_eq!(segue_version().unwrap().unwire(), segue_engine::version());
}

#[test]
fn an_error_of_the_engine_comes_with_its_text() {
    assert_eq!(status(segue_open(options(Path::new("")))), Status::InvalidArgument);
    assert!(last_error().contains("store"), "{}", last_error());

    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path());
    let similar =
        segue_similar(engine, Wire::from("no such track".to_owned()), 1, ffi::Bool::FALSE, ffi::Slice::empty());
    assert_eq!(status(similar), Status::UnknownTrack);
    assert!(last_error().contains("no such track"), "{}", last_error());
    assert_eq!(status(segue_free(engine)), Status::Ok);
}

#[test]
fn ids_that_were_cut_short_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path());
    let ids = [7_u8; 33];
    let similar = |restricted, count: usize| {
        status(segue_similar(engine, Wire::from("x".to_owned()), 1, restricted, ids[..count].into()))
    };
    assert_eq!(similar(ffi::Bool::TRUE, 33), Status::InvalidArgument);
    assert_eq!(similar(ffi::Bool::TRUE, 32), Status::UnknownTrack);
    assert_eq!(similar(ffi::Bool::FALSE, 33), Status::UnknownTrack, "they do not count without a restriction");
    assert_eq!(status(segue_free(engine)), Status::Ok);
}

#[test]
fn a_caller_who_says_no_is_obeyed() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("song.mp3"), "").unwrap();
    let engine = open(folder.path());
    let roots = Wire::from(vec![folder.path().to_string_lossy().into_owned()]);
    let no = KeepGoing::from_fn(|| ffi::Bool::FALSE);
    assert_eq!(status(segue_scan_folders(engine, roots, no)), Status::Cancelled);
    assert_eq!(status(segue_free(engine)), Status::Ok);
}

#[test]
fn freeing_meets_a_call_without_harm() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path());
    let callers: Vec<_> = (0..4)
        .map(|_| {
            std::thread::spawn(move || {
                loop {
                    match status(segue_statistics(engine)) {
                        Status::Ok => {}
                        other => return other,
                    }
                }
            })
        })
        .collect();
    std::thread::sleep(std::time::Duration::from_millis(20));
    assert_eq!(status(segue_free(engine)), Status::Ok);
    for caller in callers {
        assert_eq!(caller.join().unwrap(), Status::Closed);
    }
}
