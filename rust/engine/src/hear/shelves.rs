//! Which songs belong to which artist, album and genre: in memory, built by the first question that needs it.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use segue_space::{TrackId, artist};
use segue_store::{Shelved, Store};

use super::audience::Sight;
use super::shelf_names::ShelfNames;
use crate::Result;
use crate::api::ItemId;
use crate::engine::lock;
use crate::index::{Index, format_item, parse_item};

/// Songs heard since the shelves were built that are put in one by one; more, and all is read anew.
const ONE_BY_ONE: usize = 500;

/// A file on the shelf: its song, and the library item that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Volume {
    pub(crate) song: ItemId,
    pub(crate) item: Option<ItemId>,
}

impl Volume {
    /// From ids as the store has them; `None` for a content key that is none.
    pub(crate) fn new(song_id: &str, item_id: Option<&str>) -> Option<Self> {
        Some(Self { song: parse_item(song_id)?, item: item_id.and_then(parse_item) })
    }
}

/// An artist, with the files by them: as performer or as the album's artist.
#[derive(Debug, Clone, Default)]
pub(crate) struct ArtistShelf {
    /// Name, as one of the files has it.
    pub(crate) name: String,
    volumes: Vec<u32>,
}

/// An album.
#[derive(Debug, Clone, Default)]
pub(crate) struct AlbumShelf {
    /// Title, as one of the files has it.
    pub(crate) title: String,
    /// The album's artist; empty where no file names one.
    pub(crate) artist: String,
    volumes: Vec<u32>,
}

/// All files that have been heard, by artist, album and genre. About 60 bytes a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shelves {
    volumes: Vec<Volume>,
    artists: HashMap<String, ArtistShelf>,
    /// By artist and title in one spelling.
    albums: HashMap<(String, String), AlbumShelf>,
    genres: HashMap<String, Vec<u32>>,
    names: ShelfNames,
}

impl Shelves {
    fn read(store: &Store) -> Result<Self> {
        let mut shelves = Self::default();
        store.for_each_shelved(|file| shelves.put(&file))?;
        shelves.names.sort();
        Ok(shelves)
    }

    fn put(&mut self, file: &Shelved) {
        let Some(volume) = Volume::new(&file.song_id, file.item_id.as_deref()) else { return };
        let Ok(number) = u32::try_from(self.volumes.len()) else { return };
        self.volumes.push(volume);
        let performer = artist(&file.artist);
        let album_artist = artist(&file.album_artist);
        let both = [(&performer, &file.artist), (&album_artist, &file.album_artist)];
        for (key, name) in both.into_iter().take(if performer == album_artist { 1 } else { 2 }) {
            if let Some(key) = key {
                let shelf = self.artists.entry(key.clone()).or_default();
                if shelf.name.is_empty() {
                    name.trim().clone_into(&mut shelf.name);
                }
                shelf.volumes.push(number);
            }
        }
        let title = spelling(&file.album);
        if !title.is_empty() {
            let shelf = self.albums.entry((spelling(&file.album_artist), title)).or_default();
            if shelf.title.is_empty() {
                file.album.trim().clone_into(&mut shelf.title);
                file.album_artist.trim().clone_into(&mut shelf.artist);
            }
            shelf.volumes.push(number);
        }
        for genre in &file.genres {
            let shelf = self.genres.entry(spelling(genre)).or_default();
            if shelf.last() != Some(&number) {
                shelf.push(number);
            }
        }
        self.names.put(file, number);
    }

    /// What things are called in a person's words.
    pub(crate) fn names(&self) -> &ShelfNames {
        &self.names
    }

    /// Files by their numbers.
    pub(crate) fn volumes<'a>(&'a self, numbers: &'a [u32]) -> impl Iterator<Item = &'a Volume> + 'a {
        numbers.iter().filter_map(|number| self.volumes.get(*number as usize))
    }

    /// The songs by an artist that may be seen.
    pub(crate) fn artist(&self, name: &str, index: &Index, sight: &Sight<'_>) -> Vec<TrackId> {
        let shelf = artist(name).and_then(|key| self.artists.get(&key));
        shelf.map(|shelf| self.seen(&shelf.volumes, index, sight)).unwrap_or_default()
    }

    /// The songs of a genre that may be seen.
    pub(crate) fn genre(&self, name: &str, index: &Index, sight: &Sight<'_>) -> Vec<TrackId> {
        let shelf = self.genres.get(&spelling(name));
        shelf.map(|volumes| self.seen(volumes, index, sight)).unwrap_or_default()
    }

    /// The albums that a name fits of which something may be seen, each with its songs: by title, or, where there is none of
    /// that title, by artist and title with a slash between. An artist is the album's, or one of its performers.
    pub(crate) fn albums(&self, name: &str, index: &Index, sight: &Sight<'_>) -> Vec<Vec<TrackId>> {
        let whole = spelling(name);
        let of = |fits: &dyn Fn(&(String, String), &AlbumShelf) -> bool| -> Vec<Vec<TrackId>> {
            let mut found: Vec<(&(String, String), Vec<TrackId>)> = self
                .albums
                .iter()
                .filter(|(key, shelf)| fits(key, shelf))
                .map(|(key, shelf)| (key, self.seen(&shelf.volumes, index, sight)))
                .filter(|(_, songs)| !songs.is_empty())
                .collect();
            found.sort_by_key(|(key, _)| *key);
            found.into_iter().map(|(_, songs)| songs).collect()
        };
        let mut found = of(&|(_, title), _| *title == whole);
        if !found.is_empty() {
            return found;
        }
        for (slash, _) in name.match_indices('/') {
            let (who, title) = (name.get(..slash).unwrap_or_default(), name.get(slash + 1..).unwrap_or_default());
            let (who, title) = (spelling(who), spelling(title));
            let fits = of(&|(album_artist, album), _| *album == title && *album_artist == who);
            found = if fits.is_empty() {
                let by_performer = self.artists.get(&artist(&who).unwrap_or_default());
                let performed: HashSet<u32> = by_performer.iter().flat_map(|shelf| &shelf.volumes).copied().collect();
                of(&|(_, album), shelf| {
                    *album == title && (who.is_empty() || shelf.volumes.iter().any(|number| performed.contains(number)))
                })
            } else {
                fits
            };
            if !found.is_empty() {
                break;
            }
        }
        found
    }

    /// All artists of whom `least` songs or more may be seen, with these, in the order of their names in one spelling.
    pub(crate) fn all_artists(
        &self,
        least: usize,
        index: &Index,
        sight: &Sight<'_>,
    ) -> Vec<(&ArtistShelf, Vec<TrackId>)> {
        let mut keys: Vec<&String> =
            self.artists.iter().filter(|(_, shelf)| shelf.volumes.len() >= least).map(|(key, _)| key).collect();
        keys.sort_unstable();
        let shelves = keys.into_iter().filter_map(|key| self.artists.get(key));
        shelves
            .map(|shelf| (shelf, self.seen(&shelf.volumes, index, sight)))
            .filter(|(_, songs)| songs.len() >= least)
            .collect()
    }

    /// All albums of which `least` songs, or all songs where there are fewer, may be seen, with these, in the order of their
    /// artists and titles in one spelling.
    pub(crate) fn all_albums(
        &self,
        least: usize,
        index: &Index,
        sight: &Sight<'_>,
    ) -> Vec<(&AlbumShelf, Vec<TrackId>)> {
        let mut keys: Vec<&(String, String)> = self.albums.keys().collect();
        keys.sort_unstable();
        let shelves = keys.into_iter().filter_map(|key| self.albums.get(key));
        shelves
            .map(|shelf| (shelf, self.seen(&shelf.volumes, index, sight)))
            .filter(|(shelf, songs)| {
                let of: HashSet<ItemId> =
                    shelf.volumes.iter().filter_map(|number| Some(self.volumes.get(*number as usize)?.song)).collect();
                !songs.is_empty() && songs.len() >= least.min(of.len())
            })
            .collect()
    }

    /// Which of some files may be seen, as tracks, each once, in their order.
    fn seen(&self, volumes: &[u32], index: &Index, sight: &Sight<'_>) -> Vec<TrackId> {
        seen(volumes.iter().filter_map(|number| self.volumes.get(*number as usize)), index, sight)
    }
}

/// Which of some files may be seen, as tracks, each once, in their order.
pub(crate) fn seen<'a>(
    volumes: impl IntoIterator<Item = &'a Volume>,
    index: &Index,
    sight: &Sight<'_>,
) -> Vec<TrackId> {
    let mut known = HashSet::new();
    volumes
        .into_iter()
        .filter_map(|volume| {
            let row = index.row(&format_item(&volume.song))?;
            sight.sees(row, volume.item).then_some(row)
        })
        .filter(|row| known.insert(*row))
        .collect()
}

/// A name in one spelling: lower-case words with one space between.
fn spelling(name: &str) -> String {
    let mut words = name.split_whitespace().map(str::to_lowercase);
    let first = words.next().unwrap_or_default();
    words.fold(first, |spelt, word| spelt + " " + &word)
}

/// The shelves as they stand, and what they have not got yet.
#[derive(Debug, Default)]
pub(crate) struct Library {
    shelves: Mutex<Option<Arc<Shelves>>>,
    /// Content keys of songs that were heard since.
    heard: Mutex<Vec<String>>,
    /// Something else has changed: all must be read anew.
    stale: AtomicBool,
}

impl Library {
    /// A song was heard.
    pub(crate) fn heard(&self, song_id: &str) {
        let mut heard = lock(&self.heard);
        if heard.len() > ONE_BY_ONE {
            self.stale.store(true, Ordering::Release);
            heard.clear();
        } else {
            heard.push(song_id.to_owned());
        }
    }

    /// Files, items or tags have changed.
    pub(crate) fn changed(&self) {
        self.stale.store(true, Ordering::Release);
    }

    /// The shelves with all that is known by now. Nothing else is locked while they are read.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn shelves(&self, store: &Store) -> Result<Arc<Shelves>> {
        let mut kept = lock(&self.shelves);
        // Before the reading: what changes meanwhile is read the next time.
        let stale = self.stale.swap(false, Ordering::AcqRel);
        let heard = std::mem::take(&mut *lock(&self.heard));
        let mut read = || -> Result<Arc<Shelves>> {
            match kept.take() {
                Some(shelves) if !stale && heard.is_empty() => Ok(shelves),
                Some(mut shelves) if !stale => {
                    let known = Arc::make_mut(&mut shelves);
                    for song_id in &heard {
                        let files = store.shelved(song_id)?;
                        let song = parse_item(song_id);
                        // Heard again: it stands there already.
                        if !known.volumes.iter().any(|volume| Some(volume.song) == song) {
                            files.iter().for_each(|file| known.put(file));
                        }
                    }
                    known.names.sort();
                    Ok(shelves)
                }
                _ => Ok(Arc::new(Shelves::read(store)?)),
            }
        };
        let shelves = read().inspect_err(|_| self.changed())?;
        *kept = Some(Arc::clone(&shelves));
        Ok(shelves)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(song: u128, artist: &str, album: &str, genres: &[&str]) -> Shelved {
        Shelved {
            song_id: format_item(&song.to_be_bytes()),
            item_id: Some(format_item(&(song + 1000).to_be_bytes())),
            artist: artist.to_owned(),
            album: album.to_owned(),
            genres: genres.iter().map(|genre| (*genre).to_owned()).collect(),
            ..Shelved::default()
        }
    }

    #[test]
    fn a_file_stands_under_its_artists_its_album_and_its_genres() {
        let mut shelves = Shelves::default();
        shelves.put(&file(1, "Björk", "Début", &["Pop", "pop ", "Jazz"]));
        shelves.put(&Shelved { album_artist: "Various Artists".to_owned(), ..file(2, "BJÖRK", "debut", &[]) });
        shelves.put(&Shelved { album_artist: "Somebody".to_owned(), ..file(3, "Unknown", "", &["Pop"]) });
        shelves.put(&Shelved { song_id: "none".to_owned(), ..file(4, "Björk", "", &[]) });
        assert_eq!(shelves.volumes.len(), 3);
        let artists: HashMap<&str, Vec<u32>> =
            shelves.artists.values().map(|shelf| (shelf.name.as_str(), shelf.volumes.clone())).collect();
        assert_eq!(artists, HashMap::from([("Björk", vec![0, 1]), ("Somebody", vec![2])]));
        assert_eq!(shelves.albums.len(), 2, "one is of nobody in particular, one of various artists");
        assert_eq!((&shelves.genres["pop"], &shelves.genres["jazz"]), (&vec![0, 2], &vec![0]));
    }

    #[test]
    fn names_are_known_in_any_spelling_of_case_and_space() {
        assert_eq!(spelling("  Blue   SKY "), "blue sky");
        assert_eq!(spelling(""), "");
    }
    #[test]
    fn what_is_heard_later_is_put_on_the_shelf() {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(&folder.path().join("segue.db")).unwrap();
        let library = Library::default();
        let names = || {
            let shelves = library.shelves(&store).unwrap();
            let mut names: Vec<(String, usize)> =
                shelves.artists.values().map(|shelf| (shelf.name.clone(), shelf.volumes.len())).collect();
            names.sort();
            names
        };
        let hear = |song, artist: &str| crate::hear::samples::hear(&store, song, artist, &[Vec::new(), Vec::new()]);
        hear(1, "One");
        assert_eq!(names(), [("One".to_owned(), 1)]);
        let second = hear(2, "Two");
        assert_eq!(names().len(), 1, "nobody said so");
        library.heard(&second);
        library.heard(&second);
        assert_eq!(names(), [("One".to_owned(), 1), ("Two".to_owned(), 1)]);
        hear(3, "One");
        library.changed();
        assert_eq!(names()[0].1, 2);
        for song in 10..20 {
            hear(song, "Many");
        }
        (0..2 * ONE_BY_ONE).for_each(|_| library.heard(&second));
        assert_eq!(names()[0], ("Many".to_owned(), 10), "so many that all is read anew");
    }
}
