//! `segue features`: all that is heard of one file.

use std::io::{BufWriter, Write};
use std::process::ExitCode;

use anyhow::{Context, bail};
use segue_engine::{Engine, Options, Verdict};
use serde_json::{Map, Value, json};

use crate::args::FeaturesArguments;
use crate::shapes;

pub(crate) fn run(arguments: &FeaturesArguments) -> anyhow::Result<ExitCode> {
    let file = arguments.file.canonicalize().with_context(|| format!("cannot find {}", arguments.file.display()))?;
    if !file.is_file() {
        bail!("{} is no file", file.display());
    }
    // A store for the one file: what is heard goes the way that everything goes, and nothing of it stays.
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let options = Options { store: folder.path().join("features.db"), threads: 1, ..arguments.listening.options()? };
    let engine = Engine::open(options)?;
    engine.scan_folders(std::slice::from_ref(&file), &|| true)?;
    engine.analyse(&mut |_| Verdict::GoOn)?;
    if let Some(failure) = engine.failures()?.first() {
        bail!("{}: {} ({})", failure.path.display(), failure.detail, failure.reason);
    }
    let Some(song) = engine.songs()?.into_iter().next() else {
        bail!("{} is no audio file", file.display());
    };
    let mut all = engine.track(&song)?.as_ref().map(shapes::track).unwrap_or_default();
    let named = |values: Vec<(String, f32)>| values.into_iter().map(|(name, value)| (name, json!(value))).collect();
    let vector: Map<String, Value> = named(engine.feature_vector(&song)?);
    let (intro, outro) = engine.edges(&song)?;
    // A reader that has seen enough closes our output: an error to return, not a panic.
    let mut out = BufWriter::new(std::io::stdout().lock());
    if !arguments.json {
        for (name, value) in all.iter().filter(|(_, value)| !value.is_object()).chain(&vector) {
            writeln!(out, "{name:28} {}", plain(value))?;
        }
        out.flush()?;
        return Ok(ExitCode::SUCCESS);
    }
    all.insert("beats".to_owned(), json!(engine.beats(&song)?));
    all.insert("vector".to_owned(), Value::Object(vector));
    let labels = engine.labels(&song)?.into_iter();
    let labels: Map<String, Value> =
        labels.map(|labels| (labels.source, Value::Object(named(labels.values)))).collect();
    all.insert("labels".to_owned(), Value::Object(labels));
    all.insert("intro".to_owned(), Value::Object(named(intro)));
    all.insert("outro".to_owned(), Value::Object(named(outro)));
    writeln!(out, "{}", Value::Object(all))?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// A value without the quotes of JSON.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "-".to_owned(),
        value => value.to_string(),
    }
}
