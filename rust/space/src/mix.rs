//! Mixes: the neighbourhood of some seeds, without repetition, in a good order.

use std::collections::HashSet;

use crate::around::{Around, Near};
use crate::choose::{Candidate, Chosen};
use crate::fit::unit_hash;
use crate::improve::improve;
use crate::order::{Sounds, Way, smooth, step};
use crate::spacing::Limit;
use crate::view::View;
use crate::{Error, MixTrack, Point, Reason, Result, Space, TrackId, Wishes};

/// Most songs of one artist in a window, and the window, where the request names no number.
const ARTIST_CAP: usize = 3;
const WINDOW: usize = 25;

/// The neighbourhood a mix is made from: this many times its length, and at least so many tracks …
const NEIGHBOURHOOD: usize = 4;
const LEAST_NEIGHBOURHOOD: usize = 100;
/// … but of a small library no more than one part in so many, or as many as freshness lets compete (half as many again as
/// the mix has): rather another song by the same artist than one from the far end.
const LIBRARY_PARTS: usize = 4;

/// How far freshness and the end of the queue together may move a candidate down the list, as a share of the mix's length:
/// only the nearest (1 + this share) × length candidates compete for a place.
const REACH: f32 = 0.5;
/// The part of that which the end of a queue has, and the tracks of it that steer. The neighbourhood is always that of the
/// seeds, so however often a queue goes on, it does not drift away from them.
const STEER: f32 = 0.5;
const STEERING: usize = 3;
/// How far a favourite moves up, as a share of the length; only what competes for a place anyway does.
const FAVOUR: f32 = 0.25;
/// How far what is to be avoided moves down, as a share of the length, the leaning times this.
const AVOID: f32 = 3.0;

/// One song in so many is a seed, where seeds come.
const SEED_EVERY: usize = 4;
/// Songs that compete for the next place in the order: about so many are as near as any.
const OPEN: usize = 100;
/// What it costs the farthest of about a hundred songs to come first, beside the steps.
const LEAD: f32 = 0.3;

/// Longest mix.
const LONGEST: usize = 10_000;

/// A wish for a mix, or for what follows a queue.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MixRequest {
    /// Where it starts, and how much each counts beside the others. Those not in the space are passed over; a weight that is
    /// not positive and finite counts as 1.
    pub seeds: Vec<(TrackId, f32)>,
    /// Places to start from that are no tracks, such as the centres of a taste; each counts 1. Those of another space are
    /// passed over.
    pub points: Vec<Point>,
    /// Tracks wanted, the seed included; more than 10,000 are not given.
    pub length: usize,
    /// Most tracks of one artist in any `window` tracks in a row; 0 for 3.
    pub artist_cap: usize,
    /// Most tracks of one album in any `window` tracks in a row; 0 for as many as of one artist.
    pub album_cap: usize,
    /// 0 for 25.
    pub window: usize,
    /// Which of the equally good mixes: 0 is the plain nearest, every other number its own selection. The same request
    /// with the same number gives the same mix; a longer one need not begin with a shorter one.
    pub variation: u64,
    /// Whether the mix begins with the first seed that is in the space and admitted; up to a quarter of it are then seeds.
    /// Without it, and where a queue is continued, no seed comes.
    pub include_seeds: bool,
    /// The tracks before the mix, the last one last: none of them comes again, the order goes on from their end, and the last
    /// few of them steer. Without seeds and points the queue is also what the mix is round.
    pub queue: Vec<TrackId>,
}

impl Space {
    /// A mix around the seeds and points, of what the listener may hear: no recording twice; few songs of one artist or album
    /// in any stretch, and never two of one artist in a row where that can be avoided; smooth from song to song, the nearest
    /// first. Each seed has its share, by its weight (of more than eight, each kind of them has). It is as long as asked
    /// wherever the library has enough different recordings.
    ///
    /// **Near.** It is made from the neighbourhood: four times its length, at least 100 tracks, in a small library a quarter of
    /// it or one and a half lengths. Freshness (a variation other than 0), a queue's end and a listener's preferences choose
    /// among the nearest one and a half lengths. Farther ones come only in place of repetitions, of what the listener avoids
    /// (a leaning below 0 moves a track down by up to three lengths) and of artists and albums that have their number. The limits on artists and
    /// albums are raised, step by step, only when the neighbourhood cannot fill the mix otherwise.
    ///
    /// **Long.** Of a mix of thousands the nearest come first, about a hundred at a time being put in order.
    ///
    /// # Errors
    /// [`Error::NoSeed`] when none of the seeds, points or, without these, tracks of the queue is in the space.
    pub fn mix(&self, request: &MixRequest, wishes: &Wishes<'_>) -> Result<Vec<MixTrack>> {
        let view = self.view();
        let width = (!self.is_empty()).then(|| view.point(0).coordinates().len());
        let given = request.seeds.len() + request.points.len();
        let around = Around::new(&view, request, width).ok_or(Error::NoSeed { given })?;
        let length = request.length.min(LONGEST);
        let queue: Vec<usize> = request.queue.iter().filter_map(|id| view.position(*id)).collect();
        let starts = request.include_seeds && queue.is_empty() && length > 0;
        let mut seeds = Seeds::new(&view, request, wishes);
        let first = if starts { seeds.next() } else { None };

        // Seeds and queue are not looked for: they come as themselves or not at all.
        let besides: HashSet<TrackId> =
            request.seeds.iter().map(|(id, _)| *id).chain(request.queue.iter().copied()).collect();
        let limits = limits(request, length + queue.len());
        let window = limits.map(|limit| limit.window).into_iter().max().unwrap_or_default();
        let before: Vec<usize> = match &first {
            Some(first) => vec![first.position],
            None => queue.get(queue.len().saturating_sub(window)..).unwrap_or_default().to_vec(),
        };
        let places = length - usize::from(first.is_some());
        let own = if starts { seeds.take(length / SEED_EVERY).collect() } else { Vec::new() };
        let heard = |first: Option<&Candidate>| -> Vec<usize> {
            let others = request.seeds.iter().filter(|_| !starts).filter_map(|(id, _)| view.position(*id));
            first.map(|first| first.position).into_iter().chain(queue.iter().copied()).chain(others).collect()
        };

        let mut pool = self.pool(length, wishes, &besides);
        loop {
            let (near, whole) = around.nearest(&view, pool, wishes, &besides);
            let mut chosen = Chosen::new(&view, &before, heard(first.as_ref()).into_iter(), places, limits);
            let steering = queue.get(queue.len().saturating_sub(STEERING)..).unwrap_or_default();
            chosen.fill(preferred(&view, &near, &own, steering, length, request.variation, wishes).into_iter());
            if chosen.is_full() || whole {
                return Ok(in_order(&view, &around, request, first, chosen));
            }
            // So many repetitions that the neighbourhood is used up: look farther.
            pool = pool.saturating_mul(NEIGHBOURHOOD);
        }
    }

    /// Tracks of the neighbourhood that a mix is made from.
    fn pool(&self, length: usize, wishes: &Wishes<'_>, besides: &HashSet<TrackId>) -> usize {
        let wanted = (length * NEIGHBOURHOOD).max(LEAST_NEIGHBOURHOOD);
        // Of a large library it need only be known that it is one.
        let playable = self.ids_by_position().iter().filter(|id| (wishes.admit)(**id) && !besides.contains(id));
        let playable = playable.take(wanted * LIBRARY_PARTS).count();
        wanted.min((playable / LIBRARY_PARTS).max(competing(length)))
    }
}

/// Nearest tracks that compete for the places of a mix.
fn competing(length: usize) -> usize {
    length + ((length as f32 * REACH) as usize).max(1)
}

fn limits(request: &MixRequest, places: usize) -> [Limit; 2] {
    let or = |value: usize, default: usize| if value == 0 { default } else { value };
    // A window larger than all there is says the same as one of that size.
    let window = or(request.window, WINDOW).min(places.max(1));
    let artists = or(request.artist_cap, ARTIST_CAP);
    [artists, or(request.album_cap, artists)].map(|cap| Limit { cap, window })
}

/// The seeds that may come, in the order given, each once.
struct Seeds<'a> {
    view: &'a View<'a>,
    wishes: &'a Wishes<'a>,
    given: std::slice::Iter<'a, (TrackId, f32)>,
    seen: HashSet<TrackId>,
    begun: bool,
}

impl<'a> Seeds<'a> {
    fn new(view: &'a View<'a>, request: &'a MixRequest, wishes: &'a Wishes<'a>) -> Self {
        Self { view, wishes, given: request.seeds.iter(), seen: HashSet::new(), begun: false }
    }
}

impl Iterator for Seeds<'_> {
    type Item = Candidate;

    fn next(&mut self) -> Option<Candidate> {
        for (id, _) in self.given.by_ref() {
            let Some(position) = self.view.position(*id) else { continue };
            // The first one was asked for, whatever is thought of it.
            let wanted = self.wishes.allows(*id) || !self.begun && (self.wishes.admit)(*id);
            if wanted && self.seen.insert(*id) {
                self.begun = true;
                return Some(Candidate::seed(*id, position, self.wishes.leaning(*id)));
            }
        }
        None
    }
}

/// Candidates in the order in which they are taken: by nearness, each moved a little by chance, by how near it is to the end of
/// the queue and by what the listener thinks of it; every few a seed.
fn preferred(
    view: &View<'_>,
    near: &[Near],
    own: &[Candidate],
    steering: &[usize],
    length: usize,
    variation: u64,
    wishes: &Wishes<'_>,
) -> Vec<Candidate> {
    let reach = (length as f32 * REACH).max(1.0);
    let steer = if steering.is_empty() { 0.0 } else { STEER };
    let fresh = if variation == 0 { 0.0 } else { (1.0 - steer) * reach };
    let competing = competing(length);
    let away = away(view, near.get(..competing.min(near.len())).unwrap_or_default(), steering);
    let mut rank = 0;
    let mut ranked: Vec<(f32, Candidate)> = Vec::with_capacity(near.len() + own.len());
    for (index, near) in near.iter().enumerate() {
        let leaning = wishes.leaning(near.id);
        let held_back = fresh * unit_hash(near.id, variation);
        let mut key = rank as f32 + held_back + steer * reach * away.get(index).copied().unwrap_or(1.0);
        if leaning < 0.0 {
            // It is not counted: what comes after it moves up as if it were not there.
            key -= AVOID * length as f32 * leaning;
        } else {
            if rank < competing {
                key -= FAVOUR * length as f32 * leaning;
            }
            rank += 1;
        }
        let candidate = Candidate {
            id: near.id,
            position: near.position,
            distance: near.distance,
            leaning,
            held_back: held_back as u32,
            near: Some(*near),
        };
        ranked.push((key, candidate));
    }
    ranked.extend(own.iter().enumerate().map(|(index, seed)| ((SEED_EVERY * (index + 1)) as f32, *seed)));
    // Stable: without freshness nearness stays as it is.
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    ranked.into_iter().map(|(_, candidate)| candidate).collect()
}

/// How far from the last tracks of a queue each is, by rank: 0 for the nearest, to 1. Empty without a queue.
fn away(view: &View<'_>, near: &[Near], steering: &[usize]) -> Vec<f32> {
    if steering.is_empty() {
        return Vec::new();
    }
    let probes: Vec<_> = steering.iter().map(|position| view.probe(*position)).collect();
    let distance = |near: &Near| probes.iter().map(|probe| view.cosine(probe, near.position)).fold(2.0, f32::min);
    let mut by_distance: Vec<(usize, f32)> = near.iter().map(distance).enumerate().collect();
    by_distance.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut away = vec![0.0; near.len()];
    for (rank, (index, _)) in by_distance.into_iter().enumerate() {
        if let Some(slot) = away.get_mut(index) {
            *slot = rank as f32 / near.len() as f32;
        }
    }
    away
}

/// The chosen songs in order, each with its reason.
fn in_order(
    view: &View<'_>,
    around: &Around,
    request: &MixRequest,
    first: Option<Candidate>,
    chosen: Chosen<'_>,
) -> Vec<MixTrack> {
    let (before, candidates, stops, [artists, albums]) = chosen.into_parts();
    let sounds = Sounds::new(view, &stops);
    let way = Way { view, before: &before, stops: &stops, open: OPEN, artists, albums, sounds: &sounds };
    let mut order = smooth(&way);
    improve(&way, &mut order, LEAD);
    let songs = order.into_iter().filter_map(|index| candidates.get(index)).chain(None);
    let last = request.queue.iter().rev().find_map(|id| Some((*id, view.position(*id)?)));
    let mut previous = if first.is_some() { None } else { last };
    let mut mix = Vec::with_capacity(stops.len() + 1);
    for song in first.iter().chain(songs) {
        let reason = Reason {
            origin: song.origin(|near| around.origin(view, near)),
            leaning: song.leaning,
            held_back: song.held_back,
            step: previous.map(|(id, position)| step(view, id, position, song.position)),
        };
        mix.push(MixTrack { id: song.id, distance: song.distance, reason });
        previous = Some((song.id, song.position));
    }
    mix
}
