//! What a run is made with: drawn, kept, changed a little.

use std::ops::RangeInclusive;
use std::sync::Arc;

use rand::Rng;
use rand::rngs::StdRng;

use super::data::{NEIGHBOURS, SHARED};
use crate::{Algorithm, Covariance, Linkage, Parameters};

/// Largest change of a whole number from parent to child.
const STEP: usize = 3;
/// Largest change of a fraction.
const NUDGE: f64 = 0.05;
/// How probable it is that a child takes a value from another of the best instead of its parent's.
const ADOPTED: f64 = 0.25;
/// Most steps towards the neighbours.
const MOST_STEPS: usize = 2;

/// Where parameters are drawn from. The defaults are those of `ClusterRequest`.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranges {
    /// Groups of k-means and of the coarse cut of a hierarchy; the fine one has two to four times as many.
    pub clusters: RangeInclusive<usize>,
    /// How near neighbours lie in DBSCAN, in units of the median distance of two tracks.
    pub eps: RangeInclusive<f64>,
    /// Neighbours that make a DBSCAN core.
    pub min_samples: RangeInclusive<usize>,
    /// Components of a mixture.
    pub components: RangeInclusive<usize>,
    /// Shape of a mixture's components.
    pub covariance: Covariance,
    /// What joins groups in a hierarchy.
    pub linkage: Linkage,
    /// Principal components that a run keeps; 0 keeps all that are shared, up to 64.
    pub pca: RangeInclusive<usize>,
    /// Neighbours that a point moves towards before k-means, at most 10; 0: none.
    pub neighbours: RangeInclusive<usize>,
    /// How much the tags count beside the sound, which counts 1.
    pub tag_weight: RangeInclusive<f64>,
}

impl Default for Ranges {
    fn default() -> Self {
        Self {
            clusters: 20..=60,
            eps: 0.1..=0.5,
            min_samples: 5..=20,
            components: 20..=60,
            covariance: Covariance::Full,
            linkage: Linkage::Ward,
            pca: 0..=5,
            neighbours: 5..=NEIGHBOURS,
            tag_weight: 0.0..=0.3,
        }
    }
}

impl Ranges {
    /// Wider where a library of so many tracks suggests it: 0.6 to 1.6 times √(n / 2) groups (in place of the range where
    /// that lies below it, beside it else, up to twice its end), up to 64 principal components, `eps` up to the
    /// median distance.
    pub fn widened(mut self, tracks: usize) -> Self {
        let suited = (tracks as f64 / 2.0).sqrt();
        let (few, many) = ((0.6 * suited).round().max(2.0) as usize, (1.6 * suited).ceil().max(3.0) as usize);
        let widen = |range: &RangeInclusive<usize>| {
            let (from, to) = (*range.start(), *range.end());
            if many < from { few..=many } else { few.min(from)..=to.max(many.min(to.saturating_mul(2))) }
        };
        self.clusters = widen(&self.clusters);
        self.components = widen(&self.components);
        // Fewer than eight components only where they were asked for in so many words: music has more sides than that.
        self.pca = 8..=(*self.pca.end()).max(SHARED);
        self.eps = *self.eps.start()..=self.eps.end().max(1.0);
        self
    }
}

/// One run's parameters.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Candidate {
    /// Number of the run, from 0.
    pub run: u64,
    /// Algorithm and its parameters; `eps` in units of the median distance of two tracks.
    pub parameters: Parameters,
    /// Principal components; 0 all that are shared.
    pub components: usize,
    /// Neighbours that points move towards.
    pub neighbours: usize,
    /// How often they do.
    pub steps: usize,
    /// How much the tags count beside the sound.
    pub tag_weight: f32,
    /// Same data, parameters and seed: same outcome.
    pub seed: u64,
    /// The groups that k-means continues. Not kept.
    #[serde(skip)]
    pub parent: Option<Arc<Vec<usize>>>,
}

/// A value in a range; ends that are the wrong way round are one value, the lower end.
fn within(rng: &mut StdRng, range: &RangeInclusive<usize>) -> usize {
    rng.random_range(*range.start()..=(*range.end()).max(*range.start()))
}

fn within_f(rng: &mut StdRng, range: &RangeInclusive<f64>) -> f64 {
    let (from, to) = (*range.start(), range.end().max(*range.start()));
    if from.is_finite() && to.is_finite() { rng.random_range(from..=to) } else { 0.0 }
}

fn near(rng: &mut StdRng, value: usize, range: &RangeInclusive<usize>) -> usize {
    let moved = rng.random_range(value.saturating_sub(STEP)..=value.saturating_add(STEP));
    moved.clamp(*range.start(), (*range.end()).max(*range.start()))
}

fn near_f(rng: &mut StdRng, value: f64, range: &RangeInclusive<f64>) -> f64 {
    let to = range.end().max(*range.start());
    if to.is_finite() && range.start().is_finite() {
        (value + rng.random_range(-NUDGE..=NUDGE)).clamp(*range.start(), to)
    } else {
        0.0
    }
}

impl Candidate {
    /// Drawn anywhere in the ranges.
    pub(crate) fn explore(run: u64, algorithm: Algorithm, ranges: &Ranges, rng: &mut StdRng) -> Self {
        let parameters = match algorithm {
            Algorithm::KMeans => Parameters::KMeans { k: within(rng, &ranges.clusters), n_init: 1 },
            Algorithm::Dbscan => Parameters::Dbscan {
                eps: within_f(rng, &ranges.eps) as f32,
                min_samples: within(rng, &ranges.min_samples),
            },
            Algorithm::Gmm => {
                Parameters::Gmm { components: within(rng, &ranges.components), covariance: ranges.covariance }
            }
            Algorithm::Hierarchical => {
                let level1 = within(rng, &ranges.clusters);
                let level2 = level1.saturating_mul(rng.random_range(2..=4));
                Parameters::Hierarchical { level1, level2, linkage: ranges.linkage }
            }
        };
        Self {
            run,
            parameters,
            components: within(rng, &ranges.pca),
            neighbours: within(rng, &ranges.neighbours),
            steps: rng.random_range(1..=MOST_STEPS),
            tag_weight: within_f(rng, &ranges.tag_weight) as f32,
            seed: rng.random(),
            parent: None,
        }
    }

    /// A child of one of the best, with some values of another.
    pub(crate) fn child(&self, run: u64, other: &Self, ranges: &Ranges, rng: &mut StdRng) -> Self {
        let mut from = || if rng.random_bool(ADOPTED) { other } else { self };
        let (main, components, neighbours, tags) = (from(), from(), from(), from());
        let parameters = match main.parameters {
            Parameters::KMeans { k, n_init } => Parameters::KMeans { k: near(rng, k, &ranges.clusters), n_init },
            Parameters::Dbscan { eps, min_samples } => Parameters::Dbscan {
                eps: near_f(rng, f64::from(eps), &ranges.eps) as f32,
                min_samples: near(rng, min_samples, &ranges.min_samples),
            },
            Parameters::Gmm { components, .. } => {
                Parameters::Gmm { components: near(rng, components, &ranges.components), covariance: ranges.covariance }
            }
            Parameters::Hierarchical { level1, level2, .. } => {
                let level1 = near(rng, level1, &ranges.clusters);
                let level2 = near(rng, level2, &(level1..=level1.saturating_mul(4)));
                Parameters::Hierarchical { level1, level2, linkage: ranges.linkage }
            }
        };
        Self {
            run,
            parameters,
            components: near(rng, components.components, &ranges.pca),
            neighbours: near(rng, neighbours.neighbours, &ranges.neighbours),
            steps: neighbours.steps,
            tag_weight: near_f(rng, f64::from(tags.tag_weight), &ranges.tag_weight) as f32,
            seed: rng.random(),
            parent: None,
        }
    }
}
