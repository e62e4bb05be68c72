//! Networks that a person has added: an ONNX file each, and a JSON file of the same name that describes it as Essentia
//! does (<https://essentia.upf.edu/models.html>).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::catalogue::read;
use crate::{Catalogue, Clap, Error, Result};

/// The largest network taken, in bytes.
pub(crate) const LARGEST_NETWORK: u64 = 600 << 20;
/// The largest description taken, in bytes.
const LARGEST_DESCRIPTION: u64 = 16 << 20;
/// More files than this are not looked at.
const MOST: usize = 256;

/// A description, as far as it is needed here.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Description {
    /// What the values of its predictions stand for.
    #[serde(default)]
    pub(crate) classes: Vec<String>,
    #[serde(default)]
    schema: Schema,
    #[serde(default)]
    inference: Inference,
}

#[derive(Debug, Default, Deserialize)]
struct Schema {
    #[serde(default)]
    inputs: Vec<Described>,
    #[serde(default)]
    outputs: Vec<Described>,
}

#[derive(Debug, Deserialize)]
struct Described {
    #[serde(default)]
    name: String,
    /// Numbers, and names where a dimension is open.
    #[serde(default)]
    shape: Vec<Value>,
    #[serde(default)]
    output_purpose: String,
}

#[derive(Debug, Default, Deserialize)]
struct Inference {
    embedding_model: Option<EmbeddingModel>,
}

#[derive(Debug, Deserialize)]
struct EmbeddingModel {
    model_name: Option<String>,
}

impl Description {
    /// Whether its input ends with these dimensions.
    pub(crate) fn takes(&self, dimensions: &[u64]) -> bool {
        let shape = self.schema.inputs.first().map(|input| input.shape.as_slice()).unwrap_or_default();
        let end = shape.len().checked_sub(dimensions.len()).and_then(|start| shape.get(start..)).unwrap_or_default();
        !dimensions.is_empty() && end.iter().map(Value::as_u64).eq(dimensions.iter().copied().map(Some))
    }

    /// The name of the output for this purpose: `predictions` or `embeddings`.
    pub(crate) fn output(&self, purpose: &str) -> Option<&str> {
        let output = self.schema.outputs.iter().find(|output| output.output_purpose == purpose);
        output.map(|output| output.name.as_str()).filter(|name| !name.is_empty())
    }

    /// The name of the network whose embeddings it takes.
    pub(crate) fn embedding_model(&self) -> Option<&str> {
        self.inference.embedding_model.as_ref().and_then(|model| model.model_name.as_deref())
    }
}

/// An added network that has a description.
pub(crate) struct Added {
    /// The file's name without its extension.
    pub(crate) stem: String,
    pub(crate) path: PathBuf,
    pub(crate) description: Description,
    /// Of the description's bytes.
    digest: [u8; 32],
}

impl Added {
    /// The network's bytes, and a digest of them and of the description.
    pub(crate) fn network(&self) -> Result<(Vec<u8>, [u8; 32])> {
        let bytes = content(&self.path, LARGEST_NETWORK)?;
        let mut digest = Sha256::new();
        digest.update(self.digest);
        digest.update(Sha256::digest(&bytes));
        Ok((bytes, digest.finalize().into()))
    }

    pub(crate) fn unusable(&self, reason: String) -> Error {
        Error::Unusable { path: self.path.clone(), reason }
    }
}

/// The folder of added models and the folders in it, one for each pack, in the order of their names. Empty where there is
/// none.
pub(crate) fn places(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |source| Error::Extra { path: folder.to_owned(), source };
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed)?,
    };
    let mut packs = Vec::new();
    for entry in entries {
        let path = entry.map_err(failed)?.path();
        // What is being fetched lies in a folder that begins with a dot.
        let hidden = path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
        if path.is_dir() && !hidden {
            packs.push(path);
        }
    }
    packs.sort_unstable();
    packs.truncate(MOST);
    packs.insert(0, folder.to_owned());
    Ok(packs)
}

/// The added networks in the order of their names, each with what is wrong with its description if something is. Those
/// that a list names, and those that are no heads by their names, are not among them; of two of one name the first.
pub(crate) fn added(catalogue: &Catalogue) -> Result<Vec<Result<Added>>> {
    let mut found: Vec<(String, PathBuf)> = Vec::new();
    for folder in places(catalogue.extra())? {
        let failed = |source| Error::Extra { path: folder.clone(), source };
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let name = PathBuf::from(entry.map_err(failed)?.file_name());
            let known = name.to_str().is_some_and(|name| catalogue.lists_added(name) || Clap::is_part(name));
            if name.extension().is_some_and(|extension| extension == "onnx") && !known {
                let stem = name.file_stem().and_then(|stem| stem.to_str());
                found.extend(stem.map(|stem| (stem.to_owned(), folder.clone())));
            }
        }
    }
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found.dedup_by(|later, first| later.0 == first.0);
    if found.len() > MOST {
        tracing::warn!(found = found.len(), most = MOST, "further added networks are not looked at");
    }
    Ok(found.into_iter().take(MOST).map(|(stem, folder)| one(&folder, stem)).collect())
}

fn one(folder: &Path, stem: String) -> Result<Added> {
    let (path, described) = (folder.join(format!("{stem}.onnx")), folder.join(format!("{stem}.json")));
    if !described.exists() {
        let reason = format!("there is no {stem}.json beside it to say what its numbers mean");
        return Err(Error::Unusable { path, reason });
    }
    let text = content(&described, LARGEST_DESCRIPTION)?;
    let description = serde_json::from_slice(&text)
        .map_err(|e| Error::Unusable { path: described, reason: format!("it does not describe a network: {e}") })?;
    Ok(Added { stem, path, description, digest: Sha256::digest(&text).into() })
}

/// A regular file's bytes, unless there are more than `most`.
pub(crate) fn content(path: &Path, most: u64) -> Result<Vec<u8>> {
    let unusable = |reason: String| Error::Unusable { path: path.to_owned(), reason };
    // To open a pipe would wait for somebody to write into it.
    let metadata = fs::metadata(path).map_err(|e| unusable(e.to_string()))?;
    if !metadata.is_file() {
        return Err(unusable("it is no regular file".to_owned()));
    }
    let bytes = read(path, most).map_err(|e| unusable(e.to_string()))?;
    if bytes.len() as u64 > most {
        return Err(unusable(format!("it is larger than {most} bytes")));
    }
    Ok(bytes)
}
