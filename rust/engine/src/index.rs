//! What is kept in memory for answers: the space, and which song and which library items each of its rows stands for.

use std::collections::HashMap;

use segue_models::Network;
use segue_space::{BlockSpec, Edge, Key, Space, TrackFacts, TrackId};
use segue_store::{Edges, FileTags, ModelVectors, Song, SpaceChange, SpaceSong, Store};

use crate::admission::{Admissions, ByKey, Folding};
use crate::api::{ItemId, Level};
use crate::hear::prior::prior;
use crate::stages::levelled;
use crate::{Error, Result};

/// The setting that remembers which embeddings the last analysis made for the space.
const SPACE: &str = "space";

/// The two embeddings that make the space, as the store names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Networks([String; 2]);

impl Networks {
    /// Those at the level that all tracks share, or as they are.
    pub(crate) fn new(level: Level) -> Self {
        let names = Network::ALL.map(Network::name);
        Self(match level {
            Level::Both => names.map(levelled),
            Level::AsIs => names.map(str::to_owned),
        })
    }

    /// Those that the last analysis made; before the first those of `level`.
    pub(crate) fn of_store(store: &Store, level: Level) -> Result<Self> {
        let as_is = Self::new(Level::AsIs);
        let both = Self::new(Level::Both);
        Ok(match store.setting(SPACE)? {
            Some(names) if names == as_is.setting() => as_is,
            Some(names) if names == both.setting() => both,
            // Filled by a version that knew of one level only.
            _ if level == Level::Both
                && store.has_embedding(as_is.names()[0])?
                && !store.has_embedding(both.names()[0])? =>
            {
                as_is
            }
            _ => Self::new(level),
        })
    }

    /// Lets [`of_store`](Self::of_store) know of these.
    pub(crate) fn remember(&self, store: &Store) -> Result<()> {
        Ok(store.set_setting(SPACE, Some(&self.setting()))?)
    }

    pub(crate) fn setting(&self) -> String {
        self.0.join(" ")
    }

    pub(crate) fn names(&self) -> [&str; 2] {
        self.0.each_ref().map(String::as_str)
    }
}

/// How much the deviation over the patches counts beside their mean. It says less about a track: on the 36 reference
/// tracks P@10 falls from 0.64 to 0.57 when both count the same.
const DEVIATION_WEIGHT: f32 = 0.5;
/// Length of an embedding.
const DENSE: usize = 200;

pub(crate) use crate::admission::Admitted;

/// A row of the index.
pub(crate) struct Row {
    pub(crate) song_id: Box<str>,
    pub(crate) items: Vec<ItemId>,
}

/// What the store says of a song beside its vectors.
pub(crate) struct Known {
    pub(crate) song_id: String,
    facts: TrackFacts,
    items: Vec<String>,
}

/// A song as the index takes it in. Read from the store before the index is locked.
pub(crate) struct Entry {
    known: Known,
    models: Vec<Option<ModelVectors>>,
    /// The last change of the song that is in this, 0 for one that is not noted.
    change: i64,
}

/// All songs that can be played and that both networks have heard, ready to be asked.
pub(crate) struct Index {
    pub(crate) networks: Networks,
    pub(crate) space: Space,
    /// By [`TrackId`]. `None`: free for the next song.
    pub(crate) rows: Vec<Option<Row>>,
    pub(crate) free: Vec<TrackId>,
    /// By content key.
    pub(crate) by_song: ByKey,
    pub(crate) by_item: ByKey,
    pub(crate) admissions: Admissions,
    /// Which of the changes that the store notes are in here.
    pub(crate) seen: Seen,
    /// Numbers of the recordings that several songs share, by content key.
    pub(crate) recordings: HashMap<String, u32>,
}

/// Which of the changes that the store notes an index has seen.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// All up to this one.
    pub(crate) until: i64,
    /// And these, by content key.
    pub(crate) since: HashMap<ItemId, i64, Folding>,
    /// The stamp of the store's snapshot when this index was made or written last.
    pub(crate) stamp: Option<i64>,
    /// Whether that snapshot is of this index.
    pub(crate) kept: bool,
}

impl Seen {
    pub(crate) fn has(&self, change: &SpaceChange) -> bool {
        let known = || parse_item(&change.song_id).and_then(|key| self.since.get(&key));
        change.change <= self.until || known() == Some(&change.change)
    }
}

impl Index {
    pub(crate) fn new(networks: Networks) -> Result<Self> {
        let block = |network: &str, what: &str, weight| BlockSpec {
            name: format!("{network}_{what}"),
            dimensions: DENSE,
            weight,
        };
        let blocks = Network::ALL
            .map(Network::name)
            .into_iter()
            .flat_map(|network| [block(network, "mean", 1.0), block(network, "deviation", DEVIATION_WEIGHT)]);
        let blocks: Vec<BlockSpec> = blocks.collect();
        let dimensions = blocks.iter().map(|block| block.dimensions).sum();
        let level = if networks == Networks::new(Level::AsIs) { Level::AsIs } else { Level::Both };
        Ok(Self {
            networks,
            space: Space::with_prior(blocks, prior(level, dimensions))?,
            rows: Vec::new(),
            free: Vec::new(),
            by_song: ByKey::default(),
            by_item: ByKey::default(),
            admissions: Admissions::default(),
            seen: Seen::default(),
            recordings: HashMap::new(),
        })
    }

    /// Says which songs are one recording, by content key.
    pub(crate) fn set_recordings(&mut self, recordings: HashMap<String, u32>) {
        self.recordings = recordings;
        for (row, song) in (0..).zip(&self.rows) {
            if let Some(song) = song {
                self.space.set_recording(row, self.recordings.get(&*song.song_id).copied());
            }
        }
    }

    /// Takes the library's statistics anew, so that the next question need not.
    pub(crate) fn refit(&self) {
        self.space.refit();
    }

    /// Which embeddings it is made of.
    pub(crate) fn networks(&self) -> &Networks {
        &self.networks
    }

    /// The space, to be asked.
    pub(crate) fn space(&self) -> &Space {
        &self.space
    }

    /// The row of an item id or a content key.
    pub(crate) fn row(&self, reference: &str) -> Option<TrackId> {
        let item = parse_item(reference)?;
        self.by_item.get(&item).or_else(|| self.by_song.get(&item)).copied()
    }

    /// The content key of a row.
    pub(crate) fn song_id(&self, row: TrackId) -> Option<&str> {
        self.rows.get(row as usize)?.as_ref().map(|row| &*row.song_id)
    }

    /// What a request may see: with a restriction the items it names and nothing else, without one all that is there.
    pub(crate) fn admit(&self, allowed: Option<&[ItemId]>) -> Admitted {
        let own = self.rows.iter().map(|row| row.as_ref().map(|row| row.items.first().copied()));
        self.admissions.of(allowed, self.rows.len(), |item| self.by_item.get(item).copied(), own)
    }

    /// Everything in the store that can be played and that both networks have heard.
    pub(crate) fn load(store: &Store, networks: Networks) -> Result<Self> {
        let mut index = Self::new(networks)?;
        // Asked first: what changes from now on is noted as a later change.
        index.seen = Seen { stamp: store.space_stamp()?, until: store.last_space_change()?.0, ..Seen::default() };
        index.recordings = store.recordings()?;
        let mut known = HashMap::new();
        store.for_each_song(|song| {
            known.insert(song.song_id.clone(), Known::from(song));
        })?;
        store.for_each_edges(|song_id, edges| {
            if let Some(known) = known.get_mut(song_id) {
                known.hear(&edges);
            }
        })?;
        store.for_each_song_vectors(&index.networks.clone().names(), |vectors| {
            if let Some(known) = known.remove(&vectors.song_id) {
                index.put(Entry { known, models: vectors.models, change: 0 });
            }
        })?;
        index.refit();
        Ok(index)
    }

    /// Adds a song, or replaces what is known of it. A song that some network has not heard, or whose stored vectors do
    /// not fit this version, has no place yet: it is left out until it is heard again. Answers whether it has one.
    pub(crate) fn put(&mut self, entry: Entry) -> bool {
        let Entry { mut known, models, change } = entry;
        let Some(key) = parse_item(&known.song_id) else { return false };
        self.admissions.clear();
        known.facts.recording = self.recordings.get(&known.song_id).copied();
        let blocks: Vec<&[f32]> =
            models.iter().flatten().flat_map(|m| [m.mean.as_slice(), m.deviation.as_slice()]).collect();
        if blocks.len() != 2 * Network::ALL.len() {
            return false;
        }
        let before = self.by_song.get(&key).copied();
        let Some(row) = before.or_else(|| self.free.pop()).or_else(|| TrackId::try_from(self.rows.len()).ok()) else {
            tracing::warn!("the library has more songs than can be numbered");
            return false;
        };
        if let Err(error) = self.space.insert(row, &blocks, known.facts) {
            tracing::warn!(song = known.song_id, %error, "left out of answers");
            if before.is_none() && (row as usize) < self.rows.len() {
                self.free.push(row);
            }
            return false;
        }
        if before.is_none() {
            self.by_song.insert(key, row);
            let new = Some(Row { song_id: known.song_id.as_str().into(), items: Vec::new() });
            match self.rows.get_mut(row as usize) {
                Some(slot) => *slot = new,
                None => self.rows.push(new),
            }
        }
        self.place(row, &known.items);
        if change > 0 {
            self.seen.since.insert(key, change);
        }
        true
    }

    /// Lets go of a song; nothing happens where it is not there.
    pub(crate) fn forget(&mut self, song_id: &str) {
        if let Some(row) = parse_item(song_id).and_then(|key| self.by_song.get(&key).copied()) {
            self.remove(row);
        }
    }

    /// Brings tags and items of all songs up to date after a scan or sync, and lets go of songs that are not among
    /// `songs` any more. Vectors stay as they are. Answers which songs it has not got.
    pub(crate) fn update(&mut self, songs: Vec<Known>) -> Vec<Known> {
        self.admissions.clear();
        let present: ByKey = songs.iter().filter_map(|song| Some((parse_item(&song.song_id)?, 0))).collect();
        let gone: Vec<TrackId> =
            self.by_song.iter().filter(|(key, _)| !present.contains_key(*key)).map(|(_, &row)| row).collect();
        for row in gone {
            self.remove(row);
        }
        self.by_item.clear();
        for row in self.rows.iter_mut().flatten() {
            row.items.clear();
        }
        let mut unknown = Vec::new();
        for song in songs {
            match parse_item(&song.song_id).and_then(|key| self.by_song.get(&key).copied()) {
                Some(row) => {
                    self.place(row, &song.items);
                    // What was heard stays as it is.
                    let heard = self.space.facts(row).map(|heard| (heard.intro, heard.outro, heard.recording));
                    let (intro, outro, recording) = heard.unwrap_or_default();
                    self.space.set_facts(row, TrackFacts { intro, outro, recording, ..song.facts });
                }
                None => unknown.push(song),
            }
        }
        unknown
    }

    fn remove(&mut self, row: TrackId) {
        self.admissions.clear();
        self.space.remove(row);
        let Some(gone) = self.rows.get_mut(row as usize).and_then(Option::take) else { return };
        if let Some(key) = parse_item(&gone.song_id) {
            self.by_song.remove(&key);
        }
        for item in gone.items {
            if self.by_item.get(&item) == Some(&row) {
                self.by_item.remove(&item);
            }
        }
        self.free.push(row);
    }

    /// Says which items a row stands for. An item stands for one row: its former one loses it.
    fn place(&mut self, row: TrackId, items: &[String]) {
        let items: Vec<ItemId> = items.iter().filter_map(|item| parse_item(item)).collect();
        let Some(entry) = self.rows.get_mut(row as usize).and_then(Option::as_mut) else { return };
        for old in std::mem::replace(&mut entry.items, items.clone()) {
            if self.by_item.get(&old) == Some(&row) {
                self.by_item.remove(&old);
            }
        }
        for item in items {
            let former = self.by_item.insert(item, row).filter(|&former| former != row);
            if let Some(former) = former.and_then(|former| self.rows.get_mut(former as usize)?.as_mut()) {
                former.items.retain(|known| *known != item);
            }
        }
    }
}

impl From<Song> for Known {
    fn from(song: Song) -> Self {
        Self { facts: track_facts(&song), song_id: song.song_id, items: song.item_ids }
    }
}

impl Known {
    /// How it begins and ends.
    fn hear(&mut self, edges: &Edges) {
        self.facts.intro = Edge::new(&edges.intro);
        self.facts.outro = Edge::new(&edges.outro);
    }
}

impl Entry {
    /// A song from the store. `None` when it has no present file.
    pub(crate) fn read(store: &Store, networks: &Networks, song_id: &str) -> Result<Option<Self>> {
        let found = store.space_song(song_id, &networks.names())?;
        Ok(found.map(|SpaceSong { song, edges, models, change }| {
            let mut known = Known::from(song);
            if let Some(edges) = &edges {
                known.hear(edges);
            }
            Self { known, models, change }
        }))
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

/// Who made a track: the performing artist, else the album's.
pub(crate) fn artist_of(tags: &FileTags) -> &str {
    let artist = tags.artist.trim();
    if artist.is_empty() { tags.album_artist.trim() } else { artist }
}

/// Names an album: its title, with its artist in front where that is known, so that two "Greatest Hits" are two. Empty where
/// there is none.
fn album_of(tags: &FileTags) -> String {
    let (artist, album) = (tags.album_artist.trim(), tags.album.trim());
    if album.is_empty() { String::new() } else { format!("{artist} {album}").trim_start().to_owned() }
}

fn track_facts(song: &Song) -> TrackFacts {
    let features = &song.features;
    TrackFacts {
        artist: artist_of(&song.tags).to_owned(),
        title: song.tags.title.clone(),
        album: album_of(&song.tags),
        duration_s: song.audio.as_ref().map_or(0.0, |audio| audio.duration_s as f32),
        tempo: features.bpm,
        key: features.key.as_deref().zip(features.scale.as_deref()).and_then(|(tonic, scale)| Key::parse(tonic, scale)),
        energy: features.energy,
        ..TrackFacts::default()
    }
}

/// An item id that is none, in words.
pub(crate) fn no_item(text: &str) -> Error {
    Error::InvalidArgument(format!("{text:?} is no item id; it has 32 hexadecimal digits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(song: u8, items: &[u128], width: usize) -> Entry {
        let values: Vec<f32> = (0..width).map(|i| f32::from(song) + (i as f32 * f32::from(song)).sin()).collect();
        let model = ModelVectors { mean: values.clone(), deviation: values, tags: Vec::new() };
        Entry { known: known(song, items), models: vec![Some(model.clone()), Some(model)], change: 0 }
    }

    fn known(song: u8, items: &[u128]) -> Known {
        let items = items.iter().map(|item| format_item(&item.to_be_bytes())).collect();
        Known { song_id: format!("{song:032x}"), facts: TrackFacts::default(), items }
    }

    fn seen(index: &Index, items: &[u128]) -> Vec<(String, u128)> {
        let allowed: Vec<ItemId> = items.iter().map(|item| item.to_be_bytes()).collect();
        let admitted = index.admit(Some(&allowed));
        let rows = (0..index.rows.len() as TrackId).filter(|&row| admitted.admits(row));
        rows.map(|row| {
            let item = admitted.item(row).map(u128::from_be_bytes).unwrap_or_default();
            (index.song_id(row).unwrap_or_default().trim_start_matches('0').to_owned(), item)
        })
        .collect()
    }

    #[test]
    fn an_item_stands_for_one_song_whatever_the_order_of_news() {
        let mut index = Index::new(Networks::new(Level::AsIs)).unwrap();
        assert!(index.put(entry(1, &[7, 8], DENSE)) && index.put(entry(2, &[9], DENSE)));
        // Item 8 now holds song 2; song 1 hears of it later.
        assert!(index.put(entry(2, &[8, 9], DENSE)));
        assert_eq!(seen(&index, &[8]), [("2".to_owned(), 8)]);
        assert!(index.put(entry(1, &[7], DENSE)));
        assert_eq!(seen(&index, &[7, 8]), [("1".to_owned(), 7), ("2".to_owned(), 8)]);
    }

    #[test]
    fn songs_that_are_gone_make_room_and_can_come_back() {
        let mut index = Index::new(Networks::new(Level::AsIs)).unwrap();
        for song in 1..=3 {
            assert!(index.put(entry(song, &[song.into()], DENSE)));
        }
        assert!(index.update(vec![known(1, &[1]), known(3, &[3])]).is_empty());
        assert_eq!((index.space.len(), index.row(&format!("{:032x}", 2))), (2, None));
        let unknown = index.update(vec![known(1, &[1]), known(2, &[2]), known(3, &[3])]);
        assert_eq!(unknown.iter().map(|song| song.song_id.clone()).collect::<Vec<_>>(), [format!("{:032x}", 2)]);
        assert!(index.put(entry(2, &[2], DENSE)));
        assert_eq!((index.rows.len(), index.space.len()), (3, 3));
        assert_eq!(seen(&index, &[2]), [("2".to_owned(), 2)]);
    }

    #[test]
    fn vectors_of_another_version_are_left_out_and_do_no_harm() {
        let mut index = Index::new(Networks::new(Level::AsIs)).unwrap();
        assert!(!index.put(entry(1, &[1], DENSE / 2)));
        let mut halved = entry(2, &[2], DENSE);
        halved.models.pop();
        assert!(!index.put(halved));
        assert_eq!((index.rows.len(), index.row(&format!("{:032x}", 1))), (0, None));
        assert!(index.put(entry(3, &[3], DENSE)));
    }

    #[test]
    fn nobody_who_may_see_nothing_sees_anything() {
        let mut index = Index::new(Networks::new(Level::AsIs)).unwrap();
        assert!(index.put(entry(1, &[1], DENSE)));
        assert!(seen(&index, &[]).is_empty());
        assert!(index.admit(None).admits(0));
    }
}
