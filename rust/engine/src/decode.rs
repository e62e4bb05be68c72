//! Decoding alone: what the speed of the analysis is measured against.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use segue_media::AudioReader;

use crate::analyse::{Plan, pool};
use crate::api::{AnalysisSummary, Options};
use crate::{Result, library};

/// Decodes every audio file below `roots` with as many workers as an analysis would have, and throws the samples away.
/// Needs no store and no models.
///
/// # Errors
/// When a folder cannot be read or threads cannot be started. Files that cannot be decoded are counted as failed.
pub fn decode_only(options: &Options, roots: &[PathBuf]) -> Result<AnalysisSummary> {
    let plan = Plan::new(options, None);
    let files = library::audio_files(roots, &|| true)?.files;
    let begun = Instant::now();
    let next = AtomicUsize::new(0);
    let total = Mutex::new(AnalysisSummary { total: files.len() as u64, ..AnalysisSummary::default() });
    pool(&plan)?.in_place_scope(|scope| {
        for _ in 0..plan.threads {
            scope.spawn(|_| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let seconds = decode(file, &plan);
                    let mut total = total.lock().unwrap_or_else(PoisonError::into_inner);
                    total.decoded += 1;
                    match seconds {
                        Ok(seconds) => total.audio_seconds += seconds,
                        Err(_) => total.failed += 1,
                    }
                }
            });
        }
    });
    let mut summary = total.into_inner().unwrap_or_else(PoisonError::into_inner);
    summary.elapsed_seconds = begun.elapsed().as_secs_f64();
    Ok(summary)
}

fn decode(file: &std::path::Path, plan: &Plan) -> segue_media::Result<f64> {
    let mut reader = AudioReader::open(file, &plan.open)?;
    let mut samples = 0usize;
    while let Some(block) = reader.next_block()? {
        samples += block.len();
    }
    Ok(samples as f64 / reader.channels().max(1) as f64 / f64::from(reader.sample_rate().max(1)))
}
