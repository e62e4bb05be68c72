//! Classification heads: small networks on the embeddings of larger ones.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::backend::{Batched, Wanted};
use crate::catalogue::hexadecimal;
use crate::effnet::Effnet;
use crate::extra::{Added, added};
use crate::{Catalogue, DENSE_LEN, EFFNET_LEN, Error, Network, Result, Runtime};

/// Embeddings per call of a head.
const ROWS: usize = 64;

/// What a head listens to: an embedding of each patch of a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Embedding {
    /// The 200 values of a MusiCNN.
    Musicnn(Network),
    /// The 1280 values of Discogs-EffNet.
    Effnet,
}

impl Embedding {
    /// Its number of values.
    #[must_use]
    pub fn width(self) -> usize {
        match self {
            Self::Musicnn(_) => DENSE_LEN,
            Self::Effnet => EFFNET_LEN,
        }
    }
}

/// What a head says of a track.
#[derive(Debug, Clone, PartialEq)]
pub struct HeadOutput {
    /// The head: its file's name without the extension, such as `danceability-msd-musicnn-1`.
    pub head: String,
    /// What the values stand for, as its description has it.
    pub classes: Arc<[String]>,
    /// One value for each class: the mean over the patches. Probabilities for most heads; valence and arousal from 1 to 9
    /// for those that are regressions.
    pub values: Vec<f32>,
}

/// The heads that a person has put into the folder of added models ([`Catalogue::extra`]): Essentia's
/// (<https://essentia.upf.edu/models.html>), or others of the same form.
///
/// A head is an ONNX file of one f32 input, `[patches, 200]` on MusiCNN's embeddings or `[patches, 1280]` on those of
/// Discogs-EffNet, and an output `[patches, classes]`; and a JSON file of the same name with its `classes`. MusiCNN is the
/// one trained on the Million Song Dataset, unless the description (`inference.embedding_model.model_name`) or the file's
/// name says `mtt-musicnn`. Files of any other form are left out and reported.
pub struct Heads {
    heads: Vec<Head>,
    problems: Vec<Error>,
    version: String,
}

struct Head {
    name: String,
    on: Embedding,
    classes: Arc<[String]>,
    network: Batched<1>,
}

impl Heads {
    /// Loads every head there is. What cannot be used is warned of and listed by [`problems`](Self::problems).
    ///
    /// # Errors
    /// [`Error::Extra`] when the folder is there but cannot be read.
    pub fn find(runtime: &Runtime, catalogue: &Catalogue) -> Result<Self> {
        let (mut heads, mut problems, mut digest) = (Vec::new(), Vec::new(), Sha256::new());
        for added in added(catalogue)? {
            let head = match added {
                Ok(added) if Effnet::described_by(&added) => continue,
                added => added.and_then(|added| load(runtime, &added)),
            };
            match head {
                Ok((head, own)) => {
                    digest.update(Sha256::digest(&head.name));
                    digest.update(own);
                    heads.push(head);
                }
                Err(problem) => {
                    tracing::warn!(%problem, "an added model is left out");
                    problems.push(problem);
                }
            }
        }
        let version = if heads.is_empty() { String::new() } else { hexadecimal(&digest.finalize()[..8]) };
        Ok(Self { heads, problems, version })
    }

    /// What was found and cannot be used, and why.
    #[must_use]
    pub fn problems(&self) -> &[Error] {
        &self.problems
    }

    /// Another text whenever the files or names of the heads change; empty when there are none.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The heads' names with what each listens to, in the order of the names.
    pub fn names(&self) -> impl Iterator<Item = (&str, Embedding)> {
        self.heads.iter().map(|head| (head.name.as_str(), head.on))
    }

    /// What every head on these embeddings says of a track: `patches` holds an embedding of each patch, one after the
    /// other. No patches, no answers.
    ///
    /// An answer is [`Error::Head`] when the patches are not whole embeddings of finite values, or when that head fails
    /// or gives values that are not finite.
    ///
    /// `weights` says how much of the track each patch stands for ([`Summary::weights`](crate::Summary)); patches beyond
    /// its end count for nothing, and without weights all count the same.
    pub fn hear(&mut self, on: Embedding, patches: &[f32], weights: &[f32]) -> Vec<Result<HeadOutput>> {
        if patches.is_empty() {
            return Vec::new();
        }
        let heads = self.heads.iter_mut().filter(|head| head.on == on);
        heads.map(|head| head.hear(patches, weights).map_err(|source| head.failed(source))).collect()
    }
}

impl Head {
    fn hear(&mut self, patches: &[f32], weights: &[f32]) -> Result<HeadOutput> {
        let [said] = self.network.run(patches)?;
        let count = self.classes.len();
        let (mut sums, mut total) = (vec![0.0; count], 0.0);
        for (place, row) in said.chunks_exact(count).enumerate() {
            let weight = if weights.is_empty() { 1.0 } else { weights.get(place).copied().map_or(0.0, f64::from) };
            total += weight;
            for (sum, value) in sums.iter_mut().zip(row) {
                *sum += weight * f64::from(*value);
            }
        }
        if !(total > 0.0 && total.is_finite()) {
            return Err(Error::NotFinite);
        }
        let values = sums.iter().map(|sum| (sum / total) as f32).collect();
        Ok(HeadOutput { head: self.name.clone(), classes: Arc::clone(&self.classes), values })
    }

    fn failed(&self, source: Error) -> Error {
        Error::Head { head: self.name.clone(), source: Box::new(source) }
    }
}

/// A head, and the digest of its files.
fn load(runtime: &Runtime, added: &Added) -> Result<(Head, [u8; 32])> {
    let description = &added.description;
    if description.classes.is_empty() {
        return Err(added.unusable("its description names no classes".to_owned()));
    }
    let (bytes, digest) = added.network()?;
    let wanted = Wanted {
        input: None,
        rows: &[&[DENSE_LEN], &[EFFNET_LEN]],
        outputs: &[(description.output("predictions"), description.classes.len())],
        most_rows: ROWS,
    };
    let network = runtime
        .load_as(bytes, &added.stem, |graph| Batched::new(graph, &wanted)?.probe())
        .map_err(|error| added.unusable(error.to_string()))?;
    let on = embedding(added, network.row_len()).map_err(|reason| added.unusable(reason))?;
    let classes = description.classes.iter().cloned().collect();
    Ok((Head { name: added.stem.clone(), on, classes, network }, digest))
}

/// What a head of this width listens to. The error says why nothing here is that.
fn embedding(added: &Added, width: usize) -> std::result::Result<Embedding, String> {
    let named = added.description.embedding_model();
    let name = named.unwrap_or(&added.stem);
    let unknown = || format!("it listens to {name}, which Segue does not run");
    if width == DENSE_LEN {
        match name {
            name if name.contains("mtt-musicnn") => Ok(Embedding::Musicnn(Network::Mtt)),
            name if named.is_none() || name.contains("musicnn") => Ok(Embedding::Musicnn(Network::Msd)),
            _ => Err(unknown()),
        }
    } else if named.is_none_or(|name| name.starts_with("discogs-effnet")) {
        Ok(Embedding::Effnet)
    } else {
        Err(unknown())
    }
}
