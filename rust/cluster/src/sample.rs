//! A sample of a library in which every kind of music has its share.

use std::collections::BTreeMap;

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};

/// A genre gets at least this share of what it would if all had the same.
const FLOOR: f64 = 0.125;

/// Rows of a sample of exactly `size` tracks (all where there are no more), in ascending order.
///
/// `genres` and `artists` are one per track, in one spelling; empty is unknown, and the tracks without a genre count as one
/// genre, those without an artist as one artist. Where one list is shorter, the rest is unknown. Genres get places by
/// their number of tracks, but at least an eighth of an equal share; within a genre, artists get them by theirs, and as
/// many as can get one. Which tracks of an artist are taken is drawn with `seed`.
pub fn stratified(artists: &[&str], genres: &[&str], size: usize, seed: u64) -> Vec<usize> {
    let tracks = artists.len().max(genres.len());
    if size >= tracks {
        return (0..tracks).collect();
    }
    let mut rng = StdRng::seed_from_u64(seed);
    let mut strata: BTreeMap<&str, BTreeMap<&str, Vec<usize>>> = BTreeMap::new();
    for row in 0..tracks {
        let genre = genres.get(row).copied().unwrap_or_default();
        let artist = artists.get(row).copied().unwrap_or_default();
        strata.entry(genre).or_default().entry(artist).or_default().push(row);
    }
    let counts: Vec<usize> = strata.values().map(|artists| artists.values().map(Vec::len).sum()).collect();
    let floor = ((FLOOR * size as f64 / counts.len() as f64) as usize).max(1);
    let mut chosen = Vec::with_capacity(size);
    for (artists, seats) in strata.into_values().zip(places(&counts, size, floor, &mut rng)) {
        let counts: Vec<usize> = artists.values().map(Vec::len).collect();
        for (mut rows, seats) in artists.into_values().zip(places(&counts, seats, 1, &mut rng)) {
            let (drawn, _) = rows.partial_shuffle(&mut rng, seats);
            chosen.extend_from_slice(drawn);
        }
    }
    chosen.sort_unstable();
    chosen
}

/// Places for strata of these sizes, `size` in all, none more than it has: the floor where there are places enough for
/// that, the rest by size and largest remainder. Equal remainders are drawn.
fn places(counts: &[usize], size: usize, floor: usize, rng: &mut StdRng) -> Vec<usize> {
    let total: usize = counts.iter().sum();
    let size = size.min(total);
    let held = |floor: usize| counts.iter().map(|count| (*count).min(floor)).sum::<usize>();
    let floor = (0..=floor).rev().find(|floor| held(*floor) <= size).unwrap_or(0);
    let (left, spare) = (size - held(floor), total - held(floor));
    let mut remainders = Vec::with_capacity(counts.len());
    let mut places = Vec::with_capacity(counts.len());
    for (stratum, count) in counts.iter().enumerate() {
        let base = (*count).min(floor);
        let product = left as u128 * (count - base) as u128;
        let share = product.checked_div(spare as u128).unwrap_or(0);
        let remainder = product - share * spare as u128;
        places.push(base + share as usize);
        remainders.push((std::cmp::Reverse(remainder), rng.random::<u64>(), stratum));
    }
    let missing = size - places.iter().sum::<usize>();
    remainders.sort_unstable();
    for (_, _, stratum) in remainders.into_iter().take(missing) {
        places[stratum] += 1;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(rows: &[usize], of: &[&str], what: &str) -> usize {
        rows.iter().filter(|row| of[**row] == what).count()
    }

    #[test]
    fn genres_and_artists_have_their_share_and_small_ones_a_place() {
        let mut genres = vec!["rock"; 800];
        genres.extend(vec!["jazz"; 190]);
        genres.extend(vec![""; 9]);
        genres.push("polka");
        let names: Vec<String> = (0..1000).map(|row| format!("artist {}", row % 40)).collect();
        let artists: Vec<&str> = names.iter().map(String::as_str).collect();
        let rows = stratified(&artists, &genres, 100, 3);
        assert_eq!(rows.len(), 100);
        assert!(rows.is_sorted_by(|a, b| a < b));
        assert!((74..=84).contains(&count(&rows, &genres, "rock")), "{}", count(&rows, &genres, "rock"));
        assert!((15..=22).contains(&count(&rows, &genres, "jazz")));
        assert!(count(&rows, &genres, "polka") == 1 && count(&rows, &genres, "") >= 3);
        // 79 places for 40 artists of rock: each one or two and some more.
        assert!((0..40).all(|artist| (1..=5).contains(&count(&rows, &artists, &format!("artist {artist}")))));
    }

    #[test]
    fn the_size_is_exact_and_the_seed_decides() {
        let mut rng = StdRng::seed_from_u64(5);
        for _ in 0..200 {
            let tracks = rng.random_range(0..120);
            let draw =
                |rng: &mut StdRng, kinds: u32| (0..tracks).map(|_| rng.random_range(0..kinds)).collect::<Vec<_>>();
            let words = |kinds: Vec<u32>| -> Vec<String> {
                kinds.into_iter().map(|kind| if kind == 0 { String::new() } else { kind.to_string() }).collect()
            };
            let (artists, genres) = (words(draw(&mut rng, 30)), words(draw(&mut rng, 12)));
            let artists: Vec<&str> = artists.iter().map(String::as_str).collect();
            let genres: Vec<&str> = genres.iter().map(String::as_str).collect();
            let size = rng.random_range(0..130);
            let rows = stratified(&artists, &genres, size, 9);
            assert_eq!(rows.len(), size.min(tracks));
            assert!(rows.is_sorted_by(|a, b| a < b) && rows.iter().all(|row| *row < tracks));
            assert_eq!(rows, stratified(&artists, &genres, size, 9));
        }
        let same = ["a"; 50];
        assert_ne!(stratified(&same, &same, 10, 1), stratified(&same, &same, 10, 2));
    }

    #[test]
    fn nothing_known_is_a_plain_sample() {
        assert_eq!(stratified(&[""; 40], &[], 7, 1).len(), 7);
        assert!(stratified(&[], &[], 7, 1).is_empty());
    }
}
