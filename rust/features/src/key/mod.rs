//! The key of a track: what it is called (here), the partials a moment of sound is made of ([`partials`]), and which
//! key they add up to ([`finder`]).

mod finder;
mod partials;

use std::fmt;

pub(crate) use finder::{KeyFinder, Pitch};

/// The key of a track.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Key {
    /// Its first note.
    pub tonic: Tonic,
    /// Its mode.
    pub scale: Scale,
    /// How well the notes that sound fit this key's profile, 0 to 1: the correlation of the two, lessened where most
    /// notes sound alike. Clear keys lie above 0.7, noise below 0.25.
    pub strength: f32,
}

/// A pitch class, spelled as Essentia does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Tonic {
    C,
    CSharp,
    D,
    EFlat,
    E,
    F,
    FSharp,
    G,
    AFlat,
    A,
    BFlat,
    B,
}

/// A mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Scale {
    Major,
    Minor,
}

impl Tonic {
    /// All twelve, by pitch class.
    pub const ALL: [Self; 12] = [
        Self::C,
        Self::CSharp,
        Self::D,
        Self::EFlat,
        Self::E,
        Self::F,
        Self::FSharp,
        Self::G,
        Self::AFlat,
        Self::A,
        Self::BFlat,
        Self::B,
    ];

    /// Semitones above C, 0 to 11.
    #[must_use]
    pub fn pitch_class(self) -> u8 {
        self as u8
    }

    /// The name: "C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb" or "B".
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::C => "C",
            Self::CSharp => "C#",
            Self::D => "D",
            Self::EFlat => "Eb",
            Self::E => "E",
            Self::F => "F",
            Self::FSharp => "F#",
            Self::G => "G",
            Self::AFlat => "Ab",
            Self::A => "A",
            Self::BFlat => "Bb",
            Self::B => "B",
        }
    }
}

impl Scale {
    /// The name: "major" or "minor".
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Major => "major",
            Self::Minor => "minor",
        }
    }
}

impl Key {
    /// The name in the Camelot notation of disc jockeys, "1A" to "12B": keys with neighbouring numbers are a fifth
    /// apart, A is minor, B major, and a relative pair shares its number (C major is "8B", A minor "8A").
    #[must_use]
    pub fn camelot(&self) -> String {
        // The Camelot wheel is the Open Key wheel turned by seven hours.
        let number = (self.hour() + 6) % 12 + 1;
        format!("{number}{}", if self.scale == Scale::Major { 'B' } else { 'A' })
    }

    /// The name in Open Key notation, "1m" to "12d": numbers as in [`camelot`](Self::camelot) but counted from C major
    /// ("1d") and A minor ("1m"); `d` is major, `m` minor.
    #[must_use]
    pub fn open_key(&self) -> String {
        format!("{}{}", self.hour(), if self.scale == Scale::Major { 'd' } else { 'm' })
    }

    /// The place on the circle of fifths, 1 (C major, A minor) to 12 (F major, D minor).
    fn hour(&self) -> u8 {
        // A minor key stands where its relative major does, three semitones up. Seven semitones make one step, and
        // since 7 · 7 is 1 in twelve, so many steps as semitones times seven.
        let major = self.tonic.pitch_class() + if self.scale == Scale::Major { 0 } else { 3 };
        (major * 7) % 12 + 1
    }
}

impl fmt::Display for Tonic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.tonic, self.scale)
    }
}
