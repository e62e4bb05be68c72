//! How far words reach, and numbers.

use super::{ask, check, short};

#[test]
fn a_no_reaches_as_far_as_people_mean_it_to() {
    check(&[
        ("no vocals", "instrumental"),
        ("no vocals or drums", "instrumental -drums"),
        ("no vocals, drums or guitar", "instrumental -drums -guitar"),
        ("without drums but with piano", "-drums piano"),
        ("without drums and guitar", "-drums -guitar"),
        ("without drums and calm", "-drums calm"),
        ("no drums, piano", "-drums piano"),
        ("no drums calm piano", "-drums calm piano"),
        ("no loud drums", "-loud -drums"),
        ("not too fast", "-++fast"),
        ("not too fast or loud", "-++fast -loud"),
        ("fast but not aggressive", "fast -aggressive"),
        ("not sad and slow", "-sad -slow"),
        ("neither sad nor slow", "-sad -slow"),
        ("no vocals for reading", "instrumental study"),
        ("not for sleeping", "-sleep"),
        ("not without piano", "piano"),
        ("vocal-free jazz", "instrumental jazz"),
        ("not instrumental", "vocals"),
        ("not faster than 120", "-tempo:120.."),
        ("calm piano for reading, no vocals", "calm piano study instrumental"),
        ("no vocals calm piano for reading", "instrumental calm piano study"),
        ("for reading: piano, calm; no vocals", "study piano calm instrumental"),
    ]);
}

#[test]
fn very_slightly_and_or_change_what_follows() {
    check(&[
        ("very calm, slightly sad", "++calm +sad"),
        ("a bit faster than 120 bpm", "tempo:120.."),
        ("really really happy piano", "++happy piano"),
        ("piano or guitar", "piano |guitar"),
        ("piano, guitar or violin and calm", "piano guitar |violin calm"),
        ("or piano", "piano"),
        ("calm calm calm", "calm"),
    ]);
}

#[test]
fn numbers_are_tempos_lengths_and_years() {
    check(&[
        ("faster than 120", "tempo:120.."),
        ("slower than 90 bpm", "tempo:..90"),
        ("128bpm", "tempo~128"),
        ("about 128", "tempo~128"),
        ("between 90 and 110", "tempo:90..110"),
        ("120-140 BPM", "tempo:120..140"),
        ("from 140 to 120 bpm", "tempo:120..140"),
        ("longer than 5 minutes", "duration:300.."),
        ("longer than 5", "duration:300.."),
        ("longer than 90s", "duration:90.."),
        ("under 3:30", "duration:..210"),
        ("2-4 minutes", "duration:120..240"),
        ("at least half an hour or two hours long", "duration~7200 long"),
        ("around 2 minutes", "duration~120"),
        ("louder than -10 LUFS", "loudness:-10.."),
        ("1995", "year:1995..1995"),
        ("1995-1999", "year:1995..1999"),
        ("1995-99", "year:1995..1999"),
        ("from 1990 to 1995", "year:1990..1995"),
        ("before 1970", "year:..1969"),
        ("after 1990", "year:1991.."),
        ("since 2010", "year:2010.."),
        ("from the 80s", "year:1980..1989"),
        ("80's", "year:1980..1989"),
        ("1980s", "year:1980..1989"),
        ("in the nineties", "year:1990..1999"),
        ("before the 80s", "year:..1979"),
        ("70s to 90s", "year:1970..1999"),
        ("short songs from the nineties", "short year:1990..1999"),
        ("2000s", "year:2000..2009"),
    ]);
}

#[test]
fn keys_are_read_in_all_spellings() {
    check(&[
        ("in D minor", "key:Some(2):Some(true)"),
        ("D-flat major", "key:Some(1):Some(false)"),
        ("F# minor", "key:Some(6):Some(true)"),
        ("B♭ major", "key:Some(10):Some(false)"),
        ("C sharp minor", "key:Some(1):Some(true)"),
        ("key of F#m", "key:Some(6):Some(true)"),
        ("key of D", "key:Some(2):Some(false)"),
        ("key 8A", "key:Some(9):Some(true)"),
        ("key 3B", "key:Some(1):Some(false)"),
        ("calm, in minor", "calm key:None:Some(true)"),
        ("a minor piece", "key:Some(9):Some(true)"),
    ]);
}

#[test]
fn what_reads_like_a_description_is_told_from_what_may_be_a_name() {
    for description in [
        "calm piano",
        "music for reading",
        "no vocals",
        "slow sad guitar",
        "in D minor",
        "faster than 120",
        "jazz like Daft Punk",
        "slow songs",
        "Klaviermusik",
    ] {
        assert!(ask(description).described, "{description}");
    }
    for name in [
        "piano",
        "house",
        "queen",
        "Daft Punk",
        "Sad Piano",
        "Slow Piano",
        "1979",
        "Bohemian Rhapsody",
        "The Wall",
        "Thriller",
        "",
        "slow xyzzy",
        "the dark side of the moon",
        "strings",
    ] {
        assert!(!ask(name).described, "{name}");
    }
}

#[test]
fn understanding_is_shown_in_the_words_of_the_language() {
    for (query, shown) in [
        ("piano, calm, no vocals", "piano · calm · instrumental"),
        ("not too fast, no drums", "not very fast · no drums"),
        ("piano or guitar from the 80s", "piano / guitar · 1980s"),
        ("ruhiges Klavier ohne Schlagzeug", "ruhig · Klavier · ohne Schlagzeug"),
        ("aus den 80ern in a-Moll", "1980er · a-Moll"),
        ("piano très calme, pas de batterie", "piano · très calme · sans batterie"),
        ("calm, 120-140 bpm, longer than 5 minutes", "calm · 120–140 BPM · ≥ 5:00 min"),
        ("like Daft Punk but slower than 100", "like Daft Punk · ≤ 100 BPM"),
    ] {
        assert_eq!(ask(query).to_string(), shown, "{query}");
    }
    // The words of each want are those of the query.
    let query = ask("Very calm piano, NO vocals");
    assert_eq!(
        query.wants.iter().map(|want| want.words.as_str()).collect::<Vec<_>>(),
        ["Very calm", "piano", "NO vocals"]
    );
    assert_eq!(short(&query), "++calm piano instrumental");
}
