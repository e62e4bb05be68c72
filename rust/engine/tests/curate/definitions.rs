//! Playlists by definition.

use segue_engine::{DefinitionRequest, ErrorKind, PlaylistEdit, PlaylistKind};

use crate::sample::{Piece, engine, fill, open, pieces, request};

fn wish(definition: &str) -> DefinitionRequest {
    DefinitionRequest { definition: definition.to_owned(), ..DefinitionRequest::default() }
}

#[test]
fn a_definition_is_previewed_by_numbers_words_and_limits() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces(6, 20, 5);
    let engine = engine(folder.path(), &pieces);
    let count = |text: &str| engine.preview(&wish(text)).unwrap().tracks.len();
    // Style 2 has tempos round 100 and the genre Ambient.
    assert_eq!(count("tempo 94..106"), 20);
    assert_eq!(count("genre Ambient"), 20);
    assert_eq!(count("genre Ambient, limit 7"), 7);
    assert_eq!(count("tempo 94..106, not genre Ambient"), 0);
    assert_eq!(count("artist \"Artist 3-1\""), 4);
    assert_eq!(count("year 1990..1999"), 20);
    let error = engine.preview(&wish("tempo nonsense")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(error.to_string().contains("nonsense"), "{error}");
    assert!(engine.kept_playlists().unwrap().is_empty());

    let allowed: Vec<[u8; 16]> = pieces
        .iter()
        .filter(|piece| piece.style == 2)
        .take(5)
        .map(|piece| u128::from_str_radix(&piece.item_id(), 16).unwrap().to_be_bytes())
        .collect();
    let seen =
        engine.preview(&DefinitionRequest { allowed: Some(allowed), ..wish("genre Ambient, limit 10") }).unwrap();
    assert_eq!(seen.tracks.len(), 5);
}

#[test]
fn a_kept_definition_is_filled_anew_by_each_run() {
    let folder = tempfile::tempdir().unwrap();
    let all = pieces(6, 30, 5);
    let engine_1 = engine(folder.path(), &all[..120]);
    let kept =
        engine_1.keep_definition(&DefinitionRequest { name: "Ambient".to_owned(), ..wish("genre Ambient") }).unwrap();
    assert_eq!((kept.kind, kept.tracks.len(), kept.name.as_str()), (PlaylistKind::Definition, 20, "Ambient"));
    assert_eq!(engine_1.keep_definition(&wish("genre Rock")).unwrap_err().kind(), ErrorKind::InvalidArgument);
    let other = DefinitionRequest { name: "Ambient".to_owned(), key: "nowhere".to_owned(), ..wish("genre Rock") };
    assert_eq!(engine_1.keep_definition(&other).unwrap_err().kind(), ErrorKind::UnknownPlaylist);
    drop(engine_1);

    fill(&folder.path().join("segue.db"), &all);
    let engine_2 = open(folder.path());
    let run = engine_2.playlists(&request(), &mut |_| true).unwrap();
    let filled = run.playlists.iter().find(|playlist| playlist.key == kept.key).unwrap();
    assert_eq!((filled.tracks.len(), filled.definition.as_str()), (30, kept.definition.as_str()));
    // Another definition under the same key.
    let changed = DefinitionRequest { name: "Jazz".to_owned(), key: kept.key.clone(), ..wish("genre Jazz") };
    let changed = engine_2.keep_definition(&changed).unwrap();
    assert_eq!((changed.key.as_str(), changed.name.as_str(), changed.tracks.len()), (kept.key.as_str(), "Jazz", 30));
    // Pinned, it keeps what it holds.
    engine_2.edit_playlist(&kept.key, &PlaylistEdit { pinned: Some(true), ..PlaylistEdit::default() }).unwrap();
    drop(engine_2);
    let left: Vec<Piece> = all.iter().filter(|piece| piece.style != 1 || piece.number > 60).cloned().collect();
    fill(&folder.path().join("segue.db"), &left);
    let engine_3 = open(folder.path());
    engine_3.playlists(&request(), &mut |_| true).unwrap();
    let pinned = engine_3.kept_playlists().unwrap().into_iter().find(|playlist| playlist.key == kept.key).unwrap();
    assert!(!pinned.tracks.is_empty());
    engine_3.forget_definition(&kept.key).unwrap();
    assert_eq!(engine_3.forget_definition(&kept.key).unwrap_err().kind(), ErrorKind::UnknownPlaylist);
}

#[test]
fn no_rule_gives_the_name_of_a_definition() {
    let all = pieces(3, 30, 10);
    let made = |name: Option<&str>| {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine(folder.path(), &all);
        if let Some(name) = name {
            engine.keep_definition(&DefinitionRequest { name: name.to_owned(), ..wish("genre Rock") }).unwrap();
        }
        let lists = engine.playlists(&request(), &mut |_| true).unwrap().playlists;
        let names = lists.into_iter().filter(|list| list.kind == PlaylistKind::Cluster).map(|list| list.name);
        names.collect::<Vec<_>>()
    };
    let names = made(None);
    let others = made(Some(&names[0]));
    assert_eq!(others.len(), names.len());
    assert!(!others.contains(&names[0]), "{others:?}");
}
