//! What a piece of a query means.

use crate::lexicon::Concept;
use crate::tags::Network;

/// A number of a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// Beats per minute.
    Tempo,
    /// How sure the tempo is, 0..1.
    TempoConfidence,
    /// 0..1.
    Energy,
    /// 0..1.
    Brightness,
    /// 0..~3.
    Danceability,
    /// LUFS.
    Loudness,
    /// LU.
    LoudnessRange,
    /// Seconds.
    Duration,
    /// Year of release.
    Year,
    /// How lively, 0..1, as all that follow.
    Arousal,
    /// How pleasant.
    Valence,
    /// Whether somebody sings or speaks.
    Voice,
    /// Acoustic (1) or electronic (0).
    Acoustic,
    /// The mood.
    Happy,
    /// The mood.
    Sad,
    /// The mood.
    Relaxed,
    /// The mood.
    Aggressive,
    /// The mood.
    Party,
    /// The mood.
    Dreamy,
}

impl Field {
    /// All with their names in the lexicon.
    const NAMES: [(Self, &'static str); 19] = [
        (Self::Tempo, "tempo"),
        (Self::TempoConfidence, "tempo_confidence"),
        (Self::Energy, "energy"),
        (Self::Brightness, "brightness"),
        (Self::Danceability, "danceability"),
        (Self::Loudness, "loudness"),
        (Self::LoudnessRange, "loudness_range"),
        (Self::Duration, "duration"),
        (Self::Year, "year"),
        (Self::Arousal, "arousal"),
        (Self::Valence, "valence"),
        (Self::Voice, "voice"),
        (Self::Acoustic, "acoustic"),
        (Self::Happy, "happy"),
        (Self::Sad, "sad"),
        (Self::Relaxed, "relaxed"),
        (Self::Aggressive, "aggressive"),
        (Self::Party, "party"),
        (Self::Dreamy, "dreamy"),
    ];

    /// The field of a name, such as `tempo` or `relaxed`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, other)| *other == name).map(|(field, _)| *field)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(field, _)| *field == self).map_or("", |(_, name)| name)
    }
}

/// From where to where a number may lie; its edges are soft.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Range {
    /// The lower end, if there is one.
    pub from: Option<f32>,
    /// The upper end, if there is one.
    pub to: Option<f32>,
}

/// What a piece of a query means.
#[derive(Debug, Clone, PartialEq)]
pub enum Meaning {
    /// Something of the lexicon, such as `calm`.
    Concept(Concept),
    /// A tag of a network, by its place in that network's order.
    Tag(Network, usize),
    /// A number within a range.
    Range(Field, Range),
    /// A number near a value, to within a tolerance; both in the field's unit.
    Near(Field, f32, f32),
    /// A key: the tonic in semitones above C, and whether it is minor, as far as they are said.
    Key(Option<u8>, Option<bool>),
    /// A genre in the tags of files, as the library writes it. The engine knows which tracks have it.
    Genre(String),
    /// A style that a network of a person's own has heard. The engine knows which tracks have it.
    Style(String),
    /// An artist. The engine knows which tracks are theirs.
    Artist(String),
    /// Sounds like an artist. The engine knows which tracks do.
    LikeArtist(String),
    /// Sounds like a track of this title. The engine knows which tracks do.
    LikeTitle(String),
}

/// A piece of a query that is understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Want {
    /// What it means.
    pub meaning: Meaning,
    /// How strongly it is meant: 1 as it is said, more for `very`, less for `slightly`.
    pub strength: f32,
    /// Whether it is not wanted.
    pub negated: bool,
    /// Whether it may stand for the want before it: piano *or* guitar.
    pub either: bool,
    /// What it means, in a word or two of the query's language, such as `calm` or `120–140 BPM`; without a `no`.
    pub label: String,
    /// The words of the query.
    pub words: String,
}

impl Want {
    /// What is meant plainly, without words.
    #[must_use]
    pub fn new(meaning: Meaning) -> Self {
        Self { meaning, strength: 1.0, negated: false, either: false, label: String::new(), words: String::new() }
    }
}
