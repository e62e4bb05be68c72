//! Playlist covers: colours from the mood, shapes from the tempo, the rest from the playlist's key.

use crate::colour::Lab;
use crate::motif::{self, Motif};
use crate::{Error, Result};

/// Fewest pixels a side.
pub const SMALLEST: u32 = 16;
/// Most pixels a side.
pub const LARGEST: u32 = 2048;

/// What a playlist sounds like. Numbers are 0..1; what lies outside is brought inside, what is none counts as 0.5.
#[derive(Debug, Clone, Copy)]
pub struct CoverTraits<'a> {
    /// The playlist's key: two playlists that sound alike look alike, but not the same.
    pub key: &'a str,
    /// Energy: strong colours and large movements.
    pub energy: f32,
    /// Tempo, from slow to fast: hills and ripples, discs, beams and bursts.
    pub tempo: f32,
    /// From sad to happy: from blue to warm colours, unless the words say otherwise.
    pub valence: f32,
    /// From dark to bright.
    pub brightness: f32,
    /// The words it is strong in, the strongest first, in English and in any case: the first with a colour of its own
    /// gives the colour.
    pub words: &'a [&'a str],
}

impl Default for CoverTraits<'_> {
    fn default() -> Self {
        Self { key: "", energy: 0.5, tempo: 0.5, valence: 0.5, brightness: 0.5, words: &[] }
    }
}

/// Hues in degrees of OKLCH that words bring to mind; a word counts when it holds one of these.
const HUES: [(&str, f32); 36] = [
    ("sad", 255.0),
    ("melanchol", 265.0),
    ("blues", 250.0),
    ("happy", 85.0),
    ("summer", 75.0),
    ("sun", 80.0),
    ("party", 345.0),
    ("danc", 330.0),
    ("disco", 325.0),
    ("house", 310.0),
    ("techno", 290.0),
    ("electro", 280.0),
    ("trance", 285.0),
    ("synth", 320.0),
    ("ambient", 205.0),
    ("chill", 190.0),
    ("calm", 195.0),
    ("mellow", 60.0),
    ("relax", 180.0),
    ("easy", 170.0),
    ("metal", 15.0),
    ("punk", 5.0),
    ("aggress", 25.0),
    ("rock", 30.0),
    ("indie", 100.0),
    ("folk", 115.0),
    ("country", 70.0),
    ("acoustic", 65.0),
    ("jazz", 55.0),
    ("soul", 40.0),
    ("funk", 50.0),
    ("hip", 300.0),
    ("rap", 305.0),
    ("classic", 90.0),
    ("instrument", 220.0),
    ("pop", 355.0),
];

/// The colours of one cover.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Palette {
    /// Of the background, top and bottom.
    pub(crate) sky: [Lab; 2],
    /// Of the shapes, from the first to the last.
    pub(crate) shapes: [Lab; 3],
    /// Of the one thing that stands out.
    pub(crate) accent: Lab,
}

/// Draws a cover of `size` by `size` pixels, as a PNG.
///
/// # Errors
///
/// [`Error::Size`] outside [`SMALLEST`] to [`LARGEST`]; [`Error::Encode`].
pub fn cover_png(traits: &CoverTraits<'_>, size: u32) -> Result<Vec<u8>> {
    if !(SMALLEST..=LARGEST).contains(&size) {
        return Err(Error::Size { size });
    }
    let [energy, tempo, valence, brightness] =
        [traits.energy, traits.tempo, traits.valence, traits.brightness].map(unit);
    let mut chance = Chance::new(traits.key);
    let motif = Motif::suiting(tempo, &mut chance);
    let palette = palette(energy, valence, brightness, traits.words, &mut chance);
    motif::draw(motif, size as usize, &palette, energy, tempo, &mut chance).png()
}

fn unit(value: f32) -> f32 {
    if value.is_finite() { value.clamp(0.0, 1.0) } else { 0.5 }
}

fn palette(energy: f32, valence: f32, brightness: f32, words: &[&str], chance: &mut Chance) -> Palette {
    let said = words.iter().find_map(|word| {
        let word = word.to_lowercase();
        HUES.iter().find(|(part, _)| word.contains(part)).map(|(_, hue)| *hue)
    });
    // From violet blue over teal and green to orange; the way over red would make the middle alarming.
    let hue = said.unwrap_or(275.0 - 210.0 * valence) + chance.between(-18.0, 18.0);
    // Warm colours turn to red and violet where they darken, as at sunset: the other way lies olive. Greens turn to blue.
    let turn = match hue.rem_euclid(360.0) {
        warm if (15.0..130.0).contains(&warm) => -1.0,
        green if (130.0..180.0).contains(&green) => 1.0,
        _ if chance.next() < 0.5 => -1.0,
        _ => 1.0,
    };
    let step = turn * chance.between(30.0, 50.0);
    let chroma = 0.085 + 0.085 * energy;
    // Bright music has a light sky over dark shapes, dark music the other way round.
    let day = brightness > 0.5;
    let (top, bottom, far, near) = if day {
        let light = 0.68 + 0.2 * brightness;
        (light - 0.04, light + 0.06, light - 0.12, 0.36)
    } else {
        let dark = 0.24 + 0.12 * brightness;
        (dark, dark + 0.2, dark + 0.4, dark - 0.04)
    };
    Palette {
        sky: [Lab::lch(top, 0.8 * chroma, hue + 1.2 * step), Lab::lch(bottom, 0.8 * chroma, hue)],
        shapes: [
            Lab::lch(far, chroma, hue - 0.2 * step),
            Lab::lch(0.5 * (far + near), 1.1 * chroma, hue + 0.5 * step),
            Lab::lch(near, 0.8 * chroma, hue + 1.2 * step),
        ],
        // The light of a lamp goes with everything.
        accent: Lab::lch(if day { 0.96 } else { 0.9 }, 0.045 + 0.06 * energy, chance.between(55.0, 100.0)),
    }
}

/// Numbers that a key decides: SplitMix64 (Steele, Lea and Flood 2014), begun with the key's FNV-1a hash.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(key: &str) -> Self {
        let hash = key
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self(hash)
    }

    /// 0..1.
    pub(crate) fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 40) as f32 / (1_u32 << 24) as f32
    }

    pub(crate) fn between(&mut self, least: f32, most: f32) -> f32 {
        least + (most - least) * self.next()
    }
}
