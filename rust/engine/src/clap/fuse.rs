//! Two rankings made one: what the words were understood to mean, and what sounds like them.

use std::collections::HashMap;

use segue_space::TrackId;

/// How flat the ranks are: the constant of reciprocal rank fusion (G. Cormack et al., SIGIR 2009).
const FLAT: f32 = 60.0;

/// Two rankings by reciprocal rank, the best first, with scores from 0 to 1: 1 is the first of both.
///
/// A list may be in any order; a track that it lacks stands behind all that it has. Equal scores share their mean rank: of
/// understanding many tracks have the same, and an order among them that says nothing must not outweigh the other list.
/// Standardised scores added do a little better where both lists are as good, and much worse where one is noise
/// (docs/clap.md).
pub(crate) fn fused(understood: &[(TrackId, f32)], heard: &[(TrackId, f32)]) -> Vec<(TrackId, f32)> {
    let mut scores: HashMap<TrackId, f32> = HashMap::new();
    for (track, _) in understood.iter().chain(heard) {
        scores.insert(*track, 0.0);
    }
    let all = scores.len();
    for list in [understood, heard] {
        let ranks = ranks(list);
        // All that are missing share the ranks that are left.
        let missing = (ranks.len() + all).saturating_sub(1) as f32 / 2.0;
        for (track, score) in &mut scores {
            let rank = ranks.get(track).copied().unwrap_or(missing);
            *score += FLAT / 2.0 / (FLAT + rank);
        }
    }
    let mut fused: Vec<(TrackId, f32)> = scores.into_iter().collect();
    fused.sort_unstable_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
    fused
}

/// The rank of each track, from 0; equal scores share the mean of theirs.
fn ranks(list: &[(TrackId, f32)]) -> HashMap<TrackId, f32> {
    let mut sorted: Vec<(TrackId, f32)> = list.iter().copied().filter(|(_, score)| !score.is_nan()).collect();
    sorted.sort_unstable_by(|one, other| other.1.total_cmp(&one.1));
    let mut ranks = HashMap::with_capacity(sorted.len());
    let mut before = 0;
    for group in sorted.chunk_by(|one, other| one.1 == other.1) {
        let mean = before as f32 + (group.len() - 1) as f32 / 2.0;
        for (track, _) in group {
            ranks.entry(*track).or_insert(mean);
        }
        before += group.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that are spread like noise of deviation 1, the same in every run.
    struct Noise(u64);

    impl Noise {
        fn uniform(&mut self) -> f32 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 40) as f32 / (1 << 24) as f32
        }

        fn next(&mut self) -> f32 {
            (0..12).map(|_| self.uniform()).sum::<f32>() - 6.0
        }
    }

    /// nDCG at 10 of an order, where `gain` says what each track is worth.
    fn ndcg(order: &[(TrackId, f32)], gain: &[f32]) -> f32 {
        let sum = |gains: &mut dyn Iterator<Item = f32>| {
            gains.take(10).zip(2..).map(|(gain, place)| gain / (place as f32).log2()).sum::<f32>()
        };
        let mut ideal = gain.to_vec();
        ideal.sort_unstable_by(|one, other| other.total_cmp(one));
        sum(&mut order.iter().map(|(track, _)| gain[*track as usize])) / sum(&mut ideal.into_iter())
    }

    /// Mean nDCG of understanding alone, of hearing alone and of both, where each knows the truth with so much noise.
    fn measured(noise: [f32; 2]) -> [f32; 3] {
        let mut random = Noise(7);
        let mut means = [0.0; 3];
        for _ in 0..40 {
            let truth: Vec<f32> = (0..800).map(|_| random.next()).collect();
            let gain: Vec<f32> = truth.iter().map(|t| (t - 1.5).max(0.0)).collect();
            let mut list = |noise: f32, score: fn(f32) -> f32| -> Vec<(TrackId, f32)> {
                (0..).zip(&truth).map(|(track, t)| (track, score(t + noise * random.next()))).collect()
            };
            // Understanding gives a few steps from 0 to 1, as clues do.
            let understood = list(noise[0], |x| (8.0 / (1.0 + (1.0 - x).exp())).round() / 8.0);
            let heard = list(noise[1], |x| 0.2 + 0.05 * x);
            let alone = |list: &[(TrackId, f32)]| ndcg(&fused(list, &[]), &gain);
            for (mean, value) in
                means.iter_mut().zip([alone(&understood), alone(&heard), ndcg(&fused(&understood, &heard), &gain)])
            {
                *mean += value / 40.0;
            }
        }
        means
    }

    #[test]
    fn two_that_know_something_know_more_together() {
        for noise in [[0.7, 0.7], [0.5, 1.0]] {
            let [understood, heard, both] = measured(noise);
            assert!(both > understood + 0.04 && both > heard + 0.04, "{noise:?}: {understood} {heard} {both}");
        }
    }

    #[test]
    fn one_that_knows_nothing_does_not_drown_the_other() {
        let [understood, heard, both] = measured([0.7, 50.0]);
        assert!(heard < 0.15 && both > 0.4 * understood, "{understood} {heard} {both}");
        let [understood, heard, both] = measured([50.0, 0.7]);
        assert!(understood < 0.15 && both > 0.85 * heard, "{understood} {heard} {both}");
    }

    #[test]
    fn the_first_of_both_is_first_and_ties_are_fair() {
        let both = fused(&[(1, 0.9), (2, 0.5), (3, 0.5)], &[(3, 0.1), (1, 0.4), (2, 0.2)]);
        assert_eq!(both.iter().map(|(track, _)| *track).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(both[0].1, 1.0);
        // Among equals of one list the other decides, and what one lacks comes after what it has.
        let tied = fused(&[(1, 0.5), (2, 0.5)], &[(2, 0.9), (1, 0.1), (4, 0.05)]);
        assert_eq!(tied.iter().map(|(track, _)| *track).collect::<Vec<_>>(), [2, 1, 4]);
        assert!(fused(&[], &[]).is_empty());
        assert_eq!(fused(&[(1, f32::NAN)], &[(2, 0.3)])[0].0, 2);
    }
}
