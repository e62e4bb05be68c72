//! Lays out a graph of neighbours from a file, to compare the outcome with other programs' and to measure the time.
//!
//!     cargo run --release -p segue-space --example map -- GRAPH OUT [BEFORE]
//!
//! All numbers are little-endian. GRAPH: rows and neighbours per row as u32; then row by row u32 neighbours, then f32 distances in
//! the same order. OUT and BEFORE: x and y of each row as f32; in BEFORE, NaN where a row has no place.
#![allow(clippy::print_stderr, reason = "a program for people")]

use std::error::Error;
use std::time::Instant;

use segue_space::{MapRun, Nearby, lay_out};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [graph, out, before @ ..] = arguments.as_slice() else { return Err("GRAPH OUT [BEFORE]".into()) };
    let bytes = std::fs::read(graph)?;
    let word = |at: usize| bytes.get(4 * at..4 * at + 4).and_then(|word| word.try_into().ok()).map(u32::from_le_bytes);
    let header = |at: usize| word(at).map(|value| value as usize).ok_or("the graph has no head");
    let (rows, each) = (header(0)?, header(1)?);
    let entry = |at: usize| -> Option<Nearby> {
        Some(Nearby { row: word(2 + at)?, distance: f32::from_bits(word(2 + rows * each + at)?) })
    };
    let row = |row: usize| (0..each).map(|column| entry(row * each + column)).collect::<Option<Vec<Nearby>>>();
    let graph = (0..rows).map(row).collect::<Option<Vec<_>>>().ok_or("the graph ends too soon")?;
    let mut places = Vec::new();
    if let Some(before) = before.first() {
        for place in std::fs::read(before)?.chunks_exact(8) {
            let (x, y) = place.split_at(4);
            let (x, y) = (f32::from_le_bytes(x.try_into()?), f32::from_le_bytes(y.try_into()?));
            places.push((x.is_finite() && y.is_finite()).then_some([x, y]));
        }
    }
    let begun = Instant::now();
    let run = MapRun { spread: &|pieces, work| (0..pieces).for_each(work), cancelled: &|| false, progress: &|_| {} };
    let places = lay_out(&graph, &places, &run).ok_or("cancelled")?;
    eprintln!("{rows} rows in {:.2} s", begun.elapsed().as_secs_f64());
    let bytes: Vec<u8> = places.iter().flatten().flat_map(|x| x.to_le_bytes()).collect();
    std::fs::write(out, bytes)?;
    Ok(())
}
