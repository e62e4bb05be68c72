//! A walk round the neighbourhood of one place.

use crate::chain::step;
use crate::corridor::{Country, Leg};
use crate::repeats::Heard;
use crate::{Error, Result};

/// Neighbours asked for per track wanted, and more; some are repetitions.
const NEIGHBOURS: usize = 3;
const MORE: usize = 20;
/// Rounds of improvement; most walks need three.
const ROUNDS: usize = 20;
/// Gain below which a walk is no shorter.
const LEAST_GAIN: f32 = 1e-5;

impl Country<'_> {
    /// From a track to itself, or to one that sounds the same, past the `count` tracks nearest to it: the shortest such way
    /// that 2-opt (Croes 1958) finds, artists apart where that costs nothing more.
    pub(crate) fn walk(&self, from: usize, to: usize, count: usize, heard: &Heard) -> Result<Leg> {
        let mut heard = heard.clone();
        let admit = |id| self.wishes.allows(id);
        let near = self.view.nearest(&[self.view.probe(from)], count * NEIGHBOURS + MORE, &admit);
        let positions = near.into_iter().filter_map(|near| self.view.position(near.id));
        let mut stops = vec![from];
        stops.extend(positions.filter(|position| heard.take(self.view, *position)).take(count));
        stops.push(to);

        let n = stops.len();
        let points: Vec<Vec<f32>> = stops.iter().map(|stop| self.view.point(*stop).coordinates().to_vec()).collect();
        let mut steps = vec![0.0f32; n * n];
        for a in 0..n {
            if (self.cancelled)() {
                return Err(Error::Cancelled);
            }
            for b in a + 1..n {
                let size = step(&points[a], &points[b]);
                (steps[a * n + b], steps[b * n + a]) = (size, size);
            }
        }
        let artists: Vec<Option<String>> = stops.iter().map(|stop| self.view.facts(*stop).artist_key()).collect();
        let meet = |a: usize, b: usize| i32::from(artists[a].is_some() && artists[a] == artists[b]);
        let size = |a: usize, b: usize| steps[a * n + b];

        let mut order = vec![0];
        let mut left: Vec<usize> = (1..n - 1).collect();
        while !left.is_empty() {
            let here = order[order.len() - 1];
            let cost = |stop: usize| (meet(here, stop), size(here, stop));
            let next = (0..left.len())
                .min_by(|a, b| {
                    let (a, b) = (cost(left[*a]), cost(left[*b]));
                    a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
                })
                .unwrap_or_default();
            order.push(left.swap_remove(next));
        }
        order.push(n - 1);
        for _ in 0..ROUNDS {
            let mut better = false;
            for first in 1..n.saturating_sub(2) {
                if (self.cancelled)() {
                    return Err(Error::Cancelled);
                }
                for last in first + 1..n - 1 {
                    let [before, a, b, after] = [order[first - 1], order[first], order[last], order[last + 1]];
                    let gain = size(before, a) + size(b, after) - size(before, b) - size(a, after);
                    let fewer = meet(before, a) + meet(b, after) - meet(before, b) - meet(a, after);
                    if fewer >= 0 && gain > LEAST_GAIN {
                        order[first..=last].reverse();
                        better = true;
                    }
                }
            }
            if !better {
                break;
            }
        }
        let inner = order.get(1..n - 1).unwrap_or_default();
        Ok(Leg { between: inner.iter().map(|stop| stops[*stop]).collect(), jumps: Vec::new() })
    }
}
