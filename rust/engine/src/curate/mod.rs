//! Groups of the library, and the playlists made of them.
//!
//! A run gathers what is known of the songs ([`gather`]), brings it to points ([`prepare`]), searches for good groups
//! ([`found`]), makes lists of them, recognises last run's playlists and names the new ones ([`make`], [`names`]), and
//! writes everything down. It works on the engine's own threads while the caller watches ([`desk`]). Playlists that are
//! kept are shown, edited and exported in [`keep`], defined by descriptors in [`define`], imported in [`import`].

mod define;
pub(crate) mod desk;
mod found;
pub(crate) mod gather;
mod import;
mod keep;
pub(crate) mod make;
pub(crate) mod names;
mod prepare;
pub(crate) mod types;

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::{MutexGuard, TryLockError};

use segue_cluster::{NameStyle, PlaylistOptions};
use segue_draw::{CurvePoint, ElbowLabels, elbow_svg};

use self::desk::{Desk, work};
use self::found::{Found, find_groups, lists_of};
use self::gather::Library;
pub(crate) use self::gather::tag_names;
pub(crate) use self::keep::unknown;
use self::keep::{PLAYLIST_RUNS, answer};
use self::make::{make, save_groups};
use self::prepare::{Prepared, prepare};
use self::types::{
    ClusterReport, ClusterRequest, DataQuality, Elbow, ElbowPoint, MakeProgress, Playlist, PlaylistRequest,
    PlaylistRun, RunReport, Step,
};
use crate::analyse::pool;
use crate::engine::State;
use crate::{Engine, Error, Result};

/// Told where the making stands; answers whether to go on.
pub type Watch<'a> = &'a mut dyn FnMut(&MakeProgress) -> bool;

impl Engine {
    /// Groups the library by a search for good parameters, assigns every song, and remembers where each belongs.
    ///
    /// # Errors
    /// [`Error::Busy`] while groups or playlists are made already; [`Error::Cancelled`] when `watch` answers `false`:
    /// nothing is changed then, but what the search has reached is where the next one begins. When the store fails or the
    /// engine is closed.
    pub fn cluster(&self, request: &ClusterRequest, watch: Watch<'_>) -> Result<ClusterReport> {
        self.curating(watch, |state, desk| {
            let (library, prepared, found) = groups(state, request, &PlaylistOptions::default(), desk)?;
            desk.check()?;
            desk.tell(Step::Saving, 0, 1);
            save_groups(state, &library, &prepared, &found, NameStyle::default())?;
            Ok(found.report)
        })
    }

    /// Makes playlists of the whole library: groups, lists in playing order, names. A playlist that is recognisably one of
    /// the last run keeps its key, name and place. Kept definitions are filled anew. Everything is remembered in the store.
    ///
    /// # Errors
    /// As [`Engine::cluster`].
    pub fn playlists(&self, request: &PlaylistRequest, watch: Watch<'_>) -> Result<PlaylistRun> {
        self.curating(watch, |state, desk| {
            let run = state.store.begin_run(PLAYLIST_RUNS)?;
            let outcome = self.make_playlists(state, request, desk);
            let (word, report) = match &outcome {
                Ok(made) => ("done", to_json(&made.report)?),
                Err(Error::Cancelled) => ("cancelled", String::new()),
                Err(_) => ("failed", String::new()),
            };
            // A run that failed for a full disk cannot write that down either: its own error is the one to tell.
            let noted = state.store.finish_run(run, word, &report);
            let mut made = outcome?;
            noted?;
            if let Some(kept) = self.reports_of(state, 1)?.into_iter().next() {
                made.report = kept;
            }
            Ok(made)
        })
    }

    /// A look at the numbers before grouping.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn data_quality(&self, request: &ClusterRequest) -> Result<DataQuality> {
        self.with(|state| {
            let library = Library::read(state, &|| !self.is_closing())?;
            Ok(prepare(state, &library, request, &|| self.is_closing())?.quality)
        })
    }

    /// The elbow curve: what comes of several numbers of groups, and which one is suggested.
    ///
    /// # Errors
    /// As [`Engine::cluster`].
    pub fn elbow(&self, request: &ClusterRequest, ks: RangeInclusive<usize>, watch: Watch<'_>) -> Result<Elbow> {
        self.curating(watch, |state, desk| {
            desk.tell(Step::Gathering, 0, 1);
            let library = Library::read(state, &|| !desk.stopped())?;
            let prepared = prepare(state, &library, request, &|| desk.stopped())?;
            desk.tell(Step::Searching, 0, 1);
            let found = found::elbow(&library, &prepared, request, ks, desk)?;
            let curve: Vec<ElbowPoint> = found
                .curve
                .iter()
                .map(|point| ElbowPoint { k: point.k, inertia: point.inertia, silhouette: point.silhouette })
                .collect();
            let drawn: Vec<CurvePoint> = curve
                .iter()
                .map(|point| CurvePoint { k: point.k, inertia: point.inertia, silhouette: point.silhouette })
                .collect();
            let svg = elbow_svg(&drawn, Some(found.suggested), &ElbowLabels::default());
            Ok(Elbow { curve, suggested: found.suggested, svg })
        })
    }

    fn make_playlists(&self, state: &State, request: &PlaylistRequest, desk: &Desk) -> Result<PlaylistRun> {
        let options = PlaylistOptions {
            max_songs: request.max_songs.max(1),
            max_per_artist: request.max_songs_per_artist.max(1),
            min_songs: request.min_songs.max(1),
            max_distance: request.max_distance,
            // All of them: which ones are shown hangs on which ones people know.
            top_playlists: 0,
            seed: request.cluster.seed,
        };
        let (library, prepared, found) = groups(state, &request.cluster, &options, desk)?;
        desk.check()?;
        let lists = lists_of(&library, &prepared, &found, &options, desk)?;
        let made = make(state, request, &library, &lists, desk)?;
        desk.check()?;
        desk.tell(Step::Saving, 0, 2);
        save_groups(state, &library, &prepared, &found, names::name_style(request))?;
        made.save(state)?;
        desk.tell(Step::Saving, 1, 2);
        let definitions = self.refill(state)?;

        let distance_of: HashMap<&str, f32> = prepared
            .kept
            .iter()
            .zip(&found.grouping.distances)
            .filter_map(|(&row, distance)| Some((library.song_ids.get(row)?.as_str(), *distance)))
            .collect();
        let index = state.read_index();
        let admitted = index.admit(None);
        let mut playlists: Vec<Playlist> = Vec::new();
        // As the store has them: what a person decided meanwhile counts.
        for record in state.store.playlists()? {
            if !record.excluded && record.kind == segue_store::PlaylistKind::Cluster {
                playlists.push(answer(state, &index, &admitted, record)?);
            }
        }
        for track in playlists.iter_mut().flat_map(|playlist| &mut playlist.tracks) {
            track.distance = distance_of.get(track.song_id.as_str()).copied().unwrap_or_default();
        }
        playlists.extend(definitions);
        let mut notes = made.report.notes;
        notes.extend(why_none(&found.report));
        let report = RunReport {
            notes,
            clusters: found.report,
            playlists: playlists.len() as u64,
            tracks: playlists.iter().map(|playlist| playlist.tracks.len() as u64).sum(),
            ..made.report
        };
        Ok(PlaylistRun { playlists, report })
    }

    /// One at a time, on the engine's threads, with the engine open.
    fn curating<T: Send>(&self, watch: Watch<'_>, job: impl FnOnce(&State, &Desk) -> Result<T> + Send) -> Result<T> {
        let _only: MutexGuard<'_, ()> = match self.curating.try_lock() {
            Ok(guard) => guard,
            // A run that panicked is over.
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return Err(Error::Busy),
        };
        self.with(|state| {
            let pool = pool(&self.plan)?;
            work(&pool, watch, &|| self.is_closing(), |desk| job(state, desk))
        })
    }
}

/// The library, its points and the groups that were found.
fn groups(
    state: &State,
    request: &ClusterRequest,
    limits: &PlaylistOptions,
    desk: &Desk,
) -> Result<(Library, Prepared, Found)> {
    desk.tell(Step::Gathering, 0, 2);
    let library = Library::read(state, &|| !desk.stopped())?;
    desk.check()?;
    desk.tell(Step::Gathering, 1, 2);
    let prepared = prepare(state, &library, request, &|| desk.stopped())?;
    desk.check()?;
    let found = find_groups(state, &library, &prepared, request, limits, desk)?;
    Ok((library, prepared, found))
}

/// Why there are no groups, where there are none.
fn why_none(report: &ClusterReport) -> Option<String> {
    if report.clusters > 0 {
        return None;
    }
    Some(match report.quality.taking_part {
        0 => "There is nothing to group: no track has been heard by both networks yet. Analyse some music first."
            .to_owned(),
        1 => "There is one track: nothing to group it with.".to_owned(),
        _ => "All tracks lie alone: no run found a group. Larger eps, or fewer neighbours to make a core, would."
            .to_owned(),
    })
}

fn to_json(report: &RunReport) -> Result<String> {
    serde_json::to_string(report).map_err(|source| Error::Json { what: "the report of the run", source })
}
