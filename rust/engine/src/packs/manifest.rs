//! What Segue put into the folder of a pack, written down beside it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::path::Path;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Error, Result};

/// The file's name, which no file of a pack may have.
pub(super) const MANIFEST: &str = "manifest.json";
/// A larger one is not ours.
const MOST_BYTES: u64 = 1 << 20;
/// Bytes read at a time.
const BLOCK: usize = 1 << 18;

/// What was put there and verified.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// By file name.
    pub(super) files: BTreeMap<String, Placed>,
}

/// A file that was verified when it was put in its place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Placed {
    pub(super) sha256: String,
    pub(super) url: String,
    #[serde(flatten)]
    pub(super) stamp: Stamp,
}

/// What a file looks like from outside: one that looks the same is not read again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    pub(super) bytes: u64,
    /// Milliseconds since 1970.
    pub(super) modified: u64,
}

impl Stamp {
    /// Of a regular file, also behind a link; `None` where there is none.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
        let modified =
            metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
        Some(Self { bytes: metadata.len(), modified: u64::try_from(modified.as_millis()).unwrap_or(u64::MAX) })
    }
}

impl Manifest {
    /// That of a folder; an empty one where there is none, or one that cannot be understood: then nothing there counts as ours.
    pub(super) fn of(folder: &Path) -> Self {
        let mut text = Vec::new();
        let read = File::open(folder.join(MANIFEST)).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut text));
        read.ok().and_then(|_| serde_json::from_slice(&text).ok()).unwrap_or_default()
    }

    /// Writes it into a folder.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join(MANIFEST);
        let text = serde_json::to_vec_pretty(self).map_err(|source| Error::Json { what: "a manifest", source })?;
        let written = File::create(&path).and_then(|mut file| {
            file.write_all(&text)?;
            file.sync_all()
        });
        written.map_err(|source| io(&path, source))
    }
}

/// A file's digest. `going_on` is asked all the time, with the bytes read so far.
pub(super) fn digest(path: &Path, going_on: &mut dyn FnMut(u64) -> bool) -> Result<String> {
    let failed = |source| io(path, source);
    let mut file = File::open(path).map_err(failed)?;
    let (mut digest, mut block, mut read) = (Sha256::new(), vec![0; BLOCK], 0);
    loop {
        match file.read(&mut block) {
            Ok(0) => break,
            Ok(n) => {
                digest.update(block.get(..n).unwrap_or_default());
                read += n as u64;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error)),
        }
        if !going_on(read) {
            return Err(Error::Cancelled);
        }
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The error for a file that cannot be written, moved or read.
pub(super) fn io(path: &Path, source: std::io::Error) -> Error {
    match source.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            Error::NoRoom(format!("there is no room for {}", path.display()))
        }
        _ => Error::Io { path: path.to_owned(), source },
    }
}

/// Removes a file, also one that is not there.
pub(super) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != ErrorKind::NotFound => Err(io(path, source)),
        _ => Ok(()),
    }
}
