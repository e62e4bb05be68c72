//! The commands that ask a store.

use std::io::{BufWriter, Write};
use std::process::ExitCode;

use segue_engine::Track;
use serde_json::{Map, Value, json};

use crate::args::{StoreArguments, TracksArguments};
use crate::shapes;

pub(crate) fn tracks(arguments: &TracksArguments) -> anyhow::Result<ExitCode> {
    let engine = arguments.store.open()?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    if !arguments.store.json {
        writeln!(out, "{}", table_header())?;
    }
    for song in engine.songs()? {
        let Some(track) = engine.track(&song)? else { continue };
        if !arguments.store.json {
            writeln!(out, "{}", table_row(&track))?;
            continue;
        }
        let mut line = shapes::track(&track);
        if arguments.vectors {
            let vectors = engine.vectors(&song)?.into_iter().map(|v| (v.name, json!(v.values)));
            line.insert("vectors".to_owned(), Value::Object(vectors.collect()));
        }
        if arguments.patches {
            let patches: Map<String, Value> =
                engine.patches(&song)?.into_iter().map(|p| (p.network, json!(p.patches))).collect();
            line.insert("patches".to_owned(), Value::Object(patches));
        }
        serde_json::to_writer(&mut out, &line).map_err(std::io::Error::from)?;
        writeln!(out)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn failures(arguments: &StoreArguments) -> anyhow::Result<ExitCode> {
    let engine = arguments.open()?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    for failure in engine.failures()? {
        if arguments.json {
            let line = json!({
                "path": failure.path.to_string_lossy(),
                "reason": failure.reason,
                "detail": failure.detail,
                "tries": failure.tries,
                "last_at": failure.last_at,
            });
            writeln!(out, "{line}")?;
        } else {
            writeln!(
                out,
                "{}: {} ({}, tried {}x)",
                failure.path.display(),
                failure.detail,
                failure.reason,
                failure.tries
            )?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn stats(arguments: &StoreArguments) -> anyhow::Result<ExitCode> {
    let engine = arguments.open()?;
    let statistics = engine.statistics()?;
    let collection = engine.collection_statistics()?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        writeln!(out, "{}", shapes::statistics(&statistics, &collection))?;
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(out, "files      {}", statistics.files)?;
    writeln!(out, "songs      {} ({:.1} h)", statistics.songs, statistics.audio_seconds / 3600.0)?;
    writeln!(out, "pending    {}", statistics.pending)?;
    writeln!(out, "failures   {}", statistics.failures)?;
    writeln!(out, "database   {:.1} MB", statistics.database_bytes as f64 / 1e6)?;
    writeln!(
        out,
        "vectors    {} of {} songs, {}",
        collection.vectors_count, collection.points_count, collection.status
    )?;
    for model in &collection.models {
        writeln!(
            out,
            "  {:<16} {:>4} values, {} vectors, {} of them up to date",
            model.name, model.dimensions, model.vectors_count, model.current
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

fn table_header() -> String {
    format!(
        "{:>6}  {:>5}  {:<8}  {:>6}  {:>6}  {:>5}  {:<32}  {}",
        "length", "tempo", "key", "LUFS", "energy", "dance", "title", "sounds like"
    )
}

fn table_row(track: &Track) -> String {
    let title: String = shapes::title(track).chars().take(32).collect();
    format!("{}  {title:<32}  {}", heard(track), best_tags(track, 5).join(", "))
}

/// Length, tempo, key, loudness, energy and danceability in columns.
fn heard(track: &Track) -> String {
    let seconds = track.duration_s.round() as u64;
    let scale = track.scale.get(..3).unwrap_or_default();
    format!(
        "{:>3}:{:02}  {:>5.1}  {:<8}  {:>6.1}  {:>6.2}  {:>5.2}",
        seconds / 60,
        seconds % 60,
        track.bpm,
        format!("{} {scale}", track.key).trim(),
        track.loudness_lufs,
        track.energy,
        track.danceability,
    )
}

/// The most probable tags of all networks together.
fn best_tags(track: &Track, count: usize) -> Vec<&str> {
    let mut tags: Vec<(&str, f32)> =
        track.tags_by_network.iter().flat_map(|n| n.tags.iter().map(|(name, p)| (name.as_str(), *p))).collect();
    tags.sort_by(|a, b| b.1.total_cmp(&a.1));
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in tags {
        if names.len() < count && !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            names.push(name);
        }
    }
    names
}

pub(crate) fn duplicates(arguments: &StoreArguments) -> anyhow::Result<ExitCode> {
    let engine = arguments.open()?;
    let groups = engine.duplicates(&mut |_, _| true)?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    if arguments.json {
        for group in &groups {
            writeln!(out, "{}", shapes::duplicates(group))?;
        }
        out.flush()?;
        return Ok(ExitCode::SUCCESS);
    }
    for group in &groups {
        writeln!(out, "one recording, fingerprints alike to {:.1} %:", 100.0 * group.similarity)?;
        for file in &group.files {
            writeln!(
                out,
                "  {:7.1} s  {:10.1} kB  {:8}  {}",
                file.duration_s,
                file.size as f64 / 1000.0,
                file.codec,
                file.path.display()
            )?;
        }
    }
    if groups.is_empty() {
        writeln!(out, "no recording is there twice")?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
