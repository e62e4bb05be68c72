//! `segue models`.

use std::io::{BufRead, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use segue_engine::{Engine, Pack, PackFile, PackProgress, PackState, PackStep};
use serde_json::{Value, json};

use crate::args::models::{InstallArguments, ModelsArguments, ModelsCommand, PackArguments, PlaceArguments};

pub(crate) fn run(arguments: &ModelsArguments) -> anyhow::Result<ExitCode> {
    match &arguments.command {
        ModelsCommand::List(place) => list(place),
        ModelsCommand::Show(pack) => show(pack),
        ModelsCommand::Install(install) => self::install(install),
        ModelsCommand::Remove(pack) => remove(pack),
    }
}

fn list(place: &PlaceArguments) -> anyhow::Result<ExitCode> {
    let packs = place.open()?.packs()?;
    let mut out = std::io::stdout().lock();
    for pack in &packs {
        if place.json {
            writeln!(out, "{}", shape(pack))?;
        } else {
            let (name, state, size) = (&pack.name, word(pack.state), megabytes(pack.bytes));
            writeln!(out, "{name:<16}  {state:<9}  {size:>9}  {:<16}  {}", pack.licence, pack.title)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show(arguments: &PackArguments) -> anyhow::Result<ExitCode> {
    let pack = find(&arguments.place.open()?, &arguments.name)?;
    tell(&pack, arguments.place.json)?;
    Ok(ExitCode::SUCCESS)
}

fn install(arguments: &InstallArguments) -> anyhow::Result<ExitCode> {
    let place = &arguments.pack.place;
    let engine = place.open()?;
    let pack = find(&engine, &arguments.pack.name)?;
    let accept = match &arguments.accept {
        Some(licence) => licence.clone(),
        None => ask(&pack)?,
    };
    let bar = progress_bar();
    let installed = engine.install_pack(&pack.name, &accept, &mut |progress: &PackProgress| {
        bar.set_length(progress.total);
        bar.set_position(progress.done);
        bar.set_message(format!("{} {}", step(progress.step), progress.file));
        true
    });
    bar.finish_and_clear();
    let installed = installed?;
    if place.json {
        println!("{}", shape(&installed));
    } else {
        println!("{} is installed in {}; the next analysis hears with it", installed.title, installed.folder.display());
    }
    Ok(ExitCode::SUCCESS)
}

fn remove(arguments: &PackArguments) -> anyhow::Result<ExitCode> {
    let pack = arguments.place.open()?.remove_pack(&arguments.name)?;
    if arguments.place.json {
        println!("{}", shape(&pack));
        return Ok(ExitCode::SUCCESS);
    }
    println!("what was installed of {} is gone; what was heard with it stays in the store, unused", pack.title);
    if pack.state != PackState::Absent {
        println!("{}: {}", word(pack.state), pack.detail);
    }
    Ok(ExitCode::SUCCESS)
}

fn find(engine: &Engine, name: &str) -> anyhow::Result<Pack> {
    let packs = engine.packs()?;
    let names: Vec<String> = packs.iter().map(|pack| pack.name.clone()).collect();
    let pack = packs.into_iter().find(|pack| pack.name == name);
    pack.with_context(|| format!("there is no pack {name:?}; there are {}", names.join(", ")))
}

/// Shows the licence and asks whether it is accepted; without a terminal nobody can be asked.
fn ask(pack: &Pack) -> anyhow::Result<String> {
    eprintln!("{}, {} to fetch, by {}", pack.title, megabytes(pack.bytes), pack.source);
    eprintln!("Licence: {} {}", pack.licence, pack.licence_url);
    eprintln!("{}", pack.terms);
    for file in pack.files.iter().filter(|file| file.sha256.is_empty() && !file.url.is_empty()) {
        eprintln!("Nobody states a digest of {}: what comes first is kept in mind.", file.name);
    }
    if !std::io::stdin().is_terminal() {
        bail!("the licence has to be accepted: --accept {}", pack.licence);
    }
    eprint!("Do you accept it? [y/N] ");
    std::io::stderr().flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    match answer.trim().to_lowercase().as_str() {
        "y" | "yes" => Ok(pack.licence.clone()),
        _ => bail!("not accepted; nothing was fetched"),
    }
}

fn tell(pack: &Pack, as_json: bool) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if as_json {
        writeln!(out, "{}", shape(pack))?;
        return Ok(());
    }
    writeln!(out, "{} ({})", pack.title, word(pack.state))?;
    writeln!(out, "{}", pack.about)?;
    for line in &pack.enables {
        writeln!(out, "  + {line}")?;
    }
    writeln!(out, "by       {}", pack.source)?;
    writeln!(out, "licence  {} {}", pack.licence, pack.licence_url)?;
    writeln!(out, "         {}", pack.terms)?;
    writeln!(out, "memory   {} while it is used", megabytes(pack.memory_bytes))?;
    writeln!(out, "folder   {}", pack.folder.display())?;
    writeln!(out, "songs    {} heard with it", pack.songs)?;
    for PackFile { name, url, bytes, sha256, present } in &pack.files {
        let digest = if sha256.is_empty() { "no digest is stated" } else { sha256 };
        let from = if url.is_empty() { "to be put there by you" } else { url };
        writeln!(out, "  {name}  {} of {}  {digest}\n    {from}", megabytes(*present), megabytes(*bytes))?;
    }
    if !pack.detail.is_empty() {
        writeln!(out, "{}", pack.detail)?;
    }
    Ok(())
}

fn shape(pack: &Pack) -> Value {
    let files = pack.files.iter().map(|PackFile { name, url, bytes, sha256, present }| {
        json!({ "name": name, "url": url, "bytes": bytes, "sha256": sha256, "present": present })
    });
    json!({
        "name": pack.name,
        "title": pack.title,
        "about": pack.about,
        "enables": pack.enables,
        "licence": pack.licence,
        "licence_url": pack.licence_url,
        "terms": pack.terms,
        "source": pack.source,
        "bytes": pack.bytes,
        "memory_bytes": pack.memory_bytes,
        "fetched": pack.fetched,
        "folder": pack.folder.to_string_lossy(),
        "state": word(pack.state),
        "detail": pack.detail,
        "songs": pack.songs,
        "files": files.collect::<Vec<_>>(),
    })
}

fn word(state: PackState) -> &'static str {
    match state {
        PackState::Absent => "absent",
        PackState::Partial => "partial",
        PackState::Installed => "installed",
        PackState::Damaged => "damaged",
    }
}

fn step(step: PackStep) -> &'static str {
    match step {
        PackStep::Looking => "looking at",
        PackStep::Fetching => "fetching",
        PackStep::Checking => "checking",
        PackStep::Placing => "putting in place",
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// A bar on a terminal, nothing elsewhere.
fn progress_bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    if let Ok(style) =
        ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes}  {bytes_per_sec}  {eta} left  {msg}")
    {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}
