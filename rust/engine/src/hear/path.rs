//! Ways from one track to another.

use segue_space::TrackId;

use super::audience::Sight;
use super::mix::{leanings, wishes};
use super::seeds::Sources;
use super::types::{Path, PathRequest};
use crate::{Engine, Error, Result};

/// Tracks of a way at most, and waypoints.
const LONGEST: usize = 1000;

impl Engine {
    /// A way through some tracks with even steps. Every waypoint is on it, once for each time that it is named; nothing else
    /// comes twice.
    ///
    /// # Errors
    /// [`Error::UnknownTrack`], [`Error::NotAnalysed`] or [`Error::NotComparable`] for the first waypoint that cannot serve;
    /// [`Error::InvalidArgument`] for fewer than two waypoints, or more than tracks are wanted; when the store fails or the
    /// engine is closed.
    pub fn path(&self, request: &PathRequest) -> Result<Path> {
        let count = request.waypoints.len();
        if count < 2 {
            return Err(Error::InvalidArgument("a path leads from one track to another; name two or more".to_owned()));
        }
        if count > LONGEST || request.length < count {
            return Err(Error::InvalidArgument(format!(
                "a path of {} tracks cannot lead through {count}; it has at most {LONGEST} tracks",
                request.length
            )));
        }
        self.with(|state| {
            let sources = Sources::new(state, &request.audience, [])?;
            let index = state.read_index();
            let sight = Sight::new(&index, request.audience.allowed.as_deref());
            let waypoints: Vec<TrackId> =
                request.waypoints.iter().map(|name| sight.row(state, &index, name)).collect::<Result<_>>()?;
            let leanings = leanings(&sources, &index);
            let wish = segue_space::PathRequest { waypoints, length: request.length.min(LONGEST) };
            let found = index.space().path(&wish, &wishes(&sight, &leanings).as_wishes(), &|| self.is_closing())?;
            let tracks = found.tracks.into_iter().map(|(id, step)| (id, step, String::new())).collect();
            Ok(Path {
                tracks: sight.places(state, &index, tracks)?,
                largest_step: found.largest_step,
                jumps: found.jumps,
            })
        })
    }
}
