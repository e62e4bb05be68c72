//! Two rankings made one.

use std::collections::HashMap;

use segue_space::TrackId;

/// How little the first places count beside the next: the constant of reciprocal rank fusion.
const FLATNESS: f32 = 60.0;

/// Reciprocal rank fusion (Cormack, Clarke and Büttcher 2009): each ranking gives a track the reciprocal of its place, and these are added
/// up. Scores of different kinds, such as cosines and probabilities, need not be comparable for it. A track that is first in all rankings
/// has 1; equal ones are in the order of the first ranking that has them.
pub(crate) fn fuse(rankings: &[&[TrackId]]) -> Vec<(TrackId, f32)> {
    let mut fused: Vec<(TrackId, f32)> = Vec::new();
    let mut place_of: HashMap<TrackId, usize> = HashMap::new();
    let most = rankings.len().max(1) as f32 / (FLATNESS + 1.0);
    for ranking in rankings {
        for (place, track) in ranking.iter().enumerate() {
            let at = *place_of.entry(*track).or_insert_with(|| {
                fused.push((*track, 0.0));
                fused.len() - 1
            });
            if let Some((_, score)) = fused.get_mut(at) {
                *score += 1.0 / (FLATNESS + 1.0 + place as f32) / most;
            }
        }
    }
    fused.sort_by(|a, b| b.1.total_cmp(&a.1));
    fused
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_both_rankings_have_near_the_top_comes_first() {
        let fused = fuse(&[&[1, 2, 3, 4], &[5, 3, 2]]);
        let order: Vec<TrackId> = fused.iter().map(|(track, _)| *track).collect();
        assert_eq!(order, [2, 3, 1, 5, 4]);
        assert!(fused.iter().all(|(_, score)| (0.0..=1.0).contains(score)));
        let alike = fuse(&[&[7, 8], &[7, 8]]);
        assert!((alike[0].1 - 1.0).abs() < 1e-6);
        assert_eq!(fuse(&[&[9, 3]])[0], (9, 1.0));
        assert!(fuse(&[]).is_empty() && fuse(&[&[], &[]]).is_empty());
    }
}
