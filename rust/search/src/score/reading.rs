//! What a byte of a column says of a clue.

use super::MOST;
use crate::columns::{KEY, field_column, field_scale, key_of, tag_column};
use crate::lexicon::{Clue, Lexicon, Spread};
use crate::meaning::{Field, Range};
use crate::scale::{Scale, log_odds};
use crate::tags::Network;

/// How the byte of a column is read; NaN where it is not known.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reading {
    /// Deviations of a tag's log-odds.
    Tag(Spread),
    /// Deviations of a number.
    Number(Field, Spread),
    /// Deviations of a mood, whose scale is that of the normal distribution.
    Mood(Field),
    /// Deviations that being inside or outside a range is worth.
    Inside(Field, Range),
    /// Deviations that the mode is worth.
    Minor,
    /// 0..1: within a range.
    Within(Field, Range),
    /// 0..1: near a value.
    Near(Field, f32, f32),
    /// 0 or 1.
    Key(Option<u8>, Option<bool>),
}

/// The logistic curve with this slope is the normal distribution to within 0.01.
const NORMAL: f32 = 1.702;
/// Deviations that being inside a range is worth, and being outside costs.
const INSIDE: f32 = 1.2;

/// Where a clue is read, and how.
pub(super) fn clue(clue: Clue, lexicon: &Lexicon) -> (usize, Reading) {
    match clue {
        Clue::Tag(network, tag) => self::tag(network, tag, lexicon),
        Clue::Number(field) => {
            let reading =
                lexicon.reference.number(field).map_or(Reading::Mood(field), |spread| Reading::Number(field, spread));
            (field_column(field), reading)
        }
        Clue::Within(field, range) => (field_column(field), Reading::Inside(field, range)),
        Clue::Minor => (KEY, Reading::Minor),
    }
}

pub(super) fn tag(network: Network, tag: usize, lexicon: &Lexicon) -> (usize, Reading) {
    (tag_column(network, tag), Reading::Tag(lexicon.reference.tag(network, tag)))
}

impl Reading {
    pub(super) fn of(self, byte: u8) -> f32 {
        let limited = |deviations: f32| deviations.clamp(-MOST, MOST);
        match self {
            Self::Tag(spread) => limited(spread.deviations(Scale::LogOdds.decode(byte))),
            Self::Number(field, spread) => limited(spread.deviations(field_scale(field).decode(byte))),
            Self::Mood(field) => {
                let mood = field_scale(field).decode(byte);
                if mood.is_nan() { mood } else { limited(log_odds(mood) / NORMAL) }
            }
            Self::Inside(field, range) => INSIDE * (2.0 * within(field, range, field_scale(field).decode(byte)) - 1.0),
            Self::Minor => match key_of(byte).1 {
                Some(true) => 1.0,
                Some(false) => -1.0,
                None => f32::NAN,
            },
            Self::Within(field, range) => within(field, range, field_scale(field).decode(byte)),
            Self::Near(field, value, tolerance) => {
                let away = (field_scale(field).decode(byte) - value) / tolerance.abs().max(1e-6);
                (-0.5 * away * away).exp()
            }
            Self::Key(tonic, minor) => key(tonic, minor, byte),
        }
    }
}

fn key(tonic: Option<u8>, minor: Option<bool>, byte: u8) -> f32 {
    let (has_tonic, has_minor) = key_of(byte);
    let unknown = tonic.is_some() && has_tonic.is_none() || minor.is_some() && has_minor.is_none();
    let other = tonic.is_some() && has_tonic.is_some() && tonic != has_tonic
        || minor.is_some() && has_minor.is_some() && minor != has_minor;
    if other {
        0.0
    } else if unknown {
        f32::NAN
    } else {
        1.0
    }
}

/// How far beyond its end a range still counts a half, in the field's unit.
fn softness(field: Field, end: f32) -> f32 {
    match field {
        Field::Tempo => 4.0,
        Field::Loudness | Field::LoudnessRange => 1.0,
        Field::Duration => (0.08 * end).max(3.0),
        Field::Year => 1.0,
        Field::Danceability => 0.1,
        _ => 0.05,
    }
}

/// 1 within the range, falling off beyond its ends; NaN for what is no number.
fn within(field: Field, range: Range, value: f32) -> f32 {
    if value.is_nan() {
        return value;
    }
    let beyond = |end: Option<f32>, sign: f32| {
        end.filter(|end| end.is_finite()).map_or(0.0, |end| (sign * (value - end)).max(0.0) / softness(field, end))
    };
    let away = beyond(range.from, -1.0).max(beyond(range.to, 1.0));
    1.0 / (1.0 + away * away)
}
