//! Numbers in a query: tempo, length, years.

use super::Parser;
use crate::lexicon::{Direction, Role, Unit};
use crate::meaning::{Field, Meaning, Range};

/// A number and what it counts.
#[derive(Debug, Clone, Copy)]
struct Term {
    value: f32,
    counts: Counts,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Counts {
    Nothing,
    Bpm,
    Seconds,
    Lufs,
    Year,
    /// Ten years from the value on.
    Decade,
}

/// Numbers without a unit that are years, and that are tempos.
const YEARS: std::ops::RangeInclusive<f32> = 1_800.0..=2_100.0;
const TEMPOS: std::ops::RangeInclusive<f32> = 40.0..=300.0;
/// Lengths without a unit up to this are minutes.
const MINUTES: f32 = 30.0;

impl Parser<'_> {
    /// A number with what it counts that begins at a token, and its tokens.
    pub(super) fn number(&self, at: usize) -> Option<(Meaning, usize)> {
        if let Some((_, length)) = self.role_at(at, |role| role == Role::About) {
            let (term, to) = self.term(self.past_stops(at + length))?;
            return Some((about(self.settle(term, None)?)?, to - at));
        }
        if let Some((_, length)) = self.role_at(at, |role| role == Role::Between) {
            let (from, to) = self.pair(self.past_stops(at + length), true)?;
            return Some((from, to - at));
        }
        if let Some((meaning, to)) = self.pair(at, false) {
            return Some((meaning, to - at));
        }
        if let Some((Role::Compare(field, direction), length)) =
            self.role_at(at, |role| matches!(role, Role::Compare(..)))
        {
            let mut from = self.past_stops(at + length);
            if let Some((_, about)) = self.role_at(from, |role| role == Role::About) {
                from += about;
            }
            let (term, to) = self.term(from)?;
            return Some((compared(self.settle(term, field)?, direction)?, to - at));
        }
        let (term, to) = self.term(at)?;
        let alone = match term.counts {
            Counts::Nothing if YEARS.contains(&term.value) && self.tokens.get(at)?.number.is_some() => {
                Term { counts: Counts::Year, ..term }
            }
            Counts::Nothing => return None,
            _ => term,
        };
        Some((alone_is(alone)?, to - at))
    }

    /// Two numbers with a dash, `to` or, where that was said before, an `and` between them.
    fn pair(&self, at: usize, between: bool) -> Option<(Meaning, usize)> {
        let (first, middle) = self.term(at)?;
        let next = self.tokens.get(middle)?;
        let joined = self.role_at(middle, |role| role == Role::To || between && role == Role::And);
        let from = match joined {
            Some((_, length)) => self.past_stops(middle + length),
            None if next.dashed => middle,
            None => return None,
        };
        let (second, to) = self.term(from)?;
        let century = first.counts == Counts::Nothing && YEARS.contains(&first.value) && second.value < 100.0;
        let counts = match second.counts {
            Counts::Nothing if century => Counts::Year,
            Counts::Nothing => first.counts,
            counts => counts,
        };
        let second = self.settle(Term { counts, ..second }, None)?;
        let mut first =
            Term { counts: if first.counts == Counts::Decade { Counts::Decade } else { second.counts }, ..first };
        // 2-4 minutes, 1995-99.
        if second.counts == Counts::Seconds && first.value < second.value / 20.0 && self.tokens.get(at)?.clock.is_none()
        {
            first.value *= second.value / self.plain(from)?;
        }
        let mut last = second;
        if first.counts == Counts::Year && first.value > 1_000.0 && last.value < 100.0 {
            last.value += (first.value / 100.0).floor() * 100.0;
        }
        let field = field(first.counts)?;
        let end = if last.counts == Counts::Decade { last.value + 9.0 } else { last.value };
        let (low, high) = if first.value <= end { (first.value, end) } else { (end, first.value) };
        Some((Meaning::Range(field, Range { from: Some(low), to: Some(high) }), to))
    }

    /// The number of a token as it is written.
    fn plain(&self, at: usize) -> Option<f32> {
        self.tokens.get(at)?.number.filter(|number| *number > 0.0)
    }

    /// A number with its unit, if it has one, and the token behind.
    fn term(&self, at: usize) -> Option<(Term, usize)> {
        let token = self.tokens.get(at)?;
        if let Some(value) = token.clock {
            return Some((Term { value, counts: Counts::Seconds }, at + 1));
        }
        if let Some((Role::Decade(value), length)) = self.role_at(at, |role| matches!(role, Role::Decade(_))) {
            return Some((Term { value, counts: Counts::Decade }, at + length));
        }
        if let Some((_, length)) = self.role_at(at, |role| role == Role::DecadeBefore) {
            let from = at + length;
            let year = decade(self.tokens.get(from)?.number?)?;
            let to = self
                .role_at(from + 1, |role| role == Role::DecadeAfter)
                .map_or(from + 1, |(_, length)| from + 1 + length);
            return Some((Term { value: year, counts: Counts::Decade }, to));
        }
        let (value, to) = match token.number {
            Some(number) => (number, at + 1),
            None => match self.role_at(at, |role| matches!(role, Role::Number(_)))? {
                (Role::Number(number), length) => (number, at + length),
                _ => return None,
            },
        };
        if let Some(year) = decade(value)
            && self.tokens.get(to).is_some_and(|next| next.glued || next.word.len() > 1)
            && let Some((_, length)) = self.role_at(to, |role| role == Role::DecadeAfter)
        {
            return Some((Term { value: year, counts: Counts::Decade }, to + length));
        }
        let Some((Role::Unit(unit), length)) = self.role_at(to, |role| matches!(role, Role::Unit(_))) else {
            return Some((Term { value, counts: Counts::Nothing }, to));
        };
        let term = match unit {
            Unit::Bpm => Term { value, counts: Counts::Bpm },
            Unit::Seconds => Term { value, counts: Counts::Seconds },
            Unit::Minutes => Term { value: value * 60.0, counts: Counts::Seconds },
            Unit::Hours => Term { value: value * 3_600.0, counts: Counts::Seconds },
            Unit::Lufs => Term { value: -value.abs(), counts: Counts::Lufs },
        };
        Some((term, to + length))
    }

    /// A number without a unit counts what was said, else what numbers of its size do.
    fn settle(&self, term: Term, field: Option<Field>) -> Option<Term> {
        if term.counts == Counts::Decade && field == Some(Field::Duration) {
            // Longer than 90s.
            return Some(Term { value: term.value % 100.0, counts: Counts::Seconds });
        }
        if term.counts != Counts::Nothing {
            return Some(term);
        }
        let value = term.value;
        let (value, counts) = match field {
            Some(Field::Tempo) => (value, Counts::Bpm),
            Some(Field::Duration) => (if value <= MINUTES { value * 60.0 } else { value }, Counts::Seconds),
            Some(Field::Loudness) => (-value.abs(), Counts::Lufs),
            Some(Field::Year) if value < 100.0 => (decade(value)?, Counts::Decade),
            _ if YEARS.contains(&value) => (value, Counts::Year),
            Some(_) => return None,
            None if TEMPOS.contains(&value) => (value, Counts::Bpm),
            None => return None,
        };
        Some(Term { value, counts })
    }
}

/// The first year of the decade of a number such as 80 or 1980.
fn decade(number: f32) -> Option<f32> {
    if number % 10.0 != 0.0 {
        return None;
    }
    match number {
        0.0..=20.0 => Some(2_000.0 + number),
        30.0..=90.0 => Some(1_900.0 + number),
        _ if YEARS.contains(&number) => Some(number),
        _ => None,
    }
}

fn field(counts: Counts) -> Option<Field> {
    match counts {
        Counts::Nothing => None,
        Counts::Bpm => Some(Field::Tempo),
        Counts::Seconds => Some(Field::Duration),
        Counts::Lufs => Some(Field::Loudness),
        Counts::Year | Counts::Decade => Some(Field::Year),
    }
}

fn compared(term: Term, direction: Direction) -> Option<Meaning> {
    let years = match term.counts {
        Counts::Year => Some(0.0),
        Counts::Decade => Some(9.0),
        _ => None,
    };
    let range = match (direction, years) {
        (Direction::Since, _) | (Direction::Above, None) => Range { from: Some(term.value), to: None },
        (Direction::Above, Some(years)) => Range { from: Some(term.value + years + 1.0), to: None },
        (Direction::Below, None) => Range { from: None, to: Some(term.value) },
        (Direction::Below, Some(_)) => Range { from: None, to: Some(term.value - 1.0) },
    };
    Some(Meaning::Range(field(term.counts)?, range))
}

fn about(term: Term) -> Option<Meaning> {
    let Term { value, counts } = term;
    Some(match counts {
        Counts::Bpm => Meaning::Near(Field::Tempo, value, 5.0),
        Counts::Seconds => Meaning::Near(Field::Duration, value, 0.15 * value.max(1.0)),
        Counts::Lufs => Meaning::Near(Field::Loudness, value, 1.5),
        Counts::Year => Meaning::Range(Field::Year, Range { from: Some(value - 2.0), to: Some(value + 2.0) }),
        _ => alone_is(term)?,
    })
}

fn alone_is(term: Term) -> Option<Meaning> {
    let Term { value, counts } = term;
    Some(match counts {
        Counts::Nothing => return None,
        Counts::Bpm => Meaning::Near(Field::Tempo, value, 4.0),
        Counts::Seconds => Meaning::Near(Field::Duration, value, 0.2 * value.max(1.0)),
        Counts::Lufs => Meaning::Near(Field::Loudness, value, 1.0),
        Counts::Year => Meaning::Range(Field::Year, Range { from: Some(value), to: Some(value) }),
        Counts::Decade => Meaning::Range(Field::Year, Range { from: Some(value), to: Some(value + 9.0) }),
    })
}
