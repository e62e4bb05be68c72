//! Where the time of a listening goes.

use std::cell::Cell;
use std::ops::AddAssign;
use std::time::{Duration, Instant};

/// A part of the work on one track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Decoding,
    Loudness,
    Resampling,
    Features,
    Classical,
    Edges,
    Fingerprint,
    LogMel,
    Networks,
    Vggish,
    Styles,
    Clap,
}

impl Part {
    const ALL: [Self; 12] = [
        Self::Decoding,
        Self::Loudness,
        Self::Resampling,
        Self::Features,
        Self::Classical,
        Self::Edges,
        Self::Fingerprint,
        Self::LogMel,
        Self::Networks,
        Self::Vggish,
        Self::Styles,
        Self::Clap,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Decoding => "decoding",
            Self::Loudness => "loudness",
            Self::Resampling => "resampling",
            Self::Features => "features",
            Self::Classical => "classical",
            Self::Edges => "edges",
            Self::Fingerprint => "fingerprint",
            Self::LogMel => "log_mel",
            Self::Networks => "musicnn",
            Self::Vggish => "vggish",
            Self::Styles => "styles",
            Self::Clap => "clap",
        }
    }
}

/// Time spent per part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Profile([Duration; Part::ALL.len()]);

impl Profile {
    /// Seconds per part that took any time.
    pub(crate) fn seconds(&self) -> Vec<(&'static str, f64)> {
        let parts = Part::ALL.iter().zip(self.0).filter(|(_, spent)| !spent.is_zero());
        parts.map(|(part, spent)| (part.name(), spent.as_secs_f64())).collect()
    }
}

impl AddAssign for Profile {
    fn add_assign(&mut self, other: Self) {
        for (sum, spent) in self.0.iter_mut().zip(other.0) {
            *sum += spent;
        }
    }
}

/// Splits the time of one worker on one track among the parts: what has passed since the last lap belongs to the part
/// that the next lap names. Some tens of nanoseconds a lap, one lap per block and part.
pub(crate) struct Clock {
    last: Cell<Instant>,
    spent: Cell<Profile>,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self { last: Cell::new(Instant::now()), spent: Cell::default() }
    }

    /// Books the time since the last lap on `part`.
    pub(crate) fn lap(&self, part: Part) {
        let now = Instant::now();
        let mut spent = self.spent.get();
        if let Some(sum) = spent.0.get_mut(part as usize) {
            *sum += now.duration_since(self.last.replace(now));
        }
        self.spent.set(spent);
    }

    /// Books the time since the last lap on nothing: a pause is no work.
    pub(crate) fn skip(&self) {
        self.last.set(Instant::now());
    }

    pub(crate) fn finish(self) -> Profile {
        self.spent.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_has_its_place_and_pauses_have_none() {
        for (place, part) in Part::ALL.into_iter().enumerate() {
            assert_eq!(part as usize, place);
        }
        let clock = Clock::start();
        std::thread::sleep(Duration::from_millis(20));
        clock.skip();
        clock.lap(Part::Loudness);
        std::thread::sleep(Duration::from_millis(5));
        clock.lap(Part::Decoding);
        let mut profile = clock.finish();
        profile += profile;
        let seconds = profile.seconds();
        assert_eq!(seconds.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["decoding", "loudness"]);
        assert!(seconds[0].1 >= 0.010 && seconds[1].1 < 0.015, "{seconds:?}");
    }
}
