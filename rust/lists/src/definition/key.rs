//! Keys in the ways that people write them.

use std::fmt;

/// Major or minor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scale {
    /// Major.
    Major,
    /// Minor.
    Minor,
}

impl Scale {
    /// Its name in the language and in Segue's answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Major => "major",
            Self::Minor => "minor",
        }
    }

    pub(super) fn of(word: &str) -> Option<Self> {
        [Self::Major, Self::Minor].into_iter().find(|scale| scale.name().eq_ignore_ascii_case(word))
    }
}

/// A musical key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// The tonic in semitones above C, 0..12.
    pub tonic: u8,
    /// Major or minor.
    pub scale: Scale,
}

const TONICS: [&str; 12] = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];

impl Key {
    /// The key of a tonic such as `C#` or `Db` and a scale, `major` or `minor`, as Segue's answers have them.
    #[must_use]
    pub fn new(tonic: &str, scale: &str) -> Option<Self> {
        Some(Self { tonic: semitone(tonic)?, scale: Scale::of(scale)? })
    }

    /// A key as people write it: `C`, `Am`, `F# minor`, `Bb`, Camelot's `8B`, Open Key's `1d`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.starts_with(|c: char| c.is_ascii_digit()) {
            return Self::of_wheel(text);
        }
        let end = text.char_indices().nth(1).map_or(text.len(), |(at, _)| at);
        let end = end + text.get(end..)?.chars().next().filter(|c| "#b♯♭".contains(*c)).map_or(0, char::len_utf8);
        let (tonic, rest) = text.split_at_checked(end)?;
        let scale = match rest.trim() {
            "" | "M" => Scale::Major,
            "m" => Scale::Minor,
            word => match word.to_ascii_lowercase().as_str() {
                "maj" | "major" | "dur" => Scale::Major,
                "min" | "minor" | "moll" => Scale::Minor,
                _ => return None,
            },
        };
        Some(Self { tonic: semitone(tonic)?, scale })
    }

    /// A place on Camelot's wheel (A minor, B major) or Open Key's (m minor, d major): a step is a fifth.
    fn of_wheel(text: &str) -> Option<Self> {
        let letter = text.chars().next_back()?;
        let place: u8 =
            text.get(..text.len() - letter.len_utf8())?.parse().ok().filter(|place| (1..=12).contains(place))?;
        // C major is 8B and 1d, A minor 8A and 1m.
        let (fifths, scale) = match letter.to_ascii_lowercase() {
            'b' => (place + 4, Scale::Major),
            'a' => (place + 4, Scale::Minor),
            'd' => (place + 11, Scale::Major),
            'm' => (place + 11, Scale::Minor),
            _ => return None,
        };
        let root = if scale == Scale::Major { 0 } else { 9 };
        Some(Self { tonic: (root + fifths % 12 * 7) % 12, scale })
    }
}

fn semitone(tonic: &str) -> Option<u8> {
    let mut chars = tonic.chars();
    let natural = match chars.next()?.to_ascii_uppercase() {
        'C' => 0,
        'D' => 2,
        'E' => 4,
        'F' => 5,
        'G' => 7,
        'A' => 9,
        'B' => 11,
        _ => return None,
    };
    let shift = match (chars.next(), chars.next()) {
        (None, _) => 0,
        (Some('#' | '♯'), None) => 1,
        (Some('b' | '♭'), None) => 11,
        _ => return None,
    };
    Some((natural + shift) % 12)
}

/// As in [`Key::parse`]: `C`, `Am`, with sharps.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tonic = TONICS.get(usize::from(self.tonic % 12)).copied().unwrap_or_default();
        write!(f, "{tonic}{}", if self.scale == Scale::Minor { "m" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_understood_in_all_spellings() {
        for (text, key) in [
            ("C", "C"),
            ("c", "C"),
            ("Am", "Am"),
            ("A minor", "Am"),
            ("a min", "Am"),
            ("F#m", "F#m"),
            ("Gbm", "F#m"),
            ("Bb", "A#"),
            ("B♭ major", "A#"),
            ("bb", "A#"),
            ("Cb", "B"),
            ("BM", "B"),
            ("8B", "C"),
            ("8A", "Am"),
            ("8a", "Am"),
            ("9B", "G"),
            ("7B", "F"),
            ("1A", "G#m"),
            ("12B", "E"),
            ("1d", "C"),
            ("1m", "Am"),
            ("2d", "G"),
            ("12d", "F"),
        ] {
            assert_eq!(Key::parse(text).map(|key| key.to_string()).as_deref(), Some(key), "{text}");
        }
        for text in ["", "H", "0A", "13B", "8C", "Amx", "A##", "é", "1é", "A é"] {
            assert_eq!(Key::parse(text), None, "{text}");
        }
        assert_eq!(Key::new("Db", "minor"), Key::parse("C#m"));
        assert_eq!(Key::new("C", ""), None);
    }

    #[test]
    fn every_key_is_written_as_it_is_read() {
        for tonic in 0..12 {
            for scale in [Scale::Major, Scale::Minor] {
                let key = Key { tonic, scale };
                assert_eq!(Key::parse(&key.to_string()), Some(key));
            }
        }
    }
}
