//! What was understood, in words of a language.

use std::fmt;

use crate::language::Language;
use crate::lexicon::lexicon;
use crate::meaning::{Field, Meaning, Range, Want};
use crate::query::Query;

/// Between what is shown.
const BETWEEN: &str = " · ";

impl Meaning {
    /// What it means, in a word or two of a language, such as `calm` or `120–140 BPM`.
    #[must_use]
    pub fn label(&self, language: Language) -> String {
        let shown = lexicon().words(language).map(|words| &words.shown);
        match self {
            Self::Concept(concept) => concept.label(language).to_owned(),
            Self::Tag(network, tag) => network.tags().get(*tag).copied().unwrap_or_default().to_owned(),
            Self::Genre(name) | Self::Style(name) | Self::Artist(name) => name.clone(),
            Self::LikeArtist(name) | Self::LikeTitle(name) => {
                shown.map_or_else(|| name.clone(), |shown| fill(&shown.like, name))
            }
            Self::Near(field, value, _) => format!("~{}", number(*field, *value)),
            Self::Range(Field::Year, Range { from: Some(from), to: Some(to) })
                if *to - *from == 9.0 && from % 10.0 == 0.0 =>
            {
                shown.map_or_else(
                    || number(Field::Year, *from),
                    |shown| fill(&shown.decade, &number(Field::Year, *from)),
                )
            }
            Self::Range(field, range) => ranged(*field, *range),
            Self::Key(tonic, minor) => {
                let Some(shown) = shown else { return String::new() };
                let (notes, mode, alone) = if *minor == Some(true) {
                    (&shown.minor_notes, &shown.minor, &shown.any_minor)
                } else {
                    (&shown.major_notes, &shown.major, &shown.any_major)
                };
                match (tonic.and_then(|tonic| notes.get(usize::from(tonic % 12))), minor) {
                    (Some(note), Some(_)) => fill(mode, note),
                    (Some(note), None) => note.clone(),
                    (None, _) => alone.clone(),
                }
            }
        }
    }

    /// As [`label`](Self::label), with `very` or `slightly` where it is meant more or less strongly than plainly.
    pub(crate) fn label_as(&self, language: Language, strength: f32) -> String {
        let label = self.label(language);
        // More piano is no very piano.
        if matches!(self, Self::Concept(concept) if concept.kind().is_thing()) {
            return label;
        }
        match lexicon().words(language).map(|words| &words.shown) {
            Some(shown) if strength > 1.0 => fill(&shown.very, &label),
            Some(shown) if strength < 1.0 => fill(&shown.slightly, &label),
            _ => label,
        }
    }
}

impl Want {
    /// What it means with a `no` where it is not wanted, such as `no drums`.
    #[must_use]
    pub fn shown(&self, language: Language) -> String {
        let label =
            if self.label.is_empty() { self.meaning.label_as(language, self.strength) } else { self.label.clone() };
        match lexicon().words(language).map(|words| &words.shown) {
            Some(shown) if self.negated => {
                let thing = match &self.meaning {
                    Meaning::Concept(concept) => concept.kind().is_thing() && self.strength == 1.0,
                    Meaning::Range(..) | Meaning::Near(..) => false,
                    _ => true,
                };
                fill(if thing { &shown.no } else { &shown.not }, &label)
            }
            _ => label,
        }
    }
}

/// What was understood in a line: `piano · calm · instrumental`.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, want) in self.wants.iter().enumerate() {
            let between = if at == 0 {
                ""
            } else if want.either {
                " / "
            } else {
                BETWEEN
            };
            write!(f, "{between}{}", want.shown(self.language))?;
        }
        Ok(())
    }
}

fn fill(template: &str, what: &str) -> String {
    template.replace("{}", what)
}

/// A number with its unit.
fn number(field: Field, value: f32) -> String {
    match field {
        Field::Tempo => format!("{value:.0} BPM"),
        Field::Duration if value >= 60.0 || value == 0.0 => {
            format!("{}:{:02} min", (value / 60.0) as u32, (value % 60.0) as u32)
        }
        Field::Duration => format!("{value:.0} s"),
        Field::Loudness => format!("{value:.0} LUFS"),
        Field::LoudnessRange => format!("{value:.0} LU"),
        Field::Year => format!("{value:.0}"),
        _ => format!("{value:.2} {}", field.name()),
    }
}

fn ranged(field: Field, range: Range) -> String {
    match (range.from, range.to) {
        (Some(from), Some(to)) if from == to => number(field, from),
        (Some(from), Some(to)) => {
            let (first, last) = (number(field, from), number(field, to));
            // One unit is enough where both have it.
            match (first.split_once(' '), last.split_once(' ')) {
                (Some((first, unit)), Some((_, other))) if unit == other => format!("{first}–{last}"),
                _ => format!("{first}–{last}"),
            }
        }
        (Some(from), None) => format!("≥ {}", number(field, from)),
        (None, Some(to)) => format!("≤ {}", number(field, to)),
        (None, None) => field.name().to_owned(),
    }
}
