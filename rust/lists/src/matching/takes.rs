//! Which take of a song a title names: the usual one, a concert's, a remix.

use super::names::{Title, beginning, fold_letters};
use crate::text::fold;

/// Which take of a song it is, beside the usual one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Kinds(u16);

impl Kinds {
    pub(super) const LIVE: Self = Self(1);
    pub(super) const REMIX: Self = Self(2);
    pub(super) const INSTRUMENTAL: Self = Self(4);
    pub(super) const ACOUSTIC: Self = Self(8);
    pub(super) const DEMO: Self = Self(16);
    pub(super) const A_CAPPELLA: Self = Self(32);
    pub(super) const COVER: Self = Self(64);
    pub(super) const OTHER_TAKE: Self = Self(128);
    pub(super) const SPEED: Self = Self(256);
    /// Cut or extended: the same take in another length.
    pub(super) const EDIT: Self = Self(512);

    pub(super) fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Both together.
    pub(super) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// In one and not in the other.
    pub(super) fn differing(self, other: Self) -> Self {
        Self(self.0 ^ other.0)
    }

    /// Without [`Kinds::EDIT`].
    pub(super) fn is_another_take(self) -> bool {
        self.0 & !Self::EDIT.0 != 0
    }
}

/// What a part of a title is.
pub(super) enum Section {
    /// Says nothing about which recording it is: `Remastered 2011`, `feat. …`, `Bonus Track`.
    Neutral,
    /// Tells another take, and what tells that one from others.
    Version(Kinds, String),
    /// Belongs to the song's name.
    Name,
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
pub(super) fn classify(section: &str, bracketed: bool) -> Section {
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
pub(super) fn album_kinds(album: &str, title: &Title) -> Kinds {
    let folded = fold(beginning(album));
    let mut kinds = Kinds::default();
    let says = |phrase: &str| crate::text::contains_words(&folded, phrase);
    if ["live at", "live in", "live from", "in concert", "en vivo", "ao vivo"].iter().any(|phrase| says(phrase))
        || title.kinds.has(Kinds::LIVE)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn concerts_tell_themselves() {
        let kinds = |album: &str| album_kinds(album, &Title::of(album));
        assert!(kinds("Live at Leeds").has(Kinds::LIVE));
        assert!(kinds("Stop Making Sense (Live)").has(Kinds::LIVE));
        assert!(kinds("MTV Unplugged in New York").has(Kinds::ACOUSTIC));
        assert!(kinds("Live Through This").is_empty());
        assert!(kinds("").is_empty());
    }
}
