//! The words of a language.

use std::collections::{BTreeMap, HashMap, HashSet};

use rust_stemmers::{Algorithm, Stemmer};
use serde::Deserialize;

use super::LexiconError;
use super::concepts::{Concept, Concepts};
use super::roles::{Grammar, Role};
use crate::language::Language;
use crate::tokens::tokens;

/// How a language shows what was understood; `{}` is what it is about.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shown {
    /// A thing that is not wanted.
    pub(crate) no: String,
    /// A quality that is not wanted.
    pub(crate) not: String,
    pub(crate) very: String,
    pub(crate) slightly: String,
    pub(crate) like: String,
    /// The first year of a decade.
    pub(crate) decade: String,
    pub(crate) major: String,
    pub(crate) minor: String,
    /// Keys without a tonic.
    pub(crate) any_major: String,
    pub(crate) any_minor: String,
    /// Notes from C on, in the spelling of major keys, and of minor ones.
    pub(crate) major_notes: Vec<String>,
    pub(crate) minor_notes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Compounds {
    /// What words end in that says no more than music: Klaviermusik.
    heads: Vec<String>,
    /// Letters between the parts: Stimmung-s-musik.
    links: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    show: Shown,
    #[serde(default)]
    compounds: Option<Compounds>,
    grammar: Grammar,
    concepts: BTreeMap<String, Vec<String>>,
}

/// The words of a language.
#[derive(Debug, Default)]
pub(crate) struct Words {
    pub(crate) shown: Shown,
    roles: HashMap<String, Vec<Role>>,
    concepts: HashMap<String, Concept>,
    /// By the stems of their words; `None` where two concepts share one.
    stems: HashMap<String, Option<Concept>>,
    /// Stems of words that begin phrases of several.
    beginnings: HashSet<String>,
    labels: HashMap<Concept, String>,
    /// Words as they are spelt, accents and all, in lower case.
    spelt: HashSet<String>,
    heads: HashSet<String>,
    links: Vec<String>,
    algorithm: Option<Algorithm>,
}

/// Words that a phrase of the lexicon has at most.
pub(crate) const PHRASE: usize = 5;
/// Letters that a part of a compound has at least.
const PART: usize = 4;

impl Words {
    pub(super) fn read(text: &str, language: Language, concepts: &Concepts) -> Result<Self, LexiconError> {
        let name = || format!("{}.toml", language.code());
        let file: File = toml::from_str(text)
            .map_err(|problem| LexiconError::Syntax { file: name(), problem: Box::new(problem) })?;
        let spellings = |word: &str| spellings(word, language);
        let mut words = Self {
            shown: file.show,
            roles: file.grammar.roles(&spellings),
            algorithm: Some(algorithm(language)),
            ..Self::default()
        };
        let phrases = file.grammar.phrases().chain(file.concepts.values().flatten());
        words.spelt = phrases.flat_map(|phrase| phrase.split(' ')).map(str::to_lowercase).collect();
        if let Some(compounds) = file.compounds {
            words.heads = compounds.heads.iter().flat_map(|head| spellings(head)).collect();
            words.links = compounds.links;
        }
        for (id, list) in &file.concepts {
            let concept =
                concepts.find(id).ok_or_else(|| LexiconError::Concept { file: name(), concept: id.clone() })?;
            let label =
                list.first().ok_or_else(|| LexiconError::Wordless { file: name(), concept: id.clone() })?.clone();
            words.labels.insert(concept, label);
            for spelling in list.iter().flat_map(|word| spellings(word)) {
                words.add(&spelling, concept, &name)?;
            }
        }
        if let Some(entry) = concepts.entries.iter().find(|entry| !file.concepts.contains_key(&entry.id)) {
            return Err(LexiconError::Wordless { file: name(), concept: entry.id.clone() });
        }
        Ok(words)
    }

    fn add(&mut self, spelling: &str, concept: Concept, file: &dyn Fn() -> String) -> Result<(), LexiconError> {
        let said = |concept: Concept, labels: &HashMap<Concept, String>| {
            labels.get(&concept).map_or_else(|| "something else".to_owned(), |label| format!("\"{label}\""))
        };
        match self.concepts.insert(spelling.to_owned(), concept) {
            Some(other) if other != concept => {
                return Err(LexiconError::Twice {
                    file: file(),
                    word: spelling.to_owned(),
                    first: said(other, &self.labels),
                    second: said(concept, &self.labels),
                });
            }
            _ => {}
        }
        let stems = self.stem(spelling);
        if let Some((first, _)) = stems.split_once(' ') {
            self.beginnings.insert(first.to_owned());
        }
        self.stems
            .entry(stems)
            .and_modify(|other| *other = other.filter(|other| *other == concept))
            .or_insert(Some(concept));
        Ok(())
    }

    fn stem(&self, phrase: &str) -> String {
        let Some(algorithm) = self.algorithm else { return phrase.to_owned() };
        let stemmer = Stemmer::create(algorithm);
        phrase.split(' ').map(|word| stemmer.stem(word).into_owned()).collect::<Vec<_>>().join(" ")
    }

    /// The concept of a folded phrase: as it stands, else by the stems of its words.
    pub(crate) fn concept(&self, phrase: &str) -> Option<Concept> {
        self.concepts.get(phrase).copied().or_else(|| {
            // Short words are what their stems are by chance.
            let long = phrase.chars().count() > 3 && !self.roles.contains_key(phrase);
            let begins = || phrase.split_once(' ').is_none_or(|(first, _)| self.beginnings.contains(&self.stem(first)));
            if long && begins() { self.stems.get(&self.stem(phrase)).copied().flatten() } else { None }
        })
    }

    /// The concept of a folded phrase as it stands.
    pub(crate) fn exact(&self, phrase: &str) -> Option<Concept> {
        self.concepts.get(phrase).copied()
    }

    /// What a folded phrase does.
    pub(crate) fn roles(&self, phrase: &str) -> &[Role] {
        self.roles.get(phrase).map_or(&[], Vec::as_slice)
    }

    /// Whether a word is spelt as the language has it, accents and all.
    pub(crate) fn spells(&self, word: &str) -> bool {
        self.spelt.contains(&word.to_lowercase())
    }

    /// All phrases that stand for concepts.
    #[cfg(test)]
    pub(crate) fn phrases(&self) -> impl Iterator<Item = &str> {
        self.concepts.keys().map(String::as_str)
    }

    /// What a concept is called.
    pub(crate) fn label(&self, concept: Concept) -> Option<&str> {
        self.labels.get(&concept).map(String::as_str)
    }

    /// The concepts that a folded word is put together of, such as `klaviermusik` and `klavierjazz`, and whether its end says that they are
    /// not wanted, such as `gesangsfrei`.
    pub(crate) fn compound(&self, word: &str) -> Option<(Vec<Concept>, bool)> {
        if self.heads.is_empty() || !word.is_ascii() {
            return None;
        }
        (PART..word.len().saturating_sub(2)).rev().find_map(|at| {
            let (first, last) = (word.get(..at)?, word.get(at..)?);
            let concept = self.part(first)?;
            if self.heads.contains(last) {
                return Some((vec![concept], false));
            }
            if self.roles(last).contains(&Role::Free) {
                return Some((vec![concept], true));
            }
            let second = if last.len() >= PART { self.concept(last) } else { None };
            second.map(|second| if second == concept { (vec![concept], false) } else { (vec![concept, second], false) })
        })
    }

    /// A part of a compound that is not its last, with the letters that link it.
    fn part(&self, part: &str) -> Option<Concept> {
        self.exact(part).or_else(|| {
            self.links.iter().find_map(|link| {
                let bare = part.strip_suffix(link.as_str())?;
                if bare.len() >= PART { self.exact(bare) } else { None }
            })
        })
    }
}

fn algorithm(language: Language) -> Algorithm {
    match language {
        Language::English => Algorithm::English,
        Language::German => Algorithm::German,
        Language::French => Algorithm::French,
        Language::Spanish => Algorithm::Spanish,
        Language::Italian => Algorithm::Italian,
        Language::Portuguese => Algorithm::Portuguese,
        Language::Dutch => Algorithm::Dutch,
    }
}

/// A word of the lexicon as queries have it; in German also as those write it who have no umlauts.
fn spellings(word: &str, language: Language) -> Vec<String> {
    let spelling = |text: &str| tokens(text).into_iter().map(|token| token.word).collect::<Vec<_>>().join(" ");
    let mut spellings = vec![spelling(word)];
    if language == Language::German {
        let spelt = spelling(&word.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue"));
        if spellings.first() != Some(&spelt) {
            spellings.push(spelt);
        }
    }
    spellings
}
