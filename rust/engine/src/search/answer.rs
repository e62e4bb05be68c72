//! Answers to questions in words: what was understood, and all that fits in one order.

use std::collections::{HashMap, HashSet};

use segue_search::{QUERY_CHARS, Query, understand};
use segue_space::TrackId;

use super::lookup::{Lookup, Once, Ranked, Scoring};
use super::named::{Finder, Fit, Name};
use super::names::Library;
use super::reason::reason;
use super::types::{SearchAnswer, SearchHit, SearchRequest, Understood};
use crate::api::ItemId;
use crate::clap::{HeardWords, fused};
use crate::engine::State;
use crate::hear::audience::Sight;
use crate::hear::seeds::listener;
use crate::index::Index;
use crate::{Engine, Error, Result};

/// Tracks of an answer, where nothing is said, and at most.
const USUAL: usize = 50;
const MOST: usize = 1000;
/// Tracks that a model of words and sound finds, at most.
const HEARD: usize = 1000;
/// A track that answers less is no answer.
const LEAST: f32 = 0.1;
/// How much of what is missing to a full score the words make up that were not understood but stand in a track's names.
const LEFT: f32 = 0.5;
/// Scores that differ by less are as good as equal: such tracks are spread over artists.
const EQUAL: f32 = 0.02;

impl Engine {
    /// The music that a person's words describe or name. Tracks whose title, artist or album is called as was typed come first, then those
    /// whose name begins so, then those that have all words; then those that are what was understood, the best first, where words that
    /// were not understood count when they stand in a track's names. No recording comes twice. What the audience may not see does not
    /// exist, also as a name. Without words there is no answer, and no error.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for a listener that is none; when the store fails or the engine is
    /// closed.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchAnswer> {
        listener(&request.audience)?;
        let text: String = request.query.chars().take(QUERY_CHARS).collect();
        let length = if request.length == 0 { USUAL } else { request.length.min(MOST) };
        self.with(|state| {
            let lookup = Lookup::new(state)?;
            let allowed = request.audience.allowed.as_deref();
            // Reading the words may take seconds, for which nobody may wait at the index.
            let heard = if Asked::is_about_sound(&lookup, state, allowed, &text)? {
                self.heard_words(state, &text).or_else(without)?
            } else {
                None
            };
            let index = state.read_index();
            let sight = Sight::new(&index, allowed);
            let asked = Asked::new(&lookup, state, &index, &sight, &text);
            let heard = heard.map(|heard| heard.rank(&index, &|row| sight.admits(row), HEARD));
            let hits = asked.hits(length, heard.as_deref())?;
            let tracks = hits.iter().map(|hit| (hit.track, 1.0 - hit.score, asked.reason(hit))).collect();
            let places = sight.places(state, &index, tracks)?;
            let hits = places.into_iter().zip(&hits).map(|(track, hit)| SearchHit {
                track,
                score: hit.score,
                named: hit.name.is_some(),
            });
            let hits = hits.collect();
            Ok(SearchAnswer { hits, by_sound: heard.is_some(), ..understood(asked.query) })
        })
    }
}

/// A model of words and sound that cannot be used takes nothing from the answer.
fn without(error: Error) -> Result<Option<HeardWords>> {
    match error {
        Error::Words(problem) => {
            tracing::warn!(problem, "searching without comparing words with sound");
            Ok(None)
        }
        error => Err(error),
    }
}

fn understood(query: Query) -> SearchAnswer {
    SearchAnswer {
        understood: query
            .wants
            .into_iter()
            .map(|want| Understood { label: want.label, words: want.words, negated: want.negated })
            .collect(),
        left: query.left,
        described: query.described,
        by_sound: false,
        hits: Vec::new(),
    }
}

/// A question within what may be seen.
pub(crate) struct Asked<'a> {
    lookup: &'a Lookup,
    state: &'a State,
    index: &'a Index,
    sight: &'a Sight<'a>,
    text: &'a str,
    query: Query,
}

/// A track that answers.
#[derive(Debug, Clone)]
pub(crate) struct Hit {
    pub(crate) track: TrackId,
    pub(crate) score: f32,
    name: Option<(Fit, Name)>,
    /// Whether words that were not understood stand in its names.
    left: bool,
    wants: Vec<f32>,
}

impl<'a> Asked<'a> {
    /// Understands what was typed.
    pub(crate) fn new(
        lookup: &'a Lookup,
        state: &'a State,
        index: &'a Index,
        sight: &'a Sight<'a>,
        text: &'a str,
    ) -> Self {
        let query = understand(text, &Library { lookup, state, index, sight });
        Self { lookup, state, index, sight, text, query }
    }

    /// Whether words say how music sounds, so that a model of words and sound is worth asking: they read like a description, or
    /// they name nothing that is there.
    fn is_about_sound(lookup: &Lookup, state: &State, allowed: Option<&[ItemId]>, text: &str) -> Result<bool> {
        if text.trim().is_empty() {
            return Ok(false);
        }
        let index = state.read_index();
        let sight = Sight::new(&index, allowed);
        let asked = Asked::new(lookup, state, &index, &sight, text);
        Ok(asked.query.described || asked.names()?.0.is_empty())
    }

    /// The tracks that answer, the best first. `heard` are tracks that a model of words and sound finds, with its cosines: those that are not
    /// named are then in the order of both rankings.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn hits(&self, length: usize, heard: Option<&[(TrackId, f32)]>) -> Result<Vec<Hit>> {
        let (named, left) = self.names()?;
        let scoring = Scoring::new(self.lookup, self.state, self.index, self.sight, &self.query)?;
        let mut most = 2 * length + 50;
        loop {
            let best = scoring.best(most);
            let all = best.len() < most;
            let mut hits: Vec<Hit> = Vec::new();
            let mut seen = HashSet::new();
            let mut candidates: Vec<TrackId> = named.keys().chain(left.keys()).copied().collect();
            candidates.sort_unstable();
            candidates.extend(best.iter().map(|(track, _)| *track));
            let heard_too = heard.into_iter().flatten().map(|(track, _)| *track);
            candidates.extend(heard_too.filter(|track| self.sight.admits(*track)));
            for track in candidates {
                if seen.insert(track) {
                    hits.push(hit(track, scoring.score(track), named.get(&track), left.get(&track)));
                }
            }
            match heard {
                Some(heard) => fuse_in(&mut hits, heard),
                None => hits.retain(|hit| hit.score >= LEAST),
            }
            self.sort(&mut hits);
            let mut once = Once::default();
            hits.retain(|hit| once.is_new(self.index, hit.track));
            if hits.len() >= length || all {
                hits.truncate(length);
                return Ok(hits);
            }
            most *= 4;
        }
    }

    /// The tracks that what was typed names, and how much of the words that were not understood others have in their names.
    fn names(&self) -> Result<(Named, HashMap<TrackId, f32>)> {
        let finder = Finder { lookup: self.lookup, state: self.state, index: self.index, sight: self.sight };
        let words: Vec<&str> = self.text.split_whitespace().collect();
        let mut named = finder.named(&words)?;
        if named.is_empty() && !self.query.described {
            named = finder.named_nearly(&words)?;
        }
        let left: Vec<&str> = self.query.left.iter().flat_map(|words| words.split_whitespace()).collect();
        let left = if left.is_empty() || (self.query.wants.is_empty() && !named.is_empty()) {
            HashMap::new()
        } else {
            finder.some(&left)?
        };
        Ok((named, left))
    }

    /// Named ones first, then by score; among those that are as good as equal no artist again before the others had their turn.
    fn sort(&self, hits: &mut Vec<Hit>) {
        hits.sort_by(|a, b| {
            b.name.is_some().cmp(&a.name.is_some()).then(b.name.cmp(&a.name)).then(b.score.total_cmp(&a.score))
        });
        let mut sorted: Vec<Hit> = Vec::with_capacity(hits.len());
        let mut rest = std::mem::take(hits).into_iter().peekable();
        while let Some(first) = rest.next() {
            let (name, score) = (first.name, first.score);
            let mut group = vec![(0, first)];
            let mut turns: HashMap<String, usize> = HashMap::new();
            let artist = |hit: &Hit| {
                let facts = self.index.space().facts(hit.track);
                facts.and_then(|facts| segue_space::artist(&facts.artist)).unwrap_or_default()
            };
            turns.insert(group.first().map(|(_, hit)| artist(hit)).unwrap_or_default(), 1);
            while let Some(hit) = rest.next_if(|hit| hit.name == name && score - hit.score < EQUAL) {
                let turn = turns.entry(artist(&hit)).or_default();
                group.push((*turn, hit));
                *turn += 1;
            }
            group.sort_by_key(|(turn, _)| *turn);
            sorted.extend(group.into_iter().map(|(_, hit)| hit));
        }
        *hits = sorted;
    }

    /// Why a track is there.
    fn reason(&self, hit: &Hit) -> String {
        reason(&self.query, &hit.wants, hit.name.map(|(_, name)| name), hit.left)
    }
}

/// The tracks that what was typed names.
type Named = HashMap<TrackId, (Fit, Name)>;

/// Gives hits that are not named the score of their places among these, as they are scored so far, and in `heard`.
fn fuse_in(hits: &mut Vec<Hit>, heard: &[(TrackId, f32)]) {
    let answering = hits.iter().filter(|hit| hit.name.is_none() && hit.score >= LEAST);
    let understood: Vec<(TrackId, f32)> = answering.map(|hit| (hit.track, hit.score)).collect();
    let fused: HashMap<TrackId, f32> = fused(&understood, heard).into_iter().collect();
    hits.retain(|hit| hit.name.is_some() || fused.contains_key(&hit.track));
    for hit in hits.iter_mut().filter(|hit| hit.name.is_none()) {
        hit.score = fused.get(&hit.track).copied().unwrap_or_default();
    }
}

fn hit(track: TrackId, sound: Option<Ranked>, name: Option<&(Fit, Name)>, left: Option<&f32>) -> Hit {
    let (sounds, wants) = sound.map_or((None, Vec::new()), |sound| (Some(sound.score), sound.wants));
    let as_meant = sounds.unwrap_or_default();
    let score = match (name, left) {
        (Some((fit, _)), _) => {
            let at_most = match fit {
                Fit::Whole => 1.0,
                Fit::Begins => 0.95,
                Fit::Words => 0.9,
            };
            at_most - 0.04 * (1.0 - as_meant)
        }
        (None, Some(share)) => as_meant + (1.0 - as_meant) * LEFT * share,
        (None, None) => as_meant,
    };
    Hit { track, score, name: name.copied(), left: left.is_some(), wants }
}
