//! How well a track fulfils one want.

use std::sync::OnceLock;

use super::reading::{Reading, clue, tag};
use super::{ALIKE, EVEN, EVEN_UNWANTED, FLOOR, HEARD_YEAR, OTHERWISE_TAGGED, SLOPE, STRONGER, TAGGED, UNKNOWN};
use crate::columns::{Columns, HAS_GENRES, field_column};
use crate::lexicon::{Lexicon, lexicon};
use crate::meaning::{Field, Meaning, Range, Want};
use crate::tags::Network;

/// A want ready to be judged.
#[derive(Debug)]
pub(crate) struct Judge {
    pub(super) clues: Vec<(usize, Reading, f32)>,
    pub(super) shape: Shape,
    even: f32,
    curve: &'static Curve,
    negated: bool,
    pub(super) either: bool,
    pub(super) weight: f32,
}

/// What the sum of the clues is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// Deviations, and the bit of genres that are it.
    Evidence(Option<u32>),
    /// 0..1 by itself.
    Value,
    /// Deviations of a decade that counts where the year, in a column of its own, is not known.
    Year(Range),
    /// The caller knows.
    Rows,
}

/// Tags of decades with their first years.
const DECADES: [(&str, f32); 5] = [("60s", 1960.0), ("70s", 1970.0), ("80s", 1980.0), ("90s", 1990.0), ("00s", 2000.0)];

impl Judge {
    pub(crate) fn new(want: &Want) -> Self {
        let lexicon = lexicon();
        let field = |field: Field, reading: Reading| (vec![(field_column(field), reading, 1.0)], Shape::Value);
        let (clues, shape) = match &want.meaning {
            Meaning::Concept(concept) => {
                let entry = concept.entry();
                let clues = entry.map_or(&[][..], |entry| &entry.evidence.clues);
                let clues: Vec<_> = clues
                    .iter()
                    .map(|&(of, weight)| {
                        let (column, reading) = clue(of, lexicon);
                        (column, reading, weight)
                    })
                    .collect();
                (evened(clues), Shape::Evidence(entry.and_then(|entry| entry.genre_bit)))
            }
            Meaning::Tag(network, of) => {
                let (column, reading) = tag(*network, *of, lexicon);
                (vec![(column, reading, 1.0)], Shape::Evidence(None))
            }
            Meaning::Range(Field::Year, range) => (decades(*range, lexicon), Shape::Year(*range)),
            Meaning::Range(of, range) => field(*of, Reading::Within(*of, *range)),
            Meaning::Near(of, value, tolerance) => field(*of, Reading::Near(*of, *value, *tolerance)),
            Meaning::Key(tonic, minor) => {
                (vec![(crate::columns::KEY, Reading::Key(*tonic, *minor), 1.0)], Shape::Value)
            }
            Meaning::Genre(_)
            | Meaning::Style(_)
            | Meaning::Artist(_)
            | Meaning::LikeArtist(_)
            | Meaning::LikeTitle(_) => (Vec::new(), Shape::Rows),
        };
        let strength = if want.strength.is_finite() { want.strength.clamp(0.0, 4.0) } else { 1.0 };
        Self {
            clues,
            shape,
            even: if want.negated { EVEN_UNWANTED } else { EVEN } + STRONGER * (strength - 1.0),
            curve: Curve::get(),
            negated: want.negated,
            either: want.either,
            // What is meant a little weighs less; what is not wanted is no less unwanted for being `not too`.
            weight: if want.negated { 1.0 } else { strength.clamp(0.3, 2.0) },
        }
    }

    /// The logarithm of how well a row fulfils it, `FLOOR`..1. `sum` is that of its clues, `known` whether there was any.
    pub(super) fn value(&self, sum: f32, known: bool, columns: &Columns, row: usize, rows: Option<f32>) -> f32 {
        let fulfilled = match self.shape {
            Shape::Rows => rows.filter(|value| !value.is_nan()).map(|value| self.turned(value)),
            Shape::Value => known.then(|| self.turned(sum)),
            Shape::Evidence(bit) => {
                let genres = columns.genres(row);
                let tagged = bit.is_some_and(|bit| genres >> bit & 1 == 1);
                if tagged {
                    Some(self.evidence(sum.max(TAGGED)))
                } else if known {
                    Some(self.evidence(sum))
                } else if self.clues.is_empty() && bit.is_some() && genres & HAS_GENRES != 0 {
                    Some(self.evidence(OTHERWISE_TAGGED))
                } else {
                    None
                }
            }
            Shape::Year(range) => {
                let byte = columns.column(field_column(Field::Year)).get(row).copied().unwrap_or_default();
                let year = Reading::Within(Field::Year, range).of(byte);
                if !year.is_nan() {
                    Some(self.turned(year))
                } else if known {
                    Some(self.turned(HEARD_YEAR * logistic(SLOPE * (sum - EVEN))))
                } else {
                    None
                }
            }
        };
        fulfilled.unwrap_or(self.curve.unknown)
    }

    fn turned(&self, value: f32) -> f32 {
        let value = value.clamp(0.0, 1.0);
        (if self.negated { 1.0 - value } else { value }).max(FLOOR).ln()
    }

    fn evidence(&self, deviations: f32) -> f32 {
        let above = SLOPE * (deviations - self.even);
        self.curve.at(if self.negated { -above } else { above })
    }

    /// How well a row fulfils it, `FLOOR`..1.
    pub(crate) fn row(&self, columns: &Columns, row: usize, rows: Option<f32>) -> f32 {
        let (mut sum, mut known) = (0.0, false);
        for &(column, reading, weight) in &self.clues {
            let value = reading.of(columns.column(column).get(row).copied().unwrap_or_default());
            if !value.is_nan() {
                sum += weight * value;
                known = true;
            }
        }
        self.value(sum, known, columns, row, rows).exp()
    }

    /// Whether only the caller knows.
    pub(crate) fn asks_rows(&self) -> bool {
        matches!(self.shape, Shape::Rows)
    }
}

fn logistic(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

/// Logarithms of the logistic curve, not below that of `FLOOR`, looked up rather than computed: there is one for each row and want.
#[derive(Debug)]
struct Curve {
    values: Vec<f32>,
    unknown: f32,
}

/// The curve is as good as flat beyond.
const REACH: f32 = 10.0;
/// Values per unit.
const FINE: f32 = 256.0;

impl Curve {
    fn get() -> &'static Self {
        static CURVE: OnceLock<Curve> = OnceLock::new();
        CURVE.get_or_init(|| Self {
            values: (0..=(2.0 * REACH * FINE) as usize)
                .map(|at| logistic(at as f32 / FINE - REACH).max(FLOOR).ln())
                .collect(),
            unknown: UNKNOWN.ln(),
        })
    }

    fn at(&self, x: f32) -> f32 {
        // Within the table, and 0 for what is no number.
        let at = ((x.clamp(-REACH, REACH) + REACH) * FINE) as usize;
        self.values.get(at).copied().unwrap_or(self.unknown)
    }
}

/// Weights such that the sum deviates by 1 where the clues are as alike as `ALIKE` says.
fn evened(mut clues: Vec<(usize, Reading, f32)>) -> Vec<(usize, Reading, f32)> {
    let squares: f32 = clues.iter().map(|(_, _, weight)| weight * weight).sum();
    let total: f32 = clues.iter().map(|(_, _, weight)| weight.abs()).sum();
    let variance = squares + ALIKE * (total * total - squares);
    if variance > 0.0 {
        let deviation = variance.sqrt();
        clues.iter_mut().for_each(|(_, _, weight)| *weight /= deviation);
    }
    clues
}

/// Tags of the decades that a range of years is mostly in.
fn decades(range: Range, lexicon: &Lexicon) -> Vec<(usize, Reading, f32)> {
    let (from, to) = (range.from.unwrap_or(1900.0), range.to.unwrap_or(2100.0));
    let inside: Vec<_> = DECADES
        .iter()
        .filter(|(_, first)| to.min(first + 9.0) - from.max(*first) >= 4.0)
        .filter_map(|(name, _)| Network::Msd.tag(name))
        .map(|of| {
            let (column, reading) = tag(Network::Msd, of, lexicon);
            (column, reading, 1.0)
        })
        .collect();
    evened(inside)
}
