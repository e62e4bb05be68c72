//! Characters: bytes decoded, percent signs, and names brought to one spelling.

use std::borrow::Cow;

use icu_normalizer::DecomposingNormalizerBorrowed;

/// What Windows writes where Latin-1 has control characters, from 0x80 on.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Text of a file whose encoding nobody tells: UTF-8 or UTF-16 where a byte order mark says so, UTF-8 where the bytes are
/// that, else Latin-1 as Windows has it.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return String::from_utf8_lossy(rest);
    }
    let wide = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = rest.chunks_exact(2).map(|pair| match pair {
            &[a, b] => unit([a, b]),
            _ => 0,
        });
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>()
    };
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return wide(rest, u16::from_le_bytes).into();
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return wide(rest, u16::from_be_bytes).into();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => bytes.iter().map(|&byte| latin_1(byte)).collect::<String>().into(),
    }
}

fn latin_1(byte: u8) -> char {
    byte.checked_sub(0x80).and_then(|at| WINDOWS_1252.get(usize::from(at)).copied()).unwrap_or(char::from(byte))
}

/// `%20` and its like resolved; a percent sign that begins no byte stays.
pub(crate) fn percent_decode(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).and_then(|&byte| char::from(byte).to_digit(16));
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    decoded
}

/// All but what RFC 3986 calls unreserved, and slashes, as `%20` and its like.
pub(crate) fn percent_encode(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::with_capacity(bytes.len());
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// One line without characters that control anything, blanks at its ends or two in a row.
pub(crate) fn one_line(text: &str) -> String {
    let harmless = text.chars().map(|c| if is_control(c) { ' ' } else { c }).collect::<String>();
    harmless.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Control characters, line and paragraph separators, and what XML cannot hold.
pub(crate) fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}')
}

/// One spelling for all: compatibility forms and accents taken apart, accents, case, apostrophes and punctuation gone,
/// `&` and `+` as `and`, words separated by one blank. What has neither letter nor digit, such as `???`, is kept as it
/// is in lower case.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    if text.is_ascii() {
        fold_chars(text.chars(), &mut folded);
    } else {
        let normal = DecomposingNormalizerBorrowed::new_nfkd().normalize(text);
        fold_chars(normal.chars().flat_map(char::to_lowercase), &mut folded);
    }
    if folded.is_empty() {
        folded = text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    }
    folded
}

/// A file's or folder's name for comparing: Unicode's forms and case made one, all else as it is.
pub(crate) fn fold_name(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    DecomposingNormalizerBorrowed::new_nfkd().normalize(name).to_lowercase()
}

fn fold_chars(chars: impl Iterator<Item = char>, folded: &mut String) {
    let mut chars = chars.peekable();
    let mut gap = false;
    let push = |text: &str, gap: &mut bool, folded: &mut String| {
        if std::mem::take(gap) && !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(text);
    };
    let mut buffer = [0; 4];
    while let Some(c) = chars.next() {
        let inside = || folded.chars().next_back().is_some_and(char::is_alphanumeric);
        match c {
            '\u{300}'..='\u{36f}' | '\'' | '’' | '‘' | '`' | '´' | 'ʼ' | '\u{200b}'..='\u{200f}' | '\u{ad}' => {}
            '&' | '+' => {
                gap = true;
                push("and", &mut gap, folded);
                gap = true;
            }
            // A$AP, Ke$ha, P!nk.
            '$' if chars.peek().is_some_and(|next| next.is_alphabetic()) => push("s", &mut gap, folded),
            '!' if !gap && inside() && chars.peek().is_some_and(|next| next.is_alphabetic()) => {
                push("i", &mut gap, folded);
            }
            'ß' => push("ss", &mut gap, folded),
            'æ' => push("ae", &mut gap, folded),
            'œ' => push("oe", &mut gap, folded),
            'ø' => push("o", &mut gap, folded),
            'ł' => push("l", &mut gap, folded),
            'đ' | 'ð' => push("d", &mut gap, folded),
            'þ' => push("th", &mut gap, folded),
            'ı' => push("i", &mut gap, folded),
            _ if c.is_alphanumeric() || is_mark(c) => {
                push(c.to_ascii_lowercase().encode_utf8(&mut buffer), &mut gap, folded);
            }
            _ => gap = true,
        }
    }
}

/// Vowel signs and sound marks without which words of these scripts are others: Indic, Thai, Japanese.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{dff}' | '\u{e31}'..='\u{e4e}' | '\u{3099}' | '\u{309a}')
}

/// Whether `words` stand in `text` one after the other as whole words; both folded.
pub(crate) fn contains_words(text: &str, words: &str) -> bool {
    !words.is_empty()
        && text.match_indices(words).any(|(at, _)| {
            let before = text.get(..at).is_some_and(|before| before.is_empty() || before.ends_with(' '));
            let after = text.get(at + words.len()..).is_some_and(|after| after.is_empty() || after.starts_with(' '));
            before && after
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_in_the_encoding_that_they_are_in() {
        assert_eq!(decode("Motörhead".as_bytes()), "Motörhead");
        assert_eq!(decode(b"\xef\xbb\xbfMot\xc3\xb6rhead"), "Motörhead");
        assert_eq!(decode(b"Mot\xf6rhead \x96 live \x80"), "Motörhead – live €");
        assert_eq!(decode(b"\xff\xfeM\0\xf6\0"), "Mö");
        assert_eq!(decode(b"\xfe\xff\0M\0\xf6"), "Mö");
        assert_eq!(decode(b"\xff\xfeM\0\x00\xd8x"), "M\u{fffd}");
        assert_eq!(decode(b""), "");
    }

    #[test]
    fn percent_signs_go_both_ways() {
        assert_eq!(percent_decode("a%20b%C3%b6"), "a bö".as_bytes());
        assert_eq!(percent_decode("100%"), b"100%");
        assert_eq!(percent_decode("%zz%4"), b"%zz%4");
        assert_eq!(percent_encode("ä b/c#?.mp3".as_bytes()), "%C3%A4%20b/c%23%3F.mp3");
        assert_eq!(percent_decode(&percent_encode(&[0, 255, b'%', b'+'])), [0, 255, b'%', b'+']);
    }

    #[test]
    fn spellings_become_one() {
        for (a, b) in [
            ("Björk", "BJORK"),
            ("Sigur Rós", "Sigur Ro\u{301}s"),
            ("Don't Stop", "Don’t  stop!"),
            ("Florence + the Machine", "Florence & The Machine"),
            ("A$AP Rocky", "ASAP rocky"),
            ("P!nk", "Pink"),
            ("AC/DC", "AC-DC"),
            ("Ænima", "AEnima"),
            ("Straße", "STRASSE"),
            ("Ⅷ", "viii"),
            ("ﬁre", "Fire"),
            ("ガラス", "カ\u{3099}ラス"),
            ("Молодёжь", "молодежь"),
        ] {
            assert_eq!(fold(a), fold(b), "{a} and {b}");
        }
        assert_eq!(fold("  Hello,   World! "), "hello world");
        assert_eq!(fold("???"), "???");
        assert_eq!(fold(""), "");
        assert_ne!(fold("か"), fold("が"));
        assert_ne!(fold("Wow! Yes"), fold("Wowi Yes"));
    }

    #[test]
    fn words_are_found_as_a_whole() {
        assert!(contains_words("vocal jazz", "jazz"));
        assert!(contains_words("acid jazz funk", "jazz funk"));
        assert!(!contains_words("rockabilly", "rock"));
        assert!(contains_words("jazzy jazz", "jazz"));
        assert!(!contains_words("anything", ""));
    }

    #[test]
    fn what_controls_anything_becomes_a_blank() {
        assert_eq!(one_line(" a\r\nb\tc\u{2028}d\0 "), "a b c d");
    }
}
