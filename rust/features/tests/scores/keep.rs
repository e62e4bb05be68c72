//! What was played, kept for other tools to hear (`SEGUE_SCORES_KEEP`).

use std::io::Write;
use std::path::PathBuf;

use segue_features::FeatureExtractor;

use crate::truth::Answer;

/// Writes a WAV file and a line of truth, if a folder for them is named.
pub(crate) fn keep(name: &str, sound: &[f32], truth: &Answer) {
    let Some(folder) = std::env::var_os("SEGUE_SCORES_KEEP").map(PathBuf::from) else { return };
    std::fs::create_dir_all(&folder).unwrap();
    let file = format!("{}.wav", name.replace(' ', "_"));
    std::fs::write(folder.join(&file), wav(sound)).unwrap();
    let line = serde_json::json!({ "file": file, "bpm": truth.bpm, "key": truth.key_name() });
    let mut list = std::fs::OpenOptions::new().create(true).append(true).open(folder.join("truth.jsonl")).unwrap();
    writeln!(list, "{line}").unwrap();
}

/// One channel of 16 bits at the extractor's rate.
fn wav(sound: &[f32]) -> Vec<u8> {
    let (rate, bytes) = (FeatureExtractor::SAMPLE_RATE, 2 * sound.len() as u32);
    let mut file = Vec::with_capacity(44 + bytes as usize);
    file.extend(b"RIFF");
    file.extend((36 + bytes).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend([1_u16, 1].iter().flat_map(|x| x.to_le_bytes()));
    file.extend([rate, 2 * rate].iter().flat_map(|x| x.to_le_bytes()));
    file.extend([2_u16, 16].iter().flat_map(|x| x.to_le_bytes()));
    file.extend(b"data");
    file.extend(bytes.to_le_bytes());
    file.extend(sound.iter().flat_map(|&x| ((32_767.0 * x) as i16).to_le_bytes()));
    file
}
