//! The tracks that have most of a mood or a tag of the networks: in memory, found by the first question that needs it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use segue_features::Scale;
use segue_lists::definition::same_name;
use segue_models::{MoodEvidence, Moods, Network, TAGS_LEN};
use segue_store::{Features, Store};

use crate::Result;
use crate::api::ItemId;
use crate::curate::tag_names;
use crate::engine::lock;
use crate::index::parse_item;

/// Songs kept of each name.
const KEPT: usize = 1000;

/// A mood or tag, and the songs that have most of it.
#[derive(Debug)]
struct Top {
    name: &'static str,
    /// Columns of the values that are called so; a song's value is their mean.
    columns: Vec<usize>,
    songs: Vec<(f32, ItemId)>,
}

/// By mood and tag the songs that have most of it.
#[derive(Debug)]
pub(crate) struct MoodTops {
    tops: Vec<Top>,
    kept: usize,
}

impl MoodTops {
    fn new(kept: usize) -> Self {
        let mut tops: Vec<Top> = Vec::new();
        for (column, name) in mood_names().into_iter().chain(tag_names()).enumerate() {
            match tops.iter_mut().find(|top| same_name(top.name, name)) {
                Some(top) => top.columns.push(column),
                None => tops.push(Top { name, columns: vec![column], songs: Vec::new() }),
            }
        }
        Self { tops, kept }
    }

    /// Looks through what the networks say of all songs, or of those that `admit` lets in.
    fn read(store: &Store, kept: usize, admit: &dyn Fn(&str) -> bool) -> Result<Self> {
        let mut tops = Self::new(kept);
        let mut measured: HashMap<ItemId, Measured> = HashMap::new();
        store.for_each_mood_evidence(|song_id, found| {
            if let Some(id) = parse_item(song_id) {
                measured.insert(id, Measured::of(&found));
            }
        })?;
        let networks = Network::ALL.map(Network::name);
        // A song's networks are nearly always stored one after the other.
        let mut waiting: HashMap<ItemId, [Vec<f32>; 2]> = HashMap::new();
        store.while_tags(&networks, |song_id, model, tags| {
            let (Some(id), Some(network)) = (parse_item(song_id), networks.iter().position(|name| *name == model))
            else {
                return true;
            };
            if !admit(song_id) {
                return true;
            }
            let heard = waiting.entry(id).or_default();
            if let Some(slot) = heard.get_mut(network) {
                *slot = tags.to_vec();
            }
            if heard.iter().all(|tags| !tags.is_empty())
                && let Some(heard) = waiting.remove(&id)
                && let Some(measured) = measured.get(&id)
                && let Some(moods) = measured.moods(&heard)
            {
                let values: Vec<f32> =
                    moods.named().into_iter().map(|(_, value)| value).chain(heard.concat()).collect();
                tops.put(id, &values);
            }
            true
        })?;
        for top in &mut tops.tops {
            prune(&mut top.songs, kept);
        }
        Ok(tops)
    }

    fn put(&mut self, song: ItemId, values: &[f32]) {
        for top in &mut self.tops {
            let of = top.columns.iter().filter_map(|column| values.get(*column));
            let value = of.sum::<f32>() / top.columns.len().max(1) as f32;
            if value.is_finite() {
                top.songs.push((value, song));
            }
            if top.songs.len() >= 2 * self.kept.max(1) {
                prune(&mut top.songs, self.kept);
            }
        }
    }

    /// The songs that have most of what is called so, the most first; `None` where nothing is called so.
    pub(crate) fn of(&self, name: &str) -> Option<impl Iterator<Item = ItemId> + '_> {
        let top = self.tops.iter().find(|top| same_name(top.name, name))?;
        Some(top.songs.iter().map(|(_, song)| *song))
    }
}

/// What moods go by beside the networks' tags.
#[derive(Debug, Clone, Copy)]
struct Measured {
    energy: f32,
    danceability: f32,
    minor: Option<bool>,
}

impl Measured {
    fn of(features: &Features) -> Self {
        Self {
            energy: features.energy.unwrap_or(f32::NAN),
            danceability: features.danceability.unwrap_or(f32::NAN),
            minor: features.scale.as_deref().map(|scale| scale == Scale::Minor.name()),
        }
    }

    fn moods(self, [msd, mtt]: &[Vec<f32>; 2]) -> Option<Moods> {
        let Self { energy, danceability, minor } = self;
        Moods::of(&MoodEvidence { msd, mtt, energy, danceability, minor })
    }
}

/// The names of the moods, in the order of [`Moods::named`].
fn mood_names() -> Vec<&'static str> {
    let silence = || vec![0.0; TAGS_LEN];
    let moods = Measured::of(&Features::default()).moods(&[silence(), silence()]);
    moods.map(|moods| moods.named().into_iter().map(|(name, _)| name).collect()).unwrap_or_default()
}

/// Leaves the `kept` songs that have most, in order.
fn prune(songs: &mut Vec<(f32, ItemId)>, kept: usize) {
    songs.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    songs.truncate(kept);
}

/// The tops as they were found last.
#[derive(Debug, Default)]
pub(crate) struct MoodShelf {
    tops: Mutex<Option<Arc<MoodTops>>>,
    stale: AtomicBool,
}

impl MoodShelf {
    /// Songs came or went.
    pub(crate) fn changed(&self) {
        self.stale.store(true, Ordering::Release);
    }

    /// The tops of the whole library.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn tops(&self, store: &Store) -> Result<Arc<MoodTops>> {
        let mut kept = lock(&self.tops);
        let stale = self.stale.swap(false, Ordering::AcqRel);
        if let Some(tops) = kept.as_ref().filter(|_| !stale) {
            return Ok(Arc::clone(tops));
        }
        let tops = Arc::new(MoodTops::read(store, KEPT, &|_| true).inspect_err(|_| self.changed())?);
        *kept = Some(Arc::clone(&tops));
        Ok(tops)
    }

    /// The `count` songs with most of a mood among those that `admit` lets in, where the tops of the whole library hold too
    /// few of them. Reads what the networks say of all songs.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn among(store: &Store, name: &str, count: usize, admit: &dyn Fn(&str) -> bool) -> Result<Vec<ItemId>> {
        let tops = MoodTops::read(store, count, admit)?;
        Ok(tops.of(name).map(Iterator::collect).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_songs_with_most_are_kept_in_order() {
        let mut tops = MoodTops::new(3);
        let columns = mood_names().len() + tag_names().len();
        for song in 0..20u8 {
            let values = vec![f32::from((song * 7) % 20); columns];
            tops.put([song; 16], &values);
        }
        for top in &mut tops.tops {
            prune(&mut top.songs, 3);
        }
        let happy: Vec<u8> = tops.of("Happy").unwrap().map(|song| song[0]).collect();
        assert_eq!(happy.iter().map(|song| (song * 7) % 20).collect::<Vec<_>>(), [19, 18, 17]);
        assert!(tops.of("piano").is_some() && tops.of("no such mood").is_none());
    }
    #[test]
    fn among_a_few_songs_those_with_most_are_found_too() {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(&folder.path().join("segue.db")).unwrap();
        for song in 1..=6u128 {
            let tags = |share: f32| {
                let mut tags = vec![0.01; TAGS_LEN];
                tags[0] = share;
                tags
            };
            let tags = [tags(song as f32 / 10.0), tags(0.01)];
            crate::hear::samples::hear(&store, song, "Artist", &tags);
        }
        let first = Network::Msd.tag_names()[0];
        let songs = |found: Vec<ItemId>| found.into_iter().map(u128::from_be_bytes).collect::<Vec<_>>();
        let all = MoodTops::read(&store, 3, &|_| true).unwrap();
        assert_eq!(songs(all.of(first).unwrap().collect()), [6, 5, 4]);
        let few = |song_id: &str| parse_item(song_id).is_some_and(|song| u128::from_be_bytes(song) <= 3);
        assert_eq!(songs(MoodShelf::among(&store, first, 2, &few).unwrap()), [3, 2]);
        assert!(MoodShelf::among(&store, "no such mood", 2, &few).unwrap().is_empty());
        // Kept until something has changed.
        let shelf = MoodShelf::default();
        let before = shelf.tops(&store).unwrap();
        assert!(Arc::ptr_eq(&before, &shelf.tops(&store).unwrap()));
        shelf.changed();
        assert!(!Arc::ptr_eq(&before, &shelf.tops(&store).unwrap()));
    }
}
