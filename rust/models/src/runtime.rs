//! Which runtime runs the networks, and where its library is found.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::backend::ort::OnnxRuntime;
use crate::backend::{Graph, Model, Musicnn, rten};
use crate::kernel::{self, Kernel};
use crate::network::{Network, Precision};
use crate::{Catalogue, Error, Result};

/// The variable by which a person or a service names the library.
const LIBRARY_VARIABLE: &str = "ORT_DYLIB_PATH";

/// The library's file names, best first. A plugin for Windows carries it as `.bin`: media servers take each `.dll` in a
/// plugin's folder for managed code.
#[cfg(windows)]
const LIBRARY_NAMES: &[&str] = &["onnxruntime.dll", "onnxruntime.bin"];
/// The library's file name.
#[cfg(target_vendor = "apple")]
const LIBRARY_NAMES: &[&str] = &["libonnxruntime.dylib"];
/// The library's file names, best first; distributions install it with the number of its interface.
#[cfg(not(any(windows, target_vendor = "apple")))]
const LIBRARY_NAMES: &[&str] = &["libonnxruntime.so", "libonnxruntime.so.1"];

/// Which runtime is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum BackendChoice {
    /// ONNX Runtime where it can be loaded, else rten; the networks of [`Precision::Int8`] by Segue's own kernel on
    /// processors that it is made for.
    #[default]
    Auto,
    /// ONNX Runtime or nothing.
    OnnxRuntime,
    /// rten, which is built in and takes several times as long.
    Rten,
}

/// How the runtime is chosen and found.
#[derive(Debug, Clone, Default)]
pub struct RuntimeOptions {
    /// Which runtime.
    pub backend: BackendChoice,
    /// ONNX Runtime's library, or the folder it is in. When given, no other is tried.
    pub library: Option<PathBuf>,
    /// Folders to look in, in order, after the file or folder that `ORT_DYLIB_PATH` names.
    pub search: Vec<PathBuf>,
}

/// What runs the networks.
#[derive(Clone)]
pub struct Runtime(Kind, Option<kernel::Path>);

#[derive(Clone)]
enum Kind {
    Ort(OnnxRuntime),
    Rten,
}

impl Runtime {
    /// Finds and loads the runtime. A process can load one ONNX Runtime: a second call with another library is given
    /// the first.
    ///
    /// # Errors
    /// [`Error::NoRuntime`] when [`BackendChoice::OnnxRuntime`] was asked for and no library could be loaded; it says
    /// what was tried. The other choices cannot fail.
    pub fn load(options: &RuntimeOptions) -> Result<Self> {
        let automatic = options.backend == BackendChoice::Auto;
        Ok(Self(Self::find(options)?, automatic.then(kernel::Path::fastest).flatten()))
    }

    fn find(options: &RuntimeOptions) -> Result<Kind> {
        if options.backend == BackendChoice::Rten {
            return Ok(Kind::Rten);
        }
        let mut tried = Vec::new();
        for library in candidates(options) {
            match OnnxRuntime::load(&library) {
                Ok(runtime) => return Ok(Kind::Ort(runtime)),
                Err(reason) => tried.push(format!("{}: {reason}", library.display())),
            }
        }
        if tried.is_empty() {
            tried.push("none was found".to_owned());
        }
        if options.backend == BackendChoice::OnnxRuntime {
            return Err(Error::NoRuntime { tried });
        }
        tracing::warn!(tried = tried.join("; "), "no ONNX Runtime library could be loaded: rten takes its place");
        Ok(Kind::Rten)
    }

    /// Its name and version, such as `ONNX Runtime 1.31` or `rten 0.27`, and the kernel that it leaves MusiCNN to.
    #[must_use]
    pub fn name(&self) -> String {
        let name = match &self.0 {
            Kind::Ort(runtime) => runtime.name(),
            Kind::Rten => rten::NAME.to_owned(),
        };
        match self.1 {
            Some(path) => format!("{name} with {}", path.name()),
            None => name,
        }
    }

    /// Loads the network in `bytes`, the content of `file`, and takes it as what `shape` makes of it.
    pub(crate) fn load_as<T>(
        &self,
        bytes: Vec<u8>,
        file: &str,
        shape: impl FnOnce(Box<dyn Graph>) -> std::result::Result<T, String>,
    ) -> Result<T> {
        let graph = match &self.0 {
            Kind::Ort(onnx) => onnx.graph(&bytes),
            Kind::Rten => rten::graph(bytes),
        };
        graph.and_then(shape).map_err(|reason| self.refused(file, reason))
    }

    /// The same for the file at `path`, of which ONNX Runtime then holds the only copy.
    pub(crate) fn load_file_as<T>(
        &self,
        path: &Path,
        file: &str,
        shape: impl FnOnce(Box<dyn Graph>) -> std::result::Result<T, String>,
    ) -> Result<T> {
        let graph = match &self.0 {
            Kind::Ort(onnx) => onnx.graph_at(path),
            Kind::Rten => fs::read(path).map_err(|e| e.to_string()).and_then(rten::graph),
        };
        graph.and_then(shape).map_err(|reason| self.refused(file, reason))
    }

    fn refused(&self, file: &str, reason: String) -> Error {
        Error::Load { runtime: self.name(), model: file.to_owned(), reason }
    }
}

/// Loads a network from `catalogue`. A [`Model`] serves one thread at a time: every worker loads its own.
///
/// # Errors
/// [`Error::Unlisted`], [`Error::Read`] and [`Error::Digest`] when there is no such model or it is not the one listed,
/// [`Error::Load`] when the runtime does not take it.
pub fn load_musicnn(
    runtime: &Runtime,
    catalogue: &Catalogue,
    network: Network,
    precision: Precision,
) -> Result<Box<dyn Model>> {
    if let (Some(path), Precision::Int8) = (runtime.1, precision)
        // The kernel rounds the weights itself.
        && let Ok(listed) = catalogue.musicnn(network, Precision::F32)
    {
        let kernel = Kernel::read(&Catalogue::read(listed)?, path);
        let failed = |reason| Error::Load { runtime: path.name().to_owned(), model: listed.file.clone(), reason };
        return Ok(Box::new(kernel.map_err(failed)?));
    }
    let listed = catalogue.musicnn(network, precision)?;
    let bytes = Catalogue::read(listed)?;
    let model = runtime.load_as(bytes, &listed.file, Musicnn::new)?;
    Ok(Box::new(model))
}

/// The libraries to try, in order. A file that was named is tried even where it does not exist: the error then says so.
fn candidates(options: &RuntimeOptions) -> Vec<PathBuf> {
    if let Some(library) = &options.library {
        return named(library);
    }
    let variable = std::env::var_os(LIBRARY_VARIABLE).filter(|value| !value.is_empty());
    let mut libraries = variable.as_deref().map(|value: &OsStr| named(Path::new(value))).unwrap_or_default();
    for folder in &options.search {
        libraries.extend(within(folder).filter(|library| library.is_file()));
    }
    libraries
}

fn named(path: &Path) -> Vec<PathBuf> {
    if !path.is_dir() {
        return vec![path.to_owned()];
    }
    let found: Vec<PathBuf> = within(path).filter(|library| library.is_file()).collect();
    if found.is_empty() { within(path).take(1).collect() } else { found }
}

fn within(folder: &Path) -> impl Iterator<Item = PathBuf> {
    LIBRARY_NAMES.iter().map(|name| folder.join(name))
}
