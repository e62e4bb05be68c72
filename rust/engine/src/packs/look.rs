//! How a pack stands.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use segue_models::{ListedFile, ListedPack};

use super::manifest::{Manifest, Stamp, digest};
use super::types::{Pack, PackFile, PackState};
use crate::Result;
use crate::engine::lock;

/// Digests of files that were read, so that they are not read again while they look the same.
#[derive(Debug, Default)]
pub(super) struct Seen(Mutex<HashMap<PathBuf, (Stamp, String)>>);

impl Seen {
    /// A file's digest, read if need be. Nobody waits for another's reading.
    pub(super) fn digest(&self, path: &Path, going_on: &mut dyn FnMut(u64) -> bool) -> Result<String> {
        let stamp = Stamp::of(path).unwrap_or_default();
        if let Some((known, digest)) = lock(&self.0).get(path)
            && *known == stamp
        {
            return Ok(digest.clone());
        }
        let found = digest(path, going_on)?;
        lock(&self.0).insert(path.to_owned(), (stamp, found.clone()));
        Ok(found)
    }
}

/// The folders of a pack.
#[derive(Debug, Clone)]
pub(super) struct Folders {
    /// Of all that a person has added.
    pub(super) root: PathBuf,
    /// Where its files lie.
    pub(super) pack: PathBuf,
    /// Where they are gathered. Its name begins with a dot: nobody looks for models there.
    pub(super) staging: PathBuf,
    /// Where the former ones lie for the moment in which they are exchanged.
    pub(super) former: PathBuf,
}

impl Folders {
    pub(super) fn of(root: &Path, pack: &str) -> Self {
        Self {
            root: root.to_owned(),
            pack: root.join(pack),
            staging: root.join(format!(".{pack}.part")),
            former: root.join(format!(".{pack}.former")),
        }
    }

    /// Where a file of it lies, if anywhere: in its folder, or among all that was added.
    pub(super) fn place(&self, file: &str) -> Option<PathBuf> {
        [self.pack.join(file), self.root.join(file)].into_iter().find(|path| path.is_file())
    }

    /// Where a file of it is being fetched to.
    pub(super) fn part(&self, file: &str) -> PathBuf {
        self.staging.join(format!("{file}.part"))
    }
}

/// What a file that is there turned out to be.
pub(super) enum Found {
    /// What it should be, or nobody can tell.
    Right,
    Wrong(String),
}

/// Looks at one file: its size, and its digest unless it looks as when it was verified.
pub(super) fn judge(
    listed: &ListedFile,
    path: &Path,
    manifest: &Manifest,
    seen: &Seen,
    going_on: &mut dyn FnMut(u64) -> bool,
) -> Result<Found> {
    let stamp = Stamp::of(path).unwrap_or_default();
    if listed.bytes > 0 && stamp.bytes != listed.bytes {
        return Ok(Found::Wrong(format!("{} has {} bytes and should have {}", listed.name, stamp.bytes, listed.bytes)));
    }
    // Of a file that nobody states a digest of, the one that was fetched counts.
    let placed = manifest.files.get(&listed.name);
    let expected = match placed {
        _ if !listed.sha256.is_empty() => listed.sha256.as_str(),
        Some(placed) => placed.sha256.as_str(),
        None if stamp.bytes == 0 => return Ok(Found::Wrong(format!("{} is empty", listed.name))),
        None => return Ok(Found::Right),
    };
    if placed.is_some_and(|placed| placed.stamp == stamp && placed.sha256.eq_ignore_ascii_case(expected)) {
        return Ok(Found::Right);
    }
    let found = seen.digest(path, going_on)?;
    if found.eq_ignore_ascii_case(expected) {
        return Ok(Found::Right);
    }
    Ok(Found::Wrong(format!(
        "{} is not the file that it should be: its SHA-256 is {found}, not {expected}",
        listed.name
    )))
}

/// How a pack stands.
pub(super) fn look(
    listed: &ListedPack,
    root: &Path,
    songs: u64,
    seen: &Seen,
    going_on: &mut dyn FnMut(u64) -> bool,
) -> Result<Pack> {
    let folders = Folders::of(root, &listed.name);
    let manifest = Manifest::of(&folders.pack);
    let (mut files, mut wrong, mut missing, mut begun) = (Vec::new(), Vec::new(), Vec::new(), false);
    for file in &listed.files {
        let mut present = 0;
        if let Some(path) = folders.place(&file.name) {
            present = Stamp::of(&path).unwrap_or_default().bytes;
            if let Found::Wrong(why) = judge(file, &path, &manifest, seen, going_on)? {
                wrong.push(why);
            }
        } else {
            missing.push(file.name.as_str());
            let gathered = [folders.staging.join(&file.name), folders.part(&file.name)];
            present =
                gathered.iter().filter_map(|path| Stamp::of(path)).map(|stamp| stamp.bytes).max().unwrap_or(present);
            begun |= present > 0;
        }
        files.push(PackFile {
            name: file.name.clone(),
            url: file.url.clone(),
            bytes: file.size(),
            sha256: file.sha256.clone(),
            present,
        });
    }
    let fetched = listed.files.iter().all(|file| !file.url.is_empty());
    let there = listed.files.len() - missing.len();
    let state = match () {
        () if !wrong.is_empty() => PackState::Damaged,
        () if missing.is_empty() => PackState::Installed,
        () if begun || there > 0 => PackState::Partial,
        () => PackState::Absent,
    };
    let by_hand = || format!("Segue cannot fetch it. {}", listed.by_hand).trim_end().to_owned();
    let detail = match state {
        PackState::Damaged if fetched => format!("{}; install it again", wrong.join("; ")),
        PackState::Damaged => format!("{}; put the right file there, or take it away", wrong.join("; ")),
        PackState::Partial if there > 0 => {
            format!("{there} of {} files are there; what works without the others is used", listed.files.len())
        }
        PackState::Partial => "its download was interrupted; installing it goes on from there".to_owned(),
        PackState::Absent if !fetched => by_hand(),
        PackState::Absent if songs > 0 => {
            format!("{songs} songs were heard with it; that is kept, and used again once it is back")
        }
        PackState::Installed if manifest.files.is_empty() => "its files were put there by a person".to_owned(),
        PackState::Absent | PackState::Installed => String::new(),
    };
    Ok(Pack {
        name: listed.name.clone(),
        title: listed.title.clone(),
        about: listed.about.clone(),
        enables: listed.enables.clone(),
        licence: listed.licence.clone(),
        licence_url: listed.licence_url.clone(),
        terms: listed.terms.clone(),
        source: listed.source.clone(),
        bytes: listed.files.iter().map(ListedFile::size).sum(),
        memory_bytes: listed.memory_bytes,
        fetched,
        folder: folders.pack,
        files,
        state,
        detail,
        songs,
    })
}

/// Puts a folder back that an exchange left aside when it was interrupted.
pub(super) fn recover(folders: &Folders) {
    if folders.former.is_dir() && fs::symlink_metadata(&folders.pack).is_err() {
        // If it fails, the next look tries again.
        let _ = fs::rename(&folders.former, &folders.pack);
    }
}
