//! A pack is gathered in a folder of its own, verified, and put in its place at once.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use segue_models::{ListedFile, ListedPack};
use segue_online::{Download, Policy};

use super::look::{Folders, Found, Seen, judge};
use super::manifest::{MANIFEST, Manifest, Placed, Stamp, io, remove};
use super::types::{PackProgress, PackStep};
use crate::{Error, Result};

/// What installing is done with: the world in the engine, something else in tests.
pub(super) struct Means<'a> {
    /// Whether there is room for that many bytes more.
    pub(super) room: &'a dyn Fn(&Path, u64) -> Result<()>,
    /// How long a connection may bring nothing, and the pause before the second try.
    pub(super) patience: Duration,
    pub(super) pause: Duration,
}

/// The digests of what was fetched first, by address.
pub(super) type FirstFetched = BTreeMap<String, String>;

/// Installs a pack. `first` is what was fetched earlier of files that nobody states a digest of, and is added to.
pub(super) fn install(
    listed: &ListedPack,
    root: &Path,
    means: &Means<'_>,
    first: &mut FirstFetched,
    seen: &Seen,
    watch: &mut dyn FnMut(&PackProgress) -> bool,
) -> Result<()> {
    let folders = Folders::of(root, &listed.name);
    prepare(&folders)?;
    let mut progress =
        PackProgress { total: listed.files.iter().map(ListedFile::size).sum(), ..PackProgress::default() };
    let manifest = Manifest::of(&folders.pack);
    let mut made = Manifest::default();
    let (mut wanted, mut kept) = (Vec::new(), Vec::new());
    for file in &listed.files {
        step(&mut progress, PackStep::Looking, &file.name);
        if !watch(&progress) {
            return Err(Error::Cancelled);
        }
        let checking = PackProgress { step: PackStep::Checking, ..progress.clone() };
        let mut going_on = |read| watch(&PackProgress { done: checking.done + read, ..checking.clone() });
        match folders.place(&file.name) {
            Some(path) if matches!(judge(file, &path, &manifest, seen, &mut going_on)?, Found::Right) => {
                progress.done += Stamp::of(&path).unwrap_or_default().bytes;
                kept.push((file, path));
            }
            _ if file.url.is_empty() => return Err(by_hand(listed, file, &folders)),
            _ => wanted.push(file),
        }
    }
    if wanted.is_empty() && kept.iter().all(|(_, path)| path.starts_with(&folders.pack)) {
        return discard(&folders);
    }
    let needed = wanted.iter().map(|file| file.size().saturating_sub(there_of(&folders, file))).sum();
    (means.room)(&folders.staging, needed)?;
    for file in wanted {
        step(&mut progress, PackStep::Fetching, &file.name);
        let placed = fetch(file, &folders, means, first, &mut progress, watch)?;
        made.files.insert(file.name.clone(), placed);
    }
    step(&mut progress, PackStep::Placing, "");
    if !watch(&progress) {
        return Err(Error::Cancelled);
    }
    for (file, path) in kept {
        let to = folders.staging.join(&file.name);
        remove(&to)?;
        // The same file under two names; where the system knows no such thing, a copy.
        if fs::hard_link(&path, &to).is_err() {
            fs::copy(&path, &to).map_err(|source| io(&to, source))?;
        }
        // What was ours stays ours, and so does a link that is made here; what a person put into the folder is theirs.
        if !path.starts_with(&folders.pack) {
            let sha256 = seen.digest(&path, &mut |_| watch(&progress))?;
            let stamp = Stamp::of(&to).unwrap_or_default();
            made.files.insert(file.name.clone(), Placed { sha256, url: String::new(), stamp });
        } else if let Some(placed) = manifest.files.get(&file.name) {
            made.files.insert(file.name.clone(), placed.clone());
        }
    }
    sweep(listed, &folders)?;
    place(&folders, &made)
}

/// Leaves in the folder in which a pack was gathered nothing but its files.
fn sweep(listed: &ListedPack, folders: &Folders) -> Result<()> {
    for entry in fs::read_dir(&folders.staging).map_err(|source| io(&folders.staging, source))? {
        let path = entry.map_err(|source| io(&folders.staging, source))?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if listed.files.iter().any(|file| file.name == name) {
            continue;
        }
        let folder = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_dir());
        let gone = if folder { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        gone.map_err(|source| io(&path, source))?;
    }
    Ok(())
}

fn step(progress: &mut PackProgress, step: PackStep, file: &str) {
    progress.step = step;
    file.clone_into(&mut progress.file);
}

fn by_hand(listed: &ListedPack, file: &ListedFile, folders: &Folders) -> Error {
    Error::InvalidArgument(format!(
        "Segue cannot fetch {} of {}: {} Its folder is {}",
        file.name,
        listed.title,
        listed.by_hand,
        folders.pack.display()
    ))
}

/// Makes the folder to gather in, and refuses to write through links.
fn prepare(folders: &Folders) -> Result<()> {
    fs::create_dir_all(&folders.root).map_err(|source| io(&folders.root, source))?;
    for path in [&folders.pack, &folders.staging, &folders.former] {
        if fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_dir()) {
            let what = format!("{} is no folder but a file or a link; take it away first", path.display());
            return Err(Error::InvalidArgument(what));
        }
    }
    super::look::recover(folders);
    fs::create_dir_all(&folders.staging).map_err(|source| io(&folders.staging, source))
}

/// Bytes of a file that were fetched before.
fn there_of(folders: &Folders, file: &ListedFile) -> u64 {
    let places = [folders.staging.join(&file.name), folders.part(&file.name)];
    places.iter().filter_map(|path| Stamp::of(path)).map(|stamp| stamp.bytes).max().unwrap_or(0)
}

/// Fetches one file, and notes how it is. What was fetched by an interrupted call and is whole is a part that lacks nothing.
fn fetch(
    file: &ListedFile,
    folders: &Folders,
    means: &Means<'_>,
    first: &mut FirstFetched,
    progress: &mut PackProgress,
    watch: &mut dyn FnMut(&PackProgress) -> bool,
) -> Result<Placed> {
    let (part, whole) = (folders.part(&file.name), folders.staging.join(&file.name));
    if let Some(placed) = fetched_before(file, &whole, first, progress, watch)? {
        progress.done += placed.stamp.bytes;
        return Ok(placed);
    }
    for path in [&part, &PathBuf::from(format!("{}.from", part.display()))] {
        // Not through a link to somewhere else.
        if fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            remove(path)?;
        }
    }
    let known = first.get(&file.url).cloned();
    let expected = Some(file.sha256.as_str()).filter(|digest| !digest.is_empty()).or(known.as_deref());
    let mut download = Download::new(&file.url, &part);
    (download.patience, download.pause) = (means.patience, means.pause);
    download.bytes = Some(file.bytes).filter(|bytes| *bytes > 0);
    download.sha256 = expected;
    let before = progress.done;
    let guessed = file.size();
    let everything = progress.total;
    let fetched = download.fetch(Policy::Allowed, &mut |done, total| {
        progress.done = before + done;
        progress.total = everything - guessed + total.unwrap_or(guessed).max(done);
        watch(progress)
    });
    let fetched = fetched.map_err(|error| match error {
        segue_online::Error::NotTheFile { url, reason } if file.sha256.is_empty() && known.is_some() => {
            let reason = format!("it is another one than the first time: {reason}");
            segue_online::Error::NotTheFile { url, reason }
        }
        other => other,
    })?;
    fs::rename(&part, &whole).map_err(|source| io(&whole, source))?;
    if file.sha256.is_empty() {
        first.insert(file.url.clone(), fetched.sha256.clone());
    }
    progress.done = before + fetched.bytes;
    Ok(Placed { sha256: fetched.sha256, url: file.url.clone(), stamp: Stamp::of(&whole).unwrap_or_default() })
}

/// What an interrupted call had fetched whole, if it is still what it was.
fn fetched_before(
    file: &ListedFile,
    whole: &Path,
    first: &FirstFetched,
    progress: &PackProgress,
    watch: &mut dyn FnMut(&PackProgress) -> bool,
) -> Result<Option<Placed>> {
    let plain = fs::symlink_metadata(whole).is_ok_and(|metadata| metadata.is_file());
    let expected = Some(&file.sha256).filter(|digest| !digest.is_empty()).or(first.get(&file.url));
    if let (true, Some(expected)) = (plain, expected) {
        let checking = PackProgress { step: PackStep::Checking, ..progress.clone() };
        let found = super::manifest::digest(whole, &mut |read| {
            watch(&PackProgress { done: progress.done + read, ..checking.clone() })
        })?;
        if found.eq_ignore_ascii_case(expected) {
            let stamp = Stamp::of(whole).unwrap_or_default();
            return Ok(Some(Placed { sha256: found, url: file.url.clone(), stamp }));
        }
    }
    remove(whole)?;
    Ok(None)
}

/// Exchanges the folder of the pack for the one in which it was gathered. A file of a person's that is in the former and in no list moves
/// along.
fn place(folders: &Folders, made: &Manifest) -> Result<()> {
    made.write(&folders.staging)?;
    if !folders.pack.exists() {
        return fs::rename(&folders.staging, &folders.pack).map_err(|source| io(&folders.pack, source));
    }
    if folders.former.exists() {
        fs::remove_dir_all(&folders.former).map_err(|source| io(&folders.former, source))?;
    }
    fs::rename(&folders.pack, &folders.former).map_err(|source| io(&folders.pack, source))?;
    if let Err(source) = fs::rename(&folders.staging, &folders.pack) {
        super::look::recover(folders);
        return Err(io(&folders.pack, source));
    }
    let ours = Manifest::of(&folders.former);
    for entry in fs::read_dir(&folders.former).map_err(|source| io(&folders.former, source))? {
        let entry = entry.map_err(|source| io(&folders.former, source))?;
        let to = folders.pack.join(entry.file_name());
        let former = entry.file_name().to_str().is_some_and(|name| name == MANIFEST || ours.files.contains_key(name));
        if !former && fs::symlink_metadata(&to).is_err() {
            fs::rename(entry.path(), &to).map_err(|source| io(&to, source))?;
        }
    }
    fs::remove_dir_all(&folders.former).map_err(|source| io(&folders.former, source))
}

/// Takes away what was gathered, and the folder.
fn discard(folders: &Folders) -> Result<()> {
    match fs::remove_dir_all(&folders.staging) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(io(&folders.staging, source)),
        _ => Ok(()),
    }
}

/// Takes away what was installed and what is half fetched. What a person put there stays.
pub(super) fn uninstall(listed: &ListedPack, root: &Path) -> Result<()> {
    let folders = Folders::of(root, &listed.name);
    for path in [&folders.pack, &folders.staging] {
        if fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_dir()) {
            let what = format!("{} is no folder but a file or a link; take it away yourself", path.display());
            return Err(Error::InvalidArgument(what));
        }
    }
    super::look::recover(&folders);
    discard(&folders)?;
    let manifest = Manifest::of(&folders.pack);
    // A manifest names files of the pack and no others, whatever somebody has written into it.
    for file in listed.files.iter().filter(|file| manifest.files.contains_key(&file.name)) {
        remove(&folders.pack.join(&file.name))?;
    }
    remove(&folders.pack.join(MANIFEST))?;
    // What a person put there keeps it.
    let _ = fs::remove_dir(&folders.pack);
    Ok(())
}
