//! What was heard of a track, as the store keeps it.

use segue_features::{Features as Musical, Loudness};
use segue_store::{Analysis, AudioFacts, Details, Edges, Embedding, Features, FileStamp, Stage};

use crate::listen::{Heard, MusicalFindings};

/// The record of one listening. `stages` are those that ran.
pub(crate) fn record(song_id: String, file: FileStamp, heard: Heard, stages: Vec<Stage>) -> Analysis {
    let MusicalFindings { features, classical, edges, fingerprint } = heard.musical;
    let beats = features.as_ref().map(|_| Vec::new());
    let embeddings = heard.networks.into_iter().map(|(network, summary)| Embedding {
        model: network.name().to_owned(),
        mean: summary.mean,
        deviation: summary.deviation,
        tags: summary.tags,
        patches: summary.patches,
    });
    Analysis {
        song_id,
        file,
        audio: Some(AudioFacts {
            duration_s: heard.duration_s,
            sample_rate: heard.sample_rate,
            channels: u32::try_from(heard.channels).unwrap_or(u32::MAX),
            codec: heard.codec,
            decoder: heard.decoder.to_owned(),
            damage: heard.damage,
        }),
        features: features.zip(heard.loudness).map(|(musical, loudness)| numbers(&musical, loudness)),
        details: Details {
            vector: classical.map(|classical| classical.values().to_vec()),
            beats,
            // Nothing sounds: kept as nothing, so that it is not looked for again.
            edges: edges.map(|edges| {
                edges
                    .map(|edges| Edges { intro: edges.intro.to_vec(), outro: edges.outro.to_vec() })
                    .unwrap_or_default()
            }),
            fingerprint: fingerprint.map(|fingerprint| fingerprint.to_bytes()),
            labels: Vec::new(),
        },
        embeddings: embeddings.collect(),
        stages,
    }
}

fn numbers(musical: &Musical, loudness: Loudness) -> Features {
    Features {
        bpm: (musical.tempo.bpm > 0.0).then_some(musical.tempo.bpm),
        bpm_confidence: Some(musical.tempo.confidence),
        tempo_stability: None,
        key: musical.key.map(|key| key.tonic.name().to_owned()),
        scale: musical.key.map(|key| key.scale.name().to_owned()),
        key_strength: musical.key.map(|key| key.strength),
        second_key: None,
        second_scale: None,
        second_key_strength: None,
        tuning_cents: None,
        loudness_lufs: Some(loudness.integrated_lufs),
        loudness_range_lu: Some(loudness.range_lu),
        true_peak_dbtp: Some(loudness.true_peak_dbtp),
        energy: Some(musical.energy),
        brightness: None,
        danceability: Some(musical.danceability),
    }
}
