//! What the tests of this room share.
#![allow(dead_code, clippy::unwrap_used, clippy::panic, clippy::print_stderr)] // Each test takes a part of it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use segue_models::{BackendChoice, Catalogue, Runtime, RuntimeOptions};
use serde_json::Value;

pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub(crate) fn catalogue() -> Catalogue {
    Catalogue::open(&repository().join("models")).unwrap()
}

pub(crate) fn golden(name: &str) -> Value {
    let text = fs::read_to_string(repository().join("tests/golden").join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

pub(crate) fn numbers(value: &Value) -> Vec<f32> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap() as f32).collect()
}

/// Values that are stored as whole numbers, times 100000.
pub(crate) fn scaled(value: &Value) -> Vec<f32> {
    value.as_array().unwrap().iter().map(|x| (x.as_f64().unwrap() / 1e5) as f32).collect()
}

/// ONNX Runtime as the build script or `ORT_DYLIB_PATH` provides it. Where it is missing a test may be skipped, except
/// on machines that are there for testing.
pub(crate) fn onnx_runtime() -> Option<Runtime> {
    let options = RuntimeOptions {
        backend: BackendChoice::OnnxRuntime,
        library: None,
        search: vec![repository().join(".cache/onnxruntime")],
    };
    match Runtime::load(&options) {
        Ok(runtime) => Some(runtime),
        Err(error) => {
            let required = ["CI", "SEGUE_REQUIRE_ORT"].iter().any(|name| env::var_os(name).is_some());
            assert!(!required, "{error}");
            eprintln!("skipped with ONNX Runtime: {error}");
            None
        }
    }
}

pub(crate) fn rten() -> Runtime {
    Runtime::load(&RuntimeOptions { backend: BackendChoice::Rten, ..RuntimeOptions::default() }).unwrap()
}

/// What runs networks when nothing is chosen: the kernel where this processor has one.
pub(crate) fn automatic() -> Runtime {
    Runtime::load(&RuntimeOptions {
        search: vec![repository().join(".cache/onnxruntime")],
        ..RuntimeOptions::default()
    })
    .unwrap()
}

/// The runtimes at hand.
pub(crate) fn runtimes() -> Vec<Runtime> {
    onnx_runtime().into_iter().chain([rten(), automatic()]).collect()
}

pub(crate) fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    // Not `f32::max`, which passes over NaN.
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, |most, x| if x <= most { most } else { x })
}

pub(crate) fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}
