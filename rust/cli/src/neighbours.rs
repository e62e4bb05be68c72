//! `segue eval-neighbours`: whether a track's neighbours are of its own album, artist or folder.

use std::io::{BufWriter, IsTerminal, Write};
use std::process::ExitCode;

use indicatif::ProgressBar;
use segue_engine::{MakeProgress, NeighbourEvaluation};
use serde_json::{Value, json};

use crate::args::EvalNeighboursArguments;

pub(crate) fn run(arguments: &EvalNeighboursArguments) -> anyhow::Result<ExitCode> {
    let engine = arguments.store.open()?;
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() };
    let evaluation = engine.evaluate_neighbours(arguments.group_by.into(), &mut |now: &MakeProgress| {
        bar.set_length(now.total);
        bar.set_position(now.done);
        true
    });
    bar.finish_and_clear();
    let mut out = BufWriter::new(std::io::stdout().lock());
    if arguments.store.json {
        writeln!(out, "{}", shape(&evaluation?))?;
    } else {
        tell(&mut out, &evaluation?)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn shape(evaluation: &NeighbourEvaluation) -> Value {
    json!({
        "tracks": evaluation.tracks,
        "groups": evaluation.groups,
        "alone": evaluation.alone,
        "precision_at_5": evaluation.precision_at_5,
        "precision_at_10": evaluation.precision_at_10,
        "reachable_at_5": evaluation.reachable_at_5,
        "reachable_at_10": evaluation.reachable_at_10,
        "largest_hub": evaluation.largest_hub,
        "hubness_skew": evaluation.hubness_skew,
    })
}

fn tell(out: &mut impl Write, evaluation: &NeighbourEvaluation) -> std::io::Result<()> {
    let NeighbourEvaluation { tracks, groups, alone, .. } = evaluation;
    writeln!(out, "{tracks} tracks of {groups} groups; {alone} more without a group or alone in theirs")?;
    for (name, found, reachable) in [
        ("P@5", evaluation.precision_at_5, evaluation.reachable_at_5),
        ("P@10", evaluation.precision_at_10, evaluation.reachable_at_10),
    ] {
        writeln!(out, "{name:<12} {found:.3}  of {reachable:.3}, which the sizes of the groups allow")?;
    }
    writeln!(out, "largest hub  {}", evaluation.largest_hub)?;
    writeln!(out, "hubness skew {:.2}", evaluation.hubness_skew)
}
