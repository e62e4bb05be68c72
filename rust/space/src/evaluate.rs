//! How good neighbours are: whether tracks find those of their own group, and whether some turn up in every list.

use std::collections::HashMap;

use crate::TrackId;

/// Neighbours that precision is asked of, and how many of them the lists for hubs hold: as in the literature on hubs.
pub const SHORT_LIST: usize = 5;
/// The longer of the two lists that precision is asked of.
pub const LONG_LIST: usize = 10;

/// A track, the group it belongs to, and its neighbours, the nearest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The track.
    pub id: TrackId,
    /// Its group, `None` when that is not known: such a track is not asked, but may be (wrongly) found.
    pub group: Option<u32>,
    /// Its nearest tracks, at least [`LONG_LIST`] where the library has as many. The track itself does not count, nor one
    /// that comes twice.
    pub nearest: Vec<TrackId>,
}

/// How far neighbours agree with groups.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Agreement {
    /// Tracks that were asked: those whose group has another track in the library.
    pub asked: usize,
    /// Groups they belong to.
    pub groups: usize,
    /// Tracks that were not asked because their group is not known or has no other track.
    pub alone: usize,
    /// Share of the [`SHORT_LIST`] nearest that are of the track's own group, in the mean over the tracks asked. The
    /// denominator is the length of the list also where the group is smaller.
    pub precision_short: f64,
    /// The same of the [`LONG_LIST`] nearest.
    pub precision_long: f64,
    /// What the first share would be if every track found as much of its group as a list holds.
    pub reachable_short: f64,
    /// The same for the second.
    pub reachable_long: f64,
    /// The most lists of the [`SHORT_LIST`] nearest in which one track appears.
    pub largest_hub: usize,
    /// Skewness of how many of those lists a track appears in (Radovanović, Nanopoulos, Ivanović: Hubs in space, JMLR 11,
    /// 2010): 0 is fair, above 1 a few tracks are near to everybody.
    pub skewness: f64,
}

/// Measures how far the neighbours of tracks are of their own group, and how evenly tracks appear as neighbours.
///
/// Groups of any size from two count, and every track that belongs to one counts the same, so large groups count more. Hubs
/// are looked for over the lists of all tracks, whatever their group. Without tracks all is 0.
pub fn agreement(tracks: &[Judged]) -> Agreement {
    let groups: HashMap<TrackId, Option<u32>> = tracks.iter().map(|track| (track.id, track.group)).collect();
    let mut sizes: HashMap<u32, usize> = HashMap::new();
    for group in groups.values().flatten() {
        *sizes.entry(*group).or_default() += 1;
    }
    let mut occurrences: HashMap<TrackId, usize> = groups.keys().map(|id| (*id, 0)).collect();
    let mut found = Agreement::default();
    for track in tracks {
        let list = others(track);
        for id in list.iter().take(SHORT_LIST) {
            if let Some(count) = occurrences.get_mut(id) {
                *count += 1;
            }
        }
        let size = track.group.and_then(|group| sizes.get(&group)).copied().unwrap_or(0);
        if size < 2 {
            found.alone += 1;
            continue;
        }
        found.asked += 1;
        let own = |id: &&TrackId| groups.get(*id).copied().flatten() == track.group;
        let share = |length: usize| list.iter().take(length).filter(own).count() as f64 / length as f64;
        found.precision_short += share(SHORT_LIST);
        found.precision_long += share(LONG_LIST);
        found.reachable_short += (size - 1).min(SHORT_LIST) as f64 / SHORT_LIST as f64;
        found.reachable_long += (size - 1).min(LONG_LIST) as f64 / LONG_LIST as f64;
    }
    found.groups = sizes.values().filter(|size| **size >= 2).count();
    let asked = found.asked.max(1) as f64;
    for sum in
        [&mut found.precision_short, &mut found.precision_long, &mut found.reachable_short, &mut found.reachable_long]
    {
        *sum /= asked;
    }
    let counts: Vec<usize> = occurrences.into_values().collect();
    found.largest_hub = counts.iter().copied().max().unwrap_or(0);
    found.skewness = skewness(&counts);
    found
}

/// The first neighbours that count, no more than the longer list holds.
fn others(track: &Judged) -> Vec<TrackId> {
    let mut list = Vec::with_capacity(LONG_LIST);
    for id in &track.nearest {
        if list.len() == LONG_LIST {
            break;
        }
        if *id != track.id && !list.contains(id) {
            list.push(*id);
        }
    }
    list
}

/// Third standardised moment of the population; 0 where all are equal.
fn skewness(counts: &[usize]) -> f64 {
    let mean_of = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / counts.len().max(1) as f64;
    // Sums of whole numbers, and of their powers in a fixed order: the same whatever order a map gave them in.
    let mut sorted = counts.to_vec();
    sorted.sort_unstable();
    let mean = mean_of(&mut sorted.iter().map(|count| *count as f64));
    let central = |power: i32| mean_of(&mut sorted.iter().map(|count| (*count as f64 - mean).powi(power)));
    let variance = central(2);
    if variance > 0.0 { central(3) / variance.powf(1.5) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(id: TrackId, group: Option<u32>, nearest: &[TrackId]) -> Judged {
        Judged { id, group, nearest: nearest.to_vec() }
    }

    #[test]
    fn shares_are_of_the_lists_whole_length_and_their_ceiling_is_told() {
        // A group of three, one of two, one alone, one of no group.
        let tracks = [
            judged(1, Some(7), &[2, 3, 4, 5, 6, 8, 7]),
            judged(2, Some(7), &[3, 4, 5, 6, 8, 1, 7]),
            judged(3, Some(7), &[4, 5, 6, 8, 7, 1, 2]),
            judged(4, Some(9), &[5, 1, 2, 3, 6, 8, 7]),
            judged(5, Some(9), &[1, 2, 3, 6, 8, 7, 4]),
            judged(6, Some(11), &[1, 2, 3, 4, 5, 8, 7]),
            judged(7, None, &[8, 1, 2, 3, 4, 5, 6]),
            judged(8, None, &[7, 1, 2, 3, 4, 5, 6]),
        ];
        let found = agreement(&tracks);
        assert_eq!((found.asked, found.groups, found.alone), (5, 2, 3));
        // Of five: 2, 1, 0, 1, 0. Of ten: 2, 2, 2, 1, 1.
        assert!((found.precision_short - 4.0 / 25.0).abs() < 1e-12);
        assert!((found.precision_long - 8.0 / 50.0).abs() < 1e-12);
        assert!((found.reachable_short - 8.0 / 25.0).abs() < 1e-12);
        assert!((found.reachable_long - 8.0 / 50.0).abs() < 1e-12);
        // Tracks 1 to 8 appear in 5, 6, 7, 6, 5, 5, 2 and 4 lists; skewness by numpy.
        assert_eq!(found.largest_hub, 7);
        assert!((found.skewness - -0.795_495_128_834_865_8).abs() < 1e-12, "{}", found.skewness);
    }

    #[test]
    fn a_track_near_to_everybody_is_a_hub() {
        let star: Vec<Judged> =
            (1..=40).map(|id| judged(id, Some(0), &[0])).chain([judged(0, Some(0), &[1])]).collect();
        let found = agreement(&star);
        assert_eq!(found.largest_hub, 40);
        assert!(found.skewness > 5.0, "{}", found.skewness);
        let ring: Vec<Judged> = (0..40).map(|id| judged(id, Some(0), &[(id + 1) % 40])).collect();
        assert_eq!((agreement(&ring).largest_hub, agreement(&ring).skewness), (1, 0.0));
    }

    #[test]
    fn itself_repeats_and_strangers_do_not_help() {
        let tracks = [judged(1, Some(1), &[1, 1, 2, 2, 2, 99]), judged(2, Some(1), &[])];
        let found = agreement(&tracks);
        assert!((found.precision_short - 0.1).abs() < 1e-12);
        assert_eq!(found.largest_hub, 1);
    }

    #[test]
    fn nothing_gives_zeros() {
        assert_eq!(agreement(&[]), Agreement::default());
        let alone = agreement(&[judged(3, Some(1), &[]), judged(4, None, &[3])]);
        assert_eq!((alone.asked, alone.groups, alone.alone, alone.largest_hub), (0, 0, 2, 1));
        assert_eq!((alone.precision_short, alone.reachable_long), (0.0, 0.0));
    }
}
