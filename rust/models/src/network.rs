//! The two networks and what their tags are called.

use crate::TAGS_LEN;

/// A MusiCNN, named after what it was trained on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Network {
    /// The Million Song Dataset, with the tags of last.fm's listeners.
    Msd,
    /// MagnaTagATune, with the tags of a listening game.
    Mtt,
}

impl Network {
    /// Both, in the order of their names.
    pub const ALL: [Self; 2] = [Self::Msd, Self::Mtt];

    /// A short stable name: `msd` or `mtt`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Msd => "msd",
            Self::Mtt => "mtt",
        }
    }

    /// The names of the tags in the order of the network's outputs, spelled as in the data it was trained on.
    #[must_use]
    pub fn tag_names(self) -> &'static [&'static str; TAGS_LEN] {
        match self {
            Self::Msd => &MSD_TAGS,
            Self::Mtt => &MTT_TAGS,
        }
    }
}

/// How exactly a network is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Precision {
    /// The widest convolutions in 8 bits, the rest in f32: 1.5 times as fast in ONNX Runtime (no faster in rten), a
    /// track's embedding the same to a cosine of 0.9998 (`models/README.md`). On processors that Segue's kernel is made
    /// for it is 2 to 8 times as fast again and as exact; it then works from the f32 file.
    #[default]
    Int8,
    /// All of it in f32.
    F32,
}

impl Precision {
    /// A short stable name: `int8` or `f32`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Int8 => "int8",
            Self::F32 => "f32",
        }
    }
}

#[rustfmt::skip]
const MSD_TAGS: [&str; TAGS_LEN] = [
    "rock", "pop", "alternative", "indie", "electronic", "female vocalists", "dance", "00s", "alternative rock", "jazz",
    "beautiful", "metal", "chillout", "male vocalists", "classic rock", "soul", "indie rock", "Mellow", "electronica",
    "80s", "folk", "90s", "chill", "instrumental", "punk", "oldies", "blues", "hard rock", "ambient", "acoustic",
    "experimental", "female vocalist", "guitar", "Hip-Hop", "70s", "party", "country", "easy listening", "sexy",
    "catchy", "funk", "electro", "heavy metal", "Progressive rock", "60s", "rnb", "indie pop", "sad", "House", "happy",
];

#[rustfmt::skip]
const MTT_TAGS: [&str; TAGS_LEN] = [
    "guitar", "classical", "slow", "techno", "strings", "drums", "electronic", "rock", "fast", "piano", "ambient",
    "beat", "violin", "vocal", "synth", "female", "indian", "opera", "male", "singing", "vocals", "no vocals",
    "harpsichord", "loud", "quiet", "flute", "woman", "male vocal", "no vocal", "pop", "soft", "sitar", "solo", "man",
    "classic", "choir", "voice", "new age", "dance", "male voice", "female vocal", "beats", "harp", "cello", "no voice",
    "weird", "country", "metal", "female voice", "choral",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_fifty_different_names() {
        for network in Network::ALL {
            let mut names = network.tag_names().to_vec();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), TAGS_LEN, "{}", network.name());
        }
    }
}
