//! How a file is known not to have changed.

use std::path::Path;
use std::time::UNIX_EPOCH;

/// Size of a file in bytes, and when it was last modified in nanoseconds since 1970.
pub(crate) fn stamp(path: &Path) -> std::io::Result<(u64, i64)> {
    let metadata = std::fs::metadata(path)?;
    let modified_ns = match metadata.modified()?.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |ns| -ns),
    };
    Ok((metadata.len(), modified_ns))
}
