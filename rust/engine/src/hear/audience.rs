//! What one request may see, and tracks by their names within that.

use std::collections::HashSet;

use segue_space::TrackId;

use crate::api::{ItemId, Neighbour};
use crate::ask;
use crate::engine::State;
use crate::index::{Admitted, Index, parse_item};
use crate::{Error, Result};

/// What one request may see. Whatever it may not see does not exist for it, by whatever name it is asked for.
pub(crate) struct Sight<'a> {
    pub(crate) admitted: Admitted,
    allowed: Option<&'a [ItemId]>,
}

impl<'a> Sight<'a> {
    pub(crate) fn new(index: &Index, allowed: Option<&'a [ItemId]>) -> Self {
        Self { admitted: index.admit(allowed), allowed }
    }

    /// Whether a track may be seen.
    pub(crate) fn admits(&self, row: TrackId) -> bool {
        self.admitted.admits(row)
    }

    /// Whether a track may be seen as this item: a track may be seen as one item and not as another.
    pub(crate) fn sees(&self, row: TrackId, item: Option<ItemId>) -> bool {
        self.admits(row) && (self.allowed.is_none() || item.is_some_and(|item| self.allows(row, item)))
    }

    fn allows(&self, row: TrackId, item: ItemId) -> bool {
        self.admitted.item(row) == Some(item) || self.names(item)
    }

    /// Whether an item is one of those that may be seen.
    fn names(&self, item: ItemId) -> bool {
        self.admitted.names(&item)
    }

    /// The row of a track by item id, content key or path.
    ///
    /// # Errors
    /// [`Error::UnknownTrack`] for one that is not known and for one that may not be seen, in the same words;
    /// [`Error::NotAnalysed`] and [`Error::NotComparable`] only for one that may be seen; when the store fails.
    pub(crate) fn row(&self, state: &State, index: &Index, reference: &str) -> Result<TrackId> {
        let found = ask::row(state, index, reference);
        if self.allowed.is_none() {
            return found;
        }
        let unknown = || Error::UnknownTrack { reference: reference.to_owned() };
        let item = parse_item(reference);
        let named = item.is_some_and(|item| self.names(item));
        match found {
            Ok(row) if !self.admits(row) => Err(unknown()),
            Ok(row) if named => Ok(row),
            // A hidden item of a track that may be seen as another one; its content key has the same form.
            Ok(row) if item.is_some() => {
                let by_content = index.song_id(row).is_some_and(|song_id| song_id.eq_ignore_ascii_case(reference));
                if by_content { Ok(row) } else { Err(unknown()) }
            }
            Ok(row) => {
                let shown = ask::place(state, index, &self.admitted, row, 0.0)?;
                if shown.path == std::path::Path::new(reference) { Ok(row) } else { Err(unknown()) }
            }
            Err(Error::NotAnalysed { .. } | Error::NotComparable { .. }) if !named => Err(unknown()),
            Err(error) => Err(error),
        }
    }

    /// The rows of some tracks, each once, in their order. What cannot be found is passed over; with nothing found the first
    /// reason is the answer.
    ///
    /// # Errors
    /// As [`Sight::row`], of the first track, where none can serve; [`Error::InvalidArgument`] where none was named.
    pub(crate) fn rows(&self, state: &State, index: &Index, references: &[String]) -> Result<Vec<TrackId>> {
        let mut rows = Vec::with_capacity(references.len());
        let mut known = HashSet::new();
        let mut first_error = None;
        for reference in references {
            match self.row(state, index, reference) {
                Ok(row) if known.insert(row) => rows.push(row),
                Ok(_) => {}
                Err(error) if is_about_the_track(&error) => {
                    first_error.get_or_insert(error);
                }
                Err(error) => return Err(error),
            }
        }
        if rows.is_empty() {
            return Err(first_error.unwrap_or_else(|| Error::InvalidArgument("no track was named".to_owned())));
        }
        Ok(rows)
    }

    /// Tracks as callers see them, each with its distance and why it is there.
    pub(crate) fn places(
        &self,
        state: &State,
        index: &Index,
        tracks: Vec<(TrackId, f32, String)>,
    ) -> Result<Vec<Neighbour>> {
        ask::places(state, index, &self.admitted, tracks)
    }
}

/// Whether an error says something of the track that was named, and nothing of the store or the engine.
pub(crate) fn is_about_the_track(error: &Error) -> bool {
    matches!(
        error,
        Error::UnknownTrack { .. }
            | Error::NotAnalysed { .. }
            | Error::NotComparable { .. }
            | Error::UnknownPlaylist { .. }
    )
}
