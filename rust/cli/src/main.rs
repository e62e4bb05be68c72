//! `segue`: the engine from a shell.
fn main() {}
