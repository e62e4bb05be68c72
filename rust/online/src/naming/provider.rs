//! What each kind of service is sent and how its answers are read.

use std::time::Duration;

use serde_json::{Value, json};

use super::prompt::Prompt;
use crate::Key;

/// Letters of a complaint that are passed on.
const LONGEST_COMPLAINT: usize = 200;

/// What kind of service is asked for names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Provider {
    /// An Ollama server (`/api/generate`).
    #[default]
    Ollama,
    /// Google Gemini (`generateContent`).
    Gemini,
    /// Anything that speaks OpenAI's chat completions.
    OpenAi,
}

impl Provider {
    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ollama => "Ollama",
            Self::Gemini => "Gemini",
            Self::OpenAi => "the OpenAI-compatible service",
        }
    }

    /// Under which its key is kept.
    pub fn id(self) -> &'static str {
        match self {
            Self::Ollama => "ollama",
            Self::Gemini => "gemini",
            Self::OpenAi => "openai",
        }
    }

    /// Where it usually is.
    pub fn usual_url(self) -> &'static str {
        match self {
            Self::Ollama => "http://localhost:11434/api/generate",
            Self::Gemini => "https://generativelanguage.googleapis.com",
            Self::OpenAi => "https://api.openai.com/v1/chat/completions",
        }
    }

    /// The model that is usually asked.
    pub fn usual_model(self) -> &'static str {
        match self {
            Self::Ollama => "mistral:7b",
            Self::Gemini => "gemini-1.5-flash-latest",
            Self::OpenAi => "gpt-4o-mini",
        }
    }

    /// The usual time between two calls.
    pub fn usual_delay(self) -> Duration {
        match self {
            Self::Gemini => Duration::from_secs(7),
            Self::Ollama | Self::OpenAi => Duration::ZERO,
        }
    }

    /// The address to post to; else what is wrong.
    pub(super) fn endpoint(self, url: &str, model: &str) -> Result<String, &'static str> {
        let url = url.trim();
        let url = if url.is_empty() { self.usual_url() } else { url };
        let path = url.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map(|(_, path)| path);
        let bare = path.is_none_or(|path| path.trim_matches('/').is_empty());
        let base = url.trim_end_matches('/');
        match self {
            Self::Ollama if bare => Ok(format!("{base}/api/generate")),
            Self::OpenAi if bare => Ok(format!("{base}/v1/chat/completions")),
            Self::OpenAi if base.ends_with("/v1") => Ok(format!("{base}/chat/completions")),
            Self::Gemini if bare || base.ends_with("/v1beta") || base.ends_with("/v1") => {
                let model = model.trim().trim_start_matches("models/");
                let model = if model.is_empty() { self.usual_model() } else { model };
                if !model.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)) {
                    return Err("the model's name holds characters that no Gemini model has");
                }
                let version = if bare { "/v1beta" } else { "" };
                Ok(format!("{base}{version}/models/{model}:generateContent"))
            }
            Self::Ollama | Self::OpenAi | Self::Gemini => Ok(url.to_owned()),
        }
    }

    /// Whether nothing is to be had from that host without a key.
    pub(super) fn wants_key(self, host: &str) -> bool {
        match self {
            Self::Ollama => false,
            Self::Gemini => host.ends_with("googleapis.com"),
            Self::OpenAi => host == "api.openai.com",
        }
    }

    /// Never a part of the address, which ends up in logs.
    pub(super) fn key_header(self, key: &Key) -> Option<(&'static str, String)> {
        Some(match self {
            Self::Gemini => ("x-goog-api-key", key.reveal().to_owned()),
            Self::Ollama | Self::OpenAi => ("authorization", format!("Bearer {}", key.reveal())),
        })
    }

    pub(super) fn body(self, model: &str, prompt: &Prompt) -> Value {
        let model = if model.trim().is_empty() { self.usual_model() } else { model.trim() };
        match self {
            // Enough for a model that thinks aloud first.
            Self::Ollama => json!({
                "model": model, "system": prompt.task, "prompt": prompt.data, "stream": false,
                "options": { "temperature": 0.7, "num_predict": 2048 },
            }),
            Self::Gemini => json!({
                "systemInstruction": { "parts": [{ "text": prompt.task }] },
                "contents": [{ "role": "user", "parts": [{ "text": prompt.data }] }],
                "generationConfig": { "temperature": 0.7, "candidateCount": 1, "maxOutputTokens": 2048 },
            }),
            // Temperature and limits go by different names in different models, and some refuse them.
            Self::OpenAi => json!({
                "model": model, "stream": false,
                "messages": [
                    { "role": "system", "content": prompt.task },
                    { "role": "user", "content": prompt.data },
                ],
            }),
        }
    }

    /// What the model said; else what is wrong with the answer.
    pub(super) fn text(self, body: &[u8]) -> Result<String, String> {
        if body.is_empty() {
            return Err("the answer is empty".to_owned());
        }
        let answer: Value = serde_json::from_slice(body)
            .map_err(|_| format!("the answer is not JSON; it begins with \"{}\"", beginning(body, 40)))?;
        let text = match self {
            Self::Ollama => answer["response"].as_str().map(str::to_owned),
            Self::Gemini => {
                if let Some(why) = answer["promptFeedback"]["blockReason"].as_str() {
                    return Err(format!("the question was blocked ({})", beginning(why.as_bytes(), 40)));
                }
                joined(&answer["candidates"][0]["content"]["parts"])
            }
            Self::OpenAi => {
                let content = &answer["choices"][0]["message"]["content"];
                content.as_str().map(str::to_owned).or_else(|| joined(content))
            }
        };
        text.ok_or_else(|| "the answer has no text in the place where it should be".to_owned())
    }
}

/// The texts of an answer in parts, thoughts left out.
fn joined(parts: &Value) -> Option<String> {
    let parts = parts.as_array()?.iter().filter(|part| part["thought"] != Value::Bool(true));
    let texts: Vec<&str> = parts.filter_map(|part| part["text"].as_str()).collect();
    (!texts.is_empty()).then(|| texts.concat())
}

/// What a service says when it refuses, short and without the key that it may repeat.
pub(super) fn complaint(body: &[u8], key: Option<&Key>) -> String {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    let said = [&answer["error"]["message"], &answer["error"], &answer["message"], &answer["detail"]];
    let Some(said) = said.into_iter().find_map(Value::as_str) else {
        return "it did not say why".to_owned();
    };
    let said = key.map_or_else(|| said.to_owned(), |key| said.replace(key.reveal(), "(key)"));
    beginning(said.as_bytes(), LONGEST_COMPLAINT)
}

/// The first letters of something that may be anything.
fn beginning(bytes: &[u8], letters: usize) -> String {
    let text = String::from_utf8_lossy(bytes.get(..letters * 4).unwrap_or(bytes)).into_owned();
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().filter(|c| !c.is_control()).take(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_addresses_get_the_usual_path_and_whole_ones_stay() {
        let endpoint = |provider: Provider, url| provider.endpoint(url, "m-1").unwrap();
        assert_eq!(endpoint(Provider::Ollama, ""), "http://localhost:11434/api/generate");
        assert_eq!(endpoint(Provider::Ollama, "http://nas:11434/"), "http://nas:11434/api/generate");
        assert_eq!(endpoint(Provider::Ollama, "http://nas/ollama/api/generate"), "http://nas/ollama/api/generate");
        assert_eq!(endpoint(Provider::OpenAi, "http://nas:8080"), "http://nas:8080/v1/chat/completions");
        assert_eq!(endpoint(Provider::OpenAi, "http://nas/v1/"), "http://nas/v1/chat/completions");
        assert_eq!(endpoint(Provider::OpenAi, "http://nas/x/chat?v=1"), "http://nas/x/chat?v=1");
        let gemini = "https://generativelanguage.googleapis.com/v1beta/models/m-1:generateContent";
        assert_eq!(endpoint(Provider::Gemini, ""), gemini);
        assert_eq!(endpoint(Provider::Gemini, "https://generativelanguage.googleapis.com/v1beta"), gemini);
        assert!(Provider::Gemini.endpoint("", "../../x?key=").is_err());
        assert!(Provider::Gemini.endpoint("", "models/").unwrap().contains("gemini-1.5-flash-latest"));
    }

    #[test]
    fn text_is_found_where_each_service_puts_it() {
        let text = |provider: Provider, answer: Value| provider.text(answer.to_string().as_bytes());
        assert_eq!(text(Provider::Ollama, json!({ "response": "a" })), Ok("a".to_owned()));
        let parts = json!([{ "text": "hm", "thought": true }, { "text": "a" }, { "text": "b" }]);
        let gemini = json!({ "candidates": [{ "content": { "parts": parts } }] });
        assert_eq!(text(Provider::Gemini, gemini), Ok("ab".to_owned()));
        let openai = |content: Value| json!({ "choices": [{ "message": { "content": content } }] });
        assert_eq!(text(Provider::OpenAi, openai("a".into())), Ok("a".to_owned()));
        assert_eq!(text(Provider::OpenAi, openai(json!([{ "type": "text", "text": "a" }]))), Ok("a".to_owned()));
        let blocked = json!({ "promptFeedback": { "blockReason": "SAFETY" } });
        assert!(text(Provider::Gemini, blocked).unwrap_err().contains("SAFETY"));
        for provider in [Provider::Ollama, Provider::Gemini, Provider::OpenAi] {
            for strange in [json!({}), json!([]), json!(5), json!({ "response": 5, "choices": [], "candidates": "x" })]
            {
                assert!(text(provider, strange).is_err());
            }
            assert!(provider.text(b"").is_err() && provider.text(b"<html>").unwrap_err().contains("<html>"));
            assert!(provider.text(&[0xff, 0xfe, 0]).is_err());
        }
    }

    #[test]
    fn complaints_are_short_and_hold_no_key() {
        let key = Key::new("sk-secret").unwrap();
        let said = |answer: Value| complaint(answer.to_string().as_bytes(), Some(&key));
        assert_eq!(said(json!({ "error": "model 'x' not found" })), "model 'x' not found");
        assert_eq!(said(json!({ "error": { "message": "bad key sk-secret\n!" } })), "bad key (key) !");
        assert_eq!(said(json!({ "error": "x".repeat(5000) })).len(), 200);
        assert_eq!(complaint(b"<html>sk-secret</html>", Some(&key)), "it did not say why");
    }
}
