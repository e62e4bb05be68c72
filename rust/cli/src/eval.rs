//! `segue eval`: how far a store agrees with a reference.

use std::collections::HashMap;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use segue_engine::{Evaluation, ReferenceTrack};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::args::EvalArguments;

/// A reference as `tests/golden/library.json` is shaped: a list of tracks, any field of which may be missing.
#[derive(Deserialize)]
struct Reference {
    tracks: Vec<Track>,
}

#[derive(Deserialize)]
struct Track {
    file: String,
    bpm: Option<f32>,
    bpm_confidence: Option<f32>,
    key: Option<String>,
    scale: Option<String>,
    key_strength: Option<f32>,
    danceability: Option<f32>,
    msd_tags: Option<Vec<f32>>,
    mtt_tags: Option<Vec<f32>>,
    msd_dense: Option<Vec<f32>>,
    mtt_dense: Option<Vec<f32>>,
}

pub(crate) fn run(arguments: &EvalArguments) -> anyhow::Result<ExitCode> {
    let reference = read(&arguments.reference)?;
    let engine = arguments.store.open()?;
    let evaluation = engine.evaluate(&reference)?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    if arguments.store.json {
        writeln!(out, "{}", shape(&evaluation))?;
    } else {
        tell(&mut out, &evaluation)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn read(path: &Path) -> anyhow::Result<Vec<ReferenceTrack>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let reference: Reference =
        serde_json::from_str(&text).with_context(|| format!("{} is no list of tracks", path.display()))?;
    Ok(reference.tracks.into_iter().map(ReferenceTrack::from).collect())
}

impl From<Track> for ReferenceTrack {
    fn from(track: Track) -> Self {
        let by_network = |msd: Option<Vec<f32>>, mtt: Option<Vec<f32>>| -> HashMap<String, Vec<f32>> {
            [("msd", msd), ("mtt", mtt)]
                .into_iter()
                .filter_map(|(name, values)| Some((name.to_owned(), values?)))
                .collect()
        };
        Self {
            file: track.file,
            tempo: track.bpm.zip(track.bpm_confidence),
            key: track
                .key
                .zip(track.scale)
                .zip(track.key_strength)
                .map(|((key, scale), strength)| (key, scale, strength)),
            danceability: track.danceability,
            tags: by_network(track.msd_tags, track.mtt_tags),
            embeddings: by_network(track.msd_dense, track.mtt_dense),
        }
    }
}

fn shape(evaluation: &Evaluation) -> Value {
    let Evaluation { tempo, key, .. } = evaluation;
    let networks = evaluation.networks.iter().map(|network| {
        let agreement = json!({
            "tracks": network.tracks,
            "cosine_mean": network.cosine_mean,
            "cosine_worst": network.cosine_worst.as_ref().map(|worst| worst.0),
            "cosine_worst_file": network.cosine_worst.as_ref().map(|worst| &worst.1),
            "tag_error_mean": network.tag_error_mean,
            "tag_error_worst": network.tag_error_worst.as_ref().map(|worst| worst.0),
            "tag_error_worst_file": network.tag_error_worst.as_ref().map(|worst| &worst.1),
        });
        (network.network.clone(), agreement)
    });
    json!({
        "tracks": evaluation.tracks,
        "missing": evaluation.missing,
        "tempo": {
            "sure": tempo.sure,
            "exact": share(tempo.exact as f64, tempo.sure),
            "octave_free": share(tempo.octave_free as f64, tempo.sure),
            "misses": tempo.misses.iter().map(|(file, expected, heard)| json!({ "file": file, "expected": expected, "heard": heard })).collect::<Vec<_>>(),
        },
        "key": {
            "sure": key.sure,
            "exact": share(key.exact as f64, key.sure),
            "mirex": share(key.score, key.sure),
            "misses": key.misses.iter().map(|(file, expected, heard)| json!({ "file": file, "expected": expected, "heard": heard })).collect::<Vec<_>>(),
        },
        "danceability_rank_correlation": evaluation.danceability_rank_correlation,
        "networks": networks.collect::<serde_json::Map<String, Value>>(),
    })
}

/// `null` where there was nothing to compare.
fn share(part: f64, of: u64) -> Option<f64> {
    (of > 0).then(|| part / of as f64)
}

fn tell(out: &mut impl Write, evaluation: &Evaluation) -> std::io::Result<()> {
    let number = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"));
    let Evaluation { tempo, key, .. } = evaluation;
    writeln!(
        out,
        "{} tracks compared, {} of the reference not in the store",
        evaluation.tracks,
        evaluation.missing.len()
    )?;
    for file in &evaluation.missing {
        writeln!(out, "  not in the store: {file}")?;
    }
    writeln!(
        out,
        "tempo: exact {}, octaves forgiven {} (of {} where the reference is sure)",
        number(share(tempo.exact as f64, tempo.sure)),
        number(share(tempo.octave_free as f64, tempo.sure)),
        tempo.sure
    )?;
    for (file, expected, heard) in &tempo.misses {
        writeln!(out, "  {expected:.1} heard as {heard:.1}: {file}")?;
    }
    writeln!(
        out,
        "key: MIREX {}, exact {} (of {} where the reference is sure)",
        number(share(key.score, key.sure)),
        number(share(key.exact as f64, key.sure)),
        key.sure
    )?;
    for (file, expected, heard) in &key.misses {
        writeln!(out, "  {expected} heard as {heard}: {file}")?;
    }
    writeln!(out, "danceability: rank correlation {}", number(evaluation.danceability_rank_correlation))?;
    for network in &evaluation.networks {
        let exact = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.5}"));
        let worst = |worst: &Option<(f64, String)>| {
            worst.as_ref().map_or_else(|| "-".to_owned(), |(value, file)| format!("{value:.5} ({file})"))
        };
        writeln!(
            out,
            "{}: embedding cosine mean {}, worst {}; tags off by {} in the mean, {} at worst",
            network.network,
            exact(network.cosine_mean),
            worst(&network.cosine_worst),
            exact(network.tag_error_mean),
            worst(&network.tag_error_worst)
        )?;
    }
    Ok(())
}
