//! Text as the numbers that RoBERTa reads: byte-level pairs (A. Radford et al., "Language Models are Unsupervised Multitask
//! Learners", 2019; Y. Liu et al., "RoBERTa", 2019).

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use serde::Deserialize;
use tokenizers::models::bpe::{BPE, Vocab};
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::{Model as _, OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer as _};

use crate::extra::content;
use crate::{Error, Result};

/// Marks the beginning of a text, fills it up, and marks its end.
const BEGIN: i64 = 0;
pub(super) const PAD: i64 = 1;
const END: i64 = 2;
/// What stands for nothing that is known.
const UNKNOWN: i64 = 3;
/// Numbers of a text at most, both marks included.
pub(super) const LONGEST: usize = 77;
/// The largest file of tokens that is read.
const LARGEST: u64 = 16 << 20;
/// Characters of a text that are looked at: more than 77 tokens can ever stand for in a language.
const MOST_CHARACTERS: usize = 4_000;

/// The vocabulary and merges of a text tower.
///
/// Of a `tokenizer.json` nothing else is taken: what splits the text is that of RoBERTa, whatever the file says. What looks like
/// one of RoBERTa's marks (`<mask>`) is text like any other.
pub(super) struct Tokens {
    pairs: BPE,
    bytes: ByteLevel,
}

#[derive(Deserialize)]
struct TokenizerFile {
    model: PairsFile,
}

#[derive(Deserialize)]
struct PairsFile {
    vocab: HashMap<String, u32>,
    merges: Vec<Merge>,
}

/// `"a b"`, or `["a", "b"]` as newer files have it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Merge {
    Text(String),
    Pair((String, String)),
}

impl Tokens {
    /// Reads `tokenizer.json` in a folder, or `vocab.json` and `merges.txt`.
    ///
    /// # Errors
    /// [`Error::Unusable`] when neither is there or they are no byte-level pairs.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let whole = folder.join("tokenizer.json");
        let (path, file) = if whole.is_file() {
            let text = content(&whole, LARGEST)?;
            let file: std::result::Result<TokenizerFile, _> = serde_json::from_slice(&text);
            let unusable = |e: serde_json::Error| Error::Unusable {
                path: whole.clone(),
                reason: format!("it does not describe byte-level pairs: {e}"),
            };
            let model = file.map_err(unusable)?.model;
            (whole, model)
        } else {
            let (vocab, merges) = (folder.join("vocab.json"), folder.join("merges.txt"));
            let text = content(&vocab, LARGEST)?;
            let vocab = serde_json::from_slice(&text)
                .map_err(|e| Error::Unusable { path: vocab, reason: format!("it is no vocabulary: {e}") })?;
            let text = String::from_utf8(content(&merges, LARGEST)?)
                .map_err(|e| Error::Unusable { path: merges.clone(), reason: e.to_string() })?;
            let lines = text.lines().filter(|line| !line.starts_with("#version") && !line.is_empty());
            (merges, PairsFile { vocab, merges: lines.map(|line| Merge::Text(line.to_owned())).collect() })
        };
        Self::new(file).map_err(|reason| Error::Unusable { path, reason })
    }

    fn new(file: PairsFile) -> std::result::Result<Self, String> {
        for (mark, number) in [("<s>", BEGIN), ("<pad>", PAD), ("</s>", END), ("<unk>", UNKNOWN)] {
            if file.vocab.get(mark).map(|number| i64::from(*number)) != Some(number) {
                return Err(format!("its `{mark}` is not number {number}, as in every RoBERTa"));
            }
        }
        let pair = |merge: Merge| match merge {
            Merge::Pair(pair) => Ok(pair),
            Merge::Text(text) => match text.split_once(' ') {
                Some((one, other)) => Ok((one.to_owned(), other.to_owned())),
                None => Err(format!("its merge `{}` is no pair", text.escape_debug())),
            },
        };
        let merges = file.merges.into_iter().map(pair).collect::<std::result::Result<Vec<_>, _>>()?;
        let vocab: Vocab = file.vocab.into_iter().collect();
        // What a file claims may meet an assertion of the library.
        let build = AssertUnwindSafe(|| BPE::builder().vocab_and_merges(vocab, merges).build());
        let pairs = catch_unwind(build).map_err(|_| "it made the reader panic".to_owned())?;
        Ok(Self { pairs: pairs.map_err(|e| e.to_string())?, bytes: ByteLevel::new(false, true, true) })
    }

    /// The numbers of a text, marks included; what is beyond [`LONGEST`] is cut off.
    pub(super) fn of(&self, text: &str) -> std::result::Result<Vec<i64>, String> {
        let text: String = text.chars().take(MOST_CHARACTERS).collect();
        let mut pieces = PreTokenizedString::from(text.as_str());
        self.bytes.pre_tokenize(&mut pieces).map_err(|e| e.to_string())?;
        let mut numbers = vec![BEGIN];
        for (piece, _, _) in pieces.get_splits(OffsetReferential::Original, OffsetType::Byte) {
            if numbers.len() >= LONGEST {
                break;
            }
            let tokens = self.pairs.tokenize(piece).map_err(|e| e.to_string())?;
            numbers.extend(tokens.into_iter().map(|token| i64::from(token.id)));
        }
        numbers.truncate(LONGEST - 1);
        numbers.push(END);
        Ok(numbers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn golden() -> serde_json::Value {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/models_clap.json");
        let golden: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        golden["tokens"].clone()
    }

    fn pairs(golden: &serde_json::Value) -> Vec<[String; 2]> {
        let lines: Vec<String> = serde_json::from_value(golden["merges"].clone()).unwrap();
        lines.iter().map(|line| line.split_once(' ').unwrap()).map(|(a, b)| [a.to_owned(), b.to_owned()]).collect()
    }

    #[test]
    fn numbers_are_those_of_the_published_tokenizer_from_every_form_of_file() {
        let golden = golden();
        let write = |files: &[(&str, String)]| {
            let folder = tempfile::tempdir().unwrap();
            for (name, text) in files {
                std::fs::write(folder.path().join(name), text).unwrap();
            }
            folder
        };
        let merges = golden["merges"].as_array().unwrap().iter().map(|line| line.as_str().unwrap());
        let merges = format!("#version: 0.2\n{}\n", merges.collect::<Vec<_>>().join("\n"));
        let whole = |merges: serde_json::Value| {
            let model = serde_json::json!({ "type": "BPE", "vocab": golden["vocab"], "merges": merges });
            serde_json::json!({ "version": "1.0", "normalizer": null, "model": model }).to_string()
        };
        for files in [
            vec![("vocab.json", golden["vocab"].to_string()), ("merges.txt", merges)],
            vec![("tokenizer.json", whole(golden["merges"].clone()))],
            vec![("tokenizer.json", whole(serde_json::json!(pairs(&golden))))],
        ] {
            let folder = write(&files);
            let tokens = Tokens::read(folder.path()).unwrap();
            for (text, ids) in golden["texts"].as_array().unwrap().iter().zip(golden["ids"].as_array().unwrap()) {
                let text = text.as_str().unwrap();
                let expected: Vec<i64> = serde_json::from_value(ids.clone()).unwrap();
                assert_eq!(tokens.of(text).unwrap(), expected, "{text:?}");
            }
            assert!(tokens.of(&"é🎹".repeat(1_000_000)).unwrap().len() == LONGEST);
        }
    }

    #[test]
    fn what_is_no_vocabulary_is_refused() {
        let marks = serde_json::json!({ "<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "a": 4 });
        let file = |vocab: &serde_json::Value, merges: serde_json::Value| {
            serde_json::json!({ "model": { "vocab": vocab, "merges": merges } }).to_string()
        };
        let other = serde_json::json!({ "<s>": 1, "<pad>": 0, "</s>": 2, "<unk>": 3 });
        for text in [
            String::new(),
            "[".repeat(200_000),
            format!("{{\"model\":{}1{}}}", "{\"vocab\":".repeat(5000), "}".repeat(5000)),
            "{\"model\":{\"vocab\":3,\"merges\":[]}}".to_owned(),
            file(&other, serde_json::json!([])),
            file(&serde_json::json!({}), serde_json::json!([])),
            file(&marks, serde_json::json!(["a"])),
            file(&marks, serde_json::json!(["a q"])),
            file(&marks, serde_json::json!([["a"]])),
            file(&serde_json::json!({ "<s>": -1 }), serde_json::json!([])),
        ] {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("tokenizer.json"), &text).unwrap();
            let said = Tokens::read(folder.path()).err();
            assert!(matches!(&said, Some(Error::Unusable { .. })), "{}: {said:?}", &text[..text.len().min(60)]);
        }
        let empty = tempfile::tempdir().unwrap();
        assert!(matches!(Tokens::read(empty.path()), Err(Error::Unusable { .. })));
    }
}
