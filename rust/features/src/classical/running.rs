/// Mean, deviation and extremes of values as they come, in flat memory (Welford, 1962).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Running {
    count: u64,
    mean: f64,
    squares: f64,
    least: f64,
    most: f64,
}

impl Running {
    pub(super) fn push(&mut self, value: f64) {
        (self.least, self.most) =
            if self.count == 0 { (value, value) } else { (self.least.min(value), self.most.max(value)) };
        self.count += 1;
        let from_old = value - self.mean;
        self.mean += from_old / self.count as f64;
        self.squares += from_old * (value - self.mean);
    }

    pub(super) fn mean(&self) -> f64 {
        self.mean
    }

    /// The standard deviation of the values themselves (over n, not n − 1).
    pub(super) fn deviation(&self) -> f64 {
        (self.squares / self.count.max(1) as f64).max(0.0).sqrt()
    }

    /// Mean, deviation, least, most: all 0 of nothing.
    pub(super) fn summary(&self) -> [f64; 4] {
        [self.mean(), self.deviation(), self.least, self.most]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        let mut running = Running::default();
        assert_eq!(running.summary(), [0.0; 4]);
        running.push(-3.0);
        assert_eq!(running.summary(), [-3.0, 0.0, -3.0, -3.0]);
        for value in [1.0, 4.0, 6.0] {
            running.push(value);
        }
        assert_eq!(running.summary(), [2.0, 11.5_f64.sqrt(), -3.0, 6.0]);
        let mut far = Running::default();
        (0..1000).for_each(|i| far.push(1e9 + f64::from(i % 2)));
        assert!((far.deviation() - 0.5).abs() < 1e-6);
    }
}
