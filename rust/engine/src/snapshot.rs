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
        index.seen = Seen { stamp: Some(stamp), kept: true, ..Seen::default() };
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
        let worth = index.space.is_large() && (!index.seen.kept || index.seen.since.len() > WORTH_WRITING);
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
            index.seen.kept = true;
            index.seen.until = index.seen.until.max(until);
            index.seen.since.retain(|_, change| *change > until);
        } else {
            tracing::info!("another program has written the snapshot of the space; it stays as it is");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use segue_store::{Analysis, Embedding, FileRecord, FileTags, ItemRecord, Stage};

    use super::*;
    use crate::api::Level;

    /// Just enough to be large.
    const SONGS: u32 = 2100;

    fn key(song: u32) -> String {
        format!("{:032x}", 0xaaaa_0000_0000_u64 + u64::from(song))
    }

    fn item(song: u32) -> ItemRecord {
        let tags =
            FileTags { title: format!("Title {song}"), artist: format!("Artist {}", song % 50), ..FileTags::default() };
        let path = format!("/music/{song:05}.flac").into();
        let file = FileRecord { path, size: 1 + u64::from(song), modified_ns: 1, tags };
        ItemRecord { item_id: format!("{:032x}", 0xbbbb_0000_0000_u64 + u64::from(song)), file }
    }

    fn networks() -> Networks {
        Networks::new(Level::Both)
    }

    fn embedding(model: &str, song: u32) -> Embedding {
        let value = |d: u32| (song as f32 * 0.01 * (1.0 + d as f32 / 7.0)).sin() + (d * song % 13) as f32 / 40.0;
        Embedding {
            model: model.to_owned(),
            mean: (0..200).map(value).collect(),
            deviation: (0..200).map(|d| 0.5 + 0.2 * value(d + 3)).collect(),
            tags: vec![0.5; 2],
            ..Embedding::default()
        }
    }

    fn hear(store: &Store, song: u32, sounds_like: u32) {
        let file = store.file(&item(song).file.path).unwrap().unwrap().stamp;
        let embeddings = networks().names().map(|model| embedding(model, sounds_like)).into();
        let stages = vec![Stage::new("musicnn", "1")];
        let heard = Analysis {
            song_id: key(song),
            file,
            audio: None,
            features: None,
            details: segue_store::Details::default(),
            embeddings,
            stages,
        };
        assert!(store.commit_analysis(&heard).unwrap());
    }

    fn sync(store: &Store, items: &[ItemRecord]) {
        let mut sync = store.begin_sync().unwrap();
        store.sync(&mut sync, items).unwrap();
        store.finish_sync(sync).unwrap();
    }

    fn filled() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(&folder.path().join("segue.db")).unwrap();
        sync(&store, &(0..SONGS).map(item).collect::<Vec<_>>());
        (0..SONGS).for_each(|song| hear(&store, song, song));
        (folder, store)
    }

    /// The neighbours of a song, by content key, and the item of each.
    fn near(index: &Index, song: u32) -> Vec<(String, Option<ItemId>)> {
        let seen = index.admit(None);
        let near = index.space().nearest(index.row(&key(song)).unwrap(), 20, &|row| seen.admits(row)).unwrap();
        near.into_iter().map(|near| (index.song_id(near.id).unwrap().to_owned(), seen.item(near.id))).collect()
    }

    #[test]
    fn the_next_start_is_from_the_snapshot_with_all_that_changed_since() {
        let (_folder, store) = filled();
        assert!(Index::restore(&store, &networks()).unwrap().is_none(), "there is none yet");
        let state = State::new(store, Index::new(networks()).unwrap());
        *state.write_index() = Index::open(&state.store, networks()).unwrap();
        state.keep_space_if_worth_it();
        let stamp = state.store.space_stamp().unwrap();
        assert!(stamp.is_some() && state.store.space_changes().unwrap().is_empty());
        state.keep_space_if_worth_it();
        assert_eq!(state.store.space_stamp().unwrap(), stamp, "nothing to write");

        let again = Index::restore(&state.store, &networks()).unwrap().unwrap();
        for song in [0, 1000, 2099] {
            assert_eq!(near(&again, song), near(&state.read_index(), song));
            assert_eq!(again.row(&item(song).item_id), again.row(&key(song)));
        }
        let facts = |index: &Index, song: u32| index.space().facts(index.row(&key(song)).unwrap()).cloned().unwrap();
        assert_eq!(facts(&again, 77), facts(&state.read_index(), 77));

        // One is heard anew, one gets another title, one goes, one comes.
        hear(&state.store, 10, 1500);
        let mut items: Vec<_> = (0..=SONGS).filter(|song| *song != 30).map(item).collect();
        items[20].file.tags.title = "Another".to_owned();
        sync(&state.store, &items);
        hear(&state.store, SONGS, 40);
        let changed = |index: &Index| {
            assert_eq!(near(index, 10)[0].0, key(1500));
            assert_eq!(facts(index, 20).title, "Another");
            assert_eq!((index.row(&key(30)), index.space().len()), (None, SONGS as usize));
            assert_eq!(near(index, SONGS)[0].0, key(40));
        };
        changed(&Index::restore(&state.store, &networks()).unwrap().unwrap());
        // The running one takes them up when it writes.
        state.keep_space();
        changed(&state.read_index());
        assert!(state.store.space_changes().unwrap().is_empty());
        changed(&Index::restore(&state.store, &networks()).unwrap().unwrap());

        // Another program wrote it meanwhile: that one stays, and what this one sees is not forgotten.
        let mut other = Index::restore(&state.store, &networks()).unwrap().unwrap();
        std::mem::swap(&mut *state.write_index(), &mut other);
        hear(&state.store, 11, 1501);
        state.keep_space();
        let stamp = state.store.space_stamp().unwrap();
        *state.write_index() = other;
        hear(&state.store, 12, 1502);
        state.keep_space();
        assert_eq!(state.store.space_stamp().unwrap(), stamp);
        let again = Index::restore(&state.store, &networks()).unwrap().unwrap();
        assert_eq!((near(&again, 11)[0].0.clone(), near(&again, 12)[0].0.clone()), (key(1501), key(1502)));

        // Of other networks it is none, and a damaged one is none.
        assert!(Index::restore(&state.store, &Networks::new(Level::AsIs)).unwrap().is_none());
        let mut head = Vec::new();
        let stop_after_head = |part: SpacePart<'_>| {
            if let SpacePart::Head(bytes) = part {
                head = bytes.to_vec();
            }
            false
        };
        state.store.read_space(&networks().setting(), stop_after_head).unwrap();
        head[5000] ^= 1;
        let made_of = networks().setting();
        let damaged = SpaceHead { after: stamp, stamp: 1, made_of: &made_of, head: &head, pieces: 5, until: 0 };
        assert!(state.store.write_space(&damaged, std::iter::empty()).unwrap());
        assert!(Index::restore(&state.store, &networks()).unwrap().is_none());
        changed(&Index::open(&state.store, networks()).unwrap());
    }

    #[test]
    fn what_cannot_have_been_written_is_refused() {
        let mut songs = Songs::default();
        assert!(songs.take(&[3], &[0; 20]).is_some());
        assert!(songs.take(&[3], &[0; 20]).is_none(), "a row twice");
        assert!(songs.take(&[4], &[0; 19]).is_none());
        assert!(songs.take(&[4], &[0; 21]).is_none());
        assert!(songs.take(&[4], &[[0; 16].as_slice(), &[255; 4]].concat()).is_none());
        assert!(songs.take(&[u32::MAX], &[0; 20]).is_none());
    }
}
