//! The canonical form of a definition.

use std::fmt;

use super::words::{self, Field, Trait};
use super::{Clause, Condition, Definition, Direction, Range, Sort};

impl fmt::Display for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        let mut comma =
            |f: &mut fmt::Formatter<'_>| if std::mem::take(&mut first) { Ok(()) } else { f.write_str(", ") };
        for clause in &self.clauses {
            comma(f)?;
            write!(f, "{clause}")?;
        }
        if let Some(sort) = self.sort {
            comma(f)?;
            write!(f, "{sort}")?;
        }
        for (what, count) in [("limit", self.limit), ("per artist", self.per_artist), ("per album", self.per_album)] {
            if let Some(count) = count {
                comma(f)?;
                write!(f, "{what} {count}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negated {
            f.write_str("not ")?;
        }
        write!(f, "{}", self.condition)
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(field, ranges) => {
                write!(f, "{} ", field.name())?;
                list(f, ranges, |f, &range| write_range(f, range, *field))
            }
            Self::Tag(name, ranges) | Self::Style(name, ranges) => {
                f.write_str(if matches!(self, Self::Tag(..)) { "tag " } else { "style " })?;
                write_name(f, name)?;
                f.write_str(" ")?;
                list(f, ranges, |f, &range| write_range(f, range, Field::Energy))
            }
            Self::Key(keys) => {
                f.write_str("key ")?;
                list(f, keys, |f, key| write!(f, "{key}"))
            }
            Self::Scale(scale) => write!(f, "scale {}", scale.name()),
            Self::Text(field, names) => {
                write!(f, "{} ", field.name())?;
                list(f, names, |f, name| write_name(f, name))
            }
            Self::Is(kind) => f.write_str(Trait::name(*kind)),
        }
    }
}

impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, direction) = match *self {
            Self::Random(seed) => return write!(f, "sort random {seed}"),
            Self::Number(field, direction) => (field.name(), direction),
            Self::Text(field, direction) => (field.name(), direction),
        };
        write!(f, "sort {name}{}", if direction == Direction::Descending { " desc" } else { "" })
    }
}

fn list<T>(
    f: &mut fmt::Formatter<'_>,
    items: &[T],
    mut write: impl FnMut(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            f.write_str(", ")?;
        }
        write(f, item)?;
    }
    Ok(())
}

fn write_range(f: &mut fmt::Formatter<'_>, range: Range, field: Field) -> fmt::Result {
    let number = |value: f64| match field {
        Field::Duration if value >= 0.0 && value.fract() == 0.0 && value < 1e9 => clock(value as u64),
        // Zero has no sign that anybody would write.
        _ => (value + 0.0).to_string(),
    };
    match range {
        Range::Between(low, high) if low == high && field == Field::Year => f.write_str(&number(low)),
        Range::Between(low, high) => write!(f, "{}..{}", number(low), number(high)),
        Range::Above(low) => write!(f, "> {}", number(low)),
        Range::AtLeast(low) => write!(f, ">= {}", number(low)),
        Range::Below(high) => write!(f, "< {}", number(high)),
        Range::AtMost(high) => write!(f, "<= {}", number(high)),
    }
}

fn clock(seconds: u64) -> String {
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, minutes, seconds) => format!("{minutes}:{seconds:02}"),
        (hours, minutes, seconds) => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// As it is where it is one plain word, else in quotation marks.
fn write_name(f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    let plain = name.starts_with(char::is_alphabetic)
        && name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
        && !words::is_keyword(name)
        && !name.eq_ignore_ascii_case("and");
    if plain { f.write_str(name) } else { write!(f, "\"{}\"", name.replace('"', "\"\"")) }
}
