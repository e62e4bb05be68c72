use std::io;
use std::path::PathBuf;

/// What can go wrong between a patch and its embedding.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The list of models, or a model, cannot be read.
    #[error("cannot read {}: {source}; are Segue's models installed?", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The list of models makes no sense.
    #[error("{} is not a list of models: {reason}; mend it, or install Segue's models again", path.display())]
    Catalogue {
        /// The list.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The list has no such model.
    #[error("{} lists no MusiCNN {network} in {precision}; install Segue's models again", path.display())]
    Unlisted {
        /// The list.
        path: PathBuf,
        /// The network asked for.
        network: &'static str,
        /// The precision asked for.
        precision: &'static str,
    },
    /// A model is not the file that the list describes.
    #[error("{} is damaged or was replaced: its SHA-256 is {found}, not {expected}; install Segue's models again", path.display())]
    Digest {
        /// The model.
        path: PathBuf,
        /// The digest in the list.
        expected: String,
        /// That of the file.
        found: String,
    },
    /// The folder of added models cannot be read.
    #[error("cannot look for added models in {}: {source}", path.display())]
    Extra {
        /// The folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file among the added models is not what it would have to be.
    #[error("{} cannot be used: {reason}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// There is too little memory for a network.
    #[error("{model} needs {} MB of memory and {} MB are available; close something, or take it away", needed >> 20, available >> 20)]
    Memory {
        /// The network's file.
        model: String,
        /// Bytes that it needs.
        needed: u64,
        /// Bytes that there are.
        available: u64,
    },
    /// A classification head gave no answer.
    #[error("{head}: {source}")]
    Head {
        /// The head.
        head: String,
        /// Why not.
        source: Box<Error>,
    },
    /// No ONNX Runtime was found, and nothing else was allowed.
    #[error("no ONNX Runtime library: {}; name one in the settings or in ORT_DYLIB_PATH, or choose rten", tried.join("; "))]
    NoRuntime {
        /// What was tried and why it was not taken.
        tried: Vec<String>,
    },
    /// A runtime does not take a model.
    #[error("{runtime} cannot load {model}: {reason}")]
    Load {
        /// The runtime's name.
        runtime: String,
        /// The model's file name.
        model: String,
        /// The runtime's own words.
        reason: String,
    },
    /// A patch, or an embedding, of the wrong size.
    #[error("a patch has {expected} values, not {received}")]
    PatchLength {
        /// Values of a patch, or of an embedding.
        expected: usize,
        /// Values given.
        received: usize,
    },
    /// A patch holds NaN or infinity, or numbers so large that the network's answer does.
    #[error("the patch holds values that are not finite, or leads to such")]
    NotFinite,
    /// A run failed.
    #[error("the network could not be run: {reason}")]
    Run {
        /// The runtime's own words.
        reason: String,
    },
    /// The front end cannot be set up.
    #[error("the spectral front end: {0}")]
    Signal(#[from] segue_dsp::Error),
}

/// A result of this room.
pub type Result<T> = std::result::Result<T, Error>;
