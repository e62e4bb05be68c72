//! What is heard where on the map.

use std::collections::{HashMap, HashSet};

use ndarray::Array2;
use segue_cluster::{KMeans, KMeansOptions, NameStyle};
use segue_store::{Algorithm as StoredAlgorithm, Assignment};

use crate::Result;
use crate::curate::gather::Library;
use crate::curate::make::{naming, stored};
use crate::curate::types::Algorithm;
use crate::engine::State;

/// Songs from which on a map has more than one region of its own …
const PER_REGION: f64 = 30.0;
/// … and the most that it has.
const MOST_REGIONS: usize = 24;
/// Share of the songs that must be in the groups of the last grouping for these to be the regions.
const GROUPED_SHARE: f64 = 0.5;

/// Per song its region, and what the regions are called.
type Regions = (Vec<Option<u32>>, Vec<String>);

/// The regions of a map: the groups of the last grouping, by the algorithm of the last playlists where there are several; where
/// nothing was grouped, or too long ago, k-means on the plane.
pub(crate) fn regions(
    state: &State,
    songs: &[String],
    places: &[[f32; 2]],
    last: Option<Algorithm>,
    cancelled: &dyn Fn() -> bool,
) -> Result<Regions> {
    use StoredAlgorithm::{Dbscan, Gmm, Hierarchical, KMeans};
    for algorithm in last.map(stored).into_iter().chain([KMeans, Gmm, Hierarchical, Dbscan]) {
        if let Some(found) = grouped(state, songs, algorithm)? {
            return Ok(found);
        }
    }
    on_the_plane(state, songs, places, cancelled)
}

/// The groups of an algorithm's last grouping, if most songs are in one.
fn grouped(state: &State, songs: &[String], algorithm: StoredAlgorithm) -> Result<Option<Regions>> {
    let groups = state.store.cluster_groups(algorithm)?;
    if groups.is_empty() {
        return Ok(None);
    }
    let number_of: HashMap<i64, u32> = groups.iter().map(|group| group.cluster).zip(0..).collect();
    let mut region_of: HashMap<String, u32> = HashMap::new();
    for row in state.store.clusters(algorithm)? {
        let cluster = match row.assignment {
            Assignment::KMeans { cluster, .. } | Assignment::Gmm { cluster, .. } | Assignment::Dbscan { cluster } => {
                cluster
            }
            Assignment::Hierarchical { level1, .. } => level1,
        };
        if let Some(&region) = number_of.get(&cluster) {
            region_of.insert(row.song_id, region);
        }
    }
    let regions: Vec<Option<u32>> = songs.iter().map(|song_id| region_of.get(song_id).copied()).collect();
    let inside = regions.iter().flatten().count();
    let enough = inside as f64 >= GROUPED_SHARE * songs.len() as f64;
    Ok(enough.then(|| (regions, groups.into_iter().map(|group| group.name).collect())))
}

/// Groups of what lies together, named as playlists are: by the tags and numbers that set them apart.
fn on_the_plane(state: &State, songs: &[String], places: &[[f32; 2]], cancelled: &dyn Fn() -> bool) -> Result<Regions> {
    if songs.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let k = ((songs.len() as f64 / PER_REGION).sqrt().round() as usize).clamp(1, MOST_REGIONS);
    let points = Array2::from_shape_fn((places.len(), 2), |(row, axis)| places[row][axis]);
    let found = KMeans::fit(points.view(), &KMeansOptions::new(k), cancelled)?;

    let library = Library::read(state, &|| !cancelled())?;
    let row_of: HashMap<&str, usize> =
        library.song_ids.iter().enumerate().map(|(row, song_id)| (song_id.as_str(), row)).collect();
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); k];
    for (song_id, label) in songs.iter().zip(&found.labels) {
        if let (Some(row), Some(members)) = (row_of.get(song_id.as_str()), members.get_mut(*label)) {
            members.push(*row);
        }
    }
    let naming = naming(&library, NameStyle::default())?;
    let mut taken = HashSet::new();
    let names = members.iter().map(|members| {
        let name = naming.name(members, &|text| taken.contains(text)).text;
        taken.insert(name.clone());
        name
    });
    let names = names.collect();
    Ok((found.labels.iter().map(|label| Some(*label as u32)).collect(), names))
}
