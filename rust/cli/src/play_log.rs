//! Logs of what was played, as people have them: JSON lines or CSV.

use std::collections::HashMap;

use anyhow::{Context, bail};
use segue_engine::{Engine, ErrorKind, Opinion, Play};
use serde::{Deserialize, Deserializer};

/// A line of a log.
#[derive(Debug, Deserialize, PartialEq)]
struct Line {
    /// A path, a file name, a title or a content key.
    track: String,
    /// When it ended, seconds since 1970.
    at: f64,
    /// Seconds that were heard.
    played_s: f32,
    #[serde(default, deserialize_with = "flag")]
    skipped: bool,
    #[serde(default, deserialize_with = "flag")]
    favourite: bool,
}

impl Line {
    fn is_sound(&self) -> bool {
        !self.track.trim().is_empty() && self.at.is_finite() && self.played_s.is_finite() && self.played_s >= 0.0
    }
}

/// What a log says, in the engine's terms.
#[derive(Debug, Default)]
pub(crate) struct PlayLog {
    /// Every play of a track that the store knows.
    pub(crate) plays: Vec<Play>,
    /// What follows from them, track by track: how often it was heard to its end, when last, whether it is a favourite.
    pub(crate) opinions: Vec<Opinion>,
    /// Lines that could not be understood.
    pub(crate) unreadable: usize,
    /// Tracks that the store does not know, or not for certain.
    pub(crate) unknown: Vec<String>,
}

/// Reads a log and looks its tracks up.
pub(crate) fn read(engine: &Engine, bytes: &[u8]) -> anyhow::Result<PlayLog> {
    let (lines, unreadable) = parse(bytes)?;
    let mut log = PlayLog { unreadable, ..PlayLog::default() };
    let mut found: HashMap<String, Option<String>> = HashMap::new();
    let mut opinions: HashMap<String, Opinion> = HashMap::new();
    for line in lines {
        let song = match found.get(&line.track) {
            Some(song) => song.clone(),
            None => {
                let song = look_up(engine, &line.track)?;
                if song.is_none() {
                    log.unknown.push(line.track.clone());
                }
                found.insert(line.track.clone(), song.clone());
                song
            }
        };
        let Some(song) = song else { continue };
        let at = line.at as i64;
        let opinion =
            opinions.entry(song.clone()).or_insert_with(|| Opinion { item_id: song.clone(), ..Opinion::default() });
        opinion.plays = opinion.plays.saturating_add(u32::from(!line.skipped));
        opinion.favourite |= line.favourite;
        if !line.skipped {
            opinion.last_played = opinion.last_played.max(at);
        }
        log.plays.push(Play { track: song, at, played_s: line.played_s, skipped: line.skipped });
    }
    log.opinions = opinions.into_values().collect();
    log.opinions.sort_by(|a, b| a.item_id.cmp(&b.item_id));
    Ok(log)
}

/// The track that a line names; `None` where there is none or more than one.
fn look_up(engine: &Engine, track: &str) -> anyhow::Result<Option<String>> {
    match engine.find(track) {
        Ok(song) => Ok(Some(song)),
        Err(error) => match error.kind() {
            ErrorKind::UnknownTrack | ErrorKind::NotAnalysed | ErrorKind::InvalidArgument => Ok(None),
            _ => Err(error.into()),
        },
    }
}

/// The lines, and how many more could not be understood.
fn parse(bytes: &[u8]) -> anyhow::Result<(Vec<Line>, usize)> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let begins = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    let read: Vec<anyhow::Result<Line>> = match begins {
        None => bail!("the play log is empty"),
        Some(b'{') => bytes
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.trim_ascii().is_empty())
            .map(|line| Ok(serde_json::from_slice(line)?))
            .collect(),
        Some(_) => csv::ReaderBuilder::new()
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(bytes)
            .deserialize()
            .map(|line| Ok(line?))
            .collect(),
    };
    let total = read.len();
    let mut first_error = None;
    let mut lines = Vec::with_capacity(total);
    for line in read {
        match line {
            Ok(line) if line.is_sound() => lines.push(line),
            Ok(_) => {
                first_error.get_or_insert_with(|| anyhow::anyhow!("a track without a name, or a number that is none"));
            }
            Err(error) => {
                first_error.get_or_insert(error);
            }
        }
    }
    if lines.is_empty() {
        return Err(first_error.unwrap_or_else(|| anyhow::anyhow!("no line follows the names of the columns")))
            .context("this is no play log: it has `track`, `at` and `played_s`, as JSON lines or as CSV");
    }
    let unreadable = total - lines.len();
    Ok((lines, unreadable))
}

/// `true`, 1 or `yes`; nothing is `false`.
fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Flag {
        Truth(bool),
        Number(f64),
        Word(String),
    }
    Ok(match Option::<Flag>::deserialize(deserializer)? {
        None => false,
        Some(Flag::Truth(truth)) => truth,
        Some(Flag::Number(number)) => number != 0.0,
        Some(Flag::Word(word)) => match word.to_ascii_lowercase().as_str() {
            "true" | "yes" | "y" => true,
            "false" | "no" | "n" | "" => false,
            _ => return Err(serde::de::Error::custom(format!("{word:?} is neither `true` nor `false`"))),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(track: &str, at: f64, played_s: f32, skipped: bool, favourite: bool) -> Line {
        Line { track: track.to_owned(), at, played_s, skipped, favourite }
    }

    #[test]
    fn json_lines_and_csv_say_the_same() {
        let json = br#"{"track": "a", "at": 1700000000, "played_s": 200.5, "skipped": false, "favourite": true}

            {"track": "b, \"the\"", "at": 1700000300, "played_s": 5, "skipped": 1}
            {"track": "c", "at": 1700000400, "played_s": 7, "favourite": null}"#;
        let csv = b"\xef\xbb\xbftrack,at,played_s,skipped,favourite\na,1700000000,200.5,false,yes\n\"b, \"\"the\"\"\",1700000300,5,1,\nc,1700000400,7,,\n";
        let expected = vec![
            line("a", 1.7e9, 200.5, false, true),
            line("b, \"the\"", 1_700_000_300.0, 5.0, true, false),
            line("c", 1_700_000_400.0, 7.0, false, false),
        ];
        assert_eq!(parse(json).unwrap(), (expected, 0));
        assert_eq!(parse(csv).unwrap(), parse(json).unwrap());
        // The columns come in any order, and what is not needed may be missing.
        assert_eq!(parse(b"at,track,played_s\n5,a,1").unwrap(), (vec![line("a", 5.0, 1.0, false, false)], 0));
    }

    #[test]
    fn what_cannot_be_understood_is_counted_and_a_file_of_nothing_else_is_refused() {
        let (lines, unreadable) =
            parse(b"{\"track\": \"a\", \"at\": 1, \"played_s\": 1}\n{\"track\": 5}\nnonsense\n").unwrap();
        assert_eq!((lines.len(), unreadable), (1, 2));
        let (lines, unreadable) = parse(b"track,at,played_s,skipped\na,1,1,maybe\na,1,-4,no\nb,2,3,no\n").unwrap();
        assert_eq!((lines.len(), unreadable), (1, 2));
        for wrong in ["", " \n", "track,at,played_s\n", "{}", "name,when\na,1\n", "\u{0}\u{1}"] {
            assert!(parse(wrong.as_bytes()).is_err(), "{wrong:?}");
        }
    }
}
