//! A playlist defined by ranges and words: `tempo 90..120, energy < 0.4, genre Jazz, not seasonal, limit 50`.
//!
//! The language is described in `docs/descriptors.md`. [`Definition::parse`] reads it, its [`Display`](std::fmt::Display)
//! writes it in one canonical form that reads back as the same definition, and [`Definition::select`] applies it.

mod display;
mod exclusions;
mod key;
mod lexer;
mod parser;
mod select;
mod words;

pub use key::{Key, Scale};
pub use select::{Described, Filter};
pub use words::{Field, Mood, TextField, Trait};

/// Most characters that a definition may have.
pub const MAX_DEFINITION: usize = 10_000;

/// What a playlist holds, in which order and how much of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Definition {
    /// What every track of it fulfils.
    pub clauses: Vec<Clause>,
    /// Its order; `None`: the order in which the tracks are given.
    pub sort: Option<Sort>,
    /// Most tracks.
    pub limit: Option<usize>,
    /// Most tracks of one artist.
    pub per_artist: Option<usize>,
    /// Most tracks of one album.
    pub per_album: Option<usize>,
}

/// One condition, or its opposite.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// Whether tracks that fulfil the condition are left out, instead of those that do not. What is not known of a track
    /// fulfils no condition, and leaves no track out.
    pub negated: bool,
    /// The condition.
    pub condition: Condition,
}

/// What a track may fulfil.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// A number lies in one of these ranges.
    Number(Field, Vec<Range>),
    /// A tag of the MusiCNN networks has a probability in one of these ranges.
    Tag(String, Vec<Range>),
    /// A style, of a network that a person has added, has one.
    Style(String, Vec<Range>),
    /// The key is one of these.
    Key(Vec<Key>),
    /// The key is a major or a minor one.
    Scale(Scale),
    /// A text is, or has, one of these.
    Text(TextField, Vec<String>),
    /// It is of this kind.
    Is(Trait),
}

/// A range of numbers with one end or two.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Range {
    /// Between the two, both included.
    Between(f64, f64),
    /// Above.
    Above(f64),
    /// This or above.
    AtLeast(f64),
    /// Below.
    Below(f64),
    /// This or below.
    AtMost(f64),
}

impl Range {
    /// Whether `value` lies in it. What is no number lies in none.
    #[must_use]
    pub fn holds(self, value: f64) -> bool {
        match self {
            Self::Between(low, high) => (low..=high).contains(&value),
            Self::Above(low) => value > low,
            Self::AtLeast(low) => value >= low,
            Self::Below(high) => value < high,
            Self::AtMost(high) => value <= high,
        }
    }
}

/// The order of a playlist. What is not known comes last, equal ones stay in the order in which they are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// By a number.
    Number(Field, Direction),
    /// By a text.
    Text(TextField, Direction),
    /// As a shuffle that is the same for the same number, and keeps its order when tracks come and go.
    Random(u64),
}

/// Which end comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// The least.
    #[default]
    Ascending,
    /// The largest.
    Descending,
}

/// Why a definition cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at character {position}: found {found}, expected {expected}")]
pub struct DefinitionError {
    /// Where, in characters from 1.
    pub position: usize,
    /// What stands there: a word in quotation marks, or `the end`.
    pub found: String,
    /// What could have stood there, with an example.
    pub expected: String,
}

impl DefinitionError {
    /// The line of `text` in which it is, and below it a mark at the place, for a shell.
    #[must_use]
    pub fn marked(&self, text: &str) -> String {
        let before: String = text.chars().take(self.position.saturating_sub(1)).collect();
        let column = before.chars().rev().take_while(|&c| c != '\n').count();
        let start = before.chars().count() - column;
        let line: String = text.chars().skip(start).take_while(|&c| c != '\n').collect();
        let blank: String = line.chars().take(column).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
        format!("{line}\n{blank}^")
    }
}

impl Definition {
    /// Reads a definition.
    ///
    /// # Errors
    /// [`Error::Definition`](crate::Error::Definition) says where it stops to make sense and what could stand there.
    pub fn parse(text: &str) -> crate::Result<Self> {
        Ok(parser::parse(text)?)
    }

    /// Names of the tags that it asks for: of a track's tags no others are needed to apply it. [`same_name`] tells which are
    /// meant, since people write them in their own way.
    #[must_use]
    pub fn tag_names(&self) -> Vec<&str> {
        let names = self.clauses.iter().filter_map(|clause| match &clause.condition {
            Condition::Tag(name, _) => Some(name.as_str()),
            _ => None,
        });
        unique(names)
    }

    /// Names of the styles that it asks for. `spoken` asks for those that stand for speech.
    #[must_use]
    pub fn style_names(&self) -> Vec<&str> {
        let names = self.clauses.iter().flat_map(|clause| match &clause.condition {
            Condition::Style(name, _) => std::slice::from_ref(name).iter().map(String::as_str).collect(),
            Condition::Is(Trait::Spoken) => exclusions::SPOKEN_STYLES.to_vec(),
            _ => Vec::new(),
        });
        unique(names)
    }
}

fn unique<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = Vec::new();
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen
}

/// Whether a name of a tag or style is the one that somebody wrote: case, accents and punctuation do not count, and of
/// `Electronic---Ambient` either the whole or the part after the dashes.
#[must_use]
pub fn same_name(name: &str, wanted: &str) -> bool {
    let wanted = crate::text::fold(wanted);
    crate::text::fold(name) == wanted
        || name.rsplit_once("---").is_some_and(|(_, last)| crate::text::fold(last) == wanted)
}
