//! Where tracks of a map are before it takes shape.

use crate::map::noise;
use crate::map_affinity::Affinities;

/// Steps of the random walk.
const WALK: usize = 150;
/// Times that the nearest of the placed hand on where they are.
const HANDING_ON: usize = 8;
/// Steps towards the place that has the neighbours' weight round it.
const TOWARDS: usize = 24;
/// How far a track without any neighbour on the map lies from its middle.
const ASIDE: f32 = 0.9;

/// Where a track belongs on a map whose other tracks stay where they are: where its neighbours are, the nearer the more.
///
/// `neighbours` are places on the map and distances in the space. The answer is their weighted geometric median: like the
/// weighted mean, but of two groups it lies in the heavier one and not in the void between. `None` without neighbours.
pub fn place(neighbours: &[([f32; 2], f32)]) -> Option<[f32; 2]> {
    let sound = |(place, distance): &&([f32; 2], f32)| distance.is_finite() && place.iter().all(|x| x.is_finite());
    let neighbours: Vec<([f32; 2], f32)> = neighbours.iter().filter(sound).copied().collect();
    let nearest = neighbours.iter().map(|(_, distance)| *distance).reduce(f32::min)?;
    let spread = neighbours.iter().map(|(_, distance)| distance - nearest).sum::<f32>() / neighbours.len() as f32;
    let weight = |distance: f32| if spread > 0.0 { (-(distance - nearest) / spread).exp() } else { 1.0 };
    let weighted: Vec<([f32; 2], f32)> =
        neighbours.into_iter().map(|(place, distance)| (place, weight(distance))).collect();
    Some(median(&weighted))
}

/// A place and what it weighs.
type Weighted = ([f32; 2], f32);

/// The weighted geometric median, by Weiszfeld's steps from the mean.
fn median(weighted: &[Weighted]) -> [f32; 2] {
    let mean = |weight_of: &dyn Fn(&Weighted) -> f32| {
        let (mut x, mut y, mut sum) = (0.0, 0.0, 0.0);
        for entry in weighted {
            let weight = weight_of(entry);
            x += weight * entry.0[0];
            y += weight * entry.0[1];
            sum += weight;
        }
        [x / sum, y / sum]
    };
    let mut at = mean(&|(_, weight)| *weight);
    for _ in 0..TOWARDS {
        at = mean(&|(place, weight)| weight / (f32::hypot(place[0] - at[0], place[1] - at[1]) + 1e-4));
    }
    at
}

/// Places for all: those that there are, and for the rest where their neighbours are.
pub(crate) fn fill_in(affinities: &Affinities, before: &[Option<[f32; 2]>]) -> Vec<[f32; 2]> {
    let mut places: Vec<Option<[f32; 2]>> = before.to_vec();
    for _ in 0..HANDING_ON {
        let mut found = Vec::new();
        for (row, _) in places.iter().enumerate().filter(|(_, place)| place.is_none()) {
            let weighted: Vec<([f32; 2], f32)> =
                affinities.row(row).filter_map(|(other, value)| Some((places[other]?, value))).collect();
            if weighted.iter().any(|(_, value)| *value > 0.0) {
                found.push((row, median(&weighted)));
            }
        }
        if found.is_empty() {
            break;
        }
        for (row, place) in found {
            // Apart by a hair: tracks in one place would stay together for ever.
            places[row] = Some([0, 1].map(|axis| place[axis] + 1e-3 * noise(row, axis)));
        }
    }
    let aside = |row: usize| {
        let angle = std::f32::consts::PI * noise(row, 0);
        [ASIDE * angle.cos(), ASIDE * angle.sin()]
    };
    places.into_iter().enumerate().map(|(row, place)| place.unwrap_or_else(|| aside(row))).collect()
}

/// The two slowest ways in which a random walk on the graph evens out, as coordinates of at most `size`. `None` once cancelled.
pub(crate) fn slow_modes(affinities: &Affinities, size: f32, cancelled: &dyn Fn() -> bool) -> Option<Vec<[f32; 2]>> {
    let n = affinities.len();
    let degrees: Vec<f32> = (0..n).map(|row| affinities.row(row).map(|(_, value)| value).sum()).collect();
    let mut modes: Vec<[f32; 2]> = (0..n).map(|row| [noise(row, 0), noise(row, 1)]).collect();
    for _ in 0..WALK {
        if cancelled() {
            return None;
        }
        // Half of the walkers stay, so that no mode swings to and fro.
        let walked = |row: usize| {
            let mut sum = [0.0f32; 2];
            for (other, value) in affinities.row(row) {
                sum = [sum[0] + value * modes[other][0], sum[1] + value * modes[other][1]];
            }
            let degree = degrees[row];
            if degree > 0.0 { [0, 1].map(|axis| 0.5 * (modes[row][axis] + sum[axis] / degree)) } else { modes[row] }
        };
        modes = (0..n).map(walked).collect();
        separate(&mut modes, &degrees);
    }
    // No two in one place, and what has no neighbours not far from all others.
    for (row, mode) in modes.iter_mut().enumerate() {
        *mode = [0, 1].map(|axis| size * (mode[axis].clamp(-1.0, 1.0) + 0.01 * noise(row, axis)) / 1.01);
    }
    Some(modes)
}

/// Takes the even share out of each mode and the first out of the second, in the measure of the walk, and scales both so that
/// few lie beyond 1.
fn separate(modes: &mut [[f32; 2]], degrees: &[f32]) {
    let product = |modes: &[[f32; 2]], of: &dyn Fn(&[f32; 2]) -> f32| -> f64 {
        modes.iter().zip(degrees).map(|(mode, degree)| f64::from(degree * of(mode))).sum()
    };
    let total: f64 = degrees.iter().copied().map(f64::from).sum();
    if total <= 0.0 {
        return;
    }
    for axis in 0..2 {
        let mean = (product(modes, &|mode| mode[axis]) / total) as f32;
        modes.iter_mut().for_each(|mode| mode[axis] -= mean);
        if axis == 1 {
            let (own, both) = (product(modes, &|mode| mode[0] * mode[0]), product(modes, &|mode| mode[0] * mode[1]));
            let part = if own > 0.0 { (both / own) as f32 } else { 0.0 };
            modes.iter_mut().for_each(|mode| mode[1] -= part * mode[0]);
        }
        let deviation = (product(modes, &|mode| mode[axis] * mode[axis]) / total).sqrt() as f32;
        let scale = if deviation > 0.0 { 1.0 / (3.0 * deviation) } else { 0.0 };
        modes.iter_mut().for_each(|mode| mode[axis] *= scale);
    }
}
