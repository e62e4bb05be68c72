//! Draws a sheet of covers and an elbow plot into a folder, to be looked at:
//! `cargo run -p segue-draw --example pictures -- FOLDER`.

use std::error::Error;
use std::path::Path;

use segue_draw::{CoverTraits, CurvePoint, ElbowLabels, cover_png, elbow_svg};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).ok_or("name the folder to draw into")?;
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    let words: [&[&str]; 6] = [&[], &["rock"], &["ambient"], &["jazz"], &["electronic"], &["sad"]];
    for number in 0_u8..24 {
        let [row, column] = [number / 6, number % 6];
        let level = f32::from(row) / 3.0;
        let across = f32::from(column) / 5.0;
        let key = format!("playlist {number}");
        let traits = CoverTraits {
            key: &key,
            energy: 0.5 * (level + across),
            tempo: level,
            valence: across,
            brightness: (level + across).fract(),
            words: words.get(usize::from(column)).copied().unwrap_or_default(),
        };
        std::fs::write(folder.join(format!("cover-{number:02}.png")), cover_png(&traits, 600)?)?;
    }
    let points: Vec<CurvePoint> = (2_usize..=15)
        .map(|k| {
            let x = k as f64;
            CurvePoint { k, inertia: 40_000.0 / x + 900.0 * (15.0 - x), silhouette: 0.32 - 0.004 * (x - 6.0).powi(2) }
        })
        .collect();
    std::fs::write(folder.join("elbow.svg"), elbow_svg(&points, Some(6), &ElbowLabels::default()))?;
    Ok(())
}
