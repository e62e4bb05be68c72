//! The first look of a search: short rows, all of them, to find the few that are worth an exact look.

use std::ops::Range;

use ndarray::{Array2, ArrayView2};
use segue_vectors::{ByteRows, dot, principal_directions};

use crate::pack::{Packer, Unpacker};
use crate::proximity::{QUICK, Spread};
use crate::view::{SOFTNESS, soft_minimum};

/// Numbers of a short row. They miss the cosine distance by 0.012, where it varies by 0.22 (on music unlike that which the directions
/// were taken of by 0.020; 96 numbers by 0.009 and 0.016).
const DIMENSIONS: usize = 64;
/// Rows that the directions are taken of.
pub(crate) const DIRECTIONS_OF: usize = 2048;
/// What stands for 0 in a row of numbers that are not negative.
const ZERO: u8 = 64;

/// Rows found for an exact look beside those asked for: half as many again, and this many.
const MARGIN: usize = 400;

/// Short rows by position. A short row is where the track lies along the directions in which the library differs most.
#[derive(Debug)]
pub(crate) struct Sketch {
    /// One direction per row, in the form of [`crate::fit::Fit::unit`].
    directions: Array2<f32>,
    /// What one step of a number is worth.
    step: f32,
    rows: ByteRows,
}

/// A probe's short row.
#[derive(Debug, Clone)]
pub(crate) struct SketchProbe {
    codes: Vec<i8>,
    /// A scalar product is this many times the products' sum less what the rows' zero makes of it.
    factor: f32,
    zero: i32,
}

impl SketchProbe {
    fn cosine_distance(&self, sum: i32) -> f32 {
        1.0 - self.factor * (sum - self.zero) as f32
    }
}

/// How near a row can be by its sum with one probe alone, whatever its own distances to the library are, in steps of distance.
struct Nearness {
    /// exp(−distance / softness) of the step's near end.
    steps: Vec<f32>,
    /// A sum's step is this many times it and so much more.
    factor: f32,
    offset: f32,
}

impl Nearness {
    /// Steps from distance 0 to 2.
    const STEPS: u16 = 1024;

    fn new(probe: &SketchProbe, own: Spread) -> Self {
        let scale = f32::from(Self::STEPS) / 2.0;
        // Short rows may seem nearer than 0.
        let near = |step: u16| match step {
            0 => 1.0,
            _ => (-QUICK.nearer(own, f32::from(step) / scale) / SOFTNESS).exp(),
        };
        Self {
            steps: (0..Self::STEPS).map(near).collect(),
            factor: -probe.factor * scale,
            // A little nearer, for what rounding may take off.
            offset: (1.0 + probe.factor * probe.zero as f32) * scale - 0.02,
        }
    }

    fn of(&self, sum: i32) -> f32 {
        // Cut to 0 below.
        let step = (self.factor * sum as f32 + self.offset) as usize;
        self.steps.get(step).or(self.steps.last()).copied().unwrap_or_default()
    }
}

impl Sketch {
    /// No rows yet, with the directions in which these tracks differ most; `None` where there are none.
    pub(crate) fn new(units: ArrayView2<'_, f32>) -> Option<Self> {
        let directions = principal_directions(units, DIMENSIONS);
        let mut sketch = Self { rows: ByteRows::new(directions.nrows()), directions, step: 1.0 };
        let largest = units
            .rows()
            .into_iter()
            .filter_map(|unit| unit.to_slice().map(|unit| sketch.coordinates(unit)))
            .flatten()
            .fold(0.0f32, |largest, value| largest.max(value.abs()));
        sketch.step = largest / f32::from(ZERO - 1);
        (sketch.step > 0.0 && sketch.step.is_finite()).then_some(sketch)
    }

    /// Writes the directions.
    pub(crate) fn pack(&self, packer: &mut Packer) {
        packer.float(self.step);
        packer.number(self.directions.nrows() as u64);
        self.directions.iter().for_each(|value| packer.float(*value));
    }

    /// Reads what [`Sketch::pack`] wrote, for units of this width.
    pub(crate) fn unpack(width: usize, unpacker: &mut Unpacker<'_>) -> Option<Self> {
        let step = unpacker.float()?;
        let count = unpacker.count()?;
        let directions = Array2::from_shape_vec((count, width), unpacker.floats(count.checked_mul(width)?)?).ok()?;
        let sound = step > 0.0 && step.is_finite() && directions.iter().all(|value| value.is_finite());
        sound.then(|| Self { rows: ByteRows::new(count), directions, step })
    }

    /// Writes the short rows of a range that is whole chunks of them but for the last.
    pub(crate) fn pack_rows(&self, packer: &mut Packer, range: Range<usize>) {
        range.step_by(ByteRows::AT_A_TIME).for_each(|first| packer.bytes(self.rows.chunk(first / ByteRows::AT_A_TIME)));
    }

    /// Reads what [`Sketch::pack_rows`] wrote of at most a chunk of rows.
    pub(crate) fn unpack_rows(&mut self, unpacker: &mut Unpacker<'_>, count: usize) -> Option<()> {
        let bytes = unpacker.bytes(ByteRows::bytes_of(count) * self.rows.dimensions())?;
        self.rows.push_chunk(bytes, count).then_some(())
    }

    fn coordinates(&self, unit: &[f32]) -> Vec<f32> {
        self.directions.rows().into_iter().filter_map(|row| Some(dot(row.to_slice()?, unit))).collect()
    }

    fn codes(&self, unit: &[f32]) -> Vec<u8> {
        let code = |value: f32| (value / self.step).round().clamp(1.0 - f32::from(ZERO), f32::from(ZERO - 1)) as i8;
        self.coordinates(unit).into_iter().map(|value| ZERO.saturating_add_signed(code(value))).collect()
    }

    pub(crate) fn push(&mut self, unit: &[f32]) {
        self.rows.push(&self.codes(unit));
    }

    pub(crate) fn set(&mut self, position: usize, unit: &[f32]) {
        self.rows.set(position, &self.codes(unit));
    }

    pub(crate) fn swap_remove(&mut self, position: usize) {
        self.rows.swap_remove(position);
    }

    pub(crate) fn probe(&self, unit: &[f32]) -> SketchProbe {
        let values = self.coordinates(unit);
        let (steps, centre) = (vec![1.0; values.len()], vec![0.0; values.len()]);
        let mut codes = vec![0; values.len()];
        let scale = segue_vectors::encode(&values, &steps, &centre, &mut codes);
        let zero = codes.iter().map(|code| i32::from(*code) * i32::from(ZERO)).sum();
        SketchProbe { codes, factor: scale * self.step, zero }
    }

    /// How many rows an exact look is worth where the `k` nearest are wanted.
    pub(crate) fn wanted(k: usize) -> usize {
        k.saturating_add(k / 2).saturating_add(MARGIN)
    }

    /// The positions of the about `count` rows that are nearest to any of the probes and that `admit` lets in.
    pub(crate) fn nearest(
        &self,
        probes: &[(&SketchProbe, Spread)],
        spreads: &[Spread],
        count: usize,
        admit: &dyn Fn(usize) -> bool,
    ) -> Vec<usize> {
        let mut found = Found { best: Vec::new(), count, bound: f32::INFINITY };
        let near: Vec<Nearness> = probes.iter().map(|(probe, own)| Nearness::new(probe, *own)).collect();
        let mut least = 0.0;
        let mut sums = vec![[0i32; ByteRows::AT_A_TIME]; probes.len()];
        let mut distances = Vec::with_capacity(probes.len());
        for chunk in 0.. {
            let mut nearness = [0.0; ByteRows::AT_A_TIME];
            let mut rows = 0;
            for (((probe, _), sums), near) in probes.iter().zip(&mut sums).zip(&near) {
                rows = self.rows.dots(chunk, &probe.codes, sums);
                nearness.iter_mut().zip(&sums[..rows]).for_each(|(nearness, sum)| *nearness += near.of(*sum));
            }
            if rows == 0 {
                break;
            }
            let first = chunk * ByteRows::AT_A_TIME;
            for (row, nearness) in nearness.iter().enumerate().take(rows) {
                if *nearness < least {
                    continue;
                }
                let position = first + row;
                let Some(spread) = spreads.get(position).filter(|_| admit(position)) else { continue };
                distances.clear();
                distances.extend(probes.iter().zip(&sums).map(|((probe, own), sums)| {
                    let distance = probe.cosine_distance(sums[row]);
                    let (a, b) = (QUICK.nearer(*own, distance), QUICK.nearer(*spread, distance));
                    a + b * (1.0 - a)
                }));
                if found.push(soft_minimum(&distances), position) {
                    // No row is nearer than the probes alone find it.
                    least = (-found.bound / SOFTNESS).exp() * probes.len() as f32 * 0.999_999;
                }
            }
        }
        found.cut();
        // In the order in which they lie in memory.
        let mut positions: Vec<usize> = found.best.into_iter().map(|(_, position)| position).collect();
        positions.sort_unstable();
        positions
    }
}

/// The best so far, and some more.
struct Found {
    best: Vec<(f32, usize)>,
    count: usize,
    /// What is not below this is none of the best.
    bound: f32,
}

impl Found {
    /// Whether the bound is another one now.
    fn push(&mut self, distance: f32, position: usize) -> bool {
        if distance > self.bound || self.count == 0 {
            return false;
        }
        self.best.push((distance, position));
        self.best.len() >= 2 * self.count && self.cut()
    }

    /// Lets all but the best go.
    fn cut(&mut self) -> bool {
        if self.best.len() <= self.count || self.count == 0 {
            return false;
        }
        let order = |a: &(f32, usize), b: &(f32, usize)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
        let (_, last, _) = self.best.select_nth_unstable_by(self.count - 1, order);
        self.bound = last.0;
        self.best.truncate(self.count);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_keeps_the_best_whatever_their_order() {
        let distance = |i: usize| (i * 7919 % 1000) as f32;
        let mut found = Found { best: Vec::new(), count: 10, bound: f32::INFINITY };
        for i in 0..1000 {
            found.push(distance(i), i);
        }
        found.cut();
        found.best.sort_by(|a, b| a.0.total_cmp(&b.0));
        let best: Vec<f32> = found.best.iter().map(|(distance, _)| *distance).collect();
        assert_eq!(best, (0..10).map(|i| i as f32).collect::<Vec<_>>());
    }

    #[test]
    fn nearness_by_the_probe_alone_is_never_less_than_it_turns_out() {
        let probe = SketchProbe { codes: Vec::new(), factor: 1e-3, zero: 500 };
        let own = Spread::of([0.5, 0.9, 1.1, 1.3, 1.0].into_iter());
        let near = Nearness::new(&probe, own);
        for sum in -2000..3000 {
            let turns_out = (-QUICK.nearer(own, probe.cosine_distance(sum)) / SOFTNESS).exp();
            assert!(near.of(sum) >= turns_out * 0.999_99, "{sum}: {} for {turns_out}", near.of(sum));
        }
    }

    #[test]
    fn short_rows_tell_the_distance_of_rows_that_lie_along_few_directions() {
        // Rows of ten dimensions along two directions.
        let unit = |angle: f32| -> Vec<f32> {
            let (sin, cos) = angle.sin_cos();
            (0..10).map(|d| if d % 2 == 0 { cos } else { sin } / 5f32.sqrt()).collect()
        };
        let units: Vec<Vec<f32>> = (0..50).map(|i| unit(i as f32)).collect();
        let matrix = Array2::from_shape_vec((50, 10), units.concat()).unwrap();
        let mut sketch = Sketch::new(matrix.view()).unwrap();
        units.iter().for_each(|unit| sketch.push(unit));
        let probe = sketch.probe(&unit(3.3));
        let mut sums = [0; ByteRows::AT_A_TIME];
        assert_eq!(sketch.rows.dots(0, &probe.codes, &mut sums), 50);
        for (i, sum) in sums.iter().take(50).enumerate() {
            let expected = 1.0 - (i as f32 - 3.3).cos();
            assert!((probe.cosine_distance(*sum) - expected).abs() < 0.02);
        }
        assert!(Sketch::new(Array2::zeros((5, 10)).view()).is_none());
    }
}
