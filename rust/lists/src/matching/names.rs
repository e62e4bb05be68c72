//! Titles and artists taken apart for comparing.

use crate::text::fold;

/// Bytes of a name that are compared, at most.
const LONGEST: usize = 1000;

/// Which take of a song it is, beside the usual one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Kinds(u16);

impl Kinds {
    pub(crate) const LIVE: Self = Self(1);
    pub(crate) const REMIX: Self = Self(2);
    pub(crate) const INSTRUMENTAL: Self = Self(4);
    pub(crate) const ACOUSTIC: Self = Self(8);
    pub(crate) const DEMO: Self = Self(16);
    pub(crate) const A_CAPPELLA: Self = Self(32);
    pub(crate) const COVER: Self = Self(64);
    pub(crate) const OTHER_TAKE: Self = Self(128);
    pub(crate) const SPEED: Self = Self(256);
    /// Cut or extended: the same take in another length.
    pub(crate) const EDIT: Self = Self(512);

    fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Both together.
    pub(crate) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// In one and not in the other.
    pub(crate) fn differing(self, other: Self) -> Self {
        Self(self.0 ^ other.0)
    }

    /// Without [`Kinds::EDIT`].
    pub(crate) fn is_another_take(self) -> bool {
        self.0 & !Self::EDIT.0 != 0
    }
}

/// A title taken apart, everything folded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Title {
    /// The song's name with what stands in brackets and belongs to it.
    pub(crate) full: String,
    /// The same without such brackets.
    pub(crate) short: String,
    /// Which take.
    pub(crate) kinds: Kinds,
    /// What tells this take from others of its kind: who remixed it, where it was played.
    pub(crate) version: String,
}

enum Section {
    /// Says nothing about which recording it is: `Remastered 2011`, `feat. …`, `Bonus Track`.
    Neutral,
    Version(Kinds, String),
    Name,
}

impl Title {
    pub(crate) fn of(text: &str) -> Self {
        let text = beginning(text);
        let mut title = Self::default();
        let (bare, sections) = brackets(without_guests(text));
        let mut bare = bare.as_str();
        let mut kept = String::new();
        for section in &sections {
            match classify(section, true) {
                Section::Name => {
                    kept.push(' ');
                    kept.push_str(section);
                }
                section => title.note(section),
            }
        }
        while let Some((before, after)) = bare.rsplit_once(" - ").or_else(|| bare.rsplit_once(" – ")) {
            let section = classify(after, false);
            if matches!(section, Section::Name) || before.trim().is_empty() {
                break;
            }
            title.note(section);
            bare = before;
        }
        title.short = numbered(&fold_letters(bare));
        // A name in brackets often stands in the midst of the title, and comparing words does not mind their order.
        title.full = numbered(&fold_letters(&format!("{bare}{kept}")));
        if title.full.is_empty() {
            return Self { full: fold(text), short: fold(text), ..Self::default() };
        }
        let counted = |text: &str| text.split(' ').any(|word| word.bytes().any(|b| b.is_ascii_digit()));
        if title.short.is_empty() || counted(&title.full) != counted(&title.short) {
            title.short.clone_from(&title.full);
        }
        title
    }

    fn note(&mut self, section: Section) {
        if let Section::Version(kinds, words) = section {
            self.kinds.add(kinds);
            if !words.is_empty() {
                if !self.version.is_empty() {
                    self.version.push(' ');
                }
                self.version.push_str(&words);
            }
        }
    }
}

/// As much of a name as is compared.
pub(super) fn beginning(text: &str) -> &str {
    let end = text.char_indices().map(|(at, _)| at).take_while(|&at| at <= LONGEST).last().unwrap_or(0);
    if text.len() <= LONGEST { text } else { text.get(..end).unwrap_or(text) }
}

/// Folded, but nothing where there is neither letter nor digit.
fn fold_letters(text: &str) -> String {
    let folded = fold(text);
    if folded.chars().any(char::is_alphanumeric) { folded } else { String::new() }
}

/// The text outside of brackets, and what stands in each of them.
fn brackets(text: &str) -> (String, Vec<String>) {
    let (mut bare, mut sections, mut current, mut depth) = (String::new(), Vec::new(), String::new(), 0_usize);
    for c in text.chars() {
        match c {
            '(' | '[' | '{' | '（' | '【' => {
                depth += 1;
                if depth > 1 {
                    current.push(' ');
                }
            }
            ')' | ']' | '}' | '）' | '】' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    sections.push(std::mem::take(&mut current));
                    bare.push(' ');
                } else {
                    current.push(' ');
                }
            }
            _ if depth > 0 => current.push(c),
            _ => bare.push(c),
        }
    }
    // One that nothing closes, as in a title that was cut off.
    if !current.is_empty() {
        sections.push(current);
    }
    (bare.trim().to_owned(), sections)
}

/// The text before an unbracketed `feat. …`, together with the brackets after it.
fn without_guests(text: &str) -> &str {
    let end = [" feat. ", " ft. ", " featuring ", " feat ", " ft "]
        .iter()
        .filter_map(|word| find_ignoring_case(text, word))
        .min();
    match end {
        Some(end) if !text.get(end..).is_some_and(|rest| rest.contains(['(', '['])) => text.get(..end).unwrap_or(text),
        _ => text,
    }
}

fn find_ignoring_case(text: &str, word: &str) -> Option<usize> {
    (1..text.len().saturating_sub(word.len()) + 1)
        .find(|&at| text.get(at..at + word.len()).is_some_and(|part| part.eq_ignore_ascii_case(word)))
}

const GUESTS: &str = "feat ft featuring with w";

const NEUTRAL: &str = "remaster remastered remasterd remastering remastert digital digitally deluxe edition bonus \
    track explicit clean album lp original mono stereo version mix anniversary official video audio \
    lyric lyrics hd hq 4k music motion picture soundtrack ost expanded special reissue high \
    resolution studio visualizer visualiser and the master";

fn listed(list: &str, word: &str) -> bool {
    list.split(' ').any(|known| known == word)
}

/// What a part of a title, in brackets or after a dash, says.
fn classify(section: &str, bracketed: bool) -> Section {
    let folded = fold_letters(section);
    let words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    let Some((&first, &last)) = words.first().zip(words.last()) else { return Section::Neutral };
    if listed(GUESTS, first) && words.len() > 1 && (bracketed || first != "with") {
        return Section::Neutral;
    }
    let kinds = kinds(&folded, &words, first, last);
    if !kinds.is_empty() {
        let telling =
            words.iter().filter(|word| !is_year(word) && !listed(NEUTRAL, word) && !listed(VERSION_WORDS, word));
        return Section::Version(kinds, telling.copied().collect::<Vec<_>>().join(" "));
    }
    let plain = words.iter().all(|word| listed(NEUTRAL, word) || is_year(word) || word.ends_with("th"));
    let remaster = words.iter().any(|word| word.starts_with("remaster"));
    let quoted = section.trim_start().get(4..).is_some_and(|rest| rest.trim_start().starts_with(['"', '“', '\'', '‘']));
    let film = first == "from" && words.len() > 1 && (bracketed || quoted);
    if plain || remaster || film { Section::Neutral } else { Section::Name }
}

/// Words that tell a kind, or join it to what tells one take from another.
const VERSION_WORDS: &str = "live remix rmx remixed bootleg mashup rework reworked refix flip dub vip edit extended radio \
    single short long instrumental karaoke acoustic unplugged demo cover alternate alternative take \
    outtake session sessions at in from on by of a cappella acapella acappella recorded re reprise \
    slowed sped up";

fn kinds(folded: &str, words: &[&str], first: &str, last: &str) -> Kinds {
    let mut kinds = Kinds::default();
    let has = |word: &str| words.contains(&word);
    let any = |list: &[&str]| list.iter().any(|word| has(word));
    let says = |phrase: &str| crate::text::contains_words(folded, phrase);
    let live_at = ["live at", "live in", "live from", "live on", "live version", "live session", "live recording"];
    if first == "live" && words.len() == 1
        || last == "live"
        || live_at.iter().any(|phrase| says(phrase))
        || first == "live" && words.get(1).is_some_and(|word| is_year(word))
        || ["in concert", "en vivo", "en directo", "ao vivo", "dal vivo", "en public", "en concert"]
            .iter()
            .any(|phrase| says(phrase))
    {
        kinds.add(Kinds::LIVE);
    }
    // "Radio Edit" is a length, "Todd Terje Edit" a work.
    let named = words
        .iter()
        .any(|word| !listed(VERSION_WORDS, word) && !listed(NEUTRAL, word) && !is_year(word) && *word != "club");
    if any(&["remix", "rmx", "remixed", "bootleg", "mashup", "rework", "reworked", "refix", "vip", "dub"])
        || last == "flip" && words.len() > 1
        || (last == "mix" || last == "edit") && named
        || says("club mix")
        || says("dance mix")
    {
        kinds.add(Kinds::REMIX);
    } else if any(&["extended", "edit"])
        || says("radio mix")
        || says("radio version")
        || says("single version")
        || says("single mix")
        || says("short version")
        || says("long version")
    {
        kinds.add(Kinds::EDIT);
    }
    for (list, kind) in [
        (&["instrumental", "karaoke", "instrumentals"][..], Kinds::INSTRUMENTAL),
        (&["acoustic", "unplugged", "acustico", "akustik"], Kinds::ACOUSTIC),
        (&["demo", "demos"], Kinds::DEMO),
        (&["acapella", "acappella"], Kinds::A_CAPPELLA),
        (&["cover", "tribute"], Kinds::COVER),
        (&["alternate", "outtake", "rerecorded", "reprise", "orchestral", "symphonic", "rehearsal"], Kinds::OTHER_TAKE),
        (&["slowed", "nightcore"], Kinds::SPEED),
    ] {
        if any(list) {
            kinds.add(kind);
        }
    }
    if says("a cappella") {
        kinds.add(Kinds::A_CAPPELLA);
    }
    if says("sped up") {
        kinds.add(Kinds::SPEED);
    }
    if ["alternative version", "early version", "re recorded", "taylors version", "piano version", "session version"]
        .iter()
        .any(|phrase| says(phrase))
        || first == "take" && words.len() == 2
    {
        kinds.add(Kinds::OTHER_TAKE);
    }
    kinds
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()) && (word.starts_with("19") || word.starts_with("20"))
}

/// Whether an album is one of another take throughout, such as a concert.
pub(crate) fn album_kinds(album: &str) -> Kinds {
    let folded = fold(album);
    let mut kinds = Kinds::default();
    let says = |phrase: &str| crate::text::contains_words(&folded, phrase);
    if ["live at", "live in", "live from", "in concert", "en vivo", "ao vivo"].iter().any(|phrase| says(phrase))
        || matches!(Title::of(album).kinds, kinds if kinds.has(Kinds::LIVE))
    {
        kinds.add(Kinds::LIVE);
    }
    if says("unplugged") {
        kinds.add(Kinds::ACOUSTIC);
    }
    if says("karaoke") {
        kinds.add(Kinds::INSTRUMENTAL);
    }
    if says("tribute to") {
        kinds.add(Kinds::COVER);
    }
    kinds
}

/// Numbers in one spelling: `pt` as `part`, Roman ones from two on, and after what counts something also `one`, `i`, `v`.
fn numbered(folded: &str) -> String {
    let mut words = Vec::new();
    let mut counted = false;
    for word in folded.split(' ') {
        let word = match word {
            "pt" | "pts" | "parts" => "part",
            "vol" => "volume",
            "nr" | "num" | "number" => "no",
            "ii" => "2",
            "iii" => "3",
            "iv" => "4",
            "vi" => "6",
            "vii" => "7",
            "viii" => "8",
            "ix" => "9",
            "i" | "one" if counted => "1",
            "two" if counted => "2",
            "three" if counted => "3",
            "four" if counted => "4",
            "v" | "five" if counted => "5",
            "x" | "ten" if counted => "10",
            _ => word
                .strip_prefix('0')
                .filter(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
                .unwrap_or(word),
        };
        counted = matches!(word, "part" | "volume" | "no" | "chapter" | "act" | "op" | "movement" | "book" | "side");
        words.push(word);
    }
    words.join(" ")
}

/// Names that are no artist's.
pub(crate) fn is_nobody(folded: &str) -> bool {
    matches!(
        folded,
        "" | "the"
            | "various"
            | "various artists"
            | "va"
            | "v a"
            | "unknown"
            | "unknown artist"
            | "artist"
            | "diverse"
            | "verschiedene"
            | "verschiedene interpreten"
            | "varios"
            | "varios artistas"
            | "artistes divers"
            | "artisti vari"
            | "n a"
            | "none"
            | "no artist"
            | "soundtrack"
            | "original soundtrack"
            | "ost"
            | "compilation"
            | "sampler"
            | "divers"
            | "multiple artists"
    )
}

/// The folded name without an article, wherever it stands.
pub(crate) fn without_article(folded: &str) -> &str {
    let rest = folded.strip_prefix("the ").unwrap_or(folded);
    rest.strip_suffix(" the").unwrap_or(rest)
}

/// The artists that a text names, folded, the first one first; nobody for `Various Artists` and its like.
pub(crate) fn artist_names(text: &str) -> Vec<String> {
    const JOINTS: [&str; 17] = [
        " feat. ",
        " feat ",
        " ft. ",
        " ft ",
        " featuring ",
        " & ",
        " and ",
        " with ",
        " vs. ",
        " vs ",
        " x ",
        " + ",
        "; ",
        ", ",
        " / ",
        ";",
        "/",
    ];
    let mut rest = beginning(text);
    let mut names = Vec::new();
    // Brackets around guests: "A (feat. B)".
    let plain: String;
    if rest.contains(['(', '[']) {
        plain = rest.replace(['(', ')', '[', ']'], " ");
        rest = &plain;
    }
    loop {
        let joint = JOINTS
            .iter()
            .filter_map(|joint| Some((find_ignoring_case(rest, joint)?, joint.len())))
            .min_by_key(|&(at, length)| (at, usize::MAX - length));
        let (name, after) = match joint {
            Some((at, length)) => (rest.get(..at).unwrap_or(rest), rest.get(at + length..)),
            None => (rest, None),
        };
        let folded = fold_letters(name);
        let name = without_article(&folded);
        if !is_nobody(name) && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
        match after {
            Some(after) if names.len() < 16 => rest = after,
            _ => return names,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (String, Kinds, String) {
        let title = Title::of(text);
        (title.full, title.kinds, title.version)
    }

    #[test]
    fn what_says_nothing_about_the_recording_falls_away() {
        for text in [
            "Hey Jude",
            "Hey Jude (Remastered 2015)",
            "Hey Jude - Remastered 2015",
            "Hey Jude - 2015 Remaster",
            "Hey Jude [Bonus Track]",
            "Hey Jude (feat. Somebody)",
            "Hey Jude feat. Somebody",
            "Hey Jude ft. Somebody & Another",
            "Hey Jude (Official Video)",
            "Hey Jude (2015 Mix)",
            "Hey Jude (From \"A Film\")",
            "Hey Jude - From \"A Film\" Soundtrack",
            "hey  jude (stereo) [Explicit]",
            "Hey Jude - Mono - Remastered 2009",
        ] {
            assert_eq!(parts(text), ("hey jude".into(), Kinds::default(), String::new()), "{text}");
        }
    }

    #[test]
    fn other_takes_are_told() {
        for (text, kinds, version) in [
            ("Song (Live)", Kinds::LIVE, ""),
            ("Song - Live at Wembley 1986", Kinds::LIVE, "wembley"),
            ("Song (Radio Edit)", Kinds::EDIT, ""),
            ("Song (Extended Mix)", Kinds::EDIT, ""),
            ("Song (Todd Terje Edit)", Kinds::REMIX, "todd terje"),
            ("Song (David Guetta Remix)", Kinds::REMIX, "david guetta"),
            ("Song - Instrumental", Kinds::INSTRUMENTAL, ""),
            ("Song (Karaoke Version)", Kinds::INSTRUMENTAL, ""),
            ("Song (Acoustic)", Kinds::ACOUSTIC, ""),
            ("Song [Demo 1974]", Kinds::DEMO, ""),
            ("Song (Taylor's Version)", Kinds::OTHER_TAKE, "taylors"),
            ("Song (Sped Up)", Kinds::SPEED, ""),
        ] {
            assert_eq!(parts(text), ("song".into(), kinds, version.into()), "{text}");
        }
    }

    #[test]
    fn what_belongs_to_the_name_stays() {
        for (text, full) in [
            ("(I Can't Get No) Satisfaction", "satisfaction i cant get no"),
            ("Live and Let Die", "live and let die"),
            ("Live Forever", "live forever"),
            ("Song 2", "song 2"),
            ("Another Brick in the Wall (Pt. II)", "another brick in the wall part 2"),
            ("Another Brick in the Wall, Part One", "another brick in the wall part 1"),
            ("Remix", "remix"),
            ("(Live)", "live"),
            ("One - Two", "one two"),
            ("???", "???"),
            ("1979 - Remastered 2012", "1979"),
            ("Cut off (in the mid", "cut off in the mid"),
            ("Radio Ga Ga", "radio ga ga"),
            ("Track 03", "track 3"),
        ] {
            assert_eq!(Title::of(text).full, full, "{text}");
        }
        assert_eq!(Title::of("(I Can't Get No) Satisfaction").short, "satisfaction");
        assert_eq!(Title::of("The Wall (Part 2)").short, "the wall part 2");
    }

    #[test]
    fn artists_are_told_apart() {
        let names = |text: &str| artist_names(text).join("|");
        assert_eq!(names("Queen & David Bowie"), "queen|david bowie");
        assert_eq!(names("Jay-Z feat. Alicia Keys"), "jay z|alicia keys");
        assert_eq!(names("A (ft. B), C; D / E x F"), "a|b|c|d|e|f");
        assert_eq!(names("The Beatles"), "beatles");
        assert_eq!(names("Beatles, The"), "beatles");
        assert_eq!(names("AC/DC"), "ac|dc");
        assert_eq!(names("Various Artists"), "");
        assert_eq!(names(""), "");
        assert_eq!(names("Queen, queen"), "queen");
    }

    #[test]
    fn concerts_tell_themselves() {
        assert!(album_kinds("Live at Leeds").has(Kinds::LIVE));
        assert!(album_kinds("Stop Making Sense (Live)").has(Kinds::LIVE));
        assert!(album_kinds("MTV Unplugged in New York").has(Kinds::ACOUSTIC));
        assert!(album_kinds("Live Through This").is_empty());
        assert!(album_kinds("").is_empty());
    }
}
