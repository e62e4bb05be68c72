//! Makes a name of what a language model answers, and says why it will not do.

use std::ops::RangeInclusive;

use crate::said::{unfenced, without_thoughts};

/// Characters of a name.
const LENGTH: RangeInclusive<usize> = 15..=35;
/// Of a longer answer the rest is not looked at.
const MOST_READ: usize = 50_000;

/// The name in an answer: without thoughts, code fences, labels, quotation marks and explanations, and in ASCII as far as
/// its letters have a plain form. Empty where there is none.
pub(super) fn clean(answer: &str, language: &str) -> String {
    let answer: String = answer.chars().take(MOST_READ).collect();
    let answer = unfenced(without_thoughts(&answer));
    if let Some(name) = in_json(&answer) {
        return line_name(&name, language);
    }
    let names: Vec<String> =
        answer.lines().map(|line| line_name(line, language)).filter(|name| !name.is_empty()).collect();
    let fits = |name: &&String| LENGTH.contains(&name.chars().count()) && !is_talk(name);
    let fallback = || names.iter().find(|name| !name.ends_with(':'));
    names.iter().find(fits).or_else(fallback).cloned().unwrap_or_default()
}

/// Why a name will not do, in words that a model can go by.
pub(super) fn check(name: &str, taken: &dyn Fn(&str) -> bool) -> Result<(), String> {
    let length = name.chars().count();
    let letters = name.chars().filter(char::is_ascii_alphabetic).count();
    if name.is_empty() {
        return Err("it was empty".to_owned());
    }
    if !name.is_ascii() {
        return Err("it held characters that are not ASCII".to_owned());
    }
    if !LENGTH.contains(&length) {
        return Err(format!("it had {length} characters instead of {} to {}", LENGTH.start(), LENGTH.end()));
    }
    if name.chars().any(|c| c.is_ascii_control() || "<>{}[]|\\^~`\"=*#_".contains(c)) || 2 * letters < length {
        return Err("it was not made of words".to_owned());
    }
    if is_talk(name) {
        return Err("it was no name but a sentence about it".to_owned());
    }
    if taken(name) {
        return Err(format!("\"{name}\" is the name of another playlist already"));
    }
    Ok(())
}

/// Refusals, and what goes before or about a name.
fn is_talk(text: &str) -> bool {
    const ANYWHERE: [&str; 14] = [
        "i cannot",
        "i can't",
        "i can not",
        "i'm sorry",
        "i am sorry",
        "as an ai",
        "i am unable",
        "i'm unable",
        "language model",
        "playlist name",
        "name for",
        "here is",
        "here's",
        "these songs",
    ];
    const FIRST: [&str; 7] = ["sorry,", "sure,", "sure!", "of course", "certainly", "okay,", "ok,"];
    let text = text.to_lowercase();
    ANYWHERE.iter().any(|talk| text.contains(talk)) || FIRST.iter().any(|talk| text.starts_with(talk))
}

/// The name in an answer such as `{"name": "…"}`.
fn in_json(text: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(text.trim()).ok()?;
    if let Some(name) = value.as_str() {
        return Some(name.to_owned());
    }
    let names = ["name", "playlist_name", "playlistName", "title", "playlist"];
    names.iter().find_map(|field| value.get(field)?.as_str()).map(str::to_owned)
}

fn line_name(line: &str, language: &str) -> String {
    let plain = to_ascii(line, language);
    let text = without_label(without_bullet(plain.trim()));
    let text = quoted(text).unwrap_or(text);
    let text = text.trim_matches(|c: char| "*_`\"' ".contains(c));
    let text = if text.chars().count() > *LENGTH.end() { unexplained(text) } else { text };
    let text = text.trim_end_matches(['.', '!', ',', ';', ' ']).trim();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Without `1.`, `-`, `#` and the like before it.
fn without_bullet(text: &str) -> &str {
    let text = text.trim_start_matches(['#', '>', '-', '*', ' ']);
    match text.split_once(['.', ')']) {
        Some((number, rest))
            if !number.is_empty() && number.len() <= 2 && number.bytes().all(|b| b.is_ascii_digit()) =>
        {
            rest.trim_start()
        }
        _ => text,
    }
}

/// Without `Name:`, `**Playlist title:**` and the like before it.
fn without_label(text: &str) -> &str {
    const LABELS: [&str; 12] = [
        "name",
        "title",
        "titel",
        "titre",
        "nom",
        "nombre",
        "titulo",
        "playlist",
        "answer",
        "antwort",
        "reponse",
        "respuesta",
    ];
    let Some((label, rest)) = text.split_once(':') else { return text };
    let label = label.to_lowercase();
    let mut words = label.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty()).peekable();
    let rest = rest.trim_start_matches(|c: char| "*_ ".contains(c));
    let is_label = words.peek().is_some() && label.len() <= 40 && words.any(|word| LABELS.contains(&word));
    if is_label && !rest.is_empty() { rest } else { text }
}

/// What stands in the first quotation marks, if that is what the line is about.
fn quoted(text: &str) -> Option<&str> {
    let (before, rest) = text.split_once('"')?;
    let (inside, _) = rest.split_once('"')?;
    (before.trim().is_empty() || LENGTH.contains(&inside.trim().len())).then_some(inside)
}

/// The part before an explanation, if it is long enough to be a name.
fn unexplained(text: &str) -> &str {
    let marks = [" - ", " (", ": ", ". ", "; ", ", a ", " | "];
    let parts = marks.iter().filter_map(|mark| text.split_once(mark)).map(|(before, _)| before.trim());
    parts.filter(|part| LENGTH.contains(&part.chars().count())).min_by_key(|part| part.len()).unwrap_or(text)
}

/// Letters and punctuation in ASCII; pictures and marks without a plain form fall away, letters without one stay.
fn to_ascii(text: &str, language: &str) -> String {
    let german = language.get(..2).is_some_and(|code| code.eq_ignore_ascii_case("de"));
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' '..='~' => plain.push(c),
            _ if c.is_whitespace() => plain.push(' '),
            _ => match letter(c, german).or_else(|| punctuation(c)) {
                Some(ascii) => plain.push_str(ascii),
                None if c.is_alphanumeric() => plain.push(c),
                None => {}
            },
        }
    }
    plain
}

fn punctuation(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' | '\u{2032}' | '\u{b4}' | '\u{2bc}' => "'",
        '\u{201c}'..='\u{201f}' | '\u{2033}' | '\u{ab}' | '\u{bb}' => "\"",
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{b7}' | '\u{2022}' => "-",
        '\u{2026}' => "...",
        '\u{ff01}' | '\u{a1}' => "!",
        '\u{ff1a}' => ":",
        '\u{d7}' => "x",
        _ => return None,
    })
}

#[rustfmt::skip]
fn letter(c: char, german: bool) -> Option<&'static str> {
    Some(match c {
        'ä' if german => "ae", 'ö' if german => "oe", 'ü' if german => "ue",
        'Ä' if german => "Ae", 'Ö' if german => "Oe", 'Ü' if german => "Ue",
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'À' | 'Á' | 'Â' | 'Ã' | 'Ä' | 'Å' | 'Ā' | 'Ă' | 'Ą' => "A",
        'ç' | 'ć' | 'č' => "c", 'Ç' | 'Ć' | 'Č' => "C",
        'ď' | 'đ' | 'ð' => "d", 'Ď' | 'Đ' | 'Ð' => "D",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => "e", 'È' | 'É' | 'Ê' | 'Ë' | 'Ē' | 'Ę' | 'Ě' => "E",
        'ğ' => "g", 'Ğ' => "G",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => "i", 'Ì' | 'Í' | 'Î' | 'Ï' | 'Ī' | 'İ' => "I",
        'ł' => "l", 'Ł' => "L",
        'ñ' | 'ń' | 'ň' => "n", 'Ñ' | 'Ń' | 'Ň' => "N",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' => "o", 'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ö' | 'Ø' | 'Ō' | 'Ő' => "O",
        'ř' => "r", 'Ř' => "R",
        'ś' | 'š' | 'ş' | 'ș' => "s", 'Ś' | 'Š' | 'Ş' | 'Ș' => "S",
        'ť' | 'ţ' | 'ț' => "t", 'Ť' | 'Ţ' | 'Ț' => "T",
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' => "u", 'Ù' | 'Ú' | 'Û' | 'Ü' | 'Ū' | 'Ů' | 'Ű' => "U",
        'ý' | 'ÿ' => "y", 'Ý' | 'Ÿ' => "Y",
        'ź' | 'ż' | 'ž' => "z", 'Ź' | 'Ż' | 'Ž' => "Z",
        'ß' => "ss", 'æ' => "ae", 'Æ' => "Ae", 'œ' => "oe", 'Œ' => "Oe", 'þ' => "th", 'Þ' => "Th",
        // Accents that stand apart from their letter.
        '\u{300}'..='\u{36f}' => "",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "Midnight Piano Dreams";

    fn free(_: &str) -> bool {
        false
    }

    #[test]
    fn a_name_is_found_in_whatever_stands_around_it() {
        for answer in [
            NAME,
            "  Midnight   Piano Dreams.\n",
            "\"Midnight Piano Dreams\"",
            "“Midnight Piano Dreams”",
            "'Midnight Piano Dreams'",
            "**Midnight Piano Dreams**",
            "# Midnight Piano Dreams",
            "1. Midnight Piano Dreams\n2. Another Name For It All",
            "Name: Midnight Piano Dreams",
            "**Playlist name:** \"Midnight Piano Dreams\"",
            "Playlist Title: Midnight Piano Dreams",
            "Sure! Here is a name:\n\nMidnight Piano Dreams\n\nIt says how calm the songs are.",
            "How about \"Midnight Piano Dreams\"? It fits the calm songs.",
            "Midnight Piano Dreams - a calm walk through quiet piano pieces",
            "Midnight Piano Dreams (a calm walk through quiet pieces)",
            "```\nMidnight Piano Dreams\n```",
            "```text\nMidnight Piano Dreams\n```\nThat is it.",
            "```json\n{\"name\": \"Midnight Piano Dreams\"}\n```",
            "{\"playlist_name\": \"Midnight Piano Dreams\", \"why\": \"calm\"}",
            "<think>The songs are calm. \"Calm Songs For The Night\"?</think>\nMidnight Piano Dreams",
            "The songs are calm, so something calm\n</think>Midnight Piano Dreams",
            "🎹 Midnight Piano Dreams 🌙",
            "Mídnight Piäno Drèams",
            "Midnight Pi\u{61}\u{301}no Dreams",
        ] {
            let name = clean(answer, "en");
            assert_eq!((name.as_str(), check(&name, &free)), (NAME, Ok(())), "{answer}");
        }
    }

    #[test]
    fn letters_are_written_plainly_in_the_way_of_their_language() {
        assert_eq!(clean("Schöne Klänge für müde Füße", "de-AT"), "Schoene Klaenge fuer muede Fuesse");
        assert_eq!(clean("Naïve älä çava cœur ñandú", "fr"), "Naive ala cava coeur nandu");
        assert_eq!(clean("Rock’n’Roll – die Nächte…", "de"), "Rock'n'Roll - die Naechte");
    }

    #[test]
    fn what_is_no_name_is_refused_with_the_reason() {
        for (answer, reason) in [
            ("", "empty"),
            ("<think>I am still thinking about it", "empty"),
            ("```\n```", "empty"),
            ("Calm Piano", "10 characters"),
            ("A very long name that goes on and on without any end", "52 characters"),
            ("夜のピアノの夢と静かな音楽の時間", "ASCII"),
            ("1234567890 1234567890", "not made of words"),
            ("<b>Midnight Dreams</b>", "not made of words"),
            ("I'm sorry, but I cannot do that", "no name"),
            ("Sure, I will name the songs", "no name"),
        ] {
            let refused = check(&clean(answer, "en"), &free).unwrap_err();
            assert!(refused.contains(reason), "{answer}: {refused}");
        }
        let refused = check(NAME, &|name| name == NAME).unwrap_err();
        assert!(refused.contains(NAME) && refused.contains("another playlist"));
    }

    #[test]
    fn lengths_count_to_the_letter() {
        assert!(check(&"a".repeat(14), &free).is_err() && check(&"a".repeat(15), &free).is_ok());
        assert!(check(&"a".repeat(35), &free).is_ok() && check(&"a".repeat(36), &free).is_err());
    }

    #[test]
    fn hostile_answers_end_in_time_and_without_harm() {
        for answer in [
            "<think>".repeat(20_000),
            "\"".repeat(60_000),
            "```".repeat(20_000),
            "a:".repeat(50_000),
            "\n".repeat(90_000),
        ] {
            let name = clean(&answer, "");
            assert!(name.len() <= 200_000);
        }
        assert_eq!(clean("\u{202e}\u{0}\u{feff}", "d"), "");
    }
}
