//! What a track feels like, from the tags of both networks and a few measured numbers, by a rule (`docs/moods.md`).

mod reference;
mod rules;

use crate::{Network, TAGS_LEN};
use reference::{Reference, Spread};
use rules::{Clue, Rule};

/// What the moods of a track are judged from.
#[derive(Debug, Clone, Copy)]
pub struct MoodEvidence<'a> {
    /// The 50 tag probabilities of [`Network::Msd`], as the network gives them.
    pub msd: &'a [f32],
    /// The 50 tag probabilities of [`Network::Mtt`].
    pub mtt: &'a [f32],
    /// How driving the music sounds, 0 to 1. A value that is not finite counts as the reference's mean.
    pub energy: f32,
    /// Danceability by DFA, 0 to about 3. A value that is not finite counts as the reference's mean.
    pub danceability: f32,
    /// Whether the key is minor; `None` without a key.
    pub minor: Option<bool>,
}

/// What a track feels like; every value lies in 0..=1.
///
/// [`voice`](Self::voice) is a probability. The other values of [`of`](Self::of) are places in a fixed reference
/// collection, the same in every library: 0.5 is its mean, and a value is about the part of it that shows less of the
/// mood. Where an Essentia head answers instead ([`with_heads`](Self::with_heads)), the value is what that head gives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moods {
    /// 0 calm, 1 excited.
    pub arousal: f32,
    /// 0 gloomy, 1 cheerful.
    pub valence: f32,
    /// The probability that somebody sings or speaks.
    pub voice: f32,
    /// 0 electronic, 1 acoustic.
    pub acoustic: f32,
    /// Cheerful and lively.
    pub happy: f32,
    /// Sorrowful.
    pub sad: f32,
    /// Calm and without tension.
    pub relaxed: f32,
    /// Fierce.
    pub aggressive: f32,
    /// For dancing and celebrating.
    pub party: f32,
    /// Ambient, floating.
    pub dreamy: f32,
}

impl Moods {
    /// Judges a track. `None` unless both tag vectors are 50 finite values in 0..=1.
    #[must_use]
    pub fn of(evidence: &MoodEvidence<'_>) -> Option<Self> {
        let valid = |tags: &[f32]| tags.len() == TAGS_LEN && tags.iter().all(|tag| (0.0..=1.0).contains(tag));
        if !valid(evidence.msd) || !valid(evidence.mtt) {
            return None;
        }
        let of = |rule: Rule, spread: Spread| place(weigh(rule, evidence) / spread.0);
        Some(Self {
            arousal: of(rules::AROUSAL, reference::AROUSAL),
            valence: of(rules::VALENCE, reference::VALENCE),
            voice: voice(evidence.mtt),
            acoustic: of(rules::ACOUSTIC, reference::ACOUSTIC),
            happy: of(rules::HAPPY, reference::HAPPY),
            sad: of(rules::SAD, reference::SAD),
            relaxed: of(rules::RELAXED, reference::RELAXED),
            aggressive: of(rules::AGGRESSIVE, reference::AGGRESSIVE),
            party: of(rules::PARTY, reference::PARTY),
            dreamy: of(rules::DREAMY, reference::DREAMY),
        })
    }

    /// Lets Essentia's heads take precedence where they answer: `(head, classes, values)` as in
    /// [`HeadOutput`](crate::HeadOutput).
    ///
    /// A head is known by its name up to the first hyphen (`mood_happy`, `voice_instrumental`, `deam` …), its column by
    /// the class's name, because the order differs between heads. Valence and arousal from 1 to 9 are brought to 0..=1,
    /// probabilities are left as they are; where several heads answer for one value it is their mean. Other heads, and
    /// answers that are not finite or not one per class, change nothing.
    #[must_use]
    pub fn with_heads<'a>(self, answers: impl IntoIterator<Item = (&'a str, &'a [String], &'a [f32])>) -> Self {
        let mut heard = [(0.0, 0_u32); Self::COUNT];
        for (head, classes, values) in answers {
            if classes.len() != values.len() {
                continue;
            }
            let kind = head.split('-').next().unwrap_or_default();
            for (class, mood, scale) in columns(kind) {
                let column = classes.iter().position(|name| name.eq_ignore_ascii_case(class));
                let value = column.and_then(|column| values.get(column)).filter(|value| value.is_finite());
                let slot = self.named().iter().position(|(name, _)| name == mood).and_then(|at| heard.get_mut(at));
                if let (Some(value), Some((sum, count))) = (value, slot) {
                    *sum += scale.bring(*value);
                    *count += 1;
                }
            }
        }
        let mut moods = self;
        for (value, (sum, count)) in moods.values_mut().into_iter().zip(heard) {
            if count > 0 {
                *value = sum / count as f32;
            }
        }
        moods
    }

    /// How many values there are.
    pub const COUNT: usize = 10;

    /// The values with their names, in a fixed order.
    #[must_use]
    pub fn named(&self) -> [(&'static str, f32); Self::COUNT] {
        [
            ("arousal", self.arousal),
            ("valence", self.valence),
            ("voice", self.voice),
            ("acoustic", self.acoustic),
            ("happy", self.happy),
            ("sad", self.sad),
            ("relaxed", self.relaxed),
            ("aggressive", self.aggressive),
            ("party", self.party),
            ("dreamy", self.dreamy),
        ]
    }

    /// In the order of [`named`](Self::named).
    fn values_mut(&mut self) -> [&mut f32; Self::COUNT] {
        let Self { arousal, valence, voice, acoustic, happy, sad, relaxed, aggressive, party, dreamy } = self;
        [arousal, valence, voice, acoustic, happy, sad, relaxed, aggressive, party, dreamy]
    }
}

/// How a head's value becomes one in 0..=1.
#[derive(Clone, Copy)]
enum Scale {
    Probability,
    Opposite,
    OneToNine,
}

impl Scale {
    fn bring(self, value: f32) -> f32 {
        match self {
            Self::Probability => value.clamp(0.0, 1.0),
            Self::Opposite => 1.0 - value.clamp(0.0, 1.0),
            Self::OneToNine => ((value - 1.0) / 8.0).clamp(0.0, 1.0),
        }
    }
}

/// Which class of a kind of head stands for which mood.
fn columns(kind: &str) -> &'static [(&'static str, &'static str, Scale)] {
    match kind {
        "mood_happy" => &[("happy", "happy", Scale::Probability)],
        "mood_sad" => &[("sad", "sad", Scale::Probability)],
        "mood_relaxed" => &[("relaxed", "relaxed", Scale::Probability)],
        "mood_aggressive" => &[("aggressive", "aggressive", Scale::Probability)],
        "mood_party" => &[("party", "party", Scale::Probability)],
        "mood_acoustic" => &[("acoustic", "acoustic", Scale::Probability)],
        "mood_electronic" => &[("electronic", "acoustic", Scale::Opposite)],
        "voice_instrumental" => &[("voice", "voice", Scale::Probability)],
        "emomusic" | "deam" | "muse" => {
            &[("valence", "valence", Scale::OneToNine), ("arousal", "arousal", Scale::OneToNine)]
        }
        _ => &[],
    }
}

/// The weighted sum of what a rule's clues say, each in deviations from the reference's mean.
fn weigh(rule: Rule, evidence: &MoodEvidence<'_>) -> f32 {
    rule.iter().map(|(clue, weight)| weight * standing(*clue, evidence)).sum()
}

/// Deviations from the reference's mean, at most 3: one tag that a network is certain of does not decide alone.
fn standing(clue: Clue, evidence: &MoodEvidence<'_>) -> f32 {
    let against = |value: f32, Reference(mean, deviation): Reference| ((value - mean) / deviation).clamp(-3.0, 3.0);
    let finite = |value: f32, reference| if value.is_finite() { against(value, reference) } else { 0.0 };
    let tag = |network, tags: &[f32], name, references: &[Reference; TAGS_LEN]| {
        let found = index(network, name).and_then(|at| tags.get(at).zip(references.get(at)));
        found.map_or(0.0, |(tag, reference)| against(logit(*tag), *reference))
    };
    match clue {
        Clue::Msd(name) => tag(Network::Msd, evidence.msd, name, &reference::MSD),
        Clue::Mtt(name) => tag(Network::Mtt, evidence.mtt, name, &reference::MTT),
        Clue::Energy => finite(evidence.energy, reference::ENERGY),
        Clue::Danceability => finite(evidence.danceability, reference::DANCEABILITY),
        Clue::Minor => evidence.minor.map_or(0.0, |minor| if minor { 1.0 } else { -1.0 }),
    }
}

/// The probability of a voice: how much likelier MagnaTagATune's network finds the tags for voices than those for the
/// lack of them. Absolute, not against the reference collection, which hardly has any voices.
fn voice(mtt: &[f32]) -> f32 {
    let of = |name: &str| index(Network::Mtt, name).and_then(|at| mtt.get(at)).map_or(0.0, |tag| logit(*tag));
    // A voice is a man's or a woman's; what matters is that it is one.
    let likeliest = |names: &&[&str]| names.iter().map(|name| of(name)).fold(f32::NEG_INFINITY, f32::max);
    let mean = |groups: &[&[&str]]| groups.iter().map(likeliest).sum::<f32>() / groups.len() as f32;
    let odds = mean(rules::VOICES) - mean(rules::NO_VOICES);
    sigmoid(rules::VOICE_SLOPE * (odds - rules::VOICE_EVEN))
}

fn index(network: Network, name: &str) -> Option<usize> {
    network.tag_names().iter().position(|tag| *tag == name)
}

/// Log-odds of a probability. Below 1 in 10,000 the networks' answers are noise.
fn logit(probability: f32) -> f32 {
    let probability = probability.clamp(1e-4, 1.0 - 1e-4);
    (probability / (1.0 - probability)).ln()
}

/// The part of a normal distribution below so many deviations, to within 0.01, by the logistic curve.
fn place(deviations: f32) -> f32 {
    sigmoid(1.702 * deviations)
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const RULES: [Rule; 9] = [
        rules::AROUSAL,
        rules::VALENCE,
        rules::ACOUSTIC,
        rules::HAPPY,
        rules::SAD,
        rules::RELAXED,
        rules::AGGRESSIVE,
        rules::PARTY,
        rules::DREAMY,
    ];

    fn means(references: &[Reference; TAGS_LEN]) -> Vec<f32> {
        references.iter().map(|Reference(mean, _)| sigmoid(*mean)).collect()
    }

    #[test]
    fn every_tag_of_a_rule_is_one_of_its_network() {
        for (clue, weight) in RULES.into_iter().flatten() {
            match clue {
                Clue::Msd(name) => assert!(index(Network::Msd, name).is_some(), "{name}"),
                Clue::Mtt(name) => assert!(index(Network::Mtt, name).is_some(), "{name}"),
                Clue::Energy | Clue::Danceability | Clue::Minor => {}
            }
            assert!(weight.is_finite() && *weight != 0.0, "{clue:?}");
        }
        for name in rules::VOICES.iter().chain(rules::NO_VOICES).copied().flatten() {
            assert!(index(Network::Mtt, name).is_some(), "{name}");
        }
    }

    #[test]
    fn the_mean_of_the_reference_is_the_middle() {
        let (msd, mtt) = (means(&reference::MSD), means(&reference::MTT));
        let middle = MoodEvidence {
            msd: &msd,
            mtt: &mtt,
            energy: reference::ENERGY.0,
            danceability: reference::DANCEABILITY.0,
            minor: None,
        };
        let moods = Moods::of(&middle).unwrap();
        for (name, value) in moods.named() {
            assert!(name == "voice" || (value - 0.5).abs() < 0.01, "{name}: {value}");
        }
        let unknown = MoodEvidence { energy: f32::NAN, danceability: f32::INFINITY, ..middle };
        for ((name, known), (_, unknown)) in moods.named().into_iter().zip(Moods::of(&unknown).unwrap().named()) {
            assert!((known - unknown).abs() < 1e-5, "{name}: {known} {unknown}");
        }
    }

    #[test]
    fn every_clue_pulls_the_way_of_its_weight() {
        let (msd, mtt) = (means(&reference::MSD), means(&reference::MTT));
        let middle = MoodEvidence { msd: &msd, mtt: &mtt, energy: 0.6, danceability: 1.2, minor: None };
        for (rule, (clue, weight)) in RULES.into_iter().flat_map(|rule| rule.iter().map(move |part| (rule, part))) {
            let (mut msd, mut mtt) = (msd.clone(), mtt.clone());
            let raise = |tag: &mut f32| *tag = sigmoid(logit(*tag) + 1.0);
            match *clue {
                Clue::Msd(name) => raise(&mut msd[index(Network::Msd, name).unwrap()]),
                Clue::Mtt(name) => raise(&mut mtt[index(Network::Mtt, name).unwrap()]),
                Clue::Energy | Clue::Danceability | Clue::Minor => {}
            }
            let more = MoodEvidence {
                msd: &msd,
                mtt: &mtt,
                energy: if matches!(clue, Clue::Energy) { 0.7 } else { middle.energy },
                danceability: if matches!(clue, Clue::Danceability) { 1.5 } else { middle.danceability },
                minor: matches!(clue, Clue::Minor).then_some(true),
            };
            let change = weigh(rule, &more) - weigh(rule, &middle);
            assert!(change * weight > 0.0, "{clue:?} {weight}: {change}");
        }
    }
}
