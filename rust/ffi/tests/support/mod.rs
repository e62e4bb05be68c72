//! What tests of the exports share.

#![allow(clippy::panic, clippy::needless_pass_by_value, reason = "helpers of tests are tests, too")]

use std::path::Path;

use interoptopus::ffi;
use interoptopus::wire::Wire;
use segue_native::{Backend, Options, Precision, Status, segue_last_error, segue_open};

pub(crate) fn options(store: &Path) -> Wire<Options> {
    Wire::from(options_of(store))
}

pub(crate) fn options_of(store: &Path) -> Options {
    Options {
        store: store.to_string_lossy().into_owned(),
        models: String::new(),
        onnxruntime: String::new(),
        ffmpeg: String::new(),
        threads: 1,
        gentle: false,
        backend: Backend::Auto,
        precision: Precision::Int8,
        patches: None,
        time_limit_ms: 0,
        recent_albums: 0,
        search: Vec::new(),
    }
}

pub(crate) fn open(folder: &Path) -> u64 {
    segue_open(options(&folder.join("segue.db"))).unwrap()
}

/// How a call ended.
pub(crate) fn status<T>(result: ffi::Result<T, Status>) -> Status {
    match result {
        ffi::Result::Ok(_) => Status::Ok,
        ffi::Result::Err(status) => status,
        ffi::Result::Panic | ffi::Result::Null => panic!("the guard never answers with these"),
    }
}

pub(crate) fn last_error() -> String {
    segue_last_error().unwrap().unwire()
}
