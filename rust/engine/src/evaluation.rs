//! How far a store agrees with a reference: what published tools say of the same tracks.
//!
//! Agreement with a tool is not truth, so tempo and key are compared only where the tool itself is sure.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::api::Track;
use crate::{Engine, Result};

/// Confidence from which on Essentia's RhythmExtractor2013 counts as sure (its scale ends at 5.3; its authors call 2.5
/// and more good).
const SURE_TEMPO: f32 = 2.5;
/// Strength from which on Essentia's KeyExtractor counts as sure.
const SURE_KEY: f32 = 0.7;
/// How far two tempos may differ and still be the same: MIREX's 4 %.
const TEMPO_TOLERANCE: f64 = 0.04;
/// Factors by which two tempos may differ and still be the same beat, counted on another level.
const METRICAL_LEVELS: [f64; 5] = [1.0, 2.0, 0.5, 3.0, 1.0 / 3.0];

/// What a reference says of one track; `None` for what it does not.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReferenceTrack {
    /// The end of the file's path, whole components.
    pub file: String,
    /// Tempo in beats per minute and the confidence in it.
    pub tempo: Option<(f32, f32)>,
    /// Tonic, scale and strength of the key.
    pub key: Option<(String, String, f32)>,
    /// Danceability.
    pub danceability: Option<f32>,
    /// Per network (`msd`, `mtt`): tag probabilities.
    pub tags: HashMap<String, Vec<f32>>,
    /// Per network: the mean embedding.
    pub embeddings: HashMap<String, Vec<f32>>,
}

/// How far a store agrees with a reference.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evaluation {
    /// Tracks of the reference found in the store.
    pub tracks: u64,
    /// Tracks of the reference that the store lacks.
    pub missing: Vec<String>,
    /// Tempo, where the reference is sure of it.
    pub tempo: TempoAgreement,
    /// Key, where the reference is sure of it.
    pub key: KeyAgreement,
    /// Spearman's rank correlation of danceability; `None` below three tracks.
    pub danceability_rank_correlation: Option<f64>,
    /// What each network says, in the order of their names.
    pub networks: Vec<NetworkAgreement>,
}

/// Agreement in tempo.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TempoAgreement {
    /// Tracks of whose tempo the reference is sure.
    pub sure: u64,
    /// Of those: within 4 %.
    pub exact: u64,
    /// Of those: within 4 % of the same, twice, half, three times or a third.
    pub octave_free: u64,
    /// Those that miss even so: file, the reference's tempo, ours.
    pub misses: Vec<(String, f32, f32)>,
}

/// Agreement in key.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct KeyAgreement {
    /// Tracks of whose key the reference is sure.
    pub sure: u64,
    /// Of those: the same key.
    pub exact: u64,
    /// Sum of MIREX's weights over those: 1 for the same key, 0.5 a fifth apart, 0.3 relative, 0.2 parallel.
    pub score: f64,
    /// Those that differ: file, the reference's key, ours.
    pub misses: Vec<(String, String, String)>,
}

/// Agreement with one network's full computation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NetworkAgreement {
    /// `msd` or `mtt`.
    pub network: String,
    /// Tracks whose embeddings were compared.
    pub tracks: u64,
    /// Mean cosine of the mean embeddings; `None` where none was compared, as in all of these.
    pub cosine_mean: Option<f64>,
    /// The lowest cosine, and whose.
    pub cosine_worst: Option<(f64, String)>,
    /// Mean absolute difference of tag probabilities.
    pub tag_error_mean: Option<f64>,
    /// The largest one, and whose.
    pub tag_error_worst: Option<(f64, String)>,
}

impl Engine {
    /// Compares what is stored with a reference.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn evaluate(&self, reference: &[ReferenceTrack]) -> Result<Evaluation> {
        // By file and not by song: one recording may lie on two albums.
        let mut by_name: HashMap<OsString, Vec<(PathBuf, String)>> = HashMap::new();
        self.with(|state| {
            Ok(state.store.for_each_present_file(|file| {
                if let Some(name) = file.path.file_name() {
                    by_name.entry(name.to_owned()).or_default().push((file.path.clone(), file.song_id));
                }
            })?)
        })?;
        let mut evaluation = Evaluation::default();
        let mut dance = Vec::new();
        let mut networks: Vec<Comparison> = Vec::new();
        for expected in reference {
            let named = Path::new(&expected.file).file_name().and_then(|name| by_name.get(name));
            let found = named.and_then(|files| files.iter().find(|(path, _)| path.ends_with(&expected.file)));
            let track = found.map(|(_, song)| self.track(song)).transpose()?.flatten();
            let Some(track) = &track else {
                evaluation.missing.push(expected.file.clone());
                continue;
            };
            evaluation.tracks += 1;
            evaluation.tempo.add(expected, track);
            evaluation.key.add(expected, track);
            dance.extend(expected.danceability.map(|value| (f64::from(value), f64::from(track.danceability))));
            for vector in self.vectors(&track.song_id)? {
                let Some(network) = vector.name.strip_suffix("_dense") else { continue };
                if let Some(embedding) = expected.embeddings.get(network) {
                    comparison(&mut networks, network).embedding(&expected.file, &vector.values, embedding);
                }
            }
            for said in &track.tags_by_network {
                if let Some(tags) = expected.tags.get(&said.network) {
                    let ours: Vec<f32> = said.tags.iter().map(|(_, probability)| *probability).collect();
                    comparison(&mut networks, &said.network).tags(&expected.file, &ours, tags);
                }
            }
        }
        evaluation.danceability_rank_correlation = rank_correlation(&dance);
        networks.sort_by(|a, b| a.network.cmp(&b.network));
        evaluation.networks = networks.into_iter().map(Comparison::finish).collect();
        Ok(evaluation)
    }
}

impl TempoAgreement {
    fn add(&mut self, expected: &ReferenceTrack, heard: &Track) {
        let Some((bpm, confidence)) = expected.tempo else { return };
        if confidence < SURE_TEMPO || bpm <= 0.0 {
            return;
        }
        self.sure += 1;
        let near = |factor: f64| (f64::from(heard.bpm) / (f64::from(bpm) * factor) - 1.0).abs() <= TEMPO_TOLERANCE;
        self.exact += u64::from(near(1.0));
        if METRICAL_LEVELS.into_iter().any(near) {
            self.octave_free += 1;
        } else {
            self.misses.push((expected.file.clone(), bpm, heard.bpm));
        }
    }
}

impl KeyAgreement {
    fn add(&mut self, expected: &ReferenceTrack, heard: &Track) {
        let Some((tonic, scale, strength)) = &expected.key else { return };
        if *strength <= SURE_KEY {
            return;
        }
        self.sure += 1;
        let weight = mirex_weight((&heard.key, &heard.scale), (tonic, scale));
        self.score += weight;
        if weight >= 1.0 {
            self.exact += 1;
        } else {
            let ours = format!("{} {}", heard.key, heard.scale);
            self.misses.push((expected.file.clone(), format!("{tonic} {scale}"), ours));
        }
    }
}

/// Sums of one network's comparison.
#[derive(Default)]
struct Comparison {
    network: String,
    cosines: Vec<(f64, String)>,
    tag_errors: Vec<f64>,
    tag_error_worst: Option<(f64, String)>,
}

fn comparison<'a>(all: &'a mut Vec<Comparison>, network: &str) -> &'a mut Comparison {
    let place = all.iter().position(|one| one.network == network).unwrap_or_else(|| {
        all.push(Comparison { network: network.to_owned(), ..Comparison::default() });
        all.len() - 1
    });
    &mut all[place]
}

impl Comparison {
    fn embedding(&mut self, file: &str, ours: &[f32], theirs: &[f32]) {
        self.cosines.push((cosine(ours, theirs), file.to_owned()));
    }

    fn tags(&mut self, file: &str, ours: &[f32], theirs: &[f32]) {
        if ours.len() != theirs.len() {
            return;
        }
        for (a, b) in ours.iter().zip(theirs) {
            let error = f64::from((a - b).abs());
            self.tag_errors.push(error);
            if self.tag_error_worst.as_ref().is_none_or(|(worst, _)| error > *worst) {
                self.tag_error_worst = Some((error, file.to_owned()));
            }
        }
    }

    fn finish(self) -> NetworkAgreement {
        let cosines: Vec<f64> = self.cosines.iter().map(|(cosine, _)| *cosine).collect();
        let worst = self.cosines.into_iter().min_by(|a, b| a.0.total_cmp(&b.0));
        NetworkAgreement {
            network: self.network,
            tracks: cosines.len() as u64,
            cosine_mean: mean(&cosines),
            cosine_worst: worst,
            tag_error_mean: mean(&self.tag_errors),
            tag_error_worst: self.tag_error_worst,
        }
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The cosine of two vectors; 0 where one of them is all zero or their lengths differ.
fn cosine(a: &[f32], b: &[f32]) -> f64 {
    if a.len() != b.len() {
        return 0.0;
    }
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum::<f64>();
    let scale = (dot(a, a) * dot(b, b)).sqrt();
    if scale > 0.0 { dot(a, b) / scale } else { 0.0 }
}

/// MIREX's weights for audio key detection: 1 the same key, 0.5 a fifth apart in the same scale, 0.3 the relative key, 0.2
/// the parallel one, else 0. Tonics in any common spelling.
fn mirex_weight(heard: (&str, &str), reference: (&str, &str)) -> f64 {
    let (Some(a), Some(b)) = (pitch_class(heard.0), pitch_class(reference.0)) else { return 0.0 };
    let apart = (12 + a - b) % 12;
    match (heard.1 == reference.1, apart) {
        (true, 0) => 1.0,
        (true, 5 | 7) => 0.5,
        (false, 0) => 0.2,
        // The relative minor lies nine semitones above its major.
        (false, 9) if heard.1 == "minor" => 0.3,
        (false, 3) if heard.1 == "major" => 0.3,
        _ => 0.0,
    }
}

/// Semitones above C of a tonic such as `C#` or `Eb`.
fn pitch_class(tonic: &str) -> Option<i32> {
    let natural = match tonic.as_bytes().first()? {
        b'C' => 0,
        b'D' => 2,
        b'E' => 4,
        b'F' => 5,
        b'G' => 7,
        b'A' => 9,
        b'B' => 11,
        _ => return None,
    };
    let accidental = match tonic.get(1..) {
        Some("#" | "♯") => 1,
        Some("b" | "♭") => 11,
        Some("") => 0,
        _ => return None,
    };
    Some((natural + accidental) % 12)
}

/// Spearman's rank correlation, equal values sharing their mean rank; `None` below three pairs or where one side is
/// constant.
fn rank_correlation(pairs: &[(f64, f64)]) -> Option<f64> {
    if pairs.len() < 3 {
        return None;
    }
    let ranks = |values: Vec<f64>| -> Vec<f64> {
        let below = |value: f64| values.iter().filter(|&&other| other < value).count() as f64;
        let equal = |value: f64| values.iter().filter(|&&other| other == value).count() as f64;
        values.iter().map(|&value| below(value) + (equal(value) - 1.0) / 2.0).collect()
    };
    let a = ranks(pairs.iter().map(|pair| pair.0).collect());
    let b = ranks(pairs.iter().map(|pair| pair.1).collect());
    let middle = (pairs.len() as f64 - 1.0) / 2.0;
    let product = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(p, q)| (p - middle) * (q - middle)).sum::<f64>();
    let scale = (product(&a, &a) * product(&b, &b)).sqrt();
    (scale > 0.0).then(|| product(&a, &b) / scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mirex_weights() {
        let weight = |heard: &str, reference: &str| {
            let split = |key: &'static str| key.split_once(' ').unwrap();
            mirex_weight(split(heard.to_owned().leak()), split(reference.to_owned().leak()))
        };
        for (heard, reference, expected) in [
            ("C major", "C major", 1.0),
            ("Db major", "C# major", 1.0),
            ("Cb major", "B major", 1.0),
            ("G major", "C major", 0.5),
            ("F major", "C major", 0.5),
            ("E minor", "A minor", 0.5),
            ("A minor", "C major", 0.3),
            ("C major", "A minor", 0.3),
            ("C minor", "C major", 0.2),
            ("A major", "C minor", 0.0),
            ("E minor", "C major", 0.0),
            ("H minor", "C major", 0.0),
        ] {
            assert_eq!(weight(heard, reference), expected, "{heard} for {reference}");
        }
        assert_eq!(mirex_weight(("", ""), ("C", "major")), 0.0);
    }

    #[test]
    fn ranks_are_compared_not_values() {
        assert_eq!(rank_correlation(&[(1.0, 1.0), (2.0, 10.0), (3.0, 100.0)]), Some(1.0));
        assert_eq!(rank_correlation(&[(1.0, 3.0), (2.0, 2.0), (3.0, 1.0)]), Some(-1.0));
        // scipy.stats.spearmanr([1, 2, 2, 3], [1, 2, 3, 4]) = 0.9486832980505139
        let tied = rank_correlation(&[(1.0, 1.0), (2.0, 2.0), (2.0, 3.0), (3.0, 4.0)]).unwrap();
        assert!((tied - 0.948_683_298_050_513_9).abs() < 1e-12, "{tied}");
        assert_eq!(rank_correlation(&[(1.0, 1.0), (2.0, 2.0)]), None);
        assert_eq!(rank_correlation(&[(1.0, 1.0), (1.0, 2.0), (1.0, 3.0)]), None);
    }

    #[test]
    fn tempos_agree_exactly_or_on_another_level_or_not() {
        let mut agreement = TempoAgreement::default();
        let expected = |bpm, confidence| ReferenceTrack { tempo: Some((bpm, confidence)), ..ReferenceTrack::default() };
        let heard = |bpm| Track { bpm, ..Track::default() };
        for bpm in [120.0, 124.7, 115.3, 60.0, 240.0, 40.0, 360.0, 125.0, 160.0, 0.0] {
            agreement.add(&expected(120.0, 3.0), &heard(bpm));
        }
        agreement.add(&expected(120.0, 2.4), &heard(120.0));
        agreement.add(&expected(0.0, 3.0), &heard(120.0));
        assert_eq!((agreement.sure, agreement.exact, agreement.octave_free), (10, 3, 7));
        assert_eq!(agreement.misses.iter().map(|miss| miss.2).collect::<Vec<_>>(), [125.0, 160.0, 0.0]);
    }

    #[test]
    fn vectors_that_do_not_fit_do_not_agree() {
        assert_eq!(cosine(&[1.0, 0.0], &[1.0]), 0.0);
        assert_eq!(cosine(&[0.0, 0.0], &[1.0, 1.0]), 0.0);
        assert!((cosine(&[1.0, 2.0], &[2.0, 4.0]) - 1.0).abs() < 1e-12);
    }
}
