//! Times the networks on one thread and says what each loaded model adds to memory.
//!
//! `cargo run --release -p segue-models --example time_networks MODELS (onnxruntime | rten) (f32 | int8)`, with
//! `ORT_DYLIB_PATH` for ONNX Runtime. One kind per process: freed memory would be counted for the next.
#![allow(clippy::print_stdout)] // A program for people.

use std::path::Path;
use std::time::{Duration, Instant};

use segue_models::{
    BackendChoice, Catalogue, Network, PATCH_LEN, Precision, Result, Runtime, RuntimeOptions, load_musicnn,
};

const RUNS: usize = 40;
/// Two workers with two networks each.
const MODELS: usize = 4;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, backend, precision] = arguments.as_slice() else {
        println!("usage: time_networks MODELS (onnxruntime | rten) (f32 | int8)");
        return Ok(());
    };
    let backend = if backend == "rten" { BackendChoice::Rten } else { BackendChoice::OnnxRuntime };
    let precision = if precision == "f32" { Precision::F32 } else { Precision::Int8 };
    let catalogue = Catalogue::open(Path::new(folder))?;
    let runtime = Runtime::load(&RuntimeOptions { backend, ..RuntimeOptions::default() })?;
    let patch: Vec<f32> = (0..PATCH_LEN).map(|i| (i * 7 % 50) as f32 / 12.0).collect();

    let before = resident();
    let mut models = Vec::new();
    for i in 0..MODELS {
        let mut model = load_musicnn(&runtime, &catalogue, Network::ALL[i % 2], precision)?;
        model.run(&patch)?;
        models.push(model);
    }
    let after = resident();
    let mut times: Vec<Duration> = Vec::new();
    for run in 0..RUNS {
        let begun = Instant::now();
        models[run % MODELS].run(&patch)?;
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    let (least, median) = (times[0].as_secs_f64() * 1e3, times[RUNS / 2].as_secs_f64() * 1e3);
    println!("{} {}: {least:.1} ms a patch at best, {median:.1} in the median", runtime.name(), precision.name());
    if let (Some(before), Some(after)) = (before, after) {
        println!("{:.1} MB a model, {after:.0} MB in all with {MODELS}", (after - before) / MODELS as f64);
    }
    Ok(())
}

/// Resident memory in megabytes, where the system has a `/proc`.
fn resident() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kilobytes| kilobytes / 1024.0)
}
