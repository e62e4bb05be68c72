//! Good groups.

use segue_cluster::{Grouping, KMeans, KMeansOptions, PlaylistOptions, Points, Song, select, suggest_k};

use super::desk::Desk;
use super::gather::Library;
use super::make::cancelled;
use super::prepare::Prepared;
use super::types::{ClusterReport, ClusterRequest, PlaylistRequest, Step};
use crate::engine::State;
use crate::{Error, Result};
use std::ops::RangeInclusive;

pub(crate) struct Found {
    pub(crate) grouping: Grouping,
    pub(crate) names: Vec<String>,
    pub(crate) report: ClusterReport,
    kmeans: KMeans,
}

pub(crate) fn find_groups(_state: &State, _library: &Library, prepared: &Prepared, request: &ClusterRequest, desk: &Desk) -> Result<Found> {
    desk.tell(Step::Searching, 0, 1);
    let points = Points::new(prepared.points.view())?;
    let mut options = KMeansOptions::new(suggest_k(points.len()));
    options.seed = request.seed;
    let kmeans = KMeans::fit_points(&points, &options, &|| desk.stopped()).map_err(cancelled)?;
    let grouping = kmeans.clone().into_grouping(&points, &|| desk.stopped()).map_err(cancelled)?;
    Ok(Found { grouping, names: Vec::new(), report: ClusterReport { quality: prepared.quality.clone(), clusters: options.k as u64, ..ClusterReport::default() }, kmeans })
}

pub(crate) fn lists_of(library: &Library, prepared: &Prepared, found: &Found, request: &PlaylistRequest, _desk: &Desk) -> Result<Vec<Vec<usize>>> {
    let songs: Vec<Song<'_>> = prepared.kept.iter().map(|&row| Song { artist: &library.artists[row], recording: &library.recordings[row] }).collect();
    let options = PlaylistOptions { max_songs: request.max_songs, max_per_artist: request.max_songs_per_artist, min_songs: 5 };
    let lists = select(&found.kmeans, &songs, &options)?;
    Ok(lists.into_iter().map(|list| list.songs.into_iter().map(|song| prepared.kept[song]).collect()).collect())
}

pub(crate) fn elbow(_library: &Library, prepared: &Prepared, request: &ClusterRequest, ks: RangeInclusive<usize>, desk: &Desk) -> Result<segue_cluster::Elbow> {
    let points = Points::new(prepared.points.view())?;
    let _ = (points, request, ks, desk);
    Err(Error::Busy)
}
