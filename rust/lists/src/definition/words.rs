//! The words of the language.

/// A mood, 0..1: see `docs/moods.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mood {
    /// How much is going on.
    Arousal,
    /// How pleasant.
    Valence,
    /// Whether somebody sings or speaks.
    Voice,
    /// Acoustic (1) or electronic (0).
    Acoustic,
    /// Happy.
    Happy,
    /// Sad.
    Sad,
    /// Calm.
    Relaxed,
    /// Aggressive.
    Aggressive,
    /// For dancing with others.
    Party,
    /// Dreamy.
    Dreamy,
}

impl Mood {
    /// All of them, in the order of `docs/moods.md`' kinds.
    pub const ALL: [Self; 10] = [
        Self::Arousal,
        Self::Valence,
        Self::Voice,
        Self::Acoustic,
        Self::Happy,
        Self::Sad,
        Self::Relaxed,
        Self::Aggressive,
        Self::Party,
        Self::Dreamy,
    ];

    /// Its name in the language and in Segue's answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        Field::Mood(self).name()
    }

    /// The mood of this name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        match field(name)? {
            Field::Mood(mood) => Some(mood),
            _ => None,
        }
    }
}

/// What a number is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// Beats per minute.
    Tempo,
    /// Danceability, 0..~3.
    Danceability,
    /// Energy, 0..1.
    Energy,
    /// Brightness, 0..1.
    Brightness,
    /// Integrated loudness in LUFS.
    Loudness,
    /// Seconds.
    Duration,
    /// Year of release.
    Year,
    /// A mood, 0..1.
    Mood(Mood),
}

impl Field {
    /// Its name in the language.
    #[must_use]
    pub fn name(self) -> &'static str {
        FIELDS.iter().find(|&&(_, field)| field == self).map_or("", |&(name, _)| name)
    }
}

/// Names of fields; the first one of each is the canonical one.
pub(super) const FIELDS: &[(&str, Field)] = &[
    ("tempo", Field::Tempo),
    ("bpm", Field::Tempo),
    ("danceability", Field::Danceability),
    ("energy", Field::Energy),
    ("brightness", Field::Brightness),
    ("loudness", Field::Loudness),
    ("duration", Field::Duration),
    ("length", Field::Duration),
    ("year", Field::Year),
    ("arousal", Field::Mood(Mood::Arousal)),
    ("valence", Field::Mood(Mood::Valence)),
    ("voice", Field::Mood(Mood::Voice)),
    ("acoustic", Field::Mood(Mood::Acoustic)),
    ("happy", Field::Mood(Mood::Happy)),
    ("sad", Field::Mood(Mood::Sad)),
    ("relaxed", Field::Mood(Mood::Relaxed)),
    ("calm", Field::Mood(Mood::Relaxed)),
    ("aggressive", Field::Mood(Mood::Aggressive)),
    ("party", Field::Mood(Mood::Party)),
    ("dreamy", Field::Mood(Mood::Dreamy)),
];

/// A text of a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextField {
    /// One of its genres.
    Genre,
    /// Artist or album artist.
    Artist,
    /// Album.
    Album,
    /// Title.
    Title,
    /// The folder that its file lies in, or one above it.
    Folder,
}

pub(super) const TEXTS: &[(&str, TextField)] = &[
    ("genre", TextField::Genre),
    ("artist", TextField::Artist),
    ("album", TextField::Album),
    ("title", TextField::Title),
    ("folder", TextField::Folder),
];

impl TextField {
    /// Its name in the language.
    #[must_use]
    pub fn name(self) -> &'static str {
        TEXTS.iter().find(|&&(_, field)| field == self).map_or("", |&(name, _)| name)
    }
}

/// What a track may be, by a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trait {
    /// For Christmas, Hanukkah or Halloween, by the words in its title, album and genres.
    Seasonal,
    /// Spoken, by the words in its genres, title and album, or by a style that a network has heard.
    Spoken,
    /// Shorter than 30 seconds.
    Short,
    /// Without voices: `voice` below 0.5.
    Instrumental,
    /// With voices: `voice` at 0.5 or above.
    Vocal,
}

pub(super) const TRAITS: &[(&str, Trait)] = &[
    ("seasonal", Trait::Seasonal),
    ("spoken", Trait::Spoken),
    ("short", Trait::Short),
    ("instrumental", Trait::Instrumental),
    ("vocal", Trait::Vocal),
];

impl Trait {
    /// Its name in the language.
    #[must_use]
    pub fn name(self) -> &'static str {
        TRAITS.iter().find(|&&(_, kind)| kind == self).map_or("", |&(name, _)| name)
    }
}

/// All other words that begin something.
pub(super) const OTHERS: &[&str] = &["not", "mood", "tag", "style", "key", "scale", "sort", "limit", "per"];

pub(super) fn field(word: &str) -> Option<Field> {
    find(FIELDS, word)
}

pub(super) fn find<T: Copy>(words: &[(&str, T)], word: &str) -> Option<T> {
    words.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|&(_, thing)| thing)
}

/// All words that begin a clause.
pub(super) fn keywords() -> impl Iterator<Item = &'static str> {
    let fields = FIELDS.iter().map(|&(name, _)| name);
    let texts = TEXTS.iter().map(|&(name, _)| name);
    let traits = TRAITS.iter().map(|&(name, _)| name);
    fields.chain(texts).chain(traits).chain(OTHERS.iter().copied())
}

pub(super) fn is_keyword(word: &str) -> bool {
    keywords().any(|keyword| keyword.eq_ignore_ascii_case(word))
}
