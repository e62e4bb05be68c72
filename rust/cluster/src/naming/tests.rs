use ndarray::array;

use super::*;

const NAMES: [&str; 8] = ["rock", "piano", "ambient", "quiet", "no vocals", "vocals", "female vocalists", "woman"];

/// Two calm piano pieces, two rock songs, one of them sung by a woman.
fn naming() -> Naming {
    let tags = array![
        [0.05, 0.8, 0.4, 0.6, 0.5, 0.1, 0.0, 0.0],
        [0.02, 0.9, 0.5, 0.5, 0.6, 0.2, 0.0, 0.0],
        [0.7, 0.05, 0.02, 0.0, 0.1, 0.6, 0.1, 0.9],
        [0.8, 0.02, 0.01, 0.0, 0.2, 0.5, 0.1, 0.1],
    ];
    Naming::new(&NAMES, tags.view()).unwrap()
}

fn fact(tempo: f32, energy: f32, year: i32, genres: &[String]) -> SongFacts<'_> {
    SongFacts { tempo: Some(tempo), energy: Some(energy), year: Some(year), genres }
}

fn style(language: &str) -> NameStyle {
    NameStyle { language: language.to_owned(), ..NameStyle::default() }
}

fn full(language: &str) -> Naming {
    let facts = [
        fact(70.0, 0.2, 1981, &[]),
        fact(75.0, 0.3, 1984, &[]),
        fact(150.0, 0.9, 1999, &[]),
        fact(140.0, 0.8, 2003, &[]),
    ];
    naming().with_songs(&facts).unwrap().with_style(style(language))
}

fn free(_: &str) -> bool {
    false
}

#[test]
fn a_name_says_what_sets_the_songs_apart() {
    let name = naming().name(&[0, 1], &free);
    assert_eq!(name.text, "Calm Piano · Ambient");
    assert_eq!(name.words, ["Piano", "Calm", "Ambient", "Instrumental"]);
    assert_eq!(
        name.description,
        "These songs belong together because they sound alike: piano and ambient, calm in character, instrumental."
    );
    assert_eq!(name.traits, NameTraits { words: name.words, ..NameTraits::default() });
}

#[test]
fn tempo_era_and_energy_are_told_in_the_language_asked_for() {
    let said = ["en", "de-AT", "fr", "es"].map(|language| full(language).name(&[0, 1], &free).text);
    assert_eq!(
        said,
        [
            "Calm 80s Piano · Ambient · Slow",
            "Ruhiges Klavier der 80er · Ambient · Langsam",
            "Piano calme des années 80 · Ambient · Tempo lent",
            "Piano tranquilo de los años 80 · Tempo lento",
        ]
    );
    let name = full("de").name(&[0, 1], &free);
    assert_eq!(name.words, ["Klavier", "Ruhig", "Ambient", "Instrumental"]);
    assert!(name.description.contains("langsam (70–75 BPM), meist aus den 1980ern."), "{}", name.description);
    let traits = name.traits;
    assert_eq!((traits.tempo.as_str(), traits.energy.as_str(), traits.era.as_str()), ("slow", "low", "1980s"));
    assert_eq!(traits.words, ["Piano", "Calm", "Ambient", "Instrumental"]);
    assert_eq!(full("fr").name(&[3], &free).text, "Rock énergique des années 2000 · Tempo rapide");
}

#[test]
fn tags_that_mean_the_same_are_one_and_voices_do_not_contradict() {
    let name = naming().name(&[2], &free);
    assert_eq!(name.text, "Rock · Female Vocals");
    assert_eq!(name.words, ["Female Vocals", "Rock"]);
}

#[test]
fn a_taken_name_is_not_given_again() {
    for language in ["en", "de", "fr", "es"] {
        let naming = full(language);
        let mut given: Vec<String> = Vec::new();
        for _ in 0..200 {
            let name = naming.name(&[0, 1], &|name| given.iter().any(|taken| taken == name)).text;
            assert!(!given.contains(&name));
            given.push(name);
        }
        assert!(given[0].chars().any(char::is_alphabetic));
        assert!(given.contains(&format!("{} 2", given[0])), "{given:?}");
    }
}

#[test]
fn genres_out_of_files_name_what_the_networks_do_not_know() {
    let (shoegaze, tango) = (["Shoegaze; rock".to_owned()], ["tango".to_owned()]);
    let facts = [
        fact(70.0, 0.5, 0, &tango),
        fact(75.0, 0.5, 0, &tango),
        fact(100.0, 0.5, 0, &shoegaze),
        fact(100.0, 0.5, 0, &shoegaze),
    ];
    let naming = naming().with_songs(&facts).unwrap();
    assert_eq!(naming.name(&[0, 1], &free).text, "Calm Piano · Tango · Slow");
    let words = naming.name(&[2, 3], &free).words;
    assert!(words.contains(&"Shoegaze".to_owned()) && words.contains(&"Rock".to_owned()), "{words:?}");
}

#[test]
fn the_automatic_form_is_the_seeds() {
    let style = NameStyle { automatic: true, ..style("de") };
    let naming = full("de").with_style(style.clone());
    assert_eq!(naming.name(&[0, 1], &free).text, "Piano_Calm_Instrumental_Slow_automatic");
    assert_eq!(naming.name(&[2], &free).text, "Female-Vocals_Rock_Vocals_Fast_automatic");
    let first = naming.name(&[0, 1], &free).text;
    assert_eq!(naming.name(&[0, 1], &|name| name == first).text, "Piano_Calm_Instrumental_Slow_2_automatic");
    let none = naming.with_style(NameStyle { moods: 0, ..style.clone() });
    assert_eq!(none.name(&[0], &free).text, "Slow_automatic");
    let unknown = Naming::new(&[], Array2::zeros((1, 0)).view()).unwrap().with_style(style);
    assert_eq!(unknown.name(&[0], &free).text, "Mix_automatic");
}

#[test]
fn slow_is_below_a_third_and_fast_from_two_thirds_of_40_to_200() {
    for (bpm, word) in [(92.7, "Slow"), (92.9, "Medium"), (145.5, "Medium"), (145.7, "Fast")] {
        let naming = Naming::new(&["jazz"], array![[0.9]].view()).unwrap();
        let naming = naming.with_songs(&[fact(bpm, 0.5, 0, &[])]).unwrap();
        let naming = naming.with_style(NameStyle { automatic: true, ..NameStyle::default() });
        assert_eq!(naming.name(&[0], &free).text, format!("Jazz_{word}_automatic"));
    }
}

#[test]
fn where_nothing_sets_apart_the_most_probable_genre_stands_alone() {
    let tags = array![[0.6, 0.2], [0.6, 0.2]];
    let naming = Naming::new(&["jazz", "piano"], tags.view()).unwrap();
    assert_eq!(naming.name(&[0, 1], &free).text, "Jazz");
    assert_eq!(naming.name(&[0, 1], &free).description, "These songs belong together because they sound alike.");
}

#[test]
fn where_nothing_is_known_it_is_a_mix() {
    let naming = Naming::new(&[], Array2::zeros((3, 0)).view()).unwrap();
    assert_eq!(naming.name(&[0, 1], &free).text, "Mix");
    assert_eq!(naming.name(&[], &|name| name == "Mix").text, "Mix 2");
    let silent = Naming::new(&["jazz"], array![[0.0], [0.01]].view()).unwrap();
    assert_eq!(silent.name(&[0], &free).text, "Mix");
}

#[test]
fn hostile_values_and_rows_do_no_harm() {
    let tags = array![[f32::NAN, f32::INFINITY], [-5.0, 0.0]];
    let naming = Naming::new(&["jazz", "piano"], tags.view()).unwrap();
    let hostile = ["\u{0}\u{7}; ;".to_owned(), "🎵🎵".to_owned(), "x".repeat(100_000)];
    let facts = [fact(f32::NAN, f32::INFINITY, i32::MIN, &hostile), fact(-1.0, f32::NAN, i32::MAX, &[])];
    let naming = naming.with_songs(&facts).unwrap();
    assert_eq!(naming.name(&[0, 77], &free).text, "Piano");
    let error = Naming::new(&["jazz"], tags.view()).unwrap_err();
    assert_eq!(error, Error::Size { what: "tag names", expected: 2, got: 1 });
    let error = naming.with_songs(&[]).unwrap_err();
    assert_eq!(error, Error::Size { what: "songs", expected: 2, got: 0 });
}
