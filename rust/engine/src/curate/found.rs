//! Good groups: the search, and the place of every song in what it found.

use std::ops::RangeInclusive;
use std::time::Instant;

use ndarray::{Array2, Axis};
use rayon::prelude::*;
use segue_cluster::{
    Candidate, FitnessLimits, FitnessWeights, Grouping, Parameters, PlaylistOptions, Points, Ranges, RunOutcome,
    Search, SearchData, SearchOptions, SearchState, Song, assign_all, evaluate, select, stratified, suggest_k,
};

use super::desk::Desk;
use super::gather::Library;
use super::prepare::Prepared;
use super::types::{ClusterReport, ClusterRequest, Step};
use crate::engine::State;
use crate::{Error, Result};

/// Fewest songs that can be parted.
const FEWEST: usize = 2;
/// Batches of runs after which what the search has reached is written down.
const KEPT_EVERY: u64 = 8;
/// Songs that the elbow looks at, at most.
const ELBOW_SAMPLE: usize = 4000;

/// The groups of a library.
pub(crate) struct Found {
    /// Where each song that takes part belongs.
    pub(crate) grouping: Grouping,
    /// How it was found.
    pub(crate) report: ClusterReport,
    /// What the songs were looked at as, and the best run; `None` where there was nothing to find.
    best: Option<(SearchData, RunOutcome)>,
}

/// Searches for good parameters on a sample and assigns every song that takes part.
pub(crate) fn find_groups(
    state: &State,
    library: &Library,
    prepared: &Prepared,
    request: &ClusterRequest,
    limits: &PlaylistOptions,
    desk: &Desk,
) -> Result<Found> {
    let begun = Instant::now();
    let tracks = prepared.kept.len();
    let mut report =
        ClusterReport { quality: prepared.quality.clone(), algorithm: request.algorithm, ..ClusterReport::default() };
    if tracks < FEWEST {
        report.noise = tracks as u64;
        return Ok(Found { grouping: nowhere(tracks, prepared.points.ncols()), report, best: None });
    }
    let stopped = || desk.stopped();
    let artists: Vec<&str> = library.column(&library.artists, &prepared.kept);
    let genres: Vec<&str> = library.column(&library.main_genres, &prepared.kept);
    let sample = stratified(&artists, &genres, request.sample.max(FEWEST), request.seed);
    report.sampled = sample.len() as u64;
    let tags = library.tags_of(&prepared.kept);
    let data = {
        let artists: Vec<&str> = sample.iter().filter_map(|&row| artists.get(row).copied()).collect();
        SearchData::new(prepared.some(&sample).view(), tags.select(Axis(0), &sample).view(), &artists, &stopped)
            .map_err(cancelled)?
    };
    let share = sample.len() as f64 / tracks as f64;
    let limits = FitnessLimits {
        min_songs: ((share * limits.least_songs(tracks) as f64).ceil() as usize).max(1),
        max_songs: limits.max_songs,
        max_per_artist: limits.max_per_artist,
    };
    let best = search(state, request, tracks, &data, &limits, desk, &mut report)?;
    report.seconds = begun.elapsed().as_secs_f64();
    let Some(best) = best else {
        report.noise = tracks as u64;
        return Ok(Found { grouping: nowhere(tracks, prepared.points.ncols()), report, best: None });
    };
    desk.tell(Step::Assigning, 0, 1);
    let grouping =
        assign_all(&data, &best, prepared.points.view(), tags.view(), &sample, &stopped).map_err(cancelled)?;
    report.parameters = in_words(&best.candidate);
    report.clusters = grouping.centroids.nrows() as u64;
    report.noise = grouping.labels.iter().filter(|label| label.is_none()).count() as u64;
    report.fitness = best.fitness;
    report.silhouette = best.silhouette;
    let parts = best.parts;
    report.parts = [
        ("separation", parts.separation),
        ("purity", parts.purity),
        ("diversity", parts.diversity),
        ("artists", parts.artists),
        ("size", parts.size),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec();
    report.seconds = begun.elapsed().as_secs_f64();
    Ok(Found { grouping, report, best: Some((data, best)) })
}

/// Runs the search to its end. What it has reached is kept, also when it is stopped.
fn search(
    state: &State,
    request: &ClusterRequest,
    tracks: usize,
    data: &SearchData,
    limits: &FitnessLimits,
    desk: &Desk,
    report: &mut ClusterReport,
) -> Result<Option<RunOutcome>> {
    let weights = FitnessWeights {
        separation: request.fitness.separation,
        purity: request.fitness.purity,
        diversity: request.fitness.diversity,
        artists: request.fitness.artists,
        size: request.fitness.size,
    };
    let options = SearchOptions {
        algorithm: request.algorithm,
        ranges: ranges(request, tracks),
        runs: request.runs.max(1),
        patience: request.patience,
        seed: request.seed,
    };
    let key = format!("search {} {:?}", request.algorithm.name(), request.space);
    let reached: Option<SearchState> =
        if request.resume { state.store.state(&key)?.and_then(|text| serde_json::from_str(&text).ok()) } else { None };
    let mut search = match &reached {
        Some(reached) => Search::resume(options, reached),
        None => Search::new(options),
    };
    let keep = |search: &Search| -> Result<()> {
        let text = serde_json::to_string(&search.state())
            .map_err(|source| Error::Json { what: "what the search has reached", source })?;
        Ok(state.store.set_state(&key, Some(&text))?)
    };
    for batches in 1.. {
        let batch = search.next_batch();
        if batch.is_empty() {
            break;
        }
        desk.tell(Step::Searching, search.runs() as usize, request.runs);
        // In the order of the batch, whichever thread was faster.
        let outcomes: std::result::Result<Vec<RunOutcome>, _> =
            batch.par_iter().map(|candidate| evaluate(data, candidate, &weights, limits, &|| desk.stopped())).collect();
        match outcomes {
            Ok(outcomes) => search.tell(outcomes),
            Err(error) => {
                keep(&search)?;
                return Err(cancelled(error));
            }
        }
        if let Some(best) = search.best() {
            desk.tell_fitness(best.fitness);
        }
        if batches % KEPT_EVERY == 0 {
            keep(&search)?;
        }
    }
    keep(&search)?;
    report.runs = search.runs();
    Ok(search.best().cloned())
}

fn ranges(request: &ClusterRequest, tracks: usize) -> Ranges {
    let asked = Ranges {
        clusters: request.clusters.clone(),
        eps: request.eps.clone(),
        min_samples: request.min_samples.clone(),
        components: request.components.clone(),
        covariance: request.covariance,
        linkage: request.linkage,
        pca: request.pca.clone(),
        ..Ranges::default()
    };
    if !request.wider {
        return asked;
    }
    let wider = asked.widened(tracks);
    if request.runs > 1 {
        return wider;
    }
    let suited = suggest_k(tracks);
    Ranges { clusters: suited..=suited, components: suited..=suited, ..wider }
}

/// Playlists of the groups, by rows of the library, nearest to their middles first.
pub(crate) fn lists_of(
    library: &Library,
    prepared: &Prepared,
    found: &Found,
    options: &PlaylistOptions,
    desk: &Desk,
) -> Result<Vec<Vec<usize>>> {
    let Some((data, best)) = &found.best else { return Ok(Vec::new()) };
    let tags = library.tags_of(&prepared.kept);
    let space = data.project(&best.candidate, prepared.points.view(), tags.view()).map_err(cancelled)?;
    let (artists, recordings, genres) = (
        library.column(&library.artists, &prepared.kept),
        library.column(&library.recordings, &prepared.kept),
        library.column(&library.main_genres, &prepared.kept),
    );
    let songs: Vec<Song<'_>> = artists
        .into_iter()
        .zip(recordings)
        .zip(genres)
        .map(|((artist, recording), genre)| Song { artist, recording, genre })
        .collect();
    let lists = select(&found.grouping, space.view(), &songs, options, &|| desk.stopped()).map_err(cancelled)?;
    let rows = |list: segue_cluster::Playlist| {
        list.songs.into_iter().filter_map(|song| prepared.kept.get(song).copied()).collect()
    };
    Ok(lists.into_iter().map(rows).collect())
}

/// The elbow curve on a sample.
pub(crate) fn elbow(
    library: &Library,
    prepared: &Prepared,
    request: &ClusterRequest,
    range: RangeInclusive<usize>,
    desk: &Desk,
) -> Result<segue_cluster::Elbow> {
    let artists = library.column(&library.artists, &prepared.kept);
    let genres = library.column(&library.main_genres, &prepared.kept);
    let sample = stratified(&artists, &genres, request.sample.clamp(1, ELBOW_SAMPLE), request.seed);
    let points = Points::new(prepared.some(&sample).view()).map_err(cancelled)?;
    let options = segue_cluster::ElbowOptions { range, seed: request.seed, ..segue_cluster::ElbowOptions::default() };
    segue_cluster::Elbow::new(&points, &options, &|| desk.stopped()).map_err(cancelled)
}

/// What a candidate was run with, for people.
fn in_words(candidate: &Candidate) -> String {
    let own = match candidate.parameters {
        Parameters::KMeans { k, .. } => format!("{k} groups"),
        Parameters::Dbscan { eps, min_samples } => {
            format!("eps {eps:.2} of the median distance, {min_samples} neighbours make a core")
        }
        Parameters::Gmm { components, covariance } => {
            format!("{components} components, {}", format!("{covariance:?}").to_lowercase())
        }
        Parameters::Hierarchical { level1, level2, linkage } => {
            format!("{level1} groups of {level2}, {}", format!("{linkage:?}").to_lowercase())
        }
    };
    let components = match candidate.components {
        0 => "all principal components".to_owned(),
        count => format!("{count} principal components"),
    };
    let mut words = vec![own, components];
    let moves = matches!(candidate.parameters, Parameters::KMeans { .. }) && candidate.neighbours > 0;
    match candidate.steps {
        1 if moves => words.push(format!("one step towards {} neighbours", candidate.neighbours)),
        steps if moves && steps > 1 => words.push(format!("{steps} steps towards {} neighbours", candidate.neighbours)),
        _ => {}
    }
    if candidate.tag_weight > 0.0 {
        words.push(format!("tags by {:.2}", candidate.tag_weight));
    }
    words.join(", ")
}

/// Songs of which none belongs anywhere.
fn nowhere(songs: usize, dimensions: usize) -> Grouping {
    Grouping {
        centroids: Array2::zeros((0, dimensions)),
        labels: vec![None; songs],
        distances: vec![0.0; songs],
        confidence: vec![0.0; songs],
        probabilities: None,
        finer: None,
    }
}

/// The caller's wish to stop under its own name.
pub(crate) fn cancelled(error: segue_cluster::Error) -> Error {
    match error {
        segue_cluster::Error::Cancelled => Error::Cancelled,
        other => other.into(),
    }
}
