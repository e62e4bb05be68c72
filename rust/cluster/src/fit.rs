//! Any of the algorithms by its parameters, and the place of points that were not among those grouped.

use ndarray::{Array2, ArrayView2, Axis};
use segue_vectors::{Panels, squared_euclidean};

use crate::dbscan::{Near, check_eps};
use crate::points::row;
use crate::tree::{Directions, Tree};
use crate::{
    Dbscan, DbscanOptions, Error, Gmm, GmmOptions, Grouping, Hierarchy, HierarchyOptions, KMeans, KMeansOptions,
    Parameters, Points, Result, check_size,
};

/// Rows of one blocked product.
const BATCH: usize = 256;
/// New rows that a tree is made of at once.
const QUERIES: usize = 8192;

/// Groups, and what says where other points belong.
#[derive(Debug)]
pub struct Fitted {
    /// Where the points that were grouped belong.
    pub grouping: Grouping,
    model: Model,
}

/// What decides where a point belongs.
#[derive(Debug)]
enum Model {
    /// The nearest centroid of the grouping.
    Centroids,
    /// The component that is the most probable.
    Mixture(Gmm),
    /// The nearest core.
    Cores(Box<Cores>),
    /// The nearest fine centroid, which lies in a coarse group.
    Fine { centroids: Array2<f32>, parents: Vec<usize> },
}

/// Groups points by the algorithm whose parameters are given, with the defaults of each for the rest. A mixture's groups are
/// its components, each point in the most probable one; a region's centroid is the mean of its points.
///
/// # Errors
/// [`Error::ClusterCount`] for more groups than points, [`Error::Setting`] for parameters without a meaning,
/// [`Error::Cancelled`].
pub fn group(points: &Points, parameters: &Parameters, seed: u64, cancelled: &dyn Fn() -> bool) -> Result<Fitted> {
    match *parameters {
        Parameters::KMeans { k, n_init } => {
            let options = KMeansOptions { n_init, seed, ..KMeansOptions::new(k) };
            let found = KMeans::fit_points(points, &options, cancelled)?;
            Ok(Fitted { grouping: found.into_grouping(points, cancelled)?, model: Model::Centroids })
        }
        Parameters::Gmm { components, covariance } => {
            let options = GmmOptions { covariance, seed, ..GmmOptions::new(components) };
            let mixture = Gmm::fit(points, &options, cancelled)?;
            let grouping = by_probability(points, &mixture, cancelled)?;
            Ok(Fitted { grouping, model: Model::Mixture(mixture) })
        }
        Parameters::Dbscan { eps, min_samples } => {
            let found = Dbscan::fit(points, &DbscanOptions { eps, min_samples }, cancelled)?;
            let centroids = means(points, &found.labels, found.clusters);
            let cores = Cores::new(points, &found, eps, cancelled)?;
            let grouping = measured(points, centroids, found.labels, cancelled)?;
            Ok(Fitted { grouping, model: Model::Cores(Box::new(cores)) })
        }
        Parameters::Hierarchical { level1, level2, linkage } => {
            let options = HierarchyOptions { linkage, seed, ..HierarchyOptions::new(level1, level2) };
            let found = Hierarchy::fit(points, &options, cancelled)?;
            let labels: Vec<Option<usize>> = found.coarse.into_iter().map(Some).collect();
            let centroids = means(points, &labels, level1);
            let mut grouping = measured(points, centroids, labels, cancelled)?;
            grouping.finer = Some(found.fine);
            Ok(Fitted { grouping, model: Model::Fine { centroids: found.centroids, parents: found.parents } })
        }
    }
}

impl Fitted {
    /// Where rows of the space of the points belong, also ones that were not among them: the rest of a library when a sample
    /// was grouped. For k-means and a hierarchy to the nearest (fine) centroid, for a mixture to the most probable component;
    /// with DBSCAN to the region of the nearest core when that is within `eps`, else to none. (A point at the border of two
    /// regions may then be in the second, where [`Dbscan::fit`] has it in the first.)
    ///
    /// The centroids stay as they are.
    ///
    /// # Errors
    /// [`Error::Size`] for rows of another width, [`Error::NotFinite`], [`Error::Cancelled`].
    pub fn assign(&self, rows: ArrayView2<'_, f32>, cancelled: &dyn Fn() -> bool) -> Result<Grouping> {
        check_size("dimensions", self.grouping.centroids.ncols(), rows.ncols())?;
        let points = Points::new(rows)?;
        let centroids = || self.grouping.centroids.clone();
        let some = |labels: Vec<usize>| labels.into_iter().map(Some).collect();
        match &self.model {
            Model::Centroids => {
                let labels = nearest(&points, &self.grouping.centroids, cancelled)?;
                measured(&points, centroids(), some(labels), cancelled)
            }
            Model::Mixture(mixture) => by_probability(&points, mixture, cancelled),
            Model::Cores(cores) => measured(&points, centroids(), cores.labels(&points, cancelled)?, cancelled),
            Model::Fine { centroids: fine, parents } => {
                let finer = nearest(&points, fine, cancelled)?;
                let coarse = finer.iter().map(|fine| parents.get(*fine).copied()).collect();
                let grouping = measured(&points, centroids(), coarse, cancelled)?;
                Ok(Grouping { finer: Some(finer), ..grouping })
            }
        }
    }

    /// Centroids of the finer of a hierarchy's two cuts, and per one the coarse group it lies in.
    pub fn finer(&self) -> Option<(ArrayView2<'_, f32>, &[usize])> {
        match &self.model {
            Model::Fine { centroids, parents } => Some((centroids.view(), parents)),
            _ => None,
        }
    }
}

/// The cores of regions, ready to be asked for the nearest.
#[derive(Debug)]
struct Cores {
    points: Points,
    labels: Vec<Option<usize>>,
    directions: Directions,
    tree: Tree,
    eps: f32,
}

impl Cores {
    fn new(points: &Points, found: &Dbscan, eps: f32, cancelled: &dyn Fn() -> bool) -> Result<Self> {
        check_eps(eps)?;
        let members: Vec<usize> = (0..points.len()).filter(|point| found.cores[*point]).collect();
        let rows = points.restore(points.centred().select(Axis(0), &members));
        let labels = members.into_iter().map(|point| found.labels[point]).collect();
        let points = Points::new(rows.view())?;
        let directions = Directions::new(&points, cancelled)?;
        let tree = Tree::new(&directions.of(points.centred()), cancelled)?;
        Ok(Self { points, labels, directions, tree, eps })
    }

    /// Per point the region of the nearest core (the first of equally near ones), where that is within `eps`.
    fn labels(&self, queries: &Points, cancelled: &dyn Fn() -> bool) -> Result<Vec<Option<usize>>> {
        let mut out = Vec::with_capacity(queries.len());
        for block in queries.centred().axis_chunks_iter(Axis(0), QUERIES) {
            let block = self.points.centre(queries.restore(block.to_owned()));
            let squares = |rows: &Array2<f32>| rows.rows().into_iter().map(|row| row.dot(&row)).collect::<Vec<f32>>();
            let near =
                Near::new(&[squares(&block), self.points.squares().to_vec()].concat(), &self.directions, self.eps);
            let tree = Tree::new(&self.directions.of(block.view()), cancelled)?;
            let mut best: Vec<Option<(f32, usize)>> = vec![None; block.nrows()];
            for leaf in 0..tree.leaves() {
                let positions: Vec<usize> = tree.leaf(leaf).collect();
                for there in self.tree.near(&tree, leaf, near.limit) {
                    if cancelled() {
                        return Err(Error::Cancelled);
                    }
                    self.tree.pairs(there, &tree, &positions, near.limit, |query, core| {
                        let (query, core) = (tree.original(query), self.tree.original(core));
                        let (from, to) = (row(&block, query), self.points.row(core));
                        let found = (squared_euclidean(from, to), core);
                        if best[query].is_none_or(|best| found < best) && near.holds(from, to) {
                            best[query] = Some(found);
                        }
                        true
                    });
                }
            }
            out.extend(best.into_iter().map(|best| best.and_then(|(_, core)| self.labels[core])));
        }
        Ok(out)
    }
}

/// Means of groups, in the space of the points.
fn means(points: &Points, labels: &[Option<usize>], groups: usize) -> Array2<f32> {
    let mut sums = Array2::<f64>::zeros((groups, points.dimensions()));
    let mut counts = vec![0usize; groups];
    for (point, label) in labels.iter().enumerate() {
        if let Some(label) = label {
            counts[*label] += 1;
            sums.row_mut(*label).iter_mut().zip(points.row(point)).for_each(|(sum, value)| *sum += f64::from(*value));
        }
    }
    points.restore(Array2::from_shape_fn(sums.dim(), |(group, j)| {
        (sums[[group, j]] / counts[group].max(1) as f64) as f32
    }))
}

/// A mixture's grouping.
fn by_probability(points: &Points, mixture: &Gmm, cancelled: &dyn Fn() -> bool) -> Result<Grouping> {
    let probabilities = mixture.probabilities_of(points, cancelled)?;
    let most = |row: ndarray::ArrayView1<'_, f32>| {
        let larger =
            |(at, most), (index, value): (usize, &f32)| if *value > most { (index, *value) } else { (at, most) };
        row.iter().enumerate().fold((0, f32::NEG_INFINITY), larger)
    };
    let (labels, confidence): (Vec<usize>, Vec<f32>) = probabilities.rows().into_iter().map(most).unzip();
    let labels = labels.into_iter().map(Some).collect();
    let grouping = measured(points, mixture.means(), labels, cancelled)?;
    let confidence = confidence.into_iter().map(|value| value.clamp(0.0, 1.0)).collect();
    Ok(Grouping { confidence, probabilities: Some(probabilities), ..grouping })
}

/// Goes through all points, with the lower bounds of their distances to all centroids.
fn each(
    points: &Points,
    centroids: &Array2<f32>,
    cancelled: &dyn Fn() -> bool,
    mut visit: impl FnMut(usize, &[f32], &Array2<f32>),
) -> Result<()> {
    let centroids = points.centre(centroids.as_standard_layout().into_owned());
    let panels = Panels::new(centroids.as_slice().unwrap_or_default(), centroids.nrows(), centroids.ncols());
    let mut lower = vec![0.0f32; BATCH * panels.stride()];
    for first in (0..points.len()).step_by(BATCH) {
        if cancelled() {
            return Err(Error::Cancelled);
        }
        let batch = first..(first + BATCH).min(points.len());
        let rows: Vec<&[f32]> = batch.clone().map(|point| points.row(point)).collect();
        panels.distances(&rows, &points.squares()[batch.clone()], panels.rounding(), &mut lower);
        for (index, point) in batch.enumerate() {
            visit(point, &lower[index * panels.stride()..][..panels.count()], &centroids);
        }
    }
    Ok(())
}

/// The nearest of the centroids, the first of equally near ones, and the distance to it; one may be left out.
fn nearest_but(point: &[f32], lower: &[f32], centroids: &Array2<f32>, but: Option<usize>) -> Option<(f32, usize)> {
    let mut found: Option<(f32, usize)> = None;
    for (label, lower) in lower.iter().enumerate() {
        if Some(label) != but && found.is_none_or(|(least, _)| *lower < least) {
            let distance = squared_euclidean(point, row(centroids, label)).sqrt();
            if found.is_none_or(|(least, _)| distance < least) {
                found = Some((distance, label));
            }
        }
    }
    found
}

/// Per point its nearest centroid.
fn nearest(points: &Points, centroids: &Array2<f32>, cancelled: &dyn Fn() -> bool) -> Result<Vec<usize>> {
    let mut labels = Vec::with_capacity(points.len());
    each(points, centroids, cancelled, |point, lower, centroids| {
        let found = nearest_but(points.row(point), lower, centroids, None);
        labels.push(found.map_or(0, |(_, label)| label));
    })?;
    Ok(labels)
}

/// A grouping from its labels. Where nothing is a group, distances are those to the mean of all.
fn measured(
    points: &Points,
    centroids: Array2<f32>,
    labels: Vec<Option<usize>>,
    cancelled: &dyn Fn() -> bool,
) -> Result<Grouping> {
    let (mut distances, mut confidence) = (Vec::with_capacity(points.len()), Vec::with_capacity(points.len()));
    each(points, &centroids, cancelled, |point, lower, centroids| {
        let (here, own) = (points.row(point), labels[point]);
        let other = nearest_but(here, lower, centroids, own);
        match (own, other) {
            (Some(own), other) => {
                let distance = squared_euclidean(here, row(centroids, own)).sqrt();
                distances.push(distance);
                confidence.push(match other {
                    Some((second, _)) if second > 0.0 => (1.0 - distance / second).clamp(0.0, 1.0),
                    Some(_) => 0.0,
                    None => 1.0,
                });
            }
            (None, other) => {
                distances.push(other.map_or_else(|| points.squares()[point].sqrt(), |(distance, _)| distance));
                confidence.push(0.0);
            }
        }
    })?;
    Ok(Grouping { centroids, labels, distances, confidence, probabilities: None, finer: None })
}

#[cfg(test)]
mod tests {
    use ndarray::{array, s};
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;
    use crate::{Covariance, Linkage};

    fn never() -> bool {
        false
    }

    /// Four round groups in the given dimensions, two and two near each other, far from zero.
    fn rows(n: usize, dimensions: usize) -> Array2<f32> {
        let mut rng = StdRng::seed_from_u64(7);
        Array2::from_shape_fn((n, dimensions), |(i, j)| {
            let corner = [0.0, 4.0, 40.0, 44.0][i % 4];
            100.0 + if j < 2 { corner } else { 0.0 } + rng.random_range(-1.0..1.0f32) / (dimensions as f32).sqrt()
        })
    }

    fn all() -> [Parameters; 6] {
        [
            Parameters::KMeans { k: 4, n_init: 3 },
            Parameters::Dbscan { eps: 2.0, min_samples: 5 },
            Parameters::Gmm { components: 4, covariance: Covariance::Full },
            Parameters::Gmm { components: 4, covariance: Covariance::Diagonal },
            Parameters::Hierarchical { level1: 2, level2: 4, linkage: Linkage::Ward },
            Parameters::Hierarchical { level1: 2, level2: 4, linkage: Linkage::Average },
        ]
    }

    #[test]
    fn every_algorithm_finds_the_groups_and_the_place_of_the_rest() {
        for dimensions in [2, 80] {
            let rows = rows(600, dimensions);
            let sample = Points::new(rows.slice(s![..200, ..])).unwrap();
            for parameters in all() {
                let fitted = group(&sample, &parameters, 1, &never).unwrap();
                let assigned = fitted.assign(rows.view(), &never).unwrap();
                assert_eq!(assigned.labels[..200], fitted.grouping.labels);
                assert_eq!(assigned.centroids, fitted.grouping.centroids);
                for grouping in [&fitted.grouping, &assigned] {
                    let groups = grouping.centroids.nrows();
                    for point in 0..grouping.labels.len() {
                        let label = grouping.labels[point];
                        assert_eq!(label, grouping.labels[point % 4], "{parameters:?}");
                        assert!((0.5..=1.0).contains(&grouping.confidence[point]));
                        let here = rows.row(point).to_vec();
                        let centroid = row(&grouping.centroids, label.unwrap());
                        let distance = squared_euclidean(&here, centroid).sqrt();
                        assert!((grouping.distances[point] - distance).abs() < 1e-3);
                        let fine = grouping.finer.as_ref().map_or(label.unwrap(), |finer| finer[point]);
                        assert!((0..4).all(|other| {
                            let theirs = grouping.finer.as_ref().map_or(grouping.labels[other].unwrap(), |f| f[other]);
                            (theirs == fine) == (other == point % 4)
                        }));
                    }
                    assert_eq!(groups, if grouping.finer.is_some() { 2 } else { 4 });
                    let sums = grouping.probabilities.iter().flat_map(|all| all.rows());
                    assert!(sums.into_iter().all(|row| (row.sum() - 1.0).abs() < 1e-5));
                }
                let again = group(&sample, &parameters, 1, &never).unwrap();
                assert_eq!(again.grouping, fitted.grouping);
            }
        }
    }

    #[test]
    fn what_is_far_from_every_core_is_noise_and_knows_how_far() {
        let points = Points::new(rows(200, 2).view()).unwrap();
        let fitted = group(&points, &Parameters::Dbscan { eps: 2.0, min_samples: 5 }, 1, &never).unwrap();
        let found = fitted.assign(array![[100.0f32, 100.0], [120.0, 120.0]].view(), &never).unwrap();
        assert_eq!((found.labels[0], found.labels[1]), (Some(0), None));
        assert_eq!((found.confidence[1], found.confidence[0] > 0.5), (0.0, true));
        // Two corners at 104 and 140: the nearer one is 16 away in both dimensions.
        assert!((found.distances[1] - 16.0 * 2.0f32.sqrt()).abs() < 0.5);
        let noise = group(&points, &Parameters::Dbscan { eps: 1e-9, min_samples: 5 }, 1, &never).unwrap();
        assert_eq!(noise.grouping.labels, vec![None; 200]);
        assert!(noise.grouping.centroids.nrows() == 0 && noise.grouping.distances.iter().all(|d| d.is_finite()));
        let new = noise.assign(array![[100.0f32, 100.0]].view(), &never).unwrap();
        assert_eq!((new.labels, new.confidence), (vec![None], vec![0.0]));
    }

    #[test]
    fn trivial_and_hostile_inputs() {
        let empty = Points::new(Array2::zeros((0, 3)).view()).unwrap();
        let one = Points::new(array![[1.0f32, 2.0, 3.0]].view()).unwrap();
        let alike = Points::new(Array2::ones((30, 3)).view()).unwrap();
        for parameters in all() {
            let dense = matches!(parameters, Parameters::Dbscan { .. });
            for few in [&empty, &one] {
                let found = group(few, &parameters, 1, &never);
                let refused = matches!(found, Err(Error::ClusterCount { .. }));
                assert!(refused != dense, "{parameters:?}");
            }
            let fitted = group(&alike, &parameters, 1, &never).unwrap();
            assert_eq!(fitted.grouping.labels.len(), 30);
            assert!(fitted.grouping.distances.iter().chain(&fitted.grouping.confidence).all(|x| x.is_finite()));
            assert_eq!(fitted.assign(Array2::zeros((0, 3)).view(), &never).unwrap().labels, []);
            let error = fitted.assign(Array2::zeros((1, 4)).view(), &never).unwrap_err();
            assert_eq!(error, Error::Size { what: "dimensions", expected: 3, got: 4 });
            let error = fitted.assign(array![[0.0, f32::NAN, 0.0]].view(), &never).unwrap_err();
            assert_eq!(error, Error::NotFinite { row: 0 });
            assert_eq!(group(&alike, &parameters, 1, &|| true).unwrap_err(), Error::Cancelled);
            assert_eq!(fitted.assign(array![[0.0f32, 0.0, 0.0]].view(), &|| true).unwrap_err(), Error::Cancelled);
        }
    }
}
