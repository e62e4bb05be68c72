//! Music by words.

use std::io::{BufWriter, Write};
use std::process::ExitCode;

use segue_engine::{Audience, SearchAnswer, SearchRequest};

use crate::args::search::SearchArguments;
use crate::hear::{named, write_m3u};
use crate::shapes;

pub(crate) fn run(arguments: &SearchArguments) -> anyhow::Result<ExitCode> {
    let engine = arguments.store.open()?;
    let answer = engine.search(&SearchRequest {
        query: arguments.query.clone(),
        length: arguments.count,
        audience: Audience::default(),
    })?;
    if let Some(file) = &arguments.m3u {
        let songs: Vec<String> = answer.hits.iter().map(|hit| hit.track.song_id.clone()).collect();
        write_m3u(&engine, file, "", &songs)?;
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    if arguments.store.json {
        writeln!(out, "{}", shapes::search(&answer))?;
        out.flush()?;
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(out, "{}", understood(&answer))?;
    for hit in &answer.hits {
        let track = engine.track(&hit.track.song_id)?;
        let name = track.map_or_else(|| hit.track.path.display().to_string(), |track| named(&track));
        let reason = if hit.track.reason.is_empty() { String::new() } else { format!("  ({})", hit.track.reason) };
        writeln!(out, "{:.2}  {name}{reason}", hit.score)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// What was understood and what was not, in one line: `piano · calm · not: voice; left: xyzzy`.
fn understood(answer: &SearchAnswer) -> String {
    let labels = answer
        .understood
        .iter()
        .map(|piece| if piece.negated { format!("not: {}", piece.label) } else { piece.label.clone() });
    let labels = labels.collect::<Vec<_>>().join(" · ");
    match (labels.is_empty(), answer.left.is_empty()) {
        (_, true) => labels,
        (true, false) => format!("left: {}", answer.left.join(", ")),
        (false, false) => format!("{labels}; left: {}", answer.left.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use segue_engine::Understood;

    use super::*;

    #[test]
    fn what_was_understood_is_one_line() {
        let piece = |label: &str, negated| Understood { label: label.to_owned(), words: String::new(), negated };
        let answer = SearchAnswer {
            understood: vec![piece("piano", false), piece("voice", true)],
            left: vec!["xyzzy".to_owned()],
            ..SearchAnswer::default()
        };
        assert_eq!(understood(&answer), "piano · not: voice; left: xyzzy");
        assert_eq!(understood(&SearchAnswer { left: Vec::new(), ..answer.clone() }), "piano · not: voice");
        assert_eq!(understood(&SearchAnswer { understood: Vec::new(), ..answer }), "left: xyzzy");
    }
}
