//! What is usual: mean and deviation of each clue over the reference collection.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::LexiconError;
use crate::facts::TAGS;
use crate::meaning::Field;
use crate::tags::Network;

/// Mean and deviation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spread {
    pub(crate) mean: f32,
    pub(crate) deviation: f32,
}

impl Spread {
    /// Deviations from the mean.
    pub(crate) fn deviations(self, value: f32) -> f32 {
        (value - self.mean) / self.deviation
    }
}

/// What is usual, see `lexicon/reference.toml`.
#[derive(Debug, Default)]
pub(crate) struct Reference {
    msd: Vec<Spread>,
    mtt: Vec<Spread>,
    numbers: BTreeMap<Field, Spread>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    msd: BTreeMap<String, [f32; 2]>,
    mtt: BTreeMap<String, [f32; 2]>,
    numbers: BTreeMap<String, [f32; 2]>,
}

impl Reference {
    pub(super) fn read(text: &str) -> Result<Self, LexiconError> {
        let file: File = toml::from_str(text)
            .map_err(|problem| LexiconError::Syntax { file: "reference.toml".into(), problem: Box::new(problem) })?;
        let wrong = |clue: &str| LexiconError::Clue { concept: "reference.toml".into(), clue: clue.to_owned() };
        let spread = |&[mean, deviation]: &[f32; 2]| Spread { mean, deviation };
        let tags = |network: Network, of: &BTreeMap<String, [f32; 2]>| {
            network
                .tags()
                .iter()
                .map(|&tag| of.get(tag).map(spread).ok_or_else(|| wrong(tag)))
                .collect::<Result<Vec<_>, _>>()
        };
        let numbers = file
            .numbers
            .iter()
            .map(|(name, of)| Ok((Field::named(name).ok_or_else(|| wrong(name))?, spread(of))))
            .collect::<Result<_, LexiconError>>()?;
        Ok(Self { msd: tags(Network::Msd, &file.msd)?, mtt: tags(Network::Mtt, &file.mtt)?, numbers })
    }

    /// Of a tag's log-odds.
    pub(crate) fn tag(&self, network: Network, tag: usize) -> Spread {
        let tags = match network {
            Network::Msd => &self.msd,
            Network::Mtt => &self.mtt,
        };
        tags.get(tag % TAGS).copied().unwrap_or(Spread { mean: 0.0, deviation: 1.0 })
    }

    /// Of a number; `None` for those that have a scale of their own, as moods.
    pub(crate) fn number(&self, field: Field) -> Option<Spread> {
        self.numbers.get(&field).copied()
    }
}
