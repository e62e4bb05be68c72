//! Concepts: what can be meant, and what it is recognised by.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::evidence::Evidence;
use super::{LexiconError, lexicon};
use crate::language::Language;
use crate::text::{contains_words, fold};

/// Something that can be meant by words of every language, such as `calm` or `piano`; see `lexicon/concepts.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Concept(u16);

/// What kind of thing a concept is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// How it feels: calm, sad.
    Mood,
    /// What plays: piano.
    Instrument,
    /// A style: jazz.
    Genre,
    /// Who sings, or that nobody does.
    Voice,
    /// How fast.
    Tempo,
    /// How loud, how bright, how dense.
    Sound,
    /// How long.
    Length,
    /// From when.
    Era,
    /// What it is for, or where: running, dinner.
    Activity,
}

impl Kind {
    /// Whether words for it are things rather than qualities: that which `no` stands before rather than `not`.
    pub(crate) fn is_thing(self) -> bool {
        matches!(self, Self::Instrument | Self::Genre | Self::Voice | Self::Activity)
    }
}

impl Concept {
    /// The concept of an id of `lexicon/concepts.toml`.
    #[must_use]
    pub fn named(id: &str) -> Option<Self> {
        lexicon().concepts.find(id)
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..lexicon().concepts.entries.len() as u16).map(Self)
    }

    /// Its id, an English word or some with underscores.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.entry().map_or("", |entry| &entry.id)
    }

    /// What kind of thing it is.
    #[must_use]
    pub fn kind(self) -> Kind {
        self.entry().map_or(Kind::Mood, |entry| entry.kind)
    }

    /// What it is called in a language.
    #[must_use]
    pub fn label(self, language: Language) -> &'static str {
        lexicon().words(language).and_then(|words| words.label(self)).unwrap_or(self.id())
    }

    pub(crate) fn entry(self) -> Option<&'static Entry> {
        lexicon().concepts.entries.get(usize::from(self.0))
    }
}

/// A concept as the lexicon has it.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) kind: Kind,
    /// What the absence of it is, where that has a word: no vocals is instrumental.
    pub(crate) absence: Option<Concept>,
    pub(crate) evidence: Evidence,
    /// Its bit among the genres in the tags of files; `None` where none of these are it.
    pub(crate) genre_bit: Option<u32>,
    /// Words of genres and styles in tags of files that are it, folded.
    genres: Vec<String>,
}

/// Genres at most: columns keep a bit for each, and one for having any.
const GENRES: u32 = 127;

/// All concepts.
#[derive(Debug, Default)]
pub(crate) struct Concepts {
    pub(crate) entries: Vec<Entry>,
    ids: HashMap<String, Concept>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    concept: Vec<Read>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    id: String,
    kind: Kind,
    #[serde(default)]
    absence: Option<String>,
    #[serde(default)]
    evidence: BTreeMap<String, f32>,
    #[serde(default)]
    genres: Vec<String>,
}

impl Concepts {
    pub(super) fn read(text: &str) -> Result<Self, LexiconError> {
        let file: File = toml::from_str(text)
            .map_err(|problem| LexiconError::Syntax { file: "concepts.toml".into(), problem: Box::new(problem) })?;
        let ids: HashMap<String, Concept> =
            file.concept.iter().enumerate().map(|(at, read)| (read.id.clone(), Concept(at as u16))).collect();
        let mut bits = 0..GENRES;
        let mut entries = Vec::with_capacity(file.concept.len());
        for read in file.concept {
            let absence = match &read.absence {
                None => None,
                Some(id) => Some(
                    *ids.get(id)
                        .ok_or_else(|| LexiconError::Concept { file: "concepts.toml".into(), concept: id.clone() })?,
                ),
            };
            let genre_bit = if read.genres.is_empty() {
                None
            } else {
                Some(bits.next().ok_or(LexiconError::Genres { most: GENRES })?)
            };
            entries.push(Entry {
                evidence: Evidence::read(&read.id, &read.evidence)?,
                genres: read.genres.iter().map(|genre| fold(genre)).collect(),
                id: read.id,
                kind: read.kind,
                absence,
                genre_bit,
            });
        }
        Ok(Self { entries, ids })
    }

    pub(crate) fn find(&self, id: &str) -> Option<Concept> {
        self.ids.get(id).copied()
    }

    /// The bits of a genre or style in the tags of a file, such as `Vocal Jazz`.
    pub(crate) fn genre_bits(&self, genre: &str) -> u128 {
        let genre = fold(genre);
        self.entries.iter().fold(0, |bits, entry| match entry.genre_bit {
            Some(bit) if entry.genres.iter().any(|words| contains_words(&genre, words)) => bits | 1 << bit,
            _ => bits,
        })
    }
}
