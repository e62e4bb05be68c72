use serde_json::json;

use super::*;

fn good() -> Value {
    json!({
        "description": "Runners at dawn.", "music_recommendation": "Upbeat electronic music", "mood": "energetic",
        "keywords": ["running", "dawn"], "genre_suggestions": ["electronic"], "tempo": "Fast", "energy_level": "High",
    })
}

/// A good answer with one field put otherwise.
fn with(name: &str, value: impl Into<Value>) -> Result<VisionAnswer, String> {
    let mut answer = good();
    answer[name] = value.into();
    read(&answer.to_string())
}

#[test]
fn an_answer_is_found_in_whatever_stands_around_it() {
    let text = good().to_string();
    let answer = read(&text).unwrap();
    assert_eq!((answer.description.as_str(), answer.mood.as_str()), ("Runners at dawn.", "energetic"));
    assert_eq!((answer.keywords.len(), answer.genre_suggestions[0].as_str()), (2, "electronic"));
    assert_eq!((answer.tempo.as_str(), answer.energy_level.as_str()), ("Fast", "High"));
    for said in [
        format!("```json\n{text}\n```"),
        format!("Sure! Here it is:\n{text}\nI hope that helps {{so much}}."),
        format!("<think>{{\"tempo\": \"Slow\"}} hm</think>{text}"),
        format!("I see {{runners}}. A draft: {{\"tempo\": \"Slow\"}}. Finally: {text}"),
        format!("[{text}]"),
        serde_json::to_string_pretty(&good()).unwrap(),
    ] {
        assert_eq!(read(&said).as_ref(), Ok(&answer), "{said}");
    }
}

#[test]
fn tempo_and_energy_are_understood_however_they_are_put() {
    for (said, tempo) in
        [("slow", "Slow"), ("Medium-Fast mid", ""), ("MODERATE", "Medium"), ("mid-tempo", "Medium"), ("upbeat", "Fast")]
    {
        assert_eq!(with("tempo", said).map(|answer| answer.tempo).unwrap_or_default(), tempo, "{said}");
    }
    for (said, energy) in [("low energy", "Low"), ("Very High!", "High"), ("medium", "Medium"), ("low to high", "")] {
        assert_eq!(with("energy_level", said).map(|answer| answer.energy_level).unwrap_or_default(), energy, "{said}");
    }
    for wrong in [json!("120"), json!(""), json!(3), json!(["Fast"]), json!({ "tempo": "Fast" }), Value::Null] {
        assert!(with("tempo", wrong.clone()).unwrap_err().contains("\"tempo\""), "{wrong}");
    }
}

#[test]
fn texts_are_plain_lines_without_addresses() {
    let said = "Run\u{7}ners <b>at</b>\n\tdawn\u{202e}, see https://evil.example/x, evil.example/y and (www.evil.example) or/and 9.5/10.";
    assert_eq!(with("description", said).unwrap().description, "Run ners bat/b dawn, see and or/and 9.5/10.");
    assert_eq!(with("mood", "[x](javascript:alert(1)) calm").unwrap().mood, "calm");
    for empty in ["", " \n", "\u{200b}", "https://evil.example"] {
        assert!(with("mood", empty).unwrap_err().contains("\"mood\" was empty"), "{empty}");
    }
}

#[test]
fn lengths_and_counts_are_bounded() {
    let long = with("description", "word ".repeat(500)).unwrap().description;
    assert!(long.len() <= 1_000 && long.ends_with("word"));
    assert_eq!(with("music_recommendation", "é".repeat(3_000)).unwrap().music_recommendation.chars().count(), 300);
    assert!(with("description", "x".repeat(5_000)).unwrap_err().contains("longer than 4000"));
    let many: Vec<String> = (0..60).map(|i| format!("Word {}", i % 30)).collect();
    assert_eq!(with("keywords", many).unwrap().keywords.len(), 20);
    assert!(with("keywords", vec!["x"; 101]).unwrap_err().contains("more than 100"));
    let keywords = with("keywords", json!(["Sea", "sea", " ", "é".repeat(9_000)])).unwrap().keywords;
    assert_eq!((keywords[0].as_str(), keywords[1].chars().count(), keywords.len()), ("Sea", 40, 2));
    let wide: Map<String, Value> = (0..40).map(|i| (i.to_string(), Value::Null)).collect();
    assert!(read(&Value::Object(wide).to_string()).unwrap_err().contains("40 fields"));
}

#[test]
fn wrong_types_and_missing_fields_are_told_by_name() {
    for name in good().as_object().unwrap().keys() {
        for wrong in [json!(5), json!({ "a": 1 }), json!([["nested"]]), json!([1]), json!(true), Value::Null] {
            assert!(with(name, wrong.clone()).unwrap_err().contains(&format!("\"{name}\"")), "{name}: {wrong}");
        }
        let mut less = good();
        less.as_object_mut().unwrap().remove(name);
        assert!(read(&less.to_string()).unwrap_err().contains("missing"), "{name}");
    }
    for list in ["keywords", "genre_suggestions"] {
        assert!(with(list, "a, b").unwrap_err().contains("no list") && with(list, json!([])).is_err());
    }
}

#[test]
fn what_is_no_answer_at_all_is_refused() {
    for (said, reason) in [
        ("", "empty"),
        ("<think>for ever", "empty"),
        ("I'm sorry, I cannot do that.", "began with \"I'm sorry"),
        ("{\"description\": \"cut o", "not one whole JSON object"),
        ("[1, 2]", "not one whole JSON object"),
        ("{}", "missing"),
        ("{\"answer\": {\"tempo\": \"Fast\"}}", "\"description\" was missing"),
    ] {
        assert!(read(said).unwrap_err().contains(reason), "{said}: {:?}", read(said));
    }
    for hostile in ["{\"a\":".repeat(20_000), "[{".repeat(50_000), "{".repeat(1_000_000), "{\"a\":[".repeat(9_000)] {
        assert!(read(&hostile).is_err());
    }
}
