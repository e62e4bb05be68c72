//! Music for a film.

use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use segue_engine::{
    Engine, FilmFacts, FilmKind, FilmMeasures, FilmProgress, FilmStep, Options, Soundtrack, SoundtrackRequest,
};
use serde_json::{Map, Value, json};

use crate::args::soundtrack::SoundtrackArguments;
use crate::args::{absolute, find_on_path, tell_notice};
use crate::hear::{named, write_m3u};
use crate::shapes;

/// Endings of pictures.
const PICTURES: [&str; 9] = ["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "avif"];

pub(crate) fn run(arguments: &SoundtrackArguments) -> anyhow::Result<ExitCode> {
    let engine = open(arguments)?;
    let request = request(arguments)?;
    let mut last = None;
    let answer = engine.soundtrack(&request, &mut |now: &FilmProgress| {
        if last != Some(now.step) {
            last = Some(now.step);
            eprintln!("segue: {}", step(now.step));
        }
        true
    })?;
    if let Some(file) = &arguments.m3u {
        let songs: Vec<String> = answer.tracks.iter().map(|track| track.song_id.clone()).collect();
        write_m3u(&engine, file, &arguments.title, &songs)?;
    }
    if !answer.notice.is_empty() {
        eprintln!("segue: {}", answer.notice);
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    if arguments.store.json {
        writeln!(out, "{}", shape(&answer))?;
    } else {
        show(&engine, &answer, &mut out)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn open(arguments: &SoundtrackArguments) -> anyhow::Result<Engine> {
    let store = &arguments.store.store;
    if !store.is_file() {
        bail!("there is no store {}; `segue analyse DIR --store FILE` makes one", store.display());
    }
    let engine = Engine::open(Options {
        store: store.clone(),
        models: arguments.models.as_deref().map(absolute).transpose()?,
        ffmpeg: match &arguments.ffmpeg {
            Some(ffmpeg) => Some(absolute(ffmpeg)?),
            None => find_on_path("ffmpeg"),
        },
        ..Options::default()
    })?;
    tell_notice(&engine)?;
    Ok(engine)
}

fn request(arguments: &SoundtrackArguments) -> anyhow::Result<SoundtrackRequest> {
    let mut pictures = Vec::new();
    let mut videos = Vec::new();
    for file in &arguments.files {
        let file = absolute(file)?;
        if file.is_dir() {
            pictures.extend(pictures_of(&file)?);
        } else if is_picture(&file) {
            pictures.push(file);
        } else {
            videos.push(file);
        }
    }
    if videos.len() > 1 || !videos.is_empty() && !pictures.is_empty() {
        bail!("music is found for one video, or for pictures; name one of the two");
    }
    let kind = match (videos.is_empty(), pictures.is_empty()) {
        (false, _) => FilmKind::Clip,
        (true, false) => FilmKind::Slideshow,
        (true, true) => FilmKind::Film,
    };
    Ok(SoundtrackRequest {
        video: videos.pop(),
        pictures,
        facts: FilmFacts {
            title: arguments.title.clone(),
            overview: arguments.overview.clone(),
            genres: arguments.genre.clone(),
            tags: arguments.tag.clone(),
            people: arguments.composer.iter().map(|name| (name.clone(), "composer".to_owned())).collect(),
            kind,
            ..FilmFacts::default()
        },
        length: arguments.count,
        artist_cap: arguments.artist_cap,
        ..SoundtrackRequest::default()
    })
}

/// The pictures of a folder by name, without those of folders in it.
fn pictures_of(folder: &std::path::Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut pictures: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| is_picture(path) && path.is_file())
        .collect();
    pictures.sort();
    if pictures.is_empty() {
        bail!("there are no pictures in {}", folder.display());
    }
    Ok(pictures)
}

fn is_picture(path: &std::path::Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| PICTURES.iter().any(|known| known.eq_ignore_ascii_case(ending)))
}

fn step(step: FilmStep) -> &'static str {
    match step {
        FilmStep::Looking => "looking",
        FilmStep::Listening => "listening",
        FilmStep::Asking => "asking",
        FilmStep::Choosing => "choosing music",
    }
}

fn show(engine: &Engine, answer: &Soundtrack, out: &mut impl Write) -> anyhow::Result<()> {
    let said = &answer.answer;
    writeln!(out, "{}", said.description)?;
    writeln!(out, "{} · tempo: {} · energy: {}", said.mood, said.tempo, said.energy_level)?;
    writeln!(out, "{}", said.music_recommendation)?;
    for track in &answer.tracks {
        let name =
            engine.track(&track.song_id)?.map_or_else(|| track.path.display().to_string(), |track| named(&track));
        let reason = if track.reason.is_empty() { String::new() } else { format!("  ({})", track.reason) };
        writeln!(out, "{:.2}  {name}{reason}", track.distance)?;
    }
    Ok(())
}

/// `segue soundtrack --json`.
fn shape(answer: &Soundtrack) -> Value {
    let said = &answer.answer;
    json!({
        "description": said.description,
        "music_recommendation": said.music_recommendation,
        "keywords": said.keywords,
        "mood": said.mood,
        "genre_suggestions": said.genre_suggestions,
        "tempo": said.tempo,
        "energy_level": said.energy_level,
        "answered_by": answer.answered_by,
        "notice": if answer.notice.is_empty() { Value::Null } else { answer.notice.clone().into() },
        "measures": measures(&answer.measures),
        "tracks": answer.tracks.iter().map(shapes::neighbour).collect::<Vec<_>>(),
    })
}

/// What could not be measured is `null`.
fn measures(measures: &FilmMeasures) -> Map<String, Value> {
    let numbers = [
        ("shots_per_minute", measures.shots_per_minute),
        ("brightness", measures.brightness),
        ("contrast", measures.contrast),
        ("saturation", measures.saturation),
        ("warmth", measures.warmth),
        ("motion", measures.motion),
        ("music_share", measures.music_share),
        ("speech_share", measures.speech_share),
        ("loudness_lufs", measures.loudness_lufs),
        ("loudness_range_lu", measures.loudness_range_lu),
        ("arousal", measures.arousal),
        ("valence", measures.valence),
        ("bpm", measures.bpm),
    ];
    let mut line: Map<String, Value> =
        numbers.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
    line.insert("duration_s".to_owned(), json!(measures.duration_s));
    line.insert("frames".to_owned(), json!(measures.frames));
    line
}
