//! Which new playlist continues which old one.

use std::collections::HashMap;
use std::hash::Hash;

/// Overlap from which two lists are one playlist: a list of 40 may change by 24 songs (16 / 64) and stays itself, while
/// by chance two lists share next to nothing.
pub const SAME_PLAYLIST: f64 = 0.25;

/// For each new list of songs the key of the old one it continues, if any.
///
/// Overlap is Jaccard's: songs in both over songs in either. The pair with the largest overlap is matched first, each
/// list at most once, none below `least`; equal overlaps go to the earlier lists, so the result is the same every time.
pub fn match_previous<'a, K, S: Eq + Hash>(new: &[Vec<S>], old: &'a [(K, Vec<S>)], least: f64) -> Vec<Option<&'a K>> {
    let mut lists_of: HashMap<&S, Vec<usize>> = HashMap::new();
    for (list, (_, songs)) in old.iter().enumerate() {
        for song in songs {
            let lists = lists_of.entry(song).or_default();
            // A song named twice in a list counts once.
            if lists.last() != Some(&list) {
                lists.push(list);
            }
        }
    }
    let mut old_sizes = vec![0usize; old.len()];
    lists_of.values().flatten().for_each(|list| old_sizes[*list] += 1);

    let mut pairs = Vec::new();
    for (list, songs) in new.iter().enumerate() {
        let songs: std::collections::HashSet<&S> = songs.iter().collect();
        let mut common: HashMap<usize, usize> = HashMap::new();
        for other in songs.iter().filter_map(|song| lists_of.get(song)).flatten() {
            *common.entry(*other).or_default() += 1;
        }
        for (other, common) in common {
            let overlap = common as f64 / (songs.len() + old_sizes[other] - common) as f64;
            if overlap >= least {
                pairs.push((overlap, list, other));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));

    let mut matched = vec![None; new.len()];
    let mut taken = vec![false; old.len()];
    for (_, list, other) in pairs {
        if matched[list].is_none() && !taken[other] {
            taken[other] = true;
            matched[list] = old.get(other).map(|(key, _)| key);
        }
    }
    matched
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matched(new: &[Vec<u32>], old: &[Vec<u32>]) -> Vec<Option<usize>> {
        let old: Vec<(usize, Vec<u32>)> = old.iter().cloned().enumerate().collect();
        match_previous(new, &old, SAME_PLAYLIST).into_iter().map(Option::<&usize>::copied).collect()
    }

    #[test]
    fn a_changed_list_stays_itself_and_a_new_one_is_new() {
        let old = [(0..10).collect(), (20..30).collect()];
        let new = [(100..110).collect(), (22..34).collect(), (3..12).collect()];
        assert_eq!(matched(&new, &old), [None, Some(1), Some(0)]);
    }

    #[test]
    fn each_list_is_matched_once_the_largest_overlap_first() {
        let old = [(0..10).collect()];
        // The old list was split: its larger part continues it.
        let new = [(0..4).collect(), (4..10).collect()];
        assert_eq!(matched(&new, &old), [None, Some(0)]);
        // Two old lists became one.
        let new = [(0..9).collect()];
        let old = [(0..4).collect(), (4..9).collect()];
        assert_eq!(matched(&new, &old), [Some(1)]);
    }

    #[test]
    fn too_little_in_common_is_nothing() {
        assert_eq!(matched(&[(0..10).collect()], &[(6..16).collect()]), [Some(0)]);
        assert_eq!(matched(&[(0..10).collect()], &[(7..17).collect()]), [None]);
    }

    #[test]
    fn equal_overlaps_go_to_the_earlier() {
        let list: Vec<u32> = (0..5).collect();
        assert_eq!(matched(&[list.clone(), list.clone()], &[list.clone(), list.clone()]), [Some(0), Some(1)]);
        assert_eq!(matched(&[list.clone(), list.clone()], &[list]), [Some(0), None]);
    }

    #[test]
    fn repeated_songs_and_empty_lists_do_no_harm() {
        assert_eq!(matched(&[vec![1, 1, 2]], &[vec![2, 1, 2, 1]]), [Some(0)]);
        assert_eq!(matched(&[vec![]], &[vec![]]), [None]);
        assert_eq!(matched(&[], &[vec![1]]), []);
    }
}
