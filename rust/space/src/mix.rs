//! Mixes: the neighbourhood of some seeds, without repetition, in a good order.

use std::collections::{HashMap, HashSet};

use crate::fit::{Probe, unit_hash};
use crate::order::{Stop, smooth};
use crate::view::View;
use crate::{Error, MixTrack, Neighbour, Point, Reason, Result, Space, TrackId, Wishes, recording};

/// Most songs of one artist where the request names no number.
const DEFAULT_ARTIST_CAP: usize = 3;

/// The neighbourhood a mix is made from: this many times its length, and at least so many tracks …
const NEIGHBOURHOOD: usize = 4;
const LEAST_NEIGHBOURHOOD: usize = 100;
/// … but of a small library no more than one part in so many, or as many as freshness lets compete (half as many again as
/// the mix has): rather another song by the same artist than one from the far end.
const LIBRARY_PARTS: usize = 4;

/// How far freshness may move a candidate down the list, as a share of the mix's length: only the nearest
/// (1 + this share) × length candidates compete for a place.
const FRESHNESS: f32 = 0.5;

/// Longest mix: ordering compares every song with every other.
const LONGEST: usize = 1000;

/// Cosine distance below which two tracks of equal length are one recording: rips of one master in other formats lie at
/// a few thousandths, different songs of one album rarely below 0.2.
const SAME_SOUND: f32 = 0.05;

/// Seconds by which the lengths of two rips of one recording may differ.
const SAME_LENGTH_S: f32 = 2.0;

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
    /// A mix around the seeds, of tracks that `admit` lets in: no recording twice, few songs of one artist and never two
    /// in a row where that can be avoided, smooth from song to song. It is as long as asked wherever the library has
    /// enough different recordings.
    ///
    /// # Errors
    /// [`Error::NoSeed`] when none of the seeds is in the space.
    pub fn mix(&self, request: &MixRequest, wishes: &Wishes<'_>) -> Result<Vec<MixTrack>> {
        let admit = &|id| wishes.allows(id);
        let seeds: Vec<TrackId> = request.seeds.iter().map(|(id, _)| *id).filter(|id| self.contains(*id)).collect();
        if seeds.is_empty() {
            return Err(Error::NoSeed { given: request.seeds.len() });
        }
        let length = request.length.min(LONGEST);
        let first = seeds.iter().copied().find(|id| length > 0 && request.include_seeds && admit(*id));
        let playable = self.count(admit);
        let mut neighbourhood =
            (length * NEIGHBOURHOOD).max(LEAST_NEIGHBOURHOOD).min((playable / LIBRARY_PARTS).max(length + length / 2));
        loop {
            let candidates = self.nearest_to_many(&seeds, neighbourhood, admit)?;
            let whole_library = candidates.len() < neighbourhood;
            let view = self.view();
            let mut selection = Selection::new(&view, &seeds, first, length, request.artist_cap);
            selection.fill(freshened(&candidates, length, request.variation));
            if selection.chosen.len() >= length || whole_library {
                let stops: Vec<Stop> = selection.chosen.iter().map(|(_, stop)| *stop).collect();
                let order = smooth(&view, &stops, first.is_some());
                let track = |index: usize| selection.chosen.get(index).map(|(id, stop)| (*id, stop.distance));
                return Ok(order
                    .into_iter()
                    .filter_map(track)
                    .map(|(id, distance)| MixTrack { id, distance, reason: Reason::default() })
                    .collect());
            }
            // So many repetitions that the neighbourhood is used up: look farther.
            neighbourhood = neighbourhood.saturating_mul(NEIGHBOURHOOD);
        }
    }
}

/// Candidates in the order in which they are taken: by nearness, each moved down a little by chance.
fn freshened(candidates: &[Neighbour], length: usize, variation: u64) -> Vec<Neighbour> {
    let reach = if variation == 0 { 0.0 } else { (length as f32 * FRESHNESS).max(1.0) };
    let moved =
        |(rank, candidate): (usize, &Neighbour)| (rank as f32 + reach * unit_hash(candidate.id, variation), *candidate);
    let mut ranked: Vec<(f32, Neighbour)> = candidates.iter().enumerate().map(moved).collect();
    // Stable: without freshness nearness stays as it is.
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    ranked.into_iter().map(|(_, candidate)| candidate).collect()
}

/// The songs of a mix while it is put together.
struct Selection<'a> {
    view: &'a View<'a>,
    length: usize,
    cap: usize,
    chosen: Vec<(TrackId, Stop)>,
    by_artist: HashMap<String, usize>,
    /// Seeds and chosen songs, which are not to be repeated.
    recordings: HashSet<String>,
    sounds: Vec<(f32, Probe)>,
}

impl<'a> Selection<'a> {
    fn new(view: &'a View<'a>, seeds: &[TrackId], first: Option<TrackId>, length: usize, cap: usize) -> Self {
        let mut selection = Self {
            view,
            length,
            cap: if cap == 0 { DEFAULT_ARTIST_CAP } else { cap },
            chosen: Vec::new(),
            by_artist: HashMap::new(),
            recordings: HashSet::new(),
            sounds: Vec::new(),
        };
        for position in seeds.iter().filter_map(|id| view.position(*id)) {
            selection.heard(position);
        }
        if let Some((id, position)) = first.and_then(|id| Some((id, view.position(id)?))) {
            selection.chosen.push((id, Stop { position, distance: 0.0 }));
            selection.count(view.facts(position).artist_key());
        }
        selection
    }

    /// Takes candidates until the mix is long enough; raises the cap as often as that takes.
    fn fill(&mut self, candidates: Vec<Neighbour>) {
        let candidate = |neighbour: Neighbour| {
            let position = self.view.position(neighbour.id)?;
            let artist = self.view.facts(position).artist_key();
            Some(Candidate { neighbour, position, artist })
        };
        let mut waiting: Vec<Candidate> = candidates.into_iter().filter_map(candidate).collect();
        while self.chosen.len() < self.length && !waiting.is_empty() {
            waiting.retain(|candidate| self.take(candidate) == Verdict::Later);
            self.cap = self.cap.saturating_add(1);
        }
    }

    fn take(&mut self, candidate: &Candidate) -> Verdict {
        let songs = candidate.artist.as_ref().and_then(|artist| self.by_artist.get(artist));
        if self.chosen.len() >= self.length || songs.is_some_and(|songs| *songs >= self.cap) {
            return Verdict::Later;
        }
        if self.repeats(candidate.position) {
            // A song known by its sound alone may have its other names too.
            self.named(candidate.position);
            return Verdict::Never;
        }
        self.heard(candidate.position);
        self.count(candidate.artist.clone());
        let stop = Stop { position: candidate.position, distance: candidate.neighbour.distance };
        self.chosen.push((candidate.neighbour.id, stop));
        Verdict::Taken
    }

    fn named(&mut self, position: usize) {
        let facts = self.view.facts(position);
        self.recordings.extend(recording(&facts.artist, &facts.title));
    }

    fn heard(&mut self, position: usize) {
        self.named(position);
        let probe = self.view.probe(position);
        self.sounds.push((self.view.facts(position).duration_s, probe));
    }

    fn count(&mut self, artist: Option<String>) {
        if let Some(artist) = artist {
            *self.by_artist.entry(artist).or_default() += 1;
        }
    }

    /// Whether the song is one of those already heard, by its name or by its sound.
    fn repeats(&self, position: usize) -> bool {
        let facts = self.view.facts(position);
        if recording(&facts.artist, &facts.title).is_some_and(|name| self.recordings.contains(&name)) {
            return true;
        }
        self.sounds.iter().any(|(duration_s, probe)| {
            // An unknown length cannot confirm anything.
            *duration_s > 0.0
                && facts.duration_s > 0.0
                && (duration_s - facts.duration_s).abs() <= SAME_LENGTH_S
                && self.view.cosine(probe, position) < SAME_SOUND
        })
    }
}

/// A track that may come into the mix.
struct Candidate {
    neighbour: Neighbour,
    position: usize,
    artist: Option<String>,
}

/// What becomes of a candidate.
#[derive(PartialEq)]
enum Verdict {
    /// It is in the mix.
    Taken,
    /// Its artist has enough songs for now, or the mix is full.
    Later,
    /// It repeats a song.
    Never,
}
