//! What nobody would type.

use segue_search::{Language, MOST_WANTS, NoNames, Query, understand};

use super::ask;

/// Queries of random words, signs and numbers; the same each time.
fn random(seed: u64) -> String {
    const PARTS: [&str; 40] = [
        "no",
        "not",
        "very",
        "calm",
        "piano",
        "or",
        "and",
        ",",
        "\"",
        "'",
        "like",
        "by",
        "between",
        "120",
        "bpm",
        "80",
        "s",
        "1995",
        "-",
        "3:30",
        "minor",
        "#",
        "a",
        "key",
        "8A",
        "ohne",
        "des années",
        "l'",
        "夜",
        "🎹",
        "\u{202e}",
        "\0",
        "ß",
        "é",
        "e\u{301}",
        "than",
        "faster",
        "«",
        ".",
        "99999999999999999999",
    ];
    let mut state = seed;
    let mut next = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    (0..1 + next(30)).map(|_| format!("{}{}", PARTS[next(PARTS.len())], ["", " ", " ", "  "][next(4)])).collect()
}

#[test]
fn anything_is_read_and_read_the_same_again() {
    for seed in 0..500 {
        let text = random(seed);
        let query = ask(&text);
        assert_eq!(query, ask(&text), "{text}");
        assert!(query.wants.len() <= MOST_WANTS);
        for want in &query.wants {
            assert!(want.strength.is_finite() && !want.label.is_empty() && !want.words.is_empty(), "{text}: {want:?}");
        }
        assert!(query.left.iter().all(|word| !word.is_empty()), "{text}");
        let _ = query.to_string();
    }
}

#[test]
fn words_of_any_letters_are_read() {
    const ROUNDS: u32 = 400;
    let mut state = 7_u64;
    let mut next = |below: u32| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u32 % below
    };
    let endings = ["ments", "issimo", "ungen", "heid", "ção", "eux", "amiento", "ingly", "ïsch", "yyy", "é", "ß"];
    for _ in 0..ROUNDS {
        let text: String = (0..1 + next(12))
            .map(|_| {
                let letters: String = (0..next(9))
                    .filter_map(|_| {
                        char::from_u32(
                            [0x61, 0xc0, 0x100, 0x300, 0x400, 0x1e00, 0x2000, 0xff00][next(8) as usize] + next(64),
                        )
                    })
                    .collect();
                format!("{letters}{} ", endings[next(12) as usize])
            })
            .collect();
        assert_eq!(ask(&text), ask(&text), "{text}");
    }
}

#[test]
fn a_query_is_read_to_its_thousandth_character() {
    let long = format!("{}piano", "x ".repeat(500));
    assert!(ask(&long).wants.is_empty());
    assert_eq!(ask(&"piano ".repeat(100_000)).wants.len(), 1);
    let many: String = (0..200).map(|at| format!("{} bpm ", 50 + at)).collect();
    assert_eq!(ask(&many).wants.len(), MOST_WANTS);
    for strange in [
        "",
        " ",
        "\0\0",
        "???",
        "🎹🎻",
        "\u{202e}\u{202d}",
        "\"",
        "\"\"",
        "''",
        "----",
        "no",
        "like",
        "between",
        "not not not",
    ] {
        let query = ask(strange);
        assert!(query.wants.is_empty() && !query.described, "{strange:?}");
    }
    assert_eq!(ask("🎹 piano 🎻 calm \u{7}").wants.len(), 2);
}

#[test]
fn other_scripts_are_left_as_they_are() {
    for text in ["музыка", "موسيقى هادئة", "מוזיקה", "静かなピアノ", "조용한 음악", "ดนตรี"]
    {
        let query = understand(text, &NoNames);
        assert!(query.wants.is_empty(), "{text}");
        assert_eq!(query.left.concat(), text.replace(' ', ""), "{text}");
    }
    assert_eq!(Query::default().language, Language::English);
}
