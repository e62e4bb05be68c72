//! What is kept in memory for answers: the space, and which song and which library items each of its rows stands for.

use std::collections::HashMap;
use std::sync::Arc;

use segue_space::{BlockSpec, Key, Space, TrackFacts, TrackId};
use segue_store::{Embedding, ModelVectors, Song, Store};

use crate::api::ItemId;
use crate::{Error, Result};

/// Networks whose vectors make the space, as the store names them.
pub(crate) const NETWORKS: [&str; 2] = ["msd", "mtt"];
/// How much the deviation over the patches counts beside their mean. It says less about a track: on the 36 reference
/// tracks P@10 falls from 0.64 to 0.57 when both count the same.
const DEVIATION_WEIGHT: f32 = 0.5;
/// Length of an embedding.
const DENSE: usize = 200;

/// A row of the index.
struct Row {
    song_id: Arc<str>,
    items: Vec<ItemId>,
    /// False once no file and no item holds the song any more: what was heard is kept, but nothing can be played.
    present: bool,
}

/// All analysed songs, ready to be asked.
pub(crate) struct Index {
    space: Space,
    rows: Vec<Row>,
    by_song: HashMap<Arc<str>, TrackId>,
    by_item: HashMap<ItemId, TrackId>,
}

impl Index {
    pub(crate) fn new() -> Result<Self> {
        let block = |network: &str, what: &str, weight| BlockSpec {
            name: format!("{network}_{what}"),
            dimensions: DENSE,
            weight,
        };
        let blocks = NETWORKS
            .iter()
            .flat_map(|network| [block(network, "mean", 1.0), block(network, "deviation", DEVIATION_WEIGHT)]);
        Ok(Self {
            space: Space::new(blocks.collect())?,
            rows: Vec::new(),
            by_song: HashMap::new(),
            by_item: HashMap::new(),
        })
    }

    /// Takes the library's statistics anew, so that the next question need not.
    pub(crate) fn refit(&mut self) {
        self.space.refit();
    }

    /// The space, to be asked.
    pub(crate) fn space(&self) -> &Space {
        &self.space
    }

    /// The row of an item id or a content key.
    pub(crate) fn row(&self, reference: &str) -> Option<TrackId> {
        let item = parse_item(reference)?;
        self.by_item.get(&item).or_else(|| self.by_song.get(reference)).copied()
    }

    /// The content key of a row.
    pub(crate) fn song_id(&self, row: TrackId) -> Option<&str> {
        self.rows.get(row as usize).map(|row| &*row.song_id)
    }

    /// What a request may see: with a restriction the items it names and nothing else, without one all that is there.
    pub(crate) fn admit(&self, allowed: Option<&[ItemId]>) -> Admitted {
        let visible = match allowed {
            None => self.rows.iter().map(|row| row.present.then(|| row.items.first().copied())).collect(),
            Some(allowed) => {
                let mut visible = vec![None; self.rows.len()];
                for item in allowed {
                    let Some(&row) = self.by_item.get(item) else { continue };
                    if let Some(slot) = visible.get_mut(row as usize) {
                        slot.get_or_insert(Some(*item));
                    }
                }
                visible
            }
        };
        Admitted { visible }
    }

    /// Everything in the store that has a file.
    pub(crate) fn load(store: &Store) -> Result<Self> {
        let mut index = Self::new()?;
        let mut songs = HashMap::new();
        store.for_each_song(|song| {
            songs.insert(song.song_id.clone(), (track_facts(&song), song.item_ids));
        })?;
        let mut outcome = Ok(());
        store.for_each_song_vectors(&NETWORKS, |vectors| {
            if let (Ok(()), Some((facts, items))) = (&outcome, songs.remove(&vectors.song_id)) {
                outcome = index.insert(&vectors.song_id, &vectors.models, facts, &items, true);
            }
        })?;
        index.space.refit();
        outcome.map(|()| index)
    }

    /// Takes one song anew from the store, after it was heard or found again.
    pub(crate) fn reload(&mut self, store: &Store, song_id: &str) -> Result<()> {
        let Some(song) = store.song(song_id)? else { return Ok(()) };
        let mut embeddings = store.embeddings(song_id)?;
        let models: Vec<Option<ModelVectors>> = NETWORKS
            .iter()
            .map(|network| {
                let at = embeddings.iter().position(|embedding| embedding.model == *network)?;
                let Embedding { mean, deviation, tags, .. } = embeddings.swap_remove(at);
                Some(ModelVectors { mean, deviation, tags })
            })
            .collect();
        self.insert(song_id, &models, track_facts(&song), &song.item_ids, song.path.is_some())
    }

    /// Takes tags, items and presence of all songs anew from the store, after a scan or sync. Vectors stay as they are.
    pub(crate) fn refresh(&mut self, store: &Store) -> Result<()> {
        self.by_item.clear();
        for row in &mut self.rows {
            row.items.clear();
            row.present = false;
        }
        let mut back = Vec::new();
        store.for_each_song(|song| match self.by_song.get(song.song_id.as_str()) {
            Some(&row) => {
                self.space.set_facts(row, track_facts(&song));
                self.place(row, &song.item_ids, true);
            }
            None => back.push(song.song_id),
        })?;
        // Songs whose files had been gone when the index was loaded, and now are back.
        let any_back = !back.is_empty();
        back.iter().try_for_each(|song_id| self.reload(store, song_id))?;
        if any_back {
            self.refit();
        }
        Ok(())
    }

    /// Adds a song, or replaces what is known of it. A song that some network has not heard has no place in the space
    /// yet: it is left out.
    pub(crate) fn insert(
        &mut self,
        song_id: &str,
        models: &[Option<ModelVectors>],
        facts: TrackFacts,
        items: &[String],
        present: bool,
    ) -> Result<()> {
        let blocks: Vec<&[f32]> =
            models.iter().flatten().flat_map(|m| [m.mean.as_slice(), m.deviation.as_slice()]).collect();
        if blocks.len() != 2 * NETWORKS.len() {
            return Ok(());
        }
        let row = match self.by_song.get(song_id) {
            Some(&row) => row,
            None => {
                let row = TrackId::try_from(self.rows.len())
                    .map_err(|_| Error::InvalidArgument("the library is too large".to_owned()))?;
                let song_id: Arc<str> = song_id.into();
                self.rows.push(Row { song_id: Arc::clone(&song_id), items: Vec::new(), present: true });
                self.by_song.insert(song_id, row);
                row
            }
        };
        self.space.insert(row, &blocks, facts)?;
        self.place(row, items, present);
        Ok(())
    }

    /// Says which items a row stands for, and whether there is a file behind it.
    fn place(&mut self, row: TrackId, items: &[String], present: bool) {
        let parsed: Vec<ItemId> = items.iter().filter_map(|item| parse_item(item)).collect();
        if let Some(entry) = self.rows.get_mut(row as usize) {
            for old in std::mem::replace(&mut entry.items, parsed.clone()) {
                self.by_item.remove(&old);
            }
            entry.present = present;
        }
        self.by_item.extend(parsed.into_iter().map(|item| (item, row)));
    }
}

/// What one request may see, and by which item it sees it.
pub(crate) struct Admitted {
    /// Per row: `None` not visible, `Some(None)` visible but no library item, `Some(Some(item))` visible as that item.
    visible: Vec<Option<Option<ItemId>>>,
}

impl Admitted {
    pub(crate) fn admits(&self, row: TrackId) -> bool {
        self.visible.get(row as usize).is_some_and(Option::is_some)
    }

    pub(crate) fn item(&self, row: TrackId) -> Option<ItemId> {
        self.visible.get(row as usize).copied().flatten().flatten()
    }
}

/// 32 hexadecimal digits as 16 bytes.
pub(crate) fn parse_item(text: &str) -> Option<ItemId> {
    let is_id = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_id { u128::from_str_radix(text, 16).ok().map(u128::to_be_bytes) } else { None }
}

/// 16 bytes as 32 lower-case hexadecimal digits.
pub(crate) fn format_item(item: &ItemId) -> String {
    format!("{:032x}", u128::from_be_bytes(*item))
}

fn track_facts(song: &Song) -> TrackFacts {
    let tags = &song.tags;
    let artist = if tags.artist.is_empty() { &tags.album_artist } else { &tags.artist };
    TrackFacts {
        artist: artist.clone(),
        title: tags.title.clone(),
        album: tags.album.clone(),
        duration_s: song.audio.as_ref().map_or(0.0, |audio| audio.duration_s as f32),
        tempo: song.features.bpm,
        key: song
            .features
            .key
            .as_deref()
            .zip(song.features.scale.as_deref())
            .and_then(|(tonic, scale)| Key::parse(tonic, scale)),
        energy: song.features.energy,
    }
}
