//! What each kind of service is sent and how its answers are read.

use std::time::Duration;

use serde_json::{Value, json};

use crate::Key;
use crate::ask::{Media, Question};
use crate::base64::base64;

/// Letters of a complaint that are passed on.
const LONGEST_COMPLAINT: usize = 200;

/// What kind of service is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Provider {
    /// An Ollama server (`/api/generate` or `/api/chat`).
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

    /// The model that is usually asked for names.
    pub fn usual_model(self) -> &'static str {
        match self {
            Self::Ollama => "mistral:7b",
            Self::Gemini => "gemini-1.5-flash-latest",
            Self::OpenAi => "gpt-4o-mini",
        }
    }

    /// The model that usually looks at pictures: one that sees.
    pub fn usual_eyes(self) -> &'static str {
        match self {
            Self::Ollama => "gemma3:4b",
            Self::Gemini => "gemini-flash-latest",
            Self::OpenAi => "gpt-4o-mini",
        }
    }

    /// Whether it can be sent a video as well as pictures.
    pub fn takes_video(self) -> bool {
        self == Self::Gemini
    }

    /// The usual time between two calls.
    pub fn usual_delay(self) -> Duration {
        match self {
            Self::Gemini => Duration::from_secs(7),
            Self::Ollama | Self::OpenAi => Duration::ZERO,
        }
    }

    /// The address to post to; else what is wrong. A model has a name here.
    pub(crate) fn endpoint(self, url: &str, model: &str) -> Result<String, &'static str> {
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
                if model.is_empty() {
                    return Err("the model has no name");
                }
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
    pub(crate) fn wants_key(self, host: &str) -> bool {
        match self {
            Self::Ollama => false,
            Self::Gemini => host.ends_with("googleapis.com"),
            Self::OpenAi => host == "api.openai.com",
        }
    }

    /// Never a part of the address, which ends up in logs.
    pub(crate) fn key_header(self, key: &Key) -> Option<(&'static str, String)> {
        Some(match self {
            Self::Gemini => ("x-goog-api-key", key.reveal().to_owned()),
            Self::Ollama | Self::OpenAi => ("authorization", format!("Bearer {}", key.reveal())),
        })
    }

    /// What is posted to that address.
    pub(crate) fn body(self, endpoint: &str, model: &str, question: &Question<'_>) -> Value {
        match self {
            Self::Ollama => ollama(endpoint, model, question),
            Self::Gemini => gemini(question),
            Self::OpenAi => openai(model, question),
        }
    }

    /// What the model said; else what is wrong with the answer.
    pub(crate) fn text(self, body: &[u8]) -> Result<String, String> {
        if body.is_empty() {
            return Err("the answer is empty".to_owned());
        }
        let answer: Value = serde_json::from_slice(body)
            .map_err(|_| format!("the answer is not JSON; it begins with \"{}\"", beginning(body, 40)))?;
        let text = match self {
            Self::Ollama => {
                let said = answer["response"].as_str().or_else(|| answer["message"]["content"].as_str());
                said.map(str::to_owned)
            }
            Self::Gemini => {
                if let Some(why) = answer["promptFeedback"]["blockReason"].as_str() {
                    return Err(format!("the question was blocked ({})", beginning(why.as_bytes(), 40)));
                }
                joined(&answer["candidates"][0]["content"]["parts"])
            }
            Self::OpenAi => {
                let message = &answer["choices"][0]["message"];
                if let Some(why) = message["refusal"].as_str() {
                    return Err(format!("it refused ({})", beginning(why.as_bytes(), 80)));
                }
                let content = &message["content"];
                content.as_str().map(str::to_owned).or_else(|| joined(content))
            }
        };
        text.ok_or_else(|| "the answer has no text in the place where it should be".to_owned())
    }
}

/// Longest answer of a model in its own measure; enough for one that thinks aloud first.
const MOST_TOKENS: u32 = 2048;

fn ollama(endpoint: &str, model: &str, question: &Question<'_>) -> Value {
    let images: Vec<Value> = question.media.iter().map(|media| base64(media.bytes()).into()).collect();
    let options = json!({ "temperature": question.temperature, "num_predict": MOST_TOKENS });
    let mut body = if endpoint.trim_end_matches('/').ends_with("/api/chat") {
        let mut user = json!({ "role": "user", "content": question.data });
        if !images.is_empty() {
            user["images"] = images.into();
        }
        let system = json!({ "role": "system", "content": question.task });
        json!({ "model": model, "messages": [system, user], "stream": false, "options": options })
    } else {
        let (task, data) = (&question.task, &question.data);
        let mut body = json!({ "model": model, "system": task, "prompt": data, "stream": false, "options": options });
        if !images.is_empty() {
            body["images"] = images.into();
        }
        body
    };
    if let Some(schema) = &question.schema {
        body["format"] = schema.clone();
    }
    body
}

fn gemini(question: &Question<'_>) -> Value {
    let inline = |media: &Media<'_>| json!({ "mimeType": media.kind(), "data": base64(media.bytes()) });
    let mut parts: Vec<Value> = question.media.iter().map(|media| json!({ "inlineData": inline(media) })).collect();
    parts.push(json!({ "text": question.data }));
    let mut config =
        json!({ "temperature": question.temperature, "candidateCount": 1, "maxOutputTokens": MOST_TOKENS });
    if let Some(schema) = &question.schema {
        config["responseMimeType"] = "application/json".into();
        config["responseSchema"] = in_capitals(schema);
    }
    json!({
        "systemInstruction": { "parts": [{ "text": question.task }] },
        "contents": [{ "role": "user", "parts": parts }],
        "generationConfig": config,
    })
}

/// A JSON schema with its types written as Gemini writes them.
fn in_capitals(schema: &Value) -> Value {
    match schema {
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| match value {
                Value::String(kind) if name == "type" => (name.clone(), kind.to_uppercase().into()),
                value => (name.clone(), in_capitals(value)),
            };
            Value::Object(fields.iter().map(field).collect())
        }
        other => other.clone(),
    }
}

fn openai(model: &str, question: &Question<'_>) -> Value {
    let content = if question.media.is_empty() {
        Value::String(question.data.clone())
    } else {
        let url = |media: &Media<'_>| format!("data:{};base64,{}", media.kind(), base64(media.bytes()));
        let picture = |media| json!({ "type": "image_url", "image_url": { "url": url(media) } });
        let mut parts = vec![json!({ "type": "text", "text": question.data })];
        parts.extend(question.media.iter().map(picture));
        parts.into()
    };
    // Temperature and limits go by different names in different models, and some refuse them.
    let mut body = json!({
        "model": model, "stream": false,
        "messages": [{ "role": "system", "content": question.task }, { "role": "user", "content": content }],
    });
    if let Some(schema) = &question.schema {
        let mut schema = schema.clone();
        schema["additionalProperties"] = false.into();
        body["response_format"] =
            json!({ "type": "json_schema", "json_schema": { "name": "answer", "strict": true, "schema": schema } });
    }
    body
}

/// The texts of an answer in parts, thoughts left out.
fn joined(parts: &Value) -> Option<String> {
    let parts = parts.as_array()?.iter().filter(|part| part["thought"] != Value::Bool(true));
    let texts: Vec<&str> = parts.filter_map(|part| part["text"].as_str()).collect();
    (!texts.is_empty()).then(|| texts.concat())
}

/// What a service says when it refuses, short and without the key that it may repeat.
pub(crate) fn complaint(body: &[u8], key: Option<&Key>) -> String {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    let said = [&answer["error"]["message"], &answer["error"], &answer["message"], &answer["detail"]];
    let Some(said) = said.into_iter().find_map(Value::as_str) else {
        return "it did not say why".to_owned();
    };
    let said = key.map_or_else(|| said.to_owned(), |key| said.replace(key.reveal(), "(key)"));
    beginning(said.as_bytes(), LONGEST_COMPLAINT)
}

/// The first letters of something that may be anything.
pub(crate) fn beginning(bytes: &[u8], letters: usize) -> String {
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
        assert!(Provider::Gemini.endpoint("", "models/").is_err());
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
