//! Finding words of the lexicon in a query.

use super::Parser;
use crate::language::Language;
use crate::lexicon::{Concept, Lexicon, PHRASE, Role, Words};
use crate::text::fold;
use crate::tokens::Token;

/// Concepts that begin at a token.
pub(super) struct Found {
    pub(super) concepts: Vec<Concept>,
    /// Tokens.
    pub(super) length: usize,
    /// Whether the word itself says that they are not wanted.
    pub(super) free: bool,
    /// Whether the word itself says that it is about music: Klaviermusik.
    pub(super) music: bool,
}

/// Letters that a word has at least to be taken from a language that the query is not in.
const FOREIGN: usize = 5;

/// The language that explains most of the words; among equals the one in which more are spelt right, and English before others.
pub(super) fn language(read: &str, tokens: &[Token], lexicon: &Lexicon) -> Language {
    let mut best = (Language::English, (0, 0));
    for language in Language::ALL {
        let Some(words) = lexicon.words(language) else { continue };
        let mut explained = 0;
        let mut at = 0;
        while at < tokens.len() {
            let (length, weight) = explains(tokens, at, words);
            explained += length * weight;
            at += length;
        }
        let spelt = tokens
            .iter()
            .filter_map(|token| read.get(token.start..token.end))
            .filter(|word| words.spells(word))
            .count();
        if (explained, spelt) > best.1 {
            best = (language, (explained, spelt));
        }
    }
    best.0
}

/// How many tokens a language explains as one, and what each counts.
fn explains(tokens: &[Token], at: usize, words: &Words) -> (usize, usize) {
    for length in (1..=PHRASE).rev() {
        let Some(phrase) = phrase(tokens, at, length) else { continue };
        if words.exact(&phrase).is_some() {
            return (length, 4);
        }
        if words.concept(&phrase).is_some() {
            return (length, 3);
        }
        if !words.roles(&phrase).is_empty() {
            return (length, if length > 1 { 4 } else { 2 });
        }
    }
    let compound = tokens.get(at).is_some_and(|token| words.compound(&token.word).is_some());
    (1, if compound { 3 } else { 0 })
}

/// Tokens that follow each other as one phrase; `None` where a comma or a quotation mark stands between them.
pub(super) fn phrase(tokens: &[Token], at: usize, length: usize) -> Option<String> {
    let span = tokens.get(at..at + length)?;
    let (first, rest) = span.split_first()?;
    if rest.iter().any(|token| token.apart || token.quoted != first.quoted) {
        return None;
    }
    let mut phrase = first.word.clone();
    for token in rest {
        phrase.push(' ');
        phrase.push_str(&token.word);
    }
    Some(phrase)
}

impl Parser<'_> {
    /// The concepts that begin at a token: the longest phrase of the query's language, else of English, else of another one.
    pub(super) fn concepts(&self, at: usize) -> Option<Found> {
        let one =
            |concept: Concept, length: usize| Found { concepts: vec![concept], length, free: false, music: false };
        let english = self.lexicon.words(Language::English);
        for length in (1..=PHRASE).rev() {
            let Some(phrase) = phrase(self.tokens, at, length) else { continue };
            if let Some(concept) = self.words.concept(&phrase) {
                return Some(one(concept, length));
            }
            if !self.words.roles(&phrase).is_empty() {
                return None;
            }
            if let Some(concept) = english.and_then(|english| english.concept(&phrase)) {
                return Some(one(concept, length));
            }
        }
        let word = &self.tokens.get(at)?.word;
        if let Some((concepts, free)) = self.words.compound(word) {
            let music = concepts.len() == 1 && !free;
            return Some(Found { concepts, length: 1, free, music });
        }
        if word.chars().count() < FOREIGN {
            return None;
        }
        Language::ALL
            .into_iter()
            .filter_map(|language| self.lexicon.words(language))
            .find_map(|words| words.exact(word))
            .map(|concept| one(concept, 1))
    }

    /// What the longest phrase at a token does, and its tokens: in the query's language, else in English.
    pub(super) fn roles_at(&self, at: usize) -> Option<(Vec<Role>, usize)> {
        let english = self.lexicon.words(Language::English);
        let of = |words: &Words| {
            (1..=PHRASE).rev().find_map(|length| {
                let roles = words.roles(&phrase(self.tokens, at, length)?);
                if roles.is_empty() { None } else { Some((roles.to_vec(), length)) }
            })
        };
        of(self.words).or_else(|| english.and_then(of))
    }

    /// How many tokens a role takes at a token, if one stands there.
    pub(super) fn role_at(&self, at: usize, is: impl Fn(Role) -> bool) -> Option<(Role, usize)> {
        let (roles, length) = self.roles_at(at)?;
        roles.into_iter().find(|role| is(*role)).map(|role| (role, length))
    }

    /// The next token that is no stop word.
    pub(super) fn past_stops(&self, mut at: usize) -> usize {
        while let Some((_, length)) = self.role_at(at, |role| role == Role::Stop) {
            at += length;
        }
        at
    }

    /// The concept that comes next, stop words and intensities aside.
    pub(super) fn next_concept(&self, mut at: usize) -> Option<Concept> {
        loop {
            if let Some(found) = self.concepts(at) {
                return found.concepts.first().copied();
            }
            let (_, length) = self
                .role_at(at, |role| matches!(role, Role::Stop | Role::Very | Role::Slightly | Role::Too | Role::For))?;
            at += length;
        }
    }

    /// Which tokens are words of the lexicon.
    pub(super) fn cover(&self) -> Vec<bool> {
        let mut covered = vec![false; self.tokens.len()];
        let mut at = 0;
        while at < self.tokens.len() {
            let length =
                self.concepts(at).map(|found| found.length).or_else(|| self.roles_at(at).map(|(_, length)| length));
            covered.iter_mut().skip(at).take(length.unwrap_or(0)).for_each(|covered| *covered = true);
            at += length.unwrap_or(1).max(1);
        }
        covered
    }

    /// Tokens as names are written: folded as they were typed.
    pub(super) fn name_of(&self, from: usize, to: usize) -> String {
        fold(&self.text(from, to))
    }
}
