//! From groups to playlists that people know again.

use std::collections::{HashMap, HashSet};

use segue_cluster::{Fate, Last, NameStyle, Naming, SongFacts, succession};
use segue_space::TrackId;
use segue_store::{
    Algorithm as StoredAlgorithm, Assignment, ClusterGroup, ClusterRow, NamedBy, PlaylistKind, PlaylistRecord,
};

use super::desk::Desk;
use super::found::Found;
use super::gather::{Library, tag_names};
use super::names::{Names, style};
use super::prepare::Prepared;
use super::types::{Algorithm, PlaylistRequest, RunReport, Step};
use crate::Result;
use crate::engine::State;

/// The setting that remembers how playlists were named last.
const NAMED_LIKE: &str = "playlist names";

/// Most playlists that linger without a group; those that come first in the order to show.
const MOST_FADING: u64 = 30;

/// What a run makes of the playlists there were.
pub(crate) struct Made {
    /// All playlists that are kept from now on, in the order to show them, but for definitions.
    pub(crate) records: Vec<PlaylistRecord>,
    /// How many are new, continued, …
    pub(crate) report: RunReport,
    /// How they are named, to be remembered.
    like: String,
}

/// Recognises, chooses, orders, names. `lists` are rows of the library, those that differ most from each other first.
pub(crate) fn make(
    state: &State,
    request: &PlaylistRequest,
    library: &Library,
    lists: &[Vec<usize>],
    desk: &Desk,
) -> Result<Made> {
    let (before, definitions): (Vec<PlaylistRecord>, Vec<PlaylistRecord>) =
        state.store.playlists()?.into_iter().partition(|list| list.kind == PlaylistKind::Cluster);
    let taken = before.iter().chain(&definitions).map(|list| list.name.clone()).collect();
    let lists = chosen(library, lists, &before, request.top_playlists);
    let lists = ordered(state, library, &lists);
    let ids: Vec<Vec<String>> = lists.iter().map(|list| song_ids(library, list)).collect();
    let succession = {
        let index = state.read_index();
        // Songs whose files are gone meanwhile are not to be played.
        succession(&ids, &last_of(&before), &|song| index.row(song).is_some())
    };

    let like = style(request);
    let renamed = state.store.setting(NAMED_LIKE)?.is_some_and(|last| last != like);
    let facts: Vec<SongFacts<'_>> = (0..library.len()).map(|row| library.facts(row)).collect();
    let naming =
        Naming::new(&tag_names(), library.tags())?.with_songs(&facts)?.with_style(super::names::name_style(request));
    let mut names = Names::new(state, request, taken, desk)?;
    let mut report = RunReport::default();
    let mut records: Vec<PlaylistRecord> = Vec::new();
    let mut next_position = before.iter().map(|list| list.position + 1).max().unwrap_or_default();
    let mut keys: HashSet<String> = before.iter().map(|list| list.key.clone()).collect();
    for (number, ((list, songs), continued)) in lists.iter().zip(ids).zip(&succession.continued).enumerate() {
        desk.check()?;
        desk.tell(Step::Naming, number, lists.len());
        let old = continued.and_then(|old| before.get(old).zip(succession.fates.get(old)));
        let mut record = match old {
            // Pinned: its songs stay, and this group is not made under another name.
            Some((old, Fate::Stays { songs, faded, .. })) => {
                records.push(PlaylistRecord { songs: songs.clone(), faded: *faded, ..old.clone() });
                report.continued += 1;
                continue;
            }
            Some((old, _)) => {
                let was: HashSet<&String> = old.songs.iter().collect();
                let is: HashSet<&String> = songs.iter().collect();
                if !old.excluded {
                    report.continued += 1;
                    report.tracks_added += is.difference(&was).count() as u64;
                    report.tracks_removed += was.difference(&is).count() as u64;
                }
                PlaylistRecord { faded: 0, ..old.clone() }
            }
            None => {
                report.new += 1;
                next_position += 1;
                let key = new_key(&songs, &keys);
                keys.insert(key.clone());
                PlaylistRecord { key, position: next_position - 1, ..PlaylistRecord::default() }
            }
        };
        let named = names.name(&naming, library, list, &record, renamed);
        record.description = named.description;
        record.words = named.words;
        if let Some((name, by)) = named.name {
            record.name = name;
            record.named_by = by;
        }
        record.songs = songs;
        records.push(record);
    }
    for (old, fate) in before.iter().zip(&succession.fates) {
        match fate {
            // Where hundreds are shown and the groups have moved, as many again would linger.
            Fate::Stays { list: None, .. } if !is_a_persons(old) && report.fading >= MOST_FADING => report.gone += 1,
            Fate::Stays { list: None, songs, faded } => {
                report.fading += u64::from(!is_a_persons(old));
                records.push(PlaylistRecord { songs: songs.clone(), faded: *faded, ..old.clone() });
            }
            Fate::Gone => report.gone += 1,
            Fate::Continues { .. } | Fate::Stays { .. } => {}
        }
    }
    records.sort_by(|a, b| a.position.cmp(&b.position).then_with(|| a.key.cmp(&b.key)));
    report.service_names = names.from_service;
    report.notes = names.notes;
    Ok(Made { records, report, like })
}

impl Made {
    /// Writes down playlists and groups. A song that left the library while groups were sought is in none.
    pub(crate) fn save(&self, state: &State) -> Result<()> {
        state.store.save_playlists(&self.records)?;
        Ok(state.store.set_setting(NAMED_LIKE, Some(&self.like))?)
    }
}

/// The lists to show: those that people know, then those that differ most, `most` in all (0: all). Lists of excluded
/// playlists go on beside them, unseen.
fn chosen(library: &Library, lists: &[Vec<usize>], before: &[PlaylistRecord], most: usize) -> Vec<Vec<usize>> {
    if most == 0 {
        return lists.to_vec();
    }
    let ids: Vec<Vec<String>> = lists.iter().map(|list| song_ids(library, list)).collect();
    let continued = succession(&ids, &last_of(before), &|_| true).continued;
    let known = |list: usize| continued.get(list).copied().flatten().and_then(|old| before.get(old));
    let mut wanted: Vec<usize> =
        (0..lists.len()).filter(|&list| known(list).is_some_and(|old| !old.excluded)).collect();
    wanted.sort_by_key(|&list| known(list).map(|old| (!old.pinned, old.position)));
    wanted.extend((0..lists.len()).filter(|&list| known(list).is_none()));
    wanted.truncate(most);
    wanted.extend((0..lists.len()).filter(|&list| known(list).is_some_and(|old| old.excluded)));
    wanted.sort_unstable();
    wanted.into_iter().filter_map(|list| lists.get(list).cloned()).collect()
}

/// Each list in an order to listen to.
fn ordered(state: &State, library: &Library, lists: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let index = state.read_index();
    let place_of: HashMap<TrackId, usize> = library.rows.iter().copied().zip(0..).collect();
    let order = |list: &Vec<usize>| {
        let rows: Vec<TrackId> = list.iter().filter_map(|&row| library.rows.get(row).copied()).collect();
        index.space().listening_order(&rows).iter().filter_map(|row| place_of.get(row).copied()).collect()
    };
    lists.iter().map(order).collect()
}

/// It never goes by itself.
fn is_a_persons(playlist: &PlaylistRecord) -> bool {
    playlist.pinned || playlist.excluded || playlist.named_by == NamedBy::Person
}

fn song_ids(library: &Library, list: &[usize]) -> Vec<String> {
    list.iter().filter_map(|&row| library.song_ids.get(row)).cloned().collect()
}

/// The playlists of the last run, as far as they decide what becomes of them.
fn last_of(before: &[PlaylistRecord]) -> Vec<Last<String>> {
    let last = before.iter().map(|list| Last {
        songs: list.songs.clone(),
        faded: list.faded,
        pinned: list.pinned,
        named: list.named_by == NamedBy::Person,
        excluded: list.excluded,
    });
    last.collect()
}

/// Writes down which song belongs to which group, in the columns of its algorithm.
pub(crate) fn save_groups(
    state: &State,
    library: &Library,
    prepared: &Prepared,
    found: &Found,
    style: NameStyle,
) -> Result<()> {
    let grouping = &found.grouping;
    let algorithm = found.report.algorithm;
    let groups = grouping.centroids.nrows();
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); groups];
    let mut rows = Vec::with_capacity(prepared.kept.len());
    for (point, &row) in prepared.kept.iter().enumerate() {
        let Some(song_id) = library.song_ids.get(row) else { continue };
        let label = grouping.labels.get(point).copied().flatten();
        if let Some(members) = label.and_then(|label| members.get_mut(label)) {
            members.push(row);
        }
        let cluster = label.map_or(-1, |label| label as i64);
        let distance = f64::from(grouping.distances.get(point).copied().unwrap_or_default());
        let assignment = match algorithm {
            Algorithm::KMeans => Assignment::KMeans { cluster, distance },
            Algorithm::Dbscan => Assignment::Dbscan { cluster },
            Algorithm::Gmm => {
                let of_point = grouping.probabilities.as_ref().filter(|all| point < all.nrows());
                let probabilities = of_point
                    .map(|all| all.row(point).iter().map(|p| (f64::from(*p) * 1e4).round() / 1e4).collect())
                    .unwrap_or_default();
                Assignment::Gmm { cluster, probabilities }
            }
            Algorithm::Hierarchical => {
                let finer = grouping.finer.as_ref().and_then(|finer| finer.get(point));
                Assignment::Hierarchical { level1: cluster, level2: finer.map_or(cluster, |finer| *finer as i64) }
            }
        };
        let confidence = grouping.confidence.get(point).map(|confidence| f64::from(*confidence));
        rows.push(ClusterRow { song_id: song_id.clone(), assignment, confidence });
    }
    let naming = naming(library, style)?;
    let mut taken = HashSet::new();
    let groups: Vec<ClusterGroup> = grouping
        .centroids
        .rows()
        .into_iter()
        .zip(members)
        .enumerate()
        .map(|(cluster, (centroid, members))| {
            let name = naming.name(&members, &|text| taken.contains(text)).text;
            taken.insert(name.clone());
            let size = members.len() as u64;
            ClusterGroup { cluster: cluster as i64, size, name, centroid: centroid.to_vec() }
        })
        .collect();
    Ok(state.store.replace_clusters(stored(algorithm), &rows, &groups)?)
}

pub(crate) fn naming(library: &Library, style: NameStyle) -> Result<Naming> {
    let facts: Vec<SongFacts<'_>> = (0..library.len()).map(|row| library.facts(row)).collect();
    Ok(Naming::new(&tag_names(), library.tags())?.with_songs(&facts)?.with_style(style))
}

pub(crate) fn stored(algorithm: Algorithm) -> StoredAlgorithm {
    match algorithm {
        Algorithm::KMeans => StoredAlgorithm::KMeans,
        Algorithm::Dbscan => StoredAlgorithm::Dbscan,
        Algorithm::Gmm => StoredAlgorithm::Gmm,
        Algorithm::Hierarchical => StoredAlgorithm::Hierarchical,
    }
}

/// A key that no playlist has or had in the last run, from the song that leads the list.
fn new_key(song_ids: &[String], taken: &HashSet<String>) -> String {
    let stem = song_ids.first().and_then(|id| id.get(..12)).unwrap_or("empty");
    let mut key = format!("sound-{stem}");
    let mut again = 1;
    while taken.contains(&key) {
        again += 1;
        key = format!("sound-{stem}-{again}");
    }
    key
}
