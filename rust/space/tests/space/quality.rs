//! How well neighbours of real music are of a kind: precision at 5 and 10, and the worst hub. The library is small (36
//! tracks), so nothing is tuned to it; the test guards against losing what the method is known to give.

use crate::common::{Library, all, library, real_space};
use segue_space::{MixRequest, TrackFacts, TrackId, Wishes};
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

/// How much changes from song to song: sound, octaves of tempo, steps round the circle of fifths.
fn changes(library: &Library, space: &segue_space::Space, order: &[TrackId]) -> [f32; 3] {
    let mut sums = [0.0; 3];
    for pair in order.windows(2) {
        let [a, b] = [0, 1].map(|at| &library.tracks[pair[at] as usize]);
        let [from, to] = [0, 1].map(|at| space.point(pair[at]).unwrap());
        sums[0] += from.cosine_distance(&to);
        sums[1] += (a.bpm / b.bpm).log2().abs();
        sums[2] += a.key.zip(b.key).map_or(3.0, |(a, b)| f32::from(a.steps_to(b)));
    }
    sums
}

/// Mixes against the plain list of the nearest, for each track of the library as the seed.
#[test]
fn real_mixes_are_smoother_than_lists_by_nearness_and_as_near() {
    let library = library();
    let mut space = real_space(&library);
    // With unknown artists nothing but nearness and smoothness decides.
    for (id, track) in (0..).zip(&library.tracks) {
        let title = track.title.clone();
        space.set_facts(id, TrackFacts { title, tempo: Some(track.bpm), key: track.key, ..TrackFacts::default() });
    }
    let (mut mixed, mut fresh, mut listed) = ([0.0; 3], [0.0; 3], [0.0; 3]);
    let mut far = [0.0; 3];
    let n = library.tracks.len() as TrackId;
    for seed in 0..n {
        let near = space.nearest(seed, 11, &all).unwrap();
        let list: Vec<TrackId> = std::iter::once(seed).chain(near.iter().map(|near| near.id)).collect();
        let mix = |variation| {
            let wish = MixRequest {
                seeds: vec![(seed, 1.0)],
                length: 12,
                variation,
                include_seeds: true,
                ..MixRequest::default()
            };
            space.mix(&wish, &Wishes::NONE).unwrap()
        };
        let mixes = [mix(0), mix(1)];
        let ids = mixes.each_ref().map(|mix| mix.iter().map(|track| track.id).collect::<Vec<_>>());
        let all = [(&mut mixed, &ids[0]), (&mut fresh, &ids[1]), (&mut listed, &list)];
        for (sums, order) in all {
            sums.iter_mut().zip(changes(&library, &space, order)).for_each(|(sum, change)| *sum += change);
        }
        far[0] += mixes[0].iter().map(|track| track.distance).sum::<f32>();
        far[1] += mixes[1].iter().map(|track| track.distance).sum::<f32>();
        far[2] += near.iter().map(|near| near.distance).sum::<f32>();
    }
    let steps = (n * 11) as f32;
    for (name, sums, far) in [("mix", mixed, far[0]), ("another", fresh, far[1]), ("nearest", listed, far[2])] {
        let [sound, tempo, fifths] = sums.map(|sum| sum / steps);
        let far = far / steps;
        println!("{name:<8} sound {sound:.3}  octaves {tempo:.3}  fifths {fifths:.2}  distance to the seed {far:.3}");
    }
    // The same tracks, in a better order.
    assert!(far[0] <= far[2] * 1.001, "{far:?}");
    assert!(mixed[0] < 0.93 * listed[0] && mixed[1] < 0.8 * listed[1] && mixed[2] < 0.8 * listed[2]);
    // Others of the neighbourhood: hardly farther, and as smooth.
    assert!(far[1] <= far[2] * 1.25, "{far:?}");
    assert!(fresh[0] < listed[0] && fresh[1] < 0.85 * listed[1] && fresh[2] < 0.85 * listed[2]);
}
