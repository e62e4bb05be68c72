//! The space itself: rows in, neighbours out.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};

use ndarray::Array2;

use crate::fit::{Fit, Layout, Prior, Probe};
use crate::rows::{COMPACT_FROM, Rows};
use crate::snapshot::Changed;
use crate::{BlockSpec, Error, Neighbour, Result, TrackFacts, TrackId};

/// Seeds a search compares with; of more, this many are taken, spread evenly over the order they are given in.
const MOST_SEEDS: usize = 16;

/// Tracks as points. Asking takes `&self` and may happen from several threads at once.
#[derive(Debug)]
pub struct Space {
    pub(crate) specs: Vec<BlockSpec>,
    pub(crate) layout: Layout,
    pub(crate) ids: Vec<TrackId>,
    pub(crate) rows: Rows,
    pub(crate) facts: Vec<TrackFacts>,
    pub(crate) positions: HashMap<TrackId, usize>,
    pub(crate) prior: Option<Prior>,
    pub(crate) changed: Mutex<Changed>,
    /// Behind a lock because a question may find it stale and take it anew.
    pub(crate) fit: RwLock<Fit>,
}

impl Space {
    /// An empty space whose tracks have these blocks.
    ///
    /// # Errors
    /// [`Error::BadBlock`] for no blocks, one without dimensions or with a weight that is not positive and finite.
    pub fn new(blocks: Vec<BlockSpec>) -> Result<Self> {
        Self::with(blocks, COMPACT_FROM)
    }

    /// As [`Space::new`], with rows that stay as they come however many they are, and with searches that look at all of them:
    /// four times the memory and many times the time. What the usual way is measured against.
    ///
    /// # Errors
    /// As [`Space::new`].
    pub fn exact(blocks: Vec<BlockSpec>) -> Result<Self> {
        Self::with(blocks, usize::MAX)
    }

    /// As [`Space::new`], with something known of tracks before the first comes.
    ///
    /// # Errors
    /// As [`Space::new`], and [`Error::BadPrior`] for a prior of other dimensions, or one with what is no number.
    pub fn with_prior(blocks: Vec<BlockSpec>, prior: Prior) -> Result<Self> {
        let mut space = Self::new(blocks)?;
        if !prior.fits(space.rows.width()) {
            return Err(Error::BadPrior { expected: space.rows.width(), got: prior.mean.len() });
        }
        space.prior = Some(prior);
        Ok(space)
    }

    fn with(blocks: Vec<BlockSpec>, compact_from: usize) -> Result<Self> {
        let bad = |b: &&BlockSpec| b.dimensions == 0 || !(b.weight > 0.0 && b.weight.is_finite());
        if let Some(block) = blocks.iter().find(bad) {
            return Err(Error::BadBlock { name: block.name.clone() });
        }
        let width = blocks.iter().map(|block| block.dimensions).sum();
        let total: f32 = blocks.iter().map(|block| block.weight).sum();
        if blocks.is_empty() || !total.is_finite() {
            return Err(Error::BadBlock { name: String::new() });
        }
        let layout = Layout::new(&blocks);
        let fit = RwLock::new(Fit::empty(&layout, width));
        let (ids, facts, positions) = (Vec::new(), Vec::new(), HashMap::new());
        Ok(Self {
            specs: blocks,
            layout,
            ids,
            rows: Rows::new(width, compact_from),
            facts,
            positions,
            prior: None,
            changed: Mutex::default(),
            fit,
        })
    }

    /// Puts a track in, or in place of what was known of it. Nothing is rebuilt.
    ///
    /// # Errors
    /// [`Error::Blocks`], [`Error::Dimensions`] or [`Error::NotFinite`]; the space is then as before.
    pub fn insert(&mut self, id: TrackId, blocks: &[&[f32]], facts: TrackFacts) -> Result<()> {
        if blocks.len() != self.specs.len() {
            return Err(Error::Blocks { expected: self.specs.len(), got: blocks.len() });
        }
        for (spec, block) in self.specs.iter().zip(blocks) {
            if block.len() != spec.dimensions {
                let block_name = spec.name.clone();
                return Err(Error::Dimensions { block: block_name, expected: spec.dimensions, got: block.len() });
            }
            if !block.iter().all(|value| value.is_finite()) {
                return Err(Error::NotFinite { block: spec.name.clone() });
            }
        }
        self.note_changed(self.positions.get(&id).copied().unwrap_or(self.ids.len()));
        let fit = self.fit.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(&position) = self.positions.get(&id) {
            self.rows.set(&self.layout, position, blocks);
            self.facts[position] = facts;
            fit.replaced(&self.layout, position, id, &self.rows.get(&self.layout, position));
        } else {
            let position = self.rows.len();
            self.rows.push(&self.layout, blocks);
            self.ids.push(id);
            self.facts.push(facts);
            self.positions.insert(id, position);
            fit.inserted(&self.layout, id, &self.rows.get(&self.layout, position));
        }
        Ok(())
    }

    /// Changes what is known of a track beside its sound; `false` when it is not there.
    pub fn set_facts(&mut self, id: TrackId, facts: TrackFacts) -> bool {
        let Some(&position) = self.positions.get(&id) else { return false };
        if self.facts[position] != facts {
            self.note_changed(position);
            self.facts[position] = facts;
        }
        true
    }

    /// What is known of a track beside its sound.
    pub fn facts(&self, id: TrackId) -> Option<&TrackFacts> {
        self.facts.get(*self.positions.get(&id)?)
    }

    /// Says which recording a track is; `false` when it is not there.
    pub fn set_recording(&mut self, id: TrackId, recording: Option<u32>) -> bool {
        let facts = self.positions.get(&id).and_then(|position| self.facts.get_mut(*position));
        facts.map(|facts| facts.recording = recording).is_some()
    }

    /// Takes a track out; `false` when it was not there.
    pub fn remove(&mut self, id: TrackId) -> bool {
        let Some(position) = self.positions.remove(&id) else { return false };
        // The last one takes its place.
        self.note_changed(position);
        self.note_changed(self.ids.len() - 1);
        self.rows.swap_remove(position);
        self.ids.swap_remove(position);
        self.facts.swap_remove(position);
        if let Some(moved) = self.ids.get(position) {
            self.positions.insert(*moved, position);
        }
        self.fit.get_mut().unwrap_or_else(PoisonError::into_inner).swap_removed(&self.layout, position);
        true
    }

    /// Tracks in the space.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Whether the track is in the space.
    pub fn contains(&self, id: TrackId) -> bool {
        self.positions.contains_key(&id)
    }

    /// Takes the library's statistics anew, so that the next question need not. Worth calling after many insertions,
    /// and what makes answers independent of the order of coming.
    /// Questions go on meanwhile, with the statistics as they were.
    pub fn refit(&self) {
        let fit = Fit::new(&self.layout, self.prior.as_ref(), &self.ids, &self.rows);
        *self.fit.write().unwrap_or_else(PoisonError::into_inner) = fit;
    }

    /// Whether so much has come, gone or changed since the statistics were taken that [`Space::refit`] is due. A small library
    /// does that by itself with the next question; a large one goes on answering with the statistics that it has.
    pub fn is_stale(&self) -> bool {
        let fit = self.fit.read().unwrap_or_else(PoisonError::into_inner);
        !(fit.serves() && fit.is_fresh())
    }

    /// The `k` tracks nearest to `seed` that `admit` lets in, nearest first, equal ones by handle; the seed left out.
    ///
    /// # Errors
    /// [`Error::UnknownTrack`] when the seed is not in the space.
    pub fn nearest(&self, seed: TrackId, k: usize, admit: &dyn Fn(TrackId) -> bool) -> Result<Vec<Neighbour>> {
        if !self.contains(seed) {
            return Err(Error::UnknownTrack { id: seed });
        }
        self.nearest_to_many(&[seed], k, admit)
    }

    /// The `k` tracks nearest to any of several seeds, such as an album's, an artist's or a playlist's; all seeds left
    /// out. Seeds that are not in the space are passed over.
    ///
    /// The distance is the soft minimum over the seeds: near to one is near, near to several is nearer still. No mean is
    /// taken, so a collection of two kinds of music gets neighbours of both kinds and none from the middle. Of many
    /// seeds 16, spread evenly over their order, are compared with.
    ///
    /// # Errors
    /// [`Error::NoSeed`] when none of the seeds is in the space.
    pub fn nearest_to_many(
        &self,
        seeds: &[TrackId],
        k: usize,
        admit: &dyn Fn(TrackId) -> bool,
    ) -> Result<Vec<Neighbour>> {
        let known: Vec<usize> = seeds.iter().filter_map(|seed| self.position(*seed)).collect();
        if known.is_empty() {
            return Err(Error::NoSeed { given: seeds.len() });
        }
        let view = self.view();
        let probes: Vec<Probe> = spread(&known, MOST_SEEDS).map(|position| view.probe(position)).collect();
        let mut seeds: Vec<TrackId> = known.iter().filter_map(|position| self.ids.get(*position)).copied().collect();
        seeds.sort_unstable();
        Ok(view.nearest(&probes, k, &|id| seeds.binary_search(&id).is_err() && admit(id)))
    }

    /// All tracks, by ascending handle.
    pub fn ids(&self) -> Vec<TrackId> {
        let mut ids = self.ids.clone();
        ids.sort_unstable();
        ids
    }

    /// Numbers of a row of [`Space::matrix`].
    pub fn dimensions(&self) -> usize {
        self.rows.width()
    }

    /// Tracks as rows, in the geometry of the cosine distance: half the squared Euclidean distance of two rows is the cosine
    /// distance of the two tracks (as long as every block has a direction). A track that is not there is a row of zeros.
    /// Made for clustering: all tracks at once are as large as the space itself, so ask for some at a time.
    pub fn matrix(&self, ids: &[TrackId]) -> Array2<f32> {
        let fit = self.fit();
        let mut matrix = Array2::zeros((ids.len(), self.rows.width()));
        for (mut out, id) in matrix.rows_mut().into_iter().zip(ids) {
            let Some(position) = self.position(*id) else { continue };
            let unit = fit.unit(&self.layout, &self.rows.get(&self.layout, position));
            out.iter_mut().zip(unit).for_each(|(out, value)| *out = value);
        }
        matrix
    }

    /// Notes that a row is not as it was written last.
    fn note_changed(&mut self, position: usize) {
        self.changed.get_mut().unwrap_or_else(PoisonError::into_inner).note(position);
    }

    /// Handles by row.
    pub(crate) fn ids_by_position(&self) -> &[TrackId] {
        &self.ids
    }

    pub(crate) fn position(&self, id: TrackId) -> Option<usize> {
        self.positions.get(&id).copied()
    }

    /// Facts of the row at `position`, which is in range.
    pub(crate) fn facts_at(&self, position: usize) -> &TrackFacts {
        &self.facts[position]
    }

    /// Statistics that describe the library as it is. Insertions need `&mut self`, so they stay so while borrowed.
    pub(crate) fn fit(&self) -> RwLockReadGuard<'_, Fit> {
        let fit = self.fit.read().unwrap_or_else(PoisonError::into_inner);
        if fit.serves() {
            return fit;
        }
        drop(fit);
        let mut fit = self.fit.write().unwrap_or_else(PoisonError::into_inner);
        if !fit.serves() {
            *fit = Fit::new(&self.layout, self.prior.as_ref(), &self.ids, &self.rows);
        }
        drop(fit);
        self.fit.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// At most `most` of the items, spread evenly, the order kept.
pub(crate) fn spread<T: Copy>(items: &[T], most: usize) -> impl Iterator<Item = T> + '_ {
    let taken = items.len().min(most);
    (0..taken).filter_map(move |i| items.get((2 * i + 1) * items.len() / (2 * taken)).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spread_covers_both_ends_and_never_repeats() {
        let items: Vec<usize> = (0..100).collect();
        let taken: Vec<_> = spread(&items, 16).collect();
        assert_eq!((taken.len(), taken[0], taken[15]), (16, 3, 96));
        assert!(taken.is_sorted_by(|a, b| a < b));
        assert!(spread(&items[..5], 16).eq(0..5));
        assert_eq!(spread::<usize>(&[], 16).count(), 0);
    }
}
