//! What mixes start from, heed and say.

use std::collections::HashSet;

use segue_engine::{ErrorKind, MixRequest, Opinion, PathRequest, Play, Seed, SeedKind};

use crate::sample::{Piece, engine, pieces};
use crate::{ANNA, BERT, DAY, audience, now, piece, seed, songs};

fn wish(seeds: Vec<Seed>) -> MixRequest {
    MixRequest { seeds, length: 20, ..MixRequest::default() }
}

/// The share of tracks that are of a style.
fn share(tracks: &[segue_engine::Neighbour], pieces: &[Piece], style: usize) -> f64 {
    tracks.iter().filter(|track| piece(pieces, track).style == style).count() as f64 / tracks.len() as f64
}

#[test]
fn every_kind_of_seed_gives_music_of_its_kind() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces(6, 40, 20);
    let engine = engine(folder.path(), &pieces);
    // Sample tags go by the style, so the eighth tag of the first network is style 0's.
    let mood = engine.track(&pieces[0].song_id()).unwrap().unwrap().tags_by_network[0].tags[0].0.clone();
    for seed in [
        seed(SeedKind::Track, pieces[0].item_id()),
        seed(SeedKind::Track, pieces[0].song_id()),
        seed(SeedKind::Track, pieces[0].path().to_str().unwrap()),
        seed(SeedKind::Artist, "ARTIST 0-3"),
        seed(SeedKind::Genre, "rock"),
        seed(SeedKind::Folder, "/music/Artist 0-3"),
        seed(SeedKind::Folder, "/music/Artist 0-3/"),
        seed(SeedKind::Mood, mood),
    ] {
        let mix = engine.mix(&wish(vec![seed.clone()])).unwrap();
        assert_eq!(mix.len(), 20, "{seed:?}");
        assert!(share(&mix, &pieces, 0) > 0.9, "{seed:?}: {}", share(&mix, &pieces, 0));
        assert_eq!(songs(&mix).into_iter().collect::<HashSet<_>>().len(), 20, "{seed:?}");
        assert!(mix.iter().all(|track| track.path == piece(&pieces, track).path()));
    }
    // An album of all styles: all of them come.
    let mix = engine.mix(&wish(vec![seed(SeedKind::Album, "Album 3")])).unwrap();
    assert_eq!(mix.iter().map(|track| piece(&pieces, track).style).collect::<HashSet<_>>().len(), 6);
    let by_performer = engine.mix(&wish(vec![seed(SeedKind::Album, "Artist 0-6/album 3")])).unwrap();
    assert_eq!(songs(&by_performer), songs(&mix));
}

#[test]
fn what_is_not_there_is_said_to_be_unknown() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), &pieces(3, 20, 5));
    for kind in [SeedKind::Track, SeedKind::Album, SeedKind::Artist, SeedKind::Genre, SeedKind::Folder] {
        let error = engine.mix(&wish(vec![seed(kind, "Nobody/Nothing")])).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnknownTrack, "{kind:?}: {error}");
        let error = engine.mix(&wish(vec![seed(kind, " ")])).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{kind:?}: {error}");
    }
    let kind = |seed| engine.mix(&wish(vec![seed])).unwrap_err().kind();
    assert_eq!(kind(seed(SeedKind::Playlist, "nothing")), ErrorKind::UnknownPlaylist);
    assert_eq!(kind(seed(SeedKind::Mood, "no such mood")), ErrorKind::InvalidArgument);
    assert_eq!(kind(seed(SeedKind::Taste, "")), ErrorKind::InvalidArgument);
    assert_eq!(engine.mix(&wish(Vec::new())).unwrap_err().kind(), ErrorKind::InvalidArgument);
    let too_long = seed(SeedKind::Track, "x".repeat(1 << 20));
    assert_eq!(engine.mix(&wish(vec![too_long])).unwrap_err().kind(), ErrorKind::InvalidArgument);
    // One that serves is enough.
    let known = seed(SeedKind::Artist, "Artist 1-1");
    assert!(!engine.mix(&wish(vec![seed(SeedKind::Artist, "Nobody"), known])).unwrap().is_empty());
    let error =
        engine.mix(&MixRequest { audience: audience("not an id"), ..wish(vec![seed(SeedKind::Artist, "Artist 1-1")]) });
    assert_eq!(error.unwrap_err().kind(), ErrorKind::InvalidArgument);
}

#[test]
fn albums_of_one_title_are_told_apart_by_their_artists() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces(2, 60, 30);
    let tracks: Vec<segue_engine::LibraryTrack> = pieces
        .iter()
        .map(|piece| {
            let mut track = piece.track();
            let name = if piece.number < 30 { "Greatest Hits" } else { "Other Songs" };
            track.tags.album = name.to_owned();
            track.tags.album_artist = format!("Band {}", piece.style);
            track
        })
        .collect();
    let engine = engine(folder.path(), &pieces);
    let sync = engine.begin_sync().unwrap();
    engine.sync(sync, &tracks).unwrap();
    engine.finish_sync(sync).unwrap();
    let error = engine.mix(&wish(vec![seed(SeedKind::Album, "Greatest Hits")])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(error.to_string().contains("Artist/Greatest Hits"), "{error}");
    for style in 0..2 {
        let named = seed(SeedKind::Album, format!("Band {style}/Greatest hits"));
        let mix = engine.mix(&MixRequest { length: 10, ..wish(vec![named]) }).unwrap();
        assert!(share(&mix, &pieces, style) > 0.9);
    }
}

#[test]
fn the_same_request_gives_the_same_mix_and_another_variation_another() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), &pieces(4, 60, 20));
    let wish = MixRequest { variation: 7, ..wish(vec![seed(SeedKind::Artist, "Artist 2-1")]) };
    let mix = engine.mix(&wish).unwrap();
    assert_eq!(engine.mix(&wish).unwrap(), mix);
    let other = engine.mix(&MixRequest { variation: 8, ..wish.clone() }).unwrap();
    assert_ne!(songs(&other), songs(&mix));
    // Also for a listener of whom something is known.
    engine.set_opinions(ANNA, &[favourite(&mix[3].item_id)], true).unwrap();
    let wish = MixRequest { audience: audience(ANNA), ..wish };
    assert_eq!(engine.mix(&wish).unwrap(), engine.mix(&wish).unwrap());
}

fn favourite(item_id: &str) -> Opinion {
    Opinion { item_id: item_id.to_owned(), favourite: true, ..Opinion::default() }
}

#[test]
fn a_mix_says_why_each_track_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces(4, 40, 10);
    let engine = engine(folder.path(), &pieces);
    let near = engine.similar(&pieces[0].item_id(), 5, None).unwrap();
    let favourites: Vec<Opinion> = near.iter().map(|track| favourite(&track.item_id)).collect();
    engine.set_opinions(ANNA, &favourites, true).unwrap();
    let mix = engine
        .mix(&MixRequest {
            include_seeds: true,
            audience: audience(ANNA),
            ..wish(vec![seed(SeedKind::Track, pieces[0].item_id())])
        })
        .unwrap();
    assert_eq!(mix[0].song_id, pieces[0].song_id());
    assert!(mix[0].reason.contains("starts"), "{}", mix[0].reason);
    for track in &mix[1..] {
        assert!(track.reason.starts_with("close to “Song 0” (0."), "{}", track.reason);
        assert!(track.reason.contains(" BPM"), "{}", track.reason);
        assert_eq!(
            track.reason.contains("a favourite"),
            favourites.iter().any(|favourite| favourite.item_id == track.item_id)
        );
    }
    assert!(mix.iter().any(|track| track.reason.contains("a favourite")));
}

#[test]
fn what_a_listener_dislikes_never_comes_to_them_and_comes_to_others() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces(3, 40, 20);
    let engine = engine(folder.path(), &pieces);
    let wish = wish(vec![seed(SeedKind::Track, pieces[0].item_id())]);
    let plain = engine.mix(&wish).unwrap();
    let opinions: Vec<Opinion> = plain[..5]
        .iter()
        .map(|track| Opinion { item_id: track.item_id.clone(), disliked: true, ..Opinion::default() })
        .collect();
    engine.set_opinions(ANNA, &opinions, true).unwrap();
    let gone: HashSet<String> = songs(&plain[..5]).into_iter().collect();
    for variation in 0..10 {
        let anna = MixRequest { audience: audience(ANNA), variation, length: 100, ..wish.clone() };
        assert!(songs(&engine.mix(&anna).unwrap()).iter().all(|song| !gone.contains(song)));
    }
    assert_eq!(engine.mix(&MixRequest { audience: audience(BERT), ..wish.clone() }).unwrap(), plain);
    // Forgiven.
    engine.set_opinions(ANNA, &[], true).unwrap();
    assert_eq!(engine.mix(&MixRequest { audience: audience(ANNA), ..wish }).unwrap(), plain);
}

#[test]
fn what_was_skipped_or_just_heard_makes_way_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces(3, 80, 40);
    let engine = engine(folder.path(), &pieces);
    let wish = MixRequest { audience: audience(ANNA), ..wish(vec![seed(SeedKind::Track, pieces[0].item_id())]) };
    let plain = engine.mix(&wish).unwrap();
    let nearest: HashSet<String> = songs(&engine.similar(&pieces[0].item_id(), 6, None).unwrap()).into_iter().collect();
    let among = |mix: &[segue_engine::Neighbour]| songs(mix).iter().filter(|song| nearest.contains(*song)).count();
    assert!(among(&plain) >= 5);
    let plays = |at: i64, skipped: bool| -> Vec<Play> {
        nearest.iter().map(|song| Play { track: song.clone(), at, played_s: 5.0, skipped }).collect()
    };
    engine.log_plays(ANNA, &plays(now() - DAY, true)).unwrap();
    let after_skips = engine.mix(&wish).unwrap();
    assert!(among(&after_skips) < among(&plain), "{} {}", among(&after_skips), among(&plain));
    engine.forget_listener(ANNA).unwrap();
    assert_eq!(engine.mix(&wish).unwrap(), plain);
    engine.log_plays(ANNA, &plays(now() - 600, false)).unwrap();
    let just_heard = engine.mix(&wish).unwrap();
    assert!(among(&just_heard) < among(&plain));
    // Half a year later nothing of it is left but that they were played.
    engine.forget_listener(ANNA).unwrap();
    engine.log_plays(ANNA, &plays(now() - 180 * DAY, true)).unwrap();
    assert!(among(&engine.mix(&wish).unwrap()) >= among(&plain) - 1);
}

#[test]
fn a_queue_goes_on_without_repeating_itself() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces(3, 60, 20);
    let engine = engine(folder.path(), &pieces);
    let seeds = vec![seed(SeedKind::Track, pieces[0].item_id())];
    let mut queue: Vec<String> = Vec::new();
    for _ in 0..4 {
        let wish =
            MixRequest { length: 10, queue: queue.clone(), include_seeds: queue.is_empty(), ..wish(seeds.clone()) };
        let more = engine.mix(&wish).unwrap();
        assert_eq!(more.len(), 10);
        assert!(more.iter().all(|track| !queue.contains(&track.item_id)));
        queue.extend(more.into_iter().map(|track| track.item_id));
    }
    // The queue alone is enough, and what is unknown in it is passed over.
    queue.push("/no/such/file.mp3".to_owned());
    let more = engine.mix(&MixRequest { length: 10, queue: queue.clone(), ..MixRequest::default() }).unwrap();
    assert_eq!(more.len(), 10);
    assert!(more.iter().all(|track| !queue.contains(&track.item_id)));
    let lost = seed(SeedKind::Artist, "Nobody");
    let more = engine.mix(&MixRequest { length: 10, queue, ..wish(vec![lost]) }).unwrap();
    assert_eq!(more.len(), 10);
}

#[test]
fn a_taste_is_a_seed_and_a_personal_list_is_a_playlist_of_its_owner() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces(5, 60, 20);
    let engine = engine(folder.path(), &pieces);
    let liked: Vec<Opinion> =
        pieces.iter().filter(|piece| piece.style == 3).take(20).map(|piece| favourite(&piece.item_id())).collect();
    engine.set_opinions(ANNA, &liked, true).unwrap();
    let mix = engine.mix(&MixRequest { audience: audience(ANNA), ..wish(vec![seed(SeedKind::Taste, "")]) }).unwrap();
    assert!(share(&mix, &pieces, 3) > 0.8);
    let lists = engine
        .make_personal_lists(&segue_engine::TasteRequest { audience: audience(ANNA), ..Default::default() })
        .unwrap();
    let list = seed(SeedKind::Playlist, lists[0].key.clone());
    assert!(engine.mix(&MixRequest { audience: audience(ANNA), ..wish(vec![list.clone()]) }).is_ok());
    let bert = engine.mix(&MixRequest { audience: audience(BERT), ..wish(vec![list.clone()]) }).unwrap_err();
    let nobody = engine.mix(&wish(vec![list])).unwrap_err();
    assert_eq!((bert.kind(), nobody.kind()), (ErrorKind::UnknownPlaylist, ErrorKind::UnknownPlaylist));
}

#[test]
fn a_path_leads_through_its_waypoints() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces(4, 50, 20);
    let engine = engine(folder.path(), &pieces);
    let waypoints: Vec<String> = [0, 1, 2].map(|at: usize| pieces[at].item_id()).to_vec();
    let path =
        engine.path(&PathRequest { waypoints: waypoints.clone(), length: 15, ..PathRequest::default() }).unwrap();
    let items: Vec<&str> = path.tracks.iter().map(|track| track.item_id.as_str()).collect();
    let places: Vec<usize> =
        waypoints.iter().map(|waypoint| items.iter().position(|item| item == waypoint).unwrap()).collect();
    assert!(places.is_sorted() && places[0] == 0 && places[2] == items.len() - 1, "{places:?}");
    assert_eq!(items.iter().collect::<HashSet<_>>().len(), items.len());
    let largest = path.tracks.iter().map(|track| track.distance).fold(0.0, f32::max);
    assert!((largest - path.largest_step).abs() < 1e-5);
    let kind = |waypoints: &[&str], length| {
        let waypoints = waypoints.iter().map(|name| (*name).to_owned()).collect();
        engine.path(&PathRequest { waypoints, length, ..PathRequest::default() }).unwrap_err().kind()
    };
    let (a, b) = (pieces[0].item_id(), pieces[1].item_id());
    assert_eq!(kind(&[&a], 10), ErrorKind::InvalidArgument);
    assert_eq!(kind(&[&a, &b], 1), ErrorKind::InvalidArgument);
    assert_eq!(kind(&[&a, "/nothing"], 10), ErrorKind::UnknownTrack);
}
