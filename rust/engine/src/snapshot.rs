//! The index at the start: from the snapshot that the store keeps of it, brought up to date by what the store noted since, or else
//! from all songs.

use std::hash::{BuildHasher, RandomState};

use segue_space::{PIECE, TrackId};
use segue_store::{SpaceHead, SpacePart, SpacePiece, Store};

use crate::Result;
use crate::api::ItemId;
use crate::engine::State;
use crate::index::{Entry, Index, Networks, Row, Seen, format_item, parse_item};

/// So many changed songs, and one in so many of all, are taken in one by one; of more, all songs are read.
const FEW: u64 = 1000;
const SHARE: u64 = 4;
/// So many changed songs make a new snapshot worth its time at the start.
const WORTH_WRITING: usize = 500;

impl Index {
    /// The index of a store.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn open(store: &Store, networks: Networks) -> Result<Self> {
        match Self::restore(store, &networks) {
            Ok(Some(index)) => return Ok(index),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "the snapshot of the space cannot be read; all songs are"),
        }
        Self::load(store, networks)
    }

    /// From the snapshot; `None` where there is none, or none that serves.
    fn restore(store: &Store, networks: &Networks) -> Result<Option<Self>> {
        let mut empty = Some(Self::new(networks.clone())?.space);
        let mut restoring = None;
        let mut songs = Songs::default();
        let stamp = store.read_space(&networks.setting(), |part| match part {
            SpacePart::Head(head) => {
                restoring = empty.take().and_then(|space| space.restore(head).ok());
                restoring.is_some()
            }
            SpacePart::Piece { tracks, songs: keys } => {
                let ids = restoring.as_mut().and_then(|restoring| restoring.add(tracks).ok());
                ids.is_some_and(|ids| songs.take(&ids, keys).is_some())
            }
        })?;
        let space = restoring.and_then(|restoring| restoring.finish().ok());
        let (Some(stamp), Some(space)) = (stamp, space) else { return Ok(None) };
        let changed = store.last_space_change()?.1;
        if changed > FEW + space.len() as u64 / SHARE {
            return Ok(None);
        }
        let Songs { rows } = songs;
        let mut index = Self { space, ..Self::new(networks.clone())? };
        index.free = (0..).zip(&rows).filter(|(_, row)| row.is_none()).map(|(free, _)| free).collect();
        index.by_song.reserve(rows.len());
        index.by_item.reserve(rows.len());
        for (id, row) in (0..).zip(&rows) {
            let Some(row) = row else { continue };
            let Some(key) = parse_item(&row.song_id) else { return Ok(None) };
            index.by_song.insert(key, id);
            index.by_item.extend(row.items.iter().map(|item| (*item, id)));
        }
        index.rows = rows;
        index.seen = Seen { stamp: Some(stamp), ..Seen::default() };
        index.set_recordings(store.recordings()?);
        for change in store.space_changes()? {
            let entry = Entry::read(store, networks, &change.song_id)?;
            index.take(&change.song_id, entry);
        }
        Ok(Some(index))
    }

    /// A song as it is now, or that it is not there any more.
    pub(crate) fn take(&mut self, song_id: &str, entry: Option<Entry>) {
        if !entry.is_some_and(|entry| self.put(entry)) {
            self.forget(song_id);
        }
    }

    /// The content keys and items of some tracks.
    fn pack_songs(&self, ids: &[TrackId]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(ids.len() * 36);
        for id in ids {
            let row = self.rows.get(*id as usize).and_then(Option::as_ref);
            let key = row.and_then(|row| parse_item(&row.song_id)).unwrap_or_default();
            let items = row.map(|row| row.items.as_slice()).unwrap_or_default();
            bytes.extend_from_slice(&key);
            bytes.extend_from_slice(&(items.len() as u32).to_le_bytes());
            bytes.extend_from_slice(items.as_flattened());
        }
        bytes
    }
}

/// The rows of an index while it is taken up.
#[derive(Default)]
struct Songs {
    rows: Vec<Option<Row>>,
}

impl Songs {
    /// What [`Index::pack_songs`] wrote of these tracks; `None` for what it cannot have written.
    fn take(&mut self, ids: &[TrackId], mut bytes: &[u8]) -> Option<()> {
        for id in ids {
            let (key, rest) = bytes.split_first_chunk::<16>()?;
            let (count, rest) = rest.split_first_chunk::<4>()?;
            let (items, rest) = rest.split_at_checked(16 * usize::try_from(u32::from_le_bytes(*count)).ok()?)?;
            bytes = rest;
            let at = *id as usize;
            // Rows that are free are as many as were ever there; more than this are no rows.
            if at > 65_536 + 16 * (self.rows.len() + PIECE) {
                return None;
            }
            if self.rows.len() <= at {
                self.rows.resize_with(at + 1, || None);
            }
            let items: Vec<ItemId> = items.as_chunks::<16>().0.to_vec();
            let row = self.rows.get_mut(at).filter(|row| row.is_none())?;
            *row = Some(Row { song_id: format_item(key).into(), items });
        }
        bytes.is_empty().then_some(())
    }
}

impl State {
    /// Takes up what has changed since the snapshot was written and the index has not seen yet, and writes the snapshot anew. A small
    /// library has none. That it cannot be written is no error: it is made to save time.
    pub(crate) fn keep_space(&self) {
        if let Err(error) = self.try_keep_space() {
            tracing::warn!(%error, "the snapshot of the space was not written; the next start reads all songs");
        }
    }

    /// As [`State::keep_space`], where so much has changed that the next start would be slow.
    pub(crate) fn keep_space_if_worth_it(&self) {
        let index = self.read_index();
        let worth = index.space.is_large()
            && (index.seen.stamp.is_none() || index.seen.until > 0 || index.seen.since.len() > WORTH_WRITING);
        drop(index);
        if worth {
            self.keep_space();
        }
    }

    fn try_keep_space(&self) -> Result<()> {
        if !self.read_index().space.is_large() {
            return Ok(());
        }
        let networks = self.read_index().networks().clone();
        let changes = self.store.space_changes()?;
        for change in &changes {
            if !self.read_index().seen.has(change) {
                let entry = Entry::read(&self.store, &networks, &change.song_id)?;
                self.write_index().take(&change.song_id, entry);
            }
        }
        let until = changes.last().map_or(0, |change| change.change);
        // Drawn, so that no other program has it.
        let stamp = RandomState::new().hash_one(until).cast_signed();
        let index = self.read_index();
        if *index.networks() != networks {
            return Ok(());
        }
        let space = index.space();
        let pieces = space.take_changed_pieces();
        let Some(head) = space.head() else { return Ok(()) };
        let made_of = networks.setting();
        let head = SpaceHead {
            after: index.seen.stamp,
            stamp,
            made_of: &made_of,
            head: &head,
            pieces: u32::try_from(space.pieces()).unwrap_or(u32::MAX),
            until,
        };
        let changed = pieces.into_iter().filter_map(|piece| {
            let (ids, tracks) = space.piece(piece)?;
            Some(SpacePiece { piece: u32::try_from(piece).ok()?, tracks, songs: index.pack_songs(ids) })
        });
        let written = self.store.write_space(&head, changed);
        if !matches!(written, Ok(true)) {
            space.none_written();
        }
        drop(index);
        if written? {
            let mut index = self.write_index();
            index.seen.stamp = Some(stamp);
            index.seen.until = index.seen.until.max(until);
            index.seen.since.retain(|_, change| *change > until);
        } else {
            tracing::info!("another program has written the snapshot of the space; it stays as it is");
        }
        Ok(())
    }
}
