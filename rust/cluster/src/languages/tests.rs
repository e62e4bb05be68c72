use super::*;

const CODES: [&str; 4] = ["en", "de", "fr", "es"];

fn phrase(code: &str, adjective: &str, head: &str, era: Option<i32>) -> String {
    Language::of(code).phrase(&Phrase { adjective: Some(adjective), head, era })
}

#[test]
fn codes_of_regions_and_strange_ones_are_understood() {
    let code = |text| Language::of(text).code;
    assert_eq!(["de-AT", "DE_ch", "fr-CA", "es_419", "deu", "en-GB"].map(code), ["de", "de", "fr", "es", "de", "en"]);
    assert_eq!(["", "xx", "denmark", "中文"].map(code), ["en"; 4]);
}

#[test]
fn adjectives_agree_with_their_nouns() {
    let german = |adjective, head| phrase("de", adjective, head, None);
    assert_eq!(german("Calm", "Piano"), "Ruhiges Klavier");
    assert_eq!(german("Calm", "Jazz"), "Ruhiger Jazz");
    assert_eq!(german("Fast", "Electronic"), "Schnelle Elektronik");
    assert_eq!(german("Sad", "Strings"), "Melancholische Streicher");
    assert_eq!(german("Party", "Pop"), "Pop zum Feiern");
    for (word, adjective) in Language::of("de").adjectives {
        // These take an ending only after losing a letter.
        let irregular =
            matches!(adjective, Adjective::Stem(stem) if ["e", "el", "er"].iter().any(|end| stem.ends_with(end)));
        assert!(!irregular, "{word}");
    }
    assert_eq!(german("Calm", "Indian Music"), "Ruhige indische Musik");
    let french = |adjective, head| phrase("fr", adjective, head, None);
    assert_eq!(french("Mellow", "Guitar"), "Guitare douce");
    assert_eq!(french("Mellow", "Piano"), "Piano doux");
    assert_eq!(french("Happy", "Strings"), "Cordes joyeuses");
    assert_eq!(french("Experimental", "Beats"), "Beats expérimentaux");
    assert_eq!(french("Party", "Techno"), "Techno de fête");
    let spanish = |adjective, head| phrase("es", adjective, head, None);
    assert_eq!(spanish("Calm", "Guitar"), "Guitarra tranquila");
    assert_eq!(spanish("Calm", "Piano"), "Piano tranquilo");
    assert_eq!(spanish("Experimental", "Strings"), "Cuerdas experimentales");
    assert_eq!(spanish("Acoustic", "Beats"), "Ritmos acústicos");
}

#[test]
fn decades_read_as_people_say_them() {
    assert_eq!(phrase("en", "Happy", "Pop", Some(1980)), "Happy 80s Pop");
    assert_eq!(phrase("de", "Happy", "Pop", Some(1980)), "Fröhlicher Pop der 80er");
    assert_eq!(phrase("fr", "Happy", "Pop", Some(1980)), "Pop joyeuse des années 80");
    assert_eq!(phrase("es", "Happy", "Pop", Some(2000)), "Pop alegre de los años 2000");
    assert_eq!(phrase("en", "Calm", "Classical", Some(1820)), "Calm 1820s Classical");
    assert_eq!(
        [decade("80s"), decade("2000s"), decade("00s"), decade("s"), decade("-9999s")],
        [Some(1980), Some(2000), None, None, None]
    );
}

#[test]
fn genres_that_no_table_knows_stand_as_they_are() {
    assert_eq!(phrase("en", "Calm", "Shoegaze", None), "Calm Shoegaze");
    assert_eq!(phrase("en", "Calm", "Hip-Hop", None), "Calm Hip-Hop");
    assert_eq!(phrase("en", "Calm", "Drum and Bass", None), "Calm Drum and Bass");
    // Nobody knows its gender.
    assert_eq!(phrase("de", "Calm", "Shoegaze", None), "Shoegaze, ruhig");
    assert_eq!(phrase("fr", "Mellow", "Shoegaze", None), "Shoegaze doux");
    assert_eq!(phrase("es", "Calm", "Shoegaze", None), "Shoegaze tranquilo");
}

#[test]
fn descriptions_give_all_reasons_in_one_sentence() {
    let reasons = Reasons {
        nouns: vec!["Piano", "Ambient"],
        adjectives: vec!["Calm", "Acoustic"],
        voice: Some("Instrumental"),
        tempo: Some("Slow"),
        bpm: Some((62, 84)),
        era: Some(1980),
    };
    let said = CODES.map(|code| Language::of(code).describe(&reasons));
    assert_eq!(
        said,
        [
            "These songs belong together because they sound alike: piano and ambient, calm and acoustic in character, \
             instrumental, slow (62–84 BPM), mostly from the 1980s.",
            "Diese Stücke gehören zusammen, weil sie ähnlich klingen: Klavier und Ambient, ruhig und akustisch im \
             Charakter, instrumental, langsam (62–84 BPM), meist aus den 1980ern.",
            "Ces morceaux vont ensemble parce qu’ils se ressemblent\u{a0}: piano et ambient, de caractère calme et \
             acoustique, instrumental, tempo lent (62–84 BPM), surtout des années 1980.",
            "Estas canciones van juntas porque suenan parecido: piano y ambient, de carácter tranquilo y acústico, \
             instrumental, tempo lento (62–84 BPM), sobre todo de los años 1980.",
        ]
    );
    for code in CODES {
        let alike = Language::of(code).describe(&Reasons::default());
        assert!(alike.ends_with('.') && !alike.contains(':'), "{alike}");
        let tempo = Reasons { bpm: Some((120, 120)), tempo: Some("Medium"), ..Reasons::default() };
        assert!(Language::of(code).describe(&tempo).contains("120 BPM)."), "{code}");
    }
}

#[test]
fn every_language_knows_the_same_words() {
    let english = Language::of("en");
    for code in CODES {
        let language = Language::of(code);
        for (word, ..) in english.nouns {
            assert!(language.nouns.iter().any(|(other, ..)| other == word), "{code} lacks {word}");
        }
        for (word, _) in english.adjectives {
            assert!(language.adjective(word).is_some(), "{code} lacks {word}");
        }
        assert_eq!(language.voices.len(), english.voices.len());
        for template in [language.era, language.from_era, language.character] {
            assert!(template.contains("{}"), "{template}");
        }
        assert!(language.of_era.contains("{era}") && language.of_era.contains("{noun}"));
    }
}
