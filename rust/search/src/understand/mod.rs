//! A person's words in, what they mean out.

mod find;
mod keys;
mod named;
mod numbers;
mod scope;

use crate::language::Language;
use crate::lexicon::{Concept, Lexicon, Role, Words, lexicon};
use crate::meaning::{Meaning, Want};
use crate::names::Names;
use crate::query::Query;
use crate::text::fold;
use crate::tokens::{Token, tokens};
use scope::Scope;

/// Characters of a query that are read.
pub const QUERY_CHARS: usize = 1_000;
/// Wants that a query has at most.
pub const MOST_WANTS: usize = 32;

/// What a query means. It never fails: what is not understood is left. At most [`QUERY_CHARS`] characters are read, and [`MOST_WANTS`]
/// wants understood.
#[must_use]
pub fn understand(query: &str, names: &dyn Names) -> Query {
    let read: String = query.chars().take(QUERY_CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let tokens = tokens(&read);
    let lexicon = lexicon();
    let language = find::language(&read, &tokens, lexicon);
    let Some(words) = lexicon.words(language) else { return Query::default() };
    let mut parser = Parser {
        read: &read,
        tokens: &tokens,
        covered: Vec::new(),
        lexicon,
        words,
        language,
        names,
        scope: Scope::default(),
        grammar: false,
        wants: Vec::new(),
        left: Vec::new(),
    };
    parser.covered = parser.cover();
    parser.run();
    parser.finish()
}

struct Parser<'a> {
    read: &'a str,
    tokens: &'a [Token],
    /// Tokens that are words of the lexicon.
    covered: Vec<bool>,
    lexicon: &'static Lexicon,
    words: &'static Words,
    language: Language,
    names: &'a dyn Names,
    scope: Scope,
    /// Whether words were said that only a description has.
    grammar: bool,
    wants: Vec<Want>,
    /// Spans of tokens that were not understood.
    left: Vec<(usize, usize)>,
}

impl Parser<'_> {
    fn run(&mut self) {
        let mut at = 0;
        while at < self.tokens.len() {
            at += self.piece(at).max(1);
        }
    }

    /// Reads what begins at a token and says how many tokens it was.
    fn piece(&mut self, at: usize) -> usize {
        if self.tokens.get(at).is_some_and(|token| token.apart) {
            self.clause(at);
        }
        if let Some(length) = self.quotation(at) {
            return length;
        }
        if let Some(length) = self.likeness(at).or_else(|| self.by(at)) {
            return length;
        }
        if let Some((meaning, length)) = self.key(at).or_else(|| self.number(at)) {
            self.grammar |= length > 1;
            self.want(meaning, at, length);
            return length;
        }
        if let Some(length) = self.name(at) {
            return length;
        }
        if let Some(found) = self.concepts(at) {
            let free =
                found.free || self.roles_at(at + found.length).is_some_and(|(roles, _)| roles.contains(&Role::Free));
            let behind = usize::from(free && !found.free);
            self.grammar |= free || found.music;
            if free {
                self.scope.free();
            }
            for concept in found.concepts {
                self.concept(concept, at, found.length + behind);
            }
            return found.length + behind;
        }
        if let Some((roles, length)) = self.roles_at(at) {
            return self.role(&roles, at, length);
        }
        if let Some(length) = self.genre(at) {
            return length;
        }
        self.leave(at, 1);
        1
    }

    /// A word that does something; one that does nothing here is left.
    fn role(&mut self, roles: &[Role], at: usize, length: usize) -> usize {
        for role in roles {
            match role {
                Role::No | Role::Not => {
                    self.scope.negate(*role == Role::No, at);
                    return length;
                }
                Role::Very | Role::Slightly | Role::Too => {
                    self.scope.intensify(*role, at);
                    return length;
                }
                Role::Or => {
                    self.scope.or();
                    return length;
                }
                Role::And => {
                    let next = self.next_concept(at + length);
                    self.scope.and(next.map(|concept| concept.kind().is_thing()));
                    return length;
                }
                Role::But => {
                    self.scope.end();
                    return length;
                }
                Role::For | Role::Request => {
                    let purpose = self.next_concept(at + length).is_some();
                    self.grammar |= *role == Role::Request || purpose;
                    self.scope.pause();
                    return length;
                }
                Role::Stop
                | Role::By
                | Role::Like
                | Role::About
                | Role::Between
                | Role::To
                | Role::Key
                | Role::Compare(..)
                | Role::DecadeBefore => return length,
                _ => {}
            }
        }
        self.leave(at, length);
        length
    }

    /// A comma: what was not wanted before it ends, unless it goes on to an `or`: no drums, guitar or bass.
    fn clause(&mut self, at: usize) {
        let listed = self.concepts(at).is_some_and(|found| {
            self.roles_at(at + found.length).is_some_and(|(roles, _)| roles.contains(&Role::Or))
                && found.concepts.first().is_some_and(|concept| concept.kind().is_thing())
        });
        if listed && self.scope.negates_things() { self.scope.or() } else { self.scope.end() }
    }

    fn concept(&mut self, concept: Concept, at: usize, length: usize) {
        let spoken = self.scope.take(concept.kind().is_thing());
        self.grammar |= spoken.negated || spoken.strength != 1.0;
        let absence = concept.entry().and_then(|entry| entry.absence).filter(|_| spoken.negated);
        let meaning = Meaning::Concept(absence.unwrap_or(concept));
        let from = spoken.from.unwrap_or(at);
        let want = Want {
            strength: spoken.strength,
            negated: spoken.negated && absence.is_none(),
            either: spoken.either,
            ..Want::new(meaning)
        };
        self.push(want, from, at + length);
    }

    fn want(&mut self, meaning: Meaning, at: usize, length: usize) {
        let spoken = self.scope.take(true);
        self.grammar |= spoken.negated;
        let from = spoken.from.unwrap_or(at);
        let want = Want { negated: spoken.negated, either: spoken.either, ..Want::new(meaning) };
        self.push(want, from, at + length);
    }

    fn push(&mut self, want: Want, from: usize, to: usize) {
        let again = self.wants.iter().any(|other| other.meaning == want.meaning && other.negated == want.negated);
        if again || self.wants.len() >= MOST_WANTS {
            return;
        }
        let label = want.meaning.label_as(self.language, want.strength);
        self.wants.push(Want { label, words: self.text(from, to), ..want });
    }

    /// Words that are not understood. A `no` or `like` right before them was part of them: No Surprises.
    fn leave(&mut self, at: usize, length: usize) {
        let from = self.scope.left().unwrap_or(at);
        self.left.push((from, at + length));
    }

    /// What was typed, from one token to before another.
    fn text(&self, from: usize, to: usize) -> String {
        let start = self.tokens.get(from).map(|token| token.start);
        let end = to.checked_sub(1).and_then(|last| self.tokens.get(last)).map(|token| token.end);
        match (start, end) {
            (Some(start), Some(end)) => self.read.get(start..end).unwrap_or_default().to_owned(),
            _ => String::new(),
        }
    }

    fn finish(mut self) -> Query {
        let whole = fold(self.read);
        let named = self.names.title(&whole).is_some() || self.names.artist(&whole).is_some();
        let content = self.wants.iter().filter(|want| !matches!(want.meaning, Meaning::Artist(_))).count();
        if content == 0 && !(self.grammar && self.left.is_empty()) || self.wants.is_empty() {
            // Nothing but names: they are looked for as they stand.
            self.wants.clear();
            let left = self.words_left(&[(0, self.tokens.len())]);
            return Query { left, language: self.language, ..Query::default() };
        }
        let left = self.words_left(&self.left);
        let likened =
            self.wants.iter().any(|want| matches!(want.meaning, Meaning::LikeArtist(_) | Meaning::LikeTitle(_)));
        let few = if self.grammar { left.len() <= content } else { left.len() < content };
        let described = !named && few && (content >= 2 || content == 1 && (self.grammar || likened));
        Query { wants: self.wants, left, described, language: self.language }
    }

    /// Words as they were typed; what is glued together or quoted is one.
    fn words_left(&self, spans: &[(usize, usize)]) -> Vec<String> {
        let mut words: Vec<(usize, usize)> = Vec::new();
        for at in spans.iter().flat_map(|&(from, to)| from..to) {
            let Some(token) = self.tokens.get(at) else { continue };
            match words.last_mut() {
                Some((first, last))
                    if *last == at
                        && (token.glued
                            || token.quoted.is_some()
                                && token.quoted == self.tokens.get(*first).and_then(|first| first.quoted)) =>
                {
                    *last = at + 1;
                }
                _ => words.push((at, at + 1)),
            }
        }
        words.into_iter().map(|(from, to)| self.text(from, to)).collect()
    }
}
