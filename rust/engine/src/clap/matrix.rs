//! CLAP's vectors of all songs, in memory while they are asked for.

use std::collections::HashMap;

use segue_models::CLAP_LEN;
use segue_store::{Stage, Store};
use segue_vectors::{coded_dot, encode};

use crate::Result;
use crate::admission::Folding;
use crate::api::ItemId;
use crate::index::parse_item;

/// Vectors as bytes with a scale each: 51 MB for 100,000 songs instead of 205, cosines the same to 0.001.
#[derive(Debug, Default, Clone)]
pub(crate) struct Matrix {
    keys: Vec<ItemId>,
    codes: Vec<i8>,
    scales: Vec<f32>,
    places: HashMap<ItemId, usize, Folding>,
}

impl Matrix {
    /// All vectors that this stage, in this version, has made.
    pub(crate) fn load(store: &Store, stage: &Stage) -> Result<Self> {
        let mut matrix = Self::default();
        store.for_each_mean(&stage.name, stage, |song_id, vector| matrix.put(song_id, &vector))?;
        Ok(matrix)
    }

    /// Takes a song in, or its new vector. One of silence has no direction and is left out.
    pub(crate) fn put(&mut self, song_id: &str, vector: &[f32]) {
        let Some(key) = parse_item(song_id).filter(|_| vector.len() == CLAP_LEN) else { return };
        let mut codes = [0; CLAP_LEN];
        let scale = encode(vector, &[1.0; CLAP_LEN], &[0.0; CLAP_LEN], &mut codes);
        let length = coded_dot(&codes.map(f32::from), &codes).sqrt();
        if !(scale > 0.0 && length > 0.0) {
            return;
        }
        // A cosine whatever the length of what was stored.
        let scale = length.recip();
        match self.places.get(&key) {
            Some(&place) => {
                let row = self.codes.get_mut(place * CLAP_LEN..(place + 1) * CLAP_LEN);
                if let (Some(row), Some(old)) = (row, self.scales.get_mut(place)) {
                    row.copy_from_slice(&codes);
                    *old = scale;
                }
            }
            None => {
                self.places.insert(key, self.keys.len());
                self.keys.push(key);
                self.codes.extend_from_slice(&codes);
                self.scales.push(scale);
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The songs, in the order of [`cosines`](Self::cosines).
    pub(crate) fn keys(&self) -> &[ItemId] {
        &self.keys
    }

    /// The cosine of each song's vector to one that is 1 long.
    pub(crate) fn cosines(&self, vector: &[f32]) -> Vec<f32> {
        let rows = self.codes.chunks_exact(CLAP_LEN).zip(&self.scales);
        rows.map(|(codes, scale)| coded_dot(vector, codes) * scale).collect()
    }

    /// A song's vector, 1 long.
    pub(crate) fn vector(&self, song: &ItemId) -> Option<Vec<f32>> {
        let place = *self.places.get(song)?;
        let scale = *self.scales.get(place)?;
        let codes = self.codes.get(place * CLAP_LEN..(place + 1) * CLAP_LEN)?;
        Some(codes.iter().map(|code| f32::from(*code) * scale).collect())
    }
}
