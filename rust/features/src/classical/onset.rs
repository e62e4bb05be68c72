use segue_dsp::stats::mean;

use super::BANDS;

/// Frames before and after a peak that it is compared with, in the mean: 0.1 s.
const MEAN_BEFORE: usize = 4;
const MEAN_AFTER: usize = 5;
/// How far a peak rises above that mean, where the highest value is 1 and the lowest 0.
const RISE: f32 = 0.07;
/// Frames after a peak in which no other is looked for: 30 ms.
const WAIT: usize = 1;

/// How much begins to sound in one frame: what the level of each mel band rose by since the frame before, in dB.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Rise {
    /// The mean over the bands.
    pub(super) mean: f32,
    /// The median over the bands.
    pub(super) median: f32,
}

/// The rise from one frame's band levels to the next, where no level counts below `floor` (librosa: `onset_strength`
/// with the mean or the median).
pub(super) fn rise(before: &[f32; BANDS], now: &[f32; BANDS], floor: f32) -> Rise {
    const LANES: usize = 8;
    let mut rises = [0.0_f32; BANDS];
    for ((rise, &before), &now) in rises.iter_mut().zip(before).zip(now) {
        *rise = (now.max(floor) - before.max(floor)).max(0.0);
    }
    let mut sums = [0.0_f32; LANES];
    for lanes in rises.as_chunks::<LANES>().0 {
        for (sum, rise) in sums.iter_mut().zip(lanes) {
            *sum += rise;
        }
    }
    Rise { mean: sums.iter().sum::<f32>() / BANDS as f32, median: median(&rises) }
}

/// The median of values that are 0 or above: the mean of the two in the middle.
fn median(values: &[f32; BANDS]) -> f32 {
    const MIDDLE: usize = BANDS / 2;
    // The order of numbers from 0 up is that of their bits.
    let mut bits = values.map(f32::to_bits);
    if bits.iter().filter(|&&x| x > 0).count() < BANDS - MIDDLE {
        return 0.0;
    }
    let (below, &mut above_middle, _) = bits.select_nth_unstable(MIDDLE);
    let below_middle = below.iter().copied().max().unwrap_or(above_middle);
    0.5 * (f32::from_bits(below_middle) + f32::from_bits(above_middle))
}

/// Counts the onsets in a series of strengths (librosa: `onset_detect`; Böck, Krebs & Schedl, 2012): after scaling to
/// 0..1, values not below the one before that rise above the mean around them.
pub(super) fn count_onsets(strengths: &[f32]) -> u32 {
    let least = strengths.iter().copied().fold(f32::INFINITY, f32::min);
    let range = strengths.iter().copied().fold(0.0, f32::max) - least;
    if range <= f32::MIN_POSITIVE || !range.is_finite() {
        return 0;
    }
    let scaled: Vec<f32> = strengths.iter().map(|x| (x - least) / range).collect();
    let (mut count, mut place) = (0, 0);
    while let Some(&value) = scaled.get(place) {
        let before = place.checked_sub(1).and_then(|i| scaled.get(i)).copied().unwrap_or(0.0);
        let around = scaled.get(place.saturating_sub(MEAN_BEFORE)..scaled.len().min(place + MEAN_AFTER));
        let peak = value >= before && value >= mean(around.unwrap_or_default()) + RISE;
        if peak {
            count += 1;
        }
        place += if peak { WAIT + 1 } else { 1 };
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rises_have_a_mean_and_a_median() {
        let (before, mut now) = ([-90.0; BANDS], [-90.0; BANDS]);
        assert_eq!(rise(&before, &now, -80.0), Rise::default());
        // 63 of 128 bands rise: the median does not see it, the mean does, from the floor up.
        now[..63].fill(-60.0);
        assert_eq!(rise(&before, &now, -80.0), Rise { mean: 20.0 * 63.0 / 128.0, median: 0.0 });
        now[63] = -70.0;
        assert_eq!(rise(&before, &now, -80.0).median, 5.0);
        now[100] = -76.0;
        assert_eq!(rise(&before, &now, -80.0).median, 7.0);
        now.fill(-50.0);
        assert_eq!(rise(&before, &now, -100.0), Rise { mean: 40.0, median: 40.0 });
        assert_eq!(rise(&now, &before, -100.0), Rise::default(), "falls are no rises");
    }

    #[test]
    fn the_median_of_any_values() {
        for seed in 0..50_usize {
            let mut values = [0.0; BANDS];
            for (i, value) in values.iter_mut().enumerate() {
                *value = ((i * 7919 + seed * 131) % (seed + 2)) as f32;
            }
            let mut sorted = values;
            sorted.sort_by(f32::total_cmp);
            assert_eq!(median(&values), 0.5 * (sorted[63] + sorted[64]), "seed {seed}");
        }
    }

    #[test]
    fn peaks_are_counted_and_neighbours_are_not() {
        let mut series = vec![0.0; 100];
        assert_eq!(count_onsets(&series), 0);
        assert_eq!(count_onsets(&[]), 0);
        assert_eq!(count_onsets(&[3.0; 50]), 0, "constant");
        for place in [10, 30, 31, 50, 52, 99] {
            series[place] = 5.0;
        }
        assert_eq!(count_onsets(&series), 5, "31 follows 30 too soon");
        series[70] = 5.0 * 0.07;
        assert_eq!(count_onsets(&series), 5, "70 is too faint");
    }
}
