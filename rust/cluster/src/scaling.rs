//! What makes dimensions of different units count alike, or as much as they should.

use std::ops::Range;

use ndarray::ArrayView2;
use segue_vectors::Standardiser;

use crate::points::check_finite;
use crate::{Error, Result, check_size};

/// Where the features of a song lie in its vector.
const RHYTHMIC: Range<usize> = 3..11;
const SPECTRAL: Range<usize> = 11..31;
const MFCC: Range<usize> = 31..83;
const VGGISH: Range<usize> = 95..223;

/// Dimensions without VGGish.
const CLASSICAL: usize = 95;

/// The range that [`MinMax`] scales to.
const RANGE: Range<f32> = 1.0..10.0;

/// Takes the least value of each dimension to 1 and the largest to 10. A dimension that does not vary is taken to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct MinMax {
    least: Vec<f32>,
    factor: Vec<f32>,
}

impl MinMax {
    /// From the rows of a matrix.
    ///
    /// # Errors
    /// [`Error::Empty`] without rows, [`Error::NotFinite`].
    pub fn fit(rows: ArrayView2<'_, f32>) -> Result<Self> {
        if rows.nrows() == 0 {
            return Err(Error::Empty);
        }
        check_finite(rows)?;
        let mut least = vec![f32::INFINITY; rows.ncols()];
        let mut most = vec![f32::NEG_INFINITY; rows.ncols()];
        for row in rows.rows() {
            for ((value, least), most) in row.iter().zip(&mut least).zip(&mut most) {
                *least = least.min(*value);
                *most = most.max(*value);
            }
        }
        let factor = |(least, most): (&f32, &f32)| {
            let span = most - least;
            if span > f32::MIN_POSITIVE { (RANGE.end - RANGE.start) / span } else { 0.0 }
        };
        let factor = least.iter().zip(&most).map(factor).collect();
        Ok(Self { least, factor })
    }

    /// Dimensions of the rows it takes.
    pub fn dimensions(&self) -> usize {
        self.least.len()
    }

    /// Scales a row in place; a surplus on either side is left alone. A row that was not fitted may end outside of 1..10.
    pub fn apply(&self, row: &mut [f32]) {
        for ((value, least), factor) in row.iter_mut().zip(&self.least).zip(&self.factor) {
            *value = RANGE.start + (*value - least) * factor;
        }
    }
}

/// Either way to bring dimensions to one scale.
#[derive(Debug, Clone, PartialEq)]
pub enum Scaler {
    /// The least value to 1, the largest to 10.
    MinMax(MinMax),
    /// Mean 0 and deviation 1.
    Standard(Standardiser),
}

impl Scaler {
    /// [`Scaler::MinMax`] of the rows of a matrix.
    ///
    /// # Errors
    /// As [`MinMax::fit`].
    pub fn min_max(rows: ArrayView2<'_, f32>) -> Result<Self> {
        MinMax::fit(rows).map(Self::MinMax)
    }

    /// [`Scaler::Standard`] of the rows of a matrix.
    ///
    /// # Errors
    /// As [`MinMax::fit`].
    pub fn standard(rows: ArrayView2<'_, f32>) -> Result<Self> {
        check_finite(rows)?;
        Standardiser::fit(rows).map(Self::Standard).map_err(|_| Error::Empty)
    }

    /// Scales a row in place; a surplus on either side is left alone.
    pub fn apply(&self, row: &mut [f32]) {
        match self {
            Self::MinMax(scaler) => scaler.apply(row),
            Self::Standard(scaler) => scaler.apply(row),
        }
    }
}

/// How much each group of a song's features counts: its values are multiplied by this once they are scaled. The features
/// that are in no group (length, segments, tempo of the whole, onsets, loudness) count once.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct FeatureWeights {
    /// VGGish's embedding, dimensions 95 to 222.
    pub vggish: f32,
    /// The MFCCs, 31 to 82.
    pub mfcc: f32,
    /// Centroid, bandwidth, roll-off, zero crossings and level, 11 to 30.
    pub spectral: f32,
    /// Tempo per segment and chroma, 3 to 10.
    pub rhythmic: f32,
}

impl Default for FeatureWeights {
    fn default() -> Self {
        Self { vggish: 1.2, mfcc: 1.05, spectral: 0.85, rhythmic: 1.1 }
    }
}

impl FeatureWeights {
    /// Weighs a scaled row of 95 features, or of 223 with VGGish, in place.
    ///
    /// # Errors
    /// [`Error::Size`] for a row of another length, which is left as it is.
    pub fn apply(&self, row: &mut [f32]) -> Result<()> {
        if row.len() != VGGISH.end {
            check_size("features", CLASSICAL, row.len())?;
        }
        let groups = [(RHYTHMIC, self.rhythmic), (SPECTRAL, self.spectral), (MFCC, self.mfcc), (VGGISH, self.vggish)];
        for (group, weight) in groups {
            row.iter_mut().take(group.end).skip(group.start).for_each(|value| *value *= weight);
        }
        Ok(())
    }
}

/// The space that AudioMuse-AI scores playlists in: tempo, energy and what a track's tags say, all 0..1. There only the
/// first few of all tags exist; here the strongest few of each track do, whichever they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TagSpace {
    /// Tags of a track that count; the others are 0.
    pub top: usize,
}

impl Default for TagSpace {
    fn default() -> Self {
        Self { top: 5 }
    }
}

impl TagSpace {
    /// Slowest tempo that is told apart, and how far the fastest is from it, in BPM.
    const TEMPO: (f32, f32) = (40.0, 160.0);

    /// A track's row: tempo (40 BPM and less 0, 200 and more 1), energy, one value per tag, then `moods` as they are.
    ///
    /// `energy`, `tags` and `moods` are 0..1. What is not a finite number stays so, for
    /// [`QualityReport`](crate::QualityReport) to find.
    pub fn row(&self, bpm: f32, energy: f32, tags: &[f32], moods: &[f32]) -> Vec<f32> {
        let mut strongest: Vec<usize> = (0..tags.len()).collect();
        // Stable, so that of equally strong tags the first one counts.
        strongest.sort_by(|a, b| tags[*b].total_cmp(&tags[*a]));
        let mut row = vec![0.0; 2 + tags.len()];
        row[0] = ((bpm - Self::TEMPO.0) / Self::TEMPO.1).clamp(0.0, 1.0);
        row[1] = energy.clamp(0.0, 1.0);
        strongest.iter().take(self.top).for_each(|tag| row[2 + tag] = tags[*tag]);
        row.extend_from_slice(moods);
        row
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::*;

    #[test]
    fn least_is_one_and_most_ten_and_what_does_not_vary_is_one() {
        let rows = array![[2.0f32, -5.0, 7.0], [4.0, 5.0, 7.0], [3.0, 0.0, 7.0]];
        let scaler = MinMax::fit(rows.view()).unwrap();
        let scaled = |row: [f32; 3]| {
            let mut row = row;
            scaler.apply(&mut row);
            row
        };
        assert_eq!(scaled([2.0, -5.0, 7.0]), [1.0, 1.0, 1.0]);
        assert_eq!(scaled([4.0, 5.0, 7.0]), [10.0, 10.0, 1.0]);
        assert_eq!(scaled([3.0, 0.0, 9.0]), [5.5, 5.5, 1.0]);
        assert_eq!(scaler.dimensions(), 3);
    }

    #[test]
    fn scalers_refuse_nothing_and_hostile_values() {
        for scaler in [Scaler::min_max, Scaler::standard] {
            assert_eq!(scaler(Array2::zeros((0, 3)).view()), Err(Error::Empty));
            assert_eq!(scaler(array![[1.0], [f32::NAN]].view()), Err(Error::NotFinite { row: 1 }));
            let mut row = [1.0f32, 2.0];
            scaler(array![[1.0f32, 2.0]].view()).unwrap().apply(&mut row);
            assert!(row.iter().all(|value| value.is_finite()));
        }
        let mut row = [4.0f32];
        Scaler::standard(array![[0.0f32], [4.0]].view()).unwrap().apply(&mut row);
        assert_eq!(row, [1.0]);
    }

    #[test]
    fn each_group_of_features_has_its_weight() {
        let mut row = [1.0f32; 223];
        FeatureWeights::default().apply(&mut row).unwrap();
        let at = |range: Range<usize>, weight: f32| row[range].iter().all(|value| *value == weight);
        assert!(at(0..3, 1.0) && at(3..11, 1.1) && at(11..31, 0.85) && at(31..83, 1.05) && at(83..95, 1.0));
        assert!(at(95..223, 1.2));
        let mut classical = [1.0f32; 95];
        FeatureWeights::default().apply(&mut classical).unwrap();
        assert_eq!(classical[..], row[..95]);
        let mut short = [1.0f32; 94];
        let error = FeatureWeights::default().apply(&mut short);
        assert_eq!(error, Err(Error::Size { what: "features", expected: 95, got: 94 }));
        assert_eq!(short, [1.0; 94]);
    }

    #[test]
    fn the_strongest_tags_of_a_track_count_whichever_they_are() {
        let tags = [0.1, 0.9, 0.0, 0.3, 0.3, 0.8];
        let row = TagSpace { top: 3 }.row(120.0, 0.4, &tags, &[0.7]);
        assert_eq!(row, [0.5, 0.4, 0.0, 0.9, 0.0, 0.3, 0.0, 0.8, 0.7]);
        assert_eq!(TagSpace { top: 9 }.row(20.0, 1.5, &tags, &[])[..4], [0.0, 1.0, 0.1, 0.9]);
        assert_eq!(TagSpace::default().row(999.0, 0.0, &[], &[]), [1.0, 0.0]);
        assert!(TagSpace::default().row(f32::NAN, 0.0, &[f32::NAN], &[])[0].is_nan());
        assert!(TagSpace::default().row(0.0, 0.0, &[f32::NAN], &[])[2].is_nan());
    }
}
