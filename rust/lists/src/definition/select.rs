//! A definition applied to tracks.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::path::Path;

use super::exclusions::{SPOKEN_STYLE, SPOKEN_STYLES, WordList};
use super::{Condition, Definition, Direction, Field, Key, Mood, Range, Scale, Sort, TextField, Trait, same_name};
use crate::location;
use crate::matching::artist_names;
use crate::text::{contains_words, fold};

/// Below this, a track is short.
const SHORT_S: f64 = 30.0;

/// From this on there are voices in it; `docs/moods.md` tells how it was set.
const VOICE: f32 = 0.5;

/// What is known of a track. Empty texts and `None` where nothing is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Described<'a> {
    /// What stays the same for this track, such as its content key: a shuffle goes by it.
    pub id: &'a str,
    /// Title.
    pub title: &'a str,
    /// Artist.
    pub artist: &'a str,
    /// Artist of the album.
    pub album_artist: &'a str,
    /// Album.
    pub album: &'a str,
    /// Genres, one by one.
    pub genres: Vec<&'a str>,
    /// Where its file lies.
    pub path: Option<&'a Path>,
    /// Year of release.
    pub year: Option<i32>,
    /// Seconds.
    pub duration_s: Option<f64>,
    /// Beats per minute.
    pub tempo: Option<f32>,
    /// Danceability, 0..~3.
    pub danceability: Option<f32>,
    /// Energy, 0..1.
    pub energy: Option<f32>,
    /// Brightness, 0..1.
    pub brightness: Option<f32>,
    /// Integrated loudness in LUFS.
    pub loudness_lufs: Option<f32>,
    /// Key.
    pub key: Option<Key>,
    /// Moods, each 0..1.
    pub moods: Vec<(Mood, f32)>,
    /// Tags and their probabilities, those of [`Definition::tag_names`] at least. Of a name that is there more than once
    /// the largest counts.
    pub tags: Vec<(&'a str, f32)>,
    /// Styles and their probabilities, those of [`Definition::style_names`] at least.
    pub styles: Vec<(&'a str, f32)>,
}

impl Described<'_> {
    fn number(&self, field: Field) -> Option<f64> {
        let value = match field {
            Field::Tempo => self.tempo.map(decimal),
            Field::Danceability => self.danceability.map(decimal),
            Field::Energy => self.energy.map(decimal),
            Field::Brightness => self.brightness.map(decimal),
            Field::Loudness => self.loudness_lufs.map(decimal),
            Field::Duration => self.duration_s,
            Field::Year => self.year.map(f64::from),
            Field::Mood(mood) => self.mood(mood).map(decimal),
        };
        value.filter(|value| value.is_finite())
    }

    fn mood(&self, mood: Mood) -> Option<f32> {
        self.moods.iter().find(|(known, _)| *known == mood).map(|&(_, value)| value)
    }

    /// What tells tracks of one artist, `None` where no artist is known.
    fn artist_key(&self) -> Option<String> {
        let name = if self.artist.trim().is_empty() { self.album_artist } else { self.artist };
        (!name.trim().is_empty()).then(|| artist_names(name).into_iter().next().unwrap_or_else(|| fold(name)))
    }

    fn text(&self, field: TextField) -> String {
        match field {
            TextField::Genre => self.genres.first().map(|genre| fold(genre)).unwrap_or_default(),
            TextField::Artist => fold(if self.artist.trim().is_empty() { self.album_artist } else { self.artist }),
            TextField::Album => fold(self.album),
            TextField::Title => fold(self.title),
            TextField::Folder => self.path.map(|path| location::folded_parts(path).join("/")).unwrap_or_default(),
        }
    }
}

/// 0.3 in single precision is above 0.3 in double, which nobody means who writes `<= 0.3`.
fn decimal(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::NAN)
}

/// A condition with all its words folded.
enum Test<'a> {
    Number(Field, &'a [Range]),
    Tag(&'a str, &'a [Range]),
    Style(&'a str, &'a [Range]),
    Key(&'a [Key]),
    Scale(Scale),
    Words(TextField, Vec<String>),
    Artists(Vec<String>),
    /// Whether each begins at the root, and its parts.
    Folders(Vec<(bool, Vec<String>)>),
    Seasonal(WordList),
    Spoken {
        genres: WordList,
        anywhere: WordList,
    },
    Short,
    Voice(bool),
}

impl<'a> Test<'a> {
    fn of(condition: &'a Condition) -> Self {
        match condition {
            Condition::Number(field, ranges) => Self::Number(*field, ranges),
            Condition::Tag(name, ranges) => Self::Tag(name, ranges),
            Condition::Style(name, ranges) => Self::Style(name, ranges),
            Condition::Key(keys) => Self::Key(keys),
            Condition::Scale(scale) => Self::Scale(*scale),
            Condition::Text(TextField::Artist, names) => Self::Artists(names.iter().map(|name| fold(name)).collect()),
            Condition::Text(TextField::Folder, names) => {
                let parts = |name: &String| (location::is_absolute(name), location::folded_parts(Path::new(name)));
                Self::Folders(names.iter().map(parts).collect())
            }
            Condition::Text(field, names) => Self::Words(*field, names.iter().map(|name| fold(name)).collect()),
            Condition::Is(Trait::Seasonal) => Self::Seasonal(WordList::seasonal()),
            Condition::Is(Trait::Spoken) => {
                Self::Spoken { genres: WordList::spoken_genres(), anywhere: WordList::spoken() }
            }
            Condition::Is(Trait::Short) => Self::Short,
            Condition::Is(Trait::Instrumental) => Self::Voice(false),
            Condition::Is(Trait::Vocal) => Self::Voice(true),
        }
    }

    /// Whether the track fulfils it; `None` where that is not known.
    fn holds(&self, track: &Described<'_>) -> Option<bool> {
        let within = |ranges: &[Range], value: f64| ranges.iter().any(|range| range.holds(value));
        match self {
            Self::Number(field, ranges) => track.number(*field).map(|value| within(ranges, value)),
            Self::Tag(name, ranges) => strongest(&track.tags, name).map(|value| within(ranges, value)),
            Self::Style(name, ranges) => strongest(&track.styles, name).map(|value| within(ranges, value)),
            Self::Key(keys) => track.key.map(|key| keys.contains(&key)),
            Self::Scale(scale) => track.key.map(|key| key.scale == *scale),
            Self::Words(field, names) => {
                let texts = match field {
                    TextField::Genre => folded(&track.genres),
                    TextField::Album => folded(&[track.album]),
                    _ => folded(&[track.title]),
                };
                some(!texts.is_empty(), || texts.iter().any(|text| names.iter().any(|name| contains_words(text, name))))
            }
            Self::Artists(names) => {
                let texts = folded(&[track.artist, track.album_artist]);
                some(!texts.is_empty(), || {
                    let parts = [track.artist, track.album_artist].into_iter().flat_map(artist_names);
                    texts.iter().cloned().chain(parts).any(|artist| names.iter().any(|name| same_artist(&artist, name)))
                })
            }
            Self::Folders(folders) => {
                let mut parts = location::folded_parts(track.path?);
                parts.pop();
                Some(folders.iter().any(|(rooted, folder)| {
                    if *rooted {
                        parts.starts_with(folder)
                    } else {
                        parts.windows(folder.len().max(1)).any(|window| window == folder)
                    }
                }))
            }
            Self::Seasonal(words) => {
                let texts = [folded(&[track.title, track.album]), folded(&track.genres)].concat();
                some(!texts.is_empty(), || texts.iter().any(|text| words.is_in(text)))
            }
            Self::Spoken { genres, anywhere } => {
                let (said, kinds) = (folded(&[track.title, track.album]), folded(&track.genres));
                let styles = SPOKEN_STYLES.iter().filter_map(|style| strongest(&track.styles, style));
                let heard =
                    styles.fold(None, |most: Option<f64>, value| Some(most.map_or(value, |most| most.max(value))));
                some(!said.is_empty() || !kinds.is_empty() || heard.is_some(), || {
                    heard.is_some_and(|value| value >= decimal(SPOKEN_STYLE))
                        || kinds.iter().any(|kind| genres.is_in(kind) || anywhere.is_in(kind))
                        || said.iter().any(|text| anywhere.is_in(text))
                })
            }
            Self::Short => track.number(Field::Duration).map(|seconds| seconds < SHORT_S),
            Self::Voice(wanted) => track.mood(Mood::Voice).filter(|v| v.is_finite()).map(|v| (v >= VOICE) == *wanted),
        }
    }
}

fn some(known: bool, holds: impl FnOnce() -> bool) -> Option<bool> {
    known.then(holds)
}

fn folded(texts: &[&str]) -> Vec<String> {
    texts.iter().filter(|text| !text.trim().is_empty()).map(|text| fold(text)).collect()
}

fn same_artist(artist: &str, wanted: &str) -> bool {
    let bare = |name: &str| name.strip_prefix("the ").map_or(name.to_owned(), str::to_owned);
    bare(artist) == bare(wanted)
}

fn strongest(values: &[(&str, f32)], wanted: &str) -> Option<f64> {
    let found = values.iter().filter(|(name, value)| !value.is_nan() && (*name == wanted || same_name(name, wanted)));
    found.map(|&(_, value)| decimal(value)).max_by(f64::total_cmp)
}

/// The conditions of a definition; order and number play no part.
pub struct Filter<'a> {
    tests: Vec<(bool, Test<'a>)>,
}

impl Filter<'_> {
    /// Whether a track fulfils all of them. What is not known fulfils nothing, and excludes nothing.
    #[must_use]
    pub fn admits(&self, track: &Described<'_>) -> bool {
        self.tests.iter().all(|(negated, test)| test.holds(track).map_or(*negated, |holds| holds != *negated))
    }
}

impl Definition {
    /// The tracks that belong to it, by their places in `tracks`: in its order, and no more of them than it allows. The
    /// same tracks give the same answer, and a shuffle's order does not hang on which other tracks there are.
    #[must_use]
    pub fn select(&self, tracks: &[Described<'_>]) -> Vec<usize> {
        self.select_cancellable(tracks, &|| false).unwrap_or_default()
    }

    /// The same for a large library; `None` as soon as `cancelled` says so, which is asked every 256 tracks.
    #[must_use]
    pub fn select_cancellable(&self, tracks: &[Described<'_>], cancelled: &dyn Fn() -> bool) -> Option<Vec<usize>> {
        let filter = self.filter();
        let mut found = Vec::new();
        for (at, track) in tracks.iter().enumerate() {
            if at % 256 == 0 && cancelled() {
                return None;
            }
            if filter.admits(track) {
                found.push(at);
            }
        }
        self.order(tracks, &mut found);
        Some(self.cap(tracks, found))
    }

    /// Its conditions, ready for asking of one track after the other. Whoever does not want to hold the whole library
    /// asks here first, and gives [`Definition::select`] what is left.
    #[must_use]
    pub fn filter(&self) -> Filter<'_> {
        Filter { tests: self.clauses.iter().map(|clause| (clause.negated, Test::of(&clause.condition))).collect() }
    }

    fn order(&self, tracks: &[Described<'_>], found: &mut Vec<usize>) {
        match self.sort {
            None => {}
            Some(Sort::Number(field, direction)) => {
                sort_by_key(tracks, found, direction, |_, track| track.number(field), f64::total_cmp);
            }
            Some(Sort::Text(field, direction)) => {
                let text = |_: usize, track: &Described<'_>| Some(track.text(field)).filter(|text| !text.is_empty());
                sort_by_key(tracks, found, direction, text, String::cmp);
            }
            Some(Sort::Random(seed)) => {
                let place = |at: usize, track: &Described<'_>| {
                    Some(if track.id.is_empty() {
                        shuffled(seed, &at.to_le_bytes())
                    } else {
                        shuffled(seed, track.id.as_bytes())
                    })
                };
                sort_by_key(tracks, found, Direction::Ascending, place, u64::cmp);
            }
        }
    }

    fn cap(&self, tracks: &[Described<'_>], found: Vec<usize>) -> Vec<usize> {
        let limit = self.limit.unwrap_or(usize::MAX);
        let (mut artists, mut albums) = (HashMap::new(), HashMap::new());
        let mut kept = Vec::new();
        for at in found {
            if kept.len() >= limit {
                break;
            }
            let Some(track) = tracks.get(at) else { continue };
            // Tracks without an artist are not one artist.
            let artist = self.per_artist.and_then(|most| Some((most, track.artist_key()?)));
            let album = self.per_album.filter(|_| !track.album.trim().is_empty()).map(|most| {
                let of = if track.album_artist.trim().is_empty() { track.artist } else { track.album_artist };
                (most, (fold(of), fold(track.album)))
            });
            let full = artist.as_ref().is_some_and(|(most, name)| artists.get(name).is_some_and(|count| count >= most))
                || album.as_ref().is_some_and(|(most, name)| albums.get(name).is_some_and(|count| count >= most));
            if full {
                continue;
            }
            if let Some((_, name)) = artist {
                *artists.entry(name).or_insert(0_usize) += 1;
            }
            if let Some((_, name)) = album {
                *albums.entry(name).or_insert(0_usize) += 1;
            }
            kept.push(at);
        }
        kept
    }
}

/// Sorts places by a key of their tracks, unknown ones last, equal ones as they were.
fn sort_by_key<K>(
    tracks: &[Described<'_>],
    found: &mut Vec<usize>,
    direction: Direction,
    key: impl Fn(usize, &Described<'_>) -> Option<K>,
    compare: impl Fn(&K, &K) -> Ordering,
) {
    let mut keyed: Vec<(Option<K>, usize)> =
        found.drain(..).map(|at| (tracks.get(at).and_then(|track| key(at, track)), at)).collect();
    keyed.sort_by(|(a, _), (b, _)| match (a, b) {
        (Some(a), Some(b)) if direction == Direction::Descending => compare(b, a),
        (Some(a), Some(b)) => compare(a, b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    });
    found.extend(keyed.into_iter().map(|(_, at)| at));
}

/// A number that looks random and hangs on nothing but the seed and the id (FNV-1a, then SplitMix64's last step).
fn shuffled(seed: u64, id: &[u8]) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = id.iter().fold(start, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
