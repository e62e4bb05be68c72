//! ONNX Runtime, loaded at run time.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ::ort::environment::Environment;
use ::ort::ep::CPU;
use ::ort::session::builder::{BuilderResult, GraphOptimizationLevel, SessionBuilder};
use ::ort::session::{Session, SessionInputValue};
use ::ort::value::{Outlet, TensorElementType, TensorRef, ValueType};

use super::{Graph, Tensor};
use crate::{Error, Result};

mod version;

/// ONNX Runtime as this process has loaded it.
#[derive(Clone)]
pub(crate) struct OnnxRuntime {
    environment: Environment,
    library: PathBuf,
    version: String,
}

/// `ort` binds to one library and has one environment per process, for good: whoever comes later shares it, also when
/// the first has long gone.
static LOADED: Mutex<Option<OnnxRuntime>> = Mutex::new(None);

impl OnnxRuntime {
    /// Loads the library at `path`, or takes the one that the process already has. The error says why not.
    pub(crate) fn load(path: &Path) -> std::result::Result<Self, String> {
        // `ort` reads a relative path as relative to the executable.
        let library = std::path::absolute(path).map_err(|e| e.to_string())?;
        if !library.is_file() {
            return Err("there is no such file".to_owned());
        }
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(runtime) = loaded.as_ref() {
            if runtime.library != library {
                tracing::warn!(
                    wanted = %library.display(), taken = %runtime.library.display(),
                    "a process can load one ONNX Runtime: the first stays"
                );
            }
            return Ok(runtime.clone());
        }
        // First, because `ort` panics on libraries that are not quite an ONNX Runtime.
        let version = version::of(&library)?;
        let builder = ::ort::init_from(&library).map_err(|e| e.to_string())?;
        let environment =
            builder.with_name("segue").with_telemetry(false).build().map_err(|e| e.message().to_owned())?;
        let runtime = Self { environment, library, version };
        *loaded = Some(runtime.clone());
        Ok(runtime)
    }

    pub(crate) fn name(&self) -> String {
        format!("ONNX Runtime {}", self.version)
    }

    /// The network in `bytes`. The error is in the runtime's own words.
    pub(crate) fn graph(&self, bytes: &[u8]) -> std::result::Result<Box<dyn Graph>, String> {
        self.committed(|builder| builder.commit_from_memory(bytes))
    }

    /// The network in the file at `path`.
    pub(crate) fn graph_at(&self, path: &Path) -> std::result::Result<Box<dyn Graph>, String> {
        self.committed(|builder| builder.commit_from_file(path))
    }

    fn committed(
        &self,
        commit: impl FnOnce(&mut SessionBuilder) -> ::ort::Result<Session>,
    ) -> std::result::Result<Box<dyn Graph>, String> {
        let session =
            self.builder().and_then(|mut builder| commit(&mut builder)).map_err(|e| e.message().to_owned())?;
        let (inputs, outputs) = (tensors(session.inputs()), tensors(session.outputs()));
        Ok(Box::new(OrtGraph { session, inputs, outputs }))
    }

    fn builder(&self) -> ::ort::Result<SessionBuilder> {
        let plain = |step: BuilderResult| step.map_err(::ort::Error::<()>::from);
        // One thread per session: tracks are what runs in parallel. Without the arena a session holds 12 to 17 MB instead of
        // 28 to 37 and is no slower.
        let mut builder = Session::builder(&self.environment)?;
        builder = plain(builder.with_optimization_level(GraphOptimizationLevel::Level3))?;
        builder = plain(builder.with_intra_threads(1))?;
        builder = plain(builder.with_inter_threads(1))?;
        builder = plain(builder.with_intra_op_spinning(false))?;
        builder = plain(builder.with_inter_op_spinning(false))?;
        builder = plain(builder.with_memory_pattern(false))?;
        plain(builder.with_execution_providers([CPU::default().with_arena_allocator(false).build()]))
    }
}

struct OrtGraph {
    session: Session,
    inputs: Vec<Tensor>,
    outputs: Vec<Tensor>,
}

impl Graph for OrtGraph {
    fn inputs(&self) -> &[Tensor] {
        &self.inputs
    }

    fn outputs(&self) -> &[Tensor] {
        &self.outputs
    }

    fn run(&mut self, shape: &[usize], values: &[f32], outputs: &[usize]) -> Result<Vec<Vec<f32>>> {
        let input = TensorRef::from_array_view((shape, values)).map_err(|e| failed(&e))?;
        let said = self.session.run(::ort::inputs![input]).map_err(|e| failed(&e))?;
        let value = |place: &usize| {
            let value = self.outputs.get(*place).and_then(|tensor| said.get(&tensor.name));
            let value = value.ok_or_else(|| Error::Run { reason: format!("it has no output {place}") })?;
            value.try_extract_tensor::<f32>().map(|(_, values)| values.to_vec()).map_err(|e| failed(&e))
        };
        outputs.iter().map(value).collect()
    }

    fn run_whole(&mut self, shape: &[usize], values: &[&[i64]], output: usize) -> Result<Vec<f32>> {
        let mut inputs = Vec::new();
        for (tensor, values) in self.inputs.iter().zip(values) {
            let input = TensorRef::from_array_view((shape, *values)).map_err(|e| failed(&e))?;
            inputs.push((tensor.name.as_str(), SessionInputValue::from(input)));
        }
        let said = self.session.run(inputs).map_err(|e| failed(&e))?;
        let value = self.outputs.get(output).and_then(|tensor| said.get(&tensor.name));
        let value = value.ok_or_else(|| Error::Run { reason: format!("it has no output {output}") })?;
        value.try_extract_tensor::<f32>().map(|(_, values)| values.to_vec()).map_err(|e| failed(&e))
    }
}

fn tensors(outlets: &[Outlet]) -> Vec<Tensor> {
    let tensor = |outlet: &Outlet| {
        let (shape, kind) = match outlet.dtype() {
            // An open dimension is -1.
            ValueType::Tensor { ty, shape, .. } => {
                (Some(shape.iter().map(|n| usize::try_from(*n).ok()).collect()), Some(*ty))
            }
            _ => (None, None),
        };
        Tensor {
            name: outlet.name().to_owned(),
            shape,
            f32: kind == Some(TensorElementType::Float32),
            i64: kind == Some(TensorElementType::Int64),
        }
    };
    outlets.iter().map(tensor).collect()
}

fn failed(error: &::ort::Error) -> Error {
    Error::Run { reason: error.message().to_owned() }
}
