//! Which songs a mix is made of.

use crate::around::Near;
use crate::order::Stop;
use crate::repeats::Heard;
use crate::spacing::{Limit, Numbers, Spacing};
use crate::view::View;
use crate::{Origin, TrackId};

/// A track that may come into the mix.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    pub(crate) id: TrackId,
    pub(crate) position: usize,
    pub(crate) distance: f32,
    pub(crate) leaning: f32,
    /// How many places freshness lets it fall behind.
    pub(crate) held_back: u32,
    /// What it is near; nothing for a seed itself.
    pub(crate) near: Option<Near>,
}

impl Candidate {
    /// A seed itself.
    pub(crate) fn seed(id: TrackId, position: usize, leaning: f32) -> Self {
        Self { id, position, distance: 0.0, leaning, held_back: 0, near: None }
    }

    pub(crate) fn origin(&self, of: impl Fn(&Near) -> Origin) -> Origin {
        self.near.as_ref().map_or(Origin::Seed, of)
    }
}

/// The songs of a mix while it is put together.
///
/// Songs are taken in the order of preference. An artist or album has no more of them than can be spread over the whole
/// within its limit, so that the limits can be kept when the songs are put in order. Where that leaves places free, limits
/// are raised step by step.
pub(crate) struct Chosen<'a> {
    view: &'a View<'a>,
    heard: Heard,
    numbers: [Numbers; 2],
    spacing: [Spacing; 2],
    /// Per kind and number, songs chosen.
    counts: [Vec<usize>; 2],
    before: Vec<Stop>,
    length: usize,
    /// Per kind, whether each may have as many as fit, were it alone in having so many.
    strained: [bool; 2],
    /// Whether an artist has no more songs than can be kept apart.
    apart: bool,
    songs: Vec<(Candidate, Stop)>,
}

impl<'a> Chosen<'a> {
    /// For `length` songs after those that came `before`, by their rows. None of `heard` comes.
    pub(crate) fn new(
        view: &'a View<'a>,
        before: &[usize],
        heard: impl Iterator<Item = usize>,
        length: usize,
        limits: [Limit; 2],
    ) -> Self {
        let mut chosen = Self {
            view,
            heard: Heard::default(),
            numbers: Default::default(),
            spacing: limits.map(|limit| Spacing::new(limit, std::iter::empty())),
            counts: [Vec::new(), Vec::new()],
            before: Vec::new(),
            length,
            strained: [false; 2],
            apart: true,
            songs: Vec::new(),
        };
        heard.for_each(|position| chosen.heard.add(view, position));
        chosen.before = before.iter().map(|position| chosen.stop(*position, 0.0)).collect();
        let spacing = |limit, of: fn(&Stop) -> usize| Spacing::new(limit, chosen.before.iter().map(of));
        let [artists, albums] = limits;
        chosen.spacing = [spacing(artists, |stop| stop.artist), spacing(albums, |stop| stop.album)];
        chosen
    }

    pub(crate) fn is_full(&self) -> bool {
        self.songs.len() >= self.length
    }

    /// What came before, the songs in the order of preference, and the limits that they can keep.
    pub(crate) fn into_parts(self) -> (Vec<Stop>, Vec<Candidate>, Vec<Stop>, [Limit; 2]) {
        let limits = self.spacing.each_ref().map(Spacing::limit);
        let (candidates, stops) = self.songs.into_iter().unzip();
        (self.before, candidates, stops, limits)
    }

    /// Takes candidates until the mix is long enough.
    pub(crate) fn fill(&mut self, candidates: impl Iterator<Item = Candidate>) {
        let mut waiting: Vec<(Candidate, Stop)> = Vec::new();
        for candidate in candidates {
            if self.is_full() {
                return;
            }
            let stop = self.stop(candidate.position, candidate.distance);
            if self.blocked(&stop).is_some() {
                waiting.push((candidate, stop));
            } else {
                self.take(candidate, stop);
            }
        }
        while !self.is_full() && !waiting.is_empty() {
            self.relax(&waiting);
            let mut still = Vec::with_capacity(waiting.len());
            for (candidate, stop) in waiting {
                if self.is_full() {
                    return;
                }
                if self.blocked(&stop).is_some() {
                    still.push((candidate, stop));
                } else {
                    self.take(candidate, stop);
                }
            }
            waiting = still;
        }
    }

    fn stop(&mut self, position: usize, distance: f32) -> Stop {
        let facts = self.view.facts(position);
        let [artists, albums] = &mut self.numbers;
        Stop { position, distance, artist: artists.of(facts.artist_key()), album: albums.of(facts.album_key()) }
    }

    fn take(&mut self, candidate: Candidate, stop: Stop) {
        if self.heard.repeats(self.view, stop.position) {
            // A song known by its sound alone may have its other names too.
            self.heard.name(self.view, stop.position);
            return;
        }
        self.heard.add(self.view, stop.position);
        for (counts, number) in self.counts.iter_mut().zip([stop.artist, stop.album]) {
            counts.resize(counts.len().max(number + 1), 0);
            if let Some(count) = counts.get_mut(number) {
                *count += 1;
            }
        }
        self.songs.push((candidate, stop));
    }

    fn blocked(&self, stop: &Stop) -> Option<Block> {
        let (start, end) = (self.before.len(), self.before.len() + self.length);
        // Every other place, and not the first after one of the same artist.
        let met = self.before.last().is_some_and(|last| last.artist == stop.artist);
        let apart = if met { self.length / 2 } else { self.length.div_ceil(2) };
        let full = |number: usize, counts: &[usize], spacing: &Spacing, strained: bool| {
            let count = counts.get(number).copied().unwrap_or_default();
            let most = if strained { spacing.room(number, start, end) } else { spacing.part(number, start, end) };
            count >= most
        };
        let [by_artist, by_album] = &self.counts;
        let ([artists, albums], [artists_strained, albums_strained]) = (&self.spacing, self.strained);
        if self.apart && by_artist.get(stop.artist).is_some_and(|songs| *songs >= apart.max(1)) {
            Some(Block::Apart)
        } else if full(stop.artist, by_artist, artists, artists_strained) {
            Some(Block::Artist)
        } else if full(stop.album, by_album, albums, albums_strained) {
            Some(Block::Album)
        } else {
            None
        }
    }

    /// Gives way where the least is lost: songs that only their album keeps out come first, and that artists must not meet
    /// is given up last.
    fn relax(&mut self, waiting: &[(Candidate, Stop)]) {
        let easiest = waiting.iter().filter_map(|(_, stop)| self.blocked(stop)).min();
        let kind = match easiest {
            Some(Block::Album) => 1,
            Some(Block::Artist) => 0,
            Some(Block::Apart) => {
                self.apart = false;
                return;
            }
            None => return,
        };
        if let (Some(spacing), Some(strained)) = (self.spacing.get_mut(kind), self.strained.get_mut(kind)) {
            if *strained {
                spacing.raise();
            }
            *strained = !*strained;
        }
    }
}

/// What keeps a song out for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Block {
    /// Its album has enough songs.
    Album,
    /// Its artist has enough.
    Artist,
    /// Its artist would meet itself.
    Apart,
}
