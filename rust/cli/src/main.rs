//! `segue`: the engine from a shell, for people without Jellyfin, for scripts and for benches.
//!
//! Standard output carries answers only (text for people, or JSON whose shape is kept: see `docs/cli.md`); progress and
//! complaints go to standard error. Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 done but some tracks could not
//! be analysed and `--strict` was given.
#![allow(clippy::print_stdout, clippy::print_stderr)] // This is the room that talks to a terminal.

mod analyse;
mod args;
mod ask;
mod curate;
mod eval;
mod features;
mod hear;
mod models;
mod neighbours;
mod play_log;
mod search;
mod shapes;
mod soundtrack;

use std::process::ExitCode;

use clap::Parser;
use segue_engine::SetKind;

use crate::args::{Arguments, Command};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(if arguments.verbose { tracing::Level::DEBUG } else { tracing::Level::WARN })
        .init();
    match run(arguments) {
        Ok(code) => code,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("segue: {}", message(&error));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    match arguments.command {
        Command::Analyse(arguments) => analyse::run(&arguments),
        Command::Tracks(arguments) => ask::tracks(&arguments),
        Command::Features(arguments) => features::run(&arguments),
        Command::Similar(arguments) => hear::similar(&arguments),
        Command::Search(arguments) => search::run(&arguments),
        Command::SimilarArtists(arguments) => hear::similar_sets(SetKind::Artist, &arguments),
        Command::SimilarAlbums(arguments) => hear::similar_sets(SetKind::Album, &arguments),
        Command::Mix(arguments) => hear::mix(&arguments),
        Command::Path(arguments) => hear::path(&arguments),
        Command::Blend(arguments) => hear::blend(&arguments),
        Command::Taste(arguments) => hear::taste(&arguments),
        Command::Map(arguments) => hear::map(&arguments),
        Command::Soundtrack(arguments) => soundtrack::run(&arguments),
        Command::Extend(arguments) => hear::extend(&arguments),
        Command::Clean(arguments) => hear::clean(&arguments),
        Command::Order(arguments) => hear::order(&arguments),
        Command::Cluster(arguments) => curate::cluster(&arguments),
        Command::Elbow(arguments) => curate::elbow(&arguments),
        Command::Playlists(arguments) => curate::playlists(&arguments),
        Command::Playlist(arguments) => curate::playlist(&arguments),
        Command::Edit(arguments) => curate::edit(&arguments),
        Command::Import(arguments) => curate::import(&arguments),
        Command::Artists(arguments) => curate::artists(&arguments),
        Command::Key(arguments) => curate::key(&arguments),
        Command::Models(arguments) => models::run(&arguments),
        Command::Duplicates(arguments) => ask::duplicates(&arguments),
        Command::Eval(arguments) => eval::run(&arguments),
        Command::EvalNeighbours(arguments) => neighbours::run(&arguments),
        Command::Failures(arguments) => ask::failures(&arguments),
        Command::Stats(arguments) => ask::stats(&arguments),
    }
}

/// The error and its causes, each said once: many messages name their cause already.
fn message(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |text, cause| {
        if text.is_empty() {
            cause
        } else if text.contains(&cause) {
            text
        } else {
            format!("{text}: {cause}")
        }
    })
}

/// `segue tracks … | head` closes our output early; that is no failure.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe))
}
