//! How much each track of the map wants to be near which others: distances made into probabilities.

use crate::map::Nearby;

/// How many neighbours the soft edge of a neighbourhood leaves, in the mean.
pub(crate) const PERPLEXITY: f32 = 30.0;
/// Halvings of the search for a neighbourhood's width.
const HALVINGS: usize = 64;
/// How far off the entropy of a neighbourhood may be.
const TOLERANCE: f32 = 1e-4;
/// Squares beyond this say nothing more, and their sums are still numbers.
const FARTHEST: f32 = 1e30;
/// Tracks between two questions whether to go on.
const PER_QUESTION: usize = 1024;

/// A sparse symmetric matrix of probabilities that sum to 1: row by row, columns ascending, nothing on the diagonal.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Affinities {
    starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f32>,
}

impl Affinities {
    /// Each track's neighbours weighted by a Gaussian as wide as makes the perplexity 30 (less where there are fewer than 90
    /// neighbours), made symmetric. Neighbours that are no track, the track itself or at no finite distance are passed over.
    /// `None` once cancelled.
    pub(crate) fn new(graph: &[Vec<Nearby>], cancelled: &dyn Fn() -> bool) -> Option<Self> {
        let n = graph.len();
        let fits = |row: usize, near: &Nearby| {
            near.distance.is_finite() && near.row as usize != row && (near.row as usize) < n
        };
        let mut degrees = vec![0usize; n];
        for (row, nearby) in graph.iter().enumerate() {
            for near in nearby.iter().filter(|near| fits(row, near)) {
                degrees[row] += 1;
                degrees[near.row as usize] += 1;
            }
        }
        let mut ends = Vec::with_capacity(n);
        let mut total = 0;
        for degree in degrees {
            ends.push(total);
            total += degree;
        }
        let mut entries = vec![(0u32, 0f32); total];
        let mut weights = Vec::new();
        let share = 0.5 / n.max(1) as f32;
        for (row, nearby) in graph.iter().enumerate() {
            if row % PER_QUESTION == 0 && cancelled() {
                return None;
            }
            let fitting = || nearby.iter().filter(|near| fits(row, near));
            weights.clear();
            weights.extend(fitting().map(|near| near.distance.max(0.0)));
            soften(&mut weights);
            for (near, weight) in fitting().zip(&weights) {
                let other = near.row as usize;
                for (from, to) in [(row, near.row), (other, row as u32)] {
                    entries[ends[from]] = (to, share * weight);
                    ends[from] += 1;
                }
            }
        }
        Self::merged(&mut entries, &ends, cancelled)
    }

    /// Rows that end at `ends`, columns in order and each once.
    fn merged(entries: &mut [(u32, f32)], ends: &[usize], cancelled: &dyn Fn() -> bool) -> Option<Self> {
        let mut matrix = Self { starts: vec![0], ..Self::default() };
        let mut start = 0;
        for (row, &end) in ends.iter().enumerate() {
            if row % PER_QUESTION == 0 && cancelled() {
                return None;
            }
            let entries = &mut entries[start..end];
            // By value as well: the sum of two does not hang on which of them came first.
            entries.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
            for &(column, value) in entries.iter() {
                let begun = matrix.columns.len() > matrix.starts[row];
                match matrix.values.last_mut() {
                    Some(last) if begun && matrix.columns.last() == Some(&column) => *last += value,
                    _ => {
                        matrix.columns.push(column);
                        matrix.values.push(value);
                    }
                }
            }
            matrix.starts.push(matrix.columns.len());
            start = end;
        }
        Some(matrix)
    }

    /// The same with its rows and columns in another order: row `i` is what row `order[i]` was. `None` once
    /// cancelled.
    pub(crate) fn reordered(&self, order: &[u32], cancelled: &dyn Fn() -> bool) -> Option<Self> {
        let mut place_of = vec![0u32; order.len()];
        for (place, &row) in order.iter().enumerate() {
            place_of[row as usize] = place as u32;
        }
        let mut matrix = Self {
            starts: vec![0],
            columns: Vec::with_capacity(self.columns.len()),
            values: Vec::with_capacity(self.values.len()),
        };
        let mut entries = Vec::new();
        for (place, &row) in order.iter().enumerate() {
            if place % PER_QUESTION == 0 && cancelled() {
                return None;
            }
            entries.clear();
            entries.extend(self.row(row as usize).map(|(column, value)| (place_of[column], value)));
            entries.sort_unstable_by_key(|entry| entry.0);
            matrix.columns.extend(entries.iter().map(|entry| entry.0));
            matrix.values.extend(entries.iter().map(|entry| entry.1));
            matrix.starts.push(matrix.columns.len());
        }
        Some(matrix)
    }

    /// Columns and values of a row.
    pub(crate) fn row(&self, row: usize) -> impl Iterator<Item = (usize, f32)> + '_ {
        let range = self.starts[row]..self.starts[row + 1];
        self.columns[range.clone()].iter().zip(&self.values[range]).map(|(column, value)| (*column as usize, *value))
    }

    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }
}

/// Distances become weights that sum to 1 and whose entropy is that of [`PERPLEXITY`] equal ones, or of a third of them
/// where they are few. (van der Maaten, Hinton: Visualizing data using t-SNE, JMLR 9, 2008.)
fn soften(distances: &mut [f32]) {
    let Some(nearest) = distances.iter().copied().reduce(f32::min) else { return };
    distances.iter_mut().for_each(|d| *d = ((*d - nearest) * (*d + nearest)).min(FARTHEST));
    let wanted = PERPLEXITY.min((distances.len() as f32 / 3.0).max(1.0)).ln();
    let mean = distances.iter().sum::<f32>() / distances.len() as f32;
    let (mut low, mut high) = (0.0f32, f32::INFINITY);
    let mut beta = if mean > 0.0 { 1.0 / mean } else { 0.0 };
    for _ in 0..HALVINGS {
        let (mut sum, mut moment) = (0.0, 0.0);
        for squared in distances.iter() {
            let weight = (-beta * squared).exp();
            sum += weight;
            moment += weight * squared;
        }
        let excess = sum.ln() + beta * moment / sum - wanted;
        if excess.abs() < TOLERANCE || !excess.is_finite() {
            break;
        }
        if excess > 0.0 {
            low = beta;
        } else {
            high = beta;
        }
        let next = if high.is_finite() { 0.5 * (low + high) } else { 2.0 * beta };
        if !next.is_finite() || next == beta {
            break;
        }
        beta = next;
    }
    distances.iter_mut().for_each(|squared| *squared = (-beta * *squared).exp());
    let sum: f32 = distances.iter().sum();
    distances.iter_mut().for_each(|weight| *weight /= sum);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(row: u32, distance: f32) -> Nearby {
        Nearby { row, distance }
    }

    #[test]
    fn weights_have_the_wanted_entropy_and_fall_with_the_distance() {
        let mut weights: Vec<f32> = (0..90).map(|i| 0.3 + 0.01 * i as f32).collect();
        soften(&mut weights);
        let entropy: f32 = -weights.iter().map(|w| w * w.max(1e-30).ln()).sum::<f32>();
        assert!((entropy.exp() - PERPLEXITY).abs() < 0.1, "{}", entropy.exp());
        assert!(weights.is_sorted_by(|a, b| a > b) && (weights.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        let mut equal = vec![0.5; 12];
        soften(&mut equal);
        assert!(equal.iter().all(|weight| (weight - 1.0 / 12.0).abs() < 1e-6));
        let mut huge = vec![0.0, 1e30, 1e38];
        soften(&mut huge);
        assert!(huge.iter().all(|weight| weight.is_finite()));
        soften(&mut []);
    }

    #[test]
    fn the_matrix_is_symmetric_sums_to_one_and_passes_over_what_is_none() {
        let graph = vec![
            vec![near(1, 0.1), near(2, 0.2), near(0, 0.0)],
            vec![near(0, 0.1), near(9, 0.1), near(2, f32::NAN)],
            vec![near(1, 0.3)],
            vec![],
        ];
        let matrix = Affinities::new(&graph, &|| false).unwrap();
        let at = |a: usize, b: usize| matrix.row(a).find(|(column, _)| *column == b).map_or(0.0, |(_, value)| value);
        for a in 0..4 {
            assert!(matrix.row(a).collect::<Vec<_>>().is_sorted_by(|x, y| x.0 < y.0));
            assert!((0..4).all(|b| at(a, b) == at(b, a)) && at(a, a) == 0.0);
        }
        let sum: f32 = (0..4).flat_map(|row| matrix.row(row)).map(|(_, value)| value).sum();
        assert!((sum - 0.75).abs() < 1e-6, "three of four rows have neighbours: {sum}");
        let order = [2, 0, 3, 1];
        assert_eq!(matrix.reordered(&order, &|| true), None);
        let other = matrix.reordered(&order, &|| false).unwrap();
        for (place, &row) in order.iter().enumerate() {
            for (column, value) in other.row(place) {
                assert_eq!(value, at(row as usize, order[column] as usize));
            }
            assert_eq!(other.row(place).count(), matrix.row(row as usize).count());
        }
        assert_eq!(Affinities::new(&graph, &|| true), None);
        assert_eq!(Affinities::new(&[], &|| false).unwrap().len(), 0);
    }
}
