//! What has been fetched so far, and what it is of.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Download, Ended, Fetched, MOST_UNLISTED, PIECE};
use crate::http::shown;
use crate::{Error, Result};

/// What is known of the file that a part is of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Origin {
    pub(super) url: String,
    /// The server's own mark for this very version of it.
    pub(super) validator: Option<String>,
    pub(super) total: Option<u64>,
}

/// What has been fetched so far.
pub(super) struct Part {
    path: PathBuf,
    file: File,
    pub(super) length: u64,
    pub(super) from: Origin,
    digest: Sha256,
    /// Whether something in it is of an earlier connection.
    pub(super) resumed: bool,
}

impl Part {
    pub(super) fn open(download: &Download<'_>, progress: &mut dyn FnMut(u64, Option<u64>) -> bool) -> Result<Self> {
        let path = download.part.to_owned();
        let disk = |error: io::Error| disk(&path, &error);
        let mut options = OpenOptions::new();
        let mut file = options.read(true).write(true).create(true).truncate(false).open(&path).map_err(disk)?;
        let length = file.seek(SeekFrom::End(0)).map_err(disk)?;
        let known = std::fs::read(noted(&path)).ok().and_then(|text| serde_json::from_slice::<Origin>(&text).ok());
        let from = known.filter(|from| from.url == download.url).unwrap_or_default();
        let too_long = length > download.bytes.or(from.total).unwrap_or(MOST_UNLISTED);
        let mut part = Self { path, file, length, from, digest: Sha256::new(), resumed: length > 0 };
        if part.from == Origin::default() || too_long {
            part.restart()?;
        } else {
            part.read_again(download.bytes.or(part.from.total), progress)?;
        }
        Ok(part)
    }

    /// Takes the digest of what is there.
    fn read_again(&mut self, total: Option<u64>, progress: &mut dyn FnMut(u64, Option<u64>) -> bool) -> Result<()> {
        let failed = |error: io::Error| disk(&self.path, &error);
        self.digest = Sha256::new();
        self.file.rewind().map_err(failed)?;
        let (mut block, mut length) = (vec![0; PIECE], 0);
        loop {
            match self.file.read(&mut block).map_err(failed)? {
                0 => break,
                n => {
                    self.digest.update(block.get(..n).unwrap_or_default());
                    length += n as u64;
                }
            }
            // All of it is there already, whatever has been read again.
            if !progress(self.length, total) {
                return Err(Error::Cancelled);
            }
        }
        self.length = length;
        Ok(())
    }

    pub(super) fn write(&mut self, piece: &[u8], most: u64) -> std::result::Result<(), Ended> {
        if self.length + piece.len() as u64 > most {
            let url = shown(&self.from.url);
            self.discard();
            let reason = format!("more came than the {most} bytes that it should have");
            return Err(Ended::Finally(Error::NotTheFile { url, reason }));
        }
        self.file.write_all(piece).map_err(|error| Ended::Finally(disk(&self.path, &error)))?;
        self.digest.update(piece);
        self.length += piece.len() as u64;
        Ok(())
    }

    /// Remembers what the part is of, before anything of it is written.
    pub(super) fn note(&mut self, from: Origin) -> Result<()> {
        if self.from != from {
            let text = serde_json::to_vec(&from).unwrap_or_default();
            let path = noted(&self.path);
            std::fs::write(&path, text).map_err(|error| disk(&path, &error))?;
            self.from = from;
        }
        Ok(())
    }

    pub(super) fn restart(&mut self) -> Result<()> {
        let failed = |error: io::Error| disk(&self.path, &error);
        self.file.set_len(0).map_err(failed)?;
        self.file.rewind().map_err(failed)?;
        (self.length, self.digest, self.resumed, self.from) = (0, Sha256::new(), false, Origin::default());
        Ok(())
    }

    /// All has come: is it the file?
    pub(super) fn finish(
        &mut self,
        download: &Download<'_>,
        progress: &mut dyn FnMut(u64, Option<u64>) -> bool,
    ) -> Result<Fetched> {
        let sha256 = hexadecimal(&self.digest.clone().finalize());
        if let Some(expected) = download.sha256
            && !expected.eq_ignore_ascii_case(&sha256)
        {
            return Err(download.not_the_file(format!("its SHA-256 is {sha256}, not {expected}")));
        }
        self.file.sync_all().map_err(|error| disk(&self.path, &error))?;
        progress(self.length, Some(self.length));
        // Only of use while something is missing.
        let _ = std::fs::remove_file(noted(&self.path));
        Ok(Fetched { bytes: self.length, sha256 })
    }

    /// Leaves nothing of what was found to be wrong.
    pub(super) fn discard(&mut self) {
        let _ = self.restart();
        let _ = std::fs::remove_file(noted(&self.path));
    }
}

fn noted(part: &Path) -> PathBuf {
    let mut name = part.as_os_str().to_owned();
    name.push(".from");
    name.into()
}

fn disk(path: &Path, error: &io::Error) -> Error {
    Error::Disk { path: path.to_owned(), reason: error.to_string() }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
