//! Which clues speak for a mood, and how strongly; why, and how well it agrees with listeners' expectations, is in
//! `docs/moods.md`.

/// Something that speaks for or against a mood.
#[derive(Debug, Clone, Copy)]
pub(super) enum Clue {
    /// A tag of the network trained on the Million Song Dataset.
    Msd(&'static str),
    /// A tag of the network trained on MagnaTagATune.
    Mtt(&'static str),
    Energy,
    Danceability,
    /// A minor key, against a major one.
    Minor,
}

use Clue::{Danceability, Energy, Minor, Msd, Mtt};

pub(super) type Rule = &'static [(Clue, f32)];

/// Fast and dense against slow and soft. `loud` and `quiet` are left out: they follow the level of a copy.
#[rustfmt::skip]
pub(super) const AROUSAL: Rule = &[
    (Mtt("fast"), 1.0), (Mtt("drums"), 0.5), (Mtt("techno"), 0.5), (Mtt("rock"), 0.5), (Msd("dance"), 0.5),
    (Msd("punk"), 0.5), (Msd("metal"), 0.5), (Msd("hard rock"), 0.5), (Mtt("slow"), -1.0), (Mtt("soft"), -0.5),
    (Msd("ambient"), -1.0), (Msd("Mellow"), -0.5), (Mtt("new age"), -0.5), (Energy, 1.0),
];

/// Cheerful tags against gloomy and strange ones, and major against minor; nothing that only tells how loud it is.
#[rustfmt::skip]
pub(super) const VALENCE: Rule = &[
    (Msd("happy"), 1.0), (Msd("easy listening"), 0.5), (Msd("catchy"), 0.5), (Msd("soul"), 0.5), (Msd("funk"), 0.5),
    (Msd("jazz"), 0.5), (Msd("sad"), -1.0), (Msd("metal"), -1.0), (Msd("ambient"), -0.5), (Msd("experimental"), -0.5),
    (Mtt("weird"), -1.0), (Minor, -1.0),
];

/// Instruments that need no current against those that do.
#[rustfmt::skip]
pub(super) const ACOUSTIC: Rule = &[
    (Msd("acoustic"), 1.0), (Msd("folk"), 1.0), (Msd("jazz"), 0.5), (Mtt("classical"), 1.0), (Mtt("strings"), 1.0),
    (Mtt("piano"), 0.5), (Mtt("cello"), 0.5), (Mtt("flute"), 0.5), (Mtt("guitar"), 0.5), (Msd("electronic"), -1.0),
    (Msd("electronica"), -1.0), (Msd("electro"), -1.0), (Mtt("techno"), -1.0), (Mtt("electronic"), -1.0),
    (Mtt("synth"), -1.0),
];

/// As valence, with drive: lively rather than merely pleasant.
#[rustfmt::skip]
pub(super) const HAPPY: Rule = &[
    (Msd("happy"), 1.0), (Msd("catchy"), 1.0), (Msd("party"), 0.5), (Msd("funk"), 0.5), (Msd("indie pop"), 0.5),
    (Mtt("pop"), 0.5), (Mtt("fast"), 0.5), (Msd("sad"), -1.0), (Msd("ambient"), -1.0), (Msd("experimental"), -0.5),
    (Mtt("weird"), -0.5), (Minor, -1.0),
];

/// Sorrow is slow and minor; what merely lacks drive is relaxed.
#[rustfmt::skip]
pub(super) const SAD: Rule = &[
    (Msd("sad"), 2.0), (Msd("Mellow"), 0.5), (Msd("beautiful"), 0.5), (Mtt("slow"), 0.5), (Mtt("quiet"), 0.5),
    (Mtt("cello"), 0.5), (Mtt("violin"), 0.5), (Msd("party"), -1.0), (Msd("catchy"), -0.5), (Msd("happy"), -1.0),
    (Msd("funk"), -0.5), (Minor, 1.0),
];

/// Calm, without force.
#[rustfmt::skip]
pub(super) const RELAXED: Rule = &[
    (Msd("chillout"), 0.5), (Msd("chill"), 0.5), (Msd("Mellow"), 1.0), (Msd("ambient"), 0.5),
    (Msd("easy listening"), 0.5), (Mtt("slow"), 1.0), (Mtt("soft"), 0.5), (Mtt("new age"), 0.5), (Mtt("fast"), -1.0),
    (Msd("metal"), -0.5), (Msd("hard rock"), -0.5), (Msd("punk"), -0.5), (Energy, -0.5),
];

/// Hard styles and loudness against soft ones.
#[rustfmt::skip]
pub(super) const AGGRESSIVE: Rule = &[
    (Msd("metal"), 1.0), (Msd("hard rock"), 0.5), (Msd("punk"), 1.0), (Msd("rock"), 0.5), (Mtt("loud"), 0.5),
    (Mtt("metal"), 1.0), (Mtt("rock"), 0.5), (Mtt("fast"), 0.5), (Mtt("drums"), 0.5), (Mtt("soft"), -0.5),
    (Msd("Mellow"), -1.0), (Msd("beautiful"), -1.0), (Msd("easy listening"), -0.5), (Mtt("new age"), -0.5),
    (Energy, 0.5),
];

/// Music for dancing: its styles, a strong beat, a steady pulse.
#[rustfmt::skip]
pub(super) const PARTY: Rule = &[
    (Msd("dance"), 1.0), (Msd("party"), 1.0), (Msd("House"), 1.0), (Msd("electro"), 0.5), (Msd("catchy"), 0.5),
    (Msd("funk"), 0.5), (Mtt("dance"), 1.0), (Mtt("beat"), 0.5), (Mtt("techno"), 0.5), (Danceability, 1.0),
    (Mtt("slow"), -1.0), (Msd("ambient"), -1.0), (Msd("sad"), -0.5),
];

/// Ambient sounds without a beat that carries them.
#[rustfmt::skip]
pub(super) const DREAMY: Rule = &[
    (Msd("ambient"), 1.0), (Msd("chillout"), 1.0), (Msd("beautiful"), 0.5), (Msd("experimental"), 0.5),
    (Mtt("ambient"), 1.0), (Mtt("new age"), 1.0), (Mtt("synth"), 0.5), (Msd("rock"), -0.5), (Msd("punk"), -0.5),
    (Mtt("rock"), -0.5), (Mtt("beat"), -0.5), (Mtt("fast"), -0.5), (Mtt("drums"), -0.5), (Msd("party"), -0.5),
];

/// Tags that say that there is a voice: the likeliest of each group counts.
pub(super) const VOICES: &[&[&str]] =
    &[&["vocal"], &["singing"], &["vocals"], &["voice"], &["female", "male"], &["woman", "man"]];
/// Tags that say that there is none.
pub(super) const NO_VOICES: &[&[&str]] = &[&["no vocals"], &["no vocal"], &["no voice"]];
/// Log-odds between the two at which a voice is as likely as not, and how fast it gets likelier beyond. Of 13 sung or
/// spoken recordings the least has 1.68, the next 2.40; of 11 instrumental ones the highest two have 1.25 and 0.27.
pub(super) const VOICE_EVEN: f32 = 1.4;
pub(super) const VOICE_SLOPE: f32 = 2.2;
