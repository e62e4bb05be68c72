//! What speaks for a concept.

use std::collections::BTreeMap;

use super::LexiconError;
use crate::meaning::{Field, Range};
use crate::tags::Network;

/// Something that speaks for or against a concept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Clue {
    /// A tag.
    Tag(Network, usize),
    /// A number, the more the better.
    Number(Field),
    /// A number within a range.
    Within(Field, Range),
    /// A minor key, against a major one.
    Minor,
}

/// Clues with their weights.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Evidence {
    pub(crate) clues: Vec<(Clue, f32)>,
}

impl Evidence {
    pub(super) fn read(concept: &str, clues: &BTreeMap<String, f32>) -> Result<Self, LexiconError> {
        let clues = clues
            .iter()
            .map(|(text, &weight)| {
                let clue = Clue::read(text)
                    .ok_or_else(|| LexiconError::Clue { concept: concept.to_owned(), clue: text.clone() })?;
                Ok((clue, weight))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { clues })
    }
}

impl Clue {
    /// `msd:rock`, `mtt:piano`, `energy`, `tempo 90..120`, `year ..1970`, `minor`.
    fn read(text: &str) -> Option<Self> {
        if let Some(tag) = text.strip_prefix("msd:") {
            return Network::Msd.tag(tag).map(|tag| Self::Tag(Network::Msd, tag));
        }
        if let Some(tag) = text.strip_prefix("mtt:") {
            return Network::Mtt.tag(tag).map(|tag| Self::Tag(Network::Mtt, tag));
        }
        if text == "minor" {
            return Some(Self::Minor);
        }
        match text.split_once(' ') {
            None => Field::named(text).map(Self::Number),
            Some((field, range)) => {
                let (from, to) = range.split_once("..")?;
                let end = |text: &str| if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) };
                Some(Self::Within(Field::named(field)?, Range { from: end(from)?, to: end(to)? }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clues_are_read_and_others_are_told() {
        assert_eq!(Clue::read("mtt:piano"), Some(Clue::Tag(Network::Mtt, 9)));
        assert_eq!(Clue::read("energy"), Some(Clue::Number(Field::Energy)));
        let range = Range { from: Some(90.0), to: None };
        assert_eq!(Clue::read("tempo 90.."), Some(Clue::Within(Field::Tempo, range)));
        for wrong in ["msd:piano", "joy", "tempo 90", "tempo a..b", ""] {
            assert_eq!(Clue::read(wrong), None, "{wrong}");
        }
        let error = Evidence::read("calm", &BTreeMap::from([("joy".to_owned(), 1.0)])).unwrap_err();
        assert!(error.to_string().contains("calm: \"joy\" is no tag"), "{error}");
    }
}
