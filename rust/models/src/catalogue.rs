//! The list of model files, and that each is what the list says.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::network::{Network, Precision};
use crate::{Error, Result};

/// The list's file name.
const LIST: &str = "models.toml";

/// The models of a folder, as its `models.toml` lists them.
#[derive(Debug, Clone)]
pub struct Catalogue {
    folder: PathBuf,
    models: Vec<Listed>,
}

#[derive(Deserialize)]
struct List {
    model: Vec<Listed>,
}

/// What the list says of a file, as far as it is needed here.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Listed {
    pub(crate) file: String,
    sha256: String,
    bytes: u64,
    network: Option<String>,
    precision: Option<String>,
}

impl Catalogue {
    /// Reads `models.toml` in `folder`. The models themselves are looked at when they are loaded.
    ///
    /// # Errors
    /// [`Error::Read`] when there is no such file, [`Error::Catalogue`] when it cannot be understood.
    pub fn open(folder: &Path) -> Result<Self> {
        let path = folder.join(LIST);
        let text = fs::read_to_string(&path).map_err(|source| Error::Read { path: path.clone(), source })?;
        let List { model: models } =
            toml::from_str(&text).map_err(|e| Error::Catalogue { path: path.clone(), reason: e.to_string() })?;
        // A list names files beside it and no others.
        if let Some(model) = models.iter().find(|model| Path::new(&model.file).file_name() != Some(model.file.as_ref()))
        {
            return Err(Error::Catalogue { path, reason: format!("`{}` is not a file name", model.file) });
        }
        Ok(Self { folder: folder.to_owned(), models })
    }

    pub(crate) fn musicnn(&self, network: Network, precision: Precision) -> Result<&Listed> {
        let (network, precision) = (network.name(), precision.name());
        let wanted = |model: &&Listed| {
            model.network.as_deref() == Some(network) && model.precision.as_deref() == Some(precision)
        };
        let unlisted = || Error::Unlisted { path: self.folder.join(LIST), network, precision };
        self.models.iter().find(wanted).ok_or_else(unlisted)
    }

    /// The bytes of a model, if they are those that were listed.
    pub(crate) fn read(&self, model: &Listed) -> Result<Vec<u8>> {
        let path = self.folder.join(&model.file);
        let bytes = read(&path, model.bytes).map_err(|source| Error::Read { path: path.clone(), source })?;
        let found = hexadecimal(&Sha256::digest(&bytes));
        if found.eq_ignore_ascii_case(&model.sha256) {
            Ok(bytes)
        } else {
            Err(Error::Digest { path, expected: model.sha256.clone(), found })
        }
    }
}

/// At most one byte more than expected: a wrong file is told by its digest, however large it is.
fn read(path: &Path, expected: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(expected.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
