//! `segue analyse`.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use segue_engine::{AnalysisSummary, Engine, Progress, Verdict, decode_only};

use crate::args::{AnalyseArguments, tell_notice};
use crate::shapes;

/// Exit code for `--strict` when some tracks could not be analysed.
const SOME_FAILED: u8 = 3;

pub(crate) fn run(arguments: &AnalyseArguments) -> anyhow::Result<ExitCode> {
    let options = arguments.options()?;
    let roots = arguments.absolute_roots()?;
    if arguments.decode_only {
        let summary = decode_only(&options, &roots)?;
        report(arguments, &summary, 0, "none");
        return Ok(ExitCode::SUCCESS);
    }

    let engine = Engine::open(options)?;
    tell_notice(&engine)?;
    let scan = engine.scan_folders(&roots, &|| true)?;
    tracing::debug!(?scan, "folders scanned");
    if arguments.retry_failed {
        engine.retry_failed()?;
    }

    let bar = progress_bar();
    let summary = engine.analyse(&mut |progress: &Progress| {
        bar.set_length(progress.total);
        bar.set_position(progress.done);
        bar.set_message(format!("{:.0}x", shapes::ratio(progress.audio_seconds, progress.elapsed_seconds)));
        Verdict::GoOn
    })?;
    bar.finish_and_clear();

    let failures = engine.failures()?;
    for failure in &failures {
        eprintln!("segue: {}: {} ({})", failure.path.display(), failure.detail, failure.reason);
    }
    let statistics = engine.statistics()?;
    let left_alone = (failures.len() as u64).saturating_sub(summary.failed);
    let known = statistics.files.saturating_sub(summary.total + summary.left + left_alone);
    report(arguments, &summary, known, &statistics.backend);
    Ok(if arguments.strict && !failures.is_empty() { ExitCode::from(SOME_FAILED) } else { ExitCode::SUCCESS })
}

/// A bar on a terminal, nothing elsewhere.
fn progress_bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} tracks  {msg} real time  {eta} left") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}

/// The closing summary. `known` files had nothing left to hear.
fn report(arguments: &AnalyseArguments, summary: &AnalysisSummary, known: u64, backend: &str) {
    if arguments.json {
        println!("{}", shapes::summary(summary, known, backend));
        return;
    }
    println!(
        "{} analysed, {} recognised by their audio, {known} known already, {} failed; \
         {:.0} s of music in {:.1} s ({:.0}x real time)",
        summary.analysed,
        summary.recognised,
        summary.failed,
        summary.audio_seconds,
        summary.elapsed_seconds,
        shapes::ratio(summary.audio_seconds, summary.elapsed_seconds),
    );
    if summary.left > 0 {
        println!("{} left for the next run", summary.left);
    }
}
