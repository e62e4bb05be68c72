//! The pictures of a film: which places are looked at, and what is taken to show to a service.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use segue_film::{Frame, PictureMeasures, Pictures};
use segue_media::{Burst, OpenOptions, frames, jpeg};

use super::desk::Desk;
use super::types::FilmStep;
use crate::Result;

/// Pixels of a frame that is measured; it is stretched to that.
const WIDTH: usize = 64;
const HEIGHT: usize = 36;
/// Frames a second.
const RATE: f32 = 8.0;
/// A film up to this length is looked at whole.
const WHOLE: f64 = 120.0;
/// Of a longer one so many places at most, one in so many seconds, and each for so long.
const PLACES: usize = 60;
const APART: f64 = 6.0;
const BURST: Duration = Duration::from_millis(3_000);
/// Nothing is looked at in the first and last part: logos, black, names.
const EDGE: f64 = 0.02;
/// Time for one place, and for all: what was seen until then counts. On a machine that is fast enough, neither is reached.
const ONE_PLACE: Duration = Duration::from_secs(20);
const ALL_PLACES: Duration = Duration::from_secs(75);
/// Places in a row that fail before the rest is left alone.
const FAILURES: usize = 3;
/// Pictures of a slideshow that are looked at.
const PICTURES: usize = 300;
/// Width of pictures for a service.
const SHOWN_WIDTH: usize = 512;

/// What was seen, and why not more.
pub(super) struct Seen {
    pub(super) measures: PictureMeasures,
    pub(super) duration_s: f64,
    pub(super) problem: Option<segue_media::Error>,
}

/// Looks at a video in short bursts that lie far apart, or at all of a short one.
///
/// # Errors
/// [`Error::Cancelled`](crate::Error::Cancelled). All else is a problem that is told.
pub(super) fn video(path: &Path, open: &OpenOptions, desk: &Desk) -> Result<Seen> {
    let begun = Instant::now();
    let options = OpenOptions { time_limit: ONE_PLACE, ..open.clone() };
    let mut pictures = Pictures::new();
    let mut look = |at: f64, length: Duration| {
        let burst = Burst { at: seconds(at), length, rate: RATE, width: WIDTH, height: HEIGHT };
        let (seen, _) = frames(path, burst, &options)?;
        pictures.burst(seen.iter().map(|rgb| Frame { rgb, width: WIDTH, height: HEIGHT }), RATE);
        Ok::<_, segue_media::Error>(seen.len())
    };
    let (duration_s, mut problem) = match length(path, &options) {
        // Where it says nothing of its length it is taken for short.
        Ok(length) => (length.map_or(f64::NAN, |length| length.as_secs_f64()), None),
        Err(error) => (f64::NAN, Some(error)),
    };
    let places = if duration_s > WHOLE { places(duration_s) } else { Vec::new() };
    let (mut seen, mut failures) = (0, 0);
    for (done, at) in places.iter().enumerate() {
        desk.check()?;
        desk.tell(FilmStep::Looking, done as f32 / places.len() as f32);
        match look(*at, BURST) {
            Ok(count @ 1..) => (seen, failures) = (seen + count, 0),
            Ok(_) => failures += 1,
            Err(error) => {
                failures += 1;
                problem = Some(error);
            }
        }
        if failures >= FAILURES || begun.elapsed() > ALL_PLACES {
            break;
        }
    }
    desk.check()?;
    // Also one that says that it is long, and has nothing where it should.
    if seen == 0 && (problem.is_none() || !places.is_empty()) {
        match look(0.0, seconds(WHOLE)) {
            Ok(_) => problem = None,
            Err(error) => problem = Some(error),
        }
    }
    desk.check()?;
    let measures = pictures.finish();
    Ok(Seen { problem: problem.filter(|_| measures.frames == 0), measures, duration_s })
}

/// Looks at pictures that stand alone. Those that cannot be read are passed over.
///
/// # Errors
/// [`Error::Cancelled`](crate::Error::Cancelled).
pub(super) fn slideshow(paths: &[PathBuf], open: &OpenOptions, desk: &Desk) -> Result<Seen> {
    let begun = Instant::now();
    let options = OpenOptions { time_limit: ONE_PLACE, ..open.clone() };
    let mut pictures = Pictures::new();
    let mut problem = None;
    let chosen = spread(paths, PICTURES);
    for (done, path) in chosen.iter().enumerate() {
        desk.check()?;
        desk.tell(FilmStep::Looking, done as f32 / chosen.len() as f32);
        let burst =
            Burst { at: Duration::ZERO, length: Duration::from_millis(100), rate: RATE, width: WIDTH, height: HEIGHT };
        match frames(path, burst, &options) {
            Ok((seen, _)) => {
                if let Some(rgb) = seen.first() {
                    pictures.still(Frame { rgb, width: WIDTH, height: HEIGHT });
                }
            }
            Err(error) => problem = Some(error),
        }
        if begun.elapsed() > ALL_PLACES {
            break;
        }
    }
    desk.check()?;
    let measures = pictures.finish();
    Ok(Seen { problem: problem.filter(|_| measures.frames == 0), measures, duration_s: f64::NAN })
}

/// Pictures to show to a service, in order, spread over the film.
///
/// # Errors
/// [`Error::Cancelled`](crate::Error::Cancelled). Places without a picture are passed over.
pub(super) fn shown(
    video: Option<&Path>,
    pictures: &[PathBuf],
    duration_s: f64,
    count: usize,
    open: &OpenOptions,
    desk: &Desk,
) -> Result<Vec<Vec<u8>>> {
    let options = OpenOptions { time_limit: ONE_PLACE, ..open.clone() };
    let mut shown = Vec::with_capacity(count);
    let mut take = |path: &Path, at: f64| -> Result<()> {
        desk.check()?;
        if let Ok(Some(picture)) = jpeg(path, seconds(at), SHOWN_WIDTH, &options) {
            shown.push(picture);
        }
        Ok(())
    };
    match video {
        Some(path) if duration_s.is_finite() => {
            for place in 0..count {
                take(path, duration_s * (place as f64 + 0.5) / count as f64)?;
            }
        }
        Some(path) => take(path, 0.0)?,
        None => {
            for path in spread(pictures, count) {
                take(path, 0.0)?;
            }
        }
    }
    Ok(shown)
}

/// The length that a video states.
fn length(path: &Path, options: &OpenOptions) -> std::result::Result<Option<Duration>, segue_media::Error> {
    let one = Burst { at: Duration::ZERO, length: Duration::from_millis(100), rate: RATE, width: 2, height: 2 };
    frames(path, one, options).map(|(_, duration)| duration)
}

/// The places of a long film that are looked at, in seconds: evenly spread, and so ordered that those before any point are spread too.
fn places(duration_s: f64) -> Vec<f64> {
    let count = ((duration_s / APART) as usize).clamp(1, PLACES);
    let within = duration_s * (1.0 - 2.0 * EDGE);
    let place = |index: usize| duration_s * EDGE + within * (index as f64 + 0.5) / count as f64;
    let bits = usize::BITS - count.next_power_of_two().leading_zeros() - 1;
    let order = (0..count.next_power_of_two()).map(|index| match bits {
        0 => 0,
        bits => index.reverse_bits() >> (usize::BITS - bits),
    });
    order.filter(|index| *index < count).map(place).collect()
}

/// At most so many of a list, evenly spread.
fn spread(paths: &[PathBuf], count: usize) -> Vec<&PathBuf> {
    if paths.len() <= count {
        return paths.iter().collect();
    }
    (0..count).filter_map(|at| paths.get(at * paths.len() / count)).collect()
}

fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_spread_also_when_only_some_are_seen() {
        let all = places(7200.0);
        assert_eq!(all.len(), PLACES);
        let mut sorted = all.clone();
        sorted.sort_by(f64::total_cmp);
        assert!(sorted.windows(2).all(|pair| (pair[1] - pair[0] - 7200.0 * 0.96 / 60.0).abs() < 1e-6));
        assert!(sorted[0] > 144.0 && sorted[59] < 7056.0);
        let mut some = all[..16].to_vec();
        some.sort_by(f64::total_cmp);
        assert!(some.windows(2).all(|pair| pair[1] - pair[0] > 200.0), "{some:?}");
        assert_eq!(places(121.0).len(), 20);
        assert_eq!(places(1e12).len(), PLACES);
    }
}
