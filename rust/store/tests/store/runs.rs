use crate::new_store;

#[test]
fn runs_are_listed_newest_first_and_by_kind() {
    let (_folder, store) = new_store();
    let first = store.begin_run("playlists").unwrap();
    let other = store.begin_run("other").unwrap();
    let second = store.begin_run("playlists").unwrap();
    assert!(first < other && other < second);
    assert!(store.finish_run(first, "done", "{}").unwrap());
    assert!(!store.finish_run(second + 1, "done", "{}").unwrap());

    let runs = store.runs("playlists", 10).unwrap();
    assert_eq!(runs.iter().map(|run| run.run_id).collect::<Vec<_>>(), [second, first]);
    assert_eq!((runs[0].finished_at, runs[0].outcome.as_deref(), runs[0].report.as_deref()), (None, None, None));
    assert_eq!((runs[1].outcome.as_deref(), runs[1].report.as_deref()), (Some("done"), Some("{}")));
    assert!(runs[1].finished_at >= Some(runs[1].began_at) && runs[1].began_at > 1_700_000_000);
    assert_eq!(store.runs("playlists", 1).unwrap(), runs[..1]);
    assert!(store.runs("nothing", 10).unwrap().is_empty());
}

#[test]
fn the_oldest_runs_of_a_kind_are_forgotten() {
    let (_folder, store) = new_store();
    let other = store.begin_run("other").unwrap();
    let runs: Vec<i64> = (0..103).map(|_| store.begin_run("playlists").unwrap()).collect();
    let kept: Vec<i64> = store.runs("playlists", usize::MAX).unwrap().iter().map(|run| run.run_id).collect();
    assert_eq!(kept, runs[3..].iter().rev().copied().collect::<Vec<_>>());
    assert_eq!(store.runs("other", 10).unwrap()[0].run_id, other);
}

#[test]
fn a_state_of_any_size_is_kept_replaced_and_forgotten() {
    let (_folder, store) = new_store();
    assert_eq!(store.state("search").unwrap(), None);
    let large = "[1.5,2.5],".repeat(300_000);
    store.set_state("search", Some(&large)).unwrap();
    assert_eq!(store.state("search").unwrap(), Some(large));
    store.set_state("search", Some("small")).unwrap();
    assert_eq!(store.state("search").unwrap().as_deref(), Some("small"));
    assert_eq!(store.setting("search").unwrap(), None, "states are no settings");
    store.set_state("search", None).unwrap();
    assert_eq!(store.state("search").unwrap(), None);
}
