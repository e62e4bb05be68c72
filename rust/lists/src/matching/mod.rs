//! Which track of a library an entry of a playlist is: by MusicBrainz recording, then by path, then by names. How the
//! score comes about, and how often it is right, is in `docs/import.md`.

mod names;
mod paths;
mod score;
mod takes;

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::PathBuf;

pub(crate) use names::{artist_names, is_nobody, without_article};
pub(crate) use paths::stem;

use crate::artist;
use crate::entry::Entry;
use paths::{Located, Tail};
use score::Names;

/// From this score on a match is as good as certain; below it a person should look: another take, or names that differ.
pub const SURE: f64 = 0.8;

/// Tracks that one word may have in common for all of them to be looked at.
const COMMON: usize = 2000;

/// What a path's tail scores with three parts or more in common, and with two.
const LONG_TAIL: f64 = 0.95;
const SHORT_TAIL: f64 = 0.9;
/// What another file type takes away: the list may be older than the files.
const OTHER_TYPE: f64 = 0.05;
/// The same path in another case or Unicode form.
const OTHER_SPELLING: f64 = 0.98;

/// A track of the library. Empty strings where nothing is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Candidate {
    /// Title.
    pub title: String,
    /// Artist.
    pub artist: String,
    /// Artist of the album.
    pub album_artist: String,
    /// Album.
    pub album: String,
    /// Length in seconds.
    pub duration_s: Option<f64>,
    /// Where the file lies.
    pub path: PathBuf,
    /// MusicBrainz recording id, or empty.
    pub mb_recording: String,
}

/// By what an entry was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum How {
    /// Both name the same MusicBrainz recording.
    MusicBrainz,
    /// The path, or its end.
    Path,
    /// Title, artist, album and length.
    Names,
}

impl How {
    /// `musicbrainz`, `path` or `names`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MusicBrainz => "musicbrainz",
            Self::Path => "path",
            Self::Names => "names",
        }
    }
}

/// A track that an entry was found as.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// Its place among the candidates.
    pub index: usize,
    /// How sure it is, 0..1; see [`SURE`].
    pub score: f64,
    /// By what it was found.
    pub how: How,
}

/// A library made ready for finding the entries of playlists in it. It keeps about half a kilobyte a track.
#[derive(Debug, Default)]
pub struct Matcher {
    names: Vec<Names>,
    paths: Vec<PathBuf>,
    /// Places by what is looked up, sorted: hashes of titles, words, artists and ends of paths.
    index: Vec<(u64, u32)>,
    recordings: HashMap<String, Vec<u32>>,
}

/// What a key in the index is of.
#[derive(Hash, Clone, Copy)]
enum Of {
    Title,
    TitleWord,
    ArtistWord,
    Path,
    PathTail,
}

fn key(of: Of, text: &str) -> u64 {
    // Its keys are fixed, so that the order of the index is the same in every run.
    let mut hasher = DefaultHasher::new();
    (of, text).hash(&mut hasher);
    hasher.finish()
}

impl Matcher {
    /// Makes a library ready. Tracks without an artist get the one that file or folder names, if any.
    #[must_use]
    pub fn new(candidates: Vec<Candidate>) -> Self {
        Self::new_cancellable(candidates, &|| false).unwrap_or_default()
    }

    /// The same for a large library; `None` as soon as `cancelled` says so, which is asked every 256 tracks.
    #[must_use]
    pub fn new_cancellable(candidates: Vec<Candidate>, cancelled: &dyn Fn() -> bool) -> Option<Self> {
        let mut matcher = Self::default();
        for (at, candidate) in candidates.into_iter().enumerate() {
            if at % 256 == 0 && cancelled() {
                return None;
            }
            let Ok(place) = u32::try_from(at) else { break };
            matcher.add(place, candidate);
        }
        matcher.index.sort_unstable();
        matcher.index.dedup();
        matcher.index.shrink_to_fit();
        Some(matcher)
    }

    fn add(&mut self, place: u32, candidate: Candidate) {
        let names = names_of_candidate(&candidate);
        let mut keys = title_keys(&names);
        keys.extend(words_of(&names.title.full).map(|word| key(Of::TitleWord, word)));
        keys.extend(names.whole.iter().flat_map(|name| words_of(name)).map(|word| key(Of::ArtistWord, word)));
        let recording = candidate.mb_recording.trim().to_ascii_lowercase();
        if !recording.is_empty() {
            self.recordings.entry(recording).or_default().push(place);
        }
        let located = Located::new(candidate.path);
        keys.extend(located.whole().map(|path| key(Of::Path, path)));
        keys.extend(located.tail_key().map(|tail| key(Of::PathTail, &tail)));
        self.index.extend(keys.into_iter().map(|key| (key, place)));
        self.names.push(names);
        self.paths.push(located.into_path());
    }

    /// Tracks in the library.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether the library has no tracks.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The track that an entry means, if the library has one. Of equally good ones the first.
    #[must_use]
    pub fn find(&self, entry: &Entry) -> Option<Match> {
        let wanted = names_of_entry(entry);
        self.by_recording(entry, &wanted)
            .or_else(|| self.by_path(entry, &wanted))
            .or_else(|| self.by_names(entry, &wanted))
    }

    fn by_recording(&self, entry: &Entry, wanted: &Names) -> Option<Match> {
        let id = entry.mb_recording.as_deref()?.trim().to_ascii_lowercase();
        let places = self.recordings.get(&id)?;
        // One recording may lie in several files, on several albums.
        let path = entry.path.clone().map(Located::new);
        let fit = |place: u32| {
            let located = path.is_some().then(|| self.located(place)).flatten();
            let tail = path
                .as_ref()
                .zip(located)
                .map_or(0, |(path, located)| path.tail(&located).map_or(0, |tail| tail.parts));
            let score = self.names.get(place as usize).and_then(|found| score::score(wanted, found)).unwrap_or(0.0);
            (tail, score)
        };
        let best = places.iter().map(|&place| (fit(place), place)).reduce(|best, next| {
            let better = next.0.0.cmp(&best.0.0).then(next.0.1.total_cmp(&best.0.1)).is_gt();
            if better { next } else { best }
        })?;
        Some(Match { index: best.1 as usize, score: 1.0, how: How::MusicBrainz })
    }

    fn by_path(&self, entry: &Entry, wanted: &Names) -> Option<Match> {
        let path = Located::new(entry.path.clone()?);
        let found = |index: u32, score: f64| Match { index: index as usize, score, how: How::Path };
        let same = self.places(Of::Path, path.whole()?);
        let at = |place: u32| self.located(place);
        if let Some(place) = same.clone().find(|&place| at(place).is_some_and(|located| located.is(&path))) {
            return Some(found(place, 1.0));
        }
        if path.is_absolute()
            && let Some(place) = same.clone().find(|&place| at(place).is_some_and(|located| located.spells(&path)))
            && same.clone().count() == 1
        {
            return Some(found(place, OTHER_SPELLING));
        }
        let mut best: Option<(Tail, u32)> = None;
        let mut unique = true;
        for place in self.places(Of::PathTail, &path.tail_key()?).take(COMMON) {
            let Some(tail) = at(place).and_then(|located| path.tail(&located)) else { continue };
            match best.map(|(known, _)| tail.cmp(&known)) {
                Some(std::cmp::Ordering::Less) => {}
                Some(std::cmp::Ordering::Equal) => unique = false,
                _ => (best, unique) = (Some((tail, place)), true),
            }
        }
        let (tail, place) = best.filter(|_| unique)?;
        // `CD1/01.mp3` is in every collection; and a title that differs altogether belongs to another file.
        if !path.tells(tail.parts)
            || self.names.get(place as usize).is_some_and(|names| contradicts(entry, wanted, names))
        {
            return None;
        }
        let score = if tail.parts >= 3 { LONG_TAIL } else { SHORT_TAIL };
        Some(found(place, if tail.same_type { score } else { score - OTHER_TYPE }))
    }

    fn by_names(&self, entry: &Entry, wanted: &Names) -> Option<Match> {
        let best = self.best_named(wanted);
        // Some write the title before the artist.
        let swapped = || {
            let turned = Names::new(&entry.artist, [&entry.title, ""], &entry.album, entry.duration_s);
            let best = self.best_named(&turned).map(|(place, score)| (place, score - 0.05));
            best.filter(|&(_, score)| score >= SURE)
        };
        let worth =
            !entry.artist.is_empty() && !entry.title.is_empty() && entry.mb_recording.is_none() && entry.isrc.is_none();
        let (place, score) = best.or_else(|| if worth { swapped() } else { None })?;
        Some(Match { index: place as usize, score: score.clamp(0.0, 1.0), how: How::Names })
    }

    fn best_named(&self, wanted: &Names) -> Option<(u32, f64)> {
        let mut best: Option<(u32, f64)> = None;
        let mut second = 0.0_f64;
        for place in self.near(wanted) {
            let Some(score) = self.names.get(place as usize).and_then(|found| score::score(wanted, found)) else {
                continue;
            };
            if best.is_none_or(|(_, known)| score > known) {
                second = best.map_or(0.0, |(_, known)| known);
                best = Some((place, score));
            } else {
                second = second.max(score);
            }
        }
        // Without an artist two tracks of one title cannot be told apart unless one of them fits better.
        best.filter(|&(_, score)| !wanted.whole.is_empty() || score > second + 0.01)
    }

    /// Places of tracks that may be meant, sorted, each once.
    fn near(&self, wanted: &Names) -> Vec<u32> {
        let mut near: Vec<u32> = title_keys(wanted)
            .iter()
            .flat_map(|&key| self.range(key))
            .map(|&(_, place)| place)
            .take(4 * COMMON)
            .collect();
        let lists = |of: Of, texts: &[String]| {
            let words = texts.iter().flat_map(|text| words_of(text)).take(24);
            let mut lists: Vec<&[(u64, u32)]> =
                words.map(|word| self.range(key(of, word))).filter(|list| !list.is_empty()).collect();
            lists.sort_by_key(|list| list.len());
            lists
        };
        let titles = lists(Of::TitleWord, std::slice::from_ref(&wanted.title.full));
        let artists = lists(Of::ArtistWord, &wanted.whole);
        for list in titles.iter().take(2).chain(artists.iter().take(2)).filter(|list| list.len() <= COMMON) {
            near.extend(list.iter().map(|&(_, place)| place));
        }
        // Common words only: those tracks that have one of the title's and one of the artist's.
        for title in titles.iter().take(2).filter(|list| list.len() > COMMON) {
            for artist in artists.iter().take(2).filter(|list| list.len() > COMMON) {
                near.extend(common(title, artist).take(COMMON));
            }
        }
        near.sort_unstable();
        near.dedup();
        near
    }

    fn located(&self, place: u32) -> Option<Located> {
        self.paths.get(place as usize).cloned().map(Located::new)
    }

    fn range(&self, key: u64) -> &[(u64, u32)] {
        let start = self.index.partition_point(|&(known, _)| known < key);
        let rest = self.index.get(start..).unwrap_or_default();
        rest.get(..rest.partition_point(|&(known, _)| known == key)).unwrap_or_default()
    }

    fn places(&self, of: Of, text: &str) -> impl Iterator<Item = u32> + Clone + '_ {
        self.range(key(of, text)).iter().map(|&(_, place)| place)
    }
}

/// Places in both lists, which are sorted by place.
fn common<'a>(a: &'a [(u64, u32)], b: &'a [(u64, u32)]) -> impl Iterator<Item = u32> + 'a {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    short.iter().map(|&(_, place)| place).filter(|place| long.binary_search_by_key(place, |&(_, other)| other).is_ok())
}

/// Whether an entry's names say that it is another track than one with the same end of its path.
fn contradicts(entry: &Entry, wanted: &Names, found: &Names) -> bool {
    !entry.title.is_empty() && !found.title.full.is_empty() && !score::may_be_one(wanted, found)
}

fn title_keys(names: &Names) -> Vec<u64> {
    let squeezed = |text: &str| key(Of::Title, &text.replace(' ', ""));
    let mut keys = vec![squeezed(&names.title.full)];
    if names.title.short() != names.title.full {
        keys.push(squeezed(names.title.short()));
    }
    keys
}

/// The words by which something is looked up.
fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(' ').filter(|word| !matches!(*word, "" | "the" | "a" | "an" | "and" | "of")).take(24)
}

fn names_of_candidate(track: &Candidate) -> Names {
    if is_nobody(&crate::text::fold(&track.artist)) && is_nobody(&crate::text::fold(&track.album_artist)) {
        let file = artist::from_file(&track.path, &track.title, &track.album);
        let title = match &file {
            Some(names) if track.title.is_empty() || artist::is_stem(&track.path, &track.title) => names.title.as_str(),
            _ => track.title.as_str(),
        };
        let artist = file.as_ref().map_or("", |names| names.artist.as_str());
        return Names::new(title, [artist, ""], &track.album, track.duration_s);
    }
    Names::new(&track.title, [&track.artist, &track.album_artist], &track.album, track.duration_s)
}

fn names_of_entry(entry: &Entry) -> Names {
    if entry.title.is_empty()
        && let Some(path) = &entry.path
        && let Some(file) = artist::from_file(path, "", &entry.album)
    {
        let artist = if entry.artist.is_empty() { &file.artist } else { &entry.artist };
        return Names::new(&file.title, [artist, ""], &entry.album, entry.duration_s);
    }
    Names::new(&entry.title, [&entry.artist, ""], &entry.album, entry.duration_s)
}
