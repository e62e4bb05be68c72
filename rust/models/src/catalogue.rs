//! The list of model files, and that each is what the list says.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::extra::places;
use crate::network::{Network, Precision};
use crate::packs::ListedPack;
use crate::{Error, Result};

/// The list's file name.
const LIST: &str = "models.toml";

/// The folder, beside the list, of what a person has added.
const EXTRA: &str = "extra";

/// How the list calls VGGish.
const VGGISH: &str = "vggish";

/// The models of a folder, as its `models.toml` lists them, and those that a person has added: the folder `extra` beside
/// that list, with a `models.toml` of its own where a model needs one.
#[derive(Debug, Clone)]
pub struct Catalogue {
    folder: PathBuf,
    extra: PathBuf,
    models: Vec<Listed>,
    added: Vec<Listed>,
    pub(crate) packs: Vec<ListedPack>,
}

#[derive(Deserialize)]
struct List {
    model: Vec<Listed>,
    #[serde(default)]
    pack: Vec<ListedPack>,
}

/// What the list says of a file, as far as it is needed here.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Listed {
    #[serde(skip)]
    folder: PathBuf,
    pub(crate) file: String,
    sha256: String,
    bytes: u64,
    network: Option<String>,
    precision: Option<String>,
    #[serde(default)]
    inputs: Vec<ListedTensor>,
    #[serde(default)]
    outputs: Vec<ListedTensor>,
}

#[derive(Debug, Clone, Deserialize)]
struct ListedTensor {
    name: String,
}

impl Listed {
    /// The name of its first input, where the list says so.
    pub(crate) fn input(&self) -> Option<&str> {
        self.inputs.first().map(|tensor| tensor.name.as_str())
    }

    fn check(&self, path: PathBuf, digest: &[u8]) -> Result<()> {
        let found = hexadecimal(digest);
        if found.eq_ignore_ascii_case(&self.sha256) {
            Ok(())
        } else {
            Err(Error::Digest { path, expected: self.sha256.clone(), found })
        }
    }

    /// The name of its first output, where the list says so.
    pub(crate) fn output(&self) -> Option<&str> {
        self.outputs.first().map(|tensor| tensor.name.as_str())
    }
}

impl Catalogue {
    /// Reads `models.toml` in `folder`, and that in its folder `extra` where there is one. The models themselves are
    /// looked at when they are loaded.
    ///
    /// # Errors
    /// [`Error::Read`] when there is no list in `folder`, [`Error::Catalogue`] when either cannot be understood.
    pub fn open(folder: &Path) -> Result<Self> {
        let List { model: models, pack: packs } = list(folder)?;
        let catalogue = Self { folder: folder.to_owned(), extra: PathBuf::new(), models, added: Vec::new(), packs };
        catalogue.with_extra(&folder.join(EXTRA))
    }

    /// The same, with another folder of models that a person has added: one that outlasts a new version of the rest. Folders
    /// in it, one for each pack, may have lists of their own.
    ///
    /// # Errors
    /// [`Error::Read`] and [`Error::Catalogue`] when there is a list in it that cannot be read or understood.
    pub fn with_extra(self, folder: &Path) -> Result<Self> {
        let mut added = Vec::new();
        // A folder that cannot be read is met again, and reported, by those who look for models in it.
        for folder in places(folder).unwrap_or_else(|_| vec![folder.to_owned()]) {
            match list(&folder) {
                Err(Error::Read { source, .. }) if source.kind() == io::ErrorKind::NotFound => {}
                found => added.extend(found?.model),
            }
        }
        Ok(Self { extra: folder.to_owned(), added, ..self })
    }

    /// The folder of models that a person has added. It need not exist.
    #[must_use]
    pub fn extra(&self) -> &Path {
        &self.extra
    }

    /// Which VGGish there is: the first 16 digits of the digest that its list states. `None` when none is listed, or
    /// the listed file is not there.
    #[must_use]
    pub fn vggish_version(&self) -> Option<String> {
        self.vggish().map(|listed| listed.sha256.chars().take(16).collect::<String>().to_ascii_lowercase())
    }

    /// The first listed VGGish whose file is there.
    pub(crate) fn vggish(&self) -> Option<&Listed> {
        let models = self.models.iter().chain(&self.added);
        let mut vggish = models.filter(|model| model.network.as_deref() == Some(VGGISH));
        vggish.find(|model| model.folder.join(&model.file).is_file())
    }

    /// Whether the list of added models names this file, so that it is not a head.
    pub(crate) fn lists_added(&self, file: &str) -> bool {
        self.added.iter().any(|model| model.file == file)
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
    pub(crate) fn read(model: &Listed) -> Result<Vec<u8>> {
        let path = model.folder.join(&model.file);
        let bytes = read(&path, model.bytes).map_err(|source| Error::Read { path: path.clone(), source })?;
        model.check(path, &Sha256::digest(&bytes))?;
        Ok(bytes)
    }

    /// The path of a model, if its bytes are those that were listed: for a model too large to be held more often than
    /// needed.
    pub(crate) fn verified(model: &Listed) -> Result<PathBuf> {
        let path = model.folder.join(&model.file);
        let failed = |source| Error::Read { path: path.clone(), source };
        let mut file = fs::File::open(&path).map_err(failed)?.take(model.bytes.saturating_add(1));
        let (mut digest, mut block) = (Sha256::new(), vec![0; 1 << 16]);
        loop {
            match file.read(&mut block).map_err(failed)? {
                0 => break,
                n => digest.update(block.get(..n).unwrap_or_default()),
            }
        }
        model.check(path.clone(), &digest.finalize())?;
        Ok(path)
    }
}

/// What `models.toml` in `folder` lists.
fn list(folder: &Path) -> Result<List> {
    let path = folder.join(LIST);
    let text = fs::read_to_string(&path).map_err(|source| Error::Read { path: path.clone(), source })?;
    let mut list: List =
        toml::from_str(&text).map_err(|e| Error::Catalogue { path: path.clone(), reason: e.to_string() })?;
    if let Some(reason) = list.pack.iter().find_map(ListedPack::fault) {
        return Err(Error::Catalogue { path, reason });
    }
    for model in &mut list.model {
        // A list names files beside it and no others.
        if Path::new(&model.file).file_name() != Some(model.file.as_ref()) {
            return Err(Error::Catalogue { path, reason: format!("`{}` is not a file name", model.file) });
        }
        folder.clone_into(&mut model.folder);
    }
    Ok(list)
}

/// At most one byte more than expected: a wrong file is told by its digest, however large it is.
pub(crate) fn read(path: &Path, expected: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(expected.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
