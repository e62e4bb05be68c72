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
