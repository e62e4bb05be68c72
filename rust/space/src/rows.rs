//! Rows of equal length: as they came while they are few, as bytes when they are many.

use segue_vectors::{Moments, centred_dot, coded_dot, decode, encode};

use crate::fit::{Layout, Weights};

/// Rows in one chunk: growing never copies what is there, nor holds twice the memory for a moment.
pub(crate) const CHUNK: usize = 512;

/// Rows from which on they are kept as bytes.
pub(crate) const COMPACT_FROM: usize = 2048;

/// A dimension counts as varying by at least this share of what those of its block do, so that one that has not varied yet can.
const LEAST_STEP: f32 = 0.1;

/// Numbers of a fixed count per row, in chunks.
#[derive(Debug)]
pub(crate) struct Chunked<T> {
    width: usize,
    chunks: Vec<Vec<T>>,
    len: usize,
}

impl<T: Copy> Chunked<T> {
    pub(crate) fn new(width: usize) -> Self {
        Self { width, chunks: Vec::new(), len: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Takes one row of exactly `width` numbers, given in pieces.
    pub(crate) fn push(&mut self, pieces: &[&[T]]) {
        if self.len == self.chunks.len() * CHUNK {
            self.chunks.push(Vec::with_capacity(CHUNK * self.width));
        }
        if let Some(chunk) = self.chunks.last_mut() {
            pieces.iter().for_each(|piece| chunk.extend_from_slice(piece));
            self.len += 1;
        }
    }

    /// Row at `index`, which is below [`Chunked::len`].
    pub(crate) fn get(&self, index: usize) -> &[T] {
        let start = index % CHUNK * self.width;
        &self.chunks[index / CHUNK][start..start + self.width]
    }

    pub(crate) fn set(&mut self, index: usize, pieces: &[&[T]]) {
        let mut start = index % CHUNK * self.width;
        for piece in pieces {
            self.chunks[index / CHUNK][start..start + piece.len()].copy_from_slice(piece);
            start += piece.len();
        }
    }

    /// Takes a row out; the last one takes its place.
    pub(crate) fn swap_remove(&mut self, index: usize) {
        let last = self.len - 1;
        if index != last {
            let moved = self.get(last).to_vec();
            self.set(index, &[&moved]);
        }
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.truncate(last % CHUNK * self.width);
            if chunk.is_empty() {
                self.chunks.pop();
            }
        }
        self.len = last;
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[T]> {
        self.chunks.iter().flat_map(|chunk| chunk.chunks_exact(self.width))
    }
}

/// What bytes stand for: of each dimension its middle and how much it varies. Taken once, of the first rows; the scale that
/// each block of each row has makes up for what these did not know.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Code {
    pub(crate) centre: Vec<f32>,
    pub(crate) steps: Vec<f32>,
}

impl Code {
    fn of(layout: &Layout, rows: &Chunked<f32>) -> Self {
        let mut moments = Moments::new(rows.width);
        for row in rows.iter() {
            // Rows were checked when they were inserted.
            let _counted = moments.push(row);
        }
        let mut steps: Vec<f32> = moments.deviation().map(|deviation| deviation as f32).collect();
        for range in layout.ranges() {
            let block = &mut steps[range];
            let typical = segue_vectors::norm(block) / (block.len() as f32).sqrt();
            let least = if typical > 0.0 && typical.is_finite() { typical * LEAST_STEP } else { 1.0 };
            block.iter_mut().for_each(|step| *step = if step.is_finite() { step.max(least) } else { least });
        }
        Self { centre: moments.mean().iter().map(|mean| *mean as f32).collect(), steps }
    }
}

/// Rows as bytes: per block a scale, per number a code.
#[derive(Debug)]
pub(crate) struct Compact {
    pub(crate) code: Code,
    pub(crate) codes: Chunked<i8>,
    pub(crate) scales: Chunked<f32>,
}

impl Compact {
    pub(crate) fn new(layout: &Layout, code: Code) -> Self {
        let (codes, scales) = (Chunked::new(code.centre.len()), Chunked::new(layout.len()));
        Self { code, codes, scales }
    }

    fn encoded(&self, layout: &Layout, row: &[f32]) -> (Vec<i8>, Vec<f32>) {
        let mut codes = vec![0; row.len()];
        let scales = layout.ranges().map(|range| {
            let (steps, centre) = (&self.code.steps[range.clone()], &self.code.centre[range.clone()]);
            encode(&row[range.clone()], steps, centre, &mut codes[range])
        });
        let scales = scales.collect();
        (codes, scales)
    }

    fn read(&self, layout: &Layout, index: usize, out: &mut [f32]) {
        let (codes, scales) = (self.codes.get(index), self.scales.get(index));
        for (range, scale) in layout.ranges().zip(scales) {
            let (steps, centre) = (&self.code.steps[range.clone()], &self.code.centre[range.clone()]);
            decode(&codes[range.clone()], steps, centre, *scale, &mut out[range]);
        }
    }
}

/// Rows of `width` numbers.
#[derive(Debug)]
pub(crate) enum Rows {
    /// With the count from which on they become bytes.
    Exact(Chunked<f32>, usize),
    Compact(Compact),
}

impl Rows {
    /// No rows; `width` is at least one. From `compact_from` on they become bytes.
    pub(crate) fn new(width: usize, compact_from: usize) -> Self {
        Self::Exact(Chunked::new(width), compact_from)
    }

    /// Whether they are bytes.
    pub(crate) fn are_compact(&self) -> bool {
        matches!(self, Self::Compact(_))
    }

    pub(crate) fn width(&self) -> usize {
        match self {
            Self::Exact(rows, _) => rows.width,
            Self::Compact(rows) => rows.codes.width,
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Exact(rows, _) => rows.len(),
            Self::Compact(rows) => rows.codes.len(),
        }
    }

    /// Takes one row of exactly `width` numbers, given in pieces.
    pub(crate) fn push(&mut self, layout: &Layout, pieces: &[&[f32]]) {
        match self {
            Self::Exact(rows, compact_from) => {
                rows.push(pieces);
                if rows.len() >= *compact_from {
                    let mut compact = Compact::new(layout, Code::of(layout, rows));
                    for row in rows.iter() {
                        let (codes, scales) = compact.encoded(layout, row);
                        compact.codes.push(&[&codes]);
                        compact.scales.push(&[&scales]);
                    }
                    *self = Self::Compact(compact);
                }
            }
            Self::Compact(rows) => {
                let (codes, scales) = rows.encoded(layout, &pieces.concat());
                rows.codes.push(&[&codes]);
                rows.scales.push(&[&scales]);
            }
        }
    }

    pub(crate) fn set(&mut self, layout: &Layout, index: usize, pieces: &[&[f32]]) {
        match self {
            Self::Exact(rows, _) => rows.set(index, pieces),
            Self::Compact(rows) => {
                let (codes, scales) = rows.encoded(layout, &pieces.concat());
                rows.codes.set(index, &[&codes]);
                rows.scales.set(index, &[&scales]);
            }
        }
    }

    /// Takes a row out; the last one takes its place.
    pub(crate) fn swap_remove(&mut self, index: usize) {
        match self {
            Self::Exact(rows, _) => rows.swap_remove(index),
            Self::Compact(rows) => {
                rows.codes.swap_remove(index);
                rows.scales.swap_remove(index);
            }
        }
    }

    /// Writes the row at `index`, which is below [`Rows::len`], into `out`, which has room for `width` numbers.
    pub(crate) fn read(&self, layout: &Layout, index: usize, out: &mut [f32]) {
        match self {
            Self::Exact(rows, _) => out.copy_from_slice(rows.get(index)),
            Self::Compact(rows) => rows.read(layout, index, out),
        }
    }

    /// The row at `index`, which is below [`Rows::len`].
    pub(crate) fn get(&self, layout: &Layout, index: usize) -> Vec<f32> {
        let mut row = vec![0.0; self.width()];
        self.read(layout, index, &mut row);
        row
    }

    /// Weights for scalar products with rows from which `centre` is taken off.
    pub(crate) fn weights(&self, layout: &Layout, mut weights: Vec<f32>, centre: &[f32]) -> Weights {
        let mut constants = Vec::new();
        if let Self::Compact(rows) = self {
            for range in layout.ranges() {
                let pairs = rows.code.centre[range.clone()].iter().zip(&centre[range.clone()]);
                let terms =
                    weights[range.clone()].iter().zip(pairs).map(|(weight, (code, centre))| weight * (code - centre));
                constants.push(terms.sum());
                weights[range.clone()]
                    .iter_mut()
                    .zip(&rows.code.steps[range])
                    .for_each(|(weight, step)| *weight *= step);
            }
        }
        Weights { weights, constants }
    }

    /// Calls `each` with every block's scalar product of the weights and the row at `index`, which is below [`Rows::len`].
    #[inline]
    pub(crate) fn products(
        &self,
        layout: &Layout,
        weights: &Weights,
        centre: &[f32],
        index: usize,
        mut each: impl FnMut(usize, f32),
    ) {
        match self {
            Self::Exact(rows, _) => {
                let row = rows.get(index);
                for (block, range) in layout.ranges().enumerate() {
                    let weights = &weights.weights[range.clone()];
                    each(block, centred_dot(weights, &row[range.clone()], &centre[range]));
                }
            }
            Self::Compact(rows) => {
                let (codes, scales) = (rows.codes.get(index), rows.scales.get(index));
                let constants = scales.iter().zip(&weights.constants);
                for (block, (range, (scale, constant))) in layout.ranges().zip(constants).enumerate() {
                    each(block, scale * coded_dot(&weights.weights[range.clone()], &codes[range]) + constant);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BlockSpec;

    fn layout(dimensions: &[usize]) -> Layout {
        let block = |dimensions: &usize| BlockSpec { name: String::new(), dimensions: *dimensions, weight: 1.0 };
        Layout::new(&dimensions.iter().map(block).collect::<Vec<_>>())
    }

    #[test]
    fn behaves_as_a_vector_of_rows_across_chunks() {
        let (mut rows, mut plain) = (Chunked::new(2), Vec::new());
        for i in 0..CHUNK + 3 {
            let row = [i as f32, -(i as f32)];
            rows.push(&[&row[..1], &row[1..]]);
            plain.push(row);
        }
        for index in [0, CHUNK + 2, CHUNK, 5, CHUNK - 1, CHUNK - 2] {
            rows.swap_remove(index.min(rows.len() - 1));
            plain.swap_remove(index.min(plain.len() - 1));
        }
        rows.set(7, &[&[1.5], &[2.5]]);
        plain[7] = [1.5, 2.5];
        assert_eq!(rows.len(), plain.len());
        assert!(rows.iter().eq(plain.iter().map(|row| row.as_slice())));
        assert!((0..plain.len()).all(|index| rows.get(index) == plain[index]));
    }

    #[test]
    fn empties_and_fills_again() {
        let mut rows = Chunked::new(1);
        rows.push(&[&[1.0]]);
        rows.swap_remove(0);
        assert_eq!((rows.len(), rows.iter().count()), (0, 0));
        rows.push(&[&[2.0]]);
        assert_eq!(rows.get(0), [2.0]);
    }

    /// Values of any size and offset, the last block constant at first.
    fn row(i: usize) -> Vec<f32> {
        let wave = |d: usize| 100.0 * d as f32 + (i as f32 * (0.7 + d as f32)).sin() * (d as f32 + 0.01);
        (0..6).map(|d| if d < 4 { wave(d) } else { (i / (COMPACT_FROM + 1)) as f32 * d as f32 }).collect()
    }

    #[test]
    fn many_rows_are_bytes_and_come_back_nearly_as_they_were() {
        let layout = layout(&[4, 2]);
        let mut rows = Rows::new(6, COMPACT_FROM);
        let row_of = |i: usize| row(i);
        for i in 0..COMPACT_FROM + 40 {
            assert_eq!(rows.are_compact(), i >= COMPACT_FROM);
            rows.push(&layout, &[&row_of(i)]);
        }
        rows.set(&layout, 3, &[&row_of(5000)]);
        rows.swap_remove(4);
        for (index, i) in [(0, 0), (3, 5000), (4, COMPACT_FROM + 39), (2050, 2050)] {
            let (got, expected) = (rows.get(&layout, index), row_of(i));
            for (d, (got, expected)) in got.iter().zip(&expected).enumerate() {
                let tolerance = 0.02 * (d as f32 + 0.3);
                assert!((got - expected).abs() < tolerance, "row {i}, dimension {d}: {got} for {expected}");
            }
        }
    }

    #[test]
    fn products_of_bytes_are_those_of_the_rows_they_stand_for() {
        let layout = layout(&[4, 2]);
        let mut rows = Rows::new(6, COMPACT_FROM);
        (0..COMPACT_FROM).for_each(|i| rows.push(&layout, &[&row(i)]));
        let centre = [1.0, 90.0, 210.0, 300.0, 0.5, 0.0];
        let plain = [0.3, -0.2, 0.5, 1.0, 2.0, -1.0];
        let weights = rows.weights(&layout, plain.to_vec(), &centre);
        for index in [0, 77, 2000] {
            let back = rows.get(&layout, index);
            let mut expected = [0.0; 2];
            for d in 0..6 {
                expected[d / 4] += plain[d] * (back[d] - centre[d]);
            }
            rows.products(&layout, &weights, &centre, index, |block, product| {
                assert!((product - expected[block]).abs() < 1e-2, "{product} for {}", expected[block]);
            });
        }
    }
}
