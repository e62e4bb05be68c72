//! What was heard of a track, as the store keeps it.

use segue_features::{Features as Musical, Loudness};
use segue_models::{Levelled, Summary};
use segue_store::{Analysis, AudioFacts, Details, Edges, Embedding, Features, FileStamp, Labels, Stage};

use crate::listen::{Heard, MusicalFindings, NetworkFindings};
use crate::stages::{EFFNET, STYLES, VGGISH, levelled};

/// The record of one listening. `labels` are the heads' answers, `stages` those that ran.
pub(crate) fn record(
    song_id: String,
    file: FileStamp,
    heard: Heard,
    mut labels: Vec<Labels>,
    stages: Vec<Stage>,
) -> Analysis {
    let MusicalFindings { features, classical, edges, fingerprint } = heard.musical;
    let beats = features.as_ref().map(|features| features.beats.clone());
    let NetworkFindings { musicnn, styles, vggish } = heard.networks;
    let mut embeddings: Vec<Embedding> = Vec::new();
    for (network, summary) in musicnn {
        if let Some(Levelled { mean, deviation }) = &summary.levelled {
            let (model, mean, deviation) = (levelled(network.name()), mean.clone(), deviation.clone());
            embeddings.push(Embedding { model, mean, deviation, ..Embedding::default() });
        }
        embeddings.push(embedding(network.name(), summary));
    }
    if let Some((mut summary, classes)) = styles {
        // The styles are labels; beside the embedding they would lie twice.
        let values = std::mem::take(&mut summary.tags);
        labels.push(Labels { source: EFFNET.to_owned(), stage: STYLES.to_owned(), classes, values });
        embeddings.push(embedding(EFFNET, summary));
    }
    if let Some(mean) = vggish {
        // All zero where nothing sounds: the vector's definition wants numbers.
        let mean = mean.unwrap_or([0.0; segue_models::VGGISH_LEN]).to_vec();
        let deviation = vec![0.0; mean.len()];
        embeddings.push(Embedding { model: VGGISH.to_owned(), mean, deviation, ..Embedding::default() });
    }
    for (clap, said) in heard.claps {
        // All zero where nothing sounds: near no words, and not to be heard again.
        let mean = said.unwrap_or([0.0; segue_models::CLAP_LEN]).to_vec();
        let deviation = vec![0.0; mean.len()];
        embeddings.push(Embedding { model: clap.name().to_owned(), mean, deviation, ..Embedding::default() });
    }
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
            labels,
        },
        embeddings,
        stages,
    }
}

/// The record of heads that listened to what was stored.
pub(crate) fn relabel(song_id: String, file: FileStamp, labels: Vec<Labels>, stages: Vec<Stage>) -> Analysis {
    let details = Details { labels, ..Details::default() };
    Analysis { song_id, file, audio: None, features: None, details, embeddings: Vec::new(), stages }
}

fn embedding(model: &str, summary: Summary) -> Embedding {
    let Summary { mean, deviation, tags, patches, weights, .. } = summary;
    Embedding { model: model.to_owned(), mean, deviation, tags, patches, weights }
}

fn numbers(musical: &Musical, loudness: Loudness) -> Features {
    Features {
        bpm: (musical.tempo.bpm > 0.0).then_some(musical.tempo.bpm),
        bpm_confidence: Some(musical.tempo.confidence),
        tempo_stability: Some(musical.tempo.stability),
        key: musical.key.map(|key| key.tonic.name().to_owned()),
        scale: musical.key.map(|key| key.scale.name().to_owned()),
        key_strength: musical.key.map(|key| key.strength),
        second_key: musical.second_key.map(|key| key.tonic.name().to_owned()),
        second_scale: musical.second_key.map(|key| key.scale.name().to_owned()),
        second_key_strength: musical.second_key.map(|key| key.strength),
        tuning_cents: Some(musical.tuning_cents),
        loudness_lufs: Some(loudness.integrated_lufs),
        loudness_range_lu: Some(loudness.range_lu),
        true_peak_dbtp: Some(loudness.true_peak_dbtp),
        energy: Some(musical.energy),
        brightness: Some(musical.brightness),
        danceability: Some(musical.danceability),
    }
}
