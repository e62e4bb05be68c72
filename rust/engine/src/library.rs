//! What music there is: folders scanned by the command line, libraries synced by a media server.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use segue_lists::{ArtistIds, ArtistSource, Untagged, fill_artist};
use segue_store::{FileRecord, FileRow, FileTags, ItemRecord, LibrarySync, SyncCounts};
use walkdir::WalkDir;

use crate::api::{LibraryTrack, SyncSummary, Tags};
use crate::engine::{State, lock};
use crate::index::{artist_of, no_item};
use crate::stamp::stamp;
use crate::{Engine, Error, Result};

/// Numbers of syncs; never the same twice in a process, so that a caller's stale number is noticed.
static NEXT_SYNC: AtomicU64 = AtomicU64::new(1);
/// Files put into the store at a time.
const BATCH: usize = 256;

impl Engine {
    /// Looks for audio files below `roots` (folders or single files) and brings the store up to date with them: new,
    /// changed and vanished files. Tags are read of new and changed files only, and once of those that a version before
    /// genres has put in; nothing is decoded.
    ///
    /// # Errors
    /// [`Error::Cancelled`] when `keep_going` answers `false`; [`Error::Io`] when a root cannot be read (what is known
    /// of it is kept: an unplugged disk is no deleted music); when the store fails.
    pub fn scan_folders(&self, roots: &[PathBuf], keep_going: &dyn Fn() -> bool) -> Result<SyncSummary> {
        let going = || keep_going() && !self.is_closing();
        let Walk { files, mut unreadable } = audio_files(roots, &going)?;
        self.with(|state| {
            state.stale.store(true, Ordering::Release);
            let mut scan = state.store.begin_scan()?;
            let mut artists = known_artists(state)?;
            for batch in files.chunks(BATCH) {
                let mut records = Vec::with_capacity(batch.len());
                for path in batch {
                    if !going() {
                        return Err(Error::Cancelled);
                    }
                    let (size, modified_ns) = match stamp(path) {
                        Ok(stamp) => stamp,
                        // A file that vanishes between the walk and now is simply not there.
                        Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                        Err(_) => {
                            unreadable.push(path.clone());
                            continue;
                        }
                    };
                    let known = state.store.file(path)?.and_then(|row| tags_in_hand(row, size, modified_ns));
                    let tags = with_artist(known.unwrap_or_else(|| read_tags(path)), path, &mut artists);
                    records.push(FileRecord { path: path.clone(), size, modified_ns, tags });
                }
                state.store.put_files(&mut scan, &records)?;
            }
            // What could not be looked at is not gone: below a root with such a place nothing is taken away.
            let read: Vec<PathBuf> =
                roots.iter().filter(|root| !unreadable.iter().any(|path| path.starts_with(root))).cloned().collect();
            let counts = state.store.finish_scan(scan, &read)?;
            state.refresh_after(counts)
        })
    }

    /// Begins to bring the store up to date with a media server's library. Give the number to [`Engine::sync`] and
    /// [`Engine::finish_sync`]. A sync that was begun before and not finished is dropped.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn begin_sync(&self) -> Result<u64> {
        self.with(|state| {
            let begun = state.store.begin_sync()?;
            let artists = known_artists(state)?;
            let mut current = lock(&self.sync);
            let number = NEXT_SYNC.fetch_add(1, Ordering::Relaxed);
            *current = Some(Sync { number, begun, artists });
            Ok(number)
        })
    }

    /// A part of the library, of any size. Files are looked at (size and time), not opened. One that is away for now, with
    /// its disk or its share, keeps what is known of it; one that was never seen is left out.
    ///
    /// # Errors
    /// When an item's id is not 32 hexadecimal digits, the store fails or the engine is closed.
    pub fn sync(&self, generation: u64, tracks: &[LibraryTrack]) -> Result<()> {
        self.with(|state| {
            let mut current = lock(&self.sync);
            let sync = match current.as_mut() {
                Some(sync) if sync.number == generation => sync,
                _ => return Err(overtaken()),
            };
            state.stale.store(true, Ordering::Release);
            for batch in tracks.chunks(BATCH) {
                let mut records = Vec::with_capacity(batch.len());
                for track in batch {
                    if self.is_closing() {
                        return Err(Error::Closed);
                    }
                    if crate::index::parse_item(&track.item_id).is_none() {
                        return Err(no_item(&track.item_id));
                    }
                    let (size, modified_ns) = match (stamp(&track.path), state.store.file(&track.path)?) {
                        (Ok(stamp), _) => stamp,
                        (Err(_), Some(known)) => (known.stamp.size, known.stamp.modified_ns),
                        (Err(_), None) => continue,
                    };
                    records.push(ItemRecord {
                        item_id: track.item_id.to_ascii_lowercase(),
                        file: FileRecord {
                            path: track.path.clone(),
                            size,
                            modified_ns,
                            tags: with_artist(to_store(&track.tags), &track.path, &mut sync.artists),
                        },
                    });
                }
                state.store.sync(&mut sync.begun, &records)?;
            }
            Ok(())
        })
    }

    /// Ends a sync: items that were not named since [`Engine::begin_sync`] are gone. What was heard of them is kept,
    /// so that they cost nothing when they come back or were only moved.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn finish_sync(&self, generation: u64) -> Result<SyncSummary> {
        self.with(|state| {
            let sync = lock(&self.sync).take_if(|sync| sync.number == generation);
            let Some(sync) = sync else { return Err(overtaken()) };
            let counts = state.store.finish_sync(sync.begun)?;
            state.refresh_after(counts)
        })
    }
}

impl State {
    fn refresh_after(&self, counts: SyncCounts) -> Result<SyncSummary> {
        let summary = SyncSummary {
            added: counts.added,
            updated: counts.updated,
            removed: counts.removed,
            unchanged: counts.unchanged,
        };
        // A scan or sync that was dropped may have changed what this one finds unchanged.
        if counts.added + counts.updated + counts.removed > 0 || self.stale.load(Ordering::Acquire) {
            self.refresh()?;
            self.update_artists()?;
            self.stale.store(false, Ordering::Release);
        }
        Ok(summary)
    }
}

/// A sync that is under way.
pub(crate) struct Sync {
    number: u64,
    begun: LibrarySync,
    /// Who made what, so far as the library told.
    artists: ArtistIds,
}

/// The artists of everything that was heard, by their MusicBrainz ids.
fn known_artists(state: &State) -> Result<ArtistIds> {
    let mut artists = ArtistIds::default();
    state.store.for_each_song(|song| artists.add(&song.tags.mb_artist, artist_of(&song.tags)))?;
    Ok(artists)
}

/// The same tags, with an artist where they name none: that of other tracks with the same MusicBrainz artist id, else what file
/// and folders are called.
fn with_artist(tags: FileTags, path: &Path, artists: &mut ArtistIds) -> FileTags {
    artists.add(&tags.mb_artist, artist_of(&tags));
    let untagged = Untagged {
        path,
        title: &tags.title,
        artist: &tags.artist,
        album_artist: &tags.album_artist,
        album: &tags.album,
        mb_artist: &tags.mb_artist,
    };
    match fill_artist(&untagged, artists) {
        Some((artist, source)) if source != ArtistSource::Tags => FileTags { artist, ..tags },
        _ => tags,
    }
}

/// What lies below some folders.
pub(crate) struct Walk {
    /// Audio files, in a stable order.
    pub(crate) files: Vec<PathBuf>,
    /// Folders and files that could not be looked at.
    pub(crate) unreadable: Vec<PathBuf>,
}

/// All audio files below `roots`.
pub(crate) fn audio_files(roots: &[PathBuf], keep_going: &dyn Fn() -> bool) -> Result<Walk> {
    let mut files = Vec::new();
    let mut unreadable = Vec::new();
    for root in roots {
        std::fs::metadata(root).map_err(|source| Error::Io { path: root.clone(), source })?;
        for entry in WalkDir::new(root).follow_links(true).sort_by_file_name() {
            if !keep_going() {
                return Err(Error::Cancelled);
            }
            match entry {
                Ok(entry) if entry.file_type().is_file() && segue_media::is_audio(entry.path()) => {
                    files.push(entry.into_path());
                }
                Ok(_) => {}
                Err(error) if error.depth() == 0 => {
                    return Err(Error::Io { path: root.clone(), source: error.into() });
                }
                Err(error) => {
                    tracing::warn!(%error, "passed over");
                    unreadable.push(error.path().map_or_else(|| root.clone(), Path::to_path_buf));
                }
            }
        }
    }
    files.sort();
    files.dedup();
    Ok(Walk { files, unreadable })
}

/// A sync was begun after this one, or this one was ended.
fn overtaken() -> Error {
    Error::InvalidArgument("this sync is over; begin another".to_owned())
}

/// The tags that the store has of a file, unless it has changed, or they are from before genres were kept.
fn tags_in_hand(row: FileRow, size: u64, modified_ns: i64) -> Option<FileTags> {
    let same = row.stamp.size == size && row.stamp.modified_ns == modified_ns;
    (same && row.has_genres).then_some(row.tags)
}

/// Tags of a file; a file whose tags cannot be read has none.
fn read_tags(path: &Path) -> FileTags {
    let tags = segue_media::read_tags(path).unwrap_or_default();
    FileTags {
        title: tags.title.unwrap_or_default(),
        artist: tags.artist.unwrap_or_default(),
        album_artist: tags.album_artist.unwrap_or_default(),
        album: tags.album.unwrap_or_default(),
        track: tags.track.unwrap_or_default(),
        year: tags.year.and_then(|year| i32::try_from(year).ok()).unwrap_or_default(),
        mb_recording: tags.musicbrainz.recording.unwrap_or_default(),
        mb_release: tags.musicbrainz.release.unwrap_or_default(),
        mb_artist: tags.musicbrainz.artist.unwrap_or_default(),
        genres: tags.genres,
    }
}

fn to_store(tags: &Tags) -> FileTags {
    FileTags {
        title: tags.title.clone(),
        artist: tags.artist.clone(),
        album_artist: tags.album_artist.clone(),
        album: tags.album.clone(),
        track: tags.track,
        year: tags.year,
        mb_recording: tags.mb_recording.clone(),
        mb_release: tags.mb_release.clone(),
        mb_artist: tags.mb_artist.clone(),
        genres: tags.genres.clone(),
    }
}

/// As the store keeps them, for callers.
pub(crate) fn from_store(tags: FileTags) -> Tags {
    Tags {
        title: tags.title,
        artist: tags.artist,
        album_artist: tags.album_artist,
        album: tags.album,
        track: tags.track,
        year: tags.year,
        mb_recording: tags.mb_recording,
        mb_release: tags.mb_release,
        mb_artist: tags.mb_artist,
        genres: tags.genres,
    }
}

#[cfg(test)]
mod tests {
    use segue_store::FileStamp;

    use super::*;

    #[test]
    fn tags_are_read_of_changed_files_and_once_of_those_from_before_genres() {
        let tags = FileTags { title: "A".to_owned(), ..FileTags::default() };
        let row = FileRow {
            stamp: FileStamp { file_id: 1, size: 7, modified_ns: 9 },
            path: "a".into(),
            tags: tags.clone(),
            song_id: None,
            present: true,
            has_genres: true,
        };
        assert_eq!(tags_in_hand(row.clone(), 7, 9), Some(tags));
        assert_eq!(tags_in_hand(row.clone(), 8, 9), None);
        assert_eq!(tags_in_hand(row.clone(), 7, 8), None);
        assert_eq!(tags_in_hand(FileRow { has_genres: false, ..row }, 7, 9), None);
    }

    #[test]
    fn an_artist_that_tags_do_not_name_comes_from_other_tracks_or_from_folders() {
        let mut artists = ArtistIds::default();
        let named = FileTags { artist: "Nina".to_owned(), mb_artist: "id-1".to_owned(), ..FileTags::default() };
        let filled = |tags: &FileTags, path: &str, artists: &mut ArtistIds| {
            with_artist(tags.clone(), Path::new(path), artists).artist
        };
        assert_eq!(filled(&named, "/music/Nick Drake/Pink Moon/01 - Parasite.mp3", &mut artists), "Nina");
        let same_id = FileTags { mb_artist: "id-1".to_owned(), ..FileTags::default() };
        assert_eq!(filled(&same_id, "/music/Baltimore/02 - Rich Girl.mp3", &mut artists), "Nina");
        let nothing = FileTags::default();
        assert_eq!(filled(&nothing, "/music/Nick Drake/Pink Moon/01 - Parasite.mp3", &mut artists), "Nick Drake");
        assert_eq!(filled(&nothing, "/Downloads/track.mp3", &mut artists), "");
        let album = FileTags { album_artist: "The Band".to_owned(), ..FileTags::default() };
        assert_eq!(filled(&album, "/music/Nick Drake/Pink Moon/01 - Parasite.mp3", &mut artists), "");
    }
}
