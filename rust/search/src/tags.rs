//! The tags of both networks.

use crate::facts::TAGS;

/// A network that hears tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Network {
    /// MusiCNN trained on the Million Song Dataset.
    Msd,
    /// MusiCNN trained on MagnaTagATune.
    Mtt,
}

impl Network {
    /// Its tags, in its order.
    #[must_use]
    pub fn tags(self) -> &'static [&'static str; TAGS] {
        match self {
            Self::Msd => &MSD,
            Self::Mtt => &MTT,
        }
    }

    /// The place of a tag in its order; `None` for what is none of its tags.
    #[must_use]
    pub fn tag(self, name: &str) -> Option<usize> {
        self.tags().iter().position(|tag| tag.eq_ignore_ascii_case(name))
    }
}

#[rustfmt::skip]
const MSD: [&str; TAGS] = [
    "rock", "pop", "alternative", "indie", "electronic", "female vocalists", "dance", "00s", "alternative rock", "jazz",
    "beautiful", "metal", "chillout", "male vocalists", "classic rock", "soul", "indie rock", "Mellow", "electronica",
    "80s", "folk", "90s", "chill", "instrumental", "punk", "oldies", "blues", "hard rock", "ambient", "acoustic",
    "experimental", "female vocalist", "guitar", "Hip-Hop", "70s", "party", "country", "easy listening", "sexy",
    "catchy", "funk", "electro", "heavy metal", "Progressive rock", "60s", "rnb", "indie pop", "sad", "House", "happy",
];

#[rustfmt::skip]
const MTT: [&str; TAGS] = [
    "guitar", "classical", "slow", "techno", "strings", "drums", "electronic", "rock", "fast", "piano", "ambient",
    "beat", "violin", "vocal", "synth", "female", "indian", "opera", "male", "singing", "vocals", "no vocals",
    "harpsichord", "loud", "quiet", "flute", "woman", "male vocal", "no vocal", "pop", "soft", "sitar", "solo", "man",
    "classic", "choir", "voice", "new age", "dance", "male voice", "female vocal", "beats", "harp", "cello", "no voice",
    "weird", "country", "metal", "female voice", "choral",
];
