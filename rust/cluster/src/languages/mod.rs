//! Words and sentences in the languages that names come in.
//!
//! A concept goes by its English word ([`crate::tags`]); each language is a table of what it calls it. Words that must
//! agree carry what they agree with: nouns their gender, adjectives their stem or both forms. What is not in the tables,
//! such as a rare genre out of a file, stands as it is written there.

mod english;
mod french;
mod german;
mod spanish;

use std::borrow::Cow;

use crate::tags::Kind;

/// Gender and number of a noun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gender {
    M,
    F,
    N,
    /// Many, masculine or of no gender.
    PM,
    /// Many, feminine.
    PF,
}

/// How an adjective goes with its noun.
#[derive(Debug, Clone, Copy)]
enum Adjective {
    /// Before it, always the same.
    Before(&'static str),
    /// Before it, with a German ending.
    Stem(&'static str),
    /// After it: masculine and feminine; for many with the ending of French or Spanish.
    Pair(&'static str, &'static str),
    /// After it, always the same.
    After(&'static str),
}

/// A language.
pub(crate) struct Language {
    code: &'static str,
    /// English word, word within a sentence, gender.
    nouns: &'static [(&'static str, &'static str, Gender)],
    /// English word, adjective.
    adjectives: &'static [(&'static str, Adjective)],
    /// English word of a voice, how it is said by itself.
    voices: &'static [(&'static str, &'static str)],
    /// A decade of ours in a name, and where digits go: `{}`.
    era: &'static str,
    /// A noun phrase of a decade: `{noun}` and `{era}`.
    of_era: &'static str,
    /// A decade in a sentence, with all its digits.
    from_era: &'static str,
    /// Plural of most adjectives in `Pair` that end in a consonant.
    consonant_plural: &'static str,
    /// Middle tempo as an adverb; slow and fast are adjectives.
    medium: &'static str,
    /// `{}`: an adjective or two, as what the music is like.
    character: &'static str,
    /// Between the last two of a list.
    and: &'static str,
    /// Begins a description that gives reasons, with its colon.
    because: &'static str,
    /// A description without reasons.
    alike: &'static str,
    /// Between two tempos.
    about: &'static str,
}

/// What a name is made of: English words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Phrase<'a> {
    pub(crate) adjective: Option<&'a str>,
    pub(crate) head: &'a str,
    /// First year of a decade.
    pub(crate) era: Option<i32>,
}

/// What a description tells: English words.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Reasons<'a> {
    pub(crate) nouns: Vec<&'a str>,
    pub(crate) adjectives: Vec<&'a str>,
    pub(crate) voice: Option<&'a str>,
    /// `Slow`, `Medium`, `Fast`.
    pub(crate) tempo: Option<&'a str>,
    /// Beats per minute, from and to.
    pub(crate) bpm: Option<(u32, u32)>,
    pub(crate) era: Option<i32>,
}

impl Language {
    /// By a code such as `de`, `de-AT` or `pt_BR`; English for what is not known.
    pub(crate) fn of(code: &str) -> &'static Self {
        const ALL: [&Language; 4] = [&english::ENGLISH, &german::GERMAN, &french::FRENCH, &spanish::SPANISH];
        let primary = code.trim().split(['-', '_', '.', '@']).next().unwrap_or_default().to_lowercase();
        // Some servers give three letters.
        let primary = match primary.as_str() {
            "deu" | "ger" => "de",
            "fra" | "fre" => "fr",
            "spa" => "es",
            other => other,
        };
        ALL.into_iter().find(|language| language.code == primary).unwrap_or(&english::ENGLISH)
    }

    /// A concept by itself, as it stands in a list of words or as a part of a name.
    pub(crate) fn word(&self, concept: &str, kind: Kind) -> String {
        match kind {
            Kind::Genre | Kind::Instrument => self.begun(&self.noun(concept).0),
            Kind::Mood => self.begun(&self.said(concept)),
            Kind::Tempo => self.begun(&self.tempo(concept)),
            Kind::Voice => self.begun(&self.voice(concept)),
            Kind::Era => decade(concept).map_or_else(|| concept.to_owned(), |decade| capital(&self.decade(decade))),
        }
    }

    /// An adjective, a noun and a decade as one phrase that begins large.
    pub(crate) fn phrase(&self, phrase: &Phrase<'_>) -> String {
        let (noun, gender) = self.noun(phrase.head);
        let noun = if self.code == "en" { self.begun(&noun) } else { noun.into_owned() };
        let adjective = phrase.adjective.and_then(|word| self.adjective(word));
        let agreed = adjective.and_then(|adjective| self.agreed(adjective, gender));
        let with_era = |noun: String| match phrase.era {
            Some(era) => self.of_era.replace("{era}", &self.decade(era)).replace("{noun}", &noun),
            None => noun,
        };
        let text = match (adjective, agreed) {
            (Some(Adjective::Before(_) | Adjective::Stem(_)), Some(agreed)) => format!("{agreed} {}", with_era(noun)),
            (Some(Adjective::Pair(..) | Adjective::After(_)), Some(agreed)) => with_era(format!("{noun} {agreed}")),
            // What the adjective should agree with is not known: it stands by itself.
            (Some(_), None) => {
                format!("{}, {}", with_era(noun), self.said(phrase.adjective.unwrap_or_default()))
            }
            (None, _) => with_era(noun),
        };
        capital(&text)
    }

    /// One sentence on why songs belong together.
    pub(crate) fn describe(&self, reasons: &Reasons<'_>) -> String {
        let mut parts = Vec::new();
        if !reasons.nouns.is_empty() {
            parts.push(
                self.listed(&reasons.nouns.iter().map(|word| self.noun(word).0.into_owned()).collect::<Vec<_>>()),
            );
        }
        if !reasons.adjectives.is_empty() {
            let said = self.listed(&reasons.adjectives.iter().map(|word| self.said(word)).collect::<Vec<_>>());
            parts.push(self.character.replace("{}", &said));
        }
        parts.extend(reasons.voice.map(|voice| self.voice(voice).into_owned()));
        let bpm = reasons.bpm.map(|(from, to)| {
            if from == to { format!("{} {from} BPM", self.about) } else { format!("{from}–{to} BPM") }
        });
        match (reasons.tempo.map(|tempo| self.tempo(tempo)), bpm) {
            (Some(tempo), Some(bpm)) => parts.push(format!("{tempo} ({bpm})")),
            (tempo, bpm) => parts.extend(tempo.or(bpm)),
        }
        parts.extend(reasons.era.map(|era| self.from_era.replace("{}", &era.to_string())));
        if parts.is_empty() { self.alike.to_owned() } else { format!("{}{}.", self.because, parts.join(", ")) }
    }

    fn noun(&self, concept: &str) -> (Cow<'static, str>, Option<Gender>) {
        match self.nouns.iter().find(|(word, ..)| *word == concept) {
            Some((_, noun, gender)) => (Cow::Borrowed(noun), Some(*gender)),
            None => (Cow::Owned(concept.to_owned()), None),
        }
    }

    /// The text as it stands at the beginning of a name; in English all its words begin large.
    fn begun(&self, text: &str) -> String {
        if self.code != "en" {
            return capital(text);
        }
        let parts = |word: &str| word.split('-').map(capital).collect::<Vec<_>>().join("-");
        let words = text.split(' ').map(|word| if word == "and" { word.to_owned() } else { parts(word) });
        words.collect::<Vec<_>>().join(" ")
    }

    fn adjective(&self, concept: &str) -> Option<Adjective> {
        self.adjectives.iter().find(|(word, _)| *word == concept).map(|(_, adjective)| *adjective)
    }

    /// The form that goes with a noun of that gender; `None` where there is none without knowing it.
    fn agreed(&self, adjective: Adjective, gender: Option<Gender>) -> Option<String> {
        match adjective {
            Adjective::Before(word) | Adjective::After(word) => Some(word.to_owned()),
            Adjective::Stem(stem) => {
                let ending = match gender? {
                    Gender::M => "er",
                    Gender::N => "es",
                    Gender::F | Gender::PM | Gender::PF => "e",
                };
                Some(format!("{stem}{ending}"))
            }
            // Genres are masculine in the languages that have pairs.
            Adjective::Pair(masculine, feminine) => Some(match gender.unwrap_or(Gender::M) {
                Gender::M | Gender::N => masculine.to_owned(),
                Gender::F => feminine.to_owned(),
                Gender::PM => self.plural(masculine),
                Gender::PF => self.plural(feminine),
            }),
        }
    }

    fn plural(&self, adjective: &str) -> String {
        match adjective.chars().last() {
            Some('s' | 'x') => adjective.to_owned(),
            Some('a' | 'e' | 'o') => format!("{adjective}s"),
            _ => match adjective.strip_suffix("al") {
                Some(stem) if self.code == "fr" => format!("{stem}aux"),
                _ => format!("{adjective}{}", self.consonant_plural),
            },
        }
    }

    /// An adjective by itself.
    fn said(&self, concept: &str) -> String {
        let said = match self.adjective(concept) {
            Some(Adjective::Before(word)) => return word.to_lowercase(),
            Some(Adjective::Stem(word) | Adjective::Pair(word, _) | Adjective::After(word)) => word,
            None if concept == "Medium" => self.medium,
            None => concept,
        };
        said.to_owned()
    }

    /// A tempo as it is said by itself: an adverb, or a phrase with its own noun.
    fn tempo(&self, concept: &str) -> String {
        let said = self.said(concept);
        match self.code {
            "fr" | "es" if concept != "Medium" => format!("tempo {said}"),
            _ => said,
        }
    }

    fn voice(&self, concept: &str) -> Cow<'static, str> {
        match self.voices.iter().find(|(word, _)| *word == concept) {
            Some((_, voice)) => Cow::Borrowed(voice),
            None => Cow::Owned(concept.to_owned()),
        }
    }

    /// A decade in a name: two digits for those of which nobody thinks another is meant.
    fn decade(&self, first_year: i32) -> String {
        let digits = if (1930..2000).contains(&first_year) { first_year - 1900 } else { first_year };
        self.era.replace("{}", &digits.to_string())
    }

    fn listed(&self, words: &[String]) -> String {
        match words {
            [all @ .., last] if !all.is_empty() => format!("{} {} {last}", all.join(", "), self.and),
            _ => words.concat(),
        }
    }
}

/// The first year of a decade that a tag names: `80s`, `2000s`.
pub(crate) fn decade(tag: &str) -> Option<i32> {
    let digits: i32 = tag.strip_suffix('s')?.parse().ok()?;
    match digits {
        30..=90 => Some(1900 + digits),
        1000..=2990 => Some(digits),
        _ => None,
    }
}

/// The text with its first letter large.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
