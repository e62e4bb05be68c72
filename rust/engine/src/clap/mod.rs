//! Words and sound in one space, where a person has added a CLAP: which songs sound as words say, and blends of words and songs.

mod fuse;
mod matrix;
mod tower;

use std::sync::Arc;

use segue_models::{Clap, ClapText, available_memory};
use segue_space::TrackId;
use segue_store::Stage;

pub(crate) use fuse::fused;
use matrix::Matrix;
pub(crate) use tower::Sounding;
use tower::{TowerFile, Vector};

use crate::engine::State;
use crate::index::{Index, parse_item};
use crate::networks::{folder_of_added, load_runtime};
use crate::{Engine, Result};

/// A deviation of cosines below this is none.
const LEAST_SPREAD: f32 = 1e-6;

/// An ingredient of a blend: songs, and how much they count.
pub(crate) type Ingredient = (Vec<TrackId>, f32);

/// A question in words that was turned into vectors: ranks songs without further reading.
pub(crate) struct HeardWords {
    matrix: Arc<Matrix>,
    add: Vec<(Vector, f32)>,
    subtract: Vec<(Vector, f32)>,
}

impl Engine {
    /// Prepares to say which songs sound as `query` says; `None` where no CLAP with a text tower is there or it has heard
    /// nothing. May load the text tower (seconds, half a gigabyte): not to be called while the index is locked.
    ///
    /// # Errors
    /// [`Error::Words`](crate::Error::Words) when there is a tower that cannot be used, or too little memory for it: whoever
    /// asks can go on without; when the store fails.
    pub(crate) fn heard_words(&self, state: &State, query: &str) -> Result<Option<HeardWords>> {
        self.heard_blend(state, &[(query.to_owned(), 1.0)], &[])
    }

    /// The same for several texts, and for texts that are not wanted. No texts at all are well: songs alone can be blended.
    ///
    /// # Errors
    /// As for [`heard_words`](Self::heard_words).
    pub(crate) fn heard_blend(
        &self,
        state: &State,
        add: &[(String, f32)],
        subtract: &[(String, f32)],
    ) -> Result<Option<HeardWords>> {
        let Some((stage, file)) = self.readable(state)? else { return Ok(None) };
        let load = || {
            let runtime = load_runtime(&self.options)
                .map_err(|error| segue_models::Error::NoRuntime { tried: vec![error.to_string()] })?;
            ClapText::load(&runtime, file.clap, &file.path, available_memory())
        };
        let vectors = |texts: &[(String, f32)]| {
            let vector = |(text, weight): &(String, f32)| Ok((state.sounding.vector(&file, text, &load)?, *weight));
            texts.iter().map(vector).collect::<Result<Vec<_>>>()
        };
        let (add, subtract) = (vectors(add)?, vectors(subtract)?);
        Ok(Some(HeardWords { matrix: state.sounding.matrix(&state.store, &stage)?, add, subtract }))
    }

    /// The stage and the text tower of the CLAP that has heard most; `None` where none has heard anything.
    fn readable(&self, state: &State) -> Result<Option<(Stage, TowerFile)>> {
        let stages = self.stages();
        let stage = |clap: Clap| stages.iter().find(|stage| stage.name == clap.name());
        let claps: Vec<(Clap, &Stage)> = Clap::ALL.into_iter().filter_map(|clap| Some((clap, stage(clap)?))).collect();
        if claps.is_empty() {
            return Ok(None);
        }
        let folder = folder_of_added(&self.options)?;
        let mut best: Option<(usize, Stage, TowerFile)> = None;
        for (clap, stage) in claps {
            let Some(file) = clap.text(&folder)?.and_then(|path| TowerFile::look(clap, path)) else { continue };
            let heard = state.sounding.matrix(&state.store, stage)?.len();
            if heard > best.as_ref().map_or(0, |(most, _, _)| *most) {
                best = Some((heard, stage.clone(), file));
            }
        }
        Ok(best.map(|(_, stage, file)| (stage, file)))
    }
}

impl HeardWords {
    /// The songs that may be seen with their cosines to the words, the best first; at most `limit`.
    pub(crate) fn rank(&self, index: &Index, admit: &dyn Fn(TrackId) -> bool, limit: usize) -> Vec<(TrackId, f32)> {
        let cosines = match *self.add {
            [(vector, _)] => self.matrix.cosines(&vector),
            _ => return self.blend(index, &[], &[], admit, limit),
        };
        self.admitted(index, &cosines, admit, limit)
    }

    /// The songs that fit all of the words and sets of songs, and none of what is subtracted.
    ///
    /// Texts and sounds lie in two parts of CLAP's space: a song's cosine to another song is always higher, and spreads
    /// wider, than its cosine to words. So each ingredient's cosines are standardised over the library before they are added.
    /// What is subtracted is a floor, too: nothing comes that is nearer to it than the same blend without it is in the mean.
    pub(crate) fn blend(
        &self,
        index: &Index,
        add: &[Ingredient],
        subtract: &[Ingredient],
        admit: &dyn Fn(TrackId) -> bool,
        limit: usize,
    ) -> Vec<(TrackId, f32)> {
        let mut sums = vec![0.0; self.matrix.len()];
        let sets = add.iter().filter_map(|(songs, weight)| Some((self.centre(index, songs)?, *weight)));
        let mut total = 0.0;
        for (vector, weight) in self.add.iter().map(|(vector, weight)| (vector.to_vec(), *weight)).chain(sets) {
            let weight = if weight.is_finite() && weight > 0.0 { weight } else { 1.0 };
            total += weight;
            for (sum, z) in sums.iter_mut().zip(standardised(&self.matrix.cosines(&vector))) {
                *sum += weight * z;
            }
        }
        if total == 0.0 {
            return Vec::new();
        }
        sums.iter_mut().for_each(|sum| *sum /= total);
        let without = self.order(&sums, limit.max(1));
        let sets = subtract.iter().filter_map(|(songs, weight)| Some((self.centre(index, songs)?, *weight)));
        for (vector, _) in self.subtract.iter().map(|(vector, weight)| (vector.to_vec(), *weight)).chain(sets) {
            let z = standardised(&self.matrix.cosines(&vector));
            let near = |place: &usize| z.get(*place).copied().unwrap_or_default();
            let mean = without.iter().map(near).sum::<f32>() / without.len().max(1) as f32;
            for (sum, z) in sums.iter_mut().zip(&z) {
                *sum = if *z > mean { f32::NEG_INFINITY } else { *sum - 0.5 * z.max(0.0) };
            }
        }
        let ingredients: Vec<TrackId> =
            add.iter().chain(subtract).flat_map(|(songs, _)| songs.iter().copied()).collect();
        self.admitted(index, &sums, &|row| admit(row) && !ingredients.contains(&row), limit)
    }

    /// The direction of some songs together.
    fn centre(&self, index: &Index, songs: &[TrackId]) -> Option<Vec<f32>> {
        let mut sum = vec![0.0_f32; segue_models::CLAP_LEN];
        for song in songs {
            let Some(vector) = index.song_id(*song).and_then(parse_item).and_then(|key| self.matrix.vector(&key))
            else {
                continue;
            };
            sum.iter_mut().zip(vector).for_each(|(sum, x)| *sum += x);
        }
        (segue_vectors::normalise(&mut sum) > 0.0).then_some(sum)
    }

    /// The places of the highest scores, the highest first.
    fn order(&self, scores: &[f32], limit: usize) -> Vec<usize> {
        let mut places: Vec<usize> = (0..scores.len()).collect();
        let by_score = |one: &usize, other: &usize| {
            let score = |place: &usize| scores.get(*place).copied().unwrap_or(f32::NEG_INFINITY);
            let key = |place: &usize| self.matrix.keys().get(*place).copied();
            // Equal scores by content, so that the order does not hang on that of reading.
            score(other).total_cmp(&score(one)).then_with(|| key(one).cmp(&key(other)))
        };
        if limit < places.len() {
            places.select_nth_unstable_by(limit, by_score);
            places.truncate(limit);
        }
        places.sort_unstable_by(by_score);
        places
    }

    /// The best that may be seen.
    fn admitted(
        &self,
        index: &Index,
        scores: &[f32],
        admit: &dyn Fn(TrackId) -> bool,
        limit: usize,
    ) -> Vec<(TrackId, f32)> {
        let mut found = Vec::new();
        // Few are hidden or gone in most libraries: what is looked up is a few times what is wanted, and more only then.
        let mut looked = 0;
        let mut depth = limit.saturating_mul(2).max(64);
        while found.len() < limit && looked < scores.len() {
            let places = self.order(scores, depth);
            for place in places.iter().skip(looked) {
                let score = scores.get(*place).copied().filter(|score| *score > f32::NEG_INFINITY);
                let row = self.matrix.keys().get(*place).and_then(|key| index.by_song.get(key).copied());
                if let (Some(row), Some(score)) = (row.filter(|row| admit(*row)), score)
                    && found.len() < limit
                {
                    found.push((row, score));
                }
            }
            looked = places.len();
            depth = depth.saturating_mul(8);
        }
        found
    }
}

/// Numbers with their mean taken out and their deviation as the unit; zeros where they do not differ.
fn standardised(values: &[f32]) -> Vec<f32> {
    let count = values.len().max(1) as f32;
    let mean = values.iter().sum::<f32>() / count;
    let deviation = (values.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / count).sqrt();
    let scale = if deviation > LEAST_SPREAD { deviation.recip() } else { 0.0 };
    values.iter().map(|x| (x - mean) * scale).collect()
}
