//! Files and library items: what is there, and what has gone.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::error::{Error, Outcome, Result};
use crate::path::{PathColumn, PathParam};
use crate::records::{FileRecord, FileRow, FileStamp, FileTags, ItemRecord, SyncCounts};
use crate::store::{Store, now};

/// The columns [`tags_from_row`] reads.
pub(crate) const TAG_COLUMNS: &str =
    "f.title, f.artist, f.album_artist, f.album, f.track, f.year, f.mb_recording, f.mb_release, f.mb_artist, f.genres";
/// How many those are.
pub(crate) const TAG_COUNT: usize = 10;

/// A sync with the library under way: [`Store::begin_sync`], [`Store::sync`] as often as needed,
/// [`Store::finish_sync`]. Dropped before its end it leaves all that was put in and takes nothing away.
#[derive(Debug)]
pub struct LibrarySync {
    generation: i64,
    counts: SyncCounts,
}

/// A scan of folders under way: [`Store::begin_scan`], [`Store::put_files`] as often as needed,
/// [`Store::finish_scan`]. Dropped before its end it leaves all that was put in and takes nothing away.
#[derive(Debug)]
pub struct FolderScan {
    generation: i64,
    counts: SyncCounts,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Library,
    Folder,
}

/// What putting a file did.
struct Put {
    file_id: i64,
    /// Size, time or tags are not what they were.
    changed: bool,
    /// It was not there (for this source) before.
    appeared: bool,
    /// This very scan or sync has met it already.
    repeated: bool,
}

impl Store {
    /// The file at this path, if the store knows it.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn file(&self, path: &Path) -> Result<Option<FileRow>> {
        self.read(|db| {
            let sql = format!(
                "SELECT {TAG_COLUMNS}, f.file_id, f.size, f.modified_ns, f.path, f.song_id, f.present, \
                 f.genres IS NOT NULL FROM files f WHERE f.path = ?1"
            );
            let row = db.prepare_cached(&sql)?.query_row([PathParam(path)], |row| {
                Ok(FileRow {
                    tags: tags_from_row(row, 0)?,
                    stamp: stamp_from_row(row, TAG_COUNT)?,
                    path: row.get::<_, PathColumn>(TAG_COUNT + 3)?.0,
                    song_id: row.get(TAG_COUNT + 4)?,
                    present: row.get(TAG_COUNT + 5)?,
                    has_genres: row.get(TAG_COUNT + 6)?,
                })
            });
            Ok(row.optional()?)
        })
    }

    /// Whether the library has an item of this id, heard or not.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for an item id that is not 32 hexadecimal digits; `Locked`, `Damaged`.
    pub fn has_item(&self, item_id: &str) -> Result<bool> {
        let item_id = valid_id(item_id, "an item id")?;
        self.read(|db| Ok(db.prepare_cached("SELECT 1 FROM items WHERE item_id = ?1")?.exists([item_id])?))
    }

    /// Begins a scan of folders.
    ///
    /// # Errors
    ///
    /// `Locked`, `DiskFull`, `Damaged`.
    pub fn begin_scan(&self) -> Result<FolderScan> {
        Ok(FolderScan { generation: self.begin("folder")?, counts: SyncCounts::default() })
    }

    /// Takes in a batch of files that a scan found, in one transaction. A file of unchanged size and time keeps its
    /// song; a changed one loses it, and its failure, and is pending again.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for an empty path; `Locked`, `DiskFull`, `Damaged`. Nothing of the batch is stored then.
    pub fn put_files(&self, scan: &mut FolderScan, files: &[FileRecord]) -> Result<()> {
        scan.counts = self.write(|db| {
            let mut counts = scan.counts;
            for file in files {
                let put = put_file(db, file, Source::Folder, scan.generation)?;
                if !put.repeated {
                    count(&mut counts, put.appeared, put.changed);
                }
            }
            Ok(counts)
        })?;
        Ok(())
    }

    /// Ends a scan: files under `roots` that it did not meet are no longer present (unless a library item has them).
    /// What was heard of them is kept.
    ///
    /// # Errors
    ///
    /// `Locked`, `DiskFull`, `Damaged`.
    #[expect(clippy::needless_pass_by_value, reason = "a scan ends once")]
    pub fn finish_scan(&self, scan: FolderScan, roots: &[PathBuf]) -> Result<SyncCounts> {
        let FolderScan { generation, mut counts } = scan;
        self.write(|db| {
            let mut gone = Vec::new();
            let mut unseen =
                db.prepare("SELECT file_id, path, in_library, song_id FROM files WHERE in_folder AND generation < ?1")?;
            let mut rows = unseen.query([generation])?;
            while let Some(row) = rows.next()? {
                let path = row.get::<_, PathColumn>(1)?.0;
                if roots.iter().any(|root| path.starts_with(root)) {
                    gone.push((row.get::<_, i64>(0)?, row.get::<_, Option<String>>(3)?));
                    counts.removed += u64::from(!row.get::<_, bool>(2)?);
                }
            }
            let mut remove = db.prepare("UPDATE files SET in_folder = 0 WHERE file_id = ?1")?;
            for (file_id, _) in &gone {
                remove.execute([file_id])?;
            }
            for song_id in gone.iter().filter_map(|(_, song_id)| song_id.as_deref()) {
                name_song(db, song_id)?;
            }
            finish(db, generation)?;
            Ok(counts)
        })
    }

    /// Begins a sync with the library.
    ///
    /// # Errors
    ///
    /// `Locked`, `DiskFull`, `Damaged`.
    pub fn begin_sync(&self) -> Result<LibrarySync> {
        Ok(LibrarySync { generation: self.begin("library")?, counts: SyncCounts::default() })
    }

    /// Takes in a batch of library items and their files, in one transaction. Files are treated as by
    /// [`Store::put_files`]. The counts are of items.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for an item id that is not 32 hexadecimal digits, or an empty path; `Locked`, `DiskFull`,
    /// `Damaged`. Nothing of the batch is stored then.
    pub fn sync(&self, sync: &mut LibrarySync, items: &[ItemRecord]) -> Result<()> {
        sync.counts = self.write(|db| {
            let mut counts = sync.counts;
            for item in items {
                let item_id = valid_id(&item.item_id, "an item id")?;
                let put = put_file(db, &item.file, Source::Library, sync.generation)?;
                let before = db
                    .prepare_cached("SELECT file_id, generation FROM items WHERE item_id = ?1")?
                    .query_row([&item_id], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))
                    .optional()?;
                db.prepare_cached(
                    "INSERT INTO items (item_id, file_id, generation) VALUES (?1, ?2, ?3) \
                     ON CONFLICT (item_id) DO UPDATE SET file_id = excluded.file_id, generation = excluded.generation",
                )?
                .execute(params![item_id, put.file_id, sync.generation])?;
                match before {
                    Some((_, generation)) if generation == sync.generation => {}
                    Some((file_id, _)) => count(&mut counts, false, put.changed || file_id != put.file_id),
                    None => count(&mut counts, true, false),
                }
            }
            Ok(counts)
        })?;
        Ok(())
    }

    /// Ends a sync: items that it did not meet are unmapped, and files that no item has any more are no longer
    /// present (unless a folder scan has them). What was heard of them is kept.
    ///
    /// # Errors
    ///
    /// `Locked`, `DiskFull`, `Damaged`.
    #[expect(clippy::needless_pass_by_value, reason = "a sync ends once")]
    pub fn finish_sync(&self, sync: LibrarySync) -> Result<SyncCounts> {
        let LibrarySync { generation, mut counts } = sync;
        self.write(|db| {
            counts.removed += db.execute("DELETE FROM items WHERE generation < ?1", [generation])? as u64;
            let mut unmap = db.prepare(
                "UPDATE files SET in_library = 0 WHERE in_library \
                 AND NOT EXISTS (SELECT 1 FROM items i WHERE i.file_id = files.file_id) RETURNING song_id",
            )?;
            let gone: Vec<Option<String>> = unmap.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            for song_id in gone.iter().flatten() {
                name_song(db, song_id)?;
            }
            finish(db, generation)?;
            Ok(counts)
        })
    }

    fn begin(&self, kind: &str) -> Result<i64> {
        self.write(|db| {
            db.execute("INSERT INTO syncs (kind, began_at) VALUES (?1, ?2)", params![kind, now()])?;
            Ok(db.last_insert_rowid())
        })
    }
}

fn finish(db: &Transaction<'_>, generation: i64) -> Outcome<()> {
    db.execute("UPDATE syncs SET finished_at = ?2 WHERE generation = ?1", params![generation, now()])?;
    Ok(())
}

fn count(counts: &mut SyncCounts, added: bool, changed: bool) {
    let field = match (added, changed) {
        (true, _) => &mut counts.added,
        (false, true) => &mut counts.updated,
        (false, false) => &mut counts.unchanged,
    };
    *field += 1;
}

fn put_file(db: &Transaction<'_>, file: &FileRecord, source: Source, generation: i64) -> Outcome<Put> {
    if file.path.as_os_str().is_empty() {
        return Err(Error::Invalid { what: "a file without a path".to_owned() }.into());
    }
    let size = i64::try_from(file.size).unwrap_or(i64::MAX);
    let (library, folder) = (source == Source::Library, source == Source::Folder);
    let sql = format!(
        "SELECT {TAG_COLUMNS}, f.file_id, f.size, f.modified_ns, f.generation, f.song_id, \
         CASE WHEN ?2 THEN f.in_library ELSE f.in_folder END, f.genres IS NOT NULL FROM files f WHERE f.path = ?1"
    );
    let known = db
        .prepare_cached(&sql)?
        .query_row(params![PathParam(&file.path), library], |row| {
            Ok(KnownFile {
                stamp: stamp_from_row(row, TAG_COUNT)?,
                tags: tags_from_row(row, 0)?,
                last_seen: row.get(TAG_COUNT + 3)?,
                song_id: row.get(TAG_COUNT + 4)?,
                was_there: row.get(TAG_COUNT + 5)?,
                has_genres: row.get(TAG_COUNT + 6)?,
            })
        })
        .optional()?;
    let tags = FileTags { genres: clean_genres(&file.tags.genres), ..file.tags.clone() };
    let Some(known) = known else {
        db.prepare_cached(
            "INSERT INTO files (path, size, modified_ns, title, artist, album_artist, album, track, year, mb_recording, \
             mb_release, mb_artist, in_library, in_folder, generation, genres) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        )?
        .execute(params![
            PathParam(&file.path),
            size,
            file.modified_ns,
            tags.title,
            tags.artist,
            tags.album_artist,
            tags.album,
            tags.track,
            tags.year,
            tags.mb_recording,
            tags.mb_release,
            tags.mb_artist,
            library,
            folder,
            generation,
            tags.genres.join("\n")
        ])?;
        return Ok(Put { file_id: db.last_insert_rowid(), changed: true, appeared: true, repeated: false });
    };
    let file_id = known.stamp.file_id;
    let same_state = known.stamp.size == file.size && known.stamp.modified_ns == file.modified_ns;
    let same_tags = known.tags == tags;
    // A scan and a sync may run at the same time: neither may make the other's sighting look older than it is.
    db.prepare_cached(
        "UPDATE files SET generation = max(generation, ?2), in_library = in_library OR ?3, \
         in_folder = in_folder OR ?4 WHERE file_id = ?1",
    )?
    .execute(params![file_id, generation, library, folder])?;
    if !same_tags || !known.has_genres {
        db.prepare_cached(
            "UPDATE files SET title = ?2, artist = ?3, album_artist = ?4, album = ?5, track = ?6, year = ?7, \
             mb_recording = ?8, mb_release = ?9, mb_artist = ?10, genres = ?11 WHERE file_id = ?1",
        )?
        .execute(params![
            file_id,
            tags.title,
            tags.artist,
            tags.album_artist,
            tags.album,
            tags.track,
            tags.year,
            tags.mb_recording,
            tags.mb_release,
            tags.mb_artist,
            tags.genres.join("\n")
        ])?;
    }
    if !same_state {
        db.prepare_cached("UPDATE files SET size = ?2, modified_ns = ?3, song_id = NULL WHERE file_id = ?1")?
            .execute(params![file_id, size, file.modified_ns])?;
        db.prepare_cached("DELETE FROM failures WHERE file_id = ?1")?.execute([file_id])?;
    }
    if !(same_state && same_tags && known.was_there)
        && let Some(song_id) = known.song_id
    {
        name_song(db, &song_id)?;
    }
    let repeated = known.last_seen == generation && known.was_there;
    Ok(Put { file_id, changed: !(same_state && same_tags), appeared: !known.was_there, repeated })
}

/// A file as the store has it before a scan or sync puts it.
struct KnownFile {
    stamp: FileStamp,
    tags: FileTags,
    last_seen: i64,
    song_id: Option<String>,
    was_there: bool,
    has_genres: bool,
}

/// Genres as they are kept: on one line each, no blank one, none twice.
fn clean_genres(genres: &[String]) -> Vec<String> {
    let mut clean: Vec<String> = Vec::with_capacity(genres.len());
    for genre in genres {
        let line: String = genre.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
        let line = line.trim();
        if !line.is_empty() && !clean.iter().any(|known| known == line) {
            clean.push(line.to_owned());
        }
    }
    clean
}

/// Gives a song the names its first file has.
pub(crate) fn name_song(db: &Connection, song_id: &str) -> Outcome<()> {
    let names = db
        .prepare_cached(
            "SELECT title, artist, album_artist, album FROM files WHERE song_id = ?1 ORDER BY present DESC, path LIMIT 1",
        )?
        .query_row([song_id], |row| {
            let names: (String, String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
            Ok(names)
        })
        .optional()?;
    let Some((title, artist, album_artist, album)) = names else {
        return Ok(());
    };
    let artist = if artist.trim().is_empty() { album_artist } else { artist };
    let known = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    db.prepare_cached(
        "UPDATE songs SET song_name = ?2, artist_name = ?3, album_name = ?4, artist_id = ?5 WHERE song_id = ?1 \
         AND (song_name IS NOT ?2 OR artist_name IS NOT ?3 OR album_name IS NOT ?4 OR artist_id IS NOT ?5)",
    )?
    .execute(params![
        song_id,
        known(&title),
        known(&artist),
        known(&album),
        known(&artist.trim().to_lowercase())
    ])?;
    Ok(())
}

/// Reads [`TAG_COLUMNS`], which begin at column `at`.
pub(crate) fn tags_from_row(row: &Row<'_>, at: usize) -> rusqlite::Result<FileTags> {
    Ok(FileTags {
        title: row.get(at)?,
        artist: row.get(at + 1)?,
        album_artist: row.get(at + 2)?,
        album: row.get(at + 3)?,
        track: row.get(at + 4)?,
        year: row.get(at + 5)?,
        mb_recording: row.get(at + 6)?,
        mb_release: row.get(at + 7)?,
        mb_artist: row.get(at + 8)?,
        genres: lines(row.get::<_, Option<String>>(at + 9)?.as_deref().unwrap_or_default()),
    })
}

/// What is kept one per line.
pub(crate) fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

/// Reads file_id, size and modified_ns, which begin at column `at`.
pub(crate) fn stamp_from_row(row: &Row<'_>, at: usize) -> rusqlite::Result<FileStamp> {
    let size = unsigned(row, at + 1)?;
    Ok(FileStamp { file_id: row.get(at)?, size, modified_ns: row.get(at + 2)? })
}

/// A size or a count; SQLite's integers are signed.
pub(crate) fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(column)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, value))
}

/// 16 bytes as 32 hexadecimal digits, in lower case as they are stored.
pub(crate) fn valid_id(id: &str, what: &str) -> Result<String> {
    if id.len() == 32 && id.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        Ok(id.to_ascii_lowercase())
    } else {
        Err(Error::Invalid { what: format!("{what} is 32 hexadecimal digits, not \"{}\"", id.escape_debug()) })
    }
}
