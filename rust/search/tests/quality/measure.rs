//! Normalised discounted cumulative gain, and what a difference of means is sure to be.

/// Ranks that count.
pub(crate) const RANKS: usize = 10;

/// nDCG@10 of a ranking (Järvelin and Kekäläinen, 2002), with gains of 2^grade - 1 and discounts of log2(rank + 1).
///
/// `ranking` holds the grades of the tracks as they were ranked, `grades` those of all tracks, in any order. 0 where no track has a grade.
pub(crate) fn ndcg(ranking: &[u32], grades: &[u32]) -> f64 {
    let mut ideal = grades.to_vec();
    ideal.sort_unstable_by(|a, b| b.cmp(a));
    let best = gain(&ideal);
    if best == 0.0 { 0.0 } else { gain(ranking) / best }
}

fn gain(ranking: &[u32]) -> f64 {
    (2_u32..)
        .zip(ranking.iter().take(RANKS))
        .map(|(place, grade)| (f64::from(*grade).exp2() - 1.0) / f64::from(place).log2())
        .fold(0.0, |sum, gain| sum + gain)
}

/// Mean; 0 of nothing.
pub(crate) fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

/// The interval that holds 95 % of the means of paired differences `a - b` over queries drawn again and again with replacement.
pub(crate) fn interval(a: &[f64], b: &[f64]) -> (f64, f64) {
    const DRAWS: usize = 10_000;
    let differences: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    let count = differences.len() as u64;
    let mut state = 1_u64;
    let mut means: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let drawn: Vec<f64> = (0..count)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    differences[((state >> 33) % count) as usize]
                })
                .collect();
            mean(&drawn)
        })
        .collect();
    means.sort_unstable_by(f64::total_cmp);
    (means[DRAWS / 40], means[DRAWS - DRAWS / 40])
}

#[cfg(test)]
mod tests {
    use super::{interval, mean, ndcg};

    #[test]
    fn gain_by_hand() {
        // Grades 2, 0, 3 against 3, 2, 1: (3 + 7 / 2) / (7 + 3 / log2 3 + 1 / 2).
        let expected = 6.5 / (7.0 + 3.0 / 3.0_f64.log2() + 0.5);
        assert!(
            (ndcg(&[2, 0, 3], &[0, 3, 1, 2, 0]) - expected).abs() < 1e-12,
            "{}",
            ndcg(&[2, 0, 3], &[0, 3, 1, 2, 0])
        );
        assert!((expected - 0.6920).abs() < 5e-5);
    }

    #[test]
    fn the_best_ranking_is_worth_one_and_none_nothing() {
        assert_eq!(ndcg(&[3, 2, 1, 0], &[1, 0, 2, 3]), 1.0);
        assert_eq!(ndcg(&[], &[3, 2]), 0.0);
        assert_eq!(ndcg(&[0, 0], &[0, 0, 3]), 0.0);
        assert_eq!(ndcg(&[0, 0], &[0, 0]), 0.0);
    }

    #[test]
    fn the_eleventh_counts_nothing() {
        let mut ranking = [0; 11];
        ranking[10] = 3;
        assert_eq!(ndcg(&ranking, &[3]), 0.0);
        ranking[9] = 3;
        assert!((ndcg(&ranking, &[3]) - 1.0 / 11.0_f64.log2()).abs() < 1e-12);
    }

    #[test]
    fn an_interval_holds_the_difference_and_is_the_same_again() {
        let a: Vec<f64> = (0..50).map(|at| 0.5 + f64::from(at % 5) / 10.0).collect();
        let b: Vec<f64> = (0..50).map(|at| 0.3 + f64::from(at % 7) / 20.0).collect();
        let difference = mean(&a) - mean(&b);
        let (low, high) = interval(&a, &b);
        assert!(low < difference && difference < high && high - low < 0.2, "{low} {difference} {high}");
        assert_eq!((low, high), interval(&a, &b));
        assert_eq!(interval(&a, &a), (0.0, 0.0));
    }
}
