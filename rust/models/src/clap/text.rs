//! CLAP's text towers.

use std::fs;
use std::path::Path;

use super::tokens::{LONGEST, PAD, Tokens};
use super::{CLAP_LEN, Clap, normalised};
use crate::backend::{Graph, Tensor, find};
use crate::extra::{LARGEST_NETWORK, content};
use crate::{Error, Result, Runtime, onnx_file};

/// Bytes of memory that loading a text tower takes for each byte of its file, at the worst moment, and what it takes besides.
const TIMES: u64 = 2;
const BESIDES: u64 = 64 << 20;

/// A text tower as a runtime has loaded it: words in, a vector of 512 out that lies among those of the [audio
/// tower](super::ClapEar) of the same [`Clap`].
pub struct ClapText {
    tokens: Tokens,
    graph: Box<dyn Graph>,
    inputs: Inputs,
    /// Numbers of a text, where the network fixes that.
    length: Option<usize>,
    output: usize,
}

/// What a tower wants of a text, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inputs {
    NumbersThenMask,
    MaskThenNumbers,
    /// Some exports have no mask: what a text would be filled up with would count.
    NumbersAlone,
}

impl ClapText {
    /// Bytes of memory that loading the tower at `path` takes at the worst moment.
    ///
    /// # Errors
    /// [`Error::Unusable`] when there is no such file.
    pub fn memory(path: &Path) -> Result<u64> {
        let metadata =
            fs::metadata(path).map_err(|e| Error::Unusable { path: path.to_owned(), reason: e.to_string() })?;
        Ok(metadata.len().saturating_mul(TIMES).saturating_add(BESIDES))
    }

    /// Loads a text tower, and the tokens that lie beside it.
    ///
    /// # Errors
    /// [`Error::Memory`] when it needs more than `available` bytes (`None`: not asked); [`Error::Unusable`] when a file
    /// cannot be read or is no text tower of this kind.
    pub fn load(runtime: &Runtime, clap: Clap, path: &Path, available: Option<u64>) -> Result<Self> {
        let unusable = |reason: String| Error::Unusable { path: path.to_owned(), reason };
        let needed = Self::memory(path)?;
        if let Some(available) = available.filter(|available| *available < needed) {
            return Err(Error::Memory { model: clap.text_file().to_owned(), needed, available });
        }
        let folder = path.parent().unwrap_or(Path::new("."));
        let tokens = Tokens::read(folder)?;
        let bytes = content(path, LARGEST_NETWORK)?;
        let found = onnx_file::inspect(&bytes).map_err(unusable)?;
        let taken = |graph| Self::taken(clap, tokens, graph);
        let loaded = if found.external > 0 {
            let whole = onnx_file::made_whole(&bytes, folder, LARGEST_NETWORK).map_err(unusable)?;
            drop(bytes);
            runtime.load_as(whole, clap.text_file(), taken)
        } else {
            // The runtime reads it again by itself: two copies at a time are enough.
            drop(bytes);
            runtime.load_file_as(path, clap.text_file(), taken)
        };
        loaded.map_err(|error| unusable(error.to_string()))
    }

    fn taken(clap: Clap, tokens: Tokens, graph: Box<dyn Graph>) -> std::result::Result<Self, String> {
        let other = clap.other();
        let named = |name: &str| graph.outputs().iter().any(|tensor| tensor.name == name);
        if named(other.text_output()) && !named(clap.text_output()) {
            return Err(format!("it is the text tower of {}, whose space is another one", other.name()));
        }
        let output = find(graph.outputs(), Some(clap.text_output()), CLAP_LEN)?;
        let names: Vec<&str> = graph.inputs().iter().map(|input| input.name.as_str()).collect();
        let inputs = match *names {
            ["input_ids", "attention_mask"] => Inputs::NumbersThenMask,
            ["attention_mask", "input_ids"] => Inputs::MaskThenNumbers,
            ["input_ids"] => Inputs::NumbersAlone,
            _ => return Err(format!("its inputs are {}, not input_ids and attention_mask", names.join(", "))),
        };
        if let Some(input) = graph.inputs().iter().find(|input| !input.i64) {
            return Err(format!("its input `{}` is not int64", input.name));
        }
        let lengths: Vec<Option<usize>> = graph.inputs().iter().map(length).collect::<std::result::Result<_, _>>()?;
        let fixed: Vec<usize> = lengths.into_iter().flatten().collect();
        if fixed.windows(2).any(|lengths| lengths.first() != lengths.last()) {
            return Err("its inputs are of different lengths".to_owned());
        }
        if inputs == Inputs::NumbersAlone && !fixed.is_empty() {
            return Err("it wants texts of one length and has no attention_mask to tell where they end".to_owned());
        }
        let mut text = Self { tokens, graph, inputs, length: fixed.first().copied(), output };
        // That it runs, and gives what its file promises.
        match text.embed("music") {
            Ok(_) | Err(Error::NotFinite) => Ok(text),
            Err(error) => Err(error.to_string()),
        }
    }

    /// The vector of a text, 1 long. Of a long one the first 75 tokens count.
    ///
    /// # Errors
    /// [`Error::Run`] when the network fails or gives something else than a vector, [`Error::NotFinite`] when what it gives is
    /// not finite or has no direction.
    pub fn embed(&mut self, text: &str) -> Result<[f32; CLAP_LEN]> {
        let mut numbers = self.tokens.of(text).map_err(|reason| Error::Run { reason })?;
        let mut mask = vec![1; numbers.len()];
        if let Some(length) = self.length {
            if numbers.len() > length {
                // Its end stays marked.
                let end = numbers.last().copied();
                numbers.truncate(length.saturating_sub(1));
                numbers.extend(end);
            }
            numbers.resize(length, PAD);
            mask.resize(length, 0);
        }
        let shape = [1, numbers.len()];
        let inputs: &[&[i64]] = match self.inputs {
            Inputs::NumbersThenMask => &[&numbers, &mask],
            Inputs::MaskThenNumbers => &[&mask, &numbers],
            Inputs::NumbersAlone => &[&numbers],
        };
        let said = self.graph.run_whole(&shape, inputs, self.output)?;
        if said.len() != CLAP_LEN {
            return Err(Error::Run { reason: format!("{} outputs instead of {CLAP_LEN}", said.len()) });
        }
        normalised(said.into_iter().map(f64::from)).ok_or(Error::NotFinite)
    }
}

/// How many numbers an input `[1, numbers]` has, if the file fixes that.
fn length(input: &Tensor) -> std::result::Result<Option<usize>, String> {
    match input.shape.as_deref() {
        Some([None | Some(1), None]) => Ok(None),
        Some([None | Some(1), Some(n)]) if (2..=LONGEST).contains(n) => Ok(Some(*n)),
        _ => Err(format!("its input `{}` is not [1, numbers] of at most {LONGEST}", input.name)),
    }
}
