//! What belongs to a set of tracks and what does not.

use crate::{Space, TrackId};

/// Nearest others of the set that a track is compared with.
const NEIGHBOURS: usize = 5;
/// Tracks below which a set has no middle to lie outside of.
const LEAST: usize = 4;
/// Deviations of a normal distribution in its median absolute deviation.
const NORMAL: f32 = 1.4826;
/// A spread of distances below which it is taken to be this: where all are as near, a hair's breadth is no deviation.
const LEAST_SPREAD: f32 = 0.01;
/// Tracks that each one is compared with at most, spread evenly over the set.
const COMPARED: usize = 1000;

impl Space {
    /// How far out each track of a set lies, the farthest first, equal ones in the order given: in deviations of the tracks'
    /// distances to the rest of the set from their median (robust: from the median absolute deviation, so that a few
    /// strangers do not hide each other). A track's distance to the rest is the mean of the cosine distances to its five
    /// nearest there, so a set of two kinds of music has none that does not belong. Two or three deviations are worth a look.
    /// Tracks that are not in the space and repetitions are passed over; fewer than four say nothing.
    pub fn misfits(&self, set: &[TrackId]) -> Vec<(TrackId, f32)> {
        let mut seen = std::collections::HashSet::new();
        let known: Vec<(TrackId, usize)> =
            set.iter().filter(|id| seen.insert(**id)).filter_map(|id| Some((*id, self.position(*id)?))).collect();
        if known.len() < LEAST {
            return Vec::new();
        }
        let view = self.view();
        let step = known.len().div_ceil(COMPARED).max(1);
        let neighbours = NEIGHBOURS.min(known.len() / 2);
        let far = |(_, position): &(TrackId, usize)| {
            let probe = view.probe(*position);
            let others = known.iter().step_by(step).filter(|(_, other)| other != position);
            let mut distances: Vec<f32> = others.map(|(_, other)| view.cosine(&probe, *other)).collect();
            distances.sort_unstable_by(f32::total_cmp);
            let nearest = distances.get(..neighbours).unwrap_or(&distances);
            nearest.iter().sum::<f32>() / nearest.len().max(1) as f32
        };
        let distances: Vec<f32> = known.iter().map(far).collect();
        let middle = median(distances.clone());
        let spread = median(distances.iter().map(|distance| (distance - middle).abs()).collect());
        let scale = (NORMAL * spread).max(LEAST_SPREAD);
        let mut out: Vec<(TrackId, f32)> =
            known.iter().zip(&distances).map(|((id, _), distance)| (*id, (distance - middle) / scale)).collect();
        out.sort_by(|a, b| b.1.total_cmp(&a.1));
        out
    }
}

/// The middle value, or the mean of the two in the middle; 0 for none.
fn median(mut values: Vec<f32>) -> f32 {
    values.sort_unstable_by(f32::total_cmp);
    let middle = values.len() / 2;
    match (values.get(middle), middle.checked_sub(1).and_then(|before| values.get(before))) {
        (Some(upper), Some(lower)) if values.len().is_multiple_of(2) => (lower + upper) / 2.0,
        (Some(upper), _) => *upper,
        _ => 0.0,
    }
}
