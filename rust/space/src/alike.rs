//! Which of a few thousand vectors point the same way: artists, say, by the mean of their songs.

use segue_vectors::{Moments, Standardiser, TopK, dot, normalise};

/// For each vector the `k` others that point the most the same way, by the cosine of the standardised vectors (−1..1), the
/// best first. What all share says nothing, so each dimension is standardised over all of them first. Vectors of another
/// length than the first one's, or with a value that is no number, have no others. The time grows with the square of
/// their number.
pub fn alike(vectors: &[Vec<f32>], k: usize) -> Vec<Vec<(usize, f32)>> {
    let width = vectors.first().map_or(0, Vec::len);
    let mut moments = Moments::new(width);
    let sound: Vec<bool> = vectors.iter().map(|vector| moments.push(vector).is_ok()).collect();
    let standardiser = Standardiser::from_moments(&moments);
    let units: Vec<Option<Vec<f32>>> = vectors
        .iter()
        .zip(sound)
        .map(|(vector, sound)| {
            let mut unit = sound.then(|| vector.clone())?;
            standardiser.apply(&mut unit);
            (normalise(&mut unit) > 0.0).then_some(unit)
        })
        .collect();
    let nearest = |(own, unit): (usize, &Option<Vec<f32>>)| {
        let Some(unit) = unit else { return Vec::new() };
        let mut top = TopK::new(k);
        for (other, theirs) in units.iter().enumerate() {
            if let Some(theirs) = theirs.as_ref().filter(|_| other != own) {
                top.push(-dot(unit, theirs), other);
            }
        }
        top.into_sorted().into_iter().map(|(distance, other)| (other, (-distance).clamp(-1.0, 1.0))).collect()
    };
    units.iter().enumerate().map(nearest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_find_those_that_point_the_same_way_beyond_what_all_share() {
        // All share a large first dimension; the others tell two kinds apart.
        let vectors: Vec<Vec<f32>> =
            vec![vec![100.0, 1.0, 0.1], vec![101.0, 0.9, 0.0], vec![99.0, 0.0, 1.0], vec![100.0, 0.1, 0.9]];
        let found = alike(&vectors, 1);
        let nearest: Vec<usize> = found.iter().map(|others| others[0].0).collect();
        assert_eq!(nearest, [1, 0, 3, 2]);
        assert!(found.iter().all(|others| others.len() == 1 && (-1.0..=1.0).contains(&others[0].1)));
        assert_eq!(alike(&vectors, 10)[0].len(), 3);
    }

    #[test]
    fn what_cannot_be_compared_stands_alone() {
        assert!(alike(&[], 3).is_empty());
        assert_eq!(alike(&[vec![1.0, 2.0]], 3), [vec![]]);
        let odd = [vec![1.0, 2.0], vec![f32::NAN, 1.0], vec![1.0], vec![3.0, 1.0]];
        let found = alike(&odd, 3);
        assert!(found[1].is_empty() && found[2].is_empty());
        assert_eq!(found[0].iter().map(|(other, _)| *other).collect::<Vec<_>>(), [3]);
    }
}
