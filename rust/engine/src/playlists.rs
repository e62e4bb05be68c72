//! Playlists of tracks that belong together: clusters of the space, named by their tags, recognised from run to run.

use std::collections::{HashMap, HashSet};

use ndarray::{Array2, Axis};
use segue_cluster::{
    Grouping, KMeans, KMeansOptions, Naming, PlaylistOptions, SAME_PLAYLIST, Song, match_previous, select, suggest_k,
};
use segue_models::Network;
use segue_space::{TrackId, artist, recording};
use segue_store::{Algorithm, Assignment, ClusterRow, PlaylistRecord};

use crate::ask::place;
use crate::curate::Watch;
use crate::curate::types::{MakeProgress, Playlist, PlaylistRequest, PlaylistRun};
use crate::engine::State;
use crate::index::{Index, artist_of};
use crate::{Engine, Error, Result};

/// Starts of k-means: more find little that is better, and each costs as much again.
const STARTS: usize = 5;
/// From so many tracks on fewer starts do: the result depends less on where they begin.
const MANY: usize = 20_000;
const STARTS_OF_MANY: usize = 2;

/// What naming and selecting need to know of the clustered songs, row by row.
struct Songs {
    rows: Vec<TrackId>,
    artists: Vec<String>,
    recordings: Vec<String>,
    tags: Array2<f32>,
}

impl Engine {
    /// Makes playlists of the whole library: k-means in the space, the songs nearest to each centroid, a name from what
    /// sets them apart. A playlist that is recognisably one of the last run keeps its key and name. They are remembered
    /// in the store, and so is every song's cluster.
    ///
    /// # Errors
    /// [`Error::Cancelled`] when `keep_going` answers `false`: nothing is changed then. When the store fails or the
    /// engine is closed.
    pub fn playlists(&self, request: &PlaylistRequest, watch: Watch<'_>) -> Result<PlaylistRun> {
        let watch = std::cell::RefCell::new(watch);
        let stopped = || !watch.borrow_mut()(&MakeProgress::default()) || self.is_closing();
        self.with(|state| {
            if stopped() {
                return Err(Error::Cancelled);
            }
            // A copy of what is needed: songs heard meanwhile may enter the index while clusters are sought.
            let (songs, points) = gather(state)?;
            if songs.rows.is_empty() {
                return Ok(PlaylistRun::default());
            }
            let clusters = cluster(request, &songs, &points, &stopped)?;
            let lists = make(state, request, &songs, &clusters, &points, &stopped)?;
            if stopped() {
                return Err(Error::Cancelled);
            }
            save(state, &songs, &clusters, &lists)?;
            let playlists = lists.iter().map(|list| list.answer(state, &songs, &clusters)).collect::<Result<_>>()?;
            Ok(PlaylistRun { playlists, ..PlaylistRun::default() })
        })
    }
}

/// A playlist on its way.
struct List {
    key: String,
    name: String,
    description: String,
    /// Indices into [`Songs`], in playing order.
    songs: Vec<usize>,
    song_ids: Vec<String>,
}

impl List {
    fn answer(&self, state: &State, songs: &Songs, clusters: &KMeans) -> Result<Playlist> {
        let index = state.read_index();
        let admitted = index.admit(None);
        let tracks = self.songs.iter().map(|&song| {
            let row = songs.rows.get(song).copied().unwrap_or_default();
            let distance = clusters.distances.get(song).copied().unwrap_or_default();
            place(state, &index, &admitted, row, distance)
        });
        Ok(Playlist {
            key: self.key.clone(),
            name: self.name.clone(),
            description: self.description.clone(),
            tracks: tracks.collect::<Result<_>>()?,
            ..Playlist::default()
        })
    }
}

/// The songs that can be played, and where they lie in the space.
fn gather(state: &State) -> Result<(Songs, Array2<f32>)> {
    let mut known: HashMap<String, (String, String)> = HashMap::new();
    state.store.for_each_song(|song| {
        let who = artist_of(&song.tags);
        let recording = recording(who, &song.tags.title).unwrap_or_default();
        known.insert(song.song_id, (artist(who).unwrap_or_default(), recording));
    })?;
    let width: usize = [Network::Msd, Network::Mtt].iter().map(|network| network.tag_names().len()).sum();
    let mut tags: HashMap<String, Vec<f32>> = HashMap::new();
    state.store.for_each_song_vectors(&Network::ALL.map(Network::name), |song| {
        let row: Vec<f32> = song.models.into_iter().flatten().flat_map(|model| model.tags).collect();
        if row.len() == width {
            tags.insert(song.song_id, row);
        }
    })?;

    let (rows, points) = state.read_index().space().matrix();
    let mut songs =
        Songs { rows: Vec::new(), artists: Vec::new(), recordings: Vec::new(), tags: Array2::zeros((0, width)) };
    let (mut kept, mut flat) = (Vec::new(), Vec::new());
    let index = state.read_index();
    for (position, row) in rows.into_iter().enumerate() {
        let Some(song_id) = index.song_id(row) else { continue };
        if let (Some((artist, recording)), Some(tags)) = (known.remove(song_id), tags.remove(song_id)) {
            kept.push(position);
            songs.rows.push(row);
            songs.artists.push(artist);
            songs.recordings.push(recording);
            flat.extend(tags);
        }
    }
    songs.tags = Array2::from_shape_vec((kept.len(), width), flat)
        .map_err(|error| Error::InvalidArgument(format!("tags of unequal length: {error}")))?;
    let points = if kept.len() == points.nrows() { points } else { points.select(Axis(0), &kept) };
    Ok((songs, points))
}

fn cluster(
    request: &PlaylistRequest,
    songs: &Songs,
    points: &Array2<f32>,
    stopped: &dyn Fn() -> bool,
) -> Result<KMeans> {
    let count = songs.rows.len();
    let wished = suggest_k(count);
    let mut options = KMeansOptions::new(wished.clamp(1, count));
    options.n_init = if count > MANY { STARTS_OF_MANY } else { STARTS };
    options.seed = request.cluster.seed;
    match KMeans::fit(points.view(), &options, stopped) {
        Err(segue_cluster::Error::Cancelled) => Err(Error::Cancelled),
        outcome => Ok(outcome?),
    }
}

/// Selects, orders, recognises and names.
fn make(
    state: &State,
    request: &PlaylistRequest,
    songs: &Songs,
    clusters: &KMeans,
    points: &Array2<f32>,
    stopped: &dyn Fn() -> bool,
) -> Result<Vec<List>> {
    let options = PlaylistOptions {
        max_songs: request.max_songs.max(1),
        max_per_artist: request.max_songs_per_artist.max(1),
        min_songs: request.min_songs.max(1),
        max_distance: request.max_distance,
        top_playlists: request.top_playlists,
        seed: request.cluster.seed,
    };
    let described: Vec<Song<'_>> = songs
        .artists
        .iter()
        .zip(&songs.recordings)
        .map(|(artist, recording)| Song { artist, recording, genre: "" })
        .collect();
    let grouping = Grouping {
        labels: clusters.labels.iter().copied().map(Some).collect(),
        distances: clusters.distances.clone(),
        ..Grouping::default()
    };
    let selected = match select(&grouping, points.view(), &described, &options, stopped) {
        Err(segue_cluster::Error::Cancelled) => return Err(Error::Cancelled),
        outcome => outcome?,
    };

    let index = state.read_index();
    let place_of: HashMap<TrackId, usize> = songs.rows.iter().copied().zip(0..).collect();
    let ordered: Vec<Vec<usize>> = selected
        .iter()
        .map(|list| {
            let rows: Vec<TrackId> = list.songs.iter().filter_map(|&song| songs.rows.get(song).copied()).collect();
            index.space().listening_order(&rows).iter().filter_map(|row| place_of.get(row).copied()).collect()
        })
        .collect();
    let ids: Vec<Vec<String>> = ordered.iter().map(|list| song_ids(&index, songs, list)).collect();
    drop(index);

    let before = state.store.playlists()?;
    let old: Vec<(usize, Vec<String>)> = before.iter().map(|list| list.songs.clone()).enumerate().collect();
    let continued = match_previous(&ids, &old, SAME_PLAYLIST);
    let continued: Vec<Option<&PlaylistRecord>> =
        continued.into_iter().map(|old| old.and_then(|&old| before.get(old))).collect();

    let mut names: HashSet<String> = continued.iter().flatten().map(|old| old.name.clone()).collect();
    let mut keys: HashSet<String> = before.iter().map(|old| old.key.clone()).collect();
    let tag_names: Vec<&str> =
        [Network::Msd, Network::Mtt].iter().flat_map(|network| network.tag_names().iter().copied()).collect();
    let naming = Naming::new(&tag_names, songs.tags.view())?;
    let lists = ordered.into_iter().zip(ids).zip(continued).map(|((list, song_ids), old)| {
        let name = naming.name(&list, &|text| names.contains(text));
        let (key, text) = match old {
            Some(old) => (old.key.clone(), old.name.clone()),
            None => (new_key(&song_ids, &keys), name.text),
        };
        names.insert(text.clone());
        keys.insert(key.clone());
        List { key, name: text, description: name.description, songs: list, song_ids }
    });
    Ok(lists.collect())
}

/// A key that no playlist has or had in the last run, from the song that leads the list.
fn new_key(song_ids: &[String], taken: &HashSet<String>) -> String {
    let stem = song_ids.first().and_then(|id| id.get(..12)).unwrap_or("empty");
    let mut key = format!("kmeans-{stem}");
    let mut again = 1;
    while taken.contains(&key) {
        again += 1;
        key = format!("kmeans-{stem}-{again}");
    }
    key
}

fn song_ids(index: &Index, songs: &Songs, list: &[usize]) -> Vec<String> {
    list.iter()
        .filter_map(|&song| songs.rows.get(song).and_then(|&row| index.song_id(row)))
        .map(str::to_owned)
        .collect()
}

fn save(state: &State, songs: &Songs, clusters: &KMeans, lists: &[List]) -> Result<()> {
    let everyone: Vec<usize> = (0..songs.rows.len()).collect();
    let ids = song_ids(&state.read_index(), songs, &everyone);
    let rows: Vec<ClusterRow> = ids
        .into_iter()
        .zip(clusters.labels.iter().zip(&clusters.distances))
        .map(|(song_id, (&cluster, &distance))| ClusterRow {
            song_id,
            assignment: Assignment::KMeans { cluster: cluster as i64, distance: f64::from(distance) },
            confidence: None,
        })
        .collect();
    state.store.replace_clusters(Algorithm::KMeans, &rows)?;
    let records: Vec<PlaylistRecord> = lists
        .iter()
        .map(|list| PlaylistRecord {
            key: list.key.clone(),
            name: list.name.clone(),
            description: list.description.clone(),
            songs: list.song_ids.clone(),
            ..PlaylistRecord::default()
        })
        .collect();
    Ok(state.store.save_playlists(&records)?)
}
