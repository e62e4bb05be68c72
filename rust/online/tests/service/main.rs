//! Services against a server of our own.
#![allow(clippy::unwrap_used)]

mod naming;
mod server;
mod vision;
