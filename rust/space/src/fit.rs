//! The statistics of the library present, and what follows from them for each row.

use segue_vectors::{Moments, Standardiser, TopK, centred_dot, dot};

use crate::proximity::{Spread, distance_by_proximity};
use crate::rows::Rows;
use crate::{BlockSpec, PROXIMITY_FROM, REFIT_SHARE, TrackId};

/// Tracks to whose distances the spread of each track's distances is measured. The error of a mean over 256 is a
/// sixteenth of the deviation; a refit costs this many distances per track.
const SAMPLE: usize = 256;

/// Where each block lies in a row, and its share of the distance.
#[derive(Debug)]
pub(crate) struct Layout {
    blocks: Vec<(std::ops::Range<usize>, f32)>,
}

impl Layout {
    pub(crate) fn new(specs: &[BlockSpec]) -> Self {
        let total: f32 = specs.iter().map(|spec| spec.weight).sum();
        let mut start = 0;
        let blocks = specs.iter().map(|spec| {
            let range = start..start + spec.dimensions;
            start = range.end;
            (range, spec.weight / total)
        });
        Self { blocks: blocks.collect() }
    }

    /// Blocks.
    pub(crate) fn len(&self) -> usize {
        self.blocks.len()
    }
}

/// A row made ready to be compared with many: standardised, scaled, and standardised once more, so that a scalar
/// product with a centred raw row is a scalar product of two standardised ones.
#[derive(Debug, Clone)]
pub(crate) struct Probe {
    folded: Vec<f32>,
    /// Per block: how much it has in common with a row that lies exactly on the library's mean and so has no direction.
    flat: Vec<f32>,
    /// Where its distances to the library lie.
    spread: Spread,
}

/// Statistics, and per row what distances need of them. Rows are the caller's, by position.
#[derive(Debug)]
pub(crate) struct Fit {
    standardiser: Standardiser,
    /// Per row and block 1 / length of the standardised block; 0 where it has none.
    inverse_norms: Vec<f32>,
    spreads: Vec<Spread>,
    /// Tracks drawn from the library, as [`Fit::unit`].
    sample: Vec<(TrackId, Vec<f32>)>,
    /// Rows when the statistics were taken, and changes since.
    fitted: usize,
    changes: usize,
}

impl Fit {
    pub(crate) fn new(layout: &Layout, ids: &[TrackId], rows: &Rows) -> Self {
        let mut moments = Moments::new(rows.width());
        for row in rows.iter() {
            // Rows were checked when they were inserted; one that cannot be counted is left out of the mean.
            let _counted = moments.push(row);
        }
        let mut fit = Self {
            standardiser: Standardiser::from_moments(&moments),
            inverse_norms: Vec::with_capacity(rows.len() * layout.blocks.len()),
            spreads: Vec::with_capacity(rows.len()),
            sample: Vec::new(),
            fitted: rows.len(),
            changes: 0,
        };
        if fit.corrects() {
            // The tracks whose hashed handle is smallest: a random sample that does not depend on the order of coming.
            let mut smallest = TopK::new(SAMPLE);
            ids.iter().enumerate().for_each(|(position, id)| smallest.push(unit_hash(*id, 0), position));
            let positions = smallest.into_sorted().into_iter().map(|(_, position)| position);
            fit.sample = positions.map(|p| (ids[p], fit.unit(layout, rows.get(p)))).collect();
        }
        for (id, row) in ids.iter().zip(rows.iter()) {
            fit.push(layout, *id, row);
        }
        fit
    }

    /// Statistics of nothing.
    pub(crate) fn empty(layout: &Layout, width: usize) -> Self {
        Self::new(layout, &[], &Rows::new(width))
    }

    /// Whether the statistics still describe the library.
    pub(crate) fn is_fresh(&self) -> bool {
        self.changes as f64 <= self.fitted as f64 * REFIT_SHARE
    }

    /// Whether distances are corrected by mutual proximity.
    fn corrects(&self) -> bool {
        self.fitted >= PROXIMITY_FROM
    }

    fn push(&mut self, layout: &Layout, id: TrackId, row: &[f32]) {
        let position = self.spreads.len();
        self.inverse_norms.resize((position + 1) * layout.blocks.len(), 0.0);
        self.spreads.push(Spread::of(std::iter::empty()));
        // Once stale, nothing is asked before all is computed anew.
        if self.is_fresh() {
            self.measure(layout, position, id, row);
        }
    }

    pub(crate) fn inserted(&mut self, layout: &Layout, id: TrackId, row: &[f32]) {
        self.changes += 1;
        self.push(layout, id, row);
    }

    pub(crate) fn replaced(&mut self, layout: &Layout, position: usize, id: TrackId, row: &[f32]) {
        self.changes += 1;
        if self.is_fresh() {
            self.measure(layout, position, id, row);
        }
    }

    pub(crate) fn swap_removed(&mut self, layout: &Layout, position: usize) {
        self.changes += 1;
        let blocks = layout.blocks.len();
        let last = self.spreads.len() - 1;
        self.inverse_norms.copy_within(last * blocks.., position * blocks);
        self.inverse_norms.truncate(last * blocks);
        self.spreads.swap_remove(position);
    }

    fn measure(&mut self, layout: &Layout, position: usize, id: TrackId, row: &[f32]) {
        let mut standard = row.to_vec();
        self.standardiser.apply(&mut standard);
        for (block, (range, _)) in layout.blocks.iter().enumerate() {
            self.inverse_norms[position * layout.blocks.len() + block] = inverse_norm(&standard[range.clone()]);
        }
        let unit = self.unit(layout, row);
        let others = self.sample.iter().filter(|(other, _)| *other != id);
        self.spreads[position] = Spread::of(others.map(|(_, other)| defined(1.0 - dot(&unit, other))));
    }

    /// The row at `position` made ready.
    pub(crate) fn probe(&self, layout: &Layout, position: usize, row: &[f32]) -> Probe {
        self.folded(layout, &self.unit(layout, row), self.spreads[position])
    }

    /// A point made ready that need not be a track: of the length and form of [`Fit::unit`].
    pub(crate) fn probe_of(&self, layout: &Layout, unit: &[f32]) -> Probe {
        let spread = Spread::of(self.sample.iter().map(|(_, other)| defined(1.0 - dot(unit, other))));
        self.folded(layout, unit, spread)
    }

    fn folded(&self, layout: &Layout, unit: &[f32], spread: Spread) -> Probe {
        let width = unit.len() - layout.blocks.len();
        let (row, flat) = unit.split_at(width);
        let (mut folded, mut flat) = (row.to_vec(), flat.to_vec());
        for ((range, share), flat) in layout.blocks.iter().zip(&mut flat) {
            let range = range.clone();
            let inverse_deviation = &self.standardiser.inverse_deviation()[range.clone()];
            let values = folded[range].iter_mut().zip(inverse_deviation);
            values.for_each(|(value, inverse_deviation)| *value *= share.sqrt() * inverse_deviation);
            *flat *= share.sqrt();
        }
        Probe { folded, flat, spread }
    }

    /// Blocks' cosine distances joined by weight, 0..2. Two rows without direction are the same, one is at 1 from all.
    pub(crate) fn cosine_distance(&self, layout: &Layout, probe: &Probe, position: usize, row: &[f32]) -> f32 {
        let norms = &self.inverse_norms[position * layout.blocks.len()..];
        let mut similarity = 0.0;
        for (((range, _), inverse_norm), flat) in layout.blocks.iter().zip(norms).zip(&probe.flat) {
            similarity += if *inverse_norm > 0.0 {
                let range = range.clone();
                inverse_norm
                    * centred_dot(&probe.folded[range.clone()], &row[range.clone()], &self.standardiser.mean()[range])
            } else {
                *flat
            };
        }
        defined(1.0 - similarity)
    }

    /// What callers see: a cosine distance of the probe and the row at `position`, corrected, 0..1.
    pub(crate) fn correct(&self, distance: f32, probe: &Probe, position: usize) -> f32 {
        if self.corrects() {
            distance_by_proximity(distance, probe.spread, self.spreads[position])
        } else {
            distance / 2.0
        }
    }

    /// The row standardised and scaled to length 1, so that the cosine distance of two rows is one minus their scalar
    /// product. After the row's own dimensions come those in which blocks without direction are alike, one per block.
    pub(crate) fn unit(&self, layout: &Layout, row: &[f32]) -> Vec<f32> {
        let mut unit = Vec::with_capacity(row.len() + layout.blocks.len());
        unit.extend_from_slice(row);
        self.standardiser.apply(&mut unit);
        for (range, share) in &layout.blocks {
            let block = &mut unit[range.clone()];
            let factor = inverse_norm(block) * share.sqrt();
            if factor > 0.0 {
                block.iter_mut().for_each(|value| *value *= factor);
            } else {
                block.fill(0.0);
            }
            unit.push(if factor > 0.0 { 0.0 } else { share.sqrt() });
        }
        unit
    }
}

/// Rows are finite, but where one lies absurdly far outside the others its distances can still overflow.
fn defined(distance: f32) -> f32 {
    if distance.is_finite() { distance.clamp(0.0, 2.0) } else { 1.0 }
}

fn inverse_norm(block: &[f32]) -> f32 {
    let norm = segue_vectors::norm(block);
    if norm > 0.0 && norm.is_finite() { norm.recip() } else { 0.0 }
}

/// A number in 0..1 that is the same for the same input everywhere and otherwise arbitrary (the finaliser of SplitMix64,
/// Steele, Lea, Flood 2014).
pub(crate) fn unit_hash(id: TrackId, seed: u64) -> f32 {
    let mut z = (seed ^ (u64::from(id) << 32 | u64::from(id))).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 40) as f32 / (1u64 << 24) as f32
}
