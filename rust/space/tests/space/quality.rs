//! How well neighbours of real music are of a kind: precision at 5 and 10, and the worst hub. The library is small (36
//! tracks), so nothing is tuned to it; the test guards against losing what the method is known to give.

use crate::common::{Library, all, library, real_space};
use segue_vectors::cosine;

struct Score {
    at_5: f32,
    at_10: f32,
    hub: usize,
}

/// Scores lists of neighbours: share of the nearest that come from the same soundtrack, and the most lists of ten that
/// any one track is in.
fn score(library: &Library, lists: &[Vec<usize>]) -> Score {
    let group = |track: usize| &library.tracks[track].group;
    let precision = |k: usize| {
        let hits =
            |(seed, list): (usize, &Vec<usize>)| list.iter().take(k).filter(|t| group(**t) == group(seed)).count();
        lists.iter().enumerate().map(hits).sum::<usize>() as f32 / (k * lists.len()) as f32
    };
    let mut appearances = vec![0; lists.len()];
    lists.iter().flat_map(|list| list.iter().take(10)).for_each(|track| appearances[*track] += 1);
    Score { at_5: precision(5), at_10: precision(10), hub: appearances.into_iter().max().unwrap() }
}

#[test]
fn neighbours_of_real_music_are_of_a_kind() {
    let library = library();
    let n = library.tracks.len();

    let plain: Vec<Vec<usize>> = (0..n)
        .map(|seed| {
            let mut others: Vec<usize> = (0..n).filter(|other| *other != seed).collect();
            let similarity = |other: &usize| cosine(&library.tracks[seed].blocks[0], &library.tracks[*other].blocks[0]);
            others.sort_by(|a, b| similarity(b).total_cmp(&similarity(a)));
            others
        })
        .collect();

    let space = real_space(&library);
    let standardised: Vec<Vec<usize>> = {
        let ids = space.ids();
        let points = space.matrix(&ids);
        assert!(ids.iter().copied().eq(0..n as u32));
        (0..n)
            .map(|seed| {
                let mut others: Vec<usize> = (0..n).filter(|other| *other != seed).collect();
                let similarity = |other: &usize| points.row(seed).dot(&points.row(*other));
                others.sort_by(|a, b| similarity(b).total_cmp(&similarity(a)));
                others
            })
            .collect()
    };
    let ours: Vec<Vec<usize>> = (0..n as u32)
        .map(|seed| space.nearest(seed, n, &all).unwrap().into_iter().map(|neighbour| neighbour.id as usize).collect())
        .collect();

    let scores = [("mean, cosine", &plain), ("standardised", &standardised), ("mutual proximity", &ours)]
        .map(|(name, lists)| (name, score(&library, lists)));
    for (name, score) in &scores {
        println!("{name:<17} P@5 {:.3}  P@10 {:.3}  hub {}", score.at_5, score.at_10, score.hub);
    }
    let [(_, plain), _, (_, ours)] = &scores;
    assert!(ours.at_5 >= plain.at_5 - 0.02 && ours.at_10 >= plain.at_10 - 0.02);
    assert!(ours.hub < plain.hub);
}
