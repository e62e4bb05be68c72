//! Keys in a query.

use super::Parser;
use crate::lexicon::Role;
use crate::meaning::Meaning;

/// Words before which a mode alone is one: in minor.
const IN: [&str; 3] = ["in", "en", "em"];

impl Parser<'_> {
    /// A key that begins at a token, and its tokens: `D minor`, `a-Moll`, `ré majeur`, `key of F#m`, `key 8A`, `in minor`.
    pub(super) fn key(&self, at: usize) -> Option<(Meaning, usize)> {
        if let Some((_, named)) = self.role_at(at, |role| role == Role::Key) {
            let from = self.past_stops(at + named);
            let found = self.tonic(from).map(|(tonic, minor, to)| (Some(tonic), Some(minor.unwrap_or(false)), to));
            let mode = || self.mode(from).map(|(minor, to)| (None, Some(minor), to));
            let (tonic, minor, to) = found.or_else(|| self.camelot(from)).or_else(mode)?;
            return Some((Meaning::Key(tonic, minor), to - at));
        }
        if let Some((tonic, Some(minor), to)) = self.tonic(at) {
            let to = self.role_at(to, |role| role == Role::Key).map_or(to, |(_, length)| to + length);
            return Some((Meaning::Key(Some(tonic), Some(minor)), to - at));
        }
        let (minor, to) = self.mode(at)?;
        let inside = at
            .checked_sub(1)
            .and_then(|before| self.tokens.get(before))
            .is_some_and(|token| IN.contains(&token.word.as_str()));
        match self.role_at(to, |role| role == Role::Key) {
            Some((_, length)) => Some((Meaning::Key(None, Some(minor)), to + length - at)),
            None if inside => Some((Meaning::Key(None, Some(minor)), to - at)),
            None => None,
        }
    }

    /// A note with its sign and its mode, as far as they are there, and the token behind.
    fn tonic(&self, at: usize) -> Option<(u8, Option<bool>, usize)> {
        let token = self.tokens.get(at)?;
        let note = |word: &str| {
            self.words.roles(word).iter().find_map(|role| if let Role::Note(note) = role { Some(*note) } else { None })
        };
        // Am, F#m: only behind a sign or as one word, and told apart from words by who asks.
        let Some(natural) = note(&token.word) else {
            let (bare, named) = (token.word.strip_suffix('m')?, at.checked_sub(1)?);
            self.role_at(named, |role| role == Role::Key)?;
            return Some((note(bare)?, Some(true), at + 1));
        };
        let mut to = at + 1;
        let mut tonic = i32::from(natural);
        let next = self.tokens.get(to).map(|token| token.word.as_str());
        let sign = self.role_at(to, |role| matches!(role, Role::Sharp | Role::Flat));
        match (next, sign) {
            (Some("♯"), _) => (tonic, to) = (tonic + 1, to + 1),
            (Some("♭"), _) => (tonic, to) = (tonic - 1, to + 1),
            (_, Some((Role::Sharp, length))) => (tonic, to) = (tonic + 1, to + length),
            (_, Some((_, length))) => (tonic, to) = (tonic - 1, to + length),
            _ => {}
        }
        let tonic = tonic.rem_euclid(12) as u8;
        if self.tokens.get(to).is_some_and(|token| token.word == "m" && token.glued) {
            return Some((tonic, Some(true), to + 1));
        }
        match self.mode(to) {
            Some((minor, to)) => Some((tonic, Some(minor), to)),
            None => Some((tonic, None, to)),
        }
    }

    fn mode(&self, at: usize) -> Option<(bool, usize)> {
        let (role, length) = self.role_at(at, |role| matches!(role, Role::Major | Role::Minor))?;
        Some((role == Role::Minor, at + length))
    }

    /// 8A is A minor, 8B is C major; each step is a fifth.
    fn camelot(&self, at: usize) -> Option<(Option<u8>, Option<bool>, usize)> {
        let hour = self.tokens.get(at)?.number.filter(|hour| (1.0..=12.0).contains(hour) && hour.fract() == 0.0)?;
        let letter = self.tokens.get(at + 1).filter(|token| token.glued)?;
        let (home, minor) = match letter.word.as_str() {
            "a" => (9, true),
            "b" => (0, false),
            _ => return None,
        };
        let tonic = (home + 7 * (hour as i32 - 8)).rem_euclid(12);
        Some((Some(tonic as u8), Some(minor), at + 2))
    }
}
