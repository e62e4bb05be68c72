//! What was measured of a film, as text in the store.

use serde_json::{Map, Value};

use super::types::FilmMeasures;

/// Another version is measured anew.
pub(super) fn version() -> String {
    format!("{}/{}/{}", segue_film::VERSION, segue_models::VERSION, segue_features::VERSION)
}

/// The numbers by name, but for the length and the count of frames.
fn numbers(measures: &mut FilmMeasures) -> [(&'static str, &mut f32); 13] {
    [
        ("shots_per_minute", &mut measures.shots_per_minute),
        ("brightness", &mut measures.brightness),
        ("contrast", &mut measures.contrast),
        ("saturation", &mut measures.saturation),
        ("warmth", &mut measures.warmth),
        ("motion", &mut measures.motion),
        ("music_share", &mut measures.music_share),
        ("speech_share", &mut measures.speech_share),
        ("loudness_lufs", &mut measures.loudness_lufs),
        ("loudness_range_lu", &mut measures.loudness_range_lu),
        ("arousal", &mut measures.arousal),
        ("valence", &mut measures.valence),
        ("bpm", &mut measures.bpm),
    ]
}

/// As JSON; what is not known is left out.
pub(super) fn written(measures: &FilmMeasures) -> String {
    let mut measures = measures.clone();
    let mut fields = Map::new();
    let (duration, frames) = (measures.duration_s, measures.frames);
    if duration.is_finite() {
        fields.insert("duration_s".to_owned(), duration.into());
    }
    fields.insert("frames".to_owned(), frames.into());
    for (name, value) in numbers(&mut measures) {
        if value.is_finite() {
            fields.insert(name.to_owned(), f64::from(*value).into());
        }
    }
    Value::Object(fields).to_string()
}

/// What [`written`] wrote; `None` for anything else.
pub(super) fn read(text: &str) -> Option<FilmMeasures> {
    let Value::Object(fields) = serde_json::from_str(text).ok()? else { return None };
    let frames = u32::try_from(fields.get("frames")?.as_u64()?).ok()?;
    let number = |name: &str| fields.get(name).and_then(Value::as_f64);
    let mut measures =
        FilmMeasures { frames, duration_s: number("duration_s").unwrap_or(f64::NAN), ..FilmMeasures::default() };
    for (name, value) in numbers(&mut measures) {
        if let Some(kept) = number(name) {
            *value = kept as f32;
        }
    }
    Some(measures)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_known_comes_back_and_what_is_not_stays_unknown() {
        let measures = FilmMeasures { duration_s: 12.5, frames: 7, brightness: 0.25, ..FilmMeasures::default() };
        let again = read(&written(&measures)).unwrap();
        assert_eq!((again.duration_s, again.frames, again.brightness), (12.5, 7, 0.25));
        assert!(again.bpm.is_nan() && again.motion.is_nan());
        for wrong in ["", "[]", "{}", "{\"frames\":-1}", "null"] {
            assert!(read(wrong).is_none(), "{wrong}");
        }
    }
}
