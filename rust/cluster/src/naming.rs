//! Names made by rule from what sets a group of songs apart.

use std::collections::{BTreeMap, HashMap};

use ndarray::{Array2, ArrayView2};

use crate::compose::{Parts, candidates};
use crate::languages::{Language, Reasons};
use crate::tags::{Kind, agree, genres, meaning};
use crate::traits::{Measures, Tempo};
use crate::{Error, Result};

/// Below this mean probability a tag says nothing of a group, however rare it is elsewhere.
const LEAST_PRESENCE: f64 = 0.05;

/// How much more probable than in the library a tag must be to set a group apart.
const LEAST_LIFT: f64 = 1.1;

/// What is said has at least this share of the strength of what is strongest: the rest is true of the group, but not what
/// it is about.
const LEAST_SHARE: f64 = 0.1;

/// Mean probability from which the networks are believed what decade a group sounds like; years in files go before.
const ERA_PRESENCE: f64 = 0.2;

/// What a genre in a file's tag counts as, beside the networks' probabilities: somebody wrote it, somebody may err.
const WRITTEN: f32 = 0.8;

/// Genres of one song that are read: a tag with more is a list of something else.
const MOST_GENRES: usize = 12;

/// Words that are kept apart; further genres out of files are passed over.
const MOST_CONCEPTS: usize = 5000;

/// Words that are told of a group.
const MOST_WORDS: usize = 8;

/// How names are given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameStyle {
    /// Code such as `de` or `de-AT`. English, German, French and Spanish are known; others are answered in English.
    pub language: String,
    /// Names of the form `Mood_Mood_Mood_Tempo_automatic`, which is the same in all languages.
    pub automatic: bool,
    /// Tags in a name of that form, at most.
    pub moods: usize,
}

impl Default for NameStyle {
    fn default() -> Self {
        Self { language: "en".to_owned(), automatic: false, moods: 3 }
    }
}

/// What naming may know of a song beside its tags.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SongFacts<'a> {
    /// Beats per minute.
    pub tempo: Option<f32>,
    /// 0..1.
    pub energy: Option<f32>,
    /// Year of publication; 0 is none.
    pub year: Option<i32>,
    /// Genres as the file's tags have them; one may name several (`Rock; Pop`).
    pub genres: &'a [String],
}

/// A name for a group of songs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The name, such as `Calm Piano · Ambient · Slow`.
    pub text: String,
    /// One sentence on why the songs belong together.
    pub description: String,
    /// What sets the group apart, strongest first, in the language of the name; eight at most.
    pub words: Vec<String>,
    /// The same for a naming service, in English.
    pub traits: NameTraits,
}

/// What a group is like, in English words; empty where nothing is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NameTraits {
    /// What sets it apart, strongest first.
    pub words: Vec<String>,
    /// `slow`, `medium` or `fast`.
    pub tempo: String,
    /// `low`, `medium` or `high`, against the library.
    pub energy: String,
    /// Such as `1980s`.
    pub era: String,
}

/// The tags of a library, ready to name groups of its songs.
#[derive(Debug, Clone)]
pub struct Naming {
    concepts: Vec<Concept>,
    concept_of: HashMap<String, usize>,
    /// Songs by concepts of the networks: the largest probability of the tags that mean it.
    values: Array2<f32>,
    /// Per song the concepts out of its file that no network knows.
    written: Vec<Vec<usize>>,
    measures: Measures,
    style: NameStyle,
}

#[derive(Debug, Clone)]
struct Concept {
    word: String,
    kind: Kind,
    library_mean: f64,
}

impl Naming {
    /// From tag probabilities, one row per song and one column per name. Tags of several networks may stand side by
    /// side; names that mean the same are merged. Values outside 0..1 are taken to the nearer end, NaN to 0.
    ///
    /// # Errors
    /// [`Error::Size`] when there is not one name per column.
    pub fn new(names: &[&str], tags: ArrayView2<'_, f32>) -> Result<Self> {
        if names.len() != tags.ncols() {
            return Err(Error::Size { what: "tag names", expected: tags.ncols(), got: names.len() });
        }
        let mut naming = Self {
            concepts: Vec::new(),
            concept_of: HashMap::new(),
            values: Array2::zeros((0, 0)),
            written: vec![Vec::new(); tags.nrows()],
            measures: Measures::default(),
            style: NameStyle::default(),
        };
        let columns: Vec<Option<usize>> =
            names.iter().map(|name| meaning(name).map(|(word, kind)| naming.concept(&word, kind))).collect();
        naming.values = Array2::zeros((tags.nrows(), naming.concepts.len()));
        for (mut values, tags) in naming.values.rows_mut().into_iter().zip(tags.rows()) {
            for (tag, concept) in tags.iter().zip(&columns) {
                if let Some(concept) = concept {
                    // `clamp` keeps NaN, which loses against 0 in `max`.
                    values[*concept] = values[*concept].max(tag.clamp(0.0, 1.0));
                }
            }
        }
        naming.weigh_library();
        Ok(naming)
    }

    /// With what else is known of each song, in the order of the rows. Values that are no finite numbers and years out of
    /// reason count as unknown.
    ///
    /// # Errors
    /// [`Error::Size`] when there is not one entry per row.
    pub fn with_songs(mut self, songs: &[SongFacts<'_>]) -> Result<Self> {
        if songs.len() != self.values.nrows() {
            return Err(Error::Size { what: "songs", expected: self.values.nrows(), got: songs.len() });
        }
        for (row, song) in songs.iter().enumerate() {
            let mut written = Vec::new();
            for word in song.genres.iter().flat_map(|tag| genres(tag)).take(MOST_GENRES) {
                if self.concepts.len() >= MOST_CONCEPTS && !self.concept_of.contains_key(&*word) {
                    continue;
                }
                let concept = self.concept(&word, Kind::Genre);
                match self.values.get_mut([row, concept]) {
                    Some(value) => *value = value.max(WRITTEN),
                    None if !written.contains(&concept) => written.push(concept),
                    None => {}
                }
            }
            if let Some(slot) = self.written.get_mut(row) {
                *slot = written;
            }
        }
        self.measures = Measures::new(songs);
        self.weigh_library();
        Ok(self)
    }

    /// With another style than the default one.
    #[must_use]
    pub fn with_style(mut self, style: NameStyle) -> Self {
        self.style = style;
        self
    }

    /// A name for the songs at these rows (rows that do not exist are passed over), one that `taken` does not know.
    ///
    /// A word is the better, the more probable it is in the group and the more so than in the library. A name has a
    /// genre or an instrument, a mood (or else how slow or fast it is) and a decade where most songs are of one, then
    /// something more and the tempo where there is room. Where nothing sets the group apart, the most probable genre
    /// stands alone; where nothing is known at all, it is a mix.
    pub fn name(&self, songs: &[usize], taken: &dyn Fn(&str) -> bool) -> Name {
        let found = self.words(songs);
        let of = |kinds: &[Kind]| -> Vec<&str> {
            found.iter().filter(|c| kinds.contains(&c.kind)).map(|c| c.word.as_str()).collect()
        };
        let energy = self.measures.energy(songs);
        let tempo = self.measures.tempo(songs).or_else(|| Tempo::from_tags(&of(&[Kind::Tempo])));
        let era = self.measures.era(songs);
        let mut moods = of(&[Kind::Mood]);
        moods.extend(energy.and_then(|energy| energy.word()));
        let mut heads = of(&[Kind::Genre, Kind::Instrument]);
        if heads.is_empty() {
            heads.extend(self.most_probable(songs));
        }
        let language = Language::of(&self.style.language);
        let parts = Parts { heads, moods, voices: of(&[Kind::Voice]), tempo, era };

        let text = if self.style.automatic {
            self.automatic(songs, taken)
        } else {
            first_free(candidates(&parts, language), |name, n| format!("{name} {n}"), taken)
        };
        let told: Vec<&&Concept> = found.iter().filter(|c| c.kind != Kind::Era && c.kind != Kind::Tempo).collect();
        let words = |language: &Language| {
            told.iter().take(MOST_WORDS).map(|c| language.word(&c.word, c.kind)).collect::<Vec<_>>()
        };
        let reasons = Reasons {
            nouns: agreeing(&of(&[Kind::Genre, Kind::Instrument]), 3),
            adjectives: agreeing(&parts.moods, 2),
            voice: parts.voices.first().copied(),
            tempo: tempo.map(Tempo::word),
            bpm: self.measures.bpm_range(songs),
            era,
        };
        let traits = NameTraits {
            words: words(Language::of("en")),
            tempo: tempo.map(|tempo| tempo.word().to_lowercase()).unwrap_or_default(),
            energy: energy.map(|energy| energy.level().to_owned()).unwrap_or_default(),
            era: era.map(|era| format!("{era}s")).unwrap_or_default(),
        };
        Name { text, description: language.describe(&reasons), words: words(language), traits }
    }

    /// `Mood_Mood_Mood_Tempo_automatic`: the most probable tags above 0.01, then where the mean tempo lies between 40
    /// and 200 BPM.
    fn automatic(&self, songs: &[usize], taken: &dyn Fn(&str) -> bool) -> String {
        const LEAST: f64 = 0.01;
        let tags = self.concepts.iter().enumerate().filter(|(_, concept)| concept.kind != Kind::Tempo);
        let means = self.means(songs);
        let mean = |index: usize| means.get(index).copied().unwrap_or_default();
        let mut tags: Vec<(f64, &str)> = tags
            .map(|(index, concept)| (mean(index), concept.word.as_str()))
            .filter(|(mean, _)| *mean > LEAST)
            .collect();
        tags.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut parts: Vec<String> =
            tags.into_iter().take(self.style.moods).map(|(_, word)| word.replace([' ', '_'], "-")).collect();
        parts.extend(self.measures.mean_tempo(songs).map(|bpm| {
            match (bpm - 40.0) / 160.0 {
                place if place < 0.33 => "Slow",
                place if place < 0.66 => "Medium",
                _ => "Fast",
            }
            .to_owned()
        }));
        if parts.is_empty() {
            parts.push("Mix".to_owned());
        }
        let stem = parts.join("_");
        let numbered = |_: &str, n: u32| format!("{stem}_{n}_automatic");
        first_free(vec![format!("{stem}_automatic")], numbered, taken)
    }

    /// The place of a concept, which is made if there is none.
    fn concept(&mut self, word: &str, kind: Kind) -> usize {
        if let Some(&index) = self.concept_of.get(word) {
            return index;
        }
        let index = self.concepts.len();
        self.concepts.push(Concept { word: word.to_owned(), kind, library_mean: 0.0 });
        self.concept_of.insert(word.to_owned(), index);
        index
    }

    fn weigh_library(&mut self) {
        let everyone: Vec<usize> = (0..self.values.nrows()).collect();
        let means = self.means(&everyone);
        self.concepts.iter_mut().zip(means).for_each(|(concept, mean)| concept.library_mean = mean);
    }

    /// Per concept how probable it is in the songs.
    fn means(&self, songs: &[usize]) -> Vec<f64> {
        let mut sums = vec![0.0; self.concepts.len()];
        let mut count = 0.0f64;
        for (song, written) in songs.iter().filter_map(|song| Some((*song, self.written.get(*song)?))) {
            count += 1.0;
            sums.iter_mut().zip(self.values.row(song)).for_each(|(sum, value)| *sum += f64::from(*value));
            for concept in written {
                sums[*concept] += f64::from(WRITTEN);
            }
        }
        sums.iter_mut().for_each(|sum| *sum /= count.max(1.0));
        sums
    }

    /// The concepts that set the songs apart, strongest first. Strength is p · ln(p / q), what the concept adds to the
    /// divergence of the group from the library. Of several voices only the strongest is kept.
    fn words(&self, songs: &[usize]) -> Vec<&Concept> {
        // Keeps a tag that is nearly unheard of in the library from winning by its rarity.
        const SOFTENED: f64 = 0.01;
        let strength = |(concept, p): (usize, f64)| {
            let concept = self.concepts.get(concept)?;
            let q = concept.library_mean;
            let least = if concept.kind == Kind::Era { ERA_PRESENCE } else { LEAST_PRESENCE };
            let apart = p >= least && p >= LEAST_LIFT * q;
            apart.then(|| (p * ((p + SOFTENED) / (q + SOFTENED)).ln(), concept))
        };
        let mut apart: Vec<(f64, &Concept)> = self.means(songs).into_iter().enumerate().filter_map(strength).collect();
        apart.sort_by(|a, b| b.0.total_cmp(&a.0));
        let strongest = apart.first().map_or(0.0, |(strength, _)| *strength);
        apart.retain(|(strength, _)| *strength >= LEAST_SHARE * strongest);
        let mut words: Vec<&Concept> = Vec::new();
        for (_, concept) in apart {
            let second_voice = concept.kind == Kind::Voice && words.iter().any(|word| word.kind == Kind::Voice);
            if !second_voice {
                words.push(concept);
            }
        }
        words
    }

    fn most_probable(&self, songs: &[usize]) -> Option<&str> {
        let means = self.means(songs);
        let heads = self.concepts.iter().zip(means).filter(|(c, _)| matches!(c.kind, Kind::Genre | Kind::Instrument));
        let present = heads.filter(|(_, p)| *p >= LEAST_PRESENCE);
        present.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(concept, _)| concept.word.as_str())
    }
}

/// The first words that agree with each other.
fn agreeing<'a>(words: &[&'a str], most: usize) -> Vec<&'a str> {
    let mut chosen: Vec<&str> = Vec::new();
    for word in words {
        if chosen.len() < most && chosen.iter().all(|other| agree(other, word)) {
            chosen.push(word);
        }
    }
    chosen
}

/// The first candidate that is free, or the first of all with the smallest number that makes it free.
fn first_free(candidates: Vec<String>, numbered: impl Fn(&str, u32) -> String, taken: &dyn Fn(&str) -> bool) -> String {
    let first = candidates.first().cloned().unwrap_or_default();
    let free = candidates.into_iter().find(|name| !taken(name));
    let free = free.or_else(|| (2..=u32::MAX).map(|n| numbered(&first, n)).find(|name| !taken(name)));
    free.unwrap_or(first)
}

/// The most frequent value, the least of equally frequent ones, and how often it comes.
pub(crate) fn mode<T: Ord + Copy>(values: impl Iterator<Item = T>) -> Option<(T, usize)> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    values.for_each(|value| *counts.entry(value).or_default() += 1);
    counts.into_iter().rev().max_by_key(|(_, count)| *count)
}

#[cfg(test)]
mod tests;
