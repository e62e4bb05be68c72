//! The map: the library as a plane.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{MutexGuard, TryLockError};

use rayon::prelude::*;
use segue_space::{MAP_NEIGHBOURS, MapRun, Nearby, TrackId, lay_out, place};
use segue_store::MapPointRecord;

use super::audience::Sight;
use super::regions::regions;
use super::types::{Audience, Map, MapPoint, MapRegion};
use crate::analyse::pool;
use crate::curate::Watch;
use crate::curate::desk::{Desk, work};
use crate::curate::types::Step;
use crate::engine::State;
use crate::index::{Index, format_item};
use crate::{Engine, Error, Result};

/// Neighbours by which a new song finds its place on a map that stays as it is.
const NEW_NEIGHBOURS: usize = 10;
/// New songs that one answer places, each by a search of the library; the next answer places more.
const NEW_AT_ONCE: usize = 32;

impl Engine {
    /// Lays the library out, beginning from the last map, so that what was there stays about where it was, and says what is
    /// heard where. What it takes is in `docs/map.md`. Works on the engine's threads.
    ///
    /// # Errors
    /// [`Error::Busy`] while groups, playlists or a map are made already; [`Error::Cancelled`] once `watch` answers `false`; when
    /// the store fails or the engine is closed. The last map stays then.
    pub fn make_map(&self, watch: Watch<'_>) -> Result<()> {
        let _only: MutexGuard<'_, ()> = match self.curating.try_lock() {
            Ok(guard) => guard,
            // A run that panicked is over.
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return Err(Error::Busy),
        };
        self.with(|state| {
            let last_groups = self.reports_of(state, 1)?.into_iter().next().map(|report| report.clusters.algorithm);
            let pool = pool(&self.plan)?;
            work(&pool, watch, &|| self.is_closing(), |desk| {
                let (songs, places) = lay_songs_out(state, desk)?;
                desk.tell(Step::Naming, 0, 1);
                let (region_of, names) = regions(state, &songs, &places, last_groups, &|| desk.stopped())?;
                desk.check()?;
                desk.tell(Step::Saving, 0, 1);
                let points: Vec<MapPointRecord> = songs
                    .into_iter()
                    .zip(places)
                    .zip(region_of)
                    .map(|((song_id, place), region)| MapPointRecord { song_id, place, region })
                    .collect();
                Ok(state.store.replace_map(&points, &names)?)
            })
        })
    }

    /// The map as it was made last, of what may be seen. Songs that came since lie where their neighbours do, and stay there until
    /// the map is made anew; of many, each answer places some. Empty before the first map. Points are in the order of the content
    /// keys.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn map(&self, audience: &Audience) -> Result<Map> {
        self.with(|state| {
            let names = state.store.map_regions()?;
            let mut found: Vec<(String, [f32; 2], Option<u32>)> = Vec::new();
            state.store.for_each_map_point(|song_id, place, region| found.push((song_id, place, region)))?;
            let index = state.read_index();
            let new = newcomers(&index, &found)?;
            found.extend(new.iter().map(|point| (point.song_id.clone(), point.place, point.region)));
            found.sort_by(|a, b| a.0.cmp(&b.0));
            let sight = Sight::new(&index, audience.allowed.as_deref());
            let map = seen(&index, &sight, found, &names);
            drop(index);
            // Only a matter of comfort: another answer would find the same places.
            if !new.is_empty()
                && let Err(error) = state.store.add_map_points(&new)
            {
                tracing::warn!(%error, "new songs have a place on the map for this answer only");
            }
            Ok(map)
        })
    }
}

/// All songs and where they lie.
fn lay_songs_out(state: &State, desk: &Desk) -> Result<(Vec<String>, Vec<[f32; 2]>)> {
    desk.tell(Step::Gathering, 0, 1);
    let (rows, songs): (Vec<TrackId>, Vec<String>) = {
        let index = state.read_index();
        let rows = index.space().ids().into_iter();
        rows.filter_map(|row| Some((row, index.song_id(row)?.to_owned()))).unzip()
    };
    let mut last: HashMap<String, [f32; 2]> = HashMap::new();
    state.store.for_each_map_point(|song_id, place, _| {
        last.insert(song_id, place);
    })?;
    let before: Vec<Option<[f32; 2]>> = songs.iter().map(|song_id| last.get(song_id).copied()).collect();
    let place_of: HashMap<TrackId, u32> = rows.iter().copied().zip(0..).collect();
    let (asked, all) = (AtomicUsize::new(0), 2 * rows.len());
    let nearby = |row: &TrackId| {
        desk.check()?;
        // The index is let go in between: tracks of a running analysis may come meanwhile.
        let near = match state.read_index().space().nearest(*row, MAP_NEIGHBOURS, &|_| true) {
            Ok(near) => near,
            // It went meanwhile.
            Err(segue_space::Error::UnknownTrack { .. } | segue_space::Error::NoSeed { .. }) => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        desk.tell(Step::Searching, asked.fetch_add(1, Ordering::Relaxed), all);
        let known = near.into_iter().filter_map(|near| Some((*place_of.get(&near.id)?, near.distance)));
        Ok(known.map(|(row, distance)| Nearby { row, distance }).collect())
    };
    let graph: Vec<Vec<Nearby>> = rows.par_iter().map(nearby).collect::<Result<_>>()?;
    let run = MapRun {
        spread: &|pieces, work| (0..pieces).into_par_iter().for_each(work),
        cancelled: &|| desk.stopped(),
        progress: &|share| {
            let done = f64::from(share) * rows.len() as f64;
            desk.tell(Step::Searching, rows.len() + done as usize, all);
        },
    };
    let places = lay_out(&graph, &before, &run).ok_or(Error::Cancelled)?;
    Ok((songs, places))
}

/// Songs that are not on the map yet, where their neighbours are; as many as an answer has time for.
fn newcomers(index: &Index, found: &[(String, [f32; 2], Option<u32>)]) -> Result<Vec<MapPointRecord>> {
    let placed: HashMap<TrackId, ([f32; 2], Option<u32>)> =
        found.iter().filter_map(|(song_id, place, region)| Some((index.row(song_id)?, (*place, *region)))).collect();
    let space = index.space();
    if placed.is_empty() || placed.len() == space.len() {
        return Ok(Vec::new());
    }
    let mut new = Vec::new();
    for row in space.ids().into_iter().filter(|row| !placed.contains_key(row)).take(NEW_AT_ONCE) {
        let near = space.nearest(row, NEW_NEIGHBOURS, &|id| placed.contains_key(&id))?;
        let places: Vec<([f32; 2], f32)> =
            near.iter().filter_map(|near| Some((placed.get(&near.id)?.0, near.distance))).collect();
        let region = near.first().and_then(|near| placed.get(&near.id)?.1);
        if let (Some(song_id), Some(place)) = (index.song_id(row), place(&places)) {
            new.push(MapPointRecord { song_id: song_id.to_owned(), place, region });
        }
    }
    Ok(new)
}

/// The part of the map that may be seen, with the regions that something is seen of.
fn seen(index: &Index, sight: &Sight<'_>, points: Vec<(String, [f32; 2], Option<u32>)>, names: &[String]) -> Map {
    let mut map = Map::default();
    let mut members: Vec<Vec<([f32; 2], f32)>> = vec![Vec::new(); names.len()];
    for (song_id, at, region) in points {
        let Some(row) = index.row(&song_id).filter(|row| sight.admits(*row)) else { continue };
        let item_id = sight.admitted.item(row).map(|item| format_item(&item)).unwrap_or_default();
        let members = region.and_then(|region| members.get_mut(region as usize));
        let region = if members.is_some() { region.map_or(-1, |region| region as i32) } else { -1 };
        if let Some(members) = members {
            members.push((at, 0.0));
        }
        map.points.push(MapPoint { song_id, item_id, x: at[0], y: at[1], region });
    }
    // Regions of which nothing is seen are not there; the others move up.
    let mut number_of = vec![-1; names.len()];
    for ((region, members), name) in members.iter().enumerate().zip(names) {
        // Where its name stands: in the middle of most of it.
        let Some([x, y]) = place(members) else { continue };
        number_of[region] = map.regions.len() as i32;
        map.regions.push(MapRegion { name: name.clone(), x, y, songs: members.len() as u32 });
    }
    for point in &mut map.points {
        point.region =
            usize::try_from(point.region).ok().and_then(|region| number_of.get(region).copied()).unwrap_or(-1);
    }
    map
}
