//! What the tags of music networks mean, and which of them mean the same.

use std::borrow::Cow;

/// What kind of thing a tag says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Genre,
    Instrument,
    /// How it feels or moves: an adjective before the rest of a name.
    Mood,
    /// Who sings.
    Voice,
    Era,
}

/// The word for a tag in a name, and its kind; `None` for tags that make poor names. Tags that mean the same get the same
/// word. A tag that is not known here is taken for a genre.
pub(crate) fn meaning(tag: &str) -> Option<(Cow<'static, str>, Kind)> {
    use Kind::{Era, Genre, Instrument, Mood, Voice};
    let tag = tag.trim().to_lowercase();
    let (word, kind) = match tag.as_str() {
        "" | "sexy" | "catchy" | "weird" | "solo" => return None,
        "alternative" | "alternative rock" => ("Alternative", Genre),
        "electronic" | "electronica" => ("Electronic", Genre),
        "classical" | "classic" => ("Classical", Genre),
        "rnb" => ("R&B", Genre),
        "hip-hop" | "hip hop" => ("Hip-Hop", Genre),
        "metal" | "heavy metal" => ("Metal", Genre),
        "choir" | "choral" => ("Choir", Instrument),
        "beat" | "beats" => ("Beats", Instrument),
        "guitar" => ("Guitar", Instrument),
        "strings" => ("Strings", Instrument),
        "drums" => ("Drums", Instrument),
        "piano" => ("Piano", Instrument),
        "violin" => ("Violin", Instrument),
        "synth" => ("Synth", Instrument),
        "harpsichord" => ("Harpsichord", Instrument),
        "flute" => ("Flute", Instrument),
        "sitar" => ("Sitar", Instrument),
        "harp" => ("Harp", Instrument),
        "cello" => ("Cello", Instrument),
        "chill" | "chillout" => ("Chill", Mood),
        "quiet" | "soft" => ("Calm", Mood),
        "mellow" => ("Mellow", Mood),
        "beautiful" => ("Beautiful", Mood),
        "acoustic" => ("Acoustic", Mood),
        "experimental" => ("Experimental", Mood),
        "party" => ("Party", Mood),
        "sad" => ("Sad", Mood),
        "happy" => ("Happy", Mood),
        "slow" => ("Slow", Mood),
        "fast" => ("Fast", Mood),
        "loud" => ("Loud", Mood),
        "female vocalists" | "female vocalist" | "female vocal" | "female voice" | "female" | "woman" => {
            ("Female Vocals", Voice)
        }
        "male vocalists" | "male vocalist" | "male vocal" | "male voice" | "male" | "man" => ("Male Vocals", Voice),
        "vocal" | "vocals" | "voice" | "singing" => ("Vocals", Voice),
        "no vocal" | "no vocals" | "no voice" | "instrumental" => ("Instrumental", Voice),
        "oldies" => ("Oldies", Era),
        "60s" => ("60s", Era),
        "70s" => ("70s", Era),
        "80s" => ("80s", Era),
        "90s" => ("90s", Era),
        "00s" => ("2000s", Era),
        other => return Some((Cow::Owned(title_case(other)), Genre)),
    };
    Some((Cow::Borrowed(word), kind))
}

/// Whether two words can stand in one name: they share no word ("Rock", "Hard Rock") and do not deny each other.
pub(crate) fn agree(a: &str, b: &str) -> bool {
    const SUNG: [&str; 3] = ["Opera", "Choir", "Hip-Hop"];
    let denies = |a: &str, b: &str| a == "Instrumental" && SUNG.contains(&b);
    let shares = a.split(' ').any(|word| b.split(' ').any(|other| word == other));
    !shares && !denies(a, b) && !denies(b, a)
}

fn title_case(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at_start = true;
    for c in text.chars() {
        if at_start {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
        at_start = !c.is_alphanumeric();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_that_mean_the_same_have_one_word() {
        let word = |tag| meaning(tag).unwrap().0;
        for same in
            [["female vocalists", "woman"], ["no vocals", "instrumental"], ["Chillout", "chill"], ["choral", "choir"]]
        {
            assert_eq!(word(same[0]), word(same[1]));
        }
        assert_ne!(word("vocals"), word("no vocals"));
    }

    #[test]
    fn unknown_tags_are_genres_in_title_case_and_poor_ones_nothing() {
        assert_eq!(meaning("Progressive rock"), Some(("Progressive Rock".into(), Kind::Genre)));
        assert_eq!((meaning("sexy"), meaning("  ")), (None, None));
    }

    #[test]
    fn words_that_repeat_or_deny_each_other_do_not_agree() {
        assert!(!agree("Rock", "Hard Rock") && !agree("Instrumental", "Opera") && !agree("Choir", "Instrumental"));
        assert!(agree("Piano", "Instrumental") && agree("Opera", "Female Vocals"));
    }
}
