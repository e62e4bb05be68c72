//! Asks a library whether it is an ONNX Runtime, and which.
#![allow(unsafe_code)] // Calls into a library by hand: `ort` has no door for this question.

use std::ffi::CStr;
use std::path::Path;

use ::ort::sys::OrtApiBase;

/// The version of the library at `path` as `major.minor`. The error says why it cannot be used.
pub(super) fn of(path: &Path) -> Result<String, String> {
    // SAFETY: the initialisers of the library run. A person named this file as an ONNX Runtime, or it lies where one is
    // installed; a process that loads libraries cannot ask for more.
    let library = unsafe { libloading::Library::new(path) }.map_err(|e| e.to_string())?;
    // SAFETY: the name and type are those of `onnxruntime_c_api.h`, unchanged since its first version.
    let base = unsafe { library.get::<unsafe extern "system" fn() -> *const OrtApiBase>(b"OrtGetApiBase\0") }
        .map_err(|_| "it is not an ONNX Runtime".to_owned())?;
    // SAFETY: the function takes nothing and gives a pointer to a static table, or null.
    let base = unsafe { base().as_ref() }.ok_or_else(|| "it is not an ONNX Runtime".to_owned())?;
    // SAFETY: both members are functions in every version of the table. The first gives null for a version of the
    // interface that the library does not have, the second a static string.
    let (api, version) = unsafe { ((base.GetApi)(::ort::sys::ORT_API_VERSION), (base.GetVersionString)()) };
    let text = if version.is_null() {
        "without a version".to_owned()
    } else {
        // SAFETY: a static string that ends with 0, as above.
        unsafe { CStr::from_ptr(version) }.to_string_lossy().into_owned()
    };
    if api.is_null() {
        return Err(format!("it is an ONNX Runtime {text}; 1.{} or newer is needed", ::ort::MINOR_VERSION));
    }
    // It stays loaded: `ort` opens it next, and to unload and reload a library with threads and statics is asking for
    // trouble.
    std::mem::forget(library);
    let mut parts = text.split('.');
    match (parts.next(), parts.next()) {
        (Some(major), Some(minor)) => Ok(format!("{major}.{minor}")),
        _ => Ok(text),
    }
}
