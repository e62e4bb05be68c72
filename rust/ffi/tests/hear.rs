//! The exports for mixes, paths, blends, sets, listeners, taste and the map, called as a host would.

mod support;

use interoptopus::ffi;
use interoptopus::wire::Wire;
use segue_native::{
    BlendRequest, ExtendRequest, MakeCallback, MixRequest, Opinion, PathRequest, PersonalKind, Play, Seed, SeedKind,
    SetKind, SimilarSetsRequest, Status, TasteRequest, TracksRequest, segue_blend, segue_extend, segue_flow,
    segue_forget_listener, segue_forget_plays, segue_free, segue_log_plays, segue_make_map, segue_make_personal_lists,
    segue_map, segue_misfits, segue_mix, segue_path, segue_personal_lists, segue_set_opinions, segue_similar_sets,
};
use support::{last_error, open, status};

const LISTENER: &str = "00112233445566778899aabbccddeeff";

fn listener() -> Wire<String> {
    Wire::from(LISTENER.to_owned())
}

fn seed() -> Seed {
    Seed { kind: SeedKind::Track, name: "no such track".to_owned(), weight: 0.0 }
}

/// Every call that a caller may restrict.
fn restricted_calls(engine: u64, restricted: ffi::Bool, allowed: &[u8]) -> Vec<(&'static str, Status)> {
    let mix = MixRequest {
        seeds: vec![seed()],
        length: 3,
        artist_cap: 0,
        album_cap: 0,
        window: 0,
        variation: 0,
        include_seeds: true,
        queue: Vec::new(),
        listener: String::new(),
    };
    let path =
        PathRequest { waypoints: vec!["nowhere".into(), "elsewhere".into()], length: 5, listener: String::new() };
    let blend = BlendRequest {
        like: vec![seed()],
        unlike: Vec::new(),
        length: 3,
        temperature: 0.0,
        variation: 0,
        artist_cap: 0,
        listener: String::new(),
    };
    let sets = SimilarSetsRequest { kind: SetKind::Album, seed: seed(), count: 3 };
    let tracks = || Wire::from(TracksRequest { tracks: vec!["nowhere".into()], listener: String::new() });
    let extend = ExtendRequest { tracks: vec!["nowhere".into()], count: 3, variation: 0, listener: String::new() };
    let taste = TasteRequest {
        listener: LISTENER.to_owned(),
        kinds: vec![PersonalKind::OnRepeat],
        daily_mixes: 0,
        length: 0,
        artist_cap: 0,
        variation: 0,
        now: 1_700_000_000,
    };
    vec![
        ("mix", status(segue_mix(engine, Wire::from(mix), restricted, allowed.into()))),
        ("path", status(segue_path(engine, Wire::from(path), restricted, allowed.into()))),
        ("blend", status(segue_blend(engine, Wire::from(blend), restricted, allowed.into()))),
        ("similar_sets", status(segue_similar_sets(engine, Wire::from(sets), restricted, allowed.into()))),
        ("extend", status(segue_extend(engine, Wire::from(extend), restricted, allowed.into()))),
        ("misfits", status(segue_misfits(engine, tracks(), restricted, allowed.into()))),
        ("flow", status(segue_flow(engine, tracks(), restricted, allowed.into()))),
        (
            "make_personal_lists",
            status(segue_make_personal_lists(engine, Wire::from(taste), restricted, allowed.into())),
        ),
        ("personal_lists", status(segue_personal_lists(engine, listener(), restricted, allowed.into()))),
        ("map", status(segue_map(engine, restricted, allowed.into()))),
    ]
}

/// The other calls.
fn other_calls(engine: u64) -> Vec<(&'static str, Status)> {
    let opinion = Opinion { item_id: LISTENER.into(), plays: 1, favourite: true, disliked: false, last_played: 0 };
    let play = Play { track: "nowhere".into(), at: 1_700_000_000, played_s: 30.0, skipped: false };
    vec![
        ("set_opinions", status(segue_set_opinions(engine, listener(), Wire::from(vec![opinion]), ffi::Bool::FALSE))),
        ("log_plays", status(segue_log_plays(engine, listener(), Wire::from(vec![play])))),
        ("forget_plays", status(segue_forget_plays(engine, i64::MAX))),
        ("forget_listener", status(segue_forget_listener(engine, listener()))),
        ("make_map", status(segue_make_map(engine, MakeCallback::default()))),
    ]
}

#[test]
fn no_engine_is_a_status_in_every_call() {
    let all = |engine| restricted_calls(engine, ffi::Bool::FALSE, &[]).into_iter().chain(other_calls(engine));
    for (call, status) in all(0) {
        assert_eq!(status, Status::NullHandle, "{call}");
    }
    for (call, status) in all(u64::MAX) {
        assert_eq!(status, Status::Closed, "{call}");
    }
}

#[test]
fn ids_that_were_cut_short_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path());
    for length in [1, 15, 17, 33] {
        for (call, status) in restricted_calls(engine, ffi::Bool::TRUE, &vec![7; length]) {
            assert_eq!(status, Status::InvalidArgument, "{call}");
        }
        assert!(last_error().contains("16-byte ids"), "{}", last_error());
    }
    let unrestricted = |bytes| restricted_calls(engine, ffi::Bool::FALSE, bytes);
    assert_eq!(unrestricted(&[7; 33]), unrestricted(&[]), "they do not count without a restriction");
    assert_eq!(status(segue_free(engine)), Status::Ok);
}

#[test]
fn an_empty_store_knows_nothing_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path());
    let answers = |restricted, allowed: &[u8]| -> Vec<_> { restricted_calls(engine, restricted, allowed) };
    for (call, status) in answers(ffi::Bool::FALSE, &[]).into_iter().chain(answers(ffi::Bool::TRUE, &[7; 32])) {
        let expected = match call {
            "mix" | "path" | "blend" | "similar_sets" => &[Status::UnknownTrack][..],
            "personal_lists" | "make_personal_lists" | "map" => &[Status::Ok],
            _ => &[Status::UnknownTrack, Status::Ok],
        };
        assert!(expected.contains(&status), "{call}: {status:?}, {}", last_error());
    }
    assert_eq!(segue_set_opinions(engine, listener(), Wire::from(Vec::new()), ffi::Bool::TRUE).unwrap(), 0);
    assert_eq!(segue_log_plays(engine, listener(), Wire::from(Vec::new())).unwrap(), 0);
    assert_eq!(segue_forget_plays(engine, i64::MAX).unwrap(), 0);
    assert!(segue_map(engine, ffi::Bool::FALSE, ffi::Slice::empty()).unwrap().unwire().points.is_empty());
    assert_eq!(status(segue_free(engine)), Status::Ok);
}
