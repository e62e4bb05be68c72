//! The search for good parameters: evolutionary Monte Carlo, asked and told.
//!
//! The search draws candidates ([`Search::next_batch`]), the caller finds out how good they are ([`evaluate`], a pure
//! function, on as many threads as it likes) and tells ([`Search::tell`]). Batches have a fixed size, so the result does not
//! depend on the number of threads. The first fifth of the runs explores the ranges; after that most candidates are
//! children of the best so far.

mod candidate;
mod data;
mod evaluate;
mod fitness;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::{Algorithm, Parameters};

pub use candidate::{Candidate, Ranges};
pub use data::SearchData;
pub use evaluate::{RunOutcome, assign_all, evaluate};
pub use fitness::{FitnessLimits, FitnessParts, FitnessWeights};

/// Candidates of a batch.
const BATCH: usize = 16;
/// The best that have children.
const ELITES: usize = 10;
/// Share of the runs that only explores.
const EXPLORED: f64 = 0.2;
/// How probable a child is afterwards; the rest explores on.
const EXPLOITED: f64 = 0.7;
/// How probable it is that a child of k-means continues its parent's groups instead of starting anew. New starts keep
/// the search from staying with the groups that it happened upon.
const WARM: f64 = 0.5;
/// Starts of k-means where there is one run only, so that its groups do not hang on where it began.
const STARTS_OF_ONE: usize = 5;
/// Gain of fitness below which nothing has improved.
const LEAST_GAIN: f64 = 1e-9;

/// How a search is done.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchOptions {
    /// The algorithm.
    pub algorithm: Algorithm,
    /// Where its parameters are drawn from.
    pub ranges: Ranges,
    /// Runs; at least 1 is made.
    pub runs: usize,
    /// Runs without improvement after which it ends, once it has explored; 0: never.
    pub patience: usize,
    /// Same data, options and seed: same result.
    pub seed: u64,
}

impl Default for SearchOptions {
    fn default() -> Self {
        Self { algorithm: Algorithm::KMeans, ranges: Ranges::default(), runs: 1000, patience: 200, seed: 1 }
    }
}

/// The best of a search, to go on with another time, also on a library that has changed.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct SearchState {
    /// What the best runs were made with, the best first.
    pub elites: Vec<Candidate>,
}

/// A search under way.
#[derive(Debug, Clone)]
pub struct Search {
    options: SearchOptions,
    rng: StdRng,
    /// The best first.
    elites: Vec<RunOutcome>,
    /// Candidates of an earlier search, to be tried before anything else.
    waiting: Vec<Candidate>,
    asked: u64,
    told: u64,
    improved_at: u64,
}

impl Search {
    /// A search that knows nothing yet.
    pub fn new(options: SearchOptions) -> Self {
        let rng = StdRng::seed_from_u64(options.seed);
        Self { options, rng, elites: Vec::new(), waiting: Vec::new(), asked: 0, told: 0, improved_at: 0 }
    }

    /// A search that begins with the best of an earlier one. They are run again, as the library may have changed; those of
    /// another algorithm are passed over.
    pub fn resume(options: SearchOptions, state: &SearchState) -> Self {
        let algorithm = options.algorithm;
        let fits = |candidate: &&Candidate| candidate.parameters.algorithm() == algorithm;
        let mut waiting: Vec<Candidate> = state.elites.iter().filter(fits).take(ELITES).cloned().collect();
        waiting.reverse();
        Self { waiting, ..Self::new(options) }
    }

    /// The next candidates; none when the search has ended. Each batch is told before the next is asked for.
    pub fn next_batch(&mut self) -> Vec<Candidate> {
        if self.is_finished() {
            return Vec::new();
        }
        let left = (self.options.runs.max(1) as u64).saturating_sub(self.asked);
        (0..left.min(BATCH as u64)).map(|_| self.next_candidate()).collect()
    }

    fn next_candidate(&mut self) -> Candidate {
        let run = self.asked;
        self.asked += 1;
        if let Some(again) = self.waiting.pop() {
            return Candidate { run, parent: None, ..again };
        }
        let exploring = (run as f64) < EXPLORED * self.options.runs as f64;
        let (algorithm, ranges, rng) = (self.options.algorithm, &self.options.ranges, &mut self.rng);
        let exploit = !exploring && !self.elites.is_empty() && rng.random_bool(EXPLOITED);
        if !exploit {
            let mut drawn = Candidate::explore(run, algorithm, ranges, rng);
            if let (Parameters::KMeans { n_init, .. }, 0..=1) = (&mut drawn.parameters, self.options.runs) {
                *n_init = STARTS_OF_ONE;
            }
            return drawn;
        }
        let (parent, other) = (rng.random_range(0..self.elites.len()), rng.random_range(0..self.elites.len()));
        let (Some(parent), Some(other)) = (self.elites.get(parent), self.elites.get(other)) else {
            return Candidate::explore(run, algorithm, ranges, rng);
        };
        let mut child = parent.candidate.child(run, &other.candidate, ranges, rng);
        if matches!(child.parameters, Parameters::KMeans { .. }) && rng.random_bool(WARM) {
            child.parent = parent.labels.iter().copied().collect::<Option<Vec<usize>>>().map(Arc::new);
        }
        child
    }

    /// Takes in what came of candidates, in any order. Outcomes without a group are counted, not kept.
    pub fn tell(&mut self, mut outcomes: Vec<RunOutcome>) {
        outcomes.sort_by_key(|outcome| outcome.candidate.run);
        for outcome in outcomes {
            self.told += 1;
            let best = self.best().map_or(f64::NEG_INFINITY, |best| best.fitness);
            if outcome.fitness > best + LEAST_GAIN {
                self.improved_at = self.told;
            }
            if outcome.groups > 0 && outcome.fitness.is_finite() {
                self.elites.push(outcome);
            }
        }
        self.elites.sort_by(|a, b| b.fitness.total_cmp(&a.fitness).then(a.candidate.run.cmp(&b.candidate.run)));
        self.elites.dedup_by(|later, earlier| later.labels == earlier.labels);
        self.elites.truncate(ELITES);
    }

    /// The best so far.
    pub fn best(&self) -> Option<&RunOutcome> {
        self.elites.first()
    }

    /// Runs told so far.
    pub fn runs(&self) -> u64 {
        self.told
    }

    /// Whether it has ended: all runs are made, or nothing has improved for long.
    pub fn is_finished(&self) -> bool {
        let (runs, patience) = (self.options.runs.max(1) as u64, self.options.patience as u64);
        let explored = self.told as f64 >= EXPLORED * runs as f64;
        let tired = patience > 0 && explored && self.told - self.improved_at >= patience;
        self.asked >= runs || tired
    }

    /// What another search can begin with.
    pub fn state(&self) -> SearchState {
        SearchState { elites: self.elites.iter().map(|outcome| outcome.candidate.clone()).collect() }
    }
}
