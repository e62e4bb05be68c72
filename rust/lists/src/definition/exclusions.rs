//! What is only for a season, and what is spoken, told by words.

use crate::text::{contains_words, fold};

/// Styles of Discogs that stand for speech.
pub(super) const SPOKEN_STYLES: [&str; 10] = [
    "Non-Music---Audiobook",
    "Non-Music---Comedy",
    "Non-Music---Dialogue",
    "Non-Music---Interview",
    "Non-Music---Monolog",
    "Non-Music---Poetry",
    "Non-Music---Political",
    "Non-Music---Radioplay",
    "Non-Music---Speech",
    "Non-Music---Spoken Word",
];

/// How likely one of [`SPOKEN_STYLES`] must be for a track to count as spoken.
pub(super) const SPOKEN_STYLE: f32 = 0.5;

const SEASONAL: &str = include_str!("seasonal.txt");
const SPOKEN: &str = include_str!("spoken.txt");

/// Words or beginnings of words to be looked for in folded texts.
pub(super) struct WordList {
    patterns: Vec<Pattern>,
}

struct Pattern {
    words: String,
    /// Whether the last word may go on.
    open: bool,
    /// Scripts that put no blanks between words.
    unspaced: bool,
}

impl WordList {
    /// Words for a season.
    pub(super) fn seasonal() -> Self {
        Self::of(SEASONAL, "")
    }

    /// Words for speech in genres.
    pub(super) fn spoken_genres() -> Self {
        Self::of(SPOKEN, "genre")
    }

    /// Words for speech anywhere.
    pub(super) fn spoken() -> Self {
        Self::of(SPOKEN, "anywhere")
    }

    fn of(text: &str, section: &str) -> Self {
        let mut current = "";
        let mut patterns = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(name) = line.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
                current = name;
            } else if current == section {
                let words = fold(line.trim_end_matches('*'));
                let unspaced = words.chars().any(|c| c >= '\u{1100}');
                patterns.push(Pattern { words, open: line.ends_with('*'), unspaced });
            }
        }
        Self { patterns }
    }

    /// Whether one of them stands in `folded`.
    pub(super) fn is_in(&self, folded: &str) -> bool {
        self.patterns.iter().any(|pattern| {
            if pattern.unspaced {
                folded.contains(&pattern.words)
            } else if pattern.open {
                folded.starts_with(&pattern.words) || {
                    folded
                        .match_indices(&pattern.words)
                        .any(|(at, _)| folded.get(..at).is_some_and(|b| b.ends_with(' ')))
                }
            } else {
                contains_words(folded, &pattern.words)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seasons_are_told_in_many_languages() {
        let words = WordList::seasonal();
        for title in [
            "Last Christmas",
            "All I Want for Xmas",
            "Weihnachtsoratorium, BWV 248",
            "Minuit, chrétiens",
            "Noël blanc",
            "Feliz Navidad",
            "White Christmas (Remastered)",
            "Jingle Bell Rock",
            "Stille Nacht",
            "This Is Halloween",
            "Kerstlied",
            "Joululaulu",
            "メリークリスマス",
            "크리스마스 캐롤",
            "圣诞快乐",
            "Рождественская песня",
            "Новый год",
            "Santa's Coming",
            "Vánoční",
        ] {
            assert!(words.is_in(&fold(title)), "{title}");
        }
        for title in [
            "Winter",
            "Snow",
            "Santa Fe",
            "Jules et Jim",
            "Julia",
            "Carol",
            "Bells",
            "Night",
            "Natalie",
            "Adventure of a Lifetime",
            "",
            "Let It Be",
            "Holy",
        ] {
            assert!(!words.is_in(&fold(title)), "{title}");
        }
    }

    #[test]
    fn speech_is_told_by_genres_and_a_few_titles() {
        let (genres, anywhere) = (WordList::spoken_genres(), WordList::spoken());
        for genre in ["Speech", "Podcasts", "Stand-Up", "Märchen", "Non-Music"] {
            assert!(genres.is_in(&fold(genre)), "{genre}");
        }
        for genre in ["Audiobook", "Hörspiel", "Spoken Word"] {
            assert!(anywhere.is_in(&fold(genre)), "{genre}");
        }
        for title in ["Hörbuch: Kapitel 3", "Interview with the band", "Lauryn (Skit)"] {
            assert!(anywhere.is_in(&fold(title)), "{title}");
        }
        for title in ["Talk", "News", "Poetry Man", "Speechless", "Sunday Sermon", "Skitter"] {
            assert!(!anywhere.is_in(&fold(title)), "{title}");
        }
        assert!(!genres.is_in("rock"));
        assert!(!genres.patterns.is_empty() && !anywhere.patterns.is_empty());
    }
}
