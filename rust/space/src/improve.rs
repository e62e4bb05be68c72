//! Makes an order smoother by turning parts of it round.

use crate::order::{Lazy, SOUND, Stop, Way, facts_cost};
use crate::spacing::Limit;

/// Songs looked at together: of more, each stretch of so many by itself.
const STRETCH: usize = 100;
/// Rounds of improvement; most ways need three.
const ROUNDS: usize = 12;
/// Gain below which a step is no better.
const LEAST_GAIN: f32 = 1e-5;

/// Turns parts of the order round (2-opt, Croes 1958) while that makes steps smaller, lets no artist meet more often and
/// breaks no limit that was kept. `lead` is what it costs the farthest song of a stretch, beside the steps, to come first in
/// it.
pub(crate) fn improve(way: &Way<'_>, order: &mut [usize], lead: f32) {
    let mut start = 0;
    while start < order.len() {
        let end = if order.len() - start <= STRETCH + STRETCH / 2 { order.len() } else { start + STRETCH };
        Stretch::new(way, order, start, end, lead).improve(order);
        start = end;
    }
}

/// A stretch of an order, with the song before and the one after it.
struct Stretch {
    start: usize,
    len: usize,
    /// Step costs from each to each, by where they stood at first; the song before and the one after come last.
    costs: Vec<f32>,
    has_after: bool,
    /// What each costs at the first place, falling to nothing towards the end.
    lead: Vec<f32>,
    /// Number of the artist and of the album at each place of all, what came before included.
    numbers: [Vec<usize>; 2],
    limits: [Limit; 2],
    /// How many of each number stand in a window, while they are counted.
    counts: Vec<usize>,
    /// Places of what came before all.
    offset: usize,
}

impl Stretch {
    fn new(way: &Way<'_>, order: &[usize], start: usize, end: usize, lead: f32) -> Self {
        let stop = |index: &usize| way.stops.get(*index).copied();
        let part = order.get(start..end).unwrap_or_default();
        let own: Vec<(usize, Stop)> = part.iter().filter_map(|index| Some((*index, stop(index)?))).collect();
        let before = start.checked_sub(1).and_then(|last| order.get(last)).map_or(way.before.last().copied(), stop);
        let after = order.get(end).and_then(stop);
        let len = own.len();
        let mut costs = vec![0.0; (len + 2) * (len + 2)];
        let facts = |stop: &Stop| way.view.facts(stop.position);
        let mut put = |from: usize, to: usize, cost: f32| {
            if let Some(slot) = costs.get_mut(from * (len + 2) + to) {
                *slot = cost;
            }
        };
        for (from, (index, a)) in own.iter().enumerate() {
            let probe = Lazy::new(way.view, *a);
            for (to, (other, b)) in own.iter().enumerate().skip(from + 1) {
                let sound = SOUND / 2.0 * way.sound(*index, &probe, *other, b);
                put(from, to, sound + facts_cost(facts(a), facts(b)));
                put(to, from, sound + facts_cost(facts(b), facts(a)));
            }
            if let Some(before) = &before {
                put(len, from, SOUND / 2.0 * probe.cosine(before) + facts_cost(facts(before), facts(a)));
            }
            if let Some(after) = &after {
                put(from, len + 1, SOUND / 2.0 * probe.cosine(after) + facts_cost(facts(a), facts(after)));
            }
        }
        let mut ranked: Vec<usize> = (0..len).collect();
        let distance = |index: &usize| own.get(*index).map_or(0.0, |(_, stop)| stop.distance);
        ranked.sort_by(|a, b| distance(a).total_cmp(&distance(b)));
        let mut leads = vec![0.0; len];
        for (rank, index) in ranked.into_iter().enumerate() {
            if let Some(slot) = leads.get_mut(index) {
                *slot = lead * rank as f32 / len.max(1) as f32;
            }
        }
        let all = || way.before.iter().copied().chain(order.iter().filter_map(stop));
        let numbers: [Vec<usize>; 2] =
            [all().map(|stop| stop.artist).collect(), all().map(|stop| stop.album).collect()];
        let highest = numbers.iter().flatten().max().map_or(0, |highest| highest + 1);
        Self {
            start,
            len,
            costs,
            has_after: after.is_some(),
            lead: leads,
            numbers,
            limits: [way.artists, way.albums],
            counts: vec![0; highest],
            offset: way.before.len(),
        }
    }

    fn cost(&self, from: usize, to: usize) -> f32 {
        self.costs.get(from * (self.len + 2) + to).copied().unwrap_or_default()
    }

    fn improve(mut self, order: &mut [usize]) {
        let n = self.len;
        let mut way: Vec<usize> = (0..n).collect();
        let mut sums = Sums::new(&self, &way);
        for _ in 0..ROUNDS {
            let mut better = false;
            for first in 0..n.saturating_sub(1) {
                for last in first + 1..n {
                    if self.gain(&way, &sums, first, last) > LEAST_GAIN && self.turns(first, last) {
                        if let Some(part) = way.get_mut(first..=last) {
                            part.reverse();
                        }
                        sums = Sums::new(&self, &way);
                        better = true;
                    }
                }
            }
            if !better {
                break;
            }
        }
        let Some(part) = order.get_mut(self.start..self.start + n) else { return };
        let was = part.to_vec();
        part.iter_mut().zip(way).for_each(|(slot, index)| *slot = was.get(index).copied().unwrap_or(*slot));
    }

    /// What is saved by turning the places from `first` to `last` round.
    fn gain(&self, way: &[usize], sums: &Sums, first: usize, last: usize) -> f32 {
        let at = |place: usize| way.get(place).copied().unwrap_or_default();
        let (from, to) = (at(first), at(last));
        let before = if first == 0 { self.len } else { at(first - 1) };
        let mut gain = self.cost(before, from) - self.cost(before, to);
        if last + 1 < self.len {
            gain += self.cost(to, at(last + 1)) - self.cost(from, at(last + 1));
        } else if self.has_after {
            gain += self.cost(to, self.len + 1) - self.cost(from, self.len + 1);
        }
        gain + sums.gain(first, last)
    }

    /// Turns the places round for artists and albums, unless a rule would suffer.
    fn turns(&mut self, first: usize, last: usize) -> bool {
        let base = self.offset + self.start;
        let (first, last) = (base + first, base + last);
        let was = self.faults(first, last);
        self.turn(first, last);
        let is = self.faults(first, last);
        let worse = is.iter().zip(&was).any(|(is, was)| is > was);
        if worse {
            self.turn(first, last);
        }
        !worse
    }

    fn turn(&mut self, first: usize, last: usize) {
        for numbers in &mut self.numbers {
            numbers.get_mut(first..=last).unwrap_or_default().reverse();
        }
    }

    /// Meetings of artists, and places where artists and albums are too many.
    fn faults(&mut self, first: usize, last: usize) -> [usize; 3] {
        let ([artists, albums], [artist_limit, album_limit]) = (&self.numbers, self.limits);
        [
            meetings(artists, first, last),
            breaches(artists, artist_limit, first, last, &mut self.counts),
            breaches(albums, album_limit, first, last, &mut self.counts),
        ]
    }
}

/// How often one artist follows itself where a part begins and where it ends.
fn meetings(numbers: &[usize], first: usize, last: usize) -> usize {
    let meet = |a: Option<&usize>, b: Option<&usize>| usize::from(a.is_some() && a == b);
    let before = first.checked_sub(1).and_then(|before| numbers.get(before));
    meet(before, numbers.get(first)) + meet(numbers.get(last), numbers.get(last + 1))
}

/// Places at which a limit is broken, of those that a change between `first` and `last` can have to do with. `counts` has a
/// zero for every number, and has it again afterwards.
fn breaches(numbers: &[usize], limit: Limit, first: usize, last: usize, counts: &mut [usize]) -> usize {
    if !limit.binds() {
        return 0;
    }
    let (start, end) = ((first + 1).saturating_sub(limit.window), (last + limit.window).min(numbers.len()));
    let mut count = |place: usize, add: bool| -> usize {
        let Some(slot) = numbers.get(place).and_then(|number| counts.get_mut(*number)) else { return 0 };
        *slot = if add { *slot + 1 } else { slot.saturating_sub(1) };
        *slot
    };
    let mut broken = 0;
    for place in start..end {
        if let Some(leaves) = place.checked_sub(limit.window).filter(|leaves| *leaves >= start) {
            count(leaves, false);
        }
        let inside = count(place, true);
        broken += usize::from(place >= first && inside > limit.cap);
    }
    for place in end.saturating_sub(limit.window).max(start)..end {
        count(place, false);
    }
    broken
}

/// Sums up to each place, so that turning a part round is priced without looking at all of it.
struct Sums {
    forth: Vec<f32>,
    back: Vec<f32>,
    lead: Vec<f32>,
    lead_by_place: Vec<f32>,
    len: f32,
}

impl Sums {
    fn new(stretch: &Stretch, way: &[usize]) -> Self {
        let n = way.len();
        let mut sums = Self {
            forth: vec![0.0; n],
            back: vec![0.0; n],
            lead: vec![0.0; n + 1],
            lead_by_place: vec![0.0; n + 1],
            len: n.max(1) as f32,
        };
        let (mut forth, mut back, mut lead, mut lead_by_place) = (0.0, 0.0, 0.0, 0.0);
        let mut previous: Option<usize> = None;
        for (place, &index) in way.iter().enumerate() {
            if let Some(previous) = previous {
                forth += stretch.cost(previous, index);
                back += stretch.cost(index, previous);
            }
            let own = stretch.lead.get(index).copied().unwrap_or_default();
            lead += own;
            lead_by_place += own * place as f32;
            let slots = [
                (&mut sums.forth, place, forth),
                (&mut sums.back, place, back),
                (&mut sums.lead, place + 1, lead),
                (&mut sums.lead_by_place, place + 1, lead_by_place),
            ];
            for (sums, place, value) in slots {
                if let Some(slot) = sums.get_mut(place) {
                    *slot = value;
                }
            }
            previous = Some(index);
        }
        sums
    }

    /// What is saved inside a part by turning it round.
    fn gain(&self, first: usize, last: usize) -> f32 {
        let part = |sums: &[f32], from: usize, to: usize| {
            sums.get(to).copied().unwrap_or_default() - sums.get(from).copied().unwrap_or_default()
        };
        let steps = part(&self.forth, first, last) - part(&self.back, first, last);
        let (lead, by_place) = (part(&self.lead, first, last + 1), part(&self.lead_by_place, first, last + 1));
        // A song at place p goes to first + last − p, and pays lead·(1 − place / len).
        let later = (first + last) as f32 * lead - 2.0 * by_place;
        steps + later / self.len
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaches_are_those_of_every_window() {
        let numbers: Vec<usize> = (0..80).map(|place: usize| (place * place / 3 + place) % 7).collect();
        let mut counts = vec![0; 7];
        for limit in [1, 2, 5, 9].map(|cap| Limit { cap, window: 3 + 4 * cap }) {
            for (first, last) in [(0, 0), (0, 79), (3, 17), (40, 41), (70, 79)] {
                let slow = (first..(last + limit.window).min(80)).filter(|&place| {
                    let window = &numbers[(place + 1).saturating_sub(limit.window)..=place];
                    window.iter().filter(|number| **number == numbers[place]).count() > limit.cap
                });
                assert_eq!(
                    breaches(&numbers, limit, first, last, &mut counts),
                    slow.count(),
                    "{limit:?} {first} {last}"
                );
                assert_eq!(counts, [0; 7]);
            }
        }
    }
}
