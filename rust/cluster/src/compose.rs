//! Names out of what is known of a group: the best first, then others for when it is taken.

use crate::languages::{Language, Phrase};
use crate::tags::{Kind, agree};
use crate::traits::Tempo;

/// Letters of a name: what clients show without cutting it off.
const LONGEST: usize = 48;

/// What a group is strong in, strongest first, in English words.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parts<'a> {
    /// Genres and instruments.
    pub(crate) heads: Vec<&'a str>,
    pub(crate) moods: Vec<&'a str>,
    pub(crate) voices: Vec<&'a str>,
    pub(crate) tempo: Option<Tempo>,
    /// First year of a decade.
    pub(crate) era: Option<i32>,
}

/// A concept that may follow the phrase, and its kind.
type More<'a> = (&'a str, Kind);

/// Names, the best first, none twice; at least one.
pub(crate) fn candidates(parts: &Parts<'_>, language: &Language) -> Vec<String> {
    let mut heads: Vec<&str> = parts.heads.iter().copied().take(3).collect();
    if heads.is_empty() {
        heads.push("Mix");
    }
    let telling = parts.tempo.filter(|tempo| *tempo != Tempo::Medium).map(Tempo::word);
    let mut names: Vec<String> = Vec::new();
    for head in heads {
        let moods = parts.moods.iter().copied().filter(|mood| agree(head, mood)).take(3);
        // Where no mood tells anything, how fast it is does.
        let mut adjectives: Vec<Option<&str>> = moods.map(Some).collect();
        adjectives.extend([telling.map(Some), Some(None)].into_iter().flatten());
        for adjective in adjectives {
            for more in extras(parts, head, adjective) {
                for era in [parts.era, None] {
                    let name = write(language, &Phrase { adjective, head, era }, &more);
                    if !names.contains(&name) {
                        names.push(name);
                    }
                }
            }
        }
    }
    names
}

/// What may follow the phrase, the best first: another genre, instrument or voice with the tempo, without it, the tempo
/// alone, nothing.
fn extras<'a>(parts: &Parts<'a>, head: &str, adjective: Option<&str>) -> Vec<Vec<More<'a>>> {
    let agrees = |word: &&str| agree(head, word) && adjective.is_none_or(|adjective| agree(adjective, word));
    let heads = parts.heads.iter().copied().filter(agrees).map(|word| (word, Kind::Genre));
    let voices = parts.voices.iter().copied().filter(agrees).map(|word| (word, Kind::Voice));
    // The voice is said where it is, unless two genres or instruments are stronger; it comes second among them.
    let mut more: Vec<More<'a>> = heads.take(3).collect();
    more.splice(more.len().min(1)..more.len().min(1), voices);
    let tempo = parts.tempo.map(Tempo::word).filter(|word| Some(*word) != adjective && agrees(word));
    let tempo = tempo.map(|word| (word, Kind::Tempo));
    let telling = tempo.filter(|(word, _)| *word != "Medium");

    let mut extras: Vec<Vec<More<'a>>> = Vec::new();
    extras.extend(more.iter().map(|word| std::iter::once(*word).chain(telling).collect()));
    extras.extend(telling.map(|tempo| vec![tempo]));
    extras.extend(more.iter().map(|word| vec![*word]));
    extras.push(Vec::new());
    extras.extend(tempo.map(|tempo| vec![tempo]));
    extras
}

/// The name; where it would be too long, with the last of `more` only, which is the tempo where there is one.
fn write(language: &Language, phrase: &Phrase<'_>, more: &[More<'_>]) -> String {
    let phrase = language.phrase(phrase);
    let with = |more: &[More<'_>]| {
        let words = more.iter().map(|(word, kind)| format!(" · {}", language.word(word, *kind)));
        std::iter::once(phrase.clone()).chain(words).collect::<String>()
    };
    let last = more.get(more.len().saturating_sub(1)..).unwrap_or_default();
    let fits = |name: &String| name.chars().count() <= LONGEST;
    [more, last].into_iter().map(with).find(fits).unwrap_or(phrase.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts() -> Parts<'static> {
        Parts {
            heads: vec!["Piano", "Ambient", "Classical"],
            moods: vec!["Calm", "Sad"],
            voices: vec!["Instrumental"],
            tempo: Some(Tempo::Slow),
            era: Some(1980),
        }
    }

    #[test]
    fn the_best_name_says_most_and_others_follow() {
        let names = candidates(&parts(), Language::of("en"));
        assert_eq!(names[0], "Calm 80s Piano · Ambient · Slow");
        assert!(names.contains(&"Sad Piano · Classical".to_owned()), "{names:?}");
        assert!(names.len() > 30);
        assert!(names.iter().all(|name| name.chars().count() <= LONGEST));
        assert_eq!(names.iter().collect::<std::collections::HashSet<_>>().len(), names.len());
    }

    #[test]
    fn without_a_mood_the_tempo_is_the_adjective_and_not_said_twice() {
        let parts = Parts { heads: vec!["Techno"], tempo: Some(Tempo::Fast), ..Parts::default() };
        assert_eq!(candidates(&parts, Language::of("en"))[0], "Fast Techno");
        assert_eq!(candidates(&parts, Language::of("de"))[0], "Schneller Techno");
    }

    #[test]
    fn words_that_clash_do_not_meet() {
        let parts = Parts {
            heads: vec!["Techno", "Electronic", "House"],
            moods: vec!["Acoustic", "Party"],
            tempo: Some(Tempo::Medium),
            ..Parts::default()
        };
        let names = candidates(&parts, Language::of("en"));
        assert_eq!(names[0], "Party Techno · House");
        assert!(names.iter().all(|name| !(name.contains("Techno") && name.contains("Electronica"))), "{names:?}");
    }

    #[test]
    fn a_group_of_which_nothing_is_known_is_a_mix() {
        assert_eq!(candidates(&Parts::default(), Language::of("fr")), ["Mix"]);
        let happy = Parts { moods: vec!["Happy"], era: Some(1970), ..Parts::default() };
        assert_eq!(candidates(&happy, Language::of("es"))[0], "Mezcla alegre de los años 70");
    }

    #[test]
    fn long_words_leave_out_what_does_not_fit() {
        let genre = "Traditional Music Of The Western Isles";
        let parts = Parts { heads: vec![genre, "Harp"], tempo: Some(Tempo::Slow), ..parts() };
        let names = candidates(&parts, Language::of("de"));
        assert!(names.iter().all(|name| !name.is_empty()));
        assert!(names.contains(&format!("{genre} · Harfe")) && names.contains(&genre.to_owned()), "{names:?}");
    }
}
