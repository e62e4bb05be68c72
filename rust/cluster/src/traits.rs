//! Tempo, energy and era of a group of songs, against the library's.

use crate::naming::{SongFacts, mode};

/// Below it people call music slow, in beats per minute.
const SLOW_BELOW: f32 = 90.0;
/// From it on they call it fast.
const FAST_FROM: f32 = 130.0;
/// Share of the songs that must be alike for a word to hold for all.
const MOST: f64 = 0.6;
/// Share of the songs of which a thing must be known.
const KNOWN: f64 = 0.5;
/// Years that are believed.
const YEARS: std::ops::RangeInclusive<i32> = 1500..=2100;

/// How fast a group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tempo {
    Slow,
    Medium,
    Fast,
}

impl Tempo {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Slow => "Slow",
            Self::Medium => "Medium",
            Self::Fast => "Fast",
        }
    }

    /// From what the networks hear, strongest first, where no tempo was measured.
    pub(crate) fn from_tags(words: &[&str]) -> Option<Self> {
        match words.first() {
            Some(&"Slow") => Some(Self::Slow),
            Some(&"Fast") => Some(Self::Fast),
            _ => None,
        }
    }

    fn of(bpm: f32) -> Self {
        match bpm {
            bpm if bpm < SLOW_BELOW => Self::Slow,
            bpm if bpm < FAST_FROM => Self::Medium,
            _ => Self::Fast,
        }
    }
}

/// How much energy a group has, against the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Energy {
    Low,
    Medium,
    High,
}

impl Energy {
    pub(crate) fn level(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// As a mood.
    pub(crate) fn word(self) -> Option<&'static str> {
        match self {
            Self::Low => Some("Relaxed"),
            Self::Medium => None,
            Self::High => Some("Energetic"),
        }
    }
}

/// What was measured of each song of a library.
#[derive(Debug, Clone, Default)]
pub(crate) struct Measures {
    songs: Vec<Measured>,
    /// Mean and deviation of the library's energy.
    energy: Option<(f64, f64)>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Measured {
    tempo: Option<f32>,
    energy: Option<f32>,
    /// First year of the decade.
    decade: Option<i32>,
}

impl Measures {
    pub(crate) fn new(songs: &[SongFacts<'_>]) -> Self {
        let measured = |song: &SongFacts<'_>| Measured {
            tempo: song.tempo.filter(|bpm| bpm.is_finite() && *bpm > 0.0),
            energy: song.energy.filter(|energy| energy.is_finite()),
            decade: song.year.filter(|year| YEARS.contains(year)).map(|year| year / 10 * 10),
        };
        let songs: Vec<Measured> = songs.iter().map(measured).collect();
        let energies: Vec<f64> = songs.iter().filter_map(|song| song.energy).map(f64::from).collect();
        let energy = mean(&energies).map(|centre| {
            let squares: Vec<f64> = energies.iter().map(|energy| (energy - centre).powi(2)).collect();
            (centre, mean(&squares).unwrap_or_default().sqrt())
        });
        Self { songs, energy }
    }

    /// Values that are known of the songs, if of enough of them.
    fn known<T>(&self, songs: &[usize], of: impl Fn(&Measured) -> Option<T>) -> Vec<T> {
        let songs: Vec<&Measured> = songs.iter().filter_map(|song| self.songs.get(*song)).collect();
        let known: Vec<T> = songs.iter().filter_map(|song| of(song)).collect();
        if known.len() as f64 >= KNOWN * songs.len() as f64 { known } else { Vec::new() }
    }

    /// The tempo that most of the songs have; medium where they differ.
    pub(crate) fn tempo(&self, songs: &[usize]) -> Option<Tempo> {
        let tempos = self.known(songs, |song| song.tempo.map(Tempo::of));
        let (tempo, count) = mode(tempos.iter().copied())?;
        Some(if count as f64 >= MOST * tempos.len() as f64 { tempo } else { Tempo::Medium })
    }

    /// Beats per minute of the middle 80 % of the songs.
    pub(crate) fn bpm_range(&self, songs: &[usize]) -> Option<(u32, u32)> {
        let mut tempos = self.known(songs, |song| song.tempo);
        tempos.sort_by(f32::total_cmp);
        let aside = tempos.len() / 10;
        let (from, to) = (tempos.get(aside)?, tempos.iter().rev().nth(aside)?);
        Some((from.round() as u32, to.round() as u32))
    }

    /// Mean beats per minute of the songs that have a tempo.
    pub(crate) fn mean_tempo(&self, songs: &[usize]) -> Option<f64> {
        let tempos: Vec<f64> = songs.iter().filter_map(|song| self.songs.get(*song)?.tempo).map(f64::from).collect();
        mean(&tempos)
    }

    /// Half a deviation of the library away from its mean is low or high.
    pub(crate) fn energy(&self, songs: &[usize]) -> Option<Energy> {
        let energies = self.known(songs, |song| song.energy.map(f64::from));
        let (group, (centre, deviation)) = (mean(&energies)?, self.energy?);
        Some(match (group - centre) / deviation.max(0.01) {
            place if place < -0.5 => Energy::Low,
            place if place > 0.5 => Energy::High,
            _ => Energy::Medium,
        })
    }

    /// The first year of the decade that most of the songs are from, unless most of the library is. Where the years of
    /// fewer than half are known there is none: what sounds like the 80s need not be from there.
    pub(crate) fn era(&self, songs: &[usize]) -> Option<i32> {
        let decades = self.known(songs, |song| song.decade);
        if decades.is_empty() || 2 * decades.len() < songs.len() {
            return None;
        }
        let (decade, count) = mode(decades.iter().copied())?;
        let share = count as f64 / decades.len() as f64;
        let library: Vec<i32> = self.songs.iter().filter_map(|song| song.decade).collect();
        let there = library.iter().filter(|other| **other == decade).count() as f64 / library.len().max(1) as f64;
        (share >= MOST && share >= 1.1 * there).then_some(decade)
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measures(songs: &[(f32, f32, i32)]) -> Measures {
        let fact = |&(tempo, energy, year): &(f32, f32, i32)| SongFacts {
            tempo: Some(tempo),
            energy: Some(energy),
            year: Some(year),
            genres: &[],
        };
        Measures::new(&songs.iter().map(fact).collect::<Vec<_>>())
    }

    #[test]
    fn the_tempo_is_that_of_most() {
        let library = measures(&[(70.0, 0.5, 0), (80.0, 0.5, 0), (100.0, 0.5, 0), (140.0, 0.5, 0), (f32::NAN, 0.5, 0)]);
        assert_eq!(library.tempo(&[0, 1, 2]), Some(Tempo::Slow));
        assert_eq!(library.tempo(&[0, 2, 3]), Some(Tempo::Medium));
        assert_eq!(library.tempo(&[3]), Some(Tempo::Fast));
        assert_eq!((library.tempo(&[4]), library.tempo(&[]), library.tempo(&[99])), (None, None, None));
        assert_eq!(library.bpm_range(&[3, 0, 1]), Some((70, 140)));
    }

    #[test]
    fn outlying_tempos_are_left_out_of_the_range() {
        let library = measures(&(0..20).map(|i| (80.0 + i as f32, 0.5, 0)).collect::<Vec<_>>());
        assert_eq!(library.bpm_range(&(0..20).collect::<Vec<_>>()), Some((82, 97)));
        assert_eq!(library.bpm_range(&[]), None);
    }

    #[test]
    fn energy_is_judged_against_the_library() {
        let library = measures(&[(90.0, 0.2, 0), (90.0, 0.5, 0), (90.0, 0.8, 0)]);
        assert_eq!(library.energy(&[0]), Some(Energy::Low));
        assert_eq!(library.energy(&[1]), Some(Energy::Medium));
        assert_eq!(library.energy(&[2]), Some(Energy::High));
        let even = measures(&[(90.0, 0.4, 0); 3]);
        assert_eq!(even.energy(&[0]), Some(Energy::Medium));
    }

    #[test]
    fn an_era_must_hold_for_most_and_tell_something() {
        let library =
            measures(&[(90.0, 0.5, 1983), (90.0, 0.5, 1989), (90.0, 0.5, 1990), (90.0, 0.5, 0), (90.0, 0.5, 7)]);
        assert_eq!(library.era(&[0, 1]), Some(1980));
        assert_eq!(library.era(&[0, 2]), None);
        assert_eq!(library.era(&[3, 4]), None);
        let same = measures(&[(90.0, 0.5, 2004); 4]);
        assert_eq!(same.era(&[0, 1]), None);
    }
}
