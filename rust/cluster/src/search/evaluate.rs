//! One run of a search, and what becomes of the best one.

use ndarray::{Array2, ArrayView2};
use segue_vectors::squared_euclidean;

use super::fitness::measure;
use super::{Candidate, FitnessLimits, FitnessParts, FitnessWeights, SearchData};
use crate::points::row;
use crate::{
    Assigned, Fitted, Grouping, KMeans, KMeansOptions, Parameters, Points, Result, WarmStart, check_size, group,
    median_distance,
};

/// Lloyd's iterations of a run. Later ones move few tracks.
const ITERATIONS: usize = 40;
/// Tracks that the start of a run looks at.
const START_SAMPLE: usize = 2000;
/// Centroids that a child puts elsewhere than its parent had them.
const SWAPS: usize = 1;
/// Pairs' seed of the median distance, the same for all runs.
const MEDIAN_SEED: u64 = 3;

/// What came of a candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct RunOutcome {
    /// The candidate.
    pub candidate: Candidate,
    /// How good it is, 0..1.
    pub fitness: f64,
    /// What that is made of.
    pub parts: FitnessParts,
    /// Silhouette of a sample in the space that all runs share, −1..1; 0 where there is none.
    pub silhouette: f64,
    /// Groups with at least one track.
    pub groups: usize,
    /// Tracks in none.
    pub noise: usize,
    /// Per track that was looked at its group.
    pub labels: Vec<Option<usize>>,
}

/// Groups the tracks as the candidate says and measures what comes of it. A pure function: the same wherever and whenever
/// it runs.
///
/// k-means runs on the space in which points have moved towards their neighbours, the others on the space as it is. `eps`
/// of DBSCAN is in units of the median distance of two tracks. More groups than tracks are as many as tracks.
///
/// # Errors
/// [`Error::Cancelled`]; [`Error::Setting`] for parameters without a meaning.
pub fn evaluate(
    data: &SearchData,
    candidate: &Candidate,
    weights: &FitnessWeights,
    limits: &FitnessLimits,
    cancelled: &dyn Fn() -> bool,
) -> Result<RunOutcome> {
    let labels = match candidate.parameters {
        Parameters::KMeans { k, n_init } => {
            let k = k.clamp(1, data.len());
            let points = Points::new(data.space(candidate, cancelled)?.view())?;
            let options = KMeansOptions { max_iter: ITERATIONS, n_init, seed: candidate.seed, ..KMeansOptions::new(k) };
            runs(data, candidate, &points, &options, cancelled)?.into_iter().map(Some).collect()
        }
        _ => fitted(data, candidate, cancelled)?.grouping.labels,
    };
    let most = labels.iter().flatten().max().map_or(0, |most| most + 1);
    let mut sizes = vec![0usize; most];
    labels.iter().flatten().for_each(|label| sizes[*label] += 1);
    let (parts, silhouette) = measure(data, &labels, most, limits, cancelled)?;
    Ok(RunOutcome {
        candidate: Candidate { parent: None, ..candidate.clone() },
        fitness: parts.total(weights),
        parts,
        silhouette,
        groups: sizes.iter().filter(|size| **size > 0).count(),
        noise: labels.iter().filter(|label| label.is_none()).count(),
        labels,
    })
}

/// The best of `n_init` runs, of which the first continues the parent where there is one.
fn runs(
    data: &SearchData,
    candidate: &Candidate,
    points: &Points,
    options: &KMeansOptions,
    cancelled: &dyn Fn() -> bool,
) -> Result<Vec<usize>> {
    let mut best: Option<KMeans> = None;
    for run in 0..options.n_init.max(1) as u64 {
        let seed = options.seed.wrapping_add(run.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let parent = candidate.parent.as_deref().filter(|labels| run == 0 && labels.len() == data.len());
        let start = match parent {
            Some(labels) => {
                let warm = WarmStart { k: options.k, swaps: SWAPS, seed };
                continued(points, labels).warm_start(points, &warm)?
            }
            None => KMeans::seed(points, options.k, Some(START_SAMPLE), seed, cancelled)?,
        };
        let above = best.as_ref().map(|best| best.inertia);
        if let Some(found) = KMeans::run(points, start.view(), options, above, cancelled)?.finished()
            && best.as_ref().is_none_or(|best| found.inertia < best.inertia)
        {
            best = Some(found);
        }
    }
    Ok(best.map_or_else(Vec::new, |best| best.labels))
}

/// The groups of another run in the space of this one.
fn continued(points: &Points, labels: &[usize]) -> KMeans {
    let centroids = means(points, &labels.iter().copied().map(Some).collect::<Vec<_>>());
    let centred = points.centre(centroids.clone());
    let distance = |(point, label): (usize, &usize)| squared_euclidean(points.row(point), row(&centred, *label)).sqrt();
    let distances: Vec<f32> = labels.iter().enumerate().map(distance).collect();
    let inertia = distances.iter().map(|distance| f64::from(*distance).powi(2)).sum();
    KMeans { centroids, labels: labels.to_vec(), distances, inertia, iterations: 0 }
}

/// Means of groups in the space of the points.
fn means(points: &Points, labels: &[Option<usize>]) -> Array2<f32> {
    let groups = labels.iter().flatten().max().map_or(0, |most| most + 1);
    let mut sums = Array2::<f64>::zeros((groups, points.dimensions()));
    let mut counts = vec![0usize; groups];
    for (point, label) in labels.iter().enumerate() {
        if let Some(label) = label {
            counts[*label] += 1;
            sums.row_mut(*label).iter_mut().zip(points.row(point)).for_each(|(sum, value)| *sum += f64::from(*value));
        }
    }
    let mean = |(group, j): (usize, usize)| (sums[[group, j]] / counts[group].max(1) as f64) as f32;
    points.restore(Array2::from_shape_fn(sums.dim(), mean))
}

/// The candidate's algorithm on its space as it is.
fn fitted(data: &SearchData, candidate: &Candidate, cancelled: &dyn Fn() -> bool) -> Result<Fitted> {
    let points = Points::new(data.plain_space(candidate).view())?;
    let fits = |groups: usize| groups.clamp(1, data.len());
    let parameters = match candidate.parameters {
        Parameters::KMeans { k, n_init } => Parameters::KMeans { k: fits(k), n_init },
        Parameters::Dbscan { eps, min_samples } => {
            let unit = median_distance(&points, MEDIAN_SEED);
            // Where all tracks are equal any distance keeps them together.
            Parameters::Dbscan { eps: if unit > 0.0 { eps * unit } else { eps }, min_samples }
        }
        Parameters::Gmm { components, covariance } => Parameters::Gmm { components: fits(components), covariance },
        Parameters::Hierarchical { level1, level2, linkage } => {
            let level1 = fits(level1);
            Parameters::Hierarchical { level1, level2: fits(level2).max(level1), linkage }
        }
    };
    group(&points, &parameters, candidate.seed, cancelled)
}

/// Every track of a library in the groups of the best run, which looked at some of them: `points` and `tags` are all of them
/// as in [`SearchData::new`], `looked_at` the rows that were given there, in that order.
///
/// A track that was looked at stays in its group. Any other goes to the nearest centroid (k-means, a hierarchy's fine
/// one), the most probable component (a mixture), or the region of the nearest core (DBSCAN, where that is near enough).
/// Centroids and distances are in the candidate's space, which [`SearchData::project`] gives.
///
/// # Errors
/// [`Error::Size`] for rows of another width or number; [`Error::NotFinite`], [`Error::Cancelled`].
pub fn assign_all(
    data: &SearchData,
    outcome: &RunOutcome,
    points: ArrayView2<'_, f32>,
    tags: ArrayView2<'_, f32>,
    looked_at: &[usize],
    cancelled: &dyn Fn() -> bool,
) -> Result<Grouping> {
    check_size("tracks that were looked at", data.len(), looked_at.len())?;
    check_size("labels", data.len(), outcome.labels.len())?;
    let rows = data.project(&outcome.candidate, points, tags)?;
    if !matches!(outcome.candidate.parameters, Parameters::KMeans { .. }) {
        return fitted(data, &outcome.candidate, cancelled)?.assign(rows.view(), cancelled);
    }
    let own = Points::new(data.plain_space(&outcome.candidate).view())?;
    let centroids = means(&own, &outcome.labels);
    let all = Points::new(rows.view())?;
    let (labels, distances, inertia, iterations) = (Vec::new(), Vec::new(), 0.0, 0);
    let nearest = KMeans { centroids, labels, distances, inertia, iterations };
    let mut grouping = to_grouping(nearest.assign(&all, cancelled)?, nearest.centroids);
    stay(&mut grouping, &all, outcome, looked_at);
    Ok(grouping)
}

fn to_grouping(assigned: Assigned, centroids: Array2<f32>) -> Grouping {
    Grouping {
        centroids,
        labels: assigned.labels.into_iter().map(Some).collect(),
        distances: assigned.distances,
        confidence: assigned.confidence,
        probabilities: None,
        finer: None,
    }
}

/// Puts those that were looked at where the search had them: their neighbours may have decided otherwise than the nearest
/// centroid. How sure that is is 0 then, as another centroid is nearer.
fn stay(grouping: &mut Grouping, all: &Points, outcome: &RunOutcome, looked_at: &[usize]) {
    let centred = all.centre(grouping.centroids.clone());
    for (track, label) in looked_at.iter().zip(&outcome.labels) {
        let places =
            (grouping.labels.get_mut(*track), grouping.distances.get_mut(*track), grouping.confidence.get_mut(*track));
        if let (Some(label), (Some(place), Some(distance), Some(confidence))) = (label, places)
            && *place != Some(*label)
        {
            *place = Some(*label);
            *distance = squared_euclidean(all.row(*track), row(&centred, *label)).sqrt();
            *confidence = 0.0;
        }
    }
}
