//! The language of `docs/descriptors.md`.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use segue_lists::definition::{
    Clause, Condition, Definition, Described, Direction, Field, Key, Mood, Range, Scale, Sort, TextField, Trait,
};
use segue_lists::{DefinitionError, Error};

fn parsed(text: &str) -> Definition {
    Definition::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn refused(text: &str) -> DefinitionError {
    match Definition::parse(text) {
        Err(Error::Definition(error)) => error,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn every_form_has_one_canonical_spelling() {
    for (text, canonical) in [
        ("tempo 90..120", "tempo 90..120"),
        ("BPM 90 .. 120 bpm", "tempo 90..120"),
        ("tempo 90bpm..120bpm", "tempo 90..120"),
        ("energy < 0.4 and danceability > 1.2", "energy < 0.4, danceability > 1.2"),
        ("energy ≤ 0.4; arousal ≥ .5", ""),
        ("arousal 0.2..0.5\nvalence > 0.6", "arousal 0.2..0.5, valence > 0.6"),
        ("voice <= .3", ""),
        ("voice <= 0.30, instrumental, not vocal", "voice <= 0.3, instrumental, not vocal"),
        ("loudness -20..-9 LUFS", "loudness -20..-9"),
        ("loudness < -14dB", "loudness < -14"),
        ("key Am, C, 8B", "key Am, C"),
        ("key A minor, Bb, tempo 90..", "key Am, A#, tempo >= 90"),
        ("scale Minor", "scale minor"),
        ("style \"ambient\" > 0.2, tag piano > 0.3", "style ambient > 0.2, tag piano > 0.3"),
        ("tag female vocalists 0.2..0.6", "tag \"female vocalists\" 0.2..0.6"),
        ("tag 80s > 0.1", "tag \"80s\" > 0.1"),
        ("mood calm > 0.5, calm, mood sad", "relaxed > 0.5, relaxed > 0.5, sad > 0.5"),
        ("year 1990..1999", "year 1990..1999"),
        ("year 1994, 2000..2009, < 1970", "year 1994, 2000..2009, < 1970"),
        ("genre Jazz, \"Hip-Hop\"", "genre Jazz, Hip-Hop"),
        ("genre Jazz, tempo 1..2", "genre Jazz, tempo 1..2"),
        ("genre 80s, 90", "genre \"80s\", \"90\""),
        ("artist Miles Davis, The Band", "artist \"Miles Davis\", \"The Band\""),
        ("artist Simon and Garfunkel and tempo 1..2", "artist \"Simon and Garfunkel\", tempo 1..2"),
        ("artist Happy Mondays", "artist \"Happy Mondays\""),
        ("artist 'Guns N'' Roses'", "artist \"Guns N' Roses\""),
        ("album “Kind of Blue”", "album \"Kind of Blue\""),
        ("title \"7\"\" mix\"", "title \"7\"\" mix\""),
        ("genre \"Party\"", "genre \"Party\""),
        ("folder \"C:\\Music\\\", \"Audiobooks\"", "folder \"C:\\Music\\\", Audiobooks"),
        ("duration 2:00..6:00", "duration 2:00..6:00"),
        ("duration 120..360", "duration 2:00..6:00"),
        ("duration 2 min..1h", "duration 2:00..1:00:00"),
        ("duration > 90s", "duration > 1:30"),
        ("duration < 0.5", "duration < 0.5"),
        ("not seasonal, not spoken, not short", "not seasonal, not spoken, not short"),
        ("NOT genre Christmas", "not genre Christmas"),
        (
            "sort energy desc, limit 50, per artist 3, per album 1",
            "sort energy desc, limit 50, per artist 3, per album 1",
        ),
        ("limit 50, sort random", "sort random 1, limit 50"),
        ("sort random 7", "sort random 7"),
        ("sort artist ascending", "sort artist"),
        (" ,; tempo 90..120 ,, ", "tempo 90..120"),
        ("genre Jazz, and tempo 1..2", "genre Jazz, tempo 1..2"),
        ("energy = 0.5", "energy 0.5..0.5"),
    ] {
        if canonical.is_empty() {
            refused(text);
            continue;
        }
        let definition = parsed(text);
        assert_eq!(definition.to_string(), canonical, "{text}");
        assert_eq!(parsed(canonical), definition, "{text}");
    }
}

#[test]
fn errors_say_where_and_what_could_stand_there() {
    for (text, position, found, expected) in [
        ("", 1, "the end", "tempo 90..120"),
        ("tempo fast", 7, "\"fast\"", "a range after tempo, such as 90..120"),
        ("tempo", 6, "the end", "a range after tempo"),
        ("tempo 120", 10, "the end", "a range after tempo, such as 90..120 or > 140"),
        ("tempo 120..90", 7, "\"120\"", "the smaller number first"),
        ("tempi 90..120", 1, "\"tempi\"", "did you mean tempo?"),
        ("gnere Jazz", 1, "\"gnere\"", "did you mean genre?"),
        ("frobnicate 3", 1, "\"frobnicate\"", "what the playlist holds"),
        ("tempo 90..120 energy < 1", 15, "\"energy\"", "a comma"),
        ("energy < high", 10, "\"high\"", "a number"),
        ("energy < 2:00", 10, "\"2:00\"", "minutes and seconds are for duration"),
        ("energy < 3db", 10, "\"3db\"", "without that unit"),
        ("genre", 6, "the end", "a name"),
        ("genre , tempo 1..2", 7, "\",\"", "a name"),
        ("genre \"\"", 7, "\"\"", "between the quotation marks"),
        ("genre \"Jazz", 7, "an opening quotation mark", "a closing one"),
        ("key H", 5, "\"H\"", "a key, such as Am"),
        ("key", 4, "the end", "a key, such as Am"),
        ("scale dorian", 7, "\"dorian\"", "major or minor"),
        ("tag piano", 10, "the end", "how much of it, such as tag piano > 0.3"),
        ("mood blue > 1", 6, "\"blue\"", "a mood (arousal, valence"),
        ("happy very", 7, "\"very\"", "a range after happy"),
        ("instrumental > 0.5", 14, "\">\"", "the measure is voice"),
        ("short < 20", 7, "\"<\"", "the measure is duration"),
        ("not limit 3", 5, "\"limit\"", "the other way round"),
        ("limit 0", 7, "\"0\"", "a whole number from 1 on"),
        ("limit 2.5", 7, "\"2.5\"", "a whole number from 1 on"),
        ("limit 3, limit 4", 10, "\"limit\"", "only once"),
        ("per genre 3", 5, "\"genre\"", "artist or album"),
        ("sort loud", 6, "\"loud\"", "what to sort by"),
        ("sort random -3", 13, "\"-3\"", "a whole number"),
        ("tempo 1..2,\nkey H", 17, "\"H\"", "a key"),
        ("titel x", 1, "\"titel\"", "did you mean title?"),
    ] {
        let error = refused(text);
        assert_eq!((error.position, error.found.as_str()), (position, found), "{text}: {error}");
        assert!(error.expected.contains(expected), "{text}: {error}");
    }
    assert_eq!(
        refused("tempo fast").to_string(),
        "at character 7: found \"fast\", expected a range after tempo, such as 90..120 or > 140"
    );
    assert_eq!(refused("tempo fast").marked("tempo fast"), "tempo fast\n      ^");
    assert_eq!(refused("tempo 1..2,\nkey H").marked("tempo 1..2,\nkey H"), "key H\n    ^");
    assert!(refused(&"x".repeat(20_000)).expected.contains("at most"));
}

fn chance_text(rng: &mut StdRng) -> String {
    const TEXTS: [&str; 14] = [
        "Jazz",
        "Hip-Hop",
        "Party",
        "and",
        "not",
        "Miles Davis",
        "7\" mix",
        "a, b; c",
        "80s",
        "'n'",
        "Björk",
        "C:\\a\\",
        "3",
        "“x”\ny",
    ];
    (*TEXTS.choose(rng).unwrap()).to_owned()
}

fn chance_range(rng: &mut StdRng, field: Field) -> Range {
    let scale = match field {
        Field::Tempo | Field::Duration => 300.0,
        Field::Year => 2000.0,
        _ => 1.0,
    };
    let value = |rng: &mut StdRng| {
        let value: f64 = rng.random_range(-1.0..1.0) * scale;
        if rng.random() { value } else { value.round() }
    };
    let (a, b) = (value(rng), value(rng));
    match rng.random_range(0..6) {
        0 => Range::Above(a),
        1 => Range::AtLeast(a),
        2 => Range::Below(a),
        3 => Range::AtMost(a),
        4 => Range::Between(a, a),
        _ => Range::Between(a.min(b), a.max(b)),
    }
}

fn chance_field(rng: &mut StdRng) -> Field {
    let plain = [
        Field::Tempo,
        Field::Danceability,
        Field::Energy,
        Field::Brightness,
        Field::Loudness,
        Field::Duration,
        Field::Year,
    ];
    let moods = Mood::ALL.map(Field::Mood);
    *[&plain[..], &moods[..]].concat().choose(rng).unwrap()
}

fn chance_condition(rng: &mut StdRng) -> Condition {
    let count = rng.random_range(1..4);
    let ranges = |rng: &mut StdRng, field| (0..count).map(|_| chance_range(rng, field)).collect();
    match rng.random_range(0..7) {
        0 => {
            let field = chance_field(rng);
            Condition::Number(field, ranges(rng, field))
        }
        1 => Condition::Tag(chance_text(rng), ranges(rng, Field::Energy)),
        2 => Condition::Style(chance_text(rng), ranges(rng, Field::Energy)),
        3 => {
            let mut keys: Vec<Key> = Vec::new();
            for _ in 0..count {
                let scale = if rng.random() { Scale::Major } else { Scale::Minor };
                let key = Key { tonic: rng.random_range(0..12), scale };
                if !keys.contains(&key) {
                    keys.push(key);
                }
            }
            Condition::Key(keys)
        }
        4 => Condition::Scale(if rng.random() { Scale::Major } else { Scale::Minor }),
        5 => {
            let fields = [TextField::Genre, TextField::Artist, TextField::Album, TextField::Title, TextField::Folder];
            let mut names: Vec<String> = Vec::new();
            for _ in 0..count {
                let name = chance_text(rng);
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            Condition::Text(*fields.choose(rng).unwrap(), names)
        }
        _ => {
            let traits = [Trait::Seasonal, Trait::Spoken, Trait::Short, Trait::Instrumental, Trait::Vocal];
            Condition::Is(*traits.choose(rng).unwrap())
        }
    }
}

#[test]
fn what_is_displayed_reads_back_as_the_same() {
    let mut rng = StdRng::seed_from_u64(5);
    for _ in 0..4000 {
        let direction = if rng.random() { Direction::Ascending } else { Direction::Descending };
        let mut definition = Definition {
            clauses: (0..rng.random_range(0..6))
                .map(|_| Clause { negated: rng.random(), condition: chance_condition(&mut rng) })
                .collect(),
            sort: match rng.random_range(0..4) {
                0 => None,
                1 => Some(Sort::Random(rng.random())),
                2 => Some(Sort::Text(TextField::Artist, direction)),
                _ => Some(Sort::Number(chance_field(&mut rng), direction)),
            },
            limit: rng.random_bool(0.5).then(|| rng.random_range(1..1000)),
            per_artist: rng.random_bool(0.3).then(|| rng.random_range(1..10)),
            per_album: rng.random_bool(0.3).then(|| rng.random_range(1..10)),
        };
        if definition == Definition::default() {
            definition.limit = Some(1);
        }
        let text = definition.to_string();
        assert_eq!(parsed(&text), definition, "{text}");
    }
}

fn select(text: &str, tracks: &[Described<'_>]) -> Vec<usize> {
    parsed(text).select(tracks)
}

#[test]
fn every_condition_chooses_what_it_says() {
    let known = Described {
        id: "1",
        title: "So What (Remastered)",
        artist: "Miles Davis & Friends",
        album_artist: "Miles Davis",
        album: "Kind of Blue",
        genres: vec!["Vocal Jazz", "Rockabilly"],
        path: Some(std::path::Path::new("/music/Jazz/Miles/01.flac")),
        year: Some(1959),
        duration_s: Some(540.0),
        tempo: Some(136.0),
        danceability: Some(1.3),
        energy: Some(0.3),
        brightness: Some(0.4),
        loudness_lufs: Some(-18.0),
        key: Key::parse("Dm"),
        moods: vec![(Mood::Voice, 0.1), (Mood::Relaxed, 0.8), (Mood::Arousal, 0.2)],
        tags: vec![("jazz", 0.2), ("jazz", 0.6), ("piano", 0.3)],
        styles: vec![("Jazz---Modal", 0.7)],
    };
    let unknown = Described::default();
    let tracks = [known, unknown];
    for text in [
        "tempo 130..140",
        "energy <= 0.3, energy >= 0.3, energy 0.3..0.3",
        "danceability > 1.2",
        "brightness < 0.5",
        "loudness -20..-9",
        "duration > 8:59",
        "year 1990, 1950..1959",
        "calm > 0.7, arousal < 0.5",
        "instrumental",
        "key Dm, C",
        "key 7A",
        "scale minor",
        "tag Jazz > 0.5, tag piano 0.3..1",
        "style modal > 0.5, style \"jazz---modal\" > 0.5",
        "genre Jazz",
        "genre Rock, \"vocal jazz\"",
        "artist miles davis",
        "artist Friends",
        "album \"kind of\"",
        "title so what",
        "folder Jazz",
        "folder \"/Music/jazz\"",
        "folder \"Jazz/Miles\"",
    ] {
        assert_eq!(select(text, &tracks), [0], "{text}");
        let turned = text.split(", ").next().unwrap();
        if !text.contains(',') {
            assert_eq!(select(&format!("not {turned}"), &tracks), [1], "not {turned}");
        }
    }
    for text in [
        "tempo < 130",
        "vocal",
        "scale major",
        "genre Rock",
        "artist Davis",
        "folder \"/Jazz\"",
        "folder \"01.flac\"",
        "tag guitar > 0.1",
        "style Ambient > 0.1",
        "seasonal",
        "spoken",
        "short",
        "sad > 0.1",
    ] {
        assert_eq!(select(text, &tracks), [0_usize; 0], "{text}");
        assert_eq!(select(&format!("not {text}"), &tracks), [0, 1], "not {text}");
    }
}

#[test]
fn what_is_for_a_season_spoken_or_short_can_be_left_out() {
    let plain = Described { title: "Snow", duration_s: Some(30.0), ..Described::default() };
    let tracks = [
        plain.clone(),
        Described { album: "Weihnachten mit uns", ..plain.clone() },
        Described { genres: vec!["Christmas"], ..plain.clone() },
        Described { genres: vec!["Pop", "Hörspiel"], ..plain.clone() },
        Described { styles: vec![("Non-Music---Audiobook", 0.9)], ..plain.clone() },
        Described { styles: vec![("Non-Music---Audiobook", 0.1)], ..plain.clone() },
        Described { duration_s: Some(29.9), ..plain.clone() },
        Described { duration_s: Some(f64::NAN), ..plain },
    ];
    assert_eq!(select("not seasonal", &tracks), [0, 3, 4, 5, 6, 7]);
    assert_eq!(select("not spoken", &tracks), [0, 1, 2, 5, 6, 7]);
    assert_eq!(select("not short", &tracks), [0, 1, 2, 3, 4, 5, 7]);
    assert_eq!(select("seasonal", &tracks), [1, 2]);
    assert_eq!(select("not seasonal, not spoken, not short", &tracks), [0, 5, 7]);
    let spoken = parsed("not spoken, style Dub > 0.3, tag piano > 0.2, tag piano < 0.9");
    assert_eq!(spoken.tag_names(), ["piano"]);
    assert!(spoken.style_names().contains(&"Dub") && spoken.style_names().contains(&"Non-Music---Audiobook"));
}

#[test]
fn sorting_limits_and_caps_are_applied_in_this_order() {
    let track = |id: &'static str, artist: &'static str, energy: Option<f32>| Described {
        id,
        artist,
        album: if artist.is_empty() { "" } else { "One" },
        energy,
        ..Described::default()
    };
    let tracks = [
        track("a", "X", Some(0.5)),
        track("b", "x", Some(0.9)),
        track("c", "", None),
        track("d", "Y", Some(0.5)),
        track("e", "", Some(0.1)),
        track("f", "X feat. Z", Some(f32::NAN)),
    ];
    assert_eq!(select("limit 10", &tracks), [0, 1, 2, 3, 4, 5]);
    assert_eq!(select("sort energy", &tracks), [4, 0, 3, 1, 2, 5]);
    assert_eq!(select("sort energy desc", &tracks), [1, 0, 3, 4, 2, 5]);
    assert_eq!(select("sort energy desc, per artist 1", &tracks), [1, 3, 4, 2]);
    assert_eq!(select("sort energy desc, per artist 1, limit 3", &tracks), [1, 3, 4]);
    assert_eq!(select("per album 1", &tracks), [0, 2, 3, 4, 5]);
    assert_eq!(select("sort artist", &tracks), [0, 1, 5, 3, 2, 4]);
    assert_eq!(select("sort artist desc, limit 2", &tracks), [3, 5]);
    assert_eq!(select("limit 3", &[]), [0_usize; 0]);
}

#[test]
fn a_shuffle_stays_the_same_when_tracks_come_and_go() {
    let ids: Vec<String> = (0..50).map(|at| format!("track {at}")).collect();
    let tracks: Vec<Described<'_>> = ids.iter().map(|id| Described { id, ..Described::default() }).collect();
    let all = select("sort random 7", &tracks);
    assert_eq!(all, select("sort random 7", &tracks));
    assert_ne!(all, select("sort random 8", &tracks));
    assert_ne!(all, (0..50).collect::<Vec<_>>());
    let fewer = select("sort random 7", &tracks[..40]);
    let expected: Vec<usize> = all.into_iter().filter(|&at| at < 40).collect();
    assert_eq!(fewer, expected);
    let nameless = vec![Described::default(); 20];
    assert_eq!(select("sort random 7", &nameless).len(), 20);
}

#[test]
fn a_large_selection_can_be_cancelled() {
    let definition = parsed("not short");
    assert_eq!(definition.select_cancellable(&[Described::default()], &|| true), None);
    assert_eq!(definition.select_cancellable(&[Described::default()], &|| false), Some(vec![0]));
    assert!(definition.filter().admits(&Described { duration_s: Some(31.0), ..Described::default() }));
    assert!(!definition.filter().admits(&Described { duration_s: Some(29.0), ..Described::default() }));
}

/// What the documentation shows is understood, and refused with the words that it shows.
#[test]
fn the_documentations_examples_hold() {
    const DOCS: &str = include_str!("../../../../docs/descriptors.md");
    let examples: Vec<&str> = DOCS.lines().filter_map(|line| line.strip_prefix("    ")).collect();
    let (messages, definitions): (Vec<&str>, Vec<&str>) = examples.iter().partition(|line| line.starts_with("at "));
    assert!(definitions.len() >= 6 && messages.len() >= 2);
    definitions.iter().for_each(|text| drop(parsed(text)));
    let shown: Vec<String> = ["tempo fast", "tempi 90..120"].iter().map(|text| refused(text).to_string()).collect();
    assert_eq!(messages, shown);
    // The first column of the table of conditions.
    let rows = DOCS
        .lines()
        .skip_while(|line| !line.starts_with("| condition"))
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let cells = rows.filter_map(|row| row.split('|').nth(1));
    let conditions: Vec<&str> = cells.filter_map(|cell| cell.split('`').nth(1)).collect();
    assert!(conditions.len() > 20);
    conditions.iter().for_each(|text| drop(parsed(text)));
}
