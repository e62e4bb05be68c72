//! Mutual proximity, the correction that takes hubs out of neighbour lists.

use std::sync::LazyLock;

/// Below this, all tracks are equally far and a quotient would be noise.
const LEAST_DEVIATION: f32 = 1e-6;

/// Where the distances of one track to the library lie.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spread {
    mean: f32,
    deviation: f32,
    /// What the normal distribution gives to distances below 0, which do not exist.
    below_zero: f64,
}

impl Spread {
    /// Of the distances to a sample of the library: their mean, and the deviation of the nearer side, for only what is near
    /// matters: √(2 · mean of min(d − mean, 0)²), which is their deviation where they spread to both sides alike.
    pub(crate) fn of(distances: impl Iterator<Item = f32>) -> Self {
        let distances: Vec<f64> = distances.map(f64::from).collect();
        let count = f64::max(distances.len() as f64, 1.0);
        let mean = distances.iter().sum::<f64>() / count;
        let nearer: f64 = distances.iter().map(|distance| (distance - mean).min(0.0).powi(2)).sum();
        Self::new(mean as f32, (2.0 * nearer / count).sqrt() as f32)
    }

    fn new(mean: f32, deviation: f32) -> Self {
        let below_zero = normal_cdf(Self { mean, deviation, below_zero: 0.0 }.standard(0.0));
        Self { mean, deviation, below_zero }
    }

    /// What it is made from.
    pub(crate) fn parts(self) -> [f32; 2] {
        [self.mean, self.deviation]
    }

    /// From what [`Spread::parts`] gave; `None` for what cannot be such.
    pub(crate) fn from_parts([mean, deviation]: [f32; 2]) -> Option<Self> {
        (mean.is_finite() && deviation.is_finite() && deviation >= 0.0).then(|| Self::new(mean, deviation))
    }

    /// How many deviations `distance` lies above the mean.
    fn standard(self, distance: f32) -> f64 {
        f64::from(distance - self.mean) / f64::from(self.deviation.max(LEAST_DEVIATION))
    }

    /// Share of the library expected nearer than `distance`, 0..1: by the normal distribution cut off at 0, so that
    /// nothing is nearer than a distance of 0.
    fn nearer(self, distance: f32) -> f64 {
        let exists = 1.0 - self.below_zero;
        if exists > 0.0 {
            ((normal_cdf(self.standard(distance)) - self.below_zero) / exists).clamp(0.0, 1.0)
        } else {
            0.0
        }
    }
}

/// One minus the mutual proximity of two tracks at `distance`: the probability that a random third track is nearer to
/// one of them, both taken as normal and independent (Schnitzer et al. 2012, Gaussian variant).
pub(crate) fn distance_by_proximity(distance: f32, a: Spread, b: Spread) -> f32 {
    let (a, b) = (a.nearer(distance), b.nearer(distance));
    // 1 − (1 − a)(1 − b), without losing a small a or b.
    (a + b * (1.0 - a)) as f32
}

/// The normal distribution in steps, for a first look: by table, and as if distances below 0 existed.
pub(crate) struct Quick(Vec<f32>);

/// The one there is.
pub(crate) static QUICK: LazyLock<Quick> = LazyLock::new(Quick::new);

impl Quick {
    /// Deviations from the mean that the table reaches.
    const REACH: f32 = 8.0;
    /// Steps per deviation.
    const STEPS: f32 = 128.0;

    fn new() -> Self {
        let steps = 2 * (Self::REACH * Self::STEPS) as u16;
        Self((0..steps).map(|step| normal_cdf(f64::from(f32::from(step) / Self::STEPS - Self::REACH)) as f32).collect())
    }

    /// About the share of the library that is nearer than `distance`.
    pub(crate) fn nearer(&self, spread: Spread, distance: f32) -> f32 {
        let standard = (distance - spread.mean) / spread.deviation.max(LEAST_DEVIATION);
        // What is no number becomes 0, which is as near as it gets: worth an exact look.
        let step = ((standard + Self::REACH) * Self::STEPS) as usize;
        self.0.get(step.min(self.0.len() - 1)).copied().unwrap_or(1.0)
    }
}

/// Distribution function of the standard normal, with a relative error below 1e-8.
fn normal_cdf(z: f64) -> f64 {
    // erfc(x) = t·exp(−x² + p(2t − 1)) with t = 2 / (2 + x), x ≥ 0: p is smooth and bounded. Its Chebyshev series was
    // fitted for this file to scipy's erfcx at 2,000 Chebyshev nodes.
    const SERIES: [f64; 13] = [
        -0.651_326_859_9,
        0.641_969_792_4,
        0.019_476_473_2,
        -0.009_561_514_787,
        -0.000_946_595_344_5,
        0.000_366_839_497_9,
        4.252_332_481e-5,
        -2.027_857_811e-5,
        -1.624_290_005e-6,
        1.303_655_835e-6,
        1.562_644_184e-8,
        -8.523_809_605e-8,
        6.529_054_547e-9,
    ];
    let x = z.abs() * std::f64::consts::FRAC_1_SQRT_2;
    let t = 2.0 / (2.0 + x);
    let u = 2.0 * t - 1.0;
    // Clenshaw's recurrence.
    let [constant, higher @ ..] = SERIES;
    let (b1, b2) = higher.iter().rev().fold((0.0, 0.0), |(b1, b2), c| (2.0 * u * b1 - b2 + c, b1));
    let tail = 0.5 * t * (constant + u * b1 - b2 - x * x).exp();
    if z < 0.0 { tail } else { 1.0 - tail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_cdf_equals_scipy() {
        // scipy.stats.norm.cdf
        for (z, expected) in [
            (-37.0, 5.725_571_222_523_927e-300),
            (-20.0, 2.753_624_118_606_155_6e-89),
            (-8.0, 6.220_960_574_271_74e-16),
            (-5.0, 2.866_515_718_791_933e-7),
            (-2.0, 0.022_750_131_948_179_195),
            (-1.0, 0.158_655_253_931_457_07),
            (-0.3, 0.382_088_577_811_047_4),
            (0.0, 0.5),
            (0.5, 0.691_462_461_274_013_1),
            (1.0, 0.841_344_746_068_542_9),
            (3.0, 0.998_650_101_968_369_9),
        ] {
            let got = normal_cdf(z);
            assert!((got / expected - 1.0).abs() < 1e-8, "cdf({z}) = {got:e}, expected {expected:e}");
        }
        assert_eq!((normal_cdf(f64::NEG_INFINITY), normal_cdf(f64::INFINITY)), (0.0, 1.0));
    }

    #[test]
    fn spread_is_the_mean_and_the_deviation_of_the_nearer_side() {
        let spread = Spread::of([1.0, 3.0, 1.0, 3.0].into_iter());
        assert_eq!((spread.mean, spread.deviation), (2.0, 1.0));
        // About the mean of 4, one lies far out; the others lie nearer by 1, 1, 1, 1 and 3.
        let spread = Spread::of([3.0, 3.0, 3.0, 3.0, 1.0, 11.0].into_iter());
        assert_eq!((spread.mean, spread.deviation), (4.0, (2.0f64 * 13.0 / 6.0).sqrt() as f32));
        assert_eq!((Spread::of([1.0; 30].into_iter()).deviation, Spread::of(std::iter::empty()).deviation), (0.0, 0.0));
    }

    #[test]
    fn the_quick_look_is_nearly_the_exact_one() {
        let spread = Spread::new(1.0, 0.2);
        for step in 1..=2000 {
            let distance = step as f32 / 1000.0;
            let (quick, exact) = (QUICK.nearer(spread, distance), normal_cdf(spread.standard(distance)) as f32);
            assert!((quick / exact - 1.0).abs() < 0.06, "{distance}: {quick} for {exact}");
        }
        assert!(QUICK.nearer(spread, f32::NAN) < 1e-12 && QUICK.nearer(spread, f32::INFINITY) > 0.999);
    }

    #[test]
    fn a_hub_is_moved_away() {
        let ordinary = Spread::new(1.0, 0.1);
        // Near to everybody: being near to it says little.
        let hub = Spread::new(0.8, 0.1);
        assert!(distance_by_proximity(0.7, ordinary, ordinary) < distance_by_proximity(0.7, ordinary, hub));
    }

    #[test]
    fn grows_with_distance_and_stays_between_zero_and_one() {
        for spread in [Spread::new(1.0, 0.1), Spread::new(0.3, 0.3), Spread::new(0.0, 0.0)] {
            let steps: Vec<f32> = (0..=40).map(|i| distance_by_proximity(i as f32 / 20.0, spread, spread)).collect();
            assert!(steps.iter().all(|step| (0.0..=1.0).contains(step)), "{steps:?}");
            assert!(steps.is_sorted());
            assert_eq!(steps[0], 0.0);
        }
    }
}
