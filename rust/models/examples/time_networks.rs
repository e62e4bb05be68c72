//! Times the networks on one thread, kinds in turn, and says what the first kind's models add to memory.
//!
//! `cargo run --release -p segue-models --example time_networks MODELS KIND...` with kinds `auto`, `onnxruntime` and
//! `rten`, each with `-int8` or `-f32`, and `ORT_DYLIB_PATH` for ONNX Runtime. `auto-int8` is Segue's kernel where the
//! processor is one that it is made for. The kinds take turns patch by patch, so that their ratios hold on a busy
//! machine. Only the first kind's memory is stated: freed memory would be counted for the next.
#![allow(clippy::print_stdout)] // A program for people.

use std::path::Path;
use std::time::Instant;

use segue_models::{
    BackendChoice, Catalogue, Model, Network, PATCH_LEN, Precision, Result, Runtime, RuntimeOptions, load_musicnn,
};

const RUNS: usize = 60;
/// Two workers with two networks each.
const MODELS: usize = 4;

struct Kind {
    name: String,
    models: Vec<Box<dyn Model>>,
    /// Milliseconds.
    times: Vec<f64>,
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((folder, kinds)) = arguments.split_first().filter(|(_, kinds)| !kinds.is_empty()) else {
        println!("usage: time_networks MODELS (auto | onnxruntime | rten)-(int8 | f32)...");
        return Ok(());
    };
    let catalogue = Catalogue::open(Path::new(folder))?;
    let patch: Vec<f32> = (0..PATCH_LEN).map(|i| (i * 7 % 50) as f32 / 12.0).collect();

    let mut loaded: Vec<Kind> = Vec::new();
    for kind in kinds {
        let (backend, precision) = kind.split_once('-').unwrap_or((kind, "int8"));
        let backend = match backend {
            "rten" => BackendChoice::Rten,
            "onnxruntime" => BackendChoice::OnnxRuntime,
            _ => BackendChoice::Auto,
        };
        let precision = if precision == "f32" { Precision::F32 } else { Precision::Int8 };
        let runtime = Runtime::load(&RuntimeOptions { backend, ..RuntimeOptions::default() })?;
        let before = resident();
        let mut models = Vec::new();
        for i in 0..MODELS {
            let mut model = load_musicnn(&runtime, &catalogue, Network::ALL[i % 2], precision)?;
            model.run(&patch)?;
            models.push(model);
        }
        if let (true, Some(before), Some(after)) = (loaded.is_empty(), before, resident()) {
            println!("{kind}: {:.1} MB a model, {after:.0} MB in all with {MODELS}", (after - before) / MODELS as f64);
        }
        let name = format!("{} {}", runtime.name(), precision.name());
        loaded.push(Kind { name, models, times: Vec::new() });
    }
    for run in 0..RUNS {
        for kind in &mut loaded {
            let begun = Instant::now();
            kind.models[run % MODELS].run(&patch)?;
            kind.times.push(begun.elapsed().as_secs_f64() * 1e3);
        }
    }
    for kind in &mut loaded {
        kind.times.sort_unstable_by(f64::total_cmp);
        let (least, median) = (kind.times[0], kind.times[RUNS / 2]);
        println!("{}: {least:.2} ms a patch at best, {median:.2} in the median", kind.name);
    }
    Ok(())
}

/// Resident memory in megabytes, where the system has a `/proc`.
fn resident() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kilobytes| kilobytes / 1024.0)
}
