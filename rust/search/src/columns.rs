//! What is known of all tracks, a byte per number.

use std::collections::HashMap;

use crate::facts::{Facts, MOODS, TAGS};
use crate::lexicon::lexicon;
use crate::meaning::Field;
use crate::scale::Scale;
use crate::tags::Network;

/// Columns of both networks' tags.
pub(crate) const TAG_COLUMNS: usize = 2 * TAGS;
const NUMBERS: usize = TAG_COLUMNS + MOODS;
/// Column of the key.
pub(crate) const KEY: usize = NUMBERS + 9;
/// Columns in all.
const COLUMNS: usize = KEY + 1;

/// The bit of genres that says that the file has any.
pub(crate) const HAS_GENRES: u128 = 1 << 127;
/// Styles at this probability or above count as genres.
const STYLE: f32 = 0.3;
/// Spellings of genres that are remembered at a time.
const SPELLINGS: usize = 4_096;

/// What scoring needs of all tracks: 137 bytes each, no texts.
///
/// A row is a track, by the number that the caller gives it. Rows come and go one by one.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    /// One byte per row in each, 0 for what is not known.
    columns: Vec<Vec<u8>>,
    /// Which genres of the lexicon those in a file's tags and its styles are, a bit each.
    genres: Vec<u128>,
    /// Rows that hold a track.
    present: Vec<bool>,
    /// The bits of spellings that were met.
    spellings: HashMap<String, u128>,
}

impl Columns {
    /// No rows.
    #[must_use]
    pub fn new() -> Self {
        Self { columns: vec![Vec::new(); COLUMNS], ..Self::default() }
    }

    /// No rows, and room for as many without moving them.
    #[must_use]
    pub fn with_capacity(rows: usize) -> Self {
        Self {
            columns: (0..COLUMNS).map(|_| Vec::with_capacity(rows)).collect(),
            genres: Vec::with_capacity(rows),
            present: Vec::with_capacity(rows),
            ..Self::default()
        }
    }

    /// Adds a row at the end and says which it is.
    pub fn push(&mut self, facts: &Facts<'_>) -> usize {
        let row = self.len();
        self.set(row, facts);
        row
    }

    /// Sets a row. One beyond the end is added, with empty rows before it.
    pub fn set(&mut self, row: usize, facts: &Facts<'_>) {
        self.columns.resize_with(COLUMNS, Vec::new);
        if row >= self.present.len() {
            self.present.resize(row + 1, false);
            self.genres.resize(row + 1, 0);
            for column in &mut self.columns {
                column.resize(row + 1, 0);
            }
        }
        if let Some(present) = self.present.get_mut(row) {
            *present = true;
        }
        let genres = self.genre_bits(facts);
        if let Some(cell) = self.genres.get_mut(row) {
            *cell = genres;
        }
        for (at, column) in self.columns.iter_mut().enumerate() {
            if let Some(cell) = column.get_mut(row) {
                *cell = byte(at, facts);
            }
        }
    }

    fn genre_bits(&mut self, facts: &Facts<'_>) -> u128 {
        let styles = facts.styles.iter().filter(|(_, probability)| *probability >= STYLE).map(|(style, _)| style);
        let mut bits = if facts.genres.is_empty() { 0 } else { HAS_GENRES };
        for genre in facts.genres.iter().chain(styles) {
            if let Some(known) = self.spellings.get(genre) {
                bits |= known;
                continue;
            }
            // Of `Electronic---Ambient` the last part says what it is.
            let last = genre.rsplit("---").next().unwrap_or(genre);
            let found = lexicon().concepts.genre_bits(last);
            if self.spellings.len() >= SPELLINGS {
                self.spellings.clear();
            }
            self.spellings.insert(genre.clone(), found);
            bits |= found;
        }
        bits
    }

    /// Empties a row; its number is not given to another by itself.
    pub fn remove(&mut self, row: usize) {
        if let Some(present) = self.present.get_mut(row) {
            *present = false;
        }
    }

    /// Rows, the empty ones among them.
    #[must_use]
    pub fn len(&self) -> usize {
        self.present.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.present.is_empty()
    }

    /// Whether a row holds a track.
    #[must_use]
    pub fn holds(&self, row: usize) -> bool {
        self.present.get(row).copied().unwrap_or(false)
    }

    /// Bytes in memory.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.columns.iter().map(Vec::capacity).sum::<usize>()
            + self.present.capacity()
            + size_of::<u128>() * self.genres.capacity()
    }

    pub(crate) fn genres(&self, row: usize) -> u128 {
        self.genres.get(row).copied().unwrap_or_default()
    }

    pub(crate) fn column(&self, column: usize) -> &[u8] {
        self.columns.get(column).map_or(&[], Vec::as_slice)
    }
}

/// The column of a network's tag.
pub(crate) fn tag_column(network: Network, tag: usize) -> usize {
    match network {
        Network::Msd => tag,
        Network::Mtt => TAGS + tag,
    }
}

/// The column of a number.
pub(crate) fn field_column(field: Field) -> usize {
    let mood = |at| TAG_COLUMNS + at;
    match field {
        Field::Arousal => mood(0),
        Field::Valence => mood(1),
        Field::Voice => mood(2),
        Field::Acoustic => mood(3),
        Field::Happy => mood(4),
        Field::Sad => mood(5),
        Field::Relaxed => mood(6),
        Field::Aggressive => mood(7),
        Field::Party => mood(8),
        Field::Dreamy => mood(9),
        Field::Tempo => NUMBERS,
        Field::TempoConfidence => NUMBERS + 1,
        Field::Energy => NUMBERS + 2,
        Field::Brightness => NUMBERS + 3,
        Field::Danceability => NUMBERS + 4,
        Field::Loudness => NUMBERS + 5,
        Field::LoudnessRange => NUMBERS + 6,
        Field::Duration => NUMBERS + 7,
        Field::Year => NUMBERS + 8,
    }
}

/// How the numbers of a field become bytes.
pub(crate) fn field_scale(field: Field) -> Scale {
    match field {
        Field::Tempo => Scale::Even(30.0, 284.0),
        Field::Danceability => Scale::Even(0.0, 3.0),
        Field::Loudness => Scale::Even(-50.0, 0.0),
        Field::LoudnessRange => Scale::Even(0.0, 30.0),
        Field::Duration => Scale::Ratio(1.0, 86_400.0),
        Field::Year => Scale::Even(1801.0, 2055.0),
        _ => Scale::Even(0.0, 1.0),
    }
}

fn byte(column: usize, facts: &Facts<'_>) -> u8 {
    let of = |field: Field, value: f32| field_scale(field).encode(value);
    let tag = |tags: &[f32], at: usize| tags.get(at).map_or(0, |&p| Scale::LogOdds.encode(p));
    match column {
        0..TAGS => tag(facts.msd, column),
        TAGS..TAG_COLUMNS => tag(facts.mtt, column - TAGS),
        TAG_COLUMNS..NUMBERS => facts.moods.get(column - TAG_COLUMNS).map_or(0, |&mood| of(Field::Arousal, mood)),
        KEY => key_byte(facts.tonic, facts.minor),
        _ => match column - NUMBERS {
            0 => of(Field::Tempo, if facts.tempo > 0.0 { facts.tempo } else { f32::NAN }),
            1 => of(Field::TempoConfidence, facts.tempo_confidence),
            2 => of(Field::Energy, facts.energy),
            3 => of(Field::Brightness, facts.brightness),
            4 => of(Field::Danceability, facts.danceability),
            5 => of(Field::Loudness, facts.loudness),
            6 => of(Field::LoudnessRange, facts.loudness_range),
            7 => of(Field::Duration, if facts.duration > 0.0 { facts.duration } else { f32::NAN }),
            _ => of(Field::Year, if facts.year > 0 { facts.year as f32 } else { f32::NAN }),
        },
    }
}

/// 0 without a key; then tonics with a mode, tonics without one, modes without a tonic.
pub(crate) fn key_byte(tonic: Option<u8>, minor: Option<bool>) -> u8 {
    match (tonic.map(|tonic| tonic % 12), minor) {
        (Some(tonic), Some(minor)) => 1 + 2 * tonic + u8::from(minor),
        (Some(tonic), None) => 25 + tonic,
        (None, Some(minor)) => 37 + u8::from(minor),
        (None, None) => 0,
    }
}

/// The tonic and the mode of a byte, as far as they are known.
pub(crate) fn key_of(byte: u8) -> (Option<u8>, Option<bool>) {
    match byte {
        1..=24 => (Some((byte - 1) / 2), Some((byte - 1) % 2 == 1)),
        25..=36 => (Some(byte - 25), None),
        37..=38 => (None, Some(byte == 38)),
        _ => (None, None),
    }
}
