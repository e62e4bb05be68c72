//! The C ABI of Segue: every export guarded, nothing else.
//!
//! This room turns [`segue_engine::Engine`] into a library that .NET can load (`segue_native`), and knows nothing of
//! music. It is the only room that knows interoptopus; from [`inventory`] the program `segue-bindgen` writes the C# side.
//!
//! # What callers may rely on
//!
//! - An engine is named by a number, never by a pointer. Zero, a number that was never given out and one that was freed
//!   answer [`Status::NullHandle`] or [`Status::Closed`]: there is nothing to dereference, so nothing to crash on. A call
//!   keeps its engine alive, so freeing it meanwhile is harmless too.
//! - Every export runs inside one guard. A panic ends there, as [`Status::Panic`]; it needs `panic = "unwind"`, which
//!   `segue_check_guard` lets a host verify before it trusts this library with its process.
//! - After a status other than `Ok`, `segue_last_error` has the text for it, on the thread that made the call.
//! - Everything may be called from any thread. Callbacks arrive on the thread that made the call, and never after it.
//! - Nothing is ever printed: the terminal belongs to the host.
//!
//! Structured data crosses as `Wire`, a flat buffer; ids of library items as one slice, 16 bytes each, since a library
//! has hundreds of thousands.

// interoptopus' macros expand to `unsafe impl`s and unsafe attributes, and to public helpers without documentation.
// No line written here is unsafe.
#![allow(unsafe_code, missing_docs)]

mod callbacks;
mod exports;
mod guard;
mod handles;
mod inventory;
mod status;
mod types;

pub use callbacks::{FilmCallback, KeepGoing, MakeCallback, PackCallback, ProgressCallback};
pub use exports::*;
pub use inventory::inventory;
pub use status::Status;
pub use types::*;
