//! From groups to playlists: which songs of a group make one, and which playlists are worth showing.

use std::collections::{BTreeMap, HashMap, HashSet};

use ndarray::ArrayView2;
use segue_vectors::squared_euclidean;

use crate::segments::{distance, mean, split};
use crate::{Error, Grouping, Result, check_size};

/// Most clusters suggested: more playlists than this nobody looks through.
const MOST_CLUSTERS: usize = 60;
/// How full the segments of a large group are made, so that songs which one of them cannot take find room in another.
const FILLED: f64 = 0.8;
/// Fewest songs of a playlist in the smallest library.
const LEAST_SONGS: usize = 5;
/// Fewest songs of a playlist by √n: 0.6 gives 20 from 1,100 tracks on and 7 of 150.
const SONGS_BY_ROOT: f64 = 0.6;
/// Genres whose playlist is picked before any other.
const BIG_GENRES: usize = 3;

/// A number of clusters for a library of so many tracks: √(n / 2), at most 60. 36 tracks give 4, 1,000 give 22.
pub fn suggest_k(tracks: usize) -> usize {
    ((tracks as f64 / 2.0).sqrt().round() as usize).clamp(1, MOST_CLUSTERS)
}

/// How playlists are made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlaylistOptions {
    /// Most songs in a playlist. A group with more gives several.
    pub max_songs: usize,
    /// Most songs of one artist. Raised step by step while a playlist has fewer than half of `max_songs` and there are
    /// more.
    pub max_per_artist: usize,
    /// Fewest songs that make a playlist; 0.6·√n, but at least 5, where that is less.
    pub min_songs: usize,
    /// How far out a song may lie: 0 is the median of all distances to the middle of the own group, 1 the largest. (As a
    /// plain share of the largest, 0.5 would let in next to nothing: in many dimensions all distances are alike.)
    pub max_distance: f32,
    /// Most playlists, those that differ most from each other; 0: all.
    pub top_playlists: usize,
    /// Decides where large groups are cut.
    pub seed: u64,
}

impl Default for PlaylistOptions {
    fn default() -> Self {
        Self { max_songs: 40, max_per_artist: 3, min_songs: 20, max_distance: 0.5, top_playlists: 30, seed: 1 }
    }
}

impl PlaylistOptions {
    /// How far out a song may lie in a library of so many tracks. A small one has no songs to spare: where fewer songs than
    /// usual make a playlist, the limit is as much nearer to 1.
    pub fn reach(&self, tracks: usize) -> f32 {
        let small = 1.0 - self.least_songs(tracks) as f32 / self.min_songs.min(self.max_songs).max(1) as f32;
        self.max_distance + (1.0 - self.max_distance).max(0.0) * small.clamp(0.0, 1.0)
    }

    /// The fewest songs that make a playlist in a library of so many tracks.
    pub fn least_songs(&self, tracks: usize) -> usize {
        let suited = (SONGS_BY_ROOT * (tracks as f64).sqrt()).round() as usize;
        self.min_songs.min(suited.max(LEAST_SONGS)).min(self.max_songs).max(1)
    }
}

/// What selecting needs to know of a song.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Song<'a> {
    /// Artist, in one spelling. Empty is unknown, and unknown is never the same artist as another unknown.
    pub artist: &'a str,
    /// Name of the recording: songs with equal, non-empty names are one, and the nearest to its group is taken.
    pub recording: &'a str,
    /// Genre, in one spelling; empty where unknown.
    pub genre: &'a str,
}

/// A playlist of a group or of a part of one.
#[derive(Debug, Clone, PartialEq)]
pub struct Playlist {
    /// The group.
    pub cluster: usize,
    /// Which of the group's playlists, from 0.
    pub segment: usize,
    /// Rows of the songs, nearest to the middle of the playlist first.
    pub songs: Vec<usize>,
    /// Per song the distance to the middle of the playlist.
    pub distances: Vec<f32>,
    /// The middle, in the space of the points.
    pub centroid: Vec<f32>,
}

/// Playlists of all groups. A track is in one at most; tracks that belong to no group are in none.
///
/// `points` are the rows that were grouped. A group of more than `max_songs` songs is cut into coherent segments of equal
/// size, so that all its songs can take part; what would be too many of one artist goes to the group's nearest segment that
/// has room for it, or is left out. Playlists with too few songs are not made. Those that are come in the order of a
/// pick: first the one richest in each of the three largest genres, then always the one that is farthest from all that were
/// picked.
///
/// # Errors
/// [`Error::Size`] when there is not one song, label, distance and point per track, [`Error::Cancelled`].
pub fn select(
    grouping: &Grouping,
    points: ArrayView2<'_, f32>,
    songs: &[Song<'_>],
    options: &PlaylistOptions,
    cancelled: &dyn Fn() -> bool,
) -> Result<Vec<Playlist>> {
    let tracks = grouping.labels.len();
    check_size("distances", tracks, grouping.distances.len())?;
    check_size("songs", tracks, songs.len())?;
    check_size("points", tracks, points.nrows())?;
    let points = points.as_standard_layout();
    let points = points.view();
    let (max_songs, least) = (options.max_songs.max(1), options.least_songs(tracks));
    let mut playlists = Vec::new();
    for (cluster, rows) in members(grouping, songs, options.reach(tracks)) {
        if cancelled() {
            return Err(Error::Cancelled);
        }
        let parts = if rows.len() > max_songs { (rows.len() as f64 / (FILLED * max_songs as f64)).ceil() } else { 1.0 };
        let parts = split(points, rows, parts as usize, options.seed, cancelled)?;
        let made = filled(points, parts, songs, options);
        for (segment, (songs, centroid)) in made.into_iter().filter(|(songs, _)| songs.len() >= least).enumerate() {
            let distances = songs.iter().map(|row| distance(points, *row, &centroid)).collect();
            playlists.push(Playlist { cluster, segment, songs, distances, centroid });
        }
    }
    Ok(picked(playlists, songs, options.top_playlists))
}

/// The songs of each group that may be in a playlist: each recording once, by its nearest song; none too far out.
fn members(grouping: &Grouping, songs: &[Song<'_>], max_distance: f32) -> BTreeMap<usize, Vec<usize>> {
    let label = |row: &usize| grouping.labels.get(*row).copied().flatten();
    let mut order: Vec<usize> = (0..grouping.labels.len()).filter(|row| label(row).is_some()).collect();
    order.sort_by(|a, b| grouping.distances[*a].total_cmp(&grouping.distances[*b]).then(a.cmp(b)));
    let at =
        |place: Option<usize>| place.and_then(|place| order.get(place)).map_or(0.0, |row| grouping.distances[*row]);
    let (typical, largest) = (at(order.len().checked_sub(1).map(|last| last / 2)), at(order.len().checked_sub(1)));
    let limit = typical + max_distance.max(0.0) * (largest - typical);
    let mut recordings = HashSet::new();
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for row in order {
        let first = songs[row].recording.is_empty() || recordings.insert(songs[row].recording);
        let far = max_distance < 1.0 && grouping.distances[row] > limit;
        if let Some(label) = label(&row).filter(|_| first && !far) {
            members.entry(label).or_default().push(row);
        }
    }
    members
}

/// A playlist on its way: its songs, how many of each artist, and who waits.
#[derive(Default)]
struct Filling<'a> {
    songs: Vec<usize>,
    by_artist: HashMap<&'a str, usize>,
    waiting: Vec<usize>,
    centroid: Vec<f32>,
}

impl<'a> Filling<'a> {
    /// Takes the song unless there are too many, of its artist or in all.
    fn take(&mut self, row: usize, artist: &'a str, cap: usize, wanted: usize) -> bool {
        let count = self.by_artist.entry(artist).or_default();
        if self.songs.len() >= wanted || !artist.is_empty() && *count >= cap {
            return false;
        }
        *count += 1;
        self.songs.push(row);
        true
    }
}

/// The playlists of a group's parts: songs, nearest to the middle first, and the middle.
fn filled<'a>(
    points: ArrayView2<'_, f32>,
    parts: Vec<Vec<usize>>,
    songs: &[Song<'a>],
    options: &PlaylistOptions,
) -> Vec<(Vec<usize>, Vec<f32>)> {
    let (cap, most) = (options.max_per_artist.max(1), options.max_songs.max(1));
    let mut fillings: Vec<Filling<'a>> = Vec::with_capacity(parts.len());
    for part in parts {
        let mut filling = Filling { centroid: mean(points, &part), ..Filling::default() };
        for row in nearest_first(points, part, &filling.centroid) {
            if !filling.take(row, songs[row].artist, cap, most) {
                filling.waiting.push(row);
            }
        }
        fillings.push(filling);
    }
    rehouse(points, &mut fillings, songs, cap, most);
    let finish = |mut filling: Filling<'a>| {
        // A group by one artist would otherwise make a playlist of three.
        let enough = (most / 2).min(filling.songs.len() + filling.waiting.len());
        let mut cap = cap;
        while filling.songs.len() < enough && !filling.waiting.is_empty() {
            cap = cap.saturating_add(1);
            let mut waiting = std::mem::take(&mut filling.waiting);
            waiting.retain(|row| !filling.take(*row, songs[*row].artist, cap, enough));
            filling.waiting = waiting;
        }
        let centroid = mean(points, &filling.songs);
        (nearest_first(points, filling.songs, &centroid), centroid)
    };
    fillings.into_iter().map(finish).collect()
}

/// Finds those who wait a place in another part of the group, the nearest with room.
fn rehouse<'a>(points: ArrayView2<'_, f32>, fillings: &mut [Filling<'a>], songs: &[Song<'a>], cap: usize, most: usize) {
    if fillings.len() < 2 {
        return;
    }
    for home in 0..fillings.len() {
        let waiting = std::mem::take(&mut fillings[home].waiting);
        for row in waiting {
            let artist = songs[row].artist;
            let room = |filling: &Filling<'_>| {
                filling.songs.len() < most
                    && (artist.is_empty() || filling.by_artist.get(artist).copied().unwrap_or_default() < cap)
            };
            let open = fillings.iter().enumerate().filter(|(_, filling)| room(filling));
            let nearest = open
                .map(|(place, filling)| (distance(points, row, &filling.centroid), place))
                .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let place = nearest.map_or(home, |(_, place)| place);
            if !fillings[place].take(row, artist, cap, most) {
                fillings[home].waiting.push(row);
            }
        }
    }
}

fn nearest_first(points: ArrayView2<'_, f32>, rows: Vec<usize>, centre: &[f32]) -> Vec<usize> {
    let mut by_distance: Vec<(f32, usize)> = rows.into_iter().map(|row| (distance(points, row, centre), row)).collect();
    by_distance.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    by_distance.into_iter().map(|(_, row)| row).collect()
}

/// The order in which playlists are shown, and the first of it.
fn picked(mut playlists: Vec<Playlist>, songs: &[Song<'_>], top: usize) -> Vec<Playlist> {
    let top = if top == 0 { playlists.len() } else { top.min(playlists.len()) };
    let mut order: Vec<usize> = richest(&playlists, songs);
    if order.is_empty() {
        // Without genres the largest speaks for the library.
        order.extend(
            (0..playlists.len()).max_by_key(|index| (playlists[*index].songs.len(), std::cmp::Reverse(*index))),
        );
    }
    order.truncate(top);
    let apart = |a: usize, b: usize| squared_euclidean(&playlists[a].centroid, &playlists[b].centroid);
    let mut nearest: Vec<f32> = (0..playlists.len())
        .map(|index| order.iter().map(|chosen| apart(index, *chosen)).fold(f32::INFINITY, f32::min))
        .collect();
    let mut taken = vec![false; playlists.len()];
    order.iter().for_each(|index| taken[*index] = true);
    while order.len() < top {
        let left = (0..playlists.len()).filter(|index| !taken[*index]);
        let Some(next) = left.max_by(|a, b| nearest[*a].total_cmp(&nearest[*b]).then(b.cmp(a))) else { break };
        order.push(next);
        taken[next] = true;
        for (index, nearest) in nearest.iter_mut().enumerate() {
            *nearest = nearest.min(apart(index, next));
        }
    }
    let mut places: Vec<Option<Playlist>> = playlists.drain(..).map(Some).collect();
    order.into_iter().filter_map(|index| places.get_mut(index).and_then(Option::take)).collect()
}

/// For each of the largest genres the playlist with the most songs of it.
fn richest(playlists: &[Playlist], songs: &[Song<'_>]) -> Vec<usize> {
    let mut genres: BTreeMap<&str, usize> = BTreeMap::new();
    for row in playlists.iter().flat_map(|playlist| &playlist.songs) {
        *genres.entry(songs[*row].genre).or_default() += 1;
    }
    genres.remove("");
    let mut genres: Vec<(&str, usize)> = genres.into_iter().collect();
    genres.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let mut order: Vec<usize> = Vec::new();
    for (genre, _) in genres.into_iter().take(BIG_GENRES) {
        let of = |index: &usize| playlists[*index].songs.iter().filter(|row| songs[**row].genre == genre).count();
        let left = (0..playlists.len()).filter(|index| !order.contains(index));
        order.extend(left.max_by_key(|index| (of(index), std::cmp::Reverse(*index))));
    }
    order
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;

    const ALL: PlaylistOptions = PlaylistOptions {
        max_songs: 40,
        max_per_artist: 3,
        min_songs: 1,
        max_distance: 1.0,
        top_playlists: 0,
        seed: 1,
    };

    /// Points on a line per group, and the distances to the groups' means.
    fn grouped(labels: &[Option<usize>], places: &[f32]) -> (Grouping, Array2<f32>) {
        let points = Array2::from_shape_fn((labels.len(), 2), |(row, j)| {
            if j == 0 { labels[row].unwrap_or(9) as f32 * 100.0 } else { places[row] }
        });
        let centre = |label: Option<usize>| {
            let rows: Vec<usize> = (0..labels.len()).filter(|row| labels[*row] == label).collect();
            mean(points.view(), &rows)
        };
        let distances = (0..labels.len()).map(|row| distance(points.view(), row, &centre(labels[row]))).collect();
        (Grouping { labels: labels.to_vec(), distances, ..Grouping::default() }, points)
    }

    fn song<'a>(artist: &'a str, recording: &'a str, genre: &'a str) -> Song<'a> {
        Song { artist, recording, genre }
    }

    fn made(labels: &[Option<usize>], places: &[f32], songs: &[Song<'_>], options: &PlaylistOptions) -> Vec<Playlist> {
        let (grouping, points) = grouped(labels, places);
        select(&grouping, points.view(), songs, options, &|| false).unwrap()
    }

    #[test]
    fn a_small_library_reaches_farther_out() {
        let options = PlaylistOptions::default();
        assert_eq!(options.reach(100_000), 0.5);
        assert!(options.reach(36) > 0.85 && options.reach(36) < 1.0 && options.reach(400) < options.reach(36));
        let whole = PlaylistOptions { max_distance: 1.0, ..options };
        assert_eq!((whole.reach(36), whole.reach(100_000)), (1.0, 1.0));
    }

    #[test]
    fn counts_suit_the_library() {
        assert_eq!([0, 1, 8, 36, 1000, 1_000_000].map(suggest_k), [1, 1, 2, 4, 22, 60]);
        let least = |tracks| PlaylistOptions::default().least_songs(tracks);
        assert_eq!([0, 36, 150, 1100, 100_000].map(least), [5, 5, 7, 20, 20]);
        assert_eq!(PlaylistOptions { max_songs: 3, ..PlaylistOptions::default() }.least_songs(36), 3);
    }

    #[test]
    fn the_nearest_come_first_and_small_groups_and_noise_make_no_playlist() {
        let labels = [Some(0), Some(1), Some(0), Some(0), Some(1), None];
        let playlists = made(
            &labels,
            &[0.0, 1.0, 4.0, 6.0, 2.0, 0.0],
            &[Song::default(); 6],
            &PlaylistOptions { min_songs: 3, ..ALL },
        );
        assert_eq!(playlists.len(), 1);
        assert_eq!((playlists[0].cluster, playlists[0].songs.as_slice()), (0, &[2, 3, 0][..]));
        assert!(playlists[0].distances.is_sorted());
    }

    #[test]
    fn a_recording_comes_once_in_a_run_by_its_nearest() {
        let labels = [Some(0), Some(0), Some(0), Some(1), Some(1)];
        let songs =
            [song("a", "same", ""), song("b", "", ""), song("c", "", ""), song("a", "same", ""), song("d", "", "")];
        let playlists = made(&labels, &[9.0, 0.0, 1.0, 0.0, 0.5], &songs, &ALL);
        let mut all: Vec<usize> = playlists.iter().flat_map(|playlist| playlist.songs.clone()).collect();
        all.sort_unstable();
        assert_eq!(all, [1, 2, 3, 4]);
    }

    #[test]
    fn songs_far_out_are_left_out() {
        let mut places = vec![0.0; 20];
        places.extend([1.0, -1.0, 30.0]);
        let labels = vec![Some(0); 23];
        let count = |max_distance| {
            made(&labels, &places, &[Song::default(); 23], &PlaylistOptions { max_distance, ..ALL })[0].songs.len()
        };
        assert_eq!((count(0.5), count(1.0), count(f32::NAN)), (22, 23, 23));
    }

    #[test]
    fn a_large_group_gives_several_playlists_and_all_songs_take_part() {
        let places: Vec<f32> = (0..500).map(|row| (row * 37 % 500) as f32).collect();
        let playlists = made(&[Some(0); 500], &places, &[Song::default(); 500], &ALL);
        let mut all: Vec<usize> = playlists.iter().flat_map(|playlist| playlist.songs.clone()).collect();
        all.sort_unstable();
        assert_eq!(all, (0..500).collect::<Vec<_>>());
        assert!(playlists.iter().all(|playlist| (20..=40).contains(&playlist.songs.len())));
        // Coherent: what lies together on the line stays together.
        for playlist in &playlists {
            let of = |row: &usize| places[*row];
            let ends = playlist.songs.iter().map(of).fold((f32::MAX, f32::MIN), |(a, b), x| (a.min(x), b.max(x)));
            assert!(ends.1 - ends.0 < 45.0, "{ends:?}");
        }
    }

    #[test]
    fn too_many_of_an_artist_go_to_another_segment() {
        // The first half of the line is by one artist and others.
        let names: Vec<String> =
            (0..80).map(|row| if row < 40 && row % 8 == 0 { "x".to_owned() } else { format!("{row}") }).collect();
        let songs: Vec<Song<'_>> = names.iter().map(|name| song(name, "", "")).collect();
        let places: Vec<f32> = (0..80).map(|row| row as f32).collect();
        let playlists = made(&[Some(0); 80], &places, &songs, &PlaylistOptions { max_per_artist: 2, ..ALL });
        for playlist in &playlists {
            assert!(playlist.songs.iter().filter(|row| names[**row] == "x").count() <= 2);
        }
        assert_eq!(playlists.iter().map(|playlist| playlist.songs.len()).sum::<usize>(), 80);
    }

    #[test]
    fn one_artist_for_everything_still_makes_playlists() {
        let places: Vec<f32> = (0..60).map(|row| row as f32).collect();
        let playlists = made(&[Some(0); 60], &places, &[song("a", "", ""); 60], &ALL);
        assert!(playlists.len() == 2 && playlists.iter().all(|playlist| playlist.songs.len() == 20));
    }

    #[test]
    fn a_small_library_by_four_artists_gives_a_few_good_playlists() {
        let names = ["a", "b", "c", "d"];
        let songs: Vec<Song<'_>> = (0..36).map(|row| song(names[row % 4], "", "")).collect();
        let labels: Vec<Option<usize>> = (0..36).map(|row| Some(row / 9)).collect();
        let places: Vec<f32> = (0..36).map(|row| (row * 7 % 9) as f32).collect();
        let playlists = made(&labels, &places, &songs, &PlaylistOptions::default());
        assert_eq!(playlists.len(), 4);
        assert!(playlists.iter().all(|playlist| playlist.songs.len() >= 5));
    }

    #[test]
    fn the_pick_begins_with_the_large_genres_and_goes_on_with_the_farthest() {
        let labels: Vec<Option<usize>> = (0..50).map(|row| Some([0, 1, 2, 7, 20][row / 10])).collect();
        let genre = |row: usize| ["pop", "rock", "pop", "", ""][row / 10];
        let songs: Vec<Song<'_>> = (0..50).map(|row| song("", "", genre(row))).collect();
        let places: Vec<f32> = (0..50).map(|row| (row % 10) as f32).collect();
        let order = |top_playlists| -> Vec<usize> {
            let options = PlaylistOptions { top_playlists, ..ALL };
            made(&labels, &places, &songs, &options).iter().map(|playlist| playlist.cluster).collect()
        };
        assert_eq!(order(0), [0, 1, 20, 7, 2]);
        assert_eq!(order(3), [0, 1, 20]);
        let nameless = made(&labels, &places, &[Song::default(); 50], &PlaylistOptions { top_playlists: 2, ..ALL });
        assert_eq!(nameless.iter().map(|playlist| playlist.cluster).collect::<Vec<_>>(), [0, 20]);
    }

    #[test]
    fn limits_hold_for_groups_at_random_and_no_track_is_in_two() {
        let mut rng = StdRng::seed_from_u64(6);
        let names: Vec<String> = (0..30).map(|index| format!("artist {index}")).collect();
        for _ in 0..60 {
            let n = rng.random_range(1..300);
            let labels: Vec<Option<usize>> =
                (0..n).map(|_| Some(rng.random_range(0..4)).filter(|label| *label < 3)).collect();
            let places: Vec<f32> = (0..n).map(|_| rng.random_range(0.0..1.0)).collect();
            let kinds = rng.random_range(1..30);
            let songs: Vec<Song<'_>> = (0..n).map(|_| song(&names[rng.random_range(0..kinds)], "", "")).collect();
            let options = PlaylistOptions { max_songs: rng.random_range(1..50), ..PlaylistOptions::default() };
            let playlists = made(&labels, &places, &songs, &options);
            assert_eq!(playlists, made(&labels, &places, &songs, &options));
            let mut seen = HashSet::new();
            for playlist in playlists {
                let count = playlist.songs.len();
                assert!(count <= options.max_songs && count >= options.least_songs(n));
                assert!(playlist.songs.iter().all(|row| seen.insert(*row) && labels[*row] == Some(playlist.cluster)));
                let most = names.iter().map(|name| playlist.songs.iter().filter(|r| songs[**r].artist == name).count());
                assert!(most.max().unwrap() <= 3 || count <= (options.max_songs / 2).max(1));
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_and_cancelling_ends_it() {
        let (grouping, points) = grouped(&[Some(0); 3], &[0.0; 3]);
        let error = select(&grouping, points.view(), &[], &ALL, &|| false);
        assert_eq!(error, Err(Error::Size { what: "songs", expected: 3, got: 0 }));
        let songs = [Song::default(); 3];
        assert_eq!(select(&grouping, points.view(), &songs, &ALL, &|| true), Err(Error::Cancelled));
        let nothing = select(&Grouping::default(), Array2::zeros((0, 2)).view(), &[], &ALL, &|| false);
        assert_eq!(nothing, Ok(Vec::new()));
    }
}
