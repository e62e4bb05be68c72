//! The tracks and the queries with their right answers.

#![allow(clippy::expect_used, clippy::panic, reason = "a panic in a test's helper is its report")]

use segue_search::{Columns, Facts, MOODS, Names, Network, fold};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What `tests/search/facts.py` writes of a track.
#[derive(Debug, Deserialize)]
pub(crate) struct Track {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) artist: String,
    pub(crate) album: String,
    year: i32,
    genres: Vec<String>,
    msd: Vec<f32>,
    mtt: Vec<f32>,
    moods: [f32; MOODS],
    tempo: Option<f32>,
    tempo_confidence: Option<f32>,
    tonic: Option<u8>,
    minor: Option<bool>,
    energy: Option<f32>,
    brightness: Option<f32>,
    danceability: Option<f32>,
    loudness: Option<f32>,
    loudness_range: Option<f32>,
    duration: f32,
}

impl Track {
    /// What search knows of it.
    pub(crate) fn facts(&self) -> Facts<'_> {
        let number = |value: Option<f32>| value.unwrap_or(f32::NAN);
        Facts {
            msd: &self.msd,
            mtt: &self.mtt,
            moods: self.moods,
            tempo: number(self.tempo),
            tempo_confidence: number(self.tempo_confidence),
            tonic: self.tonic,
            minor: self.minor,
            energy: number(self.energy),
            brightness: number(self.brightness),
            danceability: number(self.danceability),
            loudness: number(self.loudness),
            loudness_range: number(self.loudness_range),
            duration: self.duration,
            year: self.year,
            genres: &self.genres,
            title: &self.title,
            artist: &self.artist,
            album: &self.album,
            ..Facts::default()
        }
    }

    /// How much of a tag a network hears in it.
    pub(crate) fn tag(&self, network: Network, at: usize) -> f32 {
        match network {
            Network::Msd => self.msd[at],
            Network::Mtt => self.mtt[at],
        }
    }

    /// Whether one of its genres is the one.
    pub(crate) fn is_of(&self, genre: &str) -> bool {
        self.genres.iter().any(|own| fold(own) == fold(genre))
    }

    /// The words of its title, artist and album.
    pub(crate) fn words(&self) -> Vec<String> {
        fold(&format!("{} {} {}", self.title, self.artist, self.album))
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    }
}

/// A query with its right answers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    pub(crate) words: String,
    pub(crate) language: String,
    pub(crate) kind: String,
    pub(crate) tag: String,
    pub(crate) exactly: Vec<String>,
    pub(crate) fits: Vec<String>,
    pub(crate) passable: Vec<String>,
    pub(crate) because: String,
}

impl Asked {
    /// Grades of the tracks, by row.
    pub(crate) fn grades(&self, library: &Library) -> Vec<u32> {
        let mut grades = vec![0; library.tracks.len()];
        for (ids, grade) in [(&self.exactly, 3), (&self.fits, 2), (&self.passable, 1)] {
            for id in ids {
                let row = library
                    .rows
                    .get(id)
                    .unwrap_or_else(|| panic!("{:?} answers with {id}, which is not there", self.words));
                assert_eq!(grades[*row], 0, "{:?} answers twice with {id}", self.words);
                grades[*row] = grade;
            }
        }
        grades
    }

    /// The one tag that says most of it.
    pub(crate) fn single_tag(&self) -> (Network, usize) {
        let (network, name) =
            self.tag.split_once(':').unwrap_or_else(|| panic!("{:?} has no tag of a network", self.words));
        let network = match network {
            "msd" => Network::Msd,
            "mtt" => Network::Mtt,
            other => panic!("no network {other}"),
        };
        (network, network.tag(name).unwrap_or_else(|| panic!("no tag {name}")))
    }
}

#[derive(Deserialize)]
struct Queries {
    #[serde(default)]
    without: Vec<String>,
    query: Vec<Asked>,
}

/// Tracks, ready to be searched, and what is asked of them.
pub(crate) struct Library {
    pub(crate) tracks: Vec<Track>,
    pub(crate) columns: Columns,
    pub(crate) queries: Vec<Asked>,
    rows: BTreeMap<String, usize>,
}

impl Library {
    /// `held-out` or `tuning`.
    pub(crate) fn load(name: &str) -> Self {
        let read = |ending: &str| {
            let path =
                PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/search").join(format!("{name}.{ending}"));
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        let mut tracks: Vec<Track> = serde_json::from_str(&read("json")).expect("facts as facts.py writes them");
        for track in &mut tracks {
            track.msd.iter_mut().chain(&mut track.mtt).for_each(|value| *value /= 10_000.0);
        }
        let queries: Queries = toml::from_str(&read("toml")).expect("queries");
        tracks.retain(|track| {
            track.id.split_once('/').is_none_or(|(package, _)| !queries.without.iter().any(|out| out == package))
        });
        let mut columns = Columns::new();
        let rows = tracks.iter().map(|track| (track.id.clone(), columns.push(&track.facts()))).collect();
        Self { tracks, columns, queries: queries.query, rows }
    }
}

impl Names for Library {
    fn genre(&self, words: &str) -> Option<String> {
        self.tracks.iter().flat_map(|track| &track.genres).find(|genre| fold(genre) == words).cloned()
    }

    fn artist(&self, words: &str) -> Option<String> {
        self.tracks.iter().map(|track| &track.artist).find(|artist| fold(artist) == words).cloned()
    }

    fn title(&self, words: &str) -> Option<String> {
        self.tracks.iter().map(|track| &track.title).find(|title| fold(title) == words).cloned()
    }

    fn style(&self, _words: &str) -> Option<String> {
        None
    }
}
