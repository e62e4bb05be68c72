//! Who may see a part of the library gets nothing of the rest, by no call and by no name.

use std::collections::HashSet;

use segue_engine::{
    Audience, BlendRequest, Engine, Error, ItemId, MixRequest, Neighbour, Opinion, PathRequest, Seed, SeedKind,
    SetKind, TasteRequest,
};

use crate::sample::{Piece, engine, pieces};
use crate::{ANNA, DAY, Dice, item, now, seed};

/// Everything that an audience is told, as tracks; errors as text.
fn everything(
    engine: &Engine,
    audience: &Audience,
    seeds: &[Seed],
    tracks: &[String],
) -> (Vec<Neighbour>, Vec<String>) {
    let mut told = Vec::new();
    let mut errors = Vec::new();
    let mut hear = |answer: Result<Vec<Neighbour>, Error>| match answer {
        Ok(found) => told.extend(found),
        Err(error) => errors.push(format!("{:?}: {error}", error.kind())),
    };
    for seed in seeds {
        let wish = MixRequest {
            seeds: vec![seed.clone()],
            length: 15,
            include_seeds: true,
            audience: audience.clone(),
            ..MixRequest::default()
        };
        hear(engine.mix(&wish));
        hear(engine.mix(&MixRequest { queue: tracks.to_vec(), ..wish }));
        hear(engine.blend(&BlendRequest {
            add: vec![seed.clone()],
            subtract: seeds.to_vec(),
            length: 10,
            temperature: 0.5,
            audience: audience.clone(),
            ..BlendRequest::default()
        }));
        for kind in [SetKind::Artist, SetKind::Album] {
            let sets = engine.similar_sets(kind, seed, 50, audience);
            hear(sets.map(|sets| sets.into_iter().map(|set| set.example).collect()));
        }
    }
    for track in tracks {
        hear(engine.similar(track, 5, audience.allowed.as_deref()));
    }
    let path = PathRequest { waypoints: tracks.to_vec(), length: 20, audience: audience.clone() };
    hear(engine.path(&path).map(|path| path.tracks));
    hear(engine.extend(tracks, 10, 3, audience));
    hear(engine.flow(tracks, audience));
    hear(engine.misfits(tracks, audience).map(|misfits| misfits.into_iter().map(|misfit| misfit.track).collect()));
    let lists = |lists: Vec<segue_engine::PersonalList>| lists.into_iter().flat_map(|list| list.tracks).collect();
    hear(engine.personal_lists(audience).map(lists));
    let request = TasteRequest { audience: audience.clone(), length: 12, ..TasteRequest::default() };
    hear(engine.make_personal_lists(&request).map(lists));
    (told, errors)
}

fn seeds_of(piece: &Piece) -> Vec<Seed> {
    vec![
        seed(SeedKind::Track, piece.item_id()),
        seed(SeedKind::Track, piece.path().to_str().unwrap()),
        seed(SeedKind::Track, piece.song_id()),
        seed(SeedKind::Artist, piece.artist.clone()),
        seed(SeedKind::Album, format!("Album {}", piece.number / 12)),
        seed(SeedKind::Genre, "Jazz"),
        seed(SeedKind::Folder, piece.path().parent().unwrap().to_str().unwrap()),
        seed(SeedKind::Mood, "happy"),
        seed(SeedKind::Taste, ""),
    ]
}

fn opinions(engine: &Engine, pieces: &[Piece]) {
    let opinions: Vec<Opinion> = pieces
        .iter()
        .step_by(3)
        .map(|piece| Opinion { item_id: piece.item_id(), plays: 4, last_played: now() - DAY, ..Opinion::default() })
        .collect();
    engine.set_opinions(ANNA, &opinions, true).unwrap();
}

#[test]
fn every_answer_holds_only_what_may_be_seen() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces(4, 40, 8);
    let engine = engine(folder.path(), &pieces);
    opinions(&engine, &pieces);
    let mut dice = Dice(1);
    for round in 0..6 {
        let share = 0.05 + 0.18 * f64::from(round);
        let allowed: Vec<ItemId> = pieces.iter().filter(|_| dice.roll() < share).map(item).collect();
        let names: HashSet<String> =
            pieces.iter().filter(|piece| allowed.contains(&item(piece))).map(Piece::item_id).collect();
        let audience = Audience { listener: ANNA.to_owned(), allowed: Some(allowed) };
        let piece = &pieces[dice.below(pieces.len())];
        let tracks: Vec<String> = (0..8).map(|_| pieces[dice.below(pieces.len())].item_id()).collect();
        let (told, _) = everything(&engine, &audience, &seeds_of(piece), &tracks);
        assert!(!told.is_empty());
        for track in told {
            assert!(names.contains(&track.item_id), "{}", track.item_id);
            let shown = pieces.iter().find(|piece| piece.item_id() == track.item_id).unwrap();
            assert_eq!((track.path, track.song_id), (shown.path(), shown.song_id()));
        }
    }
    let nothing = Audience { listener: ANNA.to_owned(), allowed: Some(Vec::new()) };
    let (told, errors) =
        everything(&engine, &nothing, &seeds_of(&pieces[0]), &[pieces[0].item_id(), pieces[1].item_id()]);
    assert!(told.is_empty() && !errors.is_empty());
}

#[test]
fn what_is_hidden_is_as_if_it_were_not_there() {
    let all = pieces(4, 40, 8);
    // Style 3 is another library, which Anna may not see. In one store it is there, in the other it never was.
    let (mine, theirs): (Vec<Piece>, Vec<Piece>) = all.into_iter().partition(|piece| piece.style != 3);
    let with = tempfile::tempdir().unwrap();
    let full = engine(with.path(), &[mine.clone(), theirs.clone()].concat());
    let audience = Audience { listener: ANNA.to_owned(), allowed: Some(mine.iter().map(item).collect()) };
    let hidden = theirs.iter().find(|piece| piece.artist == "Artist 3-2").unwrap();
    let without = tempfile::tempdir().unwrap();
    let part = engine(without.path(), &mine);
    let seeds: Vec<Seed> = [
        seed(SeedKind::Track, hidden.item_id()),
        seed(SeedKind::Track, hidden.path().to_str().unwrap()),
        seed(SeedKind::Track, hidden.song_id()),
        seed(SeedKind::Artist, hidden.artist.clone()),
        seed(SeedKind::Genre, "Classical"),
        seed(SeedKind::Folder, hidden.path().parent().unwrap().to_str().unwrap()),
        seed(SeedKind::Playlist, "nothing"),
        seed(SeedKind::Taste, ""),
    ]
    .to_vec();
    let tracks = [hidden.item_id(), hidden.song_id()];
    let (told, errors) = everything(&full, &audience, &seeds, &tracks);
    let (nothing, same_errors) = everything(&part, &audience, &seeds, &tracks);
    assert!(told.is_empty() && nothing.is_empty(), "{told:?}");
    assert_eq!(errors, same_errors);
}

#[test]
fn a_song_in_two_libraries_is_seen_by_the_file_that_may_be_seen() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces(2, 20, 5);
    let store = folder.path().join("segue.db");
    crate::sample::fill(&store, &pieces);
    // The same audio once more, under another artist and album, in a library that is hidden.
    let secret = segue_store::ItemRecord {
        item_id: format!("{:032x}", 0xc000_0001_u64),
        file: segue_store::FileRecord {
            path: "/secret/Hidden Artist/Copy.flac".into(),
            size: 5,
            modified_ns: 7,
            tags: segue_store::FileTags {
                title: "Secret title".to_owned(),
                artist: "Hidden Artist".to_owned(),
                album: "Hidden Album".to_owned(),
                genres: vec!["Hidden Genre".to_owned()],
                ..segue_store::FileTags::default()
            },
        },
    };
    {
        let (db, _) = segue_store::Store::open(&store).unwrap();
        let mut sync = db.begin_sync().unwrap();
        let kept: Vec<segue_store::ItemRecord> = pieces
            .iter()
            .map(|piece| {
                let row = db.file(&piece.path()).unwrap().unwrap();
                let file = segue_store::FileRecord {
                    path: piece.path(),
                    size: row.stamp.size,
                    modified_ns: row.stamp.modified_ns,
                    tags: row.tags,
                };
                segue_store::ItemRecord { item_id: piece.item_id(), file }
            })
            .chain([secret.clone()])
            .collect();
        db.sync(&mut sync, &kept).unwrap();
        db.finish_sync(sync).unwrap();
        let stamp = db.file(&secret.file.path).unwrap().unwrap().stamp;
        assert!(db.link_file(&stamp, &pieces[0].song_id()).unwrap());
        db.close().unwrap();
    }
    let engine = crate::sample::open(folder.path());
    let audience = Audience { listener: String::new(), allowed: Some(pieces.iter().map(item).collect()) };
    let wish = |seed: Seed, audience: &Audience| MixRequest {
        seeds: vec![seed],
        length: 5,
        include_seeds: true,
        audience: audience.clone(),
        ..MixRequest::default()
    };
    for hidden in [
        seed(SeedKind::Artist, "Hidden Artist"),
        seed(SeedKind::Album, "Hidden Album"),
        seed(SeedKind::Album, "Hidden Artist/Hidden Album"),
        seed(SeedKind::Genre, "Hidden Genre"),
        seed(SeedKind::Folder, "/secret"),
        seed(SeedKind::Track, secret.item_id.clone()),
        seed(SeedKind::Track, "/secret/Hidden Artist/Copy.flac"),
    ] {
        assert!(engine.mix(&wish(hidden.clone(), &Audience::default())).is_ok(), "{hidden:?} is there for all");
        let error = engine.mix(&wish(hidden.clone(), &audience)).unwrap_err();
        assert_eq!(error.kind(), segue_engine::ErrorKind::UnknownTrack, "{hidden:?}");
    }
    let mix = engine.mix(&wish(seed(SeedKind::Track, pieces[0].item_id()), &audience)).unwrap();
    assert_eq!((&mix[0].item_id, &mix[0].path), (&pieces[0].item_id(), &pieces[0].path()));
    assert!(mix.iter().all(|track| !track.reason.contains("Secret")), "{mix:?}");
    let own = Audience {
        listener: String::new(),
        allowed: Some(vec![item(&pieces[1]), { u128::from_str_radix(&secret.item_id, 16).unwrap().to_be_bytes() }]),
    };
    let mix = engine.mix(&wish(seed(SeedKind::Track, secret.item_id.clone()), &own)).unwrap();
    assert_eq!((mix[0].item_id.as_str(), &mix[0].path), (secret.item_id.as_str(), &secret.file.path));
    assert_eq!(mix.len(), 2);
    assert!(mix[1].reason.contains("Secret title"), "{}", mix[1].reason);
}
