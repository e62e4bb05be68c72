//! The commands that group the library and make, define, import and show playlists.

use std::io::{BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use segue_engine::{
    ClusterRequest, DefinitionRequest, Engine, Import, ImportRequest, MakeProgress, NamingProvider, Neighbour,
    Playlist, PlaylistEdit, RunReport, Step,
};

use crate::args::StoreArguments;
use crate::args::curate::{
    ArtistsArguments, ClusterArguments, EditArguments, ElbowArguments, FileArguments, ImportArguments, KeyArguments,
    PlaylistArguments, PlaylistsArguments,
};
use crate::shapes;

/// Bytes that are read of a playlist file.
const MOST_BYTES: u64 = 64 << 20;

pub(crate) fn cluster(arguments: &ClusterArguments) -> anyhow::Result<ExitCode> {
    let engine = arguments.store.open()?;
    let request = arguments.grouping.request();
    let mut out = BufWriter::new(std::io::stdout().lock());
    if arguments.quality {
        let quality = engine.data_quality(&request)?;
        if arguments.store.json {
            writeln!(out, "{}", shapes::quality(&quality))?;
        } else {
            writeln!(out, "{}", words_of_quality(&quality))?;
        }
    } else {
        let report = watched(|watch| engine.cluster(&request, watch))?;
        if arguments.store.json {
            writeln!(out, "{}", shapes::clusters(&report))?;
        } else {
            writeln!(out, "{}", words_of_quality(&report.quality))?;
            writeln!(out, "{}", words_of_clusters(&report))?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn elbow(arguments: &ElbowArguments) -> anyhow::Result<ExitCode> {
    let engine = arguments.store.open()?;
    let request =
        ClusterRequest { space: arguments.space.into(), sample: arguments.sample, ..ClusterRequest::default() };
    let elbow = watched(|watch| engine.elbow(&request, arguments.range.clone(), watch))?;
    if let Some(file) = &arguments.svg {
        write_file(file, elbow.svg.as_bytes())?;
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    if arguments.store.json {
        writeln!(out, "{}", shapes::elbow(&elbow))?;
    } else {
        for point in &elbow.curve {
            let mark = if point.k == elbow.suggested { "  <- suggested" } else { "" };
            writeln!(
                out,
                "{:>4} groups  inertia {:>12.2}  silhouette {:>6.3}{mark}",
                point.k, point.inertia, point.silhouette
            )?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn playlists(arguments: &PlaylistsArguments) -> anyhow::Result<ExitCode> {
    let engine = arguments.store.open()?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    if arguments.reports {
        for report in engine.reports(usize::MAX)? {
            if arguments.store.json {
                writeln!(out, "{}", shapes::report(&report))?;
            } else {
                writeln!(out, "{}", words_of_report(&report))?;
            }
        }
        out.flush()?;
        return Ok(ExitCode::SUCCESS);
    }
    let playlists = if arguments.last {
        engine.kept_playlists()?.into_iter().filter(|playlist| !playlist.excluded).collect()
    } else {
        let run = watched(|watch| engine.playlists(&arguments.request(), watch))?;
        for note in &run.report.notes {
            eprintln!("segue: {note}");
        }
        if !arguments.store.json {
            eprintln!("segue: {}", words_of_report(&run.report));
        }
        run.playlists
    };
    let mut names = Vec::new();
    for playlist in &playlists {
        if let Some(folder) = &arguments.out {
            let file = folder.join(free_file_name(&playlist.name, arguments.files.format.ending(), &mut names));
            export(&engine, &arguments.files, &file, &playlist.name, &playlist.tracks)?;
        }
        show(&mut out, &arguments.store, playlist)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn playlist(arguments: &PlaylistArguments) -> anyhow::Result<ExitCode> {
    let engine = arguments.store.open()?;
    if let Some(key) = &arguments.forget {
        engine.forget_definition(key)?;
        return Ok(ExitCode::SUCCESS);
    }
    let request = DefinitionRequest {
        definition: arguments.definition.clone().unwrap_or_default(),
        name: arguments.keep.clone().unwrap_or_default(),
        key: arguments.key.clone(),
        allowed: None,
    };
    let playlist =
        if arguments.keep.is_some() { engine.keep_definition(&request)? } else { engine.preview(&request)? };
    if let Some(file) = &arguments.out {
        export(&engine, &arguments.files, file, &playlist.name, &playlist.tracks)?;
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    show(&mut out, &arguments.store, &playlist)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn edit(arguments: &EditArguments) -> anyhow::Result<ExitCode> {
    let engine = arguments.store.open()?;
    let edit = PlaylistEdit { pinned: arguments.pin, excluded: arguments.exclude, name: arguments.name.clone() };
    if edit == PlaylistEdit::default() {
        bail!("nothing to change was named: --pin, --exclude or --name");
    }
    let playlist = engine.edit_playlist(&arguments.key, &edit)?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    show(&mut out, &arguments.store, &playlist)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn import(arguments: &ImportArguments) -> anyhow::Result<ExitCode> {
    let engine = arguments.store.open()?;
    let import = read_list(&engine, &arguments.file, arguments.fill)?;
    let mut fillers = import.filled.iter();
    let found: Vec<Neighbour> =
        import.entries.iter().filter_map(|entry| entry.found.as_ref().or_else(|| fillers.next()).cloned()).collect();
    if let Some(file) = &arguments.out {
        let stem = arguments.file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let title = if import.title.is_empty() { &stem } else { &import.title };
        export(&engine, &arguments.files, file, title, &found)?;
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    if arguments.store.json {
        writeln!(out, "{}", shapes::import(&import))?;
    } else {
        for entry in &import.entries {
            let wanted = if entry.artist.is_empty() {
                entry.title.clone()
            } else {
                format!("{} - {}", entry.artist, entry.title)
            };
            match &entry.found {
                Some(found) => writeln!(
                    out,
                    "found    {wanted}  ->  {}  ({}, {:.2})",
                    found.path.display(),
                    entry.how,
                    entry.score
                )?,
                None => writeln!(out, "missing  {wanted}")?,
            }
        }
        for filled in &import.filled {
            writeln!(out, "instead  {}", filled.path.display())?;
        }
        let missing = import.entries.iter().filter(|entry| entry.found.is_none()).count();
        writeln!(out, "{} of {} found, {missing} missing", import.entries.len() - missing, import.entries.len())?;
    }
    if import.unreadable > 0 {
        eprintln!("segue: {} lines could not be understood and were left out", import.unreadable);
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Finds the tracks of a playlist file in the library.
pub(crate) fn read_list(engine: &Engine, file: &Path, fill: bool) -> anyhow::Result<Import> {
    let bytes = read_file(file)?;
    let name = file.canonicalize().unwrap_or_else(|_| file.to_path_buf());
    Ok(engine.import(&ImportRequest { bytes, name, fill, allowed: None })?)
}

/// A little more than any list has: what is larger is refused for its size, not read to its end.
pub(crate) fn read_file(file: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(file)
        .and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes))
        .with_context(|| format!("cannot read {}", file.display()))?;
    Ok(bytes)
}

pub(crate) fn artists(arguments: &ArtistsArguments) -> anyhow::Result<ExitCode> {
    let engine = arguments.store.open()?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    for artist in engine.artists(arguments.similar)? {
        if arguments.store.json {
            writeln!(out, "{}", shapes::artist(&artist, arguments.vectors))?;
            continue;
        }
        let similar: Vec<&str> = artist.similar.iter().map(|(name, _)| name.as_str()).collect();
        writeln!(out, "{} ({} songs): {}", artist.artist, artist.songs, similar.join(", "))?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn key(arguments: &KeyArguments) -> anyhow::Result<ExitCode> {
    let engine = arguments.store.open()?;
    let provider: NamingProvider = arguments.provider.into();
    if arguments.forget {
        engine.set_key(provider, None)?;
    } else {
        let mut typed = String::new();
        // Not an argument: other users of the machine can read those.
        std::io::stdin().take(10_000).read_to_string(&mut typed).context("cannot read the key from standard input")?;
        let typed = typed.trim();
        if typed.is_empty() {
            bail!("no key came on standard input; say --forget to forget the one that is kept");
        }
        engine.set_key(provider, Some(typed))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows a playlist as the caller wants it.
fn show(out: &mut impl Write, store: &StoreArguments, playlist: &Playlist) -> anyhow::Result<()> {
    if store.json {
        writeln!(out, "{}", shapes::playlist(playlist))?;
        return Ok(());
    }
    // What is only previewed has no name yet.
    let name = if playlist.name.is_empty() { "Preview" } else { &playlist.name };
    writeln!(out, "{name} ({} tracks): {}", playlist.tracks.len(), playlist.description)?;
    for track in &playlist.tracks {
        writeln!(out, "  {}", track.path.display())?;
    }
    Ok(())
}

/// Writes tracks as a playlist file.
pub(crate) fn export(
    engine: &Engine,
    how: &FileArguments,
    file: &Path,
    title: &str,
    tracks: &[Neighbour],
) -> anyhow::Result<()> {
    let songs: Vec<String> = tracks.iter().map(|track| track.song_id.clone()).collect();
    export_songs(engine, how, file, title, &songs)
}

/// The same by content keys.
pub(crate) fn export_songs(
    engine: &Engine,
    how: &FileArguments,
    file: &Path,
    title: &str,
    songs: &[String],
) -> anyhow::Result<()> {
    let folder = how.relative.then(|| folder_of(file)).transpose()?;
    let bytes = engine.export(title, songs, how.format.into(), folder.as_deref())?;
    write_file(file, &bytes)
}

/// The folder a file will lie in, made and named in full.
fn folder_of(file: &Path) -> anyhow::Result<PathBuf> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    folder.canonicalize().with_context(|| format!("cannot find {}", folder.display()))
}

fn write_file(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    folder_of(file)?;
    std::fs::write(file, bytes).with_context(|| format!("cannot write {}", file.display()))
}

/// A playlist's name as a file name on every system, with a number where two playlists would share it.
pub(crate) fn free_file_name(name: &str, ending: &str, taken: &mut Vec<String>) -> String {
    let safe: String =
        name.chars().map(|c| if c.is_control() || r#"/\:*?"<>|"#.contains(c) { '-' } else { c }).collect();
    // Windows ends no name in a dot or a space, and gives some names to devices.
    let safe = safe.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let device = ["con", "prn", "aux", "nul"].iter().any(|device| safe.eq_ignore_ascii_case(device));
    let stem: String = match safe {
        "" => "playlist".to_owned(),
        device_name if device => format!("{device_name}-"),
        safe => safe.chars().take(100).collect(),
    };
    let candidates = std::iter::once(format!("{stem}.{ending}")).chain((2..).map(|n| format!("{stem} {n}.{ending}")));
    let free = candidates.into_iter().find(|name| !taken.contains(&name.to_lowercase())).unwrap_or_default();
    taken.push(free.to_lowercase());
    free
}

/// Makes a long call with a bar on a terminal.
fn watched<T>(call: impl FnOnce(segue_engine::Watch<'_>) -> segue_engine::Result<T>) -> anyhow::Result<T> {
    watched_in(words_of_step, call)
}

fn words_of_step(now: &MakeProgress) -> String {
    match now.step {
        Step::Gathering => "reading".to_owned(),
        Step::Searching => format!("searching: {} of {} runs, best {:.3}", now.done, now.total, now.fitness),
        Step::Assigning => "assigning".to_owned(),
        Step::Naming => format!("naming {} of {}", now.done, now.total),
        Step::Saving => "saving".to_owned(),
    }
}

/// The same with other words for where it stands.
pub(crate) fn watched_in<T>(
    words: impl Fn(&MakeProgress) -> String,
    call: impl FnOnce(segue_engine::Watch<'_>) -> segue_engine::Result<T>,
) -> anyhow::Result<T> {
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new(1000) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {percent:>3} %  {msg}") {
        bar.set_style(style);
    }
    let answer = call(&mut |now: &MakeProgress| {
        bar.set_position((1000.0 * now.fraction) as u64);
        bar.set_message(words(now));
        true
    });
    bar.finish_and_clear();
    Ok(answer?)
}

fn words_of_quality(quality: &segue_engine::DataQuality) -> String {
    format!(
        "{} of {} tracks take part ({} not heard, {} with a number that is none); {} outlying; {} numbers each, {} of them constant, {} kept",
        quality.taking_part,
        quality.tracks,
        quality.missing,
        quality.not_finite,
        quality.outlying,
        quality.dimensions,
        quality.constant,
        quality.kept_dimensions,
    )
}

fn words_of_clusters(report: &segue_engine::ClusterReport) -> String {
    let parts: Vec<String> = report.parts.iter().map(|(name, value)| format!("{name} {value:.2}")).collect();
    format!(
        "{} groups by {} ({}) after {} runs on {} tracks in {:.1} s; fitness {:.3} ({}), silhouette {:.3}{}",
        report.clusters,
        report.algorithm.name(),
        report.parameters,
        report.runs,
        report.sampled,
        report.seconds,
        report.fitness,
        parts.join(", "),
        report.silhouette,
        if report.noise > 0 { format!(", {} tracks in none", report.noise) } else { String::new() },
    )
}

fn words_of_report(report: &RunReport) -> String {
    format!(
        "run {}: {} playlists with {} tracks ({} new, {} continued, {} fading, {} gone; {} tracks came, {} left). {}",
        report.run,
        report.playlists,
        report.tracks,
        report.new,
        report.continued,
        report.fading,
        report.gone,
        report.tracks_added,
        report.tracks_removed,
        words_of_clusters(&report.clusters),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_legal_everywhere_and_never_shared() {
        let mut taken = Vec::new();
        let mut name = |text: &str| free_file_name(text, "m3u8", &mut taken);
        assert_eq!(name("Calm / Piano: \"late\""), "Calm - Piano- -late-.m3u8");
        assert_eq!(name("calm - piano- -LATE-"), "calm - piano- -LATE- 2.m3u8");
        assert_eq!(
            (name("..."), name(""), name("NUL")),
            ("playlist.m3u8".into(), "playlist 2.m3u8".into(), "NUL-.m3u8".into())
        );
        assert!(name(&"x".repeat(400)).len() < 120);
    }
}
