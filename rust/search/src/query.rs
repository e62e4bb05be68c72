//! A query that was understood, and how well tracks answer it.

use crate::columns::{Columns, KEY, field_column, field_scale, key_of, tag_column};
use crate::language::Language;
use crate::meaning::{Field, Meaning, Range, Want};
use crate::scale::Scale;

/// A query that was understood.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    /// What was understood, in the order of the query.
    pub wants: Vec<Want>,
    /// The words that were not, folded: they are looked for in titles, artists and albums.
    pub left: Vec<String>,
    /// Whether the query reads like a description of music rather than like a name.
    pub described: bool,
    /// The language that explains most of its words.
    pub language: Language,
}

/// How well a track answers a query.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Score {
    /// All wants together, 0..1.
    pub value: f32,
    /// Each want of the query, 0..1, in its order; NaN for one that nobody could judge.
    pub wants: Vec<f32>,
}

impl Score {
    /// The wants that the track fulfils, by their place in the query: those at 0.5 or above.
    pub fn fulfilled(&self) -> impl Iterator<Item = usize> + '_ {
        self.wants.iter().enumerate().filter(|(_, value)| **value >= 0.5).map(|(at, _)| at)
    }
}

/// What callers know of a want that columns do not tell: rows of a genre, an artist, or what sounds like something.
///
/// It is given the want's place in the query and the row, and answers 0..1, or `None` where it knows nothing of that want.
pub type Rows<'a> = &'a dyn Fn(usize, usize) -> Option<f32>;

/// What a want counts of which nothing is known.
const UNKNOWN: f32 = 0.3;
/// No want counts for less, so that one miss does not make all others worthless.
const FLOOR: f32 = 0.02;

impl Query {
    /// A query of wants that no words were said for.
    #[must_use]
    pub fn of(wants: Vec<Want>) -> Self {
        Self { wants, described: true, ..Self::default() }
    }

    /// How well the track of a row answers; `None` for an empty row, and for a query without wants.
    #[must_use]
    pub fn score(&self, columns: &Columns, row: usize) -> Option<Score> {
        self.score_with(columns, row, &|_, _| None)
    }

    /// As [`score`](Self::score), with what the caller knows of rows.
    #[must_use]
    pub fn score_with(&self, columns: &Columns, row: usize, rows: Rows<'_>) -> Option<Score> {
        if self.wants.is_empty() || !columns.holds(row) {
            return None;
        }
        let wants: Vec<f32> =
            self.wants.iter().enumerate().map(|(at, want)| judge(want, columns, row, rows(at, row))).collect();
        let (mut sum, mut weights) = (0.0, 0.0);
        for (want, value) in self.wants.iter().zip(&wants) {
            sum += want.strength * value.max(FLOOR).ln();
            weights += want.strength;
        }
        Some(Score { value: if weights > 0.0 { (sum / weights).exp() } else { 0.0 }, wants })
    }

    /// The `k` rows that answer best with their scores, the best first, the lower row first among equals. Rows that `admit` refuses are not
    /// among them.
    #[must_use]
    pub fn best(&self, columns: &Columns, k: usize, admit: &dyn Fn(usize) -> bool) -> Vec<(usize, f32)> {
        self.best_with(columns, k, admit, &|_, _| None)
    }

    /// As [`best`](Self::best), with what the caller knows of rows.
    #[must_use]
    pub fn best_with(
        &self,
        columns: &Columns,
        k: usize,
        admit: &dyn Fn(usize) -> bool,
        rows: Rows<'_>,
    ) -> Vec<(usize, f32)> {
        let mut scored: Vec<(usize, f32)> = (0..columns.len())
            .filter(|&row| admit(row))
            .filter_map(|row| self.score_with(columns, row, rows).map(|score| (row, score.value)))
            .collect();
        scored.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        scored.truncate(k);
        scored
    }
}

/// How well a row fulfils a want.
fn judge(want: &Want, columns: &Columns, row: usize, known: Option<f32>) -> f32 {
    let byte = |column: usize| columns.column(column).get(row).copied().unwrap_or_default();
    let number = |field: Field| field_scale(field).decode(byte(field_column(field)));
    let value = known.unwrap_or_else(|| match &want.meaning {
        Meaning::Tag(network, tag) => {
            let odds = Scale::LogOdds.decode(byte(tag_column(*network, *tag)));
            1.0 / (1.0 + (-odds).exp())
        }
        Meaning::Range(field, range) => within(number(*field), *range, softness(*field)),
        Meaning::Near(field, value, tolerance) => {
            let away = (number(*field) - value) / tolerance.max(1e-6);
            (-0.5 * away * away).exp()
        }
        Meaning::Key(tonic, minor) => {
            let (has_tonic, has_minor) = key_of(byte(KEY));
            let differs = |asked: bool, same: bool, known: bool| asked && known && !same;
            if has_tonic.is_none() && has_minor.is_none() {
                f32::NAN
            } else if differs(tonic.is_some(), *tonic == has_tonic, has_tonic.is_some())
                || differs(minor.is_some(), *minor == has_minor, has_minor.is_some())
            {
                0.0
            } else {
                1.0
            }
        }
        _ => f32::NAN,
    });
    match (value.is_nan(), want.negated) {
        (true, _) => UNKNOWN,
        (false, true) => 1.0 - value.clamp(0.0, 1.0),
        (false, false) => value.clamp(0.0, 1.0),
    }
}

/// How far beyond its end a range still counts a half, in the field's unit.
fn softness(field: Field) -> f32 {
    match field {
        Field::Tempo => 4.0,
        Field::Loudness | Field::LoudnessRange => 1.0,
        Field::Duration => 10.0,
        Field::Year => 1.0,
        Field::Danceability => 0.1,
        _ => 0.05,
    }
}

/// 1 within the range, falling off beyond its ends.
fn within(value: f32, range: Range, softness: f32) -> f32 {
    let below = range.from.map_or(0.0, |from| (from - value).max(0.0));
    let above = range.to.map_or(0.0, |to| (value - to).max(0.0));
    if value.is_nan() {
        return f32::NAN;
    }
    let away = (below + above) / softness;
    1.0 / (1.0 + away * away)
}
