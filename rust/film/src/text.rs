//! Words of titles and overviews.

use icu_normalizer::DecomposingNormalizerBorrowed;

/// Letters of one text that are read.
pub const TEXT_CHARS: usize = 10_000;

/// The words of a text: lower case, without accents, hyphens kept within. Of longer texts the first [`TEXT_CHARS`] letters.
pub(crate) fn words(text: &str) -> Vec<String> {
    let bounded: String = text.chars().take(TEXT_CHARS).collect();
    let folded: String = DecomposingNormalizerBorrowed::new_nfkd()
        .normalize(&bounded)
        .chars()
        .filter(|letter| !('\u{300}'..='\u{36f}').contains(letter))
        .flat_map(char::to_lowercase)
        .collect();
    let folded = folded.replace('ß', "ss").replace('æ', "ae").replace('œ', "oe").replace('ø', "o");
    let parts = folded.split(|letter: char| !letter.is_alphanumeric() && letter != '-');
    parts.map(|word| word.trim_matches('-')).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The languages of the lexicon, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    German,
    French,
    Spanish,
    Italian,
    Portuguese,
    Dutch,
}

impl Language {
    pub(crate) const ALL: [Self; 7] =
        [Self::English, Self::German, Self::French, Self::Spanish, Self::Italian, Self::Portuguese, Self::Dutch];

    /// Words that hardly any sentence of it lacks and that other languages do not have.
    fn common(self) -> &'static [&'static str] {
        match self {
            Self::English => {
                &["the", "and", "of", "to", "his", "her", "with", "their", "who", "from", "is", "when", "by"]
            }
            Self::German => {
                &["der", "und", "den", "dem", "ein", "eine", "einer", "ist", "mit", "sich", "auf", "von", "das"]
            }
            Self::French => {
                &["les", "des", "une", "est", "dans", "qui", "pour", "du", "et", "avec", "aux", "sur", "ses"]
            }
            Self::Spanish => &["el", "los", "las", "y", "una", "del", "con", "por", "su", "al", "es", "pero", "sus"],
            Self::Italian => {
                &["il", "gli", "di", "che", "della", "nel", "per", "un", "una", "con", "sono", "dei", "alla"]
            }
            Self::Portuguese => {
                &["um", "uma", "os", "ao", "nao", "seu", "sua", "dos", "das", "em", "no", "na", "para", "e"]
            }
            Self::Dutch => {
                &["het", "een", "van", "zijn", "haar", "niet", "met", "op", "voor", "wordt", "hij", "zij", "ze"]
            }
        }
    }

    /// The language of a text; `None` for one that is too short to tell.
    pub(crate) fn of(words: &[String]) -> Option<Self> {
        let score = |language: Self| words.iter().filter(|word| language.common().contains(&word.as_str())).count();
        // The first of those that score highest.
        let mut best = None;
        for language in Self::ALL {
            let score = score(language);
            if score > best.map_or(0, |(_, most)| most) {
                best = Some((language, score));
            }
        }
        best.filter(|(_, score)| *score >= 2).map(|(language, _)| language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_bounded() {
        assert_eq!(
            words("Die Königin—Sci-Fi, «Straße» ÉCOLE 2001!"),
            ["die", "konigin", "sci-fi", "strasse", "ecole", "2001"]
        );
        assert_eq!(words(&"ab ".repeat(TEXT_CHARS)).len(), TEXT_CHARS.div_ceil(3));
        assert!(words("… -- \u{0}").is_empty());
    }

    #[test]
    fn the_language_of_a_sentence_is_known() {
        for (language, text) in [
            (Language::English, "The story of a man who returns to his village"),
            (Language::German, "Ein Mann kehrt in das Dorf zurück und sucht den Mörder von einst"),
            (Language::French, "Un homme revient dans le village pour les siens et se venge des autres"),
            (Language::Spanish, "El hombre vuelve al pueblo y busca una vida con los suyos"),
            (Language::Italian, "Un uomo torna nel paese della sua infanzia per una ragazza che ama"),
            (Language::Portuguese, "Um homem volta para uma aldeia em que os seus pais moram e não o conhecem"),
            (Language::Dutch, "Een man keert terug naar het dorp van zijn ouders en wordt niet herkend"),
        ] {
            assert_eq!(Language::of(&words(text)), Some(language), "{text}");
        }
        assert_eq!(Language::of(&words("Alien")), None);
    }
}
