//! The statistics of the library present, and what follows from them for each row.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use ndarray::{Array2, ArrayView1};
use segue_vectors::{Moments, Standardiser, TopK, dot};

use crate::pack::{Packer, Unpacker};
use crate::proximity::{Spread, distance_by_proximity};
use crate::rows::Rows;
use crate::sketch::{DIRECTIONS_OF, Sketch, SketchProbe};
use crate::{BlockSpec, PROXIMITY_FROM, REFIT_SHARE, TrackId};

/// Tracks to whose distances the spread of each track's distances is measured. Neighbours of real music are as good with 64. A refit
/// costs this many distances per track.
const SAMPLE: usize = 256;

/// Where each block lies in a row, and its share of the distance.
#[derive(Debug)]
pub(crate) struct Layout {
    blocks: Vec<(Range<usize>, f32)>,
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

    /// Where they lie.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.blocks.iter().map(|(range, _)| range.clone())
    }
}

/// What is known of tracks before a library's own come: statistics stand on so many tracks of this mean and deviation more, so that
/// those of a small library are sound and do not jump with each album.
#[derive(Debug, Clone, PartialEq)]
pub struct Prior {
    /// Mean of each dimension, the blocks one after the other.
    pub mean: Vec<f32>,
    /// Standard deviation of each dimension.
    pub deviation: Vec<f32>,
    /// Tracks that it counts as.
    pub tracks: f64,
}

impl Prior {
    fn moments(&self) -> Moments {
        let variance: Vec<f32> = self.deviation.iter().map(|deviation| deviation * deviation).collect();
        Moments::expecting(self.tracks, &self.mean, &variance)
    }

    /// Whether it is of so many dimensions and of numbers.
    pub(crate) fn fits(&self, width: usize) -> bool {
        let sound = |values: &[f32]| values.len() == width && values.iter().all(|value| value.is_finite());
        sound(&self.mean) && sound(&self.deviation) && self.tracks >= 0.0 && self.tracks.is_finite()
    }
}

/// What rows are multiplied with, in the form in which rows are kept.
#[derive(Debug, Clone)]
pub(crate) struct Weights {
    pub(crate) weights: Vec<f32>,
    /// Per block what is added to its product; none for rows as they came.
    pub(crate) constants: Vec<f32>,
}

/// A row made ready to be compared with many: standardised, scaled, and standardised once more, so that a scalar
/// product with a centred raw row is a scalar product of two standardised ones.
#[derive(Debug, Clone)]
pub(crate) struct Probe {
    weights: Weights,
    /// Per block: how much it has in common with a row that lies exactly on the library's mean and so has no direction.
    flat: Vec<f32>,
    /// Where its distances to the library lie.
    spread: Spread,
    unit: Vec<f32>,
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
    /// Short rows, of a large library.
    sketch: Option<Sketch>,
    /// Rows when the statistics were taken, and changes since.
    fitted: usize,
    changes: usize,
    /// Whether every row is measured.
    complete: bool,
    /// Tells these statistics from all others of this process.
    number: u64,
}

/// The number of the next [`Fit`].
static NUMBERS: AtomicU64 = AtomicU64::new(0);

impl Fit {
    pub(crate) fn new(layout: &Layout, prior: Option<&Prior>, ids: &[TrackId], rows: &Rows) -> Self {
        let mut moments = match prior {
            Some(prior) => prior.moments(),
            None => Moments::new(rows.width()),
        };
        let mut row = vec![0.0; rows.width()];
        for position in 0..rows.len() {
            rows.read(layout, position, &mut row);
            // Rows were checked when they were inserted; one that cannot be counted is left out of the mean.
            let _counted = moments.push(&row);
        }
        let mut fit = Self {
            standardiser: Standardiser::from_moments(&moments),
            inverse_norms: Vec::with_capacity(rows.len() * layout.blocks.len()),
            spreads: Vec::with_capacity(rows.len()),
            sample: Vec::new(),
            sketch: None,
            fitted: rows.len(),
            changes: 0,
            complete: true,
            number: NUMBERS.fetch_add(1, Ordering::Relaxed),
        };
        if fit.corrects() {
            let positions = drawn(ids, SAMPLE);
            fit.sample = positions.map(|p| (ids[p], fit.unit(layout, &rows.get(layout, p)))).collect();
        }
        if rows.are_compact() && fit.corrects() {
            let mut units = Array2::zeros((0, rows.width() + layout.len()));
            for position in drawn(ids, DIRECTIONS_OF) {
                let unit = fit.unit(layout, &rows.get(layout, position));
                // Every unit has the width that the matrix was made with.
                let _pushed = units.push_row(ArrayView1::from(&unit));
            }
            fit.sketch = Sketch::new(units.view());
        }
        for (position, id) in ids.iter().enumerate() {
            rows.read(layout, position, &mut row);
            fit.push(layout, *id, &row);
        }
        fit
    }

    /// Statistics of nothing.
    pub(crate) fn empty(layout: &Layout, width: usize) -> Self {
        Self::new(layout, None, &[], &Rows::new(width, usize::MAX))
    }

    /// Tells these statistics from all others of this process.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Writes the statistics, without what they make of each row.
    pub(crate) fn pack(&self, packer: &mut Packer) {
        packer.floats(self.standardiser.mean());
        packer.floats(self.standardiser.inverse_deviation());
        packer.number(self.fitted as u64);
        packer.number(self.changes as u64);
        packer.number(self.sample.len() as u64);
        for (id, unit) in &self.sample {
            packer.number(u64::from(*id));
            packer.floats(unit);
        }
        packer.byte(u8::from(self.sketch.is_some()));
        if let Some(sketch) = &self.sketch {
            sketch.pack(packer);
        }
    }

    /// Reads what [`Fit::pack`] wrote; no rows yet.
    pub(crate) fn unpack(layout: &Layout, width: usize, unpacker: &mut Unpacker<'_>) -> Option<Self> {
        let standardiser = Standardiser::from_parts(unpacker.floats(width)?, unpacker.floats(width)?).ok()?;
        let fitted = usize::try_from(unpacker.number()?).ok()?;
        let changes = usize::try_from(unpacker.number()?).ok()?;
        let unit_width = width + layout.len();
        let mut sample = Vec::new();
        for _ in 0..unpacker.count()? {
            sample.push((TrackId::try_from(unpacker.number()?).ok()?, unpacker.floats(unit_width)?));
        }
        let sketch = if unpacker.byte()? == 0 { None } else { Some(Sketch::unpack(unit_width, unpacker)?) };
        Some(Self {
            standardiser,
            inverse_norms: Vec::new(),
            spreads: Vec::new(),
            sample,
            sketch,
            fitted,
            changes,
            complete: true,
            number: NUMBERS.fetch_add(1, Ordering::Relaxed),
        })
    }

    /// Writes what the statistics make of some rows, which are whole chunks but for the last.
    pub(crate) fn pack_rows(&self, packer: &mut Packer, range: Range<usize>) {
        let blocks = self.inverse_norms.len() / self.spreads.len().max(1);
        packer.floats(&self.inverse_norms[range.start * blocks..range.end * blocks]);
        for spread in &self.spreads[range.clone()] {
            packer.floats(&spread.parts());
        }
        if let Some(sketch) = &self.sketch {
            sketch.pack_rows(packer, range);
        }
    }

    /// Reads what [`Fit::pack_rows`] wrote of `count` rows.
    pub(crate) fn unpack_rows(&mut self, layout: &Layout, unpacker: &mut Unpacker<'_>, count: usize) -> Option<()> {
        let norms = unpacker.floats(count * layout.len())?;
        if !norms.iter().all(|norm| norm.is_finite()) {
            return None;
        }
        self.inverse_norms.extend(norms);
        for _ in 0..count {
            self.spreads.push(Spread::from_parts([unpacker.float()?, unpacker.float()?])?);
        }
        match &mut self.sketch {
            Some(sketch) => sketch.unpack_rows(unpacker, count),
            None => Some(()),
        }
    }

    /// Whether the statistics still describe the library.
    pub(crate) fn is_fresh(&self) -> bool {
        self.changes as f64 <= self.fitted as f64 * REFIT_SHARE
    }

    /// Whether questions may be answered with these: a large library's are taken anew in its own time, not while somebody waits.
    pub(crate) fn serves(&self) -> bool {
        self.complete && (self.is_fresh() || self.sketch.is_some())
    }

    /// Whether distances are corrected by mutual proximity.
    fn corrects(&self) -> bool {
        self.fitted >= PROXIMITY_FROM
    }

    /// Whether a row that comes now is worth measuring.
    fn measures(&mut self) -> bool {
        let serves = self.serves();
        // Once it does not serve, nothing is asked before all is computed anew.
        self.complete = serves;
        serves
    }

    fn push(&mut self, layout: &Layout, id: TrackId, row: &[f32]) {
        let position = self.spreads.len();
        self.inverse_norms.resize((position + 1) * layout.blocks.len(), 0.0);
        self.spreads.push(Spread::of(std::iter::empty()));
        if self.measures() {
            let unit = self.measure(layout, position, id, row);
            if let Some(sketch) = &mut self.sketch {
                sketch.push(&unit);
            }
        }
    }

    pub(crate) fn inserted(&mut self, layout: &Layout, id: TrackId, row: &[f32]) {
        self.changes += 1;
        self.push(layout, id, row);
    }

    pub(crate) fn replaced(&mut self, layout: &Layout, position: usize, id: TrackId, row: &[f32]) {
        self.changes += 1;
        if self.measures() {
            let unit = self.measure(layout, position, id, row);
            if let Some(sketch) = &mut self.sketch {
                sketch.set(position, &unit);
            }
        }
    }

    pub(crate) fn swap_removed(&mut self, layout: &Layout, position: usize) {
        self.changes += 1;
        let blocks = layout.blocks.len();
        let last = self.spreads.len() - 1;
        self.inverse_norms.copy_within(last * blocks.., position * blocks);
        self.inverse_norms.truncate(last * blocks);
        self.spreads.swap_remove(position);
        if let Some(sketch) = self.sketch.as_mut().filter(|_| self.complete) {
            sketch.swap_remove(position);
        }
    }

    /// Gives the row's unit too.
    fn measure(&mut self, layout: &Layout, position: usize, id: TrackId, row: &[f32]) -> Vec<f32> {
        let blocks = layout.blocks.len();
        let mut norms = vec![0.0; blocks];
        let unit = self.unit_and_norms(layout, row, &mut norms);
        self.inverse_norms[position * blocks..(position + 1) * blocks].copy_from_slice(&norms);
        let others = self.sample.iter().filter(|(other, _)| *other != id);
        self.spreads[position] = Spread::of(others.map(|(_, other)| defined(1.0 - dot(&unit, other))));
        unit
    }

    /// The row at `position` made ready.
    pub(crate) fn probe(&self, layout: &Layout, position: usize, rows: &Rows) -> Probe {
        self.folded(layout, &self.unit(layout, &rows.get(layout, position)), self.spreads[position], rows)
    }

    /// A point made ready that need not be a track: of the length and form of [`Fit::unit`].
    pub(crate) fn probe_of(&self, layout: &Layout, unit: &[f32], rows: &Rows) -> Probe {
        let spread = Spread::of(self.sample.iter().map(|(_, other)| defined(1.0 - dot(unit, other))));
        self.folded(layout, unit, spread, rows)
    }

    fn folded(&self, layout: &Layout, unit: &[f32], spread: Spread, rows: &Rows) -> Probe {
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
        let weights = rows.weights(layout, folded, self.standardiser.mean());
        Probe { weights, flat, spread, unit: unit.to_vec() }
    }

    /// Blocks' cosine distances joined by weight, 0..2. Two rows without direction are the same, one is at 1 from all.
    pub(crate) fn cosine_distance(&self, layout: &Layout, probe: &Probe, position: usize, rows: &Rows) -> f32 {
        let norms = &self.inverse_norms[position * layout.blocks.len()..];
        let mut similarity = 0.0;
        rows.products(layout, &probe.weights, self.standardiser.mean(), position, |block, product| {
            let inverse_norm = norms[block];
            similarity += if inverse_norm > 0.0 { inverse_norm * product } else { probe.flat[block] };
        });
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

    /// The positions of the few rows among which the `k` nearest to any of the probes are to be looked for; `None` for all.
    pub(crate) fn candidates(&self, probes: &[Probe], k: usize, admit: &dyn Fn(usize) -> bool) -> Option<Vec<usize>> {
        let sketch = self.sketch.as_ref().filter(|_| Sketch::wanted(k) < self.spreads.len())?;
        let short: Vec<SketchProbe> = probes.iter().map(|probe| sketch.probe(&probe.unit)).collect();
        let probes: Vec<_> = short.iter().zip(probes).map(|(short, probe)| (short, probe.spread)).collect();
        Some(sketch.nearest(&probes, &self.spreads, Sketch::wanted(k), admit))
    }

    /// The row standardised and scaled to length 1, so that the cosine distance of two rows is one minus their scalar
    /// product. After the row's own dimensions come those in which blocks without direction are alike, one per block.
    pub(crate) fn unit(&self, layout: &Layout, row: &[f32]) -> Vec<f32> {
        self.unit_and_norms(layout, row, &mut vec![0.0; layout.blocks.len()])
    }

    fn unit_and_norms(&self, layout: &Layout, row: &[f32], norms: &mut [f32]) -> Vec<f32> {
        let mut unit = Vec::with_capacity(row.len() + layout.blocks.len());
        unit.extend_from_slice(row);
        self.standardiser.apply(&mut unit);
        for ((range, share), norm) in layout.blocks.iter().zip(norms) {
            let block = &mut unit[range.clone()];
            *norm = inverse_norm(block);
            let factor = *norm * share.sqrt();
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

/// The positions of the tracks whose hashed handle is smallest: a random sample that does not depend on the order of coming.
fn drawn(ids: &[TrackId], count: usize) -> impl Iterator<Item = usize> {
    let mut smallest = TopK::new(count);
    ids.iter().enumerate().for_each(|(position, id)| smallest.push(unit_hash(*id, 0), position));
    smallest.into_sorted().into_iter().map(|(_, position)| position)
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
