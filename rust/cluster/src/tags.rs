//! What the tags of music networks and files mean, and which of them mean the same.

use std::borrow::Cow;

/// What kind of thing a tag says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Genre,
    Instrument,
    /// How it feels or sounds.
    Mood,
    /// Slow or fast.
    Tempo,
    /// Who sings.
    Voice,
    Era,
}

/// The concept that a tag stands for, by its English word, and its kind; `None` for tags that make poor names. Tags that
/// mean the same get the same word. A tag that is not known here is taken for a genre.
pub(crate) fn meaning(tag: &str) -> Option<(Cow<'static, str>, Kind)> {
    use Kind::{Era, Genre, Instrument, Mood, Tempo, Voice};
    let tag = tag.trim();
    let (word, kind) = match tag.to_lowercase().as_str() {
        "" | "sexy" | "catchy" | "weird" | "solo" | "other" | "unknown" | "unknown genre" | "misc"
        | "miscellaneous" | "genre" | "music" | "none" | "various" | "default" => return None,
        "alternative" | "alternative rock" => ("Alternative", Genre),
        "electronic" | "electronica" | "electronic music" => ("Electronic", Genre),
        "classical" | "classic" | "classical music" => ("Classical", Genre),
        "rnb" | "r&b" | "r'n'b" | "rhythm and blues" => ("R&B", Genre),
        "hip-hop" | "hip hop" | "hiphop" | "rap" => ("Hip-Hop", Genre),
        "metal" | "heavy metal" => ("Metal", Genre),
        "indian" => ("Indian Music", Genre),
        "soundtrack" | "ost" | "score" | "soundtracks" => ("Soundtrack", Genre),
        "game" | "game music" | "video game music" | "vgm" | "games" => ("Game Music", Genre),
        "film music" | "film score" | "movie" => ("Film Music", Genre),
        "world" | "world music" => ("World Music", Genre),
        "drum and bass" | "drum & bass" | "drum'n'bass" | "dnb" | "d&b" => ("Drum and Bass", Genre),
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
        "loud" => ("Loud", Mood),
        "slow" => ("Slow", Tempo),
        "fast" => ("Fast", Tempo),
        "female vocalists" | "female vocalist" | "female vocal" | "female voice" | "female" | "woman" => {
            ("Female Vocals", Voice)
        }
        "male vocalists" | "male vocalist" | "male vocal" | "male voice" | "male" | "man" => ("Male Vocals", Voice),
        "vocal" | "vocals" | "voice" | "singing" => ("Vocals", Voice),
        "no vocal" | "no vocals" | "no voice" | "instrumental" => ("Instrumental", Voice),
        "oldies" => ("Oldies", Genre),
        "60s" => ("60s", Era),
        "70s" => ("70s", Era),
        "80s" => ("80s", Era),
        "90s" => ("90s", Era),
        "00s" => ("2000s", Era),
        // "EDM" and "J-Pop" know best how they are written.
        _ if is_spelled(tag) => return Some((Cow::Owned(tag.to_owned()), Genre)),
        other => return Some((Cow::Owned(title_case(other)), Genre)),
    };
    Some((Cow::Borrowed(word), kind))
}

/// The genres in a file's tag, which may name several.
pub(crate) fn genres(tag: &str) -> impl Iterator<Item = Cow<'static, str>> {
    /// Longer ones are sentences.
    const LONGEST: usize = 30;
    let parts = tag.split([';', ',', '/', '|', '\0']).map(str::trim);
    let sound = parts.filter(|part| part.chars().any(char::is_alphabetic) && part.chars().count() <= LONGEST);
    sound.filter_map(meaning).filter(|(word, _)| !word.chars().any(char::is_control)).map(|(word, _)| word)
}

/// Whether two words can stand in one name: they share no word ("Rock", "Hard Rock"), neither says what the other has said
/// already, and they do not deny each other.
pub(crate) fn agree(a: &str, b: &str) -> bool {
    const APART: [(&str, &[&str]); 17] = [
        ("Instrumental", &["Opera", "Choir", "Hip-Hop", "Chanson"]),
        ("Electronic", &["Techno", "House", "Electro", "Trance", "Synth", "Acoustic", "Dance", "EDM"]),
        ("Acoustic", &["Techno", "House", "Electro", "Trance", "Synth", "Loud"]),
        ("Choir", &["Vocals", "Female Vocals", "Male Vocals"]),
        ("Opera", &["Vocals", "Classical"]),
        ("Rock", &["Punk", "Metal", "Guitar", "Alternative"]),
        ("Alternative", &["Indie Rock", "Indie", "Classic Rock", "Hard Rock"]),
        ("Calm", &["Loud", "Party", "Fast", "Energetic", "Relaxed", "Mellow", "Chill"]),
        ("Mellow", &["Loud", "Party", "Energetic", "Relaxed", "Chill"]),
        ("Chill", &["Loud", "Party", "Energetic", "Relaxed"]),
        ("Slow", &["Fast", "Party"]),
        ("Happy", &["Sad"]),
        ("Sad", &["Party"]),
        ("Drums", &["Beats"]),
        ("Beats", &["Techno", "House", "Hip-Hop"]),
        ("Dance", &["Techno", "House"]),
        ("Strings", &["Violin", "Cello"]),
    ];
    let denies = |a: &str, b: &str| APART.iter().any(|(one, others)| *one == a && others.contains(&b));
    let shares = a.split(' ').any(|word| b.split(' ').any(|other| word == other));
    !shares && !denies(a, b) && !denies(b, a)
}

/// Whether large letters inside a word are meant: an abbreviation, or parts that begin large; not "SHOEGAZE".
fn is_spelled(text: &str) -> bool {
    let large = text.chars().filter(|c| c.is_uppercase()).count();
    let shouted = text.chars().count() > 3 && !text.chars().any(char::is_lowercase);
    large > 1 && !shouted && text.chars().next().is_some_and(char::is_uppercase)
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
        at_start = !c.is_alphanumeric() && c != '\'' && c != '’';
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_that_mean_the_same_have_one_word() {
        let word = |tag| meaning(tag).unwrap().0;
        for same in [
            ["female vocalists", "woman"],
            ["no vocals", "instrumental"],
            ["Chillout", "chill"],
            ["choral", "choir"],
            ["Hip Hop", "hip-hop"],
            ["ROCK", "rock"],
            ["R&B", "rnb"],
        ] {
            assert_eq!(word(same[0]), word(same[1]));
        }
        assert_ne!(word("vocals"), word("no vocals"));
    }

    #[test]
    fn unknown_tags_are_genres_and_poor_ones_nothing() {
        assert_eq!(meaning("Progressive rock"), Some(("Progressive Rock".into(), Kind::Genre)));
        assert_eq!(meaning("children's music").unwrap().0, "Children's Music");
        assert_eq!((meaning("EDM").unwrap().0, meaning("J-Pop").unwrap().0), ("EDM".into(), "J-Pop".into()));
        assert_eq!((meaning("sexy"), meaning("  "), meaning("Other")), (None, None, None));
    }

    #[test]
    fn a_file_may_name_several_genres_and_nonsense() {
        let found = |tag| genres(tag).collect::<Vec<_>>();
        assert_eq!(found("Rock; synth-pop / Hip Hop"), ["Rock", "Synth-Pop", "Hip-Hop"]);
        assert!(found("(17)").is_empty() && found("").is_empty() && found("\u{7}x").is_empty());
        assert!(found("this is what I listen to when it rains outside").is_empty());
    }

    #[test]
    fn words_that_repeat_or_deny_each_other_do_not_agree() {
        assert!(!agree("Rock", "Hard Rock") && !agree("Instrumental", "Opera") && !agree("Choir", "Instrumental"));
        assert!(!agree("Techno", "Electronic") && !agree("Calm", "Loud") && !agree("Sad", "Happy"));
        assert!(agree("Piano", "Instrumental") && agree("Opera", "Female Vocals"));
    }
}
