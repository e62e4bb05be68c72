//! Titles and artists taken apart for comparing.

use super::takes::{Kinds, Section, classify};
use crate::text::fold;

/// Bytes of a name that are compared, at most.
const LONGEST: usize = 1000;

/// A title taken apart, everything folded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Title {
    /// The song's name with what stands in brackets and belongs to it.
    pub(crate) full: String,
    /// The same without such brackets; empty where that is no different.
    short: String,
    /// Which take.
    pub(crate) kinds: Kinds,
    /// What tells this take from others of its kind: who remixed it, where it was played.
    pub(crate) version: String,
}

impl Title {
    pub(crate) fn of(text: &str) -> Self {
        let text = beginning(text);
        let mut title = Self::default();
        let (bare, sections) = brackets(without_guests(text));
        let mut bare = bare.as_str();
        let mut kept = String::new();
        for section in &sections {
            match classify(section, true) {
                Section::Name => {
                    kept.push(' ');
                    kept.push_str(section);
                }
                section => title.note(section),
            }
        }
        while let Some((before, after)) = bare.rsplit_once(" - ").or_else(|| bare.rsplit_once(" – ")) {
            let section = classify(after, false);
            if matches!(section, Section::Name) || before.trim().is_empty() {
                break;
            }
            title.note(section);
            bare = before;
        }
        title.short = numbered(&fold_letters(bare));
        // A name in brackets often stands in the midst of the title, and comparing words does not mind their order.
        title.full = numbered(&fold_letters(&format!("{bare}{kept}")));
        if title.full.is_empty() {
            return Self { full: fold(text), ..Self::default() };
        }
        let counted = |text: &str| text.split(' ').any(|word| word.bytes().any(|b| b.is_ascii_digit()));
        if title.short == title.full || counted(&title.full) != counted(&title.short) {
            title.short = String::new();
        }
        title
    }

    /// The name without what stands in brackets.
    pub(crate) fn short(&self) -> &str {
        if self.short.is_empty() { &self.full } else { &self.short }
    }

    fn note(&mut self, section: Section) {
        if let Section::Version(kinds, words) = section {
            self.kinds.add(kinds);
            if !words.is_empty() {
                if !self.version.is_empty() {
                    self.version.push(' ');
                }
                self.version.push_str(&words);
            }
        }
    }
}

/// As much of a name as is compared.
pub(super) fn beginning(text: &str) -> &str {
    let end = text.char_indices().map(|(at, _)| at).take_while(|&at| at <= LONGEST).last().unwrap_or(0);
    if text.len() <= LONGEST { text } else { text.get(..end).unwrap_or(text) }
}

/// Folded, but nothing where there is neither letter nor digit.
pub(super) fn fold_letters(text: &str) -> String {
    let folded = fold(text);
    if folded.chars().any(char::is_alphanumeric) { folded } else { String::new() }
}

/// The text outside of brackets, and what stands in each of them.
fn brackets(text: &str) -> (String, Vec<String>) {
    let (mut bare, mut sections, mut current, mut depth) = (String::new(), Vec::new(), String::new(), 0_usize);
    for c in text.chars() {
        match c {
            '(' | '[' | '{' | '（' | '【' => {
                depth += 1;
                if depth > 1 {
                    current.push(' ');
                }
            }
            ')' | ']' | '}' | '）' | '】' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    sections.push(std::mem::take(&mut current));
                    bare.push(' ');
                } else {
                    current.push(' ');
                }
            }
            _ if depth > 0 => current.push(c),
            _ => bare.push(c),
        }
    }
    // One that nothing closes, as in a title that was cut off.
    if !current.is_empty() {
        sections.push(current);
    }
    (bare.trim().to_owned(), sections)
}

/// The text before an unbracketed `feat. …`, together with the brackets after it.
fn without_guests(text: &str) -> &str {
    let end = [" feat. ", " ft. ", " featuring ", " feat ", " ft "]
        .iter()
        .filter_map(|word| find_ignoring_case(text, word))
        .min();
    match end {
        Some(end) if !text.get(end..).is_some_and(|rest| rest.contains(['(', '['])) => text.get(..end).unwrap_or(text),
        _ => text,
    }
}

fn find_ignoring_case(text: &str, word: &str) -> Option<usize> {
    let windows = text.as_bytes().windows(word.len()).skip(1);
    // What is looked for is ASCII, so that a place where it stands is no part of a longer character.
    windows.enumerate().find(|(_, part)| part.eq_ignore_ascii_case(word.as_bytes())).map(|(at, _)| at + 1)
}

/// Numbers in one spelling: `pt` as `part`, words and Roman numbers from two on, and after what counts something also `one`,
/// `i`, `v` and `x`.
fn numbered(folded: &str) -> String {
    let mut words = Vec::new();
    let mut counted = false;
    for word in folded.split(' ') {
        let word = match word {
            "pt" | "pts" | "parts" => "part",
            "vol" => "volume",
            "nr" | "num" | "number" => "no",
            "ii" => "2",
            "iii" => "3",
            "iv" => "4",
            "vi" => "6",
            "vii" => "7",
            "viii" => "8",
            "ix" => "9",
            "i" | "one" if counted => "1",
            "two" => "2",
            "three" => "3",
            "four" => "4",
            "five" => "5",
            "six" => "6",
            "seven" => "7",
            "eight" => "8",
            "nine" => "9",
            "ten" => "10",
            "v" if counted => "5",
            "x" if counted => "10",
            _ => word
                .strip_prefix('0')
                .filter(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
                .unwrap_or(word),
        };
        counted = matches!(word, "part" | "volume" | "no" | "chapter" | "act" | "op" | "movement" | "book" | "side");
        words.push(word);
    }
    words.join(" ")
}

/// Names that are no artist's.
pub(crate) fn is_nobody(folded: &str) -> bool {
    matches!(
        folded,
        "" | "the"
            | "various"
            | "various artists"
            | "va"
            | "v a"
            | "unknown"
            | "unknown artist"
            | "artist"
            | "diverse"
            | "verschiedene"
            | "verschiedene interpreten"
            | "varios"
            | "varios artistas"
            | "artistes divers"
            | "artisti vari"
            | "n a"
            | "none"
            | "no artist"
            | "soundtrack"
            | "original soundtrack"
            | "ost"
            | "compilation"
            | "sampler"
            | "divers"
            | "multiple artists"
    )
}

/// The folded name without an article, wherever it stands.
pub(crate) fn without_article(folded: &str) -> &str {
    let rest = folded.strip_prefix("the ").unwrap_or(folded);
    rest.strip_suffix(" the").unwrap_or(rest)
}

/// The artists that a text names, folded, the first one first; nobody for `Various Artists` and its like.
pub(crate) fn artist_names(text: &str) -> Vec<String> {
    const JOINTS: [&str; 17] = [
        " feat. ",
        " feat ",
        " ft. ",
        " ft ",
        " featuring ",
        " & ",
        " and ",
        " with ",
        " vs. ",
        " vs ",
        " x ",
        " + ",
        "; ",
        ", ",
        " / ",
        ";",
        "/",
    ];
    let mut rest = beginning(text);
    let mut names = Vec::new();
    // Brackets around guests: "A (feat. B)".
    let plain: String;
    if rest.contains(['(', '[']) {
        plain = rest.replace(['(', ')', '[', ']'], " ");
        rest = &plain;
    }
    loop {
        let joint = JOINTS
            .iter()
            .filter_map(|joint| Some((find_ignoring_case(rest, joint)?, joint.len())))
            .min_by_key(|&(at, length)| (at, usize::MAX - length));
        let (name, after) = match joint {
            Some((at, length)) => (rest.get(..at).unwrap_or(rest), rest.get(at + length..)),
            None => (rest, None),
        };
        let folded = fold_letters(name);
        let name = without_article(&folded);
        if !is_nobody(name) && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
        match after {
            Some(after) if names.len() < 16 => rest = after,
            _ => return names,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (String, Kinds, String) {
        let title = Title::of(text);
        (title.full, title.kinds, title.version)
    }

    #[test]
    fn what_says_nothing_about_the_recording_falls_away() {
        for text in [
            "Hey Jude",
            "Hey Jude (Remastered 2015)",
            "Hey Jude - Remastered 2015",
            "Hey Jude - 2015 Remaster",
            "Hey Jude [Bonus Track]",
            "Hey Jude (feat. Somebody)",
            "Hey Jude feat. Somebody",
            "Hey Jude ft. Somebody & Another",
            "Hey Jude (Official Video)",
            "Hey Jude (2015 Mix)",
            "Hey Jude (From \"A Film\")",
            "Hey Jude - From \"A Film\" Soundtrack",
            "hey  jude (stereo) [Explicit]",
            "Hey Jude - Mono - Remastered 2009",
        ] {
            assert_eq!(parts(text), ("hey jude".into(), Kinds::default(), String::new()), "{text}");
        }
    }

    #[test]
    fn other_takes_are_told() {
        for (text, kinds, version) in [
            ("Song (Live)", Kinds::LIVE, ""),
            ("Song - Live at Wembley 1986", Kinds::LIVE, "wembley"),
            ("Song (Radio Edit)", Kinds::EDIT, ""),
            ("Song (Extended Mix)", Kinds::EDIT, ""),
            ("Song (Todd Terje Edit)", Kinds::REMIX, "todd terje"),
            ("Song (David Guetta Remix)", Kinds::REMIX, "david guetta"),
            ("Song - Instrumental", Kinds::INSTRUMENTAL, ""),
            ("Song (Karaoke Version)", Kinds::INSTRUMENTAL, ""),
            ("Song (Acoustic)", Kinds::ACOUSTIC, ""),
            ("Song [Demo 1974]", Kinds::DEMO, ""),
            ("Song (Taylor's Version)", Kinds::OTHER_TAKE, "taylors"),
            ("Song (Sped Up)", Kinds::SPEED, ""),
        ] {
            assert_eq!(parts(text), ("song".into(), kinds, version.into()), "{text}");
        }
    }

    #[test]
    fn what_belongs_to_the_name_stays() {
        for (text, full) in [
            ("(I Can't Get No) Satisfaction", "satisfaction i cant get no"),
            ("Live and Let Die", "live and let die"),
            ("Live Forever", "live forever"),
            ("Song 2", "song 2"),
            ("Another Brick in the Wall (Pt. II)", "another brick in the wall part 2"),
            ("Another Brick in the Wall, Part One", "another brick in the wall part 1"),
            ("Remix", "remix"),
            ("(Live)", "live"),
            ("One - Two", "one 2"),
            ("???", "???"),
            ("1979 - Remastered 2012", "1979"),
            ("Cut off (in the mid", "cut off in the mid"),
            ("Radio Ga Ga", "radio ga ga"),
            ("Track 03", "track 3"),
        ] {
            assert_eq!(Title::of(text).full, full, "{text}");
        }
        assert_eq!(Title::of("(I Can't Get No) Satisfaction").short(), "satisfaction");
        assert_eq!(Title::of("The Wall (Part 2)").short(), "the wall part 2");
    }

    #[test]
    fn artists_are_told_apart() {
        let names = |text: &str| artist_names(text).join("|");
        assert_eq!(names("Queen & David Bowie"), "queen|david bowie");
        assert_eq!(names("Jay-Z feat. Alicia Keys"), "jay z|alicia keys");
        assert_eq!(names("A (ft. B), C; D / E x F"), "a|b|c|d|e|f");
        assert_eq!(names("The Beatles"), "beatles");
        assert_eq!(names("Beatles, The"), "beatles");
        assert_eq!(names("AC/DC"), "ac|dc");
        assert_eq!(names("Various Artists"), "");
        assert_eq!(names(""), "");
        assert_eq!(names("Queen, queen"), "queen");
    }
}
