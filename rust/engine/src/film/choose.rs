//! Music of the library that fits a film: the target as a query, and the tracks that answer it.

use std::collections::HashMap;

use segue_film::Target;
use segue_search::{Field, Meaning, Query, Range, Want, fold, understand};
use segue_space::TrackId;

use super::types::{FilmAnswer, SoundtrackRequest};
use crate::Result;
use crate::api::Neighbour;
use crate::engine::State;
use crate::hear::audience::Sight;
use crate::search::lookup::{Lookup, Ranked};
use crate::search::names::Library;

/// Tracks, and tracks of one artist, where nothing is said; tracks at most.
const USUAL: usize = 20;
const USUAL_CAP: usize = 3;
const MOST: usize = 1000;
/// How near music is to be, and how much that counts beside one word.
const TOLERANCE: f32 = 0.2;
const FEELING: f32 = 2.0;
const DRIVE: f32 = 1.0;
/// The same of the film's own tempo, in beats per minute.
const TEMPO_TOLERANCE: f32 = 12.0;
const TEMPO: f32 = 0.5;
/// How much the words of the recommendation count, each: those of the offline answer say again what the numbers say; what a service says is
/// all there is.
const OFFLINE_WORDS: f32 = 0.4;
/// What a track of the film's own composer gains.
const COMPOSER: f32 = 0.15;
/// What a want must reach to be a reason.
const FULFILLED: f32 = 0.5;
/// Composers that are looked for.
const MOST_COMPOSERS: usize = 10;

/// Chooses music and puts it in order for listening.
///
/// # Errors
/// When the store or the space fails.
pub(super) fn choose(
    state: &State,
    request: &SoundtrackRequest,
    target: &Target,
    asked: Option<&FilmAnswer>,
) -> Result<Vec<Neighbour>> {
    let length = if request.length == 0 { USUAL } else { request.length.min(MOST) };
    let cap = if request.artist_cap == 0 { USUAL_CAP } else { request.artist_cap };
    let lookup = Lookup::new(state)?;
    let index = state.read_index();
    let sight = Sight::new(&index, request.audience.allowed.as_deref());
    let names = Library { lookup: &lookup, state, index: &index, sight: &sight };
    let query = match asked {
        Some(answer) => query_of_service(answer, &names),
        None => query_of_target(target, &names),
    };
    let composers: Vec<String> = request
        .facts
        .people
        .iter()
        .filter(|(_, role)| fold(role).contains("compos"))
        .take(MOST_COMPOSERS)
        .map(|(name, _)| fold(name))
        .filter(|name| !name.is_empty())
        .collect();
    let space = index.space();
    let artist = |track: TrackId| space.facts(track).map(|facts| fold(&facts.artist)).unwrap_or_default();
    // More than are wanted: caps and composers move them about.
    let mut ranked: Vec<(bool, Ranked)> = lookup
        .rank(state, &index, &sight, &query, length.saturating_mul(5).max(200))?
        .into_iter()
        .map(|ranked| (composers.contains(&artist(ranked.track)), ranked))
        .collect();
    let worth = |(composed, ranked): &(bool, Ranked)| ranked.score + if *composed { COMPOSER } else { 0.0 };
    ranked.sort_by(|a, b| worth(b).total_cmp(&worth(a)));
    let mut of_artist: HashMap<String, usize> = HashMap::new();
    let mut picked: HashMap<TrackId, (f32, String)> = HashMap::new();
    for found in &ranked {
        if picked.len() == length {
            break;
        }
        let artist = artist(found.1.track);
        // Nobody is known to be the same nobody.
        if !artist.is_empty() {
            let count = of_artist.entry(artist).or_default();
            if *count >= cap {
                continue;
            }
            *count += 1;
        }
        let reason = reason(&query, &found.1.wants, found.0);
        picked.insert(found.1.track, (1.0 - worth(found).clamp(0.0, 1.0), reason));
    }
    let mut tracks: Vec<TrackId> = picked.keys().copied().collect();
    tracks.sort_unstable();
    let placed = space
        .listening_order(&tracks)
        .into_iter()
        .filter_map(|track| picked.remove(&track).map(|(distance, reason)| (track, distance, reason)))
        .collect();
    sight.places(state, &index, placed)
}

/// Numbers that are to be near, and the words of the recommendation.
fn query_of_target(target: &Target, names: &Library<'_>) -> Query {
    let mut wants = understand(&target.answer.music_recommendation, names).wants;
    for want in &mut wants {
        want.strength *= OFFLINE_WORDS;
    }
    let near = |field, value: Option<f32>, tolerance: f32, strength: f32, label: &str| {
        let meaning = Meaning::Near(field, value?, tolerance);
        Some(Want { strength, label: label.to_owned(), ..Want::new(meaning) })
    };
    let wanted = [
        near(Field::Arousal, target.arousal, TOLERANCE, FEELING, "as lively as the film"),
        near(Field::Valence, target.valence, TOLERANCE, FEELING, "its mood"),
        near(Field::Energy, target.energy, TOLERANCE, DRIVE, "as much drive"),
        near(Field::Tempo, target.bpm, TEMPO_TOLERANCE, TEMPO, "the tempo of its own music"),
    ];
    wants.splice(0..0, wanted.into_iter().flatten());
    Query::of(wants)
}

/// What a service recommends, as if a person had typed it.
fn query_of_service(answer: &FilmAnswer, names: &Library<'_>) -> Query {
    let mut wants = understand(&answer.music_recommendation, names).wants;
    let mut more = understand(&answer.mood, names).wants;
    more.extend(understand(&answer.genre_suggestions.join(" or "), names).wants);
    for want in more {
        if !wants.iter().any(|known| known.meaning == want.meaning) {
            wants.push(Want { strength: want.strength * 0.7, ..want });
        }
    }
    let range = |from, to| Range { from, to };
    let tempo = match answer.tempo.as_str() {
        "Slow" => Some((range(None, Some(95.0)), "slow")),
        "Fast" => Some((range(Some(120.0), None), "fast")),
        "Medium" => Some((range(Some(85.0), Some(130.0)), "of medium tempo")),
        _ => None,
    };
    let energy = match answer.energy_level.as_str() {
        "Low" => Some((0.2, "little drive")),
        "Medium" => Some((0.5, "some drive")),
        "High" => Some((0.85, "much drive")),
        _ => None,
    };
    if let Some((range, label)) = tempo {
        wants.push(Want { strength: 0.7, label: label.to_owned(), ..Want::new(Meaning::Range(Field::Tempo, range)) });
    }
    if let Some((arousal, label)) = energy {
        let meaning = Meaning::Near(Field::Arousal, arousal, TOLERANCE);
        wants.push(Want { label: label.to_owned(), ..Want::new(meaning) });
    }
    Query::of(wants)
}

fn reason(query: &Query, wants: &[f32], composed: bool) -> String {
    let fulfilled = query.wants.iter().zip(wants).filter(|(want, value)| !want.negated && **value >= FULFILLED);
    let mut labels: Vec<&str> =
        fulfilled.map(|(want, _)| want.label.as_str()).filter(|label| !label.is_empty()).collect();
    if composed {
        labels.insert(0, "by its composer");
    }
    let mut said = Vec::new();
    for label in labels {
        if !said.contains(&label) {
            said.push(label);
        }
    }
    said.join("; ")
}
