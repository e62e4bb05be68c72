//! Which patches stand for a track, and for how much of it.
//!
//! A network's mean over all patches of a track is estimated from a few. Patches that look alike in a cheap
//! description sound alike to a network, so the few are chosen, and weighted, by what is known of all of them: this is
//! Bayesian quadrature (A. O'Hagan, "Bayes-Hermite quadrature", 1991; greedily as in F. Huszár and D. Duvenaud,
//! "Optimally-weighted herding is Bayesian quadrature", 2012). The network's output is taken for a Gaussian process over
//! the descriptions with the kernel `exp(−d / 4)`, `d` being their distance in units of the track's mean one, and an
//! unknown mean; each patch taken is the one after which the process knows most about the mean over the track.

use std::ops::RangeInclusive;

use crate::BANDS;

/// Values of a description: of each band its mean, its standard deviation and its mean absolute change from one frame
/// to the next.
pub(crate) const DESCRIPTION_LEN: usize = GROUPS * BANDS;
const GROUPS: usize = 3;

/// A cheap description of a patch.
pub(crate) type Description = Box<[f32]>;

/// In mean distances: how far apart two patches say little about each other. Anything from 2 up does as well.
const KERNEL_LENGTH: f64 = 4.0;
/// The part of a network's variance that the description does not see.
const UNSEEN: f64 = 0.02;
/// When the mean over a track is known well enough: its variance times the root mean square distance of two patches, both
/// by their descriptions, times the number of patches that may be taken. With at most 32, the errors on 36 tracks are
/// then those of 32 patches spread evenly or smaller.
const TOLERATED: f64 = 0.45;

/// Describes a patch of log-mel values, frame after frame.
pub(crate) fn describe(patch: &[f32]) -> Description {
    let mut description = vec![0.0_f32; DESCRIPTION_LEN].into_boxed_slice();
    let frames = (patch.len() / BANDS).max(1) as f32;
    let (means, rest) = description.split_at_mut(BANDS);
    let (deviations, changes) = rest.split_at_mut(BANDS);
    for frame in patch.chunks_exact(BANDS) {
        for (mean, x) in means.iter_mut().zip(frame) {
            *mean += x / frames;
        }
    }
    for frame in patch.chunks_exact(BANDS) {
        for ((variance, mean), x) in deviations.iter_mut().zip(&*means).zip(frame) {
            *variance += (x - mean) * (x - mean) / frames;
        }
    }
    deviations.iter_mut().for_each(|x| *x = x.sqrt());
    for (frame, next) in patch.chunks_exact(BANDS).zip(patch.chunks_exact(BANDS).skip(1)) {
        for ((change, x), next) in changes.iter_mut().zip(frame).zip(next) {
            *change += (next - x).abs() / frames;
        }
    }
    description
}

/// How many are always taken where `most` may be.
pub(crate) fn fewest(most: usize) -> usize {
    most.saturating_mul(3).div_ceil(8)
}

/// Chooses of `candidates` those that stand for `population`, the descriptions of a whole track: no more than `most`, and
/// fewer, but no fewer than [`fewest`], once the mean over the track is known well enough. How well that is
/// goes with `most`: twice as many may lead to half the error.
///
/// Returns places among the candidates in rising order, each with its weight; weights are not negative and sum to 1. All
/// candidates when there are no more than the fewest. Takes time in proportion to candidates times population, and to
/// `most` times the square of the candidates.
pub(crate) fn representatives(
    candidates: &[&Description],
    population: &[&Description],
    most: usize,
) -> Vec<(usize, f64)> {
    if most == 0 || candidates.is_empty() || population.is_empty() {
        return Vec::new();
    }
    let variances = group_variances(population);
    // Twice the variance is the mean squared distance of two: 1 in each group once scaled. Below 1e-9 is rounding.
    let scales = variances.map(|v| if v > 1e-9 && v.is_finite() { (0.5 / v).sqrt() as f32 } else { 0.0 });
    let spread = (2.0 * variances.iter().sum::<f64>()).sqrt();
    let [candidates, population] = [candidates, population].map(|all| {
        let scaled = |description: &&Description| -> Vec<f32> {
            description
                .chunks(BANDS)
                .zip(&scales)
                .flat_map(|(group, scale)| group.iter().map(move |x| x * scale))
                .collect()
        };
        all.iter().map(scaled).collect::<Vec<_>>()
    });

    let to_all: Vec<f64> = candidates.iter().flat_map(|a| population.iter().map(|b| distance(a, b))).collect();
    let mean = to_all.iter().sum::<f64>() / to_all.len() as f64;
    let unit = if mean > 0.0 { 1.0 / (KERNEL_LENGTH * mean) } else { 0.0 };
    let kernel = |distance: f64| (-distance * unit).exp();
    // The covariance of each candidate with the mean over the track.
    let with_mean: Vec<f64> = to_all
        .chunks(population.len())
        .map(|row| row.iter().map(|d| kernel(*d)).sum::<f64>() / population.len() as f64)
        .collect();
    let among: Vec<f64> = candidates.iter().flat_map(|a| candidates.iter().map(|b| kernel(distance(a, b)))).collect();

    let number = fewest(most).min(candidates.len())..=most.min(candidates.len());
    let enough = TOLERATED / (most as f64 * spread.max(f64::MIN_POSITIVE));
    let mut chosen = most_telling(&among, &with_mean, number, enough);
    chosen.sort_unstable();
    let weights = if chosen.len() == population.len() {
        vec![1.0 / chosen.len() as f64; chosen.len()]
    } else {
        weights(&among, &with_mean, &chosen)
    };
    chosen.into_iter().zip(weights).collect()
}

/// The variance over the population of each group of values, summed over the bands.
fn group_variances(population: &[&Description]) -> [f64; GROUPS] {
    std::array::from_fn(|group| {
        let values = |i: usize| population.iter().filter_map(move |x| x.get(group * BANDS + i)).map(|x| f64::from(*x));
        let count = population.len() as f64;
        let variance = |i: usize| {
            let mean = values(i).sum::<f64>() / count;
            values(i).map(|x| (x - mean).powi(2)).sum::<f64>() / count
        };
        (0..BANDS).map(variance).sum()
    })
}

fn distance(a: &[f32], b: &[f32]) -> f64 {
    let mut lanes = [0.0_f32; 8];
    for (a, b) in a.chunks(8).zip(b.chunks(8)) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += (a - b) * (a - b);
        }
    }
    f64::from(lanes.iter().sum::<f32>()).sqrt()
}

/// Takes one candidate after the other, each time the one that most lessens the variance of the mean over the track, until
/// there are enough in number and the variance is no more than `enough`.
fn most_telling(among: &[f64], with_mean: &[f64], number: RangeInclusive<usize>, enough: f64) -> Vec<usize> {
    let count = with_mean.len();
    // All three given those already taken. Candidates are spread evenly over the track: their mean is the track's.
    let mut variance_of_mean = with_mean.iter().sum::<f64>() / count as f64;
    let (mut covariance, mut with_mean) = (among.to_vec(), with_mean.to_vec());
    let mut free: Vec<usize> = (0..count).collect();
    let mut chosen = Vec::with_capacity(*number.end());
    while chosen.len() < *number.start() || (chosen.len() < *number.end() && variance_of_mean > enough) {
        let gain = |i: usize| {
            let variance = covariance.get(i * count + i).copied().unwrap_or(0.0).max(0.0);
            with_mean.get(i).map_or(0.0, |c| c * c / (variance + UNSEEN))
        };
        // The first of equals, so that the choice is the same everywhere.
        let best = free.iter().enumerate().map(|(place, &i)| (place, i, gain(i)));
        let Some((place, taken, gained)) = best.reduce(|a, b| if b.2 > a.2 { b } else { a }) else { break };
        free.remove(place);
        chosen.push(taken);
        variance_of_mean -= gained;
        let Some(row) = covariance.chunks(count).nth(taken).map(<[f64]>::to_vec) else { break };
        let (Some(&variance), Some(&mean)) = (row.get(taken), with_mean.get(taken)) else { break };
        let variance = variance.max(0.0) + UNSEEN;
        for ((others, c), own) in covariance.chunks_mut(count).zip(&row).zip(&mut with_mean) {
            let share = c / variance;
            *own -= share * mean;
            for (x, r) in others.iter_mut().zip(&row) {
                *x -= share * r;
            }
        }
    }
    chosen
}

/// The weights by which the chosen candidates' outputs estimate the mean over the track without bias.
fn weights(among: &[f64], with_mean: &[f64], chosen: &[usize]) -> Vec<f64> {
    let (count, n) = (with_mean.len(), chosen.len());
    let mut matrix: Vec<f64> = Vec::with_capacity(n * n);
    for (row, &i) in chosen.iter().enumerate() {
        matrix.extend(chosen.iter().filter_map(|&j| among.get(i * count + j)));
        if let Some(diagonal) = matrix.get_mut(row * n + row) {
            *diagonal += UNSEEN;
        }
    }
    let mut known: Vec<f64> = chosen.iter().filter_map(|&i| with_mean.get(i).copied()).collect();
    let mut ones = vec![1.0; n];
    solve(&mut matrix, &mut [&mut known, &mut ones]);
    // The mean of the process is unknown: what the weights lack of 1 goes to it.
    let lack = (1.0 - known.iter().sum::<f64>()) / ones.iter().sum::<f64>();
    let raw: Vec<f64> = known.iter().zip(&ones).map(|(k, one)| (k + lack * one).max(0.0)).collect();
    let total: f64 = raw.iter().sum();
    if total > 0.0 && total.is_finite() { raw.iter().map(|x| x / total).collect() } else { vec![1.0 / n as f64; n] }
}

/// Solves a positive definite system for several right-hand sides, in place, by Gauss' elimination. Pivots are at least
/// [`UNSEEN`], so none has to be sought.
fn solve(matrix: &mut [f64], sides: &mut [&mut Vec<f64>]) {
    let n = sides.first().map_or(0, |side| side.len());
    for column in 0..n {
        let (above, below) = matrix.split_at_mut((column + 1) * n);
        let Some(pivot_row) = above.get(column * n..) else { return };
        let Some(&pivot) = pivot_row.get(column) else { return };
        for (offset, row) in below.chunks_mut(n).enumerate() {
            let Some(factor) = row.get(column).map(|x| x / pivot) else { return };
            for (x, p) in row.iter_mut().zip(pivot_row).skip(column) {
                *x -= factor * p;
            }
            for side in &mut *sides {
                let Some(&top) = side.get(column) else { return };
                if let Some(x) = side.get_mut(column + 1 + offset) {
                    *x -= factor * top;
                }
            }
        }
    }
    for row in (0..n).rev() {
        let Some(coefficients) = matrix.get(row * n..(row + 1) * n) else { return };
        for side in &mut *sides {
            let known: f64 = coefficients.iter().zip(side.iter()).skip(row + 1).map(|(a, x)| a * x).sum();
            if let (Some(x), Some(pivot)) = (side.get_mut(row), coefficients.get(row)) {
                *x = (*x - known) / pivot;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PATCH_FRAMES, PATCH_LEN};

    /// A description of which all groups hold the same value.
    fn flat(value: f32) -> Description {
        vec![value; DESCRIPTION_LEN].into()
    }

    fn choose(candidates: &[Description], population: &[Description], wanted: usize) -> Vec<(usize, f64)> {
        let chosen =
            representatives(&candidates.iter().collect::<Vec<_>>(), &population.iter().collect::<Vec<_>>(), wanted);
        assert!(chosen.is_sorted_by(|a, b| a.0 < b.0));
        assert!((chosen.iter().map(|(_, weight)| weight).sum::<f64>() - 1.0).abs() < 1e-9);
        assert!(chosen.iter().all(|(place, weight)| *place < candidates.len() && *weight >= 0.0));
        chosen
    }

    #[test]
    fn a_description_is_mean_deviation_and_change() {
        // Band b of frame f: b + 1 on even frames and b on odd ones.
        let patch: Vec<f32> = (0..PATCH_LEN)
            .map(|i| (i % BANDS) as f32 + if (i / BANDS).is_multiple_of(2) { 1.0 } else { 0.0 })
            .collect();
        let description = describe(&patch);
        let even = PATCH_FRAMES.div_ceil(2) as f32 / PATCH_FRAMES as f32;
        for band in 0..BANDS {
            assert!((description[band] - (band as f32 + even)).abs() < 1e-3);
            assert!((description[BANDS + band] - (even * (1.0 - even)).sqrt()).abs() < 1e-3);
            let change = (PATCH_FRAMES - 1) as f32 / PATCH_FRAMES as f32;
            assert!((description[2 * BANDS + band] - change).abs() < 1e-3);
        }
    }

    #[test]
    fn each_kind_is_heard_and_weighs_its_share() {
        // 70 patches of one kind, 20 of another, 10 of a third, mixed.
        let kind = |i: usize| match i % 10 {
            0..7 => 0.0,
            7 | 8 => 5.0,
            _ => -8.0,
        };
        let track: Vec<_> = (0..100).map(|i| flat(kind(i) + 1e-3 * i as f32)).collect();
        for wanted in [3, 4, 8] {
            let heard = choose(&track, &track, wanted);
            let mut shares = [(0.0, 0.7, 0.0), (5.0, 0.2, 0.0), (-8.0, 0.1, 0.0)];
            for (place, weight) in heard {
                shares.iter_mut().filter(|share| share.0 == kind(place)).for_each(|share| share.2 += weight);
            }
            for (kind, expected, found) in shares {
                assert!((found - expected).abs() < 0.03, "{wanted}: {found} instead of {expected} for {kind}");
            }
        }
    }

    #[test]
    fn closer_to_the_mean_than_even_spacing() {
        // A walk: neighbours are alike, as in music. The sum over descriptions stands for a network.
        let mut state = 7_u32;
        let mut value = [0.0_f32; 4];
        let track: Vec<_> = (0..90)
            .map(|_| {
                for x in &mut value {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    *x = 0.9 * *x + (state >> 8) as f32 / (1 << 24) as f32 - 0.5;
                }
                (0..DESCRIPTION_LEN).map(|i| value[i % 4]).collect::<Description>()
            })
            .collect();
        let output = |i: usize| track[i].iter().take(4).map(|x| f64::from(x.tanh())).sum::<f64>();
        let truth = (0..90).map(output).sum::<f64>() / 90.0;
        let (mut chosen_error, mut even_error) = (0.0, 0.0);
        for n in 6..16 {
            chosen_error += (choose(&track, &track, n).iter().map(|(i, w)| w * output(*i)).sum::<f64>() - truth).abs();
            even_error += ((0..n).map(|i| output(i * 89 / (n - 1))).sum::<f64>() / n as f64 - truth).abs();
        }
        assert!(chosen_error < 0.5 * even_error, "{chosen_error} against {even_error}");
    }

    #[test]
    fn a_track_that_changes_more_has_more_patches() {
        let mut state = 7_u32;
        let mut track = |spread: f32| -> Vec<Description> {
            let mut value = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                spread * ((state >> 8) as f32 / (1 << 24) as f32 - 0.5)
            };
            (0..90).map(|_| (0..DESCRIPTION_LEN).map(|_| value()).collect()).collect()
        };
        let counts = [1e-4, 0.02, 0.1, 3.0].map(|spread| {
            let track = track(spread);
            choose(&track, &track, 32).len()
        });
        assert_eq!((counts[0], counts[3]), (12, 32));
        assert!(counts.is_sorted(), "{counts:?}");
    }

    #[test]
    fn candidates_stand_for_patches_that_were_not_kept() {
        // Of the kind 3.0 only one patch in four was kept, of the kind 0.0 all.
        let population: Vec<_> = [vec![flat(0.0); 40], vec![flat(3.0); 40]].concat();
        let candidates: Vec<_> = [vec![flat(0.0); 40], vec![flat(3.0); 10]].concat();
        let threes: f64 = choose(&candidates, &population, 6).iter().filter(|(i, _)| *i >= 40).map(|(_, w)| w).sum();
        assert!((threes - 0.5).abs() < 0.02, "{threes}");
    }

    #[test]
    fn degenerate_input_has_an_answer() {
        let same = vec![flat(1.0); 5];
        let chosen = choose(&same, &same, 3);
        assert_eq!(chosen.len(), 2, "three eighths of three, since one says all");
        assert!(chosen.iter().all(|(_, weight)| (weight - 0.5).abs() < 1e-9));
        assert!(choose(&same, &same, 9).len() <= 5);
        assert_eq!(choose(&same[..1], &same[..1], 1), [(0, 1.0)]);
        assert!(representatives(&[], &[], 3).is_empty());
        let huge: Vec<_> = [1e30, -1e30, 0.0, f32::MAX].map(flat).into();
        assert_eq!(choose(&huge, &huge, 2).len(), 2);
    }
}
