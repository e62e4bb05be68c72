//! rten: pure Rust, for where ONNX Runtime cannot be loaded.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use ::rten::{
    DataType, Dimension, ModelOptions, NodeId, RunOptions, ThreadPool, Value, ValueOrView, ValueType, ValueView,
};

use super::{Graph, Tensor};
use crate::{Error, Result};

/// What [`Runtime::name`](crate::Runtime::name) calls it.
pub(crate) const NAME: &str = "rten 0.27";

/// Larger files are run without a second, rearranged copy of their weights.
const PREPACKED: usize = 64 << 20;

/// The network in `bytes`. The error is in rten's own words.
pub(crate) fn graph(bytes: Vec<u8>) -> std::result::Result<Box<dyn Graph>, String> {
    let prepack = bytes.len() <= PREPACKED;
    // A file from anywhere may meet an assertion of the loader.
    let load = AssertUnwindSafe(|| ModelOptions::with_all_ops().prepack_weights(prepack).load(bytes));
    let model = catch_unwind(load).map_err(|_| "rten panicked".to_owned())?.map_err(|e| e.to_string())?;
    let tensors = |nodes: &[NodeId]| nodes.iter().map(|node| tensor(&model, *node)).collect();
    let (inputs, outputs) = (tensors(model.input_ids()), tensors(model.output_ids()));
    // rten runs models on a pool of threads only; ours has one, as each session of ONNX Runtime has.
    let pool = Arc::new(ThreadPool::with_num_threads(1));
    Ok(Box::new(RtenGraph { model, inputs, outputs, pool }))
}

fn tensor(model: &::rten::Model, node: NodeId) -> Tensor {
    let info = model.node_info(node);
    let info = info.as_ref();
    let dimension = |dimension: Dimension| match dimension {
        Dimension::Fixed(n) => Some(n),
        Dimension::Symbolic(_) => None,
    };
    Tensor {
        name: info.and_then(|info| info.name()).unwrap_or_default().to_owned(),
        shape: info.and_then(|info| info.shape()).map(|shape| shape.into_iter().map(dimension).collect()),
        f32: info.and_then(|info| info.dtype()) == Some(ValueType::Tensor(DataType::Float)),
        // rten has one size of whole numbers.
        i64: info.and_then(|info| info.dtype()) == Some(ValueType::Tensor(DataType::Int32)),
    }
}

struct RtenGraph {
    model: ::rten::Model,
    inputs: Vec<Tensor>,
    outputs: Vec<Tensor>,
    pool: Arc<ThreadPool>,
}

impl RtenGraph {
    fn answer(&self, inputs: Vec<ValueView<'_>>, outputs: &[usize]) -> Result<Vec<Value>> {
        let missing = |place: &usize| Error::Run { reason: format!("it has no tensor {place}") };
        let node = |nodes: &[NodeId], place: &usize| nodes.get(*place).copied().ok_or_else(|| missing(place));
        let place = |(place, values)| Ok((node(self.model.input_ids(), &place)?, ValueOrView::View(values)));
        let inputs = inputs.into_iter().enumerate().map(place).collect::<Result<Vec<_>>>()?;
        let outputs =
            outputs.iter().map(|place| node(self.model.output_ids(), place)).collect::<Result<Vec<NodeId>>>()?;
        let mut options = RunOptions::default();
        options.thread_pool = Some(Arc::clone(&self.pool));
        self.model.run(inputs, &outputs, Some(options)).map_err(|e| Error::Run { reason: e.to_string() })
    }

    fn said(&self, inputs: Vec<ValueView<'_>>, outputs: &[usize]) -> Result<Vec<Vec<f32>>> {
        // A thread that belongs to another rayon pool, as the engine's do, would begin further tasks of that pool while
        // it waits for rten's: another track, inside this one. A plain thread between the two only waits.
        let answer = thread::scope(|scope| scope.spawn(|| self.answer(inputs, outputs)).join());
        let answer = answer.map_err(|_| Error::Run { reason: "rten panicked".to_owned() })??;
        let values = |value: Value| {
            let tensor =
                value.into_tensor::<f32>().ok_or_else(|| Error::Run { reason: "an output is not f32".to_owned() })?;
            Ok(tensor.into_data())
        };
        answer.into_iter().map(values).collect()
    }
}

impl Graph for RtenGraph {
    fn inputs(&self) -> &[Tensor] {
        &self.inputs
    }

    fn outputs(&self) -> &[Tensor] {
        &self.outputs
    }

    fn run(&mut self, shape: &[usize], values: &[f32], outputs: &[usize]) -> Result<Vec<Vec<f32>>> {
        let input = ValueView::from_shape(shape, values).map_err(|e| Error::Run { reason: e.to_string() })?;
        self.said(vec![input], outputs)
    }

    fn run_whole(&mut self, shape: &[usize], values: &[&[i64]], output: usize) -> Result<Vec<f32>> {
        let narrow =
            |values: &&[i64]| values.iter().map(|x| i32::try_from(*x)).collect::<std::result::Result<Vec<_>, _>>();
        let narrowed: Vec<Vec<i32>> = values
            .iter()
            .map(narrow)
            .collect::<std::result::Result<_, _>>()
            .map_err(|e| Error::Run { reason: e.to_string() })?;
        let mut inputs = Vec::with_capacity(narrowed.len());
        for values in &narrowed {
            let view = ValueView::from_shape(shape, values.as_slice());
            inputs.push(view.map_err(|e| Error::Run { reason: e.to_string() })?);
        }
        let mut said = self.said(inputs, &[output])?;
        said.pop().ok_or_else(|| Error::Run { reason: format!("it has no output {output}") })
    }
}
