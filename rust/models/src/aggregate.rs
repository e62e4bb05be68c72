//! From the patches of a track to what is kept of it.

use crate::backend::PatchOutput;

/// What a network says of a whole track.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The mean embedding.
    pub mean: Vec<f32>,
    /// How far the embeddings of the patches lie from it: the population standard deviation of each value (0 for a
    /// single patch).
    pub deviation: Vec<f32>,
    /// The mean probability of each tag, in the order of [`Network::tag_names`](crate::Network::tag_names).
    pub tags: Vec<f32>,
    /// The embeddings of the patches one after the other, in the order of time; each as long as `mean`.
    pub patches: Vec<f32>,
}

/// Gathers the outputs of a track's patches. Keeps 800 bytes per patch.
#[derive(Debug, Default)]
pub struct Aggregate {
    count: usize,
    dense: Vec<f32>,
    tags: Vec<f64>,
}

impl Aggregate {
    /// Nothing heard yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next patch of the track.
    pub fn push(&mut self, output: &PatchOutput) {
        self.count += 1;
        self.dense.extend_from_slice(&output.dense);
        self.tags.resize(output.tags.len(), 0.0);
        for (sum, tag) in self.tags.iter_mut().zip(&output.tags) {
            *sum += f64::from(*tag);
        }
    }

    /// The summary; `None` when there was no patch.
    #[must_use]
    pub fn finish(self) -> Option<Summary> {
        if self.count == 0 {
            return None;
        }
        let (count, length) = (self.count as f64, self.dense.len() / self.count);
        let column = |i: usize| self.dense.iter().skip(i).step_by(length).map(|&x| f64::from(x));
        let (mean, deviation) = (0..length)
            .map(|i| {
                let mean = column(i).sum::<f64>() / count;
                let variance = column(i).map(|x| (x - mean).powi(2)).sum::<f64>() / count;
                (mean as f32, variance.sqrt() as f32)
            })
            .unzip();
        let tags = self.tags.iter().map(|sum| (sum / count) as f32).collect();
        Some(Summary { mean, deviation, tags, patches: self.dense })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DENSE_LEN, TAGS_LEN};

    #[test]
    fn mean_population_deviation_and_order() {
        let mut aggregate = Aggregate::new();
        for x in [1.0, 2.0, 6.0_f32] {
            aggregate.push(&PatchOutput { dense: vec![x; DENSE_LEN], tags: vec![x / 10.0; TAGS_LEN] });
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
    fn no_patch_no_summary_and_one_has_no_deviation() {
        assert_eq!(Aggregate::new().finish(), None);
        let mut aggregate = Aggregate::new();
        let dense: Vec<f32> = (0..DENSE_LEN).map(|i| 0.1 * i as f32).collect();
        aggregate.push(&PatchOutput { dense: dense.clone(), tags: vec![0.5; TAGS_LEN] });
        let summary = aggregate.finish().unwrap();
        assert_eq!(summary.mean, dense);
        assert_eq!(summary.deviation, [0.0; DENSE_LEN]);
    }
}
