//! The lexicon: what concepts mean, and the words for them in each language. It is data, in `lexicon/`, and described in
//! `docs/search.md`.

mod concepts;
mod error;
mod evidence;
mod reference;
mod roles;
mod words;

use std::sync::OnceLock;

pub(crate) use concepts::Concepts;
pub use concepts::{Concept, Kind};
pub(crate) use error::LexiconError;
pub(crate) use evidence::Clue;
pub(crate) use reference::{Reference, Spread};
pub(crate) use roles::{Direction, Role, Unit};
pub(crate) use words::{PHRASE, Words};

use crate::language::Language;

/// All that is known of words.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    pub(crate) reference: Reference,
    pub(crate) concepts: Concepts,
    /// In the order of [`Language::ALL`].
    languages: Vec<Words>,
}

const CONCEPTS: &str = include_str!("../../lexicon/concepts.toml");
const REFERENCE: &str = include_str!("../../lexicon/reference.toml");

fn source(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("../../lexicon/en.toml"),
        Language::German => include_str!("../../lexicon/de.toml"),
        Language::French => include_str!("../../lexicon/fr.toml"),
        Language::Spanish => include_str!("../../lexicon/es.toml"),
        Language::Italian => include_str!("../../lexicon/it.toml"),
        Language::Portuguese => include_str!("../../lexicon/pt.toml"),
        Language::Dutch => include_str!("../../lexicon/nl.toml"),
    }
}

impl Lexicon {
    fn load() -> Result<Self, LexiconError> {
        let reference = Reference::read(REFERENCE)?;
        let concepts = Concepts::read(CONCEPTS)?;
        let languages = Language::ALL
            .into_iter()
            .map(|language| Words::read(source(language), language, &concepts))
            .collect::<Result<_, _>>()?;
        Ok(Self { reference, concepts, languages })
    }

    pub(crate) fn words(&self, language: Language) -> Option<&Words> {
        let at = Language::ALL.iter().position(|&other| other == language)?;
        self.languages.get(at)
    }
}

/// The lexicon. It is part of the program, and a test reads it, so that it is whole; were it not, nothing would be understood.
pub(crate) fn lexicon() -> &'static Lexicon {
    static LEXICON: OnceLock<Lexicon> = OnceLock::new();
    LEXICON.get_or_init(|| Lexicon::load().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::tokens;

    fn spelling(text: &str) -> String {
        tokens(text).into_iter().map(|token| token.word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_lexicon_is_whole() {
        // Reading it resolves every clue and name, and finds words that stand for two concepts and concepts without words.
        let lexicon = Lexicon::load().unwrap();
        for language in Language::ALL {
            let words = lexicon.words(language).unwrap();
            for concept in Concept::all() {
                let label = words.label(concept).unwrap();
                assert_eq!(words.concept(&spelling(label)), Some(concept), "{label} ({})", language.code());
            }
            assert_eq!(words.shown.major_notes.len(), 12);
            assert_eq!(words.shown.minor_notes.len(), 12);
        }
    }

    #[test]
    fn what_stands_for_a_concept_does_nothing_else() {
        // A word that compares does so only before a number, so that it may stand for a concept too: bajo, minimaal.
        let lexicon = Lexicon::load().unwrap();
        for language in Language::ALL {
            let words = lexicon.words(language).unwrap();
            for phrase in words.phrases() {
                let roles = words.roles(phrase).iter().filter(|role| !matches!(role, Role::Compare(..)));
                assert_eq!(roles.count(), 0, "{phrase} ({})", language.code());
            }
        }
    }

    #[test]
    fn every_concept_is_recognised_by_something() {
        for concept in Concept::all() {
            let entry = concept.entry().unwrap();
            assert!(!entry.evidence.clues.is_empty() || entry.genre_bit.is_some(), "{}", concept.id());
            for (clue, weight) in &entry.evidence.clues {
                assert!(weight.abs() > 0.0 && weight.abs() <= 1.5, "{} {clue:?}", concept.id());
            }
        }
    }

    #[test]
    fn what_is_wrong_with_a_file_is_told() {
        let error = Concepts::read("[[concept]]\nid = \"x\"\nkind = \"mood\"\nabsence = \"y\"").unwrap_err();
        assert_eq!(
            error.to_string(),
            "concepts.toml: no concept is called \"y\"; add it to concepts.toml or correct its name"
        );
        let two = "[[concept]]\nid = \"x\"\nkind = \"mood\"\n[[concept]]\nid = \"y\"\nkind = \"mood\"\n";
        let concepts = Concepts::read(two).unwrap();
        let english = source(Language::English);
        let grammar = &english[..english.find("[concepts]").unwrap()];
        let read = |words: &str| {
            Words::read(&format!("{grammar}[concepts]\n{words}"), Language::English, &concepts).unwrap_err().to_string()
        };
        assert!(read("x = [\"glad\"]\ny = [\"Glad\"]").starts_with("en.toml: \"glad\" stands for"));
        assert!(read("x = [\"glad\"]").starts_with("en.toml: \"y\" has no words"));
        assert!(read("x = [\"glad\"]\ny = []").starts_with("en.toml: \"y\" has no words"));
        assert!(read("z = [\"glad\"]").starts_with("en.toml: no concept is called \"z\""));
    }
}
