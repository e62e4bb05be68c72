//! What crosses the boundary arrives whole.

use super::*;

#[test]
fn an_item_id_is_two_numbers_and_what_is_none_is_zero() {
    assert_eq!(halves("00112233445566778899aabbccddeeff"), (0x0011_2233_4455_6677, 0x8899_aabb_ccdd_eeff));
    assert_eq!(halves("FFFFFFFFFFFFFFFFffffffffffffffff"), (u64::MAX, u64::MAX));
    for odd in [
        "",
        "12",
        "+0112233445566778899aabbccddeeff",
        "0011223344556677-899aabbccddeef",
        "größer als sechzehn bytes lang…",
    ] {
        assert_eq!(halves(odd), (0, 0), "{odd}");
    }
}

fn seed(kind: SeedKind, name: &str, weight: f32) -> Seed {
    Seed { kind, name: name.to_owned(), weight }
}

#[test]
fn a_wish_for_a_mix_arrives_with_all_that_is_in_it() {
    let wish = MixRequest {
        seeds: vec![seed(SeedKind::Genre, "Größe", 0.5), seed(SeedKind::Taste, "", 0.0)],
        length: 1,
        artist_cap: 2,
        album_cap: 3,
        window: 4,
        variation: u64::MAX,
        include_seeds: true,
        queue: vec!["a".to_owned(), "b".to_owned()],
        listener: "ann".to_owned(),
    };
    let seeds = [
        engine::Seed { kind: engine::SeedKind::Genre, name: "Größe".to_owned(), weight: 0.5 },
        engine::Seed { kind: engine::SeedKind::Taste, name: String::new(), weight: 0.0 },
    ];
    let expected = engine::MixRequest {
        seeds: seeds.to_vec(),
        length: 1,
        artist_cap: 2,
        album_cap: 3,
        window: 4,
        variation: u64::MAX,
        include_seeds: true,
        queue: vec!["a".to_owned(), "b".to_owned()],
        audience: engine::Audience { listener: "ann".to_owned(), allowed: Some(vec![[7; 16]]) },
    };
    assert_eq!(wish.among(Some(vec![[7; 16]])), expected);
}

#[test]
fn wishes_for_paths_blends_and_lists_arrive_with_all_that_is_in_them() {
    let somebody = |allowed| engine::Audience { listener: "bob".to_owned(), allowed };
    let path = PathRequest { waypoints: vec!["a".into(), "b".into()], length: 9, listener: "bob".into() };
    let expected = engine::PathRequest { waypoints: vec!["a".into(), "b".into()], length: 9, audience: somebody(None) };
    assert_eq!(path.among(None), expected);

    let blend = BlendRequest {
        like: vec![seed(SeedKind::Mood, "happy", 2.0)],
        unlike: vec![seed(SeedKind::Artist, "X", 1.0)],
        length: 8,
        temperature: 0.25,
        variation: 7,
        artist_cap: 6,
        listener: "bob".into(),
    };
    let expected = engine::BlendRequest {
        add: vec![engine::Seed { kind: engine::SeedKind::Mood, name: "happy".into(), weight: 2.0 }],
        subtract: vec![engine::Seed { kind: engine::SeedKind::Artist, name: "X".into(), weight: 1.0 }],
        by_sound: false,
        length: 8,
        temperature: 0.25,
        variation: 7,
        artist_cap: 6,
        audience: somebody(Some(Vec::new())),
    };
    assert_eq!(blend.among(Some(Vec::new())), expected, "none allowed is not the same as no restriction");

    let taste = TasteRequest {
        listener: "bob".into(),
        kinds: vec![PersonalKind::OnRepeat, PersonalKind::Discover],
        daily_mixes: 1,
        length: 2,
        artist_cap: 3,
        variation: 4,
        now: -5,
    };
    let expected = engine::TasteRequest {
        audience: somebody(None),
        kinds: vec![engine::PersonalKind::OnRepeat, engine::PersonalKind::Discover],
        daily_mixes: 1,
        length: 2,
        artist_cap: 3,
        variation: 4,
        now: -5,
    };
    assert_eq!(taste.among(None), expected);
}

#[test]
fn what_a_listener_did_arrives_as_it_was_told() {
    let opinion = Opinion { item_id: "i".into(), plays: 3, favourite: true, disliked: false, last_played: 11 };
    let expected = engine::Opinion { item_id: "i".into(), plays: 3, favourite: true, disliked: false, last_played: 11 };
    assert_eq!(engine::Opinion::from(opinion), expected);
    let play = Play { track: "t".into(), at: 12, played_s: 1.5, skipped: true };
    let expected = engine::Play { track: "t".into(), at: 12, played_s: 1.5, skipped: true };
    assert_eq!(engine::Play::from(play), expected);
}

#[test]
fn answers_leave_with_all_that_is_in_them() {
    let near = || engine::Neighbour { song_id: "s".into(), reason: "like the seed".into(), ..Default::default() };
    let path: SongPath = engine::Path { tracks: vec![near()], largest_step: 0.5, jumps: vec![0, 3] }.into();
    assert_eq!((path.tracks.len(), path.largest_step, &path.jumps[..]), (1, 0.5, &[0, 3][..]));
    assert_eq!(path.tracks[0].reason, "like the seed");

    let set = engine::SimilarSet { name: "n".into(), artist: "a".into(), distance: 0.25, songs: 5, example: near() };
    let set = SimilarSet::from(set);
    assert_eq!((&set.name[..], &set.artist[..], set.distance, set.songs), ("n", "a", 0.25, 5));
    assert_eq!(set.example.song_id, "s");

    let misfit: Misfit = engine::Misfit { track: near(), deviations: 4.5 }.into();
    assert_eq!((&misfit.track.song_id[..], misfit.deviations), ("s", 4.5));

    let list = engine::PersonalList {
        key: "k".into(),
        kind: engine::PersonalKind::NewForYou,
        slot: 2,
        name: "n".into(),
        description: "d".into(),
        tracks: vec![near()],
    };
    let list = PersonalList::from(list);
    assert_eq!((&list.key[..], list.kind, list.slot, list.tracks.len()), ("k", PersonalKind::NewForYou, 2, 1));
    assert_eq!((&list.name[..], &list.description[..]), ("n", "d"));

    let point =
        |item_id: &str| engine::MapPoint { song_id: "s".into(), item_id: item_id.into(), x: -0.5, y: 0.75, region: -1 };
    let region = engine::MapRegion { name: "calm".into(), x: 0.1, y: 0.2, songs: 9 };
    let map: Map = engine::Map { points: vec![point(""), point(&"0f".repeat(16))], regions: vec![region] }.into();
    let half = 0x0f0f_0f0f_0f0f_0f0f;
    let expected = MapPoint { item_high: half, item_low: half, x: -0.5, y: 0.75, region: -1 };
    assert_eq!(map.points, [MapPoint { item_high: 0, item_low: 0, ..expected }, expected]);
    assert_eq!(map.regions, [MapRegion { name: "calm".into(), x: 0.1, y: 0.2, songs: 9 }]);
}
