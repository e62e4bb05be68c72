//! Numbers as bytes: each column has a scale, and byte 0 is what is not known.

/// How the numbers of a column become bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Scale {
    /// A probability by its log-odds, so that rare tags are told apart as well as common ones.
    LogOdds,
    /// Even steps between two ends.
    Even(f32, f32),
    /// Even ratios between two ends.
    Ratio(f32, f32),
}

/// Probabilities nearer to 0 or 1 than this are no surer.
const SUREST: f32 = 1e-4;
/// Steps between the ends: bytes 1 to 255.
const STEPS: f32 = 254.0;

/// Log-odds of a probability.
pub(crate) fn log_odds(p: f32) -> f32 {
    let p = p.clamp(SUREST, 1.0 - SUREST);
    (p / (1.0 - p)).ln()
}

impl Scale {
    /// The ends, on the scale on which steps are even.
    fn ends(self) -> (f32, f32) {
        match self {
            Self::LogOdds => (log_odds(0.0), log_odds(1.0)),
            Self::Even(low, high) => (low, high),
            Self::Ratio(low, high) => (low.ln(), high.ln()),
        }
    }

    /// The byte of a number: 0 where it is none, else 1 to 255; what lies beyond an end is at it.
    pub(crate) fn encode(self, value: f32) -> u8 {
        if value.is_nan() {
            return 0;
        }
        let (low, high) = self.ends();
        let even = match self {
            Self::LogOdds => log_odds(value),
            Self::Even(..) => value,
            Self::Ratio(least, _) => value.max(least).ln(),
        };
        // Rounded and within 1..=255.
        (1.0 + ((even - low) / (high - low) * STEPS).round().clamp(0.0, STEPS)) as u8
    }

    /// The number of a byte, log-odds for those; NaN for 0.
    pub(crate) fn decode(self, byte: u8) -> f32 {
        if byte == 0 {
            return f32::NAN;
        }
        let (low, high) = self.ends();
        let even = low + (f32::from(byte) - 1.0) / STEPS * (high - low);
        if let Self::Ratio(..) = self { even.exp() } else { even }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_as_the_number_to_within_half_a_step() {
        for (scale, values, within) in [
            (Scale::Even(0.0, 1.0), vec![0.0, 0.123, 0.5, 1.0], 0.002_f32),
            (Scale::Even(30.0, 284.0), vec![30.0, 120.4, 284.0], 0.5),
            (Scale::Even(1801.0, 2055.0), vec![1801.0, 1985.0, 2024.0], 0.001),
        ] {
            for value in values {
                assert!((scale.decode(scale.encode(value)) - value).abs() <= within, "{scale:?} {value}");
            }
        }
        for p in [0.0002_f32, 0.01, 0.5, 0.97] {
            assert!((Scale::LogOdds.decode(Scale::LogOdds.encode(p)) - log_odds(p)).abs() < 0.04, "{p}");
        }
        let length = Scale::Ratio(1.0, 86_400.0);
        for seconds in [1.0_f32, 30.0, 215.0, 7_200.0] {
            assert!((length.decode(length.encode(seconds)) / seconds - 1.0).abs() < 0.03, "{seconds}");
        }
    }

    #[test]
    fn what_is_no_number_is_not_known_and_what_is_beyond_an_end_is_at_it() {
        let scale = Scale::Ratio(1.0, 86_400.0);
        assert_eq!(scale.encode(f32::NAN), 0);
        assert!(scale.decode(0).is_nan());
        for (value, byte) in [(f32::NEG_INFINITY, 1), (-5.0, 1), (0.0, 1), (1e12, 255), (f32::INFINITY, 255)] {
            assert_eq!(scale.encode(value), byte, "{value}");
        }
        assert_eq!(Scale::LogOdds.encode(-3.0), 1);
        assert_eq!(Scale::LogOdds.encode(7.0), 255);
    }
}
