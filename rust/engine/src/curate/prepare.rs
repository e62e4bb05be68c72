//! The points that are grouped: which numbers of which songs, brought to one scale.

use std::collections::HashMap;

use ndarray::{Array2, Axis};
use segue_cluster::{FeatureWeights, Keep, Pca, Points, QualityOptions, QualityReport, Scaler, TagSpace};
use segue_space::TrackId;

use super::gather::Library;
use super::types::{ClusterRequest, DataQuality, InputSpace, Scaling};
use crate::engine::State;
use crate::stages::VGGISH;
use crate::{Error, Result};

/// Songs that the principal components of the embeddings are found on: more change the axes by nothing that can be heard.
const COMPONENTS_OF: usize = 8192;
/// Songs whose embeddings are in memory at once, beside the space itself.
const BLOCK: usize = 1024;
/// Features without VGGish.
const CLASSICAL: usize = 95;

/// What is grouped.
pub(crate) struct Prepared {
    /// Rows of the [`Library`] that take part, ascending.
    pub(crate) kept: Vec<usize>,
    /// One row per song that takes part.
    pub(crate) points: Array2<f32>,
    /// What was found on the way.
    pub(crate) quality: DataQuality,
}

/// Makes the points that a request asks for.
///
/// # Errors
/// [`Error::Cancelled`]; when the store fails.
pub(crate) fn prepare(
    state: &State,
    library: &Library,
    request: &ClusterRequest,
    stopped: &dyn Fn() -> bool,
) -> Result<Prepared> {
    if request.variance_kept.is_nan() || request.variance_kept <= 0.0 {
        return Err(Error::InvalidArgument(
            "the share of variance to keep must be above 0; 1 keeps all of it".to_owned(),
        ));
    }
    let prepared = match request.space {
        InputSpace::Embeddings => embeddings(state, library, request, stopped),
        InputSpace::TagsAndTempo => tags(library, request, stopped),
        InputSpace::Features => features(state, library, request, stopped),
    };
    let mut prepared = match prepared {
        Err(Error::Cluster(segue_cluster::Error::Cancelled)) => return Err(Error::Cancelled),
        other => other?,
    };
    // What was heard only in part is not in the library's columns either.
    let playable = state.store.statistics(&[])?.songs.max(prepared.quality.tracks);
    prepared.quality.missing += playable - prepared.quality.tracks;
    prepared.quality.tracks = playable;
    Ok(prepared)
}

/// The space that neighbours go by, along its principal components. The index lets in finite numbers only.
fn embeddings(
    state: &State,
    library: &Library,
    request: &ClusterRequest,
    stopped: &dyn Fn() -> bool,
) -> Result<Prepared> {
    let block = |ids: &[TrackId]| state.read_index().space().matrix(ids);
    let sample = block(&spread(&library.rows, COMPONENTS_OF));
    let dimensions = sample.ncols();
    let mut quality = DataQuality {
        tracks: library.len() as u64,
        taking_part: library.len() as u64,
        dimensions: dimensions as u64,
        kept_dimensions: dimensions as u64,
        constant: constant(&sample),
        ..DataQuality::default()
    };
    let pca = if request.variance_kept < 1.0 && !library.is_empty() {
        Some(Pca::fit(&Points::new(sample.view())?, Keep::Share(request.variance_kept), stopped)?)
    } else {
        None
    };
    drop(sample);
    let width = pca.as_ref().map_or(dimensions, |pca| pca.components().nrows());
    let mut flat = Vec::with_capacity(library.len() * width);
    for ids in library.rows.chunks(BLOCK) {
        if stopped() {
            return Err(Error::Cancelled);
        }
        let rows = block(ids);
        let rows = match &pca {
            Some(pca) => pca.transform(rows.view())?,
            None => rows,
        };
        flat.extend(rows.iter());
    }
    let points = matrix(library.len(), width, flat)?;
    quality.kept_dimensions = width as u64;
    let rows: Vec<Option<&[f32]>> = points.rows().into_iter().map(|row| row.to_slice()).collect();
    quality.outlying = QualityReport::new(&rows, width, &QualityOptions::default(), stopped)?.outlying.len() as u64;
    Ok(Prepared { kept: (0..library.len()).collect(), points, quality })
}

/// Tempo, energy and each song's strongest tags.
fn tags(library: &Library, request: &ClusterRequest, stopped: &dyn Fn() -> bool) -> Result<Prepared> {
    let space = TagSpace { top: request.top_moods };
    let rows: Vec<Option<Vec<f32>>> = library
        .tempos
        .iter()
        .zip(&library.energies)
        .zip(library.tags().rows())
        // What has no beat is as slow as can be.
        .map(|((tempo, energy), tags)| Some(space.row(tempo.unwrap_or_default(), (*energy)?, &tags.to_vec(), &[])))
        .collect();
    let (kept, points, quality) = sound(&rows, 2 + library.tags().ncols(), stopped)?;
    Ok(Prepared { kept, points, quality })
}

/// The classical features, and VGGish's where it has heard the library.
fn features(
    state: &State,
    library: &Library,
    request: &ClusterRequest,
    stopped: &dyn Fn() -> bool,
) -> Result<Prepared> {
    let mut classical: HashMap<String, Vec<f32>> = HashMap::new();
    state.store.for_each_feature_vector(|song_id, vector| {
        classical.insert(song_id.to_owned(), vector);
    })?;
    let mut vggish: HashMap<String, Vec<f32>> = HashMap::new();
    state.store.for_each_song_vectors(&[VGGISH], |song| {
        if let Some(model) = song.models.into_iter().flatten().next() {
            vggish.insert(song.song_id, model.mean);
        }
    })?;
    // One width for all: with VGGish once it has heard most of the library.
    let heard = library.song_ids.iter().filter(|song| vggish.contains_key(*song)).count();
    let with_vggish = 2 * heard > library.len();
    let row = |song: &String| {
        let mut row = classical.get(song).filter(|row| row.len() == CLASSICAL)?.clone();
        if with_vggish {
            row.extend(vggish.get(song)?);
        }
        Some(row)
    };
    let rows: Vec<Option<Vec<f32>>> = library.song_ids.iter().map(row).collect();
    let width = rows.iter().flatten().map(Vec::len).next().unwrap_or(CLASSICAL);
    let (kept, mut points, mut quality) = sound(&rows, width, stopped)?;
    if kept.is_empty() {
        return Ok(Prepared { kept, points, quality });
    }
    let scaler = match request.scaling {
        Scaling::MinMax => Scaler::min_max(points.view())?,
        Scaling::Standard => Scaler::standard(points.view())?,
    };
    let weights = FeatureWeights {
        vggish: request.weights.vggish,
        mfcc: request.weights.mfcc,
        spectral: request.weights.spectral,
        rhythmic: request.weights.rhythmic,
    };
    for mut row in points.rows_mut() {
        let Some(row) = row.as_slice_mut() else { continue };
        scaler.apply(row);
        weights.apply(row)?;
    }
    if request.variance_kept < 1.0 {
        let ready = Points::new(points.view())?;
        points = Pca::fit(&ready, Keep::Share(request.variance_kept), stopped)?.transform(points.view())?;
        quality.kept_dimensions = points.ncols() as u64;
    }
    Ok(Prepared { kept, points, quality })
}

/// The rows that are there and of finite numbers, as a matrix.
fn sound(
    rows: &[Option<Vec<f32>>],
    width: usize,
    stopped: &dyn Fn() -> bool,
) -> Result<(Vec<usize>, Array2<f32>, DataQuality)> {
    let given: Vec<Option<&[f32]>> = rows.iter().map(|row| row.as_deref().filter(|row| row.len() == width)).collect();
    let report = QualityReport::new(&given, width, &QualityOptions::default(), stopped)?;
    let flat: Vec<f32> =
        report.kept.iter().filter_map(|index| given.get(*index).copied().flatten()).flatten().copied().collect();
    let points = matrix(report.kept.len(), width, flat)?;
    let quality = DataQuality {
        tracks: report.rows as u64,
        taking_part: report.kept.len() as u64,
        missing: report.missing.len() as u64,
        not_finite: report.not_finite.len() as u64,
        outlying: report.outlying.len() as u64,
        dimensions: width as u64,
        constant: report.constant.len() as u64,
        kept_dimensions: width as u64,
    };
    Ok((report.kept, points, quality))
}

/// Dimensions that are the same in all rows.
fn constant(rows: &Array2<f32>) -> u64 {
    let same = |column: &ndarray::ArrayView1<'_, f32>| {
        let first = column.first().copied().unwrap_or_default();
        column.iter().all(|value| (value - first).abs() <= f32::EPSILON * first.abs().max(1e-3))
    };
    if rows.nrows() < 2 { 0 } else { rows.columns().into_iter().filter(same).count() as u64 }
}

/// At most `most` of the items, evenly spread.
fn spread(items: &[TrackId], most: usize) -> Vec<TrackId> {
    let step = items.len().div_ceil(most.max(1)).max(1);
    items.iter().step_by(step).copied().collect()
}

fn matrix(rows: usize, width: usize, flat: Vec<f32>) -> Result<Array2<f32>> {
    Array2::from_shape_vec((rows, width), flat)
        .map_err(|error| Error::InvalidArgument(format!("vectors of unequal length: {error}")))
}

impl Prepared {
    /// Some of the points, in the order of `rows`.
    pub(crate) fn some(&self, rows: &[usize]) -> Array2<f32> {
        self.points.select(Axis(0), rows)
    }
}
