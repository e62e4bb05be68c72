//! Reads what a service says of a film, and takes nothing but what was asked for.

use serde_json::{Map, Value};

use crate::provider::beginning;
use crate::said::{unfenced, without_thoughts};

pub(super) const TEMPOS: [&str; 3] = ["Slow", "Medium", "Fast"];
pub(super) const ENERGIES: [&str; 3] = ["Low", "Medium", "High"];
/// Texts and the letters that are kept of each.
pub(super) const TEXTS: [(&str, usize); 3] = [("description", 1_000), ("music_recommendation", 300), ("mood", 40)];
/// Lists, the entries that are kept of each and the letters of an entry.
pub(super) const LISTS: [(&str, usize, usize); 2] = [("keywords", 20, 40), ("genre_suggestions", 10, 40)];

/// Of a longer answer the rest is not looked at.
const MOST_READ: usize = 50_000;
/// A text of more letters was not meant as an answer to what was asked.
const LONGEST_TEXT: usize = 4_000;
const LONGEST_LIST: usize = 100;
const MOST_FIELDS: usize = 30;
/// Places of an answer where its object may begin.
const MOST_BEGINNINGS: usize = 100;

/// What a film is about and how it feels, as a service sees it. Texts are one line each, without addresses of the web.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VisionAnswer {
    /// What it shows and how it looks and feels, 1 to 1,000 letters.
    pub description: String,
    /// Music that would fit, 1 to 300 letters.
    pub music_recommendation: String,
    /// Words for its content and mood: 1 to 20, no longer than 40 letters each.
    pub keywords: Vec<String>,
    /// Its mood, 1 to 40 letters.
    pub mood: String,
    /// Genres of music that would fit: 1 to 10, no longer than 40 letters each.
    pub genre_suggestions: Vec<String>,
    /// `Slow`, `Medium` or `Fast`.
    pub tempo: String,
    /// `Low`, `Medium` or `High`.
    pub energy_level: String,
}

/// The answer in what a model said: in the first JSON object that is one, whatever stands around it. Else why there is
/// none, in words that a model can go by.
pub(super) fn read(said: &str) -> Result<VisionAnswer, String> {
    let said: String = said.chars().take(MOST_READ).collect();
    let text = unfenced(without_thoughts(&said));
    let mut wrong = None;
    let mut from = 0;
    for _ in 0..MOST_BEGINNINGS {
        let Some(rest) = text.get(from..).and_then(|rest| rest.find('{').map(|at| from + at)) else { break };
        let mut values = serde_json::Deserializer::from_str(text.get(rest..).unwrap_or_default()).into_iter::<Value>();
        match values.next() {
            Some(Ok(Value::Object(fields))) => match check(&fields) {
                Ok(answer) => return Ok(answer),
                Err(reason) => {
                    wrong.get_or_insert(reason);
                    from = rest + values.byte_offset();
                }
            },
            _ => from = rest + 1,
        }
    }
    Err(wrong.unwrap_or_else(|| match beginning(text.as_bytes(), 40) {
        start if start.is_empty() => "it was empty".to_owned(),
        start => format!("it was not one whole JSON object; it began with \"{start}\""),
    }))
}

fn check(fields: &Map<String, Value>) -> Result<VisionAnswer, String> {
    if fields.len() > MOST_FIELDS {
        return Err(format!("it had {} fields instead of seven", fields.len()));
    }
    let [description, music, mood] = TEXTS.map(|(name, most)| text(fields, name, most));
    let [keywords, genres] = LISTS.map(|(name, count, most)| list(fields, name, count, most));
    Ok(VisionAnswer {
        description: description?,
        music_recommendation: music?,
        keywords: keywords?,
        mood: mood?,
        genre_suggestions: genres?,
        tempo: choice(fields, "tempo", TEMPOS, tempo)?,
        energy_level: choice(fields, "energy_level", ENERGIES, energy)?,
    })
}

fn text(fields: &Map<String, Value>, name: &str, most: usize) -> Result<String, String> {
    let text = string(fields.get(name), name)?;
    match shortened(&clean(text), most) {
        text if text.is_empty() => Err(format!("its field \"{name}\" was empty")),
        text => Ok(text),
    }
}

fn string<'a>(value: Option<&'a Value>, name: &str) -> Result<&'a str, String> {
    match value {
        None | Some(Value::Null) => Err(format!("its field \"{name}\" was missing")),
        Some(Value::String(text)) if text.chars().nth(LONGEST_TEXT).is_some() => {
            Err(format!("its field \"{name}\" was longer than {LONGEST_TEXT} letters"))
        }
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(format!("its field \"{name}\" was no text")),
    }
}

fn list(fields: &Map<String, Value>, name: &str, count: usize, most: usize) -> Result<Vec<String>, String> {
    let entries = match fields.get(name) {
        None | Some(Value::Null) => return Err(format!("its field \"{name}\" was missing")),
        Some(Value::Array(entries)) if entries.len() > LONGEST_LIST => {
            return Err(format!("its field \"{name}\" had more than {LONGEST_LIST} entries"));
        }
        Some(Value::Array(entries)) => entries,
        Some(_) => return Err(format!("its field \"{name}\" was no list of texts")),
    };
    let mut kept: Vec<String> = Vec::new();
    for entry in entries {
        let Value::String(entry) = entry else { return Err(format!("its field \"{name}\" was no list of texts")) };
        let entry = shortened(&clean(entry.get(..LONGEST_TEXT).unwrap_or(entry)), most);
        if !entry.is_empty() && !kept.iter().any(|other| other.to_lowercase() == entry.to_lowercase()) {
            kept.push(entry);
        }
    }
    kept.truncate(count);
    if kept.is_empty() { Err(format!("its field \"{name}\" was empty")) } else { Ok(kept) }
}

/// One of three words, however it is put.
fn choice(
    fields: &Map<String, Value>,
    name: &str,
    choices: [&str; 3],
    place: fn(&str) -> Option<usize>,
) -> Result<String, String> {
    let said = string(fields.get(name), name)?.to_lowercase();
    let mut places = said.split(|c: char| !c.is_alphabetic()).filter_map(place);
    let first = places.next();
    match first.and_then(|at| choices.get(at)) {
        Some(word) if places.all(|place| Some(place) == first) => Ok((*word).to_owned()),
        _ => Err(format!("its field \"{name}\" was none of {}", choices.join(", "))),
    }
}

fn tempo(word: &str) -> Option<usize> {
    match word {
        "slow" | "slowly" | "low" | "largo" | "adagio" => Some(0),
        "medium" | "moderate" | "moderato" | "mid" | "midtempo" | "middle" | "average" | "andante" => Some(1),
        "fast" | "quick" | "high" | "upbeat" | "uptempo" | "allegro" | "presto" => Some(2),
        _ => None,
    }
}

fn energy(word: &str) -> Option<usize> {
    match word {
        "low" | "calm" | "minimal" => Some(0),
        "medium" | "moderate" | "mid" | "middle" | "average" | "balanced" => Some(1),
        "high" | "intense" | "energetic" => Some(2),
        _ => None,
    }
}

/// One line of plain words: without control and invisible characters, angle brackets, and addresses of the web.
fn clean(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| if c.is_control() || c.is_whitespace() { ' ' } else { c })
        .filter(|c| !is_invisible(*c) && !"<>`".contains(*c))
        .collect();
    plain.split_whitespace().filter(|word| !is_address(word)).collect::<Vec<_>>().join(" ")
}

/// Marks that turn text around or hide in it.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn is_address(word: &str) -> bool {
    let word = word.to_lowercase();
    let host = word.split_once('/').map(|(host, _)| host);
    let has_host = host.is_some_and(|host| {
        host.rsplit_once('.').is_some_and(|(name, end)| {
            !name.is_empty() && end.len() > 1 && end.chars().all(|c| c.is_ascii_alphabetic())
        })
    });
    has_host || word.contains("://") || word.contains("www.") || word.contains("javascript:") || word.contains("data:")
}

/// The beginning, up to the end of a word.
fn shortened(text: &str, most: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(most) else { return text.to_owned() };
    let (kept, rest) = text.split_at(end);
    let whole = if rest.starts_with(' ') { kept } else { kept.rsplit_once(' ').map_or(kept, |(whole, _)| whole) };
    whole.trim_end().to_owned()
}

#[cfg(test)]
mod tests;
