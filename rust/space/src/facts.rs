//! What a mix knows of a track beside its sound.

/// A musical key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Steps round the circle of fifths from C major and A minor, 0..12: a key and its relative share a place.
    fifths: u8,
}

impl Key {
    /// From a tonic such as `F#`, `Bb` or `C`, and `major` or `minor`; `None` for anything else.
    pub fn parse(tonic: &str, scale: &str) -> Option<Self> {
        let mut letters = tonic.trim().chars();
        let natural = match letters.next()?.to_ascii_uppercase() {
            'C' => 0,
            'G' => 1,
            'D' => 2,
            'A' => 3,
            'E' => 4,
            'B' => 5,
            'F' => 11,
            _ => return None,
        };
        let accidental = match letters.as_str() {
            "" => 0,
            "#" | "♯" => 7,
            "b" | "♭" => 5,
            _ => return None,
        };
        let relative = match scale.trim() {
            "major" => 0,
            "minor" => 9,
            _ => return None,
        };
        Some(Self { fifths: (natural + accidental + relative) % 12 })
    }

    /// Its place on the circle of fifths, 0..12.
    pub(crate) fn place(self) -> u8 {
        self.fifths
    }

    /// The key at a place that [`Key::place`] gave.
    pub(crate) fn at(place: u8) -> Option<Self> {
        (place < 12).then_some(Self { fifths: place })
    }

    /// Steps from one to the other round the circle of fifths, 0..=6.
    pub fn steps_to(self, other: Self) -> u8 {
        let steps = (12 + self.fifths - other.fifths) % 12;
        steps.min(12 - steps)
    }
}

/// Numbers of an [`Edge`] at most.
const EDGE_NUMBERS: usize = 32;
/// Steps of an [`Edge`]'s numbers in 1; they reach from −2 to 2.
const EDGE_STEPS: f32 = 64.0;

/// What the first or the last seconds of a track sound like, in a byte per number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge([i8; EDGE_NUMBERS]);

impl Edge {
    /// From numbers whose Euclidean distance says how much two edges differ, unrelated ones lying about 1 apart; what is
    /// beyond −2 and 2 is cut off. `None` for no numbers, more than 32, or one that is no number.
    pub fn new(numbers: &[f32]) -> Option<Self> {
        let mut edge = [0; EDGE_NUMBERS];
        if numbers.is_empty() || !numbers.iter().all(|number| number.is_finite()) {
            return None;
        }
        let kept = edge.get_mut(..numbers.len())?;
        // `as` saturates.
        kept.iter_mut().zip(numbers).for_each(|(kept, number)| *kept = (number * EDGE_STEPS).round() as i8);
        Some(Self(edge))
    }

    /// Its numbers as bytes.
    pub(crate) fn bytes(&self) -> [u8; EDGE_NUMBERS] {
        self.0.map(i8::cast_unsigned)
    }

    /// From what [`Edge::bytes`] gave.
    pub(crate) fn from_bytes(bytes: [u8; EDGE_NUMBERS]) -> Self {
        Self(bytes.map(u8::cast_signed))
    }

    /// Euclidean distance of the two edges' numbers.
    pub fn distance(&self, other: &Self) -> f32 {
        let square = |(a, b): (&i8, &i8)| (i32::from(*a) - i32::from(*b)).pow(2);
        let sum: i32 = self.0.iter().zip(&other.0).map(square).sum();
        (sum as f32).sqrt() / EDGE_STEPS
    }
}

/// What a mix knows of a track beside its sound. Unknown texts are empty, unknown numbers `None` (or 0 for the length).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TrackFacts {
    /// Performing artist. Empty is unknown, and unknown is never the same artist as another unknown.
    pub artist: String,
    /// Title.
    pub title: String,
    /// Names the album so that no other one is named alike: its title with the album's artist, say. Empty is unknown, and
    /// unknown is never the same album as another unknown.
    pub album: String,
    /// Length in seconds.
    pub duration_s: f32,
    /// Beats per minute.
    pub tempo: Option<f32>,
    /// Key.
    pub key: Option<Key>,
    /// Energy, 0..1.
    pub energy: Option<f32>,
    /// How it begins.
    pub intro: Option<Edge>,
    /// How it ends.
    pub outro: Option<Edge>,
    /// Tracks with the same number are one recording, by their fingerprints.
    pub recording: Option<u32>,
}

impl TrackFacts {
    /// The artist for comparing: `None` where unknown.
    pub(crate) fn artist_key(&self) -> Option<String> {
        artist(&self.artist)
    }

    /// The album for comparing: `None` where unknown.
    pub(crate) fn album_key(&self) -> Option<String> {
        let key = letters(&self.album);
        (!key.is_empty()).then_some(key)
    }
}

/// Names the artist for comparing: equal whatever the spelling of case and signs. `None` where it is unknown, or nobody in
/// particular.
pub fn artist(name: &str) -> Option<String> {
    let key = letters(name);
    // What taggers write when they do not know.
    let placeholder = matches!(key.as_str(), "" | "unknown" | "unknown artist" | "various" | "various artists");
    (!placeholder).then_some(key)
}

/// Names the recording for comparing: equal for a song and its remaster, radio edit or second rip by the same artist,
/// different for a remix or a live take. `None` where artist or title is unknown.
pub fn recording(artist: &str, title: &str) -> Option<String> {
    let artist = self::artist(artist)?;
    let title = title_key(title);
    (!title.is_empty()).then(|| format!("{artist}\n{title}"))
}

/// Words that tell releases of one recording apart, not recordings.
const RELEASE_WORDS: [&str; 19] = [
    "remaster",
    "remastered",
    "explicit",
    "clean",
    "radio",
    "edit",
    "version",
    "mono",
    "stereo",
    "single",
    "album",
    "original",
    "bonus",
    "track",
    "deluxe",
    "edition",
    "anniversary",
    "digital",
    "mix",
];

/// Words after which a guest is named.
const GUEST_WORDS: [&str; 3] = ["feat", "ft", "featuring"];

/// The title without "(2011 Remaster)", "- Radio Edit", "[feat. Guest]" and the like, as lower-case words.
fn title_key(title: &str) -> String {
    let mut kept = title.trim();
    while let Some((head, note)) = split_note(kept) {
        let note = letters(note);
        let guest = note.split(' ').next().is_some_and(|first| GUEST_WORDS.contains(&first));
        let is_release = |word: &str| RELEASE_WORDS.contains(&word);
        let is_year = |word: &str| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
        let release = note.split(' ').any(is_release) && note.split(' ').all(|word| is_release(word) || is_year(word));
        // A title that is nothing but a note stays.
        if !(guest || release) || letters(head).is_empty() {
            break;
        }
        kept = head;
    }
    letters(kept)
}

/// Splits "Song (note)", "Song [note]" or "Song - note" before its last note.
fn split_note(title: &str) -> Option<(&str, &str)> {
    let title = title.trim_end();
    let open = match title.chars().next_back()? {
        ')' => title.rfind('('),
        ']' => title.rfind('['),
        _ => None,
    };
    let (head, note) = match open {
        Some(open) => title.split_at(open),
        None => title.rsplit_once(" - ")?,
    };
    Some((head.trim_end(), note))
}

/// Lower-case words of letters and digits, one space between. Apostrophes vanish, everything else separates.
fn letters(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            out.push(c);
        } else if !matches!(c, '\'' | '’' | '.') && !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    // A name of signs alone ("!!!", "+/-") is itself.
    if out.is_empty() { text.trim().to_owned() } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_lie_on_the_circle_of_fifths() {
        let key = |tonic, scale| Key::parse(tonic, scale).unwrap();
        let steps = |a, b| key(a, "major").steps_to(key(b, "major"));
        assert_eq!((steps("C", "C"), steps("C", "G"), steps("F", "C"), steps("C", "D")), (0, 1, 1, 2));
        assert_eq!((steps("C", "F#"), steps("Gb", "F#"), steps("Bb", "F")), (6, 0, 1));
        assert_eq!(key("A", "minor").steps_to(key("C", "major")), 0);
        assert_eq!(key("C", "minor").steps_to(key("Eb", "major")), 0);
        assert_eq!(key("E", "minor").steps_to(key("C", "major")), 1);
    }

    #[test]
    fn what_is_no_key_is_none() {
        for (tonic, scale) in [("", "major"), ("H", "major"), ("C##", "major"), ("C", ""), ("C", "dorian")] {
            assert_eq!(Key::parse(tonic, scale), None, "{tonic} {scale}");
        }
    }

    #[test]
    fn edges_keep_their_distance_to_a_hundredth() {
        let numbers = |seed: f32| (0..25).map(|i| ((i as f32 + 1.0) * seed).sin() * 0.3).collect::<Vec<f32>>();
        for (a, b) in [(1.0, 2.0), (0.5, 0.51), (3.0, 7.0)] {
            let exact: f32 = numbers(a).iter().zip(numbers(b)).map(|(a, b)| (a - b).powi(2)).sum::<f32>().sqrt();
            let kept = Edge::new(&numbers(a)).unwrap().distance(&Edge::new(&numbers(b)).unwrap());
            assert!((kept - exact).abs() < 0.02, "{kept} {exact}");
        }
        assert_eq!(Edge::new(&[9.0]).unwrap().distance(&Edge::new(&[-9.0]).unwrap()), 255.0 / 64.0);
        assert!(Edge::new(&[]).is_none() && Edge::new(&[f32::NAN]).is_none() && Edge::new(&[0.0; 33]).is_none());
    }

    #[test]
    fn releases_of_one_recording_are_equal() {
        let song = recording("The Band", "Blue Sky");
        for title in [
            "blue sky ",
            "Blue Sky (2011 Remaster)",
            "Blue Sky - Remastered 2009",
            "Blue Sky [feat. Somebody Else] (Radio Edit)",
            "Blue Sky (Deluxe Edition)",
            "Blue-Sky (Original Mix)",
        ] {
            assert_eq!(recording("the band", title), song, "{title}");
        }
    }

    #[test]
    fn other_recordings_differ() {
        let song = recording("Band", "Blue Sky");
        for title in [
            "Blue Sky (Live)",
            "Blue Sky (Somebody Remix)",
            "Blue Sky II",
            "Blue Sky (Acoustic Version)",
            "Blue Sky - 2",
            "Sky",
        ] {
            assert_ne!(recording("Band", title), song, "{title}");
        }
        assert_ne!(recording("Another Band", "Blue Sky"), song);
    }

    #[test]
    fn titles_made_of_notes_or_signs_stay_themselves() {
        assert_ne!(recording("A", "(Remix)"), recording("A", "(Edit)"));
        assert_ne!(recording("A", "(Version)"), recording("A", "(Mono)"));
        assert_ne!(recording("A", "!!!"), recording("A", "???"));
        assert!(recording("!!!", "Title").is_some());
    }

    #[test]
    fn the_unknown_is_nothing_in_particular() {
        assert_eq!(recording("", "Title"), None);
        assert_eq!(recording("Unknown Artist", "Title"), None);
        assert_eq!(recording("Band", " "), None);
    }
}
