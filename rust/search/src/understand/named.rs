//! Names of the library in a query.

use super::Parser;
use crate::lexicon::Role;
use crate::meaning::Meaning;

/// Words that a name has at most.
const NAME: usize = 8;

impl Parser<'_> {
    /// The end of the clause that a token is in: names do not reach over commas and marks, but may hold dashes and dots.
    fn reach(&self, at: usize) -> usize {
        let quoted = self.tokens.get(at).and_then(|token| token.quoted);
        let more = self.tokens.get(at + 1..).unwrap_or_default();
        at + 1 + more.iter().take(NAME - 1).take_while(|token| token.quoted == quoted).count()
    }

    /// The longest name that begins at a token, and its tokens.
    fn longest<T>(&self, at: usize, least: usize, know: impl Fn(&str) -> Option<T>) -> Option<(T, usize)> {
        self.tokens.get(at)?;
        (at + least..=self.reach(at)).rev().find_map(|to| know(&self.name_of(at, to)).map(|known| (known, to - at)))
    }

    /// What stands in quotation marks is a name, known or not.
    pub(super) fn quotation(&mut self, at: usize) -> Option<usize> {
        let pair = self.tokens.get(at)?.quoted?;
        let length = self.tokens.iter().skip(at).take_while(|token| token.quoted == Some(pair)).count();
        let name = self.name_of(at, at + length);
        if let Some(artist) = self.names.artist(&name) {
            self.want(Meaning::Artist(artist), at, length);
        } else {
            self.leave(at, length);
        }
        Some(length)
    }

    /// `like` and the name of an artist or title.
    pub(super) fn likeness(&mut self, at: usize) -> Option<usize> {
        let (_, like) = self.role_at(at, |role| role == Role::Like)?;
        let from = at + like;
        let found = [from, self.past_stops(from)].into_iter().find_map(|from| {
            let artist = self
                .longest(from, 1, |name| self.names.artist(name))
                .map(|(name, length)| (Meaning::LikeArtist(name), length));
            let title = self
                .longest(from, 1, |name| self.names.title(name))
                .map(|(name, length)| (Meaning::LikeTitle(name), length));
            let longer = match (artist, title) {
                (Some(artist), Some(title)) => Some(if title.1 > artist.1 { title } else { artist }),
                (artist, title) => artist.or(title),
            };
            // A single word that means something else is rather that: like piano.
            longer
                .filter(|(_, length)| {
                    *length > 1
                        || self.tokens.get(from).is_some_and(|token| token.quoted.is_some())
                        || self.concepts(from).is_none()
                })
                .map(|(meaning, length)| (meaning, from + length))
        });
        let (meaning, mut to) = found?;
        if matches!(meaning, Meaning::LikeTitle(_))
            && let Some((_, by)) = self.role_at(to, |role| role == Role::By)
            && let Some((_, length)) = self.longest(to + by, 1, |name| self.names.artist(name))
        {
            to += by + length;
        }
        self.grammar = true;
        self.want(meaning, at, to - at);
        Some(to - at)
    }

    /// `by` and the name of an artist.
    pub(super) fn by(&mut self, at: usize) -> Option<usize> {
        let (_, by) = self.role_at(at, |role| role == Role::By)?;
        let (artist, length) = self.longest(at + by, 1, |name| self.names.artist(name))?;
        let plain = self.concepts(at + by).is_some_and(|found| found.length >= length);
        if plain {
            return None;
        }
        self.want(Meaning::Artist(artist), at, by + length);
        Some(by + length)
    }

    /// A name that holds words which the lexicon does not have: it is longer than what else these could mean.
    pub(super) fn name(&mut self, at: usize) -> Option<usize> {
        let strange = |from: usize, length: usize| self.covered.iter().skip(from).take(length).any(|covered| !covered);
        let artist = self.longest(at, 1, |name| self.names.artist(name)).filter(|(_, length)| strange(at, *length));
        let title = self.longest(at, 2, |name| self.names.title(name)).filter(|(_, length)| strange(at, *length));
        let title_length = title.map_or(0, |(_, length)| length);
        match artist {
            Some((artist, length)) if length >= title_length => {
                self.want(Meaning::Artist(artist), at, length);
                Some(length)
            }
            _ if title_length > 0 => {
                self.leave(at, title_length);
                Some(title_length)
            }
            _ => None,
        }
    }

    /// A genre or style of the library that is no concept.
    pub(super) fn genre(&mut self, at: usize) -> Option<usize> {
        let genre =
            self.longest(at, 1, |name| self.names.genre(name)).map(|(name, length)| (Meaning::Genre(name), length));
        let style =
            || self.longest(at, 1, |name| self.names.style(name)).map(|(name, length)| (Meaning::Style(name), length));
        let (meaning, length) = genre.or_else(style)?;
        self.want(meaning, at, length);
        Some(length)
    }
}
