//! How good the neighbours of a store are, by groups that the tracks belong to anyway.

use std::collections::HashMap;
use std::ffi::OsString;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use segue_space::{Judged, LONG_LIST, TrackId, agreement};
use segue_store::Song;

use super::types::{GroupBy, NeighbourEvaluation};
use crate::analyse::pool;
use crate::curate::desk::{Desk, work};
use crate::curate::types::Step;
use crate::engine::State;
use crate::{Engine, Result, Watch};

impl Engine {
    /// Measures how far the nearest tracks of every track are of its own album, artist or folder, and whether some tracks
    /// turn up in every list. Works on the engine's threads; `watch` is told how many tracks have been asked.
    ///
    /// # Errors
    /// [`Error::Cancelled`](crate::Error::Cancelled) once `watch` answers `false`; when the store fails or the engine is closed.
    pub fn evaluate_neighbours(&self, by: GroupBy, watch: Watch<'_>) -> Result<NeighbourEvaluation> {
        self.with(|state| {
            let pool = pool(&self.plan)?;
            let judged = work(&pool, watch, &|| self.is_closing(), |desk| judge(state, by, desk))?;
            let found = agreement(&judged);
            Ok(NeighbourEvaluation {
                tracks: found.asked as u64,
                groups: found.groups as u64,
                alone: found.alone as u64,
                precision_at_5: found.precision_short,
                precision_at_10: found.precision_long,
                reachable_at_5: found.reachable_short,
                reachable_at_10: found.reachable_long,
                largest_hub: found.largest_hub as u64,
                hubness_skew: found.skewness,
            })
        })
    }
}

/// Every track of the space with its group and its neighbours.
fn judge(state: &State, by: GroupBy, desk: &Desk) -> Result<Vec<Judged>> {
    desk.tell(Step::Gathering, 0, 1);
    let groups = groups(state, by)?;
    let asked = AtomicUsize::new(0);
    let judge = |&(id, group): &(TrackId, Option<u32>)| {
        desk.check()?;
        // The index is let go in between: tracks of a running analysis may come meanwhile.
        let near = state.read_index().space().nearest(id, LONG_LIST, &|_| true)?;
        desk.tell(Step::Searching, asked.fetch_add(1, Ordering::Relaxed), groups.len());
        Ok(Judged { id, group, nearest: near.into_iter().map(|near| near.id).collect() })
    };
    groups.par_iter().map(judge).collect()
}

/// The rows of the space, each with a number for its group.
fn groups(state: &State, by: GroupBy) -> Result<Vec<(TrackId, Option<u32>)>> {
    let mut numbers: HashMap<OsString, u32> = HashMap::new();
    let mut groups = Vec::new();
    state.store.for_each_song(|song| {
        let group = name(&song, by).map(|name| {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            *numbers.entry(name).or_insert(next)
        });
        groups.push((song.song_id, group));
    })?;
    let index = state.read_index();
    Ok(groups.into_iter().filter_map(|(song, group)| Some((index.row(&song)?, group))).collect())
}

/// What a song's group is called; `None` where its tags do not say.
fn name(song: &Song, by: GroupBy) -> Option<OsString> {
    let tags = &song.tags;
    let said = |text: &str| Some(text.trim().to_lowercase()).filter(|text| !text.is_empty());
    match by {
        GroupBy::Artist => said(&tags.artist).map(OsString::from),
        // Two albums of one title are told apart by their artist, where the tags name one.
        GroupBy::Album => said(&tags.album).map(|album| {
            let artist = said(&tags.album_artist).unwrap_or_default();
            OsString::from(format!("{artist}\n{album}"))
        }),
        GroupBy::Folder => song.path.as_deref()?.parent().map(|folder| folder.as_os_str().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use segue_store::FileTags;

    use super::*;

    fn song(path: &str, artist: &str, album: &str, album_artist: &str) -> Song {
        let tags = FileTags {
            artist: artist.to_owned(),
            album: album.to_owned(),
            album_artist: album_artist.to_owned(),
            ..FileTags::default()
        };
        Song { path: Some(PathBuf::from(path)), tags, ..Song::default() }
    }

    #[test]
    fn groups_are_by_what_is_asked_for() {
        let one = song("/m/One/a.ogg", "Ann", "Hits", "Ann");
        let two = song("/m/Two/b.ogg", "ann ", "hits", "Bob");
        assert_eq!(name(&one, GroupBy::Artist), name(&two, GroupBy::Artist));
        assert_ne!(name(&one, GroupBy::Album), name(&two, GroupBy::Album));
        assert_ne!(name(&one, GroupBy::Folder), name(&two, GroupBy::Folder));
        assert_eq!(name(&one, GroupBy::Folder), name(&song("/m/One/c.ogg", "", "", ""), GroupBy::Folder));
    }

    #[test]
    fn what_tags_do_not_say_is_no_group() {
        let untagged = song("/m/One/a.ogg", " ", "", "Ann");
        assert_eq!((name(&untagged, GroupBy::Artist), name(&untagged, GroupBy::Album)), (None, None));
        assert_eq!(name(&Song { path: None, ..untagged }, GroupBy::Folder), None);
    }
}
