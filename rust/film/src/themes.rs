//! What words of a film say of music for it: a lexicon of themes in seven languages, kept as data.

use std::sync::OnceLock;

use crate::text::{Language, words};

/// Hits of one theme in one text that count.
const MOST_HITS: usize = 3;
/// What a hit in genres, tags, the title and the overview counts.
const GENRE: f32 = 3.0;
const TAG: f32 = 1.5;
const TITLE: f32 = 1.0;
const OVERVIEW: f32 = 1.0;
/// What a rating for children counts.
const RATING: f32 = 1.0;
/// Shorter words say nothing where the language of the text is not known: *die*, *war* and *held* are words of several.
const UNMISTAKABLE: usize = 5;
/// Texts of one kind that are read.
const MOST_TEXTS: usize = 100;

/// One theme.
#[derive(Debug)]
pub(crate) struct Theme {
    pub(crate) name: &'static str,
    pub(crate) arousal: f32,
    pub(crate) valence: f32,
    pub(crate) energy: f32,
    pub(crate) mood: &'static str,
    pub(crate) music: Vec<&'static str>,
    pub(crate) genres: Vec<&'static str>,
    /// By language.
    words: Vec<Vec<&'static str>>,
}

impl Theme {
    fn read(line: &'static str) -> Option<Self> {
        let mut fields = line.split('\t');
        let name = fields.next()?;
        let mut number = || fields.next()?.parse().ok();
        let (arousal, valence, energy) = (number()?, number()?, number()?);
        let mood = fields.next()?;
        let music = fields.next()?.split(' ').collect();
        let genres = fields.next()?.split(", ").collect();
        let words = fields.map(|words| words.split(' ').collect()).collect();
        Some(Self { name, arousal, valence, energy, mood, music, genres, words })
    }
}

/// All themes, in the order of the file.
pub(crate) fn themes() -> &'static [Theme] {
    static THEMES: OnceLock<Vec<Theme>> = OnceLock::new();
    THEMES.get_or_init(|| {
        let lines = include_str!("themes.tsv").lines();
        lines.filter(|line| !line.starts_with('#')).filter_map(Theme::read).collect()
    })
}

/// What is said of a film.
#[derive(Debug, Clone, Copy, Default)]
pub struct Said<'a> {
    /// Title.
    pub title: &'a str,
    /// Of an episode: the series.
    pub series: &'a str,
    /// What it is about.
    pub overview: &'a str,
    /// Genres.
    pub genres: &'a [String],
    /// Tags and keywords.
    pub tags: &'a [String],
    /// Age rating.
    pub rating: &'a str,
}

/// The themes of a film with what each counts, the most first; those that are not there are left out.
pub(crate) fn found(said: Said<'_>) -> Vec<(&'static Theme, f32)> {
    let (title, series, overview) = (words(said.title), words(said.series), words(said.overview));
    let both: Vec<String> = overview.iter().chain(&title).cloned().collect();
    let language = Language::of(&both);
    let of_text = |words: &[String]| match language {
        Some(language) => vec![Read::new(words, language, 0)],
        None => Language::ALL.map(|language| Read::new(words, language, UNMISTAKABLE)).into(),
    };
    // Genres and tags are labels without a sentence around them: any language.
    let of_labels = |texts: &[String]| {
        let read = |text: &String| {
            let words = words(text);
            Language::ALL.map(|language| Read::new(&words, language, 0))
        };
        texts.iter().take(MOST_TEXTS).map(read).collect::<Vec<_>>()
    };
    let texts = [(TITLE, of_text(&title)), (TITLE, of_text(&series)), (OVERVIEW, of_text(&overview))];
    let labels = [(GENRE, of_labels(said.genres)), (TAG, of_labels(said.tags))];
    let childish = is_for_children(said.rating);
    let weigh = |theme: &'static Theme| {
        let counted = |weight: f32, hits: usize| weight * hits.min(MOST_HITS) as f32;
        let in_texts = texts.iter().map(|(weight, reads)| {
            counted(*weight, reads.iter().map(|read| read.hits(theme)).max().unwrap_or_default())
        });
        let in_labels = labels.iter().map(|(weight, labels)| {
            let hit = |reads: &&[Read; 7]| reads.iter().any(|read| read.hits(theme) > 0);
            counted(*weight, labels.iter().filter(hit).count())
        });
        let rating = if childish && theme.name == "childhood" { RATING } else { 0.0 };
        (theme, in_texts.chain(in_labels).sum::<f32>() + rating)
    };
    let mut found: Vec<(&Theme, f32)> = themes().iter().map(weigh).filter(|(_, weight)| *weight > 0.0).collect();
    found.sort_by(|a, b| b.1.total_cmp(&a.1));
    found
}

/// A text as a language reads it.
struct Read {
    language: Language,
    words: Vec<String>,
}

impl Read {
    /// Two words that the language writes with a hyphen between are one (`science fiction`), and one with a hyphen that it does not know
    /// is two. Words of fewer letters are left out.
    fn new(words: &[String], language: Language, letters: usize) -> Self {
        let hyphened: Vec<&str> = themes()
            .iter()
            .filter_map(|theme| theme.words.get(language as usize))
            .flatten()
            .copied()
            .filter(|word| word.contains('-'))
            .collect();
        let known = |word: &str| hyphened.iter().any(|known| is_one(known, word));
        let mut read = Vec::with_capacity(words.len());
        let mut words = words.iter().peekable();
        while let Some(word) = words.next() {
            let pair = words.peek().map(|next| format!("{word}-{next}")).filter(|pair| known(pair));
            if let Some(pair) = pair {
                words.next();
                read.push(pair);
            } else if word.contains('-') && !known(word) {
                read.extend(word.split('-').map(str::to_owned));
            } else {
                read.push(word.clone());
            }
        }
        read.retain(|word| word.chars().count() >= letters);
        Self { language, words: read }
    }

    /// Words that a theme has.
    fn hits(&self, theme: &Theme) -> usize {
        let known = theme.words.get(self.language as usize).map_or(&[][..], Vec::as_slice);
        self.words.iter().filter(|word| known.iter().any(|known| is_one(known, word))).count()
    }
}

/// Whether a word is one that the lexicon has.
fn is_one(known: &str, word: &str) -> bool {
    match known.strip_suffix('*') {
        Some(beginning) => word.starts_with(beginning) && known.contains('-') == word.contains('-'),
        None => word == known,
    }
}

/// Ratings that say that children may see it, of the lands that have such ones.
fn is_for_children(rating: &str) -> bool {
    let rating: String =
        rating.chars().take(20).filter(|c| c.is_ascii_alphanumeric()).collect::<String>().to_ascii_uppercase();
    matches!(
        rating.as_str(),
        "G" | "TVY" | "TVY7" | "TVG" | "U" | "FSK0" | "DE0" | "FSK6" | "DE6" | "AL" | "T" | "APTA" | "L"
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn names(said: Said<'_>) -> Vec<&'static str> {
        found(said).into_iter().map(|(theme, _)| theme.name).collect()
    }

    #[test]
    fn the_lexicon_is_whole() {
        let lines = include_str!("themes.tsv").lines().filter(|line| !line.starts_with('#'));
        assert_eq!(themes().len(), lines.count());
        for theme in themes() {
            assert_eq!(theme.words.len(), Language::ALL.len(), "{}", theme.name);
            assert!([theme.arousal, theme.valence, theme.energy].iter().all(|value| (0.0..=1.0).contains(value)));
            for word in theme.words.iter().flatten() {
                assert!(word.len() >= 2, "{}: {word:?}", theme.name);
                assert_eq!(words(word.trim_end_matches('*')), [word.trim_end_matches('*')], "{}", theme.name);
            }
        }
    }

    #[test]
    fn each_language_names_themes() {
        for (overview, theme) in [
            ("The soldiers of the army go to war with their enemies", "war"),
            ("Ein Kommissar sucht den Mörder und gerät auf die Spur der Mafia", "crime"),
            ("Une histoire d'amour dans les rues, le mariage est pour demain", "love"),
            ("El fantasma y los vampiros de la casa con una pesadilla", "horror"),
            ("Il calcio e la squadra che vince il torneo per una volta", "sport"),
            ("Uma bruxa e um dragão em um reino de magia para os heróis", "fantasy"),
            ("Het schip op zee, een storm voor de kust van het eiland", "sea"),
        ] {
            let found = names(Said { overview, ..Said::default() });
            assert!(found.contains(&theme), "{overview}: {found:?}");
        }
    }

    #[test]
    fn words_that_are_others_in_another_language_do_not_count() {
        let german =
            names(Said { overview: "Es war einmal ein Mann, der die Welt und das Leben sah", ..Said::default() });
        assert!(!german.contains(&"war") && !german.contains(&"sorrow"), "{german:?}");
        assert!(names(Said { title: "Die", ..Said::default() }).is_empty());
        let genres = ["Science Fiction".to_owned()];
        assert_eq!(names(Said { genres: &genres, ..Said::default() }), ["future"]);
    }

    #[test]
    fn genres_count_more_than_the_overview_and_repetition_is_bounded() {
        let genres = ["Horror".to_owned()];
        let overview = "The love of her life and the love of his own. ".repeat(500);
        let found = found(Said { overview: &overview, genres: &genres, rating: "TV-Y7", ..Said::default() });
        let weight = |name| found.iter().find(|(theme, _)| theme.name == name).unwrap().1;
        assert_eq!((weight("horror"), weight("love"), weight("childhood")), (3.0, 3.0, 1.0));
    }
}
