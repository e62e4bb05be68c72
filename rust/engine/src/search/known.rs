//! What is known of all songs, for scoring: in memory, built by the first question and kept up to date song by song.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use segue_features::{Scale, Tonic};
use segue_models::{MoodEvidence, Moods, Network};
use segue_search::{Columns, Facts, MOODS, fold};
use segue_space::TrackId;
use segue_store::{Labels, Song, Stage, Store};

use crate::Result;
use crate::admission::ByKey;
use crate::api::ItemId;
use crate::engine::{LAST_STAGES, lock};
use crate::index::{Index, parse_item};
use crate::stages::{self, STYLES};

/// Songs that are read one by one; more, and all are read anew.
const ONE_BY_ONE: usize = 500;
/// Probability from which on a style is kept.
const LEAST_STYLE: f32 = 0.1;
/// A row that is no track of the index.
pub(crate) const NO_TRACK: TrackId = TrackId::MAX;

/// A style, and the rows that have it with its probability.
#[derive(Debug, Clone, Default)]
pub(crate) struct Style {
    pub(crate) name: String,
    pub(crate) rows: Vec<(u32, f32)>,
}

/// What is known of all songs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    pub(crate) columns: Columns,
    songs: Vec<Option<Song16>>,
    row_of: ByKey,
    free: Vec<u32>,
    /// Styles that a network of a person's own has heard, by their folded names.
    styles: HashMap<String, Style>,
    /// Another one after each change.
    version: u64,
}

/// The song of a row.
#[derive(Debug, Clone, Copy)]
struct Song16 {
    id: ItemId,
    /// Changes with what a song's row is made of, but for what the networks heard.
    signature: u64,
    has_genres: bool,
}

/// What networks say of a song.
#[derive(Debug, Default, Clone)]
struct Heard {
    tags: [Vec<f32>; 2],
    labels: Vec<Labels>,
}

impl Known {
    /// Reads all songs. Their rows are in the order of their content keys, whatever the order of the store, so that equal ones are
    /// spread over artists and albums.
    fn read(store: &Store) -> Result<Self> {
        let current = current_stages(store)?;
        let mut heard: HashMap<ItemId, Heard> = HashMap::new();
        let networks = Network::ALL.map(Network::name);
        store.while_tags(&networks, |song_id, model, tags| {
            let network = networks.iter().position(|name| *name == model);
            if let (Some(id), Some(network)) = (parse_item(song_id), network)
                && let Some(slot) = heard.entry(id).or_default().tags.get_mut(network)
            {
                *slot = tags.to_vec();
            }
            true
        })?;
        store.for_each_labels(|song_id, labels| {
            if let Some(id) = parse_item(song_id).filter(|_| is_current(&current, &labels)) {
                heard.entry(id).or_default().labels.push(sparse(labels));
            }
        })?;
        let mut keys: Vec<ItemId> = heard.keys().copied().collect();
        keys.sort_unstable();
        let mut known = Self::default();
        for key in keys {
            known.row_for(key);
        }
        store.for_each_song(|song| {
            if let Some(id) = parse_item(&song.song_id) {
                known.put(id, &song, &heard.remove(&id).unwrap_or_default());
            }
        })?;
        // Rows of songs that went between the readings stay empty.
        Ok(known)
    }

    /// Takes one song anew, or lets go of it.
    fn reread(&mut self, store: &Store, song_id: &str, current: &[Stage]) -> Result<()> {
        let Some(id) = parse_item(song_id) else { return Ok(()) };
        let networks = Network::ALL.map(Network::name);
        let song = store.space_song(song_id, &[])?;
        let Some(song) = song.map(|found| found.song) else {
            self.remove(id);
            return Ok(());
        };
        let mut heard = Heard::default();
        for embedding in store.embeddings(song_id)? {
            let network = networks.iter().position(|name| *name == embedding.model);
            if let Some(slot) = network.and_then(|network| heard.tags.get_mut(network)) {
                *slot = embedding.tags;
            }
        }
        let labels = store.details(song_id)?.labels.into_iter().filter(|labels| is_current(current, labels));
        heard.labels = labels.map(sparse).collect();
        self.put(id, &song, &heard);
        Ok(())
    }

    /// Looks which songs' tags have changed, and takes those anew; `false` where they are so many that all had better be read.
    fn compare(&mut self, store: &Store) -> Result<bool> {
        let mut present: ByKey = ByKey::default();
        let mut changed: Vec<String> = Vec::new();
        store.for_each_song(|song| {
            let Some(id) = parse_item(&song.song_id) else { return };
            present.insert(id, 0);
            let row = self.row_of.get(&id).and_then(|row| self.songs.get(*row as usize)?.as_ref());
            if row.is_none_or(|row| row.signature != signature(&song)) {
                changed.push(song.song_id);
            }
        })?;
        if changed.len() > ONE_BY_ONE {
            return Ok(false);
        }
        let gone: Vec<ItemId> = self.row_of.keys().filter(|id| !present.contains_key(*id)).copied().collect();
        for id in gone {
            self.remove(id);
        }
        let current = current_stages(store)?;
        for song_id in changed {
            self.reread(store, &song_id, &current)?;
        }
        Ok(true)
    }

    fn row_for(&mut self, id: ItemId) -> u32 {
        if let Some(row) = self.row_of.get(&id) {
            return *row;
        }
        let row = self.free.pop().unwrap_or_else(|| {
            self.songs.push(None);
            u32::try_from(self.songs.len() - 1).unwrap_or(u32::MAX)
        });
        self.row_of.insert(id, row);
        row
    }

    fn put(&mut self, id: ItemId, song: &Song, heard: &Heard) {
        let row = self.row_for(id);
        if self.songs.get(row as usize).is_some_and(Option::is_some) {
            self.forget_styles(row);
        }
        let mut styles = Vec::new();
        for labels in heard.labels.iter().filter(|labels| labels.stage == STYLES) {
            for (class, value) in labels.classes.iter().zip(&labels.values) {
                let style = self.styles.entry(fold(style_name(class))).or_default();
                if style.name.is_empty() {
                    style_name(class).clone_into(&mut style.name);
                }
                style.rows.push((row, *value));
                styles.push((class.clone(), *value));
            }
        }
        let [msd, mtt] = &heard.tags;
        let features = &song.features;
        let number = |value: Option<f32>| value.unwrap_or(f32::NAN);
        let facts = Facts {
            msd,
            mtt,
            moods: moods(song, heard),
            tempo: number(features.bpm),
            tempo_confidence: number(features.bpm_confidence),
            tonic: features.key.as_deref().and_then(tonic),
            minor: minor(song),
            energy: number(features.energy),
            brightness: number(features.brightness),
            danceability: number(features.danceability),
            loudness: number(features.loudness_lufs),
            loudness_range: number(features.loudness_range_lu),
            duration: song.audio.as_ref().map_or(f32::NAN, |audio| audio.duration_s as f32),
            year: song.tags.year,
            genres: &song.tags.genres,
            styles: &styles,
            title: &song.tags.title,
            artist: &song.tags.artist,
            album_artist: &song.tags.album_artist,
            album: &song.tags.album,
        };
        self.columns.set(row as usize, &facts);
        let has_genres = !song.tags.genres.is_empty();
        if let Some(slot) = self.songs.get_mut(row as usize) {
            *slot = Some(Song16 { id, signature: signature(song), has_genres });
        }
    }

    fn remove(&mut self, id: ItemId) {
        let Some(row) = self.row_of.remove(&id) else { return };
        self.forget_styles(row);
        self.columns.remove(row as usize);
        if let Some(slot) = self.songs.get_mut(row as usize) {
            *slot = None;
        }
        self.free.push(row);
    }

    fn forget_styles(&mut self, row: u32) {
        for style in self.styles.values_mut() {
            style.rows.retain(|(other, _)| *other != row);
        }
    }

    /// The row of a song.
    pub(crate) fn row(&self, song_id: &str) -> Option<usize> {
        self.row_of.get(&parse_item(song_id)?).map(|row| *row as usize)
    }

    /// Rows, the empty ones among them.
    pub(crate) fn len(&self) -> usize {
        self.songs.len()
    }

    /// Whether a song's files have a genre.
    pub(crate) fn has_genres(&self, row: usize) -> bool {
        self.songs.get(row).copied().flatten().is_some_and(|song| song.has_genres)
    }

    /// A style by its folded name.
    pub(crate) fn style(&self, folded: &str) -> Option<&Style> {
        self.styles.get(folded).filter(|style| !style.rows.is_empty())
    }
}

/// Stages as they were last run: what others say counts for nothing.
fn current_stages(store: &Store) -> Result<Vec<Stage>> {
    Ok(stages::parse(&store.setting(LAST_STAGES)?.unwrap_or_default()))
}

fn is_current(current: &[Stage], labels: &Labels) -> bool {
    current.iter().any(|stage| stage.name == labels.stage)
}

/// Of 400 styles those that a song has; all that a classifier of a few classes says.
fn sparse(labels: Labels) -> Labels {
    if labels.stage != STYLES {
        return labels;
    }
    let kept = labels.classes.into_iter().zip(labels.values).filter(|(_, value)| *value >= LEAST_STYLE);
    let (classes, values) = kept.unzip();
    Labels { classes, values, ..labels }
}

/// `Electronic---Deep House` is called `Deep House`.
fn style_name(class: &str) -> &str {
    class.rsplit("---").next().unwrap_or(class).trim()
}

fn minor(song: &Song) -> Option<bool> {
    song.features.scale.as_deref().map(|scale| scale == Scale::Minor.name())
}

fn tonic(name: &str) -> Option<u8> {
    (0..).zip(Tonic::ALL).find(|(_, tonic)| tonic.name() == name).map(|(tonic, _)| tonic)
}

fn moods(song: &Song, heard: &Heard) -> [f32; MOODS] {
    let [msd, mtt] = &heard.tags;
    let evidence = MoodEvidence {
        msd,
        mtt,
        energy: song.features.energy.unwrap_or(f32::NAN),
        danceability: song.features.danceability.unwrap_or(f32::NAN),
        minor: minor(song),
    };
    let heads = heard.labels.iter().map(|said| (said.source.as_str(), said.classes.as_slice(), said.values.as_slice()));
    let moods = Moods::of(&evidence).map(|moods| moods.with_heads(heads).named().map(|(_, value)| value));
    moods.unwrap_or([f32::NAN; MOODS])
}

fn signature(song: &Song) -> u64 {
    let mut hasher = DefaultHasher::new();
    let tags = &song.tags;
    (&tags.title, &tags.artist, &tags.album_artist, &tags.album, tags.year, &tags.genres).hash(&mut hasher);
    (song.analysed_at, song.features.bpm.map(f32::to_bits), song.features.energy.map(f32::to_bits)).hash(&mut hasher);
    hasher.finish()
}

/// The version of what is known, and the state of the index.
type Versions = (u64, u64);

/// What is known as it stands, and what it has not got yet.
#[derive(Debug, Default)]
pub(crate) struct SearchShelf {
    known: Mutex<Option<Arc<Known>>>,
    /// Content keys of songs that were heard since.
    heard: Mutex<Vec<String>>,
    /// Files, items or tags have changed.
    changed: AtomicBool,
    /// All must be read anew.
    stale: AtomicBool,
    versions: AtomicU64,
    /// Rows as tracks of the index, for one version of what is known and one state of the index.
    tracks: Mutex<Option<(Versions, Arc<Vec<TrackId>>)>>,
}

impl SearchShelf {
    /// A song was heard.
    pub(crate) fn heard(&self, song_id: &str) {
        let mut heard = lock(&self.heard);
        if heard.len() > ONE_BY_ONE {
            self.stale.store(true, Ordering::Release);
            heard.clear();
        } else {
            heard.push(song_id.to_owned());
        }
    }

    /// Files or tags have changed.
    pub(crate) fn changed(&self) {
        self.changed.store(true, Ordering::Release);
    }

    /// All that is known by now. Nothing else is locked while it is read.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn known(&self, store: &Store) -> Result<Arc<Known>> {
        let mut kept = lock(&self.known);
        // Before the reading: what changes meanwhile is read the next time.
        let stale = self.stale.swap(false, Ordering::AcqRel);
        let changed = self.changed.swap(false, Ordering::AcqRel);
        let heard = std::mem::take(&mut *lock(&self.heard));
        let read = match kept.take() {
            Some(known) if !stale && !changed && heard.is_empty() => Ok(known),
            Some(known) if !stale => Self::follow(known, store, changed, &heard),
            _ => Known::read(store).map(Arc::new),
        };
        let mut known = read.inspect_err(|_| self.stale.store(true, Ordering::Release))?;
        if known.version == 0 {
            Arc::make_mut(&mut known).version = 1 + self.versions.fetch_add(1, Ordering::Relaxed);
        }
        *kept = Some(Arc::clone(&known));
        Ok(known)
    }

    fn follow(mut known: Arc<Known>, store: &Store, changed: bool, heard: &[String]) -> Result<Arc<Known>> {
        let following = Arc::make_mut(&mut known);
        following.version = 0;
        if changed && !following.compare(store)? {
            return Ok(Arc::new(Known::read(store)?));
        }
        let current = current_stages(store)?;
        for song_id in heard {
            following.reread(store, song_id, &current)?;
        }
        Ok(known)
    }

    /// The rows of `known` as tracks of the index.
    pub(crate) fn tracks(&self, known: &Known, index: &Index) -> Arc<Vec<TrackId>> {
        let of = (known.version, index.admissions.state());
        let mut kept = lock(&self.tracks);
        match kept.as_ref() {
            Some((state, tracks)) if *state == of => Arc::clone(tracks),
            _ => {
                let track = |song: &Option<Song16>| {
                    song.and_then(|song| index.by_song.get(&song.id).copied()).unwrap_or(NO_TRACK)
                };
                let tracks = Arc::new(known.songs.iter().map(track).collect::<Vec<_>>());
                *kept = Some((of, Arc::clone(&tracks)));
                tracks
            }
        }
    }
}
