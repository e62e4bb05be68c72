//! Axes and text of plots.

use std::fmt::Write as _;

/// A straight scale from values to pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Scale {
    /// Values from `low` to `high`, both finite, become pixels `from` to `to`. A range of nothing is widened.
    pub(crate) fn new(low: f64, high: f64, from: f64, to: f64) -> Self {
        let (low, high) = if low < high { (low, high) } else { widened(low) };
        Self { low, high, from, to }
    }

    /// As [`Scale::new`], reaching to the ticks around, `about` in number, which it gives too.
    pub(crate) fn with_ticks(low: f64, high: f64, from: f64, to: f64, about: f64) -> (Self, Vec<f64>) {
        let (low, high) = if low < high { (low, high) } else { widened(low) };
        let step = nice((high / about - low / about).max(f64::MIN_POSITIVE));
        // Whole numbers, so that the last tick is met exactly; at the ends of what a number holds there may be none.
        let (first, last) = ((low / step).floor(), (high / step).ceil());
        let ticks: Vec<f64> = (0..=12)
            .map(|tick| (first + f64::from(tick)) * step)
            .take_while(|tick| tick.is_finite() && *tick <= last * step)
            .collect();
        match (ticks.first(), ticks.last()) {
            (Some(&first), Some(&last)) if first < last => (Self::new(first.min(low), last.max(high), from, to), ticks),
            _ => (Self::new(low, high, from, to), vec![low, high]),
        }
    }

    /// Where a value lies.
    pub(crate) fn place(&self, value: f64) -> f64 {
        // Halved, so that the largest numbers do not overflow.
        let share = (value / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0);
        self.from + (self.to - self.from) * share.clamp(0.0, 1.0)
    }
}

fn widened(value: f64) -> (f64, f64) {
    let by = if value == 0.0 { 1.0 } else { value.abs() / 2.0 };
    ((value - by).max(f64::MIN), (value + by).min(f64::MAX))
}

/// The least of 1, 2, 5, 10, 20, … (and their tenths) that is not less.
pub(crate) fn nice(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    [1.0, 2.0, 5.0]
        .map(|digit| digit * power)
        .into_iter()
        .find(|nice| *nice >= step * 0.999_999)
        .unwrap_or(10.0 * power)
}

/// A number as short as it can be read: `0.25`, `12`, `1.5k`, `3M`.
pub(crate) fn short(value: f64) -> String {
    let size = value.abs();
    let (divisor, unit) = match size {
        huge if huge >= 1e15 || (huge > 0.0 && huge < 1e-3) => return format!("{value:.1e}"),
        billions if billions >= 1e9 => (1e9, "G"),
        millions if millions >= 1e6 => (1e6, "M"),
        thousands if thousands >= 1e4 => (1e3, "k"),
        _ => (1.0, ""),
    };
    let text = format!("{:.3}", value / divisor);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{}{unit}", if text == "-0" { "0" } else { text })
}

/// Text that is safe between tags and in attributes, without what XML has no place for.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => {}
            letter if letter.is_control() => safe.push(' '),
            letter => safe.push(letter),
        }
    }
    safe
}

/// A line through some points, broken where one is missing, and a dot on each.
pub(crate) fn curve(points: &[Option<(f64, f64)>], class: &str) -> String {
    let mut path = String::new();
    let mut dots = String::new();
    let mut drawing = false;
    for point in points {
        if let Some((x, y)) = point {
            let _ = write!(path, "{}{x:.1} {y:.1}", if drawing { "L" } else { "M" });
            let _ = write!(dots, "<circle class=\"dot {class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\"/>");
        }
        drawing = point.is_some();
    }
    format!("<path class=\"line {class}\" d=\"{path}\"/>\n{dots}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_reach_around_the_values() {
        let ticks = |low, high| Scale::with_ticks(low, high, 0.0, 100.0, 5.0).1;
        assert_eq!(ticks(0.0, 10.0), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        assert_eq!(ticks(3.0, 97.0), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        let small = ticks(-0.1, 0.31);
        assert!(small[0] <= -0.1 && *small.last().unwrap() >= 0.31 && (4..=8).contains(&small.len()), "{small:?}");
        for (low, high) in [(0.0, 0.0), (5.0, 5.0), (-1e308, 1e308), (f64::MAX, f64::MAX), (1e-320, 2e-320)] {
            let (scale, ticks) = Scale::with_ticks(low, high, 100.0, 0.0, 5.0);
            assert!(ticks.len() >= 2 && ticks.iter().all(|tick| tick.is_finite()), "{low} {high}: {ticks:?}");
            assert!([low, high].iter().all(|value| (0.0..=100.0).contains(&scale.place(*value))), "{low} {high}");
        }
    }

    #[test]
    fn numbers_are_short() {
        let shorts = [0.0, -0.0, 0.25, 12.0, 9999.0, 15_000.0, 1.5e6, 3e9, 1e20, 1e-5].map(short);
        assert_eq!(shorts, ["0", "0", "0.25", "12", "9999", "15k", "1.5M", "3G", "1.0e20", "1.0e-5"]);
    }

    #[test]
    fn text_is_safe() {
        assert_eq!(escaped("a<b>&\"c'\u{0}\n\u{ffff}é"), "a&lt;b&gt;&amp;&quot;c&#39;  é");
    }

    #[test]
    fn a_curve_breaks_where_a_point_is_missing() {
        let svg = curve(&[Some((0.0, 1.0)), Some((1.0, 2.0)), None, Some((3.0, 4.0))], "x");
        assert!(svg.contains("d=\"M0.0 1.0L1.0 2.0M3.0 4.0\""), "{svg}");
        assert_eq!(svg.matches("<circle").count(), 3);
    }
}
