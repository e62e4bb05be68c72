//! How fast queries are answered at 100,000 tracks: `cargo run --release -p segue-search --example speed`.
#![allow(clippy::print_stdout)]

use std::time::Instant;

use segue_search::{Columns, Facts, NoNames, TAGS, understand};

const TRACKS: usize = 100_000;
const QUERIES: [&str; 5] = [
    "calm piano for reading, no vocals",
    "fast aggressive metal from the 80s, louder than -10 LUFS",
    "ruhige Klaviermusik ohne Gesang und Schlagzeug zum Lernen, langsamer als 90 bpm",
    "piano or guitar or violin or flute, slow, sad, dark, not too quiet, longer than 3 minutes, in D minor, before 1990",
    "happy",
];

fn main() {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1_u64 << 24) as f32
    };
    let mut columns = Columns::with_capacity(TRACKS);
    let began = Instant::now();
    for _ in 0..TRACKS {
        let msd: Vec<f32> = (0..TAGS).map(|_| next().powi(4)).collect();
        let mtt: Vec<f32> = (0..TAGS).map(|_| next().powi(4)).collect();
        columns.push(&Facts {
            msd: &msd,
            mtt: &mtt,
            moods: std::array::from_fn(|_| next()),
            tempo: 60.0 + 120.0 * next(),
            tonic: Some((12.0 * next()) as u8),
            minor: Some(next() < 0.4),
            energy: next(),
            brightness: next(),
            danceability: 3.0 * next(),
            loudness: -30.0 + 25.0 * next(),
            duration: 600.0 * next(),
            year: 1950 + (75.0 * next()) as i32,
            ..Facts::default()
        });
    }
    let filled = began.elapsed();
    println!("{TRACKS} tracks set in {filled:.0?}, {} bytes each", columns.memory() / TRACKS);
    let began = Instant::now();
    let _ = understand("", &NoNames);
    println!("lexicon read in {:.1?}", began.elapsed());
    let long = "calm xyzzy piano, no ".repeat(48);
    let began = Instant::now();
    let wants = understand(&long, &NoNames).wants.len();
    println!("{} characters understood in {:.1?}, {wants} wants", long.len(), began.elapsed());
    for text in QUERIES {
        let began = Instant::now();
        let query = understand(text, &NoNames);
        let understood = began.elapsed();
        let mut times: Vec<_> = (0..21)
            .map(|_| {
                let began = Instant::now();
                let best = query.best(&columns, 50, &|_| true);
                (began.elapsed(), best.len())
            })
            .collect();
        times.sort_unstable();
        println!(
            "{query}: understood in {understood:.1?}, {} wants, answered in {:.1?}",
            query.wants.len(),
            times[10].0
        );
    }
}
