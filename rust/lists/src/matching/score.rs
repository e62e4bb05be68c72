//! How alike two tracks' names are: the numbers are explained in `docs/import.md`.

use super::names::{Title, artist_names, beginning, is_nobody, without_article};
use super::takes::{Kinds, album_kinds};
use crate::distance::edits_within;
use crate::text::fold;

/// Titles and artists that are less alike are not the same.
const TITLE: f64 = 0.84;
const ARTIST: f64 = 0.78;
/// For another take than was asked for, names must be nearly equal.
const TITLE_OF_TAKE: f64 = 0.95;
const ARTIST_OF_TAKE: f64 = 0.9;
/// Nothing below this is a match.
const LEAST: f64 = 0.5;
/// The most that a match can have whose artist nobody told.
const WITHOUT_ARTIST: f64 = 0.78;
/// Titles that have more letters than this part not in common are different, however alike the rest is.
const UNSHARED: f64 = 0.12;
const DIFFERENT_TITLE: f64 = 0.83;
const DIFFERENT_NUMBER: f64 = 0.6;
/// The most for the same words in another order.
const ANOTHER_ORDER: f64 = 0.98;
/// How alike a surname, or one with initials, is to the whole name.
const SURNAME: f64 = 0.9;
/// What a title loses whose words in brackets the other one lacks.
const BRACKETS: f64 = 0.04;

const ANOTHER_TAKE: f64 = 0.25;
const ANOTHER_PLACE: f64 = 0.1;
const ANOTHER_LENGTH: f64 = 0.05;

/// What is compared of a track.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    pub(super) title: Title,
    letters: [Letters; 2],
    /// Artist and album artist as a whole, without articles.
    pub(super) whole: Vec<String>,
    /// The artists one by one; empty where that is the same.
    parts: Vec<String>,
    pub(super) album: String,
    album_kinds: Kinds,
    pub(super) duration_s: Option<f32>,
}

impl Names {
    pub(super) fn new(title: &str, artists: [&str; 2], album: &str, duration_s: Option<f64>) -> Self {
        let mut names = Vec::new();
        let mut whole: Vec<String> = Vec::new();
        for artist in artists {
            let folded = fold(beginning(artist));
            let bare = without_article(&folded);
            if is_nobody(bare) || whole.iter().any(|known| known == bare) {
                continue;
            }
            whole.push(bare.to_owned());
            for name in artist_names(artist) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        let title = Title::of(title);
        let album_title = Title::of(album);
        let album_kinds = album_kinds(album, &album_title);
        let plain = album_title.full;
        // Most artists are one, and one name is kept once.
        if names == whole {
            names = Vec::new();
        }
        Self {
            letters: [Letters::of(&title.full), Letters::of(title.short())],
            title,
            parts: names,
            whole,
            album: if is_nobody(&plain) { String::new() } else { plain },
            album_kinds,
            duration_s: duration_s.filter(|s| s.is_finite() && *s > 0.0).map(|s| s as f32),
        }
    }

    fn artists(&self) -> &[String] {
        if self.parts.is_empty() { &self.whole } else { &self.parts }
    }

    fn has_artist(&self) -> bool {
        !self.whole.is_empty()
    }
}

/// Which letters a title has, for telling quickly that two differ by too many.
#[derive(Debug, Clone, Copy, Default)]
struct Letters {
    set: u64,
    length: u16,
}

impl Letters {
    fn of(text: &str) -> Self {
        // Those of the words that do not count are left out.
        let chars = || text.chars().filter(|c| *c != ' ');
        let set = chars().filter(|c| !"theand".contains(*c)).fold(0, |set, c| set | 1 << (u32::from(c) % 64));
        Self { set, length: u16::try_from(chars().count()).unwrap_or(u16::MAX) }
    }

    /// Whether titles with these letters can be alike enough: each edit changes two letters at most, and each letter of
    /// a word that the other lacks one.
    fn may_be(self, other: Self) -> bool {
        let most = 2.0 * (1.0 - TITLE) * f64::from(self.length.max(other.length));
        f64::from((self.set ^ other.set).count_ones()) <= most + 1.0
    }
}

/// How sure it is that `found` is what `wanted` means, 0..1; `None`: it is not.
pub(super) fn score(wanted: &Names, found: &Names) -> Option<f64> {
    let near = wanted.letters.iter().any(|a| found.letters.iter().any(|b| a.may_be(*b)));
    let title = if near { title(&wanted.title, &found.title) } else { 0.0 };
    if title < TITLE {
        return None;
    }
    let known = wanted.has_artist() && found.has_artist();
    let artist = if known { artist(wanted, found) } else { 1.0 };
    if artist < ARTIST {
        return None;
    }
    let seconds = wanted.duration_s.zip(found.duration_s).map(|(a, b)| (f64::from((a - b).abs()), f64::from(a.max(b))));
    let album = album(&wanted.album, &found.album);
    if !known
        && (title < TITLE_OF_TAKE
            || !(album.is_some_and(|alike| alike >= 0.9) || seconds.is_some_and(|(off, _)| off <= 3.0)))
    {
        return None;
    }
    let mut score = 0.6 * title + 0.4 * artist;
    let edited = wanted.title.kinds.differing(found.title.kinds).has(Kinds::EDIT);
    score -= match seconds {
        None => 0.02,
        Some((off, _)) if off <= 3.0 => 0.0,
        Some((off, _)) if off <= 10.0 => 0.02,
        Some((off, longer)) if edited || off <= 30.0 && off <= 0.15 * longer => 0.06,
        Some(_) => 0.15,
    };
    score -= match album {
        None => 0.01,
        Some(alike) if alike >= 0.85 => 0.0,
        Some(_) => 0.03,
    };
    let take = take(wanted, found, album.is_some_and(|alike| alike >= 0.85));
    if take >= ANOTHER_TAKE && (title < TITLE_OF_TAKE || artist < ARTIST_OF_TAKE) {
        return None;
    }
    score -= take;
    let most = if known { 1.0 } else { WITHOUT_ARTIST };
    (score >= LEAST).then_some(score.min(most))
}

/// What is lost because it is another take.
fn take(wanted: &Names, found: &Names, same_album: bool) -> f64 {
    let (mut a, mut b) = (wanted.title.kinds, found.title.kinds);
    // Whoever names a concert's album means the take on it, whatever the titles say.
    if same_album {
        a = a.with(wanted.album_kinds).with(found.album_kinds);
        b = b.with(wanted.album_kinds).with(found.album_kinds);
    } else {
        a = a.with(wanted.album_kinds);
        b = b.with(found.album_kinds);
    }
    let differing = a.differing(b);
    if differing.is_another_take() {
        return ANOTHER_TAKE;
    }
    let mut lost = if differing.has(Kinds::EDIT) { ANOTHER_LENGTH } else { 0.0 };
    let (place, other) = (&wanted.title.version, &found.title.version);
    if a.is_another_take() && !place.is_empty() && !other.is_empty() && alike(place, other) < 0.6 {
        lost += if a.has(Kinds::REMIX) { ANOTHER_TAKE } else { ANOTHER_PLACE };
    }
    lost
}

/// How alike two titles are, 0..1.
fn title(wanted: &Title, found: &Title) -> f64 {
    let whole = titles(&wanted.full, &found.full);
    let (short, other) = (wanted.short(), found.short());
    if whole >= 1.0 || (short == wanted.full && other == found.full) {
        return whole;
    }
    let part = [(short, found.full.as_str()), (wanted.full.as_str(), other), (short, other)];
    let part = part.into_iter().map(|(a, b)| titles(a, b) - BRACKETS).fold(0.0, f64::max);
    whole.max(part)
}

fn titles(a: &str, b: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    let (unshared, dice) = words(a, b);
    let numbers = |text: &str| {
        let mut numbers: Vec<String> =
            text.split(' ').filter(|word| word.bytes().any(|b| b.is_ascii_digit())).map(str::to_owned).collect();
        numbers.sort_unstable();
        numbers
    };
    let close = letters(a, b);
    if close >= 1.0 {
        return 1.0;
    }
    let alike = dice.min(ANOTHER_ORDER).max(close);
    if numbers(a) != numbers(b) {
        return alike.min(DIFFERENT_NUMBER);
    }
    if unshared > UNSHARED { alike.min(DIFFERENT_TITLE) } else { alike }
}

/// How alike two artists are, 0..1.
fn artist(wanted: &Names, found: &Names) -> f64 {
    let whole =
        wanted.whole.iter().flat_map(|a| found.whole.iter().map(move |b| artist_alike(a, b))).fold(0.0, f64::max);
    if whole >= 1.0 {
        return 1.0;
    }
    let (wanted, found) = (wanted.artists(), found.artists());
    let best =
        |name: &String, names: &[String]| names.iter().map(|other| artist_alike(name, other)).fold(0.0, f64::max);
    // One of the two may leave guests out, but the first artist of one must be among the other's.
    let first = wanted.first().map_or(0.0, |name| best(name, found));
    let other = found.first().map_or(0.0, |name| best(name, wanted));
    let count = wanted.len().max(found.len()).max(1) as f64;
    let all = wanted.iter().map(|name| best(name, found)).sum::<f64>() / count;
    whole.max(first.max(other) * 0.9 + 0.1 * all)
}

/// How alike two names are; `Vivaldi` and `A. Vivaldi` are nearly `Antonio Vivaldi`.
fn artist_alike(a: &str, b: &str) -> f64 {
    let alike = alike(a, b);
    if alike < SURNAME && is_abbreviated(a, b) { SURNAME } else { alike }
}

/// Whether the last words are the same and the shorter name has nothing before it but initials of the longer, in order.
fn is_abbreviated(a: &str, b: &str) -> bool {
    let (Some((first_a, last_a)), Some((first_b, last_b))) = (last_word(a), last_word(b)) else { return false };
    if last_a != last_b || last_a.chars().count() < 4 {
        return false;
    }
    // Many have a band.
    if matches!(
        last_a,
        "band" | "orchestra" | "quartet" | "quintet" | "trio" | "group" | "choir" | "ensemble" | "brothers" | "sisters"
    ) {
        return false;
    }
    let (short, long) = if first_a.len() < first_b.len() { (first_a, first_b) } else { (first_b, first_a) };
    let mut names = long.split(' ');
    short
        .split(' ')
        .filter(|word| !word.is_empty())
        .all(|word| word.chars().count() == 1 && names.any(|name| name.starts_with(word)))
}

fn last_word(name: &str) -> Option<(&str, &str)> {
    Some(name.rsplit_once(' ').unwrap_or(("", name))).filter(|(_, last)| !last.is_empty())
}

/// How alike two albums are; `None` where one is not known.
fn album(wanted: &str, found: &str) -> Option<f64> {
    (!wanted.is_empty() && !found.is_empty()).then(|| {
        let contained = crate::text::contains_words(found, wanted) || crate::text::contains_words(wanted, found);
        if contained { 1.0 } else { alike(wanted, found) }
    })
}

/// How alike two folded texts are, by words or by letters.
fn alike(a: &str, b: &str) -> f64 {
    if a == b { 1.0 } else { words(a, b).1.max(letters(a, b)) }
}

/// One minus the edits that lead from one to the other, as a part of the longer, blanks aside; 0 below a half.
fn letters(a: &str, b: &str) -> f64 {
    let chars = |text: &str| text.chars().filter(|c| *c != ' ').take(200).collect::<Vec<char>>();
    let (a, b) = (chars(a), chars(b));
    let longer = a.len().max(b.len());
    if longer == 0 {
        return 0.0;
    }
    edits_within(&a, &b, longer / 3).map_or(0.0, |edits| 1.0 - edits as f64 / longer as f64)
}

/// The part of letters in words that the other one lacks, the larger of both, and the letters in words that both have
/// as a part of all (Dice). Articles and `and` do not count; words with a slip of the pen count less.
fn words(a: &str, b: &str) -> (f64, f64) {
    let split = |text: &str| -> Vec<String> {
        let all = || text.split(' ').filter(|word| !word.is_empty()).take(40);
        let telling: Vec<String> =
            all().filter(|word| !matches!(*word, "the" | "a" | "an" | "and")).map(str::to_owned).collect();
        if telling.is_empty() { all().map(str::to_owned).collect() } else { telling }
    };
    let (a, b) = (split(a), split(b));
    let size = |words: &[String]| words.iter().map(|word| word.chars().count()).sum::<usize>() as f64;
    let (size_a, size_b) = (size(&a), size(&b));
    if size_a == 0.0 || size_b == 0.0 {
        return (1.0, 0.0);
    }
    let mut free: Vec<Option<&String>> = b.iter().map(Some).collect();
    let mut left = Vec::new();
    let (mut shared_a, mut shared_b, mut weight) = (0.0, 0.0, 0.0);
    for word in &a {
        match free.iter_mut().find(|other| **other == Some(word)) {
            Some(other) => {
                *other = None;
                let length = word.chars().count() as f64;
                shared_a += length;
                shared_b += length;
                weight += 2.0 * length;
            }
            None => left.push(word),
        }
    }
    for word in left {
        let near = free.iter_mut().filter_map(|other| Some((slip(word, other.as_deref()?)?, other)));
        if let Some((alike, other)) = near.max_by(|(x, _), (y, _)| x.total_cmp(y)) {
            let (length, theirs) = (word.chars().count() as f64, other.map_or(0, |other| other.chars().count()) as f64);
            *other = None;
            shared_a += length;
            shared_b += theirs;
            weight += alike * (length + theirs);
        }
    }
    (1.0 - (shared_a / size_a).min(shared_b / size_b), weight / (size_a + size_b))
}

/// How alike two words are that differ by a slip: one edit, or two in a long word.
fn slip(a: &str, b: &str) -> Option<f64> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (shorter, longer) = (a.len().min(b.len()), a.len().max(b.len()));
    if shorter < 3 || longer < 4 || a.iter().chain(&b).any(char::is_ascii_digit) {
        return None;
    }
    let edits = edits_within(&a, &b, if longer >= 8 { 2 } else { 1 })?;
    Some(1.0 - edits as f64 / longer as f64)
}

/// Whether two tracks could be one by their names: some word of the title is in both, or the artist is the same.
pub(super) fn may_be_one(wanted: &Names, found: &Names) -> bool {
    alike(&wanted.title.full, &found.title.full) >= 0.5
        || alike(wanted.title.short(), found.title.short()) >= 0.5
        || crate::text::contains_words(&found.title.full, wanted.title.short())
        || crate::text::contains_words(&wanted.title.full, found.title.short())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surnames_and_initials_stand_for_names() {
        for (a, b) in [
            ("vivaldi", "antonio vivaldi"),
            ("j s bach", "johann sebastian bach"),
            ("w a mozart", "wolfgang amadeus mozart"),
        ] {
            assert!(artist_alike(a, b) >= SURNAME && artist_alike(b, a) >= SURNAME, "{a} {b}");
        }
        for (a, b) in [
            ("janet jackson", "michael jackson"),
            ("m jackson", "janet jackson"),
            ("band", "steve miller band"),
            ("air", "some air"),
            ("", "bach"),
        ] {
            assert!(artist_alike(a, b) < ARTIST, "{a} {b}");
        }
    }

    /// The quick look at letters never turns away what the long one would find alike.
    #[test]
    fn the_quick_look_agrees_with_the_long_one() {
        let titles = [
            "bohemian rhapsody",
            "bohemian rapsody",
            "the bohemian rhapsody",
            "good bye blue sky",
            "goodbye blue sky",
            "hello",
            "hallo",
            "karma police",
            "carma polize",
            "paranoid",
            "paranoid android",
            "symphony no 5 in c minor",
            "a",
            "ab",
            "",
        ];
        for a in titles {
            for b in titles {
                let near = Letters::of(a).may_be(Letters::of(b));
                assert!(near || self::titles(a, b) < TITLE, "{a} / {b}");
            }
        }
        assert!(!Letters::of("bohemian rhapsody").may_be(Letters::of("killer queen")));
    }
}
