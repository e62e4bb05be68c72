//! The order of a mix: smooth from song to song, artists kept apart.

use std::cell::OnceCell;

use crate::fit::Probe;
use crate::spacing::{Deadlines, Limit, Spacing};
use crate::view::View;
use crate::{Point, Step, TrackFacts, TrackId};

/// Shares of a step's cost. Sound decides; edges, tempo, energy and key choose among what sounds alike.
pub(crate) const SOUND: f32 = 0.5;
const EDGE: f32 = 0.15;
const TEMPO: f32 = 0.15;
const ENERGY: f32 = 0.1;
const KEY: f32 = 0.1;
/// What it costs beside to be far from the seeds.
const SEED: f32 = 0.2;

/// What an unknown tempo, energy, key or edge costs: as much as a middling difference, so that not knowing is no advantage.
const UNKNOWN: f32 = 0.5;
/// Distance of an outro and an intro that have little in common; unrelated ones lie about 1 apart.
const FAR_EDGE: f32 = 1.5;

/// A song to be put in order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stop {
    /// Row in the space.
    pub(crate) position: usize,
    /// Distance to the seeds, 0..1.
    pub(crate) distance: f32,
    /// Number of its artist.
    pub(crate) artist: usize,
    /// Number of its album.
    pub(crate) album: usize,
}

/// Songs, and what their order has to heed.
#[derive(Clone, Copy)]
pub(crate) struct Way<'a> {
    pub(crate) view: &'a View<'a>,
    /// What comes before, in order.
    pub(crate) before: &'a [Stop],
    /// The songs, those first that should rather come early.
    pub(crate) stops: &'a [Stop],
    /// So many of the first songs left, those that may come by their artist and album, compete for the next place.
    pub(crate) open: usize,
    pub(crate) artists: Limit,
    pub(crate) albums: Limit,
    /// How alike the stops sound, where that is worth knowing beforehand.
    pub(crate) sounds: &'a Sounds,
}

impl Way<'_> {
    /// Cosine distance of two stops, by index; `probe` is of the first.
    pub(crate) fn sound(&self, from: usize, probe: &Lazy<'_, '_>, to: usize, stop: &Stop) -> f32 {
        self.sounds.between(from, to).unwrap_or_else(|| probe.cosine(stop))
    }
}

/// A song to compare others with, made ready when the first one comes.
pub(crate) struct Lazy<'a, 'v> {
    view: &'a View<'v>,
    stop: Stop,
    probe: OnceCell<Probe>,
}

impl<'a, 'v> Lazy<'a, 'v> {
    pub(crate) fn new(view: &'a View<'v>, stop: Stop) -> Self {
        Self { view, stop, probe: OnceCell::new() }
    }

    pub(crate) fn cosine(&self, other: &Stop) -> f32 {
        let probe = self.probe.get_or_init(|| self.view.probe(self.stop.position));
        self.view.cosine(probe, other.position)
    }
}

/// Stops whose distances are all taken at once: of more, most would not be asked for.
const MOST_SOUNDS: usize = 256;

/// Cosine distances of each stop to each; none where there are many.
#[derive(Debug, Default)]
pub(crate) struct Sounds {
    len: usize,
    cosines: Vec<f32>,
}

impl Sounds {
    pub(crate) fn new(view: &View<'_>, stops: &[Stop]) -> Self {
        let len = stops.len();
        if len > MOST_SOUNDS {
            return Self::default();
        }
        let mut cosines = vec![0.0; len * len];
        let points: Vec<Point> = stops.iter().map(|stop| view.point(stop.position)).collect();
        for (from, a) in points.iter().enumerate() {
            for (to, b) in points.iter().enumerate().skip(from + 1) {
                let cosine = a.cosine_distance(b);
                for slot in [from * len + to, to * len + from] {
                    if let Some(slot) = cosines.get_mut(slot) {
                        *slot = cosine;
                    }
                }
            }
        }
        Self { len, cosines }
    }

    pub(crate) fn between(&self, from: usize, to: usize) -> Option<f32> {
        if from < self.len { self.cosines.get(from * self.len + to).copied() } else { None }
    }
}

/// The order of the stops by index.
///
/// Greedy: each step takes the cheapest song among those after which the fewest meetings of one artist are still
/// unavoidable. As that fewest number is always reached by some song, the whole has no more meetings than it must. Among
/// those come first the ones that keep the limits, and when the time is short, those that are due.
pub(crate) fn smooth(way: &Way<'_>) -> Vec<usize> {
    let order = greedy(way, false);
    if breaches(way, &order) == 0 {
        return order;
    }
    // Hardly room for all: what is due first goes first, whatever it costs.
    let strict = greedy(way, true);
    if breaches(way, &strict) < breaches(way, &order) { strict } else { order }
}

/// Places at which an artist or an album has more songs than its limit.
pub(crate) fn breaches(way: &Way<'_>, order: &[usize]) -> usize {
    let chosen = || order.iter().filter_map(|index| way.stops.get(*index));
    let all = || way.before.iter().chain(chosen());
    let count = |limit: Limit, numbers: &mut dyn Iterator<Item = usize>| {
        let mut spacing = Spacing::new(limit, std::iter::empty());
        let mut count = 0;
        for (place, number) in numbers.enumerate() {
            count += usize::from(place >= way.before.len() && spacing.free_from(number) > place);
            spacing.take(number, place);
        }
        count
    };
    count(way.artists, &mut all().map(|stop| stop.artist)) + count(way.albums, &mut all().map(|stop| stop.album))
}

fn greedy(way: &Way<'_>, strict: bool) -> Vec<usize> {
    let (start, end) = (way.before.len(), way.before.len() + way.stops.len());
    let mut meetings =
        Artists::new(way.stops.iter().map(|stop| stop.artist), way.before.last().map(|stop| stop.artist));
    let mut kinds = [Kind::new(way, way.artists, |stop| stop.artist), Kind::new(way, way.albums, |stop| stop.album)];
    let mut left: Vec<usize> = (0..way.stops.len()).collect();
    let mut order = Vec::with_capacity(way.stops.len());
    // What came before has no index.
    let mut previous = way.before.last().map(|stop| (usize::MAX, *stop));
    for place in start..end {
        kinds.iter_mut().for_each(|kind| kind.come_to(place));
        let fewest = meetings.fewest();
        let probe = previous.map(|(index, stop)| (index, Lazy::new(way.view, stop)));
        let cost = |index: usize, stop: &Stop| {
            let step = probe.as_ref().map_or(0.0, |(previous, probe)| {
                let sound = way.sound(*previous, probe, index, stop) / 2.0;
                SOUND * sound + facts_cost(way.view.facts(probe.stop.position), way.view.facts(stop.position))
            });
            // What has waited for longer than there are songs to choose from comes sooner and sooner.
            let waited = (place - start).saturating_sub(index + way.open) as f32 / way.open.max(1) as f32;
            step + SEED * stop.distance - waited
        };
        let mut best: Option<(Strain, f32, usize)> = None;
        let mut open = 0;
        for (slot, &index) in left.iter().enumerate() {
            let Some(stop) = way.stops.get(index) else { continue };
            if !fewest.allows(stop.artist) {
                continue;
            }
            let strain = Strain::of(&kinds, stop, strict);
            let better = best.is_none_or(|best| strain.kept() <= best.0.kept());
            if better {
                let cost = cost(index, stop);
                if best.is_none_or(|best| strain.cmp(&best.0).then(cost.total_cmp(&best.1)).is_lt()) {
                    best = Some((strain, cost, slot));
                }
            }
            open += usize::from(strain.kept() == Strain::default().kept());
            if open >= way.open {
                break;
            }
        }
        let Some((_, _, slot)) = best else { break };
        let index = left.remove(slot);
        let Some(stop) = way.stops.get(index) else { break };
        meetings.take(stop.artist);
        kinds.iter_mut().for_each(|kind| kind.take(stop, place));
        order.push(index);
        previous = Some((index, *stop));
    }
    order
}

/// Artists or albums while an order is made.
struct Kind {
    of: fn(&Stop) -> usize,
    spacing: Spacing,
    deadlines: Deadlines,
    place: usize,
    /// Songs due by then must come now.
    tight: usize,
}

impl Kind {
    fn new(way: &Way<'_>, limit: Limit, of: fn(&Stop) -> usize) -> Self {
        Self {
            of,
            spacing: Spacing::new(limit, way.before.iter().map(of)),
            deadlines: Deadlines::new(limit, way.before.len(), way.stops.iter().map(of)),
            place: 0,
            tight: usize::MAX,
        }
    }

    fn come_to(&mut self, place: usize) {
        self.place = place;
        self.tight = self.deadlines.tight(place);
    }

    fn take(&mut self, stop: &Stop, place: usize) {
        let number = (self.of)(stop);
        self.spacing.take(number, place);
        self.deadlines.take(number);
    }

    /// How many places too early a song would be.
    fn early(&self, stop: &Stop) -> usize {
        self.spacing.free_from((self.of)(stop)).saturating_sub(self.place)
    }

    fn deadline(&self, stop: &Stop) -> usize {
        self.deadlines.of((self.of)(stop))
    }

    fn is_due(&self, stop: &Stop) -> bool {
        self.deadline(stop) <= self.tight
    }
}

/// What speaks against a song at a place, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Strain {
    early: [usize; 2],
    not_due: [bool; 2],
    /// When it has to come, where that is all that counts.
    deadline: usize,
}

impl Strain {
    fn of(kinds: &[Kind; 2], stop: &Stop, strict: bool) -> Self {
        let each = kinds.each_ref();
        Self {
            early: each.map(|kind| kind.early(stop)),
            not_due: each.map(|kind| !kind.is_due(stop)),
            deadline: if strict {
                each.map(|kind| kind.deadline(stop)).into_iter().min().unwrap_or_default()
            } else {
                0
            },
        }
    }

    fn kept(&self) -> ([usize; 2], [bool; 2]) {
        (self.early, self.not_due)
    }
}

/// What differs beside the sound, 0..0.5.
pub(crate) fn facts_cost(before: &TrackFacts, after: &TrackFacts) -> f32 {
    let tempo = both(positive(before.tempo), positive(after.tempo)).map_or(UNKNOWN, |(a, b)| {
        // Twice the tempo is half as far as it looks: a beat in common, but another pace.
        let octaves = (a / b).log2().abs();
        (2.0 * octaves).min(0.3 + 2.0 * (octaves - octaves.round()).abs()).min(1.0)
    });
    let energy = both(before.energy, after.energy).map_or(UNKNOWN, |(a, b)| (a - b).abs().min(1.0));
    let key = before.key.zip(after.key).map_or(UNKNOWN, |(a, b)| f32::from(a.steps_to(b)) / 6.0);
    let edge = before.outro.zip(after.intro);
    let edge = edge.map_or(UNKNOWN, |(outro, intro)| (outro.distance(&intro) / FAR_EDGE).min(1.0));
    EDGE * edge + TEMPO * tempo + ENERGY * energy + KEY * key
}

/// What changes from one track to the next.
pub(crate) fn step(view: &View<'_>, from: TrackId, before: usize, after: usize) -> Step {
    let sound = view.cosine(&view.probe(before), after);
    let (before, after) = (view.facts(before), view.facts(after));
    Step {
        from,
        sound,
        tempo: both(positive(before.tempo), positive(after.tempo)),
        fifths: before.key.zip(after.key).map(|(a, b)| a.steps_to(b)),
        energy: both(before.energy, after.energy),
        edge: before.outro.zip(after.intro).map(|(outro, intro)| outro.distance(&intro)),
    }
}

fn both(a: Option<f32>, b: Option<f32>) -> Option<(f32, f32)> {
    Some((a.filter(|a| a.is_finite())?, b.filter(|b| b.is_finite())?))
}

fn positive(value: Option<f32>) -> Option<f32> {
    value.filter(|value| *value > 0.0)
}

/// How many songs of each artist are left, and who was last.
pub(crate) struct Artists {
    left: Vec<usize>,
    total: usize,
    last: Option<usize>,
}

/// Which artists may come next without a meeting that could be avoided.
pub(crate) enum Fewest {
    /// All but this one.
    AllBut(Option<usize>),
    /// Meetings unavoidable after each, and the fewest.
    Counted(Vec<usize>, usize),
}

impl Fewest {
    pub(crate) fn allows(&self, artist: usize) -> bool {
        match self {
            Self::AllBut(last) => *last != Some(artist),
            Self::Counted(after, fewest) => after.get(artist) == Some(fewest),
        }
    }
}

impl Artists {
    /// Of the songs left the artists' numbers, and that of the song before.
    pub(crate) fn new(songs: impl Iterator<Item = usize>, last: Option<usize>) -> Self {
        let (mut left, mut total) = (Vec::new(), 0);
        for artist in songs {
            left.resize(left.len().max(artist + 1), 0);
            if let Some(left) = left.get_mut(artist) {
                *left += 1;
                total += 1;
            }
        }
        Self { left, total, last }
    }

    fn take(&mut self, artist: usize) {
        if let Some(left) = self.left.get_mut(artist) {
            *left = left.saturating_sub(1);
            self.total = self.total.saturating_sub(1);
        }
        self.last = Some(artist);
    }

    pub(crate) fn fewest(&self) -> Fewest {
        let most = self.left.iter().copied().max().unwrap_or_default();
        if 2 * most <= self.total {
            return Fewest::AllBut(self.last);
        }
        let after = self.meetings_after_each();
        let there = after.iter().zip(&self.left).filter(|(_, left)| **left > 0);
        let fewest = there.map(|(after, _)| *after).min().unwrap_or_default();
        Fewest::Counted(after, fewest)
    }

    /// Per artist: meetings that are unavoidable from here on if a song of theirs comes next.
    ///
    /// With `n` songs left behind one by artist `a`, the `n − c` songs of others make room for `n − c + 1` apart songs of
    /// an artist with `c` left, one fewer for `a`, who was just heard; each song beyond that room meets another. Only one
    /// artist can be beyond.
    fn meetings_after_each(&self) -> Vec<usize> {
        let (mut most, mut second) = ((usize::MAX, 0), 0);
        for (artist, &left) in self.left.iter().enumerate() {
            if left > most.1 {
                second = most.1;
                most = (artist, left);
            } else {
                second = second.max(left);
            }
        }
        let behind = self.total.saturating_sub(1);
        let beyond = |count: usize, room: usize| count.saturating_sub(room);
        let meetings = |(artist, &left): (usize, &usize)| {
            let own = left.saturating_sub(1);
            let rival = if artist == most.0 { second } else { most.1 };
            usize::from(self.last == Some(artist))
                + beyond(own, behind.saturating_sub(own)).max(beyond(rival, (behind + 1).saturating_sub(rival)))
        };
        self.left.iter().enumerate().map(meetings).collect()
    }
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;
    use crate::Edge;

    /// The fewest meetings of any order, by trying all.
    fn fewest(left: &mut Vec<usize>, last: Option<usize>) -> usize {
        if left.iter().all(|&count| count == 0) {
            return 0;
        }
        let mut best = usize::MAX;
        for artist in 0..left.len() {
            if left[artist] > 0 {
                left[artist] -= 1;
                best = best.min(usize::from(last == Some(artist)) + fewest(left, Some(artist)));
                left[artist] += 1;
            }
        }
        best
    }

    #[test]
    fn choosing_by_meetings_reaches_the_fewest_possible() {
        let mut rng = StdRng::seed_from_u64(3);
        for _ in 0..300 {
            let songs: Vec<usize> = (0..rng.random_range(1..9)).map(|_| rng.random_range(0..4)).collect();
            let before = rng.random_bool(0.5).then(|| rng.random_range(0..4));
            let mut artists = Artists::new(songs.iter().copied(), before);
            let expected = fewest(&mut artists.left.clone(), before);
            let (mut meetings, mut left) = (0, songs.clone());
            while !left.is_empty() {
                let fewest = artists.fewest();
                let equal: Vec<usize> = (0..left.len()).filter(|&i| fewest.allows(left[i])).collect();
                let artist = left.remove(equal[rng.random_range(0..equal.len())]);
                meetings += usize::from(artists.last == Some(artist));
                artists.take(artist);
            }
            assert_eq!(meetings, expected, "{songs:?}");
        }
    }

    #[test]
    fn double_tempo_is_nearer_than_a_half_way_one() {
        let at = |tempo| TrackFacts { tempo: Some(tempo), ..TrackFacts::default() };
        let cost = |a, b| facts_cost(&at(a), &at(b));
        assert!(cost(120.0, 121.0) < cost(120.0, 60.0));
        assert!(cost(120.0, 60.0) < cost(120.0, 85.0));
        assert!(cost(120.0, 120.0) < cost(120.0, f32::NAN));
        assert_eq!(cost(120.0, 0.0), cost(120.0, f32::INFINITY));
    }

    #[test]
    fn an_outro_leads_into_an_intro_and_not_the_other_way() {
        let edge = |value: f32| Edge::new(&[value; 4]);
        let a = TrackFacts { intro: edge(0.0), outro: edge(1.0), ..TrackFacts::default() };
        let b = TrackFacts { intro: edge(1.0), outro: edge(-1.0), ..TrackFacts::default() };
        assert!(facts_cost(&a, &b) < facts_cost(&TrackFacts::default(), &b));
        assert!(facts_cost(&TrackFacts::default(), &b) < facts_cost(&b, &a));
    }
}
