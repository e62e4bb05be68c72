//! A listener's taste, and the lists made from it.

use std::collections::HashMap;

use segue_space::artist;
use segue_store::PersonalListRecord;

use super::audience::Sight;
use super::personal::{Maker, word_of};
use super::seeds::{Sources, valid_listener};
use super::types::{Audience, PersonalKind, PersonalList, TasteRequest};
use crate::ask::reference;
use crate::engine::State;
use crate::index::Index;
use crate::{Engine, Result};

/// Artists that a daily mix is described by.
const NAMED_ARTISTS: usize = 3;

impl Engine {
    /// Makes a listener's own lists anew, each in place of the one before it: a daily mix for each kind of music that they like,
    /// and one list each of the other kinds. A list has its key for as long as there is reason for it; a daily mix keeps its own
    /// while it stays about where it was. A list of which fewer than ten tracks come together is not made, and goes if it was
    /// there. Returns what was made; where nothing is known of the listener, that is nothing.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) without a listener; when the store fails or the engine is
    /// closed.
    pub fn make_personal_lists(&self, request: &TasteRequest) -> Result<Vec<PersonalList>> {
        let listener = valid_listener(&request.audience.listener)?;
        let kinds: Vec<PersonalKind> =
            if request.kinds.is_empty() { PersonalKind::ALL.to_vec() } else { request.kinds.clone() };
        self.with(|state| {
            let sources = Sources::new(state, &request.audience, [])?;
            let before = state.store.personal_lists(&listener)?;
            let maker = Maker::new(state, request, &listener, before)?;
            let made = {
                let index = state.read_index();
                let sight = Sight::new(&index, request.audience.allowed.as_deref());
                let opinions = sources.opinions.as_deref();
                opinions.map(|opinions| maker.make(&index, &sight, opinions, &kinds)).transpose()?.unwrap_or_default()
            };
            let words: Vec<&str> = kinds.iter().map(|kind| word_of(*kind)).collect();
            state.store.save_personal_lists(&listener, &words, &made)?;
            let index = state.read_index();
            let sight = Sight::new(&index, request.audience.allowed.as_deref());
            let kept = state.store.personal_lists(&listener)?.into_iter();
            let asked = kept.filter(|list| words.contains(&list.kind.as_str()));
            answers(state, &index, &sight, asked)
        })
    }

    /// A listener's own lists as they were made last, of tracks that may be seen now. One of which nothing may be seen is not
    /// among them.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) without a listener; when the store fails or the engine is
    /// closed.
    pub fn personal_lists(&self, audience: &Audience) -> Result<Vec<PersonalList>> {
        let listener = valid_listener(&audience.listener)?;
        self.with(|state| {
            let lists = state.store.personal_lists(&listener)?;
            let index = state.read_index();
            let sight = Sight::new(&index, audience.allowed.as_deref());
            answers(state, &index, &sight, lists.into_iter())
        })
    }
}

/// Lists as callers see them, in the order of their kinds.
fn answers(
    state: &State,
    index: &Index,
    sight: &Sight<'_>,
    lists: impl Iterator<Item = PersonalListRecord>,
) -> Result<Vec<PersonalList>> {
    let mut answers = Vec::new();
    for list in lists {
        let Some(kind) = PersonalKind::ALL.into_iter().find(|kind| word_of(*kind) == list.kind) else { continue };
        let tracks = list
            .songs
            .into_iter()
            .filter_map(|(song_id, reason)| {
                let row = index.row(&song_id).filter(|row| sight.admits(*row))?;
                Some((row, 0.0, reason))
            })
            .collect();
        let tracks = sight.places(state, index, tracks)?;
        if tracks.is_empty() {
            continue;
        }
        let mut answer = PersonalList {
            key: list.key,
            kind,
            slot: list.slot,
            name: list.name,
            description: list.description,
            tracks,
        };
        if kind == PersonalKind::DailyMix
            && let Some(description) = described(state, &answer)?
        {
            answer.description = description;
        }
        answers.push(answer);
    }
    let place = |list: &PersonalList| PersonalKind::ALL.iter().position(|kind| *kind == list.kind);
    answers.sort_by_key(|list| (place(list), list.slot));
    Ok(answers)
}

/// A daily mix by the artists who are in it most, of what may be seen.
fn described(state: &State, list: &PersonalList) -> Result<Option<String>> {
    let wanted: Vec<_> = list.tracks.iter().map(reference).collect();
    let mut artists: Vec<(String, String, usize)> = Vec::new();
    let mut place_of: HashMap<String, usize> = HashMap::new();
    for called in state.store.called(&wanted)?.into_iter().flatten() {
        let Some(key) = artist(&called.artist) else { continue };
        match place_of.get(&key).and_then(|place| artists.get_mut(*place)) {
            Some((_, _, count)) => *count += 1,
            None => {
                place_of.insert(key.clone(), artists.len());
                artists.push((key, called.artist.trim().to_owned(), 1));
            }
        }
    }
    artists.sort_by(|a, b| b.2.cmp(&a.2).then(a.0.cmp(&b.0)));
    let names: Vec<&str> = artists.iter().take(NAMED_ARTISTS).map(|(_, name, _)| name.as_str()).collect();
    Ok(match names.as_slice() {
        [] => None,
        [one] => Some(format!("Round {one}.")),
        [others @ .., last] => Some(format!("Round {} and {last}.", others.join(", "))),
    })
}
