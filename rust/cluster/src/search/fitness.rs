//! What a search calls good.

use ndarray::Array2;
use segue_vectors::{dot, norm};

use super::SearchData;
use crate::points::row;
use crate::{Result, silhouette};

/// Tracks whose silhouette is taken.
const SILHOUETTE_SAMPLE: usize = 600;
/// Same for all runs, so that they are compared on the same tracks.
const SILHOUETTE_SEED: u64 = 7;

/// How much each part counts in what a search calls good. Relative to each other; 0 leaves a part out, negative and not
/// finite weights count as 0.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct FitnessWeights {
    /// How well apart the groups lie.
    pub separation: f64,
    /// How much the songs of a playlist share what it is strong in.
    pub purity: f64,
    /// How different the playlists are from each other.
    pub diversity: f64,
    /// How many artists a playlist has.
    pub artists: f64,
    /// How well the groups' sizes suit playlists.
    pub size: f64,
}

impl Default for FitnessWeights {
    /// Chosen on the tuning half of the music in `docs/clustering.md`.
    fn default() -> Self {
        Self { separation: 2.0, purity: 0.25, diversity: 0.5, artists: 0.25, size: 0.5 }
    }
}

/// What playlists must be like, for the parts that depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FitnessLimits {
    /// Fewest songs that make a playlist, of the tracks that are looked at.
    pub min_songs: usize,
    /// Most songs in a playlist.
    pub max_songs: usize,
    /// Most songs of one artist in a playlist.
    pub max_per_artist: usize,
}

/// The parts of fitness, each 0..1, larger is better.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct FitnessParts {
    /// Square root of the silhouette (Rousseeuw 1987) of up to 600 tracks in the space that all runs share; 0 where it is
    /// negative. The root gives the small values of music a slope.
    pub separation: f64,
    /// Mean over the songs of groups of the cosine between a song's tags and its group's mean tags, both less the
    /// library's; 0 where it is negative. A mean per song: it does not grow with groups or library.
    pub purity: f64,
    /// Mean over pairs of groups of (1 − cosine) / 2 of their mean tags, less the library's.
    pub diversity: f64,
    /// Mean over groups, by songs, of the artists in it as a share of those that a full playlist of it needs. A song
    /// without an artist is an artist of its own.
    pub artists: f64,
    /// Evenness of the groups' sizes (the exponential of their entropy by their number), times the share of all tracks
    /// that is in a group large enough for a playlist.
    pub size: f64,
}

impl FitnessParts {
    /// The weighted mean of the parts, 0..1.
    pub fn total(&self, weights: &FitnessWeights) -> f64 {
        let pairs = [
            (weights.separation, self.separation),
            (weights.purity, self.purity),
            (weights.diversity, self.diversity),
            (weights.artists, self.artists),
            (weights.size, self.size),
        ];
        let (mut sum, mut total) = (0.0, 0.0);
        for (weight, part) in pairs {
            if weight > 0.0 && weight.is_finite() {
                total += weight;
                sum += weight * part;
            }
        }
        if total > 0.0 { sum / total } else { 0.0 }
    }
}

/// The parts of a grouping, and its silhouette.
pub(crate) fn measure(
    data: &SearchData,
    labels: &[Option<usize>],
    groups: usize,
    limits: &FitnessLimits,
    cancelled: &dyn Fn() -> bool,
) -> Result<(FitnessParts, f64)> {
    let silhouette = silhouette(&data.reference, labels, SILHOUETTE_SAMPLE, SILHOUETTE_SEED, cancelled)?.unwrap_or(0.0);
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); groups];
    for (point, label) in labels.iter().enumerate() {
        if let Some(members) = label.and_then(|label| members.get_mut(label)) {
            members.push(point);
        }
    }
    members.retain(|members| !members.is_empty());
    let (purity, diversity) = tags(&data.tags, &members);
    let parts = FitnessParts {
        separation: silhouette.clamp(0.0, 1.0).sqrt(),
        purity,
        diversity,
        artists: artists(&data.artists, &members, limits),
        size: size(&members, labels.len(), limits),
    };
    Ok((parts, silhouette))
}

fn tags(tags: &Array2<f32>, members: &[Vec<usize>]) -> (f64, f64) {
    let unit = |mut mean: Vec<f32>| {
        let length = norm(&mean);
        if length > 1e-9 {
            mean.iter_mut().for_each(|value| *value /= length);
        } else {
            mean.fill(0.0);
        }
        mean
    };
    let means: Vec<Vec<f32>> = members
        .iter()
        .map(|members| {
            let mut sum = vec![0.0f32; tags.ncols()];
            for point in members {
                sum.iter_mut().zip(row(tags, *point)).for_each(|(sum, value)| *sum += value);
            }
            unit(sum)
        })
        .collect();
    let (mut agreement, mut songs) = (0.0, 0usize);
    for (members, mean) in members.iter().zip(&means) {
        for point in members {
            let song = row(tags, *point);
            let length = norm(song);
            agreement += if length > 1e-9 { f64::from(dot(song, mean) / length) } else { 0.0 };
            songs += 1;
        }
    }
    let (mut apart, mut pairs) = (0.0, 0usize);
    for (index, a) in means.iter().enumerate() {
        for b in means.get(index + 1..).unwrap_or_default() {
            apart += (1.0 - f64::from(dot(a, b))) / 2.0;
            pairs += 1;
        }
    }
    ((agreement / songs.max(1) as f64).clamp(0.0, 1.0), (apart / pairs.max(1) as f64).clamp(0.0, 1.0))
}

fn artists(artists: &[Option<usize>], members: &[Vec<usize>], limits: &FitnessLimits) -> f64 {
    let (mut sum, mut songs) = (0.0, 0usize);
    let mut known = std::collections::HashSet::new();
    for members in members {
        known.clear();
        let unknown = members.iter().filter(|point| match artists.get(**point).copied().flatten() {
            Some(artist) => {
                known.insert(artist);
                false
            }
            None => true,
        });
        let there = unknown.count() + known.len();
        let needed = members.len().min(limits.max_songs.max(1)).div_ceil(limits.max_per_artist.max(1));
        sum += members.len() as f64 * (there as f64 / needed.max(1) as f64).min(1.0);
        songs += members.len();
    }
    sum / songs.max(1) as f64
}

fn size(members: &[Vec<usize>], tracks: usize, limits: &FitnessLimits) -> f64 {
    let grouped: usize = members.iter().map(Vec::len).sum();
    if grouped == 0 {
        return 0.0;
    }
    let share = |members: &Vec<usize>| members.len() as f64 / grouped as f64;
    let entropy: f64 = members.iter().map(|members| -share(members) * share(members).ln()).sum();
    let suited: usize = members.iter().map(Vec::len).filter(|count| *count >= limits.min_songs).sum();
    (entropy.exp() / members.len() as f64).min(1.0) * suited as f64 / tracks.max(1) as f64
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    const LIMITS: FitnessLimits = FitnessLimits { min_songs: 2, max_songs: 4, max_per_artist: 1 };

    #[test]
    fn weights_are_relative_and_senseless_ones_count_nothing() {
        let parts = FitnessParts { separation: 0.2, purity: 0.6, ..FitnessParts::default() };
        let none = FitnessWeights { separation: 0.0, purity: 0.0, diversity: 0.0, artists: 0.0, size: 0.0 };
        let of = |separation, purity| parts.total(&FitnessWeights { separation, purity, ..none });
        assert!((of(1.0, 1.0) - 0.4).abs() < 1e-12 && (of(5.0, 5.0) - 0.4).abs() < 1e-12);
        assert!((of(f64::NAN, 3.0) - 0.6).abs() < 1e-12 && (of(1.0, -3.0) - 0.2).abs() < 1e-12);
        assert_eq!(parts.total(&none), 0.0);
    }

    #[test]
    fn groups_of_one_tag_are_pure_and_opposite_ones_diverse() {
        let songs = array![[1.0f32, 0.0], [0.9, 0.1], [-1.0, 0.0], [-0.9, -0.1]];
        let (purity, diversity) = tags(&songs, &[vec![0, 1], vec![2, 3]]);
        assert!(purity > 0.99 && diversity > 0.99);
        let (mixed, alike) = tags(&songs, &[vec![0, 2], vec![1, 3]]);
        assert!(mixed < 0.1 && alike < 0.6, "{mixed} {alike}");
        // Twice as many of the same are as pure.
        let twice = ndarray::concatenate![ndarray::Axis(0), songs, songs];
        let (again, _) = tags(&twice, &[vec![0, 1, 4, 5], vec![2, 3, 6, 7]]);
        assert!((again - purity).abs() < 1e-6);
        assert_eq!(tags(&Array2::zeros((4, 0)), &[vec![0, 1], vec![2, 3]]).0, 0.0);
    }

    #[test]
    fn many_artists_and_even_sizes_are_better() {
        let one = [Some(0); 4];
        let four = [Some(0), Some(1), None, None];
        assert_eq!(artists(&one, &[vec![0, 1, 2, 3]], &LIMITS), 0.25);
        assert_eq!(artists(&four, &[vec![0, 1, 2, 3]], &LIMITS), 1.0);
        assert_eq!(size(&[vec![0, 1], vec![2, 3]], 4, &LIMITS), 1.0);
        assert!(size(&[vec![0], vec![1, 2, 3]], 4, &LIMITS) < 0.7);
        assert_eq!(size(&[vec![0, 1]], 4, &LIMITS), 0.5);
        assert_eq!(size(&[], 4, &LIMITS), 0.0);
    }
}
