//! rten: pure Rust, for where ONNX Runtime cannot be loaded.

use std::sync::Arc;
use std::thread;

use ::rten::{ModelOptions, NodeId, RunOptions, ThreadPool, Value, ValueOrView, ValueView};

use super::{DENSE, Model, PATCH, PATCH_SHAPE, PatchOutput, TAGS, check_output, check_patch};
use crate::{Error, Result};

/// What [`Runtime::name`](crate::Runtime::name) calls it.
pub(crate) const NAME: &str = "rten 0.27";

/// The model in `bytes`. The error is in rten's own words.
pub(crate) fn model(bytes: Vec<u8>) -> std::result::Result<Box<dyn Model>, String> {
    let model = ModelOptions::with_all_ops().prepack_weights(true).load(bytes).map_err(|e| e.to_string())?;
    let node = |name| model.node_id(name).map_err(|e| e.to_string());
    let (patch, dense, tags) = (node(PATCH)?, node(DENSE)?, node(TAGS)?);
    // rten runs models on a pool of threads only; ours has one, as each session of ONNX Runtime has.
    let pool = Arc::new(ThreadPool::with_num_threads(1));
    Ok(Box::new(RtenModel { model, patch, outputs: [dense, tags], pool }))
}

struct RtenModel {
    model: ::rten::Model,
    patch: NodeId,
    outputs: [NodeId; 2],
    pool: Arc<ThreadPool>,
}

impl RtenModel {
    fn answer(&self, patch: &[f32]) -> Result<[Value; 2]> {
        let input = ValueView::from_shape(&PATCH_SHAPE, patch).map_err(|e| Error::Run { reason: e.to_string() })?;
        let mut options = RunOptions::default();
        options.thread_pool = Some(Arc::clone(&self.pool));
        self.model
            .run_n(vec![(self.patch, ValueOrView::View(input))], self.outputs, Some(options))
            .map_err(|e| Error::Run { reason: e.to_string() })
    }
}

impl Model for RtenModel {
    fn run(&mut self, patch: &[f32]) -> Result<PatchOutput> {
        check_patch(patch)?;
        // A thread that belongs to another rayon pool, as the engine's do, would begin further tasks of that pool while
        // it waits for rten's: another track, inside this one. A plain thread between the two only waits.
        let answer = thread::scope(|scope| scope.spawn(|| self.answer(patch)).join());
        let [dense, tags] = answer.map_err(|_| Error::Run { reason: "rten panicked".to_owned() })??;
        let values = |value: Value| {
            let tensor =
                value.into_tensor::<f32>().ok_or_else(|| Error::Run { reason: "an output is not f32".to_owned() })?;
            Ok::<_, Error>(tensor.into_data())
        };
        check_output(&values(dense)?, &values(tags)?)
    }
}
