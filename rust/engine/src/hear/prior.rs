//! Statistics of music that the space begins with, before there is much of a library.

use segue_space::Prior;

use crate::api::Level;

/// Means and deviations of the space's blocks over 299 freely licensed tracks, f32, little-endian: first at the level that all
/// tracks share, then as they are; `scripts/hearing.py statistics` writes it.
const STATISTICS: &[u8] = include_bytes!("prior.f32");

/// Tracks of the library's own from which on its own statistics count for more.
const TRACKS: f64 = 200.0;

/// The statistics of a space of `dimensions` numbers per track.
pub(crate) fn prior(level: Level, dimensions: usize) -> Prior {
    let (values, _) = STATISTICS.as_chunks::<4>();
    let mut values = values.iter().map(|value| f32::from_le_bytes(*value)).skip(match level {
        Level::Both => 0,
        Level::AsIs => 2 * dimensions,
    });
    let mean = values.by_ref().take(dimensions).collect();
    Prior { mean, deviation: values.take(dimensions).collect(), tracks: TRACKS }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_holds_both_levels_and_nothing_else() {
        const DIMENSIONS: usize = 800;
        assert_eq!(STATISTICS.len(), 2 * 2 * DIMENSIONS * 4);
        let [levelled, as_is] = [Level::Both, Level::AsIs].map(|level| prior(level, DIMENSIONS));
        for prior in [&levelled, &as_is] {
            assert_eq!((prior.mean.len(), prior.deviation.len()), (DIMENSIONS, DIMENSIONS));
            assert!(prior.mean.iter().all(|mean| mean.abs() < 20.0));
            assert!(prior.deviation.iter().all(|deviation| (0.05..10.0).contains(deviation)));
        }
        // Level moves an embedding, but by less than tracks differ.
        let moved = levelled.mean.iter().zip(&as_is.mean).zip(&as_is.deviation).map(|((a, b), d)| ((a - b) / d).abs());
        let moved = moved.sum::<f32>() / DIMENSIONS as f32;
        assert!(0.0 < moved && moved < 1.0, "{moved}");
    }
}
