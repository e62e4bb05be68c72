//! The best of many tracks, fast: clues become tables of 256 numbers.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::judge::Judge;
use crate::columns::Columns;
use crate::query::{Query, Rows, Score};

/// Rows that are scored at a time: their sums stay in the processor's nearest memory.
const BLOCK: usize = 1024;

/// A query made ready to score many rows.
#[derive(Debug)]
pub struct Ready {
    judges: Vec<Judge>,
    /// Of each want's clues: 0 for what is not known.
    tables: Vec<Vec<[f32; 256]>>,
}

/// A row with the logarithm of its score; the heap gives the worst first.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Scored {
    score: f32,
    row: usize,
}

impl Eq for Scored {}

impl Ord for Scored {
    fn cmp(&self, other: &Self) -> Ordering {
        other.score.total_cmp(&self.score).then(self.row.cmp(&other.row))
    }
}

impl PartialOrd for Scored {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ready {
    pub(crate) fn new(query: &Query) -> Self {
        let judges: Vec<Judge> = query.wants.iter().map(Judge::new).collect();
        let table = |&(_, reading, weight): &(usize, super::reading::Reading, f32)| {
            let mut table = [0.0; 256];
            for (value, byte) in table.iter_mut().zip(0..=u8::MAX) {
                let read = weight * reading.of(byte);
                *value = if read.is_nan() { f32::NAN } else { read };
            }
            table
        };
        let tables = judges.iter().map(|judge| judge.clues.iter().map(table).collect()).collect();
        Self { judges, tables }
    }

    /// How well the track of a row answers; `None` for an empty row, and for a query without wants.
    #[must_use]
    pub fn score(&self, columns: &Columns, row: usize, rows: Rows<'_>) -> Option<Score> {
        if self.judges.is_empty() || !columns.holds(row) {
            return None;
        }
        let wants: Vec<f32> = self
            .judges
            .iter()
            .enumerate()
            .map(|(at, judge)| judge.row(columns, row, if judge.asks_rows() { rows(at, row) } else { None }))
            .collect();
        Some(Score { value: self.together(wants.iter().map(|value| value.ln())).exp(), wants })
    }

    /// The `k` rows that answer best with their scores, the best first, the lower row first among equals. Rows that `admit` refuses are not
    /// among them.
    #[must_use]
    pub fn best(
        &self,
        columns: &Columns,
        k: usize,
        admit: &dyn Fn(usize) -> bool,
        rows: Rows<'_>,
    ) -> Vec<(usize, f32)> {
        if self.judges.is_empty() || k == 0 {
            return Vec::new();
        }
        let mut heap: BinaryHeap<Scored> = BinaryHeap::new();
        let mut values = vec![[0.0_f32; BLOCK]; self.judges.len()];
        for begin in (0..columns.len()).step_by(BLOCK) {
            let length = BLOCK.min(columns.len() - begin);
            for (want, values) in values.iter_mut().enumerate() {
                self.block(want, columns, begin, length, values, rows);
            }
            for at in 0..length {
                let row = begin + at;
                let score = self.together(values.iter().map(|values| values.get(at).copied().unwrap_or(f32::MIN)));
                let worse = heap.len() >= k && heap.peek().is_some_and(|worst| score <= worst.score);
                if worse || !columns.holds(row) || !admit(row) {
                    continue;
                }
                let scored = Scored { score, row };
                if heap.len() >= k {
                    heap.pop();
                }
                heap.push(scored);
            }
        }
        heap.into_sorted_vec().into_iter().map(|scored| (scored.row, scored.score.exp())).collect()
    }

    /// Logarithms of how well the rows from `begin` on fulfil a want.
    fn block(
        &self,
        want: usize,
        columns: &Columns,
        begin: usize,
        length: usize,
        values: &mut [f32; BLOCK],
        rows: Rows<'_>,
    ) {
        let (Some(judge), Some(tables)) = (self.judges.get(want), self.tables.get(want)) else { return };
        let mut sums = [0.0_f32; BLOCK];
        let mut known = [false; BLOCK];
        for ((column, _, _), table) in judge.clues.iter().zip(tables) {
            let bytes = columns.column(*column).get(begin..begin + length).unwrap_or_default();
            for ((sum, known), &byte) in sums.iter_mut().zip(&mut known).zip(bytes) {
                let value = table.get(usize::from(byte)).copied().unwrap_or(f32::NAN);
                let is = !value.is_nan();
                *sum += if is { value } else { 0.0 };
                *known |= is;
            }
        }
        for (at, value) in values.iter_mut().enumerate().take(length) {
            let row = begin + at;
            let asked = if judge.asks_rows() { rows(want, row) } else { None };
            let (sum, known) = (sums.get(at).copied().unwrap_or(0.0), known.get(at).copied().unwrap_or(false));
            *value = judge.value(sum, known, columns, row, asked);
        }
    }

    /// The logarithm of all wants as one, from theirs: their geometric mean, each as heavy as it is meant; of alternatives the best counts.
    fn together(&self, values: impl Iterator<Item = f32>) -> f32 {
        let (mut sum, mut weights) = (0.0, 0.0);
        let mut group: Option<(f32, f32)> = None;
        for (judge, value) in self.judges.iter().zip(values) {
            match &mut group {
                Some((best, weight)) if judge.either => {
                    *best = best.max(value);
                    *weight = weight.max(judge.weight);
                }
                _ => {
                    if let Some((best, weight)) = group.replace((value, judge.weight)) {
                        sum += weight * best;
                        weights += weight;
                    }
                }
            }
        }
        if let Some((best, weight)) = group {
            sum += weight * best;
            weights += weight;
        }
        if weights > 0.0 { sum / weights } else { f32::MIN }
    }
}
