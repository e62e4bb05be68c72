//! Writes the sample store to a file: `cargo run -p segue-store --example fixture -- tests/fixtures/store/v1.db`.
//!
//! Run once per schema version, when that version is new; the file is kept for good, so that every later version is
//! tested on it.

#[path = "../tests/store/sample.rs"]
mod sample;

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("name the file to write")?;
    let (store, opened) = segue_store::Store::open(Path::new(&path))?;
    if opened != segue_store::Opened::Created {
        return Err("there is a database already: fixtures are not rewritten".into());
    }
    sample::fill(&store)?;
    store.close()?;
    Ok(())
}
