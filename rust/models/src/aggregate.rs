//! From the patches of a track to what is kept of it.

use crate::backend::PatchOutput;

/// What a network says of a whole track.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The mean embedding, every patch counting by its weight.
    pub mean: Vec<f32>,
    /// How far the embeddings of the patches lie from it: the weighted population standard deviation of each value (0
    /// for a single patch).
    pub deviation: Vec<f32>,
    /// The weighted mean probability of each tag, in the order of [`Network::tag_names`](crate::Network::tag_names).
    pub tags: Vec<f32>,
    /// The embeddings of the patches one after the other, in the order of time; each as long as `mean`.
    pub patches: Vec<f32>,
    /// How much of the track each of them stands for: together 1.
    pub weights: Vec<f32>,
    /// Mean and deviation at the level that all tracks share, where patches were heard there too.
    pub levelled: Option<Levelled>,
}

/// What a network says of a whole track at the level that all tracks share. Where not every patch was heard there it is an
/// estimate from those that were heard at both levels: the mean moves as far as theirs does (a difference estimator: what patches have in common cancels), the
/// deviation grows as theirs does.
#[derive(Debug, Clone, PartialEq)]
pub struct Levelled {
    /// As [`Summary::mean`].
    pub mean: Vec<f32>,
    /// As [`Summary::deviation`].
    pub deviation: Vec<f32>,
}

/// Fewer patches than this at both levels say nothing of how the deviation grows.
const LEAST_PAIRS: usize = 4;
/// How far the deviation of a value may grow or shrink with the level, as a factor.
const GROWTH_LIMIT: f64 = 2.0;

/// Gathers the outputs of a track's patches. Keeps `8 + 4 · width` bytes per patch, and `8 · width` more for each that is
/// heard at both levels.
#[derive(Debug, Default)]
pub struct Aggregate {
    weights: Vec<f64>,
    dense: Vec<f32>,
    tags: Vec<f64>,
    /// Embeddings of the same patches as they are and at the level that all tracks share.
    pairs: [Vec<f32>; 2],
    /// What each pair stands for.
    pair_weights: Vec<f64>,
}

impl Aggregate {
    /// Nothing heard yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next patch of the track, which stands for a share of it in proportion to `weight`
    /// ([`Patch::weight`](crate::Patch)). One that is not positive and finite is left out.
    pub fn push(&mut self, output: &PatchOutput, weight: f64) {
        if !(weight > 0.0 && weight.is_finite()) {
            return;
        }
        self.weights.push(weight);
        self.dense.extend_from_slice(&output.dense);
        self.tags.resize(output.tags.len(), 0.0);
        for (sum, tag) in self.tags.iter_mut().zip(&output.tags) {
            *sum += weight * f64::from(*tag);
        }
    }

    /// Adds what was said of one patch as it is and of the same at the level that all tracks share
    /// ([`Patch::levelled`](crate::Patch)), with its weight; one that is not positive and finite counts as 1. The former counts
    /// here for the comparison only.
    pub fn push_levelled(&mut self, as_is: &PatchOutput, levelled: &PatchOutput, weight: f64) {
        self.pair_weights.push(if weight > 0.0 && weight.is_finite() { weight } else { 1.0 });
        let [before, after] = &mut self.pairs;
        before.extend_from_slice(&as_is.dense);
        after.extend_from_slice(&levelled.dense);
    }

    /// The summary; `None` when there was no patch.
    #[must_use]
    pub fn finish(self) -> Option<Summary> {
        let total: f64 = self.weights.iter().sum();
        let length = self.dense.len().checked_div(self.weights.len())?;
        let mut mean = vec![0.0_f64; length];
        for (patch, weight) in self.dense.chunks(length.max(1)).zip(&self.weights) {
            for (sum, x) in mean.iter_mut().zip(patch) {
                *sum += weight / total * f64::from(*x);
            }
        }
        let mut variance = vec![0.0_f64; length];
        for (patch, weight) in self.dense.chunks(length.max(1)).zip(&self.weights) {
            for ((sum, x), mean) in variance.iter_mut().zip(patch).zip(&mean) {
                *sum += weight / total * (f64::from(*x) - mean).powi(2);
            }
        }
        let deviation: Vec<f64> = variance.iter().map(|x| x.sqrt()).collect();
        let levelled = levelled(&mean, &deviation, &self.pairs, &self.pair_weights, self.weights.len());
        Some(Summary {
            levelled,
            weights: self.weights.iter().map(|weight| (weight / total) as f32).collect(),
            mean: mean.iter().map(|x| *x as f32).collect(),
            deviation: deviation.iter().map(|x| *x as f32).collect(),
            tags: self.tags.iter().map(|sum| (sum / total) as f32).collect(),
            patches: self.dense,
        })
    }
}

/// Mean and deviation moved as those of the pairs are. Where every patch was heard at both levels, these are the mean and the
/// deviation of the levelled ones.
fn levelled(
    mean: &[f64],
    deviation: &[f64],
    pairs: &[Vec<f32>; 2],
    weights: &[f64],
    patches: usize,
) -> Option<Levelled> {
    let length = mean.len();
    let [before, after] = pairs;
    let count = before.len().checked_div(length).filter(|&count| count > 0)?;
    let total: f64 = weights.iter().sum();
    let whole = count == patches;
    // Mean and deviation of one value over the patches.
    let moments = |values: &[f32], place: usize| {
        let column = || values.iter().skip(place).step_by(length).map(|&x| f64::from(x)).zip(weights);
        let mean = column().map(|(x, weight)| weight * x).sum::<f64>() / total;
        (mean, (column().map(|(x, weight)| weight * (x - mean).powi(2)).sum::<f64>() / total).sqrt())
    };
    let (mut levelled_mean, mut levelled_deviation) = (Vec::with_capacity(length), Vec::with_capacity(length));
    for (place, (mean, deviation)) in mean.iter().zip(deviation).enumerate() {
        let ((mean_before, deviation_before), (mean_after, deviation_after)) =
            (moments(before, place), moments(after, place));
        if whole {
            levelled_mean.push(mean_after as f32);
            levelled_deviation.push(deviation_after as f32);
            continue;
        }
        let growth =
            if count >= LEAST_PAIRS && deviation_before > 0.0 { deviation_after / deviation_before } else { 1.0 };
        levelled_mean.push((mean + mean_after - mean_before) as f32);
        levelled_deviation.push((deviation * growth.clamp(1.0 / GROWTH_LIMIT, GROWTH_LIMIT)) as f32);
    }
    Some(Levelled { mean: levelled_mean, deviation: levelled_deviation })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DENSE_LEN, TAGS_LEN};

    #[test]
    fn mean_population_deviation_and_order() {
        let mut aggregate = Aggregate::new();
        for x in [1.0, 2.0, 6.0_f32] {
            aggregate.push(&PatchOutput { dense: vec![x; DENSE_LEN], tags: vec![x / 10.0; TAGS_LEN] }, 1.0);
        }
        let summary = aggregate.finish().unwrap();
        assert_eq!(summary.mean, [3.0; DENSE_LEN]);
        // ((1 - 3)² + (2 - 3)² + (6 - 3)²) / 3
        assert!(summary.deviation.iter().all(|x| (x - (14.0_f32 / 3.0).sqrt()).abs() < 1e-6));
        assert!(summary.tags.iter().all(|x| (x - 0.3).abs() < 1e-7));
        assert_eq!(summary.patches.len(), 3 * DENSE_LEN);
        assert_eq!(summary.patches[DENSE_LEN], 2.0);
    }

    #[test]
    fn a_patch_of_weight_two_counts_as_two() {
        let output = |x: f32| PatchOutput { dense: vec![x; DENSE_LEN], tags: vec![x / 10.0; TAGS_LEN] };
        let (mut weighted, mut repeated) = (Aggregate::new(), Aggregate::new());
        for (x, times) in [(1.0, 1), (2.0, 2), (6.0, 3)] {
            weighted.push(&output(x), 0.1 * f64::from(times));
            (0..times).for_each(|_| repeated.push(&output(x), 1.0));
        }
        for nothing in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            weighted.push(&output(100.0), nothing);
        }
        let (weighted, repeated) = (weighted.finish().unwrap(), repeated.finish().unwrap());
        for (a, b) in [
            (&weighted.mean, &repeated.mean),
            (&weighted.deviation, &repeated.deviation),
            (&weighted.tags, &repeated.tags),
        ] {
            assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6), "{} and {}", a[0], b[0]);
        }
        assert_eq!(weighted.patches.len(), 3 * DENSE_LEN);
    }

    #[test]
    fn no_patch_no_summary_and_one_has_no_deviation() {
        assert_eq!(Aggregate::new().finish(), None);
        let mut aggregate = Aggregate::new();
        let dense: Vec<f32> = (0..DENSE_LEN).map(|i| 0.1 * i as f32).collect();
        aggregate.push(&PatchOutput { dense: dense.clone(), tags: vec![0.5; TAGS_LEN] }, 0.25);
        let summary = aggregate.finish().unwrap();
        assert_eq!(summary.mean, dense);
        assert_eq!(summary.deviation, [0.0; DENSE_LEN]);
    }

    #[test]
    fn what_was_heard_whole_at_the_other_level_is_that_itself() {
        let output = |x: f32| PatchOutput { dense: vec![x], tags: vec![0.5] };
        let mut aggregate = Aggregate::new();
        for (before, after, weight) in [(1.0, 4.0, 3.0), (5.0, -2.0, 1.0), (2.0, 0.5, 4.0)] {
            aggregate.push(&output(before), weight);
            aggregate.push_levelled(&output(before), &output(after), weight);
        }
        let levelled = aggregate.finish().unwrap().levelled.unwrap();
        let mean = (3.0 * 4.0 - 2.0 + 4.0 * 0.5) / 8.0_f32;
        let square = (3.0 * 16.0 + 4.0 + 4.0 * 0.25) / 8.0_f32;
        assert!((levelled.mean[0] - mean).abs() < 1e-6, "{}", levelled.mean[0]);
        assert!((levelled.deviation[0] - (square - mean * mean).sqrt()).abs() < 1e-6, "{}", levelled.deviation[0]);
    }

    #[test]
    fn the_level_moves_the_whole_as_it_moves_the_pairs() {
        let output = |x: f32| PatchOutput { dense: vec![x, -x], tags: vec![0.5] };
        let mut aggregate = Aggregate::new();
        assert!(Aggregate::new().finish().is_none());
        (0..9).for_each(|x| aggregate.push(&output(x as f32), 1.0));
        // Every patch moves up by 3 and half as far again from the middle.
        for x in 0..5 {
            let before = 2.0 * x as f32;
            aggregate.push_levelled(&output(before), &output(7.0 + 1.5 * (before - 4.0)), 1.0);
        }
        let summary = aggregate.finish().unwrap();
        let levelled = summary.levelled.unwrap();
        assert_eq!((summary.mean[0], levelled.mean.as_slice()), (4.0, [7.0, -7.0].as_slice()));
        assert!((levelled.deviation[0] / summary.deviation[0] - 1.5).abs() < 1e-6);

        let mut aggregate = Aggregate::new();
        (0..9).for_each(|x| aggregate.push(&output(x as f32), 1.0));
        assert_eq!(aggregate.finish().unwrap().levelled, None);
        let mut aggregate = Aggregate::new();
        aggregate.push(&output(1.0), 1.0);
        aggregate.push_levelled(&output(1.0), &output(2.0), 1.0);
        let levelled = aggregate.finish().unwrap().levelled.unwrap();
        assert_eq!((levelled.mean, levelled.deviation), (vec![2.0, -2.0], vec![0.0, 0.0]));
    }
}
