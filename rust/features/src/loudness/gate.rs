//! Gating: which of the loudness values of a track count, without keeping them.

use super::FLOOR_LUFS;

/// A hundred bins per LU from the absolute gate to 30 LU above full scale; each knows its values' sum, so a mean over bins is
/// exact and only the edge of a relative gate is as coarse as a bin.
const BINS: usize = 10_000;
const BINS_PER_LU: f64 = 100.0;
/// Relative gates below the mean of what passes the absolute one, in LU: BS.1770 for the whole, Tech 3342 for the range.
const INTEGRATED_GATE: f64 = 10.0;
const RANGE_GATE: f64 = 20.0;
const RANGE_PERCENTILES: (f64, f64) = (0.10, 0.95);

/// A histogram of energies by their loudness.
pub(super) struct Gate {
    bins: Vec<Bin>,
}

#[derive(Clone, Copy, Default)]
struct Bin {
    count: u64,
    energy: f64,
}

impl Gate {
    pub(super) fn new() -> Self {
        Self { bins: vec![Bin::default(); BINS] }
    }

    pub(super) fn add(&mut self, energy: f64) {
        let above = lufs(energy) - f64::from(FLOOR_LUFS);
        if above >= 0.0 {
            let place = (above * BINS_PER_LU) as usize;
            let bin = &mut self.bins[place.min(BINS - 1)];
            bin.count += 1;
            bin.energy += energy;
        }
    }

    /// The loudness of the mean of what passes the gates of BS.1770, in LUFS.
    pub(super) fn integrated(&self) -> f32 {
        mean(self.gated(INTEGRATED_GATE)).map_or(FLOOR_LUFS, |energy| lufs(energy) as f32)
    }

    /// The loudness range of Tech 3342, in LU.
    pub(super) fn range(&self) -> f32 {
        let bins: Vec<Bin> = self.gated(RANGE_GATE).copied().collect();
        let count = bins.iter().map(|bin| bin.count).sum::<u64>();
        let at = |part: f64| {
            // The nearest rank, as ffmpeg's `ebur128` takes it.
            let mut left = ((count as f64 * part).round() as u64).saturating_sub(1);
            for bin in &bins {
                if left < bin.count {
                    return lufs(bin.energy / bin.count as f64);
                }
                left -= bin.count;
            }
            f64::from(FLOOR_LUFS)
        };
        (at(RANGE_PERCENTILES.1) - at(RANGE_PERCENTILES.0)).max(0.0) as f32
    }

    /// The bins that are not empty and lie above a gate relative to the mean of all.
    fn gated(&self, below: f64) -> impl Iterator<Item = &Bin> {
        let threshold = mean(self.bins.iter()).unwrap_or(0.0) * 10.0_f64.powf(-below / 10.0);
        self.bins.iter().filter(move |bin| bin.count > 0 && bin.energy / bin.count as f64 >= threshold)
    }
}

fn mean<'a>(bins: impl Iterator<Item = &'a Bin>) -> Option<f64> {
    let (count, energy) = bins.fold((0, 0.0), |(count, energy), bin| (count + bin.count, energy + bin.energy));
    (count > 0).then(|| energy / count as f64)
}

/// The loudness of a weighted mean energy, in LUFS; −∞ of nothing.
fn lufs(energy: f64) -> f64 {
    10.0 * energy.log10() - 0.691
}

#[cfg(test)]
mod tests {
    use super::*;

    fn energy(lufs: f64) -> f64 {
        10.0_f64.powf((lufs + 0.691) / 10.0)
    }

    #[test]
    fn quiet_passages_do_not_count() {
        let mut gate = Gate::new();
        for _ in 0..100 {
            gate.add(energy(-23.03));
            gate.add(energy(-40.0));
            gate.add(energy(-71.0));
            gate.add(0.0);
        }
        // −40 lies more than 10 LU below the mean of both (about −26).
        assert!((gate.integrated() + 23.03).abs() < 1e-4, "{}", gate.integrated());
        assert!((gate.range() - 16.97).abs() < 1e-3, "{}", gate.range());
    }

    #[test]
    fn nothing_has_the_floor_and_anything_stays_finite() {
        let mut gate = Gate::new();
        assert_eq!((gate.integrated(), gate.range()), (FLOOR_LUFS, 0.0));
        gate.add(0.0);
        assert_eq!((gate.integrated(), gate.range()), (FLOOR_LUFS, 0.0));
        gate.add(1e18);
        assert!((gate.integrated() - 179.3).abs() < 0.1);
        assert_eq!(gate.range(), 0.0);
    }
}
