//! Names made by rule from what sets a group of songs apart.

use ndarray::{Array2, ArrayView2};

use crate::tags::{Kind, agree, meaning};
use crate::{Error, Result};

/// Below this mean probability a tag says nothing of a group, however rare it is elsewhere.
const LEAST_PRESENCE: f64 = 0.05;

/// How much more probable than in the library a tag must be to set a group apart.
const LEAST_LIFT: f64 = 1.1;

/// Words in a description.
const MOST_WORDS: usize = 4;

/// A name for a group of songs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The name, such as `Calm Piano · Ambient`.
    pub text: String,
    /// One sentence on what is in it.
    pub description: String,
    /// What sets the group apart, strongest first.
    pub words: Vec<String>,
}

/// The tags of a library, ready to name groups of its songs.
#[derive(Debug, Clone)]
pub struct Naming {
    concepts: Vec<Concept>,
    /// Songs by concepts: the largest probability of the tags that mean it.
    values: Array2<f32>,
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
        let mut concepts: Vec<Concept> = Vec::new();
        let mut concept_of = Vec::with_capacity(names.len());
        for name in names {
            concept_of.push(meaning(name).map(|(word, kind)| {
                concepts.iter().position(|concept| concept.word == word).unwrap_or_else(|| {
                    concepts.push(Concept { word: word.into_owned(), kind, library_mean: 0.0 });
                    concepts.len() - 1
                })
            }));
        }
        let mut values = Array2::<f32>::zeros((tags.nrows(), concepts.len()));
        for (mut values, tags) in values.rows_mut().into_iter().zip(tags.rows()) {
            for (tag, concept) in tags.iter().zip(&concept_of) {
                if let Some(concept) = concept {
                    // `clamp` keeps NaN, which loses against 0 in `max`.
                    values[*concept] = values[*concept].max(tag.clamp(0.0, 1.0));
                }
            }
        }
        let mut naming = Self { concepts, values };
        let everyone: Vec<usize> = (0..naming.values.nrows()).collect();
        for index in 0..naming.concepts.len() {
            naming.concepts[index].library_mean = naming.mean(&everyone, index);
        }
        Ok(naming)
    }

    /// A name for the songs at these rows (rows that do not exist are passed over), one that `taken` does not know.
    ///
    /// A word is the better, the more probable it is in the group and the more so than in the library. A name has a
    /// genre or an instrument, before it a mood, after it something more where there is one. Where nothing sets the
    /// group apart, the most probable genre stands alone; where nothing is known at all, it is a `Mix`.
    pub fn name(&self, songs: &[usize], taken: &dyn Fn(&str) -> bool) -> Name {
        let words = self.words(songs);
        let of_kind =
            |kinds: &[Kind]| words.iter().filter(|c| kinds.contains(&c.kind)).map(|c| c.word.as_str()).collect();
        let moods: Vec<&str> = of_kind(&[Kind::Mood]);
        let mut heads: Vec<&str> = of_kind(&[Kind::Genre, Kind::Instrument]);
        let more: Vec<&str> = of_kind(&[Kind::Genre, Kind::Instrument, Kind::Voice, Kind::Era]);
        if heads.is_empty() {
            heads.extend(self.most_probable(songs));
        }

        let mut candidates = Vec::new();
        for head in heads.iter().take(2) {
            let more = more.iter().filter(|word| agree(head, word)).take(3).map(Some).chain([None]);
            for more in more {
                for mood in moods.iter().take(2).map(Some).chain([None]) {
                    let mood = mood.map(|mood| format!("{mood} ")).unwrap_or_default();
                    let more = more.map(|more| format!(" · {more}")).unwrap_or_default();
                    candidates.push(format!("{mood}{head}{more}"));
                }
            }
        }
        if heads.is_empty() {
            candidates.extend(moods.iter().map(|mood| format!("{mood} Mix")));
            candidates.push("Mix".to_owned());
        }
        let first = candidates.first().cloned().unwrap_or_default();
        let free = candidates.into_iter().find(|name| !taken(name));
        let text = free.or_else(|| (2..=u32::MAX).map(|n| format!("{first} {n}")).find(|name| !taken(name)));

        let words: Vec<String> = words.into_iter().map(|concept| concept.word.clone()).collect();
        Name { text: text.unwrap_or(first), description: describe(&words), words }
    }

    fn mean(&self, songs: &[usize], concept: usize) -> f64 {
        let values = songs.iter().filter_map(|song| self.values.get([*song, concept]));
        let (count, sum) = values.fold((0u32, 0.0), |(count, sum), value| (count + 1, sum + f64::from(*value)));
        sum / f64::from(count.max(1))
    }

    /// The concepts that set the songs apart, strongest first. Strength is p · ln(p / q), what the concept adds to the
    /// divergence of the group from the library. Of several voices only the strongest is kept.
    fn words(&self, songs: &[usize]) -> Vec<&Concept> {
        // Keeps a tag that is nearly unheard of in the library from winning by its rarity.
        const SOFTENED: f64 = 0.01;
        let strength = |(index, concept): (usize, &Concept)| {
            let (p, q) = (self.mean(songs, index), concept.library_mean);
            let apart = p >= LEAST_PRESENCE && p >= LEAST_LIFT * q;
            apart.then(|| (p * ((p + SOFTENED) / (q + SOFTENED)).ln(), index))
        };
        let mut apart: Vec<(f64, usize)> = self.concepts.iter().enumerate().filter_map(strength).collect();
        apart.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut words: Vec<&Concept> = Vec::new();
        for concept in apart.into_iter().filter_map(|(_, index)| self.concepts.get(index)) {
            let second_voice = concept.kind == Kind::Voice && words.iter().any(|word| word.kind == Kind::Voice);
            if !second_voice {
                words.push(concept);
            }
        }
        words
    }

    fn most_probable(&self, songs: &[usize]) -> Option<&str> {
        let heads = self.concepts.iter().enumerate().filter(|(_, c)| matches!(c.kind, Kind::Genre | Kind::Instrument));
        let present =
            heads.map(|(index, concept)| (self.mean(songs, index), concept)).filter(|(p, _)| *p >= LEAST_PRESENCE);
        present.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, concept)| concept.word.as_str())
    }
}

fn describe(words: &[String]) -> String {
    match words.get(..words.len().min(MOST_WORDS)) {
        Some([all @ .., last]) if !all.is_empty() => format!("Songs that are strong in {} and {last}.", all.join(", ")),
        Some([only]) => format!("Songs that are strong in {only}."),
        _ => "Songs that sound alike.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    const NAMES: [&str; 8] = ["rock", "piano", "ambient", "quiet", "no vocals", "vocals", "female vocalists", "woman"];

    /// Two calm piano pieces, two rock songs, one of them sung by a woman.
    fn naming() -> Naming {
        let tags = array![
            [0.05, 0.8, 0.4, 0.6, 0.5, 0.1, 0.0, 0.0],
            [0.02, 0.9, 0.5, 0.5, 0.6, 0.2, 0.0, 0.0],
            [0.7, 0.05, 0.02, 0.0, 0.1, 0.6, 0.1, 0.9],
            [0.8, 0.02, 0.01, 0.0, 0.2, 0.5, 0.1, 0.1],
        ];
        Naming::new(&NAMES, tags.view()).unwrap()
    }

    fn free(_: &str) -> bool {
        false
    }

    #[test]
    fn a_name_says_what_sets_the_songs_apart() {
        let name = naming().name(&[0, 1], &free);
        assert_eq!(name.text, "Calm Piano · Ambient");
        assert_eq!(name.words, ["Piano", "Calm", "Ambient", "Instrumental"]);
        assert_eq!(name.description, "Songs that are strong in Piano, Calm, Ambient and Instrumental.");
    }

    #[test]
    fn tags_that_mean_the_same_are_one_and_voices_do_not_contradict() {
        let name = naming().name(&[2], &free);
        assert_eq!(name.text, "Rock · Female Vocals");
        assert_eq!(name.words, ["Female Vocals", "Rock"]);
    }

    #[test]
    fn a_taken_name_is_not_given_again() {
        let naming = naming();
        let mut given: Vec<String> = Vec::new();
        for _ in 0..40 {
            let name = naming.name(&[0, 1], &|name| given.iter().any(|taken| taken == name)).text;
            assert!(name.contains("Piano") || name.contains("Ambient"), "{name}");
            assert!(!given.contains(&name));
            given.push(name);
        }
        assert!(given.contains(&"Calm Piano · Ambient 2".to_owned()), "{given:?}");
    }

    #[test]
    fn where_nothing_sets_apart_the_most_probable_genre_stands_alone() {
        let tags = array![[0.6, 0.2], [0.6, 0.2]];
        let naming = Naming::new(&["jazz", "piano"], tags.view()).unwrap();
        assert_eq!(naming.name(&[0, 1], &free).text, "Jazz");
        assert_eq!(naming.name(&[0, 1], &free).description, "Songs that sound alike.");
    }

    #[test]
    fn where_nothing_is_known_it_is_a_mix() {
        let naming = Naming::new(&[], Array2::zeros((3, 0)).view()).unwrap();
        assert_eq!(naming.name(&[0, 1], &free).text, "Mix");
        assert_eq!(naming.name(&[], &|name| name == "Mix").text, "Mix 2");
        let silent = Naming::new(&["jazz"], array![[0.0], [0.01]].view()).unwrap();
        assert_eq!(silent.name(&[0], &free).text, "Mix");
    }

    #[test]
    fn hostile_values_and_rows_do_no_harm() {
        let tags = array![[f32::NAN, f32::INFINITY], [-5.0, 0.0]];
        let naming = Naming::new(&["jazz", "piano"], tags.view()).unwrap();
        assert_eq!(naming.name(&[0, 77], &free).text, "Piano");
        let error = Naming::new(&["jazz"], tags.view()).unwrap_err();
        assert_eq!(error, Error::Size { what: "tag names", expected: 2, got: 1 });
    }
}
