//! What is true of a score, and how far an answer is from it.

use segue_features::{Features, Scale, Tonic};

/// Tempos this near are the same.
pub(crate) const NEAR: f64 = 0.04;

/// Tempo and key, as written or as heard. A key is its tonic's pitch class and its scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) bpm: f64,
    pub(crate) key: Option<(u8, Scale)>,
}

impl Answer {
    pub(crate) fn of(features: &Features) -> Self {
        let key = features.key.map(|key| (key.tonic.pitch_class(), key.scale));
        Self { bpm: f64::from(features.tempo.bpm), key }
    }

    /// Whether this tempo is that of the truth.
    pub(crate) fn same_tempo(&self, truth: &Self) -> bool {
        near(self.bpm, truth.bpm, NEAR)
    }

    /// Whether it is at least that of another level of the same metre: double, half, three times or a third.
    pub(crate) fn same_metre(&self, truth: &Self) -> bool {
        [1.0, 2.0, 0.5, 3.0, 1.0 / 3.0].iter().any(|level| near(self.bpm, truth.bpm * level, NEAR))
    }

    /// MIREX's score of a key: 1 right, 0.5 a fifth away in either direction, 0.3 the relative, 0.2 the parallel one.
    /// `None` where the truth knows no key.
    pub(crate) fn key_score(&self, truth: &Self) -> Option<f64> {
        let (tonic, scale) = truth.key?;
        let Some((heard, heard_scale)) = self.key else { return Some(0.0) };
        let above = (heard + 12 - tonic) % 12;
        Some(match (heard_scale == scale, above) {
            (true, 0) => 1.0,
            (true, 5 | 7) => 0.5,
            (false, 0) => 0.2,
            (false, 9) if scale == Scale::Major => 0.3,
            (false, 3) if scale == Scale::Minor => 0.3,
            _ => 0.0,
        })
    }

    pub(crate) fn key_name(&self) -> String {
        let name = |(tonic, scale): (u8, Scale)| {
            format!("{}{}", Tonic::ALL[usize::from(tonic)].name(), if scale == Scale::Minor { "m" } else { "" })
        };
        self.key.map_or("-".to_owned(), name)
    }
}

pub(crate) fn near(value: f64, expected: f64, part: f64) -> bool {
    (value - expected).abs() <= part * expected
}

/// A key by its name, as `Eb minor`.
pub(crate) fn parse_key(name: &str) -> (u8, Scale) {
    let (tonic, scale) = name.split_once(' ').unwrap();
    let tonic = Tonic::ALL.iter().find(|candidate| candidate.name() == tonic).unwrap();
    let scale = match scale {
        "major" => Scale::Major,
        "minor" => Scale::Minor,
        _ => panic!("{name}: not a key"),
    };
    (tonic.pitch_class(), scale)
}
