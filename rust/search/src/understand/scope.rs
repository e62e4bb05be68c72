//! How far `no`, `very` and `or` reach.

use crate::lexicon::Role;

/// How strongly `very` and `slightly` are meant, and `too` behind a `not`.
const VERY: f32 = 1.6;
const SLIGHTLY: f32 = 0.5;

/// What stands before a concept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spoken {
    pub(super) negated: bool,
    pub(super) strength: f32,
    pub(super) either: bool,
    /// The first token of all that.
    pub(super) from: Option<usize>,
}

#[derive(Debug, Clone, Copy)]
struct Negation {
    /// `no` rather than `not`.
    thing: bool,
    /// Whether the last concept in it was a thing; `None` before the first.
    last: Option<bool>,
    /// An `or`, `and` or comma carries it on to the next concept.
    carried: bool,
}

/// How far words reach that change what follows.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Scope {
    negation: Option<Negation>,
    /// The concept behind has a word such as `free`.
    free: bool,
    strength: Option<f32>,
    either: bool,
    from: Option<usize>,
    /// A concept came before, so that an `or` has something to choose from.
    begun: bool,
}

impl Scope {
    /// `no` or `not`. Two of them that follow each other cancel out.
    pub(super) fn negate(&mut self, thing: bool, at: usize) {
        match self.negation {
            Some(Negation { last: None, .. }) => self.negation = None,
            _ => {
                self.negation = Some(Negation { thing, last: None, carried: false });
                self.from = Some(at);
            }
        }
    }

    pub(super) fn free(&mut self) {
        self.free = true;
    }

    pub(super) fn intensify(&mut self, role: Role, at: usize) {
        // Not too fast is not very fast.
        self.strength = match role {
            Role::Slightly => Some(SLIGHTLY),
            Role::Too if self.negation.is_none() => None,
            _ => Some(VERY),
        };
        self.from = self.from.or(Some(at));
    }

    pub(super) fn or(&mut self) {
        match &mut self.negation {
            Some(negation) => negation.carried = true,
            None => self.either = self.begun,
        }
    }

    /// An `and`, and whether a thing follows: it carries a negation on among things and among qualities.
    pub(super) fn and(&mut self, next: Option<bool>) {
        if let Some(negation) = &mut self.negation {
            if next.is_some() && negation.last == next {
                negation.carried = true;
            } else if negation.last.is_some() {
                self.negation = None;
            }
        }
    }

    /// A purpose follows, which a negation reaches only where it stands right before: not for sleeping.
    pub(super) fn pause(&mut self) {
        if self.negation.is_some_and(|negation| negation.last.is_some()) {
            self.negation = None;
        }
        self.either = false;
    }

    pub(super) fn end(&mut self) {
        *self = Self { begun: self.begun, ..Self::default() };
    }

    pub(super) fn negates_things(&self) -> bool {
        self.negation.is_some_and(|negation| negation.last == Some(true))
    }

    /// A concept: what was said about it.
    pub(super) fn take(&mut self, thing: bool) -> Spoken {
        let mut negated = std::mem::take(&mut self.free);
        if let Some(negation) = &mut self.negation {
            // Behind the first, `no` goes on from a quality to its thing: no loud drums.
            let reaches = match negation.last {
                None => true,
                Some(last) => std::mem::take(&mut negation.carried) || negation.thing && !last && thing,
            };
            if reaches {
                negation.last = Some(thing);
                negated = true;
            } else {
                self.negation = None;
            }
        }
        self.begun = true;
        Spoken {
            negated,
            strength: self.strength.take().unwrap_or(1.0),
            either: std::mem::take(&mut self.either) && !negated,
            from: self.from.take(),
        }
    }

    /// A word that is not understood: ends all; the first of the words before it that are part of it.
    pub(super) fn left(&mut self) -> Option<usize> {
        let waiting = self.negation.is_some_and(|negation| negation.last.is_none()) || self.strength.is_some();
        let from = if waiting { self.from } else { None };
        self.end();
        from
    }
}
