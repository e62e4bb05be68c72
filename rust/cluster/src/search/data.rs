//! What every run of a search shares: one projection, one list of neighbours, one measure of the tags.

use std::collections::HashMap;

use ndarray::{Array2, ArrayView2, Axis, s};
use segue_vectors::{Panels, TopK, norm};

use super::Candidate;
use crate::{Error, Keep, Pca, Points, Result, check_size};

/// Principal components that are shared; a run uses as many of the first as it likes. On the music of
/// `docs/clustering.md` more of them change nothing.
pub(crate) const SHARED: usize = 64;
/// Neighbours that are known of each point.
pub(crate) const NEIGHBOURS: usize = 10;
/// Rows of one blocked product.
const BATCH: usize = 256;

/// The tracks that a search looks at, made ready once. Runs share it, also across threads.
#[derive(Debug, Clone)]
pub struct SearchData {
    /// Along the shared components, of mean square length 1: where separation is measured.
    pub(crate) reference: Points,
    /// The same, less the mean of the tags and of mean square length 1.
    pub(crate) tags: Array2<f32>,
    /// Per point its nearest others, the nearest first.
    pub(crate) neighbours: Vec<Vec<usize>>,
    /// Per point a number for its artist; `None` where unknown.
    pub(crate) artists: Vec<Option<usize>>,
    pca: Pca,
    scale: f32,
    tag_mean: Vec<f32>,
    tag_scale: f32,
}

impl SearchData {
    /// `points`: one row per track that is looked at, such as `Space::matrix` has it. `tags`: one row per track with the
    /// probabilities of its tags, any number of them, also none; values outside of 0..1 are taken to the nearer end, NaN
    /// to 0. `artists`: one per track, in one spelling, empty where unknown.
    ///
    /// Takes the square of the number of tracks in time: some seconds for 10,000.
    ///
    /// # Errors
    /// [`Error::Empty`] without tracks or dimensions, [`Error::Size`], [`Error::NotFinite`], [`Error::Cancelled`].
    pub fn new(
        points: ArrayView2<'_, f32>,
        tags: ArrayView2<'_, f32>,
        artists: &[&str],
        cancelled: &dyn Fn() -> bool,
    ) -> Result<Self> {
        check_size("rows of tags", points.nrows(), tags.nrows())?;
        check_size("artists", points.nrows(), artists.len())?;
        let points = Points::new(points)?;
        let pca = Pca::fit(&points, Keep::Count(SHARED), cancelled)?;
        let mut projected = pca.transform(points.restore(points.centred().to_owned()).view())?;
        let scale = unit_scale(&projected);
        projected.mapv_inplace(|value| value * scale);
        let reference = Points::new(projected.view())?;

        let mut directions = directions(tags);
        let tag_mean = directions.mean_axis(Axis(0)).map_or_else(Vec::new, |mean| mean.to_vec());
        directions.rows_mut().into_iter().for_each(|row| subtract(row, &tag_mean));
        let tag_scale = unit_scale(&directions);
        directions.mapv_inplace(|value| value * tag_scale);

        let artists = numbered(artists);
        let neighbours = neighbours(&reference, cancelled)?;
        Ok(Self { reference, tags: directions, neighbours, artists, pca, scale, tag_mean, tag_scale })
    }

    /// Tracks that are looked at.
    pub fn len(&self) -> usize {
        self.reference.len()
    }

    /// Whether there is none; there always is one.
    pub fn is_empty(&self) -> bool {
        self.reference.is_empty()
    }

    /// The shared components that `wished` stands for: 0 is all.
    fn kept(&self, wished: usize) -> usize {
        let all = self.reference.dimensions();
        if wished == 0 { all } else { wished.min(all) }
    }

    /// The space of a candidate: the first components, beside them the tags by their weight.
    pub(crate) fn plain_space(&self, candidate: &Candidate) -> Array2<f32> {
        let components = self.reference.centred();
        beside(components.slice(s![.., ..self.kept(candidate.components)]), &self.tags, candidate.tag_weight)
    }

    /// Any tracks in the space of a candidate. The arguments are as in [`SearchData::new`].
    ///
    /// # Errors
    /// [`Error::Size`] for rows of another width.
    pub fn project(
        &self,
        candidate: &Candidate,
        points: ArrayView2<'_, f32>,
        tags: ArrayView2<'_, f32>,
    ) -> Result<Array2<f32>> {
        check_size("rows of tags", points.nrows(), tags.nrows())?;
        check_size("tags", self.tags.ncols(), tags.ncols())?;
        let mut projected = self.pca.transform(points)?;
        projected.mapv_inplace(|value| value * self.scale);
        let mean = self.reference.mean();
        projected.rows_mut().into_iter().for_each(|row| subtract(row, mean));
        let mut directions = directions(tags);
        directions.rows_mut().into_iter().for_each(|row| subtract(row, &self.tag_mean));
        directions.mapv_inplace(|value| value * self.tag_scale);
        let kept = self.kept(candidate.components).min(projected.ncols());
        Ok(beside(projected.slice(s![.., ..kept]), &directions, candidate.tag_weight))
    }

    /// The space of a candidate in which each point has moved towards its neighbours. A point between two groups so goes
    /// with the one that its neighbours are in (a step of diffusion on the graph of neighbours, as in Coifman, Lafon 2006).
    pub(crate) fn space(&self, candidate: &Candidate, cancelled: &dyn Fn() -> bool) -> Result<Array2<f32>> {
        let mut rows = self.plain_space(candidate);
        let wished = candidate.neighbours.min(NEIGHBOURS);
        if wished == 0 {
            return Ok(rows);
        }
        let graph = self.graph(wished);
        for _ in 0..candidate.steps {
            if cancelled() {
                return Err(Error::Cancelled);
            }
            let mut moved = rows.clone();
            for (mut out, near) in moved.rows_mut().into_iter().zip(&graph) {
                let total: f32 = near.iter().map(|(_, weight)| weight).sum();
                if total > 0.0 {
                    out.mapv_inplace(|value| value / 2.0);
                    for (other, weight) in near {
                        out.scaled_add(weight / (2.0 * total), &rows.row(*other));
                    }
                }
            }
            rows = moved;
        }
        Ok(rows)
    }

    /// Neighbours in both directions; those who are each other's count twice.
    fn graph(&self, wished: usize) -> Vec<Vec<(usize, f32)>> {
        let mut graph: Vec<Vec<(usize, f32)>> = vec![Vec::new(); self.len()];
        for (point, near) in self.neighbours.iter().enumerate() {
            for other in near.iter().take(wished) {
                graph[point].push((*other, 1.0));
                graph[*other].push((point, 1.0));
            }
        }
        graph
    }
}

fn numbered(artists: &[&str]) -> Vec<Option<usize>> {
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut numbers = Vec::with_capacity(artists.len());
    for artist in artists {
        let next = known.len();
        numbers.push((!artist.is_empty()).then(|| *known.entry(artist).or_insert(next)));
    }
    numbers
}

fn subtract(mut row: ndarray::ArrayViewMut1<'_, f32>, mean: &[f32]) {
    row.iter_mut().zip(mean).for_each(|(value, mean)| *value -= mean);
}

/// What takes rows of mean 0 to a mean square length of 1; 1 where all are 0.
fn unit_scale(rows: &Array2<f32>) -> f32 {
    let total: f64 = rows.iter().map(|value| f64::from(*value).powi(2)).sum();
    let mean = total / rows.nrows().max(1) as f64;
    // Below this it is rounding that varies, not music.
    if mean > 1e-12 { (1.0 / mean.sqrt()) as f32 } else { 1.0 }
}

/// Tags as directions: how probable they are beside each other counts, not how sure the network was of all.
fn directions(tags: ArrayView2<'_, f32>) -> Array2<f32> {
    let mut rows = tags.mapv(|value| if value.is_nan() { 0.0 } else { value.clamp(0.0, 1.0) });
    for mut row in rows.rows_mut() {
        let length = row.as_slice().map_or(0.0, norm);
        if length > 0.0 {
            row.mapv_inplace(|value| value / length);
        }
    }
    rows
}

fn beside(components: ArrayView2<'_, f32>, tags: &Array2<f32>, weight: f32) -> Array2<f32> {
    let width = components.ncols();
    let tagged = if weight > 0.0 { tags.ncols() } else { 0 };
    let mut rows = Array2::zeros((components.nrows(), width + tagged));
    rows.slice_mut(s![.., ..width]).assign(&components);
    if tagged > 0 {
        rows.slice_mut(s![.., width..]).assign(&tags.mapv(|value| value * weight));
    }
    rows
}

fn neighbours(points: &Points, cancelled: &dyn Fn() -> bool) -> Result<Vec<Vec<usize>>> {
    let n = points.len();
    let panels = Panels::new(points.as_slice(), n, points.dimensions());
    let mut found = Vec::with_capacity(n);
    let mut distances = vec![0.0f32; BATCH.min(n) * panels.stride()];
    for first in (0..n).step_by(BATCH) {
        if cancelled() {
            return Err(Error::Cancelled);
        }
        let batch = first..(first + BATCH).min(n);
        let rows: Vec<&[f32]> = batch.clone().map(|point| points.row(point)).collect();
        panels.distances(&rows, &points.squares()[batch.clone()], 0.0, &mut distances);
        for (point, distances) in batch.zip(distances.chunks_exact(panels.stride())) {
            let mut top = TopK::new(NEIGHBOURS);
            for (other, distance) in distances.iter().take(n).enumerate() {
                if other != point {
                    top.push(*distance, other);
                }
            }
            found.push(top.into_sorted().into_iter().map(|(_, other)| other).collect());
        }
    }
    Ok(found)
}
