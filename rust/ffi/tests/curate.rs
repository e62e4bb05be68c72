//! The exports for groups and playlists, called as a host would.

mod support;

use interoptopus::ffi;
use interoptopus::wire::Wire;
use segue_native::{
    Algorithm, ClusterRequest, CountRange, Covariance, DefinitionRequest, ExportRequest, FitnessWeights, GroupWeights,
    ImportRequest, InputSpace, Linkage, ListFormat, MakeCallback, NamingKey, NamingProvider, NamingService,
    PlaylistEdit, PlaylistRequest, Scaling, Status, ValueRange, segue_artists, segue_cluster, segue_cover,
    segue_data_quality, segue_edit_playlist, segue_elbow, segue_export, segue_forget_definition, segue_free,
    segue_has_key, segue_import, segue_keep_definition, segue_kept_playlists, segue_make_playlists, segue_preview,
    segue_reports, segue_set_key, segue_understood,
};
use support::{last_error, open, status};

fn defaults() -> PlaylistRequest {
    segue_understood(Wire::from(None)).unwrap().unwire()
}

/// A wish in which nothing is as it is by default.
fn unusual() -> PlaylistRequest {
    PlaylistRequest {
        cluster: ClusterRequest {
            algorithm: Algorithm::Hierarchical,
            space: InputSpace::Features,
            scaling: Scaling::Standard,
            weights: GroupWeights { vggish: 0.1, mfcc: 0.2, spectral: 0.3, rhythmic: 0.4 },
            variance_kept: 0.5,
            top_moods: 6,
            runs: 7,
            patience: 8,
            sample: 9,
            clusters: CountRange { least: 10, most: 11 },
            eps: ValueRange { least: 0.12, most: 0.13 },
            min_samples: CountRange { least: 14, most: 15 },
            components: CountRange { least: 16, most: 17 },
            covariance: Covariance::Diagonal,
            linkage: Linkage::Average,
            pca: CountRange { least: 18, most: 19 },
            wider: false,
            fitness: FitnessWeights { separation: 2.0, purity: 2.1, diversity: 2.2, artists: 2.3, size: 2.4 },
            seed: u64::MAX,
            resume: false,
        },
        max_songs: 25,
        max_songs_per_artist: 26,
        min_songs: 27,
        max_distance: 0.28,
        top_playlists: 29,
        language: "de".to_owned(),
        automatic_names: true,
        name_moods: 30,
        naming: Some(NamingService {
            provider: NamingProvider::OpenAi,
            url: "http://localhost:31".to_owned(),
            model: "größer".to_owned(),
            delay_s: 32.5,
        }),
    }
}

/// Every call that takes an engine.
fn all_calls(engine: u64) -> Vec<(&'static str, Status)> {
    let text = || Wire::from("x".to_owned());
    let nobody = MakeCallback::default;
    let cluster = || Wire::from(defaults().cluster);
    let edit = Wire::from(PlaylistEdit { pinned: None, excluded: None, name: None });
    let definition = || Wire::from(DefinitionRequest { definition: "x".into(), name: "x".into(), key: String::new() });
    let import = Wire::from(ImportRequest { name: "x.m3u".to_owned(), fill: false });
    let export =
        Wire::from(ExportRequest { title: "x".into(), songs: Vec::new(), format: ListFormat::M3u8, folder: None });
    let key = Wire::from(NamingKey { provider: NamingProvider::Gemini, key: None });
    let (no, none) = (ffi::Bool::FALSE, ffi::Slice::empty);
    vec![
        ("make_playlists", status(segue_make_playlists(engine, Wire::from(defaults()), nobody()))),
        ("cluster", status(segue_cluster(engine, cluster(), nobody()))),
        ("elbow", status(segue_elbow(engine, cluster(), 2, 3, nobody()))),
        ("data_quality", status(segue_data_quality(engine, cluster()))),
        ("kept_playlists", status(segue_kept_playlists(engine))),
        ("edit_playlist", status(segue_edit_playlist(engine, text(), edit))),
        ("preview", status(segue_preview(engine, definition(), no, none()))),
        ("keep_definition", status(segue_keep_definition(engine, definition(), no, none()))),
        ("forget_definition", status(segue_forget_definition(engine, text()))),
        ("reports", status(segue_reports(engine, 1))),
        ("import", status(segue_import(engine, none(), import, no, none()))),
        ("export", status(segue_export(engine, export))),
        ("cover", status(segue_cover(engine, text()))),
        ("artists", status(segue_artists(engine, 1))),
        ("set_key", status(segue_set_key(engine, key))),
        ("has_key", status(segue_has_key(engine, Wire::from(NamingProvider::Ollama)))),
    ]
}

#[test]
fn no_engine_is_a_status_in_every_call() {
    for (call, status) in all_calls(0) {
        assert_eq!(status, Status::NullHandle, "{call}");
    }
    for (call, status) in all_calls(u64::MAX) {
        assert_eq!(status, Status::Closed, "{call}");
    }
}

#[test]
fn a_wish_arrives_as_it_was_sent() {
    let wish = unusual();
    let understood = segue_understood(Wire::from(Some(wish.clone()))).unwrap().unwire();
    assert_eq!(understood, wish);
    let defaults = defaults();
    assert_ne!(defaults, wish);
    assert_eq!(defaults.naming, None);
    assert_eq!(defaults.cluster.clusters, CountRange { least: 20, most: 60 });
}

#[test]
fn ids_that_were_cut_short_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path());
    let ids = [7_u8; 33];
    let definition = || Wire::from(DefinitionRequest { definition: "x".into(), name: "x".into(), key: String::new() });
    let import = Wire::from(ImportRequest { name: "x.m3u".to_owned(), fill: false });
    let yes = ffi::Bool::TRUE;
    for refused in [
        status(segue_preview(engine, definition(), yes, ids[..].into())),
        status(segue_keep_definition(engine, definition(), yes, ids[..].into())),
        status(segue_import(engine, ffi::Slice::empty(), import, yes, ids[..].into())),
    ] {
        assert_eq!(refused, Status::InvalidArgument);
        assert!(last_error().contains("16-byte ids"), "{}", last_error());
    }
    assert_eq!(status(segue_free(engine)), Status::Ok);
}

#[test]
fn what_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path());
    let key = || Wire::from("no-such-key".to_owned());
    let edit = Wire::from(PlaylistEdit { pinned: Some(true), excluded: None, name: None });
    for missing in [
        status(segue_edit_playlist(engine, key(), edit)),
        status(segue_cover(engine, key())),
        status(segue_forget_definition(engine, key())),
    ] {
        assert_eq!(missing, Status::UnknownPlaylist);
        assert!(last_error().contains("no-such-key"), "{}", last_error());
    }
    assert_eq!(status(segue_free(engine)), Status::Ok);
}

#[test]
fn a_key_is_kept_and_forgotten_and_never_told() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path());
    let has = |provider| segue_has_key(engine, Wire::from(provider)).unwrap().is();
    let set = |key: Option<&str>| {
        let key = NamingKey { provider: NamingProvider::Gemini, key: key.map(str::to_owned) };
        status(segue_set_key(engine, Wire::from(key)))
    };
    assert!(!has(NamingProvider::Gemini));
    assert_eq!(set(Some("s3cret-k3y")), Status::Ok);
    assert!(has(NamingProvider::Gemini) && !has(NamingProvider::OpenAi));
    assert_eq!(set(None), Status::Ok);
    assert!(!has(NamingProvider::Gemini));

    let odd = "s3cret\nk3y\0";
    assert_eq!(set(Some(odd)), Status::InvalidArgument);
    assert!(!last_error().contains("s3cret"), "{}", last_error());
    assert_eq!(status(segue_free(engine)), Status::Ok);
}
