//! From groups to playlists: which songs of a group are in, the nearest to its centre first.

use std::collections::{HashMap, HashSet};

use crate::{Error, KMeans, Result};

/// Most clusters suggested: more playlists than this nobody looks through.
const MOST_CLUSTERS: usize = 60;

/// A number of clusters for a library of so many tracks: √(n / 2), at most 60. 36 tracks give 4, 1,000 give 22.
pub fn suggest_k(tracks: usize) -> usize {
    ((tracks as f64 / 2.0).sqrt().round() as usize).clamp(1, MOST_CLUSTERS)
}

/// How playlists are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaylistOptions {
    /// Most songs in a playlist.
    pub max_songs: usize,
    /// Most songs of one artist. Raised step by step while a playlist has fewer than half of `max_songs` and its group
    /// has more.
    pub max_per_artist: usize,
    /// Fewest songs that make a playlist.
    pub min_songs: usize,
}

impl Default for PlaylistOptions {
    fn default() -> Self {
        Self { max_songs: 40, max_per_artist: 3, min_songs: 5 }
    }
}

/// What selecting needs to know of a song.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Song<'a> {
    /// Artist, in one spelling. Empty is unknown, and unknown is never the same artist as another unknown.
    pub artist: &'a str,
    /// Name of the recording: songs with equal, non-empty names are one, and the nearest is taken.
    pub recording: &'a str,
}

/// The playlist of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Playlist {
    /// Row of the centroid.
    pub cluster: usize,
    /// Rows of the songs, nearest to the centroid first.
    pub songs: Vec<usize>,
}

/// A playlist of every group that has enough songs, in the order of the clusters.
///
/// # Errors
/// [`Error::Size`] when there is not one song per clustered point.
pub fn select(clusters: &KMeans, songs: &[Song<'_>], options: &PlaylistOptions) -> Result<Vec<Playlist>> {
    let points = clusters.labels.len().min(clusters.distances.len());
    if songs.len() != points {
        return Err(Error::Size { what: "songs", expected: points, got: songs.len() });
    }
    let mut members: Vec<Vec<(f32, usize)>> = vec![Vec::new(); clusters.centroids.nrows()];
    for (row, (label, distance)) in clusters.labels.iter().zip(&clusters.distances).enumerate() {
        if let Some(members) = members.get_mut(*label) {
            members.push((*distance, row));
        }
    }
    let playlist = |(cluster, mut members): (usize, Vec<(f32, usize)>)| {
        members.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut recordings = HashSet::new();
        members.retain(|(_, row)| songs[*row].recording.is_empty() || recordings.insert(songs[*row].recording));
        let rows: Vec<usize> = members.into_iter().map(|(_, row)| row).collect();
        Playlist { cluster, songs: capped(&rows, songs, options) }
    };
    let playlists = members.into_iter().enumerate().map(playlist);
    Ok(playlists.filter(|playlist| playlist.songs.len() >= options.min_songs.max(1)).collect())
}

/// The first of `rows`, few of each artist. The order stays.
fn capped(rows: &[usize], songs: &[Song<'_>], options: &PlaylistOptions) -> Vec<usize> {
    // A group by one artist would otherwise make a playlist of three.
    let enough = (options.max_songs / 2).min(rows.len());
    let mut by_artist: HashMap<&str, usize> = HashMap::new();
    let mut chosen = Vec::new();
    let mut waiting: Vec<(usize, usize)> = rows.iter().copied().enumerate().collect();
    let (mut cap, mut wanted) = (options.max_per_artist.max(1), options.max_songs);
    while chosen.len() < wanted && !waiting.is_empty() {
        waiting.retain(|&(rank, row)| {
            let artist = songs[row].artist;
            let count = by_artist.entry(artist).or_default();
            if chosen.len() >= wanted || !artist.is_empty() && *count >= cap {
                return true;
            }
            *count += 1;
            chosen.push((rank, row));
            false
        });
        cap = cap.saturating_add(1);
        wanted = enough;
    }
    chosen.sort_unstable();
    chosen.into_iter().map(|(_, row)| row).collect()
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;

    fn clusters(labels: Vec<usize>, distances: Vec<f32>) -> KMeans {
        let k = labels.iter().max().map_or(0, |most| most + 1);
        KMeans { centroids: Array2::zeros((k, 2)), labels, distances, inertia: 0.0, iterations: 1 }
    }

    fn song<'a>(artist: &'a str, recording: &'a str) -> Song<'a> {
        Song { artist, recording }
    }

    #[test]
    fn cluster_counts_grow_with_the_library_and_end() {
        assert_eq!([0, 1, 8, 36, 1000, 1_000_000].map(suggest_k), [1, 1, 2, 4, 22, 60]);
    }

    #[test]
    fn the_nearest_come_first_and_small_groups_make_no_playlist() {
        let clusters = clusters(vec![0, 1, 0, 0, 1], vec![3.0, 1.0, 1.0, 2.0, 0.5]);
        let options = PlaylistOptions { min_songs: 3, ..PlaylistOptions::default() };
        let playlists = select(&clusters, &[Song::default(); 5], &options).unwrap();
        assert_eq!(playlists, [Playlist { cluster: 0, songs: vec![2, 3, 0] }]);
    }

    #[test]
    fn a_recording_comes_once_by_its_nearest() {
        let clusters = clusters(vec![0; 4], vec![3.0, 1.0, 2.0, 4.0]);
        let songs = [song("a", "same"), song("b", ""), song("a", "same"), song("c", "")];
        let options = PlaylistOptions { min_songs: 1, ..PlaylistOptions::default() };
        assert_eq!(select(&clusters, &songs, &options).unwrap()[0].songs, [1, 2, 3]);
    }

    #[test]
    fn one_artist_for_everything_still_makes_a_playlist() {
        let distances = (0..60).map(|i| i as f32).collect();
        let playlists = select(&clusters(vec![0; 60], distances), &[song("a", ""); 60], &PlaylistOptions::default());
        assert_eq!(playlists.unwrap()[0].songs, (0..20).collect::<Vec<_>>());
    }

    #[test]
    fn caps_and_order_hold_for_groups_at_random() {
        let mut rng = StdRng::seed_from_u64(6);
        let names: Vec<String> = (0..30).map(|i| format!("artist {i}")).collect();
        for _ in 0..100 {
            let n = rng.random_range(1..200);
            let clusters = clusters(
                (0..n).map(|_| rng.random_range(0..3)).collect(),
                (0..n).map(|_| rng.random_range(0.0..1.0)).collect(),
            );
            let kinds = rng.random_range(1..30);
            let songs: Vec<Song<'_>> = (0..n).map(|_| song(&names[rng.random_range(0..kinds)], "")).collect();
            let options = PlaylistOptions { max_songs: rng.random_range(1..50), ..PlaylistOptions::default() };
            for playlist in select(&clusters, &songs, &options).unwrap() {
                let there = clusters.labels.iter().filter(|label| **label == playlist.cluster).count();
                let count = playlist.songs.len();
                assert!(count <= options.max_songs && count >= options.min_songs);
                assert!(count >= there.min(options.max_songs / 2));
                assert!(playlist.songs.iter().all(|row| clusters.labels[*row] == playlist.cluster));
                assert!(playlist.songs.is_sorted_by(|a, b| clusters.distances[*a] < clusters.distances[*b]));
                let most = names.iter().map(|name| playlist.songs.iter().filter(|r| songs[**r].artist == name).count());
                assert!(most.max().unwrap() <= 3 || count <= (options.max_songs / 2).max(5));
            }
        }
    }

    #[test]
    fn songs_must_fit_the_clusters() {
        let error = select(&clusters(vec![0; 3], vec![0.0; 3]), &[], &PlaylistOptions::default());
        assert_eq!(error, Err(Error::Size { what: "songs", expected: 3, got: 0 }));
    }
}
