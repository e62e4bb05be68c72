//! A missing or wrong library is an error or a reason to take rten, and never a panic.
//!
//! Alone in its process, and one test: a process that has loaded one ONNX Runtime looks at no other.
#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::path::Path;

use common::{catalogue, onnx_runtime};
use segue_models::{BackendChoice, Error, Network, PATCH_LEN, Precision, Runtime, RuntimeOptions, load_musicnn};

fn options(backend: BackendChoice, library: &Path) -> RuntimeOptions {
    RuntimeOptions { backend, library: Some(library.to_owned()), search: Vec::new() }
}

#[test]
fn libraries_that_cannot_be_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let garbage = folder.path().join("garbage.so");
    fs::write(&garbage, "not a library").unwrap();
    // This test itself is a program that can be loaded neither as a library nor as an ONNX Runtime.
    let other = std::env::current_exe().unwrap();
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();

    for library in [folder.path().join("missing.so").as_path(), &garbage, &other, &empty, Path::new("")] {
        let error = Runtime::load(&options(BackendChoice::OnnxRuntime, library)).err().unwrap();
        let Error::NoRuntime { tried } = &error else { unreachable!("{error}") };
        assert_eq!(tried.len(), 1, "{error}");
        assert!(tried[0].starts_with(&library.display().to_string()), "{error}");

        let runtime = Runtime::load(&options(BackendChoice::Auto, library)).unwrap();
        assert!(runtime.name().starts_with("rten 0.27"), "{}", runtime.name());
        let mut model = load_musicnn(&runtime, &catalogue(), Network::Msd, Precision::Int8).unwrap();
        assert!(model.run(&[1.0; PATCH_LEN]).is_ok());
    }

    // After all that, a real one still loads, and from then on serves everybody.
    if let Some(runtime) = onnx_runtime() {
        assert!(runtime.name().starts_with("ONNX Runtime 1."), "{}", runtime.name());
        drop(runtime);
        let again = onnx_runtime().unwrap();
        let shared = Runtime::load(&options(BackendChoice::OnnxRuntime, &garbage)).unwrap();
        assert_eq!(shared.name(), again.name());
    }
}
